//! Git: releases, changelog, tree differences, file contents, revert trials. Read only; libgit2
//! through git2.

//!
//! [`Repository::open`] copes with bare, shallow, partial and linked repositories; what it cannot
//! read gets one sentence with the command that helps. Figures equal git's: tests hold them to the
//! git program. Objects are not hashed again when they are read, as git itself does.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use model::{
    Changelog, FileChange, FileDiff, Release, ReleaseRelation, RepositoryInfo, RevertTrial,
    Snapshot, Unchecked,
};

mod attributes;
mod both_sides;
mod cancel;
mod changelog;
mod changes;
mod commit_range;
mod contents_store;
mod conventional;
mod declared;
mod entries;
mod error;
mod file_diff;
mod find;
mod found_renames;
mod handles;
mod history;
mod mailmap;
mod message;
mod open;
mod plain;
mod releases;
mod remote;
mod renames;
mod revert_trial;
mod reverts;
mod scheme;
mod shadow;
mod snapshot;
mod threads;
mod tree_reads;
mod tree_store;
mod twins;
mod version;
mod walk;

pub use cancel::Cancel;
pub use conventional::TYPES as CONVENTIONAL_TYPES;
pub use error::RepositoryError;
pub use model::list_advisory_ids as security_ids;
pub use version::Version;

/// Readers of what a history brings along, for whoever tries them with any bytes.
pub mod readers {
    pub use super::conventional::{breaking_footer, read_subject_header};
    pub use super::mailmap::Mailmap;
    pub use super::message::CommitMessage;
    pub use super::scheme::parse_tag_name;
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
    /// Tags that `--tag-pattern` or `--service` left out.
    pub left_out: usize,
    /// Tags beyond the most that are read: releases among them are not known.
    pub unread_tags: usize,
}

/// Two releases and how they lie.
#[derive(Debug, Clone, PartialEq)]
pub struct ReleasePair {
    /// Would go back to.
    pub previous: Release,
    /// Out now.
    pub current: Release,
    /// How they lie in history.
    pub relation: ReleaseRelation,
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
    /// Renames as `git diff -M` finds them.
    pub renames: Option<u64>,
    /// Objects that are not there.
    pub unchecked: Vec<Unchecked>,
}

/// An open repository. Cheap to clone and to send; every thread works with its own libgit2 handle.
#[derive(Debug, Clone)]
pub struct Repository {
    info: RepositoryInfo,
    git_dir: PathBuf,
    work_dir: Option<PathBuf>,
    handles: Arc<handles::Handles>,
}

impl Repository {
    /// Opens the repository that holds `path`.
    pub fn open(path: &Path) -> Result<Self, RepositoryError> {
        let opened = open::open_repository(path)?;
        Ok(Self {
            info: opened.info,
            git_dir: opened.git_dir,
            work_dir: opened.work_dir,
            handles: Arc::new(opened.handles),
        })
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
        self.work_dir.as_deref()
    }

    /// Reading ends before the next object once the sign is given; the sign of another reading
    /// takes its place.
    pub fn cancel_by(&self, cancel: Cancel) {
        *self
            .handles
            .cancel
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner) = cancel;
    }

    /// Gives back the memory that holds contents of changed files; the next reader gets them from
    /// git again.
    pub fn forget_contents(&self) {
        self.handles.contents.forget();
    }

    /// Leaves what libgit2 holds in memory to the end of the program, which is near: closing it
    /// object by object keeps a person waiting.
    pub fn leave_open(&self) {
        self.handles.leave_open();
    }

    /// Releases from tags.
    pub fn releases(&self, options: &ReleaseOptions) -> Result<Releases, RepositoryError> {
        self.handles
            .with(|repo| releases::read_releases(repo, options))
    }

    /// A release by version (`3.1` finds `v3.1.0`), tag, or any revision. The error names the
    /// nearest versions.
    pub fn find(&self, releases: &Releases, version: &str) -> Result<Release, RepositoryError> {
        find::find_release(&self.handles, releases, version)
    }

    /// The highest release below one in its line, not necessarily an ancestor. A final release
    /// skips pre-releases unless nothing else is there. For a revision that is no release, the
    /// nearest release in its history.
    pub fn previous(
        &self,
        releases: &Releases,
        current: &Release,
    ) -> Result<Release, RepositoryError> {
        find::find_previous_release(&self.handles, releases, current)
    }

    /// The pair to decide about. Without `current` the newest release of the line that is newest;
    /// without `previous` the highest version below current in its scheme. The same release and
    /// a swapped pair are errors that say what to type.
    pub fn pair(
        &self,
        releases: &Releases,
        previous: Option<&str>,
        current: Option<&str>,
    ) -> Result<ReleasePair, RepositoryError> {
        find::find_release_pair(&self.handles, releases, previous, current)
    }

    /// First-parent commits only, at most `limit`: what can be shown at once.
    pub fn quick_changelog(
        &self,
        pair: &ReleasePair,
        limit: usize,
    ) -> Result<Changelog, RepositoryError> {
        changelog::read_quick_changelog(self, pair, limit)
    }

    /// The whole changelog. File totals (`files_changed`, ...) are left `None`;
    /// [`Repository::changes`] has them. `areas` and `if_reverted` are filled by `assess`.
    pub fn changelog(&self, pair: &ReleasePair) -> Result<Changelog, RepositoryError> {
        changelog::read_whole_changelog(self, pair)
    }

    /// Names of the files that differ, unchanged moves joined; no line counts. What can be shown at
    /// once.
    pub fn names(&self, pair: &ReleasePair) -> Result<Vec<FileChange>, RepositoryError> {
        changes::list_changed_names(&self.handles, pair)
    }

    /// Files that differ, with renames and git's totals.
    pub fn changes(&self, pair: &ReleasePair) -> Result<Changes, RepositoryError> {
        changes::list_changed_files(&self.handles, pair)
    }

    /// A release's tree for checks.
    pub fn snapshot(&self, release: &Release) -> Result<Box<dyn Snapshot + Send>, RepositoryError> {
        Ok(Box::new(snapshot::GitSnapshot::new(
            Arc::clone(&self.handles),
            history::commit_id(release)?,
        )?))
    }

    /// The difference inside one file, word by word; at most `context` unchanged lines around.
    pub fn file_diff(&self, change: &FileChange, context: usize) -> FileDiff {
        self.handles
            .with(|repo| Ok(file_diff::file_diff(repo, change, context)))
            .unwrap_or_else(|error| FileDiff::Unavailable(error.to_string()))
    }

    /// The change a single commit made, against its first parent.
    pub fn commit_changes(&self, commit: &str) -> Result<Vec<FileChange>, RepositoryError> {
        changes::of_commit(&self.handles, commit)
    }

    /// The forge that its remote's address names, where it is a known one.
    pub fn forge(&self) -> Option<model::Forge> {
        let found = self.handles.with(|repo| Ok(remote::find_forge(repo)));
        found.ok().flatten()
    }

    /// Whether reverting `commit` on `current` applies cleanly; in memory.
    pub fn revert_trial(&self, current: &Release, commit: &str) -> RevertTrial {
        revert_trial::revert_trial(&self.handles, current, commit)
    }
}
