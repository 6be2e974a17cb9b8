//! A case of a check: two small trees.

use model::{ChangelogEntry, Config, FileKind};

/// Path, kind, and the text in previous and in current.
pub(crate) type FixtureFile = (
    &'static str,
    FileKind,
    Option<&'static str>,
    Option<&'static str>,
);

/// Two small trees, what the repository says about itself, and commits.
#[derive(Default)]
pub(crate) struct Fixture {
    pub files: Vec<FixtureFile>,
    pub config: Config,
    pub entries: Vec<ChangelogEntry>,
}

impl Fixture {
    /// One file, before and after.
    pub fn of(path: &'static str, kind: FileKind, old: &'static str, new: &'static str) -> Self {
        Self {
            files: vec![(path, kind, Some(old), Some(new))],
            ..Self::default()
        }
    }

    /// One more.
    pub fn and(
        mut self,
        path: &'static str,
        kind: FileKind,
        old: Option<&'static str>,
        new: Option<&'static str>,
    ) -> Self {
        self.files.push((path, kind, old, new));
        self
    }
}
