//! What becomes of a popup after a key.

use crate::tui::action::Action;

/// What becomes of a popup after a key.
pub enum Next {
    /// It stays.
    Stay,
    /// It closes.
    Close,
    /// It closes, and this is done.
    Then(Action),
}
