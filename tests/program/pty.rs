//! The program in a real pseudo-terminal: a story walked by keyboard to a decision, signals,
//! suspend, resize.

#![cfg(unix)]

use crate::common::kept;
use crate::common::terminal;

use std::time::Duration;

use kept::journals;
use terminal::{Session, plainly};

/// Up to the question of whether a dependent copes.
fn opening(session: &mut Session) {
    // while more comes in, the order of the questions may change, and a key for one that went away
    // is not taken
    session.until("everything was read", |screen| {
        screen.contents().contains("1 contract ")
            && screen.contents().contains("doing damage right now")
    });
    session.settle();
    session.press("n", "Is a deployment running right now");
    session.press("n", "How badly are users affected right now");
    session.press("f", "Is there a switch");
    session.press("n", "Can traffic go back to");
    session.press("b", "still work when POST /cards/verify is gone");
}

#[test]
fn a_story_is_walked_to_a_decision() {
    let home = tempfile::tempdir().unwrap();
    let mut session = Session::start(home.path(), &["demo", "card-service"], "xterm-256color");
    session.until("the first frame", |screen| screen.alternate_screen());
    opening(&mut session);
    session.press("n", "no open answer can change it");
    // an answer is taken back, and given again
    session.press("u", "taken back");
    session.press("n", "no open answer can change it");
    session.press("6", "POST /cards/verify");
    session.press("?", "type to filter");
    session.press("\x1b", "1 blocks");
    session.press("4", "riskiest first");
    session.press("8", "Answered no, and it cannot go back");
    session.press("c", "recommended, firm");
    session.press("\r", "the strongest reason; change it");
    session.keys("\x15the storefront cannot go back");
    session.press("\r", "what should be seen if it works");
    session.keys("errors below 1 %");
    session.press("\r", "minutes until then");
    session.keys("30");
    // no repeated Enter goes through
    session.press("\r", "[not yet]");
    session.press("\r", "Choose yes");
    session.press("\x1b[C", "[yes]");
    session.press("\r", "decided: Roll forward");
    session.press("1", "errors below 1 %");
    session.until_text("DECIDED roll forward");
    session.keys("q");
    session.until_text("the end of the story");
    session.keys("\r");
    let (code, screen) = session.end();
    assert_eq!(code, 0);
    assert!(
        !screen.screen().alternate_screen()
            && !screen.screen().hide_cursor()
            && !screen.screen().bracketed_paste()
    );
    let journal = journals(home.path());
    for kind in [
        "started",
        "assessed",
        "verdict",
        "answered",
        "withdrawn",
        "decided",
    ] {
        assert!(
            journal.contains(&format!("\"kind\":\"{kind}\"")),
            "{kind} is not in the journal:\n{journal}"
        );
    }
    assert!(journal.contains("the storefront cannot go back"));
}

#[test]
fn a_closed_connection_loses_nothing_and_resume_goes_on() {
    let home = tempfile::tempdir().unwrap();
    let mut session = Session::start(home.path(), &["demo", "card-service"], "xterm-256color");
    session.until_text("doing damage right now");
    session.press("n", "Is a deployment running right now");
    session.signal("TERM");
    let (code, screen) = session.end();
    assert_eq!(code, 143);
    assert!(!screen.screen().alternate_screen() && !screen.screen().hide_cursor());
    let mut session = Session::start(home.path(), &["resume"], "xterm-256color");
    session.until_text("Is a deployment running right now");
    session.press(
        "8",
        "Answered no, and no stored data is wrong: Is 3.1.0 doing",
    );
    session.signal("HUP");
    assert_eq!(session.end().0, 129);
}

#[test]
fn suspending_gives_the_terminal_back_and_resizing_lays_out_anew() {
    let home = tempfile::tempdir().unwrap();
    let mut session = Session::start(home.path(), &["demo", "styling"], "xterm-256color");
    session.until_text("doing damage right now");
    session.keys("\x1a");
    session.until("the shell's screen", |screen| {
        !screen.alternate_screen() && !screen.hide_cursor()
    });
    session.until_stopped();
    session.signal("CONT");
    session.until("the screens again", |screen| {
        screen.alternate_screen() && screen.contents().contains("doing damage")
    });
    session.resize(140, 40);
    session.until_text("8 shows all");
    session.resize(40, 10);
    session.until_text("This terminal has 40x10");
    assert_eq!(session.quit(), 0);
}

#[test]
fn a_dumb_terminal_is_told_what_to_use() {
    let home = tempfile::tempdir().unwrap();
    let mut session = Session::start(home.path(), &["demo", "styling"], "dumb");
    session.until_text("--plain");
    let (code, screen) = session.end();
    assert_eq!(code, 1);
    assert!(screen.screen().contents().contains("backout assess"));
}

