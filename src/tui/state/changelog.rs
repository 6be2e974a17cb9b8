//! Screen changelog: state and actions.

use crate::tui::list::{ListSpec, ListState};
use crate::tui::{Action, Effect, Model};

/// State of the screen.
#[derive(Debug, Clone, Default)]
pub struct Changelog {
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

/// The files of a commit have come.
pub fn commit_files(_: &mut Model, commit: &str, files: Result<Vec<crate::model::FileChange>, String>) -> Vec<Effect> {
    let _ = (commit, files);
    Vec::new()
}

/// A revert was tried.
pub fn tried(_: &mut Model, commit: &str, trial: crate::model::RevertTrial) {
    let _ = (commit, trial);
}
