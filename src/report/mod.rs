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
mod lost_changes;
mod markdown;
mod page;
mod person_names;
mod plan_row;
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
mod summary;
#[cfg(test)]
mod tests;
mod text;
mod timeline;
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
pub use subject::{ReportSubject, redact_assessment_names};
pub use summary::summarize_assessment;
pub use text::{preflight_text, write_assessment_text};
pub use timeline::event_line;
