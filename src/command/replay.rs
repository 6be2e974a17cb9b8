//! `backout replay`: a session event by event, with the verdict as it stood then.

use std::fmt::Write;
use std::process::ExitCode;

use anyhow::{Result, bail};

use super::cli::ReplayArgs;
use crate::model::{Decision, shorten, visible};
use crate::report;
use crate::session::{self, Event, EventKind, Journal};

/// Prints the events up to one, each with the verdict it led to.
pub fn print(args: &ReplayArgs) -> Result<ExitCode> {
    let path = session::find(&session::folder()?, args.id.as_deref())?;
    let (journal, recovery) = Journal::read(&path)?;
    let events = journal.events();
    let last = events.last().map_or(0, |event| event.seq);
    if let Some(wanted) = args.event
        && (wanted == 0 || wanted > last)
    {
        bail!("--event {wanted}: the session has events 1 to {last}");
    }
    let until = args.event.unwrap_or(last);
    let shown: Vec<&Event> = events.iter().filter(|event| event.seq <= until).collect();
    let previous =
        events.iter().find_map(|event| if let EventKind::Started(start) = &event.what { Some(start.previous.as_str()) } else { None }).unwrap_or_default();
    let mut out = String::new();
    let mut said = String::new();
    for event in &shown {
        let line = shorten(&report::event_line(event, previous), 90).into_owned();
        let _ = writeln!(out, "{:4}  {}  {}", event.seq, event.at.strftime("%H:%M:%S"), visible(&line));
        let verdict = session::decision_at(events, event.seq)?.map(|decision| headline(&decision)).unwrap_or_default();
        if verdict != said {
            let _ = writeln!(out, "{:16}{verdict}", "");
            said = verdict;
        }
    }
    for remark in [recovery.torn, recovery.broken].into_iter().flatten() {
        let _ = writeln!(out, "\nOn the journal: {}", visible(&remark));
    }
    super::print(&out)
}

fn headline(decision: &Decision) -> String {
    let margin = decision.margin.map(|margin| format!(", margin {margin:+}")).unwrap_or_default();
    format!("→ {}, {}{margin}", decision.option.title(), decision.strength.id())
}
