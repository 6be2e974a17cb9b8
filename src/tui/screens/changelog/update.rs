//! Actions of the changelog.

use crate::model::Untrusted;
use crate::tui::action::Action;
use crate::tui::effect::Effect;
use crate::tui::model::Model;
use crate::tui::screen::Focus;
use crate::tui::screens::changelog::entry::{ask_about_entry, record_entry_answer, try_revert};
use crate::tui::screens::changelog::load::{
    follow_changelog_cursor, rebuild_changelog_rows, request_entry_diff,
};
use crate::tui::screens::changelog::query::{
    count_asked_entries, find_known_changelog, find_selected_entry, find_shown_entry_file,
};
use crate::tui::screens::changelog::rows::{ChangelogOrder, ChangelogPart};
use crate::tui::screens::diff::open::open_at;
use crate::tui::screens::part::{MOST, count_frequent_names, open_part_choice};

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
            open_part_choice(model, "Show these changes", &parts, now);
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
    let types = count_frequent_names(
        changelog
            .entries
            .iter()
            .filter_map(|entry| entry.conventional_type()),
        6,
    );
    parts.extend(types.into_iter().map(|(name, count)| {
        let name = Untrusted::from(name);
        let says = format!("type {name}");
        (ChangelogPart::Kind(name), says, count)
    }));
    let room = MOST.saturating_sub(parts.len());
    let areas = count_frequent_names(
        changelog
            .entries
            .iter()
            .flat_map(|entry| entry.areas.iter().map(Untrusted::as_raw)),
        room,
    );
    parts.extend(areas.into_iter().map(|(name, count)| {
        let name = Untrusted::from(name);
        let says = format!("area {name}");
        (ChangelogPart::Area(name), says, count)
    }));
    parts
}

/// Shows the file of the entry on the screen of differences, where current still differs there.
fn open_file(model: &mut Model) -> Vec<Effect> {
    let Some(path) = find_shown_entry_file(model)
        .map(|file| file.path.clone())
        .or_else(|| find_selected_entry(model).and_then(|entry| entry.paths.first().cloned()))
    else {
        return Vec::new();
    };
    match open_at(model, &path, None) {
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
