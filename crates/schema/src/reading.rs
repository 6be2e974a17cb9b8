//! What a migration does, as every reader says it, and what a reader is given.

use crate::dialect::Dialect;
use crate::layout::manifest::Manifest;
use crate::migration_file::MigrationFile;
use crate::step::{MigrationStep, SchemaAction, Script};
use crate::tree_path::{file_name, find_parent_folder};
use model::Framework;
use model::Snapshot;

/// Where a way down comes from.
#[derive(Debug, Clone, Default)]
pub enum DownMigration {
    /// Written: its steps, file and first line.
    Written {
        script: Script,
        path: String,
        line: usize,
    },
    /// The tool derives it.
    Derived(Script),
    /// There is none.
    #[default]
    None,
    /// There is none, and why.
    Missing(String),
    /// The migration says so, or its tool refuses.
    Irreversible(String),
}

impl DownMigration {
    /// There is a way down, or a refusal, that has to be judged on the schema.
    pub fn needs_schema(&self) -> bool {
        // a missing way down is judged by its absence alone
        !matches!(self, Self::None | Self::Missing(_))
    }
}

/// What a migration does.
#[derive(Debug, Clone, Default)]
pub struct MigrationReading {
    /// Up.
    pub up: Script,
    /// Down.
    pub down: DownMigration,
    /// Line on which the up side begins.
    pub line: usize,
}

/// What lies around a migration: files that it names, and what its tree says of its tools.
#[derive(Clone, Copy)]
pub struct Around<'a> {
    /// The tree.
    pub tree: &'a dyn Snapshot,
    /// Its manifests.
    pub manifest: &'a Manifest,
}

impl Around<'_> {
    /// A file that the migration names: beside it first, else the shortest path of the tree that
    /// ends so. With its path.
    pub fn file(&self, place: &MigrationFile, named: &str) -> Option<(String, String)> {
        // `./sql/x.sql`, `/sql/x.sql` and `classpath:sql/x.sql` name the same file
        let named = named
            .trim_start_matches(['.', '/'])
            .trim_start_matches("classpath:")
            .trim_start_matches('/');
        // a name without an ending is a word of the call and no file
        if named.is_empty() || !named.contains('.') {
            return None;
        }
        let beside = format!("{}/{named}", find_parent_folder(&place.path));
        let found = if self.tree.has(&beside) {
            beside
        } else {
            // tools resolve such a name against a folder that only their configuration knows
            let end = format!("/{named}");
            self.tree
                .list()
                .iter()
                .map(|entry| &entry.path)
                .filter(|path| *path == named || path.ends_with(&end))
                .min_by_key(|path| path.len())?
                .clone()
        };
        let text = self.tree.read_text(&found).ok()?;
        Some((found, text))
    }

    /// An embedded resource, whose name is its path with dots (`Shop.Scripts.drop.sql`).
    pub fn resource(&self, place: &MigrationFile, named: &str) -> Option<(String, String)> {
        self.file(place, named).or_else(|| {
            let name = self
                .tree
                .list()
                .iter()
                .map(|entry| &entry.path)
                .filter(|path| path.ends_with(".sql") && named.ends_with(file_name(path)));
            let found = name
                .filter(|path| path.replace('/', ".").ends_with(named))
                .min_by_key(|path| path.len())?
                .clone();
            let text = self.tree.read_text(&found).ok()?;
            Some((found, text))
        })
    }
}

/// A migration that is to be read.
#[derive(Clone, Copy)]
pub struct MigrationSource<'a> {
    /// The file as found.
    pub place: &'a MigrationFile,
    /// Its text.
    pub text: &'a str,
    /// The database it runs on.
    pub dialect: Dialect,
    /// What lies around it.
    pub around: Around<'a>,
}

impl MigrationReading {
    /// A migration of which nothing could be read: it does something, and nobody knows what.
    pub fn unknown(why: impl Into<String>) -> Self {
        Self {
            up: Script {
                steps: vec![make_unread_step(
                    1,
                    SchemaAction::Unknown { why: why.into() },
                )],
                has_text: true,
                ..Script::default()
            },
            down: DownMigration::None,
            line: 1,
        }
    }

    /// A migration in a language that is not read.
    pub fn unread(place: &MigrationFile) -> Self {
        Self::unknown(match place.framework {
            Framework::Other => "it looks like a migration, of a tool that is not known".to_owned(),
            framework => format!(
                "{} migrations in this language are recognised, but not read",
                framework.id()
            ),
        })
    }
}

/// A step of which only the line is known.
pub fn make_unread_step(line: usize, action: SchemaAction) -> MigrationStep {
    MigrationStep {
        line,
        text: String::new(),
        certain: true,
        action,
    }
}
