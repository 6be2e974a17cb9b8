//! Sentences and short words that several screens say.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::model::{Fact, FactValue, NextQuestion, OptionId, fact_key};
use crate::session::EventKind;
use crate::tui::model::Model;

pub use crate::usecase::fact_name;
pub use crate::usecase::write_fact_value;
pub use crate::usecase::write_minutes;
pub use crate::usecase::write_reverting_effect;

/// A number with its noun.
pub fn write_number_with_noun(n: u64, one: &str, many: &str) -> String {
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
pub fn write_time_ago(at: Timestamp, now: Timestamp) -> String {
    let seconds = now.duration_since(at).as_secs();
    match seconds {
        ..5 => "just now".to_owned(),
        5..60 => format!("{seconds} s ago"),
        _ => format!("{} ago", write_minutes(seconds as f64 / 60.0)),
    }
}

/// The verdict as a headline; short, in capitals.
pub fn write_option_headline(model: &Model, option: OptionId) -> String {
    match option {
        OptionId::RollBack | OptionId::RollBackWithConditions => {
            format!("ROLL BACK to {}", model.previous())
        }
        other => other.title().to_uppercase(),
    }
}

/// The verdict in one word, for the header.
pub fn name_option_briefly(option: OptionId) -> &'static str {
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

/// The answer a person gave and what was asked; see [`crate::usecase::Wording::said`].
pub fn write_given_answer(model: &Model, facts: &[Fact]) -> String {
    model.wording().said(facts, &|fact| of_all(model, fact))
}

/// A reason as a sentence; one that is not settled says so itself.
pub fn write_reason_sentence(reason: &crate::model::Reason) -> String {
    reason.says.shown().into_owned()
}

/// What would change the answer, without the option it leads to.
pub fn write_short_flip(flip: &crate::model::Flip) -> String {
    if flip.says.is_empty() {
        return format!(
            "{} is {}",
            fact_name(&flip.fact),
            write_fact_value(&flip.value)
        );
    }
    let answer = if flip.answer.is_empty() {
        &flip.says
    } else {
        &flip.answer
    };
    answer.shown().into_owned()
}

/// A fact in the words of the question that settles it.
pub fn fact_asks(model: &Model, key: &str) -> String {
    model.wording().asks(key)
}

/// A fact's value as the answer that says it, or what it is of all where it is about some only.
pub fn fact_value(model: &Model, fact: &Fact) -> String {
    of_all(model, fact).unwrap_or_else(|| model.wording().value(fact))
}

/// Where a fact speaks of all migrations but only some are so: how many.
pub fn of_all(model: &Model, fact: &Fact) -> Option<String> {
    if fact.key != fact_key::DATABASE_DOWNS
        || !matches!(fact.value.as_word(), Some("none" | "incomplete"))
    {
        return None;
    }
    let migrations = &model.assessment.as_ref()?.migrations;
    let without = migrations
        .iter()
        .filter(|migration| {
            matches!(
                migration.down.kind,
                crate::model::DownKind::None | crate::model::DownKind::Irreversible
            )
        })
        .count();
    let verb = if without == 1 { "has" } else { "have" };
    (without > 0 && without < migrations.len())
        .then(|| format!("not all: {without} of {} {verb} none", migrations.len()))
}

/// The choice of a question that says just these values.
pub fn find_chosen_answer(model: &Model, values: &BTreeMap<&str, &FactValue>) -> Option<String> {
    model.wording().chosen(values)
}

/// What an event was about, when it can be taken back.
pub fn describe_undoable_event(model: &Model, what: &EventKind) -> Option<String> {
    Some(match what {
        EventKind::Answered { facts, .. } => {
            crate::model::shorten_text(&write_given_answer(model, facts), 60).into_owned()
        }
        EventKind::Asked { who, .. } => format!("asked {}", who.shown()),
        EventKind::EntryAnswered { answer, .. } => {
            format!("if reverted: {}", write_reverting_effect(*answer))
        }
        EventKind::GateReached { gate } => format!("gate {} reached", gate.id()),
        EventKind::Polled { role_polled, .. } => {
            format!("poll of {}", role_polled.shown())
        }
        EventKind::GateCalled { gate, call, .. } => {
            format!("{} called for {}", call.id(), gate.id())
        }
        EventKind::PairConfirmed { current, .. } => {
            format!("{} is live", crate::model::escape_invisible(current))
        }
        EventKind::Decided { option, .. } => {
            format!("the decision: {}", model.option_title(*option))
        }
        EventKind::Noted { text } => format!(
            "the note: {}",
            crate::model::shorten_text(&text.shown(), 30)
        ),
        EventKind::StepBegun { of }
        | EventKind::StepDone { of, .. }
        | EventKind::StepSkipped { of, .. }
        | EventKind::StepFailed { of, .. }
        | EventKind::StepNoted { of, .. } => {
            let word = match what {
                EventKind::StepBegun { .. } => "begun",
                EventKind::StepDone { .. } => "done",
                EventKind::StepSkipped { .. } => "left out",
                EventKind::StepFailed { .. } => "failed",
                _ => "a note on",
            };
            let short = |text: &str, most: usize| {
                crate::model::shorten_text(&crate::model::escape_invisible(text), most).into_owned()
            };
            match what {
                EventKind::StepNoted { text, .. } => {
                    format!(
                        "{word} {}: {}",
                        short(&of.says.shown(), 24),
                        short(&text.shown(), 30)
                    )
                }
                _ => format!("{word}: {}", short(&of.says.shown(), 40)),
            }
        }
        EventKind::Observed { met, .. } => format!(
            "what was seen: {}",
            if *met { "it worked" } else { "it did not work" }
        ),
        _ => return None,
    })
}

/// Why a new decision is made after an event: a clause.
pub fn describe_decision_cause(model: &Model, what: &EventKind) -> String {
    match what {
        EventKind::Withdrawn { seq } => {
            let about = model
                .events
                .iter()
                .find(|event| event.seq == *seq)
                .and_then(|event| describe_undoable_event(model, &event.what));
            format!(
                "taken back: {}",
                about.unwrap_or_else(|| format!("event {seq}"))
            )
        }
        EventKind::Assessed { .. } => "the repository was read".to_owned(),
        other => {
            describe_undoable_event(model, other).unwrap_or_else(|| "the record went on".to_owned())
        }
    }
}

/// Who would know and how long it takes.
pub fn list_who_would_know(next: &NextQuestion) -> Vec<String> {
    let mut parts = Vec::new();
    if let Some(who) = &next.who {
        parts.push(format!("{} would know", who.shown()));
    }
    if let Some(takes) = next.minutes {
        parts.push(if takes < 1.0 {
            "seconds".to_owned()
        } else {
            write_minutes(takes)
        });
    }
    parts
}
