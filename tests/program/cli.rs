//! The program from outside: commands, exit codes, sentences, on repositories built here.

use crate::common;

use common::Sample;

fn payments() -> Sample {
    let sample = Sample::new();
    sample.commit(
        "feat: first",
        &[
            ("src/main.rs", "fn main() {}\n"),
            (
                "migrations/000001_cards.up.sql",
                "CREATE TABLE cards (id bigint PRIMARY KEY, pan text NOT NULL);\n",
            ),
        ],
    );
    sample.tag("v1.0.0");
    sample.commit(
        "fix(cards): keep the last digits (#12)",
        &[(
            "src/cards.rs",
            "pub const INSERT: &str = \"INSERT INTO cards (id, pan) VALUES ($1, $2)\";\n",
        )],
    );
    sample.tag("v1.1.0");
    sample.commit(
        "feat(cards)!: ask for the holder",
        &[
            (
                "migrations/000002_holder.up.sql",
                "ALTER TABLE cards ADD COLUMN holder text NOT NULL;\n",
            ),
            (
                "migrations/000002_holder.down.sql",
                "ALTER TABLE cards DROP COLUMN holder;\n",
            ),
        ],
    );
    sample.tag("v2.0.0");
    sample
}

#[test]
fn assess_prints_one_object_and_nothing_else() {
    let sample = payments();
    let value = sample.run(&["assess", "--format", "json"]).json();
    assert_eq!(value["schema"], "backout.assessment/1");
    assert_eq!(
        (&value["previous"]["version"], &value["current"]["version"]),
        (&"1.1.0".into(), &"2.0.0".into())
    );
    assert_eq!(value["changelog"]["commits"], 1);
    assert_eq!(value["changelog"]["entries"][0]["breaking"], true);
    assert_eq!(value["migrations"][0]["rollback"], "breaks-writes");
    assert_eq!(value["verdict"]["option"], "roll-forward");
    assert_eq!(value["verdict"]["strength"], "open");
    assert!(value["verdict"]["next_question"].is_object());
}

#[test]
fn the_same_input_gives_the_same_output() {
    let sample = payments();
    let first = sample.run(&["assess", "--format", "json", "--stable"]);
    let again = sample.run(&["assess", "--format", "json", "--stable"]);
    assert_eq!(first.out, again.out);
    assert!(!first.out.contains("\"timings\""));
}

#[test]
fn every_format_says_the_verdict() {
    let sample = payments();
    for format in ["text", "markdown"] {
        let ran = sample.run(&[
            "assess",
            "1.1",
            "2.0",
            "--format",
            format,
            "--explain-verdict",
        ]);
        assert_eq!(ran.code, Some(0), "{}", ran.err);
        assert!(
            ran.out.to_lowercase().contains("roll forward"),
            "{}",
            ran.out
        );
        assert!(ran.out.contains("holder"), "{}", ran.out);
        assert!(ran.err.is_empty(), "{}", ran.err);
    }
}

#[test]
fn exit_codes_say_the_verdict_only_when_asked() {
    let sample = payments();
    assert_eq!(sample.run(&["assess"]).code, Some(0));
    assert_eq!(
        sample.run(&["assess", "--exit-code"]).code,
        Some(11),
        "open: a person must answer"
    );
    assert_eq!(
        sample
            .run(&[
                "assess",
                "--exit-code",
                "--answer",
                "harm.irreversible=confirmed"
            ])
            .code,
        Some(12)
    );
}

