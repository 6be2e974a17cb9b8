//! One row of the action table.

use crate::tui::action::{Action, Availability, KeyContext};
use crate::tui::model::Model;

/// One row of the table.
pub struct Spec {
    /// Stable id.
    pub id: &'static str,
    /// A word or two, for the footer.
    pub title: &'static str,
    /// One sentence, for the help and the documentation.
    pub help: &'static str,
    /// Where it is live.
    pub contexts: &'static [KeyContext],
    /// Default keys and what each does.
    pub keys: &'static [(&'static str, Action)],
    /// Whether it can be done.
    pub guard: fn(&Model) -> Availability,
    /// Place in the footer, the lowest first; `None` to leave it out.
    pub footer: Option<u8>,
}
