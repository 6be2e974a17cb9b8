//! Handles of one open repository, and what is kept beside them.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use git2::{Oid, RepositoryOpenFlags};

use super::cancel::Cancel;
use super::commit_range::CommitRange;
use super::contents_store::ContentsStore;
use super::error::{RepositoryError, wrap_git_error};
use super::tree_store::TreeStore;

/// libgit2 handles of one repository: a thread takes one, works, and puts it back with its warm
/// caches.
pub struct Handles {
    path: PathBuf,
    bare: bool,
    idle: Mutex<Vec<git2::Repository>>,
    /// Ranges that were walked; pairs are asked for several times.
    pub ranges: Mutex<HashMap<(Oid, Oid), Arc<CommitRange>>>,
    /// Ends what reads with these handles.
    pub cancel: Mutex<Cancel>,
    /// Contents of changed files that several readers ask for.
    pub contents: ContentsStore,
    /// Trees that were listed and compared.
    pub trees: TreeStore,
    _shadow: Option<tempfile::TempDir>,
}

impl std::fmt::Debug for Handles {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Handles")
            .field("path", &self.path)
            .field("bare", &self.bare)
            .finish_non_exhaustive()
    }
}

impl Handles {
    /// Handles of the repository at `path`; `shadow` is a folder that must stay while they are used.
    pub fn new(path: PathBuf, bare: bool, shadow: Option<tempfile::TempDir>) -> Self {
        Self {
            path,
            bare,
            idle: Mutex::default(),
            ranges: Mutex::default(),
            cancel: Mutex::default(),
            contents: ContentsStore::default(),
            trees: TreeStore::default(),
            _shadow: shadow,
        }
    }

    /// Runs `work` with a handle of its own.
    pub fn with<T>(
        &self,
        work: impl FnOnce(&git2::Repository) -> Result<T, RepositoryError>,
    ) -> Result<T, RepositoryError> {
        // asked here because everything that reads takes a handle first
        if self.is_cancelled() {
            return Err(RepositoryError::Cancelled);
        }
        // a handle may not be used by two threads, and opening one costs its caches
        let idle = self
            .idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop();
        let handle = match idle {
            Some(handle) => handle,
            None => self.fresh()?,
        };
        let result = work(&handle);
        self.idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(handle);
        result
    }

    /// Idle handles are not closed any more.
    pub fn leave_open(&self) {
        // closing a large cache of libgit2 takes time that a person waits for at the end
        std::mem::forget(std::mem::take(
            &mut *self.idle.lock().unwrap_or_else(PoisonError::into_inner),
        ));
    }

    /// A handle that is not shared, for work that changes its state in memory.
    pub fn fresh(&self) -> Result<git2::Repository, RepositoryError> {
        open_exactly(&self.path, self.bare).map_err(wrap_git_error(format!(
            "cannot open {}",
            self.path.display()
        )))
    }

    /// Whether nobody waits any more for what is read.
    pub fn is_cancelled(&self) -> bool {
        self.cancel
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .is_cancelled()
    }

    /// Whether git treats the repository as bare.
    pub fn bare(&self) -> bool {
        self.bare
    }
}

/// Opens the repository whose own folder `path` is; nothing above it is looked at.
pub fn open_exactly(path: &Path, bare: bool) -> Result<git2::Repository, git2::Error> {
    // not `open_bare`: that one ignores the boundary of a shallow clone
    let mut flags = RepositoryOpenFlags::NO_SEARCH;
    flags.set(RepositoryOpenFlags::BARE, bare);
    git2::Repository::open_ext(path, flags, std::iter::empty::<&OsStr>())
}
