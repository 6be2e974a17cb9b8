//! What is live, from the command line to the verdict: state files, contradictions, the process,
//! and what the book says about them.

use crate::common;

use common::{Ran, Sample};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use std::sync::Arc;

use backout::assess::{self, LiveSource, Request};
use backout::checklist::Checklist;
use backout::decision;
use backout::deployment::live::{LiveKind, StateFile};
use backout::model::Assessment;
use backout::tui::frame::whole::draw_frame;
use backout::tui::theme::Theme;
use backout::tui::{Action, Effect, Message, Model, StartOptions, job, update_model};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

fn payments() -> Sample {
    let sample = Sample::new();
    sample.commit("feat: first", &[("src/main.rs", "fn main() {}\n")]);
    sample.tag("v3.0.0");
    sample.commit(
        "feat(cards): ask for the holder",
        &[("src/cards.rs", "pub fn holder() {}\n")],
    );
    sample.tag("v3.1.0");
    sample
}

pub(super) fn ago(minutes: i64) -> String {
    (Timestamp::now() - SignedDuration::from_mins(minutes)).to_string()
}

/// 3.0.0, then 3.1.0 for 47 minutes.
fn helm() -> String {
    let revision = |number: u32, status: &str, version: &str, at: String| json!({"revision": number, "updated": at, "status": status, "chart": format!("payments-{version}"), "app_version": version, "description": "Upgrade complete"});
    json!([
        revision(11, "superseded", "3.0.0", ago(20_000)),
        revision(12, "deployed", "3.1.0", ago(47))
    ])
    .to_string()
}

/// The same, told by the neutral list: 3.0.0 is gone.
fn list() -> String {
    let line = |version: &str, at: String, available: bool| {
        json!({"env": "production", "version": version, "at": at, "result": "success", "available": available}).to_string()
    };
    format!(
        "{}\n{}\n",
        line("3.0.0", ago(20_000), false),
        line("3.1.0", ago(47), true)
    )
}

pub(super) fn write(sample: &Sample, name: &str, text: &str) -> String {
    let file = sample.beside(name);
    std::fs::write(&file, text).expect("a file");
    file.display().to_string()
}

pub(super) fn assessed(sample: &Sample, more: &[&str]) -> Value {
    let mut arguments = vec!["assess", "3.0.0", "3.1.0", "--format", "json"];
    arguments.extend(more);
    sample.run(&arguments).json()
}

pub(super) fn value<'a>(assessment: &'a Value, key: &str) -> &'a Value {
    &assessment["facts"][key]["value"]
}

fn asked(assessment: &Value) -> Vec<&str> {
    assessment["verdict"]["questions"]
        .as_array()
        .expect("questions")
        .iter()
        .filter_map(|question| question["question"].as_str())
        .collect()
}

#[test]
fn a_state_file_answers_instead_of_a_person() {
    let sample = payments();
    let without = assessed(&sample, &[]);
    assert!(
        asked(&without).contains(&"running"),
        "{:?}",
        asked(&without)
    );

    let file = write(&sample, "helm.json", &helm());
    let with = assessed(&sample, &["--live", &file]);
    for (key, wanted) in [
        ("deployment.in_progress", json!("no")),
        ("deployment.previous_available", json!("yes")),
        ("deployment.previous_good", json!("yes")),
    ] {
        assert_eq!(value(&with, key), &wanted, "{key}");
        assert_eq!(with["facts"][key]["provenance"], "sensed", "{key}");
        assert_eq!(
            with["facts"][key]["evidence"][0]["path"],
            json!(file),
            "{key}"
        );
    }
    let minutes = value(&with, "deployment.live_minutes")
        .as_f64()
        .expect("minutes");
    assert!((46.0..60.0).contains(&minutes), "{minutes}");
    assert!(!asked(&with).contains(&"running"), "{:?}", asked(&with));
    let note = with["findings"]
        .as_array()
        .expect("findings")
        .iter()
        .find(|finding| finding["check"] == "deployment/state-file")
        .expect("a note");
    assert_eq!(
        (&note["domain"], &note["severity"], &note["subject"]),
        (&json!("deployment"), &json!("notes"), &json!(file))
    );
    assert_eq!(
        sample.run(&["explain", "deployment/state-file"]).code,
        Some(0)
    );

    let text = sample
        .run(&["assess", "3.0.0", "3.1.0", "--live", &file])
        .out;
    let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        flat.contains("WHAT IS LIVE") && flat.contains("Helm's history still holds 3.0.0"),
        "{text}"
    );
}

