use proptest::prelude::*;

use super::*;
use model::{Finding, Release};

mod clouds;
mod hostile;
mod kubernetes;
mod octopus;
mod repositories;
mod ways;

fn release(version: &str, commit: &str) -> Release {
    Release {
        version: version.into(),
        commit: commit.to_owned(),
        time: None,
        tag: None,
        scheme: String::new(),
        prerelease: false,
    }
}

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn parsed(text: &str) -> LiveReport {
    read_state_file("state", text.as_bytes(), None).unwrap()
}

/// Facts about 1.1.20 and 1.1.21, an hour after 1.1.21 was deployed.
fn known(reports: &[LiveReport]) -> (Vec<Fact>, Vec<String>) {
    let (previous, current) = (
        release("1.1.20", "aaaaaaaaaaaa"),
        release("1.1.21", "bbbbbbbbbbbb"),
    );
    derive_live_facts(
        reports,
        &About::new(&previous, &current, time("2026-02-03T11:11:12Z")),
    )
}

fn value(facts: &[Fact], key: &str) -> Option<String> {
    facts
        .iter()
        .find(|fact| fact.key == key)
        .map(|fact| fact.value.to_string())
}

fn noted(notes: &[String], part: &str) -> bool {
    notes.iter().any(|note| note.contains(part))
}

/// A history of Helm whose status misleads, and a list of deployments that says all it knows.
pub(super) fn make_state_file_fixtures() -> (Vec<Finding>, Vec<Finding>) {
    let found = |text: &str| {
        let reports = [parsed(text)];
        let (_, notes) = known(&reports);
        convert_notes_to_findings(&notes, &reports)
    };
    (
        found(
            r#"[{"revision":1,"updated":"2026-01-20T09:00:00Z","status":"superseded","chart":"shop-1.1.20","app_version":"1.1.20","description":"Install complete"},{"revision":2,"updated":"2026-02-03T10:11:12Z","status":"pending-upgrade","chart":"shop-1.1.21","app_version":"1.1.21","description":"Preparing upgrade"}]"#,
        ),
        found(
            r#"[{"env":"production","version":"1.1.21","at":"2026-02-03T10:11:12Z","result":"success"},{"env":"production","version":"1.1.20","at":"2026-01-20T09:00:00Z","result":"success","available":true}]"#,
        ),
    )
}

#[test]
fn kinds_have_ids_and_commands() {
    for kind in LiveKind::ALL {
        assert_eq!(LiveKind::of(kind.id()), Some(*kind));
        assert!(kind.producer().len() > 10);
    }
}

#[test]
fn two_files_that_disagree_stay_two_facts() {
    let one = parsed(
        r#"[{"env":"production","version":"1.1.21","at":"2026-02-03T10:11:12Z","result":"success"},{"env":"production","version":"1.1.20","at":"2026-01-20T09:00:00Z","result":"success","available":false}]"#,
    );
    let two = parsed(
        r#"[{"env":"production","version":"1.1.21","at":"2026-02-03T10:41:12Z","result":"success"},{"env":"production","version":"1.1.20","at":"2026-01-20T09:00:00Z","result":"success","available":true}]"#,
    );
    let (facts, _) = known(&[one, two]);
    let said: Vec<String> = facts
        .iter()
        .filter(|fact| fact.key == "deployment.previous_available")
        .map(|fact| fact.value.to_string())
        .collect();
    assert_eq!(said, ["no", "yes"]);
    let minutes: Vec<String> = facts
        .iter()
        .filter(|fact| fact.key == "deployment.live_minutes")
        .map(|fact| fact.value.to_string())
        .collect();
    assert_eq!(minutes, ["60", "30"]);
}

#[test]
fn facts_carry_when_the_file_was_written() {
    let mut report = parsed(
        r#"{"env":"production","version":"1.1.21","at":"2026-02-03T10:11:12Z","result":"success"}"#,
    );
    report.observed_at = Some(time("2026-02-03T10:30:00Z"));
    let (facts, _) = known(&[report]);
    let (minutes, rest): (Vec<&Fact>, Vec<&Fact>) = facts
        .iter()
        .partition(|fact| fact.key == "deployment.live_minutes");
    assert!(
        !rest.is_empty()
            && rest
                .iter()
                .all(|fact| fact.at == Some(time("2026-02-03T10:30:00Z")) && fact.source.is_some())
    );
    assert!(
        !minutes.is_empty()
            && minutes
                .iter()
                .all(|fact| fact.at == Some(time("2026-02-03T11:11:12Z"))),
        "they are counted up to now"
    );
}

proptest! {
    #[test]
    fn live_minutes_are_never_negative_and_facts_always_name_a_source(
        list in prop::collection::vec((0u8..3, 0i64..400_000, 0u8..5, 0u8..2), 0..12)
    ) {
        let lines: Vec<String> = list.iter().map(|(version, ago, result, place)| {
            let at = 1_770_117_072 - ago + 1000;
            let result = ["success", "failed", "running", "partial", "oops"][*result as usize];
            format!(r#"{{"env":"production","version":"1.1.{}","at":{at},"result":"{result}","target":"m{place}"}}"#, 19 + version)
        }).collect();
        if let Ok(report) = read_state_file("x", lines.join("\n").as_bytes(), Some("deploys")) {
            let (facts, _) = known(&[report]);
            for fact in &facts {
                prop_assert!(fact.source.as_ref().is_some_and(|source| !source.is_empty()));
                if let Some(number) = fact.value.as_number() {
                    prop_assert!(number >= 0.0);
                }
            }
        }
    }
}
