//! State and own actions of each screen.

pub mod changelog;
pub mod diff;
pub mod gates;
pub mod now;
pub mod part;
pub mod place;
pub mod plan;
pub mod questions;
pub mod record;
pub mod replay;
pub mod risks;
pub mod session;

use crate::model::{FileChange, FileDiff};

use super::list::{ListSpec, Scroll};
use super::model::{Model, Screen};
use super::{Action, Effect};

/// The list that takes keys on the screen shown; `None` where text scrolls.
pub fn describe_screen_list(model: &Model) -> Option<ListSpec> {
    match model.screen {
        Screen::Now => None,
        Screen::Gates => gates::describe_gates_list(model),
        Screen::Questions => questions::describe_questions_list(model),
        Screen::Changelog => changelog::describe_changelog_list(model),
        Screen::Diff => diff::describe_diff_list(model),
        Screen::Risks => risks::describe_risks_list(model),
        Screen::Plan => plan::describe_plan_list(model),
        Screen::Record => record::describe_record_list(model),
    }
}

/// The text beside or below the list of the screen shown, where one scrolls.
pub fn find_screen_scroll(model: &mut Model) -> Option<&mut Scroll> {
    match model.screen {
        Screen::Now => Some(&mut model.screens.now.scroll),
        Screen::Changelog => Some(&mut model.screens.changelog.scroll),
        Screen::Risks => Some(&mut model.screens.risks.scroll),
        _ => None,
    }
}

/// A screen's own action. Movements in its list never come here.
pub fn update_screen(model: &mut Model, action: Action) -> Vec<Effect> {
    match model.screen {
        Screen::Now => now::update_now(model, action),
        Screen::Gates => gates::update_gates(model, action),
        Screen::Questions => questions::update_questions(model, action),
        Screen::Changelog => changelog::update_changelog(model, action),
        Screen::Diff => diff::update_diff(model, action),
        Screen::Risks => risks::update_risks(model, action),
        Screen::Plan => plan::update_plan(model, action),
        Screen::Record => record::update_record(model, action),
    }
}

/// Called when a screen comes up.
pub fn enter_screen(model: &mut Model) -> Vec<Effect> {
    match model.screen {
        Screen::Changelog => changelog::enter_changelog_screen(model),
        Screen::Diff => diff::enter_diff_screen(model),
        Screen::Risks => risks::enter_risks_screen(model),
        Screen::Plan => plan::enter_plan_screen(model),
        _ => Vec::new(),
    }
}

/// Called when more of the assessment is known or another verdict was reached, so that screens can
/// rebuild their rows.
pub fn refresh_screens(model: &mut Model) -> Vec<Effect> {
    let mut effects = changelog::refresh_changelog(model);
    effects.extend(diff::refresh_diff(model));
    effects.extend(risks::refresh_risks(model));
    effects.extend(plan::refresh_plan(model));
    effects
}

/// The difference inside a file has come: whoever asked for it takes it.
pub fn receive_diff(model: &mut Model, change: &FileChange, diff: FileDiff) -> Vec<Effect> {
    diff::receive_file_diff(model, change, &diff, false);
    changelog::receive_entry_diff(model, change, &diff);
    risks::receive_evidence_diff(model, change, &diff)
}

/// The terminal has another size.
pub fn resize_screens(model: &mut Model, columns: u16, rows: u16) -> Vec<Effect> {
    let mut effects = diff::resize_diff(model, columns, rows);
    if model.screen != Screen::Diff {
        // what has room now is asked for
        effects.extend(enter_screen(model));
    }
    effects
}

/// Goes to a numbered line of a text that scrolls; screens without numbered text do nothing.
pub fn jump_to_screen_line(model: &mut Model, number: usize) -> Vec<Effect> {
    if model.screen == Screen::Diff {
        diff::jump_to_diff_line(model, number)
    } else {
        Vec::new()
    }
}

#[cfg(test)]
mod screens_test;
