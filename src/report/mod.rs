//! Reports: text, Markdown, JSON, a page, a message for a channel and a change ticket.
//!
//! Whatever comes from a repository, a file or a person is shown as it is and does nothing: no
//! control character reaches a terminal, no table, tag or mention of a report comes from outside.

mod change;
mod coverage;
mod debrief;
mod escape;
mod explain;
mod gate_sheet;
mod handover;
mod json;
mod layout;
mod markdown;
mod page;
mod run;
#[cfg(test)]
mod sample;
mod session_json;
mod session_report;
mod side_by_side;
mod slack;
mod standing;
mod story;
mod subject;
#[cfg(test)]
mod tests;
mod text;
mod top;
mod words;

pub use change::write_change_ticket;
pub use coverage::{coverage_lines, open_line};
pub use debrief::{StoryEnd, write_story_debrief};
pub use explain::explain_decision;
pub use gate_sheet::{GateSheet, gate_markdown, gate_text};
pub use handover::{HandoverRow, handover_markdown, handover_text, list_handover_rows};
pub use json::write_assessment_json;
pub use layout::convert_report_to_ascii;
pub use markdown::{escape_table_cell, preflight_markdown, write_assessment_markdown};
pub use page::{write_gate_page, write_html_page};
pub use session_json::write_report_json;
pub use session_report::{session_markdown, session_text};
pub use side_by_side::write_side_by_side;
pub use slack::write_slack_message;
pub use story::event_line;
pub use subject::{ReportSubject, redact_assessment_names};
pub use text::{preflight_text, write_assessment_text};

/// What an assessment holds, in one line for the record.
pub fn summarize_assessment(assessment: &crate::model::Assessment) -> String {
    let count = |n: u64, one: &str| format!("{n} {one}{}", if n == 1 { "" } else { "s" });
    // as every screen counts them: a renamed file is one
    let files = match (
        assessment.files.len() as u64,
        assessment.changelog.files_changed,
    ) {
        (0, None) => "files not counted".to_owned(),
        (0, Some(n)) => count(n, "file"),
        (listed, _) => count(listed, "file"),
    };
    let parts = [
        count(assessment.changelog.commits, "commit"),
        files,
        count(assessment.migrations.len() as u64, "migration"),
        count(assessment.contracts.len() as u64, "contract"),
        count(assessment.findings.len() as u64, "finding"),
    ];
    // what was not looked at belongs into the record, beside what was found
    let open = open_line(assessment).map(|open| format!("not looked at: {open}"));
    [Some(parts.join(", ")), open]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join("; ")
}
