//! Reports: text, Markdown and JSON.
//!
//! Whatever comes from a repository, a file or a person is shown as it is and does nothing: no control character reaches a terminal,
//! no table, tag or mention of a report comes from outside.

mod escape;
mod explain;
mod handover;
mod json;
mod layout;
mod markdown;
#[cfg(test)]
mod sample;
mod session_report;
mod standing;
mod story;
#[cfg(test)]
mod tests;
mod text;
mod words;

pub use explain::explain;
pub use handover::{Row, handover, handover_markdown, handover_text};
pub use json::json;
pub use layout::ascii;
pub use markdown::markdown;
pub use session_report::{session_markdown, session_text};
pub use story::event_line;
pub use text::{preflight_text, text};
