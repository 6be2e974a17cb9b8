//! `backout report`: a session to paste into a post-mortem.

use std::process::ExitCode;

use anyhow::Result;

use super::cli::{Common, ReportArgs, ReportFormat};
use crate::report;
use crate::session::{self, Journal};
use crate::usecase;

/// Runs it.
pub fn run(common: &Common, args: &ReportArgs) -> Result<ExitCode> {
    let path = super::sessions::choose(common, args.id.as_deref(), session::Which::Any)?;
    let (journal, recovery) = Journal::read(&path)?;
    let events = journal.events();
    let decision = usecase::decision_at(events, u64::MAX)?;
    let rows = args.hand_over.then(|| report::handover(events, decision.as_ref(), args.names, jiff::Timestamp::now()));
    let mut text = match (&rows, args.format) {
        (Some(rows), ReportFormat::Markdown) => report::handover_markdown(rows),
        (Some(rows), ReportFormat::Text) => report::handover_text(rows, super::width()),
        (None, ReportFormat::Markdown) => report::session_markdown(events, None, decision.as_ref(), args.names),
        (None, ReportFormat::Text) => report::session_text(events, None, decision.as_ref(), args.names, super::width()),
    };
    for remark in [recovery.torn, recovery.broken, recovery.clock].into_iter().flatten() {
        text.push_str(&format!("\nOn the journal: {}\n", crate::model::visible(&remark)));
    }
    super::print(&text)
}
