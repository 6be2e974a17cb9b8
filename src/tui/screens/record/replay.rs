//! A session that is over, gone through in time: its verdicts, an answer that is only supposed, and
//! a second session beside it.

use jiff::Timestamp;

use crate::model::{Fact, FactValue, OptionId, Strength};
use crate::session::{Event, EventKind};

/// An answer that nobody gave: what the verdict would be with it. It is never written.
#[derive(Debug, Clone, PartialEq)]
pub struct Supposed {
    /// The answer, in words.
    pub says: String,
    /// What it would say.
    pub facts: Vec<(String, FactValue)>,
}

impl Supposed {
    /// The facts it would say, behind what was said.
    pub fn facts(&self, now: Timestamp) -> impl Iterator<Item = Fact> {
        self.facts.iter().map(move |(key, value)| {
            Fact::stated(key.as_str(), value.clone())
                .with_source("only supposed")
                .observed(now)
        })
    }
}

/// A time during which one verdict stood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VerdictStretch {
    /// Since when.
    pub from: Timestamp,
    /// The verdict; `None` before the first.
    pub verdict: Option<(OptionId, Strength)>,
}

/// The verdicts of a session as they were recorded, one behind the other.
pub fn list_verdict_stretches(events: &[Event]) -> Vec<VerdictStretch> {
    let mut stretches: Vec<VerdictStretch> = events
        .first()
        .map(|event| VerdictStretch {
            from: event.at,
            verdict: None,
        })
        .into_iter()
        .collect();
    for event in events {
        if let EventKind::Verdict {
            option, strength, ..
        } = &event.what
        {
            let verdict = Some((*option, *strength));
            if stretches.last().is_none_or(|last| last.verdict != verdict) {
                stretches.push(VerdictStretch {
                    from: event.at,
                    verdict,
                });
            }
        }
    }
    stretches
}

/// The event of a second session that lies as far behind its beginning as a time does behind the
/// beginning of the first.
pub fn find_second_event(first: &[Event], second: &[Event], now: Timestamp) -> Option<usize> {
    let (began, other) = (first.first()?.at, second.first()?.at);
    let passed = now.duration_since(began);
    second
        .iter()
        .rposition(|event| event.at.duration_since(other) <= passed)
}
