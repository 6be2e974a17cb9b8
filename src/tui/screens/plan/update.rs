//! Actions of the plan.

use crate::tui::action::{Action, Availability};
use crate::tui::action_table::find::find_key_action;
use crate::tui::effect::Effect;
use crate::tui::model::Model;
use crate::tui::popup::commit::open::begin_commit;
use crate::tui::screens::plan::marks::{open_step_choice, update_run};
use crate::tui::screens::plan::query::{find_selected_row, offers_step_choice, shown_options};

/// Its own actions. Enter walks on to the decision; where the plan is run, to what can be said
/// about the step.
pub fn update_plan(model: &mut Model, action: Action) -> Vec<Effect> {
    match action {
        Action::OtherPlan | Action::Focus | Action::Right | Action::Left => {
            let (_, other) = shown_options(model);
            match other {
                Some(other) => {
                    model.screens.plan.option = Some(other);
                    model.screens.plan.list.cursor = 0;
                    model.screens.plan.list.offset = 0;
                }
                None => model.warn("no other option has a plan"),
            }
            Vec::new()
        }
        Action::Open if offers_step_choice(model) => open_step_choice(model),
        Action::Open => match find_key_action(model, "c") {
            Some((_, Action::Commit, Availability::Enabled)) => begin_commit(model),
            Some((spec, _, Availability::Disabled(why))) => {
                model.warn(format!("{} is not possible: {why}", spec.title));
                Vec::new()
            }
            _ => Vec::new(),
        },
        Action::Copy => {
            let Some(row) = find_selected_row(model) else {
                return Vec::new();
            };
            let command = row.step.and_then(|step| step.command.clone());
            let (text, says) = match command {
                Some(command) => (command.shown_lines(), "The command is copied."),
                None => (row.says().into_owned(), "The step is copied."),
            };
            model.say(says);
            vec![Effect::Copy(text)]
        }
        action => update_run(model, action),
    }
}
