//! State: any action by its name.

use tui_input::Input;

use crate::tui::action::KeyContext;
use crate::tui::popup::pasted::one_line;

/// The overlay.
#[derive(Debug, Clone)]
pub struct ActionPalette {
    pub(super) contexts: Vec<KeyContext>,
    pub(super) input: Input,
    pub(crate) cursor: usize,
    pub(crate) offset: usize,
}

impl ActionPalette {
    /// The number that was typed: a line to go to.
    pub(super) fn line_number(&self) -> Option<usize> {
        self.input.value().trim().parse().ok()
    }

    /// Pasted text.
    pub fn paste(&mut self, text: &str) {
        self.input = Input::new(format!("{}{}", self.input.value(), one_line(text)));
        self.cursor = 0;
    }
}
