use proptest::prelude::*;

use super::fixture::{
    SCRIPT, compare_processes as pair, make_tree as tree, read_process_text as of,
    write_step as step,
};
use super::*;
use model::{ProcessStep, Severity, StepOrigin};

const SIX: &str = include_str!("../../../../tests/fixtures/deployment/six_steps.ocl");
const RESOLVED: &str = include_str!("../../../../tests/fixtures/deployment/six_steps_resolved.ocl");

fn checks(report: &ProcessReport) -> Vec<&str> {
    report
        .findings
        .iter()
        .map(|finding| finding.check.as_str())
        .collect()
}

/// The guide names six steps and, on its later pages, says what becomes of each.
#[test]
fn the_six_step_example_comes_out_as_the_guide_resolves_it() {
    use StepMode::{RollbackOnly, Run, Skip};
    let report = of(SIX);
    let classes: Vec<StepClass> = report.process.steps.iter().map(|step| step.class).collect();
    assert_eq!(
        classes,
        [
            StepClass::Database,
            StepClass::Database,
            StepClass::Service,
            StepClass::Website,
            StepClass::Manual,
            StepClass::Notify
        ]
    );
    let plan: Vec<(String, StepMode)> = report
        .rollback()
        .into_iter()
        .map(|(name, treatment)| (name, treatment.how))
        .collect();
    assert_eq!(
        plan,
        [
            ("Create database if missing".to_owned(), Skip),
            ("Deploy database changes".to_owned(), Skip),
            ("Deploy service".to_owned(), Run),
            ("Deploy website".to_owned(), Run),
            ("Pause for manual verification".to_owned(), Run),
            ("Notify stakeholders".to_owned(), Run),
            (
                "Block the bad release from going to the next environment".to_owned(),
                RollbackOnly
            ),
        ]
    );
    let again: Vec<StepMode> = report
        .process
        .steps
        .iter()
        .map(|step| step.on_redeploy.how)
        .collect();
    assert_eq!(again, [Skip, Skip, Skip, Run, Skip, Run]);
    assert_eq!(report.facts[0].value, FactValue::word("yes"));
    assert_eq!(report.facts[0].evidence[0].line, Some(1));
    let reruns = report
        .findings
        .iter()
        .filter(|finding| finding.check == "process/database-step-reruns")
        .count();
    assert_eq!(reruns, 2);
    assert!(checks(&report).contains(&"process/nothing-blocks-the-bad-release"));
}

#[test]
fn the_resolved_example_has_nothing_to_say_against() {
    let report = of(RESOLVED);
    assert_eq!(report.unchecked, []);
    assert_eq!(report.facts[0].value, FactValue::word("no"));
    assert_eq!(checks(&report), [""; 0]);
    let only: Vec<&str> = report
        .process
        .steps
        .iter()
        .filter(|step| step.on_rollback.how == StepMode::RollbackOnly)
        .map(|step| step.name.as_str())
        .collect();
    assert_eq!(only, ["Rollback reason", "Block Release Progression"]);
    assert!(
        report
            .process
            .steps
            .iter()
            .all(|step| !step.on_rollback.differs()),
        "{:#?}",
        report.process.steps
    );
    assert_eq!(report.rollback().len(), report.process.steps.len());
}

#[test]
fn seven_questions_are_answered_for_each_step() {
    let report = of(SIX);
    for step in &report.process.steps {
        assert_eq!(
            step.answers
                .iter()
                .map(|answer| answer.question)
                .collect::<Vec<_>>(),
            ProcessQuestion::ALL
        );
        assert!(step.answers.iter().all(|answer| answer.says.ends_with('.')));
    }
    let of = |index: usize, question: ProcessQuestion| {
        report.process.steps[index]
            .answers
            .iter()
            .find(|answer| answer.question == question)
            .unwrap()
    };
    assert!(
        of(1, ProcessQuestion::Database)
            .says
            .contains("would run again")
            && of(1, ProcessQuestion::Database).settled
    );
    assert!(
        of(2, ProcessQuestion::Platform)
            .says
            .contains("binary path")
    );
    assert!(
        of(4, ProcessQuestion::Manual)
            .says
            .contains("waits for a person")
    );
    assert!(!of(3, ProcessQuestion::FullRedeploy).settled);
    assert_eq!(
        ProcessQuestion::ALL.map(ProcessQuestion::rule),
        [45, 46, 47, 48, 49, 50, 51]
    );
}

