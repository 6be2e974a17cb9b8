//! What is known in a session: what was read, what people said, the gate that was reached, and minutes that run.

use jiff::Timestamp;

use crate::model::{Fact, FactValue, Gate, Provenance};
use crate::session::State;

const LIVE: &str = "deployment.live_minutes";

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
pub fn gate_of(state: &State, sensed: &[Fact]) -> Option<Gate> {
    let read = || {
        let word = sensed.iter().find(|fact| fact.key == "deployment.gate")?.value.as_word()?;
        Gate::ALL.into_iter().find(|gate| gate.id() == word)
    };
    state.gate.or_else(read)
}

/// Whole minutes current has been live, as far as anybody said or a deployer's file shows; they grow with the time that passed since.
pub fn live_minutes(state: &State, sensed: &[Fact], clock: &Clock) -> Option<f64> {
    if let Some(at) = clock.deployed_at {
        return Some(minutes_between(at, clock.now).max(0.0).floor());
    }
    let stated = state.stated.iter().rev().find(|fact| fact.key == LIVE);
    let fact = stated.or_else(|| sensed.iter().find(|fact| fact.key == LIVE))?;
    let FactValue::Number(minutes) = fact.value else { return None };
    Some((minutes + fact.at.map_or(0.0, |at| minutes_between(at, clock.now).max(0.0))).floor())
}

/// Sensed and stated facts as a decision takes them: the gate is one of them, and minutes that run are brought up to date.
pub fn known(mut sensed: Vec<Fact>, state: &State, clock: &Clock) -> (Vec<Fact>, Vec<Fact>) {
    let mut stated = state.stated.clone();
    if let Some(gate) = state.gate {
        stated.push(Fact::stated("deployment.gate", FactValue::word(gate.id())));
    }
    let Some(minutes) = live_minutes(state, &sensed, clock) else { return (sensed, stated) };
    match stated.iter_mut().rev().find(|fact| fact.key == LIVE && fact.value.is_known()) {
        Some(fact) => {
            fact.value = FactValue::Number(minutes);
            fact.at = Some(clock.now);
        }
        // what was read carries its own time and grows by itself
        None if clock.deployed_at.is_none() => {}
        None => {
            sensed.retain(|fact| fact.key != LIVE);
            sensed.push(Fact { source: clock.source.clone(), provenance: Provenance::Stated, ..Fact::stated(LIVE, FactValue::Number(minutes)) });
        }
    }
    (sensed, stated)
}

fn minutes_between(from: Timestamp, to: Timestamp) -> f64 {
    to.duration_since(from).as_secs_f64() / 60.0
}
