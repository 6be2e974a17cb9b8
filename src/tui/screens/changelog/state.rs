//! State of the changelog.

use std::collections::BTreeMap;

use crate::model::{FileChange, FileDiff, RevertTrial};
use crate::tui::list::{ListState, Scroll};
use crate::tui::screens::changelog::rows::{ChangelogOrder, ChangelogPart, ChangelogRow};

/// State of the screen.
#[derive(Debug, Clone, Default)]
pub struct ChangelogScreen {
    /// Cursor and search.
    pub list: ListState,
    /// Riskiest or newest first.
    pub order: ChangelogOrder,
    /// Which entries are shown.
    pub part: ChangelogPart,
    /// Rows shown.
    pub rows: Vec<ChangelogRow>,
    /// The commit a person moved to: the cursor stays on it while more comes in.
    pub kept: Option<String>,
    /// Scrolls what is said about an entry.
    pub scroll: Scroll,
    /// Files of a commit, or why they cannot be told.
    pub files: Option<(String, Result<Vec<FileChange>, String>)>,
    /// Which of them is shown.
    pub file: usize,
    /// The difference asked for.
    pub wanted: Option<FileChange>,
    /// The difference that has come.
    pub diff: Option<(FileChange, FileDiff)>,
    /// Trials by commit.
    pub trials: BTreeMap<String, RevertTrial>,
    /// The commit whose revert is being tried.
    pub trying: Option<String>,
    /// The release that the trials are about.
    pub about: String,
}
