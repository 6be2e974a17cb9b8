//! What state files, calendars and processes put into the plan.

use crate::live::{assessed, helm, list, payments, value, write};
use backout::decision;
use backout::model::Assessment;
use jiff::Timestamp;
use serde_json::Value;

/// The steps of a plan of going back, as the program plans them.
fn back(assessment: &Value) -> Vec<backout::model::PlanStep> {
    let read: Assessment = serde_json::from_value(assessment.clone()).expect("an assessment");
    let verdict = read.verdict.clone().expect("a verdict");
    decision::plan_option(
        backout::model::OptionId::RollBack,
        &verdict,
        &read,
        &backout::model::Config::default(),
    )
}

#[test]
fn the_command_of_the_deployer_stands_in_the_plan_once_its_names_are_known() {
    let sample = payments();
    std::fs::create_dir(sample.path().join("ops")).expect("a folder");
    std::fs::write(sample.path().join("ops/helm-history.json"), helm()).expect("a file");
    std::fs::write(
        sample.path().join("backout.yaml"),
        "live: [{kind: helm, file: ops/helm-history.json}]\n",
    )
    .expect("a file");
    let nameless = assessed(&sample, &[]);
    let step = back(&nameless)
        .into_iter()
        .find(|step| step.step.as_raw().contains("revision 11"))
        .expect("a step");
    assert!(
        step.command.is_none() && step.why.as_raw().contains("backout.yaml"),
        "{}",
        step.why
    );
    std::fs::write(
        sample.path().join("backout.yaml"),
        "live: [{kind: helm, file: ops/helm-history.json, name: payments, namespace: shop}]\n",
    )
    .expect("a file");
    let named = assessed(&sample, &[]);
    let plan = back(&named);
    let step = plan
        .iter()
        .find(|step| step.step.as_raw().contains("revision 11"))
        .expect("a step");
    assert_eq!(
        step.command.as_ref().map(backout::model::Untrusted::as_raw),
        Some("helm rollback payments 11 --namespace shop --wait")
    );
    assert!(
        plan.iter()
            .any(|step| step.step.as_raw().starts_with("Tell ")
                && step.step.as_raw().contains("Payments Team"))
    );
    assert!(
        named["no_return"]
            .as_array()
            .expect("limits")
            .iter()
            .any(|point| point["option"] == "roll-back"),
        "{}",
        named["no_return"]
    );
}

#[test]
fn what_to_look_at_before_going_back_has_a_command_of_its_own() {
    let sample = payments();
    let file = write(&sample, "helm.json", &helm());
    let open = sample.run(&["back", "--preflight", "--live", &file]);
    assert_eq!(open.code, Some(11), "{}{}", open.out, open.err);
    for says in [
        "From 3.1.0 back to 3.0.0",
        "tag v3.0.0 is in the repository",
        "3.0.0 is there",
        "the range has no migration",
        "kubectl auth can-i",
    ] {
        assert!(open.out.contains(says), "{says}: {}", open.out);
    }
    let gone = write(&sample, "deploys.jsonl", &list());
    let wrong = sample.run(&["back", "--preflight", "--to", "3.0.0", "--live", &gone]);
    assert!(
        wrong.code == Some(12) && wrong.out.contains("not there to deploy"),
        "{}",
        wrong.out
    );
    assert_eq!(
        sample.run(&["back", "--to", "3.0.0"]).code,
        Some(2),
        "--to belongs to --preflight"
    );
}

#[test]
fn deploying_previous_again_runs_its_own_process() {
    let sample = payments();
    let place = ".octopus/deployment_process.ocl";
    sample.commit(
        "ci: the process",
        &[(place, include_str!("../fixtures/deployment/six_steps.ocl"))],
    );
    sample.tag("v3.2.0");
    sample.commit(
        "ci: conditions",
        &[(
            place,
            include_str!("../fixtures/deployment/six_steps_resolved.ocl"),
        )],
    );
    sample.tag("v3.3.0");
    let assessment = sample
        .run(&["assess", "3.2.0", "3.3.0", "--format", "json"])
        .json();
    assert_eq!(
        value(&assessment, "process.database_step_reruns"),
        "yes",
        "the condition came in later, and the frozen process does not have it"
    );
    assert_eq!(assessment["way_back"]["frozen_process"], "3.2.0");
    assert!(
        assessment["findings"]
            .as_array()
            .expect("findings")
            .iter()
            .any(|finding| finding["check"] == "process/changed-in-range")
    );
    let text = sample
        .run(&["back", "--preflight", "--to", "3.2.0"])
        .out
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    assert!(
        text.contains("runs the old one") && text.contains("runs a database step"),
        "{text}"
    );
}

