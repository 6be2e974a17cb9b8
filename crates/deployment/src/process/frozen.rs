//! The process that going back really runs.
//!
//! Deploying an earlier release again runs its process as it was frozen when that release was made.
//! With the process in the repository that is the one of previous' tree, not of current's: a
//! condition that was added since does not protect there, a step that was added since does not run.

use super::{DeploymentStep, Process, ProcessReport, StepClass, Treatment, assess_process, lint};
use model::{
    Confidence, Config, Evidence, Fact, Finding, KnownStep, Severity, Snapshot, StepMode,
    StepOrigin, Unchecked,
};

/// Process of the way back and of the way forward.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Ways {
    /// As frozen with previous.
    pub back: ProcessReport,
    /// As current has it.
    pub forward: ProcessReport,
    /// How the two differ, one clause each; empty where they do not.
    pub differences: Vec<String>,
    /// Of both, worst first, each once.
    pub findings: Vec<Finding>,
    /// `process.*` facts, of the way back.
    pub facts: Vec<Fact>,
    /// What could not be checked.
    pub unchecked: Vec<Unchecked>,
}

/// Names of the two releases.
#[derive(Debug, Clone, Copy)]
pub struct ReleaseNames<'a> {
    /// Version of previous.
    pub previous: &'a str,
    /// Its commit.
    pub previous_commit: &'a str,
}

/// Reads both processes and sets them beside each other.
pub fn compare_frozen_processes(
    previous: &dyn Snapshot,
    current: &dyn Snapshot,
    config: &Config,
    environment: Option<&str>,
    names: ReleaseNames<'_>,
) -> Ways {
    let forward = assess_process(current, config, environment);
    let frozen = assess_process(previous, config, environment);
    // steps of backout.yaml alone are of both releases and no freeze
    let from_files = |report: &ProcessReport| {
        report.process.steps.iter().any(|step| {
            step.evidence
                .path
                .as_ref()
                .map(model::Untrusted::as_raw)
                .is_some_and(|path| path.ends_with(".ocl"))
        })
    };
    let mut unchecked = forward.unchecked.clone();
    // backout.yaml speaks for both releases: only what lies in the trees can differ
    // nothing is known of the frozen process, and today's is the best guess
    if !from_files(&frozen) {
        if from_files(&forward) {
            unchecked.push(Unchecked {
                what: format!("the process frozen with {}", names.previous).into(),
                why: format!(
                    "{} has no process in its tree, so the steps shown are those of today; \
                        deploying it again runs what was frozen then",
                    names.previous
                )
                .into(),
                settle_with: Some("look at the process snapshot on its release page".into()),
            });
        }
        return Ways {
            back: forward.clone(),
            differences: Vec::new(),
            findings: forward.findings.clone(),
            facts: forward.facts.clone(),
            unchecked,
            forward,
        };
    }
    let mut back = frozen;
    // the same text has the same steps, so nothing has to be compared
    let differences = if back.process.text == forward.process.text {
        Vec::new()
    } else {
        list_process_differences(&back.process, &forward.process)
    };
    // without a difference one and the same place would have two names
    if !differences.is_empty() {
        mark_frozen_places(&mut back, names.previous_commit);
    }
    let mut findings = back.findings.clone();
    let known = |finding: &Finding, list: &[Finding]| {
        list.iter()
            .any(|other| other.check == finding.check && other.subject == finding.subject)
    };
    // what today's process has wrong matters for the next way out
    findings.extend(
        forward
            .findings
            .iter()
            .filter(|finding| !known(finding, &back.findings))
            .cloned(),
    );
    if !differences.is_empty() {
        findings.push(make_changed_process_finding(
            &back,
            &forward,
            &differences,
            names,
        ));
    }
    findings.sort_by_key(|finding| finding.severity);
    unchecked.extend(
        back.unchecked
            .iter()
            .filter(|one| !forward.unchecked.contains(one))
            .cloned(),
    );
    Ways {
        facts: back.facts.clone(),
        back,
        forward,
        differences,
        findings,
        unchecked,
    }
}

/// A warning where the frozen process would deploy the database that today's leaves alone.
fn make_changed_process_finding(
    back: &ProcessReport,
    forward: &ProcessReport,
    differences: &[String],
    names: ReleaseNames<'_>,
) -> Finding {
    let says = format!(
        "deploying {} again runs its process as it was frozen: {}",
        names.previous,
        differences.join("; ")
    );
    // today's process protects the database and the frozen one does not: that is the trap
    let risky = forward
        .process
        .steps
        .iter()
        .any(|step| step.class == StepClass::Database && step.modes.rollback == Some(false))
        && back.process.steps.iter().any(|step| {
            step.class == StepClass::Database
                && !step.disabled
                && step.modes.rollback != Some(false)
        });
    let severity = if risky {
        Severity::Warns
    } else {
        Severity::Notes
    };
    let place = Evidence {
        path: Some(back.process.source.clone().into()),
        commit: Some(names.previous_commit.to_owned()),
        ..Evidence::default()
    };
    lint::make_process_finding(
        &lint::CHANGED,
        severity,
        Confidence::Proven,
        "deployment process",
        says,
        place,
    )
}

