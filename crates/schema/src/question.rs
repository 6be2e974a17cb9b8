//! Read-only queries for what only production knows: how many rows stand against the way back.

use super::compatibility::{quote_name, quote_table};
use super::dialect::Dialect;
use super::step::{Column, DefaultValue, Name};

/// A name that can be written into a query as it is.
fn is_plain_column_name(column: &str) -> bool {
    !column.is_empty()
        && column
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '_' | '$'))
}

/// Rows of a table: whether the new release has written into what only it knows.
pub fn ask_row_count(dialect: Dialect, name: &Name) -> String {
    format!("SELECT count(*) FROM {};", quote_table(dialect, name))
}

/// Rows in which a column that only the new release knows says something.
pub fn ask_filled_rows(dialect: Dialect, name: &Name, column: &Column) -> Option<String> {
    let named = quote_name(dialect, &column.name);
    let condition = match &column.default {
        DefaultValue::None => format!("{named} IS NOT NULL"),
        DefaultValue::Constant(value) => format!("{named} <> {value}"),
        // Every row has a value of its own, which tells nothing.
        DefaultValue::Volatile(_) => return None,
    };
    // a computed column is filled in old rows as well
    (is_plain_column_name(&column.name) && !column.generated && !column.auto).then(|| {
        format!(
            "SELECT count(*) FROM {} WHERE {condition};",
            quote_table(dialect, name)
        )
    })
}

/// Rows that hold one of some values.
pub fn with_values(
    dialect: Dialect,
    name: &Name,
    column: &str,
    values: &[String],
) -> Option<String> {
    let list = values
        .iter()
        .map(|value| format!("'{}'", value.replace('\'', "''")))
        .collect::<Vec<_>>()
        .join(", ");
    (is_plain_column_name(column) && !values.is_empty()).then(|| {
        format!(
            "SELECT count(*) FROM {} WHERE {} IN ({list});",
            quote_table(dialect, name),
            quote_name(dialect, column)
        )
    })
}

/// Rows that hold a value, written as SQL writes it.
pub fn equal_to(dialect: Dialect, name: &Name, column: &str, value: &str) -> Option<String> {
    is_plain_column_name(column).then(|| {
        format!(
            "SELECT count(*) FROM {} WHERE {} = {value};",
            quote_table(dialect, name),
            quote_name(dialect, column)
        )
    })
}

/// Rows that break a rule which is gone: `CHECK (amount > 0)`.
pub fn ask_rule_violations(dialect: Dialect, name: &Name, check: &str) -> Option<String> {
    // the name of a rule may hold the word as well: `orders_amount_check CHECK (amount > 0)`
    let upper = check.to_ascii_uppercase();
    let rest = upper
        .match_indices("CHECK")
        .filter_map(|(at, word)| Some(check.get(at + word.len()..)?.trim_start()))
        .find(|rest| rest.starts_with('('))?;
    let mut depth = 0i32;
    let end = rest.char_indices().find_map(|(at, c)| {
        depth += i32::from(c == '(') - i32::from(c == ')');
        (depth == 0).then_some(at + c.len_utf8())
    })?;
    let condition = rest.get(..end).filter(|text| text.starts_with('('))?;
    // a rule lets through what is NULL, and so does NOT of it: neither is counted
    Some(format!(
        "SELECT count(*) FROM {} WHERE NOT {condition};",
        quote_table(dialect, name)
    ))
}

/// Rows that hold NULL.
pub fn ask_null_rows(dialect: Dialect, name: &Name, column: &str) -> Option<String> {
    is_plain_column_name(column).then(|| {
        format!(
            "SELECT count(*) FROM {} WHERE {} IS NULL;",
            quote_table(dialect, name),
            quote_name(dialect, column)
        )
    })
}

/// Values that stand in more than one row.
pub fn ask_duplicate_values(dialect: Dialect, name: &Name, columns: &[String]) -> Option<String> {
    if columns.is_empty() || !columns.iter().all(|column| is_plain_column_name(column)) {
        return None;
    }
    let list = columns
        .iter()
        .map(|column| quote_name(dialect, column))
        .collect::<Vec<_>>()
        .join(", ");
    let (top, limit) = if dialect == Dialect::Mssql {
        // SQL Server has no LIMIT
        ("TOP 20 ", "")
    } else {
        ("", " LIMIT 20")
    };
    // a person looks at some examples; all of them may be millions
    Some(format!(
        "SELECT {top}{list}, count(*) FROM {} GROUP BY {list} HAVING count(*) > 1{limit};",
        quote_table(dialect, name)
    ))
}