#[test]
fn a_gate_is_polled_on_the_screen_and_goes_on_without_it() {
    let home = tempfile::tempdir().unwrap();
    let mut session = Session::start(
        home.path(),
        &[
            "demo",
            "card-service",
            "--mode",
            "deployment",
            "--gate",
            "backend",
        ],
        "xterm-256color",
    );
    session.until_text("HOLD open");
    session.press("2", "the deployment is at backend");
    session.press("p", "Poll for gate backend");
    session.press("\r\x1b[C\r", "any strong objection");
    session.keys("the queue grows");
    session.record_form("incident lead says no-go");
    session.press("p", "[go]");
    session.record_form("service owner: go");
    session.press("l", "No answer from: database owner, storefront team");
    session.press("\x1b[C\x1b[C\r", "in a few words");
    session.keys("see the queue");
    session.press("\r", "only for a hold");
    session.keys("10");
    session.press("\r", "hold for gate backend");
    session.keys("q");
    session.until("the end of it, or the question before it", |screen| {
        !screen.alternate_screen() || screen.contents().contains("without a decision")
    });
    session.keys("q");
    assert_eq!(session.end().0, 0);
    let journal = journals(home.path());
    assert!(
        journal.contains("the queue grows")
            && journal.contains("\"kind\":\"gate-called\"")
            && journal.contains("\"minutes\":10"),
        "{journal}"
    );
    assert_eq!(
        journal.matches("\"kind\":\"polled\"").count(),
        4,
        "silence is recorded"
    );

    // the same session without the screens
    let (_, folder) = plainly(home.path(), &["demo", "card-service", "--path-only"]);
    let (code, sheet) = plainly(
        home.path(),
        &[
            "gate",
            "backend",
            "3.0.0",
            "3.1.0",
            "--repo",
            folder.trim(),
            "--env",
            "production",
            "--poll",
            "database owner=go",
        ],
    );
    assert_eq!(code, Some(11), "{sheet}");
    for words in [
        "no-go; objects: the queue grows",
        "Hold for 10 min",
        "storefront team  silent",
        "database owner   go",
    ] {
        assert!(sheet.contains(words), "{words}: {sheet}");
    }
    assert_eq!(
        journals(home.path())
            .matches("\"kind\":\"started\"")
            .count(),
        1,
        "one session"
    );
}

#[test]
fn a_rehearsal_has_its_banner_and_its_steps_follow() {
    let home = tempfile::tempdir().unwrap();
    let (_, folder) = plainly(home.path(), &["demo", "styling", "--path-only"]);
    let mut session = Session::start(
        home.path(),
        &["rehearse", "--repo", folder.trim(), "--env", "staging"],
        "xterm-256color",
    );
    session.until_text("REHEARSAL");
    session.until_text("doing damage right now");
    session.press("n", "Is a deployment running right now");
    session.keys("q");
    session.until("the steps, or the question before them", |screen| {
        !screen.alternate_screen() || screen.contents().contains("without a decision")
    });
    session.keys("q\r");
    session.until_text("REHEARSAL of going back");
    session.keys(&"\r".repeat(40));
    session.until_text("and was it seen to work");
    session.keys("y\r\r");
    let (code, screen) = session.end();
    assert_eq!(code, 0, "{}", screen.screen().contents());
    let journal = journals(home.path());
    for words in [
        "\"kind\":\"rehearsed\"",
        "\"outcome\":\"worked\"",
        "\"kind\":\"closed\"",
        "harm.irreversible",
    ] {
        assert!(journal.contains(words), "{words}: {journal}");
    }
    let (_, listed) = plainly(
        home.path(),
        &["rehearse", "--list", "--repo", folder.trim()],
    );
    assert!(
        listed.contains("level 2 of 4") && listed.contains("this process"),
        "{listed}"
    );
}