#[test]
fn failures_are_one_sentence_on_standard_error() {
    let sample = payments();
    for (arguments, code, words) in [
        (&["assess", "9.9.9"][..], 2, &["9.9.9", "2.0.0"][..]),
        (&["assess", "2.0.0", "1.1.0"], 2, &["backout v1.1.0 v2.0.0"]),
        (&["assess", "2.0.0", "2.0.0"], 2, &["same"]),
        (
            &["assess", "--answer", "impact.nwo=down"],
            2,
            &["impact.now"],
        ),
        (
            &["assess", "--answer", "impact.now=awful"],
            2,
            &["degraded"],
        ),
        (&["assess", "--answer", "impact.now"], 2, &["KEY=VALUE"]),
        (&["assess", "--deployed-at", "soon"], 2, &["47 min ago"]),
        (
            &["assess", "--checklist", "absent.yaml"],
            2,
            &["absent.yaml"],
        ),
        (&["assess", "--from", "absent.json"], 2, &["absent.json"]),
        (&["explain", "database/nothing"], 2, &["backout explain"]),
        (&["guide", "101"], 2, &["100"]),
        (&["assess", "--format", "xml"], 2, &["markdown"]),
        (
            &["--repo", "/nonexistent-folder", "assess"],
            2,
            &["/nonexistent-folder"],
        ),
    ] {
        let ran = sample.run(arguments);
        assert_eq!(ran.code, Some(code), "{arguments:?}: {}", ran.err);
        assert!(ran.out.is_empty(), "{arguments:?} printed {}", ran.out);
        for word in words {
            assert!(
                ran.err.contains(word),
                "{arguments:?} should name {word}: {}",
                ran.err
            );
        }
    }
}

#[test]
fn a_repository_without_tags_or_commits_says_what_helps() {
    let empty = Sample::new();
    let ran = empty.run(&["assess"]);
    assert_eq!(ran.code, Some(1));
    assert!(
        ran.err.lines().count() == 1 && ran.out.is_empty(),
        "{}{}",
        ran.err,
        ran.out
    );
    empty.commit("first", &[("a.txt", "a\n")]);
    let ran = empty.run(&["assess"]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.err.contains("tag"), "{}", ran.err);
    empty.commit("second", &[("a.txt", "b\n")]);
    assert_eq!(
        empty
            .run(&["assess", "HEAD~1", "HEAD", "--format", "json"])
            .json()["changelog"]["commits"],
        1
    );
}

#[test]
fn control_characters_never_reach_the_output() {
    let sample = Sample::new();
    sample.commit("first", &[("a.txt", "a\n")]);
    sample.tag("v1.0.0");
    sample.commit(
        "fix: \x1b[31mred\x07 \u{202e}back | `x` <b>\n\nbody \x1b]0;title\x07",
        &[("a\x1b[2J.txt", "b\n")],
    );
    sample.tag("v1.0.1");
    for format in ["text", "markdown", "json"] {
        let ran = sample.run(&["assess", "--format", format]);
        assert_eq!(ran.code, Some(0), "{}", ran.err);
        assert!(
            !ran.out
                .chars()
                .any(|c| c.is_control() && c != '\n' || c == '\u{202e}'),
            "{format}: {:?}",
            ran.out
        );
    }
}

#[test]
fn a_saved_assessment_is_assessed_again_without_the_repository() {
    let sample = payments();
    let file = sample.beside("saved.json");
    let name = file.to_str().expect("a path");
    assert_eq!(sample.run(&["assess", "--save", name]).code, Some(0));
    let away = Sample::new();
    let value = away
        .run(&[
            "assess",
            "--from",
            name,
            "--format",
            "json",
            "--answer",
            "harm.irreversible=confirmed",
        ])
        .json();
    assert_eq!(value["current"]["version"], "2.0.0");
    assert_eq!(value["verdict"]["option"], "stop-harm");
    std::fs::write(&file, "{\"schema\": \"backout.assessment/9\"}").expect("a file");
    let ran = away.run(&["assess", "--from", name]);
    assert!(
        ran.code == Some(1) && ran.err.contains("backout.assessment/9"),
        "{}",
        ran.err
    );
}

#[test]
fn answers_come_from_a_file_with_places_in_its_errors() {
    let sample = payments();
    let file = sample.beside("answers.yaml");
    let name = file.to_str().expect("a path");
    std::fs::write(
        &file,
        "harm.irreversible: none\nimpact.now: down\nswitch.exists: no\n",
    )
    .expect("a file");
    let value = sample
        .run(&["assess", "--answers", name, "--format", "json"])
        .json();
    assert_eq!(value["facts"]["switch.exists"]["value"], "no");
    assert_eq!(value["facts"]["impact.now"]["provenance"], "stated");
    std::fs::write(&file, "harm.irreversible: none\nimpact.know: down\n").expect("a file");
    let ran = sample.run(&["assess", "--answers", name]);
    assert!(
        ran.err.contains("answers.yaml:2:1") && ran.err.contains("impact.now"),
        "{}",
        ran.err
    );
}

