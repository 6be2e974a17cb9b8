//! Schema snapshots that a tool keeps beside its migrations (`schema.rb`, `structure.sql`,
//! `schema.prisma`, EF Core's model snapshot, Drizzle's, dbmate's), as a cross-check: what changed
//! in them from one release to the other against the net effect of the migrations. Only names of
//! tables and columns are held against each other. What was not read is said, not guessed.

mod compare;
mod read;

use std::collections::{BTreeMap, BTreeSet};

use super::checks::Check;
use super::dialect::Dialect;
use super::finding;
use super::set::Set;
use super::step::Name;
use crate::tree_path::find_parent_folder;
use coverage::ReleaseRange;
use model::Framework;
use model::{Confidence, Finding, Severity, Snapshot, Unchecked};

pub use compare::PlayedRange;

/// Most snapshot files of a release that are read.
const FILES: usize = 40;

/// Most disagreements that are shown one by one.
const SHOWN: usize = 40;

/// A table of a snapshot.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SnapshotTable {
    /// Its name as written, with its schema where one is named.
    pub name: String,
    /// File that defines it.
    pub path: String,
    /// Line of its definition, from 1.
    pub line: usize,
    /// Lines of its columns, by key.
    pub columns: BTreeMap<String, usize>,
}

/// Tables of a snapshot by key.
pub type Tables = BTreeMap<String, SnapshotTable>;

/// A snapshot: the files that make it up, and the folder of its migrations.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct SchemaSnapshot {
    framework: Framework,
    /// The set of the migrations it belongs to, as the layout names it.
    set: String,
    /// Its file, or the folder whose files make it up.
    path: String,
}

/// Tells whether a file keeps a schema, and whose.
fn recognise_kept_schema(path: &str, tree: &dyn Snapshot) -> Option<SchemaSnapshot> {
    let (here, name) = (
        find_parent_folder(path),
        path.rsplit('/').next().unwrap_or(path),
    );
    if path.split('/').any(|part| {
        matches!(
            part,
            "test"
                | "tests"
                | "spec"
                | "fixtures"
                | "examples"
                | "example"
                | "node_modules"
                | "vendor"
                | "dummy"
        )
    }) {
        return None;
    }
    let beside = |folder: &str| {
        if here.is_empty() {
            folder.to_owned()
        } else {
            format!("{here}/{folder}")
        }
    };
    let lies_in = |folder: &str| {
        let from = tree
            .list()
            .partition_point(|entry| entry.path.as_str() < folder);
        tree.list().get(from).is_some_and(|entry| {
            entry
                .path
                .strip_prefix(folder)
                .is_some_and(|rest| rest.starts_with('/'))
        })
    };
    let rails = here == "db" || here.ends_with("/db");
    if rails
        && (name.ends_with("schema.rb") || name.ends_with("structure.sql"))
        && lies_in(&beside("migrate"))
    {
        return Some(SchemaSnapshot {
            framework: Framework::Rails,
            set: "rails".to_owned(),
            path: here.to_owned(),
        });
    }
    if rails && name == "schema.sql" && lies_in(&beside("migrations")) {
        return Some(SchemaSnapshot {
            framework: Framework::Dbmate,
            set: beside("migrations"),
            path: path.to_owned(),
        });
    }
    if name.ends_with(".prisma") {
        // One file, or a folder of them; the migrations lie beside the main one, or beside the
        // folder.
        let home = [here, find_parent_folder(here)].into_iter().find(|home| {
            lies_in(&if home.is_empty() {
                "migrations".to_owned()
            } else {
                format!("{home}/migrations")
            })
        })?;
        let set = if home.is_empty() {
            "migrations".to_owned()
        } else {
            format!("{home}/migrations")
        };
        return Some(SchemaSnapshot {
            framework: Framework::Prisma,
            set,
            path: home.to_owned(),
        });
    }
    if name.ends_with("ModelSnapshot.cs") {
        return Some(SchemaSnapshot {
            framework: Framework::EfCore,
            set: here.to_owned(),
            path: path.to_owned(),
        });
    }
    if name.ends_with("_snapshot.json")
        && here.ends_with("meta")
        && tree.has(&beside("_journal.json"))
    {
        return Some(SchemaSnapshot {
            framework: Framework::Drizzle,
            set: find_parent_folder(here).to_owned(),
            path: here.to_owned(),
        });
    }
    None
}

/// All snapshots of a tree, with their files.
/// Whether a path is the schema that a tool keeps beside its migrations.
pub fn is_kept(path: &str, tree: &dyn Snapshot) -> bool {
    recognise_kept_schema(path, tree).is_some()
}

fn find_kept_schemas(tree: &dyn Snapshot) -> BTreeMap<SchemaSnapshot, Vec<String>> {
    let may_be = |path: &str| {
        [
            ".rb",
            ".sql",
            ".prisma",
            "ModelSnapshot.cs",
            "_snapshot.json",
        ]
        .iter()
        .any(|end| path.ends_with(end))
    };
    let mut out: BTreeMap<SchemaSnapshot, Vec<String>> = BTreeMap::new();
    for entry in tree.list().iter().filter(|entry| may_be(&entry.path)) {
        if let Some(kept) = recognise_kept_schema(&entry.path, tree) {
            let files = out.entry(kept).or_default();
            if files.len() < FILES {
                files.push(entry.path.clone());
            }
        }
    }
    for (kept, files) in &mut out {
        if kept.framework == Framework::Drizzle {
            // Each migration leaves one; the last one is the schema.
            files.sort();
            *files = files.pop().into_iter().collect();
        }
    }
    out
}

