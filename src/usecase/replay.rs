//! A session as it stood at any of its events, decided as the screens decided it then.

use super::{Basis, Clock, Reading, decide, gate_of, known};
use crate::checklist::Checklist;
use crate::decision::{self, Context, Resolved};
use crate::model::{Config, Decision};
use crate::session::{Event, SessionError, State, state_at};

/// The facts in force right after event `seq`.
pub fn facts_at(events: &[Event], seq: u64) -> Resolved {
    let state = state_at(events, seq);
    let (sensed, stated) = facts(&state);
    decision::resolve(&sensed, &stated)
}

/// The decision as it stood right after event `seq`: with the facts, the gate and the time of that event, and the checklist that was
/// in force. `None` before the session began.
///
/// # Errors
/// When the checklist of the journal cannot be read.
pub fn decision_at(events: &[Event], seq: u64) -> Result<Option<Decision>, SessionError> {
    Replay { state: state_at(events, seq), ..Replay::default() }.decision()
}

/// A session event by event: each is taken in once, and the checklist is read once.
#[derive(Default)]
pub struct Replay {
    state: State,
    /// The checklist that is in force, with its text.
    checklist: Option<(String, Checklist)>,
}

impl Replay {
    /// Takes in the next event, and gives the decision as it stood right after it; the same as [`decision_at`].
    ///
    /// # Errors
    /// When the checklist of the journal cannot be read.
    pub fn step(&mut self, event: &Event) -> Result<Option<Decision>, SessionError> {
        self.state.apply(event);
        self.decision()
    }

    fn decision(&mut self) -> Result<Option<Decision>, SessionError> {
        let state = &self.state;
        let (Some(start), Some(event)) = (&state.start, state.events.last()) else { return Ok(None) };
        let known = self.checklist.take().filter(|(text, _)| *text == start.checklist);
        let (text, checklist) = match known {
            Some(known) => known,
            None => (start.checklist.clone(), read(&start.checklist)?),
        };
        let (previous, current) = state.pair.clone().unwrap_or_else(|| (start.previous.clone(), start.current.clone()));
        let gate = gate_of(state, &state.sensed);
        let context = Context { mode: start.mode, gate, now: event.at, deadline: start.deadline, previous, current, looked: decision::LookedAt::default() };
        let (sensed, stated) = facts(state);
        let basis = Basis {
            sensed: &sensed,
            stated: &stated,
            checklist: &checklist,
            context: &context,
            assessment: None,
            config: &Config::default(),
            reading: &Reading::Whole,
        };
        let decision = decide(&basis).decision;
        self.checklist = Some((text, checklist));
        Ok(Some(decision))
    }
}

fn read(checklist: &str) -> Result<Checklist, SessionError> {
    Checklist::from_yaml(checklist).map_err(|lints| {
        let first = lints.first().map_or_else(String::new, |lint| format!(": line {}: {}", lint.line, lint.says));
        SessionError::Other(format!("The checklist kept in the journal cannot be read{first}."))
    })
}

fn facts(state: &State) -> (Vec<crate::model::Fact>, Vec<crate::model::Fact>) {
    let now = state.events.last().map_or(jiff::Timestamp::UNIX_EPOCH, |event| event.at);
    let clock = Clock { now, deployed_at: state.start.as_ref().and_then(|start| start.deployed_at), source: None };
    known(state.sensed.clone(), state, &clock)
}
