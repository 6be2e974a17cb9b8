//! Schema changes that no known layout holds: statements in the strings of a program, and files
//! that look like migrations of a tool that is not known. Without this, such a range would read as
//! "the schema is untouched".

use regex::Regex;

use super::names::is_excluded_path;
use crate::dialect::{Dialect, DialectSigns};
use crate::embedded::{self, EmbeddedStatements};
use crate::migration_file::{MatchedMigration, MigrationFile, MigrationLanguage, MigrationSide};
use crate::snapshot::kept::is_kept;
use crate::tree_path::{file_name, find_parent_folder};
use crate::usage::is_code;
use coverage::ReleaseRange;
use model::{FileChange, FileStatus, Framework, MigrationChange, Unchecked};

/// Most files outside migration folders that are named one by one.
const NAMED: usize = 5;

/// Most places that a search gives for one name.
const HITS: usize = 50;

/// Longest file that is looked at, in bytes.
const FILE_LIMIT: usize = 4 * 1024 * 1024;

/// Looks at changed files that no layout claims.
pub fn find_unclaimed_migrations(
    range: &ReleaseRange<'_>,
    rest: &[&FileChange],
    unchecked: &mut Vec<Unchecked>,
) -> Vec<MatchedMigration> {
    let mut out = Vec::new();
    let mut outside = Vec::new();
    let words = build_schema_statement_regex();
    for change in rest
        .iter()
        .filter(|change| change.status != FileStatus::Deleted && is_program_file(&change.path))
    {
        let Ok(text) = range.current.read_text(&change.path) else {
            continue;
        };
        // a file of this size is generated
        if text.len() > FILE_LIMIT {
            continue;
        }
        let added = change.status == FileStatus::Added;
        // most files of a range have no such statement: they are neither taken apart nor read on
        // the other side
        let routine = added
            && has_migration_word(&change.path)
            && build_row_statement_regex().is_some_and(|rows| rows.is_match(&text));
        // a versioned file may change the schema by calls of a library, without any statement
        if words.as_ref().is_some_and(|words| !words.is_match(&text))
            && !(added && looks_versioned(&change.path))
            && !routine
        {
            continue;
        }
        let earlier = match change.status {
            FileStatus::Added => None,
            _ => range
                .previous
                .read_text(change.old_path.as_deref().unwrap_or(&change.path))
                .ok(),
        };
        let sides = embedded::find_new_statements(&change.path, &text, earlier.as_deref());
        let versioned = added && looks_versioned(&change.path) && about_a_database(&text);
        // a statement in a string may be for a test or a table of the moment: the file has to speak
        // of changes
        let updates =
            sides.changes_schema() && (has_migration_word(&change.path) || has_own_updater(&text));
        if versioned
            || (updates || routine && !sides.up.is_empty())
                && embedded::has_understood_statement(&sides)
        {
            let place = make_unclaimed_place(&change.path, versioned, &sides, &text);
            out.push(MatchedMigration {
                place,
                change: MigrationChange::Added,
                from: change.old_path.clone(),
                down: None,
            });
        } else if let Some(line) = sides.first_schema_change() {
            outside.push((change.path.clone(), line));
        }
    }
    out.extend(named_by_code(range, rest, unchecked));
    // a few places are enough to look at; more would hide the rest
    let more = outside.len().saturating_sub(NAMED);
    for (path, line) in outside.into_iter().take(NAMED) {
        unchecked.push(Unchecked {
            what: format!("{}:{line}", model::escape_invisible(&path)).into(),
            why: "a statement that changes the schema is new in this program text; whether and when it runs is not known".into(),
            settle_with: Some("say whether it runs in production, and read it as a migration if it does".into()),
        });
    }
    if more > 0 {
        unchecked.push(Unchecked {
            what: "statements that change the schema in program text".into(),
            why: format!("{more} more files bring some").into(),
            settle_with: Some("look for CREATE, ALTER and DROP in the diff".into()),
        });
    }
    out
}

