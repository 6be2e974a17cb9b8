//! A session told afterwards: what was done when, what was known, unknown and assumed at the
//! decision. Roles come first; names only when they are asked for. Both forms of the session report
//! are written from this.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::words;
use crate::model::{
    Assessment, Decision, Fact, FactValue, Mode, OptionId, Provenance, shorten_text,
};
use crate::session::{
    COMMAND_LINE, Ending, Event, EventKind, SessionState, Start, find_withdrawn_events,
};
use crate::usecase::{Wording, write_reverting_effect};

/// Most authors of commits whose names are looked for in texts.
const AUTHORS: usize = 200;

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

/// A fact as it was known at the decision, in the words of its question.
pub(super) struct KnownFact {
    pub(super) asks: String,
    pub(super) value: String,
    pub(super) how: String,
    pub(super) source: String,
}

/// A decision a person made.
pub(super) struct RecordedDecision {
    pub(super) at: Timestamp,
    pub(super) option: OptionId,
    pub(super) recommended: OptionId,
    pub(super) text: Vec<(&'static str, String)>,
}

impl RecordedDecision {
    pub(super) fn overrides(&self) -> bool {
        self.option != self.recommended
    }
}

/// The whole session.
pub(super) struct SessionStory {
    pub(super) start: Option<Start>,
    pub(super) pair: (String, String),
    pub(super) began: Option<Timestamp>,
    pub(super) ended: Option<Timestamp>,
    pub(super) closed: bool,
    pub(super) ending: Option<Ending>,
    pub(super) timeline: Vec<TimelineLine>,
    pub(super) decisions: Vec<RecordedDecision>,
    pub(super) known: Vec<KnownFact>,
    pub(super) unknown: Vec<(String, String)>,
    pub(super) assumed: Vec<(String, String)>,
    pub(super) verdicts: Vec<(Timestamp, String, String)>,
    pub(super) calls: Vec<(String, String, String)>,
    pub(super) polls: Vec<(String, String, String, String)>,
    pub(super) notes: Vec<(Timestamp, String)>,
    pub(super) observed: Option<(bool, String)>,
    /// Id of the question, the question, and who was asked.
    pub(super) asked: Vec<(String, String, String)>,
}

impl SessionStory {
    /// Whether it came as it was expected, in words, with what was seen.
    pub(super) fn seen(&self) -> Option<(&'static str, &str)> {
        let (met, text) = self.observed.as_ref()?;
        let word = if *met {
            "as expected"
        } else {
            "not as expected"
        };
        Some((word, text))
    }
}

/// Takes names out of text, or leaves them in.
pub(super) struct PersonNames {
    /// Names seen in the events and the role that stands in for each; empty when names are wanted.
    hidden: Vec<(String, String)>,
    wanted: bool,
}

impl PersonNames {
    pub(super) fn new(events: &[Event], wanted: bool) -> Self {
        let mut hidden: Vec<(String, String)> = Vec::new();
        if !wanted {
            let spoken = events
                .iter()
                .filter_map(|event| Some((event.by.as_deref()?, event.role.as_deref())));
            let in_facts = events.iter().flat_map(|event| match &event.what {
                EventKind::Answered { facts, .. } | EventKind::Assessed { facts, .. } => {
                    facts.as_slice()
                }
                _ => &[],
            });
            let in_facts =
                in_facts.filter_map(|fact| Some((fact.by.as_deref()?, fact.role.as_deref())));
            let seconds = events.iter().filter_map(|event| match &event.what {
                EventKind::Decided { second, .. } => {
                    Some((second.as_deref()?, Some("second person")))
                }
                _ => None,
            });
            for (name, role) in spoken.chain(in_facts).chain(seconds) {
                if name.trim().len() > 1 && !hidden.iter().any(|(known, _)| known == name) {
                    hidden.push((name.to_owned(), role.unwrap_or("someone").to_owned()));
                }
            }
            // Longer names first, so that a first name does not tear a full one.
            hidden.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
        }
        Self { hidden, wanted }
    }

