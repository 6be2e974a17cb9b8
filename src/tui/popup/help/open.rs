//! Opens it: what the keys do.

use crate::tui::action_table::find::list_live_contexts;
use crate::tui::model::Model;
use crate::tui::popup::help::state::Help;
use crate::tui::popup::kind::Popup;

/// What the keys do here.
pub fn make_help_popup(model: &Model) -> Popup {
    open_help_popup(model)
}

/// The overlay for what is on the screen.
pub fn open_help_popup(model: &Model) -> Popup {
    Popup::Help(Box::new(Help::new(list_live_contexts(model))))
}
