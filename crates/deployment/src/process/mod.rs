//! The deployment process: its steps, what they do on the way back, and what is wrong with it.
//!
//! Steps come from Octopus' Config-as-Code in the repository or from `process:` of `backout.yaml`.
//! Each is classed with the reason, put through the seven questions of the guide, and given a
//! treatment for rollback and for redeployment.

mod class;
mod condition;
mod config;
mod frozen;
pub(crate) mod lint;
mod octopus;
mod questions;
mod treatment;

use model::fact_key;
use model::{
    Config, Evidence, Fact, FactValue, Finding, KnownStep, ReadError, Snapshot, StepMode,
    Unchecked, Untrusted,
};

pub use class::StepClass;
pub use condition::{Modes, StepCondition};
pub use frozen::{ReleaseNames, Ways, compare_frozen_processes};
pub use octopus::from_ocl;
pub use questions::{ProcessAnswer, ProcessQuestion};
pub use treatment::Treatment;

/// One step of a process.
#[derive(Debug, Clone, PartialEq)]
pub struct DeploymentStep {
    /// Its name, control characters visible.
    pub name: String,
    /// Position, from 1.
    pub number: usize,
    /// What it does.
    pub class: StepClass,
    /// What shows that, in a few words.
    pub class_reason: String,
    /// When it runs.
    pub condition: StepCondition,
    /// In which modes that lets it run; `None` where it cannot be told.
    pub modes: Modes,
    /// It starts together with the step before it.
    pub parallel: bool,
    /// Whoever deploys cannot leave it out.
    pub required: bool,
    /// It never runs.
    pub disabled: bool,
    /// Environments it is limited to; empty means all.
    pub environments: Vec<String>,
    /// Environments it leaves out.
    pub excluded_environments: Vec<String>,
    /// Octopus' type of the action.
    pub action_type: Option<String>,
    /// Why nobody can tell from the file what it does.
    pub opaque: Option<String>,
    /// It blocks the bad release from progressing.
    pub blocks_progression: bool,
    /// It finds out whether this is a deployment, a rollback or a redeployment.
    pub calculates_mode: bool,
    /// Where it is written.
    pub evidence: Evidence,
    /// What to do with it when going back.
    pub on_rollback: Treatment,
    /// What to do with it when the same release is deployed again.
    pub on_redeploy: Treatment,
    /// The seven questions, answered as far as the file can.
    pub answers: Vec<ProcessAnswer>,
}

impl DeploymentStep {
    /// Whether it runs in an environment at all.
    pub fn runs_in(&self, environment: Option<&str>) -> bool {
        // without a name of the environment a step limited to one may be meant
        let Some(environment) = environment else {
            return !self.disabled;
        };
        let named = |list: &[String]| {
            list.iter()
                .any(|name| name.eq_ignore_ascii_case(environment))
        };
        !self.disabled
            && (self.environments.is_empty() || named(&self.environments))
            && !named(&self.excluded_environments)
    }
}

/// One process: steps in order, and what could not be read of it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Process {
    /// The file, or `process in backout.yaml`.
    pub source: String,
    /// Octopus project, when several are in one repository.
    pub project: Option<String>,
    /// It is a runbook, run by hand or by a step, not the deployment.
    pub runbook: bool,
    /// In order.
    pub steps: Vec<DeploymentStep>,
    /// Places that do not keep to the format.
    pub unchecked: Vec<Unchecked>,
    /// Where installation is skipped when the package is there already.
    pub skips_installed: Option<Evidence>,
    /// Its text, to tell whether two processes differ; empty where it does not come from a file.
    pub text: String,
}

/// What is known about how this repository is deployed.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ProcessReport {
    /// The deployment process; empty steps when none is known.
    pub process: Process,
    /// Other processes: runbooks and further projects.
    pub others: Vec<Process>,
    /// What is wrong with the process, worst first.
    pub findings: Vec<Finding>,
    /// `process.*` facts.
    pub facts: Vec<Fact>,
    /// What could not be checked.
    pub unchecked: Vec<Unchecked>,
}

impl ProcessReport {
    /// The steps with what to do about each, as the plan takes them; the step that blocks the bad
    /// release is added where none does.
    pub fn known(&self) -> Vec<KnownStep> {
        let steps: Vec<&DeploymentStep> = self
            .process
            .steps
            .iter()
            .filter(|step| !step.disabled)
            .collect();
        // what comes behind the steps is the one that is lacking
        let lacking = self
            .rollback()
            .into_iter()
            .skip(steps.len())
            .map(|(name, treatment)| KnownStep {
                name,
                kind: StepClass::Rollback.id().to_owned(),
                because: "the process has no such step".to_owned(),
                on_rollback: treatment.advice(),
                on_redeploy: Treatment::sure(StepMode::Skip, "it belongs to a rollback").advice(),
                on_deploy: Some(false),
                blocks: true,
                required: false,
                origin: None,
                evidence: None,
                questions: Vec::new(),
            });
        let there = steps.iter().map(|step| frozen::make_known_step(step));
        there.chain(lacking).collect()
    }

    /// The steps of a way back in order, each with its treatment, and the step that blocks the bad
    /// release added where none does.
    pub fn rollback(&self) -> Vec<(String, Treatment)> {
        let mut steps: Vec<(String, Treatment)> = self
            .process
            .steps
            .iter()
            .filter(|step| !step.disabled)
            .map(|step| (step.name.clone(), step.on_rollback.clone()))
            .collect();
        if !steps.is_empty()
            && !self
                .process
                .steps
                .iter()
                .any(|step| step.blocks_progression)
        {
            let why = "nothing keeps the bad release from being deployed to the next environment";
            steps.push((
                "Block the bad release from going to the next environment".to_owned(),
                Treatment::sure(StepMode::RollbackOnly, why),
            ));
        }
        steps
    }
}

