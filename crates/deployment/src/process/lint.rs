//! What is wrong with a process on the way back, with file and line.

#[cfg(test)]
use super::fixture;
use super::{DeploymentStep, Process, StepClass, StepCondition, condition};
use model::{
    CheckDeclaration, CheckDoc, Confidence, Direction, Domain, Evidence, Finding, Severity,
    StepMode, check_cases, shorten_text,
};

pub(crate) static CHANGED: CheckDeclaration = CheckDeclaration {
    doc: CheckDoc {
        id: "process/changed-in-range",
        title: "The process changed since the previous release was made",
        domain: Domain::Process,
        direction: Direction::Rollback,
        looks_for: "Differences between the deployment process in the previous release's tree and \
            the one in the new release's.",
        why: "Deploying the previous release again runs the process as it was frozen then: \
            conditions and steps that were added since are not in it.",
        action: "Read the steps of the way back on screen 7: they are those of the previous \
            release's process. Do by hand what it lacks.",
        example: "The condition RunOnDeploy on the database step came in with 3.1.0, so \
            redeploying 3.0.0 runs that step again.",
        source: "The guide, rules 7 and 8; Octopus' documentation on snapshots.",
    },
    grades: None,
    place: module_path!(),
    cases: check_cases!(test, |_| fixture::make_changed_fixtures().into()),
};

