//! Memory: whether the release was gone back from before, by deployers' files and by sessions of
//! this machine.

use super::Recorded;
use crate::deployment::live::{self, About, LiveReport, RepositoryNames};
use crate::model::{Config, Finding, MOST_PAST_ROLLBACKS, PastRollback, Release};
use crate::session::SessionRollback;

/// What is known beside the files of deployers.
#[derive(Debug)]
pub(super) struct RollbackMemory<'a> {
    /// Of sessions of this machine.
    pub sessions: &'a Recorded<SessionRollback>,
    /// The session that this is about, which is not before itself.
    pub own_session: Option<&'a str>,
    /// `--service`.
    pub service: Option<&'a str>,
    /// Name of the repository's folder.
    pub folder: Option<String>,
    /// Releases of the repository.
    pub releases: &'a [Release],
}

/// Earlier rollbacks, newest first, and what is said of them among the risks.
pub(super) fn recall_rollbacks(
    memory: &RollbackMemory<'_>,
    config: &Config,
    reports: &[LiveReport],
    about: &About<'_>,
) -> (Vec<PastRollback>, Vec<Finding>) {
    let names = RepositoryNames {
        service: memory.service.or(config.service.as_deref()),
        folder: memory.folder.as_deref(),
        releases: memory.releases,
    };
    let (mut past, notes) = live::list_past_rollbacks(reports, about, names);
    for held in memory.sessions.get() {
        // a session can be named by the beginning of its id
        if memory
            .own_session
            .is_some_and(|own| !own.is_empty() && held.subject.session.starts_with(own))
        {
            continue;
        }
        let Some(told) = match_session_rollback(held, about) else {
            continue;
        };
        // the words of people before those of a deployer
        match past
            .iter_mut()
            .find(|known| live::is_same_time(known, &told))
        {
            Some(known) => {
                let by_file = std::mem::replace(known, told);
                live::join_rollbacks(known, by_file);
            }
            None => past.push(told),
        }
    }
    past.sort_by_key(|past| std::cmp::Reverse(past.at));
    past.truncate(MOST_PAST_ROLLBACKS);
    let mut findings = live::convert_notes_to_findings(&notes, reports);
    findings.extend(past.iter().map(live::make_past_rollback_finding));
    (past, findings)
}

/// The rollback of a session of this repository, where it was from this release.
fn match_session_rollback(held: &SessionRollback, about: &About<'_>) -> Option<PastRollback> {
    let same = |version: &str, commit: &str, release: &Release| {
        live::same_version(version, release.version.as_raw())
            || live::same_commit(commit, &release.commit)
    };
    let subject = &held.subject;
    same(&subject.current, &subject.current_commit, about.current).then(|| PastRollback {
        same_pair: same(&subject.previous, &subject.previous_commit, about.previous),
        ..held.past.clone()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::SessionSubject;
    use jiff::Timestamp;

    fn release(version: &str) -> Release {
        Release {
            version: version.into(),
            commit: version.replace('.', "a").repeat(8),
            time: None,
            tag: None,
            scheme: String::new(),
            prerelease: false,
        }
    }

    fn session(id: &str, current: &str, at: &str) -> SessionRollback {
        SessionRollback {
            subject: SessionSubject {
                session: id.to_owned(),
                mode: crate::model::Mode::Incident,
                repository: String::new(),
                previous: "3.0.0".to_owned(),
                previous_commit: String::new(),
                current: current.to_owned(),
                current_commit: String::new(),
                environment: None,
                service: None,
            },
            past: PastRollback {
                at: at.parse().ok(),
                from: current.into(),
                to: Some("3.0.0".into()),
                decided_only: true,
                seen: Some("declined payments".into()),
                sources: vec![format!("session {id}").into()],
                ..PastRollback::default()
            },
        }
    }

    /// What is remembered of 3.0.0 and 3.1.0.
    fn recalled(
        sessions: Vec<SessionRollback>,
        own: Option<&str>,
        list: &str,
    ) -> Vec<PastRollback> {
        let (previous, current) = (release("3.0.0"), release("3.1.0"));
        let now: Timestamp = "2026-03-10T10:00:00Z".parse().unwrap();
        let reports: Vec<LiveReport> = [list]
            .iter()
            .filter(|text| !text.is_empty())
            .map(|text| live::read_state_file("deploys.jsonl", text.as_bytes(), None).unwrap())
            .collect();
        let memory = RollbackMemory {
            sessions: &Recorded::new(move || sessions),
            own_session: own,
            service: None,
            folder: None,
            releases: &[current.clone(), previous.clone()],
        };
        let about = About::new(&previous, &current, now);
        let (past, findings) = recall_rollbacks(&memory, &Config::default(), &reports, &about);
        assert_eq!(past.len(), findings.len());
        past
    }

    #[test]
    fn sessions_of_this_release_are_told_and_others_are_not() {
        let past = recalled(
            vec![
                session("one", "3.1.0", "2026-02-03T10:00:00Z"),
                session("two", "2.9.0", "2026-01-03T10:00:00Z"),
            ],
            None,
            "",
        );
        assert_eq!(past.len(), 1);
        assert!(past[0].same_pair && past[0].decided_only);
        let own = recalled(
            vec![session("one", "3.1.0", "2026-02-03T10:00:00Z")],
            Some("one"),
            "",
        );
        assert!(own.is_empty(), "a session is not before itself");
    }

    #[test]
    fn a_session_and_the_deployer_that_tell_of_one_time_are_told_once() {
        let line = |version: &str, day: u8| {
            format!(
                r#"{{"env":"production","version":"{version}","at":"2026-02-{day:02}T11:00:00Z","result":"success"}}"#
            )
        };
        let list = [line("3.0.0", 1), line("3.1.0", 2), line("3.0.0", 3)].join("\n");
        let past = recalled(
            vec![session("one", "3.1.0", "2026-02-03T10:00:00Z")],
            None,
            &list,
        );
        assert_eq!(past.len(), 1, "{past:?}");
        assert!(!past[0].decided_only, "the deployer saw it happen");
        assert_eq!(
            past[0].seen.as_ref().map(crate::model::Untrusted::as_raw),
            Some("declined payments")
        );
        assert_eq!(past[0].sources.len(), 2);
    }
}