    /// The same, with whoever wrote the commits that were read. Only names of several words: a word
    /// alone may be any word of a text.
    pub(super) fn and_authors(mut self, assessment: Option<&Assessment>) -> Self {
        if self.wanted {
            return self;
        }
        let entries = assessment.map_or(&[][..], |assessment| &assessment.changelog.entries);
        let known: BTreeSet<String> = self.hidden.iter().map(|(name, _)| name.clone()).collect();
        let authors: BTreeSet<&str> = entries
            .iter()
            .flat_map(|entry| entry.co_authors.iter().chain([&entry.author]))
            .map(|name| name.trim())
            .filter(|name| name.contains(' ') && !known.contains(*name))
            .take(AUTHORS)
            .collect();
        let authors = authors.into_iter();
        self.hidden
            .extend(authors.map(|name| (name.to_owned(), "an author".to_owned())));
        self.hidden
            .sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
        self
    }

    /// Whether names are wanted.
    pub(super) fn wanted(&self) -> bool {
        self.wanted
    }

    /// Free text with names that are known to be names replaced by roles.
    pub(super) fn clean(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (name, role) in &self.hidden {
            if !text.contains(name.as_str()) {
                continue;
            }
            let mut out = String::with_capacity(text.len());
            let mut rest = text.as_str();
            while let Some(at) = rest.find(name.as_str()) {
                let (before, from) = rest.split_at(at);
                let after = from.get(name.len()..).unwrap_or_default();
                let whole = !before.ends_with(char::is_alphanumeric)
                    && !after.starts_with(char::is_alphanumeric);
                out.push_str(before);
                out.push_str(if whole { role } else { name });
                rest = after;
            }
            out.push_str(rest);
            text = out;
        }
        text
    }

    /// Whoever acted.
    fn who(&self, event: &Event) -> String {
        match (&event.role, &event.by) {
            (Some(role), Some(name)) if self.wanted => format!("{role} ({name})"),
            (None, Some(name)) if self.wanted => name.clone(),
            (Some(role), _) => self.clean(role),
            (None, Some(_)) => "someone".to_owned(),
            (None, None) => match &event.what {
                EventKind::Started(_)
                | EventKind::Assessed { .. }
                | EventKind::Verdict { .. }
                | EventKind::Resumed { .. } => "backout".to_owned(),
                _ => "not said".to_owned(),
            },
        }
    }

