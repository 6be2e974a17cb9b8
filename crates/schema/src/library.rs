//! Tables that a library brings along: queues, sessions, schedulers, audit, tags. The code that
//! uses them is not in the repository, so a search in vain tells nothing while the previous release
//! depends on the library.

use std::cell::{OnceCell, RefCell};
use std::collections::{HashMap, HashSet};

use super::layout::manifest::Manifest;
use super::step::Name;
use coverage::library_tables::FAMILIES;
use model::{Evidence, Snapshot};

/// Parts of names that belong to no library by themselves.
const ORDINARY: [&str; 28] = [
    "app", "user", "users", "order", "orders", "item", "items", "data", "test", "api", "web",
    "core", "main", "base", "common", "new", "old", "tmp", "temp", "log", "file", "files", "group",
    "page", "site", "django", "rails", "config",
];

/// What the previous release depends on.
pub struct LibraryLookup<'a> {
    manifest: &'a Manifest,
    tree: &'a dyn Snapshot,
    /// Names of files and folders of the tree in small letters, with and without their endings;
    /// gathered once.
    parts: OnceCell<HashSet<String>>,
    /// What the manifests name by the beginning of a table's name.
    like: RefCell<HashMap<String, Option<Evidence>>>,
}

impl<'a> LibraryLookup<'a> {
    /// Of a tree.
    pub fn new(manifest: &'a Manifest, tree: &'a dyn Snapshot) -> Self {
        Self {
            manifest,
            tree,
            parts: OnceCell::new(),
            like: RefCell::default(),
        }
    }

    /// The library to which a table belongs, with the place that names it.
    pub fn owner(&self, table: &Name) -> Option<(String, Evidence)> {
        let name = table.name.to_lowercase();
        let families = FAMILIES
            .lines()
            .filter(|line| !line.starts_with('#'))
            .filter_map(|line| line.split_once('|'));
        for (tables, packages) in families.filter(|(tables, _)| {
            tables
                .split_whitespace()
                .any(|sign| is_library_table_match(&name, sign))
        }) {
            let _ = tables;
            // the table alone says nothing: `sessions` belongs to a library only where it is among
            // the dependencies
            if let Some(found) = packages
                .split_whitespace()
                .find_map(|package| Some((package.to_owned(), self.manifest.dependency(package)?)))
            {
                return Some(found);
            }
        }
        // `jobq_task` with `jobq` among the dependencies, and no folder of that name here.
        let prefix = name.split(['_', '.']).next().filter(|prefix| {
            // a short prefix stands in front of many names by chance
            prefix.len() > 3 && prefix.len() < name.len() && !ORDINARY.contains(prefix)
        })?;
        let parts = self.parts.get_or_init(|| {
            let parts = self
                .tree
                .list()
                .iter()
                .flat_map(|entry| entry.path.split('/'));
            parts
                .flat_map(|part| [Some(part), part.split_once('.').map(|(stem, _)| stem)])
                .flatten()
                .map(str::to_ascii_lowercase)
                .collect()
        });
        // a folder of that name is the program's own part, and the library's table would lie
        // outside
        if parts.contains(prefix) {
            return None;
        }
        let place = self
            .like
            // each column of a table asks again, and a search of all manifests is slow
            .borrow_mut()
            .entry(prefix.to_owned())
            .or_insert_with(|| self.manifest.dependency_like(prefix))
            .clone()?;
        Some((prefix.to_owned(), place))
    }
}

/// `oban_*` fits `oban_jobs`; a name without a star must be the whole.
fn is_library_table_match(name: &str, sign: &str) -> bool {
    sign.strip_suffix('*')
        .map_or(name == sign, |prefix| name.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{DatabaseConfig, MemorySnapshot};

    #[test]
    fn a_table_belongs_to_a_library_that_is_among_the_dependencies() {
        let owner = |files: &[(&str, &str)], table: &str| {
            let tree = MemorySnapshot::new(files.iter().copied());
            let manifest = Manifest::read(&tree, &DatabaseConfig::default());
            LibraryLookup::new(&manifest, &tree)
                .owner(&Name::new(table))
                .map(|(library, place)| {
                    (
                        library,
                        place.raw_path().unwrap_or_default().to_owned(),
                        place.line.unwrap_or_default(),
                    )
                })
        };
        let found = |library: &str, path: &str, line: usize| {
            Some((library.to_owned(), path.to_owned(), line))
        };
        assert_eq!(
            owner(
                &[(
                    "Gemfile",
                    "gem \"rails\"\ngem \"delayed_job_active_record\"\n"
                )],
                "delayed_jobs"
            ),
            found("delayed_job", "Gemfile", 2)
        );
        assert_eq!(
            owner(&[("Gemfile", "gem \"rails\"\n")], "delayed_jobs"),
            None
        );
        assert_eq!(
            owner(
                &[(
                    "package.json",
                    "{\n\"dependencies\": {\"connect-pg-simple\": \"^9\"}}"
                )],
                "session"
            ),
            found("connect-pg-simple", "package.json", 2)
        );
        assert_eq!(
            owner(
                &[("requirements.txt", "django==4.2\ndjango-parcelq==1.3\n")],
                "parcelq_task"
            ),
            found("parcelq", "requirements.txt", 2)
        );
        assert_eq!(
            owner(
                &[
                    ("requirements.txt", "django-parcelq==1.3\n"),
                    ("parcelq/models.py", "")
                ],
                "parcelq_task"
            ),
            None
        );
        assert_eq!(
            owner(
                &[("package.json", "{\n\"name\": \"bakery\"\n}")],
                "bakery_ovens"
            ),
            None
        );
    }
}
