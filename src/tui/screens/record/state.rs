//! State of the record.

use crate::tui::list::ListState;

/// State of the screen.
#[derive(Debug, Clone, Default)]
pub struct RecordScreen {
    /// Cursor and search.
    pub list: ListState,
}
