//! State: the release picker.

use tui_input::Input;

use crate::model::Release;
use crate::tui::popup::pasted::one_line;

/// The picker.
#[derive(Debug, Clone)]
pub struct ReleasePicker {
    /// What is filtered by.
    pub(super) filter: Input,
    /// Row under the cursor, among those that match.
    pub(crate) cursor: usize,
    /// What is live, once it was chosen.
    pub(super) current: Option<Release>,
    pub(crate) offset: usize,
}

impl ReleasePicker {
    /// Whether what is live was chosen already.
    pub fn has_current(&self) -> bool {
        self.current.is_some()
    }

    /// Pasted text.
    pub fn paste(&mut self, text: &str) {
        self.filter = Input::new(one_line(text));
        self.cursor = 0;
    }
}
