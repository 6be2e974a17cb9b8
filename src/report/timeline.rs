//! What happened when, an event a line.

use super::person_names::PersonNames;
use super::words;
use crate::model::Untrusted;
use crate::model::{Fact, shorten_text};
use crate::session::{COMMAND_LINE, Ending, Event, EventKind};
use crate::usecase::{Wording, write_reverting_effect};
use jiff::Timestamp;

/// One line of the timeline.
pub(super) struct TimelineLine {
    pub(super) seq: u64,
    pub(super) at: Timestamp,
    pub(super) who: String,
    pub(super) what: String,
    /// It was taken back later.
    pub(super) withdrawn: bool,
    /// A decision, a gate call, or a changed verdict: what the eye should find first.
    pub(super) weighty: bool,
}

/// What an event was, in one line.
pub(super) fn make_timeline_line(
    event: &Event,
    names: &PersonNames,
    wording: &Wording<'_>,
    withdrawn: bool,
) -> TimelineLine {
    let weighty = matches!(
        event.what,
        EventKind::GateCalled { .. }
            | EventKind::Verdict { .. }
            | EventKind::Decided { .. }
            | EventKind::LiveChecked(_)
            | EventKind::Rehearsed { .. }
    );
    TimelineLine {
        seq: event.seq,
        at: event.at,
        who: names.who(event),
        what: write_event_what(event, names, wording),
        withdrawn,
        weighty,
    }
}

fn write_event_what(event: &Event, names: &PersonNames, wording: &Wording<'_>) -> String {
    let previous = wording.previous();
    match &event.what {
        EventKind::Started(start) => format!(
            "Began: {} is live, {} is the release to go back to",
            start.current, start.previous
        ),
        EventKind::PairConfirmed { previous, current } => {
            format!("Confirmed: {current} is live, {previous} is the release to go back to")
        }
        EventKind::Assessed { summary, .. } => {
            format!(
                "Read the repository: {}",
                names.clean(&summary.shown_lines())
            )
        }
        EventKind::Answered { facts, note, .. } => write_answer_line(
            event,
            facts,
            note.as_ref().map(Untrusted::shown_lines).as_deref(),
            names,
            wording,
        ),
        EventKind::Asked { question, who } => {
            format!(
                "Asked {}: {}",
                names.person(&who.shown(), "someone else"),
                wording
                    .question(question)
                    .unwrap_or_else(|| question.clone())
            )
        }
        EventKind::Withdrawn { seq } => format!("Took back event {seq}"),
        EventKind::EntryAnswered { commit, answer } => format!(
            "If commit {} were reverted: {}",
            words::abbreviate_commit_id(commit),
            write_reverting_effect(*answer)
        ),
        EventKind::GateReached { gate } => format!("The deployment is at gate {}", gate.id()),
        EventKind::Polled { .. } => write_poll_line(&event.what, names),
        EventKind::GateCalled {
            gate,
            call,
            reason,
            minutes,
        } => {
            let minutes = minutes.map_or_else(String::new, |minutes| format!(" for {minutes} min"));
            let (gate, call) = (gate.id(), call.title());
            let reason = reason.shown_lines();
            format!("Gate {gate}: {call}{minutes}. {}", names.clean(&reason))
        }
        EventKind::Noted { text } => write_note_line(&text.shown_lines(), names),
        EventKind::Verdict {
            option,
            strength,
            why,
            ..
        } => {
            format!(
                "Verdict: {}, {}: {}",
                words::option_title(*option, previous),
                strength.id(),
                names.clean(&why.shown_lines())
            )
        }
        EventKind::Decided { option, reason, .. } => {
            let (option, reason) = (words::option_title(*option, previous), reason.shown_lines());
            format!("Decided: {option}. Reason: {}", names.clean(&reason))
        }
        EventKind::LiveChecked(look) => {
            format!("Looked at what is live: {}", names.clean(&look.headline()))
        }
        EventKind::Observed { met, text } => {
            let text = text.shown_lines();
            let not = if *met { "" } else { "not " };
            format!("Seen, {not}as expected: {}", names.clean(&text))
        }
        EventKind::StepBegun { .. }
        | EventKind::StepDone { .. }
        | EventKind::StepSkipped { .. }
        | EventKind::StepFailed { .. }
        | EventKind::StepNoted { .. } => shorten_text(
            &names.clean(&crate::usecase::write_step_mark(&event.what).unwrap_or_default()),
            300,
        )
        .into_owned(),
        EventKind::Later(later) => EventKind::says_later(later),
        EventKind::Rehearsed { .. } => write_rehearsal_line(&event.what, names),
        EventKind::Resumed { tool } => format!("Opened again with {tool}"),
        EventKind::Closed { outcome, text } => write_closing_line(
            *outcome,
            text.as_ref().map(Untrusted::shown_lines).as_deref(),
            names,
        ),
    }
}

