//! Screen 8: the log as it will be read afterwards; notes and observations.

use std::sync::Arc;

use super::replay::Supposed;
use crate::model::Flip;
use crate::session::EventKind;
use crate::tui::list::{ListSpec, ListState};
use crate::tui::model::{Model, Screen};
use crate::tui::popup::choose::Choose;
use crate::tui::popup::form::{Form, FormField, FormPurpose};
use crate::tui::popup::{self, Popup};
use crate::tui::update::append_event;
use crate::tui::view::record as drawn;
use crate::tui::{Action, Effect};

/// Most answers that can be supposed.
const MOST: usize = 9;

/// State of the screen.
#[derive(Debug, Clone, Default)]
pub struct RecordScreen {
    /// Cursor and search.
    pub list: ListState,
}

/// The list that takes keys.
pub fn describe_record_list(_: &Model) -> Option<ListSpec> {
    Some(SPEC)
}

/// How the list is reached. In a replay the moment shown goes with the cursor.
pub const SPEC: ListSpec = ListSpec {
    get: |model| &model.screens.record.list,
    get_mut: |model| &mut model.screens.record.list,
    len: |model| model.events.len(),
    text: |model, at| {
        model
            .events
            .get(at)
            .map(|event| drawn::write_event_sentence(model, event))
            .unwrap_or_default()
    },
    selectable: crate::tui::list::every_row,
    moved: |model| match (
        model.replay,
        model
            .events
            .get(model.screens.record.list.cursor)
            .map(|event| event.seq),
    ) {
        (Some(shown), Some(seq)) if shown != seq => stand_at(model, seq),
        _ => Vec::new(),
    },
};

/// Its own actions. In a replay left and right go through time.
pub fn update_record(model: &mut Model, action: Action) -> Vec<Effect> {
    match action {
        Action::Left | Action::Right if model.replay.is_some() => {
            step_in_time(model, action == Action::Right)
        }
        Action::Copy => match model.events.get(model.screens.record.list.cursor) {
            Some(event) => {
                let text = format!("{} {}", event.at, drawn::write_event_sentence(model, event));
                model.say("Copied.");
                vec![Effect::Copy(text)]
            }
            None => Vec::new(),
        },
        _ => Vec::new(),
    }
}

/// In a replay: the state and the clock as they were after an event; behind the last one, at the
/// last one.
pub fn stand_at(model: &mut Model, seq: u64) -> Vec<Effect> {
    let Some(row) = model.events.iter().rposition(|event| event.seq <= seq) else {
        return Vec::new();
    };
    let (at, seq) = model
        .events
        .get(row)
        .map(|event| (event.at, event.seq))
        .unwrap_or((model.now, seq));
    model.replay = Some(seq);
    // it was supposed at another moment
    model.supposed = None;
    model.now = at;
    SPEC.put(model, row, true);
    crate::tui::update::refold_events(model);
    crate::tui::update::request_decision(model, "another moment of the record")
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
        return crate::tui::update::request_decision(model, "nothing is supposed any more");
    }
    let items: Vec<(char, String, Action)> = list_flips(model)
        .iter()
        .enumerate()
        .filter_map(|(at, flip)| {
            let digit = char::from_digit(u32::try_from(at + 1).ok()?, 10)?;
            let says = crate::model::escape_invisible(&flip.says).into_owned();
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
    let says = flip.says.split(" → ").next().unwrap_or_default();
    let mut facts = vec![(flip.fact, flip.value)];
    facts.extend(flip.with);
    model.supposed = Some(Arc::new(Supposed {
        says: crate::model::escape_invisible(says).into_owned(),
        facts,
    }));
    crate::tui::update::request_decision(model, "an answer is supposed")
}

/// Takes a note.
pub fn open_note_form(model: &mut Model) -> Vec<Effect> {
    if !model.writable {
        return Vec::new();
    }
    let hint = "pasted lines stay lines; Alt-Enter begins another";
    popup::open_form(
        model,
        Form::new(
            "Note",
            "record it",
            vec![FormField::lines("text", "note", hint)],
            FormPurpose::Note,
        ),
    );
    Vec::new()
}

pub(in crate::tui) fn submit_note_form(
    model: &mut Model,
    form: &Form,
) -> Result<Vec<Effect>, String> {
    let text = form
        .all_lines("text")
        .ok_or("There is nothing to record yet.")?;
    // it stands behind "writing:" and "Not recorded:" as well
    let says = format!(
        "the note: {}",
        crate::model::shorten_text(&crate::model::escape_invisible(&text), 30)
    );
    Ok(vec![append_event(model, EventKind::Noted { text }, says)])
}

/// What was seen after the decision.
pub fn open_observation_form(model: &mut Model) -> Vec<Effect> {
    let Some((_, EventKind::Decided { expect, .. })) = &model.session.decided else {
        return Vec::new();
    };
    let mut form = Form::new(
        "What was seen",
        "record it",
        vec![
            FormField::words(
                "met",
                "expectation met",
                "no: backout shows the next option",
                &["yes", "no"],
            ),
            FormField::text("text", "seen", "as read from the system", ""),
        ],
        FormPurpose::Observation,
    );
    if let Some(expect) = expect {
        form.intro.push(format!(
            "Expected: {}",
            crate::model::escape_invisible(expect)
        ));
    }
    popup::open_form(model, form);
    Vec::new()
}

pub(in crate::tui) fn submit_observation_form(
    model: &mut Model,
    form: &Form,
) -> Result<Vec<Effect>, String> {
    let text = form
        .filled("text")
        .ok_or("Say what was seen, in a few words.")?;
    let met = form.value("met") == "yes";
    let says = if met {
        "seen: it worked"
    } else {
        "seen: it did not work; answer what changed, the verdict follows"
    };
    Ok(vec![append_event(
        model,
        EventKind::Observed { met, text },
        says,
    )])
}

/// A decision of this person is on disk: show the steps.
pub fn show_decided_steps(model: &mut Model) -> Vec<Effect> {
    // the plan that was decided on, whichever was looked at before
    model.screens.plan.option = None;
    crate::tui::update::go_to_screen(model, Screen::Plan)
}
