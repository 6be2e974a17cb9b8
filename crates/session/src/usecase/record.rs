//! What is recorded, and when: how a session begins, what was read, what was answered, what the
//! verdict became.

use model::fact_key;
use std::path::Path;

use jiff::Timestamp;
use sha2::Digest;

use super::ReadStages;
use crate::{Event, EventKind, JOURNAL_VERSION, SessionState, Start};
use decision::checklist::Checklist;
use model::{Assessment, Decision, Fact, FactValue, Mode, OptionId, Strength};

/// The tool's name as journals carry it.
pub const TOOL: &str = concat!("backout ", env!("CARGO_PKG_VERSION"));

/// What a session is about.
#[derive(Debug, Clone)]
pub struct Opening<'a> {
    /// What for.
    pub mode: Mode,
    /// Folder of the repository; `None` for a drill that has none.
    pub repository: Option<&'a Path>,
    /// Would go back to: version and commit.
    pub previous: (&'a str, &'a str),
    /// Out now: version and commit.
    pub current: (&'a str, &'a str),
    /// Environment.
    pub environment: Option<&'a str>,
    /// Name of the service.
    pub service: Option<&'a str>,
    /// When current was deployed.
    pub deployed_at: Option<Timestamp>,
    /// Latest time to decide.
    pub deadline: Option<Timestamp>,
    /// The checklist in force.
    pub checklist: &'a Checklist,
}

impl Opening<'_> {
    /// Whether an open session is about the same: repository, releases, environment, service and
    /// purpose.
    pub fn fits(&self, start: &Start) -> bool {
        start.mode == self.mode
            && start.repository
                == self
                    .repository
                    .map(resolve_repository_folder)
                    .unwrap_or_default()
            && start.previous_commit == self.previous.1
            && start.current_commit == self.current.1
            && start.environment.as_deref() == self.environment
            && start.service.as_deref() == self.service
    }
}

/// The repository's folder as sessions carry it: absolute, so that a session goes on from any
/// folder.
pub fn resolve_repository_folder(repository: &Path) -> String {
    repository
        .canonicalize()
        .unwrap_or_else(|_| repository.to_owned())
        .display()
        .to_string()
}

/// The first event of a session; the journal gives it its id.
pub fn make_session_start(opening: &Opening<'_>) -> Start {
    Start {
        session: String::new(),
        tool: TOOL.to_owned(),
        journal: JOURNAL_VERSION,
        mode: opening.mode,
        repository: opening
            .repository
            .map(resolve_repository_folder)
            .unwrap_or_default(),
        previous: opening.previous.0.to_owned(),
        previous_commit: opening.previous.1.to_owned(),
        current: opening.current.0.to_owned(),
        current_commit: opening.current.1.to_owned(),
        environment: opening.environment.map(str::to_owned),
        service: opening.service.map(str::to_owned),
        deployed_at: opening.deployed_at,
        deadline: opening.deadline,
        checklist_digest: opening.checklist.digest(),
        checklist: opening.checklist.yaml.clone(),
        checklist_changes: opening.checklist.changes.clone(),
    }
}

/// What was read. `json` is the assessment's stable JSON and `summary` one line about it.
pub fn make_assessed_event(assessment: &Assessment, json: &str, summary: String) -> EventKind {
    let digest: String = sha2::Sha256::digest(json.as_bytes())
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    EventKind::Assessed {
        facts: assessment.sensed(),
        summary: summary.into(),
        digest,
    }
}

/// Whether this reading is the one that was recorded last: the same reading twice in a row is
/// written once.
pub fn same_reading(events: &[Event], what: &EventKind) -> bool {
    let EventKind::Assessed { digest, .. } = what else {
        return false;
    };
    let last = events.iter().rev().find_map(|event| {
        if let EventKind::Assessed { digest, .. } = &event.what {
            Some(digest)
        } else {
            None
        }
    });
    last == Some(digest)
}

/// Answers of the command line, recorded as the screens record edited facts. Those that the session
/// has already are left out, and so is the gate, which is recorded as reached. `None` when nothing
/// is left.
pub fn make_answered_event(
    state: &SessionState,
    stated: &[Fact],
    deployed_at: Option<Timestamp>,
) -> Option<EventKind> {
    let known = |fact: &Fact| {
        let last = state.stated.iter().rev().find(|said| said.key == fact.key);
        last.is_some_and(|said| {
            let began = state.start.as_ref().and_then(|start| start.deployed_at);
            // minutes run on by themselves
            said.value == fact.value
                || (fact.key == fact_key::DEPLOYMENT_LIVE_MINUTES && deployed_at == began)
        })
    };
    let facts: Vec<Fact> = stated
        .iter()
        .filter(|fact| fact.key != fact_key::DEPLOYMENT_GATE && !known(fact))
        .cloned()
        .collect();
    (!facts.is_empty()).then_some(EventKind::Answered {
        question: None,
        facts,
        note: None,
    })
}

