//! What is remembered: that a release was rolled back before, and whether what was decided has
//! arrived.

use crate::common;

use backout::model::{Mode, OptionId, Strength};
use backout::session::{Ending, EventKind, Journal, SessionState, Start};
use common::{Ran, Sample};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

fn payments() -> Sample {
    let sample = Sample::new();
    sample.commit("feat: first", &[("src/main.rs", "fn main() {}\n")]);
    sample.tag("v3.0.0");
    sample.commit("feat: second", &[("src/main.rs", "fn main() { run() }\n")]);
    sample.tag("v3.1.0");
    sample
}

fn ago(minutes: i64) -> String {
    (Timestamp::now() - SignedDuration::from_mins(minutes)).to_string()
}

/// 3.1.0 failed two weeks ago, was rolled back, and is out again.
fn helm() -> String {
    let revision = |number: u32, status: &str, version: &str, at: i64, says: &str| json!({"revision": number, "updated": ago(at), "status": status, "chart": format!("payments-{version}"), "app_version": version, "description": says});
    json!([
        revision(11, "superseded", "3.0.0", 40_000, "Upgrade complete"),
        revision(12, "superseded", "3.1.0", 20_000, "Upgrade complete"),
        revision(13, "superseded", "3.0.0", 19_900, "Rollback to 11"),
        revision(14, "deployed", "3.1.0", 47, "Upgrade complete")
    ])
    .to_string()
}

fn write(sample: &Sample, name: &str, text: &str) -> String {
    let path = sample.beside(name);
    std::fs::write(&path, text).expect("a file");
    path.to_str().expect("a path").to_owned()
}

fn decided(option: OptionId) -> EventKind {
    EventKind::Decided {
        option,
        recommended: option,
        strength: Strength::Open,
        reason: "no time for a fix".into(),
        typed: None,
        second: None,
        expect: None,
        within_minutes: None,
        open: Vec::new(),
    }
}

/// A session about the sample that began `minutes` ago.
fn session(sample: &Sample, minutes: i64, events: Vec<EventKind>) -> std::path::PathBuf {
    let start = Start {
        session: String::new(),
        tool: "backout".to_owned(),
        journal: 1,
        mode: Mode::Incident,
        repository: sample
            .path()
            .canonicalize()
            .expect("the repository")
            .display()
            .to_string(),
        previous: "3.0.0".to_owned(),
        previous_commit: String::new(),
        current: "3.1.0".to_owned(),
        current_commit: String::new(),
        environment: None,
        service: None,
        deployed_at: None,
        deadline: None,
        checklist_digest: String::new(),
        checklist: include_str!("../../checklists/default.yaml").to_owned(),
        checklist_changes: Vec::new(),
    };
    let began = Timestamp::now() - SignedDuration::from_mins(minutes);
    let mut journal = Journal::create_at(&sample.beside("home").join("sessions"), start, began)
        .expect("a journal");
    for what in events {
        journal
            .append_at(what, None, None, began)
            .expect("an event");
    }
    journal.path().to_owned()
}

fn closed(outcome: Ending) -> EventKind {
    EventKind::Closed {
        outcome: Some(outcome),
        text: None,
    }
}

fn json_of(ran: &Ran) -> Value {
    serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {}{}", ran.out, ran.err))
}

#[test]
fn a_rollback_that_helm_remembers_is_said_everywhere() {
    let sample = payments();
    let file = write(&sample, "helm.json", &helm());
    let text = sample.run(&["assess", "3.0.0", "3.1.0", "--live", &file]);
    assert!(
        text.out
            .contains("before     3.1.0 was rolled back to 3.0.0"),
        "{}",
        text.out
    );
    let ran = sample.run(&[
        "assess", "3.0.0", "3.1.0", "--live", &file, "--format", "json",
    ]);
    let assessed = json_of(&ran);
    assert_eq!(assessed["rolled_back_before"][0]["from"], "3.1.0");
    assert_eq!(assessed["rolled_back_before"][0]["same_pair"], true);
    let found = assessed["findings"]
        .as_array()
        .unwrap()
        .iter()
        .find(|finding| finding["check"] == "deployment/rolled-back-before")
        .expect("a finding");
    assert_eq!(found["severity"], "notes");
    let back = json_of(&sample.run(&["back", "3.1.0", "--live", &file, "--format", "json"]));
    assert_eq!(back["rolled_back_before"].as_array().unwrap().len(), 1);
    assert!(back["releases"][0]["went_back_before"].is_string());
    let back = sample.run(&["back", "3.1.0", "--live", &file]);
    assert!(
        back.out.contains("Before: 3.1.0 was rolled back"),
        "{}",
        back.out
    );
    let gate = sample.run(&[
        "gate",
        "start",
        "3.0.0",
        "3.1.0",
        "--live",
        &file,
        "--no-record",
    ]);
    assert!(
        gate.out.contains("before") && gate.out.contains("was rolled back"),
        "{}",
        gate.out
    );
}

