//! Screen 3, and answering wherever the question has the focus.

use crate::checklist::{Question, catalogue};
use crate::decision::Conflict;
use crate::model::{Fact, FactValue, NextQuestion};
use crate::session::EventKind;
use crate::tui::list::{ListSpec, ListState};
use crate::tui::model::{Asking, Focus, Model};
use crate::tui::popup::Popup;
use crate::tui::popup::form::{Form, FormField, FormPurpose};
use crate::tui::update::append_event;
use crate::tui::view::words;
use crate::tui::{Action, Effect};

/// State of the screen.
#[derive(Debug, Clone, Default)]
pub struct Questions {
    /// Cursor and search.
    pub list: ListState,
    /// A question that was picked from the list, instead of the next one.
    pub chosen: Option<NextQuestion>,
}

/// How a question stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QuestionStanding {
    /// Its answer can change the verdict.
    Open,
    /// Handed to somebody.
    Asked,
    /// Answered by a person.
    Answered,
    /// Known from what was read.
    Sensed,
    /// Its answer cannot change the verdict now.
    Idle,
}

/// One row of the list.
#[derive(Debug, Clone, PartialEq)]
pub enum QuestionRow {
    /// A heading with the number of rows below it.
    Heading(&'static str, usize),
    /// Sources that disagree about a fact.
    Conflict(Conflict),
    /// A question.
    Question {
        /// As it would be asked.
        next: NextQuestion,
        /// How it stands.
        standing: QuestionStanding,
        /// The values in force, in words.
        known: String,
    },
}

/// All rows: disagreements, open questions in the order they will be asked, answered ones, the
/// rest.
pub fn build_question_rows(model: &Model) -> Vec<QuestionRow> {
    let Some(decided) = &model.decided else {
        return Vec::new();
    };
    let facts = &decided.resolved.facts;
    let open = &decided.decision.questions;
    let mut groups: [Vec<QuestionRow>; 4] = Default::default();
    for next in open {
        let standing = if model.handed_on(&next.question) {
            QuestionStanding::Asked
        } else {
            QuestionStanding::Open
        };
        groups[0].push(QuestionRow::Question {
            next: next.clone(),
            standing,
            known: describe_known_answers(model, facts, &next.settles),
        });
    }
    for question in &model.checklist.questions {
        for next in list_question_instances(question, facts.keys()) {
            if open.iter().any(|one| {
                one.question == next.question
                    && (one.fact == next.fact || one.settles.contains(&next.fact))
            }) {
                continue;
            }
            let stated = next
                .settles
                .iter()
                .any(|key| model.session.stated.iter().any(|fact| fact.key == *key));
            let is_known = |key: &String| facts.get(key).is_some_and(|fact| fact.value.is_known());
            let (some, all) = (
                next.settles.iter().any(is_known),
                next.settles.iter().all(is_known),
            );
            let (group, standing, known) = match (stated, all) {
                (true, _) => (
                    1,
                    QuestionStanding::Answered,
                    describe_known_answers(model, facts, &next.settles),
                ),
                (_, true) => (
                    2,
                    QuestionStanding::Sensed,
                    describe_known_answers(model, facts, &next.settles),
                ),
                // one of its facts answers no question that asks for several
                _ if some => (2, QuestionStanding::Idle, "known in part".to_owned()),
                _ => (3, QuestionStanding::Idle, String::new()),
            };
            groups[group].push(QuestionRow::Question {
                next,
                standing,
                known,
            });
        }
    }
    let mut rows = Vec::new();
    let conflicts = &decided.resolved.conflicts;
    if !conflicts.is_empty() {
        rows.push(QuestionRow::Heading("sources disagree", conflicts.len()));
        rows.extend(conflicts.iter().cloned().map(QuestionRow::Conflict));
    }
    for (title, group) in [
        "can change the answer",
        "answered",
        "read, not asked",
        "cannot change the answer now",
    ]
    .into_iter()
    .zip(groups)
    {
        if !group.is_empty() {
            rows.push(QuestionRow::Heading(title, group.len()));
            rows.extend(group);
        }
    }
    rows
}

fn describe_known_answers(model: &Model, facts: &crate::model::Facts, keys: &[String]) -> String {
    // a question with several facts is answered by those that are known; where none is, that is
    // said once
    let some = keys
        .iter()
        .any(|key| facts.get(key).is_some_and(|fact| fact.value.is_known()));
    let told = |key: &&String| {
        facts
            .get(*key)
            .is_some_and(|fact| fact.value.is_known() || !some)
    };
    let keys: Vec<&String> = keys.iter().filter(told).collect();
    let values = keys
        .iter()
        .filter_map(|key| Some((key.as_str(), &facts.get(*key)?.value)))
        .collect();
    if let Some(title) = keys
        .first()
        .filter(|_| keys.len() == 1)
        .and_then(|key| words::of_all(model, facts.get(*key)?))
    {
        return title;
    }
    if let Some(title) = words::find_chosen_answer(model, &values) {
        return title;
    }
    let mut said: Vec<String> = keys
        .iter()
        .filter_map(|key| facts.get(*key))
        .map(|fact| words::fact_value(model, fact))
        .collect();
    said.dedup();
    said.join(", ")
}

/// A question of the checklist as it would be asked: once, or once a dependent that is known.
fn list_question_instances<'a>(
    question: &Question,
    keys: impl Iterator<Item = &'a String>,
) -> Vec<NextQuestion> {
    let ask = |facts: Vec<String>, asks: String| NextQuestion {
        fact: facts.first().cloned().unwrap_or_default(),
        question: question.id.clone(),
        asks,
        why_now: question.why.clone(),
        settles: facts,
        who: Some(question.who.clone()).filter(|who| !who.is_empty()),
        minutes: Some(question.minutes),
    };
    if !question.facts.iter().any(|key| key.contains("[]")) {
        return vec![ask(question.facts.clone(), question.asks.clone())];
    }
    let mut names: Vec<&str> = keys
        .filter_map(|key| {
            key.strip_prefix("dependent[")?
                .split_once(']')
                .map(|(name, _)| name)
        })
        .collect();
    names.dedup();
    names
        .into_iter()
        .map(|name| {
            let facts = question
                .facts
                .iter()
                .map(|key| key.replacen("[]", &format!("[{name}]"), 1))
                .collect();
            ask(
                facts,
                question
                    .asks
                    .replace("{dependent}", &crate::model::escape_invisible(name))
                    .replace("{operation}", "what goes away"),
            )
        })
        .collect()
}

