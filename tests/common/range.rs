//! A range between two sets of files, judged; and files of both releases written down in one text.

#![allow(dead_code, reason = "each test file uses a part of it")]

use std::collections::BTreeMap;

use backout::check::{DatabaseOutcome, Range, database};
use backout::model::{Config, FileChange, FileStatus, Kind, MemorySnapshot, Snapshot};

/// Files of a release.
pub type Files<'a> = &'a [(&'a str, &'a str)];

/// Checks the range between two sets of files. Files with the same contents under another name are renames.
pub fn assess(previous: Files<'_>, current: Files<'_>) -> DatabaseOutcome {
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

/// Pieces of a case: `--- SIDE PATH`, where SIDE is `previous`, `current` or `both`, each with its contents.
pub fn pieces(body: &str) -> Vec<(String, String, String)> {
    body.split("\n--- ")
        .skip(1)
        .map(|piece| {
            let (head, contents) = piece.split_once('\n').unwrap_or((piece, ""));
            let (side, path) = head.split_once(' ').unwrap_or((head, ""));
            // The split takes the last line end of every file but the last.
            let contents = if contents.trim().is_empty() { String::new() } else { format!("{}\n", contents.trim_end()) };
            (side.to_owned(), path.to_owned(), contents)
        })
        .collect()
}

/// Checks the range that a case describes.
pub fn of_pieces(pieces: &[(String, String, String)]) -> DatabaseOutcome {
    let on = |side: &str| -> Vec<(&str, &str)> {
        pieces.iter().filter(|(other, ..)| other == side || other == "both").map(|(_, path, text)| (path.as_str(), text.as_str())).collect()
    };
    assess(&on("previous"), &on("current"))
}
