//! Opens a file at a line, from wherever a place is named.

use crate::tui::effect::Effect;
use crate::tui::model::Model;
use crate::tui::navigation::go_to_screen;
use crate::tui::screen::{Focus, Screen};
use crate::tui::screens::diff::load::{jump_to_diff_line, refresh_diff, sort_files};
use crate::tui::screens::diff::query::{
    count_file_rows, find_file_index, find_selected_file, list_diff_files,
};
use crate::tui::screens::diff::state::{DiffPart, split_folder_and_name};

/// Shows the place of a file, from another screen; false when the file did not change.
pub fn open_at(model: &mut Model, path: &str, line: Option<usize>) -> Option<Vec<Effect>> {
    let at = list_diff_files(model)
        .iter()
        .position(|file| file.path == path || file.old_path.as_deref() == Some(path))?;
    if !model.screens.diff.files.contains(&at) {
        model.screens.diff.part = DiffPart::Everything;
        refresh_diff(model);
    }
    let folder = split_folder_and_name(&list_diff_files(model).get(at)?.path)
        .0
        .to_owned();
    if model.screens.diff.folded.remove(&folder) {
        sort_files(model);
    }
    model.screens.diff.list.cursor =
        (0..count_file_rows(model)).find(|&row| find_file_index(model, row) == Some(at))?;
    model.screens.diff.kept = find_selected_file(model).map(|file| file.path.clone());
    model.screens.diff.goto = line;
    let effects = go_to_screen(model, Screen::Diff);
    model.focus = Focus::Detail;
    if effects.is_empty()
        && let Some(line) = model.screens.diff.goto.take()
    {
        jump_to_diff_line(model, line);
    }
    Some(effects)
}