#[test]
fn what_a_file_settles_is_shown_among_the_questions_and_not_asked() {
    let sample = payments();
    let file = write(&sample, "helm.json", &helm());
    let request = Request {
        repository: sample.path(),
        previous: Some("3.0.0".to_owned()),
        current: Some("3.1.0".to_owned()),
        live: vec![LiveSource::File(file.into())],
        ..Request::default()
    };
    let assessed = assess::assess_release_pair(&request, &|_| {}).expect("an assessment");
    let mut model = Model::new(
        StartOptions {
            theme: Theme::default(),
            mouse: false,
        },
        Arc::new(Checklist::embedded()),
        Timestamp::now(),
    );
    model.pair_given = true;
    let pair = Message::Paired {
        previous: assessed.assessment.previous.clone(),
        current: assessed.assessment.current.clone(),
        relation: assessed.assessment.relation,
        releases: assessed.releases.releases.clone(),
    };
    let (previous_live, key) = (
        model.live_minutes(),
        KeyEvent::new(KeyCode::Char('3'), KeyModifiers::NONE),
    );
    for message in [
        Message::Resize(140, 120),
        pair,
        Message::Assessed(Box::new(assessed.assessment), Box::new(assessed.config)),
    ] {
        for effect in update_model(&mut model, message) {
            if let Effect::Decide(job) = effect {
                update_model(
                    &mut model,
                    Message::Decided(Box::new(job::run_decision_job(&job))),
                );
            }
        }
    }
    update_model(&mut model, Message::Act(Action::Focus));
    update_model(&mut model, Message::Key(key));
    let mut terminal = Terminal::new(TestBackend::new(140, 120)).expect("a terminal in memory");
    terminal
        .draw(|frame| drop(draw_frame(frame, &model)))
        .expect("a drawing");
    let buffer = terminal.backend().buffer();
    let rows: Vec<String> = (0..120)
        .map(|y| (0..140).map(|x| buffer[(x, y)].symbol()).collect())
        .collect();
    let at = |text: &str| {
        rows.iter()
            .position(|row| row.contains(text))
            .unwrap_or_else(|| panic!("{text} in\n{}", rows.join("\n")))
    };
    let (open, read, idle) = (
        at("can change the answer"),
        at("read, not asked"),
        at("cannot change the answer now"),
    );
    let asks = Checklist::embedded()
        .questions
        .iter()
        .find(|question| question.id == "running")
        .expect("the question")
        .asks
        .clone();
    let shown = at(&asks[..30]);
    assert!(
        open < read && read < shown && shown < idle,
        "{}",
        rows.join("\n")
    );
    assert!(
        previous_live.is_none()
            && model
                .live_minutes()
                .is_some_and(|minutes| (46.0..60.0).contains(&minutes))
    );
    assert!(
        rows[0].contains("live 4") || rows[0].contains("live 5"),
        "{}",
        rows[0]
    );
}

#[test]
fn an_agent_that_keeps_old_releases_says_that_previous_is_installed() {
    let sample = payments();
    let entry = |version: &str, minutes: i64| {
        format!(
            r#"<Deployment Id="{version}" EnvironmentId="Environments-1" ProjectId="Projects-1" PackageId="payments" PackageVersion="{version}" InstalledOn="{}" ExtractedFrom="C:\p\{version}.nupkg" ExtractedTo="C:\Apps\payments\{version}" WasSuccessful="True" RetentionPolicySet="set"/>"#,
            (Timestamp::now() - SignedDuration::from_mins(minutes)).strftime("%Y-%m-%d %H:%M:%S")
        )
    };
    let file = write(
        &sample,
        "DeploymentJournal.xml",
        &format!(
            "<Deployments>{}{}</Deployments>",
            entry("3.0.0", 20_000),
            entry("3.1.0", 47)
        ),
    );
    let with = assessed(&sample, &["--live", &file]);
    assert_eq!(
        value(&with, "deployment.previous_installed"),
        "yes",
        "{:#}",
        with["unchecked"]
    );
}