#[test]
fn windows_and_freezes_limit_the_decision() {
    let sample = payments();
    let today = Timestamp::now().strftime("%Y-%m-%d").to_string();
    std::fs::write(
        sample.path().join("backout.yaml"),
        format!(
            "environments: {{production: {{usage: always-on, freezes: [{{from: {today}, to: \
            {today}, why: audit}}]}}}}\n"
        ),
    )
    .expect("a file");
    let frozen = assessed(&sample, &[]);
    let found = frozen["findings"]
        .as_array()
        .expect("findings")
        .iter()
        .find(|finding| finding["check"] == "deployment/calendar")
        .expect("a finding");
    assert!(
        found["says"].as_str().expect("text").contains("audit"),
        "{found}"
    );
    std::fs::write(
        sample.path().join("backout.yaml"),
        "environments: {production: {windows: [{from: \"00:00\", to: \"24:00\"}]}}\n",
    )
    .expect("a file");
    let open = assessed(&sample, &[]);
    assert!(
        value(&open, "window.minutes_left")
            .as_f64()
            .is_some_and(|minutes| (0.0..=1440.0).contains(&minutes)),
        "{}",
        open["facts"]
    );
    assert!(open["verdict"]["deadline"].is_string());
}

#[test]
fn a_pipeline_writes_its_own_list() {
    let sample = payments();
    let file = sample.beside("deploys.jsonl").display().to_string();
    let write = |arguments: &[&str]| {
        sample.run(
            &[
                &["deployed"],
                arguments,
                &["--file", &file, "--env", "production"],
            ]
            .concat(),
        )
    };
    assert_eq!(write(&["3.0.0", "--at", "2 days ago"]).code, Some(0));
    let second = write(&["3.1.0", "--at", "30 min ago", "--by", "ci \u{1b}[31m"]);
    assert!(
        second.code == Some(0)
            && second.out.contains("\"commit\":\"")
            && !second.out.contains('\u{1b}'),
        "{}",
        second.out
    );
    let with = assessed(&sample, &["--live", &file]);
    assert_eq!(value(&with, "deployment.previous_good"), "yes");
    assert!(
        value(&with, "deployment.live_minutes")
            .as_f64()
            .is_some_and(|minutes| (29.0..40.0).contains(&minutes))
    );
    for wrong in [
        &["3.1.0", "--commit", "xyz"][..],
        &["3.1.0", "--traffic", "140"],
        &["3.1.0", "--at", "tomorrow"],
        &[" "],
    ] {
        let ran = write(wrong);
        assert!(
            ran.code == Some(1) && ran.out.is_empty() && ran.err.lines().count() == 1,
            "{wrong:?}: {}",
            ran.err
        );
    }
    assert_eq!(
        std::fs::read_to_string(&file)
            .expect("a list")
            .lines()
            .count(),
        2
    );
}

#[test]
fn steps_of_the_process_reach_the_plan() {
    let sample = payments();
    sample.commit(
        "ci: the process",
        &[(
            ".octopus/deployment_process.ocl",
            include_str!("../fixtures/deployment/six_steps.ocl"),
        )],
    );
    sample.tag("v3.2.0");
    let assessment = sample
        .run(&[
            "assess",
            "3.1.0",
            "3.2.0",
            "--format",
            "json",
            "--answer",
            "impact.now=down",
        ])
        .json();
    let steps = assessment["process"].as_array().expect("steps");
    assert!(
        steps
            .iter()
            .any(|step| step["kind"] == "database" && step["on_rollback"]["how"] == "skip"),
        "{steps:#?}"
    );
    assert!(!value(&assessment, "process.database_step_reruns").is_null());
    assert!(
        assessment["findings"]
            .as_array()
            .expect("findings")
            .iter()
            .any(|finding| finding["domain"] == "process")
    );

    let read: Assessment = serde_json::from_value(assessment).expect("an assessment");
    let verdict = read.verdict.clone().expect("a verdict");
    let plan = decision::plan_option(
        backout::model::OptionId::RollBack,
        &verdict,
        &read,
        &backout::model::Config::default(),
    );
    for step in &read.process {
        let planned = plan
            .iter()
            .find(|planned| planned.step == step.name)
            .unwrap_or_else(|| panic!("{} is not planned", step.name));
        assert_eq!(planned.how, step.on_rollback.how, "{}", step.name);
        assert!(!planned.why.is_empty());
    }
    let forward = decision::plan_option(
        backout::model::OptionId::RollForward,
        &verdict,
        &read,
        &backout::model::Config::default(),
    );
    assert!(
        read.process
            .iter()
            .filter(|step| step.evidence.is_some())
            .all(|step| forward.iter().any(|planned| planned.step == step.name))
    );
}

#[test]
fn the_old_side_that_stays_up_is_found_in_the_repository() {
    let sample = payments();
    let rollout = "apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nmetadata: {name: \
        payments}\nspec:\n  strategy:\n    blueGreen:\n      activeService: payments\n";
    sample.commit("ops: both sides", &[("deploy/rollout.yaml", rollout)]);
    sample.tag("v3.2.0");
    let assessment = sample
        .run(&["assess", "3.1.0", "3.2.0", "--format", "json"])
        .json();
    assert_eq!(value(&assessment, "deployment.strategy"), "blue-green");
    assert_eq!(
        assessment["facts"]["deployment.strategy"]["evidence"][0]["path"],
        "deploy/rollout.yaml"
    );
    assert!(
        assessment["findings"]
            .as_array()
            .expect("findings")
            .iter()
            .any(|finding| finding["check"] == "deployment/staged")
    );
}
