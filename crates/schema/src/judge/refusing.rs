//! Expressions of the database that stop at values: casts in indexes and computed columns, and
//! rules that the default of a new column breaks.

use super::super::dialect::Dialect;
use super::super::object::DefaultValue;

/// Why an expression can stop at a value of a row: a cast to a type that not every text has, or a
/// division. `None` for expressions that take every value.
pub fn find_refusing_part(expression: &str, dialect: Dialect) -> Option<&'static str> {
    let lower: String = expression
        .to_lowercase()
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    let strict = |to: &str| {
        [
            "int", "bigint", "smallint", "numeric", "decimal", "float", "double", "real", "date",
            "time", "uuid", "inet", "bool", "json", "interval", "money", "signed", "unsigned",
        ]
        .iter()
        .any(|word| to.trim_start().starts_with(word))
    };
    let casts = lower.split("::").skip(1).any(strict)
        || lower.match_indices("cast(").any(|(at, _)| {
            let rest = &lower[at..];
            !rest.starts_with("cast( as") && rest.split(" as ").nth(1).is_some_and(strict)
        })
        || ["to_date(", "to_timestamp(", "to_number("]
            .iter()
            .any(|call| lower.contains(call));
    if casts {
        return Some("casts");
    }
    // SQLite has no type for JSON: any text may stand in the column
    if dialect == Dialect::Sqlite
        && ["json_extract(", "json_array_length(", "->"]
            .iter()
            .any(|sign| lower.contains(sign))
    {
        return Some("takes JSON apart");
    }
    lower.contains('/').then_some("divides")
}

/// Whether a constant default breaks a rule: `size > 0` with `0`. `None` where the rule says more
/// than comparisons of this column with constants, joined by AND.
pub fn breaks_rule(rule: &str, column: &str, default: &DefaultValue) -> Option<bool> {
    let DefaultValue::Constant(value) = default else {
        return None;
    };
    let upper = rule.to_uppercase();
    let body = match upper.find("CHECK") {
        Some(at) => rule.get(at + "CHECK".len()..)?,
        None => rule,
    };
    let mut body = body.trim();
    while let Some(inner) = body
        .strip_prefix('(')
        .and_then(|rest| rest.strip_suffix(')'))
        .filter(|inner| is_balanced(inner))
    {
        body = inner.trim();
    }
    let lower = body.to_lowercase();
    if lower.contains(" or ") || lower.contains("not ") || lower.contains("case ") {
        return None;
    }
    let mut broken = false;
    for part in split_by_and(body) {
        broken |= !holds(part.trim(), column, value)?;
    }
    Some(broken)
}

fn is_balanced(text: &str) -> bool {
    let mut depth = 0i32;
    text.chars().all(|c| {
        depth += i32::from(c == '(') - i32::from(c == ')');
        depth >= 0
    }) && depth == 0
}

fn split_by_and(text: &str) -> Vec<&str> {
    let lower = text.to_ascii_lowercase();
    let (mut parts, mut from) = (Vec::new(), 0);
    for (at, word) in lower.match_indices(" and ") {
        parts.push(&text[from..at]);
        from = at + word.len();
    }
    parts.push(&text[from..]);
    parts
}

/// One comparison, with the default in place of the column.
fn holds(part: &str, column: &str, value: &str) -> Option<bool> {
    let part = part.trim_matches(['(', ')', ' ']);
    let named = |text: &str| {
        text.trim()
            .trim_matches(['"', '`', '[', ']'])
            .eq_ignore_ascii_case(column)
    };
    for sign in [">=", "<=", "<>", "!=", ">", "<", "="] {
        let Some((left, right)) = part.split_once(sign) else {
            continue;
        };
        if !named(left) {
            return None;
        }
        let (given, asked) = (read_constant(value)?, read_constant(right)?);
        return match (given.parse::<f64>(), asked.parse::<f64>()) {
            (Ok(a), Ok(b)) => Some(match sign {
                ">=" => a >= b,
                "<=" => a <= b,
                ">" => a > b,
                "<" => a < b,
                "=" => a == b,
                _ => a != b,
            }),
            _ => match sign {
                "=" => Some(given == asked),
                "<>" | "!=" => Some(given != asked),
                _ => None,
            },
        };
    }
    let lower = part.to_lowercase();
    let at = lower.find(" in ").or_else(|| lower.find(" in("))?;
    if !named(&part[..at]) {
        return None;
    }
    let list = part[at + 3..].trim().trim_matches(['(', ')']);
    let given = read_constant(value)?;
    let members: Option<Vec<String>> = list.split(',').map(read_constant).collect();
    Some(members?.contains(&given))
}

/// A number, or a text without its quotes; casts are left out.
fn read_constant(text: &str) -> Option<String> {
    let text = text.trim().split("::").next().unwrap_or_default().trim();
    let bare = text.trim_matches(['(', ')', ' ']);
    if let Some(inner) = bare
        .strip_prefix('\'')
        .and_then(|rest| rest.strip_suffix('\''))
    {
        return Some(inner.to_owned());
    }
    bare.parse::<f64>().is_ok().then(|| bare.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn casts_and_divisions_stop_at_values() {
        for text in [
            "((profile ->> 'age')::int)",
            "cast(note as integer)",
            "CAST(profile->>'born' AS date)",
            "to_date(note, 'YYYY')",
            "total / parts",
        ] {
            assert!(
                find_refusing_part(text, Dialect::Postgres).is_some(),
                "{text}"
            );
        }
        for text in [
            "lower(label)",
            "label::text",
            "(a || b)",
            "coalesce(a, '')",
            "a + b",
        ] {
            assert_eq!(find_refusing_part(text, Dialect::Postgres), None, "{text}");
        }
    }

    #[test]
    fn a_default_is_held_against_the_rule() {
        let constant = |text: &str| DefaultValue::Constant(text.to_owned());
        for (rule, default, wanted) in [
            ("CHECK (size > 0)", "0", Some(true)),
            ("CHECK (size > 0)", "1", Some(false)),
            ("size >= 0 AND size < 10", "10", Some(true)),
            ("CHECK (state IN ('new', 'old'))", "'new'", Some(false)),
            ("CHECK ((size = ANY (ARRAY[1])))", "1", None),
            ("CHECK (size > 0 OR size IS NULL)", "0", None),
            ("CHECK (size > other)", "0", None),
        ] {
            let column = if rule.contains("state") {
                "state"
            } else {
                "size"
            };
            assert_eq!(
                breaks_rule(rule, column, &constant(default)),
                wanted,
                "{rule}"
            );
        }
        assert_eq!(breaks_rule("size > 0", "size", &DefaultValue::None), None);
    }

    proptest::proptest! {
        #[test]
        fn any_rule_ends(rule in ".{0,80}", default in ".{0,10}") {
            let _ = breaks_rule(&rule, "size", &DefaultValue::Constant(default));
            let _ = find_refusing_part(&rule, Dialect::Sqlite);
        }
    }
}
