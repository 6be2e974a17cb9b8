//! What the calls of node-pg-migrate do: those that say it by their arguments alone.

use super::super::step::{Routine, SchemaAction, TableIndex};
use super::node_pg_values::{
    index_name, read_node_pg_keys, read_node_pg_name, read_node_pg_parameters,
};
use super::syntax::{Expr, FunctionCall};

/// What a call does, if its arguments say all of it.
pub fn read_node_pg_action(call: &FunctionCall) -> Option<SchemaAction> {
    table_action(call)
        .or_else(|| index_action(call))
        .or_else(|| type_action(call))
        .or_else(|| program_action(call))
        .or_else(|| space_action(call))
}

/// Whole tables and their columns.
fn table_action(call: &FunctionCall) -> Option<SchemaAction> {
    let table = read_node_pg_name(call.args.first());
    let second = || read_second_text(call);
    // options stand last
    let option = |key: &str| call.args.iter().rev().find_map(|arg| arg.get(key));
    Some(match call.name.as_str() {
        "dropTable" => SchemaAction::DropTable {
            table,
            if_exists: option("ifExists") == Some(&Expr::Bool(true)),
            cascade: option("cascade") == Some(&Expr::Bool(true)),
        },
        "renameTable" => SchemaAction::RenameTable {
            table,
            to: read_node_pg_name(call.args.get(1)),
        },
        "renameColumn" => SchemaAction::RenameColumn {
            table,
            column: second(),
            to: call.text(2).unwrap_or_default().to_owned(),
        },
        _ => return None,
    })
}

/// Indexes and rules.
fn index_action(call: &FunctionCall) -> Option<SchemaAction> {
    let table = read_node_pg_name(call.args.first());
    let second = || read_second_text(call);
    let list = |at: usize| call.args.get(at).map(read_node_pg_keys).unwrap_or_default();
    let option = |key: &str| call.args.iter().rev().find_map(|arg| arg.get(key));
    Some(match call.name.as_str() {
        "dropConstraint" => SchemaAction::DropConstraint {
            table,
            name: Some(second()),
            kind: None,
            columns: Vec::new(),
        },
        "renameConstraint" => SchemaAction::RenameConstraint {
            table,
            name: second(),
            to: call.text(2).unwrap_or_default().to_owned(),
        },
        "createIndex" | "addIndex" => {
            let columns = list(1);
            let unique = option("unique") == Some(&Expr::Bool(true));
            let own = index_name(&table, &columns, unique);
            SchemaAction::CreateIndex(TableIndex {
                name: Some(
                    option("name")
                        .and_then(Expr::text)
                        .map_or(own, str::to_owned),
                ),
                table,
                columns,
                unique,
                partial: option("where").is_some(),
                concurrently: option("concurrently") == Some(&Expr::Bool(true)),
            })
        }
        "dropIndex" => {
            let columns = list(1);
            let own = index_name(
                &table,
                &columns,
                option("unique") == Some(&Expr::Bool(true)),
            );
            SchemaAction::DropIndex {
                name: option("name")
                    .and_then(Expr::text)
                    .map_or(own, str::to_owned),
                table: Some(table),
            }
        }
        _ => return None,
    })
}

/// The text of the second argument, empty where it has none.
fn read_second_text(call: &FunctionCall) -> String {
    call.args
        .get(1)
        .and_then(Expr::text)
        .unwrap_or_default()
        .to_owned()
}

/// Types and domains.
fn type_action(call: &FunctionCall) -> Option<SchemaAction> {
    let table = read_node_pg_name(call.args.first());
    let second = || read_second_text(call);
    Some(match call.name.as_str() {
        "createType" | "addType" => SchemaAction::CreateType {
            name: table,
            values: call.args.get(1).and_then(|values| {
                if let Expr::List(_) = values {
                    Some(values.texts())
                } else {
                    None
                }
            }),
        },
        "dropType" => SchemaAction::DropType { name: table },
        "renameType" => SchemaAction::RenameType {
            name: table,
            to: second(),
        },
        "addTypeValue" => SchemaAction::AddEnumValue {
            name: table,
            value: second(),
        },
        "renameTypeValue" => SchemaAction::RenameEnumValue {
            name: table,
            value: second(),
            to: call.text(2).unwrap_or_default().to_owned(),
        },
        "addTypeAttribute" | "dropTypeAttribute" | "setTypeAttribute" | "renameTypeAttribute" => {
            SchemaAction::AlterType {
                name: table,
                adds_constraint: false,
            }
        }
        "createDomain" => SchemaAction::CreateType {
            name: table,
            values: None,
        },
        "dropDomain" => SchemaAction::DropType { name: table },
        "alterDomain" => SchemaAction::AlterType {
            name: table,
            adds_constraint: true,
        },
        _ => return None,
    })
}

