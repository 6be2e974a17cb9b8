//! What a migration tool, or its table, says about the migrations that ran.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Framework;

/// What became of one migration in the database that was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MigrationState {
    /// It ran.
    Applied,
    /// It did not run yet, or was taken back.
    Pending,
    /// It began and did not end well: what it left behind is not known.
    Failed,
}

/// One migration in a history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MigrationRecord {
    /// As the tool names it: a file, a class, a version, an id. Control characters are visible.
    pub name: String,
    /// Its version, where the tool gives it apart from the name.
    pub version: Option<String>,
    /// What it does, in the words of the tool, where it gives them apart from the name.
    pub description: Option<String>,
    /// What it belongs to: an app of Django, a changelog of Liquibase.
    pub part: Option<String>,
    /// What became of it; `None` where it is named and that cannot be told: it was undone, or its
    /// state is a word that is not known.
    pub state: Option<MigrationState>,
    /// When it ran.
    pub at: Option<Timestamp>,
    /// Line of the file, from 1.
    pub line: Option<usize>,
}

/// What a history means for a migration that it does not name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HistoryScope {
    /// Applied and pending ones are listed; one that is missing is not known.
    Every,
    /// Applied ones are listed, as in the tool's table; one that is missing did not run.
    AppliedOnly,
    /// Pending ones are listed; one that is missing ran.
    PendingOnly,
    /// The newest one is named; all up to it ran, all behind it did not.
    UpTo,
    /// Versions and nothing else: all that ran, or the newest alone. The table of the tool that the
    /// releases use tells which.
    Versions,
}

/// What one file says about the migrations of one database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MigrationHistory {
    /// The file, as the user gave it.
    pub file: String,
    /// When it was written; `None` when that cannot be seen.
    pub observed_at: Option<Timestamp>,
    /// The tool, where the text names it.
    pub tool: Option<Framework>,
    /// What a missing migration means.
    pub scope: HistoryScope,
    /// Why rows may be missing at its end or between, in words that follow *because*; nothing is
    /// known then of what it does not name.
    pub incomplete: Option<String>,
    /// What it lists.
    pub records: Vec<MigrationRecord>,
}

/// What a history says about one migration of the range.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MigrationRun {
    /// What became of it.
    pub state: MigrationState,
    /// When it ran.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    /// The file that says so.
    pub file: String,
    /// Its line, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
}

/// A row of what a script of counting queries printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowCount {
    /// The identity of the query.
    pub query: String,
    /// What it counted; `None` where no number stands there that can be one of rows.
    pub rows: Option<u64>,
    /// When, by the clock of the database.
    pub at: Option<Timestamp>,
    /// Its time names no zone, and `at` reads it as UTC.
    pub zoneless: bool,
    /// Line of the file, from 1.
    pub line: Option<usize>,
}
