//! The smallest SQL that makes old code work on the new schema, per dialect. `None` where there is none that is known to be right.

use super::dialect::Dialect;
use super::step::{Column, DefaultValue, Name};

/// A name as it must be written: quoted where it is not a plain small word.
pub fn quote(dialect: Dialect, name: &str) -> String {
    let plain =
        name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_') && name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_');
    let reserved = matches!(
        name,
        "order"
            | "user"
            | "group"
            | "table"
            | "column"
            | "default"
            | "check"
            | "references"
            | "type"
            | "key"
            | "index"
            | "value"
            | "limit"
            | "offset"
            | "primary"
            | "desc"
            | "end"
            | "from"
            | "to"
    );
    if plain && !reserved {
        return name.to_owned();
    }
    match dialect {
        Dialect::MySql | Dialect::ClickHouse => format!("`{}`", name.replace('`', "``")),
        Dialect::Mssql => format!("[{}]", name.replace(']', "]]")),
        _ => format!("\"{}\"", name.replace('"', "\"\"")),
    }
}

fn table(dialect: Dialect, name: &Name) -> String {
    match &name.schema {
        Some(schema) => format!("{}.{}", quote(dialect, schema), quote(dialect, &name.name)),
        None => quote(dialect, &name.name),
    }
}

/// A value that means *nothing said* for a type.
fn neutral(dialect: Dialect, data_type: &str) -> Option<&'static str> {
    let lower = data_type.to_lowercase();
    let starts = |words: &[&str]| words.iter().any(|word| lower.starts_with(word));
    Some(if lower.ends_with("[]") {
        "'{}'"
    } else if starts(&["bool"]) {
        if dialect == Dialect::Postgres { "false" } else { "0" }
    } else if starts(&["int", "bigint", "smallint", "tinyint", "mediumint", "numeric", "decimal", "real", "float", "double", "bit"]) {
        "0"
    } else if starts(&["varchar", "text", "char", "citext", "nvarchar", "nchar", "string"]) {
        "''"
    } else if starts(&["timestamp", "datetime"]) {
        if dialect == Dialect::Mssql { "SYSUTCDATETIME()" } else { "CURRENT_TIMESTAMP" }
    } else if starts(&["jsonb", "json"]) && dialect == Dialect::Postgres {
        "'{}'"
    } else if starts(&["uuid"]) && dialect == Dialect::Postgres {
        "gen_random_uuid()"
    } else if starts(&["uniqueidentifier"]) {
        "NEWID()"
    } else if starts(&["date"]) && dialect == Dialect::Postgres {
        "CURRENT_DATE"
    } else {
        return None;
    })
}

/// Makes rows pass that leave the column out: a default where the type has a neutral value, else NULL is allowed.
pub fn fill(dialect: Dialect, name: &Name, column: &Column) -> Option<String> {
    let unique = column.unique || column.primary;
    match neutral(dialect, &column.data_type).filter(|_| !unique && column.references.is_none()) {
        Some(value) => set_default(dialect, name, &column.name, &DefaultValue::Constant(value.to_owned())).or_else(|| allow_null(dialect, name, column)),
        None => allow_null(dialect, name, column),
    }
}

/// `SET DEFAULT`.
pub fn set_default(dialect: Dialect, name: &Name, column: &str, value: &DefaultValue) -> Option<String> {
    let (DefaultValue::Constant(value) | DefaultValue::Volatile(value)) = value else { return None };
    let (on, column) = (table(dialect, name), quote(dialect, column));
    match dialect {
        Dialect::Postgres | Dialect::Unknown => Some(format!("ALTER TABLE {on} ALTER COLUMN {column} SET DEFAULT {value};")),
        Dialect::MySql => Some(format!(
            "ALTER TABLE {on} ALTER COLUMN {column} SET DEFAULT {};",
            if value.ends_with(')') || value.starts_with("CURRENT") { format!("({value})") } else { value.clone() }
        )),
        Dialect::Mssql => Some(format!("ALTER TABLE {on} ADD DEFAULT {value} FOR {column};")),
        Dialect::Sqlite | Dialect::ClickHouse | Dialect::Cassandra => None,
    }
}

/// Allows NULL again.
pub fn allow_null(dialect: Dialect, name: &Name, column: &Column) -> Option<String> {
    if column.primary {
        return None;
    }
    let (on, named) = (table(dialect, name), quote(dialect, &column.name));
    let typed = || (!column.data_type.is_empty()).then(|| column.data_type.clone());
    match dialect {
        Dialect::Postgres | Dialect::Unknown => Some(format!("ALTER TABLE {on} ALTER COLUMN {named} DROP NOT NULL;")),
        Dialect::MySql => typed().map(|data_type| format!("ALTER TABLE {on} MODIFY COLUMN {named} {data_type} NULL;")),
        Dialect::Mssql => typed().map(|data_type| format!("ALTER TABLE {on} ALTER COLUMN {named} {data_type} NULL;")),
        Dialect::Sqlite | Dialect::ClickHouse | Dialect::Cassandra => None,
    }
}