/// The verdict that was recorded last.
pub fn last_verdict(events: &[Event]) -> Option<(OptionId, Strength)> {
    events.iter().rev().find_map(|event| {
        if let EventKind::Verdict {
            option, strength, ..
        } = &event.what
        {
            Some((*option, *strength))
        } else {
            None
        }
    })
}

/// The verdict for the record, after a decision: `None` while something is still being read, and
/// while it is what was recorded last. A half-read state is never a verdict: what comes later would
/// read as a change of mind that nobody had. `last` is the verdict that was recorded last or is on
/// its way to the record; `assumed` values are no part of it.
pub fn make_verdict_event(
    last: Option<(OptionId, Strength)>,
    decision: &Decision,
    reading: &ReadStages,
    why: &str,
) -> Option<EventKind> {
    let (option, strength, margin) = (decision.option, decision.strength, decision.margin);
    (*reading == ReadStages::Whole && last != Some((option, strength))).then(|| {
        EventKind::Verdict {
            option,
            strength,
            margin,
            why: why.into(),
        }
    })
}

/// What is said about an answer beside its value.
#[derive(Debug, Clone, Default)]
pub struct SpeakerDetails<'a> {
    /// When it was said.
    pub at: Option<Timestamp>,
    /// In which role.
    pub role: Option<&'a str>,
    /// By whom.
    pub by: Option<&'a str>,
    /// Only believed: it counts as open.
    pub believed: bool,
}

/// The facts that an answer states.
pub fn make_stated_facts(
    sets: Vec<(String, FactValue)>,
    speaker: &SpeakerDetails<'_>,
) -> Vec<Fact> {
    sets.into_iter()
        .map(|(key, value)| {
            let fact = Fact {
                at: speaker.at,
                by: speaker.by.map(Into::into),
                role: speaker.role.map(Into::into),
                ..Fact::stated(key, value)
            };
            if speaker.believed { fact.low() } else { fact }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::Stage;

    fn event(seq: u64, what: EventKind) -> Event {
        Event {
            seq,
            at: Timestamp::UNIX_EPOCH,
            role: None,
            by: None,
            what,
            previous: String::new(),
            hash: String::new(),
        }
    }

    #[test]
    fn a_verdict_is_recorded_after_a_whole_reading_and_when_it_differs() {
        let checklist = Checklist::embedded();
        let context = decision::DecisionContext {
            mode: Mode::Incident,
            gate: None,
            now: Timestamp::UNIX_EPOCH,
            deadline: None,
            previous: "3.0.0".to_owned(),
            current: "3.1.0".to_owned(),
            looked: decision::LookedAt::default(),
        };
        let decision = decision::make_decision(&model::Facts::new(), &checklist, &context);
        let now = (decision.option, decision.strength);
        assert!(
            make_verdict_event(
                None,
                &decision,
                &ReadStages::Part([Stage::Database, Stage::Contract].into()),
                "read"
            )
            .is_none()
        );
        assert!(make_verdict_event(None, &decision, &ReadStages::Whole, "read").is_some());
        assert!(make_verdict_event(Some(now), &decision, &ReadStages::Whole, "read").is_none());
        assert!(
            make_verdict_event(
                Some((OptionId::StopHarm, Strength::Firm)),
                &decision,
                &ReadStages::Whole,
                "read"
            )
            .is_some()
        );
    }

    #[test]
    fn the_same_reading_is_written_once() {
        let read = |digest: &str| EventKind::Assessed {
            facts: Vec::new(),
            summary: String::new().into(),
            digest: digest.to_owned(),
        };
        let events = [event(1, read("aa")), event(2, read("bb"))];
        assert!(same_reading(&events, &read("bb")));
        assert!(
            !same_reading(&events, &read("aa")),
            "it changed and changed back: both are worth a line"
        );
        assert!(!same_reading(
            &events,
            &EventKind::Closed {
                outcome: None,
                text: None
            }
        ));
    }
}
