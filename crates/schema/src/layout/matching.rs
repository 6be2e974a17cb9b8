//! What of the range is new to the tool: files matched by what the tool records, not by path.

use std::collections::{BTreeMap, HashSet};

use super::manifest::Manifest;
use super::names::{is_down_folder, split_sql_file_name};
use super::recognise::recognise_migration;
use crate::host::python_names::django_replaces;
use crate::migration_file::{MatchedMigration, MigrationFile, MigrationSide};
use crate::order::make_order_key;
use crate::tool::declaration::LayoutFamily;
use crate::tool::find_tool;
use crate::tree_path::{file_name, find_parent_folder, is_in_set};
use coverage::ReleaseRange;
use model::{FileChange, FileStatus, Framework, MigrationChange, Unchecked};

/// All migrations that differ, in order; and files that could not be looked at.
pub fn find_changed_migrations(
    range: &ReleaseRange<'_>,
    old: &Manifest,
    new: &Manifest,
) -> (Vec<MatchedMigration>, Vec<Unchecked>) {
    let mut unchecked = Vec::new();
    let files = RangeFiles::sort(range, (old, new), &mut unchecked);
    let downs = list_downs(range, new);
    let (mut out, taken) = match_new_files(&files, range, old);
    out.extend(files.edited.iter().map(|place| MatchedMigration {
        place: place.clone(),
        change: MigrationChange::Modified,
        from: None,
        down: None,
    }));
    let removed = list_removed_files(&files, &out, &taken);
    out.extend(removed);
    for found in &mut out {
        found.down = downs
            .get(&(found.place.set.clone(), found.place.identity.clone()))
            .cloned();
    }
    out.extend(super::elsewhere::find_unclaimed_migrations(
        range,
        &files.rest,
        &mut unchecked,
    ));
    out.sort_by_cached_key(|found| (found.place.set.clone(), make_order_key(&found.place)));
    unchecked.extend(find_duplicate_versions(&out));
    unchecked.extend(find_orphan_downs(&files.fresh, &downs, range, new));
    (out, unchecked)
}

