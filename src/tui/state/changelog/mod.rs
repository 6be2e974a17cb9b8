//! Screen 4: what would disappear from production, item by item; *if this were reverted, what would
//! happen?*

pub mod rows;

use std::collections::BTreeMap;

use crate::model::{
    Changelog as Entries, ChangelogEntry, FileChange, FileDiff, RevertTrial, Reverting,
};
use crate::session::EventKind;
use crate::tui::list::{ListSpec, ListState, Scroll};
use crate::tui::model::{Focus, Screen};
use crate::tui::popup::Popup;
use crate::tui::popup::choose::Choose;
use crate::tui::view::{WIDE, labels, words};
use crate::tui::{Action, Effect, Model};
use rows::{ChangelogOrder, ChangelogPart, ChangelogRow, EntryGroup};

/// State of the screen.
#[derive(Debug, Clone, Default)]
pub struct ChangelogScreen {
    /// Cursor and search.
    pub list: ListState,
    /// Riskiest or newest first.
    pub order: ChangelogOrder,
    /// Which entries are shown.
    pub part: ChangelogPart,
    /// Rows shown.
    pub rows: Vec<ChangelogRow>,
    /// The commit a person moved to: the cursor stays on it while more comes in.
    pub kept: Option<String>,
    /// Scrolls what is said about an entry.
    pub scroll: Scroll,
    /// Files of a commit, or why they cannot be told.
    pub files: Option<(String, Result<Vec<FileChange>, String>)>,
    /// Which of them is shown.
    pub file: usize,
    /// The difference asked for.
    pub wanted: Option<FileChange>,
    /// The difference that has come.
    pub diff: Option<(FileChange, FileDiff)>,
    /// Trials by commit.
    pub trials: BTreeMap<String, RevertTrial>,
    /// The commit whose revert is being tried.
    pub trying: Option<String>,
    /// The release that the trials are about.
    pub about: String,
}

/// Keys of the answers, letters as in every question: what would happen, from harmless on. `d` is
/// *do not know* as everywhere.
pub const ANSWERS: [(char, Reverting); 11] = [
    ('n', Reverting::Nothing),
    ('b', Reverting::FeatureLost),
    ('e', Reverting::BugReturns),
    ('f', Reverting::SecurityReopened),
    ('g', Reverting::DataUnreadable),
    ('h', Reverting::DependentBreaks),
    ('i', Reverting::MigrationOrphaned),
    ('v', Reverting::ContractVanishes),
    ('y', Reverting::ConfigMismatch),
    ('z', Reverting::DependencyDowngraded),
    ('d', Reverting::Unknown),
];

/// The list that takes keys.
pub fn describe_changelog_list(model: &Model) -> Option<ListSpec> {
    (model.focus != Focus::Detail).then_some(SPEC)
}

