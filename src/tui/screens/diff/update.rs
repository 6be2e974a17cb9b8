//! Actions of the screen of differences.

use crate::model::{FileDiff, FileKind};
use crate::tui::action::Action;
use crate::tui::draw::{labels, text};
use crate::tui::effect::Effect;
use crate::tui::model::Model;
use crate::tui::screen::Focus;
use crate::tui::screens::diff::load::{
    FILES, follow_diff_cursor, go_to, refresh_diff, request_file_diff, sort_files,
};
use crate::tui::screens::diff::query::{
    count_file_rows, find_file_of_row, find_selected_file, find_shown_diff, is_file_row,
    list_diff_files, list_file_rows, side_by_side, text_rows,
};
use crate::tui::screens::diff::state::DiffPart;
use crate::tui::screens::diff::{fold, rows};
use crate::tui::screens::part::{MOST, count_frequent_names, open_part_choice};

/// Its own actions.
pub fn update_diff(model: &mut Model, action: Action) -> Vec<Effect> {
    use Action as A;
    match action {
        A::Open | A::Focus if model.focus != Focus::Detail => {
            if find_selected_file(model).is_some() {
                model.focus = Focus::Detail;
            } else if action == A::Open {
                return toggle_fold(model, false);
            }
            return request_file_diff(model);
        }
        A::Focus => model.focus = Focus::Body,
        A::Left => model.screens.diff.column = model.screens.diff.column.saturating_sub(8),
        A::Right if model.focus == Focus::Detail => {
            let last = find_shown_diff(model).map_or(0, |shown| measure_longest_line(&shown.diff));
            model.screens.diff.column = (model.screens.diff.column + 8).min(last.saturating_sub(8));
        }
        A::Right => return update_diff(model, A::Open),
        A::SideBySide => {
            let at = model.screens.diff.text.cursor;
            let line = find_shown_diff(model)
                .zip(text_rows(model).get(at))
                .map(|(shown, row)| rows::find_row_line_numbers(&shown.diff, *row));
            model.screens.diff.sides = Some(!side_by_side(model));
            if let Some(line) = line {
                go_to(model, line.1.or(line.0).unwrap_or(1), line.1.is_none());
            }
        }
        A::Wrap => {
            model.screens.diff.wrap = !model.screens.diff.wrap;
            model.screens.diff.column = 0;
        }
        A::NextHunk => step_to_place(model, true),
        A::PreviousHunk => step_to_place(model, false),
        A::Fold => return toggle_fold(model, false),
        A::FoldAll => return toggle_fold(model, true),
        A::WholeFile => return toggle_whole_file(model),
        A::NextFile | A::PreviousFile => {
            FILES.step(model, if action == A::NextFile { 1 } else { -1 });
            return follow_diff_cursor(model);
        }
        A::Filter => {
            let parts = list_diff_parts(model);
            let now = parts
                .iter()
                .position(|(part, _, _)| *part == model.screens.diff.part)
                .unwrap_or(0);
            let parts: Vec<(String, usize)> = parts
                .into_iter()
                .map(|(_, text, count)| (text, count))
                .collect();
            open_part_choice(model, "Show these files", &parts, now);
        }
        A::FilterTo(at) => {
            if let Some((part, _, _)) = list_diff_parts(model).into_iter().nth(at) {
                model.screens.diff.part = part;
                return refresh_diff(model);
            }
        }
        A::Copy => return copy_diff_text(model),
        _ => {}
    }
    Vec::new()
}

