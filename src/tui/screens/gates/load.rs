//! What the screen of gates takes from the record.

use crate::model::Gate;
use crate::tui::model::Model;

/// Puts the cursor on the gate the deployment is at, until the person moves it.
pub fn follow_stated_gate(model: &mut Model) {
    let at = model
        .gate()
        .and_then(|gate| Gate::ALL.iter().position(|one| *one == gate));
    if let Some(at) = at.filter(|_| !model.screens.gates.moved) {
        model.screens.gates.list.cursor = at;
    }
}