/// The opening questions in their order, as they are asked before there is a verdict.
pub fn list_opening_questions(checklist: &crate::checklist::Checklist) -> Vec<NextQuestion> {
    let mut all: Vec<&Question> = checklist
        .questions
        .iter()
        .filter(|question| question.opening.is_some())
        .collect();
    all.sort_by_key(|question| question.opening);
    all.into_iter()
        .flat_map(|question| list_question_instances(question, std::iter::empty()))
        .collect()
}

/// The list that takes keys: not while the question has the focus.
pub fn describe_questions_list(model: &Model) -> Option<ListSpec> {
    (model.focus != Focus::Question || model.asking().is_none()).then_some(SPEC)
}

/// How the list is reached, whoever has the focus.
pub const SPEC: ListSpec = ListSpec {
    get: |model| &model.screens.questions.list,
    get_mut: |model| &mut model.screens.questions.list,
    len: |model| build_question_rows(model).len(),
    text: |model, at| match build_question_rows(model).get(at) {
        Some(QuestionRow::Question { next, known, .. }) => format!("{} {known}", next.asks),
        Some(QuestionRow::Conflict(conflict)) => words::fact_asks(model, &conflict.key),
        _ => String::new(),
    },
    selectable: |model, at| {
        !matches!(
            build_question_rows(model).get(at),
            None | Some(QuestionRow::Heading(..))
        )
    },
    moved: crate::tui::list::load_nothing,
};

