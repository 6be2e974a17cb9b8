//! Opens it: any action by its name.

use tui_input::Input;

use crate::tui::action_table::find::list_live_contexts;
use crate::tui::model::Model;
use crate::tui::popup::kind::Popup;
use crate::tui::popup::palette::state::ActionPalette;

/// The palette over what is on the screen.
pub fn open_palette(model: &Model) -> Popup {
    Popup::Palette(Box::new(ActionPalette {
        contexts: list_live_contexts(model),
        input: Input::default(),
        cursor: 0,
        offset: 0,
    }))
}
