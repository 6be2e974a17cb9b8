//! A filled-in form is carried out where it belongs.

use crate::tui::effect::Effect;
use crate::tui::model::Model;
use crate::tui::popup::commit::submit::submit_commit_form;
use crate::tui::popup::form::state::{Form, FormPurpose};
use crate::tui::screens::gates::update::{submit_gate_call, submit_gate_poll};
use crate::tui::screens::plan::marks::submit_step_form;
use crate::tui::screens::questions::answer::{
    submit_asked_form, submit_number_form, submit_speaker_form,
};
use crate::tui::screens::record::forms::{submit_note_form, submit_observation_form};
use crate::tui::screens::record::session::{submit_close_form, submit_record_folder_form};

/// Carries out a filled-in form.
///
/// # Errors
/// One sentence: what is missing.
pub(crate) fn submit_form(model: &mut Model, form: &Form) -> Result<Vec<Effect>, String> {
    match form.purpose {
        FormPurpose::GateCall => submit_gate_call(model, form),
        FormPurpose::GatePoll => submit_gate_poll(model, form),
        FormPurpose::StepSkip | FormPurpose::StepFail | FormPurpose::StepNote => {
            submit_step_form(model, form)
        }
        FormPurpose::Number => submit_number_form(model, form),
        FormPurpose::Asked => submit_asked_form(model, form),
        FormPurpose::Speaker => submit_speaker_form(model, form),
        FormPurpose::Note => submit_note_form(model, form),
        FormPurpose::Observation => submit_observation_form(model, form),
        FormPurpose::SessionEnd => submit_close_form(model, form),
        FormPurpose::RecordFolder => submit_record_folder_form(form),
        FormPurpose::Decision => submit_commit_form(model, form),
    }
}
