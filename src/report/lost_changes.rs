//! The changes that would disappear, in figures, for every form of a report.

use super::words;
use crate::model::{Assessment, FileKind};

/// `code 12 · test 4`, most files first.
pub(super) fn write_change_kinds(assessment: &Assessment) -> String {
    let mut kinds: Vec<(&FileKind, &u64)> = assessment
        .kinds
        .iter()
        .filter(|(_, number)| **number > 0)
        .collect();
    kinds.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
    let name = |kind: &FileKind| {
        serde_json::to_value(kind)
            .ok()
            .and_then(|name| name.as_str().map(str::to_owned))
            .unwrap_or_default()
    };
    kinds
        .iter()
        .map(|(kind, number)| format!("{} {}", name(kind), words::group_digits(**number)))
        .collect::<Vec<_>>()
        .join(" · ")
}

/// The changelog's figures in a line.
pub(super) fn write_changelog_figures(assessment: &Assessment) -> String {
    let log = &assessment.changelog;
    let mut parts = vec![words::write_count(log.commits, "commit", "commits")];
    if log.merges > 0 {
        parts.push(words::write_count(log.merges, "merge", "merges"));
    }
    parts.push(words::write_count(log.authors, "author", "authors"));
    parts.push(log.files_changed.map_or_else(
        || "files not counted".to_owned(),
        |files| words::write_count(files, "file", "files"),
    ));
    if let (Some(insertions), Some(deletions)) = (log.insertions, log.deletions) {
        parts.push(format!(
            "+{} −{}",
            words::group_digits(insertions),
            words::group_digits(deletions)
        ));
    }
    if log.already_in_previous > 0 {
        parts.push(format!(
            "{} already in previous",
            words::group_digits(log.already_in_previous)
        ));
    }
    if log.lost_from_previous > 0 {
        parts.push(format!(
            "{} only in previous",
            words::group_digits(log.lost_from_previous)
        ));
    }
    parts.join(" · ")
}