#[test]
fn variables_and_settings_beside_the_process_are_read() {
    let web = step("Deploy web", "", SCRIPT);
    let variables =
        "variable \"Octopus.Action.Package.SkipIfAlreadyInstalled\" {\n    value \"True\" {}\n}\n";
    let report = assess_process(
        &tree(&[
            (".octopus/deployment_process.ocl", &web),
            (".octopus/variables.ocl", variables),
        ]),
        &Config::default(),
        None,
    );
    let found = report
        .findings
        .iter()
        .find(|finding| finding.check == "process/skip-if-already-installed")
        .unwrap();
    assert_eq!(
        (found.evidence[0].raw_path(), found.evidence[0].line),
        (Some(".octopus/variables.ocl"), Some(1))
    );
    let settings = "default_to_skip_if_already_installed = true\n";
    let report = assess_process(
        &tree(&[
            (".octopus/deployment_process.ocl", &web),
            (".octopus/deployment_settings.ocl", settings),
        ]),
        &Config::default(),
        None,
    );
    assert!(checks(&report).contains(&"process/skip-if-already-installed"));
}

#[test]
fn backout_yaml_speaks_for_steps() {
    let mut config = Config::default();
    config.process.push(ProcessStep {
        name: "do things".to_owned(),
        kind: Some("database".to_owned()),
        on_rollback: Some("skip".to_owned()),
        on_deploy: None,
    });
    config.process.push(ProcessStep {
        name: "Tell customers".to_owned(),
        kind: Some("notify".to_owned()),
        on_rollback: Some("only".to_owned()),
        on_deploy: None,
    });
    let opaque = step(
        "Do things",
        "",
        "        properties = {\n            Octopus.Action.Template.Id = \
            \"ActionTemplates-141\"\n        }",
    );
    let report = assess_process(
        &tree(&[(".octopus/deployment_process.ocl", &opaque)]),
        &config,
        None,
    );
    let seen: Vec<(StepClass, StepMode)> = report
        .process
        .steps
        .iter()
        .map(|step| (step.class, step.on_rollback.how))
        .collect();
    assert_eq!(
        seen,
        [
            (StepClass::Database, StepMode::Skip),
            (StepClass::Notify, StepMode::RollbackOnly)
        ]
    );
    assert_eq!(report.facts[0].value, FactValue::word("no"));
    assert!(!checks(&report).contains(&"process/opaque-step"));
    let alone = assess_process(&tree(&[]), &config, None);
    assert_eq!(
        (alone.process.source.as_str(), alone.process.steps.len()),
        ("process in backout.yaml", 2)
    );
}

#[test]
fn a_database_step_that_is_said_to_run_again_is_still_told() {
    let mut config = Config::default();
    config.process.push(ProcessStep {
        name: "Deploy database".to_owned(),
        kind: Some("database".to_owned()),
        on_rollback: Some("run".to_owned()),
        on_deploy: None,
    });
    let report = assess_process(&tree(&[]), &config, None);
    assert_eq!(report.facts[0].value, FactValue::word("yes"));
    assert_eq!(report.process.steps[0].on_rollback.how, StepMode::Skip);
    assert!(report.process.steps[0].on_rollback.differs());
}

#[test]
fn opaque_processes_leave_the_question_open_and_none_gives_no_fact() {
    let report = of(&step("Run it", "", SCRIPT));
    assert_eq!(report.facts[0].value, FactValue::Unknown);
    assert_eq!(
        of("process_template \"x\" {\n    process_template_slug = \"deploy\"\n}\n").facts[0].value,
        FactValue::Unknown
    );
    assert!(
        assess_process(&tree(&[("README.md", "x")]), &Config::default(), None)
            .facts
            .is_empty()
    );
    let only_web = step("Deploy web", "", "        action_type = \"Octopus.IIS\"");
    assert_eq!(of(&only_web).facts[0].value, FactValue::word("no"));
}

#[test]
fn steps_of_other_environments_and_disabled_ones_do_not_count() {
    let database = step(
        "Deploy database",
        "",
        &format!("        environments = [\"Staging\"]\n{SCRIPT}"),
    );
    let files = [(".octopus/deployment_process.ocl", database.as_str())];
    assert!(
        assess_process(&tree(&files), &Config::default(), Some("production"))
            .facts
            .is_empty()
    );
    assert_eq!(
        assess_process(&tree(&files), &Config::default(), Some("staging")).facts[0].value,
        FactValue::word("yes")
    );
    let disabled = step(
        "Deploy database",
        "",
        &format!("        is_disabled = true\n{SCRIPT}"),
    );
    assert!(of(&disabled).facts.is_empty());
}

#[test]
fn several_projects_need_a_name_and_runbooks_are_no_deployment() {
    let web = step("Deploy web", "", SCRIPT);
    let runbook = format!("name = \"Clean\"\n\nprocess {{\n{web}}}\n");
    let files = [
        (".octopus/Shop Web/deployment_process.ocl", web.as_str()),
        (".octopus/Billing/deployment_process.ocl", web.as_str()),
        (".octopus/Billing/runbooks/clean.ocl", runbook.as_str()),
    ];
    let report = assess_process(&tree(&files), &Config::default(), None);
    assert!(
        report.process.steps.is_empty()
            && report.unchecked[0]
                .why
                .as_raw()
                .contains("Billing, Shop Web")
    );
    assert_eq!(
        report
            .others
            .iter()
            .filter(|other| other.runbook && other.steps.len() == 1)
            .count(),
        1
    );
    let config = Config {
        service: Some("shop web".to_owned()),
        ..Config::default()
    };
    let report = assess_process(&tree(&files), &config, None);
    assert_eq!(
        (
            report.process.project.as_deref(),
            report.process.steps.len(),
            report.others.len()
        ),
        (Some("Shop Web"), 1, 2)
    );
}

