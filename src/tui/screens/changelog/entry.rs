//! Questions about an entry: what if it were reverted, and whether that applies.

use crate::model::Reverting;
use crate::session::EventKind;
use crate::tui::action::Action;
use crate::tui::draw::{text, words};
use crate::tui::effect::Effect;
use crate::tui::model::Model;
use crate::tui::popup::choose::state::Choose;
use crate::tui::popup::kind::Popup;
use crate::tui::recording::append_event;
use crate::tui::screens::changelog::load::follow_changelog_cursor;
use crate::tui::screens::changelog::query::{
    count_asked_entries, entry_at, find_entry_answer, find_selected_entry, is_selected_entry_lost,
};
use crate::tui::screens::changelog::rows;
use crate::tui::screens::changelog::rows::{ChangelogRow, EntryGroup};

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

/// Puts the question about the entry under the cursor.
pub(super) fn ask_about_entry(model: &mut Model) {
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
    let title = entry.title.to_string();
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
    choose.intro.push(text::clip_text(&title, 66, model.theme));
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
pub(super) fn record_entry_answer(model: &mut Model, what: Reverting) -> Vec<Effect> {
    let Some(entry) = find_selected_entry(model) else {
        return Vec::new();
    };
    let commit = entry.commit.clone();
    let was_open = rows::choose_entry_group(entry) == EntryGroup::Risky
        && find_entry_answer(model, entry).is_none();
    let says = format!("if reverted: {}", words::write_reverting_effect(what));
    let mut effects = vec![append_event(
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

pub(super) fn try_revert(model: &mut Model) -> Vec<Effect> {
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
