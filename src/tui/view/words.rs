//! Events, options and times in words.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::model::{Fact, FactValue, NextQuestion, OptionId, Reverting, Sureness};
use crate::session::EventKind;
use crate::tui::model::Model;

/// Minutes as people say them.
pub fn minutes(minutes: f64) -> String {
    let whole = minutes.max(0.0).floor() as u64;
    match whole {
        0..120 => format!("{whole} min"),
        120..2880 if whole.is_multiple_of(60) => format!("{} h", whole / 60),
        120..2880 => format!("{} h {} min", whole / 60, whole % 60),
        _ => format!("{} days", whole / 1440),
    }
}

/// A number with its noun.
pub fn count(n: u64, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

/// That a part of the repository was read.
pub fn was_read(stage: crate::model::Stage) -> &'static str {
    use crate::model::Stage;
    match stage {
        Stage::Changelog => "the changelog was read",
        Stage::Files => "the changed files were read",
        Stage::Database => "the database changes were read",
        Stage::Contract => "the contracts were read",
        Stage::Live => "the state files were read",
        Stage::Surroundings => "the surroundings were read",
    }
}

/// How long ago something was.
pub fn ago(at: Timestamp, now: Timestamp) -> String {
    let seconds = now.duration_since(at).as_secs();
    match seconds {
        ..5 => "just now".to_owned(),
        5..60 => format!("{seconds} s ago"),
        _ => format!("{} ago", minutes(seconds as f64 / 60.0)),
    }
}

/// The verdict as a headline; short, in capitals.
pub fn headline(model: &Model, option: OptionId) -> String {
    match option {
        OptionId::RollBack | OptionId::RollBackWithConditions => format!("ROLL BACK to {}", model.previous()),
        other => other.title().to_uppercase(),
    }
}

/// The verdict in one word, for the header.
pub fn short(option: OptionId) -> &'static str {
    match option {
        OptionId::Go => "GO",
        OptionId::NoGo => "NO-GO",
        OptionId::Hold => "HOLD",
        OptionId::StopHarm => "STOP HARM",
        OptionId::FlagOff => "FLAG OFF",
        OptionId::ShiftTraffic => "SHIFT",
        OptionId::RollBack => "BACK",
        OptionId::RollBackWithConditions => "BACK (conditional)",
        OptionId::RollForward => "FORWARD",
        OptionId::Restore => "RESTORE",
    }
}

/// A fact's key in words: `dependent[storefront].copes` is `storefront copes`.
pub fn fact_name(key: &str) -> String {
    if let Some(rest) = key.strip_prefix("dependent[")
        && let Some((name, attribute)) = rest.split_once("].")
    {
        return format!("{} {}", crate::model::visible(name), attribute.replace('_', " "));
    }
    crate::model::visible(key).replace(['.', '_'], " ")
}

/// A value in words.
pub fn value(value: &FactValue) -> String {
    match value {
        FactValue::Word(word) => crate::model::visible(word).into_owned(),
        FactValue::Number(number) => format!("{number}"),
        FactValue::Unknown => "not known".to_owned(),
        FactValue::NotApplicable => "does not apply".to_owned(),
    }
}

/// The answer a person gave, in the words it was chosen by, and what was asked: `no: Is there a switch?`; each fact where no choice says
/// just that. The answer is first, as what does not fit a row is cut at its end.
pub fn said(model: &Model, facts: &[Fact]) -> String {
    let Some(first) = facts.first() else { return String::new() };
    let values: BTreeMap<&str, &FactValue> = facts.iter().map(|fact| (fact.key.as_str(), &fact.value)).collect();
    match chosen(model, &values) {
        Some(title) => {
            let sure = if first.confidence == Sureness::Low { " (believed)" } else { "" };
            format!("{title}{sure}: {}", asked_of(model, facts, first))
        }
        None => facts.iter().map(|fact| answer(model, fact)).collect::<Vec<_>>().join(", "),
    }
}

/// A reason as a sentence; one that is not settled says so itself.
pub fn reason(reason: &crate::model::Reason) -> String {
    crate::model::visible(&reason.says).into_owned()
}

/// What would change the answer, without the option it leads to.
pub fn flip(flip: &crate::model::Flip) -> String {
    if flip.says.is_empty() {
        return format!("{} is {}", fact_name(&flip.fact), value(&flip.value));
    }
    crate::model::visible(flip.says.split(" → ").next().unwrap_or_default()).into_owned()
}

/// A fact in the words of the question that settles it.
pub fn fact_asks(model: &Model, key: &str) -> String {
    let (name, generic) = match crate::checklist::catalogue::dependent(key) {
        Some((name, _)) => (Some(name.to_owned()), key.replacen(&format!("dependent[{name}]"), "dependent[]", 1)),
        None => (None, key.to_owned()),
    };
    let holds = |facts: &[String]| facts.contains(&generic);
    // the question that asks for this alone says it best
    let alone = model.checklist.questions.iter().find(|question| question.facts.len() == 1 && holds(&question.facts));
    let question = alone.or_else(|| model.checklist.questions.iter().find(|question| holds(&question.facts)));
    match (question, crate::checklist::catalogue::find(&generic)) {
        (Some(question), _) => model.filled(&question.asks.replace("{dependent}", name.as_deref().unwrap_or("the dependent"))),
        (None, Some(def)) => model.filled(def.asks),
        (None, None) => fact_name(key),
    }
}

/// A fact's value as the answer that says it, or what it is of all where it is about some only.
pub fn fact_value(model: &Model, fact: &Fact) -> String {
    if let (FactValue::Number(number), true) = (&fact.value, fact.key.ends_with("_minutes")) {
        return minutes(*number);
    }
    let values = BTreeMap::from([(fact.key.as_str(), &fact.value)]);
    of_all(model, fact).or_else(|| chosen(model, &values)).unwrap_or_else(|| value(&fact.value))
}

