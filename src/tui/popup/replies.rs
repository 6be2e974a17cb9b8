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

#[cfg(test)]
mod tests {
    use crate::tui::action::Action;
    use crate::tui::effect::Effect;
    use crate::tui::message::{Message, PopupReply};
    use crate::tui::popup::kind::Popup;
    use crate::tui::sample;
    use crate::tui::update::update_model;

    fn filled(texts: &[(&'static str, &str)]) -> Message {
        let texts = texts.iter().map(|(id, text)| (*id, (*text).to_owned()));
        Message::Reply(PopupReply::Filled(texts.collect()))
    }

    #[test]
    fn a_word_is_taken_as_it_is_typed_whichever_was_chosen_before() {
        let mut model = sample::make_sample_model();
        for (typed, low) in [("believed", true), ("known", false), ("nonsense", false)] {
            update_model(&mut model, Message::Act(Action::More));
            update_model(&mut model, filled(&[("sure", typed)]));
            assert_eq!(model.speaker.low, low, "{typed}");
            assert!(model.popups.is_empty());
        }
    }

    #[test]
    fn what_is_missing_is_said_and_the_form_stays_until_it_is_left() {
        let mut model = sample::make_sample_model();
        update_model(&mut model, Message::Act(Action::Note));
        assert!(update_model(&mut model, filled(&[])).is_empty());
        let Some(Popup::Form(form)) = model.popups.last() else {
            panic!("the form is gone");
        };
        assert!(form.error.is_some());
        let effects = update_model(&mut model, filled(&[("text", " seen\nin the log ")]));
        assert!(matches!(effects.as_slice(), [Effect::Append { .. }]));
        assert!(model.popups.is_empty() && model.drafts.is_empty());
        update_model(&mut model, Message::Act(Action::Note));
        update_model(&mut model, Message::Reply(PopupReply::AllLeft));
        assert!(model.popups.is_empty());
    }

    #[test]
    fn an_option_is_chosen_by_its_row_and_the_last_stands_for_rows_behind_it() {
        let mut model = sample::make_sample_model();
        update_model(&mut model, Message::Act(Action::Commit));
        update_model(&mut model, Message::Reply(PopupReply::Option(99)));
        assert!(matches!(
            model.popups.as_slice(),
            [Popup::Commit(_), Popup::Form(_)]
        ));
        assert!(model.committing.is_some());
    }

    #[test]
    fn releases_are_chosen_by_what_is_typed_and_none_that_does_not_match() {
        let mut model = sample::make_sample_model();
        update_model(&mut model, Message::Act(Action::Releases));
        let reply = |text: &str| Message::Reply(PopupReply::Release(text.to_owned()));
        assert!(update_model(&mut model, reply("9.9.9")).is_empty());
        assert!(update_model(&mut model, reply("3.0.0")).is_empty());
        let effects = update_model(&mut model, reply("2.9.4"));
        assert!(matches!(
            effects.first(),
            Some(Effect::Reassess { previous, current })
                if previous == "v2.9.4" && current == "v3.0.0"
        ));
        assert!(model.popups.is_empty());
    }
}
