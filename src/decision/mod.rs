//! The decision: facts, checklist and time in, verdict out. Pure: no git, no file, no clock, no terminal.

use jiff::Timestamp;

use crate::checklist::Checklist;
use crate::model::{Assessment, Config, Decision, Fact, Facts, Gate, Mode, OptionId, PlanStep};

/// What the decision depends on beside facts and checklist.
#[derive(Debug, Clone, PartialEq)]
pub struct Context {
    /// Incident, deployment, rehearsal or review.
    pub mode: Mode,
    /// Gate of the deployment, in deployment mode.
    pub gate: Option<Gate>,
    /// The time it is.
    pub now: Timestamp,
    /// Latest time to decide, when somebody set one.
    pub deadline: Option<Timestamp>,
    /// Version of previous, for sentences.
    pub previous: String,
    /// Version of current, for sentences.
    pub current: String,
}

/// Two sources that say different things about one fact. Both stay visible; the value that restricts going back more is used.
#[derive(Debug, Clone, PartialEq)]
pub struct Conflict {
    /// The fact.
    pub key: String,
    /// All that was said, the value in force first.
    pub said: Vec<Fact>,
}

/// Facts in force, and where sources disagree.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Resolved {
    /// By key.
    pub facts: Facts,
    /// In the order of keys.
    pub conflicts: Vec<Conflict>,
}

/// Brings sensed and stated facts together. Later statements replace earlier ones of people; a statement with `supersedes`
/// replaces what was sensed; otherwise the more restricting value wins and the conflict is reported.
pub fn resolve(sensed: &[Fact], stated: &[Fact]) -> Resolved {
    let _ = (sensed, stated);
    unimplemented!("decision")
}

/// The verdict.
pub fn decide(facts: &Facts, checklist: &Checklist, context: &Context) -> Decision {
    let _ = (facts, checklist, context);
    unimplemented!("decision")
}

/// The ordered steps of one option: conditions first, steps with reasons, expectation, afterwards.
pub fn plan(option: OptionId, decision: &Decision, assessment: &Assessment, config: &Config) -> Vec<PlanStep> {
    let _ = (option, decision, assessment, config);
    unimplemented!("decision")
}