/// Adds a dropped column again, empty.
pub fn add_column(dialect: Dialect, name: &Name, column: &Column) -> Option<String> {
    if column.data_type.is_empty() {
        return None;
    }
    let default = match (&column.default, column.nullable) {
        (DefaultValue::Constant(value) | DefaultValue::Volatile(value), _) => format!(" DEFAULT {value}"),
        _ => String::new(),
    };
    let word = if dialect == Dialect::Mssql { "ADD" } else { "ADD COLUMN" };
    Some(format!("ALTER TABLE {} {word} {} {}{default};", table(dialect, name), quote(dialect, &column.name), column.data_type))
}

/// Gives a column its old name again.
pub fn rename_column(dialect: Dialect, name: &Name, from: &str, to: &str) -> Option<String> {
    if dialect == Dialect::Mssql {
        return Some(format!("EXEC sp_rename '{}.{}', '{}', 'COLUMN';", name, from.replace('\'', "''"), to.replace('\'', "''")));
    }
    Some(format!("ALTER TABLE {} RENAME COLUMN {} TO {};", table(dialect, name), quote(dialect, from), quote(dialect, to)))
}

/// Lets old code find a renamed table: a view under the old name where views take writes, else the old name itself.
pub fn rename_table(dialect: Dialect, from: &Name, to: &Name) -> Option<String> {
    match dialect {
        Dialect::Postgres | Dialect::MySql => Some(format!("CREATE VIEW {} AS SELECT * FROM {};", table(dialect, to), table(dialect, from))),
        Dialect::Mssql => Some(format!("EXEC sp_rename '{from}', '{}';", to.name.replace('\'', "''"))),
        _ => Some(format!("ALTER TABLE {} RENAME TO {};", table(dialect, from), quote(dialect, &to.name))),
    }
}

/// Gives a column its old type again.
pub fn set_type(dialect: Dialect, name: &Name, column: &str, data_type: &str) -> Option<String> {
    let (on, named) = (table(dialect, name), quote(dialect, column));
    match dialect {
        Dialect::Postgres => Some(format!("ALTER TABLE {on} ALTER COLUMN {named} TYPE {data_type} USING {named}::{data_type};")),
        Dialect::MySql => Some(format!("ALTER TABLE {on} MODIFY COLUMN {named} {data_type};")),
        Dialect::Mssql => Some(format!("ALTER TABLE {on} ALTER COLUMN {named} {data_type};")),
        _ => None,
    }
}

/// Makes columns unique again.
pub fn add_unique(dialect: Dialect, name: &Name, columns: &[String]) -> Option<String> {
    let plain = columns.iter().all(|column| column.chars().all(|c| c.is_alphanumeric() || c == '_'));
    let list = columns.iter().map(|column| quote(dialect, column)).collect::<Vec<_>>().join(", ");
    let index = format!("{}_{}_back", name.name, columns.join("_")).to_lowercase();
    (plain && !columns.is_empty()).then(|| format!("CREATE UNIQUE INDEX {} ON {} ({list});", quote(dialect, &index), table(dialect, name)))
}

/// Drops an index.
pub fn drop_index(dialect: Dialect, name: &Name, index: &str) -> Option<String> {
    Some(match dialect {
        Dialect::MySql | Dialect::Mssql => format!("DROP INDEX {} ON {};", quote(dialect, index), table(dialect, name)),
        _ => format!("DROP INDEX {};", quote(dialect, index)),
    })
}

/// Drops a constraint.
pub fn drop_constraint(dialect: Dialect, name: &Name, constraint: &str) -> Option<String> {
    (!constraint.is_empty() && dialect != Dialect::Sqlite)
        .then(|| format!("ALTER TABLE {} DROP CONSTRAINT {};", table(dialect, name), quote(dialect, constraint)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_default_where_the_type_has_a_neutral_value() {
        let mut column = Column::new("note", "varchar(20)");
        column.nullable = false;
        let orders = Name::new("orders");
        assert_eq!(fill(Dialect::Postgres, &orders, &column).as_deref(), Some("ALTER TABLE orders ALTER COLUMN note SET DEFAULT '';"));
        assert_eq!(fill(Dialect::Mssql, &orders, &column).as_deref(), Some("ALTER TABLE orders ADD DEFAULT '' FOR note;"));
        assert_eq!(fill(Dialect::Sqlite, &orders, &column), None);
        column.data_type = "geometry".to_owned();
        assert_eq!(fill(Dialect::Postgres, &orders, &column).as_deref(), Some("ALTER TABLE orders ALTER COLUMN note DROP NOT NULL;"));
        assert_eq!(fill(Dialect::MySql, &Name::new("Order"), &column).as_deref(), Some("ALTER TABLE `Order` MODIFY COLUMN note geometry NULL;"));
    }
}
