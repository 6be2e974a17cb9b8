//! One more key of an action, of the person's own.

use crate::tui::action::{Action, KeyContext};

/// One more key of an action.
#[derive(Debug, Clone, Copy)]
pub struct OwnKey {
    /// Its name, as [`crate::tui::key::spell_key`] gives it.
    pub name: &'static str,
    /// Stable id of its row of the table.
    pub id: &'static str,
    /// Title of that row.
    pub title: &'static str,
    /// Where that row is live.
    pub contexts: &'static [KeyContext],
    /// What it does.
    pub action: Action,
}
