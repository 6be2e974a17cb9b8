//! A session as it stood at any of its events. What was decided then is in `usecase`.

use super::{Event, EventKind, SessionState};

/// The state right after event `seq`: later events, withdrawals among them, did not happen yet.
pub fn state_at(events: &[Event], seq: u64) -> SessionState {
    SessionState::fold(events.iter().filter(|event| event.seq <= seq))
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
