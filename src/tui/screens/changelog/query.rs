//! What the changelog knows: the entry under the cursor, and what was answered about it.

use crate::model::{Changelog as Entries, ChangelogEntry, FileChange, Reverting};
use crate::tui::draw::sizes::WIDE;
use crate::tui::model::Model;
use crate::tui::screen::Focus;
use crate::tui::screens::changelog::rows;
use crate::tui::screens::changelog::rows::{ChangelogRow, EntryGroup};

/// The changelog as far as it is known: the full one, else the quick one.
pub fn find_known_changelog(model: &Model) -> Option<&Entries> {
    let full = model
        .assessment
        .as_ref()
        .map(|assessment| &assessment.changelog);
    if model.reading.has(crate::model::Stage::Changelog)
        || full.is_some_and(|full| !full.entries.is_empty())
    {
        return full;
    }
    model.quick.as_ref().or(full)
}

/// Whether only the quick list is known.
pub fn is_changelog_partial(model: &Model) -> bool {
    !model.reading.has(crate::model::Stage::Changelog)
}

/// The entry of a row.
pub fn entry_at(model: &Model, row: usize) -> Option<&ChangelogEntry> {
    match model.screens.changelog.rows.get(row)? {
        ChangelogRow::Heading(..) => None,
        ChangelogRow::Entry(at) => find_known_changelog(model)?.entries.get(*at),
        ChangelogRow::Lost(at) => find_known_changelog(model)?.lost.get(*at),
    }
}

/// The entry under the cursor.
pub fn find_selected_entry(model: &Model) -> Option<&ChangelogEntry> {
    entry_at(model, model.screens.changelog.list.cursor)
}

/// Whether the entry under the cursor is one that only previous has.
pub fn is_selected_entry_lost(model: &Model) -> bool {
    matches!(
        model
            .screens
            .changelog
            .rows
            .get(model.screens.changelog.list.cursor),
        Some(ChangelogRow::Lost(_))
    )
}

/// A person's word for an entry: on disk, else from the assessment.
pub fn find_entry_answer(model: &Model, entry: &ChangelogEntry) -> Option<Reverting> {
    model
        .session
        .entries
        .get(&entry.commit)
        .copied()
        .or(entry.answer)
}

/// Risky entries, and how many of them nobody said anything about.
pub fn count_asked_entries(model: &Model) -> (usize, usize) {
    let Some(changelog) = find_known_changelog(model) else {
        return (0, 0);
    };
    let risky = changelog
        .entries
        .iter()
        .filter(|entry| rows::choose_entry_group(entry) == EntryGroup::Risky);
    risky.fold((0, 0), |(all, open), entry| {
        (
            all + 1,
            open + usize::from(find_entry_answer(model, entry).is_none()),
        )
    })
}

/// The file of the entry that is shown.
pub fn find_shown_entry_file(model: &Model) -> Option<&FileChange> {
    let state = &model.screens.changelog;
    match &state.files {
        Some((commit, Ok(files)))
            if find_selected_entry(model).is_some_and(|entry| entry.commit == *commit) =>
        {
            files.get(state.file)
        }
        _ => None,
    }
}

/// Whether what is said about an entry has room for its difference.
pub(super) fn has_room_for_diff(model: &Model) -> bool {
    model.size.0 >= WIDE || model.focus == Focus::Detail
}
