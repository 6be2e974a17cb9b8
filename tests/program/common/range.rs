//! A range between two sets of files, judged; and files of both releases written down in one text.

use backout::check::{DatabaseOutcome, Range, database};
use backout::model::{Config, MemorySnapshot};

/// Files of a release.
pub type Files<'a> = &'a [(&'a str, &'a str)];

/// Checks the range between two sets of files. Files with the same contents under another name are
/// renames.
pub fn assess(previous: Files<'_>, current: Files<'_>) -> DatabaseOutcome {
    let config = Config::default();
    let (old, new) = (
        MemorySnapshot::new(previous.iter().copied()),
        MemorySnapshot::new(current.iter().copied()),
    );
    let changes = old.changes_to(&new);
    database::check(&Range {
        previous: &old,
        current: &new,
        changes: &changes,
        config: &config,
        previous_version: "3.0.0",
        current_version: "3.1.0",
    })
}

/// Pieces of a case: `--- SIDE PATH`, where SIDE is `previous`, `current` or `both`, each with its
/// contents.
pub fn pieces(body: &str) -> Vec<(String, String, String)> {
    body.split("\n--- ")
        .skip(1)
        .map(|piece| {
            let (head, contents) = piece.split_once('\n').unwrap_or((piece, ""));
            let (side, path) = head.split_once(' ').unwrap_or((head, ""));
            // The split takes the last line end of every file but the last.
            let contents = if contents.trim().is_empty() {
                String::new()
            } else {
                format!("{}\n", contents.trim_end())
            };
            (side.to_owned(), path.to_owned(), contents)
        })
        .collect()
}

/// Checks the range that a case describes.
pub fn of_pieces(pieces: &[(String, String, String)]) -> DatabaseOutcome {
    let on = |side: &str| -> Vec<(&str, &str)> {
        pieces
            .iter()
            .filter(|(other, ..)| other == side || other == "both")
            .map(|(_, path, text)| (path.as_str(), text.as_str()))
            .collect()
    };
    assess(&on("previous"), &on("current"))
}