/// Places in files of the process get the commit they were frozen with.
fn mark_frozen_places(back: &mut ProcessReport, commit: &str) {
    let place = |evidence: &mut Evidence| {
        if evidence
            .path
            .as_ref()
            .map(model::Untrusted::as_raw)
            .is_some_and(|path| path.ends_with(".ocl"))
        {
            evidence.commit = Some(commit.to_owned());
        }
    };
    back.process
        .steps
        .iter_mut()
        .for_each(|step| place(&mut step.evidence));
    back.findings
        .iter_mut()
        .flat_map(|finding| &mut finding.evidence)
        .for_each(place);
    back.facts
        .iter_mut()
        .flat_map(|fact| &mut fact.evidence)
        .for_each(place);
}

impl Ways {
    /// Steps of both ways, as the plan takes them.
    pub fn known(&self) -> Vec<KnownStep> {
        if self.differences.is_empty() {
            return self.back.known();
        }
        // a disabled step runs in neither
        let active = |process: &Process| {
            process
                .steps
                .iter()
                .filter(|step| !step.disabled)
                .cloned()
                .collect::<Vec<DeploymentStep>>()
        };
        let (old, new) = (active(&self.back.process), active(&self.forward.process));
        let same = |list: &[DeploymentStep], name: &str| {
            list.iter()
                .find(|step| step.name.eq_ignore_ascii_case(name))
                .cloned()
        };
        let there = old.iter().map(|step| {
            let now = same(&new, &step.name);
            KnownStep {
                // a step that is gone now still runs on the way back
                on_deploy: now.as_ref().map_or(Some(false), |now| now.modes.deploy),
                origin: now.is_none().then_some(StepOrigin::Previous),
                ..make_known_step(step)
            }
        });
        let since = new
            .iter()
            .filter(|step| same(&old, &step.name).is_none())
            .map(|step| {
                // what people do by hand is still to be done, though the frozen process lacks it
                let advice = match (step.class, step.blocks_progression) {
                    (_, true) => Treatment::sure(
                        StepMode::RollbackOnly,
                        "the frozen process has no such step: do it by hand",
                    ),
                    (StepClass::Verify, _) => Treatment::sure(
                        StepMode::Verify,
                        "the frozen process has no such step: do it by hand",
                    ),
                    (StepClass::Manual | StepClass::Notify, _) => Treatment::sure(
                        StepMode::Run,
                        "the frozen process has no such step: do it by hand",
                    ),
                    // a step of a later process cannot run, whatever it does
                    _ => Treatment {
                        today: Some(false),
                        ..Treatment::sure(
                            StepMode::Skip,
                            "it came in later, so the frozen process does not run it",
                        )
                    },
                };
                KnownStep {
                    on_rollback: advice.advice(),
                    origin: Some(StepOrigin::Current),
                    ..make_known_step(step)
                }
            });
        let mut steps: Vec<KnownStep> = there.chain(since).collect();
        // the frozen process may lack the step that blocks, and today's may have it
        if !steps.iter().any(|step| step.blocks) {
            steps.extend(
                self.back
                    .known()
                    .into_iter()
                    .filter(|step| step.evidence.is_none()),
            );
        }
        steps
    }
}

/// A step as the plan takes it.
pub(super) fn make_known_step(step: &DeploymentStep) -> KnownStep {
    KnownStep {
        name: step.name.clone(),
        kind: step.class.id().to_owned(),
        because: step.class_reason.clone(),
        on_rollback: step.on_rollback.advice(),
        on_redeploy: step.on_redeploy.advice(),
        on_deploy: step.modes.deploy,
        blocks: step.blocks_progression,
        required: step.required,
        origin: None,
        evidence: Some(step.evidence.clone()),
        questions: step
            .answers
            .iter()
            .map(super::ProcessAnswer::plain)
            .collect(),
    }
}

// more clauses make no sentence
/// Most differences that are named.
const NAMED: usize = 8;

fn list_process_differences(old: &Process, new: &Process) -> Vec<String> {
    let find = |process: &'_ Process, name: &str| {
        process
            .steps
            .iter()
            .position(|step| step.name.eq_ignore_ascii_case(name))
    };
    let mut said = Vec::new();
    // one clause a step: the first that differs tells enough
    for step in &old.steps {
        match find(new, &step.name).and_then(|at| new.steps.get(at)) {
            None => said.push(format!("{} was taken out since and runs again", step.name)),
            Some(now) if step.disabled != now.disabled => said.push(format!(
                "{} {}",
                step.name,
                if step.disabled {
                    "was off then"
                } else {
                    "was on then"
                }
            )),
            Some(now) if step.condition != now.condition => {
                said.push(format!("the condition of {} was another", step.name))
            }
            Some(now) if step.required != now.required => said.push(format!(
                "{} {}",
                step.name,
                if step.required {
                    "was required then"
                } else {
                    "was not required then"
                }
            )),
            Some(now) if step.action_type != now.action_type => {
                said.push(format!("{} was of another kind", step.name))
            }
            Some(now)
                if (&step.environments, &step.excluded_environments)
                    != (&now.environments, &now.excluded_environments) =>
            {
                said.push(format!("{} ran in other environments", step.name));
            }
            Some(_) => {}
        }
    }
    said.extend(
        new.steps
            .iter()
            .filter(|step| find(old, &step.name).is_none())
            .map(|step| format!("{} is not in it", step.name)),
    );
    // the texts differ, so something does, even where no step shows it
    if said.is_empty() {
        said.push(
            "the steps are the same, their scripts, packages or settings were others".to_owned(),
        );
    }
    if said.len() > NAMED {
        let more = said.len() - NAMED;
        said.truncate(NAMED);
        said.push(format!("{more} more differences"));
    }
    said
}
