//! What the changelog asks for and takes.

use crate::model::{FileChange, FileDiff, RevertTrial, Untrusted};
use crate::tui::draw::labels;
use crate::tui::effect::Effect;
use crate::tui::list::ScrolledPart;
use crate::tui::list_spec::ListSpec;
use crate::tui::model::Model;
use crate::tui::screen::{Focus, Screen};
use crate::tui::screens::changelog::query::{
    entry_at, find_entry_answer, find_known_changelog, find_selected_entry, find_shown_entry_file,
    has_room_for_diff,
};
use crate::tui::screens::changelog::rows;
use crate::tui::screens::changelog::rows::ChangelogRow;

/// The list that takes keys.
pub fn describe_changelog_list(model: &Model) -> Option<ListSpec> {
    (model.focus != Focus::Detail).then_some(SPEC)
}

/// How the list is reached.
pub const SPEC: ListSpec = ListSpec {
    part: ScrolledPart::Changelog,
    get: |model| &model.screens.changelog.list,
    get_mut: |model| &mut model.screens.changelog.list,
    len: |model| model.screens.changelog.rows.len(),
    text: |model, at| match entry_at(model, at) {
        Some(entry) => {
            let request = entry
                .pull_request
                .map(|number| format!("#{number}"))
                .unwrap_or_default();
            format!(
                "{} {} {request} {} {} {}",
                entry.title,
                entry.author,
                entry.security.join(" "),
                Untrusted::join(&entry.areas, " "),
                entry.commit
            )
        }
        None => String::new(),
    },
    selectable: |model, at| {
        matches!(
            model.screens.changelog.rows.get(at),
            Some(ChangelogRow::Entry(_) | ChangelogRow::Lost(_))
        )
    },
    moved: follow_changelog_cursor,
};

/// A revert was tried.
pub fn receive_revert_trial(model: &mut Model, commit: &str, trial: RevertTrial) {
    if model.screens.changelog.trying.as_deref() == Some(commit) {
        model.screens.changelog.trying = None;
    }
    model.say(format!(
        "Reverting this entry alone: {}",
        labels::describe_revert_trial(&trial)
    ));
    model
        .screens
        .changelog
        .trials
        .insert(commit.to_owned(), trial);
}

/// The cursor moved.
pub(super) fn follow_changelog_cursor(model: &mut Model) -> Vec<Effect> {
    model.screens.changelog.kept = find_selected_entry(model).map(|entry| entry.commit.clone());
    model.screens.changelog.scroll.offset = 0;
    model.screens.changelog.file = 0;
    if has_room_for_diff(model) {
        request_entry_diff(model)
    } else {
        Vec::new()
    }
}

/// Asks for what is shown of the entry and not there yet: its files, then the difference of one of
/// them.
pub(super) fn request_entry_diff(model: &mut Model) -> Vec<Effect> {
    let Some(commit) = find_selected_entry(model).map(|entry| entry.commit.clone()) else {
        return Vec::new();
    };
    let state = &model.screens.changelog;
    if state.files.as_ref().is_none_or(|(of, _)| *of != commit) {
        return vec![Effect::CommitFiles(commit)];
    }
    match find_shown_entry_file(model).cloned() {
        Some(change) if state.diff.as_ref().is_none_or(|(of, _)| *of != change) => {
            model.screens.changelog.wanted = Some(change.clone());
            vec![Effect::Diff(Box::new(change))]
        }
        _ => Vec::new(),
    }
}

/// The screen comes up.
pub fn enter_changelog_screen(model: &mut Model) -> Vec<Effect> {
    if has_room_for_diff(model) {
        request_entry_diff(model)
    } else {
        Vec::new()
    }
}

/// More is known: the rows are made anew, the cursor stays on its entry.
pub fn refresh_changelog(model: &mut Model) -> Vec<Effect> {
    let about = model
        .pair
        .as_ref()
        .map(|(_, current, _)| current.commit.clone())
        .unwrap_or_default();
    if model.screens.changelog.about != about {
        model.screens.changelog.about = about;
        model.screens.changelog.trials.clear();
    }
    rebuild_changelog_rows(model);
    if model.screen == Screen::Changelog && has_room_for_diff(model) {
        request_entry_diff(model)
    } else {
        Vec::new()
    }
}

pub(super) fn rebuild_changelog_rows(model: &mut Model) {
    let kept = model.screens.changelog.kept.clone();
    let (order, part) = (
        model.screens.changelog.order,
        model.screens.changelog.part.clone(),
    );
    let rows = find_known_changelog(model)
        .map(|changelog| {
            rows::build_changelog_rows(changelog, order, &part, |entry| {
                find_entry_answer(model, entry).is_some()
            })
        })
        .unwrap_or_default();
    model.screens.changelog.rows = rows;
    // until somebody moved, the riskiest is what the eye should meet
    let cursor = match kept {
        Some(commit) => {
            let len = model.screens.changelog.rows.len();
            let row = (0..len)
                .find(|&row| entry_at(model, row).is_some_and(|entry| entry.commit == commit));
            row.unwrap_or(model.screens.changelog.list.cursor)
        }
        None => 0,
    };
    SPEC.put(model, cursor, true);
}

/// The files of a commit have come.
pub fn commit_files(
    model: &mut Model,
    commit: &str,
    files: Result<Vec<FileChange>, String>,
) -> Vec<Effect> {
    if find_selected_entry(model).is_none_or(|entry| entry.commit != commit) {
        return Vec::new();
    }
    model.screens.changelog.files = Some((commit.to_owned(), files));
    model.screens.changelog.file = 0;
    request_entry_diff(model)
}

/// The difference inside a file has come.
pub fn receive_entry_diff(model: &mut Model, change: &FileChange, diff: &FileDiff) {
    let state = &mut model.screens.changelog;
    if state.wanted.as_ref() == Some(change) {
        state.wanted = None;
        state.diff = Some((change.clone(), diff.clone()));
    }
}
