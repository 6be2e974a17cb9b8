//! State and own actions of each screen.

pub mod changelog;
pub mod diff;
pub mod gates;
pub mod now;
pub mod part;
pub mod plan;
pub mod questions;
pub mod record;
pub mod risks;
pub mod session;

use crate::model::{FileChange, FileDiff};

use super::list::{ListSpec, Scroll};
use super::model::{Model, Screen};
use super::{Action, Effect};

/// The list that takes keys on the screen shown; `None` where text scrolls.
pub fn list(model: &Model) -> Option<ListSpec> {
    match model.screen {
        Screen::Now => None,
        Screen::Gates => gates::list(model),
        Screen::Questions => questions::list(model),
        Screen::Changelog => changelog::list(model),
        Screen::Diff => diff::list(model),
        Screen::Risks => risks::list(model),
        Screen::Plan => plan::list(model),
        Screen::Record => record::list(model),
    }
}

/// The text beside or below the list of the screen shown, where one scrolls.
pub fn scroll(model: &mut Model) -> Option<&mut Scroll> {
    match model.screen {
        Screen::Now => Some(&mut model.screens.now.scroll),
        Screen::Changelog => Some(&mut model.screens.changelog.scroll),
        Screen::Risks => Some(&mut model.screens.risks.scroll),
        _ => None,
    }
}

/// A screen's own action. Movements in its list never come here.
pub fn update(model: &mut Model, action: Action) -> Vec<Effect> {
    match model.screen {
        Screen::Now => now::update(model, action),
        Screen::Gates => gates::update(model, action),
        Screen::Questions => questions::update(model, action),
        Screen::Changelog => changelog::update(model, action),
        Screen::Diff => diff::update(model, action),
        Screen::Risks => risks::update(model, action),
        Screen::Plan => plan::update(model, action),
        Screen::Record => record::update(model, action),
    }
}

/// Called when a screen comes up.
pub fn shown(model: &mut Model) -> Vec<Effect> {
    match model.screen {
        Screen::Changelog => changelog::shown(model),
        Screen::Diff => diff::shown(model),
        Screen::Risks => risks::shown(model),
        Screen::Plan => plan::shown(model),
        _ => Vec::new(),
    }
}

/// Called when more of the assessment is known or another verdict was reached, so that screens can
/// rebuild their rows.
pub fn refresh(model: &mut Model) -> Vec<Effect> {
    let mut effects = changelog::refresh(model);
    effects.extend(diff::refresh(model));
    effects.extend(risks::refresh(model));
    effects.extend(plan::refresh(model));
    effects
}

/// The difference inside a file has come: whoever asked for it takes it.
pub fn diffed(model: &mut Model, change: &FileChange, diff: FileDiff) -> Vec<Effect> {
    diff::diffed(model, change, &diff);
    changelog::diffed(model, change, &diff);
    risks::diffed(model, change, &diff)
}

/// The terminal has another size.
pub fn resized(model: &mut Model, columns: u16, rows: u16) -> Vec<Effect> {
    let mut effects = diff::resized(model, columns, rows);
    if model.screen != Screen::Diff {
        // what has room now is asked for
        effects.extend(shown(model));
    }
    effects
}

/// Goes to a numbered line of a text that scrolls; screens without numbered text do nothing.
pub fn jump(model: &mut Model, number: usize) -> Vec<Effect> {
    if model.screen == Screen::Diff {
        diff::jump(model, number)
    } else {
        Vec::new()
    }
}

#[cfg(test)]
mod screens_test;