fn write_note_line(text: &str, names: &PersonNames) -> String {
    let text = names.clean(text);
    let words: Vec<&str> = text.split_whitespace().collect();
    format!("Note: {}", shorten_text(&words.join(" "), 160))
}

/// What was answered; a person may have said otherwise than what was read.
fn write_answer_line(
    event: &Event,
    facts: &[Fact],
    note: Option<&str>,
    names: &PersonNames,
    wording: &Wording<'_>,
) -> String {
    let note = note.map_or_else(String::new, |note| format!(" ({})", names.clean(note)));
    let instead = if facts.iter().any(|fact| fact.supersedes)
        && event.role.as_ref().is_none_or(|role| *role != COMMAND_LINE)
    {
        ", instead of what was read"
    } else {
        ""
    };
    format!("Answered {}{instead}{note}", wording.said(facts, &|_| None))
}

fn write_poll_line(what: &EventKind, names: &PersonNames) -> String {
    let EventKind::Polled {
        gate,
        role_polled,
        call,
        objection,
    } = what
    else {
        return String::new();
    };
    let call = call.map_or_else(
        || "no answer".to_owned(),
        |call| call.title().to_lowercase(),
    );
    let objection = objection.as_ref().map_or_else(String::new, |text| {
        format!("; objects: {}", names.clean(&text.shown_lines()))
    });
    format!(
        "Poll at gate {}: {} says {call}{objection}",
        gate.id(),
        names.clean(&role_polled.shown())
    )
}

fn write_rehearsal_line(what: &EventKind, names: &PersonNames) -> String {
    let EventKind::Rehearsed {
        outcome,
        surprises,
        steps,
        drill,
        ..
    } = what
    else {
        return String::new();
    };
    let what = drill.as_ref().map_or_else(
        || "Rehearsal".to_owned(),
        |drill| format!("Drill of {drill}"),
    );
    let seconds: u64 = steps.iter().filter_map(|step| step.seconds).sum();
    let took = if seconds > 0 {
        format!(
            ", {} steps in {}",
            steps.len(),
            words::write_seconds(seconds)
        )
    } else {
        String::new()
    };
    let surprises = if surprises.is_empty() {
        "no surprise".to_owned()
    } else {
        format!(
            "surprises: {}",
            names.clean(&Untrusted::join(surprises, "; "))
        )
    };
    format!("{what} {}{took}; {surprises}", outcome.id())
}

fn write_closing_line(outcome: Option<Ending>, text: Option<&str>, names: &PersonNames) -> String {
    let how = outcome
        .map(|outcome| format!(": {}", outcome.says()))
        .unwrap_or_default();
    let text = text
        .map(|text| format!(" ({})", names.clean(text)))
        .unwrap_or_default();
    format!("The session was closed{how}{text}")
}

/// What an event was, in one line with whoever acted; names included.
pub fn event_line(event: &Event, wording: &Wording<'_>) -> String {
    let line = make_timeline_line(
        event,
        &PersonNames::new(std::slice::from_ref(event), true),
        wording,
        false,
    );
    if event.role.is_none() && event.by.is_none() {
        line.what
    } else {
        format!("{} ({})", line.what, line.who)
    }
}
