//! Rehearsals and drills from the command line.

use crate::common;
use crate::gate::{gate, piped, service, sessions};
use common::Sample;

const PROCESS: &str = "process:\n  - {name: Deploy database, kind: database, on_rollback: skip}\n  \
    - {name: Deploy service, kind: service}\n";

#[test]
fn a_rehearsal_goes_step_by_step_and_counts_later() {
    let sample = service(PROCESS);
    let before = sample.run(&["assess", "--format", "json"]).json();
    assert!(
        before["facts"].get("rehearsal.level").is_none(),
        "no record is no proof that there was none"
    );
    // enough lines for every step; what is left over answers nothing
    let lines = format!(
        "the queue was full\n\ns\ns no queue here\n{}y\n\n",
        "\n".repeat(40)
    );
    let walked = piped(&sample, &["rehearse", "--steps", "--env", "test"], &lines);
    assert_eq!(walked.code, Some(0), "{}{}", walked.out, walked.err);
    assert!(
        walked.err.contains("REHEARSAL of going back to 3.0.0")
            && walked.err.contains("type y or n"),
        "{}",
        walked.err
    );
    assert!(
        walked.out.contains("recorded as \"worked\"")
            && walked.out.contains("left out")
            && walked.out.contains("surprise: the queue was full"),
        "{}",
        walked.out
    );
    assert!(walked.out.contains("process: \""), "{}", walked.out);
    let journal = &sessions(&sample)[0];
    assert!(
        journal.contains("\"kind\":\"rehearsed\"")
            && journal.contains("\"mode\":\"rehearsal\"")
            && journal.matches("\"kind\":\"step-done\"").count() > 1
            && journal.contains("\"kind\":\"step-skipped\"")
            && journal.contains("\"kind\":\"step-noted\""),
        "{journal}"
    );
    let after = sample.run(&["assess", "--format", "json"]).json();
    assert_eq!(
        (
            &after["facts"]["rehearsal.level"]["value"],
            &after["facts"]["rehearsal.days_since"]["value"]
        ),
        (&2.into(), &0.into())
    );
    let report = sample.run(&["report", &session_id(&sample)]).out;
    assert!(
        report.contains("This was a rehearsal.")
            && report.contains("surprises: ")
            && report.contains("the queue was full")
            && report.contains("The plan as it was run")
            && report.contains("no queue here"),
        "{report}"
    );
}

fn session_id(sample: &Sample) -> String {
    sample
        .run(&["sessions"])
        .out
        .split_whitespace()
        .next()
        .expect("an id")
        .to_owned()
}

#[test]
fn a_rehearsal_nowhere_is_said_to_be_one() {
    let sample = service(PROCESS);
    let ran = sample.run(&["rehearse", "--outcome", "worked"]);
    assert!(
        ran.out.contains("No environment was named") && ran.out.contains("--env"),
        "{}",
        ran.out
    );
    let list = sample.run(&["rehearse", "--list"]);
    assert!(
        !list.out.contains("was rehearsed in a test environment"),
        "{}",
        list.out
    );
}

#[test]
fn three_rehearsals_on_one_process_reach_the_third_rung_and_a_changed_process_drops() {
    let whole = format!(
        "{PROCESS}automation: {{conditions: [error-rate], stop: incident lead, tests_trusted: \
            true}}\n"
    );
    let sample = service(&whole);
    let level = || {
        sample.run(&["assess", "--format", "json"]).json()["facts"]["rehearsal.level"]["value"]
            .clone()
    };
    assert_eq!(level(), 1);
    for reached in [2, 2, 4] {
        assert_eq!(
            sample.run(&["rehearse", "--outcome", "worked"]).code,
            Some(0)
        );
        assert_eq!(level(), reached);
    }
    assert_eq!(
        gate(
            &sample,
            "complete",
            &["--automatic", "--answer", "rehearsal.level=4"]
        )
        .code,
        Some(0)
    );
    std::fs::write(
        sample.path().join("backout.yaml"),
        whole.replace("Deploy service", "Deploy the service"),
    )
    .expect("a file");
    assert_eq!(level(), 2);
    let list = sample
        .run(&["rehearse", "--list"])
        .out
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    assert!(
        list.contains("level 2 of 4")
            && list.contains("another process")
            && list.contains("3 went through another process"),
        "{list}"
    );
    std::fs::write(sample.path().join("backout.yaml"), &whole).expect("a file");
    assert_eq!(
        sample
            .run(&["rehearse", "--outcome", "failed", "--surprise", "no access"])
            .code,
        Some(0)
    );
    assert_eq!(level(), 2, "the newest did not work");
}

