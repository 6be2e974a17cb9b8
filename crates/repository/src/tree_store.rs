//! Trees that were listed and compared, kept for whoever asks next: opening, the names of changed
//! files, their lines and every reader of a release ask for the same two.

use std::sync::{Arc, Mutex, PoisonError};

use git2::Oid;

use model::TreeEntry;

use super::error::{RepositoryError, wrap_git_error};
use super::open::Handles;
use super::renames::{FoundRenames, find_renames};
use super::walk::{RawChange, Walked, diff_trees, display_path, list_tree};

/// So many listings and so many differences are kept: one pair in use and one that was before.
const KEPT: usize = 4;

/// All files of a commit.
#[derive(Debug, Default)]
pub struct TreeListing {
    /// Ordered by path.
    pub entries: Vec<TreeEntry>,
    /// Folders whose tree is not in this clone, each with a slash at its end.
    pub absent: Vec<String>,
}

/// What was listed and compared last.
#[derive(Debug, Default)]
pub struct TreeStore {
    listings: RecentValues<Oid, TreeListing>,
    differences: RecentValues<(Oid, Oid), Walked>,
    renames: RecentValues<(Oid, Oid), FoundRenames>,
}

impl TreeStore {
    /// The files of a commit.
    ///
    /// # Errors
    /// When the commit or its tree cannot be read.
    pub fn list(
        &self,
        handles: &Handles,
        commit: Oid,
    ) -> Result<Arc<TreeListing>, RepositoryError> {
        self.listings.get_or(commit, || {
            let walked = handles.with(|repo| {
                let tree = tree_of(repo, commit)?;
                list_tree(repo, tree).map_err(wrap_git_error("cannot list the files of a release"))
            })?;
            Ok(build_tree_listing(walked))
        })
    }

    /// What differs between the trees of two commits.
    ///
    /// # Errors
    /// When a commit or one of the trees cannot be read.
    pub fn compare(
        &self,
        handles: &Handles,
        previous: Oid,
        current: Oid,
    ) -> Result<Arc<Walked>, RepositoryError> {
        self.differences.get_or((previous, current), || {
            handles.with(|repo| {
                let (old, new) = (tree_of(repo, previous)?, tree_of(repo, current)?);
                diff_trees(repo, Some(old), Some(new))
                    .map_err(wrap_git_error("cannot compare the two trees"))
            })
        })
    }

    /// Files that moved between two commits.
    ///
    /// # Errors
    /// As [`TreeStore::compare`], and when contents cannot be read for another reason than that
    /// they are not in this clone.
    pub fn find_renames(
        &self,
        handles: &Handles,
        previous: Oid,
        current: Oid,
    ) -> Result<Arc<FoundRenames>, RepositoryError> {
        self.renames.get_or((previous, current), || {
            let walked = self.compare(handles, previous, current)?;
            find_renames(handles, &walked.changes)
        })
    }

    /// Lists and compares both trees before somebody asks. What cannot be read is said to the one
    /// who asks.
    pub fn read_ahead(&self, handles: &Handles, previous: Oid, current: Oid) {
        let _ = self.compare(handles, previous, current);
        for commit in [current, previous] {
            let _ = self.list(handles, commit);
        }
        let _ = self.find_renames(handles, previous, current);
    }
}

fn tree_of(repo: &git2::Repository, commit: Oid) -> Result<Oid, RepositoryError> {
    repo.find_commit(commit)
        .map(|commit| commit.tree_id())
        .map_err(wrap_git_error(format!("cannot read the commit {commit}")))
}

fn build_tree_listing(walked: Walked) -> TreeListing {
    let side = |change: RawChange| {
        change.new.map(|side| TreeEntry {
            path: display_path(&change.path),
            id: side.id.to_string(),
            mode: side.mode,
        })
    };
    let mut entries: Vec<TreeEntry> = walked.changes.into_iter().filter_map(side).collect();
    entries.sort_by(|a, b| a.path.cmp(&b.path));
    let absent = walked
        .absent
        .iter()
        .map(|(path, _)| {
            if path.is_empty() {
                String::new()
            } else {
                format!("{}/", display_path(path))
            }
        })
        .collect();
    TreeListing { entries, absent }
}

/// The last few values by their key.
#[derive(Debug)]
struct RecentValues<K, V>(Mutex<Vec<(K, Arc<V>)>>);

impl<K, V> Default for RecentValues<K, V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: PartialEq, V> RecentValues<K, V> {
    /// The kept value, or a new one. Two who ask at once may both make it; the later one stays.
    fn get_or(
        &self,
        key: K,
        make: impl FnOnce() -> Result<V, RepositoryError>,
    ) -> Result<Arc<V>, RepositoryError> {
        let find = |kept: &Vec<(K, Arc<V>)>| {
            let found = kept.iter().find(|(known, _)| *known == key);
            found.map(|(_, value)| Arc::clone(value))
        };
        if let Some(known) = find(&self.0.lock().unwrap_or_else(PoisonError::into_inner)) {
            return Ok(known);
        }
        let value = Arc::new(make()?);
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|(known, _)| *known != key);
        if kept.len() >= KEPT {
            kept.remove(0);
        }
        kept.push((key, Arc::clone(&value)));
        Ok(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_made_once_and_only_the_last_few_are_kept() {
        let kept: RecentValues<usize, usize> = RecentValues::default();
        let mut made = 0;
        for key in [1, 1, 2, 3, 4, 5, 5, 1] {
            let value = kept.get_or(key, || {
                made += 1;
                Ok(key * 10)
            });
            assert_eq!(*value.expect("it can be made"), key * 10);
        }
        // five values, and the first again after four others
        assert_eq!(made, 6);
        let failing = kept.get_or(9, || Err(RepositoryError::NoReleases));
        assert!(failing.is_err(), "an error is not kept");
        assert!(kept.get_or(9, || Ok(1)).is_ok());
    }
}
