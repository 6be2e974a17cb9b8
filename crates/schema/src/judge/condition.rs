//! A rule of a table, computed for a row of which old code gives nothing: new columns hold their
//! defaults. What cannot be computed stays unknown; nothing is guessed.

use super::super::object::DefaultValue;
use super::condition_tokens::{ConditionToken, split_condition_tokens};
use super::condition_value::{ConditionReader, ConditionValue};

/// Longest rule that is looked at, in bytes.
const LENGTH: usize = 10_000;

/// Whether a row that leaves the columns out breaks a rule: `size > 0` with the default `0`. `None`
/// where that cannot be computed.
///
/// The rule is the text of the constraint: `CHECK (..)`, the condition alone, or a call of a
/// framework that holds the condition as a string.
pub fn breaks_rule(rule: &str, columns: &[(&str, &DefaultValue)]) -> Option<bool> {
    // a rule comes out of any repository, and computing it is a walk over all of its words
    if rule.len() > LENGTH {
        return None;
    }
    let tokens = split_condition_tokens(rule);
    if is_not_enforced(&tokens) {
        return Some(false);
    }
    let value = match find_check(&tokens) {
        Some(inside) => ConditionReader::compute(inside, columns),
        None => {
            let whole = ConditionReader::compute(&tokens, columns);
            // the call of a framework holds the condition as a string among other words
            if whole == Some(ConditionValue::Unknown) || whole.is_none() {
                find_stated_condition(rule, columns)
            } else {
                whole
            }
        }
    };
    match value? {
        ConditionValue::Bool(holds) => Some(!holds),
        // what is not known to be false is let through
        ConditionValue::Null => Some(false),
        // MySQL and SQLite take numbers for conditions
        ConditionValue::Number(number) => Some(number == 0.0),
        ConditionValue::Text(_) | ConditionValue::Unknown => None,
    }
}

/// The words of a rule, for which a column may be named.
pub fn names_column(rule: &str, column: &str) -> bool {
    rule.split(|c: char| !c.is_alphanumeric() && c != '_')
        .any(|word| word.eq_ignore_ascii_case(column))
}

/// `CHECK (..) NOT ENFORCED` refuses nothing.
fn is_not_enforced(tokens: &[ConditionToken]) -> bool {
    tokens
        .windows(2)
        .any(|pair| pair[0].is("not") && pair[1].is("enforced"))
}

/// What stands in the parentheses of `CHECK (..)`.
fn find_check(tokens: &[ConditionToken]) -> Option<&[ConditionToken]> {
    let at = tokens
        .windows(2)
        .position(|pair| pair[0].is("check") && pair[1].is("("))?;
    let mut depth = 0usize;
    for (index, token) in tokens.iter().enumerate().skip(at + 1) {
        if token.is("(") {
            depth += 1;
        } else if token.is(")") {
            depth -= 1;
            if depth == 0 {
                return tokens.get(at + 2..index);
            }
        }
    }
    None
}

/// A string of a call that is a condition as a whole: `add_check_constraint :jars, "size > 0"`.
fn find_stated_condition(call: &str, columns: &[(&str, &DefaultValue)]) -> Option<ConditionValue> {
    let quote = |c: char| matches!(c, '"' | '\'' | '`');
    let mut rest = call;
    while let Some(open) = rest.find(quote) {
        let sign = rest[open..].chars().next()?;
        let mut inside = String::new();
        let mut end = rest.len();
        let mut escaped = false;
        for (at, c) in rest[open + 1..].char_indices() {
            if escaped {
                inside.push(c);
                escaped = false;
            } else if c == '\\' {
                escaped = true;
            } else if c == sign {
                end = open + 1 + at + 1;
                break;
            } else {
                inside.push(c);
            }
        }
        rest = rest.get(end..).unwrap_or_default();
        let named = columns
            .iter()
            .any(|(column, _)| names_column(&inside, column));
        let tokens = split_condition_tokens(&inside);
        // a word or a name in quotes is the name of the rule, not its condition
        if !named || tokens.len() < 3 {
            continue;
        }
        let inner = find_check(&tokens).unwrap_or(&tokens);
        match ConditionReader::compute(inner, columns) {
            Some(value @ (ConditionValue::Bool(_) | ConditionValue::Null)) => return Some(value),
            _ => continue,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn broken(rule: &str, default: &str) -> Option<bool> {
        let default = DefaultValue::from_text(default);
        breaks_rule(rule, &[("size", &default)])
    }

    #[test]
    fn a_default_is_held_against_the_rule() {
        for (rule, default, wanted) in [
            ("CHECK (size > 0)", "0", Some(true)),
            ("CHECK (size > 0)", "1", Some(false)),
            (
                "CONSTRAINT size_check CHECK (size > 0) NOT VALID",
                "0",
                Some(true),
            ),
            ("CHECK (size > 0) NOT ENFORCED", "0", Some(false)),
            ("size >= 0 AND size < 10", "10", Some(true)),
            ("CHECK (size IN ('new', 'old'))", "'new'", Some(false)),
            ("CHECK (size IN ('new', 'old'))", "'none'", Some(true)),
            ("CHECK ((size = ANY (ARRAY[1])))", "1", Some(false)),
            (
                "CHECK (((size)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[])))",
                "'c'::character varying",
                Some(true),
            ),
            ("CHECK (size > 0 OR size IS NULL)", "0", Some(true)),
            ("CHECK (size > 0 OR size IS NULL)", "NULL", Some(false)),
            ("CHECK (size > 0)", "", Some(false)),
            ("CHECK (size IS NOT NULL)", "", Some(true)),
            ("CHECK (size > other)", "0", None),
            ("CHECK (size > 0 AND other > 2)", "0", Some(true)),
            ("CHECK (size BETWEEN 1 AND 9)", "0", Some(true)),
            ("CHECK (size NOT BETWEEN 1 AND 9)", "0", Some(false)),
            ("CHECK (length(size) > 0)", "''", Some(true)),
            (
                "CHECK (char_length(trim(size)) BETWEEN 1 AND 20)",
                "'  '",
                Some(true),
            ),
            ("CHECK (LEN([size]) > 0)", "N''", Some(true)),
            ("CHECK ([size] > 0)", "((0))", Some(true)),
            ("CHECK (size ~ '^[a-z]+$')", "''", None),
            ("CHECK (size LIKE 'a%')", "'b'", None),
            ("CHECK (size > -1)", "-1", Some(true)),
            ("CHECK (size <> '')", "''", Some(true)),
            ("CHECK (size > now())", "1", None),
            ("CHECK (size > 0)", "now()", None),
            // calls of frameworks
            (
                "add_check_constraint :jars, 'size > 0', name: 'sized'",
                "0",
                Some(true),
            ),
            (
                "op.create_check_constraint(\"sized\", \"jars\", \"size > 0\")",
                "0",
                Some(true),
            ),
            (
                "create constraint(\"jars\", :sized, check: \"size in ('a', 'b')\")",
                "c",
                Some(true),
            ),
            (
                "new TableCheck({ expression: \"\\\"size\\\" > 0\" })",
                "0",
                Some(true),
            ),
            ("constraint(:sized) { size > 0 }", "0", None),
        ] {
            assert_eq!(broken(rule, default), wanted, "{rule} with {default}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_rule_ends(rule in ".{0,80}", default in ".{0,10}") {
            let _ = broken(&rule, &default);
        }
    }
}
