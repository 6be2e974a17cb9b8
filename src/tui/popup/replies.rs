//! What lines say about the topmost popup.

use crate::tui::effect::Effect;
use crate::tui::message::PopupReply;
use crate::tui::model::Model;
use crate::tui::popup::drafts::keep_draft;
use crate::tui::popup::form::submit::submit_form;
use crate::tui::popup::kind::Popup;
use crate::tui::popup::next::Next;

/// A line about the topmost popup. One that the popup knows nothing of changes nothing.
pub fn receive_popup_reply(model: &mut Model, reply: PopupReply) -> Vec<Effect> {
    if reply == PopupReply::AllLeft {
        model.popups.clear();
        return Vec::new();
    }
    let depth = model.popups.len().saturating_sub(1);
    // taken off while it works, so that it may change the model
    let Some(mut popup) = model.popups.pop() else {
        return Vec::new();
    };
    let (next, effects) = match (&mut popup, reply) {
        (_, PopupReply::Left | PopupReply::AllLeft) => (Next::Close, Vec::new()),
        (Popup::Form(form), PopupReply::Filled(texts)) => {
            for (id, text) in texts {
                form.fill(id, &text);
            }
            match submit_form(model, form) {
                Ok(effects) => {
                    keep_draft(model, form, !effects.is_empty());
                    (Next::Close, effects)
                }
                Err(says) => {
                    form.error = Some(says);
                    (Next::Stay, Vec::new())
                }
            }
        }
        (Popup::Commit(commit), PopupReply::Option(row)) => commit.choose_row(model, row),
        (Popup::Pair(picker), PopupReply::Release(version)) => {
            picker.paste(&version);
            picker.choose_row(model)
        }
        _ => (Next::Stay, Vec::new()),
    };
    if matches!(next, Next::Stay) {
        // what it opened lies above it
        model.popups.insert(depth.min(model.popups.len()), popup);
    }
    effects
}
