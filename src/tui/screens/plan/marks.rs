//! Marks of the steps of a plan that is run.

use crate::tui::action::{Action, Availability};
use crate::tui::draw::words;
use crate::tui::effect::Effect;
use crate::tui::model::Model;
use crate::tui::popup::choose::state::Choose;
use crate::tui::popup::drafts::open_form;
use crate::tui::popup::form::state::{Form, FormField, FormPurpose};
use crate::tui::popup::kind::Popup;
use crate::tui::recording::append_event;
use crate::tui::screen::Screen;
use crate::tui::screens::plan::query::{
    allow_step_mark, check_step_mark, describe_selected_step, find_selected_row, list_plan_rows,
    list_step_marks, make_run_desk, name_selected_step, shown_options,
};
use crate::tui::screens::plan::state::Marking;
use crate::usecase;
use crate::usecase::{MarkRefusal, StepMark};

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

/// Asks what is to be said about the step under the cursor.
pub fn open_step_choice(model: &mut Model) -> Vec<Effect> {
    let mut items = list_step_marks(model);
    items.push(('t', "take a note about it".to_owned(), Action::Note));
    items.push(('c', "decide anew".to_owned(), Action::Commit));
    let mut choose = Choose::new("This step", items);
    choose.intro.push(describe_selected_step(model));
    choose.since = Some(model.now);
    choose.step = name_selected_step(model);
    model.popups.push(Popup::Choose(choose));
    Vec::new()
}

/// Takes a note about the step under the cursor; `None` where the plan is not run.
pub fn open_step_note_form(model: &mut Model) -> Option<Vec<Effect>> {
    let note = StepMark::Note("a note".to_owned());
    if model.screen != Screen::Plan || allow_step_mark(model, &note) != Availability::Enabled {
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
    open_form(model, form);
    Vec::new()
}

pub(crate) fn submit_step_form(model: &mut Model, form: &Form) -> Result<Vec<Effect>, String> {
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
    let says = words::describe_undoable_event(model, &what).unwrap_or_default();
    Ok(vec![append_event(model, what, says)])
}
