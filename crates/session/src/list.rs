//! Finding sessions: the folder, the list, one by its id.

use std::path::{Path, PathBuf};

use etcetera::BaseStrategy;

use super::disk::{format_journal_path, make_disk_error};
use super::{COMMAND_LINE, Event, EventKind, Journal, SessionError, SessionState, Start};
use model::{Mode, OptionId, Untrusted, escape_invisible};

/// Most journals that are looked at in one folder.
const LIST_LIMIT: usize = 10_000;
/// How many of the newest are asked whether they are about the same.
const SIMILAR: usize = 50;

/// One session of the list.
#[derive(Debug, Clone, PartialEq)]
pub struct SessionSummary {
    /// Its journal.
    pub path: PathBuf,
    /// How it began. When that cannot be read, only `session` is filled in, from the file's name.
    pub start: Start,
    /// When it began; the epoch when that cannot be read.
    pub began: jiff::Timestamp,
    /// Number of events.
    pub events: u64,
    /// How many of them a person said on a screen: answers, notes, polls, decisions.
    pub said: u64,
    /// When the last happened.
    pub last: jiff::Timestamp,
    /// What was decided.
    pub decided: Option<OptionId>,
    /// How the last rehearsal in it ended.
    pub rehearsed: Option<model::RehearsalOutcome>,
    /// Whether it was closed.
    pub closed: bool,
    /// Remark on its condition (torn, broken, other version).
    pub remark: Option<String>,
}

/// The folder journals are kept in: `$BACKOUT_HOME/sessions`, else the user's state folder.
pub fn find_sessions_folder() -> Result<PathBuf, SessionError> {
    if let Some(home) = std::env::var_os("BACKOUT_HOME").filter(|home| !home.is_empty()) {
        return Ok(PathBuf::from(home).join("sessions"));
    }
    let base = etcetera::choose_base_strategy().map_err(|_| {
        SessionError::Other(
            "The home folder is not known, so sessions have no place. \
            Set BACKOUT_HOME to a folder."
                .to_owned(),
        )
    })?;
    Ok(base
        .state_dir()
        .unwrap_or_else(|| base.data_dir())
        .join("backout")
        .join("sessions"))
}

/// All sessions of a folder, newest first; unreadable ones with a remark. A folder that is not
/// there holds none.
pub fn list_sessions(folder: &Path) -> Result<Vec<SessionSummary>, SessionError> {
    let mut found: Vec<SessionSummary> = list_journal_files(folder)?
        .iter()
        .map(|path| summarize_session(path))
        .collect();
    found.sort_by(|a, b| {
        b.began
            .cmp(&a.began)
            .then_with(|| b.start.session.cmp(&a.start.session))
    });
    Ok(found)
}

pub(super) fn list_journal_files(folder: &Path) -> Result<Vec<PathBuf>, SessionError> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(make_disk_error("list the sessions in", folder, &error)),
    };
    let mut paths: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|ext| ext == "jsonl"))
        .collect();
    // Names begin with the time, so the newest are kept should there be more than the limit.
    paths.sort_unstable_by(|a, b| b.cmp(a));
    paths.truncate(LIST_LIMIT);
    Ok(paths)
}

fn id_of(path: &Path) -> String {
    escape_invisible(&path.file_stem().unwrap_or_default().to_string_lossy()).into_owned()
}

fn summarize_session(path: &Path) -> SessionSummary {
    let nothing = SessionSummary {
        path: path.to_owned(),
        start: unknown_start(id_of(path)),
        began: jiff::Timestamp::UNIX_EPOCH,
        events: 0,
        said: 0,
        last: jiff::Timestamp::UNIX_EPOCH,
        decided: None,
        rehearsed: None,
        closed: false,
        remark: None,
    };
    let (journal, recovery) = match Journal::read(path) {
        Ok(read) => read,
        Err(error) => {
            return SessionSummary {
                remark: Some(error.to_string()),
                ..nothing
            };
        }
    };
    let state = SessionState::fold(journal.events());
    let unstarted = state
        .start
        .is_none()
        .then(|| "How it began cannot be read.".to_owned());
    SessionSummary {
        start: state.start.unwrap_or(nothing.start),
        began: journal
            .events()
            .first()
            .map_or(nothing.began, |event| event.at),
        events: journal.events().len() as u64,
        said: journal
            .events()
            .iter()
            .filter(|event| is_said(event))
            .count() as u64,
        last: journal
            .events()
            .last()
            .map_or(nothing.last, |event| event.at),
        decided: match state.decided {
            Some((_, EventKind::Decided { option, .. })) => Some(option),
            _ => None,
        },
        rehearsed: journal.events().iter().rev().find_map(|event| {
            if let EventKind::Rehearsed { outcome, .. } = event.what {
                Some(outcome)
            } else {
                None
            }
        }),
        closed: state.closed,
        remark: recovery.broken.or(unstarted).or(recovery.torn),
        ..nothing
    }
}

/// What a person said on a screen or in a poll; not what the program wrote, and not what the
/// command line states anew at each start.
fn is_said(event: &Event) -> bool {
    let by_program = matches!(
        event.what,
        EventKind::Started(_)
            | EventKind::Assessed { .. }
            | EventKind::Verdict { .. }
            | EventKind::Resumed { .. }
            | EventKind::Closed { .. }
            | EventKind::PairConfirmed { .. }
    );
    !by_program && event.role.as_ref().map(Untrusted::as_raw) != Some(COMMAND_LINE)
}

