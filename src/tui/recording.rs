//! An event on its way to the journal, and the fold of those that stand there.

use crate::session::{EventKind, SessionState};
use crate::tui::effect::Effect;
use crate::tui::model::{Model, Pending};
use crate::tui::screens::gates::load::follow_stated_gate;

/// An event for the journal. It counts once it is on disk.
pub(crate) fn append_event(model: &mut Model, what: EventKind, says: impl Into<String>) -> Effect {
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

/// Folds the events that count now.
pub(crate) fn refold_events(model: &mut Model) {
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
    follow_stated_gate(model);
}
