//! The same questions line by line, through a pipe.

use std::io::Write;
use std::process::{Command, Stdio};

pub fn run(home: &std::path::Path, arguments: &[&str], lines: &str) -> (String, Option<i32>) {
    let (text, _, code) = run_both(home, arguments, lines);
    (text, code)
}

/// What is printed, what is told beside it, and the exit status.
pub fn run_both(
    home: &std::path::Path,
    arguments: &[&str],
    lines: &str,
) -> (String, String, Option<i32>) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_backout"));
    command
        .args(arguments)
        .current_dir(home)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    for key in [
        "BACKOUT_HOME",
        "TMPDIR",
        "HOME",
        "XDG_STATE_HOME",
        "XDG_CONFIG_HOME",
    ] {
        command.env(key, home);
    }
    let mut child = command.spawn().unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(lines.as_bytes())
        .unwrap();
    let output = child.wait_with_output().unwrap();
    (
        String::from_utf8(output.stdout).unwrap(),
        String::from_utf8(output.stderr).unwrap(),
        output.status.code(),
    )
}

#[test]
fn a_story_is_answered_line_by_line() {
    let home = tempfile::tempdir().unwrap();
    let lines = "n\nn\nf\nnonsense\nn\nb\nn\nwhy\nplan\nnote\nseen in the log\nrecord\nquit\n";
    let (text, code) = run(home.path(), &["demo", "card-service", "--plain"], lines);
    assert_eq!(code, Some(0), "{text}");
    for wanted in [
        "3.1.0 is out, 3.0.0 is what one would go back to",
        "doing damage right now",
        "“nonsense” is neither an answer here nor a command",
        "no open answer can change it",
        "blocks: POST /cards/verify",
        "storefront src/pay.ts:",
        "(run)",
        "Note: seen in the log",
    ] {
        assert!(text.contains(wanted), "{wanted:?} is not in\n{text}");
    }
    assert!(
        !text.contains('\u{1b}'),
        "no escape sequence reaches a pipe"
    );
    assert!(text.lines().all(|line| line.chars().count() <= 130));
}

#[test]
fn a_decision_that_cannot_be_taken_back_takes_the_version() {
    let home = tempfile::tempdir().unwrap();
    // styling: cosmetic, no fix, cause strong: roll back
    let lines = "n\nn\ne\nn\nb\ndecide\n1\ncalm\nit only looks wrong\nthe old \
        look\n10\n9.9.9\ndecide\n1\ncalm\nit only looks wrong\nthe old look\n10\n";
    let (text, _) = run(home.path(), &["demo", "styling", "--plain"], lines);
    assert!(text.contains("exactly to confirm"), "{text}");
}

#[test]
fn the_input_may_end_at_any_time() {
    let home = tempfile::tempdir().unwrap();
    for lines in ["", "n", "n\n", "note\n", "decide\n", "releases\n", "a\n"] {
        let (text, code) = run(home.path(), &["demo", "styling", "--plain"], lines);
        assert_eq!(code, Some(0), "{lines:?}: {text}");
    }
}

#[test]
fn a_plan_is_worked_off_line_by_line() {
    let home = tempfile::tempdir().unwrap();
    // nothing is taken before a decision; a reason is needed; a step is done once
    let lines = "step done\nn\nn\ne\nn\nb\ndecide\n1\ncalm\nit only looks wrong\nthe old \
        look\n10\n5.4.1\nstep 1 done\nstep 1 done\nstep skip\nstep 2 skip no cache here\nstep \
        begin\nstep 3 failed it does not start\nstep 3 note tried twice\nstep nonsense\nstep 99 \
        done\nplan\nu\nrecord\nquit\n";
    let (text, code) = run(home.path(), &["demo", "styling", "--plain"], lines);
    for wanted in [
        "It is not possible: nothing is decided yet",
        "done: ",
        "It is not possible: this step is done already",
        "It is not possible: leaving a step out needs a reason",
        "left out: ",
        "FAILED",
        "note: tried twice",
        "Say it as in `step 3 done`",
        "The plan has no step 99",
        "1 of ",
        "no cache here",
        "Step failed: ",
        "Took back event",
    ] {
        assert!(text.contains(wanted), "{wanted:?} is not in\n{text}");
    }
    assert_eq!(code, Some(0));
}

#[test]
fn a_story_ends_with_what_was_answered_and_what_happened() {
    let home = tempfile::tempdir().unwrap();
    let lines = "n\nn\ne\nn\nb\nquit\n";
    let (_, told, code) = run_both(home.path(), &["demo", "styling", "--plain"], lines);
    for wanted in [
        "The end of the story.",
        "What you answered\n  no, and no stored data is wrong: Is 5.4.2 doing damage",
        "What you decided\n  Nothing. Recommended was ",
        "What happened\n  As the story goes, 5.4.1 came back",
        "What would have changed the verdict\n  If 5.4.2 is",
        "What backout could not see\n  It sees that only styles",
    ] {
        assert!(told.contains(wanted), "{wanted:?} is not in\n{told}");
    }
    assert_eq!(code, Some(0));
    // whoever only looks is told nothing yet
    let (_, told, _) = run_both(home.path(), &["demo", "styling", "--plain"], "quit\n");
    assert!(!told.contains("What happened"), "{told}");
}
