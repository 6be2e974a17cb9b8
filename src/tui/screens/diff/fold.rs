//! Folding of folders and changed places, and the places that are stepped through.

use std::collections::BTreeSet;

use crate::model::{FileChange, FileDiff};
use crate::tui::screens::diff::rows;
use crate::tui::screens::diff::rows::{DiffRow, Shown};
use crate::tui::screens::diff::state::{DiffScreen, FileTreeRow, split_folder_and_name};

/// The folder of a row of the files.
pub(super) fn find_folder_of_row(
    rows: &[FileTreeRow],
    files: &[FileChange],
    row: usize,
) -> Option<String> {
    Some(match rows.get(row)? {
        FileTreeRow::Folder(name) => name.clone(),
        FileTreeRow::File(at) => split_folder_and_name(&files.get(*at)?.path).0.to_owned(),
    })
}

/// How many shown files a folder holds.
pub fn count_folder_files(state: &DiffScreen, files: &[FileChange], name: &str) -> usize {
    list_folders(state, files)
        .filter(|folder| *folder == name)
        .count()
}

/// The folder of each file that is shown.
fn list_folders<'a>(
    state: &'a DiffScreen,
    files: &'a [FileChange],
) -> impl Iterator<Item = &'a str> {
    let shown = state.files.iter().filter_map(|at| files.get(*at));
    shown.map(|file| split_folder_and_name(&file.path).0)
}

/// Folds a folder, or opens it.
pub(super) fn toggle_folder(state: &mut DiffScreen, folder: &str) {
    if !state.folded.remove(folder) {
        state.folded.insert(folder.to_owned());
    }
}

/// Folds all folders, or opens all where any is folded.
pub(super) fn toggle_all_folders(state: &mut DiffScreen, files: &[FileChange]) {
    state.folded = if state.folded.is_empty() {
        list_folders(state, files).map(str::to_owned).collect()
    } else {
        BTreeSet::new()
    };
}

/// Folds the changed place of a row, or opens it; with `all`, all of them. Gives the row that shows
/// then what this one showed, or the head of its place.
pub(super) fn toggle_places(shown: &mut Shown, sides: bool, row: usize, all: bool) -> usize {
    let before = shown.rows(sides).get(row).copied();
    let hunk = before.and_then(rows::find_row_hunk);
    if all {
        shown.folded = if shown.folded.is_empty() {
            (0..count_hunks(shown)).collect()
        } else {
            BTreeSet::new()
        };
    } else if let Some(hunk) = hunk
        && !shown.folded.remove(&hunk)
    {
        shown.folded.insert(hunk);
    }
    shown.build_rows();
    let rows = shown.rows(sides);
    rows.iter()
        .position(|row| Some(*row) == before)
        .or_else(|| {
            rows.iter()
                .position(|row| rows::find_row_hunk(*row) == hunk)
        })
        .unwrap_or(0)
}

fn count_hunks(shown: &Shown) -> usize {
    match &shown.diff {
        FileDiff::Text { hunks, .. } => hunks.len(),
        _ => 0,
    }
}

/// Rows at which a changed place begins: the heads, or in a whole file the first changed lines.
pub fn list_changed_places(shown: &Shown, sides: bool) -> Vec<usize> {
    let rows = shown.rows(sides);
    let changed = |at: usize| {
        rows.get(at)
            .is_some_and(|row| rows::is_changed_row(&shown.diff, *row))
    };
    (0..rows.len())
        .filter(|at| {
            if shown.whole {
                changed(*at) && !at.checked_sub(1).is_some_and(changed)
            } else {
                matches!(rows.get(*at), Some(DiffRow::Hunk(_)))
            }
        })
        .collect()
}
