//! Screen 7: the ordered steps of an option, and running them.

use crate::model::{Mode, NoReturn, OptionId, PlanStep};
use crate::tui::action::Availability;
use crate::tui::list::{ListSpec, ListState};
use crate::tui::{Action, Effect, Model, action, popup};
use crate::usecase::RunRow;

pub(in crate::tui) mod run;

pub use run::{
    allow_step_mark, count_plan_progress, count_run_seconds, describe_failed_step,
    find_offered_option, find_selected_row, has_running_step, list_plan_rows, make_run_desk,
    mark_numbered_step, name_selected_step, offers_step_choice, open_step_note_form,
    receive_step_mark, shows_run,
};

/// State of the screen.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    /// Cursor and search.
    pub list: ListState,
    /// The option whose plan was chosen; `None`: the one that was decided on, else the recommended
    /// one.
    pub option: Option<OptionId>,
    /// The step that the open form is about, and what is said in it.
    pub marking: Option<run::Marking>,
}

/// Options that have a plan: the decided or recommended one first, what follows it next.
pub fn list_planned_options(model: &Model) -> Vec<OptionId> {
    let Some(decided) = &model.decided else {
        return Vec::new();
    };
    let taken = model
        .next_option()
        .or_else(|| model.taken().map(|taken| taken.option));
    let rehearsed = find_rehearsed_option(model).filter(|_| taken.is_none());
    let mut options: Vec<OptionId> = rehearsed
        .into_iter()
        .chain(taken)
        .chain([decided.decision.option])
        .chain(decided.decision.then)
        .collect();
    // beside a way back stands the way forward, and the reverse
    let back = options.iter().any(|option| {
        matches!(
            option,
            OptionId::RollBack | OptionId::RollBackWithConditions
        )
    });
    options.extend(if back {
        [OptionId::RollForward].as_slice()
    } else {
        &[OptionId::RollBack, OptionId::RollBackWithConditions]
    });
    options.extend(decided.decision.options.iter().map(|status| status.option));
    options.extend(decided.plans.keys());
    let mut seen = Vec::new();
    options.retain(|option| {
        let new = !seen.contains(option)
            && decided
                .plans
                .get(option)
                .is_some_and(|steps| !steps.is_empty());
        seen.push(*option);
        new
    });
    options
}

/// What a rehearsal rehearses is going back, whatever would be recommended in an incident: the way
/// back that is clearer. A drill plays an incident and gives nothing away.
fn find_rehearsed_option(model: &Model) -> Option<OptionId> {
    if model.mode != Mode::Rehearsal || model.story.is_some() {
        return None;
    }
    let ways = model.decision()?.options.iter().filter(|status| {
        matches!(
            status.option,
            OptionId::RollBack | OptionId::RollBackWithConditions
        )
    });
    ways.min_by_key(|status| status.state)
        .map(|status| status.option)
}

/// The option whose plan is shown, and the one that would be shown next.
pub fn shown_options(model: &Model) -> (Option<OptionId>, Option<OptionId>) {
    let options = list_planned_options(model);
    let at = model
        .screens
        .plan
        .option
        .and_then(|chosen| options.iter().position(|option| *option == chosen))
        .unwrap_or(0);
    let other = (options.len() > 1)
        .then(|| options.get((at + 1) % options.len().max(1)).copied())
        .flatten();
    (options.get(at).copied(), other)
}

/// Steps of an option.
pub fn list_option_steps(model: &Model, option: Option<OptionId>) -> &[PlanStep] {
    let steps = option.and_then(|option| model.decided.as_ref()?.plans.get(&option));
    steps.map_or(&[], Vec::as_slice)
}

/// Until when an option can be had: its own limits and those of the decision.
pub fn list_option_deadlines(model: &Model, option: OptionId) -> Vec<&NoReturn> {
    let option = if option == OptionId::RollBackWithConditions {
        OptionId::RollBack
    } else {
        option
    };
    let all = model
        .decided
        .as_ref()
        .map_or(&[][..], |decided| decided.no_return.as_slice());
    all.iter()
        .filter(|point| point.option.is_none_or(|of| of == option))
        .collect()
}

/// The list that takes keys.
pub fn describe_plan_list(_: &Model) -> Option<ListSpec> {
    Some(SPEC)
}

/// How the list is reached.
pub const SPEC: ListSpec = ListSpec {
    get: |model| &model.screens.plan.list,
    get_mut: |model| &mut model.screens.plan.list,
    len: |model| list_plan_rows(model, shown_options(model).0).len(),
    text: |model, at| match list_plan_rows(model, shown_options(model).0).get(at) {
        Some(RunRow {
            step: Some(step), ..
        }) => format!(
            "{} {} {}",
            step.step,
            step.why,
            step.command.as_deref().unwrap_or_default()
        ),
        Some(row) => row.says().to_owned(),
        None => String::new(),
    },
    selectable: crate::tui::list::every_row,
    moved: crate::tui::list::load_nothing,
};

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
                    model.screens.plan.list.offset.set(0);
                }
                None => model.warn("no other option has a plan"),
            }
            Vec::new()
        }
        Action::Open if run::offers_step_choice(model) => run::open_step_choice(model),
        Action::Open => match action::find_key_action(model, "c") {
            Some((_, Action::Commit, Availability::Enabled)) => popup::begin_commit(model),
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
                Some(command) => (command, "The command is copied."),
                None => (row.says().to_owned(), "The step is copied."),
            };
            model.say(says);
            vec![Effect::Copy(text)]
        }
        action => run::update_run(model, action),
    }
}

/// The screen comes up: where the plan is run, the cursor is on a step that is still to be done.
pub fn enter_plan_screen(model: &mut Model) -> Vec<Effect> {
    run::go_to_open_step(model);
    Vec::new()
}

/// Another verdict: the cursor stays on a step that is there.
pub fn refresh_plan(model: &mut Model) -> Vec<Effect> {
    let last = (SPEC.len)(model).saturating_sub(1);
    model.screens.plan.list.cursor = model.screens.plan.list.cursor.min(last);
    Vec::new()
}
