//! A session that is over, gone through in time: the moment that is shown, answers that are only
//! supposed, and a second session beside it.

use std::sync::Arc;

use jiff::Timestamp;

use crate::model::{Fact, FactValue, Flip, OptionId, Strength};
use crate::session::{Event, EventKind};
use crate::tui::action::Availability;
use crate::tui::popup::Popup;
use crate::tui::popup::choose::Choose;
use crate::tui::{Action, Effect, Model};

/// Most answers that can be supposed.
const MOST: usize = 9;

/// An answer that nobody gave: what the verdict would be with it. It is never written.
#[derive(Debug, Clone, PartialEq)]
pub struct Supposed {
    /// The answer, in words.
    pub says: String,
    /// What it would say.
    pub facts: Vec<(String, FactValue)>,
}

impl Supposed {
    /// The facts it would say, behind what was said.
    pub fn facts(&self, now: Timestamp) -> impl Iterator<Item = Fact> {
        self.facts.iter().map(move |(key, value)| {
            Fact::stated(key.as_str(), value.clone())
                .with_source("only supposed")
                .observed(now)
        })
    }
}

/// A time during which one verdict stood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VerdictStretch {
    /// Since when.
    pub from: Timestamp,
    /// The verdict; `None` before the first.
    pub verdict: Option<(OptionId, Strength)>,
}

/// The verdicts of a session as they were recorded, one behind the other.
pub fn list_verdict_stretches(events: &[Event]) -> Vec<VerdictStretch> {
    let mut stretches: Vec<VerdictStretch> = events
        .first()
        .map(|event| VerdictStretch {
            from: event.at,
            verdict: None,
        })
        .into_iter()
        .collect();
    for event in events {
        if let EventKind::Verdict {
            option, strength, ..
        } = &event.what
        {
            let verdict = Some((*option, *strength));
            if stretches.last().is_none_or(|last| last.verdict != verdict) {
                stretches.push(VerdictStretch {
                    from: event.at,
                    verdict,
                });
            }
        }
    }
    stretches
}

pub(crate) fn can_scrub(model: &Model) -> Availability {
    match model.replay {
        None => Availability::Absent("this is no replay"),
        Some(_) if model.events.is_empty() => Availability::Disabled("the record is not read yet"),
        Some(_) => Availability::Enabled,
    }
}

pub(crate) fn can_suppose(model: &Model) -> Availability {
    if model.replay.is_none() {
        return Availability::Absent("answers are supposed in a replay only");
    }
    if model.supposed.is_some() || model.decision().is_some_and(|one| !one.flips.is_empty()) {
        Availability::Enabled
    } else {
        Availability::Disabled("no single answer would have changed the verdict")
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
    super::record::stand_at(model, next)
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

/// The event of a second session that lies as far behind its beginning as the moment shown does
/// behind that of the first.
pub fn find_second_event(model: &Model) -> Option<usize> {
    let second = model.second.as_ref()?;
    let (began, other) = (model.events.first()?.at, second.first()?.at);
    let passed = model.now.duration_since(began);
    second
        .iter()
        .rposition(|event| event.at.duration_since(other) <= passed)
}
