//! The smallest SQL that makes old code work on the new schema, per dialect. `None` where there is
//! none that is known to be right.

use super::dialect::Dialect;
use super::step::{Column, ConstraintKind, DefaultValue, Name, Routine};

/// A name as it must be written: quoted where it is not a plain small word.
pub fn quote_name(dialect: Dialect, name: &str) -> String {
    let plain = name
        .chars()
        .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
        && name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_');
    // unquoted, these words end a statement that a person pastes in an incident
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
        // MySQL reads double quotes as a string unless ANSI_QUOTES is set; backticks always quote
        Dialect::MySql | Dialect::ClickHouse => format!("`{}`", name.replace('`', "``")),
        Dialect::Mssql => format!("[{}]", name.replace(']', "]]")),
        _ => format!("\"{}\"", name.replace('"', "\"\"")),
    }
}

/// A table with its schema, quoted where that is needed.
pub fn quote_table(dialect: Dialect, name: &Name) -> String {
    match &name.schema {
        Some(schema) => format!(
            "{}.{}",
            quote_name(dialect, schema),
            quote_name(dialect, &name.name)
        ),
        None => quote_name(dialect, &name.name),
    }
}

/// Types of which 0 is a value.
const NUMBERS: [&str; 18] = [
    "int",
    "int2",
    "int4",
    "int8",
    "integer",
    "bigint",
    "smallint",
    "tinyint",
    "mediumint",
    "numeric",
    "decimal",
    "dec",
    "number",
    "real",
    "float",
    "float4",
    "float8",
    "double",
];

