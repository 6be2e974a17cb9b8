//! What misled people on the screens once, each in a real pseudo-terminal: a key that means two
//! things, a decision taken by accident, a count that differs from screen to screen, a reason that
//! leads nowhere. Each test fails where the fault is back.

#![cfg(unix)]

use crate::common;
use crate::common::kept;
use crate::common::terminal;

use std::path::Path;

use kept::journals;
use terminal::{Session, plainly};

const TERM: &str = "xterm-256color";

/// The text of the screen in one line, so that a sentence is found wherever it is broken.
fn flat(session: &Session) -> String {
    session
        .screen
        .screen()
        .contents()
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}

/// The line of the keys.
fn footer(session: &Session) -> String {
    session
        .screen
        .screen()
        .contents()
        .lines()
        .nth(22)
        .unwrap_or_default()
        .to_owned()
}

/// A story in which everything was read.
fn story(home: &Path, more: &[&str]) -> Session {
    let arguments: Vec<&str> = ["demo", "card-service"]
        .into_iter()
        .chain(more.iter().copied())
        .collect();
    let mut session = Session::start(home, &arguments, TERM);
    session.until("everything was read", |screen| {
        screen.contents().contains("1 contract ") || screen.contents().contains("start")
    });
    session.settle();
    session
}

/// The same with the three questions about danger answered.
fn calm(home: &Path) -> Session {
    let mut session = story(home, &[]);
    session.until_text("doing damage right now");
    session.press("n", "Is a deployment running right now");
    session.press("n", "How badly are users affected right now");
    session.press("f", "Is there a switch");
    session
}

/// Enter, one field at a time, until the one that settles it.
fn to_the_last_field(session: &mut Session) {
    for _ in 0..6 {
        if flat(session).contains("left and right choose") {
            return;
        }
        let before = session.screen.screen().contents();
        session.keys("\r");
        session.until("the next field", |screen| screen.contents() != before);
        session.settle();
    }
}

fn end(session: Session) {
    session.signal("TERM");
    assert_eq!(session.end().0, 143);
}

/// How often a kind of event stands in the journals.
fn count(home: &Path, kind: &str) -> usize {
    journals(home)
        .matches(&format!("\"kind\":\"{kind}\""))
        .count()
}

/// The number before a word.
fn number_before(text: &str, word: &str) -> Option<u32> {
    text.split(word)
        .next()?
        .split_whitespace()
        .next_back()?
        .parse()
        .ok()
}

#[test]
fn a_key_is_an_answer_or_a_command_and_never_both() {
    let home = tempfile::tempdir().unwrap();
    let mut session = calm(home.path());
    let answered = count(home.path(), "answered");
    // the message of the last answer leaves the first keys in sight, and says how it is taken back
    assert!(
        footer(&session).contains("c decide") && footer(&session).contains("u takes it back"),
        "{}",
        footer(&session)
    );
    // what the footer calls a note is a note, digits are screens, and what does nothing says so
    session.press("t", "pasted lines stay lines");
    session.press("\x1b", "Is there a switch");
    session.press("6", "What stands in the way");
    session.press("1", "Is there a switch");
    session.press("w", "w does nothing here");
    assert_eq!(
        count(home.path(), "answered"),
        answered,
        "none of them answered"
    );
    end(session);
}

#[test]
fn a_decision_needs_a_reason_and_is_taken_back_like_an_answer() {
    let home = tempfile::tempdir().unwrap();
    let mut session = calm(home.path());
    session.press("c", "say why");
    // the letter that means "I do not know" on the screen below decides nothing, and neither does
    // Enter over and over
    session.keys("d");
    session.settle();
    session.press("\r", "the strongest reason; change it");
    session.press("\r", "what should be seen if it works");
    session.press("\r", "minutes until then");
    to_the_last_field(&mut session);
    session.press("\r", "Choose yes");
    session.keys("\r\r\r\r");
    session.settle();
    assert_eq!(count(home.path(), "decided"), 0, "{}", flat(&session));
    session.press("\x1b[C", "[yes]");
    session.press("\r", "DECIDED roll forward");
    assert_eq!(count(home.path(), "decided"), 1);
    session.press("u", "taken back: the decision");
    session.until("the decision is gone from the header", |screen| {
        !screen.contents().contains("DECIDED")
    });
    // what the command line said is no answer of this session: undo takes back the three answers,
    // says that there is nothing more, and never reaches it
    for left in [2, 1, 0] {
        session.keys("u");
        session.until("the answer is taken back", |_| {
            count(home.path(), "withdrawn") == 4 - left
        });
        session.settle();
    }
    session.press("u", "nothing to take back");
    session.keys("uuuu");
    session.settle();
    assert_eq!(
        count(home.path(), "withdrawn"),
        4,
        "the decision and the three answers, and no more: {}",
        flat(&session)
    );
    assert!(
        flat(&session).contains("live 2 days"),
        "what the command line said still counts: {}",
        flat(&session)
    );
    end(session);
}

