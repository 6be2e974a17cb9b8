//! The kept schemas of both releases against the net effect of the migrations.

use std::collections::BTreeSet;

use super::compare::{self, PlayedRange};
use super::kept::{SchemaSnapshot, find_kept_schemas};
use super::read;
use super::tables::{SnapshotTable, Tables};
use crate::checks::Check;
use crate::dialect::Dialect;
use crate::finding;
use crate::set::Set;
use crate::step::Name;
use crate::tree_path::find_parent_folder;
use coverage::ReleaseRange;
use model::{Confidence, Finding, Framework, Severity, Snapshot, Unchecked};

/// Most disagreements that are shown one by one.
const SHOWN: usize = 40;

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
        let others: Vec<PlayedRange<'_>> = sets
            .iter()
            .filter(|(set, _)| set.framework != kept.framework || set.set != kept.set)
            .map(|(_, played)| PlayedRange {
                after: played.after,
                units: played.units.clone(),
            })
            .collect();
        let played = [played.as_slice(), others.as_slice()];
        let compared = compare::compare_snapshots(&before, &after, played, kept.framework);
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
