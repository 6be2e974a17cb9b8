//! A file of which is asked whether it is a migration.

use std::cell::{OnceCell, RefCell};

use super::manifest::Manifest;
use super::names::{in_release, leading_version};
use crate::dialect::{Dialect, DialectSigns};
use crate::migration_file::{MigrationFile, MigrationLanguage, MigrationSide};
use crate::tree_path::{file_name, find_parent_folder};
use model::Framework;
use model::Snapshot;

/// Reads the text of a file, where the shape of its path is not enough.
pub type TextReader<'a> = dyn FnMut() -> Option<String> + 'a;

/// A path of a tree, with what tools ask of it.
pub struct CandidateFile<'a> {
    /// The path.
    pub path: &'a str,
    /// Its tree.
    pub tree: &'a dyn Snapshot,
    /// What the tree says of its tools.
    pub manifest: &'a Manifest,
    /// Its folder.
    pub here: &'a str,
    /// Its name without the ending.
    pub stem: &'a str,
    /// The ending, as written.
    pub extension: &'a str,
    /// The digits that its name begins with.
    pub digits: &'a str,
    read: RefCell<&'a mut TextReader<'a>>,
    text: OnceCell<Option<String>>,
}

/// What a tool notes of a file: its place among others, and the name that it records.
pub struct RecordedAs<'a> {
    /// The migrations it is ordered with.
    pub set: &'a str,
    /// Its version.
    pub version: &'a str,
    /// What the tool writes into its table.
    pub identity: &'a str,
}

impl<'a> CandidateFile<'a> {
    /// Of a path.
    pub fn new(
        path: &'a str,
        tree: &'a dyn Snapshot,
        manifest: &'a Manifest,
        read: &'a mut TextReader<'a>,
    ) -> Self {
        let name = file_name(path);
        let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
        Self {
            path,
            tree,
            manifest,
            here: find_parent_folder(path),
            stem,
            extension,
            digits: leading_version(stem),
            read: RefCell::new(read),
            text: OnceCell::new(),
        }
    }

    /// Its text; read once, and only where somebody asks.
    pub fn text(&self) -> Option<&str> {
        self.text
            .get_or_init(|| (self.read.borrow_mut())())
            .as_deref()
    }

    /// The name of its folder.
    pub fn parent(&self) -> &'a str {
        file_name(self.here)
    }

    /// A folder above it has the word in its name.
    pub fn is_inside(&self, word: &str) -> bool {
        self.here
            .split('/')
            .any(|part| part.to_ascii_lowercase().contains(word))
    }

    /// The folder of all releases and the release, where its folder is named by one.
    pub fn release(&self) -> Option<(&'a str, &'a str)> {
        in_release(self.path)
    }

    /// The migration that it is.
    pub fn place(
        &self,
        framework: Framework,
        language: MigrationLanguage,
        recorded: &RecordedAs<'_>,
    ) -> MigrationFile {
        MigrationFile {
            path: self.path.to_owned(),
            framework,
            set: recorded.set.to_owned(),
            version: recorded.version.to_owned(),
            identity: recorded.identity.to_owned(),
            side: MigrationSide::Up,
            repeatable: false,
            baseline: false,
            language,
            dialect: Dialect::from_path(self.here),
        }
    }

    /// The migration that it is, in a set of its folder.
    pub fn place_here(
        &self,
        framework: Framework,
        language: MigrationLanguage,
        version: &str,
        identity: &str,
    ) -> MigrationFile {
        self.place(
            framework,
            language,
            &RecordedAs {
                set: self.here,
                version,
                identity,
            },
        )
    }
}