#[test]
fn a_decision_before_everything_was_read_is_recorded_as_that() {
    let home = tempfile::tempdir().unwrap();
    let mut session = Session::start(home.path(), &["demo", "quarterly"], TERM);
    // as early as a person can be: where the reading is over by then, there is nothing to say about
    // it
    session.press("c", "say why");
    let early = flat(&session).contains("parts are read");
    session.press("\r", "the strongest reason; change it");
    to_the_last_field(&mut session);
    session.press("\x1b[C", "[yes]");
    session.press("\r", "DECIDED");
    let journal = journals(home.path());
    let at = |kind: &str| {
        journal
            .lines()
            .position(|line| line.contains(&format!("\"kind\":\"{kind}\"")))
    };
    if at("assessed").is_none_or(|assessed| at("decided") < Some(assessed)) {
        assert!(
            early,
            "it was decided on a part, and nobody was told:\n{journal}"
        );
    }
    session.until("everything was read", |screen| {
        !screen.contents().contains("READING")
    });
    end(session);
}

#[test]
fn resuming_writes_no_history() {
    let home = tempfile::tempdir().unwrap();
    let mut session = calm(home.path());
    session.press("n", "Can traffic go back to");
    end(session);
    let verdicts = count(home.path(), "verdict");
    for _ in 0..2 {
        let mut session = Session::start(home.path(), &["resume"], TERM);
        session.until("everything was read", |screen| {
            screen.contents().contains("1 contract ")
                && screen.contents().contains("Can traffic go back to")
        });
        session.settle();
        // a part that is not read is never a reason
        assert!(
            !flat(&session).contains("fails on the schema"),
            "{}",
            flat(&session)
        );
        end(session);
    }
    assert_eq!(
        count(home.path(), "verdict"),
        verdicts,
        "a verdict of what was read in part, or the same once more:\n{}",
        journals(home.path())
    );
    // the report speaks in questions and answers
    let (_, report) = plainly(home.path(), &["report"]);
    assert!(
        report.contains("doing damage right now")
            && !report.contains("harm.irreversible")
            && !report.contains("impact.now"),
        "{report}"
    );
    assert!(
        !report.contains("could have changed the verdict, harm"),
        "{report}"
    );
}

#[test]
fn a_hold_has_a_clock_and_a_failed_expectation_a_next_option() {
    let home = tempfile::tempdir().unwrap();
    let mut session = calm(home.path());
    session.press("c", "say why");
    session.press("\x1b[B", "▸ ● Hold");
    session.press("\r", "in a few words");
    session.keys("the database owner looks");
    session.press("\r", "minutes; then it is decided again");
    session.keys("30");
    to_the_last_field(&mut session);
    session.press("\x1b[C", "[yes]");
    session.press("\r", "DECIDED hold");
    // the clock of the hold runs in the header
    assert!(
        flat(&session).contains("hold ends") && flat(&session).contains(", in "),
        "{}",
        flat(&session)
    );
    session.press("u", "taken back: the decision");
    // an expectation that is not met makes the next option the headline
    session.press("1", "Is there a switch");
    session.press("c", "say why");
    session.press("\r", "the strongest reason; change it");
    session.press("\r", "what should be seen if it works");
    session.keys("no declined payments");
    session.press("\r", "minutes until then");
    session.keys("10");
    to_the_last_field(&mut session);
    session.press("\x1b[C", "[yes]");
    session.press("\r", "DECIDED roll forward");
    session.press("1", "no declined payments by");
    assert!(flat(&session).contains("look at"), "{}", flat(&session));
    session.press("o", "backout shows the next option");
    session.press("\x1b[C", "[no]");
    session.press("\r", "as read from the system");
    session.keys("as many as before");
    session.press("\r", "next, as ");
    end(session);
}

