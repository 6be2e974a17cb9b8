//! Reports that people look at, end to end: a session decided line by line, then each form of its
//! report.

use crate::common::{Ran, Sample, program};

use std::io::Write;
use std::process::Stdio;

fn sample() -> Sample {
    let sample = Sample::new();
    sample.commit(
        "feat: first",
        &[
            (
                "db/migrations/00001_a.up.sql",
                "CREATE TABLE bookings (id int, channel text);\n",
            ),
            (
                "app/store.py",
                "db.execute('SELECT id, channel FROM bookings')\n",
            ),
        ],
    );
    sample.tag("v2.7.0");
    sample.commit(
        "feat: drop <b>channel</b> & more",
        &[(
            "db/migrations/00002_b.up.sql",
            "ALTER TABLE bookings DROP COLUMN channel;\n",
        )],
    );
    sample.tag("v2.8.0");
    sample
}

/// Answers questions, notes something and decides, line by line.
fn decide(sample: &Sample) {
    let mut child = program()
        .current_dir(sample.path())
        .env("BACKOUT_HOME", sample.beside("home"))
        .args(["--plain", "2.7.0", "2.8.0"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it runs");
    child
        .stdin
        .take()
        .expect("its input")
        .write_all(
            b"n\nn\nnote\n<i>seen</i> in the log\ndecide\n1\nthe fix is <near>\nerrors \
            end\n10\nyes\nquit\n",
        )
        .expect("lines");
    let ran = Ran::new(child.wait_with_output().expect("its output"));
    assert_eq!(ran.code, Some(0), "{} {}", ran.out, ran.err);
}

#[test]
fn a_session_is_reported_in_every_form() {
    let sample = sample();
    decide(&sample);
    let page = sample.run(&["report", "--format", "html"]);
    assert_eq!(page.code, Some(0), "{}", page.err);
    for wanted in [
        "<!doctype html>",
        "default-src 'none'",
        "prefers-color-scheme: dark",
        "@media print",
        "<h2>Options</h2>",
        "<h2>Timeline</h2>",
        "&lt;i&gt;seen&lt;/i&gt; in the log",
        "drop &lt;b&gt;channel&lt;/b&gt; &amp; more",
        "ALTER TABLE bookings DROP COLUMN channel",
        "</html>",
    ] {
        assert!(page.out.contains(wanted), "{wanted}: {}", page.out);
    }
    for never in [
        "<script",
        "<i>seen",
        "<b>channel",
        "http://",
        "https://",
        "impact.now",
    ] {
        assert!(!page.out.contains(never), "{never}: {}", page.out);
    }

    let message = sample.run(&["report", "--format", "slack"]).json();
    let blocks = message["blocks"].as_array().expect("blocks");
    assert!((3..=50).contains(&blocks.len()), "{message:#}");

    let ticket = sample.run(&["report", "--format", "change"]).json();
    for key in ["implementation", "backout_plan", "test_plan", "risk"] {
        assert!(
            ticket[key].as_str().is_some_and(|text| !text.is_empty()),
            "{key}: {ticket:#}"
        );
    }
    assert_eq!(ticket["schema"], "backout.change/1");

    let report = sample.run(&["report", "--format", "json"]).json();
    assert_eq!(report["schema"], "backout.report/1");
    assert_eq!(report["names"], false);
    assert!(
        report["timeline"]
            .as_array()
            .is_some_and(|rows| rows.len() > 4)
    );
    assert!(report["assessment"]["findings"].is_array(), "{report:#}");

    let (title, _) = page.out.split_once("</title>").expect("a title");
    assert!(
        title.contains(" 2.8.0: decided after less than a minute to roll forward"),
        "{title}"
    );
    let markdown = sample.run(&["report"]).out;
    for wanted in [
        "## Timeline",
        "## Where each option stood",
        "## What was looked at",
    ] {
        assert!(markdown.contains(wanted), "{wanted}: {markdown}");
    }
}

#[test]
fn without_the_repository_every_form_says_what_is_missing() {
    let sample = sample();
    decide(&sample);
    for format in ["html", "slack", "markdown"] {
        let ran = sample.run(&["report", "--journal-only", "--format", format]);
        assert_eq!(ran.code, Some(0), "{}", ran.err);
        assert!(
            ran.out.contains("epository was not read for this report"),
            "{format}: {}",
            ran.out
        );
    }
    let ticket = sample
        .run(&["report", "--journal-only", "--format", "change"])
        .json();
    assert_eq!(ticket["risk_level"], "unknown", "{ticket:#}");
    let report = sample
        .run(&["report", "--journal-only", "--format", "json"])
        .json();
    assert!(report["assessment"].is_null() && report["plan"].is_null());
}

#[test]
fn names_are_left_out_in_every_form() {
    let sample = sample();
    decide(&sample);
    for format in ["text", "markdown", "html", "json", "slack", "change"] {
        let ran = sample.run(&["report", "--format", format, "--redact-names"]);
        assert_eq!(ran.code, Some(0), "{}", ran.err);
        assert!(!ran.out.contains("Payments Team"), "{format}: {}", ran.out);
        let ran = sample.run(&[
            "assess",
            "2.7.0",
            "2.8.0",
            "--format",
            format,
            "--redact-names",
        ]);
        assert_eq!(ran.code, Some(0), "{}", ran.err);
        assert!(!ran.out.contains("Payments Team"), "{format}: {}", ran.out);
    }
    let both = sample.run(&["report", "--redact-names", "--names"]);
    assert_eq!(both.code, Some(2), "{}", both.err);
}

#[test]
fn an_assessment_is_the_same_page_without_a_session() {
    let sample = sample();
    let ran = sample.run(&[
        "assess",
        "2.7.0",
        "2.8.0",
        "--format",
        "html",
        "--explain-verdict",
    ]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    for wanted in [
        "<p class=\"label\">Recommended</p>",
        "<h2>Options</h2>",
        "<h2>Risks on the way back</h2>",
        "<h2>What is not known</h2>",
        "<h2>How the verdict came about</h2>",
    ] {
        assert!(ran.out.contains(wanted), "{wanted}: {}", ran.out);
    }
    assert!(!ran.out.contains("<h2>Timeline</h2>"), "{}", ran.out);
    assert!(ran.out.ends_with("</html>\n"));
}

#[test]
fn a_format_that_is_none_is_one_sentence() {
    let sample = Sample::new();
    for (command, said, near) in [
        ("report", "htm", "did you mean html?"),
        ("assess", "pdf", "text, markdown, html, json, slack, change"),
    ] {
        let ran = sample.run(&[command, "--format", said]);
        assert_eq!(ran.code, Some(2), "{}", ran.err);
        assert!(
            ran.err.contains(near) && ran.err.trim().lines().count() == 1,
            "{}",
            ran.err
        );
    }
    let ran = sample.run(&["report", "--format", "a\u{1b}[31m"]);
    assert!(!ran.err.contains('\u{1b}'), "{}", ran.err);
}

#[test]
fn a_hand_over_has_two_forms() {
    let sample = sample();
    decide(&sample);
    let ran = sample.run(&["report", "--hand-over", "--format", "html"]);
    assert_eq!(ran.code, Some(2), "{}", ran.err);
    assert!(ran.err.contains("markdown or text"), "{}", ran.err);
}

#[test]
fn the_sheet_of_a_gate_is_a_page() {
    let sample = sample();
    let ran = sample.run(&["gate", "database", "--format", "html", "--no-record"]);
    for wanted in [
        "2.8.0: ",
        " at gate database</h1>",
        "<h2>Looked at</h2>",
        "<h2>Poll</h2>",
        "<h2>The way back from here</h2>",
    ] {
        assert!(
            ran.out.contains(wanted),
            "{wanted}: {} {}",
            ran.out,
            ran.err
        );
    }
    assert!(ran.out.ends_with("</html>\n"));
    let asked = sample.run(&["gate", "database", "--automatic", "--format", "html"]);
    assert_eq!(asked.code, Some(2), "{}", asked.err);
}
