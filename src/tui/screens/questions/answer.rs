//! Answers to the question that is asked now.

use crate::model::{FactValue, NextQuestion};
use crate::session::EventKind;
use crate::tui::asking::Asking;
use crate::tui::draw::words;
use crate::tui::effect::Effect;
use crate::tui::model::{Model, Speaker};
use crate::tui::popup::form::state::{Form, FormField, FormPurpose};
use crate::tui::popup::kind::Popup;
use crate::tui::popup::pair::open::begin_release_choice;
use crate::tui::recording::append_event;

/// Answers the question by the key of a choice.
pub fn answer_question(model: &mut Model, key: char) -> Vec<Effect> {
    match model.asking() {
        Some(Asking::Live { previous, current }) => {
            if key != 'y' {
                return begin_release_choice(model);
            }
            let (previous, current) = (previous.version.clone(), current.version.clone());
            let says = format!("{current} is live");
            vec![append_event(
                model,
                EventKind::PairConfirmed {
                    previous: previous.into_raw(),
                    current: current.into_raw(),
                },
                says,
            )]
        }
        Some(Asking::Fact {
            next,
            question: Some(question),
        }) if question.choices.is_empty() => {
            let (title, unit) = (
                model.filled(&next.asks.shown()),
                question.unit.clone().unwrap_or_default(),
            );
            let hint = if unit.contains("minute") {
                "a number of minutes, or a duration such as 2 h".to_owned()
            } else {
                crate::model::escape_invisible(&unit).into_owned()
            };
            let field = FormField::text("number", "answer", &hint, "");
            model.popups.push(Popup::Form(Box::new(Form::new(
                title,
                "record it",
                vec![field],
                FormPurpose::Number,
            ))));
            Vec::new()
        }
        Some(Asking::Fact {
            next,
            question: Some(question),
        }) => {
            let choices = crate::decision::list_question_answers(question, next, &model.context());
            match choices.into_iter().find(|(choice, _, _)| *choice == key) {
                Some((_, title, sets)) => state_facts(model, sets, Some(title)),
                None => Vec::new(),
            }
        }
        _ => Vec::new(),
    }
}

pub(crate) fn submit_number_form(model: &mut Model, form: &Form) -> Result<Vec<Effect>, String> {
    let Some(Asking::Fact { next, .. }) = model.asking() else {
        return Ok(Vec::new());
    };
    let key = next.fact.clone();
    let value = crate::checklist::catalogue::parse_fact_value(&key, &form.value("number"))?;
    Ok(state_facts(model, vec![(key, value)], None))
}

/// Records *do not know*.
pub fn record_unknown_answer(model: &mut Model) -> Vec<Effect> {
    match model.asking() {
        Some(Asking::Live { .. }) => {
            model.live_unknown = true;
            model.say("Asked again later: `kubectl`, the deploy tool or /version would tell.");
            Vec::new()
        }
        Some(Asking::Fact { next, .. }) => {
            let sets = list_unsettled_facts(model, next)
                .into_iter()
                .map(|key| (key, FactValue::Unknown))
                .collect();
            state_facts(model, sets, Some("not known".to_owned()))
        }
        None => Vec::new(),
    }
}

/// Records *does not apply*.
pub fn not_applicable(model: &mut Model) -> Vec<Effect> {
    match model.asking() {
        Some(Asking::Fact { next, .. }) => {
            let sets = list_unsettled_facts(model, next)
                .into_iter()
                .map(|key| (key, FactValue::NotApplicable))
                .collect();
            state_facts(model, sets, Some("does not apply".to_owned()))
        }
        Some(Asking::Live { .. }) => {
            model.warn("it has to be one release or the other: y or n");
            Vec::new()
        }
        None => Vec::new(),
    }
}

/// The facts of a question that are not known from elsewhere: *do not know* says nothing about
/// those that are.
fn list_unsettled_facts(model: &Model, next: &NextQuestion) -> Vec<String> {
    let all = if next.settles.is_empty() {
        vec![next.fact.clone()]
    } else {
        next.settles.clone()
    };
    let known = |key: &String| {
        model
            .decided
            .as_ref()
            .and_then(|decided| decided.resolved.facts.get(key))
            .is_some_and(|fact| fact.value.is_known())
    };
    let open: Vec<String> = all.iter().filter(|key| !known(key)).cloned().collect();
    if open.is_empty() { all } else { open }
}

