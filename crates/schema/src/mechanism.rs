//! How does this program change its schema? Found once a range: migration tools that are read,
//! tools that are known and not read, models and statements by which the program makes its tables
//! itself, a driver without any of these, or no database in sight.
//!
//! The question decides whether "no migration in the range" means that the schema is untouched.

use std::collections::BTreeSet;

use super::database_signs::{find_kept_schema, names_driver, names_store};
use super::layout::{Manifest, recognise_migration};
use super::mechanism_words::{BY_MODEL, DRIVERS, IN_CODE, MODELS, NOT_READ, OWN, STORES};
use coverage::ReleaseRange;
use coverage::ledger::{Mark, is_live, is_program, is_vendored};
use coverage::place::list_purpose_folders;
use model::Framework;
use model::{CoverageDomain, FileChange, FileKind, FileStatus, Hit, Snapshot};

/// Most files whose text is read to tell tools apart.
const READS: usize = 60;

/// Most files of program text that are searched for tables that the program makes itself.
const SEARCHED: usize = 3_000;

/// Longest line in which a statement is looked for, in bytes.
const LINE: usize = 4_000;

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mechanism {
    /// In words, for the ledger: `goose and Flyway, read`.
    pub says: String,
    /// A change of the schema in this range would have been seen.
    pub would_be_seen: bool,
    /// Tables are made from models of the program.
    pub models: bool,
    /// Files of the range that belong to a tool that is not read, and others that are open for
    /// this reason.
    pub marks: Vec<Mark>,
}

/// Looks for the mechanism in both releases.
pub fn find_mechanism(range: &ReleaseRange<'_>) -> Mechanism {
    // both releases: a tool that was taken out in the range still ran for previous
    let (old, new) = (
        Manifest::read(range.previous, &range.config.database),
        Manifest::read(range.current, &range.config.database),
    );
    let read: BTreeSet<Framework> = [(range.current, &new), (range.previous, &old)]
        .into_iter()
        .flat_map(|(tree, manifest)| find_migration_tools(tree, manifest))
        .collect();
    let named_in_either = |word: &str| old.names(word) || new.names(word);
    let mut found = Mechanism {
        would_be_seen: true,
        ..Mechanism::default()
    };
    let mut parts: Vec<String> = Vec::new();
    if !read.is_empty() {
        let names: Vec<&str> = read.iter().map(|tool| tool.id()).collect();
        parts.push(format!("{}, read", names.join(" and ")));
    }
    let known: Vec<&str> = NOT_READ
        .iter()
        .filter(|(word, _)| named_in_either(word))
        .map(|(_, name)| *name)
        // Umzug runs files in the form of Sequelize, which are read
        .filter(|name| *name != "Umzug" || !read.contains(&Framework::Sequelize))
        .collect();
    let in_code: Vec<&str> = IN_CODE
        .iter()
        .filter(|(word, _)| named_in_either(word))
        .map(|(_, name)| *name)
        .collect();
    parts.extend(
        in_code
            .iter()
            .map(|name| format!("{name}, read where its functions hold statements")),
    );
    let (named, unread) = mark_unread_files(range, &known, !in_code.is_empty(), &mut found.marks);
    if !named.is_empty() {
        parts.push(say_unread_tools(&named, unread));
        // a tool that is not read may keep its files in forms and folders that nobody here knows
        found.would_be_seen = false;
    }
    let driver = DRIVERS
        .iter()
        .find(|word| names_driver(&old, word) || names_driver(&new, word));
    let store = STORES
        .iter()
        .find(|word| names_store(&old, word) || names_store(&new, word));
    let may_act = |change: &FileChange| is_program(&change.path) || change.kind == FileKind::Config;
    let files = range
        .changes
        .iter()
        .any(|change| may_act(change) && is_live(&change.path) && !is_vendored(&change.path));
    // a store beside tables that are read keeps forms of its own: those of stored forms
    let searched = !((driver.is_some() || read.is_empty()) && files)
        || own_tables(range, !read.is_empty(), &mut found, &mut parts);
    if parts.is_empty() {
        let kept = find_kept_schema(range);
        let (says, would_be_seen) =
            say_without_tools(driver.copied(), store.copied(), kept, searched);
        parts.push(says);
        found.would_be_seen &= would_be_seen;
    }
    found.says = parts.join("; ");
    found
}

/// What is said where no tool was seen, and whether a change of the schema would have been.
fn say_without_tools(
    driver: Option<&str>,
    store: Option<&str>,
    kept_schema: Option<&str>,
    searched: bool,
) -> (String, bool) {
    match driver {
        Some(_) if let Some(path) = kept_schema => {
            let path = model::escape_invisible(path);
            let says = format!("the schema as a whole is kept in {path}, which did not change");
            (says, true)
        }
        Some(driver) => {
            let driver = driver.trim_matches(|c: char| !c.is_alphanumeric());
            let says = format!(
                "a database library ({driver}) is among the dependencies, and how the schema is changed was not found"
            );
            (says, false)
        }
        None if let Some(store) = store => {
            let store = store.trim_matches(|c: char| !c.is_alphanumeric());
            let says = format!(
                "the program keeps its data in {store}, which has no schema that a tool changes; whether it changes what stands there was not found"
            );
            (says, false)
        }
        None if searched => {
            let says = "no sign of a database: no library, no statement, no schema file";
            (says.to_owned(), true)
        }
        None => {
            let says = "no database library is among the dependencies, and not all program text was searched for statements";
            (says.to_owned(), false)
        }
    }
}

