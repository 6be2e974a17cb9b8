//! One session's journal: a file of JSON lines that only grows.

use model::Untrusted;
use std::fs::File;
use std::hash::{BuildHasher, Hasher};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::chain::{self, ChainWalk, EVENT_LIMIT, FILE_LIMIT, LINE_LIMIT};
use super::disk::{self, Lock, format_journal_path, make_disk_error};
use super::{Event, EventKind, SessionError, Start, fault};

/// How often another id is tried when one is taken.
const ID_ATTEMPTS: usize = 32;

/// A session's journal, open for appending. Several processes may append to one journal: every
/// append locks, re-reads the tail, writes, syncs and unlocks.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    file: File,
    walk: ChainWalk,
    /// Bytes read so far; always the end of a whole line.
    offset: u64,
    writable: bool,
    torn: Option<String>,
}

/// What reading a journal brought beside its events.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recovery {
    /// A torn last line was set aside; the sentence says where.
    pub torn: Option<String>,
    /// The chain is broken from this `seq` on; the sentence says how.
    pub broken: Option<String>,
    /// Events are dated before the ones they follow; the sentence says which first.
    pub clock: Option<String>,
}

/// An id such as `20261124-2210-payments-3f9a`: sorts by time (UTC, to the minute), tells the
/// service, ends in chance.
pub fn new_id(at: Timestamp, name: &str) -> String {
    let mut slug = String::new();
    for c in name.chars() {
        match c.to_ascii_lowercase() {
            c if c.is_ascii_alphanumeric() => slug.push(c),
            _ if !slug.is_empty() && !slug.ends_with('-') => slug.push('-'),
            _ => {}
        }
        if slug.len() == 24 {
            break;
        }
    }
    let slug = slug.trim_matches('-');
    let chance = std::hash::RandomState::new().build_hasher().finish() & 0xffff;
    format!(
        "{}-{}-{chance:04x}",
        at.strftime("%Y%m%d-%H%M"),
        if slug.is_empty() { "session" } else { slug }
    )
}

/// The time it is, to the millisecond: what an event carries.
pub(super) fn read_millisecond_clock() -> Timestamp {
    let now = Timestamp::now();
    Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
}

impl Journal {
    /// Begins a journal in `folder` (created when absent) and writes the `Started` event; fails
    /// before the first answer when the folder cannot be written. An empty `start.session` gets
    /// an id made of time, service (or the repository's folder) and chance.
    pub fn create(folder: &Path, start: Start) -> Result<Self, SessionError> {
        Self::create_at(folder, start, read_millisecond_clock())
    }