/// States facts; `title` is the answer in the person's words, for the acknowledgement.
fn state_facts(
    model: &mut Model,
    sets: Vec<(String, FactValue)>,
    title: Option<String>,
) -> Vec<Effect> {
    let question = match model.asking() {
        Some(Asking::Fact { next, .. }) => Some(next.question.clone()).filter(|id| !id.is_empty()),
        _ => None,
    };
    let speaker = model.speaker.clone();
    let said = crate::usecase::SpeakerDetails {
        at: Some(model.now),
        role: speaker.role.as_deref(),
        by: speaker.by.as_deref(),
        believed: speaker.low,
    };
    let facts = crate::usecase::make_stated_facts(sets, &said);
    let says = title.map_or_else(
        || words::write_given_answer(model, &facts),
        |title| format!("answered: {title}"),
    );
    model.speaker.low = false;
    let note = model.speaker.note.take();
    let effect = append_event(
        model,
        EventKind::Answered {
            question,
            facts,
            note: note.map(Into::into),
        },
        says,
    );
    model.screens.questions.chosen = None;
    vec![effect]
}

/// Asks whom the question was handed to.
pub fn open_asked_form(model: &mut Model) -> Vec<Effect> {
    let Some(Asking::Fact { next, .. }) = model.asking() else {
        model.warn("look at the deploy tool or at the running program; then answer y or n");
        return Vec::new();
    };
    let who = next.who.clone().unwrap_or_default();
    let mut form = Form::new(
        "Ask someone",
        "record whom you asked",
        vec![FormField::text(
            "who",
            "who",
            "a role or a name",
            &who.shown(),
        )],
        FormPurpose::Asked,
    );
    form.intro.push(next.asks.shown().into_owned());
    model.popups.push(Popup::Form(Box::new(form)));
    Vec::new()
}

pub(crate) fn submit_asked_form(model: &mut Model, form: &Form) -> Result<Vec<Effect>, String> {
    let who = form.filled("who").ok_or("Type who was asked.")?;
    let Some(Asking::Fact { next, .. }) = model.asking() else {
        return Ok(Vec::new());
    };
    let question = next.question.clone();
    let says = format!("asked {who}; the question stays open");
    let effect = append_event(
        model,
        EventKind::Asked {
            question,
            who: who.into(),
        },
        says,
    );
    model.screens.questions.chosen = None;
    Ok(vec![effect])
}

/// Confidence, role, name and note of the next answer.
pub fn open_speaker_form(model: &mut Model) -> Vec<Effect> {
    let speaker = &model.speaker;
    let mut sure = FormField::words(
        "sure",
        "sure",
        "an answer that is only believed does not make the verdict firm",
        &["known", "believed"],
    );
    if speaker.low {
        sure.input = "believed".into();
    }
    let fields = vec![
        sure,
        FormField::text(
            "role",
            "role",
            "incident lead, database, ...; kept for the next answers",
            speaker.role.as_deref().unwrap_or_default(),
        ),
        FormField::text(
            "name",
            "name",
            "optional; an export can leave names out",
            speaker.by.as_deref().unwrap_or_default(),
        ),
        FormField::text(
            "note",
            "note",
            "goes with the next answer",
            speaker.note.as_deref().unwrap_or_default(),
        ),
    ];
    model.popups.push(Popup::Form(Box::new(Form::new(
        "About the next answer",
        "keep it",
        fields,
        FormPurpose::Speaker,
    ))));
    Vec::new()
}

pub(crate) fn submit_speaker_form(model: &mut Model, form: &Form) -> Result<Vec<Effect>, String> {
    model.speaker = Speaker {
        role: form.filled("role"),
        by: form.filled("name"),
        low: form.value("sure") == "believed",
        note: form.filled("note"),
    };
    model.say("Kept for the next answer.");
    Ok(Vec::new())
}
