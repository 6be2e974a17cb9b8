//! Every check of the surroundings on a case it must find and on one it must not.

use crate::case::{Fixture, FixtureFile};

#[cfg(test)]
use crate::check::join_shortened_names;
use crate::registry::{CHECKS, check_surroundings};
use coverage::{ReleaseRange, SurroundingsOutcome};
use model::{Changelog, FileChange, FileStatus, Finding, MemorySnapshot};

impl Fixture {
    /// What all checks make of it.
    pub fn run(&self) -> SurroundingsOutcome {
        let side = |pick: fn(&FixtureFile) -> Option<&'static str>| {
            MemorySnapshot::new(
                self.files
                    .iter()
                    .filter_map(|file| Some((file.0, pick(file)?))),
            )
        };
        let (previous, current) = (side(|file| file.2), side(|file| file.3));
        let changes: Vec<FileChange> = self
            .files
            .iter()
            .filter(|file| file.2 != file.3)
            .map(|&(path, kind, old, new)| FileChange {
                path: path.to_owned(),
                old_path: None,
                status: match (old, new) {
                    (None, _) => FileStatus::Added,
                    (_, None) => FileStatus::Deleted,
                    _ => FileStatus::Modified,
                },
                old_id: None,
                new_id: None,
                old_mode: 0o100_644,
                new_mode: 0o100_644,
                insertions: None,
                deletions: None,
                kind,
                component: None,
            })
            .collect();
        let range = ReleaseRange {
            previous: &previous,
            current: &current,
            changes: &changes,
            config: &self.config,
            previous_version: "3.0.0",
            current_version: "3.1.0",
        };
        check_surroundings(
            &range,
            &Changelog {
                entries: self.entries.clone(),
                ..Changelog::default()
            },
        )
    }

    /// What one check makes of it.
    pub fn of_check(&self, id: &str) -> Vec<Finding> {
        self.run()
            .findings
            .into_iter()
            .filter(|finding| finding.check == id)
            .collect()
    }
}

/// What the checks find in their own cases and warn of.
pub fn list_case_warnings() -> Vec<Finding> {
    let found = CHECKS
        .iter()
        .flat_map(|check| (check.fixtures)().0.of_check(check.doc.id));
    found
        .filter(|finding| finding.severity <= model::Severity::Warns)
        .collect()
}

#[test]
fn every_check_finds_its_case_and_leaves_the_other_alone() {
    for check in CHECKS {
        let (found, silent) = (check.fixtures)();
        let findings = found.of_check(check.doc.id);
        assert!(!findings.is_empty(), "{} found nothing", check.doc.id);
        for finding in &findings {
            assert!(
                !finding.evidence.is_empty(),
                "{} without evidence",
                check.doc.id
            );
            assert!(!finding.says.is_empty() && !finding.subject.is_empty());
        }
        let wrong = silent.of_check(check.doc.id);
        assert!(wrong.is_empty(), "{}: {wrong:?}", check.doc.id);
    }
}

#[test]
fn documentation_is_whole_and_ids_are_unique() {
    let docs = crate::list_surroundings_docs();
    let ids: std::collections::BTreeSet<_> = docs.iter().map(|doc| doc.id).collect();
    assert_eq!(ids.len(), docs.len());
    for doc in docs {
        for part in [
            doc.title,
            doc.looks_for,
            doc.why,
            doc.action,
            doc.example,
            doc.source,
        ] {
            assert!(!part.is_empty(), "{}", doc.id);
        }
    }
}

#[test]
fn a_file_that_cannot_be_read_is_named_and_the_rest_goes_on() {
    let outcome = Fixture::of(".env", model::FileKind::Config, "A=1\0", "A=2")
        .and(
            "Cargo.lock",
            model::FileKind::Dependency,
            Some("\0"),
            Some("x"),
        )
        .run();
    assert_eq!(
        outcome
            .unchecked
            .iter()
            .map(|entry| entry.what.as_raw())
            .collect::<Vec<_>>(),
        [".env", "Cargo.lock"]
    );
}

#[test]
fn lists_of_names_are_short() {
    assert_eq!(join_shortened_names::<&str>(&[]), "");
    assert_eq!(join_shortened_names(&["a"]), "a");
    assert_eq!(join_shortened_names(&["a", "b", "c"]), "a, b and c");
    assert_eq!(
        join_shortened_names(&["a", "b", "c", "d", "e", "f"]),
        "a, b, c, d and 2 more"
    );
}
