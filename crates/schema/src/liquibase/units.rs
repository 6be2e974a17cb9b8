//! The change sets of changelogs, and which of them a range adds, changes or moves.

use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

use super::node::ChangeSet;
use super::parse::parse_changelog;
use super::{change, formatted};
use crate::dialect::Dialect;
use crate::migration_file::{MatchedMigration, MigrationFile};
use crate::reading::MigrationReading;
use crate::sql::TEXT_LIMIT;
use crate::step::Script;
use crate::unit::Unit;
use model::{MigrationChange, Snapshot};

/// Change sets that stood in one file of the previous release and stand in another now: the tool
/// records the file too.
#[derive(Default)]
pub struct MovedChangeSets {
    /// Path by `author:id`.
    from: HashMap<String, String>,
}

impl MovedChangeSets {
    /// Change sets of the previous texts that are no longer where they were.
    pub fn between(files: &[(String, String, Option<String>)], tree: &dyn Snapshot) -> Self {
        let keys = |path: &str, text: &str| -> BTreeSet<String> {
            change_sets(path, text, Dialect::Unknown, tree)
                .unwrap_or_default()
                .into_iter()
                .map(|set| set.key)
                .collect()
        };
        let mut from = HashMap::new();
        for (path, before, after) in files {
            let kept = after
                .as_ref()
                .map(|after| keys(path, after))
                .unwrap_or_default();
            from.extend(
                keys(path, before)
                    .into_iter()
                    // only a set that left its file can have moved
                    .filter(|key| !kept.contains(key))
                    .map(|key| (key, path.clone())),
            );
        }
        Self { from }
    }
}

/// Change sets of a file that differ from its earlier text.
pub fn list_changed_units(
    found: &MatchedMigration,
    text: &str,
    earlier: Option<&str>,
    dialect: Dialect,
    tree: &dyn Snapshot,
    moved: &MovedChangeSets,
) -> Vec<Unit> {
    let unit = |set: ChangeSet, change: MigrationChange| Unit {
        path: format!("{}#{}", found.place.path, set.id),
        version: set.id.clone(),
        change,
        reading: Rc::new(set.reading),
        read_as: found.place.path.clone(),
        ran: None,
        found: found.clone(),
    };
    let Some(sets) = change_sets(&found.place.path, text, dialect, tree) else {
        // a broken changelog is told once, as a whole
        return vec![Unit {
            path: found.place.path.clone(),
            version: found.place.version.clone(),
            change: found.change,
            reading: Rc::new(MigrationReading::unknown("the changelog cannot be read")),
            read_as: found.place.path.clone(),
            ran: None,
            found: found.clone(),
        }];
    };
    let before: Vec<ChangeSet> = earlier
        .and_then(|text| change_sets(&found.place.path, text, dialect, tree))
        .unwrap_or_default();
    let mut out = Vec::new();
    for set in sets {
        match before.iter().find(|other| other.key == set.key) {
            Some(_) if found.change == MigrationChange::Removed => {
                out.push(unit(set, MigrationChange::Removed))
            }
            Some(other) if other.digest == set.digest => {}
            // Liquibase runs the new text of a repeatable set
            Some(_) if set.repeatable => out.push(unit(set, MigrationChange::Added)),
            Some(_) => out.push(unit(set, MigrationChange::Modified)),
            // the tool records the file too, so a set in another file runs again
            None if matches!(
                found.change,
                MigrationChange::Modified | MigrationChange::Added
            ) && moved
                .from
                .get(&set.key)
                .is_some_and(|path| *path != found.place.path) =>
            {
                let from = moved
                    .from
                    .get(&set.key)
                    .map(|path| format!("{path}#{}", set.id));
                let mut unit = unit(set, MigrationChange::RenamedRunsAgain);
                unit.found.from = from;
                out.push(unit);
            }
            None if found.change == MigrationChange::Modified => {
                out.push(unit(set, MigrationChange::Added))
            }
            None => out.push(unit(set, found.change)),
        }
    }
    out
}

/// What every change set of a file does, in order.
pub fn read_change_set_scripts(
    place: &MigrationFile,
    text: &str,
    dialect: Dialect,
    tree: &dyn Snapshot,
) -> Vec<Script> {
    change_sets(&place.path, text, dialect, tree)
        .unwrap_or_default()
        .into_iter()
        .map(|set| set.reading.up)
        .collect()
}

pub fn change_sets(
    path: &str,
    text: &str,
    dialect: Dialect,
    tree: &dyn Snapshot,
) -> Option<Vec<ChangeSet>> {
    // such a file counts as one that cannot be read
    if text.len() > TEXT_LIMIT {
        return None;
    }
    if path.to_ascii_lowercase().ends_with(".sql") {
        return Some(formatted::change_sets(path, text, dialect));
    }
    let log = parse_changelog(path, text)?;
    Some(
        log.children
            .iter()
            .filter(|child| child.name == "changeSet")
            .map(|set| change::read_change_set(path, set, dialect, tree))
            .collect(),
    )
}
