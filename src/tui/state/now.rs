//! Screen 1: the verdict, why, what would change it, the next question.

use crate::tui::list::Scroll;
use crate::tui::model::{Focus, Model};
use crate::tui::{Action, Effect};

/// State of the screen.
#[derive(Debug, Clone, Default)]
pub struct Now {
    /// Scrolls the reasons where they do not fit.
    pub scroll: Scroll,
}

/// Its own actions. Enter shows *why*, down to the quoted line.
pub fn update_now(model: &mut Model, action: Action) -> Vec<Effect> {
    match action {
        Action::Open => crate::tui::popup::why::open_why_popup(model),
        Action::Focus => {
            model.focus = if model.focus == Focus::Question {
                Focus::Body
            } else {
                Focus::Question
            };
            Vec::new()
        }
        other => {
            model.screens.now.scroll.act(other);
            Vec::new()
        }
    }
}