/// Its own actions. Enter puts the question under the cursor into focus.
pub fn update_questions(model: &mut Model, action: Action) -> Vec<Effect> {
    match action {
        Action::Focus if model.asking().is_some() => {
            model.focus = if model.focus == Focus::Question {
                Focus::Body
            } else {
                Focus::Question
            };
            if model.focus == Focus::Body {
                let cursor = model.screens.questions.list.cursor;
                SPEC.put(model, cursor, true);
            }
        }
        Action::Open if model.focus == Focus::Body => {
            match build_question_rows(model).get(model.screens.questions.list.cursor) {
                Some(QuestionRow::Question { next, .. }) => {
                    model.screens.questions.chosen = Some(next.clone());
                    model.focus = Focus::Question;
                }
                Some(QuestionRow::Conflict(conflict)) => {
                    model.screens.questions.chosen = question_about(model, &conflict.key);
                    model.focus = Focus::Question;
                }
                _ => {}
            }
        }
        Action::Open => return crate::tui::popup::why::open_question(model),
        Action::Settle => return settle_disagreement(model),
        Action::Copy => return copy_question_queries(model),
        _ => {}
    }
    Vec::new()
}

/// Read-only queries that answer a question: what the facts it settles were read with, where only
/// production knows the value.
pub fn list_question_queries(model: &Model, next: &NextQuestion) -> Vec<String> {
    let Some(decided) = &model.decided else {
        return Vec::new();
    };
    let mut keys: Vec<&String> = next.settles.iter().chain([&next.fact]).collect();
    keys.sort();
    keys.dedup();
    let facts = keys
        .into_iter()
        .filter_map(|key| decided.resolved.facts.get(key))
        .filter(|fact| fact.value == FactValue::Unknown);
    facts
        .flat_map(|fact| &fact.evidence)
        .filter_map(|place| place.query().map(str::to_owned))
        .collect()
}

/// Copies the queries of the question under the cursor, else of the one that is asked.
fn copy_question_queries(model: &mut Model) -> Vec<Effect> {
    let under = match build_question_rows(model).get(model.screens.questions.list.cursor) {
        Some(QuestionRow::Question { next, .. }) if model.focus != Focus::Question => {
            Some(next.clone())
        }
        _ => None,
    };
    let asked = || {
        if let Some(Asking::Fact { next, .. }) = model.asking() {
            Some(next.clone())
        } else {
            None
        }
    };
    let Some(next) = under.or_else(asked) else {
        return Vec::new();
    };
    let queries = list_question_queries(model, &next);
    if queries.is_empty() {
        model.say("The question is copied.");
        return vec![Effect::Copy(model.filled(&next.asks))];
    }
    model.say(if queries.len() == 1 {
        "The query that answers it is copied."
    } else {
        "The queries that answer it are copied."
    });
    vec![Effect::Copy(queries.join("\n"))]
}

/// Puts the question about the first of these facts that has one into focus, unknown facts first;
/// false where none has one.
pub fn open_about(model: &mut Model, facts: &[String]) -> bool {
    let known = |key: &String| {
        let facts = model
            .decided
            .as_ref()
            .map(|decided| &decided.resolved.facts);
        facts.is_some_and(|facts| {
            facts.iter().any(|(one, fact)| {
                catalogue::find_key_pattern(one) == **key && fact.value.is_known()
            })
        })
    };
    let (settled, open): (Vec<&String>, Vec<&String>) = facts.iter().partition(|key| known(key));
    let Some(next) = open
        .into_iter()
        .chain(settled)
        .find_map(|key| question_about(model, key))
    else {
        return false;
    };
    model.screens.questions.chosen = Some(next);
    model.focus = Focus::Question;
    true
}

/// The question that settles a fact, or that settles it for one of the dependents.
fn question_about(model: &Model, key: &str) -> Option<NextQuestion> {
    build_question_rows(model)
        .into_iter()
        .find_map(|row| match row {
            QuestionRow::Question { next, .. }
                if std::iter::once(&next.fact)
                    .chain(&next.settles)
                    .any(|one| one == key || catalogue::find_key_pattern(one) == key) =>
            {
                Some(next)
            }
            _ => None,
        })
}

