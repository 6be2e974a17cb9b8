//! Screen diff: state and actions.

use crate::tui::list::{ListSpec, ListState};
use crate::tui::{Action, Effect, Model};

/// State of the screen.
#[derive(Debug, Clone, Default)]
pub struct Diff {
    /// Cursor and search.
    pub list: ListState,
}

/// The list that takes keys.
pub fn list(_: &Model) -> Option<ListSpec> {
    None
}

/// Its own actions.
pub fn update(_: &mut Model, _: Action) -> Vec<Effect> {
    Vec::new()
}

/// The screen comes up.
pub fn shown(_: &mut Model) -> Vec<Effect> {
    Vec::new()
}

/// More is known.
pub fn refresh(_: &mut Model) -> Vec<Effect> {
    Vec::new()
}

/// The difference inside a file has come.
pub fn diffed(_: &mut Model, path: &str, diff: crate::model::FileDiff) {
    let _ = (path, diff);
}

/// Goes to a line of the file shown.
pub fn jump(_: &mut Model, line: usize) -> Vec<Effect> {
    let _ = line;
    Vec::new()
}
