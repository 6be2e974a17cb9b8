//! `backout verify --repair`: what is whole of a broken journal, in a new one. The broken one is
//! never touched.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::disk::{self, Lock, format_journal_path, make_disk_error};
use super::{Break, Event, EventKind, Journal, SessionError, chain, fault};

/// How often another name is tried where one is taken.
const NAMES: usize = 99;
/// Most lines that were left out which are named one by one, in the new journal itself.
const NAMED: usize = 20;

/// What was written to a new journal, and what was not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repaired {
    /// The new journal.
    pub path: PathBuf,
    /// Events in it that are of the broken one.
    pub kept: u64,
    /// Lines that were left, each with why. A line counts as whole where it carries its own hash;
    /// the chain is made anew.
    pub left: Vec<Break>,
    /// An unfinished end that was left.
    pub torn: Option<String>,
    /// Whether lines may be missing, or stand in another order than they were written: then no
    /// repair can tell.
    pub gaps: bool,
}

impl Repaired {
    /// The report in lines for a terminal.
    pub fn text(&self) -> String {
        let mut out = format!(
            "What is whole was written to {}\n  kept       {} events\n",
            format_journal_path(&self.path),
            self.kept
        );
        for line in &self.left {
            out.push_str(&format!("  left       line {} {}\n", line.line, line.says));
        }
        if let Some(torn) = &self.torn {
            out.push_str(&format!("  left       {torn}\n"));
        }
        if self.gaps {
            out.push_str("  not known  whether lines are missing between those that were kept\n");
        }
        if self.left.is_empty() && self.torn.is_none() {
            out.push_str("  left       nothing\n");
        }
        out.push_str("The broken journal was not changed. `backout sessions` lists both.\n");
        out
    }
}

/// Writes every event that stands as it was written to a new journal beside the broken one. `None`
/// where there is nothing to repair.
///
/// # Errors
/// When the journal cannot be read, holds nothing that is whole, or the new one cannot be written;
/// then none is left behind.
pub fn repair_journal(path: &Path) -> Result<Option<Repaired>, SessionError> {
    // held so that nobody appends between the reading and the writing
    let file = disk::open_journal_file(path, false)?;
    let lock = Lock::take(&file, path)?;
    let (journal, recovery) = Journal::read(path)?;
    if recovery.broken.is_none() && recovery.torn.is_none() {
        return Ok(None);
    }
    let bytes = disk::read_from(&file, path, 0)?;
    drop(lock);
    let gaps = recovery.broken.is_some();
    let mut left = Vec::new();
    let mut kept = Vec::new();
    let whole = bytes
        .iter()
        .rposition(|&byte| byte == b'\n')
        .map_or(0, |at| at + 1);
    let lines = bytes[..whole]
        .strip_suffix(b"\n")
        .into_iter()
        .flat_map(|lines| lines.split(|&byte| byte == b'\n'));
    for (at, line) in lines.enumerate() {
        match chain::decode_intact_event(line) {
            Ok(event) => kept.push(event),
            Err(says) => left.push(Break {
                line: at as u64 + 1,
                says,
            }),
        }
    }
    if kept.is_empty() {
        return Err(SessionError::Other(format!(
            "Nothing in {} stands as it was written, so nothing was repaired.",
            format_journal_path(path)
        )));
    }
    let count = kept.len() as u64;
    let mut repaired = Repaired {
        path: PathBuf::new(),
        kept: count,
        left,
        torn: recovery.torn,
        gaps,
    };
    repaired.path = write_new(path, renumber_events(kept), &repaired)?;
    drop(journal);
    Ok(Some(repaired))
}

/// The events with numbers without gaps; what takes an event back follows it, and becomes a note
/// where that event was left out.
fn renumber_events(events: Vec<Event>) -> Vec<Event> {
    let mut places: BTreeMap<u64, u64> = BTreeMap::new();
    events
        .into_iter()
        .zip(1..)
        .map(|(mut event, seq)| {
            places.insert(event.seq, seq);
            if let EventKind::Withdrawn { seq: target } = event.what {
                event.what = match places.get(&target) {
                    Some(place) if *place != seq => EventKind::Withdrawn { seq: *place },
                    _ => EventKind::Noted {
                        text: format!("Event {target} was taken back; it could not be repaired.")
                            .into(),
                    },
                };
            }
            event.seq = seq;
            event
        })
        .collect()
}

fn write_new(
    path: &Path,
    events: Vec<Event>,
    repaired: &Repaired,
) -> Result<PathBuf, SessionError> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let stem = path
        .file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    for n in 1..=NAMES {
        let id = if n == 1 {
            format!("{stem}-repaired")
        } else {
            format!("{stem}-repaired-{n}")
        };
        let new = folder.join(format!("{id}.jsonl"));
        let file = match disk::create_new(&new) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => continue,
            Err(error) => return Err(make_disk_error("create the journal", &new, &error)),
        };
        let text = lines_of(events, &id, &stem, repaired)?;
        let written = fault::write_journal_bytes(&file, text.as_bytes())
            .and_then(|()| fault::sync_journal(&file));
        if let Err(error) = written
            .map_err(|error| make_disk_error("write the journal", &new, &error))
            .and_then(|()| disk::sync_folder(folder))
        {
            // half a repair would be one more broken journal
            let _ = std::fs::remove_file(&new);
            return Err(error);
        }
        return Ok(new);
    }
    Err(SessionError::Other(format!(
        "There are {NAMES} repaired journals of {} already; remove some.",
        format_journal_path(path)
    )))
}

/// The new journal as text, with a note at its end that says what it is.
fn lines_of(
    events: Vec<Event>,
    id: &str,
    of: &str,
    repaired: &Repaired,
) -> Result<String, SessionError> {
    let mut says = format!(
        "This is what was whole of session {of}: {} events.",
        repaired.kept
    );
    for line in repaired.left.iter().take(NAMED) {
        says.push_str(&format!("\nLeft out: line {} {}.", line.line, line.says));
    }
    let more = repaired.left.len().saturating_sub(NAMED);
    if more > 0 {
        says.push_str(&format!("\nLeft out: {more} more lines."));
    }
    if repaired.torn.is_some() {
        says.push_str("\nLeft out: an unfinished last line.");
    }
    if repaired.gaps {
        says.push_str("\nWhether lines are missing in between cannot be told.");
    }
    let note = Event {
        seq: events.len() as u64 + 1,
        at: super::journal::read_millisecond_clock(),
        role: None,
        by: None,
        what: EventKind::Noted { text: says.into() },
        previous: String::new(),
        hash: String::new(),
    };
    let (mut text, mut head) = (String::new(), chain::hash_sha256(b""));
    for mut event in events.into_iter().chain([note]) {
        if let EventKind::Started(start) = &mut event.what {
            start.session = id.to_owned();
        }
        event.previous = head;
        let line = chain::encode_event(&event).map_err(SessionError::Other)?;
        head = chain::hash_sha256(line.as_bytes());
        text.push_str(&line);
        text.push('\n');
    }
    Ok(text)
}
