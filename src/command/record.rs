//! Journals of commands without screens: the same sessions that the screens write, found again or begun.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use super::situation::Situation;
use crate::checklist::Checklist;
use crate::model::{Assessment, visible};
use crate::report;
use crate::session::{self, COMMAND_LINE, EventKind, JOURNAL_VERSION, Journal, Start, State};

/// The tool's name as journals carry it.
const TOOL: &str = concat!("backout ", env!("CARGO_PKG_VERSION"));

/// Which session is written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which<'a> {
    /// This one, by its id or the beginning of it.
    Named(&'a str),
    /// The newest that is open, of the same repository, releases and purpose; a new one where there is none.
    Fitting,
    /// A new one.
    New,
}

/// The repository's folder as sessions carry it.
pub fn place(repository: &Path) -> String {
    repository.canonicalize().unwrap_or_else(|_| repository.to_owned()).display().to_string()
}

/// Opens a session or begins one, and returns what it holds so far.
///
/// # Errors
/// When the folder or the journal cannot be written, a named session is not there, is closed, or is about other releases.
pub fn open(which: Which<'_>, situation: &Situation, assessment: &Assessment, checklist: &Checklist) -> Result<(Journal, State)> {
    let folder = session::folder()?;
    let found = match which {
        Which::Named(id) => Some(session::find(&folder, Some(id))?),
        Which::Fitting => fitting(&folder, situation, assessment)?,
        Which::New => None,
    };
    let Some(path) = found else {
        let journal = Journal::create(&folder, start(situation, assessment, checklist))?;
        let state = State::fold(journal.events());
        return Ok((journal, state));
    };
    let (mut journal, recovery) = Journal::open(&path)?;
    if let Some(broken) = recovery.broken {
        bail!("{broken} Nothing was added to {}; begin another session.", path.display());
    }
    let mut state = State::fold(journal.events());
    if !same_pair(&state, assessment) {
        let id = state.start.as_ref().map(|start| start.session.clone()).unwrap_or_default();
        bail!("session {} is about other releases than {} and {}", visible(&id), assessment.previous.version, assessment.current.version);
    }
    if state.closed {
        journal.append(EventKind::Resumed { tool: TOOL.to_owned() }, None, None)?;
        state = State::fold(journal.events());
    }
    Ok((journal, state))
}

fn same_pair(state: &State, assessment: &Assessment) -> bool {
    let begun = state.start.as_ref().map(|start| (start.previous.clone(), start.current.clone()));
    state.pair.clone().or(begun).is_some_and(|(previous, current)| previous == assessment.previous.version && current == assessment.current.version)
}

fn fitting(folder: &Path, situation: &Situation, assessment: &Assessment) -> Result<Option<PathBuf>> {
    let here = place(&situation.request.repository);
    let fits = |start: &Start| {
        start.mode == situation.mode
            && start.repository == here
            && start.previous_commit == assessment.previous.commit
            && start.current_commit == assessment.current.commit
            && start.environment == situation.request.environment
            && start.service == situation.request.service
    };
    Ok(session::list(folder)?.into_iter().find(|one| !one.closed && one.remark.is_none() && fits(&one.start)).map(|one| one.path))
}

fn start(situation: &Situation, assessment: &Assessment, checklist: &Checklist) -> Start {
    Start {
        session: String::new(),
        tool: TOOL.to_owned(),
        journal: JOURNAL_VERSION,
        mode: situation.mode,
        repository: place(&situation.request.repository),
        previous: assessment.previous.version.clone(),
        previous_commit: assessment.previous.commit.clone(),
        current: assessment.current.version.clone(),
        current_commit: assessment.current.commit.clone(),
        environment: situation.request.environment.clone(),
        service: situation.request.service.clone(),
        deployed_at: situation.deployed_at,
        deadline: situation.deadline,
        checklist_digest: checklist.digest(),
        checklist: checklist.yaml.clone(),
    }
}

/// What was read, as the screens record it. The same reading twice in a row is written once.
pub fn assessed(journal: &mut Journal, state: &State, assessment: &Assessment) -> Result<()> {
    use sha2::Digest;
    let digest: String = sha2::Sha256::digest(report::json(assessment, true).as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
    let again = state.events.iter().rev().find_map(|event| if let EventKind::Assessed { digest, .. } = &event.what { Some(digest) } else { None });
    if again == Some(&digest) {
        return Ok(());
    }
    journal.append(EventKind::Assessed { facts: assessment.sensed(), summary: report::summary(assessment), digest }, None, None)?;
    Ok(())
}

/// Answers of the command line, recorded as the screens record edited facts. Those that the session has already are left out.
pub fn answered(journal: &mut Journal, state: &State, situation: &Situation) -> Result<()> {
    let known = |fact: &crate::model::Fact| {
        let last = state.stated.iter().rev().find(|said| said.key == fact.key);
        last.is_some_and(|said| {
            said.value == fact.value
                || (fact.key == "deployment.live_minutes" && situation.deployed_at == state.start.as_ref().and_then(|start| start.deployed_at))
        })
    };
    // the gate is recorded as reached
    let facts: Vec<_> = situation.stated.iter().filter(|fact| fact.key != "deployment.gate" && !known(fact)).cloned().collect();
    if !facts.is_empty() {
        journal.append(EventKind::Answered { question: None, facts, note: None }, Some(COMMAND_LINE.to_owned()), None)?;
    }
    Ok(())
}

/// Id of a journal's session.
pub fn id(state: &State) -> String {
    state.start.as_ref().map_or_else(|| "unknown".to_owned(), |start| visible(&start.session).into_owned())
}
