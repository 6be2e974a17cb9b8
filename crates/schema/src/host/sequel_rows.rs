//! Rows that a migration of Sequel changes: `from(:jars).where(..).update(..)`, `self[:jars].delete`,
//! and models.

use super::rails_table::table_of_class;
use super::syntax::{Expr, FunctionCall};
use crate::step::{Name, SchemaAction};

/// What a chain does to rows. `None`: it only reads, or is no chain on a dataset.
pub fn read_sequel_rows(call: &FunctionCall) -> Option<SchemaAction> {
    // the last call of a chain does the work
    let chain = call.chain();
    let last = chain
        .iter()
        .rev()
        .find(|part| {
            matches!(
                part.name.as_str(),
                "update"
                    | "delete"
                    | "insert"
                    | "multi_insert"
                    | "import"
                    | "insert_conflict"
                    | "truncate"
                    | "create"
            )
        })
        .copied()?;
    let table = find_dataset(&chain)?;
    let fills_null = chain.iter().any(|part| {
        part.name == "where"
            && part
                .named
                .iter()
                .chain(part.args.iter().flat_map(|arg| match arg {
                    Expr::Map(pairs) => pairs.as_slice(),
                    _ => &[],
                }))
                .any(|(_, value)| *value == Expr::Null)
    });
    Some(match last.name.as_str() {
        "update" => SchemaAction::Update {
            table,
            columns: list_keys(last),
            fills_null,
            reads: Vec::new(),
        },
        "delete" => SchemaAction::Delete { table },
        "truncate" => SchemaAction::Truncate { table },
        _ => SchemaAction::Insert {
            table,
            columns: list_keys(last),
            from: Vec::new(),
            overwrites: chain.iter().any(|part| part.name == "insert_conflict"),
        },
    })
}

/// The table on which a chain works.
fn find_dataset(chain: &[&FunctionCall]) -> Option<Name> {
    let from = chain
        .iter()
        .find(|part| matches!(part.name.as_str(), "from" | "dataset_from"))
        .and_then(|part| part.text(0));
    if let Some(table) = from {
        return Some(Name::new(table));
    }
    match chain.first()?.on.as_ref()? {
        // `self[:jars]`, `DB[:jars]`
        Expr::Other(text) => {
            let (_, rest) = text.split_once('[')?;
            let name = rest.strip_suffix(']')?.trim();
            let plain = name
                .trim_start_matches(':')
                .trim_matches(['"', '\''])
                .to_owned();
            // a bare word is a variable
            (plain.len() < name.len()
                && plain
                    .chars()
                    .all(|c| c.is_alphanumeric() || matches!(c, '_' | '.')))
            .then(|| Name::new(&plain))
        }
        Expr::Name(class)
            if class.starts_with(|c: char| c.is_ascii_uppercase()) && class != "Sequel" =>
        {
            let model = class.rsplit("::").next().unwrap_or(class);
            Some(Name {
                schema: None,
                name: table_of_class(model),
            })
        }
        _ => None,
    }
}

/// Names of the values that a call is given.
fn list_keys(call: &FunctionCall) -> Vec<String> {
    let maps = call.args.iter().flat_map(|arg| match arg {
        Expr::Map(pairs) => pairs.as_slice(),
        _ => &[],
    });
    call.named
        .iter()
        .chain(maps)
        .map(|(name, _)| name.trim_start_matches(':').to_owned())
        .collect()
}
