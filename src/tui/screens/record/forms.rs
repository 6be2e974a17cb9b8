//! Notes, and what was seen after the decision.

use crate::session::EventKind;
use crate::tui::effect::Effect;
use crate::tui::model::Model;
use crate::tui::popup::drafts::open_form;
use crate::tui::popup::form::state::{Form, FormField, FormPurpose};
use crate::tui::recording::append_event;

/// Takes a note.
pub fn open_note_form(model: &mut Model) -> Vec<Effect> {
    if !model.writable {
        return Vec::new();
    }
    let hint = "pasted lines stay lines; Alt-Enter begins another";
    open_form(
        model,
        Form::new(
            "Note",
            "record it",
            vec![FormField::lines("text", "note", hint)],
            FormPurpose::Note,
        ),
    );
    Vec::new()
}

pub(crate) fn submit_note_form(model: &mut Model, form: &Form) -> Result<Vec<Effect>, String> {
    let text = form
        .all_lines("text")
        .ok_or("There is nothing to record yet.")?;
    // it stands behind "writing:" and "Not recorded:" as well
    let says = format!(
        "the note: {}",
        crate::model::shorten_text(&crate::model::escape_invisible(&text), 30)
    );
    Ok(vec![append_event(
        model,
        EventKind::Noted { text: text.into() },
        says,
    )])
}

/// What was seen after the decision.
pub fn open_observation_form(model: &mut Model) -> Vec<Effect> {
    let Some((_, EventKind::Decided { expect, .. })) = &model.session.decided else {
        return Vec::new();
    };
    let mut form = Form::new(
        "What was seen",
        "record it",
        vec![
            FormField::words(
                "met",
                "expectation met",
                "no: backout shows the next option",
                &["yes", "no"],
            ),
            FormField::text("text", "seen", "as read from the system", ""),
        ],
        FormPurpose::Observation,
    );
    if let Some(expect) = expect {
        form.intro.push(format!("Expected: {}", expect.shown()));
    }
    open_form(model, form);
    Vec::new()
}

pub(crate) fn submit_observation_form(
    model: &mut Model,
    form: &Form,
) -> Result<Vec<Effect>, String> {
    let text = form
        .filled("text")
        .ok_or("Say what was seen, in a few words.")?;
    let met = form.value("met") == "yes";
    let says = if met {
        "seen: it worked"
    } else {
        "seen: it did not work; answer what changed, the verdict follows"
    };
    Ok(vec![append_event(
        model,
        EventKind::Observed {
            met,
            text: text.into(),
        },
        says,
    )])
}