#[test]
fn files_that_contradict_each_other_stay_a_question() {
    let sample = payments();
    let (one, two) = (
        write(&sample, "helm.json", &helm()),
        write(&sample, "deploys.jsonl", &list()),
    );
    let kept = sample.beside("kept.json").display().to_string();
    let both = assessed(&sample, &["--live", &one, "--live", &two, "--save", &kept]);
    let key = "deployment.previous_available";
    assert_eq!(
        (value(&both, key), &both["facts"][key]["confidence"]),
        (&json!("no"), &json!("low"))
    );
    let others: Vec<&Value> = both["also_said"]
        .as_array()
        .expect("further words")
        .iter()
        .filter(|fact| fact["key"] == key)
        .map(|fact| &fact["value"])
        .collect();
    assert_eq!(others, ["yes"]);
    assert!(
        !both["also_said"]
            .as_array()
            .expect("a list")
            .iter()
            .any(|fact| fact["key"] == "deployment.live_minutes"),
        "the same minutes are no contradiction"
    );

    // the screens bring the same facts together
    let read: Assessment = serde_json::from_value(both.clone()).expect("an assessment");
    let resolved = decision::resolve_facts(&read.sensed(), &[]);
    assert!(
        resolved
            .conflicts
            .iter()
            .any(|conflict| conflict.key == key && conflict.said.len() == 2)
    );
    assert!(
        Checklist::embedded()
            .questions
            .iter()
            .any(|question| question.facts.iter().any(|fact| fact == key)),
        "somebody can be asked"
    );

    // an assessment that was kept says the same again, and a person decides
    let again = sample
        .run(&["assess", "--from", &kept, "--format", "json"])
        .json();
    assert_eq!(
        again["also_said"].as_array().expect("further words").len(),
        both["also_said"].as_array().expect("a list").len()
    );
    let settled = assessed(
        &sample,
        &[
            "--live",
            &one,
            "--live",
            &two,
            "--answer",
            "deployment.previous_available=yes",
        ],
    );
    assert_eq!(value(&settled, key), "yes");
    assert!(
        settled.get("also_said").is_none(),
        "{}",
        settled["also_said"]
    );
    let text = sample
        .run(&["assess", "3.0.0", "3.1.0", "--live", &one, "--live", &two])
        .out;
    assert!(text.contains("sources disagree"), "{text}");
}

#[test]
fn a_file_that_says_nothing_is_one_line_and_the_rest_stands() {
    let sample = payments();
    let (good, empty) = (
        write(&sample, "helm.json", &helm()),
        write(&sample, "empty.json", " \n"),
    );
    let strange = write(&sample, "strange.json", "{\"a\": 1}");
    let with = assessed(
        &sample,
        &["--live", &empty, "--live", &strange, "--live", &good],
    );
    for file in [&empty, &strange] {
        let lines = with["unchecked"]
            .as_array()
            .expect("a list")
            .iter()
            .filter(|one| one["what"] == **file)
            .count();
        assert_eq!(lines, 1, "{file}");
    }
    assert_eq!(value(&with, "deployment.previous_available"), "yes");
    assert!(with["verdict"]["option"].is_string() && !asked(&with).contains(&"running"));
    // a name that is mistyped is no file that says nothing: it is refused before anything is read
    let absent = sample.run(&[
        "assess",
        "3.0.0",
        "3.1.0",
        "--live",
        &good,
        "--live",
        &sample.beside("absent.json").display().to_string(),
    ]);
    assert!(
        absent.code == Some(2) && absent.out.is_empty() && absent.err.contains("does not exist"),
        "{}",
        absent.err
    );
}

fn piped(sample: &Sample, arguments: &[&str], text: &str) -> Ran {
    use std::io::Write;
    let mut child = common::program()
        .current_dir(sample.path())
        .env("BACKOUT_HOME", sample.beside("home"))
        .args(arguments)
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .expect("the program runs");
    // a program that does not want it closes the pipe
    let _ = child
        .stdin
        .take()
        .expect("a pipe")
        .write_all(text.as_bytes());
    Ran::new(child.wait_with_output().expect("the program ends"))
}

#[test]
fn standard_input_holds_a_state_file_where_nobody_types() {
    let sample = payments();
    let value_of = piped(
        &sample,
        &[
            "assess", "3.0.0", "3.1.0", "--format", "json", "--live", "-",
        ],
        &helm(),
    )
    .json();
    assert_eq!(value(&value_of, "deployment.in_progress"), "no");
    let twice = piped(&sample, &["assess", "--live", "-", "--live", "-"], &helm());
    assert_eq!(
        (twice.code, twice.err.contains("once")),
        (Some(2), true),
        "{}",
        twice.err
    );
    let typed = piped(
        &sample,
        &["--plain", "--live", "-", "3.0.0", "3.1.0"],
        &helm(),
    );
    assert_eq!(
        (typed.code, typed.err.contains("standard input")),
        (Some(2), true),
        "{}",
        typed.err
    );
}

