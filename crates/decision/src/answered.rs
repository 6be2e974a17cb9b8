//! What a verdict rests on: the questions that people answered, and the files that were looked at.

use std::collections::BTreeSet;

use crate::checklist::{Checklist, Question, catalogue};
use model::{FactValue, Facts, Provenance};

/// Number of questions that people answered: known stated facts, those that one question settles
/// counted once.
pub(super) fn count_answered_questions(facts: &Facts, checklist: &Checklist) -> u64 {
    count_question_groups(
        facts
            .iter()
            .filter(|(_, fact)| fact.provenance == Provenance::Stated && fact.value.is_known())
            .map(|(key, _)| key.as_str())
            .collect(),
        facts,
        checklist,
    )
}

/// The same with the questions to which nobody knew the answer.
pub(super) fn count_asked_questions(facts: &Facts, checklist: &Checklist) -> u64 {
    count_question_groups(
        facts
            .iter()
            .filter(|(_, fact)| fact.provenance == Provenance::Stated)
            .map(|(key, _)| key.as_str())
            .collect(),
        facts,
        checklist,
    )
}

/// Whether one answer to this question says all that it says of a fact beside its own.
fn is_said_beside(question: &Question, pattern: &str, facts: &Facts) -> bool {
    let said = |(key, value): &(String, FactValue)| {
        facts.get(key).is_some_and(|fact| fact.value == *value)
    };
    question.may_set.iter().any(|key| key == pattern)
        && question.choices.iter().any(|choice| {
            choice.sets.iter().any(|(key, _)| key == pattern) && choice.sets.iter().all(said)
        })
}

fn count_question_groups(mut left: BTreeSet<&str>, facts: &Facts, checklist: &Checklist) -> u64 {
    let mut count = 0;
    while let Some(first) = left.iter().next().copied() {
        let (pattern, name) = (
            catalogue::find_key_pattern(first),
            catalogue::split_dependent_key(first).map(|(name, _)| name),
        );
        let settled = |question: &Question| -> Vec<&str> {
            let of = |key: &&str| {
                let pattern = catalogue::find_key_pattern(key);
                (question.facts.contains(&pattern) || is_said_beside(question, &pattern, facts))
                    && catalogue::split_dependent_key(key).map(|(name, _)| name) == name
            };
            left.iter().copied().filter(of).collect()
        };
        let asking = checklist.questions.iter().filter(|question| {
            question.facts.contains(&pattern) || question.may_set.contains(&pattern)
        });
        let group = asking
            .map(settled)
            .max_by_key(Vec::len)
            .unwrap_or_else(|| vec![first]);
        for key in group {
            left.remove(key);
        }
        count += 1;
    }
    count
}
