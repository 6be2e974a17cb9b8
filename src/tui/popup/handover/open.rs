//! Opens it: what whoever takes over must know.

use jiff::Timestamp;

use crate::report;
use crate::tui::list::Scroll;
use crate::tui::model::Model;
use crate::tui::popup::handover::state::Handover;
use crate::tui::popup::kind::Popup;

/// What whoever takes over must know.
pub fn make_handover_popup(model: &Model) -> Popup {
    Popup::Handover(Box::new(Handover::new(model, model.now)))
}

impl Handover {
    /// As it stands at `now`.
    pub fn new(model: &Model, now: Timestamp) -> Self {
        Self {
            rows: report::list_handover_rows(&model.events, model.decision(), true, now),
            scroll: Scroll::default(),
        }
    }
}
