//! What a rehearsal asks of a database, whichever it is.

use serde::{Deserialize, Serialize};

use crate::address::EngineKind;
use crate::catalogue::{DatabaseColumn, DatabaseTable, HeldLock, SchemaObjects};
use crate::fault::StatementFault;

/// Database and version, as it says itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Engine {
    /// `PostgreSQL`, `MySQL`, `MariaDB`, `SQLite`.
    pub name: String,
    /// Its version.
    pub version: String,
}

impl std::fmt::Display for Engine {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{} {}", self.name, self.version)
    }
}

/// A column of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerColumn {
    /// Its name.
    pub name: String,
    /// Its type, where the database says one.
    pub type_name: String,
}

/// What a statement answers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answer {
    /// Columns.
    pub columns: Vec<AnswerColumn>,
    /// A digest of each row, sorted: the order of rows is nobody's promise.
    pub rows: Vec<u64>,
    /// Rows that were written, where it writes.
    pub written: u64,
}

/// What a prepared statement needs and gives.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Described {
    /// Columns that would take the values that it needs, where the database says their types.
    pub needs: Vec<Option<DatabaseColumn>>,
}

impl Described {
    /// That many values, whose types the database does not say.
    pub fn of_unknown_types(count: usize) -> Self {
        Self {
            needs: vec![None; count],
        }
    }
}

/// What is noted in the database about itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ScratchMark {
    /// The program that made it, with its version.
    pub made_by: String,
    /// The two releases.
    pub range: String,
    /// What is being done.
    pub step: String,
    /// `running` or `ended`.
    pub state: String,
    /// A digest of the tables that stood there when it ended.
    pub left: String,
}

/// A row as text; `None` is NULL.
pub type TextRow = Vec<Option<String>>;

/// A database.
pub trait Connection {
    /// What it is.
    fn engine(&self) -> &Engine;

    /// Which family it is of.
    fn kind(&self) -> EngineKind;

    /// Tables and other objects that no rehearsal made, a few of them, by name; empty for a
    /// database that is empty. The mark does not count.
    fn list_what_is_there(&mut self) -> Result<Vec<String>, StatementFault>;

    /// The mark, where one stands.
    fn read_mark(&mut self) -> Result<Option<ScratchMark>, StatementFault>;

    /// Writes the mark; makes its table where it is not there.
    fn write_mark(&mut self, mark: &ScratchMark) -> Result<(), StatementFault>;

    /// Takes the database for this rehearsal; `false` where another one has it.
    fn take(&mut self) -> Result<bool, StatementFault>;

    /// Drops everything but the mark.
    fn drop_everything(&mut self) -> Result<(), StatementFault>;

    /// Puts settings of the connection back to what they were, with the time limits.
    fn reset(&mut self) -> Result<(), StatementFault>;

    /// Runs one statement whose answer does not matter.
    fn run(&mut self, text: &str) -> Result<(), StatementFault>;

    /// Runs one statement and gives its rows as text.
    fn rows(&mut self, text: &str) -> Result<Vec<TextRow>, StatementFault>;

    /// Prepares a statement.
    fn describe(&mut self, text: &str) -> Result<Described, StatementFault>;

    /// Runs a statement with values.
    fn ask(&mut self, text: &str, values: &[Option<String>]) -> Result<Answer, StatementFault>;

    /// Tables that rows can be written to.
    fn tables(&mut self) -> Result<Vec<DatabaseTable>, StatementFault>;

    /// Everything the schema consists of.
    fn objects(&mut self) -> Result<SchemaObjects, StatementFault>;

    /// Locks that the open transaction holds on tables.
    fn locks(&mut self) -> Result<Vec<HeldLock>, StatementFault>;

    /// Statements that change the schema are taken back with their transaction.
    fn takes_schema_back(&self) -> bool {
        true
    }

    /// Looks for broken references or does not, where that can be told apart from the tables.
    fn enforce_references(&mut self, on: bool) -> Result<(), StatementFault>;

    /// Lets other programs in, or keeps them out again, where one file is for one program.
    fn let_others_in(&mut self, _let_in: bool) -> Result<(), StatementFault> {
        Ok(())
    }

    /// A name in the quotes of the database.
    fn quote(&self, name: &str) -> String {
        format!("\"{}\"", name.replace('"', "\"\""))
    }

    /// A value in the quotes of the database.
    fn literal(&self, value: &str) -> String {
        format!("'{}'", value.replace('\'', "''"))
    }

    /// A table in the quotes of the database.
    fn quote_table(&self, table: &DatabaseTable) -> String {
        match &table.schema {
            Some(schema) => format!("{}.{}", self.quote(schema), self.quote(&table.name)),
            None => self.quote(&table.name),
        }
    }
}

/// Limits of a rehearsal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeLimits {
    /// Seconds that one statement may take.
    pub statement: u64,
    /// Seconds that a statement may wait for a lock.
    pub lock: u64,
}

impl Default for TimeLimits {
    fn default() -> Self {
        Self {
            statement: 60,
            lock: 10,
        }
    }
}
