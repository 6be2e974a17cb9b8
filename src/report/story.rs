//! A session told afterwards: what was done when, what was known, unknown and assumed at the
//! decision. Roles come first; names only when they are asked for. Both forms of the session report
//! are written from this.

use jiff::Timestamp;

use super::person_names::PersonNames;
use super::timeline::{TimelineLine, make_timeline_line};
use super::words;
use crate::model::{Decision, Fact, FactValue, Mode, OptionId, Provenance};
use crate::session::{Ending, Event, EventKind, SessionState, Start, find_withdrawn_events};
use crate::usecase::Wording;

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
        ("reason", names.clean(&reason.shown_lines())),
        (
            "recommended",
            format!("{} ({})", recommended.title(), strength.id()),
        ),
    ];
    let who = names.who(event);
    text.push(("decided by", who));
    text.extend(typed.as_ref().map(|typed| ("typed", typed.to_string())));
    text.extend(second.as_ref().map(|second| {
        (
            "agreed",
            names.person(&second.shown(), "a second person agreed"),
        )
    }));
    text.extend(expect.as_ref().map(|expect| {
        let within =
            within_minutes.map_or_else(String::new, |minutes| format!(" within {minutes} min"));
        (
            "expected",
            format!("{}{within}", names.clean(&expect.shown_lines())),
        )
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
            let who = fact.role.as_ref().map_or_else(String::new, |role| {
                format!(" by {}", names.clean(&role.shown()))
            });
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

/// What was not known at a state, and what was taken for granted there: each with why, and with its
/// value.
fn list_open_facts(
    then: &SessionState,
    at_decision: Option<&Event>,
    decision: Option<&Decision>,
    wording: &Wording<'_>,
) -> (TextPairs, TextPairs) {
    let mut unknown: TextPairs = Vec::new();
    let mut assumed: TextPairs = Vec::new();
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
                open(
                    next.asks.shown().into_owned(),
                    "an answer can change the verdict",
                );
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
    (unknown, assumed)
}

/// A text and what is said of it.
type TextPairs = Vec<(String, String)>;

fn list_verdicts(
    events: &[Event],
    previous: &str,
    names: &PersonNames,
) -> Vec<(Timestamp, String, String)> {
    events
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
                    words::option_title(*option, previous),
                    strength.id()
                ),
                names.clean(&why.shown_lines()),
            )),
            _ => None,
        })
        .collect()
}

fn list_gate_calls(state: &SessionState, names: &PersonNames) -> Vec<(String, String, String)> {
    state
        .calls
        .iter()
        .map(|(gate, (call, reason))| {
            (
                words::write_gate_name(*gate).to_owned(),
                call.title().to_owned(),
                names.clean(&reason.shown_lines()),
            )
        })
        .collect()
}

fn list_poll_answers(
    state: &SessionState,
    names: &PersonNames,
) -> Vec<(String, String, String, String)> {
    state
        .polls
        .iter()
        .map(|((gate, role), (call, objection))| {
            let call = call.map_or_else(|| "no answer".to_owned(), |call| call.title().to_owned());
            (
                words::write_gate_name(*gate).to_owned(),
                names.clean(role),
                call,
                objection
                    .as_ref()
                    .map_or_else(String::new, |text| names.clean(&text.shown_lines())),
            )
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
        let (unknown, assumed) = list_open_facts(&then, at_decision, decision, wording);
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
            verdicts: list_verdicts(events, &pair.0, names),
            calls: list_gate_calls(&state, names),
            polls: list_poll_answers(&state, names),
            notes: counted()
                .filter_map(|event| match &event.what {
                    EventKind::Noted { text } => Some((event.at, names.clean(&text.shown_lines()))),
                    _ => None,
                })
                .collect(),
            observed: state
                .observed
                .as_ref()
                .map(|(met, text)| (*met, names.clean(&text.shown_lines()))),
            asked: state
                .asked
                .iter()
                .map(|(id, who)| {
                    (
                        id.clone(),
                        wording.question(id).unwrap_or_else(|| id.clone()),
                        names.person(&who.shown(), "someone else"),
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
