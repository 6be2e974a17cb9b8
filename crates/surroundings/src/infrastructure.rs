//! What the program runs on.

use super::{Look, new_path, old_path};
use coverage::place::{Place, place};
use model::{FileChange, Kind};

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
fn texts(look: &Look<'_>, change: &FileChange) -> (Option<String>, Option<String>) {
    let read = |tree: &dyn model::Snapshot, path: Option<&str>| {
        path.and_then(|path| tree.read_text(path).ok())
            .filter(|text| text.len() <= super::LIMIT)
    };
    (
        read(look.range.previous, old_path(change)),
        read(look.range.current, new_path(change)),
    )
}

fn changes<'a>(look: &'a Look<'_>) -> impl Iterator<Item = &'a FileChange> {
    look.range
        .changes
        .iter()
        .filter(|change| change.kind == Kind::Infrastructure && place(&change.path) == Place::Live)
}
