//! Rollbacks that sessions of this machine decided on, with what was seen, the reason, and how it
//! ended.

use std::io::{BufRead, Read};
use std::path::Path;

use jiff::Timestamp;
use model::{FactValue, Mode, OptionId, PastRollback, Untrusted, fact_key, shorten_text};
use serde::Deserialize;

use super::list::{list_journal_files, root_of};
use super::{Ending, EventKind, Journal, SessionState};

/// Most journals that are looked at, the newest first.
const NEWEST: usize = 1000;

/// Most of them that are read whole: each holds what was read of the repository at the time.
const WHOLE: usize = 20;

/// Hours after which a session that nobody closed is over.
const OVER_HOURS: i64 = 24;

/// Longest text that is kept of what people said, in characters.
const LONGEST: usize = 240;

/// What the first line of a journal says, without the checklist that it carries.
#[derive(Debug, Clone, Deserialize)]
pub struct SessionSubject {
    /// Id of the session.
    pub session: String,
    /// What it was for.
    pub mode: Mode,
    /// Folder of the repository.
    pub repository: String,
    /// Version to go back to.
    pub previous: String,
    /// Its commit.
    #[serde(default)]
    pub previous_commit: String,
    /// Version that was out.
    pub current: String,
    /// Its commit.
    #[serde(default)]
    pub current_commit: String,
    /// Environment.
    pub environment: Option<String>,
    /// Service.
    pub service: Option<String>,
}

impl SessionSubject {
    /// Whether it was about the repository around a folder, and the same service of it.
    pub fn is_about(&self, repository: &Path, service: Option<&str>) -> bool {
        let root = |path: &Path| {
            root_of(path)
                .or_else(|| path.canonicalize().ok())
                .unwrap_or_else(|| path.to_owned())
        };
        self.service.as_deref() == service && root(Path::new(&self.repository)) == root(repository)
    }
}

#[derive(Deserialize)]
struct FirstLine {
    what: SessionSubject,
}

/// A rollback that a session decided on, with what the session was about.
#[derive(Debug, Clone)]
pub struct SessionRollback {
    /// What the session was about; the releases as people confirmed them last.
    pub subject: SessionSubject,
    /// What is known of it. [`PastRollback::same_pair`] is left to whoever knows the releases.
    pub past: PastRollback,
}

/// Rollbacks of the sessions that `wanted` takes, newest first. Rehearsals and looks back are left
/// out; so is a session that is still open, and one in which nothing had to be done. A journal that
/// cannot be read, or was changed, holds none.
pub fn list_session_rollbacks(
    folder: &Path,
    now: Timestamp,
    wanted: &dyn Fn(&SessionSubject) -> bool,
) -> Vec<SessionRollback> {
    let Ok(paths) = list_journal_files(folder) else {
        return Vec::new();
    };
    let about = |path: &&std::path::PathBuf| {
        read_session_subject(path).is_some_and(|subject| {
            matches!(subject.mode, Mode::Incident | Mode::Deployment) && wanted(&subject)
        })
    };
    let mut found: Vec<SessionRollback> = paths
        .iter()
        .take(NEWEST)
        .filter(about)
        .take(WHOLE)
        .filter_map(|path| read_session_rollback(path, now))
        .filter(|one| wanted(&one.subject))
        .collect();
    found.sort_by_key(|one| std::cmp::Reverse(one.past.at));
    found
}

fn read_session_subject(path: &Path) -> Option<SessionSubject> {
    let file = plain_file::open_plain_file(path).ok()?;
    let mut line = Vec::new();
    std::io::BufReader::new(file.take(super::chain::LINE_LIMIT as u64))
        .read_until(b'\n', &mut line)
        .ok()?;
    let first: FirstLine = serde_json::from_slice(&line).ok()?;
    Some(first.what)
}