/// Files of the range, by what became of them.
struct RangeFiles<'a> {
    /// Migrations that stand at a new path.
    fresh: Vec<(MigrationFile, &'a FileChange)>,
    /// Migrations that no longer stand where they stood.
    gone: Vec<(MigrationFile, &'a FileChange)>,
    /// Ways up with another text.
    edited: Vec<MigrationFile>,
    /// What is no migration by its place.
    rest: Vec<&'a FileChange>,
}

impl<'a> RangeFiles<'a> {
    fn sort(
        range: &ReleaseRange<'a>,
        (old, new): (&Manifest, &Manifest),
        unchecked: &mut Vec<Unchecked>,
    ) -> Self {
        let mut files = Self {
            fresh: Vec::new(),
            gone: Vec::new(),
            edited: Vec::new(),
            rest: Vec::new(),
        };
        for change in range.changes {
            let old_path = change.old_path.as_deref().unwrap_or(&change.path);
            let current = (change.status != FileStatus::Deleted)
                .then(|| {
                    recognise_migration(&change.path, range.current, new, &mut || {
                        read_text_or_note(range.current, &change.path, unchecked)
                    })
                })
                .flatten();
            let previous = (change.status != FileStatus::Added)
                .then(|| {
                    recognise_migration(old_path, range.previous, old, &mut || {
                        range.previous.read_text(old_path).ok()
                    })
                })
                .flatten();
            match (current, previous, change.status) {
                (Some(place), _, FileStatus::Modified) => {
                    // an edited way down is read together with its way up
                    files
                        .edited
                        .extend(Some(place).filter(|place| place.side == MigrationSide::Up));
                }
                (Some(place), before, _) => {
                    files.fresh.push((place, change));
                    files.gone.extend(before.map(|place| (place, change)));
                }
                (None, Some(before), status) if status != FileStatus::Modified => {
                    files.gone.push((before, change))
                }
                (None, None, _) => files.rest.push(change),
                _ => {}
            }
        }
        files
    }
}

/// Ways down of the new release, by set and identity.
fn list_downs(range: &ReleaseRange<'_>, new: &Manifest) -> BTreeMap<(String, String), String> {
    range
        .current
        .list()
        .iter()
        .filter(|entry| may_be_down(&entry.path))
        .filter_map(|entry| recognise_migration(&entry.path, range.current, new, &mut || None))
        .filter(|place| place.side == MigrationSide::Down)
        .map(|place| ((place.set, place.identity), place.path))
        .collect()
}

/// What each new file is to the tool, and the old files that it stands for.
fn match_new_files(
    files: &RangeFiles<'_>,
    range: &ReleaseRange<'_>,
    old: &Manifest,
) -> (Vec<MatchedMigration>, HashSet<String>) {
    let gone = &files.gone;
    let mut taken = HashSet::new();
    let mut out = Vec::new();
    for (place, change) in files
        .fresh
        .iter()
        .filter(|(place, _)| place.side == MigrationSide::Up)
    {
        let same = |other: &&(MigrationFile, &FileChange)| {
            other.0.side == MigrationSide::Up
                && find_layout_family(other.0.framework) == find_layout_family(place.framework)
                && other.0.identity == place.identity
                && !taken.contains(&other.0.path)
        };
        // several may fit: the same text first, then the origin that git sees, then the same
        // database
        let twin = gone.iter().filter(same).min_by_key(|(other, theirs)| {
            (
                theirs.old_id != change.new_id,
                change.old_path.as_deref() != Some(other.path.as_str()),
                other.dialect != place.dialect,
            )
        });
        let (kind, from) = if let Some((other, _)) = twin {
            taken.insert(other.path.clone());
            (MigrationChange::Renamed, Some(other.path.clone()))
        } else if let Some((other, _)) = gone.iter().find(|(other, theirs)| {
            other.side == MigrationSide::Up
                && theirs.old_id.is_some()
                && theirs.old_id == change.new_id
                && !taken.contains(&other.path)
        }) {
            // the tool knows a migration by its name, and so runs the same text again
            taken.insert(other.path.clone());
            (MigrationChange::RenamedRunsAgain, Some(other.path.clone()))
        } else if let Some(from) = find_last_squashed_file(place, range, old, &mut taken) {
            (MigrationChange::Renamed, Some(from))
        } else {
            (MigrationChange::Added, None)
        };
        out.push(MatchedMigration {
            place: place.clone(),
            change: kind,
            from,
            down: None,
        });
    }
    (out, taken)
}

/// Migrations that are gone, and that no other file stands for.
fn list_removed_files(
    files: &RangeFiles<'_>,
    found: &[MatchedMigration],
    taken: &HashSet<String>,
) -> Vec<MatchedMigration> {
    // a migration that lies in another folder now is still there
    let kept: HashSet<(LayoutFamily, String)> = found
        .iter()
        .map(|found| {
            (
                find_layout_family(found.place.framework),
                found.place.identity.clone(),
            )
        })
        .collect();
    files
        .gone
        .iter()
        .filter(|(place, _)| {
            place.side == MigrationSide::Up
                && !taken.contains(&place.path)
                && !kept.contains(&(find_layout_family(place.framework), place.identity.clone()))
        })
        .map(|(place, _)| MatchedMigration {
            place: place.clone(),
            change: MigrationChange::Removed,
            from: None,
            down: None,
        })
        .collect()
}

/// Django notes a squash as run where everything that it replaces has run. The last file that it
/// stands for.
fn find_last_squashed_file(
    place: &MigrationFile,
    range: &ReleaseRange<'_>,
    old: &Manifest,
    taken: &mut HashSet<String>,
) -> Option<String> {
    if place.framework != Framework::Django {
        return None;
    }
    let replaced = django_replaces(&range.current.read_text(&place.path).ok()?);
    if replaced.is_empty() {
        return None;
    }
    let stems: HashSet<&str> = replaced
        .iter()
        .filter_map(|name| name.split_once('.').map(|(_, stem)| stem))
        .collect();
    let paths: Vec<(String, String)> = range
        .previous
        .list()
        .iter()
        .map(|entry| entry.path.as_str())
        .filter(|path| {
            file_name(path)
                .strip_suffix(".py")
                .is_some_and(|stem| stems.contains(stem))
        })
        .filter_map(|path| {
            recognise_migration(path, range.previous, old, &mut || {
                range.previous.read_text(path).ok()
            })
        })
        .filter(|other| other.framework == Framework::Django && replaced.contains(&other.identity))
        .map(|other| (other.identity, other.path))
        .collect();
    // where one of them is missing, Django may run the squash
    if !replaced
        .iter()
        .all(|name| paths.iter().any(|(identity, _)| identity == name))
    {
        return None;
    }
    taken.extend(paths.iter().map(|(_, path)| path.clone()));
    paths.into_iter().map(|(_, path)| path).max()
}

/// Versions that two new files claim: some tools refuse both, some run one of them, none says which
/// here.
fn find_duplicate_versions(found: &[MatchedMigration]) -> Vec<Unchecked> {
    let mut by_version: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
    for found in found.iter().filter(|found| {
        found.change != MigrationChange::Removed
            && !found.place.repeatable
            // a changelog holds many change sets, each with an id of its own
            && found.place.framework != Framework::Liquibase
    }) {
        by_version
            .entry((&found.place.set, &found.place.identity))
            .or_default()
            .push(&found.place.path);
    }
    by_version
        .into_iter()
        .filter(|(_, paths)| paths.len() > 1)
        .map(|((_, version), paths)| Unchecked {
            what: paths[0].into(),
            why: format!(
                "version {version} is used by {} files: {}",
                paths.len(),
                paths[1..].join(", ")
            )
            .into(),
            settle_with: Some("ask which of them ran in production".into()),
        })
        .collect()
}

/// New ways down whose way up is nowhere in the current tree.
fn find_orphan_downs(
    fresh: &[(MigrationFile, &FileChange)],
    downs: &BTreeMap<(String, String), String>,
    range: &ReleaseRange<'_>,
    new: &Manifest,
) -> Vec<Unchecked> {
    let lonely = fresh
        .iter()
        .map(|(place, _)| place)
        .filter(|place| place.side == MigrationSide::Down);
    lonely
        .filter(|down| {
            let same = |place: &MigrationFile| {
                place.side == MigrationSide::Up
                    && place.set == down.set
                    && place.identity == down.identity
            };
            downs
                .get(&(down.set.clone(), down.identity.clone()))
                .is_some_and(|path| *path == down.path)
                && !fresh.iter().any(|(place, _)| same(place))
                && !range
                    .current
                    .list()
                    .iter()
                    // only files of the set are read: all files of the tree would take long
                    .filter(|entry| {
                        is_in_set(&entry.path, &down.set)
                            && split_sql_file_name(file_name(&entry.path)).is_some()
                    })
                    .filter_map(|entry| {
                        recognise_migration(&entry.path, range.current, new, &mut || {
                            range.current.read_text(&entry.path).ok()
                        })
                    })
                    .any(|place| same(&place))
        })
        .map(|down| Unchecked {
            what: down.path.clone().into(),
            why: format!(
                "it is a way down of version {}, and there is no way up",
                down.version
            )
            .into(),
            settle_with: Some("ask whether its way up ran anywhere".into()),
        })
        .collect()
}

fn find_layout_family(framework: Framework) -> LayoutFamily {
    find_tool(framework).record().family
}

fn read_text_or_note(
    tree: &dyn model::Snapshot,
    path: &str,
    unchecked: &mut Vec<Unchecked>,
) -> Option<String> {
    match tree.read_text(path) {
        Ok(text) => Some(text),
        Err(error) => {
            unchecked.push(Unchecked {
                what: path.into(),
                why: error.to_string().into(),
                settle_with: Some("read the file, it may be a migration".into()),
            });
            None
        }
    }
}

/// Cheap test before a path is looked at closely.
fn may_be_down(path: &str) -> bool {
    let name = file_name(path);
    name.ends_with(".sql")
        && (name.contains("down")
            || name.contains("undo")
            || name.contains("rollback")
            || name.contains("revert")
            // undo scripts of Flyway may begin with any prefix
            || name.contains("__")
            || path.contains("/revert/")
            || path.starts_with("revert/")
            || is_down_folder(file_name(find_parent_folder(path))))
        || split_sql_file_name(name).is_some() && name.contains("down")
}
