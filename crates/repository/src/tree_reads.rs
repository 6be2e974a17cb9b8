//! Reads and compares the trees of commits; each is kept for whoever asks next.

use std::sync::Arc;

use git2::Oid;

use model::TreeEntry;

use super::error::{RepositoryError, wrap_git_error};
use super::found_renames::FoundRenames;
use super::handles::Handles;
use super::renames::find_renames;
use super::tree_store::TreeListing;
use super::walk::{RawChange, Walked, diff_trees, display_path, list_tree};

/// The files of a commit.
///
/// # Errors
/// When the commit or its tree cannot be read.
pub fn list_commit_files(
    handles: &Handles,
    commit: Oid,
) -> Result<Arc<TreeListing>, RepositoryError> {
    handles.trees.listings.get_or(commit, || {
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
pub fn compare_commit_trees(
    handles: &Handles,
    previous: Oid,
    current: Oid,
) -> Result<Arc<Walked>, RepositoryError> {
    handles.trees.differences.get_or((previous, current), || {
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
/// As [`compare_commit_trees`], and when contents cannot be read for another reason than that
/// they are not in this clone.
pub fn find_commit_renames(
    handles: &Handles,
    previous: Oid,
    current: Oid,
) -> Result<Arc<FoundRenames>, RepositoryError> {
    handles.trees.renames.get_or((previous, current), || {
        let walked = compare_commit_trees(handles, previous, current)?;
        find_renames(handles, &walked.changes)
    })
}

/// Lists and compares both trees before somebody asks. What cannot be read is said to the one
/// who asks.
pub fn read_trees_ahead(handles: &Handles, previous: Oid, current: Oid) {
    let _ = compare_commit_trees(handles, previous, current);
    for commit in [current, previous] {
        let _ = list_commit_files(handles, commit);
    }
    let _ = find_commit_renames(handles, previous, current);
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
    // git sorts a folder as if it ended in a slash; here a path is looked up by its text
    entries.sort_by(|a, b| a.path.cmp(&b.path));
    let absent = walked
        .absent
        .iter()
        .map(|(path, _)| {
            // the whole tree is absent: every path lies below the empty one
            if path.is_empty() {
                String::new()
            } else {
                format!("{}/", display_path(path))
            }
        })
        .collect();
    TreeListing { entries, absent }
}
