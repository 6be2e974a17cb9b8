//! Migrations of the range and what each means for the way back.

use serde::{Deserialize, Serialize};

use super::{Dialect, Evidence, Framework, MigrationRun, MigrationState, OperationKind, Word};

/// Effect on the old code. Ordered from harmless to worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RollbackEffect {
    /// Old code works.
    Safe,
    /// It cannot be decided from here.
    Doubt,
    /// Old code works on rewritten data.
    DataChanged,
    /// Writes of old code fail.
    BreaksWrites,
    /// Reads of old code fail.
    BreaksReads,
}

/// Effect of running it while the old code runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeployEffect {
    /// Nothing to see.
    Safe,
    /// Blocks reads or writes for its duration.
    Locks,
    /// Rewrites or scans the whole table.
    Rewrites,
    /// Fails the running release.
    BreaksRunningCode,
    /// It cannot be decided from here.
    Unknown,
}

/// What undoing it costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RevertEffect {
    /// Nothing is lost.
    NothingLost,
    /// Data is lost.
    LosesData,
    /// It cannot be undone.
    Irreversible,
    /// It cannot be decided from here.
    Unknown,
}

/// What happened to the migration file itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MigrationChange {
    /// New in current.
    Added,
    /// Moved, and the tool still sees the same migration.
    Renamed,
    /// Moved so that the tool takes it for a new one.
    RenamedRunsAgain,
    /// Edited after it shipped.
    Modified,
    /// Gone from current.
    Removed,
}

/// One operation of a migration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Operation {
    /// `add-column`, `drop-table`, ... the rows of the taxonomy.
    pub kind: Word<OperationKind>,
    /// `orders.note`, `orders`, `idx_orders_note`.
    pub object: String,
    /// Line in the migration's file.
    pub line: usize,
    /// Old code on the schema at the end of the range, with its use in previous.
    pub rollback: RollbackEffect,
    /// The operation by itself.
    pub alone: RollbackEffect,
    /// While deploying.
    pub on_deploy: DeployEffect,
    /// When undone.
    pub revert: RevertEffect,
    /// One sentence for `rollback`.
    pub why: String,
    /// Where previous uses the object.
    pub used_by: Vec<Evidence>,
    /// Smallest SQL that makes old code work, where there is one.
    #[serde(default)]
    pub compatibility_step: Option<String>,
    /// Read-only SQL that counts the rows which stand against the way back, where only production
    /// knows.
    #[serde(default)]
    pub query: Option<String>,
}

/// Kind of the way down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DownKind {
    /// Written by hand.
    Script,
    /// The framework derives it.
    Derivable,
    /// There is none, or one without effect.
    None,
    /// The migration says so itself.
    Irreversible,
}

/// Quality of the way down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DownState {
    /// Undoes everything.
    Complete,
    /// Leaves something behind.
    Incomplete,
    /// Does nothing.
    Empty,
    /// Fails by construction.
    Failing,
    /// Damages more than it undoes.
    Harmful,
}

/// The way down of a migration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Down {
    /// Kind.
    pub kind: DownKind,
    /// Quality, where there is one.
    pub state: Option<DownState>,
    /// Its file, or the migration's own.
    pub path: Option<String>,
    /// First line of it, from 1.
    #[serde(default)]
    pub line: Option<usize>,
    /// Whether data written since is lost.
    pub loses_data: Option<bool>,
    /// Why the state is what it is.
    #[serde(default)]
    pub why: Option<String>,
    /// Only a try on a copy of the rows tells whether it runs through. Saved files say so in
    /// `why`; nothing is judged from them.
    #[serde(skip)]
    pub rehearse: bool,
}

/// One migration (up side).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Migration {
    /// The file, or `file#id` for a change set inside a file.
    pub path: String,
    /// The file.
    pub file: String,
    /// Line where it begins, from 1.
    pub line: usize,
    /// Id of the logical change that copies for several databases share.
    pub group: String,
    /// `golang-migrate`, `rails`, ...
    pub framework: Word<Framework>,
    /// Version as the framework orders it.
    pub version: String,
    /// `postgresql`, `mysql`, `sqlite`, `mssql`, or `unknown`.
    pub dialect: Word<Dialect>,
    /// What happened to the file.
    pub change: MigrationChange,
    /// Where it was, when moved.
    pub from: Option<String>,
    /// Its operations.
    pub operations: Vec<Operation>,
    /// Worst of the operations.
    pub rollback: RollbackEffect,
    /// The way down.
    pub down: Down,
    /// What the history of the database says about it; `None` when no file was given that does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ran: Option<MigrationRun>,
}

impl Migration {
    /// A history of the database says that it did not run.
    pub fn is_pending(&self) -> bool {
        self.ran
            .as_ref()
            .is_some_and(|run| run.state == MigrationState::Pending)
    }

    /// Whether it runs when current is deployed: it is new to its tool, or its text changed and the
    /// tool runs it again for that (a repeatable script has operations only then).
    pub fn runs(&self) -> bool {
        if self.is_pending() {
            return false;
        }
        match self.change {
            MigrationChange::Added | MigrationChange::RenamedRunsAgain => true,
            MigrationChange::Modified => !self.operations.is_empty(),
            _ => false,
        }
    }
}