fn read_session_rollback(path: &Path, now: Timestamp) -> Option<SessionRollback> {
    let mut subject = read_session_subject(path)?;
    let (journal, recovery) = Journal::read(path).ok()?;
    if recovery.broken.is_some() {
        return None;
    }
    let state = SessionState::fold(journal.events());
    let (seq, EventKind::Decided { option, reason, .. }) = state.decided.as_ref()? else {
        return None;
    };
    if !matches!(
        option,
        OptionId::RollBack | OptionId::RollBackWithConditions
    ) {
        return None;
    }
    let at = journal.events().iter().find(|event| event.seq == *seq)?.at;
    let ending = journal
        .events()
        .iter()
        .rev()
        .find_map(|event| match &event.what {
            EventKind::Closed { outcome, .. } => Some(*outcome),
            _ => None,
        })
        .flatten()
        .filter(|_| state.closed);
    if ending == Some(Ending::NotNeeded)
        || (!state.closed && now.duration_since(at).as_hours() < OVER_HOURS)
    {
        return None;
    }
    if let Some((previous, current)) = &state.pair {
        if *previous != subject.previous {
            subject.previous.clone_from(previous);
            subject.previous_commit.clear();
        }
        if *current != subject.current {
            subject.current.clone_from(current);
            subject.current_commit.clear();
        }
    }
    let said = |text: &str| {
        let text = Untrusted::visible(text.trim());
        (!text.is_empty()).then(|| shorten_text(text.as_raw(), LONGEST).into())
    };
    let worked = match (ending, &state.observed) {
        (Some(Ending::Worked), _) | (None, Some((true, _))) => Some(true),
        (Some(Ending::DidNotWork), _) | (None, Some((false, _))) => Some(false),
        _ => None,
    };
    let past = PastRollback {
        at: Some(at),
        from: subject.current.as_str().into(),
        to: Some(subject.previous.as_str().into()),
        same_pair: false,
        // that it worked, or did not, says that it was done
        decided_only: worked.is_none(),
        environment: subject.environment.as_ref().map(Untrusted::from),
        unit: None,
        targets: 0,
        seen: said(&describe_symptom(&state, *seq)),
        reason: said(reason.as_raw()),
        worked,
        sources: vec![Untrusted::visible(&format!("session {}", subject.session))],
        evidence: Vec::new(),
    };
    Some(SessionRollback { subject, past })
}

