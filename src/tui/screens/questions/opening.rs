//! The questions of a checklist, one for each thing they are asked of.

use crate::checklist::Question;
use crate::model::NextQuestion;

/// A question of the checklist as it would be asked: once, or once a dependent that is known.
pub(super) fn list_question_instances<'a>(
    question: &Question,
    keys: impl Iterator<Item = &'a String>,
) -> Vec<NextQuestion> {
    let ask = |facts: Vec<String>, asks: String| NextQuestion {
        fact: facts.first().cloned().unwrap_or_default(),
        question: question.id.clone(),
        asks: asks.into(),
        why_now: question.why.clone().into(),
        settles: facts,
        who: Some(question.who.as_str())
            .filter(|who| !who.is_empty())
            .map(Into::into),
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
