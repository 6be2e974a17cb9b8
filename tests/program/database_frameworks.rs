//! What is read from each migration tool: `tests/fixtures/frameworks/TOOL.txt` holds cases, each a
//! range and what is said of it.
//!
//! A case begins with `=== title`, goes on with files (`--- SIDE PATH`, where SIDE is `previous`,
//! `current` or `both`) and ends with `--- expect`: one line a migration (change, tool, version,
//! database, path), one line an operation (kind, object, what it does to the previous release), the
//! way down, and what was not checked. `BACKOUT_FIXTURES=write` writes what is said now into the
//! files.

use crate::common::range;

use std::fmt::Write as _;
use std::path::Path;

use backout::check::DatabaseOutcome;
use backout::model::DownKind;

/// A word as it stands in JSON.
fn word(value: &impl serde::Serialize) -> String {
    serde_json::to_value(value)
        .ok()
        .and_then(|value| value.as_str().map(str::to_owned))
        .unwrap_or_default()
}

fn said(outcome: &DatabaseOutcome) -> String {
    let mut out = String::new();
    for migration in &outcome.migrations {
        let from = migration
            .from
            .as_ref()
            .map(|from| format!(" from {from}"))
            .unwrap_or_default();
        let _ = writeln!(
            out,
            "{} {} {} {} {}{from}",
            word(&migration.change),
            migration.framework,
            migration.version,
            migration.dialect,
            migration.path
        );
        for operation in &migration.operations {
            let _ = writeln!(
                out,
                "  {}: {} {} {}",
                operation.line,
                operation.kind,
                operation.object,
                word(&operation.rollback)
            );
        }
        let down = &migration.down;
        let mut line = format!("  down {}", word(&down.kind));
        if let Some(state) = &down.state {
            let _ = write!(line, " {}", word(state));
        }
        if down.loses_data == Some(true) {
            line.push_str(" loses data");
        }
        if down.kind == DownKind::Script && down.path.as_deref() != Some(migration.file.as_str()) {
            let _ = write!(line, " in {}", down.path.as_deref().unwrap_or_default());
        }
        if let Some(why) = &down.why {
            let _ = write!(line, ": {why}");
        }
        let _ = writeln!(out, "{line}");
    }
    for finding in outcome.findings.iter().filter(|finding| {
        matches!(
            finding.check.as_str(),
            "database/start-gate" | "database/edited-after-shipping" | "database/runs-again"
        )
    }) {
        let _ = writeln!(out, "finding {}", finding.check);
    }
    for entry in &outcome.unchecked {
        let _ = writeln!(out, "unchecked {}: {}", entry.what, entry.why);
    }
    out
}

#[test]
fn each_tool_is_read_as_its_cases_say() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/frameworks");
    let write = std::env::var("BACKOUT_FIXTURES").is_ok_and(|value| value == "write");
    let mut files: Vec<_> = std::fs::read_dir(&folder)
        .expect("the folder of cases")
        .flatten()
        .map(|entry| entry.path())
        .collect();
    files.sort();
    let mut wrong = String::new();
    let mut cases = 0;
    for file in &files {
        let text = std::fs::read_to_string(file).expect("a file of cases");
        let mut written = text.split("=== ").next().unwrap_or_default().to_owned();
        for case in text.split("=== ").skip(1) {
            cases += 1;
            let (body, expected) = case
                .split_once("\n--- expect")
                .unwrap_or((case.trim_end(), ""));
            let now = said(&range::of_pieces(&range::pieces(body)));
            let expected = expected.trim_matches('\n');
            if now.trim_end() != expected.trim_end() {
                let name = file.file_name().unwrap_or_default().to_string_lossy();
                let _ = writeln!(
                    wrong,
                    "{name}: {}\n{}",
                    case.lines().next().unwrap_or_default(),
                    similar::TextDiff::from_lines(expected, now.trim_end()).unified_diff()
                );
            }
            let _ = write!(written, "=== {}\n--- expect\n{}\n", body.trim_end(), now);
        }
        if write {
            std::fs::write(file, written).expect("the file of cases can be written");
        }
    }
    assert!(write || wrong.is_empty(), "{wrong}");
    // an empty folder, or a file without a case, must not pass for a success
    assert!(
        files.len() >= 36 && cases > files.len(),
        "{cases} cases in {} files",
        files.len()
    );
}