#[test]
fn the_lists_print() {
    let sample = payments();
    for (arguments, word) in [
        (&["releases"][..], "1.1.0"),
        (&["back"], "1.0.0"),
        (&["explain"], "database/"),
        (&["guide"], "good state"),
        (&["guide", "37"], "dependent"),
        (&["guide", "n8"], "timer"),
        (&["checklist", "facts"], "harm.irreversible"),
        (&["checklist", "list"], "questions"),
        (&["checklist", "show"], "harm.irreversible"),
        (&["init", "--print"], "service"),
        (&["sessions"], "no sessions"),
        (&["demo", "--list"], "card-service"),
        (&["doctor"], "repository"),
        (&["completions", "bash"], "backout"),
        (&["man"], ".TH"),
        (&["--help"], "demo"),
        (&["--version"], "0.1.0"),
    ] {
        let ran = sample.run(arguments);
        assert_eq!(ran.code, Some(0), "{arguments:?}: {}", ran.err);
        assert!(
            ran.out.contains(word),
            "{arguments:?} should name {word}: {}",
            ran.out
        );
    }
}

#[test]
fn a_new_checklist_lints_clean_and_a_wrong_one_names_the_place() {
    let sample = payments();
    let file = sample.beside("ours.yaml");
    let name = file.to_str().expect("a path");
    std::fs::write(&file, sample.run(&["checklist", "new"]).out).expect("a file");
    let ran = sample.run(&["checklist", "lint", name]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let wrong = std::fs::read_to_string(&file)
        .expect("the file")
        .replace("impact.now", "impact.nwo");
    std::fs::write(&file, format!("{wrong}\nnonsense: 1\n")).expect("a file");
    let ran = sample.run(&["checklist", "lint", name]);
    assert!(
        ran.code == Some(1) && ran.err.contains("ours.yaml:"),
        "{}",
        ran.err
    );
}

#[test]
fn init_writes_one_file_and_never_over_another() {
    let sample = payments();
    assert_eq!(sample.run(&["init"]).code, Some(0));
    assert!(sample.path().join("backout.yaml").exists());
    assert_eq!(
        sample.run(&["assess"]).code,
        Some(0),
        "what init writes is read without complaint"
    );
    let ran = sample.run(&["init"]);
    assert!(
        ran.code == Some(1) && ran.err.contains("--force"),
        "{}",
        ran.err
    );
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    use std::io::Read;
    let sample = payments();
    let mut child = common::program()
        .current_dir(sample.path())
        .args(["checklist", "facts"])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .expect("the program runs");
    drop(child.stdout.take());
    let mut err = String::new();
    child
        .stderr
        .take()
        .expect("standard error")
        .read_to_string(&mut err)
        .expect("text");
    assert!(child.wait().expect("an end").success(), "{err}");
    assert!(err.is_empty(), "{err}");
}

#[test]
fn without_a_terminal_the_screens_point_to_assess() {
    let sample = payments();
    let ran = sample.run(&["1.1.0", "2.0.0"]);
    assert!(ran.code == Some(1) || ran.code == Some(2), "{:?}", ran.code);
    assert!(ran.err.contains("backout assess"), "{}", ran.err);
}

/// The figures are those of `git diff --shortstat --no-renames`: a file that moved and changed a
/// little went and came; the list has it once.
#[test]
fn figures_are_those_of_git_without_renames() {
    let sample = Sample::new();
    let text: String = (0..40).map(|n| format!("line {n} of the list\n")).collect();
    sample.commit(
        "feat: first",
        &[
            ("docs/list.txt", text.as_str()),
            ("src/main.rs", "fn main() {}\n"),
        ],
    );
    sample.tag("v1.0.0");
    let moved = text.replace("line 7 ", "line seven ");
    sample.commit(
        "chore: move the list",
        &[("docs/list.txt", ""), ("notes/list.txt", moved.as_str())],
    );
    sample.tag("v1.1.0");
    let json = sample
        .run(&["assess", "1.0.0", "1.1.0", "--format", "json"])
        .json();
    let log = &json["changelog"];
    let counted = (
        log["files_changed"].as_u64(),
        log["insertions"].as_u64(),
        log["deletions"].as_u64(),
    );
    assert_eq!(
        (counted, json["files"].as_array().map(Vec::len)),
        ((Some(2), Some(40), Some(40)), Some(1)),
        "{log}"
    );
}
