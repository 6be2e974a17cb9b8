//! What the plan takes when it comes up, on another verdict and on a mark.

use crate::session::{EventKind, StepStanding};
use crate::tui::effect::Effect;
use crate::tui::model::Model;
use crate::tui::screens::plan::query::{
    SPEC, find_selected_row, list_plan_rows, shown_options, shows_run,
};
use crate::usecase::RunRow;

/// The screen comes up: where the plan is run, the cursor is on a step that is still to be done.
pub fn enter_plan_screen(model: &mut Model) -> Vec<Effect> {
    go_to_open_step(model);
    Vec::new()
}

/// Another verdict: the cursor stays on a step that is there.
pub fn refresh_plan(model: &mut Model) -> Vec<Effect> {
    let last = (SPEC.len)(model).saturating_sub(1);
    model.screens.plan.list.cursor = model.screens.plan.list.cursor.min(last);
    Vec::new()
}

/// A mark stands in the record: the cursor goes on to the next step that is to be done, where it
/// was on the one that is settled now.
pub fn receive_step_mark(model: &mut Model, what: &EventKind, own: bool) -> Vec<Effect> {
    let settled = matches!(
        what,
        EventKind::StepDone { .. } | EventKind::StepSkipped { .. }
    );
    let here = find_selected_row(model).map(|row| row.id);
    if own && settled && here == what.step().map(|of| of.step.clone()) {
        let from = model.screens.plan.list.cursor;
        let rows = list_plan_rows(model, shown_options(model).0);
        let next = (from..rows.len()).chain(0..from).find(|at| {
            rows.get(*at)
                .is_some_and(|row| row.is_open() && row.standing() != StepStanding::Failed)
        });
        if let Some(next) = next {
            SPEC.put(model, next, true);
        }
    }
    Vec::new()
}

/// Puts the cursor on the first step that is to be done, unless it is on one.
pub fn go_to_open_step(model: &mut Model) {
    let (option, _) = shown_options(model);
    if !option.is_some_and(|option| shows_run(model, option))
        || find_selected_row(model).is_some_and(|row| row.is_open())
    {
        return;
    }
    let rows = list_plan_rows(model, option);
    if let Some(first) = rows.iter().position(RunRow::is_open) {
        SPEC.put(model, first, true);
    }
}
