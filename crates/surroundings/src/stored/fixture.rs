//! Every check of stored forms on a case it must find and on one it must not.

use super::*;
use model::{Config, MemorySnapshot, TriedCases};

/// Path, and the text in previous and in current.
type StoredFixtureFile = (&'static str, Option<&'static str>, Option<&'static str>);

/// Two small trees.
#[derive(Default)]
pub(super) struct StoredFixture(pub Vec<StoredFixtureFile>);

impl StoredFixture {
    /// One file, before and after.
    pub fn of(path: &'static str, old: &'static str, new: &'static str) -> Self {
        Self(vec![(path, Some(old), Some(new))])
    }

    /// One more.
    pub fn and(
        mut self,
        path: &'static str,
        old: Option<&'static str>,
        new: Option<&'static str>,
    ) -> Self {
        self.0.push((path, old, new));
        self
    }

    /// What all checks make of it.
    pub fn run(&self) -> StoredOutcome {
        let side = |pick: fn(&StoredFixtureFile) -> Option<&'static str>| {
            MemorySnapshot::new(self.0.iter().filter_map(|file| Some((file.0, pick(file)?))))
        };
        let (previous, current) = (side(|file| file.1), side(|file| file.2));
        let mut changes = previous.changes_to(&current);
        changes.iter_mut().for_each(|change| {
            change.kind = if change.path.starts_with("tests/") {
                FileKind::Test
            } else {
                FileKind::Code
            }
        });
        let config = Config::default();
        check_stored_forms(&ReleaseRange {
            previous: &previous,
            current: &current,
            changes: &changes,
            config: &config,
            previous_version: "1.0.0",
            current_version: "1.1.0",
        })
    }

    /// Findings of one check, and what was left unchecked.
    pub fn of_check(&self, id: &str) -> (Vec<Finding>, Vec<Unchecked>) {
        let outcome = self.run();
        (
            outcome
                .findings
                .into_iter()
                .filter(|finding| finding.check == id)
                .collect(),
            outcome.unchecked,
        )
    }
}

/// What all checks make of the case of one of them, and of the one that looks alike.
pub(super) fn try_fixtures((found, alike): (StoredFixture, StoredFixture)) -> TriedCases {
    let alike = alike.run();
    TriedCases {
        found: found.run().findings,
        alike: alike.findings,
        left_open: alike.unchecked,
    }
}

#[test]
fn every_check_is_whole_finds_its_case_and_leaves_the_other_alone() {
    let faults = model::find_check_faults(CHECKS.iter().map(|check| &check.declared));
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn ordinary_changes_are_quiet() {
    for (path, old, new) in [
        (
            "web/http.go",
            "switch status {\ncase 200:\n\treturn nil\ndefault:\n\treturn errStatus\n}",
            "switch status {\ncase 200, 204:\n\treturn nil\ndefault:\n\treturn errStatus\n}",
        ),
        (
            "cli/main.go",
            "switch command {\ncase \"run\":\n\treturn run()\ndefault:\n\treturn errUnknown\n}",
            "switch command {\ncase \"run\", \"stop\":\n\treturn run()\ndefault:\n\treturn errUnknown\n}",
        ),
        (
            "api/client.py",
            "API_VERSION = 3\nUSER_AGENT = 'x/3'\n",
            "API_VERSION = 4\nUSER_AGENT = 'x/4'\n",
        ),
        (
            "ui/theme.ts",
            "export const MAX_ZOOM_LEVEL = 3\n",
            "export const MAX_ZOOM_LEVEL = 4\n",
        ),
        (
            "src/version.py",
            "__version__ = '1.0.0'\nVERSION = '1.0.0'\n",
            "__version__ = '1.1.0'\nVERSION = '1.1.0'\n",
        ),
        (
            "src/log.rs",
            "const LOG_LEVEL: u8 = 2;\n",
            "const LOG_LEVEL: u8 = 3;\n",
        ),
        (
            "src/a.rs",
            "fn f() { let n = 1; }\n",
            "// a comment\nfn f() { let m = 1; }\n",
        ),
        (
            "lexer/lex.rs",
            "match kind { Token::A => a(), _ => panic!(\"token\") }",
            "match kind { Token::A => a(), Token::B => b(), _ => panic!(\"token\") }",
        ),
        (
            "src/point.py",
            "class Point:\n    x: int\n",
            "class Point:\n    x: int\n    y: int\n",
        ),
        (
            "tests/store.go",
            "const formatVersion = 3\nfunc f() { if v > formatVersion { panic(1) } }",
            "const formatVersion = 4\nfunc f() { if v > formatVersion { panic(1) } }",
        ),
    ] {
        let outcome = StoredFixture::of(path, old, new).run();
        assert!(
            outcome.findings.is_empty() && outcome.unchecked.is_empty(),
            "{path}: {outcome:?}"
        );
    }
}