/// How the list is reached.
pub const SPEC: ListSpec = ListSpec {
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
                entry.areas.join(" "),
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
fn has_room_for_diff(model: &Model) -> bool {
    model.size.0 >= WIDE || model.focus == Focus::Detail
}

/// Its own actions.
pub fn update_changelog(model: &mut Model, action: Action) -> Vec<Effect> {
    use Action as A;
    match action {
        A::Open | A::Focus | A::Right if model.focus != Focus::Detail => {
            if find_selected_entry(model).is_some() {
                model.focus = Focus::Detail;
            }
            return request_entry_diff(model);
        }
        A::Focus | A::Left if model.focus == Focus::Detail => model.focus = Focus::Body,
        A::Open => return open_file(model),
        A::Order => {
            let state = &mut model.screens.changelog;
            state.order = if state.order == ChangelogOrder::Risk {
                ChangelogOrder::Time
            } else {
                ChangelogOrder::Risk
            };
            rebuild_changelog_rows(model);
            return follow_changelog_cursor(model);
        }
        A::Filter => {
            let parts = list_changelog_parts(model);
            let now = parts
                .iter()
                .position(|(part, _, _)| *part == model.screens.changelog.part)
                .unwrap_or(0);
            let parts: Vec<(String, usize)> = parts
                .into_iter()
                .map(|(_, text, count)| (text, count))
                .collect();
            super::part::open_part_choice(model, "Show these changes", &parts, now);
        }
        A::FilterTo(at) => {
            if let Some((part, _, _)) = list_changelog_parts(model).into_iter().nth(at) {
                model.screens.changelog.part = part;
                rebuild_changelog_rows(model);
                return follow_changelog_cursor(model);
            }
        }
        A::EntryAsk => ask_about_entry(model),
        A::EntryAnswer(answer) => return record_entry_answer(model, answer),
        A::TryRevert => return try_revert(model),
        A::NextFile | A::PreviousFile => return other_file(model, action == A::NextFile),
        A::Copy => {
            if let Some(entry) = find_selected_entry(model) {
                let text = entry.commit.clone();
                model.say("The commit's id is copied.");
                return vec![Effect::Copy(text)];
            }
        }
        other => {
            model.screens.changelog.scroll.act(other);
        }
    }
    Vec::new()
}

/// Parts that can be chosen: `(part, text, number of entries)`.
fn list_changelog_parts(model: &Model) -> Vec<(ChangelogPart, String, usize)> {
    let Some(changelog) = find_known_changelog(model) else {
        return Vec::new();
    };
    let (risky, open) = count_asked_entries(model);
    let mut parts = vec![
        (
            ChangelogPart::Everything,
            "everything".to_owned(),
            changelog.entries.len() + changelog.lost.len(),
        ),
        (
            ChangelogPart::Risky,
            "risky if taken back".to_owned(),
            risky,
        ),
        (
            ChangelogPart::NotAsked,
            "risky and not asked about".to_owned(),
            open,
        ),
    ];
    let types = super::part::count_frequent_names(
        changelog
            .entries
            .iter()
            .filter_map(|entry| entry.kind.as_deref()),
        6,
    );
    parts.extend(types.into_iter().map(|(name, count)| {
        (
            ChangelogPart::Kind(name.clone()),
            format!("type {}", crate::model::escape_invisible(&name)),
            count,
        )
    }));
    let room = super::part::MOST.saturating_sub(parts.len());
    let areas = super::part::count_frequent_names(
        changelog
            .entries
            .iter()
            .flat_map(|entry| entry.areas.iter().map(String::as_str)),
        room,
    );
    parts.extend(areas.into_iter().map(|(name, count)| {
        (
            ChangelogPart::Area(name.clone()),
            format!("area {}", crate::model::escape_invisible(&name)),
            count,
        )
    }));
    parts
}

/// Puts the question about the entry under the cursor.
fn ask_about_entry(model: &mut Model) {
    let Some(entry) = find_selected_entry(model) else {
        return;
    };
    if is_selected_entry_lost(model) {
        let says = format!(
            "only {} has this; going back brings it back",
            model.previous()
        );
        model.warn(says);
        return;
    }
    let title = crate::model::escape_invisible(&entry.title).into_owned();
    let hint = find_entry_answer(model, entry).or_else(|| {
        entry
            .if_reverted
            .iter()
            .copied()
            .min_by_key(|hint| rows::rate_reverting(*hint))
    });
    let seen: Vec<&str> = entry
        .if_reverted
        .iter()
        .map(|hint| words::write_reverting_effect(*hint))
        .collect();
    let (risky, open) = count_asked_entries(model);
    let place = if rows::choose_entry_group(entry) == EntryGroup::Risky
        && find_entry_answer(model, entry).is_none()
    {
        format!(
            "  ({} of {risky} risky changes)",
            risky.saturating_sub(open) + 1
        )
    } else {
        String::new()
    };
    let items = ANSWERS
        .iter()
        .map(|(key, what)| {
            (
                *key,
                words::write_reverting_effect(*what).to_owned(),
                Action::EntryAnswer(*what),
            )
        })
        .collect();
    let mut choose = Choose::new(
        format!("If this were reverted, what would happen?{place}"),
        items,
    );
    choose.intro.push(crate::tui::view::widgets::clip_text(
        &title,
        66,
        model.theme,
    ));
    choose.intro.push(format!(
        "seen in the repository: {}",
        if seen.is_empty() {
            "nothing".to_owned()
        } else {
            seen.join(", ")
        }
    ));
    choose.cursor = hint
        .and_then(|hint| ANSWERS.iter().position(|(_, what)| *what == hint))
        .unwrap_or(0);
    model.popups.push(Popup::Choose(choose));
}

/// Records the answer and puts the question about the next risky entry that nobody said anything
/// about.
fn record_entry_answer(model: &mut Model, what: Reverting) -> Vec<Effect> {
    let Some(entry) = find_selected_entry(model) else {
        return Vec::new();
    };
    let commit = entry.commit.clone();
    let was_open = rows::choose_entry_group(entry) == EntryGroup::Risky
        && find_entry_answer(model, entry).is_none();
    let says = format!("if reverted: {}", words::write_reverting_effect(what));
    let mut effects = vec![crate::tui::update::append_event(
        model,
        EventKind::EntryAnswered {
            commit: commit.clone(),
            answer: what,
        },
        says,
    )];
    if was_open && let Some(row) = next_open(model, &commit) {
        model.screens.changelog.list.cursor = row;
        effects.extend(follow_changelog_cursor(model));
        ask_about_entry(model);
    }
    effects
}

/// The next risky row without an answer, after the cursor and then from the top. Answers on their
/// way to disk count.
fn next_open(model: &Model, but: &str) -> Option<usize> {
    let (len, from) = (
        model.screens.changelog.rows.len(),
        model.screens.changelog.list.cursor,
    );
    (1..len).map(|step| (from + step) % len).find(|&row| {
        matches!(model.screens.changelog.rows.get(row), Some(ChangelogRow::Entry(_)))
            && entry_at(model, row).is_some_and(|entry| {
                let under_way = model.pending.iter().any(|pending| matches!(&pending.what, EventKind::EntryAnswered { commit, .. } if *commit == entry.commit));
                entry.commit != but && rows::choose_entry_group(entry) == EntryGroup::Risky && find_entry_answer(model, entry).is_none() && !under_way
            })
    })
}

fn try_revert(model: &mut Model) -> Vec<Effect> {
    let Some(entry) = find_selected_entry(model) else {
        return Vec::new();
    };
    if is_selected_entry_lost(model) {
        let says = format!("{} does not have this change", model.current());
        model.warn(says);
        return Vec::new();
    }
    let commit = entry.commit.clone();
    model.screens.changelog.trials.remove(&commit);
    model.screens.changelog.trying = Some(commit.clone());
    vec![Effect::Trial(commit)]
}

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

/// Shows the file of the entry on the screen of differences, where current still differs there.
fn open_file(model: &mut Model) -> Vec<Effect> {
    let Some(path) = find_shown_entry_file(model)
        .map(|file| file.path.clone())
        .or_else(|| find_selected_entry(model).and_then(|entry| entry.paths.first().cloned()))
    else {
        return Vec::new();
    };
    match super::diff::open_at(model, &path, None) {
        Some(effects) => effects,
        None => {
            model.warn("this file does not differ between the two releases");
            Vec::new()
        }
    }
}

fn other_file(model: &mut Model, forward: bool) -> Vec<Effect> {
    let state = &mut model.screens.changelog;
    let Some((_, Ok(files))) = &state.files else {
        return Vec::new();
    };
    let last = files.len().saturating_sub(1);
    state.file = if forward {
        (state.file + 1).min(last)
    } else {
        state.file.saturating_sub(1)
    };
    request_entry_diff(model)
}

/// The cursor moved.
fn follow_changelog_cursor(model: &mut Model) -> Vec<Effect> {
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
fn request_entry_diff(model: &mut Model) -> Vec<Effect> {
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

fn rebuild_changelog_rows(model: &mut Model) {
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
