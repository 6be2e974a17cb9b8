//! `ALTER TABLE` of every dialect, one action at a time.

use super::super::dialect::Dialect;
use super::super::step::{ConstraintKind, Name, SchemaAction};
use super::alter_column::{parse_alter_column, parse_column_restatement};
use super::alter_option::{make_table_option, make_unknown_alter, set_unused};
use super::alter_other::parse_other_alter;
use super::column::{self, Element};
use super::cursor::{Cursor, by_comma, by_comma_in, text_of, unquote_sql};
use super::lex::SqlToken;

/// Actions of `ALTER TABLE name ..`; the cursor stands behind `ALTER TABLE`. Each comes with its
/// line.
pub fn parse_alter_table(cursor: &mut Cursor<'_>, dialect: Dialect) -> Vec<(usize, SchemaAction)> {
    // words that may stand before and behind the name and change nothing about it
    cursor.eat_all(&["IF", "EXISTS"]);
    cursor.eat("ONLY");
    let line = cursor.line();
    let Some(table) = cursor.name() else {
        return vec![(line, make_unknown_alter("the table's name is missing"))];
    };
    cursor.eat("*");
    // ClickHouse names the servers on which it runs
    if cursor.eat_all(&["ON", "CLUSTER"]) {
        cursor.ident();
    }
    if cursor.done() {
        return vec![(line, make_unknown_alter("nothing follows the table's name"))];
    }
    let mut out = Vec::new();
    let mut verb = Verb::Other;
    let mut rest = cursor.rest_tokens();
    if dialect == Dialect::ClickHouse {
        // a materialised view of ClickHouse is changed as a table is
        if cursor.eat_all(&["MODIFY", "QUERY"]) {
            let body = text_of(cursor.text, cursor.rest_tokens());
            return vec![(
                line,
                SchemaAction::CreateView {
                    name: table,
                    replace: true,
                    materialized: true,
                    body,
                },
            )];
        }
        // `SETTINGS alter_sync = 2` says how, not what.
        if let Some(at) = cursor.find("SETTINGS") {
            rest = &cursor.tokens[cursor.at..at];
        }
    }
    // Cassandra states the options of a table behind WITH
    if dialect == Dialect::Cassandra && cursor.is(0, "WITH") {
        return vec![(line, make_table_option(&table, "table option"))];
    }
    for part in by_comma_in(cursor.text, rest, dialect) {
        let mut part = Cursor::new(cursor.text, part);
        let line = part.line();
        let mut actions = Vec::new();
        verb = parse_alter_action(&mut part, &table, dialect, verb, &mut actions);
        out.extend(actions.into_iter().map(|action| (line, action)));
    }
    out
}

/// What the next action inherits when it has no verb of its own (SQL Server lists).
#[derive(Clone, Copy, PartialEq)]
enum Verb {
    Add,
    DropColumn,
    DropConstraint,
    Other,
}

fn parse_alter_action(
    cursor: &mut Cursor<'_>,
    table: &Name,
    dialect: Dialect,
    inherited: Verb,
    out: &mut Vec<SchemaAction>,
) -> Verb {
    // SQL Server: WITH NOCHECK ADD CONSTRAINT
    // the rows that are there are not checked, and new ones are
    if cursor.eat("WITH") {
        cursor.eat_any(&["CHECK", "NOCHECK"]);
    }
    if cursor.eat("ADD") {
        parse_alter_add(cursor, table, dialect, out);
        return Verb::Add;
    }
    // in a list of SQL Server `ADD a int, DROP ..` cannot follow: there DROP is a column's name
    if cursor.is(0, "DROP") && !(inherited == Verb::Add && dialect == Dialect::Mssql) {
        cursor.at += 1;
        return parse_alter_drop(cursor, table, dialect, out);
    }
    if cursor.is(0, "ALTER")
        || (cursor.is(0, "MODIFY") && cursor.is(1, "COLUMN") && dialect == Dialect::ClickHouse)
    {
        cursor.at += 1;
        parse_alter_column(cursor, table, dialect, out);
        return Verb::Other;
    }
    if cursor.eat("MODIFY") {
        parse_alter_modify(cursor, table, dialect, out);
        return Verb::Other;
    }
    if cursor.eat("CHANGE") {
        cursor.eat("COLUMN");
        cursor.eat_all(&["IF", "EXISTS"]);
        let from = cursor.ident();
        parse_column_restatement(cursor, table, dialect, from, out);
        return Verb::Other;
    }
    if cursor.eat("RENAME") {
        parse_alter_rename(cursor, table, out);
        return Verb::Other;
    }
    // after all verbs: a word that is none may be the next column of a list
    if let Some(verb) = parse_inherited(cursor, table, dialect, inherited, out) {
        return verb;
    }
    if cursor.is(0, "SET") && cursor.is(1, "UNUSED") {
        set_unused(cursor, table, out);
        return Verb::Other;
    }
    out.push(parse_other_alter(cursor, table));
    Verb::Other
}

