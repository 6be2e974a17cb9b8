//! Plans as they were run: what the marks of a session's journal fold to.
//!
//! A run is of one way: going back with and without conditions are one, so that ticks stay when a
//! condition is settled. It goes on until steps of another way are marked; a decision alone (a hold
//! in between) ends none.
//!
//! A step that was begun is timed from there. One that was not is timed from the end of the step
//! before it, and the first from the decision; where there is none of these, its time is not known.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{Event, EventKind, StepOf};
use model::{OptionId, StepMode, Untrusted};

/// How a step of a plan stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum StepStanding {
    /// Nothing was done about it.
    #[default]
    Open,
    /// It was begun.
    Running,
    /// It is done.
    Done,
    /// It is left out.
    Skipped,
    /// It was tried and did not work.
    Failed,
}

/// What was done about one step.
#[derive(Debug, Clone, PartialEq)]
pub struct StepRun {
    /// The step, and what it was called when it was marked last.
    pub of: StepOf,
    /// How it stands.
    pub standing: StepStanding,
    /// When it came to stand so; the time of a note where there was no more.
    pub at: Timestamp,
    /// When it was begun, where somebody said so.
    pub began: Option<Timestamp>,
    /// How long it took, done or failed.
    pub seconds: Option<u64>,
    /// Why it was left out, or what was seen when it failed.
    pub text: Option<Untrusted>,
    /// Notes about it, in order.
    pub notes: Vec<Untrusted>,
    /// The role that marked it last.
    pub role: Option<Untrusted>,
}

/// One plan as it was run.
#[derive(Debug, Clone, PartialEq)]
pub struct PlanRun {
    /// The option, as it was when the first step was marked.
    pub option: OptionId,
    /// Since when: the decision, else the first mark.
    pub since: Timestamp,
    /// Steps that were marked, in the order of their first marks.
    pub steps: Vec<StepRun>,
    /// Whether it began with a decision.
    decided: bool,
    /// Place of a step by its id.
    places: BTreeMap<String, usize>,
    /// When a step ended last.
    ended: Option<Timestamp>,
    /// When a step that changes something ended last.
    acted: Option<Timestamp>,
}

/// All plans that were run, in order.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PlanRuns {
    /// Each, in order.
    pub runs: Vec<PlanRun>,
    /// The way that was decided on last, and when it first was.
    decided: Option<(OptionId, Timestamp)>,
}

/// Whether two options are one way: going back with and without conditions.
pub fn is_same_way(one: OptionId, two: OptionId) -> bool {
    let back = |option| {
        matches!(
            option,
            OptionId::RollBack | OptionId::RollBackWithConditions
        )
    };
    one == two || (back(one) && back(two))
}

/// Whether a step changes something, so that what is expected can be seen once it is done.
pub fn is_acting_step(how: StepMode) -> bool {
    matches!(
        how,
        StepMode::Condition | StepMode::Run | StepMode::RollbackOnly
    )
}

/// Whole seconds from one time to another; none where clocks went back.
fn count_seconds(from: Timestamp, to: Timestamp) -> u64 {
    u64::try_from(to.duration_since(from).as_secs()).unwrap_or(0)
}

impl PlanRun {
    /// What was done about a step.
    pub fn find_step(&self, id: &str) -> Option<&StepRun> {
        self.steps.get(*self.places.get(id)?)
    }

    /// When a step that changes something ended last.
    pub fn acted(&self) -> Option<Timestamp> {
        self.acted
    }

    /// Seconds from the beginning, which is the decision or else the first mark, to the last step
    /// that ended.
    pub fn seconds(&self) -> Option<u64> {
        Some(self.seconds_until(self.ended?))
    }

    /// Seconds from the beginning to a time.
    pub fn seconds_until(&self, at: Timestamp) -> u64 {
        count_seconds(self.since, at)
    }

    fn mark(&mut self, event: &Event, of: &StepOf) {
        let place = match self.places.get(&of.step) {
            Some(place) => *place,
            None => {
                self.places.insert(of.step.clone(), self.steps.len());
                self.steps.push(StepRun {
                    of: of.clone(),
                    standing: StepStanding::Open,
                    at: event.at,
                    began: None,
                    seconds: None,
                    text: None,
                    notes: Vec::new(),
                    role: None,
                });
                self.steps.len() - 1
            }
        };
        let before = self.ended.or(self.decided.then_some(self.since));
        let Some(step) = self.steps.get_mut(place) else {
            return;
        };
        step.of = of.clone();
        step.role.clone_from(&event.role);
        let from = step.began.or(before);
        let took = || from.map(|from| count_seconds(from, event.at));
        let (standing, seconds, text) = match &event.what {
            EventKind::StepBegun { .. } => (StepStanding::Running, None, None),
            EventKind::StepDone { seconds, .. } => {
                (StepStanding::Done, seconds.or_else(took), None)
            }
            EventKind::StepSkipped { reason, .. } => {
                (StepStanding::Skipped, None, Some(reason.clone()))
            }
            EventKind::StepFailed { note, .. } => (StepStanding::Failed, took(), note.clone()),
            EventKind::StepNoted { text, .. } => {
                step.notes.push(text.clone());
                return;
            }
            _ => return,
        };
        (step.standing, step.seconds, step.text) = (standing, seconds, text);
        step.at = event.at;
        if standing == StepStanding::Running {
            step.began = Some(event.at);
            return;
        }
        self.ended = Some(event.at);
        if is_acting_step(of.how) {
            self.acted = Some(event.at);
        }
    }
}

impl PlanRuns {
    /// The run of an option that goes on; `None` before its first mark.
    pub fn find_run(&self, option: OptionId) -> Option<&PlanRun> {
        self.runs
            .last()
            .filter(|run| is_same_way(run.option, option))
    }

    /// When the way was decided on that is decided on now.
    pub fn decided_since(&self, option: OptionId) -> Option<Timestamp> {
        self.decided
            .filter(|(decided, _)| is_same_way(*decided, option))
            .map(|(_, at)| at)
    }

    pub(super) fn decide(&mut self, option: OptionId, at: Timestamp) {
        // the same way, decided again, goes on
        if self.decided_since(option).is_none() {
            self.decided = Some((option, at));
        }
    }

    pub(super) fn mark(&mut self, event: &Event) {
        let Some(of) = event.what.step() else { return };
        let decided = self.decided_since(of.option);
        if self.find_run(of.option).is_none() {
            self.runs.push(PlanRun {
                option: of.option,
                since: decided.unwrap_or(event.at),
                steps: Vec::new(),
                decided: decided.is_some(),
                places: BTreeMap::new(),
                ended: None,
                acted: None,
            });
        }
        if let Some(run) = self.runs.last_mut() {
            run.mark(event, of);
        }
    }
}
