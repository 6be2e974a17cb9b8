//! An event of the record as a sentence.

use crate::model::Untrusted;
use crate::model::{Fact, Gate, OptionId, Reverting};
use crate::session::{COMMAND_LINE, Ending, Event, EventKind};
use crate::tui::draw::words;
use crate::tui::model::Model;

/// An event as one sentence.
pub fn write_event_sentence(model: &Model, event: &Event) -> String {
    match &event.what {
        EventKind::Started(start) => format!(
            "Began: {} to {}, {}",
            show_text(&start.previous),
            show_text(&start.current),
            start
                .environment
                .as_deref()
                .map_or("no environment named".to_owned(), show_text)
        ),
        EventKind::PairConfirmed { previous, current } => {
            let (previous, current) = (show_text(previous), show_text(current));
            format!("Confirmed: {current} is live, {previous} is what one would go back to")
        }
        EventKind::Assessed { summary, facts, .. } if summary.is_empty() => {
            format!("Read the repository: {} facts", facts.len())
        }
        EventKind::Assessed { summary, .. } => {
            format!("Read the repository: {}", summary.shown())
        }
        EventKind::Answered { facts, .. } => write_answer(model, event, facts),
        EventKind::Asked { question, who } => {
            write_question_handed_on(model, question, &who.shown())
        }
        EventKind::Withdrawn { seq } => format!("Took back event {seq}"),
        EventKind::EntryAnswered { commit, answer } => write_entry_answer(model, commit, *answer),
        EventKind::GateReached { gate } => format!("The deployment is at gate {}", gate.id()),
        EventKind::Polled {
            gate,
            role_polled,
            call,
            objection,
        } => write_poll(
            *gate,
            &role_polled.shown(),
            *call,
            objection.as_ref().map(Untrusted::shown).as_deref(),
        ),
        EventKind::GateCalled {
            gate,
            call,
            reason,
            minutes,
        } => {
            let minutes = minutes.map(|n| format!(" for {n} min")).unwrap_or_default();
            let (gate, call) = (gate.id(), call.title());
            format!("Gate {gate} called {call}{minutes}: {reason}")
        }
        EventKind::Noted { text } => format!("Note: {}", text.shown()),
        EventKind::Verdict {
            option,
            strength,
            why,
            ..
        } => {
            let (option, strength) = (option.title(), strength.id());
            format!("Verdict {option}, {strength}: {why}")
        }
        EventKind::Decided {
            option,
            recommended,
            reason,
            ..
        } => write_decision(model, *option, *recommended, &reason.shown()),
        EventKind::LiveChecked(look) => format!("What is live: {}", show_text(&look.headline())),
        EventKind::Observed { met, text } => {
            let not = if *met { "" } else { "not " };
            format!("Seen, {not}as expected: {}", text.shown())
        }
        EventKind::StepBegun { .. }
        | EventKind::StepDone { .. }
        | EventKind::StepSkipped { .. }
        | EventKind::StepFailed { .. }
        | EventKind::StepNoted { .. } => {
            show_text(&crate::usecase::write_step_mark(&event.what).unwrap_or_default())
        }
        EventKind::Later(later) => EventKind::says_later(later),
        EventKind::Rehearsed {
            outcome,
            surprises,
            steps,
            ..
        } => {
            let how = outcome.id();
            let surprises = write_surprises(surprises);
            format!("Rehearsed, {how}, {} steps: {surprises}", steps.len())
        }
        EventKind::Resumed { tool } => format!("Went on with {}", show_text(tool)),
        EventKind::Closed { outcome, text } => {
            write_end(*outcome, text.as_ref().map(Untrusted::shown).as_deref())
        }
    }
}

fn show_text(text: &str) -> String {
    crate::model::escape_invisible(text).into_owned()
}

/// What was answered. An answer of the command line outranks what is read, and was given before
/// anything was.
fn write_answer(model: &Model, event: &Event, facts: &[Fact]) -> String {
    let said = words::write_given_answer(model, facts);
    let role = event.role.as_ref().map(Untrusted::as_raw);
    let typed = role != Some(COMMAND_LINE);
    let instead = if typed && facts.iter().any(|fact| fact.supersedes) {
        ", instead of what was read"
    } else {
        ""
    };
    format!("Answered {said}{instead}")
}

/// Who was asked what: as the decision puts the question, else as the checklist has it.
fn write_question_handed_on(model: &Model, question: &str, who: &str) -> String {
    let open = model.decision().and_then(|decision| {
        let mut questions = decision.questions.iter();
        questions.find(|next| next.question == question)
    });
    let asks = match (open, model.question(question)) {
        (Some(next), _) => next.asks.shown().into_owned(),
        (None, Some(question)) => model.filled(&question.asks),
        (None, None) => show_text(question),
    };
    format!("Asked {}: {asks}", show_text(who))
}

fn write_entry_answer(model: &Model, commit: &str, answer: Reverting) -> String {
    let entry = model.assessment.as_ref().and_then(|assessment| {
        let mut entries = assessment.changelog.entries.iter();
        entries.find(|entry| entry.commit == commit)
    });
    let title = entry.map_or_else(
        || show_text(&crate::model::shorten_text(commit, 11)),
        |entry| entry.title.to_string(),
    );
    format!(
        "If “{title}” were reverted: {}",
        words::write_reverting_effect(answer)
    )
}

fn write_poll(gate: Gate, role: &str, call: Option<OptionId>, objection: Option<&str>) -> String {
    let said = call.map_or("no answer", OptionId::id);
    let objection = objection
        .map(|text| format!(", objects: {}", show_text(text)))
        .unwrap_or_default();
    format!(
        "{} polled at {}: {said}{objection}",
        show_text(role),
        gate.id()
    )
}

fn write_decision(model: &Model, option: OptionId, recommended: OptionId, reason: &str) -> String {
    let beside = if option == recommended {
        String::new()
    } else {
        format!(" (the tool said {})", recommended.title())
    };
    let reason = if reason.is_empty() {
        String::new()
    } else {
        format!(": {}", show_text(reason))
    };
    format!("Decided {}{beside}{reason}", model.option_title(option))
}

fn write_surprises(surprises: &[Untrusted]) -> String {
    if surprises.is_empty() {
        return "no surprise".to_owned();
    }
    Untrusted::join(surprises, "; ")
}

fn write_end(outcome: Option<Ending>, text: Option<&str>) -> String {
    let how = outcome
        .map(|outcome| format!(": {}", outcome.says()))
        .unwrap_or_default();
    let text = text
        .map(|text| format!(", {}", show_text(text)))
        .unwrap_or_default();
    format!("The session was closed{how}{text}")
}
