//! What is to be rehearsed: texts that somebody else found.

use crate::connection::TimeLimits;

/// A statement and the line it begins on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedStatement {
    /// Line of its file, from 1.
    pub line: usize,
    /// Its text.
    pub text: String,
}

/// A migration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedMigration {
    /// Its file.
    pub path: String,
    /// The way up.
    pub up: Vec<PlannedStatement>,
    /// The file of the way down, and its statements.
    pub down: Option<(String, Vec<PlannedStatement>)>,
    /// Its tool runs it without a transaction.
    pub alone: bool,
}

/// A statement of the old program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedOldStatement {
    /// Its file.
    pub path: String,
    /// Its line.
    pub line: usize,
    /// Its text.
    pub text: String,
}

/// Rows that somebody wrote down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeedScript {
    /// The file.
    pub path: String,
    /// Its statements.
    pub statements: Vec<PlannedStatement>,
}

/// What a command of a migration tool is asked to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ToolWay {
    /// Bring an empty database to the schema of previous.
    Before,
    /// Bring it to the schema of current.
    Up,
    /// Bring it back.
    Down,
}

/// Runs the migrations of tools that are no SQL.
pub trait MigrationCommand {
    /// Runs one way to its end.
    ///
    /// # Errors
    /// One sentence: it cannot be started, fails, or takes too long.
    fn run(&self, way: ToolWay) -> Result<(), String>;

    /// The command, for people.
    fn show(&self, way: ToolWay) -> String;

    /// There is a command for the way.
    fn has(&self, way: ToolWay) -> bool;
}

/// Everything that a rehearsal is given.
pub struct RehearsalPlan<'a> {
    /// The program and its version, for the mark.
    pub program: String,
    /// Version we would go back to, and its commit.
    pub previous: (String, String),
    /// The newer version, and its commit.
    pub current: (String, String),
    /// Names of the sets of migrations.
    pub sets: Vec<String>,
    /// Migrations of previous, in order.
    pub before: Vec<PlannedMigration>,
    /// Migrations that current runs beside them, in order.
    pub range: Vec<PlannedMigration>,
    /// Runs the migrations instead, where they are no SQL.
    pub command: Option<&'a dyn MigrationCommand>,
    /// Statements of previous.
    pub statements: Vec<PlannedOldStatement>,
    /// Texts of previous that are put together while it runs.
    pub put_together: u64,
    /// Rows that somebody wrote down, instead of made ones.
    pub seed_script: Option<SeedScript>,
    /// Statements that are to make the new schema fit for the old program.
    pub steps: Vec<String>,
    /// Tables in which tools note what ran: no row is made for them.
    pub tool_tables: Vec<String>,
    /// Rows a table.
    pub rows: u64,
    /// Tells the made rows of one run from those of another.
    pub seed: u64,
    /// Time limits.
    pub limits: TimeLimits,
}
