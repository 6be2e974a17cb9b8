//! `backout sessions` and `backout verify`: the journals on this machine.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Result, bail};

use super::cli::{CloseArgs, Common, EndingArg, SessionsArgs, VerifyArgs};
use crate::model::{Mode, escape_invisible, shorten_text};
use crate::session::{self, Ending, EventKind, Journal, SessionState};

/// Runs `sessions`.
pub fn run_sessions(args: &SessionsArgs) -> Result<ExitCode> {
    let folder = session::find_sessions_folder()?;
    let sessions = if folder.exists() {
        session::list_sessions(&folder)?
    } else {
        Vec::new()
    };
    if sessions.is_empty() {
        return super::print_output(&format!("no sessions in {}\n", folder.display()));
    }
    let mut out = String::new();
    let shown = if args.limit == 0 {
        sessions.len()
    } else {
        args.limit.min(sessions.len())
    };
    let width = sessions[..shown]
        .iter()
        .map(|one| one.start.session.chars().count())
        .max()
        .unwrap_or(0);
    for one in &sessions[..shown] {
        let outcome = match (one.decided, one.rehearsed, one.closed) {
            (Some(option), ..) => option.title().to_lowercase(),
            (None, Some(outcome), _) => outcome.id().to_owned(),
            (None, None, true) => "closed without a decision".to_owned(),
            (None, None, false) => "open".to_owned(),
        };
        // an incident is what most sessions are about
        let outcome = match one.start.mode {
            Mode::Incident => outcome,
            Mode::Deployment => format!("deployment, {outcome}"),
            Mode::Rehearsal => format!("rehearsal, {outcome}"),
            Mode::Review => format!("review, {outcome}"),
        };
        let pair = format!("{} .. {}", one.start.previous, one.start.current);
        let _ = writeln!(
            out,
            "{:width$}  {}  {:24}  {:4} events  {outcome}",
            escape_invisible(&one.start.session),
            one.last.strftime("%Y-%m-%d %H:%M"),
            escape_invisible(&shorten_text(&pair, 24)),
            one.events
        );
        if let Some(remark) = &one.remark {
            let _ = writeln!(out, "{:width$}  {}", "", escape_invisible(remark));
        }
    }
    if shown < sessions.len() {
        let _ = writeln!(
            out,
            "and {} older; --limit 0 shows all",
            sessions.len() - shown
        );
    }
    super::print_output(&out)
}

/// The session of an id; without one the newest of this repository, or of the machine where no
/// repository is around.
///
/// # Errors
/// One sentence when there is none, which names the newest one elsewhere.
pub fn choose_session(
    common: &Common,
    id: Option<&str>,
    which: session::SessionFilter,
) -> Result<PathBuf> {
    let folder = session::find_sessions_folder()?;
    match id.map(str::trim).filter(|id| !id.is_empty()) {
        Some(id) => Ok(session::find_session_journal(&folder, Some(id))?),
        None => Ok(session::find_newest_session(
            &folder,
            session::root_of(&common.repo).as_deref(),
            which,
        )?),
    }
}

/// Runs `close`.
pub fn run_close(common: &Common, args: &CloseArgs) -> Result<ExitCode> {
    let path = choose_session(common, args.id.as_deref(), session::SessionFilter::Open)?;
    let (mut journal, recovery) = Journal::open(&path)?;
    if let Some(broken) = recovery.broken {
        bail!("{broken} Nothing was added to {}.", path.display());
    }
    let state = SessionState::fold(journal.events());
    let id = super::record::read_session_id(&state);
    if state.closed {
        return super::print_output(&format!("session {id} is closed already\n"));
    }
    let outcome = match args.outcome {
        EndingArg::Worked => Ending::Worked,
        EndingArg::DidNotWork => Ending::DidNotWork,
        EndingArg::NotNeeded => Ending::NotNeeded,
        EndingArg::GivenUp => Ending::GivenUp,
    };
    let closed = journal
        .append(
            EventKind::Closed {
                outcome: Some(outcome),
                text: args.note.clone().map(Into::into),
            },
            None,
            None,
        )
        .map(|_| ());
    let note = args.note.iter().map(|note| format!("the note {note:?}"));
    let said: Vec<String> = std::iter::once(format!("that session {id} ended: {}", outcome.says()))
        .chain(note)
        .collect();
    closed.map_err(|error| super::record::not_recorded(error.into(), &said))?;
    super::record::print_journal_remarks(&journal);
    super::print_output(&format!("session {id} is closed: {}\n", outcome.says()))
}

/// Runs `verify`. Ends 1 when the chain is broken or the last line is torn.
pub fn run_verify(args: &VerifyArgs) -> Result<ExitCode> {
    let path = match args.journal.as_deref() {
        Some(file) if Path::new(file).is_file() => Path::new(file).to_owned(),
        Some(id) => session::find_session_journal(&session::find_sessions_folder()?, Some(id))?,
        None => session::find_newest_session(
            &session::find_sessions_folder()?,
            None,
            session::SessionFilter::Any,
        )?,
    };
    let report = session::verify_journal_chain(&path)?;
    super::print_output(&report.text())?;
    if args.repair {
        let text = session::repair_journal(&path)?.map_or_else(
            || "There is nothing to repair: every line stands as it was written.\n".to_owned(),
            |done| done.text(),
        );
        return super::print_output(&format!("\n{text}"));
    }
    Ok(if report.whole() {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(1)
    })
}
