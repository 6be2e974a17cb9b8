//! The work between facts and verdict, as one pure job that can run beside the screen.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::checklist::Checklist;
use crate::decision::{DecisionContext, Resolved};
use crate::model::{Assessment, Config, Decision, Fact, NoReturn, OptionId, PlanStep};
use crate::usecase;
use crate::usecase::ReadStages;

/// What a decision is made from.
#[derive(Debug, Clone)]
pub struct DecisionJob {
    /// Counts up; an older result than the newest shown is dropped.
    pub generation: u64,
    /// One clause: what made a new decision necessary. Goes to the record when the verdict
    /// changes.
    pub cause: String,
    /// Sensed and derived facts.
    pub sensed: Vec<Fact>,
    /// Stated facts, in order.
    pub stated: Vec<Fact>,
    /// The checklist.
    pub checklist: Arc<Checklist>,
    /// Mode, gate, time and versions.
    pub context: DecisionContext,
    /// For the plans; `None` until something was read.
    pub assessment: Option<Arc<Assessment>>,
    /// For the plans.
    pub config: Arc<Config>,
    /// How much was read; what a part would tell that is still being read is unknown.
    pub reading: ReadStages,
}

impl PartialEq for DecisionJob {
    fn eq(&self, other: &Self) -> bool {
        self.generation == other.generation
    }
}

/// What came of a job.
#[derive(Debug, Clone, PartialEq)]
pub struct JobResult {
    /// Of the job.
    pub generation: u64,
    /// Of the job.
    pub cause: String,
    /// Facts in force and conflicts.
    pub resolved: Resolved,
    /// The verdict.
    pub decision: Decision,
    /// Steps by option; options that are removed have none.
    pub plans: BTreeMap<OptionId, Vec<PlanStep>>,
    /// Until when each option can be had.
    pub no_return: Vec<NoReturn>,
}

/// Decides.
pub fn run_decision_job(job: &DecisionJob) -> JobResult {
    let basis = usecase::Basis {
        sensed: &job.sensed,
        stated: &job.stated,
        checklist: &job.checklist,
        context: &job.context,
        assessment: job.assessment.as_deref(),
        config: &job.config,
        reading: &job.reading,
    };
    let decided = usecase::decide_from_basis(&basis);
    let plans = decided.plans(&basis);
    let usecase::DecisionResult {
        resolved,
        decision,
        no_return,
        ..
    } = decided;
    JobResult {
        generation: job.generation,
        cause: job.cause.clone(),
        resolved,
        decision,
        plans,
        no_return,
    }
}
