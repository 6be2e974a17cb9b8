//! What `ALTER TABLE` does beside columns, rules and names: switches, partitions, the place and
//! engine of a table, rows.

use super::super::step::{Name, SchemaAction};
use super::alter_option::{make_table_option, make_unknown_alter, set_option};
use super::cursor::{Cursor, unquote_sql};
use super::lex::SqlTokenKind;

/// Engines of MySQL and MariaDB that keep rows and let them be changed; others refuse statements or
/// forget.
const KEEPING_ENGINES: [&str; 7] = [
    "INNODB",
    "MYISAM",
    "ARIA",
    "ROCKSDB",
    "TOKUDB",
    "NDB",
    "NDBCLUSTER",
];

/// Settings of a table that no statement of a program sees.
const OPTIONS: [&str; 27] = [
    "RESET",
    "AUTO_INCREMENT",
    "COMMENT",
    "ROW_FORMAT",
    "ALGORITHM",
    "LOCK",
    "FORCE",
    "ORDER",
    "CLUSTER",
    "REPLICA",
    "TABLESPACE",
    "STATS_PERSISTENT",
    "KEY_BLOCK_SIZE",
    "AVG_ROW_LENGTH",
    "PACK_KEYS",
    "ENABLE",
    "DISABLE",
    "INCREMENTAL",
    "MATERIALIZE",
    "WITHOUT",
    "CLEAR",
    "FREEZE",
    "CHECKSUM",
    "MAX_ROWS",
    "MIN_ROWS",
    // `OF type` and `NOT OF` bind a table to a type with the same columns
    "OF",
    "NOT",
];

/// An action that is about neither columns nor rules nor names.
pub(super) fn parse_other_alter(cursor: &mut Cursor<'_>, table: &Name) -> SchemaAction {
    let first = cursor.raw(0).to_ascii_uppercase();
    let second = cursor.raw(1).to_ascii_uppercase();
    let words = (first.as_str(), second.as_str());
    // in this order, since `ENABLE` and `SET` begin several kinds of change
    read_switch(words, cursor, table)
        .or_else(|| read_partition_change(words, cursor, table))
        .or_else(|| read_place_change(words, cursor, table))
        .or_else(|| read_row_change(words, cursor, table))
        .unwrap_or_else(|| {
            if OPTIONS.contains(&first.as_str()) {
                return make_table_option(table, &first.to_ascii_lowercase());
            }
            match cursor.token(0) {
                Some(token) if token.kind == SqlTokenKind::Placeholder => {
                    make_unknown_alter("a placeholder stands where the change should be")
                }
                _ => make_unknown_alter(&format!(
                    "`{}` is not a change that is known",
                    cursor.raw(0)
                )),
            }
        })
}

/// Row security, triggers, rules and constraints that are switched or checked.
fn read_switch(words: (&str, &str), cursor: &mut Cursor<'_>, table: &Name) -> Option<SchemaAction> {
    let t = || table.clone();
    Some(match words {
        ("ENABLE" | "FORCE", "ROW") => SchemaAction::RowSecurity {
            table: t(),
            on: true,
        },
        ("DISABLE", "ROW") | ("NO", "FORCE") => SchemaAction::RowSecurity {
            table: t(),
            on: false,
        },
        ("ENABLE" | "DISABLE", _) if cursor.find("TRIGGER").is_some() => {
            cursor.at = cursor.find("TRIGGER").map_or(cursor.at, |at| at + 1);
            SchemaAction::SwitchTrigger {
                name: cursor.ident().unwrap_or_default(),
                table: t(),
                on: words.0 == "ENABLE",
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
        // SQL Server switches a rule on and off by these words
        ("CHECK" | "NOCHECK", "CONSTRAINT") => {
            let name = unquote_sql(cursor.raw(2));
            if words.0 == "CHECK" {
                // NOCHECK switches a rule off, and rows that break it may come
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
        _ => return None,
    })
}

/// Partitions, and tables under a parent.
fn read_partition_change(
    words: (&str, &str),
    cursor: &Cursor<'_>,
    table: &Name,
) -> Option<SchemaAction> {
    let t = || table.clone();
    Some(match words {
        // more room for rows, and no row of before goes
        ("ATTACH", "PARTITION") | ("REORGANIZE", _) => SchemaAction::AddPartition { table: t() },
        // the rows of two tables change places
        ("DETACH" | "EXCHANGE", "PARTITION") => SchemaAction::DropPartition {
            table: t(),
            keeps_rows: true,
        },
        ("TRUNCATE", "PARTITION") => SchemaAction::DropPartition {
            table: t(),
            // the rows of that part are gone, the part stays
            keeps_rows: false,
        },
        ("COALESCE" | "REBUILD" | "OPTIMIZE" | "ANALYZE", _) => {
            make_table_option(table, "partition upkeep")
        }
        ("PARTITION", "BY") | ("REMOVE", "PARTITIONING") => SchemaAction::Partition { table: t() },
        // a child's rows are read through its parent from now on
        ("INHERIT", _) => SchemaAction::AddPartition { table: t() },
        // PostgreSQL: rows vanish from what is read through the parent
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
        _ => return None,
    })
}

/// Where a table lies, whose it is, and how it is kept.
fn read_place_change(
    words: (&str, &str),
    cursor: &mut Cursor<'_>,
    table: &Name,
) -> Option<SchemaAction> {
    let t = || table.clone();
    Some(match words {
        // `SET SCHEMA` is told below; every other SET is an option
        ("SET", _) if cursor.is(1, "(") || !cursor.is(1, "SCHEMA") => set_option(cursor, table),
        ("ENGINE", _) => {
            let named = cursor.raw(if cursor.is(1, "=") { 2 } else { 1 });
            let named = unquote_sql(named).to_ascii_uppercase();
            if KEEPING_ENGINES.contains(&named.as_str()) {
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
        // the old owner loses the rights that nobody granted
        ("OWNER", "TO") => SchemaAction::Revoke {
            object: table.to_string(),
        },
        ("CONVERT", "TO")
        | ("DEFAULT", "CHARACTER" | "CHARSET" | "COLLATE")
        | ("CHARACTER", "SET")
        | ("CHARSET" | "COLLATE", _) => SchemaAction::TableCollation { table: t() },
        ("COMMENT", "COLUMN") => SchemaAction::Comment {
            object: table.to_string(),
        },
        _ => return None,
    })
}

/// Rows that are changed, moved or no longer told apart.
fn read_row_change(words: (&str, &str), cursor: &Cursor<'_>, table: &Name) -> Option<SchemaAction> {
    let t = || table.clone();
    Some(match words {
        // ClickHouse updates and deletes by ALTER TABLE
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
        _ => return None,
    })
}
