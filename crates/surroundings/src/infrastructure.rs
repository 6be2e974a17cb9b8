//! What the program runs on.

use super::{SurroundingsInput, new_path, old_path};
use coverage::place::{FileRole, classify_path_place};
use model::{FileChange, FileKind};

pub(super) mod application_image;
pub(super) mod base_image;
mod chart_selector;
pub(super) mod chart_values;
pub(super) mod definition;
mod images;
pub(super) mod immutable;
mod manifest;
pub(super) mod pipeline;
mod rendered;
pub(super) mod resource_added;
pub(super) mod resource_removed;
pub(super) mod store_attribute;
pub(super) mod store_image;
mod terraform;

pub(super) use images::KnownImages;

/// Both texts of a changed infrastructure file; `None` for a side that has none or cannot be read
/// (the file list and the diff show it).
fn read_infrastructure_texts(
    look: &SurroundingsInput<'_>,
    change: &FileChange,
) -> (Option<String>, Option<String>) {
    let read = |tree: &dyn model::Snapshot, path: Option<&str>| {
        path.and_then(|path| tree.read_text(path).ok())
            .filter(|text| text.len() <= super::LIMIT)
    };
    (
        read(look.range.previous, old_path(change)),
        read(look.range.current, new_path(change)),
    )
}

fn list_infrastructure_changes<'a>(
    look: &'a SurroundingsInput<'_>,
) -> impl Iterator<Item = &'a FileChange> {
    look.range.changes.iter().filter(|change| {
        change.kind == FileKind::Infrastructure
            && classify_path_place(&change.path) == FileRole::Live
    })
}
