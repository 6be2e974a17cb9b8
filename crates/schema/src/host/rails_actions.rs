//! What the commands of Rails do: those that say it by their arguments alone.

use super::rails_table::{index_name, name_join_table, read_rails_column};
use super::syntax::{Expr, FunctionCall};
use crate::step::{Constraint, ConstraintKind, DefaultValue, Name, SchemaAction, TableIndex};

/// What a command does, if its arguments say all of it.
pub fn read_rails_action(call: &FunctionCall) -> Option<SchemaAction> {
    table_action(call)
        .or_else(|| column_action(call))
        .or_else(|| index_action(call))
        .or_else(|| constraint_action(call))
        .or_else(|| object_action(call))
}

/// Whole tables.
fn table_action(call: &FunctionCall) -> Option<SchemaAction> {
    let table = call.text(0).map(Name::new).unwrap_or_default();
    let second = || call.text(1).unwrap_or_default().to_owned();
    Some(match call.name.as_str() {
        "drop_table" | "drop_join_table" => SchemaAction::DropTable {
            table: if call.name == "drop_join_table" {
                Name::new(&name_join_table(call))
            } else {
                table
            },
            if_exists: call.flag("if_exists"),
            cascade: call.named("force").is_some(),
        },
        "rename_table" => SchemaAction::RenameTable {
            table,
            to: Name::new(&second()),
        },
        "set_table_comment" => SchemaAction::Comment {
            object: table.to_string(),
        },
        _ => return None,
    })
}

/// Columns.
fn column_action(call: &FunctionCall) -> Option<SchemaAction> {
    let table = call.text(0).map(Name::new).unwrap_or_default();
    let second = || call.text(1).unwrap_or_default().to_owned();
    Some(match call.name.as_str() {
        "add_column" => SchemaAction::AddColumn {
            table,
            column: read_rails_column(&second(), call.text(2).unwrap_or_default(), call),
            if_not_exists: call.flag("if_not_exists"),
        },
        "rename_column" => SchemaAction::RenameColumn {
            table,
            column: second(),
            to: call.text(2).unwrap_or_default().to_owned(),
        },
        "change_column" => SchemaAction::RestateColumn {
            table,
            from: second(),
            column: read_rails_column(&second(), call.text(2).unwrap_or_default(), call),
            keeps_default: true,
        },
        "change_column_null" => {
            if matches!(call.args.get(2), Some(Expr::Bool(true))) {
                SchemaAction::DropNotNull {
                    table,
                    column: second(),
                }
            } else {
                SchemaAction::SetNotNull {
                    table,
                    column: second(),
                }
            }
        }
        "change_column_comment" => SchemaAction::Comment {
            object: format!("{table}.{}", second()),
        },
        "change_column_default" => {
            let to = call
                .named("to")
                .or_else(|| call.args.get(2))
                .map_or(DefaultValue::None, |value| {
                    DefaultValue::from_text(&value.literal())
                });
            if to.is_some() {
                SchemaAction::SetDefault {
                    table,
                    column: second(),
                    value: to,
                }
            } else {
                SchemaAction::DropDefault {
                    table,
                    column: second(),
                }
            }
        }
        _ => return None,
    })
}

/// Indexes.
fn index_action(call: &FunctionCall) -> Option<SchemaAction> {
    let table = call.text(0).map(Name::new).unwrap_or_default();
    let second = || call.text(1).unwrap_or_default().to_owned();
    let columns = |at: usize| call.args.get(at).map(Expr::texts).unwrap_or_default();
    let name = || call.named("name").and_then(Expr::text).map(str::to_owned);
    Some(match call.name.as_str() {
        "add_index" | "add_concurrent_index" => {
            let columns = columns(1);
            let index = index_name(&table, &columns);
            SchemaAction::CreateIndex(TableIndex {
                name: name().or(Some(index)),
                table,
                columns,
                unique: call.flag("unique"),
                partial: call.named("where").is_some(),
                // `add_concurrent_index` is a helper of GitLab
                concurrently: call.named("algorithm").is_some()
                    || call.name == "add_concurrent_index",
            })
        }
        "remove_index" | "remove_concurrent_index" | "remove_concurrent_index_by_name" => {
            let columns = call
                .named("column")
                .map(Expr::texts)
                .unwrap_or_else(|| columns(1));
            let index = name().unwrap_or_else(|| index_name(&table, &columns));
            SchemaAction::DropIndex {
                name: index,
                table: Some(table),
            }
        }
        "rename_index" => SchemaAction::RenameIndex {
            name: second(),
            to: call.text(2).unwrap_or_default().to_owned(),
        },
        _ => return None,
    })
}

