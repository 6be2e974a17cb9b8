//! The assessment for a terminal or a pipe: the verdict first and what it rests on, the strongest
//! risk, what is open, what to find out next; then the rest, risks before options, each part under
//! its own line, with words in columns and no colour.

mod bounds;
mod plan;
mod risks;
mod verdict;
mod whole;

pub(super) use plan::write_text_plan;
pub(super) use risks::{write_text_lost_changes, write_text_risks};
pub(super) use verdict::write_text_options;
#[cfg(test)]
pub(super) use whole::{FIRST, text_in};
pub use whole::{preflight_text, write_assessment_text};
