//! Gates and rehearsals without screens: what is recorded, what is said, and how it ends.

use crate::common;

use common::{Ran, Sample};
use serde_json::Value;

/// What every gate needs to be passed.
const GOOD: &str = "deployment.previous_available: yes\ndeployment.previous_good: \
    yes\ndeployment.undo_path: ok\nrehearsal.level: 2\nharm.irreversible: none\n\
    deployment.in_progress: no\ndeployment.mixed: no\nimpact.now: none\ndata.damaged: \
    no\ndatabase.schema: none\ndatabase.old_code: safe\n\
    database.verified: yes\ndatabase.start_gate: no\ncontract.way_back: \
    compatible\ncontract.stored: compatible\n";

const ROLES: &str = "roles: [incident lead, database]\n";

pub fn service(config: &str) -> Sample {
    let sample = Sample::new();
    sample.commit("feat: first", &[("src/main.rs", "fn main() {}\n")]);
    sample.tag("v3.0.0");
    sample.commit("feat: second", &[("src/main.rs", "fn main() { run() }\n")]);
    sample.tag("v3.1.0");
    std::fs::write(sample.path().join("backout.yaml"), config).expect("a file");
    std::fs::write(sample.beside("good.yaml"), GOOD).expect("a file");
    sample
}

pub fn gate(sample: &Sample, at: &str, more: &[&str]) -> Ran {
    let good = sample.beside("good.yaml");
    let arguments: Vec<&str> = ["gate", at, "--answers", good.to_str().expect("a path")]
        .into_iter()
        .chain(more.iter().copied())
        .collect();
    sample.run(&arguments)
}

fn json(sample: &Sample, at: &str, more: &[&str]) -> (Value, Option<i32>) {
    let ran = gate(sample, at, &[&["--format", "json"], more].concat());
    (
        serde_json::from_str(&ran.out)
            .unwrap_or_else(|error| panic!("{error}: {}{}", ran.out, ran.err)),
        ran.code,
    )
}

pub fn sessions(sample: &Sample) -> Vec<String> {
    let folder = sample.beside("home").join("sessions");
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    entries
        .filter_map(|entry| std::fs::read_to_string(entry.expect("an entry").path()).ok())
        .collect()
}

pub fn piped(sample: &Sample, arguments: &[&str], text: &str) -> Ran {
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
    let _ = child
        .stdin
        .take()
        .expect("a pipe")
        .write_all(text.as_bytes());
    Ran::new(child.wait_with_output().expect("the program ends"))
}

#[test]
fn facts_alone_pass_a_gate_only_where_nobody_is_named() {
    let (sheet, code) = json(&service(""), "start", &[]);
    assert_eq!(
        (&sheet["outcome"], &sheet["recommended"], code),
        (&"go".into(), &"go".into(), Some(0)),
        "{sheet:#}"
    );
    let (sheet, code) = json(&service(ROLES), "start", &[]);
    assert_eq!(
        (&sheet["outcome"], &sheet["recommended"], code),
        (&"hold".into(), &"go".into(), Some(11)),
        "{sheet:#}"
    );
    assert!(
        sheet["why"]
            .as_str()
            .expect("a sentence")
            .contains("no answer from incident lead, database"),
        "{sheet:#}"
    );
    assert!(
        sheet["poll"]
            .as_array()
            .expect("a poll")
            .iter()
            .all(|voice| voice["says"] == "not-asked")
    );
}

#[test]
fn each_voice_is_recorded_as_it_comes_and_silence_as_silence() {
    let sample = service(ROLES);
    assert_eq!(
        json(&sample, "start", &["--poll", "database=go"]).1,
        Some(11),
        "one is missing"
    );
    let (sheet, code) = json(&sample, "start", &["--poll", "Incident Lead=go"]);
    assert_eq!(
        (&sheet["outcome"], code),
        (&"go".into(), Some(0)),
        "{sheet:#}"
    );
    // the same session went on
    let all = sessions(&sample);
    assert_eq!(all.len(), 1);
    assert_eq!(all[0].matches("\"kind\":\"polled\"").count(), 2);
    assert_eq!(
        all[0].matches("\"kind\":\"assessed\"").count(),
        1,
        "the same reading is written once"
    );
    assert_eq!(sample.run(&["verify"]).code, Some(0));
    let (sheet, code) = json(
        &sample,
        "start",
        &["--poll", "database=no-go: the index is still building"],
    );
    assert_eq!((&sheet["outcome"], code), (&"no-go".into(), Some(12)));
    assert_eq!(sheet["poll"][1]["objection"], "the index is still building");
    let (sheet, code) = json(&sample, "start", &["--poll", "database=go: but slowly"]);
    assert_eq!(
        (&sheet["outcome"], code),
        (&"hold".into(), Some(11)),
        "an objection holds it: {sheet:#}"
    );
    let (sheet, code) = json(&sample, "start", &["--poll", "database=silent"]);
    assert_eq!(
        (&sheet["outcome"], code, &sheet["poll"][1]["says"]),
        (&"hold".into(), Some(11), &"silent".into())
    );
}