/// What was noted before the decision; without a note, how users were affected.
fn describe_symptom(state: &SessionState, decided: u64) -> String {
    let notes: Vec<&str> = state
        .notes
        .iter()
        .filter(|(seq, _)| *seq < decided)
        .map(|(_, text)| text.as_raw().trim())
        .filter(|text| !text.is_empty())
        .take(2)
        .collect();
    if !notes.is_empty() {
        return notes.join("; ");
    }
    let impact = state
        .stated
        .iter()
        .zip(&state.stated_by)
        .rev()
        .find(|(fact, by)| fact.key == fact_key::IMPACT_NOW && **by < decided);
    let word = impact.and_then(|(fact, _)| match &fact.value {
        FactValue::Word(word) => Some(word.as_str()),
        _ => None,
    });
    match word {
        Some("down") => "it was down",
        Some("degraded") => "it was degraded",
        Some("cosmetic") => "it only looked wrong",
        _ => "",
    }
    .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Start;
    use model::{Fact, Strength};

    fn start(mode: Mode, current: &str) -> Start {
        Start {
            session: String::new(),
            tool: "backout".to_owned(),
            journal: crate::JOURNAL_VERSION,
            mode,
            repository: "/srv/payments".to_owned(),
            previous: "3.0.0".to_owned(),
            previous_commit: "a".repeat(40),
            current: current.to_owned(),
            current_commit: "b".repeat(40),
            environment: Some("production".to_owned()),
            service: None,
            deployed_at: None,
            deadline: None,
            checklist_digest: String::new(),
            checklist: "name: long\n".repeat(50),
            checklist_changes: Vec::new(),
        }
    }

    fn decided(option: OptionId) -> EventKind {
        EventKind::Decided {
            option,
            recommended: option,
            strength: Strength::Open,
            reason: "no time for a fix".into(),
            typed: None,
            second: None,
            expect: None,
            within_minutes: None,
            open: Vec::new(),
        }
    }

    fn noted(text: &str) -> EventKind {
        EventKind::Noted { text: text.into() }
    }

    fn closed(outcome: Ending) -> EventKind {
        EventKind::Closed {
            outcome: Some(outcome),
            text: None,
        }
    }

    /// What is told of one session with these events, a month later.
    fn told(mode: Mode, events: Vec<EventKind>) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        let mut journal = Journal::create(folder.path(), start(mode, "3.1.0")).unwrap();
        for event in events {
            journal.append(event, None, None).unwrap();
        }
        let later = Timestamp::now() + jiff::SignedDuration::from_hours(1);
        list_session_rollbacks(folder.path(), later, &|subject| subject.current == "3.1.0")
            .iter()
            .map(|one| one.past.details())
            .collect()
    }

    #[test]
    fn a_session_that_went_back_says_what_was_seen_why_and_whether_it_worked() {
        let events = vec![
            noted("declined payments\u{1b}[2J"),
            decided(OptionId::RollBack),
            noted("after the decision"),
            closed(Ending::Worked),
        ];
        assert_eq!(
            told(Mode::Incident, events),
            ["Seen then: declined payments␛[2J. Reason given: no time for a fix. It worked."]
        );
        let events = vec![
            EventKind::Answered {
                question: None,
                facts: vec![Fact::stated(fact_key::IMPACT_NOW, FactValue::word("down"))],
                note: None,
            },
            decided(OptionId::RollBackWithConditions),
            closed(Ending::DidNotWork),
        ];
        assert_eq!(
            told(Mode::Deployment, events),
            ["Seen then: it was down. Reason given: no time for a fix. It did not work."]
        );
    }

    #[test]
    fn open_sessions_rehearsals_other_options_and_what_was_not_needed_say_nothing() {
        let back = || decided(OptionId::RollBack);
        for (mode, events) in [
            (Mode::Incident, vec![back()]),
            (Mode::Rehearsal, vec![back(), closed(Ending::Worked)]),
            (Mode::Review, vec![back(), closed(Ending::Worked)]),
            (Mode::Incident, vec![back(), closed(Ending::NotNeeded)]),
            (
                Mode::Incident,
                vec![decided(OptionId::RollForward), closed(Ending::Worked)],
            ),
            // it was taken back
            (
                Mode::Incident,
                vec![
                    back(),
                    EventKind::Withdrawn { seq: 2 },
                    closed(Ending::Worked),
                ],
            ),
            // the session went on, and is open again
            (
                Mode::Incident,
                vec![
                    back(),
                    closed(Ending::Worked),
                    EventKind::Resumed {
                        tool: String::new(),
                    },
                ],
            ),
        ] {
            assert_eq!(
                told(mode, events.clone()),
                Vec::<String>::new(),
                "{events:?}"
            );
        }
    }

    #[test]
    fn a_session_that_was_given_up_is_known_by_its_decision_alone() {
        let folder = tempfile::tempdir().unwrap();
        let mut journal = Journal::create(folder.path(), start(Mode::Incident, "3.1.0")).unwrap();
        journal
            .append(decided(OptionId::RollBack), None, None)
            .unwrap();
        // nobody closed it
        let later = Timestamp::now() + jiff::SignedDuration::from_hours(48);
        let found = list_session_rollbacks(folder.path(), later, &|_| true);
        assert!(found[0].past.decided_only && found[0].past.worked.is_none());
        assert!(list_session_rollbacks(folder.path(), later, &|_| false).is_empty());
        // what somebody else wrote into the folder
        std::fs::write(
            folder.path().join("20990101-x.jsonl"),
            b"{\"what\":{}}\nnothing",
        )
        .unwrap();
        std::fs::write(folder.path().join("20990102-x.jsonl"), [0xff; 64]).unwrap();
        assert_eq!(
            list_session_rollbacks(folder.path(), later, &|_| true).len(),
            1
        );
    }
}
