//! Actions of the record.

use std::sync::Arc;

use crate::model::Flip;
use crate::tui::action::Action;
use crate::tui::deciding::request_decision;
use crate::tui::effect::Effect;
use crate::tui::model::Model;
use crate::tui::navigation::go_to_screen;
use crate::tui::popup::choose::state::Choose;
use crate::tui::popup::kind::Popup;
use crate::tui::screen::Screen;
use crate::tui::screens::record::load::stand_at;
use crate::tui::screens::record::replay::Supposed;
use crate::tui::screens::record::sentence::write_event_sentence;

/// Most answers that can be supposed.
const MOST: usize = 9;

/// Its own actions. In a replay left and right go through time.
pub fn update_record(model: &mut Model, action: Action) -> Vec<Effect> {
    match action {
        Action::Left | Action::Right if model.replay.is_some() => {
            step_in_time(model, action == Action::Right)
        }
        Action::Copy => match model.events.get(model.screens.record.list.cursor) {
            Some(event) => {
                let text = format!("{} {}", event.at, write_event_sentence(model, event));
                model.say("Copied.");
                vec![Effect::Copy(text)]
            }
            None => Vec::new(),
        },
        _ => Vec::new(),
    }
}

/// To the event before or behind the moment shown.
pub fn step_in_time(model: &mut Model, forward: bool) -> Vec<Effect> {
    let last = model.events.last().map_or(0, |event| event.seq);
    let now = model.replay.unwrap_or(last);
    let next = if forward {
        (now + 1).min(last)
    } else {
        now.saturating_sub(1).max(1)
    };
    stand_at(model, next)
}

/// Asks which answer is supposed; where one is supposed already, takes it away.
pub fn choose_supposition(model: &mut Model) -> Vec<Effect> {
    if model.supposed.take().is_some() {
        model.say("As it was recorded again.");
        return request_decision(model, "nothing is supposed any more");
    }
    let items: Vec<(char, String, Action)> = list_flips(model)
        .iter()
        .enumerate()
        .filter_map(|(at, flip)| {
            let digit = char::from_digit(u32::try_from(at + 1).ok()?, 10)?;
            let says = flip.says.shown().into_owned();
            Some((digit, says, Action::SupposeAnswer(at)))
        })
        .collect();
    let mut choose = Choose::new("What would have changed the verdict?", items);
    choose.intro.push(
        "An answer is only supposed: nothing is written, and V takes it away again.".to_owned(),
    );
    model.popups.push(Popup::Choose(choose));
    Vec::new()
}

fn list_flips(model: &Model) -> Vec<Flip> {
    let flips = model.decision().map(|decision| decision.flips.clone());
    flips.unwrap_or_default().into_iter().take(MOST).collect()
}

/// Supposes one of the answers that would have changed the verdict.
pub fn suppose_answer(model: &mut Model, at: usize) -> Vec<Effect> {
    let flip = list_flips(model).into_iter().nth(at);
    let Some(flip) = flip.filter(|_| model.replay.is_some()) else {
        return Vec::new();
    };
    let says = flip.says.as_raw().split(" → ").next().unwrap_or_default();
    let mut facts = vec![(flip.fact, flip.value)];
    facts.extend(flip.with);
    model.supposed = Some(Arc::new(Supposed {
        says: crate::model::escape_invisible(says).into_owned(),
        facts,
    }));
    request_decision(model, "an answer is supposed")
}

/// A decision of this person is on disk: show the steps.
pub fn show_decided_steps(model: &mut Model) -> Vec<Effect> {
    // the plan that was decided on, whichever was looked at before
    model.screens.plan.option = None;
    go_to_screen(model, Screen::Plan)
}
