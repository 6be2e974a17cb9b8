//! Journals of commands without screens: the same sessions that the screens write, found again or
//! begun.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use super::situation::Situation;
use crate::model::{Assessment, escape_invisible};
use crate::report;
use crate::session::{self, COMMAND_LINE, EventKind, Journal, SessionState};
use crate::usecase::{self, Opening, TOOL};

/// Which session is written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionChoice<'a> {
    /// This one, by its id or the beginning of it.
    Named(&'a str),
    /// The newest that is open, of the same repository, releases and purpose; a new one where there
    /// is none.
    Fitting,
    /// A new one.
    New,
}

/// Opens a session or begins one, and returns what it holds so far.
///
/// # Errors
/// When the folder or the journal cannot be written, a named session is not there, is closed, or is
/// about other releases.
pub fn open_or_begin_session(
    which: SessionChoice<'_>,
    opening: &Opening<'_>,
) -> Result<(Journal, SessionState)> {
    let folder = session::find_sessions_folder()?;
    let Some(path) = find_matching_journal(which, &folder, opening)? else {
        let journal = Journal::create(&folder, usecase::make_session_start(opening))?;
        let state = SessionState::fold(journal.events());
        return Ok((journal, state));
    };
    let (mut journal, recovery) = Journal::open(&path)?;
    if let Some(broken) = recovery.broken {
        bail!(
            "{broken} Nothing was added to {}; begin another session.",
            path.display()
        );
    }
    let mut state = same_pair(SessionState::fold(journal.events()), opening)?;
    if state.closed {
        journal.append(
            EventKind::Resumed {
                tool: TOOL.to_owned(),
            },
            None,
            None,
        )?;
        state = SessionState::fold(journal.events());
    }
    Ok((journal, state))
}

/// What a session holds so far, without writing to it; nothing where there is none.
///
/// # Errors
/// When a named session is not there or is about other releases, or its journal cannot be read.
pub fn read_session_state(which: SessionChoice<'_>, opening: &Opening<'_>) -> Result<SessionState> {
    // a folder that cannot be had holds no session
    let Ok(folder) = session::find_sessions_folder() else {
        return Ok(SessionState::default());
    };
    let Some(path) = find_matching_journal(which, &folder, opening)? else {
        return Ok(SessionState::default());
    };
    let (journal, _) = Journal::read(&path)?;
    same_pair(SessionState::fold(journal.events()), opening)
}

fn find_matching_journal(
    which: SessionChoice<'_>,
    folder: &Path,
    opening: &Opening<'_>,
) -> Result<Option<PathBuf>> {
    Ok(match which {
        SessionChoice::Named(id) => Some(session::find_session_journal(folder, Some(id))?),
        SessionChoice::Fitting => session::list_sessions(folder)?
            .into_iter()
            .find(|one| !one.closed && one.remark.is_none() && opening.fits(&one.start))
            .map(|one| one.path),
        SessionChoice::New => None,
    })
}

fn same_pair(state: SessionState, opening: &Opening<'_>) -> Result<SessionState> {
    let begun = state
        .start
        .as_ref()
        .map(|start| (start.previous.clone(), start.current.clone()));
    let (previous, current) = (opening.previous.0, opening.current.0);
    if state
        .pair
        .clone()
        .or(begun)
        .is_some_and(|pair| (pair.0.as_str(), pair.1.as_str()) == (previous, current))
    {
        return Ok(state);
    }
    bail!(
        "session {} is about other releases than {} and {}",
        read_session_id(&state),
        escape_invisible(previous),
        escape_invisible(current)
    )
}

/// What was read, as the screens record it. The same reading twice in a row is written once.
pub fn record_assessment(journal: &mut Journal, assessment: &Assessment) -> Result<()> {
    let what = usecase::make_assessed_event(
        assessment,
        &report::write_assessment_json(assessment, true),
        report::summarize_assessment(assessment),
    );
    if !usecase::same_reading(journal.events(), &what) {
        journal.append(what, None, None)?;
    }
    Ok(())
}

/// Answers of the command line. Those that the session has already are left out.
pub fn record_given_answers(
    journal: &mut Journal,
    state: &SessionState,
    situation: &Situation,
) -> Result<()> {
    if let Some(what) =
        usecase::make_answered_event(state, &situation.stated, situation.deployed_at)
    {
        journal.append(what, Some(COMMAND_LINE.to_owned()), None)?;
    }
    Ok(())
}

/// An error of the record with what was said and is not in it, how much that is, and what to do;
/// another error as it is.
pub fn not_recorded(error: anyhow::Error, what: &[String]) -> anyhow::Error {
    let Some(why) = error.downcast_ref::<session::SessionError>() else {
        return error;
    };
    let (count, list) = (what.len(), what.join("; "));
    let what = match count {
        0 => "Not recorded: what was read".to_owned(),
        1 => format!("Not recorded: {list}"),
        _ => format!("Not recorded: {count} things: {list}"),
    };
    anyhow::anyhow!(
        "{}. {} Give the same command again once that is settled.",
        escape_invisible(&what),
        escape_invisible(&why.to_string())
    )
}

/// What is wrong with a record that was written to all the same, on standard error.
pub fn print_journal_remarks(journal: &Journal) {
    let recovery = journal.recovery();
    for says in [recovery.broken, recovery.clock].into_iter().flatten() {
        tell!("backout: {}", escape_invisible(&says));
    }
}

/// Id of a journal's session.
pub fn read_session_id(state: &SessionState) -> String {
    state.start.as_ref().map_or_else(
        || "unknown".to_owned(),
        |start| escape_invisible(&start.session).into_owned(),
    )
}
