//! A saved assessment may come from anywhere: nothing in it reaches a terminal, a report or a
//! clipboard unseen.

use crate::common;

use std::io::Write;
use std::process::Stdio;

use common::{Ran, Sample, program};
use serde_json::Value;

const HOSTILE: &str = "\u{1b}]0;owned\u{7}\u{61c}\u{ad}\u{180e}\u{202e}";

fn hides(text: &str) -> Option<char> {
    text.chars().find(|c| {
        c.is_control() && *c != '\n' || matches!(c, '\u{61c}' | '\u{ad}' | '\u{180e}' | '\u{202e}')
    })
}

/// Puts hidden characters into every text that is free to hold any.
fn poison(value: &mut Value, key: &str) {
    const BOUND: [&str; 12] = [
        "schema",
        "commit",
        "id",
        "check",
        "time",
        "at",
        "key",
        "option",
        "old_id",
        "new_id",
        "deployed_at",
        "recorded_at",
    ];
    match value {
        Value::String(text) if !BOUND.contains(&key) && text.contains(' ') | text.contains('/') => {
            text.push_str(HOSTILE)
        }
        Value::Array(items) => items.iter_mut().for_each(|item| poison(item, key)),
        Value::Object(entries) => entries
            .iter_mut()
            .for_each(|(key, value)| poison(value, key)),
        _ => {}
    }
}

#[test]
fn no_command_lets_a_hidden_character_of_a_saved_assessment_out() {
    let sample = Sample::new();
    sample.commit(
        "feat: first",
        &[
            (
                "db/migrations/00001_a.up.sql",
                "CREATE TABLE orders (id int, note text);\n",
            ),
            (
                "app/store.py",
                "db.execute('SELECT id, note FROM orders')\n",
            ),
        ],
    );
    sample.tag("v3.0.0");
    sample.commit(
        "feat: second thing",
        &[
            (
                "db/migrations/00002_b.up.sql",
                "ALTER TABLE orders DROP COLUMN note;\n",
            ),
            ("api/a.proto", "syntax = \"proto3\";\n"),
        ],
    );
    sample.tag("v3.1.0");
    let mut value = sample.run(&["assess", "--format", "json"]).json();
    for part in [
        "findings",
        "unchecked",
        "changelog",
        "migrations",
        "repository",
        "previous",
        "current",
        "files",
        "facts",
    ] {
        if let Some(inner) = value.get_mut(part) {
            poison(inner, part);
        }
    }
    for side in ["previous", "current"] {
        let version = value[side]["version"]
            .as_str()
            .expect("a version")
            .to_owned();
        value[side]["version"] = format!("{version}{HOSTILE}").into();
    }
    let file = sample.beside("saved.json");
    std::fs::write(&file, value.to_string()).expect("a file");
    let file = file.display().to_string();
    let mut all: Vec<(String, Ran)> = Vec::new();
    for arguments in [
        &["assess", "--from", &file][..],
        &["assess", "--from", &file, "--explain-verdict"],
        &["assess", "--from", &file, "--format", "markdown"],
        &["assess", "--from", &file, "--format", "json"],
        &["gate", "start", "--from", &file],
        &["gate", "start", "--from", &file, "--format", "markdown"],
        &["gate", "start", "--from", &file, "--format", "json"],
        &["assess", "--from", &file, "--format", "html"],
        &["assess", "--from", &file, "--format", "slack"],
        &["assess", "--from", &file, "--format", "change"],
        &["report"],
        &["report", "--format", "html"],
        &["report", "--format", "json"],
        &["report", "--format", "slack"],
        &["report", "--format", "change"],
        &["report", "--format", "text"],
        &["report", "--hand-over"],
        &["replay", "--print"],
        &["sessions"],
    ] {
        all.push((arguments.join(" "), sample.run(arguments)));
    }
    let mut child = program()
        .current_dir(sample.path())
        .env("BACKOUT_HOME", sample.beside("home"))
        .args(["--plain", "--from", &file])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it runs");
    child
        .stdin
        .take()
        .expect("its input")
        .write_all(b"n\nwhy\nplan\nrecord\nhand over\nquit\n")
        .expect("lines");
    all.push((
        "--plain".to_owned(),
        Ran::new(child.wait_with_output().expect("its output")),
    ));
    for (name, ran) in &all {
        assert!(
            ran.code != Some(101) && !ran.out.is_empty(),
            "{name}: {:?} {}",
            ran.code,
            ran.err
        );
        for text in [&ran.out, &ran.err] {
            assert_eq!(hides(text), None, "{name}: {text}");
        }
    }
    let (_, plain) = all.last().expect("the last");
    assert!(
        plain.out.contains("<U+202E>") && plain.out.contains("␛]0;owned"),
        "it is shown, not lost: {}",
        plain.out
    );
}
