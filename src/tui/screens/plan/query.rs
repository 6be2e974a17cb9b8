//! What the plan knows: options with steps, the step under the cursor, what may be said about it.

use crate::model::Untrusted;
use crate::model::{Mode, NoReturn, OptionId, PlanStep, shorten_text};
use crate::session::{PlanRun, StepStanding};
use crate::tui::action::{Action, Availability};
use crate::tui::list::ScrolledPart;
use crate::tui::list_spec::{ListSpec, every_row, load_nothing};
use crate::tui::model::Model;
use crate::tui::screen::Screen;
use crate::usecase::{
    MarkRefusal, RunDesk, RunProgress, RunRow, StepMark, count_run_progress, list_run_rows,
};

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
    part: ScrolledPart::Plan,
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
            step.command
                .as_ref()
                .map(Untrusted::shown_lines)
                .unwrap_or_default()
        ),
        Some(row) => row.says().into_owned(),
        None => String::new(),
    },
    selectable: every_row,
    moved: load_nothing,
};

/// Where the plan is run. A drill plays an incident, so it needs a decision as one does.
pub fn make_run_desk(model: &Model) -> RunDesk<'_> {
    RunDesk {
        state: &model.session,
        mode: if model.story.is_some() {
            Mode::Incident
        } else {
            model.mode
        },
        read_only: !model.writable || model.replay.is_some(),
    }
}

/// Whether the plan of an option is shown as one that is run.
pub fn shows_run(model: &Model, option: OptionId) -> bool {
    make_run_desk(model).allows_option(option).is_ok() || find_plan_run(model, option).is_some()
}

fn find_plan_run(model: &Model, option: OptionId) -> Option<&PlanRun> {
    model.session.runs.find_run(option)
}

/// The steps of an option with what was done about each; behind them what was done and is no longer
/// in the plan.
pub fn list_plan_rows(model: &Model, option: Option<OptionId>) -> Vec<RunRow<'_>> {
    let run = option.and_then(|option| find_plan_run(model, option));
    list_run_rows(list_option_steps(model, option), run)
}

/// How far the plan of an option is.
pub fn count_plan_progress(model: &Model, option: OptionId) -> RunProgress {
    count_run_progress(&list_plan_rows(model, Some(option)))
}

/// The row under the cursor.
pub fn find_selected_row(model: &Model) -> Option<RunRow<'_>> {
    let (option, _) = shown_options(model);
    list_plan_rows(model, option)
        .into_iter()
        .nth(model.screens.plan.list.cursor)
}

/// A name of the step under the cursor that no other step has, for what was drawn.
pub fn name_selected_step(model: &Model) -> Option<String> {
    let (option, _) = shown_options(model);
    let row = find_selected_row(model)?;
    Some(format!("{} {}", option?.id(), row.id))
}

/// The step under the cursor in a few words.
pub fn describe_selected_step(model: &Model) -> String {
    find_selected_row(model)
        .map(|row| shorten_text(&row.says(), 60).into_owned())
        .unwrap_or_default()
}

/// Whether a step of a plan may be marked so: the law, and that its last mark is on disk.
pub(super) fn check_step_mark(
    model: &Model,
    option: OptionId,
    row: &RunRow<'_>,
    mark: &StepMark,
) -> Result<(), &'static str> {
    let under_way = model
        .pending
        .iter()
        .any(|pending| pending.what.step().is_some_and(|of| of.step == row.id));
    if under_way {
        return Err("its last mark is still being recorded");
    }
    let how = match (row.step, row.run, mark) {
        (Some(step), _, _) => step.how,
        (None, Some(run), StepMark::Note(_)) => run.of.how,
        (None, _, _) => return Err(MarkRefusal::Gone.says()),
    };
    make_run_desk(model)
        .allows_mark(option, &row.id, how, mark)
        .map_err(MarkRefusal::says)
}

/// Whether the step under the cursor may be marked so, as a guard of a key.
pub fn allow_step_mark(model: &Model, mark: &StepMark) -> Availability {
    let (option, _) = shown_options(model);
    let (Some(option), Some(row)) = (option, find_selected_row(model)) else {
        return Availability::Disabled("there is no step here");
    };
    match check_step_mark(model, option, &row, mark) {
        Ok(()) => Availability::Enabled,
        Err(why) => Availability::Disabled(why),
    }
}

/// Whether Enter leads to what can be said about the step under the cursor: not where one failed,
/// for there it leads to the next option.
pub fn offers_step_choice(model: &Model) -> bool {
    let (option, _) = shown_options(model);
    option.is_some_and(|option| {
        shows_run(model, option) && describe_failed_step(model, option).is_none()
    }) && !list_step_marks(model).is_empty()
}

/// What can be said about the step under the cursor now.
pub(super) fn list_step_marks(model: &Model) -> Vec<(char, String, Action)> {
    [
        (' ', "it is done", Action::StepDone, StepMark::Done(None)),
        ('r', "it begins now", Action::StepBegin, StepMark::Begin),
        (
            '!',
            "it did not work",
            Action::StepFail,
            StepMark::Fail(None),
        ),
        (
            's',
            "it is left out",
            Action::StepSkip,
            StepMark::Skip("asked for".to_owned()),
        ),
    ]
    .into_iter()
    .filter(|(.., mark)| allow_step_mark(model, mark) == Availability::Enabled)
    .map(|(key, says, action, _)| (key, says.to_owned(), action))
    .collect()
}

/// The step of an option's plan that failed, as the record has it.
pub fn describe_failed_step(model: &Model, option: OptionId) -> Option<String> {
    let rows = list_plan_rows(model, Some(option));
    let mut failed = rows
        .iter()
        .filter(|row| row.standing() == StepStanding::Failed);
    let first = failed.next()?;
    let says = shorten_text(&first.says(), 60).into_owned();
    let more = failed.count();
    Some(if more > 0 {
        format!("{says} (+{more} more)")
    } else {
        says
    })
}

/// The option that is offered where the step under the cursor failed.
pub fn find_offered_option(model: &Model) -> Option<OptionId> {
    let (option, _) = shown_options(model);
    let failed = find_selected_row(model)?.standing() == StepStanding::Failed;
    if failed && model.screen == Screen::Plan {
        model.option_after(option?)
    } else {
        None
    }
}

/// Whether a step of the plan that is shown is running.
pub fn has_running_step(model: &Model) -> bool {
    let run = shown_options(model)
        .0
        .and_then(|option| find_plan_run(model, option));
    run.is_some_and(|run| {
        run.steps
            .iter()
            .any(|step| step.standing == StepStanding::Running)
    })
}

/// Seconds that the run of a plan has taken so far, or took; `None` before it began.
pub fn count_run_seconds(model: &Model, option: OptionId) -> Option<u64> {
    let run = find_plan_run(model, option);
    let over = run.is_some()
        && !list_plan_rows(model, Some(option))
            .iter()
            .any(RunRow::is_open);
    match run {
        Some(run) if over => run.seconds(),
        Some(run) => Some(run.seconds_until(model.now)),
        None => {
            let since = model.session.runs.decided_since(option)?;
            u64::try_from(model.now.duration_since(since).as_secs()).ok()
        }
    }
}
