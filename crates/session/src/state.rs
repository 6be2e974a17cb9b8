//! What a session's events fold to.

use std::collections::{BTreeMap, BTreeSet};

use super::{Event, EventKind, PlanRuns, Start};
use model::{Arrival, Fact, Gate, OptionId, Reverting, Untrusted};

/// What a session's events fold to.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SessionState {
    /// How it began; `None` before the first event.
    pub start: Option<Start>,
    /// Previous and current as a person last confirmed them.
    pub pair: Option<(String, String)>,
    /// Facts stated by people, in order, withdrawn ones left out. Time, role and name of the event
    /// fill what a fact leaves open.
    pub stated: Vec<Fact>,
    /// The `seq` of the event that stated each of `stated`.
    pub stated_by: Vec<u64>,
    /// Sensed facts of the last `Assessed` event.
    pub sensed: Vec<Fact>,
    /// Whether a person confirmed that *current* is what is live.
    pub confirmed: bool,
    /// Words for changelog entries, by commit.
    pub entries: BTreeMap<String, Reverting>,
    /// Questions handed to somebody else: id and who. An answer takes the question off the list.
    pub asked: Vec<(String, Untrusted)>,
    /// The gate the deployment is at.
    pub gate: Option<Gate>,
    /// Calls by gate: `go`, `no-go` or `hold`, with the reason.
    pub calls: BTreeMap<Gate, (OptionId, Untrusted)>,
    /// Poll by gate and role: what it said (`None` is silence) and its objection.
    pub polls: BTreeMap<(Gate, String), (Option<OptionId>, Option<Untrusted>)>,
    /// Notes, in order, with the `seq` of their event.
    pub notes: Vec<(u64, Untrusted)>,
    /// The last decision and the `seq` of its event.
    pub decided: Option<(u64, EventKind)>,
    /// What was seen after the last decision: whether the expectation was met, and the words.
    pub observed: Option<(bool, Untrusted)>,
    /// What is live, as it was looked at last after the last decision, and when.
    pub live_check: Option<(jiff::Timestamp, Arrival)>,
    /// What was done of the plans.
    pub runs: PlanRuns,
    /// Whether the session was closed.
    pub closed: bool,
    /// `seq` of the last event.
    pub last: u64,
    /// The events themselves, withdrawn ones too: a withdrawal folds them again without what it
    /// takes back.
    pub events: Vec<Event>,
}

/// The `seq` of every event that no longer counts. A withdrawal can itself be withdrawn; it takes
/// back only what came before it, and never the beginning of the session.
pub fn find_withdrawn_events<'a>(
    events: impl DoubleEndedIterator<Item = &'a Event>,
) -> BTreeSet<u64> {
    let mut gone = BTreeSet::new();
    for event in events.rev() {
        if let EventKind::Withdrawn { seq } = event.what
            && seq > 1
            && seq < event.seq
            && !gone.contains(&event.seq)
        {
            gone.insert(seq);
        }
    }
    gone
}

/// Whether each event counts. As [`find_withdrawn_events`], by place: in a damaged file a number can
/// come again, and a withdrawal takes back only what came before it.
fn find_standing_events(events: &[Event]) -> Vec<bool> {
    let mut gone = BTreeSet::new();
    let mut stands: Vec<bool> = events
        .iter()
        .rev()
        .map(|event| {
            let stands = !gone.contains(&event.seq);
            if let EventKind::Withdrawn { seq } = event.what
                && seq > 1
                && seq < event.seq
                && stands
            {
                gone.insert(seq);
            }
            stands
        })
        .collect();
    stands.reverse();
    stands
}

impl SessionState {
    /// The state after these events.
    pub fn fold<'a>(events: impl IntoIterator<Item = &'a Event>) -> Self {
        let mut state = Self {
            events: events.into_iter().cloned().collect(),
            ..Self::default()
        };
        state.again();
        state
    }

    /// The state after one more event; the same as folding all of them.
    pub fn apply(&mut self, event: &Event) {
        self.events.push(event.clone());
        if matches!(event.what, EventKind::Withdrawn { .. }) {
            self.again();
        } else {
            self.step(event);
        }
    }

    fn again(&mut self) {
        let events = std::mem::take(&mut self.events);
        *self = Self::default();
        for (event, stands) in events.iter().zip(find_standing_events(&events)) {
            if stands {
                self.step(event);
            } else {
                self.last = event.seq;
            }
        }
        self.events = events;
    }

    fn step(&mut self, event: &Event) {
        self.last = event.seq;
        match &event.what {
            EventKind::Started(start) => self.start = Some((**start).clone()),
            EventKind::PairConfirmed { previous, current } => {
                self.confirmed = true;
                self.pair = Some((previous.clone(), current.clone()));
            }
            EventKind::Assessed { facts, .. } => self.sensed.clone_from(facts),
            EventKind::Answered {
                question, facts, ..
            } => {
                for fact in facts {
                    let mut fact = fact.clone();
                    fact.at = fact.at.or(Some(event.at));
                    fact.role = fact.role.or_else(|| event.role.clone());
                    fact.by = fact.by.or_else(|| event.by.clone());
                    self.stated.push(fact);
                    self.stated_by.push(event.seq);
                }
                if let Some(question) = question {
                    self.asked.retain(|(asked, _)| asked != question);
                }
            }
            EventKind::Asked { question, who } => {
                self.asked.retain(|(asked, _)| asked != question);
                self.asked.push((question.clone(), who.clone()));
            }
            EventKind::EntryAnswered { commit, answer } => {
                self.entries.insert(commit.clone(), *answer);
            }
            EventKind::GateReached { gate } => self.gate = Some(*gate),
            EventKind::Polled {
                gate,
                role_polled,
                call,
                objection,
            } => {
                self.polls.insert(
                    (*gate, role_polled.as_raw().to_owned()),
                    (*call, objection.clone()),
                );
            }
            EventKind::GateCalled {
                gate, call, reason, ..
            } => {
                self.calls.insert(*gate, (*call, reason.clone()));
            }
            EventKind::Noted { text } => self.notes.push((event.seq, text.clone())),
            EventKind::Decided { option, .. } => {
                self.runs.decide(*option, event.at);
                self.decided = Some((event.seq, event.what.clone()));
                self.observed = None;
                self.live_check = None;
            }
            EventKind::LiveChecked(look) => self.live_check = Some((event.at, (**look).clone())),
            EventKind::Observed { met, text } => self.observed = Some((*met, text.clone())),
            EventKind::Resumed { .. } => self.closed = false,
            EventKind::Closed { .. } => self.closed = true,
            EventKind::StepBegun { .. }
            | EventKind::StepDone { .. }
            | EventKind::StepSkipped { .. }
            | EventKind::StepFailed { .. }
            | EventKind::StepNoted { .. } => self.runs.mark(event),
            EventKind::Withdrawn { .. }
            | EventKind::Verdict { .. }
            | EventKind::Rehearsed { .. }
            | EventKind::Later(_) => {}
        }
    }
}
