//! What is recorded: an event on its way to the journal, and one that stands there.

use super::effect::Effect;
use super::model::{Model, Pending};
use super::state;
use super::update::request_decision;
use super::view::words;
use crate::session::{Event, EventKind, SessionState};

/// An event for the journal. It counts once it is on disk.
pub(super) fn append_event(model: &mut Model, what: EventKind, says: impl Into<String>) -> Effect {
    model.tickets += 1;
    let ticket = model.tickets;
    if matches!(
        what,
        EventKind::Answered {
            question: Some(_),
            ..
        } | EventKind::Asked { .. }
            | EventKind::PairConfirmed { .. }
    ) {
        model.hint = None;
        // a second key must not answer the same question again while the first is on its way
        model.given = model.asking().map(|asking| (asking.name(), u64::MAX));
    }
    model.pending.push(Pending {
        ticket,
        what: what.clone(),
        says: says.into(),
    });
    Effect::Append {
        ticket,
        what: Box::new(what),
        role: model.speaker.role.clone(),
        by: model.speaker.by.clone(),
    }
}

/// An event stands on disk: it counts, and is said.
pub(super) fn receive_appended_event(
    model: &mut Model,
    ticket: Option<u64>,
    event: Event,
) -> Vec<Effect> {
    let mut says = None;
    if let Some(ticket) = ticket
        && let Some(at) = model
            .pending
            .iter()
            .position(|pending| pending.ticket == ticket)
    {
        says = Some(model.pending.remove(at).says);
    }
    if model.events.iter().any(|known| known.seq == event.seq) {
        return Vec::new();
    }
    let what = event.what.clone();
    model.events.push(event);
    model.events.sort_by_key(|event| event.seq);
    refold_events(model);
    let own = says.is_some();
    if let Some(says) = says {
        // said again, and taken
        if let Some(at) = model.lost.iter().position(|lost| *lost == says) {
            model.lost.remove(at);
        }
        let place = if model.unwritten > 0 {
            "in memory only: "
        } else {
            ""
        };
        let next = match what {
            EventKind::Closed { .. } => "; `backout report` writes it down",
            _ => "",
        };
        let text = format!("{place}{says}{next}");
        if matches!(
            what,
            EventKind::StepFailed { .. } | EventKind::Observed { met: false, .. }
        ) {
            model.warn_undoable(text);
        } else if words::describe_undoable_event(model, &what).is_some() {
            model.say_undoable(text);
        } else {
            model.say(text);
        }
    }
    match what {
        EventKind::Verdict { .. }
        | EventKind::Started(_)
        | EventKind::Noted { .. }
        | EventKind::Closed { .. }
        | EventKind::Resumed { .. }
        | EventKind::Observed { .. }
        | EventKind::Rehearsed { .. }
        | EventKind::Later(_) => Vec::new(),
        what if what.step().is_some() => state::plan::receive_step_mark(model, &what, own),
        EventKind::Decided { .. } if own => state::record::show_decided_steps(model),
        EventKind::Decided { .. } => Vec::new(),
        EventKind::PairConfirmed { .. } => {
            model.live_unknown = false;
            model.given = None;
            request_decision(model, "the releases were confirmed")
        }
        other => {
            let effects = request_decision(model, &words::describe_decision_cause(model, &other));
            if let (true, Some((_, at))) = (own, &mut model.given) {
                *at = model.generation;
            }
            effects
        }
    }
}

/// Folds the events that count now.
pub(super) fn refold_events(model: &mut Model) {
    let upto = model.replay.unwrap_or(u64::MAX);
    model.session = SessionState::fold(model.events.iter().filter(|event| event.seq <= upto));
    if let Some(start) = &model.session.start {
        model.deployed_at = model.deployed_at.or(start.deployed_at);
        model.deadline = model.deadline.or(start.deadline);
        model.environment = model
            .environment
            .take()
            .or_else(|| start.environment.clone());
    }
    state::gates::follow_stated_gate(model);
}
