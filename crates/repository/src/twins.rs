//! Twins: commits with the same change on both sides of a diverged pair, exactly those `git log
//! --cherry-mark` marks.
//!
//! Git compares patch ids: per file the names, created and deleted modes, and the lines of the
//! patch without white space and line numbers; object ids for binary files; merges have none. As
//! git does, a cheap key over paths and modes comes first and contents are read only where two keys
//! meet.

use std::collections::{HashMap, HashSet};

use git2::{DiffOptions, Oid, Patch, Repository};
use sha2::{Digest, Sha256};

use super::attributes::{BlobReader, Contents};
use super::walk::{RawChange, Walked, diff_trees};

/// A digest.
pub type ChangeDigest = [u8; 32];

/// The header-only key of a commit's change.
pub fn header_key(changes: &[RawChange]) -> ChangeDigest {
    let mut hash = Sha256::new();
    for change in changes {
        hash_change_header(change, &mut hash);
    }
    // the header alone rules out nearly all pairs, and reads no contents
    hash.finalize().into()
}

fn hash_change_header(change: &RawChange, hash: &mut Sha256) {
    let name = remove_white_space(&change.path);
    // git leaves white space out of a patch id, names included
    hash.update(b"diff--git");
    hash.update((name.len() as u64).to_le_bytes());
    hash.update(&name);
    match (change.old, change.new) {
        (None, Some(new)) => hash.update(format!("new{:o}", new.mode)),
        (Some(old), None) => hash.update(format!("deleted{:o}", old.mode)),
        _ => {}
    }
}

/// Without the characters git counts as white space.
fn remove_white_space(bytes: &[u8]) -> Vec<u8> {
    bytes
        .iter()
        .copied()
        .filter(|byte| !matches!(byte, b' ' | b'\t' | b'\n' | b'\r'))
        .collect()
}

/// The full patch id; `None` where an object is not there.
fn patch_key(
    reader: &BlobReader<'_>,
    changes: &[RawChange],
) -> Result<Option<ChangeDigest>, git2::Error> {
    let mut hash = Sha256::new();
    for change in changes {
        hash_change_header(change, &mut hash);
        let (before, after) = (reader.contents(change.old)?, reader.contents(change.new)?);
        if matches!(before, Contents::Absent(_)) || matches!(after, Contents::Absent(_)) {
            // half a patch would be equal to another half; unknown is counted and said
            return Ok(None);
        }
        let binary = reader.is_binary(&change.path, change.old, &before)
            || reader.is_binary(&change.path, change.new, &after);
        let (Contents::Bytes(before), Contents::Bytes(after), false) = (before, after, binary)
        else {
            // git takes the ids of binary files, since there are no lines
            for side in [change.old, change.new] {
                hash.update(side.map_or_else(|| "0".repeat(40), |side| side.id.to_string()));
            }
            continue;
        };
        let mut options = DiffOptions::new();
        // as git's patch id, whatever the configuration says about context
        options.context_lines(3).interhunk_lines(0).force_text(true);
        let patch = Patch::from_buffers(&before, None, &after, None, Some(&mut options))?;
        for hunk in 0..patch.num_hunks() {
            for line in 0..patch.num_lines_in_hunk(hunk)? {
                let line = patch.line_in_hunk(hunk, line)?;
                let origin = match line.origin() {
                    '+' => b"+".as_slice(),
                    '-' => b"-".as_slice(),
                    ' ' => b"".as_slice(),
                    // git leaves out the marks for a missing line end
                    _ => continue,
                };
                hash.update(origin);
                hash.update(remove_white_space(line.content()));
            }
        }
    }
    Ok(Some(hash.finalize().into()))
}

/// The change a commit makes against its first parent; a root against the empty tree.
pub fn commit_walk(repo: &Repository, commit: &git2::Commit<'_>) -> Result<Walked, git2::Error> {
    let parent = match commit.parent_ids().next() {
        // a merge is seen from its first parent, as `git show -m --first-parent` does
        Some(id) => Some(repo.find_commit(id)?.tree_id()),
        None => None,
    };
    diff_trees(repo, parent, Some(commit.tree_id()))
}

/// Commits of both sides that have a twin on the other.
#[derive(Debug, Default)]
pub struct TwinCommits {
    /// Of the first side.
    pub ours: HashSet<Oid>,
    /// Of the second side.
    pub theirs: HashSet<Oid>,
    /// Commits that could not be compared because an object is not there.
    pub unknown: u64,
}

/// Compares two sides given as commits with their header keys.
pub fn find_twin_commits(
    reader: &BlobReader<'_>,
    repo: &Repository,
    ours: &[(Oid, ChangeDigest)],
    theirs: &[(Oid, ChangeDigest)],
) -> Result<TwinCommits, git2::Error> {
    let keys: HashSet<&ChangeDigest> = ours.iter().map(|(_, key)| key).collect();
    let common: HashSet<&ChangeDigest> = theirs
        .iter()
        .map(|(_, key)| key)
        .filter(|key| keys.contains(key))
        .collect();
    let mut twins = TwinCommits::default();
    let mut sides: [HashMap<ChangeDigest, Vec<Oid>>; 2] = Default::default();
    for (side, commits) in sides.iter_mut().zip([ours, theirs]) {
        for (id, _) in commits.iter().filter(|(_, key)| common.contains(key)) {
            let walked = commit_walk(repo, &repo.find_commit(*id)?)?;
            match patch_key(reader, &walked.changes)? {
                Some(key) => side.entry(key).or_default().push(*id),
                None => twins.unknown += 1,
            }
        }
    }
    let [ours, theirs] = sides;
    for (key, ids) in &ours {
        if let Some(others) = theirs.get(key) {
            twins.ours.extend(ids);
            twins.theirs.extend(others);
        }
    }
    Ok(twins)
}
