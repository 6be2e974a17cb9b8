//! Screen 5: changed files, and the difference inside the one under the cursor.

pub mod fold;
mod order;
pub mod rows;

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{FileChange, FileDiff, FileKind, FileStatus, Severity};
use crate::tui::list::{ListSpec, ListState};
use crate::tui::model::{Focus, Screen};
use crate::tui::syntax::{self, DiffRuns};
use crate::tui::view::{WIDE, labels};
use crate::tui::{Action, Effect, Model};
use rows::DiffRow;

/// From this width on both sides are shown beside each other unless the person chose otherwise.
pub const SIDES: u16 = 140;

/// Which files are shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum DiffPart {
    /// All.
    #[default]
    Everything,
    /// Of one kind.
    Kind(FileKind),
    /// Of one component.
    Component(String),
}

/// One row of the files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileTreeRow {
    /// A folder; its files are below, unless it is folded.
    Folder(String),
    /// A file: its place in the assessment's list.
    File(usize),
}

/// A difference that has come.
#[derive(Debug, Clone)]
pub struct Shown {
    /// The file.
    pub change: FileChange,
    /// Its difference.
    pub diff: FileDiff,
    /// Rows, unified.
    pub unified: Vec<DiffRow>,
    /// Rows, side by side.
    pub pairs: Vec<DiffRow>,
    /// All lines of the file are in it.
    pub whole: bool,
    /// Changed places that are folded.
    pub folded: BTreeSet<usize>,
    /// What each line is made of.
    pub runs: DiffRuns,
}

impl Shown {
    fn new(change: &FileChange, diff: &FileDiff, whole: bool) -> Self {
        let mut shown = Self {
            change: change.clone(),
            diff: diff.clone(),
            unified: Vec::new(),
            pairs: Vec::new(),
            whole,
            folded: BTreeSet::new(),
            runs: syntax::scan_diff(diff, &change.path, usize::MAX),
        };
        shown.build_rows();
        shown
    }

    fn build_rows(&mut self) {
        self.unified = rows::build_diff_rows(&self.diff, false, &self.folded);
        self.pairs = rows::build_diff_rows(&self.diff, true, &self.folded);
    }
}

/// State of the screen.
#[derive(Debug, Clone, Default)]
pub struct DiffScreen {
    /// Cursor and search in the files.
    pub list: ListState,
    /// Cursor and search in the difference.
    pub text: ListState,
    /// Files shown, by what findings say of them, what weighs on the way back, folder and name:
    /// places in the assessment's list.
    pub files: Vec<usize>,
    /// What findings say of them, where it is more than a note.
    pub marks: BTreeMap<usize, Severity>,
    /// Their rows, with those of folders that are folded.
    pub flat: Vec<FileTreeRow>,
    /// The same below their folders.
    pub tree: Vec<FileTreeRow>,
    /// Folders that are folded.
    pub folded: BTreeSet<String>,
    /// Files are shown with all lines that did not change.
    pub whole: bool,
    /// The path a person moved to: the cursor stays on it while more comes in.
    pub kept: Option<String>,
    /// Which files are shown.
    pub part: DiffPart,
    /// Both sides beside each other; `None`: as the width allows.
    pub sides: Option<bool>,
    /// Long lines are wrapped.
    pub wrap: bool,
    /// First column shown of long lines.
    pub column: usize,
    /// Asked for and not there yet.
    pub wanted: Option<FileChange>,
    /// What is shown.
    pub shown: Option<Shown>,
    /// Line of current to go to when the difference comes.
    pub goto: Option<usize>,
}

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
fn count_file_rows(model: &Model) -> usize {
    list_file_rows(model).len()
}

/// Whether the cursor can be on a row: a file, or a folder that is folded.
fn is_file_row(model: &Model, row: usize) -> bool {
    match list_file_rows(model).get(row) {
        Some(FileTreeRow::Folder(name)) => fold::is_folder_folded(model, name),
        Some(FileTreeRow::File(_)) => true,
        None => false,
    }
}

