//! What is known in a session: what was read, what people said, the gate that was reached, and
//! minutes that run.

use jiff::Timestamp;
use model::fact_key;

use crate::SessionState;
use model::{Fact, FactValue, Gate, Provenance};

const LIVE: &str = fact_key::DEPLOYMENT_LIVE_MINUTES;

/// The time it is, and when current was deployed.
#[derive(Debug, Clone)]
pub struct Clock {
    /// The time it is.
    pub now: Timestamp,
    /// When current was deployed, where somebody said so.
    pub deployed_at: Option<Timestamp>,
    /// Where that comes from, in words, for the fact.
    pub source: Option<String>,
}

/// The gate the deployment is at: as somebody said, else as a deployer's file shows.
pub fn gate_of(state: &SessionState, sensed: &[Fact]) -> Option<Gate> {
    let read = || {
        let word = sensed
            .iter()
            .find(|fact| fact.key == fact_key::DEPLOYMENT_GATE)?
            .value
            .as_word()?;
        Gate::ALL.into_iter().find(|gate| gate.id() == word)
    };
    state.gate.or_else(read)
}

/// Minutes current has been live, as far as anybody said or a deployer's file shows; they grow with
/// the time that passed since. Not rounded: a latest time to decide that is counted from them
/// stands still.
pub fn live_minutes(state: &SessionState, sensed: &[Fact], clock: &Clock) -> Option<f64> {
    if let Some(at) = clock.deployed_at {
        return Some(minutes_between(at, clock.now).max(0.0));
    }
    let stated = state.stated.iter().rev().find(|fact| fact.key == LIVE);
    let fact = stated.or_else(|| sensed.iter().find(|fact| fact.key == LIVE))?;
    let FactValue::Number(minutes) = fact.value else {
        return None;
    };
    Some(
        minutes
            + fact
                .at
                .map_or(0.0, |at| minutes_between(at, clock.now).max(0.0)),
    )
}

/// Sensed and stated facts as a decision takes them: the gate is one of them, and minutes that run
/// are brought up to date.
pub fn combine_known_facts(
    mut sensed: Vec<Fact>,
    state: &SessionState,
    clock: &Clock,
) -> (Vec<Fact>, Vec<Fact>) {
    let mut stated = state.stated.clone();
    if let Some(gate) = state.gate {
        stated.push(Fact::stated(
            fact_key::DEPLOYMENT_GATE,
            FactValue::word(gate.id()),
        ));
    }
    let Some(minutes) = live_minutes(state, &sensed, clock) else {
        return (sensed, stated);
    };
    match stated
        .iter_mut()
        .rev()
        .find(|fact| fact.key == LIVE && fact.value.is_known())
    {
        Some(fact) => {
            fact.value = FactValue::Number(minutes);
            fact.at = Some(clock.now);
        }
        // what was read carries its own time and grows by itself
        None if clock.deployed_at.is_none() => {}
        None => {
            sensed.retain(|fact| fact.key != LIVE);
            sensed.push(Fact {
                source: clock.source.clone().map(Into::into),
                provenance: Provenance::Stated,
                ..Fact::stated(LIVE, FactValue::Number(minutes))
            });
        }
    }
    (sensed, stated)
}

fn minutes_between(from: Timestamp, to: Timestamp) -> f64 {
    to.duration_since(from).as_secs_f64() / 60.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_of_users_runs_from_the_deployment_and_not_from_whole_minutes() {
        let deployed: Timestamp = "2026-03-01T02:00:20Z".parse().unwrap();
        let state = SessionState::default();
        let limits: Vec<f64> = [
            "2026-03-01T02:06:21Z",
            "2026-03-01T02:06:59Z",
            "2026-03-01T02:07:21Z",
        ]
        .iter()
        .map(|now| {
            let now: Timestamp = now.parse().unwrap();
            let live = live_minutes(
                &state,
                &[],
                &Clock {
                    now,
                    deployed_at: Some(deployed),
                    source: None,
                },
            )
            .unwrap();
            (now.as_millisecond() as f64 / 60_000.0) + 60.0 - live
        })
        .collect();
        assert!(
            limits
                .windows(2)
                .all(|pair| (pair[0] - pair[1]).abs() < 1e-6),
            "{limits:?}"
        );
    }
}
