//! Expressions of the database that stop at values: casts in indexes and computed columns.

use super::super::dialect::Dialect;

/// Why an expression can stop at a value of a row: a cast to a type that not every text has, or a
/// division. `None` for expressions that take every value.
pub fn find_refusing_part(expression: &str, dialect: Dialect) -> Option<&'static str> {
    let lower: String = expression
        .to_lowercase()
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    // every value can be written as a text, but not every text is a number or a day
    let strict = |to: &str| {
        [
            "int", "bigint", "smallint", "numeric", "decimal", "float", "double", "real", "date",
            "time", "uuid", "inet", "bool", "json", "interval", "money", "signed", "unsigned",
        ]
        .iter()
        .any(|word| to.trim_start().starts_with(word))
    };
    // `TRY_CAST`, `SAFE_CAST` and alike give NULL instead
    let calls = |name: &str| {
        let part = |c: char| c.is_alphanumeric() || c == '_';
        lower
            .match_indices(&format!("{name}("))
            .filter(|(at, _)| !lower[..*at].ends_with(part))
            .map(|(at, call)| &lower[at + call.len()..])
            .collect::<Vec<_>>()
    };
    let casts = lower.split("::").skip(1).any(strict)
        || calls("cast")
            .iter()
            .any(|rest| rest.split(" as ").nth(1).is_some_and(strict))
        // `CONVERT(int, code)` of SQL Server, `CONVERT(code, SIGNED)` of MySQL
        || calls("convert").iter().any(|rest| {
            strict(rest)
                || rest
                    .split_once(',')
                    .is_some_and(|(_, second)| strict(second))
        })
        || ["to_date", "str_to_date", "to_timestamp", "to_number", "parse"]
            .iter()
            .any(|call| !calls(call).is_empty());
    if casts {
        return Some("casts");
    }
    // a value that is no array, or no object, stops these
    if [
        "jsonb_array_length",
        "json_array_length",
        "jsonb_object_keys",
    ]
    .iter()
    .any(|call| !calls(call).is_empty())
    {
        return Some("takes JSON apart");
    }
    // SQLite has no type for JSON: any text may stand in the column
    if dialect == Dialect::Sqlite
        && ["json_extract(", "json_array_length(", "->"]
            .iter()
            .any(|sign| lower.contains(sign))
    {
        return Some("takes JSON apart");
    }
    // a divisor may be zero in a row of old code
    lower.contains('/').then_some("divides")
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
            "CONVERT(int, note)",
            "convert(note, signed)",
            "STR_TO_DATE(note, '%Y')",
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
            "TRY_CONVERT(int, note)",
            "TRY_CAST(note AS int)",
            "convert(note using utf8mb4)",
            "CONVERT(nvarchar(20), note)",
        ] {
            assert_eq!(find_refusing_part(text, Dialect::Postgres), None, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_rule_ends(rule in ".{0,80}") {
            let _ = find_refusing_part(&rule, Dialect::Sqlite);
        }
    }
}
