//! Screen 5: changed files, and the difference inside the one under the cursor.

pub mod rows;

use crate::model::{FileChange, FileDiff, FileStatus, Kind};
use crate::tui::list::{ListSpec, ListState};
use crate::tui::model::{Focus, Screen};
use crate::tui::view::{WIDE, labels};
use crate::tui::{Action, Effect, Model};
use rows::Row;

/// From this width on both sides are shown beside each other unless the person chose otherwise.
pub const SIDES: u16 = 140;

/// Which files are shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Part {
    /// All.
    #[default]
    Everything,
    /// Of one kind.
    Kind(Kind),
    /// Of one component.
    Component(String),
}

/// One row of the files on a wide terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A folder; its files are below.
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
    pub unified: Vec<Row>,
    /// Rows, side by side.
    pub pairs: Vec<Row>,
}

/// State of the screen.
#[derive(Debug, Clone, Default)]
pub struct Diff {
    /// Cursor and search in the files.
    pub list: ListState,
    /// Cursor and search in the difference.
    pub text: ListState,
    /// Files shown, by what weighs on the way back, folder and name: places in the assessment's
    /// list.
    pub files: Vec<usize>,
    /// The same below their folders.
    pub tree: Vec<Place>,
    /// The path a person moved to: the cursor stays on it while more comes in.
    pub kept: Option<String>,
    /// Which files are shown.
    pub part: Part,
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
        selected(model)
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
pub fn all(model: &Model) -> &[FileChange] {
    model
        .assessment
        .as_ref()
        .map_or(&[], |assessment| &assessment.files)
}

/// Whether the files stand below their folders: beside the difference a whole path has no room.
pub fn as_tree(model: &Model) -> bool {
    model.size.0 >= WIDE
}

/// Number of rows of the files.
fn height(model: &Model) -> usize {
    if as_tree(model) {
        model.screens.diff.tree.len()
    } else {
        model.screens.diff.files.len()
    }
}

/// Place in the assessment's list of the file of a row.
fn place(model: &Model, row: usize) -> Option<usize> {
    if !as_tree(model) {
        return model.screens.diff.files.get(row).copied();
    }
    match model.screens.diff.tree.get(row)? {
        Place::Folder(_) => None,
        Place::File(at) => Some(*at),
    }
}

/// The file of a row.
pub fn file(model: &Model, row: usize) -> Option<&FileChange> {
    all(model).get(place(model, row)?)
}

/// Folder and name of a path.
pub fn split(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
}

/// The file under the cursor.
pub fn selected(model: &Model) -> Option<&FileChange> {
    file(model, model.screens.diff.list.cursor)
}

/// The difference of the file under the cursor, once it has come.
pub fn current(model: &Model) -> Option<&Shown> {
    model
        .screens
        .diff
        .shown
        .as_ref()
        .filter(|shown| selected(model) == Some(&shown.change))
}

/// Rows of the difference as they are shown now.
pub fn text_rows(model: &Model) -> &[Row] {
    current(model).map_or(&[], |shown| {
        if side_by_side(model) {
            &shown.pairs
        } else {
            &shown.unified
        }
    })
}

/// The list that takes keys.
pub fn list(model: &Model) -> Option<ListSpec> {
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
    len: height,
    text: |model, at| {
        file(model, at)
            .map(|file| {
                format!(
                    "{} {}",
                    file.path,
                    file.old_path.as_deref().unwrap_or_default()
                )
            })
            .unwrap_or_default()
    },
    selectable: |model, at| place(model, at).is_some(),
    moved,
};

/// The lines of the difference.
pub const TEXT: ListSpec = ListSpec {
    get: |model| &model.screens.diff.text,
    get_mut: |model| &mut model.screens.diff.text,
    len: |model| text_rows(model).len(),
    text: |model, at| match (current(model), text_rows(model).get(at)) {
        (Some(shown), Some(row)) => rows::words(&shown.diff, *row),
        _ => String::new(),
    },
    selectable: crate::tui::list::every_row,
    moved: crate::tui::list::nothing,
};

/// Its own actions.
pub fn update(model: &mut Model, action: Action) -> Vec<Effect> {
    use Action as A;
    match action {
        A::Open | A::Focus if model.focus != Focus::Detail => {
            if selected(model).is_some() {
                model.focus = Focus::Detail;
            }
            return load(model);
        }
        A::Focus => model.focus = Focus::Body,
        A::Left => model.screens.diff.column = model.screens.diff.column.saturating_sub(8),
        A::Right if model.focus == Focus::Detail => {
            let last = current(model).map_or(0, |shown| longest(&shown.diff));
            model.screens.diff.column = (model.screens.diff.column + 8).min(last.saturating_sub(8));
        }
        A::Right => return update(model, A::Open),
        A::SideBySide => {
            let at = model.screens.diff.text.cursor;
            let line = current(model)
                .zip(text_rows(model).get(at))
                .map(|(shown, row)| rows::numbers(&shown.diff, *row));
            model.screens.diff.sides = Some(!side_by_side(model));
            if let Some(line) = line {
                go_to(model, line.1.or(line.0).unwrap_or(1), line.1.is_none());
            }
        }
        A::Wrap => {
            model.screens.diff.wrap = !model.screens.diff.wrap;
            model.screens.diff.column = 0;
        }
        A::NextHunk => step(model, true),
        A::PreviousHunk => step(model, false),
        A::NextFile | A::PreviousFile => {
            FILES.step(model, if action == A::NextFile { 1 } else { -1 });
            return moved(model);
        }
        A::Filter => {
            let parts = parts(model);
            let now = parts
                .iter()
                .position(|(part, _, _)| *part == model.screens.diff.part)
                .unwrap_or(0);
            let parts: Vec<(String, usize)> = parts
                .into_iter()
                .map(|(_, text, count)| (text, count))
                .collect();
            super::part::choose(model, "Show these files", &parts, now);
        }
        A::FilterTo(at) => {
            if let Some((part, _, _)) = parts(model).into_iter().nth(at) {
                model.screens.diff.part = part;
                return refresh(model);
            }
        }
        A::Copy => return copy(model),
        _ => {}
    }
    Vec::new()
}

/// Parts that can be chosen: `(part, text, number of files)`.
fn parts(model: &Model) -> Vec<(Part, String, usize)> {
    let files = all(model);
    let mut parts = vec![(Part::Everything, "everything".to_owned(), files.len())];
    let mut kinds: Vec<Kind> = files.iter().map(|file| file.kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    for kind in kinds {
        parts.push((
            Part::Kind(kind),
            labels::kind(kind).to_owned(),
            files.iter().filter(|file| file.kind == kind).count(),
        ));
    }
    let room = super::part::MOST.saturating_sub(parts.len());
    let components = super::part::frequent(
        files.iter().filter_map(|file| file.component.as_deref()),
        room,
    );
    parts.extend(components.into_iter().map(|(name, count)| {
        (
            Part::Component(name.clone()),
            format!("component {}", crate::model::visible(&name)),
            count,
        )
    }));
    parts
}

fn copy(model: &mut Model) -> Vec<Effect> {
    let at = model.screens.diff.text.cursor;
    let text = match (model.focus, current(model), selected(model)) {
        (Focus::Detail, Some(shown), _) => text_rows(model)
            .get(at)
            .map(|row| rows::words(&shown.diff, *row)),
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

/// The next or the previous hunk's head.
fn step(model: &mut Model, forward: bool) {
    let (rows, at) = (text_rows(model), model.screens.diff.text.cursor);
    let is_head = |row: &Row| matches!(row, Row::Hunk(_));
    let found = if forward {
        rows.iter()
            .enumerate()
            .skip(at + 1)
            .find(|(_, row)| is_head(row))
            .map(|(at, _)| at)
    } else {
        rows.iter()
            .enumerate()
            .take(at)
            .rev()
            .find(|(_, row)| is_head(row))
            .map(|(at, _)| at)
    };
    match found {
        Some(row) => {
            let text = &mut model.screens.diff.text;
            text.cursor = row;
            // the hunk is read from its head down
            text.offset.set(row);
        }
        None if rows.is_empty() => {}
        None => model.warn(if forward {
            "this is the last changed place of the file"
        } else {
            "this is the first changed place of the file"
        }),
    }
}

/// Columns of the longest line.
fn longest(diff: &FileDiff) -> usize {
    let FileDiff::Text { hunks, .. } = diff else {
        return 0;
    };
    hunks
        .iter()
        .flat_map(|hunk| &hunk.lines)
        .map(|line| crate::tui::view::widgets::width(&rows::text(line)))
        .max()
        .unwrap_or(0)
}

/// The cursor moved.
fn moved(model: &mut Model) -> Vec<Effect> {
    model.screens.diff.kept = selected(model).map(|file| file.path.clone());
    load(model)
}

/// Asks for the difference of the file under the cursor, unless it is there.
fn load(model: &mut Model) -> Vec<Effect> {
    if current(model).is_some() {
        model.screens.diff.wanted = None;
        return Vec::new();
    }
    let Some(change) = selected(model).cloned() else {
        return Vec::new();
    };
    if model.screens.diff.wanted.as_ref() == Some(&change) {
        return Vec::new();
    }
    model.screens.diff.wanted = Some(change.clone());
    vec![Effect::Diff(Box::new(change))]
}

/// The screen comes up.
pub fn shown(model: &mut Model) -> Vec<Effect> {
    // another screen may have asked for another difference meanwhile, and only the newest is
    // answered
    model.screens.diff.wanted = None;
    if selected(model).is_none() {
        put(model, None);
    }
    load(model)
}

/// More is known: the rows are made anew, the cursor stays on its file.
pub fn refresh(model: &mut Model) -> Vec<Effect> {
    let kept = model.screens.diff.kept.clone();
    let part = model.screens.diff.part.clone();
    let wanted = |file: &FileChange| match &part {
        Part::Everything => true,
        Part::Kind(kind) => file.kind == *kind,
        Part::Component(name) => file.component.as_ref() == Some(name),
    };
    let all_files = all(model);
    let mut files: Vec<usize> = all_files
        .iter()
        .enumerate()
        .filter(|(_, file)| wanted(file))
        .map(|(at, _)| at)
        .collect();
    files.sort_by_key(|&at| {
        all_files
            .get(at)
            .map(|file| (rank(file.kind), split(&file.path)))
    });
    // a folder stands where its weightiest file would
    let mut folders: std::collections::BTreeMap<&str, u8> = std::collections::BTreeMap::new();
    for file in files.iter().filter_map(|&at| all_files.get(at)) {
        let here = folders.entry(split(&file.path).0).or_insert(u8::MAX);
        *here = rank(file.kind).min(*here);
    }
    let mut below = files.clone();
    below.sort_by_key(|&at| {
        all_files.get(at).map(|file| {
            let (folder, name) = split(&file.path);
            (folders.get(folder).copied(), folder, rank(file.kind), name)
        })
    });
    let mut tree: Vec<Place> = Vec::new();
    let mut folder = None;
    for (at, file) in below
        .iter()
        .filter_map(|&at| Some((at, all_files.get(at)?)))
    {
        let (here, _) = split(&file.path);
        if folder != Some(here) {
            tree.push(Place::Folder(here.to_owned()));
            folder = Some(here);
        }
        tree.push(Place::File(at));
    }
    model.screens.diff.files = files;
    model.screens.diff.tree = tree;
    put(model, kept.as_deref());
    if model.screen == Screen::Diff {
        load(model)
    } else {
        Vec::new()
    }
}

/// What to read first: what going back meets, then what runs, then what only people read.
fn rank(kind: Kind) -> u8 {
    match kind {
        Kind::Database | Kind::Contract => 0,
        Kind::Config | Kind::Infrastructure => 1,
        Kind::Code | Kind::Dependency | Kind::Other => 2,
        Kind::Markup | Kind::Styling => 3,
        Kind::Test => 4,
        Kind::Documentation => 5,
    }
}

/// Puts the cursor on a path, or leaves it near where it is.
fn put(model: &mut Model, path: Option<&str>) {
    let row = path.and_then(|path| {
        (0..height(model)).find(|&row| file(model, row).is_some_and(|file| file.path == path))
    });
    let cursor = row.unwrap_or(model.screens.diff.list.cursor);
    FILES.put(model, cursor, true);
}

/// The terminal has another size: the cursor stays on its file, and what has room now is asked for.
pub fn resized(model: &mut Model, columns: u16, rows: u16) -> Vec<Effect> {
    let kept = selected(model).map(|file| file.path.clone());
    let line = current(model)
        .zip(text_rows(model).get(model.screens.diff.text.cursor))
        .map(|(shown, row)| rows::numbers(&shown.diff, *row));
    model.size = (columns, rows);
    put(model, kept.as_deref());
    if let Some((old, new)) = line {
        go_to(model, new.or(old).unwrap_or(1), new.is_none());
    }
    if model.screen == Screen::Diff {
        load(model)
    } else {
        Vec::new()
    }
}

/// The difference inside a file has come.
pub fn diffed(model: &mut Model, change: &FileChange, diff: &FileDiff) {
    if model.screens.diff.wanted.as_ref() != Some(change) {
        return;
    }
    let state = &mut model.screens.diff;
    state.wanted = None;
    state.column = 0;
    state.text.cursor = 0;
    state.text.offset.set(0);
    state.text.search.clear();
    state.shown = Some(Shown {
        change: change.clone(),
        diff: diff.clone(),
        unified: rows::rows(diff, false),
        pairs: rows::rows(diff, true),
    });
    if let Some(line) = state.goto.take() {
        go_to(model, line, change.status == FileStatus::Deleted);
    }
}

/// Puts the cursor on a line of current, or of previous.
fn go_to(model: &mut Model, number: usize, old: bool) {
    let row =
        current(model).and_then(|shown| rows::find(&shown.diff, text_rows(model), number, old));
    if let Some(row) = row {
        model.screens.diff.text.cursor = row;
        model.screens.diff.text.offset.set(row.saturating_sub(4));
    }
}

/// Goes to a line of the file shown.
pub fn jump(model: &mut Model, line: usize) -> Vec<Effect> {
    go_to(
        model,
        line,
        selected(model).is_some_and(|file| file.status == FileStatus::Deleted),
    );
    Vec::new()
}

/// Shows the place of a file, from another screen; false when the file did not change.
pub fn open_at(model: &mut Model, path: &str, line: Option<usize>) -> Option<Vec<Effect>> {
    let at = all(model)
        .iter()
        .position(|file| file.path == path || file.old_path.as_deref() == Some(path))?;
    if !model.screens.diff.files.contains(&at) {
        model.screens.diff.part = Part::Everything;
        refresh(model);
    }
    model.screens.diff.list.cursor =
        (0..height(model)).find(|&row| place(model, row) == Some(at))?;
    model.screens.diff.kept = selected(model).map(|file| file.path.clone());
    model.screens.diff.goto = line;
    let effects = crate::tui::update::go(model, Screen::Diff);
    model.focus = Focus::Detail;
    if effects.is_empty()
        && let Some(line) = model.screens.diff.goto.take()
    {
        jump(model, line);
    }
    Some(effects)
}
