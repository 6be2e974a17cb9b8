//! Every database check on its own fixture: `tests/fixtures/database/NAME.txt` holds a range it finds and one it does not.
//! A file begins with `--- SIDE PATH`, where SIDE is `previous`, `current` or `both`.

use std::collections::BTreeMap;

use backout::check::{DatabaseOutcome, Range, database};
use backout::model::{Config, FileChange, FileStatus, Kind, MemorySnapshot, Snapshot};

/// Files of a release.
type Files<'a> = &'a [(&'a str, &'a str)];

/// Checks the range between two sets of files. Files with the same contents under another name are renames.
fn assess(previous: Files<'_>, current: Files<'_>) -> DatabaseOutcome {
    let config = Config::default();
    let (old, new) = (MemorySnapshot::new(previous.iter().copied()), MemorySnapshot::new(current.iter().copied()));
    let ids = |tree: &MemorySnapshot| tree.list().iter().map(|entry| (entry.path.clone(), entry.id.clone())).collect::<BTreeMap<_, _>>();
    let (before, after) = (ids(&old), ids(&new));
    let change = |path: &str, old_path: Option<String>, status| FileChange {
        path: path.to_owned(),
        old_id: before.get(old_path.as_deref().unwrap_or(path)).cloned(),
        new_id: after.get(path).cloned(),
        old_path,
        status,
        old_mode: 0,
        new_mode: 0,
        insertions: None,
        deletions: None,
        kind: Kind::Other,
        component: None,
    };
    let mut gone: Vec<&String> = before.keys().filter(|path| !after.contains_key(*path)).collect();
    let mut changes = Vec::new();
    for (path, id) in &after {
        match before.get(path) {
            Some(other) if other == id => {}
            Some(_) => changes.push(change(path, None, FileStatus::Modified)),
            None => match gone.iter().position(|other| before.get(*other) == Some(id)) {
                Some(at) => changes.push(change(path, Some(gone.remove(at).clone()), FileStatus::Renamed)),
                None => changes.push(change(path, None, FileStatus::Added)),
            },
        }
    }
    changes.extend(gone.into_iter().map(|path| change(path, None, FileStatus::Deleted)));
    database::check(&Range { previous: &old, current: &new, changes: &changes, config: &config, previous_version: "3.0.0", current_version: "3.1.0" })
}

/// The files of one part of a fixture.
fn fixture(text: &str, part: &str) -> DatabaseOutcome {
    let body = text.split("=== ").find_map(|piece| piece.strip_prefix(part)).unwrap_or_default();
    let (mut previous, mut current) = (Vec::new(), Vec::new());
    for piece in body.split("\n--- ").skip(1) {
        let (head, contents) = piece.split_once('\n').unwrap_or((piece, ""));
        let (side, path) = head.split_once(' ').unwrap_or((head, ""));
        // The split takes the last line end of every file but the last.
        let contents = format!("{}\n", contents.trim_end());
        if side != "current" {
            previous.push((path.to_owned(), contents.clone()));
        }
        if side != "previous" {
            current.push((path.to_owned(), contents));
        }
    }
    fn borrow(files: &[(String, String)]) -> Vec<(&str, &str)> {
        files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect()
    }
    assess(&borrow(&previous), &borrow(&current))
}

#[test]
fn every_check_has_a_fixture_that_it_finds_and_one_that_it_does_not() {
    let mut wrong = Vec::new();
    for doc in database::docs() {
        let name = doc.id.trim_start_matches("database/");
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/database").join(format!("{name}.txt"));
        let Ok(text) = std::fs::read_to_string(&path) else {
            wrong.push(format!("{name}: no fixture"));
            continue;
        };
        let ids = |part: &str| fixture(&text, part).findings.into_iter().map(|finding| finding.check).collect::<Vec<_>>();
        let (found, clean) = (ids("positive"), ids("negative"));
        if !found.iter().any(|id| id == doc.id) {
            wrong.push(format!("{name}: not found in its positive fixture, which has {found:?}"));
        }
        if clean.iter().any(|id| id == doc.id) {
            wrong.push(format!("{name}: found in its negative fixture"));
        }
        for sentence in [doc.title, doc.looks_for, doc.why, doc.action, doc.example, doc.source] {
            assert!(!sentence.is_empty(), "{name}");
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
