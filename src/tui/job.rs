//! The work between facts and verdict, as one pure job that can run beside the screen.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::checklist::Checklist;
use crate::decision::{self, Context, Resolved};
use crate::model::{Assessment, Config, Decision, Fact, FactValue, NoReturn, OptionId, OptionState, PlanStep, Provenance};

use super::model::Model;

/// What a decision is made from.
#[derive(Debug, Clone)]
pub struct Job {
    /// Counts up; an older result than the newest shown is dropped.
    pub generation: u64,
    /// One clause: what made a new decision necessary. Goes to the record when the verdict changes.
    pub cause: String,
    /// Sensed and derived facts.
    pub sensed: Vec<Fact>,
    /// Stated facts, in order.
    pub stated: Vec<Fact>,
    /// The checklist.
    pub checklist: Arc<Checklist>,
    /// Mode, gate, time and versions.
    pub context: Context,
    /// For the plans; `None` until something was read.
    pub assessment: Option<Arc<Assessment>>,
    /// For the plans.
    pub config: Arc<Config>,
}

impl PartialEq for Job {
    fn eq(&self, other: &Self) -> bool {
        self.generation == other.generation
    }
}

/// What came of a job.
#[derive(Debug, Clone, PartialEq)]
pub struct Decided {
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
pub fn run(job: &Job) -> Decided {
    let resolved = decision::resolve(&job.sensed, &job.stated);
    let decision = decision::decide(&resolved.facts, &job.checklist, &job.context);
    let mut plans = BTreeMap::new();
    let mut no_return = Vec::new();
    if let Some(assessment) = &job.assessment {
        no_return = decision::no_return(&decision, assessment, &resolved.facts);
        let checks = decision::preflight(assessment, &resolved.facts, &job.config);
        let open = decision.options.iter().filter(|status| status.state != OptionState::Removed).map(|status| status.option);
        for option in open.chain([decision.option]).chain(decision.then) {
            plans.entry(option).or_insert_with(|| decision::plan_with(option, &decision, assessment, (&resolved.facts, &checks), &job.config));
        }
    }
    Decided { generation: job.generation, cause: job.cause.clone(), resolved, decision, plans, no_return }
}

/// Facts as they are known to a model: what was read, and what people said; minutes that run are brought up to date.
pub fn facts(model: &Model) -> (Vec<Fact>, Vec<Fact>) {
    let mut sensed: Vec<Fact> = match &model.assessment {
        // a replay shows what was known then
        Some(assessment) if model.replay.is_none() => assessment.sensed(),
        _ => model.session.sensed.clone(),
    };
    let mut stated = model.session.stated.clone();
    if let Some(gate) = model.session.gate {
        stated.push(Fact::stated("deployment.gate", FactValue::word(gate.id())));
    }
    if let Some(minutes) = model.live_minutes() {
        let key = "deployment.live_minutes";
        match stated.iter_mut().rev().find(|fact| fact.key == key && fact.value.is_known()) {
            Some(fact) => {
                fact.value = FactValue::Number(minutes);
                fact.at = Some(model.now);
            }
            // what was read carries its own time and grows by itself
            None if model.deployed_at.is_none() => {}
            None => {
                sensed.retain(|fact| fact.key != key);
                let since = model.deployed_at.map(|at| format!("deployed at {}", model.clock(at)));
                sensed.push(Fact { source: since, provenance: Provenance::Stated, ..Fact::stated(key, FactValue::Number(minutes)) });
            }
        }
    }
    (sensed, stated)
}
