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

pub fn payments() -> Sample {
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
pub fn helm() -> String {
    let revision = |number: u32, status: &str, version: &str, at: String| json!({"revision": number, "updated": at, "status": status, "chart": format!("payments-{version}"), "app_version": version, "description": "Upgrade complete"});
    json!([
        revision(11, "superseded", "3.0.0", ago(20_000)),
        revision(12, "deployed", "3.1.0", ago(47))
    ])
    .to_string()
}

/// The same, told by the neutral list: 3.0.0 is gone.
pub fn list() -> String {
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
