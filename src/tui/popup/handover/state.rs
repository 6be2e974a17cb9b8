//! State: what whoever takes over must know.

use crate::report::HandoverRow;
use crate::tui::list::Scroll;

/// Columns of a copied hand-over: it is pasted into a chat or a ticket.
pub(super) const COPIED: usize = 100;

/// The overlay.
#[derive(Debug, Clone)]
pub struct Handover {
    pub(super) rows: Vec<HandoverRow>,
    pub(crate) scroll: Scroll,
}