#[test]
fn what_is_remembered_changes_no_verdict() {
    let sample = payments();
    let plain = helm().replace("Rollback to 11", "Upgrade complete");
    let with = write(&sample, "with.json", &helm());
    // the same picture of now, without the time before
    let without: Vec<Value> = serde_json::from_str::<Vec<Value>>(&plain)
        .unwrap()
        .into_iter()
        .filter(|revision| revision["revision"] == 11 || revision["revision"] == 14)
        .collect();
    let without = write(&sample, "without.json", &json!(without).to_string());
    let verdict = |file: &str| {
        let ran = sample.run(&[
            "assess",
            "3.0.0",
            "3.1.0",
            "--live",
            file,
            "--format",
            "json",
            "--answer",
            "rehearsal.days_since=10",
        ]);
        let assessed = json_of(&ran);
        (
            assessed["verdict"]["option"].clone(),
            assessed["verdict"]["strength"].clone(),
            assessed["verdict"]["back"].clone(),
        )
    };
    assert_eq!(verdict(&with), verdict(&without));
}

#[test]
fn a_closed_session_is_remembered_with_its_reason_and_counts_as_practice() {
    let sample = payments();
    session(
        &sample,
        30_000,
        vec![
            EventKind::Noted {
                text: "payments were declined".into(),
            },
            decided(OptionId::RollBack),
            closed(Ending::Worked),
        ],
    );
    let assessed = json_of(&sample.run(&["assess", "3.0.0", "3.1.0", "--format", "json"]));
    let past = &assessed["rolled_back_before"][0];
    assert_eq!(past["seen"], "payments were declined");
    assert_eq!(past["reason"], "no time for a fix");
    assert_eq!(past["worked"], true);
    let list = sample.run(&["rehearse", "3.0.0", "3.1.0", "--list"]);
    assert!(
        list.out.contains("worked    in an incident"),
        "{}{}",
        list.out,
        list.err
    );
    let since = &assessed["facts"]["rehearsal.days_since"];
    assert!(
        since["source"]
            .as_str()
            .unwrap()
            .contains("worked in an incident"),
        "{since}"
    );
    // another release of the same repository
    sample.commit("feat: third", &[("src/main.rs", "fn main() { more() }\n")]);
    sample.tag("v3.2.0");
    let other = json_of(&sample.run(&["assess", "3.1.0", "3.2.0", "--format", "json"]));
    assert!(other.get("rolled_back_before").is_none());
    // and another repository with the same numbers, on the same machine
    let elsewhere = payments();
    let ran = common::program()
        .current_dir(elsewhere.path())
        .env("BACKOUT_HOME", sample.beside("home"))
        .args(["assess", "3.0.0", "3.1.0", "--format", "json"])
        .output()
        .expect("the program runs");
    assert!(json_of(&Ran::new(ran)).get("rolled_back_before").is_none());
}

fn list(of: &[(&str, &str, i64)]) -> String {
    of.iter()
        .map(|(target, version, minutes)| {
            json!({"env": "production", "target": target, "version": version, "at": ago(*minutes), "result": "success"}).to_string() + "\n"
        })
        .collect()
}

