//! State of the screen of risks.

use std::collections::BTreeMap;

use crate::model::FileChange;
use crate::tui::list::{ListState, Scroll};
use crate::tui::screens::risks::rows::{RiskRow, RisksPart};
use crate::tui::screens::risks::source::SourceLines;

/// State of the screen.
#[derive(Debug, Clone, Default)]
pub struct Risks {
    /// Cursor and search.
    pub list: ListState,
    /// Which rows are shown.
    pub part: RisksPart,
    /// Rows shown.
    pub rows: Vec<RiskRow>,
    /// Words of the row a person moved to: the cursor stays on it while more comes in.
    pub kept: Option<String>,
    /// Trees that a person opened or closed, by path.
    pub open: BTreeMap<String, bool>,
    /// Scrolls the evidence.
    pub scroll: Scroll,
    /// Lines of changed files, as far as they were asked for, by path.
    pub sources: BTreeMap<String, SourceLines>,
    /// Asked for and not there yet.
    pub wanted: Option<FileChange>,
    /// The pair that the sources are about.
    pub about: String,
}