/// Most bytes of one process file.
const LIMIT: usize = super::ocl::LIMIT;

/// Reads the process out of a tree and `backout.yaml` and lints it. `environment` leaves out steps
/// that never run there.
///
/// `process:` of `backout.yaml` is what people said, so it goes before the files; steps of the same
/// name take kind and treatment from it.
pub fn assess_process(
    tree: &dyn Snapshot,
    config: &Config,
    environment: Option<&str>,
) -> ProcessReport {
    let mut report = ProcessReport::default();
    let (mut found, unread) = octopus::read_octopus_processes(tree);
    report.unchecked.extend(unread.iter().map(unread_file));
    let mine = choose_process(&found, config);
    // several projects in one repository: taking any would give the steps of another service
    if let Some(mine) = mine {
        report.process = found.remove(mine);
    } else if !found.iter().all(|process| process.runbook) {
        report.unchecked.push(Unchecked {
            what: "the deployment process".into(),
            why: format!(
                "several projects have one here: {}",
                found
                    .iter()
                    .filter_map(|process| process.project.clone())
                    .collect::<Vec<_>>()
                    .join(", ")
            )
            .into(),
            settle_with: Some("set service in backout.yaml to the project's name".into()),
        });
    }
    report.others = found;
    finish_process_report(report, config, environment)
}

/// The same for a process that was handed over as a file beside the repository.
pub fn assess_given_process(
    source: &str,
    steps: Vec<DeploymentStep>,
    config: &Config,
    environment: Option<&str>,
) -> ProcessReport {
    let process = Process {
        source: source.to_owned(),
        steps,
        ..Process::default()
    };
    finish_process_report(
        ProcessReport {
            process,
            ..ProcessReport::default()
        },
        config,
        environment,
    )
}

fn finish_process_report(
    mut report: ProcessReport,
    config: &Config,
    environment: Option<&str>,
) -> ProcessReport {
    config::merge_configured_steps(&mut report.process, config);
    report
        // a disabled step stays in the list: whoever reads it should see that it is off
        .process
        .steps
        .retain(|step| step.runs_in(environment) || step.disabled);
    report
        .unchecked
        .extend(report.process.unchecked.iter().cloned());
    report.findings = lint::lint_process(&report.process, &report.others);
    report.facts = derive_process_facts(&report.process);
    report
}

fn choose_process(found: &[Process], config: &Config) -> Option<usize> {
    let deployments: Vec<usize> = (0..found.len())
        .filter(|&index| !found[index].runbook)
        .collect();
    // a runbook is no deployment
    match deployments.as_slice() {
        [] => None,
        [only] => Some(*only),
        several => {
            // the project's name is the service's, where people say it
            let service = config.service.as_deref()?;
            several.iter().copied().find(|&index| {
                found[index]
                    .project
                    .as_deref()
                    .is_some_and(|project| project.eq_ignore_ascii_case(service))
            })
        }
    }
}

fn unread_file(error: &ReadError) -> Unchecked {
    let what = error.path().to_owned();
    Unchecked {
        what: what.into(),
        why: Untrusted::visible(&error.to_string()),
        settle_with: None,
    }
}

fn derive_process_facts(process: &Process) -> Vec<Fact> {
    let steps: Vec<&DeploymentStep> = process.steps.iter().filter(|step| !step.disabled).collect();
    let key = fact_key::PROCESS_DATABASE_STEP_RERUNS;
    if steps.is_empty() {
        return Vec::new();
    }
    let database: Vec<&DeploymentStep> = steps
        .iter()
        .copied()
        .filter(|step| step.class == StepClass::Database)
        .collect();
    let places = |list: &[&DeploymentStep]| {
        list.iter()
            .map(|step| step.evidence.clone())
            .collect::<Vec<_>>()
    };
    let of = |wanted: Option<bool>| {
        database
            .iter()
            .copied()
            .filter(|step| step.modes.rollback == wanted)
            .collect::<Vec<_>>()
    };
    // one that surely runs outweighs any number that surely do not
    let (again, doubt) = (of(Some(true)), of(None));
    if let Some(first) = again.first() {
        return vec![
            Fact::sensed(key, FactValue::word("yes"))
                .with_source(format!("{} runs on a rollback as well", first.name))
                .with_evidence(places(&again)),
        ];
    }
    // a doubt is no *no*
    if let Some(first) = doubt.first() {
        return vec![
            Fact::sensed(key, FactValue::Unknown)
                .with_source(format!("the condition of {} does not tell", first.name))
                .with_evidence(places(&doubt)),
        ];
    }
    if !database.is_empty() {
        return vec![
            Fact::sensed(key, FactValue::word("no"))
                .with_source("every database step is left out on a rollback")
                .with_evidence(places(&database)),
        ];
    }
    // a step nobody can look into may hold the database step
    match steps
        .iter()
        .find(|step| step.opaque.is_some() || step.class == StepClass::Script)
    {
        Some(step) => vec![
            Fact::sensed(key, FactValue::Unknown)
                .with_source(format!(
                    "what {} does cannot be told from the file",
                    step.name
                ))
                .with_evidence([step.evidence.clone()]),
        ],
        None => vec![
            Fact::sensed(key, FactValue::word("no"))
                .with_source(format!("no step of {} touches a database", process.source)),
        ],
    }
}

#[cfg(test)]
mod fixture;
#[cfg(test)]
mod tests;
