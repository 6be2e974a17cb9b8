//! Where migrations lie: one file a family of layouts. A path is recognised by its own shape, by
//! what lies beside it and by the manifests of its tree; a file's text only decides between tools
//! that share a shape.

mod elsewhere;
mod host;
mod manifest;
mod matching;
mod sql;

use super::dialect::{Dialect, DialectSigns};
use super::framework::{Framework, MigrationTool};
use model::Snapshot;

pub use manifest::Manifest;
pub use matching::{MatchedMigration, find_changed_migrations};

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
    /// Key that orders migrations of a set: numbers by value, then the text.
    pub fn order(&self) -> (bool, Vec<u128>, String) {
        let numbers = if self.framework.by_name() {
            Vec::new()
        } else {
            self.version
                .split(|c: char| !c.is_ascii_digit())
                .filter(|part| !part.is_empty())
                .map(|part| part.parse().unwrap_or(u128::MAX))
                .collect()
        };
        (self.repeatable, numbers, self.identity.clone())
    }

    /// Id that copies for several databases share: the path with the word for the database left
    /// out, and the version's digits.
    pub fn group(&self) -> String {
        if self.dialect.is_none() {
            return self.path.clone();
        }
        let folder = self
            .set
            .split('/')
            .filter(|part| {
                !part
                    .split(['.', '-', '_'])
                    .any(|word| Dialect::from_word(word).is_some())
            })
            .collect::<Vec<_>>()
            .join("/");
        let digits: String = self.version.chars().filter(char::is_ascii_digit).collect();
        format!("{folder}#{digits}")
    }
}

/// Recognises a path of a tree. `text` is asked only where the shape is not enough.
pub fn recognise_migration(
    path: &str,
    tree: &dyn Snapshot,
    manifest: &Manifest,
    text: &mut dyn FnMut() -> Option<String>,
) -> Option<MigrationFile> {
    if is_excluded_path(path) && !manifest.named(path) {
        return None;
    }
    let name = path.rsplit('/').next().unwrap_or(path);
    if sql::split_sql_file_name(name).is_some() {
        return sql::recognise_sql_file(path, tree, manifest, text);
    }
    match name
        .rsplit_once('.')
        .map(|(_, extension)| extension.to_ascii_lowercase())
        .as_deref()
    {
        Some(
            "py" | "rb" | "php" | "exs" | "cs" | "js" | "ts" | "cjs" | "mjs" | "go" | "rs" | "java"
            | "kt" | "xml" | "yaml" | "yml" | "json" | "fizz",
        ) => host::recognise_host_file(path, tree, manifest, text),
        _ => None,
    }
}

/// Folders whose files are not run against the program's database.
fn is_excluded_path(path: &str) -> bool {
    path.split('/').rev().skip(1).any(|part| {
        matches!(
            part.to_ascii_lowercase().as_str(),
            "node_modules"
                | "vendor"
                | "testdata"
                | "test"
                | "tests"
                | "__tests__"
                | "fixtures"
                | "spec"
                | "examples"
                | "example"
                | "docs"
                | "doc"
                | "third_party"
                | "site-packages"
                | "test-fixtures"
                | "e2e"
        )
    })
}

/// Folders that people keep migrations in.
fn sounds_like_migrations(part: &str) -> bool {
    let lower = part.to_ascii_lowercase();
    lower.contains("migrat")
        || lower.contains("dbscripts")
        || matches!(
            lower.as_str(),
            "changelog"
                | "changelogs"
                | "changes"
                | "delta"
                | "deltas"
                | "upgrade"
                | "upgrades"
                | "updates"
                | "versioned"
                | "versions"
                | "drizzle"
                | "db-scripts"
                | "evolutions"
                | "patches"
                | "schema-updates"
                | "schema_updates"
        )
}

/// A folder that is named by a release: `59`, `v1.1`, `1.10.0`.
fn find_release_in_folder_name(folder: &str) -> Option<&str> {
    let digits = folder.trim_start_matches(['v', 'V']);
    let numbers = !digits.is_empty()
        && folder.len() - digits.len() <= 1
        && digits.split(['.', '_', '-']).all(|part| {
            !part.is_empty() && part.len() <= 14 && part.bytes().all(|byte| byte.is_ascii_digit())
        });
    numbers.then_some(digits)
}

/// The folder of all releases, the release and the file, where a file lies in a folder named by its
/// release: `delta/59/01_x.sql`.
fn in_release(path: &str) -> Option<(&str, &str)> {
    let here = find_parent_folder(path);
    let version = find_release_in_folder_name(file_name(here))?;
    let all = find_parent_folder(here);
    sounds_like_migrations(file_name(all)).then_some((all, version))
}

/// Folder of a path, without a slash at the end.
pub fn find_parent_folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// Last part of a path.
pub fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// Leading digits, with the separators that versions use between them.
pub fn leading_version(name: &str) -> &str {
    let end = name
        .char_indices()
        .find(|(at, c)| {
            !(c.is_ascii_digit()
                || (*at > 0
                    && matches!(c, '.' | '-')
                    && name[at + 1..].starts_with(|next: char| next.is_ascii_digit())))
        })
        .map_or(name.len(), |(at, _)| at);
    &name[..end]
}