/// MySQL's and ClickHouse's `MODIFY`.
fn parse_alter_modify(
    cursor: &mut Cursor<'_>,
    table: &Name,
    dialect: Dialect,
    out: &mut Vec<SchemaAction>,
) {
    // rows whose time is over go by themselves, unless they are moved or packed instead
    let moved = ["TO", "RECOMPRESS", "GROUP"];
    let goes =
        cursor.find("DELETE").is_some() || moved.iter().all(|word| cursor.find(word).is_none());
    if cursor.is(0, "TTL") && goes {
        out.push(SchemaAction::Delete {
            table: table.clone(),
        });
        return;
    }
    if cursor.is(0, "TTL")
        || cursor.is(0, "SETTING")
        || cursor.is(0, "ORDER")
        || cursor.is(0, "QUERY")
        || cursor.is(0, "COMMENT")
        || cursor.is(0, "SAMPLE")
    {
        out.push(make_table_option(
            table,
            &cursor.raw(0).to_ascii_lowercase(),
        ));
        return;
    }
    cursor.eat("COLUMN");
    cursor.eat_all(&["IF", "EXISTS"]);
    if cursor.is(0, "(") {
        let inside = cursor.group().unwrap_or_default();
        for part in by_comma(cursor.text, inside) {
            parse_column_restatement(
                &mut Cursor::new(cursor.text, part),
                table,
                dialect,
                None,
                out,
            );
        }
    } else {
        parse_column_restatement(cursor, table, dialect, None, out);
    }
}

/// An action without a verb of its own: in lists of SQL Server and Cassandra it has that of the one
/// before.
fn parse_inherited(
    cursor: &mut Cursor<'_>,
    table: &Name,
    dialect: Dialect,
    inherited: Verb,
    out: &mut Vec<SchemaAction>,
) -> Option<Verb> {
    let drop_column = |column| SchemaAction::DropColumn {
        table: table.clone(),
        column,
    };
    let lists = matches!(dialect, Dialect::Mssql | Dialect::Cassandra);
    match inherited {
        Verb::Add if lists => {
            // `ENGINE = x` and `LOCK = y` are options behind a list, not columns
            let option = cursor.is(0, "ENGINE")
                || cursor.is(0, "ALGORITHM")
                || cursor.is(0, "LOCK")
                || cursor.is(1, "=");
            if option {
                return None;
            }
            parse_alter_add(cursor, table, dialect, out);
            Some(Verb::Add)
        }
        Verb::DropColumn if lists => {
            out.extend(cursor.ident().map(drop_column));
            Some(Verb::DropColumn)
        }
        Verb::DropConstraint if dialect == Dialect::Mssql => {
            if cursor.eat("COLUMN") {
                out.extend(cursor.ident().map(drop_column));
                return Some(Verb::DropColumn);
            }
            out.push(SchemaAction::DropConstraint {
                table: table.clone(),
                name: cursor.ident(),
                kind: None,
                columns: Vec::new(),
            });
            Some(Verb::DropConstraint)
        }
        _ => None,
    }
}
fn parse_alter_add(
    cursor: &mut Cursor<'_>,
    table: &Name,
    dialect: Dialect,
    out: &mut Vec<SchemaAction>,
) {
    let t = || table.clone();
    if cursor.eat("PARTITION") {
        out.push(SchemaAction::AddPartition { table: t() });
        return;
    }
    // what the planner keeps for itself, and no statement names
    if cursor.is(0, "STATISTICS")
        || cursor.is(0, "PROJECTION")
        || (cursor.is(0, "INDEX") && dialect == Dialect::ClickHouse)
    {
        out.push(make_table_option(table, "index or projection"));
        return;
    }
    // a temporal table of SQL Server refuses TRUNCATE and many changes of its columns
    if cursor.is(0, "SYSTEM") && cursor.is(1, "VERSIONING") {
        out.push(make_unknown_alter(
            "the table keeps old versions of its rows now: what empties it at once, or changes it later, is refused",
        ));
        return;
    }
    // `ADD COLUMN check ..` is a column of that name
    let explicit = cursor.eat("COLUMN");
    let if_not_exists = cursor.eat_all(&["IF", "NOT", "EXISTS"]);
    if cursor.is(0, "(") {
        let inside = cursor.group().unwrap_or_default();
        for part in by_comma_in(cursor.text, inside, dialect) {
            add_one(
                cursor.text,
                part,
                table,
                dialect,
                explicit,
                if_not_exists,
                out,
            );
        }
        return;
    }
    add_one(
        cursor.text,
        cursor.rest_tokens(),
        table,
        dialect,
        explicit,
        if_not_exists,
        out,
    );
}

