//! Rows that a migration of Rails changes through models: `User.where(..).update_all(..)`.

use super::rails_table::table_of_class;
use super::syntax::{Expr, FunctionCall, SyntaxItem};
use super::write::Writer;
use crate::step::{Name, SchemaAction};

/// Reads a call on a model. `false`: what stands in its block is still to be read.
pub fn read_model_call(writer: &mut Writer, call: &FunctionCall, certain: bool) -> bool {
    let root = call.root().unwrap_or_default();
    // classes of Rails itself are no models
    if !root.starts_with(|c: char| c.is_ascii_uppercase())
        || root.starts_with("ActiveRecord")
        || root.starts_with("Rails")
    {
        return false;
    }
    let model = root.rsplit("::").next().unwrap_or(root);
    let table = Name {
        schema: None,
        // `MigrationOrder` is a class that the migration has for itself
        name: table_of_class(model.trim_start_matches("Migration")),
    };
    let chain = call.chain();
    let fills_null = chain.iter().any(|call| {
        call.name == "where" && call.named.iter().any(|(_, value)| *value == Expr::Null)
    });
    // the last call of a chain does the work
    let changes = chain
        .iter()
        .rev()
        .find_map(|call| read_row_change(call, &table, model, fills_null));
    if let Some(action) = changes {
        writer.push(action, call, certain);
        // the block may do more
        return false;
    }
    let Some(columns) = find_saved_columns(call) else {
        return false;
    };
    let action = SchemaAction::Update {
        table,
        columns,
        fills_null,
        reads: Vec::new(),
    };
    // whether there are rows is not known
    writer.push(action, call, false);
    true
}

/// What one call of a chain does to rows.
fn read_row_change(
    call: &FunctionCall,
    table: &Name,
    model: &str,
    fills_null: bool,
) -> Option<SchemaAction> {
    match call.name.as_str() {
        "update_all" | "update" | "update!" | "update_columns" | "update_column" | "touch_all" => {
            Some(SchemaAction::Update {
                table: table.clone(),
                columns: list_keys(call),
                fills_null,
                reads: Vec::new(),
            })
        }
        "delete_all" | "destroy_all" | "delete" | "destroy" | "delete_by" | "destroy_by" => {
            Some(SchemaAction::Delete {
                table: table.clone(),
            })
        }
        "create" | "create!" | "insert_all" | "insert" | "insert_all!" | "find_or_create_by"
        | "find_or_create_by!" => Some(SchemaAction::Insert {
            table: table.clone(),
            columns: Vec::new(),
            from: Vec::new(),
            overwrites: false,
        }),
        "upsert_all" | "upsert" => Some(SchemaAction::Insert {
            table: table.clone(),
            columns: Vec::new(),
            from: Vec::new(),
            overwrites: true,
        }),
        "perform_later" | "perform_async" | "perform_in" | "enqueue" => {
            Some(SchemaAction::HostCode {
                what: format!("starts {model}, which may change rows later"),
            })
        }
        _ => None,
    }
}

/// Columns of `Model.find_each { |row| row.update!(..) }`.
fn find_saved_columns(call: &FunctionCall) -> Option<Vec<String>> {
    call.block.iter().find_map(|item| match item {
        SyntaxItem::Call(inner, _)
            if matches!(
                inner.name.as_str(),
                "update"
                    | "update!"
                    | "update_columns"
                    | "update_column"
                    | "save"
                    | "save!"
                    | "update_all"
                    | "update_attribute"
            ) =>
        {
            Some(list_keys(inner))
        }
        _ => None,
    })
}

/// Names of the values that a call is given.
fn list_keys(call: &FunctionCall) -> Vec<String> {
    let maps = call.args.iter().filter_map(|arg| {
        if let Expr::Map(pairs) = arg {
            Some(pairs)
        } else {
            None
        }
    });
    call.named
        .iter()
        .chain(maps.flatten())
        .map(|(name, _)| name.clone())
        .collect()
}
