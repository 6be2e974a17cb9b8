//! Running the plan: what a key says about the step under the cursor. What may be said when is the
//! law of `usecase`.

use super::{SPEC, list_option_steps, shown_options};
use crate::model::{Mode, OptionId, escape_invisible, shorten_text};
use crate::session::{EventKind, PlanRun, StepStanding};
use crate::tui::action::Availability;
use crate::tui::popup::form::{Form, FormField, FormPurpose};
use crate::tui::popup::{self};
use crate::tui::update::append_event;
use crate::tui::{Action, Effect, Model};
use crate::usecase::{
    self, MarkRefusal, RunDesk, RunProgress, RunRow, StepMark, count_run_progress, list_run_rows,
};

/// The step that an open form is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marking {
    /// The option whose plan it is of.
    option: OptionId,
    /// Its id.
    id: String,
}

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

pub(super) fn find_plan_run(model: &Model, option: OptionId) -> Option<&PlanRun> {
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
        .map(|row| shorten_text(&escape_invisible(row.says()), 60).into_owned())
        .unwrap_or_default()
}

/// Whether a step of a plan may be marked so: the law, and that its last mark is on disk.
fn check_step_mark(
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

/// Its own actions.
pub fn update_run(model: &mut Model, action: Action) -> Vec<Effect> {
    match action {
        Action::StepDone => mark_selected_step(model, StepMark::Done(None)),
        Action::StepBegin => mark_selected_step(model, StepMark::Begin),
        Action::StepSkip => open_step_form(
            model,
            "Leave out",
            FormField::text("text", "why", "it stands in the record", ""),
            FormPurpose::StepSkip,
        ),
        Action::StepFail => open_step_form(
            model,
            "Failed",
            FormField::text("text", "what was seen", "may stay empty", ""),
            FormPurpose::StepFail,
        ),
        _ => Vec::new(),
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
fn list_step_marks(model: &Model) -> Vec<(char, String, Action)> {
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

/// Asks what is to be said about the step under the cursor.
pub fn open_step_choice(model: &mut Model) -> Vec<Effect> {
    let mut items = list_step_marks(model);
    items.push(('t', "take a note about it".to_owned(), Action::Note));
    items.push(('c', "decide anew".to_owned(), Action::Commit));
    let mut choose = popup::choose::Choose::new("This step", items);
    choose.intro.push(describe_selected_step(model));
    choose.since = Some(model.now);
    choose.step = name_selected_step(model);
    model.popups.push(popup::Popup::Choose(choose));
    Vec::new()
}

/// Takes a note about the step under the cursor; `None` where the plan is not run.
pub fn open_step_note_form(model: &mut Model) -> Option<Vec<Effect>> {
    let note = StepMark::Note("a note".to_owned());
    if model.screen != crate::tui::model::Screen::Plan
        || allow_step_mark(model, &note) != Availability::Enabled
    {
        return None;
    }
    let hint = "pasted lines stay lines; Alt-Enter begins another";
    Some(open_step_form(
        model,
        "Note on",
        FormField::lines("text", "note", hint),
        FormPurpose::StepNote,
    ))
}

fn open_step_form(
    model: &mut Model,
    title: &str,
    field: FormField,
    purpose: FormPurpose,
) -> Vec<Effect> {
    let (option, _) = shown_options(model);
    let marking = option
        .zip(find_selected_row(model))
        .map(|(option, row)| Marking { option, id: row.id });
    if marking.is_none() {
        return Vec::new();
    }
    model.screens.plan.marking = marking;
    let mut form = Form::new(title, "record it", vec![field], purpose);
    form.intro
        .push(format!("The step: {}", describe_selected_step(model)));
    popup::open_form(model, form);
    Vec::new()
}

pub(in crate::tui) fn submit_step_form(
    model: &mut Model,
    form: &Form,
) -> Result<Vec<Effect>, String> {
    let text = form.all_lines("text");
    let mark = match form.purpose {
        FormPurpose::StepFail => StepMark::Fail(text),
        FormPurpose::StepNote => StepMark::Note(text.unwrap_or_default()),
        _ => StepMark::Skip(text.unwrap_or_default()),
    };
    let marking = model
        .screens
        .plan
        .marking
        .clone()
        .ok_or("No step was chosen.")?;
    mark_step(model, &marking, mark).map_err(|why| format!("It is not possible: {why}."))
}

fn mark_selected_step(model: &mut Model, mark: StepMark) -> Vec<Effect> {
    let (option, _) = shown_options(model);
    let marking = option
        .zip(find_selected_row(model))
        .map(|(option, row)| Marking { option, id: row.id });
    let Some(marking) = marking else {
        return Vec::new();
    };
    mark_step(model, &marking, mark).unwrap_or_else(|why| {
        model.warn(format!("It is not possible: {why}."));
        Vec::new()
    })
}

/// Marks a step of the plan that is shown by its number, or the first that is still to be done:
/// for lines of text.
///
/// # Errors
/// One sentence: why it is not taken.
pub fn mark_numbered_step(
    model: &mut Model,
    number: Option<usize>,
    mark: StepMark,
) -> Result<Vec<Effect>, String> {
    let option = shown_options(model)
        .0
        .ok_or("There is no plan that could be run.")?;
    let rows = list_plan_rows(model, Some(option));
    let name = number.map(|number| number.to_string());
    let id = usecase::choose_run_row(&rows, name.as_deref())?.id.clone();
    mark_step(model, &Marking { option, id }, mark)
        .map_err(|why| format!("It is not possible: {why}."))
}

fn mark_step(
    model: &mut Model,
    marking: &Marking,
    mark: StepMark,
) -> Result<Vec<Effect>, &'static str> {
    let option = marking.option;
    let what = {
        let rows = list_plan_rows(model, Some(option));
        let row = rows
            .iter()
            .find(|row| row.id == marking.id)
            .ok_or(MarkRefusal::Gone.says())?;
        check_step_mark(model, option, row, &mark)?;
        let step = usecase::read_row_step(row).ok_or(MarkRefusal::Gone.says())?;
        make_run_desk(model)
            .make_mark(option, &marking.id, &step, mark)
            .map_err(MarkRefusal::says)?
    };
    let says = crate::tui::view::words::describe_undoable_event(model, &what).unwrap_or_default();
    Ok(vec![append_event(model, what, says)])
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

/// The step of an option's plan that failed, as the record has it.
pub fn describe_failed_step(model: &Model, option: OptionId) -> Option<String> {
    let rows = list_plan_rows(model, Some(option));
    let mut failed = rows
        .iter()
        .filter(|row| row.standing() == StepStanding::Failed);
    let first = failed.next()?;
    let says = shorten_text(&escape_invisible(first.says()), 60).into_owned();
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
    if failed && model.screen == crate::tui::model::Screen::Plan {
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