fn add_one(
    text: &str,
    tokens: &[SqlToken],
    table: &Name,
    dialect: Dialect,
    explicit: bool,
    if_not_exists: bool,
    out: &mut Vec<SchemaAction>,
) {
    let t = || table.clone();
    let element = if explicit {
        Element::Column
    } else {
        column::parse_table_element(text, tokens, table)
    };
    match element {
        Element::Constraint(constraint) => out.push(SchemaAction::AddConstraint {
            table: t(),
            constraint,
        }),
        Element::Index(index) => out.push(SchemaAction::CreateIndex(index)),
        Element::Default(column, value) => out.push(SchemaAction::SetDefault {
            table: t(),
            column,
            value,
        }),
        Element::Other => out.push(make_table_option(table, "period or projection")),
        Element::Column => match column::parse_column(text, tokens, dialect) {
            Some(column)
                // SQLite takes a column without a type, others do not
                if column.data_type.is_empty()
                    && !column.generated
                    && dialect != Dialect::Sqlite =>
            {
                out.push(make_unknown_alter("the new column has no type"));
            }
            Some(column) => out.push(SchemaAction::AddColumn {
                table: t(),
                column,
                if_not_exists,
            }),
            None => out.push(make_unknown_alter("the new column's name is missing")),
        },
    }
}

