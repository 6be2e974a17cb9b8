//! Opens it: the release picker.

use tui_input::Input;

use crate::tui::effect::Effect;
use crate::tui::model::Model;
use crate::tui::popup::kind::Popup;
use crate::tui::popup::pair::state::ReleasePicker;

/// The release picker.
pub fn begin_release_choice(model: &mut Model) -> Vec<Effect> {
    open_release_picker(model)
}

/// Opens the picker with the cursor on what is taken for live now.
pub fn open_release_picker(model: &mut Model) -> Vec<Effect> {
    if model.releases.is_empty() {
        model.warn("The releases are not read yet.");
        return Vec::new();
    }
    let cursor = model
        .releases
        .iter()
        .position(|release| release.version.shown() == model.current())
        .unwrap_or(0);
    model.popups.push(Popup::Pair(Box::new(ReleasePicker {
        filter: Input::default(),
        cursor,
        current: None,
        offset: 0,
    })));
    Vec::new()
}