/// Parts that can be chosen: `(part, text, number of files)`.
fn list_diff_parts(model: &Model) -> Vec<(DiffPart, String, usize)> {
    let files = list_diff_files(model);
    let mut parts = vec![(DiffPart::Everything, "everything".to_owned(), files.len())];
    let mut kinds: Vec<FileKind> = files.iter().map(|file| file.kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    for kind in kinds {
        parts.push((
            DiffPart::Kind(kind),
            labels::label_file_kind(kind).to_owned(),
            files.iter().filter(|file| file.kind == kind).count(),
        ));
    }
    let room = MOST.saturating_sub(parts.len());
    let components = count_frequent_names(
        files.iter().filter_map(|file| file.component.as_deref()),
        room,
    );
    parts.extend(components.into_iter().map(|(name, count)| {
        (
            DiffPart::Component(name.clone()),
            format!("component {}", crate::model::escape_invisible(&name)),
            count,
        )
    }));
    parts
}

fn copy_diff_text(model: &mut Model) -> Vec<Effect> {
    let at = model.screens.diff.text.cursor;
    let text = match (
        model.focus,
        find_shown_diff(model),
        find_selected_file(model),
    ) {
        (Focus::Detail, Some(shown), _) => text_rows(model)
            .get(at)
            .map(|row| rows::read_diff_row_text(&shown.diff, *row)),
        (_, _, Some(file)) => Some(file.path.clone()),
        _ => None,
    };
    let Some(text) = text.filter(|text| !text.is_empty()) else {
        return Vec::new();
    };
    model.say(if model.focus == Focus::Detail {
        "The line is copied."
    } else {
        "The path is copied."
    });
    vec![Effect::Copy(text)]
}

/// Folds or opens what the cursor is in, the folder or the changed place, or all of them.
fn toggle_fold(model: &mut Model, all: bool) -> Vec<Effect> {
    let sides = side_by_side(model);
    let state = &mut model.screens.diff;
    if model.focus == Focus::Detail {
        if let Some(shown) = &mut state.shown {
            state.text.cursor = fold::toggle_places(shown, sides, state.text.cursor, all);
        }
        return Vec::new();
    }
    let row = state.list.cursor;
    let folder = fold::find_folder_of_row(list_file_rows(model), list_diff_files(model), row);
    let Some(folder) = folder else {
        return Vec::new();
    };
    let kept = find_selected_file(model).map(|file| file.path.clone());
    let read = model.assessment.clone();
    let files = read.as_ref().map_or(&[][..], |read| &read.files);
    if all {
        fold::toggle_all_folders(&mut model.screens.diff, files);
    } else {
        fold::toggle_folder(&mut model.screens.diff, &folder);
    }
    sort_files(model);
    // the cursor stays on its file, or in its folder
    let of_row = |row: &usize| find_file_of_row(model, *row).map(|file| &file.path);
    let in_folder = |row: &usize| {
        is_file_row(model, *row)
            && fold::find_folder_of_row(list_file_rows(model), files, *row) == Some(folder.clone())
    };
    let mut rows = 0..count_file_rows(model);
    let found = rows
        .clone()
        .find(|row| kept.is_some() && of_row(row) == kept.as_ref())
        .or_else(|| rows.find(in_folder));
    FILES.put(model, found.unwrap_or(0), true);
    follow_diff_cursor(model)
}

/// Goes to the next or the previous changed place.
fn step_to_place(model: &mut Model, forward: bool) {
    let Some(shown) = find_shown_diff(model) else {
        return;
    };
    let places = fold::list_changed_places(shown, side_by_side(model));
    // in a whole file some lines above belong to the place
    let (above, at) = (
        if shown.whole { 3 } else { 0 },
        model.screens.diff.text.cursor,
    );
    let found = if forward {
        places.iter().find(|row| **row > at)
    } else {
        places.iter().rev().find(|row| **row < at)
    };
    match found {
        Some(row) => {
            let text = &mut model.screens.diff.text;
            text.cursor = *row;
            // the place is read from its head down
            text.offset = row.saturating_sub(above);
        }
        None if places.is_empty() => {}
        None => model.warn(if forward {
            "this is the last changed place of the file"
        } else {
            "this is the first changed place of the file"
        }),
    }
}

/// All lines of the file, or only the changed places; the cursor stays on its line.
fn toggle_whole_file(model: &mut Model) -> Vec<Effect> {
    let at = model.screens.diff.text.cursor;
    let line = find_shown_diff(model)
        .zip(text_rows(model).get(at))
        .map(|(shown, row)| rows::find_row_line_numbers(&shown.diff, *row));
    model.screens.diff.whole = !model.screens.diff.whole;
    model.screens.diff.goto = line.and_then(|(old, new)| new.or(old));
    model.screens.diff.wanted = None;
    if !model.screens.diff.whole {
        model.say("Only the changed places are shown.");
    }
    request_file_diff(model)
}

/// Columns of the longest line.
fn measure_longest_line(diff: &FileDiff) -> usize {
    let FileDiff::Text { hunks, .. } = diff else {
        return 0;
    };
    hunks
        .iter()
        .flat_map(|hunk| &hunk.lines)
        .map(|line| text::measure_text_width(&rows::read_diff_line_text(line)))
        .max()
        .unwrap_or(0)
}
