//! The migrations that a history can mean: those of a set, and those that lie elsewhere.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::spelling::{Meeting, Spelling, find_telling_stem, has_known_end, read_version};
use crate::layout::{Manifest, recognise_migration};
use crate::migration_file::{MigrationFile, MigrationSide};
use crate::tree_path::file_name;
use model::{Framework, Snapshot};

/// Most migrations that one name is compared with.
const COMPARED: usize = 512;

/// Most files of a tree that are looked at because a history may mean them.
const LOOKED_AT: usize = 20_000;

/// Migrations by what they are called.
#[derive(Default)]
pub(super) struct KnownMigrations {
    pub(super) all: Vec<Spelling>,
    by_name: HashMap<(Option<String>, String), Vec<usize>>,
    by_version: HashMap<(Option<String>, Vec<u128>), Vec<usize>>,
}

impl KnownMigrations {
    pub(super) fn new(all: Vec<Spelling>) -> Self {
        let mut known = Self {
            all,
            ..Self::default()
        };
        for (at, spelling) in known.all.iter().enumerate() {
            let mut parts: BTreeSet<Option<String>> =
                spelling.parts.iter().cloned().map(Some).collect();
            parts.insert(None);
            if !spelling.has_exact_parts() {
                parts.insert(Some(String::new()));
            }
            for part in parts {
                for name in &spelling.names {
                    let key = (part.clone(), name.clone());
                    known.by_name.entry(key).or_default().push(at);
                }
                if let Some(version) = &spelling.version {
                    let key = (part.clone(), version.clone());
                    known.by_version.entry(key).or_default().push(at);
                }
            }
        }
        known
    }

    /// Which of them a name means or clashes with; `None` where it would have to be compared with
    /// too many.
    pub(super) fn find(&self, told: &Spelling) -> Option<Vec<(usize, Meeting)>> {
        let mut places: BTreeSet<usize> = BTreeSet::new();
        // of a part there are few; without one all can be meant, and so can those that have none or
        // of which only the end of a path is written
        let keys: Vec<Option<String>> = if told.parts.is_empty() {
            vec![None]
        } else {
            let parts = told.parts.iter().cloned().chain([String::new()]);
            parts.map(Some).collect()
        };
        for part in &keys {
            for name in &told.names {
                let found = self.by_name.get(&(part.clone(), name.clone()));
                places.extend(found.into_iter().flatten().take(COMPARED + 1));
            }
            if let Some(version) = &told.version {
                let found = self.by_version.get(&(part.clone(), version.clone()));
                places.extend(found.into_iter().flatten().take(COMPARED + 1));
            }
        }
        // a number that hundreds of files share says nothing about any of them
        if places.len() > COMPARED {
            return None;
        }
        Some(
            places
                .into_iter()
                .filter_map(|at| Some((at, told.meets(&self.all[at])?)))
                .collect(),
        )
    }
}

/// Databases that are not judged, and of which copies of migrations lie beside others.
const OTHER_DATABASES: &[&str] = &[
    "h2",
    "hsql",
    "hsqldb",
    "derby",
    "oracle",
    "db2",
    "firebird",
    "informix",
    "snowflake",
];

/// What copies for several databases share.
fn name_group(place: &MigrationFile) -> String {
    let of_other = |part: &str| {
        part.split(['.', '-', '_'])
            .any(|word| OTHER_DATABASES.contains(&word.to_lowercase().as_str()))
    };
    if place.dialect.is_some() || !place.set.split('/').any(of_other) {
        return place.group();
    }
    let folder: Vec<&str> = place
        .set
        .split('/')
        .filter(|part| !of_other(part))
        .collect();
    let digits: String = place.version.chars().filter(char::is_ascii_digit).collect();
    format!("{}#{digits}", folder.join("/"))
}

/// What lies in one tree under names that a history has, wherever it lies.
struct TreeMigrations {
    known: KnownMigrations,
    /// The database of each, as copies for several databases share it.
    groups: Vec<String>,
    /// Changelogs by the last part of their paths.
    by_file: HashMap<String, Vec<usize>>,
    /// There are more than are looked at.
    more: bool,
}

