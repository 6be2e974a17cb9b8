//! State: one line of text: search.

use tui_input::Input;

use crate::tui::popup::pasted::one_line;

/// One line of text.
#[derive(Debug, Clone)]
pub struct Prompt {
    /// The text.
    pub input: Input,
    /// Where the cursor was, for Esc.
    pub(super) from: usize,
}

impl Prompt {
    /// An empty line.
    pub fn new(from: usize) -> Self {
        Self {
            input: Input::default(),
            from,
        }
    }

    /// Pasted text.
    pub fn paste(&mut self, text: &str) {
        let value = format!("{}{}", self.input.value(), one_line(text));
        self.input = Input::new(value);
    }
}
