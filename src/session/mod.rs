//! Sessions: events, the journal they are kept in, and the state they fold to.

mod event;

pub use event::*;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::model::{Fact, Gate, OptionId, Reverting};

/// Why a journal cannot be read or written: one sentence, what, where, what to do.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// Anything that ends in one sentence for the user.
    #[error("{0}")]
    Other(String),
}

/// What a session's events fold to.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct State {
    /// How it began; `None` before the first event.
    pub start: Option<Start>,
    /// Facts stated by people, in order, withdrawn ones left out.
    pub stated: Vec<Fact>,
    /// The `seq` of the event that stated each of `stated`.
    pub stated_by: Vec<u64>,
    /// Sensed facts of the last `Assessed` event.
    pub sensed: Vec<Fact>,
    /// Whether a person confirmed that *current* is what is live.
    pub confirmed: bool,
    /// Words for changelog entries, by commit.
    pub entries: BTreeMap<String, Reverting>,
    /// Questions handed to somebody else: id and who.
    pub asked: Vec<(String, String)>,
    /// The gate the deployment is at.
    pub gate: Option<Gate>,
    /// Calls by gate: `go`, `no-go` or `hold`, with the reason.
    pub calls: BTreeMap<Gate, (OptionId, String)>,
    /// Poll by gate and role: what it said (`None` is silence) and its objection.
    pub polls: BTreeMap<(Gate, String), (Option<OptionId>, Option<String>)>,
    /// Notes, in order, with the `seq` of their event.
    pub notes: Vec<(u64, String)>,
    /// The last decision and the `seq` of its event.
    pub decided: Option<(u64, EventKind)>,
    /// Whether the session was closed.
    pub closed: bool,
    /// `seq` of the last event.
    pub last: u64,
}

impl State {
    /// The state after these events.
    pub fn fold<'a>(events: impl IntoIterator<Item = &'a Event>) -> Self {
        let _ = events.into_iter().count();
        unimplemented!("session")
    }
}

/// A session's journal, open for appending. Several processes may append to one journal: every append locks, re-reads the tail,
/// writes, syncs and unlocks.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    events: Vec<Event>,
}

/// What reading a journal brought beside its events.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recovery {
    /// A torn last line was set aside; the sentence says where.
    pub torn: Option<String>,
    /// The chain is broken from this `seq` on; the sentence says how.
    pub broken: Option<String>,
}

impl Journal {
    /// Begins a journal in `folder` (created when absent) and writes the `Started` event; fails before the first answer when the
    /// folder cannot be written.
    pub fn create(folder: &Path, start: Start) -> Result<Self, SessionError> {
        let _ = (folder, start);
        unimplemented!("session")
    }

    /// Opens a journal to go on with it.
    pub fn open(path: &Path) -> Result<(Self, Recovery), SessionError> {
        let _ = path;
        unimplemented!("session")
    }

    /// Appends one event and returns once it is on disk. Events that other processes appended meanwhile are read first.
    pub fn append(&mut self, what: EventKind, role: Option<String>, by: Option<String>) -> Result<&Event, SessionError> {
        let _ = (what, role, by);
        unimplemented!("session")
    }

    /// Reads what other processes appended; true when there was something.
    pub fn refresh(&mut self) -> Result<bool, SessionError> {
        unimplemented!("session")
    }

    /// All events so far.
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// Where it is kept.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// One session of the list.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    /// Its journal.
    pub path: PathBuf,
    /// How it began.
    pub start: Start,
    /// Number of events.
    pub events: u64,
    /// When the last happened.
    pub last: jiff::Timestamp,
    /// What was decided.
    pub decided: Option<OptionId>,
    /// Whether it was closed.
    pub closed: bool,
    /// Remark on its condition (torn, broken, other version).
    pub remark: Option<String>,
}

/// The folder journals are kept in: `$BACKOUT_HOME/sessions`, else the user's state folder.
pub fn folder() -> Result<PathBuf, SessionError> {
    unimplemented!("session")
}

/// All sessions of a folder, newest first; unreadable ones with a remark.
pub fn list(folder: &Path) -> Result<Vec<Summary>, SessionError> {
    let _ = folder;
    unimplemented!("session")
}

/// The journal of an id (or its unique beginning); without id the newest that is not closed.
pub fn find(folder: &Path, id: Option<&str>) -> Result<PathBuf, SessionError> {
    let _ = (folder, id);
    unimplemented!("session")
}
