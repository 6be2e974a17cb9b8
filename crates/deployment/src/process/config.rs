//! Steps that people wrote into `process:` of `backout.yaml`.

use super::condition::Modes;
use super::{
    DeploymentStep, Process, StepClass, StepCondition, Treatment, class, questions, treatment,
};
use model::{Config, Evidence, ProcessStep, StepMode, escape_invisible};

/// Adds the steps of `backout.yaml`, or lets them speak for steps of the same name.
pub(super) fn merge_configured_steps(process: &mut Process, config: &Config) {
    if config.process.is_empty() {
        return;
    }
    let from_files = !process.steps.is_empty();
    if !from_files {
        process.source = "process in backout.yaml".to_owned();
    }
    // nobody writes more by hand, and each is looked up among all
    for stated in config.process.iter().take(1000) {
        let name = escape_invisible(stated.name.trim()).into_owned();
        match process
            .steps
            .iter_mut()
            // by name without case: people write it from memory
            .find(|step| step.name.eq_ignore_ascii_case(&name))
        {
            Some(step) => apply_configured_step(step, stated),
            None => {
                let mut step = make_configured_step(&name, process.steps.len() + 1);
                // what the file does not name runs in addition, after the others
                apply_configured_step(&mut step, stated);
                process.steps.push(step);
            }
        }
    }
}

fn make_configured_step(name: &str, number: usize) -> DeploymentStep {
    let hints = class::StepHints {
        name,
        ..class::StepHints::default()
    };
    let (class, class_reason) = class::classify_step(&hints);
    DeploymentStep {
        name: name.to_owned(),
        number,
        class,
        class_reason,
        condition: StepCondition::Success,
        modes: Modes::ALL,
        parallel: false,
        required: false,
        disabled: false,
        environments: Vec::new(),
        excluded_environments: Vec::new(),
        action_type: None,
        opaque: None,
        blocks_progression: class::is_release_blocking_step(&hints),
        calculates_mode: class::calculates_mode(&hints),
        evidence: Evidence {
            path: Some("backout.yaml".into()),
            line: None,
            excerpt: Some(name.into()),
            ..Evidence::default()
        },
        on_rollback: Treatment::sure(StepMode::Run, ""),
        on_redeploy: Treatment::sure(StepMode::Run, ""),
        answers: Vec::new(),
    }
}

fn apply_configured_step(step: &mut DeploymentStep, stated: &ProcessStep) {
    if let Some(class) = stated.kind.as_deref().and_then(StepClass::of) {
        step.class = class;
        step.class_reason = "backout.yaml says so".to_owned();
        // a person said what it is, so it is opaque no more
        step.opaque = None;
    }
    let runs = |word: Option<&str>| match word {
        Some("skip") => Some(false),
        Some("run" | "only") => Some(true),
        _ => None,
    };
    // before `on_deploy`, which may still say that it runs there too
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
    let (mut back, again) = treatment::derive_step_treatments(step);
    let said = match stated.on_rollback.as_deref() {
        Some("skip") => Some(StepMode::Skip),
        Some("run") => Some(StepMode::Run),
        Some("only") => Some(StepMode::RollbackOnly),
        _ => None,
    };
    // a database step that is said to run again is still advised against
    if let Some(how) =
        said.filter(|how| !(step.class == StepClass::Database && *how == StepMode::Run))
    {
        // who agrees with the advice keeps its reason
        if how != back.how {
            back.why = "backout.yaml says so".to_owned();
        }
        back.how = how;
        back.settled = true;
    }
    step.on_rollback = back;
    step.on_redeploy = again;
    step.answers = questions::answer_step_questions(step);
}
