//! What a command of Rails is told: a name, or something that the program knows.

use super::super::step::SchemaAction;
use super::syntax::{Expr, FunctionCall};

/// Why the target of a change is not known: it is told by a variable.
pub(super) fn find_variable_target(call: &FunctionCall) -> Option<String> {
    let changes = ["add_", "change_", "remove_", "rename_", "drop_"]
        .iter()
        .any(|verb| call.name.starts_with(verb));
    // the table and the column come first
    let targets = || call.args.iter().take(2);
    if !changes || !targets().any(|arg| is_program_variable(call, arg)) {
        return None;
    }
    let what = targets()
        .filter_map(Expr::text)
        .collect::<Vec<_>>()
        .join(" and ");
    Some(format!(
        "{} is told its table or column by a variable ({what})",
        call.name
    ))
}

/// The argument is a name of the program, which stands bare in the call, and none of the database.
pub(super) fn is_program_variable(call: &FunctionCall, arg: &Expr) -> bool {
    let Expr::Name(name) = arg else { return false };
    let part = |c: char| c.is_alphanumeric() || matches!(c, '_' | ':' | '"' | '\'' | '.');
    let places: Vec<usize> = call
        .text
        .match_indices(name.as_str())
        .map(|(at, _)| at)
        .collect();
    let bare = |at: usize| {
        !call.text[..at].ends_with(part)
            && !call.text[at + name.len()..]
                .starts_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':')
    };
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && !places.is_empty()
        && places.iter().all(|at| bare(*at))
}

/// The action is about a table whose name could not be read.
pub(super) fn table_missing(action: &SchemaAction) -> bool {
    action.table().is_some_and(|table| table.name.is_empty())
        // an index may be dropped by its name alone
        && !matches!(action, SchemaAction::DropIndex { .. })
}