/// New files of statements that no layout knows: a migration where the program names the file, else
/// a place to look at.
fn named_by_code(
    range: &ReleaseRange<'_>,
    rest: &[&FileChange],
    unchecked: &mut Vec<Unchecked>,
) -> Vec<MatchedMigration> {
    let Some(words) = build_schema_statement_regex() else {
        return Vec::new();
    };
    let fresh = rest.iter().filter(|change| {
        change.status == FileStatus::Added
            && change.path.to_ascii_lowercase().ends_with(".sql")
            && !is_excluded_path(&change.path)
            // a kept schema is compared with the migrations elsewhere
            && !is_kept(&change.path, range.current)
    });
    let changes = |path: &str| {
        range
            .current
            .read_text(path)
            .is_ok_and(|text| text.len() <= FILE_LIMIT && words.is_match(&text))
    };
    let files: Vec<&str> = fresh
        .map(|change| change.path.as_str())
        .filter(|path| changes(path))
        .take(50)
        .collect();
    if files.is_empty() {
        return Vec::new();
    }
    let names: Vec<String> = files
        .iter()
        .map(|path| file_name(path).to_owned())
        .collect();
    // the bound is for all names together, and a common one may not starve the others
    let most = HITS * names.len();
    let (hits, _) = range
        .current
        .search_many(&names, false, most, &is_program_file);
    let mut out = Vec::new();
    let mut left = NAMED;
    let mut untold = 0;
    for (at, path) in files.into_iter().enumerate() {
        let mut named = hits.iter().filter(|hit| hit.word == at).peekable();
        if named.peek().is_none() {
            if left > 0 {
                left -= 1;
                unchecked.push(Unchecked {
                    what: format!("{}:1", model::escape_invisible(path)).into(),
                    why:
                        "this new file changes the schema, and no file shows what runs it, or when"
                            .into(),
                    settle_with: Some(
                        "say whether it runs in production, and read it as a migration if it does"
                            .into(),
                    ),
                });
            } else {
                untold += 1;
            }
            continue;
        }
        // What a migration names is read with it.
        let stem = file_name(path)
            .rsplit_once('.')
            .map_or("", |(stem, _)| stem);
        // a script for the way back is run by hand
        let back = ["down", "rollback", "undo", "revert"].iter().any(|word| {
            stem.to_ascii_lowercase()
                .split(['-', '_', '.'])
                .any(|part| part == *word)
        });
        if back || !named.any(|hit| is_code(&hit.path)) {
            continue;
        }
        let place = MigrationFile {
            path: path.to_owned(),
            framework: Framework::Plain,
            set: find_parent_folder(path).to_owned(),
            version: stem.to_owned(),
            identity: stem.to_owned(),
            side: MigrationSide::Up,
            repeatable: false,
            baseline: false,
            language: MigrationLanguage::Sql,
            dialect: Dialect::from_path(find_parent_folder(path)),
        };
        out.push(MatchedMigration {
            place,
            change: MigrationChange::Added,
            from: None,
            down: None,
        });
    }
    if untold > 0 {
        unchecked.push(Unchecked {
            what: "new files that change the schema".into(),
            why: format!("{untold} more are named by no file").into(),
            settle_with: Some("look at the new .sql files of the diff".into()),
        });
    }
    out
}

/// The text has an updater of its own: a function that brings the schema up, or the version that it
/// writes.
fn has_own_updater(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let signs = [
        "upgrade(",
        "migrate(",
        "ensureschema(",
        "ensure_schema(",
        "createtables(",
        "create_tables(",
        "applyschema(",
        "apply_schema(",
        "schemaversion",
        "schema_version",
        "schemalevel",
        "schema_level",
        "user_version",
        "onupgrade",
    ];
    signs.iter().any(|sign| lower.contains(sign))
}

/// How statements about rows begin.
fn build_row_statement_regex() -> Option<Regex> {
    Regex::new(r"(?i)\b(?:update\s+\S{1,80}\s+set|delete\s+from|insert\s+into)\s").ok()
}

/// How statements about the schema begin.
fn build_schema_statement_regex() -> Option<Regex> {
    const STATEMENT: &str = r"(?i)\b(?:create|alter|drop|rename|truncate)\s+(?:or\s+replace\s+|unique\s+|materialized\s+|unlogged\s+|foreign\s+|virtual\s+|external\s+|fulltext\s+|spatial\s+|constraint\s+)*(?:table|index|view|type|function|procedure|trigger|sequence|schema|domain|extension|column|keyspace)\b";
    Regex::new(STATEMENT).ok()
}

