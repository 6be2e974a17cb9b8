//! Opens it: the commit step.

use crate::tui::effect::Effect;
use crate::tui::model::Model;
use crate::tui::popup::commit::query::list_commit_options;
use crate::tui::popup::commit::state::CommitPopup;
use crate::tui::popup::kind::Popup;
use crate::tui::screens::plan::query::find_offered_option;

/// The commit step.
pub fn begin_commit(model: &mut Model) -> Vec<Effect> {
    open_commit_popup(model)
}

/// Opens the step with the cursor on the recommended option.
pub fn open_commit_popup(model: &mut Model) -> Vec<Effect> {
    if model.decision().is_some() {
        let next = model.next_option().or_else(|| find_offered_option(model));
        let cursor = model
            .decision()
            .and_then(|decision| {
                list_commit_options(decision)
                    .into_iter()
                    .position(|option| Some(option) == next)
            })
            .unwrap_or(0);
        model.popups.push(Popup::Commit(CommitPopup { cursor }));
    }
    Vec::new()
}
