//! What is said of options everywhere: their states in glyph and word.

use crate::model::{OptionState, OptionStatus};
use crate::tui::model::Model;
use crate::tui::screens::plan::query::describe_failed_step;
use crate::tui::theme::{Role, Theme};

/// Glyph, word and role of a state.
pub fn label_option_state(theme: Theme, state: OptionState) -> (&'static str, &'static str, Role) {
    match state {
        OptionState::Cleared => (theme.done(), "cleared", Role::Good),
        OptionState::Conditional => (theme.half(), "on conditions", Role::Warn),
        OptionState::NotCleared => (theme.empty(), "not settled", Role::Warn),
        OptionState::Removed => (theme.cross(), "removed", Role::Dim),
    }
}

/// The same for an option of the board; what was tried and failed is not cleared.
pub fn label_option_standing(
    model: &Model,
    status: &OptionStatus,
) -> (&'static str, &'static str, Role) {
    let theme = model.theme;
    let failed = status.state <= OptionState::Conditional
        && describe_failed_step(model, status.option).is_some();
    if failed {
        (theme.cross(), "step failed", Role::Bad)
    } else {
        label_option_state(theme, status.state)
    }
}
