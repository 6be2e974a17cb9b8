//! Kinds and components of paths, by documented defaults and by `kinds:` and `components:` of
//! `backout.yaml`.
//!
//! The order of the questions, first yes wins:
//!
//! 1. `kinds:` and `contracts:` of `backout.yaml`.
//! 2. Tests, fixtures and recorded responses, whatever they are made of.
//! 3. Contracts by format or by name (`openapi*.yaml`, `*.proto`), also below `docs/` and `spec/`.
//! 4. Manifests and lock files of package managers.
//! 5. Migrations and schema files.
//! 6. What the program runs on: containers, charts, Terraform, pipelines, build files.
//! 7. Prose.
//! 8. Style sheets, images and fonts; templates, pages and translations.
//! 9. Configuration the program reads, by name, extension or folder.
//! 10. Program text by extension. JSX, Vue and Svelte files are code: they hold logic.
//! 11. Everything else, which includes settings of editors and linters: *other*.

use std::collections::BTreeMap;

use globset::GlobSet;

use crate::check::globs::build_glob_set;
use crate::model::{Config, FileChange, FileKind, Untrusted};

mod language;
mod names;
mod table;

pub use table::default_kind;

/// Most areas named for one entry.
const AREAS: usize = 4;

/// Kinds and components in force for one repository.
#[derive(Debug, Clone, Default)]
pub struct Kinds {
    kinds: Vec<(FileKind, GlobSet)>,
    components: Vec<(String, GlobSet)>,
    contracts: Vec<String>,
}

impl Kinds {
    /// From `backout.yaml`, over the defaults.
    pub fn new(config: &Config) -> Self {
        let kinds = config
            .kinds
            .iter()
            .filter_map(|(name, patterns)| Some((kind_named(name)?, build_glob_set(patterns))))
            .collect();
        let components = config
            .components
            .iter()
            .map(|(name, patterns)| (name.clone(), build_glob_set(patterns)))
            .collect();
        let contracts = config
            .contracts
            .iter()
            .map(|file| file.path.trim_start_matches("./").to_owned())
            .collect();
        Self {
            kinds,
            components,
            contracts,
        }
    }

    /// The kind of a path.
    pub fn kind(&self, path: &str) -> FileKind {
        if let Some((kind, _)) = self.kinds.iter().find(|(_, globs)| globs.is_match(path)) {
            return *kind;
        }
        if self.contracts.iter().any(|contract| contract == path) {
            return FileKind::Contract;
        }
        default_kind(path)
    }

    /// The component of a path: of `backout.yaml` where it names one, else a guess by kind and
    /// folder.
    pub fn component(&self, path: &str) -> Option<String> {
        if let Some((name, _)) = self
            .components
            .iter()
            .find(|(_, globs)| globs.is_match(path))
        {
            return Some(name.clone());
        }
        table::default_component(path, self.kind(path)).map(str::to_owned)
    }

    /// Sets kind and component of every change.
    pub fn apply(&self, changes: &mut [FileChange]) {
        for change in changes {
            change.kind = self.kind(&change.path);
            // a file that was moved out of its kind still takes the old kind's meaning with it on
            // the way back
            if change.kind == FileKind::Other
                && let Some(old) = &change.old_path
            {
                change.kind = self.kind(old);
            }
            change.component = self.component(&change.path);
        }
    }

    /// What an entry touches, in words: components of `backout.yaml` where they are named, else
    /// first folders; most paths first, at most four.
    pub fn areas<S: AsRef<str>>(&self, paths: &[S]) -> Vec<Untrusted> {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for path in paths {
            let path = path.as_ref();
            let named = self
                .components
                .iter()
                .find(|(_, globs)| globs.is_match(path))
                .map(|(name, _)| name.clone());
            *counts
                .entry(named.unwrap_or_else(|| find_telling_folder(path)))
                .or_default() += 1;
        }
        let mut areas: Vec<_> = counts.into_iter().collect();
        areas.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        areas
            .into_iter()
            .take(AREAS)
            .map(|(name, _)| name.into())
            .collect()
    }
}

/// The first folder that tells something: `services/payments` rather than `services`. Files at the
/// root are `root`.
fn find_telling_folder(path: &str) -> String {
    const CONTAINERS: [&str; 16] = [
        "apps",
        "cmd",
        "components",
        "contrib",
        "crates",
        "internal",
        "libs",
        "lib",
        "modules",
        "packages",
        "pkg",
        "plugins",
        "projects",
        "services",
        "src",
        "app",
    ];
    let mut parts = path.split('/');
    let (first, second, third) = (parts.next().unwrap_or_default(), parts.next(), parts.next());
    match (second, third) {
        (None, _) => "root".to_owned(),
        (Some(second), Some(_)) if CONTAINERS.contains(&first) => format!("{first}/{second}"),
        _ => first.to_owned(),
    }
}

