//! Actions of the screen of questions.

use crate::checklist::catalogue;
use crate::model::Fact;
use crate::session::EventKind;
use crate::tui::action::Action;
use crate::tui::asking::Asking;
use crate::tui::draw::words;
use crate::tui::effect::Effect;
use crate::tui::model::Model;
use crate::tui::popup::why::open::open_question;
use crate::tui::recording::append_event;
use crate::tui::screen::Focus;
use crate::tui::screens::questions::query::{
    SPEC, build_question_rows, list_question_queries, question_about,
};
use crate::tui::screens::questions::state::QuestionRow;

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
        Action::Open => return open_question(model),
        Action::Settle => return settle_disagreement(model),
        Action::Copy => return copy_question_queries(model),
        _ => {}
    }
    Vec::new()
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
        return vec![Effect::Copy(model.filled(&next.asks.shown()))];
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