fn unknown_start(session: String) -> Start {
    Start {
        session,
        tool: String::new(),
        journal: 0,
        mode: Mode::default(),
        repository: String::new(),
        previous: String::new(),
        previous_commit: String::new(),
        current: String::new(),
        current_commit: String::new(),
        environment: None,
        service: None,
        deployed_at: None,
        deadline: None,
        checklist_digest: String::new(),
        checklist: String::new(),
        checklist_changes: Vec::new(),
    }
}

/// The newest open session that was begun for the same purpose about the same releases, and in
/// which somebody said something. Only the newest ones are looked at: whoever starts again after a
/// lost connection does so soon.
pub fn find_similar_session(folder: &Path, start: &Start) -> Option<SessionSummary> {
    let same = |other: &Start| {
        (
            other.mode,
            &other.repository,
            &other.previous_commit,
            &other.current_commit,
            &other.environment,
            &other.service,
        ) == (
            start.mode,
            &start.repository,
            &start.previous_commit,
            &start.current_commit,
            &start.environment,
            &start.service,
        )
    };
    let recent = list_journal_files(folder).ok()?.into_iter().take(SIMILAR);
    recent.map(|path| summarize_session(&path)).find(|session| {
        !session.closed && session.remark.is_none() && session.said > 0 && same(&session.start)
    })
}

/// Which sessions are looked for where none is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionFilter {
    /// Those that were not closed: one goes on with them.
    Open,
    /// All: one looks back at them.
    Any,
}

/// The folder of the repository that holds a path, as sessions are told apart by it; `None` outside
/// of repositories.
pub fn root_of(path: &Path) -> Option<PathBuf> {
    let whole = path.canonicalize().ok()?;
    let bare = |folder: &&Path| folder.join("HEAD").is_file() && folder.join("objects").is_dir();
    whole
        .ancestors()
        .find(|folder| folder.join(".git").exists() || bare(folder))
        .map(Path::to_owned)
}

/// The newest session of the repository `here`; of the machine where there is no repository around.
/// A session of another repository is never taken for one of this: it is named, so that it can be
/// asked for by its id.
///
/// # Errors
/// One sentence when there is none.
pub fn find_newest_session(
    folder: &Path,
    here: Option<&Path>,
    which: SessionFilter,
) -> Result<PathBuf, SessionError> {
    let fits = |session: &SessionSummary| {
        session.events > 0 && (which == SessionFilter::Any || !session.closed)
    };
    let mut all = list_sessions(folder)?.into_iter().filter(fits);
    let open = if which == SessionFilter::Open {
        "open session"
    } else {
        "session"
    };
    let Some(here) = here else {
        let newest = all.next().ok_or_else(|| {
            SessionError::Other(format!(
                "There is no {open} in {}. `backout` begins one.",
                format_journal_path(folder)
            ))
        })?;
        return Ok(newest.path);
    };
    let mut elsewhere = None;
    for session in all {
        let of = Path::new(&session.start.repository);
        if root_of(of).map_or_else(|| of.starts_with(here), |root| root == here) {
            return Ok(session.path);
        }
        elsewhere = elsewhere.or(Some(session.start));
    }
    let hint = match elsewhere {
        Some(start) => {
            let (id, of) = (
                escape_invisible(&start.session).into_owned(),
                escape_invisible(&start.repository).into_owned(),
            );
            format!("The newest elsewhere is {id}, of {of}; name it by its id.")
        }
        None => "`backout` begins one.".to_owned(),
    };
    Err(SessionError::Other(format!(
        "There is no {open} of {}. {hint}",
        format_journal_path(here)
    )))
}

/// The journal of an id, its unique beginning, or else a unique part of it (`payments`, `3f9a`);
/// the path of a journal is taken as it is. Without id the newest that is not closed.
pub fn find_session_journal(folder: &Path, id: Option<&str>) -> Result<PathBuf, SessionError> {
    let Some(id) = id.map(str::trim).filter(|id| !id.is_empty()) else {
        let newest = list_sessions(folder)?
            .into_iter()
            .find(|session| !session.closed && session.events > 0);
        return newest.map(|session| session.path).ok_or_else(|| {
            SessionError::Other(format!(
                "There is no open session in {}. `backout \
                sessions` lists all, `backout` begins one.",
                format_journal_path(folder)
            ))
        });
    };
    if (id.contains(std::path::MAIN_SEPARATOR) || id.ends_with(".jsonl")) && Path::new(id).is_file()
    {
        return Ok(PathBuf::from(id));
    }
    let all: Vec<(String, PathBuf)> = list_journal_files(folder)?
        .into_iter()
        .map(|path| (id_of(&path), path))
        .collect();
    let matching = |test: &dyn Fn(&str) -> bool| -> Vec<&(String, PathBuf)> {
        all.iter().filter(|(name, _)| test(name)).collect()
    };
    let mut hits = matching(&|name| name == id);
    if hits.is_empty() {
        hits = matching(&|name| name.starts_with(id));
    }
    if hits.is_empty() {
        hits = matching(&|name| name.contains(id));
    }
    match hits.as_slice() {
        [(_, path)] => Ok(path.clone()),
        [] => Err(SessionError::Other(format!(
            "No session begins with {}. `backout sessions` lists them.",
            escape_invisible(id)
        ))),
        many => {
            let names: Vec<&str> = many.iter().take(5).map(|(name, _)| name.as_str()).collect();
            let more = if many.len() > 5 {
                format!(" and {} more", many.len() - 5)
            } else {
                String::new()
            };
            Err(SessionError::Other(format!(
                "{} names several sessions: {}{more}. Give more of the id.",
                escape_invisible(id),
                names.join(", ")
            )))
        }
    }
}