#[test]
fn steps_that_were_ticked_on_the_screens_are_not_asked_for_again() {
    let home = tempfile::tempdir().unwrap();
    let (_, folder) = plainly(home.path(), &["demo", "styling", "--path-only"]);
    let mut session = Session::start(
        home.path(),
        &["rehearse", "--repo", folder.trim(), "--env", "staging"],
        "xterm-256color",
    );
    session.until("everything was read", |screen| {
        screen.contents().contains("0 contracts") && screen.contents().contains("REHEARSAL")
    });
    session.settle();
    session.press("7", "Roll back to 5.4.1");
    session.press(" ", "1 of ");
    session.press("s", "it stands in the record");
    session.press("no time for it", "no time for it");
    session.press("\r", "1 left out");
    // a tick that was acknowledged is on disk, whatever becomes of the program
    let journal = journals(home.path());
    assert!(
        journal.contains("\"kind\":\"step-done\"") && journal.contains("\"kind\":\"step-skipped\""),
        "{journal}"
    );
    session.keys("q");
    session.until("the steps", |screen| !screen.alternate_screen());
    session.until_text("done on the screens");
    session.keys(&"\r".repeat(40));
    session.until_text("and was it seen to work");
    session.keys("y\r\r");
    let (code, screen) = session.end();
    assert_eq!(code, 0, "{}", screen.screen().contents());
    let journal = journals(home.path());
    assert_eq!(
        journal.matches("\"kind\":\"step-skipped\"").count(),
        1,
        "{journal}"
    );
}

#[test]
fn what_cannot_be_found_ends_the_program_with_a_sentence() {
    let home = tempfile::tempdir().unwrap();
    let (_, folder) = plainly(home.path(), &["demo", "styling", "--path-only"]);
    let cases: [(&[&str], u32, &str); 4] = [
        (&[], 1, "is not inside a git repository"),
        (
            &["frobnicate", "--repo", folder.trim()],
            2,
            "frobnicate is neither a release",
        ),
        (
            &["--repo", folder.trim(), "--live", "nosuch.json"],
            2,
            "does not exist",
        ),
        (
            &["--repo", folder.trim(), "--env", "prod"],
            2,
            "it has production",
        ),
    ];
    for (arguments, code, says) in cases {
        let session = Session::start(home.path(), arguments, "xterm-256color");
        let (ended, screen) = session.end();
        let text: String = screen
            .screen()
            .contents()
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
        assert_eq!(ended, code, "{arguments:?}: {text}");
        assert!(
            text.contains(says) && !screen.screen().alternate_screen(),
            "{arguments:?}: {text}"
        );
    }
    assert!(!journals(home.path()).contains("started"));
    // found out once the releases are known: a pattern that leaves nothing would read as nothing
    // changed
    let (ended, screen) = Session::start(
        home.path(),
        &["--repo", folder.trim(), "--path", "nosuch/**"],
        "xterm-256color",
    )
    .end();
    assert!(
        ended == 2 && screen.screen().contents().contains("--path nosuch/**"),
        "{ended}: {}",
        screen.screen().contents()
    );
}

#[test]
fn a_key_in_a_terminal_that_is_too_small_records_nothing() {
    let home = tempfile::tempdir().unwrap();
    let mut session = Session::start(home.path(), &["demo", "card-service"], "xterm-256color");
    session.until_text("doing damage right now");
    session.resize(50, 15);
    session.until_text("This terminal has 50x15");
    session.keys("ynbdc");
    // nothing that is drawn tells that the keys were read, and read behind the resize they would
    // count
    std::thread::sleep(Duration::from_secs(1));
    session.resize(80, 24);
    session.until_text("doing damage right now");
    session.press("?", "type to filter");
    session.keys("\x1b");
    session.until("the help is closed", |screen| {
        !screen.contents().contains("type to filter")
    });
    session.keys("q");
    assert_eq!(session.end().0, 0);
    let journal = journals(home.path());
    assert!(
        journal.contains("\"kind\":\"started\"")
            && !journal.contains("\"key\":\"harm.irreversible\"")
    );
}

#[test]
fn a_start_beside_an_open_session_offers_to_go_on() {
    let home = tempfile::tempdir().unwrap();
    let (_, folder) = plainly(home.path(), &["demo", "card-service", "--path-only"]);
    let arguments = ["3.0.0", "3.1.0", "--repo", folder.trim()];
    let mut session = Session::start(home.path(), &arguments, "xterm-256color");
    session.until_text("doing damage right now");
    session.press("n", "Is a deployment running right now");
    // a note that is half typed when the connection goes
    session.press("t", "pasted lines stay lines");
    session.keys("half of it");
    session.until_text("half of it");
    session.signal("HUP");
    assert_eq!(session.end().0, 129);
    let mut session = Session::start(home.path(), &arguments, "xterm-256color");
    session.until_text("There is an open session about these releases");
    session.press("r", "Is a deployment running right now");
    session.signal("TERM");
    assert_eq!(session.end().0, 143);
    assert_eq!(
        journals(home.path())
            .matches("\"kind\":\"started\"")
            .count(),
        1,
        "it is one session"
    );
    let mut session = Session::start(
        home.path(),
        &["resume", "--repo", folder.trim()],
        "xterm-256color",
    );
    session.until_text("Is a deployment running right now");
    session.press("t", "half of it");
    session.signal("TERM");
    assert_eq!(session.end().0, 143);
    // closed with its outcome, it is not gone on with, and still reported
    let (code, said) = plainly(
        home.path(),
        &["close", "--repo", folder.trim(), "--outcome", "worked"],
    );
    assert_eq!(code, Some(0), "{said}");
    let (code, _) = plainly(home.path(), &["resume", "--repo", folder.trim(), "--plain"]);
    assert_eq!(code, Some(1));
    let (code, report) = plainly(home.path(), &["report", "--repo", folder.trim()]);
    assert_eq!(code, Some(0));
    assert!(report.contains("it worked"), "{report}");
}