impl TreeMigrations {
    fn find(
        tree: &dyn Snapshot,
        manifest: &Manifest,
        told: &[Spelling],
        tool: Option<Framework>,
    ) -> Self {
        let names: HashSet<&str> = told
            .iter()
            .flat_map(|told| &told.names)
            .map(String::as_str)
            .collect();
        let versions: HashSet<&Vec<u128>> = told
            .iter()
            .filter_map(|told| told.version.as_ref())
            .collect();
        let files: HashSet<&str> = told
            .iter()
            .flat_map(|told| &told.parts)
            .map(|part| file_name(part))
            .collect();
        let may_be_meant = |path: &str| {
            let stem = find_telling_stem(path).to_lowercase();
            names.contains(stem.as_str())
                || read_version(&stem).is_some_and(|version| versions.contains(&version))
                || files.contains(file_name(path).to_lowercase().as_str())
                // a revision stands in the text, and the name begins with it at best
                || path.ends_with(".py") && path.contains("versions/")
        };
        let (mut all, mut groups, mut looked_at) = (Vec::new(), Vec::new(), 0usize);
        let mut more = false;
        for entry in tree.list() {
            if !has_known_end(&entry.path) || !may_be_meant(&entry.path) {
                continue;
            }
            looked_at += 1;
            // a hostile tree may hold any number of files that fit; the history is not used then,
            // and that is said
            if looked_at > LOOKED_AT {
                more = true;
                break;
            }
            let read = &mut || tree.read_text(&entry.path).ok();
            let Some(place) = recognise_migration(&entry.path, tree, manifest, read) else {
                continue;
            };
            if place.side == MigrationSide::Up && tool.is_none_or(|tool| tool == place.framework) {
                all.push(Spelling::of_place(&place, tree));
                groups.push(name_group(&place));
            }
        }
        let mut by_file: HashMap<String, Vec<usize>> = HashMap::new();
        for (at, spelling) in all.iter().enumerate() {
            // an app of Django is compared whole, the path of a changelog by its end
            if !spelling.parts.is_empty() && !spelling.has_exact_parts() {
                let names: BTreeSet<&str> =
                    spelling.parts.iter().map(|part| file_name(part)).collect();
                for name in names {
                    by_file.entry(name.to_owned()).or_default().push(at);
                }
            }
        }
        Self {
            known: KnownMigrations::new(all),
            groups,
            by_file,
            more,
        }
    }

    /// Whether a name means no migration, one, or those of several databases.
    fn look_for(&self, told: &Spelling) -> Sight {
        let Some(found) = self.known.find(told).filter(|_| !self.more) else {
            return Sight::Several;
        };
        let of = |wanted: Meeting| -> BTreeSet<&str> {
            found
                .iter()
                .filter(|(_, meeting)| *meeting == wanted)
                .map(|(at, _)| self.groups[*at].as_str())
                .collect()
        };
        let named = of(Meeting::Name);
        // a name that is written out decides before a number that other sets have too
        let places = if named.is_empty() {
            of(Meeting::Number)
        } else {
            named
        };
        match places.len() {
            _ if self.is_of_several_changelogs(told) => Sight::Several,
            0 => Sight::Nowhere,
            1 => Sight::One,
            _ => Sight::Several,
        }
    }

    /// Whether a change set of a changelog may stand in several files: the file says which, and its
    /// ids are not looked at.
    fn is_of_several_changelogs(&self, told: &Spelling) -> bool {
        let mut groups: BTreeSet<&str> = BTreeSet::new();
        for part in &told.parts {
            let named = self.by_file.get(file_name(part)).into_iter().flatten();
            for (compared, at) in named.enumerate() {
                if compared >= COMPARED {
                    return true;
                }
                if self.known.all[*at].is_part(part) {
                    groups.insert(&self.groups[*at]);
                }
            }
        }
        groups.len() > 1
    }
}

/// Where in the repository a name of a history stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Sight {
    /// Neither release has it.
    Nowhere,
    /// One database has it.
    One,
    /// More than one database has it, or too many files may.
    Several,
}

/// For each name of a history where it stands in the two releases.
pub(super) fn look_for_names(
    trees: [(&dyn Snapshot, &Manifest); 2],
    told: &[Spelling],
    tool: Option<Framework>,
) -> Vec<Sight> {
    let trees = trees.map(|(tree, manifest)| TreeMigrations::find(tree, manifest, told, tool));
    let look = |told| trees.iter().map(|tree| tree.look_for(told)).max();
    told.iter()
        .map(|told| look(told).unwrap_or(Sight::Nowhere))
        .collect()
}
