//! State: what the keys do.

use tui_input::Input;

use crate::tui::action::KeyContext;
use crate::tui::list::Scroll;

/// The overlay.
#[derive(Debug, Clone)]
pub struct Help {
    pub(super) contexts: Vec<KeyContext>,
    /// What is filtered by.
    pub filter: Input,
    pub(crate) scroll: Scroll,
}

impl Help {
    /// For what is live now.
    pub fn new(contexts: Vec<KeyContext>) -> Self {
        Self {
            contexts,
            filter: Input::default(),
            scroll: Scroll::default(),
        }
    }
}