#[test]
fn the_line_for_other_machines_is_read_there() {
    let sample = service(PROCESS);
    let said = sample
        .run(&[
            "rehearse",
            "--outcome",
            "worked",
            "--surprise",
            "a \"quote\": {x}",
            "--env",
            "test",
        ])
        .out;
    let line = said
        .lines()
        .find(|line| line.trim_start().starts_with("- {at:"))
        .expect("a line")
        .to_owned();
    let other = service(&format!("{PROCESS}rehearsals:\n{line}\n"));
    let read = other.run(&["assess", "--format", "json"]).json();
    assert_eq!(
        read["facts"]["rehearsal.level"]["value"], 2,
        "{:#}",
        read["unchecked"]
    );
    assert!(
        other
            .run(&["rehearse", "--list"])
            .out
            .contains("a \"quote\": {x}")
    );
    let unread = read["unchecked"]
        .as_array()
        .expect("a list")
        .iter()
        .any(|one| {
            one["what"]
                .as_str()
                .is_some_and(|what| what.contains("backout.yaml"))
        });
    assert!(!unread, "{:#}", read["unchecked"]);
}

#[test]
fn a_drill_of_an_incident_asks_first_and_tells_afterwards() {
    let sample = service("");
    let ran = piped(
        &sample,
        &["rehearse", "--drill", "knight-2012-08-01"],
        "9\n6\nstop it first\n",
    );
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert!(
        ran.err.contains("What could be known")
            && !ran.err.contains("made_worse")
            && !ran.err.contains("woke it there too"),
        "nothing is told before: {}",
        ran.err
    );
    assert!(
        ran.out.contains("You decided: stop the harm.")
            && ran.out.contains("rolling back. It made it worse.")
            && ran.out.contains("pausing or holding"),
        "{}",
        ran.out
    );
    assert!(sessions(&sample)[0].contains("\"drill\":\"knight-2012-08-01\""));
    assert!(
        sample
            .run(&["sessions"])
            .out
            .contains("rehearsal, stop the harm")
    );
    // the decision as it stood at any minute
    let id = session_id(&sample);
    for when in [["--event", "2"], ["--at", "now"]] {
        let stood = sample.run(&[&["replay", &id][..], &when].concat());
        assert_eq!(stood.code, Some(0), "{}", stood.err);
        for words in [
            "As it stood after event",
            "because     no fix is in sight",
            "flips if",
            "How many changes would go back?",
            "not known   Is this release doing damage",
        ] {
            assert!(stood.out.contains(words), "{words}: {}", stood.out);
        }
    }
    let before = sample.run(&["replay", &id, "--at", "2012-08-01T13:30:00Z"]);
    assert!(
        before.code == Some(1) && before.err.contains("the session began later"),
        "{}",
        before.err
    );
    assert!(
        sample.run(&["assess", "--format", "json"]).json()["facts"]
            .get("rehearsal.level")
            .is_none(),
        "a drill counts towards nothing"
    );
    let none = sample.run(&["rehearse", "--drill", "nothing"]);
    assert!(
        none.code == Some(1)
            && none.err.contains("not-null")
            && none.err.contains("knight-2012-08-01"),
        "{}",
        none.err
    );
    let nobody = piped(&sample, &["rehearse"], "");
    assert!(
        nobody.code == Some(1) && nobody.err.contains("--outcome"),
        "{}",
        nobody.err
    );
}
