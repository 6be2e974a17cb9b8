//! What is asked before an option is decided for.

use crate::model::{Decision, OptionId, OptionState};
use crate::tui::draw::words;
use crate::tui::model::Model;
use crate::tui::popup::commit::query::{
    AGAIN, begin_in_small_letter, is_option_reversible, list_stale_answers, open_points,
    two_persons,
};
use crate::tui::popup::form::state::{Form, FormField, FormPurpose};

/// What the form asks.
pub(super) fn build_commit_form(model: &Model, option: OptionId) -> Form {
    let mut intro = Vec::new();
    let mut fields = Vec::new();
    if let Some(decision) = model.decision() {
        intro = write_commit_intro(model, decision, option);
        // every form begins with the same field: what is typed first is the reason
        fields.push(make_reason_field(decision, option));
        fields.extend(make_stale_answer_fields(model));
        fields.extend(make_expectation_fields(option));
        if two_persons(decision, option) {
            fields.push(FormField::text(
                "second",
                "second",
                "data is lost: who agreed to it",
                "",
            ));
        }
    }
    fields.push(make_last_field(model, option));
    let mut form = Form::new(
        model.option_title(option),
        "decide and record it",
        fields,
        FormPurpose::Decision,
    );
    form.intro = intro;
    form
}

/// What is open, what the tool recommends instead, what stands in the way, and what has to be done
/// first.
fn write_commit_intro(model: &Model, decision: &Decision, option: OptionId) -> Vec<String> {
    let mut intro = vec![open_points(model, decision)];
    let status = decision
        .options
        .iter()
        .find(|status| status.option == option);
    if option != decision.option {
        intro.push(format!(
            "The tool recommends {}, {}.",
            model.option_title(decision.option),
            decision.strength.id()
        ));
    }
    if let Some(status) = status
        .filter(|status| matches!(status.state, OptionState::Removed | OptionState::NotCleared))
    {
        intro.extend(
            status
                .blockers
                .iter()
                .take(2)
                .map(|reason| format!("In its way: {}", reason.says.shown())),
        );
    }
    let conditions = if option == decision.option {
        &decision.conditions
    } else {
        status.map_or(&decision.conditions, |status| &status.conditions)
    };
    intro.extend(
        conditions
            .iter()
            .take(3)
            .enumerate()
            .map(|(at, condition)| {
                let says = condition.says.shown();
                let order = match condition.lead(at) {
                    "first" => "First",
                    "then" => "Then",
                    _ => "Afterwards",
                };
                format!("{order} {}", begin_in_small_letter(&says))
            }),
    );
    intro
}

/// Why. The strongest reason stands there already: a decision without one helps nobody afterwards.
fn make_reason_field(decision: &Decision, option: OptionId) -> FormField {
    let reason = decision
        .because
        .first()
        .filter(|_| option == decision.option)
        .map(|reason| reason.says.shown().into_owned());
    let hint = if reason.is_some() {
        "the strongest reason; change it with Left and Right; typing replaces it"
    } else {
        "in a few words"
    };
    FormField {
        suggested: reason.is_some(),
        input: reason.unwrap_or_default().into(),
        needed: Some(WHY),
        ..FormField::lines("reason", "why", hint)
    }
}

/// Answers that are old and are said again.
fn make_stale_answer_fields(model: &Model) -> Vec<FormField> {
    list_stale_answers(model)
        .into_iter()
        .enumerate()
        .map(|(at, (_, word, value, minutes))| {
            let hint = format!(
                "“{}” was said {} ago; look, then say",
                words::write_fact_value(&value),
                words::write_minutes(minutes)
            );
            let id = AGAIN.get(at).copied().unwrap_or("again");
            FormField::words(id, &word, &hint, &["look again", "still so", "changed"])
        })
        .collect()
}

/// What every decision has to say.
pub(super) const WHY: &str = "Say why, in a few words.";

/// What a hold has to say.
pub(super) const HOLD_MINUTES: &str = "A hold needs minutes: when is it decided again?";

/// What is seen now, what should be seen, and until when.
fn make_expectation_fields(option: OptionId) -> Vec<FormField> {
    let mut fields = Vec::new();
    if !is_option_reversible(option) {
        fields.push(FormField::text(
            "look",
            "seen now",
            "one figure read from the system itself: error rate, hosts on the version",
            "",
        ));
    }
    if option == OptionId::Hold {
        let hold = FormField::text(
            "minutes",
            "hold for",
            "minutes; then it is decided again",
            "",
        );
        fields.push(hold.needed(HOLD_MINUTES));
        return fields;
    }
    fields.push(FormField::text(
        "expect",
        "expect",
        "what should be seen if it works",
        "",
    ));
    fields.push(FormField::text(
        "minutes",
        "within",
        "minutes until then; after that, the next option instead of waiting",
        "",
    ));
    fields
}

/// The last step, which Enter alone must not walk through: *yes* is chosen, or the version typed
/// where it cannot be taken back.
fn make_last_field(model: &Model, option: OptionId) -> FormField {
    if is_option_reversible(option) {
        return FormField::words(
            "sure",
            "decide",
            "nothing is recorded before yes is chosen",
            &["not yet", "yes"],
        );
    }
    let previous = model.previous();
    FormField::text(
        "typed",
        "version",
        &format!("type {previous} to confirm; this cannot be taken back"),
        "",
    )
}
