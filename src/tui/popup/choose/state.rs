//! State: one of a few actions, by one key.

use crate::tui::action::Action;

/// One of a few actions.
#[derive(Debug, Clone)]
pub struct Choose {
    /// A question.
    pub title: String,
    /// Lines above the choices.
    pub intro: Vec<String>,
    /// Key, text, action.
    pub items: Vec<(char, String, Action)>,
    /// Row under the cursor.
    pub cursor: usize,
    /// What Esc does, where it does more than to close.
    pub escape: Option<Action>,
    /// Enter counts only some time after this: one that is held down must not go on through it.
    pub since: Option<jiff::Timestamp>,
    /// The step it is about: what is chosen counts for no other.
    pub step: Option<String>,
}

impl Choose {
    /// With these choices.
    pub fn new(title: impl Into<String>, items: Vec<(char, String, Action)>) -> Self {
        Self {
            title: title.into(),
            intro: Vec::new(),
            items,
            cursor: 0,
            escape: None,
            since: None,
            step: None,
        }
    }
}