/// Rows whose value does not fit into a type.
pub fn ask_unfit_values(
    dialect: Dialect,
    name: &Name,
    column: &str,
    data_type: &str,
) -> Option<String> {
    let lower = data_type.to_lowercase();
    // the elements of an array are not its length, and `char_length` of one is refused
    if !is_plain_column_name(column) || lower.contains('[') {
        return None;
    }
    let unsigned = lower.contains("unsigned");
    let named = quote_name(dialect, column);
    let length = || {
        lower
            .split_once('(')?
            .1
            .split([',', ')'])
            .next()?
            .trim()
            .parse::<u32>()
            .ok()
    };
    let condition = if lower.contains("char") {
        let function = match dialect {
            Dialect::Mssql => "len",
            Dialect::Sqlite => "length",
            _ => "char_length",
        };
        format!("{function}({named}) > {}", length()?)
    } else if lower.starts_with("smallint") || lower.starts_with("int2") {
        format!(
            "{named} NOT BETWEEN {}",
            if unsigned {
                "0 AND 65535"
            } else {
                "-32768 AND 32767"
            }
        )
    } else if lower.starts_with("int")
        && !lower.starts_with("int8")
        && !lower.starts_with("interval")
    {
        format!(
            "{named} NOT BETWEEN {}",
            if unsigned {
                "0 AND 4294967295"
            } else {
                "-2147483648 AND 2147483647"
            }
        )
    } else {
        // floats round and dates have no narrower kind that a count could tell
        return None;
    };
    Some(format!(
        "SELECT count(*) FROM {} WHERE {condition};",
        quote_table(dialect, name)
    ))
}

/// Rows that refer to nothing: not NULL, and not in the table that is referred to.
pub fn ask_orphan_rows(
    dialect: Dialect,
    name: &Name,
    column: &str,
    parent: &Name,
    key: &str,
) -> Option<String> {
    (is_plain_column_name(column) && is_plain_column_name(key)).then(|| {
        let (child, other) = (quote_table(dialect, name), quote_table(dialect, parent));
        let (column, key) = (quote_name(dialect, column), quote_name(dialect, key));
        format!(
            "SELECT count(*) FROM {child} child WHERE child.{column} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM {other} parent WHERE parent.{key} = child.{column});"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_fit_their_database() {
        let orders = Name::new("orders");
        assert_eq!(
            ask_duplicate_values(Dialect::Mssql, &orders, &["code".into()]).as_deref(),
            Some("SELECT TOP 20 code, count(*) FROM orders GROUP BY code HAVING count(*) > 1;")
        );
        assert_eq!(
            ask_duplicate_values(Dialect::MySql, &Name::new("order"), &["key".into()]).as_deref(),
            Some(
                "SELECT `key`, count(*) FROM `order` GROUP BY `key` HAVING count(*) > 1 LIMIT 20;"
            )
        );
        assert_eq!(
            ask_unfit_values(Dialect::Postgres, &orders, "tags", "varchar(20)[]"),
            None
        );
        assert!(
            ask_unfit_values(Dialect::MySql, &orders, "amount", "int unsigned")
                .is_some_and(|query| query.contains("BETWEEN 0 AND 4294967295"))
        );
        let named = ask_rule_violations(
            Dialect::Postgres,
            &orders,
            "CONSTRAINT orders_amount_check CHECK (amount > 0)",
        );
        assert_eq!(
            named.as_deref(),
            Some("SELECT count(*) FROM orders WHERE NOT (amount > 0);")
        );
        assert_eq!(
            ask_unfit_values(Dialect::Postgres, &orders, "note", "varchar(20)").as_deref(),
            Some("SELECT count(*) FROM orders WHERE char_length(note) > 20;")
        );
        assert_eq!(
            ask_unfit_values(Dialect::Postgres, &orders, "amount", "integer").as_deref(),
            Some(
                "SELECT count(*) FROM orders WHERE amount NOT BETWEEN -2147483648 AND 2147483647;"
            )
        );
        assert_eq!(
            ask_unfit_values(Dialect::Postgres, &orders, "at", "timestamp"),
            None
        );
        let region = Column::new("region", "text");
        assert_eq!(
            ask_filled_rows(Dialect::Postgres, &orders, &region).as_deref(),
            Some("SELECT count(*) FROM orders WHERE region IS NOT NULL;")
        );
        let state = Column {
            default: DefaultValue::Constant("'new'".to_owned()),
            ..Column::new("state", "text")
        };
        assert_eq!(
            ask_filled_rows(Dialect::Postgres, &orders, &state).as_deref(),
            Some("SELECT count(*) FROM orders WHERE state <> 'new';")
        );
        assert_eq!(
            with_values(
                Dialect::MySql,
                &orders,
                "state",
                &["it's".to_owned(), "b".to_owned()]
            )
            .as_deref(),
            Some("SELECT count(*) FROM orders WHERE state IN ('it''s', 'b');")
        );
        assert_eq!(
            ask_rule_violations(
                Dialect::Postgres,
                &orders,
                "CONSTRAINT c CHECK (amount > (1)) NOT VALID"
            )
            .as_deref(),
            Some("SELECT count(*) FROM orders WHERE NOT (amount > (1));")
        );
        assert_eq!(
            ask_null_rows(Dialect::Postgres, &orders, "lower(note)"),
            None,
            "an expression is not a name"
        );
    }
}
