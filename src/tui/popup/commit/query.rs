//! What is shown and can be chosen: the commit step.

use crate::model::{Decision, FactValue, OptionId, OptionState, Strength, fact_key};
use crate::tui::draw::{options, words};
use crate::tui::model::Model;
use crate::tui::screens::now::query::sort_options;

/// Fields of facts that are asked for again, in order.
pub(super) const AGAIN: [&str; 4] = ["again-1", "again-2", "again-3", "again-4"];

/// Whether carrying it out can be taken back by carrying out another option.
pub fn is_option_reversible(option: OptionId) -> bool {
    !matches!(
        option,
        OptionId::RollBack | OptionId::RollBackWithConditions | OptionId::Restore
    )
}

/// Whether data is lost, so that a second person has to agree.
pub fn two_persons(decision: &Decision, option: OptionId) -> bool {
    let status = decision
        .options
        .iter()
        .find(|status| status.option == option);
    let own = status
        .map(|status| status.conditions.as_slice())
        .unwrap_or_default();
    let all = own.iter().chain(
        decision
            .conditions
            .iter()
            .filter(|_| option == decision.option),
    );
    option == OptionId::Restore
        || all
            .into_iter()
            .any(|condition| condition.kind == crate::model::ConditionKind::TwoPersons)
}

/// Options that can be chosen, the recommended one first, `hold` always among them. Those of a gate
/// stand only where one is passed.
pub(super) fn list_commit_options(decision: &Decision) -> Vec<OptionId> {
    let gate = |status: &&crate::model::OptionStatus| {
        matches!(status.option, OptionId::Go | OptionId::NoGo)
            && status.state == OptionState::Removed
    };
    let mut all: Vec<OptionId> = sort_options(decision)
        .into_iter()
        .filter(|status| !gate(status))
        .map(|status| status.option)
        .collect();
    if !all.contains(&decision.option) {
        all.insert(0, decision.option);
    }
    if !all.contains(&OptionId::Hold) {
        all.push(OptionId::Hold);
    }
    all
}

/// Dangerous facts whose answer is old: key, word, value, minutes. What is asked again, and after
/// how long, is the checklist's.
pub(super) fn list_stale_answers(model: &Model) -> Vec<(String, String, FactValue, f64)> {
    let Some(decided) = &model.decided else {
        return Vec::new();
    };
    let facts = &decided.resolved.facts;
    crate::decision::list_stale_facts(facts, &model.checklist, model.now)
        .into_iter()
        .filter_map(|(key, minutes)| {
            let word = match key.as_str() {
                fact_key::HARM_IRREVERSIBLE => "harm".to_owned(),
                fact_key::DEPLOYMENT_MIXED => "mixed versions".to_owned(),
                other => words::fact_asks(model, other),
            };
            let value = facts.get(&key)?.value.clone();
            Some((key, word, value, minutes as f64))
        })
        .collect()
}

/// The options as numbered lines, for terminals without screens.
pub fn write_numbered_options(model: &Model) -> Vec<String> {
    let Some(decision) = model.decision() else {
        return Vec::new();
    };
    let mut lines = Vec::new();
    for (at, option) in list_commit_options(decision).into_iter().enumerate() {
        let word = match decision
            .options
            .iter()
            .find(|status| status.option == option)
        {
            _ if option == decision.option => format!("recommended, {}", decision.strength.id()),
            Some(status) => options::label_option_standing(model, status).1.to_owned(),
            None => "always possible".to_owned(),
        };
        lines.push(format!(
            "  {} {}: {word}",
            at + 1,
            model.option_title(option)
        ));
    }
    lines.push(format!("  {}", open_points(model, decision)));
    lines
}

/// What stands in an option's way, or what it takes.
pub(super) fn describe_commit_option(decision: &Decision, option: OptionId) -> Vec<String> {
    let Some(status) = decision
        .options
        .iter()
        .find(|status| status.option == option)
    else {
        return if option == OptionId::Hold {
            vec!["Stop here until something is known or done; say until when.".to_owned()]
        } else {
            Vec::new()
        };
    };
    match status.state {
        OptionState::Cleared if option == decision.option => decision
            .because
            .iter()
            .map(|reason| reason.says.to_string())
            .collect(),
        OptionState::Cleared => vec!["Nothing speaks against it.".to_owned()],
        OptionState::Conditional => status
            .conditions
            .iter()
            .map(|condition| condition.says.to_string())
            .collect(),
        _ => status
            .blockers
            .iter()
            .map(|reason| reason.says.to_string())
            .collect(),
    }
}

/// What is open at this moment, in one sentence.
pub(super) fn open_points(model: &Model, decision: &Decision) -> String {
    let asked = model.session.asked.len();
    let asked = if asked == 0 {
        String::new()
    } else {
        format!(
            " {asked} of them {} handed to somebody.",
            if asked == 1 { "was" } else { "were" }
        )
    };
    let unread = describe_unfinished_reading(model)
        .map(|says| format!("{says} "))
        .unwrap_or_default();
    match decision.questions.len() {
        0 if decision.strength == Strength::Open => {
            format!("{unread}What is not known can still change this.")
        }
        0 => format!("{unread}No open question can change this."),
        1 => format!("{unread}1 question is open and can change this.{asked}"),
        n => format!("{unread}{n} questions are open and can change this.{asked}"),
    }
}

/// How much was read, while not all of it was: whoever decides then must know it.
pub(super) fn describe_unfinished_reading(model: &Model) -> Option<String> {
    let reading = &model.reading;
    let under_way = !reading.complete && reading.failed.is_none() && model.replay.is_none();
    under_way.then(|| {
        format!(
            "Only {} of {} parts are read; what is still to come can change the recommendation.",
            reading.count(),
            reading.done.len()
        )
    })
}

/// A sentence as it goes on behind another word; names in capitals stay as they are.
pub(super) fn begin_in_small_letter(says: &str) -> String {
    let mut letters = says.chars();
    match (letters.next(), letters.clone().next()) {
        (Some(first), Some(second)) if second.is_lowercase() || second == ' ' => {
            first.to_lowercase().chain(letters).collect()
        }
        _ => says.to_owned(),
    }
}
