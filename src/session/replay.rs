//! A session as it stood at any of its events.

use super::{Event, EventKind, SessionError, State};
use crate::checklist::Checklist;
use crate::decision::{self, Context, Resolved};
use crate::model::Decision;

/// The state right after event `seq`: later events, withdrawals among them, did not happen yet.
pub fn state_at(events: &[Event], seq: u64) -> State {
    State::fold(events.iter().filter(|event| event.seq <= seq))
}

/// The facts in force right after event `seq`.
pub fn facts_at(events: &[Event], seq: u64) -> Resolved {
    let state = state_at(events, seq);
    decision::resolve(&state.sensed, &state.stated)
}

/// The decision as it stood right after event `seq`: with the facts, the gate and the time of that event, and the checklist that was
/// in force. `None` before the session began. Fails when the checklist of the journal cannot be read.
pub fn decision_at(events: &[Event], seq: u64) -> Result<Option<Decision>, SessionError> {
    let state = state_at(events, seq);
    let (Some(start), Some(event)) = (&state.start, state.events.last()) else { return Ok(None) };
    let checklist = Checklist::from_yaml(&start.checklist).map_err(|lints| {
        let first = lints.first().map_or_else(String::new, |lint| format!(": line {}: {}", lint.line, lint.says));
        SessionError::Other(format!("The checklist kept in the journal cannot be read{first}."))
    })?;
    let (previous, current) = state.pair.clone().unwrap_or_else(|| (start.previous.clone(), start.current.clone()));
    let context =
        Context { mode: start.mode, gate: state.gate, now: event.at, deadline: start.deadline, previous, current, looked: decision::LookedAt::default() };
    let facts = decision::resolve(&state.sensed, &state.stated).facts;
    Ok(Some(decision::decide(&facts, &checklist, &context)))
}

/// The events after which the decision may differ: everything that changes facts, gate or pair.
pub fn turning_points(events: &[Event]) -> Vec<u64> {
    let turns = |event: &&Event| {
        matches!(
            event.what,
            EventKind::Assessed { .. }
                | EventKind::Answered { .. }
                | EventKind::Withdrawn { .. }
                | EventKind::GateReached { .. }
                | EventKind::PairConfirmed { .. }
        )
    };
    events.iter().filter(turns).map(|event| event.seq).collect()
}
