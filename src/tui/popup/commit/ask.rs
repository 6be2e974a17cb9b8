//! What is asked before an option is decided for.

use crate::model::{OptionId, OptionState};
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
        intro.push(open_points(model, decision));
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
            intro.extend(status.blockers.iter().take(2).map(|reason| {
                format!(
                    "In its way: {}",
                    crate::model::escape_invisible(&reason.says)
                )
            }));
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
                    let says = crate::model::escape_invisible(&condition.says);
                    let order = if at == 0 { "First" } else { "Then" };
                    format!("{order} {}", begin_in_small_letter(&says))
                }),
        );
        // every form begins with the same field: what is typed first is the reason
        // the strongest reason stands there already; a decision without one helps nobody afterwards
        let reason = decision
            .because
            .first()
            .filter(|_| option == decision.option)
            .map(|reason| crate::model::escape_invisible(&reason.says).into_owned());
        let hint = if reason.is_some() {
            "the strongest reason; change it with Left and Right; typing replaces it"
        } else {
            "in a few words"
        };
        let why = FormField {
            suggested: reason.is_some(),
            input: reason.unwrap_or_default().into(),
            ..FormField::lines("reason", "why", hint)
        };
        fields.push(why);
        for (at, (_, word, value, minutes)) in list_stale_answers(model).into_iter().enumerate() {
            let hint = format!(
                "“{}” was said {} ago; look, then say",
                words::write_fact_value(&value),
                words::write_minutes(minutes)
            );
            let id = AGAIN.get(at).copied().unwrap_or("again");
            fields.push(FormField::words(
                id,
                &word,
                &hint,
                &["look again", "still so", "changed"],
            ));
        }
        if !is_option_reversible(option) {
            fields.push(FormField::text(
                "look",
                "seen now",
                "one figure read from the system itself: error rate, hosts on the version",
                "",
            ));
        }
        if option == OptionId::Hold {
            fields.push(FormField::text(
                "minutes",
                "hold for",
                "minutes; then it is decided again",
                "",
            ));
        } else {
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
        }
        if two_persons(decision, option) {
            fields.push(FormField::text(
                "second",
                "second",
                "data is lost: who agreed to it",
                "",
            ));
        }
    }
    if is_option_reversible(option) {
        // Enter alone must not walk through to a decision
        fields.push(FormField::words(
            "sure",
            "decide",
            "left and right choose; nothing is recorded before",
            &["not yet", "yes"],
        ));
    } else {
        fields.push(FormField::text(
            "typed",
            "version",
            &format!(
                "type {} to confirm; this cannot be taken back",
                model.previous()
            ),
            "",
        ));
    }
    let mut form = Form::new(
        model.option_title(option),
        "decide and record it",
        fields,
        FormPurpose::Decision,
    );
    form.intro = intro;
    form
}
