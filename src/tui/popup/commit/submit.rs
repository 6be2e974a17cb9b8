//! The filled-in form becomes a decision.

use crate::model::{Fact, FactValue, OptionId, Provenance};
use crate::session::EventKind;
use crate::tui::effect::Effect;
use crate::tui::model::Model;
use crate::tui::popup::commit::ask::{HOLD_MINUTES, WHY};
use crate::tui::popup::commit::query::{
    AGAIN, describe_unfinished_reading, is_option_reversible, list_stale_answers, two_persons,
};
use crate::tui::popup::form::state::Form;
use crate::tui::popup::kind::Popup;
use crate::tui::recording::append_event;

/// What was said with a decision.
#[derive(Debug)]
struct CommitForm {
    pub(super) reason: String,
    pub(super) typed: Option<String>,
    pub(super) second: Option<String>,
    pub(super) expect: Option<String>,
    pub(super) minutes: Option<u32>,
}

pub(crate) fn submit_commit_form(model: &mut Model, form: &Form) -> Result<Vec<Effect>, String> {
    let Some(option) = model.committing else {
        return Ok(Vec::new());
    };
    let mut before = read_stale_answers(model, form)?;
    if !is_option_reversible(option) {
        let look = form
            .filled("look")
            .ok_or("Read one figure from the system itself and type it.")?;
        before.push((
            EventKind::Noted {
                text: format!("Seen before the decision: {look}").into(),
            },
            "noted".to_owned(),
        ));
    }
    let reason = form.filled("reason").ok_or(WHY)?;
    let minutes = read_minutes(form, option)?;
    let decision = model.decision().ok_or("There is no verdict.")?;
    let second = form.filled("second");
    if two_persons(decision, option) && second.is_none() {
        return Err("Data is lost: name the second person who agreed.".to_owned());
    }
    if second.is_some() && second == model.speaker.by {
        return Err("The second person has to be another one.".to_owned());
    }
    let typed = form.filled("typed");
    if !is_option_reversible(option) && typed.as_deref() != Some(&*model.previous()) {
        return Err(format!("Type {} exactly to confirm.", model.previous()));
    }
    if is_option_reversible(option) && form.value("sure") != "yes" {
        return Err("Choose yes with the right arrow, then Enter; Esc leaves it.".to_owned());
    }
    if let Some(says) = describe_unfinished_reading(model) {
        before.push((
            EventKind::Noted {
                text: format!("Decided before everything was read. {says}").into(),
            },
            "noted".to_owned(),
        ));
    }
    let mut effects: Vec<Effect> = before
        .into_iter()
        .map(|(what, says)| append_event(model, what, says))
        .collect();
    effects.extend(commit_to_option(
        model,
        option,
        CommitForm {
            reason,
            typed,
            second,
            expect: form.filled("expect"),
            minutes,
        },
    ));
    // the choice of the option lies below this form and is over too
    model
        .popups
        .retain(|popup| !matches!(popup, Popup::Commit(_)));
    Ok(effects)
}

/// What was said again of answers that are old: each still so, or it has to be answered first.
fn read_stale_answers(model: &Model, form: &Form) -> Result<Vec<(EventKind, String)>, String> {
    let mut before: Vec<(EventKind, String)> = Vec::new();
    for (at, (key, word, value, _)) in list_stale_answers(model).into_iter().enumerate() {
        match form
            .value(AGAIN.get(at).copied().unwrap_or("again"))
            .as_str()
        {
            "still so" => {
                let fact = Fact {
                    at: Some(model.now),
                    by: model.speaker.by.clone().map(Into::into),
                    role: model.speaker.role.clone().map(Into::into),
                    provenance: Provenance::Stated,
                    ..Fact::stated(key, value)
                };
                let says = format!("{word}: still so");
                before.push((
                    EventKind::Answered {
                        question: None,
                        facts: vec![fact],
                        note: None,
                    },
                    says,
                ));
            }
            "changed" => {
                return Err(format!(
                    "Then answer it first: Esc, 3, and the question about {word}."
                ));
            }
            _ => {
                return Err(format!(
                    "Look again and say whether it is still so: {word}."
                ));
            }
        }
    }
    Ok(before)
}

/// Within how many minutes something should be seen; a hold has to say it.
fn read_minutes(form: &Form, option: OptionId) -> Result<Option<u32>, String> {
    match form.filled("minutes") {
        Some(text) => {
            let number = text.trim_end_matches("min").trim().parse::<u32>();
            number
                .map(Some)
                .map_err(|_| "Minutes are a whole number.".to_owned())
        }
        None if option == OptionId::Hold => Err(HOLD_MINUTES.to_owned()),
        None => Ok(None),
    }
}

fn commit_to_option(model: &mut Model, option: OptionId, said: CommitForm) -> Vec<Effect> {
    let Some(decision) = model.decision() else {
        return Vec::new();
    };
    let (recommended, strength) = (decision.option, decision.strength);
    let mut open: Vec<(String, FactValue)> = decision.assumed.clone();
    for key in &decision.open_facts {
        if !open.iter().any(|(known, _)| known == key) {
            open.push((key.clone(), FactValue::Unknown));
        }
    }
    let says = format!("decided: {}", model.option_title(option));
    let what = EventKind::Decided {
        option,
        recommended,
        strength,
        reason: said.reason.into(),
        typed: said.typed.map(Into::into),
        second: said.second.map(Into::into),
        expect: said.expect.map(Into::into),
        within_minutes: said.minutes,
        open,
    };
    model.committing = None;
    vec![append_event(model, what, says)]
}
