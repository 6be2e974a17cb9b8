//! What names of folders and files tell of migrations.

use crate::dialect::{Dialect, DialectSigns};
use crate::tree_path::{file_name, find_parent_folder};
use coverage::ledger::is_parked;

/// Folders whose files are not run against the program's database.
pub fn is_excluded_path(path: &str) -> bool {
    let excluded = path.split('/').rev().skip(1).any(|part| {
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
    });
    excluded || is_parked(path)
}

/// Folders that people keep migrations in.
pub fn sounds_like_migrations(part: &str) -> bool {
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
            // no number is longer than a moment such as `20240131120000`
            !part.is_empty() && part.len() <= 14 && part.bytes().all(|byte| byte.is_ascii_digit())
        });
    numbers.then_some(digits)
}

/// The folder of all releases, the release and the file, where a file lies in a folder named by its
/// release: `delta/59/01_x.sql`.
pub fn in_release(path: &str) -> Option<(&str, &str)> {
    let here = find_parent_folder(path);
    let version = find_release_in_folder_name(file_name(here))?;
    let all = find_parent_folder(here);
    sounds_like_migrations(file_name(all)).then_some((all, version))
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

/// The name of a SQL file without its ending, and the database that the ending names: `x.sql`,
/// `x.cql`, `x.sql.postgres`, `1_x.postgres.up`.
pub fn split_sql_file_name(name: &str) -> Option<(&str, Option<Dialect>)> {
    let (stem, end) = name.rsplit_once('.')?;
    if end.eq_ignore_ascii_case("sql") {
        return Some((stem, None));
    }
    if end.eq_ignore_ascii_case("cql") {
        return Some((stem, Some(Dialect::Cassandra)));
    }
    // the database and the way stand for the ending
    if matches!(end, "up" | "down") {
        let (_, word) = stem.rsplit_once('.')?;
        return Dialect::from_word(word).map(|dialect| (name, Some(dialect)));
    }
    let dialect = Dialect::from_word(end)?;
    let (stem, end) = stem.rsplit_once('.')?;
    end.eq_ignore_ascii_case("sql")
        .then_some((stem, Some(dialect)))
}

/// A folder that holds ways down.
pub fn is_down_folder(folder: &str) -> bool {
    matches!(
        folder.to_ascii_lowercase().as_str(),
        "down"
            | "downs"
            | "rollback"
            | "rollbacks"
            | "undo"
            | "revert"
            | "downgrade"
            | "downgrades"
    )
}
