//! The kept schemas of both releases against the net effect of the migrations.

use std::collections::BTreeSet;

use super::compare::{self, PlayedRange};
use super::kept::{SchemaSnapshot, find_kept_schemas};
use super::read;
use super::tables::{SnapshotTable, Tables};
use crate::checks;
use crate::dialect::Dialect;
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
            .for_each(|(path, text)| read::read_model_snapshot(path, text, &mut out)),
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

/// Whether the migrations of a set make what a snapshot keeps.
fn is_kept_by(set: &Set, kept: &SchemaSnapshot) -> bool {
    set.framework == kept.framework && set.set == kept.set
}

/// Whether a migration is about what a snapshot keeps: Rails has a folder and a file for each
/// database.
fn is_about_kept_schema(migration: &str, kept: &SchemaSnapshot, files: &[String]) -> bool {
    // other tools keep one file for all of their migrations
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
        // a file that is new has no earlier state to compare
        let Some(before) = old.get(kept) else {
            continue;
        };
        let touched = files
            .iter()
            .chain(before)
            .any(|path| changed.contains(path.as_str()));
        // without a change of the file or of its migrations nothing can have gone apart
        if touched || sets.iter().any(|(set, _)| is_kept_by(set, kept)) {
            let versions = [before.as_slice(), files.as_slice()];
            out.extend(compare_kept_schema(kept, versions, range, sets, unchecked));
        }
    }
    out
}

/// Compares the files that keep one schema in the previous and in the current release.
fn compare_kept_schema(
    kept: &SchemaSnapshot,
    [old_files, files]: [&[String]; 2],
    range: &ReleaseRange<'_>,
    sets: &[(&Set, PlayedRange<'_>)],
    unchecked: &mut Vec<Unchecked>,
) -> Vec<Finding> {
    let mut not_read = |what: String, why: String| {
        unchecked.push(Unchecked {
            what: what.into(),
            why: format!("{why}; the schema it keeps was not held against the migrations").into(),
            settle_with: Some("compare its two versions with the migrations of the range".into()),
        });
    };
    let (before, after) = match (
        read_snapshot_tables(kept, old_files, range.previous),
        read_snapshot_tables(kept, files, range.current),
    ) {
        (Ok(before), Ok(after)) => (before, after),
        (Err((path, why)), _) | (_, Err((path, why))) => {
            not_read(path, why);
            return Vec::new();
        }
    };
    // EF Core: these databases have no schemas, though the model names them
    let schemas = kept.framework != Framework::EfCore
        || !sets.iter().any(|(set, _)| {
            is_kept_by(set, kept) && matches!(set.dialect, Dialect::Sqlite | Dialect::MySql)
        });
    let (before, after) = if schemas {
        (before, after)
    } else {
        (without_schemas(before), without_schemas(after))
    };
    // an empty reading means that the form was not understood, not that there are no tables
    if before.is_empty() || after.is_empty() {
        not_read(
            files.first().cloned().unwrap_or_default(),
            "no table was found in it".to_owned(),
        );
        return Vec::new();
    }
    let (own, others) = split_played_ranges(kept, files, sets);
    let played = [own.as_slice(), others.as_slice()];
    let compared = compare::compare_snapshots(&before, &after, played, kept.framework);
    if let Some(step) = compared.vague {
        not_read(
            step,
            "a step of this migration was not understood".to_owned(),
        );
    }
    let shown = compared.disagreements.into_iter().take(SHOWN);
    shown
        .map(|found| {
            checks::SNAPSHOT_DISAGREES.doc.make_finding(
                // whoever forgot to renew the file changed nothing in the database
                Severity::Warns,
                Confidence::Likely,
                found.subject,
                found.says,
                found.evidence,
            )
        })
        .collect()
}

/// What the migrations do that a kept schema is about, and what those of other tools do.
fn split_played_ranges<'a>(
    kept: &SchemaSnapshot,
    files: &[String],
    sets: &[(&Set, PlayedRange<'a>)],
) -> (Vec<PlayedRange<'a>>, Vec<PlayedRange<'a>>) {
    let (mut own, mut others) = (Vec::new(), Vec::new());
    for (set, played) in sets {
        let (after, mut units) = (played.after, played.units.clone());
        if is_kept_by(set, kept) {
            units.retain(|unit| is_about_kept_schema(&unit.path, kept, files));
            own.push(PlayedRange { after, units });
        } else {
            others.push(PlayedRange { after, units });
        }
    }
    (own, others)
}