#[test]
fn the_start_of_a_deployment_is_asked_about_the_start() {
    let home = tempfile::tempdir().unwrap();
    let mut session = story(home.path(), &["--mode", "deployment", "--gate", "start"]);
    session.until_text("HOLD open");
    session.press("3", "can change the answer");
    assert!(
        !flat(&session).contains("doing damage right now"),
        "nothing runs yet: {}",
        flat(&session)
    );
    session.press("2", "approve the start");
    // what is not known is no tick
    session.press("\t", "▸ approve the start");
    session.press("\x1b[B", "▸ ? a rollback plan is written");
    session.press("\x1b[F", "▸ ? no incident is running");
    session.press("\x1b[H", "▸ ? 3.0.0 can be deployed");
    // Enter on an item goes to its question
    session.press("\x1b[B\r", "How well is going back rehearsed?");
    session.press("2", "approve the start");
    session.press("p", "Poll for gate start");
    // somebody nobody knows is not asked by accident
    session.keys("\x15nobody\r\r\r\r");
    session.until_text("nobody");
    session.settle();
    assert_eq!(count(home.path(), "polled"), 0, "{}", flat(&session));
    end(session);
}

#[test]
fn a_reason_leads_to_the_line_it_rests_on() {
    let home = tempfile::tempdir().unwrap();
    let mut session = calm(home.path());
    session.press("\r", "┌ why");
    session.press("\x1b[B", "▸ because   3.0.0 has no POST /cards/verify");
    session.press("\r", "Evidence 1 of 2");
    // the line of the dependent is quoted, and it is the one that is named
    assert!(
        flat(&session).contains("storefront src/pay.ts:26")
            && flat(&session).contains("return call(\"POST\", \"/cards/verify\""),
        "{}",
        flat(&session)
    );
    end(session);
}

#[test]
fn one_number_of_open_questions_on_every_screen() {
    let home = tempfile::tempdir().unwrap();
    let mut session = calm(home.path());
    session.until("the verdict that knows the answer", |screen| {
        screen.contents().contains("answers can change it")
    });
    session.settle();
    let now = number_before(&flat(&session), "answers can change it").unwrap();
    session.press("3", "all questions");
    let list = number_before(&flat(&session), "open ·").unwrap();
    session.press("1", "answers can change it");
    session.press("c", "questions are open");
    let box_says = number_before(&flat(&session), "questions are open").unwrap();
    assert_eq!((now, now), (list, box_says));
    // no key of a fact is shown to a person
    assert!(
        !flat(&session).contains("switch.exists") && !flat(&session).contains("fact "),
        "{}",
        flat(&session)
    );
    end(session);
}

#[test]
fn the_way_back_stands_on_the_board_and_weights_where_reasons_are_explained() {
    let home = tempfile::tempdir().unwrap();
    let back = |screen: &vt100::Screen, word: &str| {
        let text = screen.contents();
        !text.contains('█')
            && text
                .lines()
                .any(|line| line.contains("Roll back ") && line.contains(word))
    };
    let mut session = Session::start(home.path(), &["demo", "quarterly"], TERM);
    session.until("what is in the way", |screen| back(screen, "✗"));
    end(session);
    // only the default tips it
    let mut session = story(home.path(), &[]);
    session.until("a default", |screen| {
        screen.contents().contains("no weight decides yet; going")
            && !screen.contents().contains('█')
    });
    end(session);
    let mut session = Session::start(home.path(), &["demo", "styling"], TERM);
    session.until("no bar on the first screen", |screen| back(screen, "○"));
    session.press("\r", "why");
    session.until("weights", |screen| {
        screen.contents().contains('█') && screen.contents().contains(" forward")
    });
    end(session);
}

#[test]
fn a_story_is_told_and_told_again_and_a_drill_hides_its_end() {
    let home = tempfile::tempdir().unwrap();
    let mut session = story(home.path(), &[]);
    session.until_text("doing damage right now");
    session.press("S", "declined payments pile up");
    session.press("\r", "doing damage right now");
    end(session);

    let home = tempfile::tempdir().unwrap();
    let mut session = Session::start(home.path(), &["rehearse", "--drill", "not-null"], TERM);
    session.until_text("Enter begin");
    assert!(
        flat(&session).contains("REHEARSAL")
            && !flat(&session).contains("drill of not-null is over"),
        "{}",
        flat(&session)
    );
    session.press("\r", "doing damage right now");
    session.press("n", "Is a deployment running right now");
    session.keys("q");
    session.until_text("Leave without a decision");
    session.keys("q");
    session.until_text("It stays hidden until you decide");
    session.keys("\r");
    let (code, screen) = session.end();
    assert!(
        code == 0 && screen.screen().contents().contains("is over"),
        "{}",
        screen.screen().contents()
    );
}

