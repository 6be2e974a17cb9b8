//! Every database check on its own fixture: `tests/fixtures/database/NAME.txt` holds a range it
//! finds and one it does not. A file begins with `--- SIDE PATH`, where SIDE is `previous`,
//! `current` or `both`.

use crate::common::range;

use backout::check::{DatabaseOutcome, database};
use backout::model::CheckCases;

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
    for check in database::list_database_checks() {
        let id = check.doc.id;
        // what a person or a database said is tried where the declaration says
        let CheckCases::InFile(file) = check.cases else {
            continue;
        };
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/fixtures")
            .join(file);
        let Ok(text) = std::fs::read_to_string(&path) else {
            wrong.push(format!("{id}: no fixture {file}"));
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
        if !found.iter().any(|found| found == id) {
            wrong.push(format!(
                "{id}: not found in its positive fixture, which has {found:?}"
            ));
        }
        if clean.iter().any(|found| found == id) {
            wrong.push(format!("{id}: found in its negative fixture"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