#[test]
fn a_second_look_says_done_not_done_and_came_back_and_is_recorded() {
    let sample = payments();
    let journal = session(&sample, 60, vec![decided(OptionId::RollBack)]);
    let look = |text: &str, code: i32| {
        let file = write(&sample, "deploys.jsonl", text);
        let ran = sample.run(&["done", "--live", &file, "--format", "json"]);
        assert_eq!(ran.code, Some(code), "{}{}", ran.out, ran.err);
        json_of(&ran)
    };
    let half = list(&[
        ("web1", "3.1.0", 900),
        ("web2", "3.1.0", 900),
        ("web1", "3.0.0", 40),
    ]);
    let seen = look(&half, 11);
    assert_eq!(seen["state"], "not-done");
    assert_eq!(seen["not_yet"][0]["name"], "web2");
    let all = half.clone() + &list(&[("web2", "3.0.0", 30)]);
    assert_eq!(look(&all, 0)["state"], "done");
    let again = all.clone() + &list(&[("web1", "3.1.0", 10)]);
    let seen = look(&again, 12);
    assert_eq!(seen["came_back"][0]["name"], "web1");
    // a list that forgot the time between: an earlier look saw it
    let forgot = list(&[("web1", "3.1.0", 10), ("web2", "3.0.0", 30)]);
    assert_eq!(look(&forgot, 12)["state"], "came-back");
    let (journal, _) = Journal::read(&journal).expect("the journal");
    let state = SessionState::fold(journal.events());
    assert_eq!(journal.events().len(), 6);
    assert!(
        state
            .live_check
            .unwrap()
            .1
            .headline()
            .starts_with("came back")
    );
    let report = sample.run(&["report", "--journal-only"]);
    assert!(
        report
            .out
            .contains("Looked at what is live: done: both targets run 3.0.0"),
        "{}{}",
        report.out,
        report.err
    );
}

#[test]
fn a_look_without_a_session_needs_the_releases_and_says_what_it_cannot_tell() {
    let sample = payments();
    let file = write(&sample, "deploys.jsonl", &list(&[("web1", "3.0.0", 30)]));
    let ran = sample.run(&["done", "--live", &file]);
    assert_eq!(ran.code, Some(1));
    assert!(
        ran.err.contains("backout done PREVIOUS CURRENT"),
        "{}",
        ran.err
    );
    let ran = sample.run(&["done", "3.0.0", "3.1.0", "--live", &file]);
    assert_eq!(ran.code, Some(0), "{}{}", ran.out, ran.err);
    assert!(
        ran.out.starts_with("DONE: the only target runs 3.0.0"),
        "{}",
        ran.out
    );
    assert!(ran.out.contains("not recorded"), "{}", ran.out);
    let ran = sample.run(&["done", "3.0.0", "3.1.0"]);
    assert_eq!(ran.code, Some(2));
    assert!(ran.err.contains("--live FILE"), "{}", ran.err);
    let broken = write(&sample, "broken.json", "{");
    let ran = sample.run(&["done", "3.0.0", "3.1.0", "--live", &file, "--live", &broken]);
    assert_eq!(ran.code, Some(11), "{}{}", ran.out, ran.err);
    session(&sample, 60, vec![decided(OptionId::FlagOff)]);
    let ran = sample.run(&["done", "--live", &file]);
    assert!(
        ran.err.contains("puts no other release live"),
        "{}",
        ran.err
    );
}

#[test]
fn the_point_of_no_return_is_dated_by_the_table_of_the_tool() {
    let sample = Sample::new();
    sample.commit(
        "feat: jars",
        &[
            (
                "db/migrations/20260101000000_jars.sql",
                "CREATE TABLE jars (id int PRIMARY KEY, label text NOT NULL);\n",
            ),
            (
                "app.py",
                "def all(db):\n    return db.execute('SELECT id, label FROM jars')\n",
            ),
        ],
    );
    sample.tag("v3.0.0");
    sample.commit(
        "feat: drop the label",
        &[(
            "db/migrations/20260301000000_drop.sql",
            "ALTER TABLE jars DROP COLUMN label;\n",
        )],
    );
    sample.tag("v3.1.0");
    let at = ago(90);
    let table = format!(
        "version,inserted_at\n20260101000000,{}\n20260301000000,{at}\n",
        ago(90_000)
    );
    let file = write(&sample, "migrations.csv", &table);
    let point = |more: &[&str]| {
        let arguments = [&["assess", "3.0.0", "3.1.0", "--format", "json"], more].concat();
        json_of(&sample.run(&arguments))["no_return"]
            .as_array()
            .expect("limits")
            .iter()
            .find(|point| point["passed"] == true && point["option"] == "roll-back")
            .cloned()
            .expect("a point of no return")
    };
    assert_eq!(point(&[])["at"], Value::Null);
    let dated = point(&["--live", &file]);
    assert!(dated["at"].is_string(), "{dated}");
    assert!(
        dated["why"].as_str().unwrap().contains("migrations.csv"),
        "{dated}"
    );
    let text = sample.run(&["assess", "3.0.0", "3.1.0", "--live", &file]);
    assert!(text.out.contains("over since"), "{}", text.out);
}