pub(crate) static RERUNS: CheckDeclaration = CheckDeclaration {
    doc: CheckDoc {
        id: "process/database-step-reruns",
        title: "A database step would run again",
        domain: Domain::Process,
        direction: Direction::Rollback,
        looks_for: "Database steps whose condition lets them run on a rollback: no condition on \
            the deployment mode, or one that includes Rollback.",
        why: "Deploying the previous release runs its database step with the old package on the \
            new schema; depending on the tool, data is lost.",
        action: "Give the step the condition RunOnDeploy of Calculate Deployment Mode, or leave it \
            out by hand when you roll back.",
        example: "step \"deploy-database\" without a condition.",
        source: "The guide, rules 49, 53 and 58, and N17.",
    },
    grades: None,
    place: module_path!(),
    cases: check_cases!(test, |_| fixture::make_rerun_fixtures().into()),
};
pub(crate) static LONG_WORD: CheckDeclaration = CheckDeclaration {
    doc: CheckDoc {
        id: "process/condition-long-word",
        title: "A condition compares with a word that nothing ever sets",
        domain: Domain::Process,
        direction: Direction::Both,
        looks_for: "Conditions that compare DeploymentMode with Deployment or Redeployment.",
        why: "The step template's description promises the long words, its code writes Deploy and \
            Redeploy, so the comparison never fires.",
        action: "Compare with Deploy, Rollback or Redeploy, or use the ready-made RunOn outputs.",
        example: "#{if Octopus.Action[Calculate Deployment Mode].Output.DeploymentMode == \
            \"Deployment\"}True#{/if}",
        source: "Source of the step template Calculate Deployment Mode; the guide, N1 and N2.",
    },
    grades: None,
    place: module_path!(),
    cases: check_cases!(test, |_| fixture::make_long_word_fixtures().into()),
};
pub(crate) static UNGUARDED: CheckDeclaration = CheckDeclaration {
    doc: CheckDoc {
        id: "process/condition-runs-after-failure",
        title: "A hand-written condition runs after a failure",
        domain: Domain::Process,
        direction: Direction::Both,
        looks_for: "Variable conditions that are neither ready-made nor wrapped in `unless \
            Octopus.Deployment.Error`.",
        why: "Octopus evaluates a variable condition even after an earlier step failed, so the \
            step runs in the middle of a broken deployment.",
        action: "Wrap the condition in #{unless Octopus.Deployment.Error}...#{/unless}.",
        example: "#{if Octopus.Action[Calculate Deployment Mode].Output.DeploymentMode == \
            \"Rollback\"}True#{/if}",
        source: "The guide, N3.",
    },
    grades: None,
    place: module_path!(),
    cases: check_cases!(test, |_| fixture::make_unguarded_fixtures().into()),
};
pub(crate) static UNKNOWN_STEP: CheckDeclaration = CheckDeclaration {
    doc: CheckDoc {
        id: "process/condition-without-its-step",
        title: "A condition reads the output of a step that does not run before it",
        domain: Domain::Process,
        direction: Direction::Both,
        looks_for: "Conditions on Octopus.Action[NAME].Output where no step of that name comes \
            earlier.",
        why: "The output is then empty, so the condition is false and the step never runs, or the \
            text stays and counts as true.",
        action: "Put the step that calculates the deployment mode first, under exactly that name.",
        example: "RunOnDeploy of Calculate Deployment Mode in a process without that step.",
        source: "The guide, N1 and N2.",
    },
    grades: None,
    place: module_path!(),
    cases: check_cases!(test, |_| fixture::make_unknown_step_fixtures().into()),
};
pub(crate) static OPAQUE: CheckDeclaration = CheckDeclaration {
    doc: CheckDoc {
        id: "process/opaque-step",
        title: "Nobody can tell from the file what a step does",
        domain: Domain::Process,
        direction: Direction::Rollback,
        looks_for: "Steps from step templates and process templates, and scripts that lie in a \
            package.",
        why: "Such a step may hold the database deployment or something that must not happen \
            twice.",
        action: "Name the step under process: in backout.yaml with its kind and what to do on a \
            rollback.",
        example: "An action with Octopus.Action.Template.Id and no action_type.",
        source: "The guide, rules 50 and 98; Octopus' Config-as-Code format.",
    },
    grades: None,
    place: module_path!(),
    cases: check_cases!(test, |_| fixture::make_opaque_fixtures().into()),
};
pub(crate) static REQUIRED: CheckDeclaration = CheckDeclaration {
    doc: CheckDoc {
        id: "process/required-step",
        title: "A step that should be left out cannot be",
        domain: Domain::Process,
        direction: Direction::Rollback,
        looks_for: "Required steps that should be skipped on a rollback and have no condition that \
            does it.",
        why: "Whoever rolls back cannot leave the step out by hand.",
        action: "Give the step a condition on the deployment mode, or take is_required away.",
        example: "A database step with is_required = true.",
        source: "The guide, rules 48 to 50.",
    },
    grades: None,
    place: module_path!(),
    cases: check_cases!(test, |_| fixture::make_required_fixtures().into()),
};
pub(crate) static SKIPS: CheckDeclaration = CheckDeclaration {
    doc: CheckDoc {
        id: "process/skip-if-already-installed",
        title: "Installation is skipped where the package is there already",
        domain: Domain::Process,
        direction: Direction::Rollback,
        looks_for: "Octopus.Action.Package.SkipIfAlreadyInstalled as variable or property, or the \
            project setting of the same meaning.",
        why: "Going back is quick, but the journal keeps the bad release as its newest entry, \
            nobody checks that the old folder still exists, and only Windows and Linux targets \
            know it.",
        action: "Look on a target that the old folder is there, and set the variable only when the \
            mode is not Deploy.",
        example: "variable \"Octopus.Action.Package.SkipIfAlreadyInstalled\" with the value True.",
        source: "The guide, rules 62 to 65; Calamari's source.",
    },
    grades: None,
    place: module_path!(),
    cases: check_cases!(test, |_| fixture::make_skip_fixtures().into()),
};
pub(crate) static NOTHING_BLOCKS: CheckDeclaration = CheckDeclaration {
    doc: CheckDoc {
        id: "process/nothing-blocks-the-bad-release",
        title: "Nothing blocks the bad release",
        domain: Domain::Process,
        direction: Direction::Rollback,
        looks_for: "Processes without a step that blocks release progression.",
        why: "After a rollback the bad release can still be promoted to the next environment.",
        action: "Add Block Release Progression with the condition RunOnRollback, or block the \
            release by hand once it is over.",
        example: "A process of six steps, none of which blocks.",
        source: "The guide, N4.",
    },
    grades: None,
    place: module_path!(),
    cases: check_cases!(test, |_| fixture::make_blocking_fixtures().into()),
};

pub(super) fn make_process_finding(
    check: &CheckDeclaration,
    severity: Severity,
    confidence: Confidence,
    subject: &str,
    says: String,
    evidence: Evidence,
) -> Finding {
    check
        .doc
        .make_finding(severity, confidence, subject, says, vec![evidence])
}

/// Findings of a process, worst first. Runbooks of the same repository are looked at for conditions
/// only.
pub(super) fn lint_process(process: &Process, others: &[Process]) -> Vec<Finding> {
    let mut found = Vec::new();
    let active: Vec<&DeploymentStep> = process.steps.iter().filter(|step| !step.disabled).collect();
    for (index, step) in active.iter().enumerate() {
        lint_step_conditions(step, &mut found);
        lint_step_outputs(step, &active[..index], &mut found);
        lint_step_treatments(step, &mut found);
    }
    // a runbook has no way back, but its conditions fail in the same way
    for step in others
        .iter()
        .filter(|other| other.runbook)
        .flat_map(|other| &other.steps)
        .filter(|step| !step.disabled)
    {
        lint_step_conditions(step, &mut found);
    }
    if let Some(place) = &process.skips_installed {
        let says = "packages that are installed already are skipped".to_owned();
        found.push(make_process_finding(
            &SKIPS,
            Severity::Notes,
            Confidence::Proven,
            "SkipIfAlreadyInstalled",
            says,
            place.clone(),
        ));
    }
    // a process without steps is unknown, and nothing follows from it
    if !active.is_empty() && !active.iter().any(|step| step.blocks_progression) {
        let place = Evidence {
            path: active[0].evidence.path.clone(),
            line: None,
            excerpt: None,
            ..Evidence::default()
        };
        let says = format!(
            "after a rollback, none of the {} steps keeps the bad release from being deployed \
                again",
            active.len()
        );
        found.push(make_process_finding(
            &NOTHING_BLOCKS,
            Severity::Notes,
            Confidence::Proven,
            "block release progression",
            says,
            place,
        ));
    }
    found.sort_by_key(|finding| finding.severity);
    found
}