#[test]
fn broken_places_are_told_and_the_rest_is_read() {
    let report = of(&format!("# comment\n{}", step("Deploy web", "", SCRIPT)));
    assert_eq!(report.process.steps.len(), 1);
    assert!(
        report.unchecked[0]
            .what
            .as_raw()
            .starts_with(".octopus/deployment_process.ocl:1:")
    );
    let report = of(&step("Deploy \u{1b}[31m web", "", SCRIPT));
    assert_eq!(report.process.steps[0].name, "Deploy ␛[31m web");
}

proptest! {
    #[test]
    fn no_text_makes_it_fail(text in "(step|action|process_template|name|properties|condition)?[ \
        \"a-z{}=\n<\\[-]{0,200}") {
        let _ = of(&text);
    }

    #[test]
    fn every_active_step_is_in_the_plan_once(names in prop::collection::vec("[A-Za-z \
        ]{1,20}", 0..6)) {
        let text: String = names.iter().map(|name| step(name, "", SCRIPT)).collect();
        let report = of(&text);
        prop_assert_eq!(report.process.steps.len(), names.len());
        let blocked = report.process.steps.iter().any(|step| step.blocks_progression);
        prop_assert_eq!(report.rollback().len(), names.len() + usize::from(!names.is_empty() && !blocked));
    }
}

const PLACE: &str = ".octopus/deployment_process.ocl";

#[test]
fn going_back_runs_the_process_as_it_was_frozen_with_previous() {
    use StepMode::{RollbackOnly, Skip};
    // the condition and the blocking step came in with current: the frozen process has neither
    let found = pair(&[(PLACE, SIX)], &[(PLACE, RESOLVED)]);
    assert!(
        found
            .differences
            .iter()
            .any(|says| says.contains("condition of Deploy database changes")),
        "{:?}",
        found.differences
    );
    assert_eq!(
        found.facts[0].value,
        FactValue::word("yes"),
        "the step runs again, whatever today's process says"
    );
    assert_eq!(
        found.facts[0].evidence[0].commit.as_deref(),
        Some("aaaaaaaaaaaa")
    );
    let changed = found
        .findings
        .iter()
        .find(|finding| finding.check == "process/changed-in-range")
        .expect("a finding");
    assert_eq!(changed.severity, Severity::Warns);
    assert_eq!(
        found
            .findings
            .iter()
            .filter(|finding| finding.check == "process/database-step-reruns")
            .count(),
        2
    );
    let steps = found.known();
    let database = steps
        .iter()
        .find(|step| step.name == "Deploy database changes")
        .expect("a step");
    assert_eq!(
        (
            database.on_rollback.how,
            database.on_rollback.today,
            database.on_deploy
        ),
        (Skip, Some(true), Some(true))
    );
    let block = steps.iter().find(|step| step.blocks).expect("a step");
    assert_eq!(
        (block.origin, block.on_rollback.how),
        (Some(StepOrigin::Current), RollbackOnly)
    );
    assert!(
        block.on_rollback.why.contains("by hand"),
        "{}",
        block.on_rollback.why
    );
}

#[test]
fn the_same_process_is_read_once_and_one_that_came_in_later_is_said_so() {
    let same = pair(&[(PLACE, SIX)], &[(PLACE, SIX)]);
    assert!(
        same.differences.is_empty()
            && !same
                .findings
                .iter()
                .any(|finding| finding.check == "process/changed-in-range")
    );
    assert_eq!(same.findings, of(SIX).findings);
    assert_eq!(same.known(), of(SIX).known());
    let scripts = pair(
        &[(PLACE, &step("Prepare", "", SCRIPT))],
        &[(PLACE, &step("Prepare", "", &SCRIPT.replace("echo", "rm")))],
    );
    assert!(
        scripts.differences[0].contains("scripts"),
        "{:?}",
        scripts.differences
    );
    let later = pair(&[], &[(PLACE, SIX)]);
    assert!(
        later
            .unchecked
            .iter()
            .any(|one| one.what.as_raw().contains("frozen with 3.0.0")),
        "{:?}",
        later.unchecked
    );
    assert_eq!(later.known(), of(SIX).known());
    let gone = pair(&[(PLACE, SIX)], &[]);
    assert!(
        gone.known()
            .iter()
            .filter(|step| step.evidence.is_some())
            .all(|step| step.origin == Some(StepOrigin::Previous))
    );
}