/// References and other rules.
fn constraint_action(call: &FunctionCall) -> Option<SchemaAction> {
    let table = call.text(0).map(Name::new).unwrap_or_default();
    let second = || call.text(1).unwrap_or_default().to_owned();
    let columns = |at: usize| call.args.get(at).map(Expr::texts).unwrap_or_default();
    let name = || call.named("name").and_then(Expr::text).map(str::to_owned);
    Some(match call.name.as_str() {
        "add_foreign_key" | "add_concurrent_foreign_key" => {
            let columns = call.named("column").map_or_else(
                || vec![format!("{}_id", second().trim_end_matches('s'))],
                Expr::texts,
            );
            SchemaAction::AddConstraint {
                table,
                constraint: Constraint {
                    name: name(),
                    kind: ConstraintKind::Foreign,
                    columns,
                    references: Some(Name::new(&second())),
                    text: call.text.clone(),
                },
            }
        }
        "remove_foreign_key" => SchemaAction::DropConstraint {
            table,
            name: name(),
            kind: Some(ConstraintKind::Foreign),
            columns: call.named("column").map(Expr::texts).unwrap_or_default(),
        },
        "add_check_constraint" => {
            let words = second()
                .split(|c: char| !c.is_alphanumeric() && c != '_')
                .filter(|word| !word.is_empty())
                .map(str::to_owned)
                .collect();
            let not_null = second().to_ascii_uppercase().ends_with(" IS NOT NULL");
            SchemaAction::AddConstraint {
                table,
                constraint: Constraint {
                    name: name(),
                    kind: if not_null {
                        ConstraintKind::NotNull
                    } else {
                        ConstraintKind::Check
                    },
                    columns: words,
                    references: None,
                    text: call.text.clone(),
                },
            }
        }
        "remove_check_constraint" => SchemaAction::DropConstraint {
            table,
            name: name(),
            kind: Some(ConstraintKind::Check),
            columns: Vec::new(),
        },
        "add_unique_constraint" => SchemaAction::AddConstraint {
            table,
            constraint: Constraint {
                name: name(),
                kind: ConstraintKind::Unique,
                columns: columns(1),
                references: None,
                text: call.text.clone(),
            },
        },
        "remove_unique_constraint" => SchemaAction::DropConstraint {
            table,
            name: name(),
            kind: Some(ConstraintKind::Unique),
            columns: columns(1),
        },
        "add_exclusion_constraint" => SchemaAction::AddConstraint {
            table,
            constraint: Constraint {
                name: name(),
                kind: ConstraintKind::Exclude,
                columns: Vec::new(),
                references: None,
                text: call.text.clone(),
            },
        },
        "validate_foreign_key" | "validate_check_constraint" | "validate_constraint" => {
            SchemaAction::ValidateConstraint {
                table,
                name: name().unwrap_or_else(second),
            }
        }
        _ => return None,
    })
}

/// Types, views, routines and extensions.
fn object_action(call: &FunctionCall) -> Option<SchemaAction> {
    let table = call.text(0).map(Name::new).unwrap_or_default();
    let second = || call.text(1).unwrap_or_default().to_owned();
    Some(match call.name.as_str() {
        "create_enum" => SchemaAction::CreateType {
            name: table,
            values: call.args.get(1).map(Expr::texts),
        },
        "drop_enum" => SchemaAction::DropType { name: table },
        "rename_enum" => SchemaAction::RenameType {
            name: table,
            to: second(),
        },
        "add_enum_value" => SchemaAction::AddEnumValue {
            name: table,
            value: second(),
        },
        "rename_enum_value" => SchemaAction::RenameEnumValue {
            name: table,
            value: call
                .named("from")
                .and_then(Expr::text)
                .unwrap_or_default()
                .to_owned(),
            to: call
                .named("to")
                .and_then(Expr::text)
                .unwrap_or_default()
                .to_owned(),
        },
        "create_schema" if !table.name.is_empty() => {
            SchemaAction::CreateSchema { name: table.name }
        }
        "drop_schema" if !table.name.is_empty() => SchemaAction::DropSchema { name: table.name },
        "rename_schema" if !second().is_empty() => SchemaAction::RenameSchema {
            name: table.name,
            to: second(),
        },
        "drop_view" => SchemaAction::DropView {
            name: table,
            if_exists: false,
        },
        "drop_function" => SchemaAction::DropRoutine {
            name: table,
            if_exists: false,
        },
        "drop_trigger" => SchemaAction::DropTrigger {
            name: table.name,
            table: call.named("on").and_then(Expr::text).map(Name::new),
        },
        "enable_extension" => SchemaAction::CreateExtension { name: table.name },
        "disable_extension" => SchemaAction::DropExtension {
            name: table.name,
            cascade: call.named("force").is_some(),
        },
        _ => return None,
    })
}

/// A helper whose name speaks of the schema.
pub(super) fn speaks_of_schema(name: &str) -> bool {
    const WORDS: [&str; 9] = [
        "column",
        "table",
        "index",
        "batched",
        "migrate",
        "constraint",
        "schema",
        "sequence",
        "trigger",
    ];
    // `schema_exists?` asks and changes nothing
    !name.ends_with("exists?") && WORDS.iter().any(|word| name.contains(word))
}
