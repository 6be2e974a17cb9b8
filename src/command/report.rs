//! `backout report`: a session to paste into a post-mortem.

use std::process::ExitCode;

use anyhow::{Context as _, Result};

use super::cli::{Common, ReportArgs, ReportFormat};
use crate::checklist::Checklist;
use crate::decision;
use crate::model::{Decision, Mode};
use crate::report;
use crate::session::{self, Event, State};

/// Runs it.
pub fn run(_common: &Common, args: &ReportArgs) -> Result<ExitCode> {
    let path = session::find(&session::folder()?, args.id.as_deref())?;
    let (events, recovery) = session::read(&path)?;
    let decision = decide(&events)?;
    let mut text = match args.format {
        ReportFormat::Markdown => report::session_markdown(&events, None, decision.as_ref(), args.names),
        ReportFormat::Text => report::session_text(&events, None, decision.as_ref(), args.names),
    };
    for remark in [recovery.torn, recovery.broken].into_iter().flatten() {
        text.push_str(&format!("\nOn the journal: {}\n", crate::model::visible(&remark)));
    }
    super::print(&text)
}

/// The decision at the end of these events, by the checklist that was in force.
pub fn decide(events: &[Event]) -> Result<Option<Decision>> {
    let state = State::fold(events);
    let (Some(start), Some(last)) = (&state.start, events.last()) else { return Ok(None) };
    let checklist = Checklist::from_yaml(&start.checklist)
        .map_err(|lints| anyhow::anyhow!("{}", super::situation::lint_lines(&lints)))
        .context("the checklist kept in this journal cannot be read by this version")?;
    let resolved = decision::resolve(&state.sensed, &state.stated);
    let context = decision::Context {
        mode: if start.mode == Mode::Review { Mode::Incident } else { start.mode },
        gate: state.gate,
        now: last.at,
        deadline: start.deadline,
        previous: start.previous.clone(),
        current: start.current.clone(),
    };
    Ok(Some(decision::decide(&resolved.facts, &checklist, &context)))
}
