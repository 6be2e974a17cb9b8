//! The assessment as Markdown for a ticket or a pull request: the verdict open, the rest behind
//! summaries that can be unfolded.

mod blocks;
mod bounds;
mod plan;
mod risks;
mod verdict;
mod whole;

pub use blocks::escape_table_cell;
pub(super) use plan::write_markdown_plan;
pub(super) use risks::{
    write_markdown_coverage, write_markdown_entries, write_markdown_findings,
    write_markdown_unchecked,
};
pub(super) use verdict::write_markdown_options;
pub use whole::{preflight_markdown, write_assessment_markdown};
