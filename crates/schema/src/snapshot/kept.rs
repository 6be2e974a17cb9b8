//! Files that keep a schema, and whose.

use std::collections::BTreeMap;

use crate::tree_path::find_parent_folder;
use model::{Framework, Snapshot};

/// Most snapshot files of a release that are read.
const FILES: usize = 40;

/// A snapshot: the files that make it up, and the folder of its migrations.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SchemaSnapshot {
    pub framework: Framework,
    /// The set of the migrations it belongs to, as the layout names it.
    pub set: String,
    /// Its file, or the folder whose files make it up.
    pub path: String,
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

/// Whether a path is the schema that a tool keeps beside its migrations.
pub fn is_kept(path: &str, tree: &dyn Snapshot) -> bool {
    recognise_kept_schema(path, tree).is_some()
}

/// All snapshots of a tree, with their files.
pub fn find_kept_schemas(tree: &dyn Snapshot) -> BTreeMap<SchemaSnapshot, Vec<String>> {
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
            let drizzle = kept.framework == Framework::Drizzle;
            let files = out.entry(kept).or_default();
            if drizzle {
                // Each migration leaves one; the last one is the schema.
                if files.first().is_none_or(|last| *last < entry.path) {
                    *files = vec![entry.path.clone()];
                }
            } else if files.len() < FILES {
                files.push(entry.path.clone());
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::MemorySnapshot;

    #[test]
    fn the_last_of_many_snapshots_is_the_schema() {
        let mut files = vec![("drizzle/meta/_journal.json".to_owned(), "{}".to_owned())];
        files.extend((0..60).map(|at| {
            (
                format!("drizzle/meta/{at:04}_snapshot.json"),
                at.to_string(),
            )
        }));
        let tree = MemorySnapshot::new(files);
        let found: Vec<Vec<String>> = find_kept_schemas(&tree).into_values().collect();
        assert_eq!(found, [["drizzle/meta/0059_snapshot.json"]]);
    }
}