/// Program text whose strings may hold statements; tests and declarations are left out.
fn is_program_file(path: &str) -> bool {
    let name = file_name(path);
    let lower = name.to_ascii_lowercase();
    let Some((stem, extension)) = lower.rsplit_once('.') else {
        return false;
    };
    embedded::EmbeddedCommentStyle::of(extension).is_some()
        && !is_excluded_path(path)
        && !(stem.ends_with("_test")
            || stem.ends_with("_spec")
            || stem.ends_with(".test")
            || stem.ends_with(".spec")
            // declarations of TypeScript hold no statements
            || stem.ends_with(".d"))
        && !(stem.starts_with("test_")
            || stem == "conftest"
            || name.ends_with("Test.java")
            || name.ends_with("Tests.cs")
            || name.ends_with("Test.kt"))
        // EF Core writes these beside each migration
        && !(stem.ends_with(".designer") || stem.ends_with("snapshot"))
        && !path.split('/').rev().skip(1).any(|part| {
            part.to_ascii_lowercase().contains("test")
                || part == "mocks"
                || part == "stubs"
                || part == "seeds"
        })
}

/// A folder or the file itself speaks of changes to the schema.
fn has_migration_word(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    ["migrat", "schema", "delta", "upgrade", "ddl", "evolution"]
        .iter()
        .any(|word| lower.contains(word))
}

/// The text speaks of a database at all: versioned files also move settings and caches.
fn about_a_database(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    [
        "sql",
        "table",
        "column",
        "database",
        "schema",
        "collection",
        "execute(",
    ]
    .iter()
    .any(|word| lower.contains(word))
}

/// In a folder for migrations, under a name that begins with a version.
fn looks_versioned(path: &str) -> bool {
    let in_folder = find_parent_folder(path).split('/').any(|part| {
        matches!(
            part.to_ascii_lowercase().as_str(),
            "migrations" | "migration" | "migrate" | "dbmigrations" | "db_migrations"
        )
    });
    let stem = file_name(path)
        .rsplit_once('.')
        .map_or("", |(stem, _)| stem);
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    flyway_version(stem).is_some_and(|version| !version.is_empty())
        || in_folder
            // one or two digits also begin names such as `2fa`
            && (digits(stem) >= 3
                || stem
                    .strip_prefix(['m', 'M', 'v', 'V'])
                    .is_some_and(|rest| digits(rest) >= 3))
}

/// `V1_2__Name` as Flyway names classes.
fn flyway_version(stem: &str) -> Option<&str> {
    let (version, name) = stem.strip_prefix(['V', 'R'])?.split_once("__")?;
    (!name.is_empty()
        && version
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'_' || byte == b'.'))
    .then_some(version)
}

/// The tool of which a program's functions are migrations.
fn find_tool_in_code(text: &str) -> Framework {
    let is_used = |sign: &str| text.contains(sign);
    if is_used("gormigrate.Migration") {
        Framework::Gormigrate
    } else if is_used("xormigrate.Migration") {
        Framework::Xormigrate
    } else {
        Framework::Code
    }
}

fn make_unclaimed_place(
    path: &str,
    versioned: bool,
    sides: &EmbeddedStatements,
    text: &str,
) -> MigrationFile {
    let stem = file_name(path)
        .rsplit_once('.')
        .map_or("", |(stem, _)| stem);
    let flyway = flyway_version(stem);
    let version = flyway.unwrap_or(stem).to_owned();
    MigrationFile {
        path: path.to_owned(),
        framework: match flyway {
            Some(_) => Framework::Flyway,
            None if versioned => Framework::Other,
            None => find_tool_in_code(text),
        },
        // a list of functions in one file is a history of its own
        set: path.to_owned(),
        identity: path.to_owned(),
        side: MigrationSide::Up,
        repeatable: false,
        baseline: false,
        language: if sides.up.is_empty() && sides.down.is_empty() {
            MigrationLanguage::Unread
        } else {
            MigrationLanguage::Embedded
        },
        dialect: Dialect::from_path(find_parent_folder(path)),
        version,
    }
}