/// A value that means *nothing said* for a type.
fn find_neutral_value(dialect: Dialect, data_type: &str) -> Option<&'static str> {
    let lower = data_type.to_lowercase();
    // the whole word counts: `interval` is no `int`
    let word = lower
        .split(|c: char| c == '(' || c.is_whitespace())
        .next()
        .unwrap_or_default();
    let starts = |words: &[&str]| words.iter().any(|word| lower.starts_with(word));
    // first, since `text[]` and `integer[]` begin like the types below
    Some(if lower.ends_with("[]") {
        "'{}'"
    } else if starts(&["bool"]) {
        // PostgreSQL takes no number for a boolean
        if dialect == Dialect::Postgres {
            "false"
        } else {
            "0"
        }
    } else if NUMBERS.contains(&word) {
        "0"
    } else if word == "bit" {
        // a bit is a number, but in PostgreSQL
        if matches!(dialect, Dialect::Postgres | Dialect::Unknown) {
            return None;
        }
        "0"
    } else if dialect == Dialect::MySql
        && matches!(word, "text" | "tinytext" | "mediumtext" | "longtext")
    {
        // MySQL takes a default of a long text only as an expression
        "('')"
    } else if starts(&[
        "varchar", "text", "char", "citext", "nvarchar", "nchar", "string",
    ]) {
        "''"
    } else if starts(&["timestamp", "datetime"]) {
        // CURRENT_TIMESTAMP of SQL Server is the local time of the server
        if dialect == Dialect::Mssql {
            "SYSUTCDATETIME()"
        } else {
            "CURRENT_TIMESTAMP"
        }
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

/// Makes rows pass that leave the column out: a default where the type has a neutral value, else
/// NULL is allowed.
pub fn write_column_fill(dialect: Dialect, name: &Name, column: &Column) -> Option<String> {
    // one value for all rows breaks a unique key at the second row, and points a reference at
    // nothing
    let unique = column.unique || column.primary;
    match find_neutral_value(dialect, &column.data_type)
        .filter(|_| !unique && column.references.is_none())
    {
        Some(value) => set_default(
            dialect,
            name,
            &column.name,
            &DefaultValue::Constant(value.to_owned()),
        )
        .or_else(|| allow_null(dialect, name, column)),
        None => allow_null(dialect, name, column),
    }
}

/// `SET DEFAULT`.
pub fn set_default(
    dialect: Dialect,
    name: &Name,
    column: &str,
    value: &DefaultValue,
) -> Option<String> {
    let (DefaultValue::Constant(value) | DefaultValue::Volatile(value)) = value else {
        // no default can be set to nothing; taking one away is another statement
        return None;
    };
    let (on, column) = (quote_table(dialect, name), quote_name(dialect, column));
    match dialect {
        Dialect::Postgres | Dialect::Unknown => Some(format!(
            "ALTER TABLE {on} ALTER COLUMN {column} SET DEFAULT {value};"
        )),
        Dialect::MySql => Some(format!(
            "ALTER TABLE {on} ALTER COLUMN {column} SET DEFAULT {};",
            // MySQL takes an expression for a default only in parentheses
            if (value.ends_with(')') && !value.starts_with('(')) || value.starts_with("CURRENT") {
                format!("({value})")
            } else {
                value.clone()
            }
        )),
        // a default of SQL Server is a constraint of its own
        Dialect::Mssql => Some(format!(
            "ALTER TABLE {on} ADD DEFAULT {value} FOR {column};"
        )),
        // SQLite changes a column that is there only by making the table anew
        Dialect::Sqlite | Dialect::ClickHouse | Dialect::Cassandra => None,
    }
}

/// Allows NULL again.
pub fn allow_null(dialect: Dialect, name: &Name, column: &Column) -> Option<String> {
    // a key refuses NULL, whatever is said about the column
    if column.primary {
        return None;
    }
    let (on, named) = (
        quote_table(dialect, name),
        quote_name(dialect, &column.name),
    );
    let typed = || (!column.data_type.is_empty()).then(|| column.data_type.clone());
    match dialect {
        Dialect::Postgres | Dialect::Unknown => Some(format!(
            "ALTER TABLE {on} ALTER COLUMN {named} DROP NOT NULL;"
        )),
        // MODIFY COLUMN of MySQL states the whole column: what is not repeated is gone
        Dialect::MySql => typed().map(|data_type| {
            format!(
                "ALTER TABLE {on} MODIFY COLUMN {named} {data_type} NULL{};",
                default_of(column)
            )
        }),
        Dialect::Mssql => typed()
            .map(|data_type| format!("ALTER TABLE {on} ALTER COLUMN {named} {data_type} NULL;")),
        Dialect::Sqlite | Dialect::ClickHouse | Dialect::Cassandra => None,
    }
}

/// ` DEFAULT value`, where the column has one.
fn default_of(column: &Column) -> String {
    match &column.default {
        DefaultValue::Constant(value) | DefaultValue::Volatile(value) => {
            format!(" DEFAULT {value}")
        }
        DefaultValue::None => String::new(),
    }
}

/// Adds a dropped column again, empty: NULL is allowed, whatever it was, since there are rows.
pub fn add_column(dialect: Dialect, name: &Name, column: &Column) -> Option<String> {
    // the type was never seen, or the database computes the values: no statement can be made up
    if column.data_type.is_empty() || column.generated {
        return None;
    }
    // SQLite refuses to add a column whose default is not a constant.
    let default =
        if dialect == Dialect::Sqlite && matches!(column.default, DefaultValue::Volatile(_)) {
            String::new()
        } else {
            default_of(column)
        };
    // the grammar of SQL Server has no word COLUMN behind ADD
    let word = if dialect == Dialect::Mssql {
        "ADD"
    } else {
        "ADD COLUMN"
    };
    Some(format!(
        "ALTER TABLE {} {word} {} {}{default};",
        quote_table(dialect, name),
        quote_name(dialect, &column.name),
        column.data_type
    ))
}

/// Sets the default that a column had, or takes away one that it did not have.
pub fn old_default(
    dialect: Dialect,
    name: &Name,
    column: &str,
    old: &DefaultValue,
) -> Option<String> {
    let (on, named) = (quote_table(dialect, name), quote_name(dialect, column));
    match (old, dialect) {
        (DefaultValue::None, Dialect::Postgres | Dialect::Unknown | Dialect::MySql) => Some(
            format!("ALTER TABLE {on} ALTER COLUMN {named} DROP DEFAULT;"),
        ),
        // SQL Server has one default a column, under a name that the migration may not tell.
        (DefaultValue::None, _) | (_, Dialect::Mssql) => None,
        (old, _) => set_default(dialect, name, column, old),
    }
}

/// Lets writers give a column's values again: it is no longer computed, or no longer always
/// numbered.
pub fn take_values(dialect: Dialect, name: &Name, column: &str, computed: bool) -> Option<String> {
    // both are words of PostgreSQL; elsewhere the column has to be made anew
    let what = if computed {
        "DROP EXPRESSION"
    } else {
        "SET GENERATED BY DEFAULT"
    };
    (dialect == Dialect::Postgres).then(|| {
        format!(
            "ALTER TABLE {} ALTER COLUMN {} {what};",
            quote_table(dialect, name),
            quote_name(dialect, column)
        )
    })
}

/// Lets the database number a column again, above the highest number in use.
pub fn write_renumbering(dialect: Dialect, name: &Name, column: &Column) -> Option<String> {
    let (on, named) = (
        quote_table(dialect, name),
        quote_name(dialect, &column.name),
    );
    match dialect {
        Dialect::Postgres => {
            // `false`: the number is the next one to be given; without it setval names the last one
            let text = on.replace('\'', "''");
            Some(format!(
                "ALTER TABLE {on} ALTER COLUMN {named} ADD GENERATED BY DEFAULT AS IDENTITY;\nSELECT setval(pg_get_serial_sequence('{text}', '{}'), (SELECT coalesce(max({named}), 0) + 1 FROM {on}), false);",
                column.name.replace('\'', "''")
            ))
        }
        Dialect::MySql if !column.data_type.is_empty() => Some(format!(
            "ALTER TABLE {on} MODIFY COLUMN {named} {} NOT NULL AUTO_INCREMENT;",
            column.data_type
        )),
        _ => None,
    }
}

/// Gives a member of an enumeration its old name again.
pub fn rename_value(dialect: Dialect, name: &Name, from: &str, to: &str) -> Option<String> {
    let text = |value: &str| value.replace('\'', "''");
    (dialect == Dialect::Postgres).then(|| {
        format!(
            "ALTER TYPE {} RENAME VALUE '{}' TO '{}';",
            quote_table(dialect, name),
            text(from),
            text(to)
        )
    })
}

/// Gives an object its old name again: `VIEW`, `SEQUENCE`, `INDEX`.
pub fn write_rename(dialect: Dialect, what: &str, from: &Name, to: &Name) -> Option<String> {
    match dialect {
        Dialect::Postgres => Some(format!(
            "ALTER {what} {} RENAME TO {};",
            quote_table(dialect, from),
            quote_name(dialect, &to.name)
        )),
        Dialect::Mssql if what != "SEQUENCE" => Some(format!(
            "EXEC sp_rename '{from}', '{}';",
            to.name.replace('\'', "''")
        )),
        _ => None,
    }
}

/// Makes a view say again what it said; `alike` if the view that stands there yields the same
/// columns.
pub fn write_view(
    dialect: Dialect,
    name: &Name,
    body: &str,
    alike: bool,
    exists: bool,
) -> Option<String> {
    let body = body.trim().trim_end_matches(';').trim_end();
    if body.is_empty() {
        return None; // the text is in a file of its own, or was never seen
    }
    let named = quote_table(dialect, name);
    Some(match dialect {
        _ if !exists => wrap_in_batch(dialect, format!("CREATE VIEW {named} {body};")),
        // PostgreSQL replaces a view only where its columns stay, with new ones behind them
        Dialect::Postgres if !alike => format!("DROP VIEW {named};\nCREATE VIEW {named} {body};"),
        // SQLite has no OR REPLACE for views
        Dialect::Sqlite => format!("DROP VIEW {named};\nCREATE VIEW {named} {body};"),
        Dialect::Mssql => wrap_in_batch(dialect, format!("CREATE OR ALTER VIEW {named} {body};")),
        _ => format!("CREATE OR REPLACE VIEW {named} {body};"),
    })
}

/// Makes a routine again as it was. `None` where its text is not known.
pub fn write_routine(dialect: Dialect, old: &Routine, exists: bool) -> Option<String> {
    let body = old.body.trim().trim_end_matches(';').trim_end();
    if old.head.is_empty() || body.is_empty() {
        // the head holds the parameters, without which the text cannot be written again
        return None;
    }
    let head = &old.head;
    match dialect {
        Dialect::Postgres => Some(format!("CREATE OR REPLACE {head} {body};")),
        Dialect::Mssql => Some(wrap_in_batch(
            dialect,
            format!("CREATE OR ALTER {head} {body};"),
        )),
        // The client needs another end of statement, since the body holds some of its own.
        Dialect::MySql => {
            let word = head.split_whitespace().next().unwrap_or("PROCEDURE");
            let drop = if exists {
                format!(
                    "DROP {word} IF EXISTS {};\n",
                    quote_table(dialect, &old.name)
                )
            } else {
                String::new()
            };
            Some(format!(
                "{drop}DELIMITER //\nCREATE {head} {body}//\nDELIMITER ;"
            ))
        }
        _ => None,
    }
}

/// SQL Server takes views and routines only as the first statement of a batch.
fn wrap_in_batch(dialect: Dialect, text: String) -> String {
    if dialect == Dialect::Mssql {
        format!("GO\n{text}\nGO")
    } else {
        text
    }
}

/// Gives a column its old name again.
pub fn rename_column(dialect: Dialect, name: &Name, from: &str, to: &str) -> Option<String> {
    if dialect == Dialect::Mssql {
        return Some(format!(
            "EXEC sp_rename '{}.{}', '{}', 'COLUMN';",
            name,
            from.replace('\'', "''"),
            to.replace('\'', "''")
        ));
    }
    Some(format!(
        "ALTER TABLE {} RENAME COLUMN {} TO {};",
        quote_table(dialect, name),
        quote_name(dialect, from),
        quote_name(dialect, to)
    ))
}

/// Lets old code find a renamed table: a view under the old name where views take writes, else the
/// old name itself.
pub fn rename_table(dialect: Dialect, from: &Name, to: &Name) -> Option<String> {
    match dialect {
        // PostgreSQL and MySQL write through a plain view of one table
        Dialect::Postgres | Dialect::MySql => Some(format!(
            "CREATE VIEW {} AS SELECT * FROM {};",
            quote_table(dialect, to),
            quote_table(dialect, from)
        )),
        // moved and not renamed: the name stays and only the schema differs
        Dialect::Mssql if from.schema != to.schema && from.name.eq_ignore_ascii_case(&to.name) => {
            let (schema, from) = (
                to.schema.as_deref().unwrap_or("dbo"),
                from.schema.as_deref().unwrap_or("dbo"),
            );
            Some(format!(
                "ALTER SCHEMA {} TRANSFER {}.{};",
                quote_name(dialect, schema),
                quote_name(dialect, from),
                quote_name(dialect, &to.name)
            ))
        }
        Dialect::Mssql => Some(format!(
            "EXEC sp_rename '{from}', '{}';",
            to.name.replace('\'', "''")
        )),
        _ => Some(format!(
            "ALTER TABLE {} RENAME TO {};",
            quote_table(dialect, from),
            quote_name(dialect, &to.name)
        )),
    }
}

/// Gives a column its old type again. MySQL and SQL Server take away what is not repeated.
pub fn set_type(dialect: Dialect, name: &Name, old: &Column) -> Option<String> {
    let data_type = &old.data_type;
    if data_type.is_empty() {
        return None;
    }
    let (on, named) = (quote_table(dialect, name), quote_name(dialect, &old.name));
    let null = if old.nullable { "NULL" } else { "NOT NULL" };
    match dialect {
        // without USING, PostgreSQL takes only casts that an assignment would take
        Dialect::Postgres => Some(format!(
            "ALTER TABLE {on} ALTER COLUMN {named} TYPE {data_type} USING {named}::{data_type};"
        )),
        Dialect::MySql => {
            let number = if old.auto { " AUTO_INCREMENT" } else { "" };
            Some(format!(
                "ALTER TABLE {on} MODIFY COLUMN {named} {data_type} {null}{}{number};",
                default_of(old)
            ))
        }
        Dialect::Mssql => Some(format!(
            "ALTER TABLE {on} ALTER COLUMN {named} {data_type} {null};"
        )),
        _ => None,
    }
}

/// Makes columns unique again.
pub fn add_unique(dialect: Dialect, name: &Name, columns: &[String]) -> Option<String> {
    // an index over `lower(code)` has an expression where a column is expected
    let plain = columns
        .iter()
        .all(|column| column.chars().all(|c| c.is_alphanumeric() || c == '_'));
    let list = columns
        .iter()
        .map(|column| quote_name(dialect, column))
        .collect::<Vec<_>>()
        .join(", ");
    // the old name is often not known, and a new one cannot meet an index that is there
    let index = format!("{}_{}_back", name.name, columns.join("_")).to_lowercase();
    (plain && !columns.is_empty()).then(|| {
        format!(
            "CREATE UNIQUE INDEX {} ON {} ({list});",
            quote_name(dialect, &index),
            quote_table(dialect, name)
        )
    })
}

/// Drops an index.
pub fn drop_index(dialect: Dialect, name: &Name, index: &str) -> Option<String> {
    Some(match dialect {
        // there the name of an index is unique in its table only
        Dialect::MySql | Dialect::Mssql => format!(
            "DROP INDEX {} ON {};",
            quote_name(dialect, index),
            quote_table(dialect, name)
        ),
        _ => format!("DROP INDEX {};", quote_name(dialect, index)),
    })
}

/// Drops a constraint. MySQL has words of its own for the kinds that it had before version 8.
pub fn drop_constraint(
    dialect: Dialect,
    name: &Name,
    constraint: &str,
    kind: ConstraintKind,
) -> Option<String> {
    let word = match (dialect, kind) {
        (Dialect::MySql, ConstraintKind::Foreign) => "FOREIGN KEY",
        (Dialect::MySql, ConstraintKind::Unique) => "INDEX",
        _ => "CONSTRAINT",
    };
    // SQLite has no statement that takes a rule away
    (!constraint.is_empty() && dialect != Dialect::Sqlite).then(|| {
        format!(
            "ALTER TABLE {} DROP {word} {};",
            quote_table(dialect, name),
            quote_name(dialect, constraint)
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_default_where_the_type_has_a_neutral_value() {
        let mut column = Column::new("note", "varchar(20)");
        column.nullable = false;
        let orders = Name::new("orders");
        assert_eq!(
            write_column_fill(Dialect::Postgres, &orders, &column).as_deref(),
            Some("ALTER TABLE orders ALTER COLUMN note SET DEFAULT '';")
        );
        assert_eq!(
            write_column_fill(Dialect::Mssql, &orders, &column).as_deref(),
            Some("ALTER TABLE orders ADD DEFAULT '' FOR note;")
        );
        assert_eq!(write_column_fill(Dialect::Sqlite, &orders, &column), None);
        // types that begin like a number and are none, and bits, which take no number there
        for data_type in ["interval", "int4range", "bit(3)"] {
            column.data_type = data_type.to_owned();
            assert_eq!(
                write_column_fill(Dialect::Postgres, &orders, &column).as_deref(),
                Some("ALTER TABLE orders ALTER COLUMN note DROP NOT NULL;"),
                "{data_type}"
            );
        }
        column.data_type = "integer".to_owned();
        assert_eq!(
            write_column_fill(Dialect::Postgres, &orders, &column).as_deref(),
            Some("ALTER TABLE orders ALTER COLUMN note SET DEFAULT 0;")
        );
        // MySQL takes a default of a long text only as an expression
        column.data_type = "text".to_owned();
        assert_eq!(
            write_column_fill(Dialect::MySql, &orders, &column).as_deref(),
            Some("ALTER TABLE orders ALTER COLUMN note SET DEFAULT ('');")
        );
        column.data_type = "geometry".to_owned();
        assert_eq!(
            write_column_fill(Dialect::Postgres, &orders, &column).as_deref(),
            Some("ALTER TABLE orders ALTER COLUMN note DROP NOT NULL;")
        );
        assert_eq!(
            write_column_fill(Dialect::MySql, &Name::new("Order"), &column).as_deref(),
            Some("ALTER TABLE `Order` MODIFY COLUMN note geometry NULL;")
        );
    }
}
