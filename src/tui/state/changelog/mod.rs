//! Screen 4: what would disappear from production, item by item; *if this were reverted, what would
//! happen?*

pub mod rows;

use std::collections::BTreeMap;

use crate::model::{Changelog as Entries, Entry, FileChange, FileDiff, RevertTrial, Reverting};
use crate::session::EventKind;
use crate::tui::list::{ListSpec, ListState, Scroll};
use crate::tui::model::{Focus, Screen};
use crate::tui::popup::Popup;
use crate::tui::popup::choose::Choose;
use crate::tui::view::{WIDE, labels, words};
use crate::tui::{Action, Effect, Model};
use rows::{Group, Order, Part, Row};

/// State of the screen.
#[derive(Debug, Clone, Default)]
pub struct Changelog {
    /// Cursor and search.
    pub list: ListState,
    /// Riskiest or newest first.
    pub order: Order,
    /// Which entries are shown.
    pub part: Part,
    /// Rows shown.
    pub rows: Vec<Row>,
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
pub fn list(model: &Model) -> Option<ListSpec> {
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
            Some(Row::Entry(_) | Row::Lost(_))
        )
    },
    moved,
};

/// The changelog as far as it is known: the full one, else the quick one.
pub fn known(model: &Model) -> Option<&Entries> {
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
pub fn partial(model: &Model) -> bool {
    !model.reading.has(crate::model::Stage::Changelog)
}

/// The entry of a row.
pub fn entry_at(model: &Model, row: usize) -> Option<&Entry> {
    match model.screens.changelog.rows.get(row)? {
        Row::Heading(..) => None,
        Row::Entry(at) => known(model)?.entries.get(*at),
        Row::Lost(at) => known(model)?.lost.get(*at),
    }
}

/// The entry under the cursor.
pub fn selected(model: &Model) -> Option<&Entry> {
    entry_at(model, model.screens.changelog.list.cursor)
}

/// Whether the entry under the cursor is one that only previous has.
pub fn lost(model: &Model) -> bool {
    matches!(
        model
            .screens
            .changelog
            .rows
            .get(model.screens.changelog.list.cursor),
        Some(Row::Lost(_))
    )
}

/// A person's word for an entry: on disk, else from the assessment.
pub fn answer(model: &Model, entry: &Entry) -> Option<Reverting> {
    model
        .session
        .entries
        .get(&entry.commit)
        .copied()
        .or(entry.answer)
}

/// Risky entries, and how many of them nobody said anything about.
pub fn asked(model: &Model) -> (usize, usize) {
    let Some(changelog) = known(model) else {
        return (0, 0);
    };
    let risky = changelog
        .entries
        .iter()
        .filter(|entry| rows::group(entry) == Group::Risky);
    risky.fold((0, 0), |(all, open), entry| {
        (all + 1, open + usize::from(answer(model, entry).is_none()))
    })
}

/// The file of the entry that is shown.
pub fn file(model: &Model) -> Option<&FileChange> {
    let state = &model.screens.changelog;
    match &state.files {
        Some((commit, Ok(files)))
            if selected(model).is_some_and(|entry| entry.commit == *commit) =>
        {
            files.get(state.file)
        }
        _ => None,
    }
}

/// Whether what is said about an entry has room for its difference.
fn roomy(model: &Model) -> bool {
    model.size.0 >= WIDE || model.focus == Focus::Detail
}

/// Its own actions.
pub fn update(model: &mut Model, action: Action) -> Vec<Effect> {
    use Action as A;
    match action {
        A::Open | A::Focus | A::Right if model.focus != Focus::Detail => {
            if selected(model).is_some() {
                model.focus = Focus::Detail;
            }
            return load(model);
        }
        A::Focus | A::Left if model.focus == Focus::Detail => model.focus = Focus::Body,
        A::Open => return open_file(model),
        A::Order => {
            let state = &mut model.screens.changelog;
            state.order = if state.order == Order::Risk {
                Order::Time
            } else {
                Order::Risk
            };
            rebuild(model);
            return moved(model);
        }
        A::Filter => {
            let parts = parts(model);
            let now = parts
                .iter()
                .position(|(part, _, _)| *part == model.screens.changelog.part)
                .unwrap_or(0);
            let parts: Vec<(String, usize)> = parts
                .into_iter()
                .map(|(_, text, count)| (text, count))
                .collect();
            super::part::choose(model, "Show these changes", &parts, now);
        }
        A::FilterTo(at) => {
            if let Some((part, _, _)) = parts(model).into_iter().nth(at) {
                model.screens.changelog.part = part;
                rebuild(model);
                return moved(model);
            }
        }
        A::EntryAsk => ask(model),
        A::EntryAnswer(answer) => return record(model, answer),
        A::TryRevert => return try_revert(model),
        A::NextFile | A::PreviousFile => return other_file(model, action == A::NextFile),
        A::Copy => {
            if let Some(entry) = selected(model) {
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
fn parts(model: &Model) -> Vec<(Part, String, usize)> {
    let Some(changelog) = known(model) else {
        return Vec::new();
    };
    let (risky, open) = asked(model);
    let mut parts = vec![
        (
            Part::Everything,
            "everything".to_owned(),
            changelog.entries.len() + changelog.lost.len(),
        ),
        (Part::Risky, "risky if taken back".to_owned(), risky),
        (Part::NotAsked, "risky and not asked about".to_owned(), open),
    ];
    let types = super::part::frequent(
        changelog
            .entries
            .iter()
            .filter_map(|entry| entry.kind.as_deref()),
        6,
    );
    parts.extend(types.into_iter().map(|(name, count)| {
        (
            Part::Kind(name.clone()),
            format!("type {}", crate::model::visible(&name)),
            count,
        )
    }));
    let room = super::part::MOST.saturating_sub(parts.len());
    let areas = super::part::frequent(
        changelog
            .entries
            .iter()
            .flat_map(|entry| entry.areas.iter().map(String::as_str)),
        room,
    );
    parts.extend(areas.into_iter().map(|(name, count)| {
        (
            Part::Area(name.clone()),
            format!("area {}", crate::model::visible(&name)),
            count,
        )
    }));
    parts
}

/// Puts the question about the entry under the cursor.
fn ask(model: &mut Model) {
    let Some(entry) = selected(model) else { return };
    if lost(model) {
        let says = format!(
            "only {} has this; going back brings it back",
            model.previous()
        );
        model.warn(says);
        return;
    }
    let title = crate::model::visible(&entry.title).into_owned();
    let hint = answer(model, entry).or_else(|| {
        entry
            .if_reverted
            .iter()
            .copied()
            .min_by_key(|hint| rows::sign(*hint))
    });
    let seen: Vec<&str> = entry
        .if_reverted
        .iter()
        .map(|hint| words::reverting(*hint))
        .collect();
    let (risky, open) = asked(model);
    let place = if rows::group(entry) == Group::Risky && answer(model, entry).is_none() {
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
                words::reverting(*what).to_owned(),
                Action::EntryAnswer(*what),
            )
        })
        .collect();
    let mut choose = Choose::new(
        format!("If this were reverted, what would happen?{place}"),
        items,
    );
    choose
        .intro
        .push(crate::tui::view::widgets::clip(&title, 66, model.theme));
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
fn record(model: &mut Model, what: Reverting) -> Vec<Effect> {
    let Some(entry) = selected(model) else {
        return Vec::new();
    };
    let commit = entry.commit.clone();
    let was_open = rows::group(entry) == Group::Risky && answer(model, entry).is_none();
    let says = format!("if reverted: {}", words::reverting(what));
    let mut effects = vec![crate::tui::update::append(
        model,
        EventKind::EntryAnswered {
            commit: commit.clone(),
            answer: what,
        },
        says,
    )];
    if was_open && let Some(row) = next_open(model, &commit) {
        model.screens.changelog.list.cursor = row;
        effects.extend(moved(model));
        ask(model);
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
        matches!(model.screens.changelog.rows.get(row), Some(Row::Entry(_)))
            && entry_at(model, row).is_some_and(|entry| {
                let under_way = model.pending.iter().any(|pending| matches!(&pending.what, EventKind::EntryAnswered { commit, .. } if *commit == entry.commit));
                entry.commit != but && rows::group(entry) == Group::Risky && answer(model, entry).is_none() && !under_way
            })
    })
}

fn try_revert(model: &mut Model) -> Vec<Effect> {
    let Some(entry) = selected(model) else {
        return Vec::new();
    };
    if lost(model) {
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
pub fn tried(model: &mut Model, commit: &str, trial: RevertTrial) {
    if model.screens.changelog.trying.as_deref() == Some(commit) {
        model.screens.changelog.trying = None;
    }
    model.say(format!(
        "Reverting this entry alone: {}",
        labels::trial(&trial)
    ));
    model
        .screens
        .changelog
        .trials
        .insert(commit.to_owned(), trial);
}

/// Shows the file of the entry on the screen of differences, where current still differs there.
fn open_file(model: &mut Model) -> Vec<Effect> {
    let Some(path) = file(model)
        .map(|file| file.path.clone())
        .or_else(|| selected(model).and_then(|entry| entry.paths.first().cloned()))
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
    load(model)
}

/// The cursor moved.
fn moved(model: &mut Model) -> Vec<Effect> {
    model.screens.changelog.kept = selected(model).map(|entry| entry.commit.clone());
    model.screens.changelog.scroll.offset = 0;
    model.screens.changelog.file = 0;
    if roomy(model) {
        load(model)
    } else {
        Vec::new()
    }
}

/// Asks for what is shown of the entry and not there yet: its files, then the difference of one of
/// them.
fn load(model: &mut Model) -> Vec<Effect> {
    let Some(commit) = selected(model).map(|entry| entry.commit.clone()) else {
        return Vec::new();
    };
    let state = &model.screens.changelog;
    if state.files.as_ref().is_none_or(|(of, _)| *of != commit) {
        return vec![Effect::CommitFiles(commit)];
    }
    match file(model).cloned() {
        Some(change) if state.diff.as_ref().is_none_or(|(of, _)| *of != change) => {
            model.screens.changelog.wanted = Some(change.clone());
            vec![Effect::Diff(Box::new(change))]
        }
        _ => Vec::new(),
    }
}

/// The screen comes up.
pub fn shown(model: &mut Model) -> Vec<Effect> {
    if roomy(model) {
        load(model)
    } else {
        Vec::new()
    }
}

/// More is known: the rows are made anew, the cursor stays on its entry.
pub fn refresh(model: &mut Model) -> Vec<Effect> {
    let about = model
        .pair
        .as_ref()
        .map(|(_, current, _)| current.commit.clone())
        .unwrap_or_default();
    if model.screens.changelog.about != about {
        model.screens.changelog.about = about;
        model.screens.changelog.trials.clear();
    }
    rebuild(model);
    if model.screen == Screen::Changelog && roomy(model) {
        load(model)
    } else {
        Vec::new()
    }
}

fn rebuild(model: &mut Model) {
    let kept = model.screens.changelog.kept.clone();
    let (order, part) = (
        model.screens.changelog.order,
        model.screens.changelog.part.clone(),
    );
    let rows = known(model)
        .map(|changelog| {
            rows::rows(changelog, order, &part, |entry| {
                answer(model, entry).is_some()
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
    if selected(model).is_none_or(|entry| entry.commit != commit) {
        return Vec::new();
    }
    model.screens.changelog.files = Some((commit.to_owned(), files));
    model.screens.changelog.file = 0;
    load(model)
}

/// The difference inside a file has come.
pub fn diffed(model: &mut Model, change: &FileChange, diff: &FileDiff) {
    let state = &mut model.screens.changelog;
    if state.wanted.as_ref() == Some(change) {
        state.wanted = None;
        state.diff = Some((change.clone(), diff.clone()));
    }
}
