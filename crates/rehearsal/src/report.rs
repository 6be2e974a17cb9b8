//! What a rehearsal saw: plain data, kept as JSON.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::catalogue::HeldLock;
use crate::connection::Engine;

/// A table that took no row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnfilledTable {
    /// The table.
    pub table: String,
    /// What the database said.
    pub why: String,
}

/// Rows that were made.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FilledTables {
    /// Tables with at least one.
    pub tables: u64,
    /// Rows in all.
    pub rows: u64,
    /// Tables that stayed empty.
    pub empty: Vec<UnfilledTable>,
}

/// A failure at a line of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlacedFailure {
    /// The file.
    pub path: String,
    /// The line.
    pub line: usize,
    /// The statement, shortened.
    pub text: String,
    /// What the database said.
    pub error: String,
}

/// One migration, one way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RanMigration {
    /// Its file.
    pub path: String,
    /// How long it took, in milliseconds.
    pub millis: u64,
    /// The strongest lock that it held on each table that was there before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub locks: Vec<HeldLock>,
    /// Why it stopped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed: Option<PlacedFailure>,
}

/// Migrations of one way, in the order in which they ran.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RanMigrations {
    /// Each of them; the last one may have failed.
    pub migrations: Vec<RanMigration>,
    /// Milliseconds in all.
    pub millis: u64,
    /// A migration that has no way down, where the way down ended there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends_at: Option<String>,
}

impl RanMigrations {
    /// The one that failed.
    pub fn failure(&self) -> Option<&PlacedFailure> {
        self.migrations
            .iter()
            .find_map(|migration| migration.failed.as_ref())
    }

    /// All ran, and none was missing.
    pub fn is_whole(&self) -> bool {
        self.failure().is_none() && self.ends_at.is_none()
    }
}

/// A statement of the old program that no longer does what it did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangedStatement {
    /// Its file.
    pub path: String,
    /// Its line.
    pub line: usize,
    /// The statement, shortened.
    pub text: String,
    /// It writes rows.
    pub writes: bool,
    /// What the database said, or how the answer differs.
    pub how: String,
    /// It does so only once rows of the new form are there.
    #[serde(default)]
    pub with_new_rows: bool,
    /// Columns that came to the answer are all that differs.
    #[serde(default)]
    pub only_more_columns: bool,
}

/// The statements of the old program.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OldStatementsSeen {
    /// Found in the old program.
    pub found: u64,
    /// Put together while the program runs, so nothing to run here.
    pub put_together: u64,
    /// Fail on the old schema already: no statement, or for another database.
    pub left_out: u64,
    /// The most frequent reasons for that.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_out_because: Vec<(String, u64)>,
    /// Ran on both schemas.
    pub ran: u64,
    /// Fail on the new schema.
    pub fail: Vec<ChangedStatement>,
    /// Answer otherwise on the new schema.
    pub answer_otherwise: Vec<ChangedStatement>,
    /// Places of the statements that ran, each with its number of lines.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub places: Vec<RanPlace>,
}

/// Where a statement that ran stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RanPlace {
    /// Its file.
    pub path: String,
    /// Its first line.
    pub line: usize,
    /// How many lines it has.
    pub lines: usize,
    /// It ran on the new schema as it did on the old one.
    pub same: bool,
}

/// Statements that are to make the new schema fit for the old program, tried on those that fail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TriedSteps {
    /// The statements.
    pub steps: Vec<String>,
    /// One that does not run, and why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<String>,
    /// Failing statements that run with them.
    pub helped: u64,
    /// Failing statements that fail with them too.
    pub still_fail: u64,
}

/// What one schema has otherwise than another.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SchemaDifference {
    /// Gone.
    pub missing: Vec<String>,
    /// There, but otherwise.
    pub other: Vec<String>,
    /// Only in the later one.
    pub more: Vec<String>,
}

impl SchemaDifference {
    /// Nothing differs.
    pub fn is_empty(&self) -> bool {
        self.missing.is_empty() && self.other.is_empty() && self.more.is_empty()
    }
}

/// What a table lost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableLoss {
    /// The table.
    pub table: String,
    /// Rows that are gone.
    pub rows: u64,
    /// Rows that were there.
    pub of: u64,
    /// Columns, and in how many rows their value is another one or gone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<(String, u64)>,
}

/// The ways down of the range.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WayDown {
    /// The migrations.
    pub ran: RanMigrations,
    /// What the schema has otherwise than before the range.
    pub schema: SchemaDifference,
    /// What rows from before the range lost.
    pub lost: Vec<TableLoss>,
    /// What rows that were written in the new form lost.
    pub lost_new: Vec<TableLoss>,
}

/// What rows the range was tried on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RowsTried {
    /// Rows of which one a table is empty where it may be.
    WithEmpty,
    /// Rows whose columns are all filled.
    Filled,
    /// No rows.
    None,
}

/// A range that did not run on some rows and was tried on others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailedTry {
    /// The rows.
    pub rows: RowsTried,
    /// Where it stopped.
    pub failure: PlacedFailure,
}

/// What a rehearsal on a real database saw.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatabaseRehearsal {
    /// Form of this record.
    pub form: u32,
    /// When it ended.
    pub at: Timestamp,
    /// The database.
    pub engine: Engine,
    /// Version we would go back to.
    pub previous: String,
    /// Its commit.
    pub previous_commit: String,
    /// The newer version.
    pub current: String,
    /// Its commit.
    pub current_commit: String,
    /// Folders of the migrations, or the command that ran them.
    pub sets: Vec<String>,
    /// Number from which rows were made.
    pub seed: u64,
    /// Migrations of previous that ran, and their milliseconds.
    pub before: (u64, u64),
    /// Rows that were made on the schema of previous.
    pub filled: FilledTables,
    /// Tries on other rows, on which the range does not run.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub failed_tries: Vec<FailedTry>,
    /// The rows on which the rest was seen.
    pub rows: RowsTried,
    /// The migrations of the range.
    pub up: RanMigrations,
    /// What the range did to rows from before it.
    pub rewritten: Vec<TableLoss>,
    /// Rows that were made on the new schema.
    pub filled_new: FilledTables,
    /// Statements of previous on the new schema.
    pub statements: OldStatementsSeen,
    /// Compatibility steps, where statements fail and there are some.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub with_steps: Option<TriedSteps>,
    /// The ways down.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub down: Option<WayDown>,
    /// Forward again, after the ways down.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub again: Option<RanMigrations>,
    /// Notes on what was not seen, in whole sentences.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// The form of the record that this program writes.
pub const FORM: u32 = 1;

/// What follows from a rehearsal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RehearsalResult {
    /// The range ran, and every statement of previous that ran before it ran after it.
    Held,
    /// Nothing failed, but no statement of previous could be run.
    Open,
    /// Something failed.
    Broke,
}

impl DatabaseRehearsal {
    /// What follows. The ways down do not count: whoever goes back need not run them.
    pub fn result(&self) -> RehearsalResult {
        if self.up.failure().is_some() || !self.statements.fail.is_empty() {
            RehearsalResult::Broke
        } else if self.statements.ran == 0 {
            RehearsalResult::Open
        } else {
            RehearsalResult::Held
        }
    }
}
