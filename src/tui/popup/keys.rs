//! Keys and pasted text for what lies topmost over the screen.

use ratatui::crossterm::event::KeyEvent;

use crate::tui::act::run_action;
use crate::tui::burst::is_too_fast;
use crate::tui::effect::Effect;
use crate::tui::key;
use crate::tui::model::Model;
use crate::tui::popup::drafts::keep_draft;
use crate::tui::popup::kind::Popup;
use crate::tui::popup::next::Next;
use crate::tui::screens::plan::query::name_selected_step;

/// A key for the topmost popup.
pub fn handle_popup_key(model: &mut Model, event: KeyEvent) -> Vec<Effect> {
    let depth = model.popups.len().saturating_sub(1);
    if let Some(name) = model
        .popups
        .last()
        .and_then(|popup| popup.must_be_seen(&event, depth))
        && !model.measured.has_covered(&name)
    {
        model.warn("Not taken: you pressed the key before this was on the screen. Press it again.");
        return Vec::new();
    }
    // taken off while it works, so that it may change the model
    let Some(mut popup) = model.popups.pop() else {
        return Vec::new();
    };
    let (next, mut effects) = match &mut popup {
        Popup::Prompt(prompt) => prompt.key(model, &event),
        Popup::Choose(choose) => {
            let held = key::is_key_named(&event, "enter")
                && choose.since.is_some_and(|since| is_too_fast(model, since));
            let moved = choose.step.is_some() && choose.step != name_selected_step(model);
            if moved {
                model.warn("Not taken: the plan changed meanwhile. Look at the step again.");
                (Next::Close, Vec::new())
            } else if held {
                choose.since = Some(model.now);
                model.warn("Not taken: read what is chosen, wait a second, press Enter again.");
                (Next::Stay, Vec::new())
            } else {
                (choose.key(&event), Vec::new())
            }
        }
        Popup::Form(form) => form.key(model, &event),
        Popup::Palette(palette) => palette.key(model, &event),
        Popup::Help(help) => (help.key(&event), Vec::new()),
        Popup::Handover(handover) => handover.key(&event),
        Popup::Story(story) => (story.key(&event), Vec::new()),
        Popup::Debrief(debrief) => debrief.key(model, &event),
        Popup::Pair(pair) => pair.key(model, &event),
        Popup::Commit(commit) => commit.key(model, &event),
        Popup::Why(why) => why.key(model, &event),
    };
    if let (Popup::Form(form), Next::Close) = (&popup, &next) {
        keep_draft(model, form, !effects.is_empty());
    }
    match next {
        // what it opened lies above it
        Next::Stay => model.popups.insert(depth.min(model.popups.len()), popup),
        Next::Close => {}
        Next::Then(action) => effects.extend(run_action(model, action)),
    }
    effects
}

/// Pasted text for the topmost popup.
pub fn paste_into_popup(model: &mut Model, text: &str) {
    match model.popups.last_mut() {
        Some(Popup::Prompt(prompt)) => prompt.paste(text),
        Some(Popup::Form(form)) => form.paste(text),
        Some(Popup::Palette(palette)) => palette.paste(text),
        Some(Popup::Pair(pair)) => pair.paste(text),
        _ => {}
    }
}
