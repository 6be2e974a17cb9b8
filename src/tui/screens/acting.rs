//! The own actions of the screen that is shown.

use crate::tui::action::Action;
use crate::tui::effect::Effect;
use crate::tui::model::Model;
use crate::tui::screen::Screen;
use crate::tui::screens::changelog::update::update_changelog;
use crate::tui::screens::diff::update::update_diff;
use crate::tui::screens::gates::update::update_gates;
use crate::tui::screens::now::update::update_now;
use crate::tui::screens::plan::update::update_plan;
use crate::tui::screens::questions::update::update_questions;
use crate::tui::screens::record::update::update_record;
use crate::tui::screens::risks::update::update_risks;

/// A screen's own action. Movements in its list never come here.
pub fn update_screen(model: &mut Model, action: Action) -> Vec<Effect> {
    match model.screen {
        Screen::Now => update_now(model, action),
        Screen::Gates => update_gates(model, action),
        Screen::Questions => update_questions(model, action),
        Screen::Changelog => update_changelog(model, action),
        Screen::Diff => update_diff(model, action),
        Screen::Risks => update_risks(model, action),
        Screen::Plan => update_plan(model, action),
        Screen::Record => update_record(model, action),
    }
}