#[test]
fn what_is_so_of_some_is_not_said_of_all_and_a_closed_hole_is_named() {
    let sample = common::Sample::new();
    let up = |table: &str| format!("CREATE TABLE {table} (id bigint);\n");
    sample.commit(
        "feat: first",
        &[
            ("src/main.go", "package main\n\nfunc main() {}\n"),
            (
                "go.mod",
                "module shop\n\nrequire github.com/golang-migrate/migrate/v4 v4.17.0\n",
            ),
        ],
    );
    sample.tag("v1.0.0");
    sample.commit(
        "feat: vouchers",
        &[
            ("migrations/0001_vouchers.up.sql", up("vouchers").as_str()),
            (
                "migrations/0001_vouchers.down.sql",
                "DROP TABLE vouchers;\n",
            ),
            ("migrations/0002_shelves.up.sql", up("shelves").as_str()),
        ],
    );
    sample.commit(
        "fix: refuse a path that leaves the folder (CVE-2026-22849)",
        &[("src/main.go", "package main\n\nfunc main() { run() }\n")],
    );
    sample.tag("v1.1.0");
    let (home, folder) = (sample.beside("home"), sample.path());
    std::fs::create_dir_all(&home).unwrap();
    let mut session = Session::start(
        &home,
        &["--repo", folder.to_str().unwrap(), "1.0.0", "1.1.0"],
        TERM,
    );
    session.until("everything was read", |screen| {
        screen.contents().contains("2 migrations ")
            && screen.contents().contains("doing damage right now")
    });
    session.settle();
    session.until_text("CVE-2026-22849");
    session.press("3", "all questions");
    session.press("\t", "▸ all questions");
    session.press("/", "type to search");
    session.keys("down migrations\r");
    session.until_text("not all: 1 of 2 has none");
    end(session);
}

#[test]
fn a_rehearsal_opens_on_the_way_back() {
    let home = tempfile::tempdir().unwrap();
    let (_, folder) = plainly(home.path(), &["demo", "not-null", "--path-only"]);
    let mut session = Session::start(
        home.path(),
        &["rehearse", "--repo", folder.trim(), "--env", "staging"],
        TERM,
    );
    session.until("everything was read", |screen| {
        screen.contents().contains("1 migration ") && screen.contents().contains("REHEARSAL")
    });
    session.settle();
    session.press("7", "Roll back to 2.7.0");
    assert!(
        !flat(&session).contains("Roll forward from 2.8.0 recommended"),
        "{}",
        flat(&session)
    );
    // its steps come after the screens, and not when the program was told to end
    session.signal("TERM");
    assert_eq!(session.end().0, 143);
    let mut session = Session::start(home.path(), &["rehearse", "--drill", "not-null"], TERM);
    session.until_text("REHEARSAL");
    session.signal("TERM");
    assert_eq!(session.end().0, 143);
    // what was typed cannot be meant: the sentence and the exit code are those of every other
    // command
    let session = Session::start(
        home.path(),
        &["rehearse", "--repo", folder.trim(), "--env", "prod"],
        TERM,
    );
    let (code, screen) = session.end();
    let said = screen.screen().contents();
    assert!(code == 2 && said.contains("prod"), "{code} {said}");
}

#[test]
fn a_path_that_matches_nothing_begins_no_session() {
    let home = tempfile::tempdir().unwrap();
    let (_, folder) = plainly(home.path(), &["demo", "not-null", "--path-only"]);
    let session = Session::start(
        home.path(),
        &["--repo", folder.trim(), "--path", "no/such/folder/**"],
        TERM,
    );
    let (code, screen) = session.end();
    let said = screen.screen().contents();
    assert!(
        code == 2 && said.contains("no/such/folder/**"),
        "{code} {said}"
    );
    assert_eq!(journals(home.path()), "", "there is nothing to go on with");
    // one that matches begins it, as no path does
    let mut session = Session::start(
        home.path(),
        &["--repo", folder.trim(), "2.7.0", "2.8.0", "--path", "db/**"],
        TERM,
    );
    session.until_text("doing damage right now");
    session.until_text("db/** was looked at");
    session.press("n", "Is a deployment running right now");
    session.signal("TERM");
    assert_eq!(session.end().0, 143);
    let journal = journals(home.path());
    assert!(
        journal.matches("\"kind\":\"started\"").count() == 1
            && journal.contains("harm.irreversible"),
        "{journal}"
    );
}