    /// [`Journal::create`] at a given time.
    pub fn create_at(folder: &Path, mut start: Start, at: Timestamp) -> Result<Self, SessionError> {
        disk::make_folder(folder)?;
        let given = !start.session.is_empty();
        if given
            && !start
                .session
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
        {
            return Err(SessionError::Other(
                "A session's id has only letters, digits, - and _.".to_owned(),
            ));
        }
        let name = start
            .service
            .clone()
            .or_else(|| model::folder_name(Path::new(&start.repository)));
        for _ in 0..ID_ATTEMPTS {
            if !given {
                start.session = new_id(at, name.as_deref().unwrap_or_default());
            }
            let path = folder.join(format!("{}.jsonl", start.session));
            match disk::create_new(&path) {
                Ok(file) => return Self::begin(folder, path, file, start, at),
                Err(error) if error.kind() == ErrorKind::AlreadyExists && !given => {}
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                    return Err(SessionError::Other(format!(
                        "A session {} is there already; resume it, or choose another id.",
                        start.session
                    )));
                }
                Err(error) => return Err(make_disk_error("create the journal", &path, &error)),
            }
        }
        Err(SessionError::Other(format!(
            "No free session id was found in {}.",
            format_journal_path(folder)
        )))
    }

    fn begin(
        folder: &Path,
        path: PathBuf,
        file: File,
        start: Start,
        at: Timestamp,
    ) -> Result<Self, SessionError> {
        let mut journal = Self {
            path,
            file,
            walk: ChainWalk::default(),
            offset: 0,
            writable: true,
            torn: None,
        };
        let begun = journal
            .append_at(EventKind::Started(Box::new(start)), None, None, at)
            .map(|_| ())
            .and_then(|()| disk::sync_folder(folder));
        if let Err(error) = begun {
            // A journal without its first event would only confuse; the sentence about the failure
            // matters more than this removal.
            let _ = std::fs::remove_file(&journal.path);
            return Err(error);
        }
        Ok(journal)
    }

    /// Opens a journal to go on with it. A torn last line is set aside first.
    pub fn open(path: &Path) -> Result<(Self, Recovery), SessionError> {
        let mut journal = Self {
            path: path.to_owned(),
            file: disk::open_journal_file(path, true)?,
            walk: ChainWalk::default(),
            offset: 0,
            writable: true,
            torn: None,
        };
        let lock = Lock::take(&journal.file, path)?;
        journal.read_tail(true)?;
        drop(lock);
        journal.checked()
    }

    /// Opens a journal to look at it: nothing is written or locked, an unfinished last line is left
    /// alone and reported.
    pub fn read(path: &Path) -> Result<(Self, Recovery), SessionError> {
        let mut journal = Self {
            path: path.to_owned(),
            file: disk::open_journal_file(path, false)?,
            walk: ChainWalk::default(),
            offset: 0,
            writable: false,
            torn: None,
        };
        journal.read_tail(false)?;
        journal.checked()
    }

    fn checked(self) -> Result<(Self, Recovery), SessionError> {
        if self.walk.events.is_empty() {
            let what = if self.walk.lines == 0 && self.torn.is_none() {
                "is empty: nothing was recorded in it"
            } else {
                "is not a journal: no event in it can be read"
            };
            return Err(SessionError::Other(format!(
                "The file {} {what}.",
                format_journal_path(&self.path)
            )));
        }
        let recovery = self.recovery();
        Ok((self, recovery))
    }

    /// What was found wrong so far: at opening, and since.
    pub fn recovery(&self) -> Recovery {
        Recovery {
            torn: self.torn.clone(),
            broken: self.walk.broken(),
            clock: self.walk.clock(),
        }
    }

    /// Appends one event and returns once it is on disk. Events that other processes appended
    /// meanwhile are read first.
    pub fn append(
        &mut self,
        what: EventKind,
        role: Option<String>,
        by: Option<String>,
    ) -> Result<&Event, SessionError> {
        let (role, by) = (role.map(Into::into), by.map(Into::into));
        self.append_at(what, role, by, read_millisecond_clock())
    }

    /// [`Journal::append`] at a given time.
    pub fn append_at(
        &mut self,
        what: EventKind,
        role: Option<Untrusted>,
        by: Option<Untrusted>,
        at: Timestamp,
    ) -> Result<&Event, SessionError> {
        if !self.writable {
            return Err(SessionError::Other(format!(
                "The journal {} is open for reading only.",
                format_journal_path(&self.path)
            )));
        }
        let lock = Lock::take(&self.file, &self.path)?;
        disk::still_there(&self.file, &self.path)?;
        self.read_tail(true)?;
        if self.walk.lines >= EVENT_LIMIT {
            return Err(SessionError::Other(format!(
                "The journal {} holds {EVENT_LIMIT} events, the most it can; begin another \
                    session.",
                format_journal_path(&self.path)
            )));
        }
        let event = Event {
            seq: self.walk.next,
            at,
            role,
            by,
            what,
            previous: self.walk.head.clone(),
            hash: String::new(),
        };
        let mut line = chain::encode_event(&event).map_err(SessionError::Other)?;
        if line.len() > LINE_LIMIT || self.offset + line.len() as u64 >= FILE_LIMIT {
            return Err(SessionError::Other(format!(
                "The event is too large for the journal {}; nothing was written.",
                format_journal_path(&self.path)
            )));
        }
        line.push('\n');
        if let Err(error) = fault::write_journal_bytes(&self.file, line.as_bytes())
            .and_then(|()| fault::sync_journal(&self.file))
        {
            // Half a line must not stay behind; should this fail too, the next reader sets it aside
            // as torn.
            let _ = fault::truncate_journal(&self.file, self.offset);
            return Err(make_disk_error("write the journal", &self.path, &error));
        }
        self.offset += line.len() as u64;
        self.walk.line(line.trim_end_matches('\n').as_bytes());
        drop(lock);
        self.walk.events.last().ok_or_else(|| {
            SessionError::Other("The event was written but cannot be read back.".to_owned())
        })
    }

    /// Reads what other processes appended; true when there was something.
    pub fn refresh(&mut self) -> Result<bool, SessionError> {
        let before = self.walk.lines;
        self.read_tail(false)?;
        Ok(self.walk.lines > before)
    }

    /// Reads whole lines after `offset`. What is left without a line feed is either being written
    /// by another process, which holds the lock, or torn: with the lock held (`repair`) it is
    /// set aside.
    fn read_tail(&mut self, repair: bool) -> Result<(), SessionError> {
        let bytes = disk::read_from(&self.file, &self.path, self.offset)?;
        let whole = memchr::memrchr(b'\n', &bytes).map_or(0, |at| at + 1);
        let (lines, tail) = bytes.split_at(whole);
        for line in lines
            .strip_suffix(b"\n")
            .into_iter()
            .flat_map(|lines| lines.split(|&b| b == b'\n'))
        {
            if self.walk.lines == 0
                && let Some(other) = chain::other_version(line)
            {
                return Err(SessionError::Other(format!(
                    "The file {} {other}.",
                    format_journal_path(&self.path)
                )));
            }
            if self.walk.lines >= EVENT_LIMIT {
                return Err(SessionError::Other(format!(
                    "The journal {} holds more than {EVENT_LIMIT} events and was not read.",
                    format_journal_path(&self.path)
                )));
            }
            self.walk.line(line);
        }
        self.offset += whole as u64;
        if !self.writable {
            // What was unfinished at the last look may be whole by now.
            self.torn = None;
        }
        if tail.is_empty() {
            return Ok(());
        }
        if !repair && self.writable {
            return Ok(());
        }
        if !repair {
            self.torn = Some(format!(
                "The last line of {} is unfinished ({} bytes) and was not read.",
                format_journal_path(&self.path),
                tail.len()
            ));
            return Ok(());
        }
        if self.walk.continues(tail) {
            // Only the line feed is missing: the event itself is whole, and it is kept.
            fault::write_journal_bytes(&self.file, b"\n")
                .and_then(|()| fault::sync_journal(&self.file))
                .map_err(|error| make_disk_error("write the journal", &self.path, &error))?;
            self.walk.line(tail);
            self.offset += tail.len() as u64 + 1;
            self.torn = Some(
                "The last line had lost its line feed; it was put back, no event is missing."
                    .to_owned(),
            );
            return Ok(());
        }
        let aside = disk::set_aside(&self.path, tail)?;
        fault::truncate_journal(&self.file, self.offset)
            .and_then(|()| fault::sync_journal(&self.file))
            .map_err(|error| make_disk_error("repair the journal", &self.path, &error))?;
        self.torn = Some(format!(
            "The last line was torn ({} bytes, never acknowledged); it was set aside in {}.",
            tail.len(),
            format_journal_path(&aside)
        ));
        Ok(())
    }

    /// All events so far.
    pub fn events(&self) -> &[Event] {
        &self.walk.events
    }

    /// Where it is kept.
    pub fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn walk(&self) -> &ChainWalk {
        &self.walk
    }
}
