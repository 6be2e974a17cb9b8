//! Every database check on its own fixture: `tests/fixtures/database/NAME.txt` holds a range it
//! finds and one it does not. A file begins with `--- SIDE PATH`, where SIDE is `previous`,
//! `current` or `both`.

use crate::common::range;

use backout::check::{DatabaseOutcome, database};

/// The files of one part of a fixture.
fn fixture(text: &str, part: &str) -> DatabaseOutcome {
    let body = text
        .split("=== ")
        .find_map(|piece| piece.strip_prefix(part))
        .unwrap_or_default();
    range::of_pieces(&range::pieces(body))
}

#[test]
fn every_check_has_a_fixture_that_it_finds_and_one_that_it_does_not() {
    let mut wrong = Vec::new();
    for doc in database::list_database_checks() {
        let name = doc.id.trim_start_matches("database/");
        // what these say comes from files that are given: tests/program/live.rs
        // and what was seen on a database from rehearsals: tests/program/rehearse_database.rs
        let given = ["what-ran", "counted-rows"];
        let seen = [
            "old-statement-failed",
            "old-statement-changed",
            "rehearsed",
            "way-down-rehearsed",
        ];
        if given.contains(&name) || seen.contains(&name) {
            continue;
        }
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/fixtures/database")
            .join(format!("{name}.txt"));
        let Ok(text) = std::fs::read_to_string(&path) else {
            wrong.push(format!("{name}: no fixture"));
            continue;
        };
        let ids = |part: &str| {
            fixture(&text, part)
                .findings
                .into_iter()
                .map(|finding| finding.check)
                .collect::<Vec<_>>()
        };
        let (found, clean) = (ids("positive"), ids("negative"));
        if !found.iter().any(|id| id == doc.id) {
            wrong.push(format!(
                "{name}: not found in its positive fixture, which has {found:?}"
            ));
        }
        if clean.iter().any(|id| id == doc.id) {
            wrong.push(format!("{name}: found in its negative fixture"));
        }
        for sentence in [
            doc.title,
            doc.looks_for,
            doc.why,
            doc.action,
            doc.example,
            doc.source,
        ] {
            assert!(!sentence.is_empty(), "{name}");
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
