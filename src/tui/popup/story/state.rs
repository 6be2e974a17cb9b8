//! State: what happened in a story, and its end.

use crate::tui::list::Scroll;

/// The overlay.
#[derive(Debug, Clone, Default)]
pub struct StoryPopup {
    pub(crate) scroll: Scroll,
}

/// The end of the story.
#[derive(Debug, Clone)]
pub struct Debrief {
    pub(super) parts: Vec<(&'static str, Vec<String>)>,
    pub(crate) scroll: Scroll,
}