#[test]
fn a_session_of_another_repository_is_named_and_not_taken() {
    let home = tempfile::tempdir().unwrap();
    let folders: Vec<String> = ["card-service", "styling"]
        .iter()
        .map(|story| {
            plainly(home.path(), &["demo", story, "--path-only"])
                .1
                .trim()
                .to_owned()
        })
        .collect();
    let mut session = Session::start(
        home.path(),
        &["--repo", &folders[0], "3.0.0", "3.1.0"],
        "xterm-256color",
    );
    session.until_text("doing damage right now");
    session.press("n", "Is a deployment running right now");
    session.signal("TERM");
    assert_eq!(session.end().0, 143);
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_backout"));
    let output = command
        .args(["report", "--repo", &folders[1]])
        .env("BACKOUT_HOME", home.path())
        .output()
        .unwrap();
    let says = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        output.status.code() == Some(1) && says.contains("The newest elsewhere is"),
        "{says}"
    );
    assert_eq!(
        plainly(home.path(), &["report", "--repo", &folders[0]]).0,
        Some(0)
    );
}

#[test]
fn a_folder_that_cannot_be_written_keeps_answers_in_memory_until_another_is_named() {
    let home = tempfile::tempdir().unwrap();
    let (blocked, other) = (home.path().join("blocked"), home.path().join("other"));
    std::fs::write(&blocked, "a file where a folder should be").unwrap();
    let mut session = Session::start_in(
        home.path(),
        &blocked,
        &["demo", "card-service"],
        "xterm-256color",
    );
    session.until("why it is so", |screen| {
        screen.contents().contains("NOT ON DISK") && screen.contents().contains("Esc closes this")
    });
    session.keys("\x1b");
    // a key right behind would be read with it
    session.until("the sentence is closed", |screen| {
        !screen.contents().contains("Esc closes this") && screen.contents().contains("doing damage")
    });
    session.press("n", "Is a deployment running right now");
    session.press("n", "How badly are users affected right now");
    session.press("F", "such as /tmp");
    session.keys(other.to_str().unwrap());
    session.keys("\r");
    session.until("the banner is gone", |screen| {
        !screen.contents().contains("NOT ON DISK") && screen.contents().contains("How badly")
    });
    session.press("f", "Is there a switch");
    session.signal("TERM");
    assert_eq!(session.end().0, 143);
    let journal = journals(&other);
    for words in [
        "\"kind\":\"started\"",
        "\"key\":\"harm.irreversible\"",
        "\"key\":\"deployment.in_progress\"",
        "\"key\":\"impact.now\"",
    ] {
        assert!(journal.contains(words), "{words}: {journal}");
    }
    let name = std::fs::read_dir(&other)
        .unwrap()
        .flatten()
        .next()
        .unwrap()
        .path();
    assert_eq!(
        plainly(home.path(), &["verify", name.to_str().unwrap()]).0,
        Some(0),
        "its chain is whole"
    );
}

#[test]
fn the_version_that_was_typed_is_the_one_that_is_chosen() {
    let home = tempfile::tempdir().unwrap();
    let (_, folder) = plainly(home.path(), &["demo", "styling", "--path-only"]);
    let repository = git2::Repository::open(folder.trim()).unwrap();
    let head = repository.head().unwrap().peel_to_commit().unwrap();
    let old = head.parent(0).unwrap();
    for (tag, commit) in [
        ("v9.2.5", &head),
        ("v9.2.51", &head),
        ("v9.2.59", &head),
        ("v9.1.0", &old),
    ] {
        repository
            .tag_lightweight(tag, commit.as_object(), false)
            .unwrap();
    }
    let mut session = Session::start(home.path(), &["--repo", folder.trim()], "xterm-256color");
    session.until_text("what is live now");
    session.press("n", "What is live?");
    session.keys("/9.2.5");
    session.until_text("filter: 9.2.5");
    session.press("\r", "9.2.5 is live; what would one go back to?");
    session.signal("TERM");
    assert_eq!(session.end().0, 143);
}
