//! Text that was typed in a form and not recorded.

use crate::tui::model::Model;
use crate::tui::popup::form::state::Form;
use crate::tui::popup::kind::Popup;

/// The id of fields whose text is kept when the form is left.
const DRAFT: &str = "text";

/// What was typed and not recorded stays for the next time the form is opened.
pub(super) fn keep_draft(model: &mut Model, form: &Form, recorded: bool) {
    let Some(field) = form.fields.iter().find(|field| field.id == DRAFT) else {
        return;
    };
    let text = field.input.value();
    if recorded || text.trim().is_empty() {
        model.drafts.remove(&form.title);
    } else {
        model.drafts.insert(form.title.clone(), text.to_owned());
        model.say("Kept: the text is there again when you come back.");
    }
}

/// Text that is typed now or was left unrecorded, by the title of its form: what a lost connection
/// must not take along.
pub fn collect_form_drafts(model: &Model) -> std::collections::BTreeMap<String, String> {
    let mut drafts = model.drafts.clone();
    for popup in &model.popups {
        if let Popup::Form(form) = popup
            && let Some(field) = form.fields.iter().find(|field| field.id == DRAFT)
            && !field.input.value().trim().is_empty()
        {
            drafts.insert(form.title.clone(), field.input.value().to_owned());
        }
    }
    drafts
}

/// Opens a form, with what was typed in it and not recorded the last time.
pub fn open_form(model: &mut Model, mut form: Form) {
    if let Some(text) = model.drafts.get(&form.title)
        && let Some(field) = form.fields.iter_mut().find(|field| field.id == DRAFT)
    {
        field.input = tui_input::Input::new(text.clone());
    }
    model.popups.push(Popup::Form(Box::new(form)));
}
