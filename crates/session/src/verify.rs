//! What a journal's chain says about it, as `backout verify` shows it.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use super::disk::format_journal_path;
use super::{Break, EventKind, Journal, SessionError};

/// The state of a journal's chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainReport {
    /// The file.
    pub path: PathBuf,
    /// Id of the session, when its first event can be read.
    pub session: Option<String>,
    /// Whole lines in the file.
    pub lines: u64,
    /// Lines that could be read as events.
    pub events: u64,
    /// How many lines from the beginning stand as written.
    pub intact: u64,
    /// Where the chain does not hold, in order; bounded.
    pub breaks: Vec<Break>,
    /// Breaks beyond those listed.
    pub more_breaks: u64,
    /// An unfinished last line.
    pub torn: Option<String>,
    /// Events are dated before the ones they follow.
    pub clock: Option<String>,
    /// SHA-256 of the last line. Kept elsewhere, it also shows a rewritten or shortened journal.
    pub head: String,
}

impl ChainReport {
    /// Every line stands as written, and none is unfinished.
    pub fn whole(&self) -> bool {
        self.breaks.is_empty() && self.torn.is_none()
    }

    /// The report in lines for a terminal.
    pub fn text(&self) -> String {
        let mut out = String::new();
        let state = if self.whole() {
            "whole"
        } else if self.breaks.is_empty() {
            "whole, last line unfinished"
        } else {
            "broken"
        };
        let _ = writeln!(out, "{}", format_journal_path(&self.path));
        let _ = writeln!(
            out,
            "  session    {}",
            self.session
                .as_deref()
                .unwrap_or("unknown: the first event cannot be read")
        );
        let _ = writeln!(out, "  chain      {state}");
        let _ = writeln!(
            out,
            "  events     {} of {} lines, the first {} as written",
            self.events, self.lines, self.intact
        );
        for broken in &self.breaks {
            let _ = writeln!(out, "  line {:<6}{}", broken.line, broken.says);
        }
        if self.more_breaks > 0 {
            let _ = writeln!(out, "             {} more", self.more_breaks);
        }
        if let Some(torn) = &self.torn {
            let _ = writeln!(out, "  unfinished {torn}");
        }
        if let Some(clock) = &self.clock {
            let _ = writeln!(out, "  times      {clock}");
        }
        let _ = writeln!(out, "  last line  sha256 {}", self.head);
        out
    }
}

/// Reads a journal without touching it and reports its chain. Fails only when the file cannot be
/// read, is no journal, or is one of another format.
pub fn verify_journal_chain(path: &Path) -> Result<ChainReport, SessionError> {
    let (journal, recovery) = Journal::read(path)?;
    let walk = journal.walk();
    Ok(ChainReport {
        path: path.to_owned(),
        session: journal
            .events()
            .first()
            .and_then(|event| match &event.what {
                EventKind::Started(start) => Some(start.session.clone()),
                _ => None,
            }),
        lines: walk.lines,
        events: walk.events.len() as u64,
        intact: walk
            .breaks
            .first()
            .map_or(walk.lines, |first| first.line - 1),
        breaks: walk.breaks.clone(),
        more_breaks: walk.more_breaks,
        torn: recovery.torn,
        clock: recovery.clock,
        head: walk.head.clone(),
    })
}
