//! State: why, down to the quoted line.

use crate::model::OptionId;
use crate::tui::list::Scroll;

/// The overlay.
#[derive(Debug, Clone, Default)]
pub struct WhyPopup {
    /// About this option; `None`: about the verdict.
    pub(super) option: Option<OptionId>,
    pub(crate) cursor: usize,
    pub(crate) scroll: Scroll,
}