/// Where a fact speaks of all migrations but only some are so: how many.
pub fn of_all(model: &Model, fact: &Fact) -> Option<String> {
    if fact.key != "database.downs" || !matches!(fact.value.as_word(), Some("none" | "incomplete")) {
        return None;
    }
    let migrations = &model.assessment.as_ref()?.migrations;
    let without =
        migrations.iter().filter(|migration| matches!(migration.down.kind, crate::model::DownKind::None | crate::model::DownKind::Irreversible)).count();
    let verb = if without == 1 { "has" } else { "have" };
    (without > 0 && without < migrations.len()).then(|| format!("not all: {without} of {} {verb} none", migrations.len()))
}

/// The question that all these facts answer, else the one of the first.
fn asked_of(model: &Model, facts: &[Fact], first: &Fact) -> String {
    let pattern = crate::checklist::catalogue::pattern(&first.key);
    let all = |question: &&crate::checklist::Question| {
        facts.len() > 1
            && question.facts.contains(&pattern)
            && facts.iter().all(|fact| question.facts.contains(&crate::checklist::catalogue::pattern(&fact.key)))
    };
    match model.checklist.questions.iter().find(all) {
        Some(question) => model.filled(&question.asks),
        None => fact_asks(model, &first.key),
    }
}

/// One fact as an answer: `6 min: How long has 3.1.0 been live?`.
fn answer(model: &Model, fact: &Fact) -> String {
    let sure = if fact.confidence == Sureness::Low { " (believed)" } else { "" };
    format!("{}{sure}: {}", fact_value(model, fact), fact_asks(model, &fact.key))
}

/// The choice of a question that says just these values.
pub fn chosen(model: &Model, values: &BTreeMap<&str, &FactValue>) -> Option<String> {
    let same = |choice: &&crate::checklist::Choice| {
        choice.sets.iter().filter(|(key, _)| values.contains_key(key.as_str())).count() == values.len()
            && choice.sets.iter().all(|(key, value)| values.get(key.as_str()) == Some(&value))
    };
    model.checklist.questions.iter().flat_map(|question| &question.choices).find(same).map(|choice| model.filled(&choice.title))
}

/// What taking an entry back would do, in words.
pub fn reverting(what: Reverting) -> &'static str {
    match what {
        Reverting::Nothing => "nobody would see it",
        Reverting::FeatureLost => "a feature disappears",
        Reverting::BugReturns => "a fixed fault is back",
        Reverting::SecurityReopened => "a closed hole is open again",
        Reverting::DataUnreadable => "data written since cannot be read",
        Reverting::DependentBreaks => "a dependent stops working",
        Reverting::MigrationOrphaned => "a migration stays behind",
        Reverting::ContractVanishes => "a part of the contract disappears",
        Reverting::ConfigMismatch => "configuration no longer fits",
        Reverting::DependencyDowngraded => "a library goes back",
        Reverting::Unknown => "cannot be told",
    }
}

/// What an event was about, when it can be taken back.
pub fn undoable(model: &Model, what: &EventKind) -> Option<String> {
    Some(match what {
        EventKind::Answered { facts, .. } => crate::model::shorten(&said(model, facts), 60).into_owned(),
        EventKind::Asked { who, .. } => format!("asked {}", crate::model::visible(who)),
        EventKind::EntryAnswered { answer, .. } => format!("if reverted: {}", reverting(*answer)),
        EventKind::GateReached { gate } => format!("gate {} reached", gate.id()),
        EventKind::Polled { role_polled, .. } => format!("poll of {}", crate::model::visible(role_polled)),
        EventKind::GateCalled { gate, call, .. } => format!("{} called for {}", call.id(), gate.id()),
        EventKind::PairConfirmed { current, .. } => format!("{} is live", crate::model::visible(current)),
        EventKind::Decided { option, .. } => format!("the decision: {}", model.option_title(*option)),
        EventKind::Noted { text } => format!("the note: {}", crate::model::shorten(&crate::model::visible(text), 30)),
        EventKind::Observed { met, .. } => format!("what was seen: {}", if *met { "it worked" } else { "it did not work" }),
        _ => return None,
    })
}

/// Why a new decision is made after an event: a clause.
pub fn cause(model: &Model, what: &EventKind) -> String {
    match what {
        EventKind::Withdrawn { seq } => {
            let about = model.events.iter().find(|event| event.seq == *seq).and_then(|event| undoable(model, &event.what));
            format!("taken back: {}", about.unwrap_or_else(|| format!("event {seq}")))
        }
        EventKind::Assessed { .. } => "the repository was read".to_owned(),
        other => undoable(model, other).unwrap_or_else(|| "the record went on".to_owned()),
    }
}

/// Who would know and how long it takes.
pub fn who(next: &NextQuestion) -> Vec<String> {
    let mut parts = Vec::new();
    if let Some(who) = &next.who {
        parts.push(format!("{} would know", crate::model::visible(who)));
    }
    if let Some(takes) = next.minutes {
        parts.push(if takes < 1.0 { "seconds".to_owned() } else { minutes(takes) });
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_read_as_people_say_them() {
        assert_eq!(minutes(47.9), "47 min");
        assert_eq!(minutes(180.0), "3 h");
        assert_eq!(minutes(185.0), "3 h 5 min");
        assert_eq!(minutes(4000.0), "2 days");
    }

    #[test]
    fn keys_become_words() {
        assert_eq!(fact_name("dependent[storefront].can_go_back"), "storefront can go back");
        assert_eq!(fact_name("impact.now"), "impact now");
    }
}