/// Views, routines and triggers.
fn program_action(call: &FunctionCall) -> Option<SchemaAction> {
    let table = read_node_pg_name(call.args.first());
    let second = || read_second_text(call);
    let option = |key: &str| call.args.iter().rev().find_map(|arg| arg.get(key));
    Some(match call.name.as_str() {
        "createView" | "createMaterializedView" => SchemaAction::CreateView {
            name: table,
            replace: option("replace") == Some(&Expr::Bool(true)),
            materialized: call.name == "createMaterializedView",
            body: call
                .args
                .last()
                .and_then(Expr::text)
                .unwrap_or_default()
                .to_owned(),
        },
        "dropView" | "dropMaterializedView" => SchemaAction::DropView {
            name: table,
            if_exists: option("ifExists") == Some(&Expr::Bool(true)),
        },
        "renameMaterializedView" => SchemaAction::RenameView {
            name: table,
            to: read_node_pg_name(call.args.get(1)),
        },
        "refreshMaterializedView" => SchemaAction::RefreshView { name: table },
        "createFunction" => SchemaAction::CreateRoutine(Routine {
            name: table,
            replace: option("replace") == Some(&Expr::Bool(true)),
            parameters: call.args.get(1).and_then(read_node_pg_parameters),
            head: String::new(),
            trigger: option("returns")
                .and_then(Expr::text)
                .is_some_and(|text| text.eq_ignore_ascii_case("trigger")),
            body: call
                .args
                .last()
                .and_then(Expr::text)
                .unwrap_or_default()
                .to_owned(),
        }),
        "dropFunction" => SchemaAction::DropRoutine {
            name: table,
            if_exists: option("ifExists") == Some(&Expr::Bool(true)),
        },
        "renameFunction" => SchemaAction::RenameRoutine {
            name: table,
            to: call.text(2).unwrap_or_default().to_owned(),
        },
        "createTrigger" => SchemaAction::CreateTrigger {
            name: second(),
            table,
            body: call
                .args
                .last()
                .and_then(Expr::text)
                .unwrap_or(&call.text)
                .to_owned(),
        },
        "dropTrigger" => SchemaAction::DropTrigger {
            name: second(),
            table: Some(table),
        },
        _ => return None,
    })
}

/// Sequences, schemas, policies and rights.
fn space_action(call: &FunctionCall) -> Option<SchemaAction> {
    let table = read_node_pg_name(call.args.first());
    let second = || read_second_text(call);
    Some(match call.name.as_str() {
        "createSequence" => SchemaAction::CreateSequence { name: table },
        "dropSequence" => SchemaAction::DropSequence { name: table },
        "renameSequence" => SchemaAction::RenameSequence {
            name: table,
            to: second(),
        },
        "alterSequence" => SchemaAction::AlterSequence { name: table },
        "createSchema" => SchemaAction::CreateSchema { name: table.name },
        "dropSchema" => SchemaAction::DropSchema { name: table.name },
        "renameSchema" => SchemaAction::RenameSchema {
            name: table.name,
            to: second(),
        },
        "createPolicy" | "alterPolicy" | "renamePolicy" => SchemaAction::CreatePolicy {
            name: second(),
            table,
        },
        "dropPolicy" => SchemaAction::DropPolicy {
            name: second(),
            table,
        },
        name if name.starts_with("grant") || name == "createRole" => SchemaAction::Grant {
            object: table.to_string(),
        },
        name if name.starts_with("revoke") || name == "dropRole" || name == "alterRole" => {
            SchemaAction::Revoke {
                object: table.to_string(),
            }
        }
        _ => return None,
    })
}
