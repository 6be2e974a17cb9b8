//! `ALTER TABLE` of every dialect, one action at a time.

use super::super::dialect::Dialect;
use super::super::step::{ConstraintKind, Name, SchemaAction};
use super::alter_column::{parse_alter_column, parse_column_restatement};
use super::alter_option::{make_table_option, make_unknown_alter, set_option, set_unused};
use super::column::{self, Element};
use super::cursor::{Cursor, by_comma, by_comma_in, text_of, unquote_sql};
use super::lex::{SqlToken, SqlTokenKind};

/// Actions of `ALTER TABLE name ..`; the cursor stands behind `ALTER TABLE`. Each comes with its
/// line.
pub fn parse_alter_table(cursor: &mut Cursor<'_>, dialect: Dialect) -> Vec<(usize, SchemaAction)> {
    cursor.eat_all(&["IF", "EXISTS"]);
    cursor.eat("ONLY");
    let line = cursor.line();
    let Some(table) = cursor.name() else {
        return vec![(line, make_unknown_alter("the table's name is missing"))];
    };
    cursor.eat("*");
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
    let t = || table.clone();
    if cursor.eat("WITH") {
        cursor.eat_any(&["CHECK", "NOCHECK"]);
    }
    if cursor.eat("ADD") {
        parse_alter_add(cursor, table, dialect, out);
        return Verb::Add;
    }
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
            return Verb::Other;
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
    if inherited == Verb::Add
        && !cursor.is(0, "ENGINE")
        && !cursor.is(0, "ALGORITHM")
        && !cursor.is(0, "LOCK")
        && !cursor.is(1, "=")
        && matches!(dialect, Dialect::Mssql | Dialect::Cassandra)
    {
        parse_alter_add(cursor, table, dialect, out);
        return Verb::Add;
    }
    if inherited == Verb::DropColumn && matches!(dialect, Dialect::Mssql | Dialect::Cassandra) {
        if let Some(column) = cursor.ident() {
            out.push(SchemaAction::DropColumn { table: t(), column });
        }
        return Verb::DropColumn;
    }
    if inherited == Verb::DropConstraint && dialect == Dialect::Mssql {
        if cursor.eat("COLUMN") {
            if let Some(column) = cursor.ident() {
                out.push(SchemaAction::DropColumn { table: t(), column });
            }
            return Verb::DropColumn;
        }
        let name = cursor.ident();
        out.push(SchemaAction::DropConstraint {
            table: t(),
            name,
            kind: None,
            columns: Vec::new(),
        });
        return Verb::DropConstraint;
    }
    if cursor.is(0, "SET") && cursor.is(1, "UNUSED") {
        set_unused(cursor, table, out);
        return Verb::Other;
    }
    out.push(parse_other_alter(cursor, table));
    Verb::Other
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
    if cursor.is(0, "STATISTICS")
        || cursor.is(0, "PROJECTION")
        || (cursor.is(0, "INDEX") && dialect == Dialect::ClickHouse)
    {
        out.push(make_table_option(table, "index or projection"));
        return;
    }
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
            Some(name) if dialect == Dialect::Mssql && !explicit => {
                out.push(constraint(Some(name), None));
                return Verb::DropConstraint;
            }
            Some(column) => {
                out.push(SchemaAction::DropColumn { table: t(), column });
                let ends = ["CASCADE", "RESTRICT", "IN", "FROM", "SET", "INVALIDATE"];
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

fn parse_other_alter(cursor: &mut Cursor<'_>, table: &Name) -> SchemaAction {
    let t = || table.clone();
    let first = cursor.raw(0).to_ascii_uppercase();
    let second = cursor.raw(1).to_ascii_uppercase();
    match (first.as_str(), second.as_str()) {
        ("SET", _) if cursor.is(1, "(") || !cursor.is(1, "SCHEMA") => set_option(cursor, table),
        ("ENGINE", _) => {
            // an engine that keeps rows and lets them be changed; others refuse statements or
            // forget
            let plain = [
                "INNODB",
                "MYISAM",
                "ARIA",
                "ROCKSDB",
                "TOKUDB",
                "NDB",
                "NDBCLUSTER",
            ];
            let named = cursor.raw(if cursor.is(1, "=") { 2 } else { 1 });
            let named = unquote_sql(named).to_ascii_uppercase();
            if plain.contains(&named.as_str()) {
                make_table_option(table, "engine")
            } else {
                make_unknown_alter(&format!(
                    "what the engine {named} does with statements and rows is not known"
                ))
            }
        }
        ("SET", "SCHEMA") => {
            cursor.at += 2;
            SchemaAction::MoveTable {
                table: t(),
                schema: cursor.ident().unwrap_or_default(),
            }
        }
        ("TRANSFER", _) => SchemaAction::MoveTable {
            table: t(),
            schema: String::new(),
        },
        ("OWNER", "TO") => SchemaAction::Revoke {
            object: table.to_string(),
        },
        ("ENABLE" | "FORCE", "ROW") => SchemaAction::RowSecurity {
            table: t(),
            on: true,
        },
        ("DISABLE", "ROW") => SchemaAction::RowSecurity {
            table: t(),
            on: false,
        },
        ("NO", "FORCE") => SchemaAction::RowSecurity {
            table: t(),
            on: false,
        },
        ("ENABLE" | "DISABLE", _) if cursor.find("TRIGGER").is_some() => {
            cursor.at = cursor.find("TRIGGER").map_or(cursor.at, |at| at + 1);
            SchemaAction::SwitchTrigger {
                name: cursor.ident().unwrap_or_default(),
                table: t(),
                on: first == "ENABLE",
            }
        }
        ("ENABLE" | "DISABLE", "RULE") => SchemaAction::RareObject {
            what: "rule".to_owned(),
            name: table.to_string(),
        },
        ("VALIDATE", "CONSTRAINT") => SchemaAction::ValidateConstraint {
            table: t(),
            name: cursor.raw(2).to_owned(),
        },
        ("CHECK" | "NOCHECK", "CONSTRAINT") => {
            let name = unquote_sql(cursor.raw(2));
            if first == "CHECK" {
                SchemaAction::ValidateConstraint { table: t(), name }
            } else {
                SchemaAction::DropConstraint {
                    table: t(),
                    name: Some(name),
                    kind: None,
                    columns: Vec::new(),
                }
            }
        }
        ("ATTACH", "PARTITION") | ("REORGANIZE", _) => SchemaAction::AddPartition { table: t() },
        // the rows of two tables change places
        ("DETACH" | "EXCHANGE", "PARTITION") => SchemaAction::DropPartition {
            table: t(),
            keeps_rows: true,
        },
        ("TRUNCATE", "PARTITION") => SchemaAction::DropPartition {
            table: t(),
            keeps_rows: false,
        },
        ("COALESCE" | "REBUILD" | "OPTIMIZE" | "ANALYZE", _) => {
            make_table_option(table, "partition upkeep")
        }
        ("PARTITION", "BY") | ("REMOVE", "PARTITIONING") => SchemaAction::Partition { table: t() },
        ("INHERIT", _) => SchemaAction::AddPartition { table: t() },
        // Rows vanish from what is read through the parent.
        ("NO", "INHERIT") => {
            let parent = cursor.find("INHERIT").and_then(|at| {
                let mut behind = *cursor;
                behind.at = at + 1;
                behind.name()
            });
            SchemaAction::DropPartition {
                table: parent.unwrap_or_else(t),
                keeps_rows: true,
            }
        }
        ("CONVERT", "TO")
        | ("DEFAULT", "CHARACTER" | "CHARSET" | "COLLATE")
        | ("CHARACTER", "SET")
        | ("CHARSET" | "COLLATE", _) => SchemaAction::TableCollation { table: t() },
        ("UPDATE", _) if cursor.find("WHERE").is_some() => {
            let columns = cursor
                .rest_tokens()
                .windows(2)
                .filter(|pair| cursor.text[pair[1].start..pair[1].end] == *"=")
                .map(|pair| unquote_sql(&cursor.text[pair[0].start..pair[0].end]));
            SchemaAction::Update {
                table: t(),
                columns: columns.take(1).collect(),
                fills_null: false,
                reads: Vec::new(),
            }
        }
        ("DISCARD" | "IMPORT", _) => make_unknown_alter(
            "the file that holds the rows of the table is taken away or put in place of another",
        ),
        ("DELETE", _) => SchemaAction::Delete { table: t() },
        // PostgreSQL refuses to change rows of a published table without one
        ("REPLICA", _) if cursor.find("NOTHING").is_some() => make_unknown_alter(
            "rows of the table no longer say who they are, and if the table is published, updates and deletions fail",
        ),
        ("COMMENT", "COLUMN") => SchemaAction::Comment {
            object: table.to_string(),
        },
        (
            "RESET" | "AUTO_INCREMENT" | "COMMENT" | "ROW_FORMAT" | "ALGORITHM" | "LOCK" | "FORCE"
            | "ORDER" | "CLUSTER" | "REPLICA" | "TABLESPACE" | "STATS_PERSISTENT"
            | "KEY_BLOCK_SIZE" | "AVG_ROW_LENGTH" | "PACK_KEYS" | "ENABLE" | "DISABLE"
            | "INCREMENTAL" | "MATERIALIZE" | "WITHOUT" | "CLEAR" | "FREEZE" | "CHECKSUM"
            | "MAX_ROWS" | "MIN_ROWS" | "OF" | "NOT",
            _,
        ) => make_table_option(table, &first.to_ascii_lowercase()),
        _ => match cursor.token(0) {
            Some(token) if token.kind == SqlTokenKind::Placeholder => {
                make_unknown_alter("a placeholder stands where the change should be")
            }
            _ => make_unknown_alter(&format!(
                "`{}` is not a change that is known",
                cursor.raw(0)
            )),
        },
    }
}
