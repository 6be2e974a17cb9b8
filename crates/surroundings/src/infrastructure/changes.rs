//! Changed files of the infrastructure.

use crate::check::SurroundingsInput;
use crate::texts::{LIMIT, new_path, old_path};
use coverage::place::{FileRole, classify_path_place};
use model::{FileChange, FileKind};

/// Both texts of a changed infrastructure file; `None` for a side that has none or cannot be read
/// (the file list and the diff show it).
pub(super) fn read_infrastructure_texts(
    look: &SurroundingsInput<'_>,
    change: &FileChange,
) -> (Option<String>, Option<String>) {
    let read = |tree: &dyn model::Snapshot, path: Option<&str>| {
        path.and_then(|path| tree.read_text(path).ok())
            .filter(|text| text.len() <= LIMIT)
    };
    (
        read(look.range.previous, old_path(change)),
        read(look.range.current, new_path(change)),
    )
}

pub(super) fn list_infrastructure_changes<'a>(
    look: &'a SurroundingsInput<'_>,
) -> impl Iterator<Item = &'a FileChange> {
    look.range.changes.iter().filter(|change| {
        change.kind == FileKind::Infrastructure
            && classify_path_place(&change.path) == FileRole::Live
    })
}
