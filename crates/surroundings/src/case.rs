//! A case of a check: two small trees.

use crate::check::SurroundingsInput;
use coverage::ReleaseRange;
use model::{
    Changelog, ChangelogEntry, Config, FileChange, FileKind, FileStatus, Finding, MemorySnapshot,
    TriedCases,
};

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

    /// What is seen between its two trees.
    pub(crate) fn compare<T>(&self, look: impl FnOnce(&ReleaseRange<'_>, &Changelog) -> T) -> T {
        let side = |pick: fn(&FixtureFile) -> Option<&'static str>| {
            MemorySnapshot::new(
                self.files
                    .iter()
                    .filter_map(|file| Some((file.0, pick(file)?))),
            )
        };
        let (previous, current) = (side(|file| file.2), side(|file| file.3));
        let changes: Vec<FileChange> = self
            .files
            .iter()
            .filter(|file| file.2 != file.3)
            .map(|&(path, kind, old, new)| FileChange {
                path: path.to_owned(),
                old_path: None,
                status: match (old, new) {
                    (None, _) => FileStatus::Added,
                    (_, None) => FileStatus::Deleted,
                    _ => FileStatus::Modified,
                },
                old_id: None,
                new_id: None,
                old_mode: 0o100_644,
                new_mode: 0o100_644,
                insertions: None,
                deletions: None,
                kind,
                component: None,
            })
            .collect();
        let range = ReleaseRange {
            previous: &previous,
            current: &current,
            changes: &changes,
            config: &self.config,
            previous_version: "3.0.0",
            current_version: "3.1.0",
        };
        let changelog = Changelog {
            entries: self.entries.clone(),
            ..Changelog::default()
        };
        look(&range, &changelog)
    }

    fn run_check(&self, run: RunCheck) -> Vec<Finding> {
        self.compare(|range, changelog| {
            run(&SurroundingsInput::gather(
                range,
                changelog,
                &mut Vec::new(),
            ))
        })
    }
}

/// What a check does.
type RunCheck = fn(&SurroundingsInput<'_>) -> Vec<Finding>;

/// What a check makes of its case, and of the one that looks alike.
pub(crate) fn try_fixtures(run: RunCheck, (found, alike): (Fixture, Fixture)) -> TriedCases {
    (found.run_check(run), alike.run_check(run)).into()
}
