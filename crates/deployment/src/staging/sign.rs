//! One sign of staging, with the line that shows it.

use model::Strategy;
use model::{Confidence, Evidence, escape_invisible, shorten_text};

/// One sign of staging.
#[derive(Debug, Clone, PartialEq)]
pub struct StagingSign {
    /// What it is.
    pub strategy: Strategy,
    /// The tool, as its makers write it.
    pub tool: &'static str,
    /// What it buys on the way back, one clause.
    pub buys: String,
    /// Until when that holds, one clause.
    pub until: String,
    /// How sure.
    pub confidence: Confidence,
    /// File and line.
    pub evidence: Evidence,
}

/// Most bytes of one file that are looked at.
pub(super) const FILE_LIMIT: usize = 2 * 1024 * 1024;

pub(super) fn quote_staging_line(path: &str, line: usize, text: &str) -> Evidence {
    let excerpt = text.lines().nth(line.saturating_sub(1)).unwrap_or_default();
    Evidence::at(escape_invisible(path), line).with_excerpt(&shorten_text(excerpt.trim(), 160))
}