/// Lets a person's own last word replace what was read, for the disagreement under the cursor or
/// the first one.
fn settle_disagreement(model: &mut Model) -> Vec<Effect> {
    let at = model.screens.questions.list.cursor;
    let under = build_question_rows(model).get(at).and_then(|row| {
        if let QuestionRow::Conflict(conflict) = row {
            Some(conflict.key.clone())
        } else {
            None
        }
    });
    let Some(decided) = &model.decided else {
        return Vec::new();
    };
    let Some(key) = under.or_else(|| {
        decided
            .resolved
            .conflicts
            .first()
            .map(|conflict| conflict.key.clone())
    }) else {
        return Vec::new();
    };
    let Some(said) = model
        .session
        .stated
        .iter()
        .rev()
        .find(|fact| fact.key == key)
        .cloned()
    else {
        model.warn("nobody has said anything about it; answer the question first");
        return Vec::new();
    };
    let fact = Fact {
        supersedes: true,
        at: Some(model.now),
        ..said
    };
    let says = format!(
        "{}, instead of what was read",
        words::write_given_answer(model, std::slice::from_ref(&fact))
    );
    vec![append_event(
        model,
        EventKind::Answered {
            question: None,
            facts: vec![fact],
            note: None,
        },
        says,
    )]
}

/// Answers the question by the key of a choice.
pub fn answer_question(model: &mut Model, key: char) -> Vec<Effect> {
    match model.asking() {
        Some(Asking::Live { previous, current }) => {
            if key != 'y' {
                return crate::tui::popup::begin_release_choice(model);
            }
            let (previous, current) = (previous.version.clone(), current.version.clone());
            let says = format!("{current} is live");
            vec![append_event(
                model,
                EventKind::PairConfirmed { previous, current },
                says,
            )]
        }
        Some(Asking::Fact {
            next,
            question: Some(question),
        }) if question.choices.is_empty() => {
            let (title, unit) = (
                model.filled(&next.asks),
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

pub(in crate::tui) fn submit_number_form(
    model: &mut Model,
    form: &Form,
) -> Result<Vec<Effect>, String> {
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
            note,
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
        vec![FormField::text("who", "who", "a role or a name", &who)],
        FormPurpose::Asked,
    );
    form.intro.push(next.asks.clone());
    model.popups.push(Popup::Form(Box::new(form)));
    Vec::new()
}

pub(in crate::tui) fn submit_asked_form(
    model: &mut Model,
    form: &Form,
) -> Result<Vec<Effect>, String> {
    let who = form.filled("who").ok_or("Type who was asked.")?;
    let Some(Asking::Fact { next, .. }) = model.asking() else {
        return Ok(Vec::new());
    };
    let question = next.question.clone();
    let says = format!("asked {who}; the question stays open");
    let effect = append_event(model, EventKind::Asked { question, who }, says);
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

pub(in crate::tui) fn submit_speaker_form(
    model: &mut Model,
    form: &Form,
) -> Result<Vec<Effect>, String> {
    model.speaker = crate::tui::model::Speaker {
        role: form.filled("role"),
        by: form.filled("name"),
        low: form.value("sure") == "believed",
        note: form.filled("note"),
    };
    model.say("Kept for the next answer.");
    Ok(Vec::new())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::sample;

    #[test]
    fn a_question_counts_as_read_only_where_all_of_it_is_known() {
        let model = sample::make_sample_model();
        let facts = &model.decided.as_ref().unwrap().resolved.facts;
        let mut partly = 0;
        for row in build_question_rows(&model) {
            let QuestionRow::Question {
                next,
                standing,
                known,
            } = row
            else {
                continue;
            };
            let unknown = next
                .settles
                .iter()
                .filter(|key| facts.get(*key).is_none_or(|fact| !fact.value.is_known()))
                .count();
            assert!(
                standing != QuestionStanding::Sensed || unknown == 0,
                "{}",
                next.question
            );
            partly += usize::from(known == "known in part");
        }
        assert!(
            partly > 0,
            "the sample has a question of which one fact is known"
        );
    }
}
