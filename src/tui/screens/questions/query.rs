//! What the screen of questions knows: its rows, and what was said of each.

use crate::checklist::catalogue;
use crate::model::{FactValue, NextQuestion};
use crate::tui::draw::words;
use crate::tui::list::ScrolledPart;
use crate::tui::list_spec::{ListSpec, load_nothing};
use crate::tui::model::Model;
use crate::tui::screen::Focus;
use crate::tui::screens::questions::opening::list_question_instances;
use crate::tui::screens::questions::state::{QuestionRow, QuestionStanding};

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

/// The list that takes keys: not while the question has the focus.
pub fn describe_questions_list(model: &Model) -> Option<ListSpec> {
    (model.focus != Focus::Question || model.asking().is_none()).then_some(SPEC)
}

/// How the list is reached, whoever has the focus.
pub const SPEC: ListSpec = ListSpec {
    part: ScrolledPart::Questions,
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
    moved: load_nothing,
};

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

/// The question that settles a fact, or that settles it for one of the dependents.
pub(super) fn question_about(model: &Model, key: &str) -> Option<NextQuestion> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::sample;
    use crate::tui::screens::questions::state::{QuestionRow, QuestionStanding};

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
