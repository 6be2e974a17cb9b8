//! What the screen of differences asks for and takes.

use crate::model::{FileChange, FileDiff, FileStatus};
use crate::tui::effect::Effect;
use crate::tui::list::ScrolledPart;
use crate::tui::list_spec::{ListSpec, every_row, load_nothing};
use crate::tui::model::Model;
use crate::tui::screen::{Focus, Screen};
use crate::tui::screens::diff::order::sort_diff_files;
use crate::tui::screens::diff::query::{
    count_file_rows, find_file_of_row, find_selected_file, find_shown_diff, is_file_row,
    list_file_rows, text_rows,
};
use crate::tui::screens::diff::rows;
use crate::tui::screens::diff::rows::Shown;
use crate::tui::screens::diff::state::FileTreeRow;

/// The list that takes keys.
pub fn describe_diff_list(model: &Model) -> Option<ListSpec> {
    Some(if model.focus == Focus::Detail {
        TEXT
    } else {
        FILES
    })
}

/// The files.
pub const FILES: ListSpec = ListSpec {
    part: ScrolledPart::Files,
    get: |model| &model.screens.diff.list,
    get_mut: |model| &mut model.screens.diff.list,
    len: count_file_rows,
    text: |model, at| match (find_file_of_row(model, at), list_file_rows(model).get(at)) {
        (Some(file), _) => {
            let old = file.old_path.as_deref().unwrap_or_default();
            format!("{} {old}", file.path)
        }
        (None, Some(FileTreeRow::Folder(name))) if is_file_row(model, at) => name.clone(),
        _ => String::new(),
    },
    selectable: is_file_row,
    moved: follow_diff_cursor,
};

/// The lines of the difference.
pub const TEXT: ListSpec = ListSpec {
    part: ScrolledPart::DiffText,
    get: |model| &model.screens.diff.text,
    get_mut: |model| &mut model.screens.diff.text,
    len: |model| text_rows(model).len(),
    text: |model, at| match (find_shown_diff(model), text_rows(model).get(at)) {
        (Some(shown), Some(row)) => rows::read_diff_row_text(&shown.diff, *row),
        _ => String::new(),
    },
    selectable: every_row,
    moved: load_nothing,
};

/// Puts the files in their order.
pub(super) fn sort_files(model: &mut Model) {
    let read = model.assessment.clone();
    let (files, findings) = read.as_ref().map_or((&[][..], &[][..]), |read| {
        (&read.files[..], &read.findings[..])
    });
    sort_diff_files(&mut model.screens.diff, files, findings);
}

/// The cursor moved.
pub(super) fn follow_diff_cursor(model: &mut Model) -> Vec<Effect> {
    model.screens.diff.kept = find_selected_file(model).map(|file| file.path.clone());
    request_file_diff(model)
}

/// Asks for the difference of the file under the cursor, unless it is there.
pub(super) fn request_file_diff(model: &mut Model) -> Vec<Effect> {
    if find_shown_diff(model).is_some() {
        model.screens.diff.wanted = None;
        return Vec::new();
    }
    let Some(change) = find_selected_file(model).cloned() else {
        return Vec::new();
    };
    if model.screens.diff.wanted.as_ref() == Some(&change) {
        return Vec::new();
    }
    model.screens.diff.wanted = Some(change.clone());
    let change = Box::new(change);
    vec![if model.screens.diff.whole {
        Effect::WholeDiff(change)
    } else {
        Effect::Diff(change)
    }]
}

/// The screen comes up.
pub fn enter_diff_screen(model: &mut Model) -> Vec<Effect> {
    // another screen may have asked for another difference meanwhile, and only the newest is
    // answered
    model.screens.diff.wanted = None;
    if find_selected_file(model).is_none() {
        place_cursor_on_path(model, None);
    }
    request_file_diff(model)
}

/// More is known: the rows are made anew, the cursor stays on its file.
pub fn refresh_diff(model: &mut Model) -> Vec<Effect> {
    let kept = model.screens.diff.kept.clone();
    sort_files(model);
    place_cursor_on_path(model, kept.as_deref());
    if model.screen == Screen::Diff {
        request_file_diff(model)
    } else {
        Vec::new()
    }
}

/// Puts the cursor on a path, or leaves it near where it is.
fn place_cursor_on_path(model: &mut Model, path: Option<&str>) {
    let row = path.and_then(|path| {
        (0..count_file_rows(model))
            .find(|&row| find_file_of_row(model, row).is_some_and(|file| file.path == path))
    });
    let cursor = row.unwrap_or(model.screens.diff.list.cursor);
    FILES.put(model, cursor, true);
}

/// The terminal has another size: the cursor stays on its file, and what has room now is asked for.
pub fn resize_diff(model: &mut Model, columns: u16, rows: u16) -> Vec<Effect> {
    let kept = find_selected_file(model).map(|file| file.path.clone());
    let line = find_shown_diff(model)
        .zip(text_rows(model).get(model.screens.diff.text.cursor))
        .map(|(shown, row)| rows::find_row_line_numbers(&shown.diff, *row));
    model.size = (columns, rows);
    place_cursor_on_path(model, kept.as_deref());
    if let Some((old, new)) = line {
        go_to(model, new.or(old).unwrap_or(1), new.is_none());
    }
    if model.screen == Screen::Diff {
        request_file_diff(model)
    } else {
        Vec::new()
    }
}

/// The difference inside a file has come.
pub fn receive_file_diff(model: &mut Model, change: &FileChange, diff: &FileDiff, whole: bool) {
    if model.screens.diff.wanted.as_ref() != Some(change) || model.screens.diff.whole != whole {
        return;
    }
    let state = &mut model.screens.diff;
    state.wanted = None;
    state.column = 0;
    state.text.cursor = 0;
    state.text.offset = 0;
    state.text.search.clear();
    state.shown = Some(Shown::new(change, diff, whole));
    if let Some(line) = state.goto.take() {
        go_to(model, line, change.status == FileStatus::Deleted);
    }
}

/// Puts the cursor on a line of current, or of previous.
pub(super) fn go_to(model: &mut Model, number: usize, old: bool) {
    let row = find_shown_diff(model)
        .and_then(|shown| rows::find_row_of_line(&shown.diff, text_rows(model), number, old));
    if let Some(row) = row {
        model.screens.diff.text.cursor = row;
        model.screens.diff.text.offset = row.saturating_sub(4);
    }
}

/// Goes to a line of the file shown.
pub fn jump_to_diff_line(model: &mut Model, line: usize) -> Vec<Effect> {
    go_to(
        model,
        line,
        find_selected_file(model).is_some_and(|file| file.status == FileStatus::Deleted),
    );
    Vec::new()
}
