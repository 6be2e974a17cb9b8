//! What the screen of differences knows: its files, the one under the cursor, the rows of its text.

use crate::model::{FileChange, FileStatus};
use crate::tui::draw::sizes::WIDE;
use crate::tui::model::Model;
use crate::tui::screen::{Focus, Screen};
use crate::tui::screens::diff::rows::{DiffRow, Shown};
use crate::tui::screens::diff::state::FileTreeRow;

/// From this width on both sides are shown beside each other unless the person chose otherwise.
pub const SIDES: u16 = 140;

/// Whether both sides are shown beside each other. A file that only one release has needs no second
/// side, so its lines get all the columns.
pub fn side_by_side(model: &Model) -> bool {
    let both = || {
        find_selected_file(model)
            .is_none_or(|file| !matches!(file.status, FileStatus::Added | FileStatus::Deleted))
    };
    model
        .screens
        .diff
        .sides
        .unwrap_or_else(|| model.size.0 >= SIDES && both())
}

/// Whether the lines of the difference have the focus.
pub fn in_text(model: &Model) -> bool {
    model.screen == Screen::Diff && model.focus == Focus::Detail
}

/// All changed files.
pub fn list_diff_files(model: &Model) -> &[FileChange] {
    model
        .assessment
        .as_ref()
        .map_or(&[], |assessment| &assessment.files)
}

/// Whether the files stand below their folders: beside the difference a whole path has no room.
pub fn as_tree(model: &Model) -> bool {
    model.size.0 >= WIDE
}

/// Rows of the files as they are shown now.
pub fn list_file_rows(model: &Model) -> &[FileTreeRow] {
    if as_tree(model) {
        &model.screens.diff.tree
    } else {
        &model.screens.diff.flat
    }
}

/// Number of rows of the files.
pub(super) fn count_file_rows(model: &Model) -> usize {
    list_file_rows(model).len()
}

/// Whether the cursor can be on a row: a file, or a folder that is folded.
pub(super) fn is_file_row(model: &Model, row: usize) -> bool {
    match list_file_rows(model).get(row) {
        Some(FileTreeRow::Folder(name)) => model.screens.diff.folded.contains(name),
        Some(FileTreeRow::File(_)) => true,
        None => false,
    }
}

/// Place in the assessment's list of the file of a row.
pub(super) fn find_file_index(model: &Model, row: usize) -> Option<usize> {
    match list_file_rows(model).get(row)? {
        FileTreeRow::Folder(_) => None,
        FileTreeRow::File(at) => Some(*at),
    }
}

/// The file of a row.
pub fn find_file_of_row(model: &Model, row: usize) -> Option<&FileChange> {
    list_diff_files(model).get(find_file_index(model, row)?)
}

/// The file under the cursor.
pub fn find_selected_file(model: &Model) -> Option<&FileChange> {
    find_file_of_row(model, model.screens.diff.list.cursor)
}

/// The difference of the file under the cursor, once it has come.
pub fn find_shown_diff(model: &Model) -> Option<&Shown> {
    model
        .screens
        .diff
        .shown
        .as_ref()
        .filter(|shown| shown.whole == model.screens.diff.whole)
        .filter(|shown| find_selected_file(model) == Some(&shown.change))
}

/// Rows of the difference as they are shown now.
pub fn text_rows(model: &Model) -> &[DiffRow] {
    find_shown_diff(model).map_or(&[], |shown| shown.rows(side_by_side(model)))
}
