//! Git: releases, changelog, tree differences, file contents, revert trials. Read only; libgit2 through git2.

use std::path::{Path, PathBuf};

use crate::model::{Changelog, FileChange, FileDiff, Relation, Release, RepositoryInfo, RevertTrial, Snapshot, Unchecked};

/// Why a repository, a release or an object cannot be used: one sentence, what, where, and the command that helps.
#[derive(Debug, Clone, thiserror::Error)]
pub enum RepositoryError {
    /// Anything that ends in one sentence for the user.
    #[error("{0}")]
    Other(String),
}

/// How releases are told from other tags.
#[derive(Debug, Clone, Default)]
pub struct ReleaseOptions {
    /// Only tags that match this glob.
    pub tag_pattern: Option<String>,
    /// Only this service's tags (a scheme's prefix such as `payments/`).
    pub service: Option<String>,
}

/// All releases of a repository, newest version first, by scheme.
#[derive(Debug, Clone, Default)]
pub struct Releases {
    /// In order: schemes by their newest release, then versions from highest to lowest.
    pub releases: Vec<Release>,
    /// Tags that were left out, with the reason in a few words.
    pub skipped: Vec<(String, String)>,
    /// How they were found, one sentence each.
    pub notes: Vec<String>,
}

/// Two releases and how they lie.
#[derive(Debug, Clone, PartialEq)]
pub struct Pair {
    /// Would go back to.
    pub previous: Release,
    /// Out now.
    pub current: Release,
    /// How they lie in history.
    pub relation: Relation,
}

/// Files that differ between two releases, with git's totals.
#[derive(Debug, Clone, Default)]
pub struct Changes {
    /// Renames detected; kinds and components are not set yet.
    pub files: Vec<FileChange>,
    /// As `git diff --shortstat --no-renames`; `None` where an object is absent.
    pub files_changed: Option<u64>,
    /// Same source.
    pub insertions: Option<u64>,
    /// Same source.
    pub deletions: Option<u64>,
    /// Renames found.
    pub renames: Option<u64>,
    /// Objects that are not there.
    pub unchecked: Vec<Unchecked>,
}

/// An open repository. Cheap to clone and to send; every thread opens its own libgit2 handle.
#[derive(Debug, Clone)]
pub struct Repository {
    info: RepositoryInfo,
    git_dir: PathBuf,
}

impl Repository {
    /// Opens the repository that holds `path`.
    pub fn open(path: &Path) -> Result<Self, RepositoryError> {
        let _ = path;
        unimplemented!("repository")
    }

    /// What kind of repository it is, and what that hides.
    pub fn info(&self) -> &RepositoryInfo {
        &self.info
    }

    /// Its git directory.
    pub fn git_dir(&self) -> &Path {
        &self.git_dir
    }

    /// The working tree's folder, where there is one.
    pub fn work_dir(&self) -> Option<&Path> {
        unimplemented!("repository")
    }

    /// Releases from tags.
    pub fn releases(&self, options: &ReleaseOptions) -> Result<Releases, RepositoryError> {
        let _ = options;
        unimplemented!("repository")
    }

    /// A release by version (`3.1` finds `v3.1.0`), tag, or any revision. The error names the nearest versions.
    pub fn find(&self, releases: &Releases, version: &str) -> Result<Release, RepositoryError> {
        let _ = (releases, version);
        unimplemented!("repository")
    }

    /// The pair to decide about. Without `current` the newest release of the line that is newest; without `previous` the
    /// highest version below current in its scheme. The same release and a swapped pair are errors that say what to type.
    pub fn pair(&self, releases: &Releases, previous: Option<&str>, current: Option<&str>) -> Result<Pair, RepositoryError> {
        let _ = (releases, previous, current);
        unimplemented!("repository")
    }

    /// First-parent commits only, at most `limit`: what can be shown at once.
    pub fn quick_changelog(&self, pair: &Pair, limit: usize) -> Result<Changelog, RepositoryError> {
        let _ = (pair, limit);
        unimplemented!("repository")
    }

    /// The whole changelog. File totals (`files_changed`, ...) are left `None`; [`Repository::changes`] has them.
    /// `areas` and `if_reverted` are filled by `assess`.
    pub fn changelog(&self, pair: &Pair) -> Result<Changelog, RepositoryError> {
        let _ = pair;
        unimplemented!("repository")
    }

    /// Files that differ. Names and renames first through `names`, totals at the end.
    pub fn changes(&self, pair: &Pair) -> Result<Changes, RepositoryError> {
        let _ = pair;
        unimplemented!("repository")
    }

    /// A release's tree for checks.
    pub fn snapshot(&self, release: &Release) -> Result<Box<dyn Snapshot + Send>, RepositoryError> {
        let _ = release;
        unimplemented!("repository")
    }

    /// The difference inside one file, word by word; at most `context` unchanged lines around.
    pub fn file_diff(&self, change: &FileChange, context: usize) -> FileDiff {
        let _ = (change, context);
        unimplemented!("repository")
    }

    /// The change a single commit made, against its first parent.
    pub fn commit_changes(&self, commit: &str) -> Result<Vec<FileChange>, RepositoryError> {
        let _ = commit;
        unimplemented!("repository")
    }

    /// Whether reverting `commit` on `current` applies cleanly; in memory.
    pub fn revert_trial(&self, current: &Release, commit: &str) -> RevertTrial {
        let _ = (current, commit);
        unimplemented!("repository")
    }
}