#[test]
fn a_call_counts_until_somebody_objects_or_the_recommendation_changes() {
    let sample = service(ROLES);
    let (sheet, code) = json(
        &sample,
        "backend",
        &[
            "--call",
            "go",
            "--reason",
            "errors are flat",
            "--role",
            "incident lead",
        ],
    );
    assert_eq!(
        (&sheet["outcome"], code, &sheet["call"]["role"]),
        (&"go".into(), Some(0), &"incident lead".into()),
        "{sheet:#}"
    );
    assert!(
        sheet["poll"]
            .as_array()
            .expect("a poll")
            .iter()
            .all(|voice| voice["says"] == "silent"),
        "a call records who was not heard"
    );
    assert_eq!(json(&sample, "backend", &[]).1, Some(0), "it still counts");
    let (sheet, code) = json(
        &sample,
        "backend",
        &["--poll", "database=no-go: replication lags"],
    );
    assert_eq!(
        (&sheet["outcome"], code, &sheet["call"]["stands"]),
        (&"no-go".into(), Some(12), &false.into()),
        "{sheet:#}"
    );

    let sample = service(ROLES);
    assert_eq!(
        json(&sample, "backend", &["--call", "go", "--reason", "flat"]).1,
        Some(0)
    );
    let (sheet, code) = json(&sample, "backend", &["--answer", "deployment.mixed=yes"]);
    assert_eq!(
        (&sheet["outcome"], code, &sheet["call"]["stands"]),
        (&"hold".into(), Some(11), &false.into()),
        "{sheet:#}"
    );
    let held = json(
        &sample,
        "backend",
        &[
            "--call",
            "hold",
            "--minutes",
            "10",
            "--reason",
            "see the second host",
        ],
    );
    assert_eq!(
        (&held.0["outcome"], held.1, &held.0["call"]["minutes"]),
        (&"hold".into(), Some(11), &10.into())
    );
}

#[test]
fn exit_codes_are_those_of_the_outcome() {
    for (at, fact, code) in [
        ("start", "rehearsal.level=0", 12),
        ("database", "database.old_code=breaks-reads", 10),
        ("database", "data.damaged=yes", 15),
        ("backend", "harm.irreversible=confirmed", 12),
        ("frontend", "deployment.mixed=yes", 11),
        ("complete", "impact.now=unknown", 11),
    ] {
        let ran = gate(&service(""), at, &["--answer", fact]);
        assert_eq!(ran.code, Some(code), "{at} {fact}: {}", ran.out);
    }
    let incident = "impact.now=down switch.exists=no deployment.old_side_warm=no \
        cause.attribution=strong fix.state=none release.security_fix=no \
        config.newer_than_previous=no database.new_form_rows=no";
    let answers: Vec<&str> = incident
        .split_whitespace()
        .flat_map(|fact| ["--answer", fact])
        .collect();
    assert_eq!(
        gate(&service(""), "backend", &answers).code,
        Some(14),
        "any gate can lead to a rollback"
    );
}