#[test]
fn the_configuration_names_state_files_and_doctor_reads_them() {
    let sample = payments();
    let empty = sample.run(&["doctor"]).out;
    assert!(
        empty.contains("--live FILE") && empty.contains("helm history RELEASE"),
        "{empty}"
    );
    std::fs::create_dir(sample.path().join("ops")).expect("a folder");
    std::fs::write(sample.path().join("ops/helm-history.json"), helm()).expect("a file");
    std::fs::write(
        sample.path().join("backout.yaml"),
        "live: [{kind: helm, file: ops/helm-history.json}]\n",
    )
    .expect("a file");
    assert_eq!(
        value(&assessed(&sample, &[]), "deployment.previous_available"),
        "yes"
    );
    let full = sample.run(&["doctor"]).out;
    assert!(
        full.contains("ops/helm-history.json") && full.contains("live 3.1.0"),
        "{full}"
    );
    assert!(sample.run(&["init", "--print"]).out.contains("# live:"));
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
    let rollout = "apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nmetadata: {name: payments}\nspec:\n  strategy:\n    blueGreen:\n      activeService: payments\n";
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

#[test]
fn the_book_names_the_command_for_each_kind_of_file() {
    let section = include_str!("../../docs/src/what-is-live.md");
    for kind in LiveKind::ALL {
        assert!(
            section.contains(&format!("`{}`", kind.id())),
            "{} is not named",
            kind.id()
        );
        for line in kind.producer().lines() {
            assert!(section.contains(line), "{}: {line}", kind.id());
        }
    }
    for (tool, command) in backout::deployment::live::STATUS_COMMANDS {
        assert!(
            section.contains(&format!("| {tool} | `{command}` |")),
            "{tool}"
        );
    }
}

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
        .find(|step| step.step.contains("revision 11"))
        .expect("a step");
    assert!(
        step.command.is_none() && step.why.contains("backout.yaml"),
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
        .find(|step| step.step.contains("revision 11"))
        .expect("a step");
    assert_eq!(
        step.command.as_deref(),
        Some("helm rollback payments 11 --namespace shop --wait")
    );
    assert!(
        plan.iter()
            .any(|step| step.step.starts_with("Tell ") && step.step.contains("Payments Team"))
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
        format!("environments: {{production: {{usage: always-on, freezes: [{{from: {today}, to: {today}, why: audit}}]}}}}\n"),
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
fn files_as_people_really_have_them() {
    let sample = payments();
    let utf16: Vec<u8> = [0xff, 0xfe]
        .into_iter()
        .chain(helm().encode_utf16().flat_map(u16::to_le_bytes))
        .collect();
    let file = sample.beside("powershell.json");
    std::fs::write(&file, utf16).expect("a file");
    assert_eq!(
        value(
            &assessed(&sample, &["--live", &file.display().to_string()]),
            "deployment.in_progress"
        ),
        "no"
    );
    let marked = write(&sample, "marked.json", &format!("\u{feff}{}", helm()));
    assert_eq!(
        value(
            &assessed(&sample, &["--live", &marked]),
            "deployment.in_progress"
        ),
        "no"
    );
    // one revision as an object where a list belongs
    let one = helm()
        .trim_start_matches('[')
        .split("},{")
        .last()
        .map(|rest| format!("{{{}", rest.trim_end_matches(']').trim_start_matches('{')))
        .expect("an object");
    let single = write(&sample, "single.json", &one);
    assert_eq!(
        value(
            &assessed(&sample, &["--live", &single]),
            "deployment.in_progress"
        ),
        "no"
    );
    let entity =
        "<!DOCTYPE x [<!ENTITY a \"b\">]>\n<Deployments><Deployment Id=\"&a;\"/></Deployments>";
    for (name, text) in [
        ("cut.json", &helm()[..40]),
        ("entity.xml", entity),
        ("empty.json", ""),
        ("unknown.txt", "hello\n"),
    ] {
        let file = write(&sample, name, text);
        let with = assessed(&sample, &["--live", &file]);
        let lines: Vec<&Value> = with["unchecked"]
            .as_array()
            .expect("a list")
            .iter()
            .filter(|one| one["what"] == *file)
            .collect();
        assert_eq!(lines.len(), 1, "{name}");
        assert!(with["verdict"]["option"].is_string(), "the rest stands");
    }
}
