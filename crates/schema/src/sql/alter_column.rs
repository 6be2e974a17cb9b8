//! `ALTER TABLE .. ALTER COLUMN ..`, and its spellings.

use super::super::dialect::Dialect;
use super::super::step::{Column, DefaultValue, Name, SchemaAction};
use super::alter_option::{make_table_option, make_unknown_alter};
use super::column::{self};
use super::cursor::{Cursor, text_of};

pub(super) fn parse_alter_column(
    cursor: &mut Cursor<'_>,
    table: &Name,
    dialect: Dialect,
    out: &mut Vec<SchemaAction>,
) {
    if cursor.eat("CONSTRAINT") || cursor.eat("CHECK") {
        out.push(SchemaAction::AlterConstraint {
            table: table.clone(),
            name: cursor.ident().unwrap_or_default(),
        });
        return;
    }
    // `FORCE INDEX` on a hidden index is an error
    if cursor.is(0, "INDEX") && cursor.find("INVISIBLE").is_some() {
        out.push(make_unknown_alter(
            "an index is hidden, and a query that forces it by name fails",
        ));
        return;
    }
    if cursor.is(0, "INDEX") && cursor.token(2).is_some() {
        out.push(make_table_option(table, "index visibility"));
        return;
    }
    cursor.eat("COLUMN");
    cursor.eat_all(&["IF", "EXISTS"]);
    let Some(column) = cursor.ident() else {
        out.push(make_unknown_alter("the column's name is missing"));
        return;
    };
    // a part of a nested column is named with a dot
    if cursor.is(0, ".") {
        cursor.at += 1;
        cursor.ident();
    }
    let change = read_null_or_default(cursor, table, &column)
        .or_else(|| read_new_type(cursor, table, &column))
        .or_else(|| read_value_source(cursor, table, &column))
        .unwrap_or_else(|| read_other_change(cursor, table, &column, dialect));
    out.push(change);
}

/// Whether it may be empty, and what it holds where nothing is written.
fn read_null_or_default(
    cursor: &mut Cursor<'_>,
    table: &Name,
    column: &str,
) -> Option<SchemaAction> {
    let (t, c) = (|| table.clone(), || column.to_owned());
    Some(if cursor.eat_all(&["SET", "NOT", "NULL"]) {
        SchemaAction::SetNotNull {
            table: t(),
            column: c(),
        }
    } else if cursor.eat_all(&["DROP", "NOT", "NULL"]) {
        SchemaAction::DropNotNull {
            table: t(),
            column: c(),
        }
    } else if cursor.eat_all(&["SET", "DEFAULT"]) {
        let text = text_of(cursor.text, cursor.rest_tokens());
        match DefaultValue::from_text(&text) {
            // `SET DEFAULT NULL` leaves the column without one
            DefaultValue::None => SchemaAction::DropDefault {
                table: t(),
                column: c(),
            },
            value => SchemaAction::SetDefault {
                table: t(),
                column: c(),
                value,
            },
        }
    } else if cursor.eat_all(&["DROP", "DEFAULT"]) {
        SchemaAction::DropDefault {
            table: t(),
            column: c(),
        }
    } else {
        return None;
    })
}

/// PostgreSQL's `TYPE ..`.
fn read_new_type(cursor: &mut Cursor<'_>, table: &Name, column: &str) -> Option<SchemaAction> {
    let (t, c) = (|| table.clone(), || column.to_owned());
    if !cursor.eat("TYPE") && !cursor.eat_all(&["SET", "DATA", "TYPE"]) {
        return None;
    }
    let to = column::data_type(cursor);
    // behind a type, since only texts have a collation
    let to = if cursor.eat("COLLATE") {
        cursor
            .name()
            .map_or(to.clone(), |name| format!("{to} COLLATE {name}"))
    } else {
        to
    };
    Some(if to.is_empty() {
        make_unknown_alter("the new type is missing")
    } else {
        SchemaAction::ChangeType {
            table: t(),
            column: c(),
            to,
        }
    })
}

/// Whether the database makes the value.
fn read_value_source(cursor: &mut Cursor<'_>, table: &Name, column: &str) -> Option<SchemaAction> {
    let (t, c) = (|| table.clone(), || column.to_owned());
    Some(if cursor.eat("ADD") {
        if cursor.find("IDENTITY").is_some() {
            SchemaAction::SetIdentity {
                table: t(),
                column: c(),
                always: cursor.find("ALWAYS").is_some(),
            }
        } else {
            make_column_option(table, column, "SQL Server column option")
        }
    } else if cursor.eat_all(&["DROP", "IDENTITY"]) {
        SchemaAction::DropIdentity {
            table: t(),
            column: c(),
        }
    } else if cursor.eat_all(&["DROP", "EXPRESSION"]) {
        SchemaAction::DropGenerated {
            table: t(),
            column: c(),
        }
    } else if cursor.eat_all(&["SET", "EXPRESSION"]) {
        SchemaAction::SetGenerated {
            table: t(),
            column: c(),
        }
    } else if cursor.eat_all(&["SET", "GENERATED"]) {
        SchemaAction::SetIdentity {
            table: t(),
            column: c(),
            always: cursor.is(0, "ALWAYS"),
        }
    } else {
        return None;
    })
}

/// Options, and SQL Server's and ClickHouse's way to state a column anew.
fn read_other_change(
    cursor: &mut Cursor<'_>,
    table: &Name,
    column: &str,
    dialect: Dialect,
) -> SchemaAction {
    // statistics, storage and visibility of the column
    if ["RESTART", "SET", "RESET", "DROP"]
        .iter()
        .any(|word| cursor.is(0, word))
    {
        return make_column_option(table, column, &cursor.rest().to_ascii_lowercase());
    }
    if cursor.done() {
        return make_unknown_alter("what happens to the column is missing");
    }
    // the type follows at once, and NULL or NOT NULL with it
    let mut stated = Column::new(column.to_owned(), column::data_type(cursor));
    column::parse_column_attributes(cursor, &mut stated, dialect);
    SchemaAction::RestateColumn {
        table: table.clone(),
        from: column.to_owned(),
        column: stated,
        // SQL Server keeps a default as a constraint, which ALTER COLUMN does not touch
        keeps_default: true,
    }
}

fn make_column_option(table: &Name, column: &str, what: &str) -> SchemaAction {
    SchemaAction::ColumnOption {
        table: table.clone(),
        column: column.to_owned(),
        what: what.to_owned(),
    }
}

pub(super) fn parse_column_restatement(
    cursor: &mut Cursor<'_>,
    table: &Name,
    dialect: Dialect,
    from: Option<String>,
    out: &mut Vec<SchemaAction>,
) {
    match column::parse_column(cursor.text, cursor.rest_tokens(), dialect) {
        Some(column) if !column.data_type.is_empty() => {
            let from = from.unwrap_or_else(|| column.name.clone());
            out.push(SchemaAction::RestateColumn {
                table: table.clone(),
                from,
                column,
                // MODIFY of ClickHouse changes the parts that it names, that of MySQL states all of
                // them
                keeps_default: dialect == Dialect::ClickHouse,
            });
        }
        _ => out.push(make_unknown_alter("the column's new definition is missing")),
    }
}
