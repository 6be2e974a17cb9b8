//! Programs that share a repository: a use belongs to the nearest one. Where two of them bring
//! migrations of a table of the same name, each has its own.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};

use super::super::step::Name;
use super::{PreviousUsage, forms};
use crate::tree_path::{file_name, find_parent_folder};
use coverage::place::{FileRole, classify_path_place};
use model::{Hit, Snapshot};

/// Most files that are read to find who makes a table.
const FILES: usize = 200;

/// Lines above the name of a table in which the call that makes it may stand, and lines from it on
/// that are compared.
const ABOVE: usize = 2;
const BELOW: usize = 8;

/// The folders of programs, and from which of them is looked.
#[derive(Default)]
pub(super) struct Services {
    folders: BTreeSet<String>,
    own: RefCell<Option<String>>,
    /// How a program makes a table of its own, by folder and key of the table.
    makes: RefCell<HashMap<(String, String), Option<String>>>,
}

impl Services {
    /// Of a tree: folders with a manifest or a Dockerfile, and those around folders of migrations.
    pub(super) fn of(tree: &dyn Snapshot) -> Self {
        let folders = tree
            .list()
            .iter()
            .filter_map(|entry| find_service_folder(&entry.path))
            .map(str::to_owned)
            .collect();
        Self {
            folders,
            ..Self::default()
        }
    }

    /// The program that a file belongs to; the whole tree where no folder above it is one.
    fn nearest<'p>(&self, path: &'p str) -> &'p str {
        find_nearest(&self.folders, path)
    }
}

fn find_nearest<'p>(folders: &BTreeSet<String>, path: &'p str) -> &'p str {
    let mut folder = find_parent_folder(path);
    while !folder.is_empty() && !folders.contains(folder) {
        folder = find_parent_folder(folder);
    }
    folder
}

/// The folder of a program, where this file marks one.
fn find_service_folder(path: &str) -> Option<&str> {
    let lower = path.to_ascii_lowercase();
    // copied packages bring manifests of their own
    if ["node_modules/", "vendor/", "testdata/", "fixtures/"]
        .iter()
        .any(|part| lower.contains(part))
    {
        return None;
    }
    let name = file_name(path);
    let manifest = matches!(
        name,
        "go.mod"
            | "package.json"
            | "Cargo.toml"
            | "Gemfile"
            | "pyproject.toml"
            | "requirements.txt"
            | "setup.py"
            | "manage.py"
            | "composer.json"
            | "pom.xml"
            | "build.gradle"
            | "build.gradle.kts"
            | "mix.exs"
            | "build.sbt"
            | "deps.edn"
            | "pubspec.yaml"
            | "Package.swift"
            | "Dockerfile"
    ) || [".csproj", ".fsproj", ".cabal"]
        .iter()
        .any(|end| name.ends_with(end));
    if manifest {
        return Some(find_parent_folder(path));
    }
    // `billing/db/migrations/1_a.sql` marks `billing`
    let mut folder = find_parent_folder(path);
    if !file_name(folder).to_ascii_lowercase().contains("migrat") {
        return None;
    }
    loop {
        folder = find_parent_folder(folder);
        let inside = matches!(
            file_name(folder).to_ascii_lowercase().as_str(),
            "db" | "database"
                | "sql"
                | "resources"
                | "main"
                | "src"
                | "priv"
                | "repo"
                | "internal"
                | "pkg"
                | "data"
                | "store"
                | "storage"
                | "persistence"
                | "infrastructure"
        );
        if !inside || folder.is_empty() {
            return Some(folder);
        }
    }
}

impl PreviousUsage<'_> {
    /// From here on the uses of the program are asked for to which this file, a migration, belongs.
    pub fn look_from(&self, path: &str) {
        let own = self.services.nearest(path).to_owned();
        *self.services.own.borrow_mut() = Some(own);
        // answers about tables were those of another program
        *self.answered.borrow_mut() = Default::default();
    }

    /// The place lies in another program, which has a table of this name of its own.
    pub(super) fn is_of_other_service(&self, hit: &Hit, table: &Name) -> bool {
        // with one program every use is its own
        if self.services.folders.len() < 2 {
            return false;
        }
        let own = self.services.own.borrow();
        let Some(own) = own.as_deref() else {
            return false;
        };
        let theirs = self.services.nearest(&hit.path);
        if theirs == own {
            return false;
        }
        // the same definition twice is a copy, and the table may be one
        match (
            self.find_made_table(theirs, table),
            self.find_made_table(own, table),
        ) {
            (Some(theirs), Some(own)) => theirs != own,
            _ => false,
        }
    }

    /// How migrations of the program make a table of this name.
    fn find_made_table(&self, folder: &str, table: &Name) -> Option<String> {
        let key = (folder.to_owned(), table.key());
        if let Some(known) = self.services.makes.borrow().get(&key) {
            return known.clone();
        }
        let words = [table.name.to_lowercase()];
        let folders = &self.services.folders;
        let files = |path: &str| is_migration(path) && find_nearest(folders, path) == folder;
        let (hits, _) = self.tree.search_many(&words, true, FILES, &files);
        let found = hits
            .iter()
            .filter(|hit| forms::stands_alone(&hit.text, &words[0]))
            .find_map(|hit| {
                let text = self.tree.read_text(&hit.path).ok()?;
                let at = hit.line.saturating_sub(1);
                let lines: Vec<&str> = text
                    .lines()
                    .skip(at.saturating_sub(ABOVE))
                    .take(ABOVE + BELOW)
                    .collect();
                let own = at - at.saturating_sub(ABOVE);
                let made = lines.iter().take(own + 1).any(|line| is_made_in(line));
                made.then(|| {
                    lines[own..]
                        .iter()
                        .flat_map(|line| line.split_whitespace())
                        .collect::<Vec<_>>()
                        .join(" ")
                        .to_lowercase()
                })
            });
        let mut makes = self.services.makes.borrow_mut();
        makes.insert(key, found.clone());
        found
    }
}

/// Migrations that run in production.
fn is_migration(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    let folder = find_parent_folder(&lower);
    ["migrat", "alembic", "changelog", "changesets"]
        .iter()
        .any(|word| folder.contains(word))
        && classify_path_place(path) == FileRole::Live
}

fn is_made_in(line: &str) -> bool {
    let lower: String = line.to_ascii_lowercase();
    let lower = lower.split_whitespace().collect::<Vec<_>>().join(" ");
    [
        "create table",
        "create_table",
        "createtable",
        "create(table",
        "create table(",
        "schema::create",
        "schema.create",
        "create.table",
        "createmodel",
    ]
    .iter()
    .any(|sign| lower.contains(sign))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_marked_by_its_manifest_or_around_its_migrations() {
        for (path, wanted) in [
            ("billing/go.mod", Some("billing")),
            ("apps/web/Dockerfile", Some("apps/web")),
            ("billing/db/migrations/1_a.sql", Some("billing")),
            ("db/migrate/1_a.rb", Some("")),
            ("billing/store.go", None),
            ("web/node_modules/a/package.json", None),
        ] {
            assert_eq!(find_service_folder(path), wanted, "{path}");
        }
    }
}