fn parse_alter_drop(
    cursor: &mut Cursor<'_>,
    table: &Name,
    dialect: Dialect,
    out: &mut Vec<SchemaAction>,
) -> Verb {
    let t = || table.clone();
    let constraint = |name, kind| SchemaAction::DropConstraint {
        table: table.clone(),
        name,
        kind,
        columns: Vec::new(),
    };
    if cursor.eat_all(&["PRIMARY", "KEY"]) {
        // MySQL has one primary key a table and gives it no name
        out.push(constraint(None, Some(ConstraintKind::Primary)));
    } else if cursor.eat_all(&["FOREIGN", "KEY"]) {
        cursor.eat_all(&["IF", "EXISTS"]);
        out.push(constraint(cursor.ident(), Some(ConstraintKind::Foreign)));
    } else if cursor.is(0, "CHECK") && cursor.token(1).is_some() {
        cursor.at += 1;
        cursor.eat_all(&["IF", "EXISTS"]);
        out.push(constraint(cursor.ident(), Some(ConstraintKind::Check)));
    } else if cursor.eat("CONSTRAINT") {
        cursor.eat_all(&["IF", "EXISTS"]);
        match cursor.ident() {
            Some(name) => out.push(constraint(Some(name), None)),
            None => out.push(make_unknown_alter("the constraint's name is missing")),
        }
        return Verb::DropConstraint;
    } else if (cursor.is(0, "INDEX") || cursor.is(0, "KEY")) && cursor.token(1).is_some() {
        cursor.at += 1;
        cursor.eat_all(&["IF", "EXISTS"]);
        match cursor.ident() {
            Some(name) => out.push(SchemaAction::DropIndex {
                name,
                table: Some(t()),
            }),
            None => out.push(make_unknown_alter("the index's name is missing")),
        }
    } else if cursor.eat("PARTITION") || cursor.eat_all(&["DETACHED", "PARTITION"]) {
        out.push(SchemaAction::DropPartition {
            table: t(),
            keeps_rows: false,
        });
    } else if cursor.is(0, "PROJECTION")
        || cursor.is(0, "STATISTICS")
        || cursor.is(0, "PERIOD")
        || cursor.is(0, "SYSTEM")
    {
        out.push(make_table_option(table, "projection or statistics"));
    } else {
        let explicit = cursor.eat("COLUMN");
        cursor.eat_all(&["IF", "EXISTS"]);
        if cursor.is(0, "(") {
            let inside = cursor.group().unwrap_or_default();
            for part in by_comma(cursor.text, inside) {
                out.push(SchemaAction::DropColumn {
                    table: t(),
                    column: unquote_sql(&cursor.text[part[0].start..part[0].end]),
                });
            }
            return Verb::DropColumn;
        }
        match cursor.ident() {
            // SQL Server drops a constraint where others would drop a column
            Some(name) if dialect == Dialect::Mssql && !explicit => {
                out.push(constraint(Some(name), None));
                return Verb::DropConstraint;
            }
            Some(column) => {
                out.push(SchemaAction::DropColumn { table: t(), column });
                let ends = ["CASCADE", "RESTRICT", "IN", "FROM", "SET", "INVALIDATE"];
                // `DROP COLUMN a CHAR(3)` is a slip that the server refuses, so the migration fails
                // there
                if cursor.raw(0).starts_with(|c: char| c.is_alphabetic())
                    && !ends.iter().any(|word| cursor.is(0, word))
                {
                    out.push(make_unknown_alter(&format!(
                        "a syntax error: `{}` stands behind the column that is dropped",
                        cursor.raw(0)
                    )));
                }
            }
            None => out.push(make_unknown_alter("what is dropped is missing")),
        }
        return Verb::DropColumn;
    }
    Verb::Other
}

fn parse_alter_rename(cursor: &mut Cursor<'_>, table: &Name, out: &mut Vec<SchemaAction>) {
    let t = || table.clone();
    let missing = || make_unknown_alter("the new name is missing");
    if cursor.eat("CONSTRAINT") {
        let (name, _, to) = (cursor.ident(), cursor.eat("TO"), cursor.ident());
        out.push(match (name, to) {
            (Some(name), Some(to)) => SchemaAction::RenameConstraint {
                table: t(),
                name,
                to,
            },
            _ => missing(),
        });
    } else if (cursor.is(0, "INDEX") || cursor.is(0, "KEY")) && cursor.is(2, "TO") {
        cursor.at += 1;
        let (name, _, to) = (cursor.ident(), cursor.eat("TO"), cursor.ident());
        out.push(match (name, to) {
            (Some(name), Some(to)) => SchemaAction::RenameIndex { name, to },
            _ => missing(),
        });
    } else if (cursor.is(0, "TO") || cursor.is(0, "AS")) && cursor.token(1).is_some() {
        cursor.at += 1;
        out.push(
            cursor
                .name()
                .map_or_else(missing, |to| SchemaAction::RenameTable { table: t(), to }),
        );
    } else {
        cursor.eat("COLUMN");
        cursor.eat_all(&["IF", "EXISTS"]);
        let Some(first) = cursor.ident() else {
            out.push(missing());
            return;
        };
        if cursor.eat("TO") {
            out.push(
                cursor
                    .ident()
                    .map_or_else(missing, |to| SchemaAction::RenameColumn {
                        table: t(),
                        column: first,
                        to,
                    }),
            );
        } else if cursor.done() {
            out.push(SchemaAction::RenameTable {
                table: t(),
                to: Name::new(&first),
            }); // MySQL: RENAME new_name
        } else {
            out.push(missing());
        }
    }
}