/// Place in the assessment's list of the file of a row.
fn find_file_index(model: &Model, row: usize) -> Option<usize> {
    match list_file_rows(model).get(row)? {
        FileTreeRow::Folder(_) => None,
        FileTreeRow::File(at) => Some(*at),
    }
}

/// The file of a row.
pub fn find_file_of_row(model: &Model, row: usize) -> Option<&FileChange> {
    list_diff_files(model).get(find_file_index(model, row)?)
}

/// Folder and name of a path.
pub fn split_folder_and_name(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
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
    find_shown_diff(model).map_or(&[], |shown| {
        if side_by_side(model) {
            &shown.pairs
        } else {
            &shown.unified
        }
    })
}

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
    get: |model| &model.screens.diff.text,
    get_mut: |model| &mut model.screens.diff.text,
    len: |model| text_rows(model).len(),
    text: |model, at| match (find_shown_diff(model), text_rows(model).get(at)) {
        (Some(shown), Some(row)) => rows::read_diff_row_text(&shown.diff, *row),
        _ => String::new(),
    },
    selectable: crate::tui::list::every_row,
    moved: crate::tui::list::load_nothing,
};

/// Its own actions.
pub fn update_diff(model: &mut Model, action: Action) -> Vec<Effect> {
    use Action as A;
    match action {
        A::Open | A::Focus if model.focus != Focus::Detail => {
            if find_selected_file(model).is_some() {
                model.focus = Focus::Detail;
            } else if action == A::Open {
                return fold::toggle_fold(model);
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
        A::NextHunk => fold::step_to_place(model, true),
        A::PreviousHunk => fold::step_to_place(model, false),
        A::Fold => return fold::toggle_fold(model),
        A::FoldAll => return fold::toggle_all_folds(model),
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
            super::part::open_part_choice(model, "Show these files", &parts, now);
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
    let room = super::part::MOST.saturating_sub(parts.len());
    let components = super::part::count_frequent_names(
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
        .map(|line| crate::tui::view::widgets::measure_text_width(&rows::read_diff_line_text(line)))
        .max()
        .unwrap_or(0)
}

/// The cursor moved.
fn follow_diff_cursor(model: &mut Model) -> Vec<Effect> {
    model.screens.diff.kept = find_selected_file(model).map(|file| file.path.clone());
    request_file_diff(model)
}

/// Asks for the difference of the file under the cursor, unless it is there.
fn request_file_diff(model: &mut Model) -> Vec<Effect> {
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
    order::sort_diff_files(model);
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
    state.text.offset.set(0);
    state.text.search.clear();
    state.shown = Some(Shown::new(change, diff, whole));
    if let Some(line) = state.goto.take() {
        go_to(model, line, change.status == FileStatus::Deleted);
    }
}

/// Puts the cursor on a line of current, or of previous.
fn go_to(model: &mut Model, number: usize, old: bool) {
    let row = find_shown_diff(model)
        .and_then(|shown| rows::find_row_of_line(&shown.diff, text_rows(model), number, old));
    if let Some(row) = row {
        model.screens.diff.text.cursor = row;
        model.screens.diff.text.offset.set(row.saturating_sub(4));
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
        order::sort_diff_files(model);
    }
    model.screens.diff.list.cursor =
        (0..count_file_rows(model)).find(|&row| find_file_index(model, row) == Some(at))?;
    model.screens.diff.kept = find_selected_file(model).map(|file| file.path.clone());
    model.screens.diff.goto = line;
    let effects = crate::tui::update::go_to_screen(model, Screen::Diff);
    model.focus = Focus::Detail;
    if effects.is_empty()
        && let Some(line) = model.screens.diff.goto.take()
    {
        jump_to_diff_line(model, line);
    }
    Some(effects)
}