fn say_unread_tools(named: &BTreeSet<&str>, unread: usize) -> String {
    let names: Vec<&str> = named.iter().copied().collect();
    let files = match unread {
        0 => "no file of the range looks like one of its migrations".to_owned(),
        1 => "1 file of the range looks like one of its migrations".to_owned(),
        more => format!("{more} files of the range look like its migrations"),
    };
    format!("{} is used here and not read; {files}", names.join(" and "))
}

/// Marks files of the range that may be migrations of a tool that is not read. Gives the tools, and
/// how many files look like theirs. `known`: tools that the dependencies name; `in_code`: one of them
/// has its migrations in functions.
fn mark_unread_files<'n>(
    range: &ReleaseRange<'_>,
    known: &[&'n str],
    in_code: bool,
    marks: &mut Vec<Mark>,
) -> (BTreeSet<&'n str>, usize) {
    let mut unread = 0;
    let mut named: BTreeSet<&str> = known.iter().copied().collect();
    for change in range.changes.iter().filter(|change| {
        change.status != FileStatus::Deleted && is_program(&change.path) && is_live(&change.path)
    }) {
        let lower_path = change.path.to_ascii_lowercase();
        // a file is read only where its path or a dependency gives a reason
        if known.is_empty() && !in_code && !lower_path.contains("migrat") {
            continue;
        }
        let Ok(text) = range.current.read_text(&change.path) else {
            continue;
        };
        // imports and the class stand at the start of a file
        let head: String = text
            .lines()
            .take(60)
            .collect::<Vec<_>>()
            .join("\n")
            .to_ascii_lowercase();
        // statements in such functions are read elsewhere; a model is known to the library alone
        if let Some((_, name)) = IN_CODE.iter().find(|(word, _)| head.contains(word))
            && let Some((line, call)) = find_new_model_call(range, change, &text)
        {
            let call = call.trim_end_matches('(').trim_start_matches('.');
            let why = format!(
                "a migration of {name} may change the schema by a model here ({call}), and only statements are read there"
            );
            let schema = CoverageDomain::Schema;
            marks.push(Mark::open(&change.path, schema, Some(line), why));
            continue;
        }
        let tool = NOT_READ.iter().find(|(word, name)| {
            head.contains(word) && (known.contains(name) || lower_path.contains("migrat"))
        });
        let Some((_, name)) = tool else { continue };
        named.insert(name);
        unread += 1;
        let why =
            format!("{name} is used here and not read, and this file may be one of its migrations");
        marks.push(Mark::open(
            &change.path,
            CoverageDomain::Schema,
            Some(1),
            why,
        ));
    }
    (named, unread)
}

/// The first new line of a file that changes the schema by a model, and the call.
fn find_new_model_call(
    range: &ReleaseRange<'_>,
    change: &FileChange,
    text: &str,
) -> Option<(usize, &'static str)> {
    let earlier = match change.status {
        FileStatus::Added => None,
        _ => {
            let path = change.old_path.as_deref().unwrap_or(&change.path);
            range.previous.read_text(path).ok()
        }
    };
    let known: BTreeSet<&str> = earlier
        .as_deref()
        .map(|earlier| earlier.lines().map(str::trim).collect())
        .unwrap_or_default();
    text.lines()
        .enumerate()
        .filter(|(_, line)| !known.contains(line.trim()) && !is_code_comment(line))
        .find_map(|(at, line)| {
            let lower = line.to_ascii_lowercase();
            let call = BY_MODEL.iter().find(|call| lower.contains(*call))?;
            Some((at + 1, *call))
        })
}

/// Tools whose files lie in a tree.
fn find_migration_tools(tree: &dyn Snapshot, manifest: &Manifest) -> BTreeSet<Framework> {
    let mut out = BTreeSet::new();
    let mut reads = 0;
    let likely = |path: &str| {
        let lower = path.to_ascii_lowercase();
        lower.ends_with(".sql")
            || [
                "migrat",
                "changelog",
                "alembic",
                "versions/",
                "evolutions",
                "schema.prisma",
                "liquibase",
                "flyway",
                "delta/",
            ]
            .iter()
            .any(|word| lower.contains(word))
    };
    for entry in
        // newest files first by name: the tool in use is the one of the last migrations
        tree.list().iter().rev().filter(|entry| {
            likely(&entry.path) && is_live(&entry.path) && !is_vendored(&entry.path)
        })
    {
        let mut text = || {
            reads += 1;
            if reads > READS {
                None
            } else {
                tree.read_text(&entry.path).ok()
            }
        };
        if let Some(place) = recognise_migration(&entry.path, tree, manifest, &mut text) {
            out.insert(place.framework);
        }
        // no repository has more tools; the list is for a sentence
        if out.len() > 5 {
            break;
        }
    }
    out
}