#[test]
fn the_roles_are_asked_one_by_one() {
    let sample = service(ROLES);
    let good = sample.beside("good.yaml").display().to_string();
    let ran = piped(
        &sample,
        &["gate", "start", "--answers", &good, "--ask"],
        "perhaps\ng\n\nn\nthe index is still building\n",
    );
    assert_eq!(ran.code, Some(12), "{}{}", ran.out, ran.err);
    assert!(
        ran.err.contains("type g, n, or nothing")
            && ran.err.contains("recorded: incident lead: go")
            && ran.err.contains("recorded: database: no-go"),
        "{}",
        ran.err
    );
    assert!(
        ran.out.contains("database says no-go")
            && ran.out.contains("objects: the index is still building"),
        "{}",
        ran.out
    );
    // a line that drops in the middle leaves what was said
    let sample = service(ROLES);
    let ran = piped(
        &sample,
        &["gate", "start", "--answers", &good, "--ask"],
        "g\n\n",
    );
    assert_eq!(ran.code, Some(11), "{}", ran.err);
    assert_eq!(
        sessions(&sample)[0].matches("\"kind\":\"polled\"").count(),
        1
    );
}

#[test]
fn nothing_is_recorded_when_nothing_shall_be() {
    let sample = service("");
    let (sheet, code) = json(&sample, "start", &["--no-record"]);
    assert_eq!(
        (&sheet["session"], code, sessions(&sample).len()),
        (&Value::Null, Some(0), 0)
    );
    assert!(
        gate(&sample, "start", &["--automatic"]).code == Some(12) && sessions(&sample).is_empty()
    );
}

#[test]
fn the_sheet_is_one_page_in_text_and_markdown() {
    let sample = service(ROLES);
    let text = gate(
        &sample,
        "backend",
        &["--poll", "database=no-go: \u{1b}[31m| lag"],
    );
    assert!(
        text.out.lines().count() <= 66 && text.out.lines().all(|line| line.chars().count() <= 80),
        "{}",
        text.out
    );
    let markdown = gate(&sample, "backend", &["--format", "markdown"]);
    for word in [
        "Gate backend",
        "## Looked at",
        "## Poll",
        "## The way back from here",
        "no-go",
    ] {
        assert!(markdown.out.contains(word), "{word}: {}", markdown.out);
    }
    assert!(!text.out.contains('\u{1b}') && !markdown.out.contains('\u{1b}'));
    let ascii = gate(&service(ROLES), "backend", &["--ascii"]).out;
    assert!(ascii.is_ascii(), "{ascii}");
}

#[test]
fn a_wrong_word_is_one_sentence_and_nothing_is_recorded() {
    let sample = service(ROLES);
    for (arguments, code, words) in [
        (&["gate", "lunch"][..], 2, "lunch"),
        (&["gate", "start", "--poll", "database"], 2, "ROLE=go"),
        (
            &["gate", "start", "--poll", "database=perhaps"],
            2,
            "ROLE=go",
        ),
        (&["gate", "start", "--call", "go"], 2, "--reason"),
        (
            &["gate", "start", "--call", "hold", "--reason", "x"],
            2,
            "--minutes",
        ),
        (
            &[
                "gate",
                "start",
                "--call",
                "go",
                "--reason",
                "x",
                "--minutes",
                "3",
            ],
            2,
            "--call hold",
        ),
        (&["gate", "start", "--session", "nothing"], 1, "nothing"),
        (&["gate", "start", "--condition", "x"], 2, "--automatic"),
    ] {
        let ran = sample.run(arguments);
        assert_eq!(
            (ran.code, ran.out.as_str()),
            (Some(code), ""),
            "{arguments:?}: {}",
            ran.err
        );
        assert!(ran.err.contains(words), "{arguments:?}: {}", ran.err);
    }
    assert!(sessions(&sample).is_empty());
    // a session about other releases is not written to
    let begun = json(&sample, "start", &[]).0["session"]
        .as_str()
        .expect("an id")
        .to_owned();
    sample.commit("feat: third", &[("src/main.rs", "fn main() { end() }\n")]);
    sample.tag("v3.2.0");
    let ran = sample.run(&["gate", "start", "--session", &begun]);
    assert!(
        ran.code == Some(1) && ran.err.contains("is about other releases"),
        "{}",
        ran.err
    );
}

#[test]
fn a_gate_is_looked_at_from_a_saved_assessment() {
    let sample = service("");
    let file = sample.beside("saved.json").display().to_string();
    assert_eq!(sample.run(&["assess", "--save", &file]).code, Some(0));
    let (sheet, code) = json(&sample, "start", &["--from", &file]);
    assert_eq!(
        (&sheet["current"], code),
        (&"3.1.0".into(), Some(0)),
        "{sheet:#}"
    );
}
