//! The session as a whole: going on with one, closing it, another folder for its record.

use jiff::Timestamp;

use crate::model::OptionId;
use crate::session::{Ending, EventKind};
use crate::tui::action::Action;
use crate::tui::effect::Effect;
use crate::tui::model::Model;
use crate::tui::popup::choose::state::Choose;
use crate::tui::popup::form::state::{Form, FormField, FormPurpose};
use crate::tui::popup::kind::Popup;
use crate::tui::recording::append_event;
use crate::tui::screens::plan::query::describe_failed_step;

/// There is an open session about the same releases: go on with it, or begin another one. Esc
/// begins another one too, so that nothing waits.
pub fn offer_open_session(model: &mut Model, began: Timestamp, said: u64) {
    let items = vec![
        ('r', "go on with it".to_owned(), Action::GoOn),
        (
            's',
            "start a new one beside it".to_owned(),
            Action::BeginNew,
        ),
    ];
    let mut choose = Choose::new("There is an open session about these releases", items);
    let said = if said == 1 {
        "1 thing was said in it".to_owned()
    } else {
        format!("{said} things were said in it")
    };
    choose
        .intro
        .push(format!("It began at {}, and {said}.", model.clock(began)));
    choose.escape = Some(Action::BeginNew);
    // below what somebody is typing in
    model.popups.insert(0, Popup::Choose(choose));
}

/// Closes the session with its outcome.
pub fn open_close_form(model: &mut Model) -> Vec<Effect> {
    let words: Vec<&str> = Ending::ALL.into_iter().map(Ending::says).collect();
    let mut outcome = FormField::words("outcome", "how it ended", "left and right choose", &words);
    // a failed step is on record: nobody says by Enter alone that it worked
    if has_failed_step(model) {
        outcome.input = "".into();
        outcome.hint = "a step failed; left and right choose how it ended".to_owned();
    }
    let fields = vec![
        outcome,
        FormField::text(
            "text",
            "in words",
            "optional; what whoever reads the report should know",
            "",
        ),
        FormField::words(
            "sure",
            "close",
            "left and right choose; nothing is recorded before",
            &["not yet", "yes"],
        ),
    ];
    model.popups.push(Popup::Form(Box::new(Form::new(
        "Close the session",
        "close it",
        fields,
        FormPurpose::SessionEnd,
    ))));
    Vec::new()
}

/// Whether a step of a plan failed and was not done since, or what was expected was not seen.
fn has_failed_step(model: &Model) -> bool {
    let failed = |option: &OptionId| describe_failed_step(model, *option).is_some();
    let plans = model.decided.as_ref().map(|decided| &decided.plans);
    model.failed().is_some() || plans.is_some_and(|plans| plans.keys().any(failed))
}

pub(crate) fn submit_close_form(model: &mut Model, form: &Form) -> Result<Vec<Effect>, String> {
    if form.value("sure") != "yes" {
        return Err("Choose yes with the right arrow, then Enter; Esc leaves it open.".to_owned());
    }
    let said = form.value("outcome");
    if said.is_empty() {
        return Err("Choose how it ended: Up to the first line, then the arrows.".to_owned());
    }
    let outcome = Ending::ALL.into_iter().find(|ending| ending.says() == said);
    Ok(vec![append_event(
        model,
        EventKind::Closed {
            outcome,
            text: form.filled("text").map(Into::into),
        },
        // it stands behind "writing:" and "Not recorded:" as well
        format!("the end of the session: {said}"),
    )])
}

/// Another folder for the record.
pub fn open_record_folder_form(model: &mut Model) -> Vec<Effect> {
    let mut form = Form::new(
        "Keep the record in another folder",
        "write it there",
        vec![FormField::text(
            "folder",
            "folder",
            "a folder that can be written, such as /tmp",
            "",
        )],
        FormPurpose::RecordFolder,
    );
    form.intro
        .push("Everything that is in memory is written there at once.".to_owned());
    model.popups.push(Popup::Form(Box::new(form)));
    Vec::new()
}

pub(crate) fn submit_record_folder_form(form: &Form) -> Result<Vec<Effect>, String> {
    let folder = form.filled("folder").ok_or("Type a folder.")?;
    Ok(vec![Effect::Folder(folder.into())])
}