/// Reads the tables of a snapshot.
fn read_snapshot_tables(
    kept: &SchemaSnapshot,
    files: &[String],
    tree: &dyn Snapshot,
) -> Result<Tables, (String, String)> {
    let mut out = Tables::new();
    let mut texts = Vec::new();
    for path in files {
        texts.push((
            path.as_str(),
            tree.read_text(path)
                .map_err(|error| (path.clone(), error.to_string()))?,
        ));
    }
    match kept.framework {
        Framework::Prisma => read::read_prisma_models(&texts, &mut out),
        Framework::EfCore => texts
            .iter()
            .for_each(|(path, text)| read::model_snapshot(path, text, &mut out)),
        Framework::Drizzle => {
            for (path, text) in &texts {
                read::read_drizzle_snapshot(path, text, &mut out)
                    .map_err(|why| ((*path).to_owned(), why))?;
            }
        }
        _ => {
            for (path, text) in &texts {
                if path.ends_with(".rb") {
                    read::schema_rb(path, text, &mut out);
                } else {
                    read::read_sql_dump(path, text, &mut out)
                        .map_err(|why| ((*path).to_owned(), why))?;
                }
            }
        }
    }
    Ok(out)
}

/// Tables of a database that has no schemas: the model names them, and the tool leaves them out.
fn without_schemas(tables: Tables) -> Tables {
    let bare = |mut table: SnapshotTable| {
        table.name = Name::new(&table.name).name;
        (table.name.to_lowercase(), table)
    };
    tables.into_values().map(bare).collect()
}

/// Whether a migration is about what a snapshot keeps: Rails has a folder and a file for each
/// database.
fn is_about_kept_schema(migration: &str, kept: &SchemaSnapshot, files: &[String]) -> bool {
    if kept.framework != Framework::Rails {
        return true;
    }
    let here = find_parent_folder(migration);
    let name = here.rsplit('/').next().unwrap_or_default();
    let database = name
        .strip_suffix("migrate")
        .unwrap_or_default()
        .trim_end_matches('_');
    let beside = find_parent_folder(here) == kept.path;
    let keeps = |end: &str| {
        files
            .iter()
            .any(|path| path.rsplit('/').next() == Some(format!("{database}_{end}").as_str()))
    };
    beside
        && (database.is_empty()
            || database == "post"
            || keeps("schema.rb")
            || keeps("structure.sql"))
}

/// Holds the snapshots of both releases against what the migrations of the range do.
pub fn find_snapshot_disagreements(
    range: &ReleaseRange<'_>,
    sets: &[(&Set, PlayedRange<'_>)],
    unchecked: &mut Vec<Unchecked>,
) -> Vec<Finding> {
    let (old, new) = (
        find_kept_schemas(range.previous),
        find_kept_schemas(range.current),
    );
    let changed: BTreeSet<&str> = range
        .changes
        .iter()
        .flat_map(|change| [Some(change.path.as_str()), change.old_path.as_deref()])
        .flatten()
        .collect();
    let mut out = Vec::new();
    for (kept, files) in &new {
        let Some(before) = old.get(kept) else {
            continue;
        };
        let own: Vec<&(&Set, PlayedRange<'_>)> = sets
            .iter()
            .filter(|(set, _)| set.framework == kept.framework && set.set == kept.set)
            .collect();
        let touched = files
            .iter()
            .chain(before)
            .any(|path| changed.contains(path.as_str()));
        if !touched && own.is_empty() {
            continue;
        }
        let mut not_read = |what: String, why: String| {
            unchecked.push(Unchecked {
                what,
                why: format!("{why}; the schema it keeps was not held against the migrations"),
                settle_with: Some(
                    "compare its two versions with the migrations of the range".to_owned(),
                ),
            });
        };
        let (before, after) = match (
            read_snapshot_tables(kept, before, range.previous),
            read_snapshot_tables(kept, files, range.current),
        ) {
            (Ok(before), Ok(after)) => (before, after),
            (Err((path, why)), _) | (_, Err((path, why))) => {
                not_read(path, why);
                continue;
            }
        };
        let schemas = kept.framework != Framework::EfCore
            || !own
                .iter()
                .any(|(set, _)| matches!(set.dialect, Dialect::Sqlite | Dialect::MySql));
        let (before, after) = if schemas {
            (before, after)
        } else {
            (without_schemas(before), without_schemas(after))
        };
        if before.is_empty() || after.is_empty() {
            not_read(
                files.first().cloned().unwrap_or_default(),
                "no table was found in it".to_owned(),
            );
            continue;
        }
        let of_kept = |played: &PlayedRange<'_>| -> Vec<bool> {
            played
                .units
                .iter()
                .map(|unit| is_about_kept_schema(&unit.path, kept, files))
                .collect()
        };
        let played: Vec<PlayedRange<'_>> = own
            .iter()
            .map(|(_, played)| {
                let units = played
                    .units
                    .iter()
                    .zip(of_kept(played))
                    .filter(|(_, own)| *own)
                    .map(|(unit, _)| *unit)
                    .collect();
                PlayedRange {
                    after: played.after,
                    units,
                }
            })
            .collect();
        let compared = compare::compare_snapshots(&before, &after, &played, kept.framework);
        if let Some(step) = compared.vague {
            not_read(
                step,
                "a step of this migration was not understood".to_owned(),
            );
        }
        for found in compared.disagreements.into_iter().take(SHOWN) {
            out.push(finding::make_schema_finding(
                Check::SnapshotDisagrees,
                Severity::Warns,
                Confidence::Likely,
                found.subject,
                found.says,
                found.evidence,
            ));
        }
    }
    out
}
