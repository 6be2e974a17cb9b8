//! A migration file as it was recognised: its tool, its set, its version.

use crate::dialect::{Dialect, DialectSigns};
use model::Framework;
use model::MigrationChange;

/// Which way a file goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MigrationSide {
    /// Only up, or both.
    Up,
    /// Only down.
    Down,
}

/// What a file is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MigrationLanguage {
    /// SQL.
    Sql,
    /// Python.
    Python,
    /// Ruby.
    Ruby,
    /// PHP.
    Php,
    /// Elixir.
    Elixir,
    /// C#.
    CSharp,
    /// JavaScript.
    JavaScript,
    /// TypeScript.
    TypeScript,
    /// Go.
    Go,
    /// A Liquibase changelog in XML, YAML, JSON or SQL.
    Changelog,
    /// Rust.
    Rust,
    /// Java and Kotlin.
    Java,
    /// Statements in the strings of a program, of which only those that are new count.
    Embedded,
    /// A language that is recognised but not read.
    Unread,
}

/// A recognised migration file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MigrationFile {
    /// The file.
    pub path: String,
    /// Its tool.
    pub framework: Framework,
    /// Migrations of one set run against one database, in one order.
    pub set: String,
    /// Version as the tool orders it.
    pub version: String,
    /// What the tool writes into its table: two files with the same identity are the same
    /// migration to it.
    pub identity: String,
    /// Up or down.
    pub side: MigrationSide,
    /// Runs again whenever its text changes.
    pub repeatable: bool,
    /// Runs only on a database that is still empty.
    pub baseline: bool,
    /// What it is written in.
    pub language: MigrationLanguage,
    /// The database its path names.
    pub dialect: Option<Dialect>,
}

impl MigrationFile {
    /// Id that copies for several databases share: the path with the word for the database left
    /// out, and the version's digits.
    pub fn group(&self) -> String {
        // without a word for a database each file is a migration of its own
        if self.dialect.is_none() {
            return self.path.clone();
        }
        let folder = self
            .set
            .split('/')
            .filter(|part| {
                // `migrations-postgres` and `db.mysql` hold the word within a part
                !part
                    .split(['.', '-', '_'])
                    .any(|word| Dialect::from_word(word).is_some())
            })
            .collect::<Vec<_>>()
            .join("/");
        // copies for several databases share their number, and often not their name
        let digits: String = self.version.chars().filter(char::is_ascii_digit).collect();
        format!("{folder}#{digits}")
    }
}

/// A migration that differs between the two releases.
#[derive(Debug, Clone)]
pub struct MatchedMigration {
    /// Where it is (in previous, when removed).
    pub place: MigrationFile,
    /// What happened to it.
    pub change: MigrationChange,
    /// Where it was.
    pub from: Option<String>,
    /// Its way down, in current.
    pub down: Option<String>,
}
