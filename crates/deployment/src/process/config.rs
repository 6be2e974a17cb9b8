//! Steps that people wrote into `process:` of `backout.yaml`.

use super::condition::Modes;
use super::{Class, Condition, Process, Step, Treatment, class, questions, treatment};
use model::{Config, Evidence, ProcessStep, StepMode, visible};

/// Adds the steps of `backout.yaml`, or lets them speak for steps of the same name.
pub(super) fn merge(process: &mut Process, config: &Config) {
    if config.process.is_empty() {
        return;
    }
    let from_files = !process.steps.is_empty();
    if !from_files {
        process.source = "process in backout.yaml".to_owned();
    }
    for stated in config.process.iter().take(1000) {
        let name = visible(stated.name.trim()).into_owned();
        match process
            .steps
            .iter_mut()
            .find(|step| step.name.eq_ignore_ascii_case(&name))
        {
            Some(step) => tell(step, stated),
            None => {
                let mut step = make(&name, process.steps.len() + 1);
                tell(&mut step, stated);
                process.steps.push(step);
            }
        }
    }
}

fn make(name: &str, number: usize) -> Step {
    let hints = class::Hints {
        name,
        ..class::Hints::default()
    };
    let (class, class_reason) = class::class(&hints);
    Step {
        name: name.to_owned(),
        number,
        class,
        class_reason,
        condition: Condition::Success,
        modes: Modes::ALL,
        parallel: false,
        required: false,
        disabled: false,
        environments: Vec::new(),
        excluded_environments: Vec::new(),
        action_type: None,
        opaque: None,
        blocks_progression: class::blocks(&hints),
        calculates_mode: class::calculates_mode(&hints),
        evidence: Evidence {
            path: Some("backout.yaml".to_owned()),
            line: None,
            excerpt: Some(name.to_owned()),
            ..Evidence::default()
        },
        on_rollback: Treatment::sure(StepMode::Run, ""),
        on_redeploy: Treatment::sure(StepMode::Run, ""),
        answers: Vec::new(),
    }
}

fn tell(step: &mut Step, stated: &ProcessStep) {
    if let Some(class) = stated.kind.as_deref().and_then(Class::of) {
        step.class = class;
        step.class_reason = "backout.yaml says so".to_owned();
        step.opaque = None;
    }
    let runs = |word: Option<&str>| match word {
        Some("skip") => Some(false),
        Some("run" | "only") => Some(true),
        _ => None,
    };
    let only = stated.on_rollback.as_deref() == Some("only");
    if let Some(back) = runs(stated.on_rollback.as_deref()) {
        step.modes.rollback = Some(back);
    }
    if only {
        step.modes = Modes {
            deploy: Some(false),
            rollback: Some(true),
            redeploy: Some(false),
        };
    }
    if let Some(deploy) = runs(stated.on_deploy.as_deref()) {
        step.modes.deploy = Some(deploy);
    }
    let (mut back, again) = treatment::of(step);
    let said = match stated.on_rollback.as_deref() {
        Some("skip") => Some(StepMode::Skip),
        Some("run") => Some(StepMode::Run),
        Some("only") => Some(StepMode::RollbackOnly),
        _ => None,
    };
    // a database step that is said to run again is still advised against
    if let Some(how) = said.filter(|how| !(step.class == Class::Database && *how == StepMode::Run))
    {
        if how != back.how {
            back.why = "backout.yaml says so".to_owned();
        }
        back.how = how;
        back.settled = true;
    }
    step.on_rollback = back;
    step.on_redeploy = again;
    step.answers = questions::answers(step);
}
