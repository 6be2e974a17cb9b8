//! Texts of both sides of a change, bounded.

use model::{FileChange, ReadError, Snapshot, Unchecked, Untrusted};

// larger ones are made by tools, and parsers take a multiple of the text
/// Largest text these checks read, in bytes: lock files of large projects have some megabytes.
pub(crate) const LIMIT: usize = 12 * 1024 * 1024;

/// A text of one side, bounded. `None` where that side has none; an unreadable one is named.
pub(crate) fn read_bounded_text(
    tree: &dyn Snapshot,
    path: Option<&str>,
    unchecked: &mut Vec<Unchecked>,
) -> Option<String> {
    let path = path?;
    let why = match tree.read_text(path) {
        Ok(text) if text.len() <= LIMIT => return Some(text),
        Ok(text) => format!(
            "it has {} bytes, more than the {LIMIT} that are read",
            text.len()
        ),
        // a side that is not there is no fault; one that cannot be read is said
        Err(ReadError::NotFound(_)) => return None,
        Err(error) => error.to_string(),
    };
    unchecked.push(Unchecked {
        what: Untrusted::visible(path),
        why: why.into(),
        settle_with: Some("look at what changed in this file".into()),
    });
    None
}

/// Where a change's file lies in previous.
pub(crate) fn old_path(change: &FileChange) -> Option<&str> {
    match change.status {
        model::FileStatus::Added => None,
        _ => Some(change.old_path.as_deref().unwrap_or(&change.path)),
    }
}

/// Where it lies in current.
pub(crate) fn new_path(change: &FileChange) -> Option<&str> {
    (change.status != model::FileStatus::Deleted).then_some(change.path.as_str())
}