/// The kind a word of `kinds:` means.
pub fn kind_named(name: &str) -> Option<FileKind> {
    serde_json::from_value(serde_json::Value::String(name.to_owned())).ok()
}

/// Whether only styling or markup changed, and why, in words: `None` when nothing changed at all.
/// Tests and prose are not deployed and do not count; a submodule that moved is never markup.
pub fn styling_only(changes: &[FileChange]) -> Option<(bool, String)> {
    let counts = |wanted: &[FileKind]| {
        changes
            .iter()
            .filter(|change| wanted.contains(&change.kind) && !is_submodule_change(change))
            .count()
    };
    let (looks, silent) = (
        counts(&[FileKind::Styling, FileKind::Markup]),
        counts(&[FileKind::Test, FileKind::Documentation]),
    );
    let rest = changes.len() - looks - silent;
    let files = |count: usize| {
        if count == 1 {
            "1 file".to_owned()
        } else {
            format!("{count} files")
        }
    };
    Some(match (looks, silent, rest) {
        (0, 0, 0) => return None,
        (0, _, 0) => (true, "only tests and documentation changed".to_owned()),
        (_, _, 0) => (
            true,
            format!(
                "{} of styling and markup changed, and nothing else that runs",
                files(looks)
            ),
        ),
        (_, _, _) => (
            false,
            format!(
                "{} that are neither styling nor markup changed",
                files(rest)
            ),
        ),
    })
}

fn is_submodule_change(change: &FileChange) -> bool {
    [change.old_mode, change.new_mode].contains(&0o160_000)
}

/// Number of changed files a kind.
pub fn count_changes_by_kind(changes: &[FileChange]) -> BTreeMap<FileKind, u64> {
    let mut counts = BTreeMap::new();
    for change in changes {
        *counts.entry(change.kind).or_insert(0) += 1;
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::FileStatus;

    fn change(path: &str) -> FileChange {
        let mut changes = vec![FileChange {
            path: path.to_owned(),
            old_path: None,
            status: FileStatus::Modified,
            old_id: None,
            new_id: None,
            old_mode: 0o100_644,
            new_mode: 0o100_644,
            insertions: None,
            deletions: None,
            kind: FileKind::Other,
            component: None,
        }];
        Kinds::default().apply(&mut changes);
        changes.remove(0)
    }

    #[test]
    fn the_file_has_the_first_word() {
        let config = Config {
            kinds: [
                ("styling".to_owned(), vec!["brand/**".to_owned()]),
                ("nonsense".to_owned(), vec!["**".to_owned()]),
            ]
            .into(),
            components: [("frontend".to_owned(), vec!["brand/**".to_owned()])].into(),
            contracts: vec![crate::model::ContractFile {
                path: "interface.txt".to_owned(),
            }],
            ..Config::default()
        };
        let kinds = Kinds::new(&config);
        assert_eq!(kinds.kind("brand/logo.rs"), FileKind::Styling);
        assert_eq!(
            kinds.component("brand/logo.rs").as_deref(),
            Some("frontend")
        );
        assert_eq!(kinds.kind("interface.txt"), FileKind::Contract);
        assert_eq!(kinds.kind("src/main.rs"), FileKind::Code);
    }

    #[test]
    fn styling_only_needs_something_and_nothing_else() {
        let only = |paths: &[&str]| {
            styling_only(&paths.iter().map(|path| change(path)).collect::<Vec<_>>())
                .map(|(only, _)| only)
        };
        assert_eq!(only(&[]), None);
        assert_eq!(
            only(&[
                "web/site.css",
                "app/views/home.html.erb",
                "docs/style.md",
                "test/home_test.rb"
            ]),
            Some(true)
        );
        assert_eq!(only(&["web/site.css", "web/pay.tsx"]), Some(false));
        assert_eq!(only(&["README.md"]), Some(true));
        assert_eq!(only(&["web/site.css", "strange.bin"]), Some(false));
        let mut module = change("theme.css");
        module.new_mode = 0o160_000;
        assert_eq!(styling_only(&[module]).map(|(only, _)| only), Some(false));
    }

    #[test]
    fn areas_name_the_folder_that_tells_something() {
        let kinds = Kinds::default();
        assert_eq!(
            kinds.areas(&[
                "services/payments/a.go",
                "services/payments/b.go",
                "Makefile",
                "db/migrations/1.sql"
            ]),
            ["services/payments", "db", "root"]
        );
        assert!(kinds.areas::<&str>(&[]).is_empty());
    }
}
