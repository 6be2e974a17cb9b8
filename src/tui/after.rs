//! What is asked when a hold ends or when it is time to look.

use crate::model::OptionId;
use crate::tui::action::Action;
use crate::tui::model::Model;
use crate::tui::popup::choose::state::Choose;
use crate::tui::popup::kind::Popup;
use crate::tui::screens::record::forms::open_observation_form;

/// Asks once when a hold is over or when it is time to look. Only where nothing else is being
/// typed.
pub fn ask_when_due(model: &mut Model) {
    let Some(taken) = model.taken() else { return };
    let (seq, option, over) = (
        taken.seq,
        taken.option,
        taken.due.is_some_and(|due| due <= model.now) && taken.seen.is_none(),
    );
    if !over
        || !model.writable
        || model.replay.is_some()
        || !model.popups.is_empty()
        || model.asked_when_due == Some(seq)
    {
        return;
    }
    model.asked_when_due = Some(seq);
    if option == OptionId::Hold {
        let mut choose = Choose::new(
            "The hold is over. What now?",
            vec![('c', "decide, or hold again".to_owned(), Action::Commit)],
        );
        choose
            .intro
            .push("The minutes that were set for it have passed.".to_owned());
        model.popups.push(Popup::Choose(choose));
        return;
    }
    open_observation_form(model);
}
