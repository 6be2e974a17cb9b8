//! What screens ask for and take when they come up, when more is known, and when the size changes.

use crate::model::{FileChange, FileDiff};
use crate::tui::effect::Effect;
use crate::tui::model::Model;
use crate::tui::screen::Screen;
use crate::tui::screens::changelog::load::{
    enter_changelog_screen, receive_entry_diff, refresh_changelog,
};
use crate::tui::screens::diff::load::{
    enter_diff_screen, jump_to_diff_line, receive_file_diff, refresh_diff, resize_diff,
};
use crate::tui::screens::plan::load::{enter_plan_screen, refresh_plan};
use crate::tui::screens::risks::load::{enter_risks_screen, receive_evidence_diff, refresh_risks};

/// Called when a screen comes up.
pub fn enter_screen(model: &mut Model) -> Vec<Effect> {
    match model.screen {
        Screen::Changelog => enter_changelog_screen(model),
        Screen::Diff => enter_diff_screen(model),
        Screen::Risks => enter_risks_screen(model),
        Screen::Plan => enter_plan_screen(model),
        _ => Vec::new(),
    }
}

/// Called when more of the assessment is known or another verdict was reached, so that screens can
/// rebuild their rows.
pub fn refresh_screens(model: &mut Model) -> Vec<Effect> {
    let mut effects = refresh_changelog(model);
    effects.extend(refresh_diff(model));
    effects.extend(refresh_risks(model));
    effects.extend(refresh_plan(model));
    effects
}

/// The difference inside a file has come: whoever asked for it takes it.
pub fn receive_diff(model: &mut Model, change: &FileChange, diff: FileDiff) -> Vec<Effect> {
    receive_file_diff(model, change, &diff, false);
    receive_entry_diff(model, change, &diff);
    receive_evidence_diff(model, change, &diff)
}

/// The terminal has another size.
pub fn resize_screens(model: &mut Model, columns: u16, rows: u16) -> Vec<Effect> {
    let mut effects = resize_diff(model, columns, rows);
    if model.screen != Screen::Diff {
        // what has room now is asked for
        effects.extend(enter_screen(model));
    }
    effects
}

/// Goes to a numbered line of a text that scrolls; screens without numbered text do nothing.
pub fn jump_to_screen_line(model: &mut Model, number: usize) -> Vec<Effect> {
    if model.screen == Screen::Diff {
        jump_to_diff_line(model, number)
    } else {
        Vec::new()
    }
}
