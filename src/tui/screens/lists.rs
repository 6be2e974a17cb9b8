//! The list or text of the screen that is shown.

use crate::tui::list::Scroll;
use crate::tui::list_spec::ListSpec;
use crate::tui::model::Model;
use crate::tui::screen::Screen;
use crate::tui::screens::changelog::load::describe_changelog_list;
use crate::tui::screens::diff::load::describe_diff_list;
use crate::tui::screens::gates::query::describe_gates_list;
use crate::tui::screens::plan::query::describe_plan_list;
use crate::tui::screens::questions::query::describe_questions_list;
use crate::tui::screens::record::load::describe_record_list;
use crate::tui::screens::risks::load::describe_risks_list;

/// The list that takes keys on the screen shown; `None` where text scrolls.
pub fn describe_screen_list(model: &Model) -> Option<ListSpec> {
    match model.screen {
        Screen::Now => None,
        Screen::Gates => describe_gates_list(model),
        Screen::Questions => describe_questions_list(model),
        Screen::Changelog => describe_changelog_list(model),
        Screen::Diff => describe_diff_list(model),
        Screen::Risks => describe_risks_list(model),
        Screen::Plan => describe_plan_list(model),
        Screen::Record => describe_record_list(model),
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