fn lint_step_conditions(step: &DeploymentStep, found: &mut Vec<Finding>) {
    let StepCondition::Variable(expression) = &step.condition else {
        return;
    };
    for (_, word) in condition::list_compared_mode_words(expression)
        .into_iter()
        .filter(|(_, word)| condition::never_written(word))
    {
        let says = format!(
            "the condition of {} waits for {word}, which nothing ever sets",
            step.name
        );
        found.push(make_process_finding(
            &LONG_WORD,
            Severity::Warns,
            Confidence::Proven,
            &step.name,
            says,
            quote_step_expression(step, expression),
        ));
    }
    let lower = expression.to_ascii_lowercase();
    let guarded = lower.contains("octopus.deployment.error")
        || condition::ready_made(expression)
        // the template's own outputs are false after a failure
        || lower.contains(".output.runon");
    // `false` never runs
    if !guarded && !expression.trim().eq_ignore_ascii_case("false") {
        let says = format!("{} may run after an earlier step failed", step.name);
        found.push(make_process_finding(
            &UNGUARDED,
            Severity::Warns,
            Confidence::Proven,
            &step.name,
            says,
            quote_step_expression(step, expression),
        ));
    }
}

fn quote_step_expression(step: &DeploymentStep, expression: &str) -> Evidence {
    Evidence {
        excerpt: Some(shorten_text(expression, 200).into_owned().into()),
        ..step.evidence.clone()
    }
}

fn lint_step_outputs(step: &DeploymentStep, earlier: &[&DeploymentStep], found: &mut Vec<Finding>) {
    let StepCondition::Variable(expression) = &step.condition else {
        return;
    };
    let Some(name) = expression
        .split_once("Octopus.Action[")
        .and_then(|(_, rest)| rest.split_once("].Output"))
        .map(|(name, _)| name.trim())
    else {
        return;
    };
    let named = |earlier: &&DeploymentStep| {
        earlier.name.eq_ignore_ascii_case(name)
            // an action in a step of several is named `step: action`
            || earlier
                .name
                .rsplit(": ")
                .next()
                .is_some_and(|own| own.eq_ignore_ascii_case(name))
    };
    if !earlier.iter().any(named) {
        let says = format!(
            "{} waits for an output of {}, and no step of that name runs before it",
            step.name,
            shorten_text(name, 60)
        );
        found.push(make_process_finding(
            &UNKNOWN_STEP,
            Severity::Warns,
            Confidence::Proven,
            &step.name,
            says,
            quote_step_expression(step, expression),
        ));
    }
}

fn lint_step_treatments(step: &DeploymentStep, found: &mut Vec<Finding>) {
    // being required matters only where the advice leaves the step out
    let wanted_out = step.on_rollback.how == StepMode::Skip;
    if step.class == StepClass::Database && step.modes.rollback != Some(false) {
        // a condition that cannot be told may still leave it out
        let (confidence, verb) = if step.modes.rollback == Some(true) {
            (Confidence::Proven, "runs")
        } else {
            (Confidence::Hint, "may run")
        };
        let says = format!(
            "{} {verb} again on a rollback ({})",
            step.name, step.class_reason
        );
        found.push(make_process_finding(
            &RERUNS,
            Severity::Warns,
            confidence,
            &step.name,
            says,
            step.evidence.clone(),
        ));
    }
    if step.required && wanted_out && step.modes.rollback != Some(false) {
        let says = format!(
            "{} is required, so whoever rolls back cannot leave it out",
            step.name
        );
        found.push(make_process_finding(
            &REQUIRED,
            Severity::Warns,
            Confidence::Proven,
            &step.name,
            says,
            step.evidence.clone(),
        ));
    }
    if let Some(why) = &step.opaque {
        let says = format!("what {} does cannot be told: {why}", step.name);
        found.push(make_process_finding(
            &OPAQUE,
            Severity::Notes,
            Confidence::Proven,
            &step.name,
            says,
            step.evidence.clone(),
        ));
    }
}
