//! Folding of folders and changed places, and the places that are stepped through.

use std::collections::BTreeSet;

use super::rows::{self, DiffRow};
use super::{FileTreeRow, Shown, list_diff_files, list_file_rows, split_folder_and_name};
use crate::tui::model::Focus;
use crate::tui::{Effect, Model};

/// The folder of a row of the files.
fn find_folder_of_row(model: &Model, row: usize) -> Option<String> {
    Some(match list_file_rows(model).get(row)? {
        FileTreeRow::Folder(name) => name.clone(),
        FileTreeRow::File(at) => {
            let file = list_diff_files(model).get(*at)?;
            split_folder_and_name(&file.path).0.to_owned()
        }
    })
}

/// Whether a folder is folded.
pub fn is_folder_folded(model: &Model, name: &str) -> bool {
    model.screens.diff.folded.contains(name)
}

/// How many shown files a folder holds.
pub fn count_folder_files(model: &Model, name: &str) -> usize {
    let files = list_diff_files(model);
    let shown = model.screens.diff.files.iter();
    shown
        .filter_map(|at| files.get(*at))
        .filter(|file| split_folder_and_name(&file.path).0 == name)
        .count()
}

/// Folds or opens what the cursor is in: the folder, or the changed place.
pub(super) fn toggle_fold(model: &mut Model) -> Vec<Effect> {
    if model.focus == Focus::Detail {
        let row = super::text_rows(model).get(model.screens.diff.text.cursor);
        let hunk = row.and_then(|row| rows::find_row_hunk(*row));
        if let Some(hunk) = hunk {
            fold_hunks(model, |folded| {
                if !folded.remove(&hunk) {
                    folded.insert(hunk);
                }
            });
        }
        return Vec::new();
    }
    let Some(folder) = find_folder_of_row(model, model.screens.diff.list.cursor) else {
        return Vec::new();
    };
    let folded = &mut model.screens.diff.folded;
    if !folded.remove(&folder) {
        folded.insert(folder.clone());
    }
    show_folders_anew(model, &folder)
}

/// Folds all, or opens all where anything is folded.
pub(super) fn toggle_all_folds(model: &mut Model) -> Vec<Effect> {
    if model.focus == Focus::Detail {
        let count = super::find_shown_diff(model).map_or(0, |shown| count_hunks(shown));
        fold_hunks(model, |folded| {
            *folded = if folded.is_empty() {
                (0..count).collect()
            } else {
                BTreeSet::new()
            };
        });
        return Vec::new();
    }
    let Some(folder) = find_folder_of_row(model, model.screens.diff.list.cursor) else {
        return Vec::new();
    };
    model.screens.diff.folded = if model.screens.diff.folded.is_empty() {
        let files = list_diff_files(model);
        let folder = |at: &usize| Some(split_folder_and_name(&files.get(*at)?.path).0.to_owned());
        model.screens.diff.files.iter().filter_map(folder).collect()
    } else {
        BTreeSet::new()
    };
    show_folders_anew(model, &folder)
}

/// The rows are made anew; the cursor stays in its folder.
fn show_folders_anew(model: &mut Model, folder: &str) -> Vec<Effect> {
    let kept = super::find_selected_file(model).map(|file| file.path.clone());
    super::order::sort_diff_files(model);
    let rows = 0..list_file_rows(model).len();
    let same = |row: &usize| {
        super::find_file_of_row(model, *row).map(|file| &file.path) == kept.as_ref()
            && kept.is_some()
    };
    let found = rows.clone().find(same).or_else(|| {
        rows.clone().find(|row| {
            super::is_file_row(model, *row)
                && find_folder_of_row(model, *row).as_deref() == Some(folder)
        })
    });
    super::FILES.put(model, found.unwrap_or(0), true);
    super::follow_diff_cursor(model)
}

fn count_hunks(shown: &Shown) -> usize {
    match &shown.diff {
        crate::model::FileDiff::Text { hunks, .. } => hunks.len(),
        _ => 0,
    }
}

/// Changes which changed places are folded; the cursor stays in its place.
fn fold_hunks(model: &mut Model, change: impl FnOnce(&mut BTreeSet<usize>)) {
    let at = model.screens.diff.text.cursor;
    let before = super::text_rows(model).get(at).copied();
    if let Some(shown) = &mut model.screens.diff.shown {
        change(&mut shown.folded);
        shown.build_rows();
    }
    let rows = super::text_rows(model);
    let hunk = before.and_then(rows::find_row_hunk);
    let row = rows
        .iter()
        .position(|row| Some(*row) == before)
        .or_else(|| {
            rows.iter()
                .position(|row| rows::find_row_hunk(*row) == hunk)
        })
        .unwrap_or(0);
    model.screens.diff.text.cursor = row;
}

/// Rows at which a changed place begins: the heads, or in a whole file the first changed lines.
pub fn list_changed_places(model: &Model) -> Vec<usize> {
    let rows = super::text_rows(model);
    let Some(shown) = super::find_shown_diff(model) else {
        return Vec::new();
    };
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

/// Goes to the next or the previous changed place.
pub(super) fn step_to_place(model: &mut Model, forward: bool) {
    let (places, at) = (list_changed_places(model), model.screens.diff.text.cursor);
    let found = if forward {
        places.iter().find(|row| **row > at)
    } else {
        places.iter().rev().find(|row| **row < at)
    };
    let above = if super::find_shown_diff(model).is_some_and(|shown| shown.whole) {
        3
    } else {
        0
    };
    match found {
        Some(row) => {
            let text = &mut model.screens.diff.text;
            text.cursor = *row;
            // the place is read from its head down
            text.offset.set(row.saturating_sub(above));
        }
        None if super::text_rows(model).is_empty() => {}
        None => model.warn(if forward {
            "this is the last changed place of the file"
        } else {
            "this is the first changed place of the file"
        }),
    }
}