/// Tables that the program makes itself: from models, or by statements and a version of its own.
/// Gives whether all program text of current was searched.
///
/// `read`: a tool is read, whose own files are no second way.
fn own_tables(
    range: &ReleaseRange<'_>,
    read: bool,
    found: &mut Mechanism,
    parts: &mut Vec<String>,
) -> bool {
    let words: Vec<String> = MODELS
        .iter()
        .map(|(word, _)| (*word).to_owned())
        .chain(OWN.iter().map(|word| (*word).to_owned()))
        .collect();
    let hinted = |path: &str| {
        let lower = path.to_ascii_lowercase();
        [
            "db",
            "database",
            "store",
            "storage",
            "model",
            "schema",
            "entit",
            "repositor",
            "main",
            "app",
            "init",
            "server",
            "config",
            "application",
            "persist",
        ]
        .iter()
        .any(|word| lower.contains(word))
    };
    let settings = |path: &str| {
        let lower = path.to_ascii_lowercase();
        lower.contains("application")
            && [".yml", ".yaml", ".properties"]
                .iter()
                .any(|end| lower.ends_with(end))
            || lower.ends_with("persistence.xml")
    };
    let wanted = |path: &str| {
        (is_program(path) || settings(path))
            && is_live(path)
            && !is_vendored(path)
            && !is_test_path(path)
            && !(read && lies_among_migrations(path))
    };
    let count = range
        .current
        .list()
        .iter()
        .filter(|entry| wanted(&entry.path))
        .count();
    // in a large tree only files whose path speaks of data are searched, and that is said
    let (hits, failed) = range.current.search_many(&words, true, 3, &|path| {
        wanted(path) && (count <= SEARCHED || hinted(path))
    });
    // Hibernate that only compares, or leaves the schema alone, makes nothing
    let makes_nothing = |hit: &Hit| {
        let lower = hit.text.to_ascii_lowercase();
        lower.contains("auto")
            && ["validate", "none", "false"].iter().any(|word| {
                lower
                    .trim_end_matches(['"', '\'', ';', '>', '/', ' ', '<'])
                    .ends_with(word)
                    || lower.contains(&format!(">{word}<"))
            })
    };
    let model: Option<&Hit> = hits
        .iter()
        .find(|hit| hit.word < MODELS.len() && !is_code_comment(&hit.text) && !makes_nothing(hit));
    if let Some(hit) = model {
        found.models = true;
        parts.push(format!(
            "the program makes tables from its models ({}, {}:{})",
            MODELS[hit.word].1,
            model::escape_invisible(&hit.path),
            hit.line
        ));
    }
    if let Some(hit) = hits.iter().find(|hit| {
        hit.word >= MODELS.len()
            && !is_code_comment(&hit.text)
            && (!is_mere_name(hit) || works_with_rows(range.current, &hit.path))
    }) {
        parts.push(format!(
            "statements or a version of its own in program text ({}:{})",
            model::escape_invisible(&hit.path),
            hit.line
        ));
    }
    // a search that left files out cannot end in *no sign*
    count <= SEARCHED && failed.is_empty()
}

/// A folder above the file is one of migrations.
fn lies_among_migrations(path: &str) -> bool {
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    folder.to_ascii_lowercase().contains("migrat")
}

/// The line names a version of a schema, and no statement: documents of other kinds have one, too.
fn is_mere_name(hit: &Hit) -> bool {
    hit.text.len() > LINE || !hit.text.to_ascii_lowercase().contains("create table")
}

/// A file whose text reads or writes rows, or opens a database.
fn works_with_rows(tree: &dyn Snapshot, path: &str) -> bool {
    const SIGNS: [&str; 12] = [
        "select ",
        "insert into",
        "update ",
        "pragma",
        "create table",
        "alter table",
        "sqlite",
        "query(",
        "execute(",
        "migrat",
        "database",
        "indexeddb",
    ];
    tree.read_text(path).is_ok_and(|text| {
        let lower = text.to_ascii_lowercase();
        SIGNS.iter().any(|sign| lower.contains(sign))
    })
}

fn is_test_path(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    list_purpose_folders(path).chain([name]).any(|part| {
        let lower = part.to_ascii_lowercase();
        lower.starts_with("test")
            || lower.starts_with("spec")
            || lower.ends_with("tests")
            || lower.contains("_test.")
            || lower.contains(".test.")
    })
}

fn is_code_comment(text: &str) -> bool {
    let text = text.trim_start();
    text.starts_with("//")
        || text.starts_with('#')
        || text.starts_with('*')
        || text.starts_with("/*")
}

#[cfg(test)]
mod tests;