    /// Who was asked or stood by: a role is written in small letters (or is an abbreviation), a
    /// name is not.
    fn person(&self, text: &str, else_say: &str) -> String {
        let role = |word: &str| {
            let letters = || word.chars().filter(|c| c.is_alphabetic());
            letters().next().is_none_or(char::is_lowercase)
                || (letters().all(char::is_uppercase) && word.chars().count() <= 4)
        };
        if self.wanted || (!text.contains('@') && text.split_whitespace().all(role)) {
            self.clean(text)
        } else {
            else_say.to_owned()
        }
    }
}

/// What an event was, in one line.
fn make_timeline_line(
    event: &Event,
    names: &PersonNames,
    wording: &Wording<'_>,
    withdrawn: bool,
) -> TimelineLine {
    let previous = wording.previous();
    let mut weighty = false;
    let what = match &event.what {
        EventKind::Started(start) => format!(
            "Began: {} is live, {} is the release to go back to",
            start.current, start.previous
        ),
        EventKind::PairConfirmed { previous, current } => {
            format!("Confirmed: {current} is live, {previous} is the release to go back to")
        }
        EventKind::Assessed { summary, .. } => {
            format!("Read the repository: {}", names.clean(summary))
        }
        EventKind::Answered { facts, note, .. } => {
            let note = note
                .as_ref()
                .map_or_else(String::new, |note| format!(" ({})", names.clean(note)));
            let instead = if facts.iter().any(|fact| fact.supersedes)
                && event.role.as_deref() != Some(COMMAND_LINE)
            {
                ", instead of what was read"
            } else {
                ""
            };
            format!("Answered {}{instead}{note}", wording.said(facts, &|_| None))
        }
        EventKind::Asked { question, who } => {
            format!(
                "Asked {}: {}",
                names.person(who, "someone else"),
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
        EventKind::Polled {
            gate,
            role_polled,
            call,
            objection,
        } => {
            let call = call.map_or_else(
                || "no answer".to_owned(),
                |call| call.title().to_lowercase(),
            );
            let objection = objection.as_ref().map_or_else(String::new, |text| {
                format!("; objects: {}", names.clean(text))
            });
            format!(
                "Poll at gate {}: {} says {call}{objection}",
                gate.id(),
                names.clean(role_polled)
            )
        }
        EventKind::GateCalled {
            gate,
            call,
            reason,
            minutes,
        } => {
            weighty = true;
            let minutes = minutes.map_or_else(String::new, |minutes| format!(" for {minutes} min"));
            format!(
                "Gate {}: {}{minutes}. {}",
                gate.id(),
                call.title(),
                names.clean(reason)
            )
        }
        EventKind::Noted { text } => format!(
            "Note: {}",
            shorten_text(
                &names
                    .clean(text)
                    .split_whitespace()
                    .collect::<Vec<_>>()
                    .join(" "),
                160
            )
        ),
        EventKind::Verdict {
            option,
            strength,
            why,
            ..
        } => {
            weighty = true;
            format!(
                "Verdict: {}, {}: {}",
                words::option_title(*option, previous),
                strength.id(),
                names.clean(why)
            )
        }
        EventKind::Decided { option, reason, .. } => {
            weighty = true;
            format!(
                "Decided: {}. Reason: {}",
                words::option_title(*option, previous),
                names.clean(reason)
            )
        }
        EventKind::LiveChecked(look) => {
            weighty = true;
            format!("Looked at what is live: {}", names.clean(&look.headline()))
        }
        EventKind::Observed { met, text } => format!(
            "{}: {}",
            if *met {
                "Seen, as expected"
            } else {
                "Seen, not as expected"
            },
            names.clean(text)
        ),
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
        EventKind::Rehearsed {
            outcome,
            surprises,
            steps,
            drill,
            ..
        } => {
            weighty = true;
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
                format!("surprises: {}", names.clean(&surprises.join("; ")))
            };
            format!("{what} {}{took}; {surprises}", outcome.id())
        }
        EventKind::Resumed { tool } => format!("Opened again with {tool}"),
        EventKind::Closed { outcome, text } => {
            let how = outcome
                .map(|outcome| format!(": {}", outcome.says()))
                .unwrap_or_default();
            let text = text
                .as_deref()
                .map(|text| format!(" ({})", names.clean(text)))
                .unwrap_or_default();
            format!("The session was closed{how}{text}")
        }
    };
    TimelineLine {
        seq: event.seq,
        at: event.at,
        who: names.who(event),
        what,
        withdrawn,
        weighty,
    }
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

fn make_story_decision(event: &Event, names: &PersonNames) -> Option<RecordedDecision> {
    let EventKind::Decided {
        option,
        recommended,
        strength,
        reason,
        typed,
        second,
        expect,
        within_minutes,
        open: _,
    } = &event.what
    else {
        return None;
    };
    let mut text = vec![
        ("reason", names.clean(reason)),
        (
            "recommended",
            format!("{} ({})", recommended.title(), strength.id()),
        ),
    ];
    let who = names.who(event);
    text.push(("decided by", who));
    text.extend(typed.as_ref().map(|typed| ("typed", typed.clone())));
    text.extend(
        second
            .as_ref()
            .map(|second| ("agreed", names.person(second, "a second person agreed"))),
    );
    text.extend(expect.as_ref().map(|expect| {
        let within =
            within_minutes.map_or_else(String::new, |minutes| format!(" within {minutes} min"));
        ("expected", format!("{}{within}", names.clean(expect)))
    }));
    Some(RecordedDecision {
        at: event.at,
        option: *option,
        recommended: *recommended,
        text,
    })
}

/// What was known at a state: the last word of people on each key, and what was sensed. Where both
/// speak, both are shown.
fn list_facts_known_at_state(
    state: &SessionState,
    names: &PersonNames,
    wording: &Wording<'_>,
) -> Vec<KnownFact> {
    let mut facts: Vec<&Fact> = state.sensed.iter().collect();
    for (at, fact) in state.stated.iter().enumerate() {
        if !state
            .stated
            .iter()
            .skip(at + 1)
            .any(|later| later.key == fact.key)
        {
            facts.push(fact);
        }
    }
    facts.sort_by(|a, b| a.key.cmp(&b.key));
    facts
        .into_iter()
        .filter(|fact| fact.value != FactValue::Unknown && fact.provenance != Provenance::Assumed)
        .map(|fact| {
            let who = fact
                .role
                .as_ref()
                .map_or_else(String::new, |role| format!(" by {}", names.clean(role)));
            let when = fact
                .at
                .filter(|_| fact.provenance == Provenance::Stated)
                .map_or_else(String::new, |at| format!(", {}", at.strftime("%H:%M UTC")));
            let value = wording.value(fact);
            let how = format!("{}{who}{when}", words::write_fact_provenance(fact));
            KnownFact {
                asks: wording.asks(&fact.key),
                value,
                how,
                source: names.clean(&words::write_fact_source(fact)),
            }
        })
        .collect()
}

impl SessionStory {
    pub(super) fn new(events: &[Event], decision: Option<&Decision>, names: &PersonNames) -> Self {
        let wording = &Wording::of_session(events);
        let state = SessionState::fold(events);
        let gone = find_withdrawn_events(events.iter());
        let start = state.start.clone();
        let pair = state
            .pair
            .clone()
            .or_else(|| {
                start
                    .as_ref()
                    .map(|start| (start.previous.clone(), start.current.clone()))
            })
            .unwrap_or_default();
        let counted = || events.iter().filter(|event| !gone.contains(&event.seq));

        // What was known is told for the moment of the last decision; without one, for now.
        let at_decision = counted().rfind(|event| matches!(event.what, EventKind::Decided { .. }));
        let then = at_decision.map_or_else(
            || state.clone(),
            |event| SessionState::fold(events.iter().filter(|earlier| earlier.seq <= event.seq)),
        );
        let mut unknown: Vec<(String, String)> = Vec::new();
        let mut assumed: Vec<(String, String)> = Vec::new();
        // several facts may be one question: it is said once
        let mut open = |asks: String, why: &str| {
            unknown.retain(|(known, _)| *known != asks);
            unknown.push((asks, why.to_owned()));
        };
        for fact in then
            .stated
            .iter()
            .filter(|fact| fact.value == FactValue::Unknown)
        {
            let answered = then
                .stated
                .iter()
                .rev()
                .find(|later| later.key == fact.key)
                .is_some_and(|last| last.value != FactValue::Unknown);
            if !answered {
                open(wording.asks(&fact.key), "asked, and nobody knew");
            }
        }
        let mut assume = |key: &str, value: &FactValue| {
            let said = (
                wording.asks(key),
                wording.value(&Fact::stated(key, value.clone())),
            );
            if !assumed.contains(&said) {
                assumed.push(said);
            }
        };
        match at_decision.map(|event| &event.what) {
            Some(EventKind::Decided { open: facts, .. }) => {
                for (key, value) in facts {
                    if value.is_known() {
                        assume(key, value);
                    }
                    open(
                        wording.asks(key),
                        "an answer could have changed the verdict",
                    );
                }
            }
            _ => {
                for next in decision.map_or(&[][..], |decision| &decision.questions) {
                    open(next.asks.clone(), "an answer can change the verdict");
                }
                decision
                    .iter()
                    .flat_map(|decision| &decision.assumed)
                    .for_each(|(key, value)| assume(key, value));
            }
        }
        let stated_assumptions = then
            .sensed
            .iter()
            .chain(&then.stated)
            .filter(|fact| fact.provenance == Provenance::Assumed);
        stated_assumptions.for_each(|fact| assume(&fact.key, &fact.value));
        let ending = counted().rev().find_map(|event| {
            if let EventKind::Closed { outcome, .. } = &event.what {
                Some(*outcome)
            } else {
                None
            }
        });

        Self {
            began: events.first().map(|event| event.at),
            ended: events.last().map(|event| event.at),
            closed: state.closed,
            ending: ending.flatten(),
            timeline: events
                .iter()
                .map(|event| make_timeline_line(event, names, wording, gone.contains(&event.seq)))
                .collect(),
            decisions: counted()
                .filter_map(|event| make_story_decision(event, names))
                .collect(),
            known: list_facts_known_at_state(&then, names, wording),
            unknown,
            assumed,
            verdicts: events
                .iter()
                .filter_map(|event| match &event.what {
                    EventKind::Verdict {
                        option,
                        strength,
                        why,
                        ..
                    } => Some((
                        event.at,
                        format!(
                            "{}, {}",
                            words::option_title(*option, &pair.0),
                            strength.id()
                        ),
                        names.clean(why),
                    )),
                    _ => None,
                })
                .collect(),
            calls: state
                .calls
                .iter()
                .map(|(gate, (call, reason))| {
                    (
                        words::write_gate_name(*gate).to_owned(),
                        call.title().to_owned(),
                        names.clean(reason),
                    )
                })
                .collect(),
            polls: state
                .polls
                .iter()
                .map(|((gate, role), (call, objection))| {
                    let call =
                        call.map_or_else(|| "no answer".to_owned(), |call| call.title().to_owned());
                    (
                        words::write_gate_name(*gate).to_owned(),
                        names.clean(role),
                        call,
                        objection
                            .as_ref()
                            .map_or_else(String::new, |text| names.clean(text)),
                    )
                })
                .collect(),
            notes: counted()
                .filter_map(|event| match &event.what {
                    EventKind::Noted { text } => Some((event.at, names.clean(text))),
                    _ => None,
                })
                .collect(),
            observed: state
                .observed
                .as_ref()
                .map(|(met, text)| (*met, names.clean(text))),
            asked: state
                .asked
                .iter()
                .map(|(id, who)| {
                    (
                        id.clone(),
                        wording.question(id).unwrap_or_else(|| id.clone()),
                        names.person(who, "someone else"),
                    )
                })
                .collect(),
            start,
            pair,
        }
    }

    /// What the session was and what came of it, in sentences.
    pub(super) fn summary(&self) -> Vec<String> {
        let mut out = Vec::new();
        let (previous, current) = &self.pair;
        if self
            .start
            .as_ref()
            .is_some_and(|start| start.mode == Mode::Rehearsal)
        {
            out.push("This was a rehearsal.".to_owned());
        }
        match self.decisions.last() {
            Some(last) => {
                let after = self.began.map_or_else(String::new, |began| {
                    format!(" after {}", words::write_elapsed_span(began, last.at))
                });
                out.push(format!(
                    "It was decided{after} {}.",
                    words::to_do(last.option, previous)
                ));
                out.push(if last.overrides() {
                    format!(
                        "The tool recommended {}.",
                        words::to_do(last.recommended, previous)
                    )
                } else {
                    "That was what the tool recommended.".to_owned()
                });
            }
            None => out.push("Nothing was decided.".to_owned()),
        }
        if let Some((met, text)) = &self.observed {
            out.push(format!(
                "{}: {}.",
                if *met {
                    "Afterwards it was seen to work"
                } else {
                    "Afterwards it was seen not to work"
                },
                text.trim_end_matches('.')
            ));
        }
        out.push(format!(
            "{current} was live, and {previous} was the release to go back to."
        ));
        out
    }
}
