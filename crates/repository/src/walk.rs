//! Which paths differ between two trees. libgit2 expands every subtree, equal or not; this walk
//! steps over equal ones.

use std::cmp::Ordering;

use git2::{Oid, Repository, Tree};

use model::escape_invisible;

use super::error::is_absent;

/// Deepest tree that is followed.
const DEPTH: usize = 256;

/// One side of a changed path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChangeSide {
    /// Blob, or commit of a submodule.
    pub id: Oid,
    /// Mode bits as git counts them (`0o100644`, `0o120000`, `0o160000`, ...).
    pub mode: u32,
}

impl ChangeSide {
    /// Whether it is a submodule.
    pub fn is_submodule(&self) -> bool {
        self.mode == 0o160_000
    }

    /// Whether it is a file with contents of its own, no link and no submodule.
    pub fn is_regular(&self) -> bool {
        self.mode & 0o170_000 == 0o100_000
    }
}

/// A path that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawChange {
    /// Bytes as in the tree.
    pub path: Vec<u8>,
    /// In the old tree.
    pub old: Option<ChangeSide>,
    /// In the new tree.
    pub new: Option<ChangeSide>,
}

/// Paths that differ, sorted as git sorts them, and trees that are not there.
#[derive(Debug, Default)]
pub struct Walked {
    /// What differs.
    pub changes: Vec<RawChange>,
    /// Folders whose tree object is absent, with its id.
    pub absent: Vec<(Vec<u8>, Oid)>,
}

/// A path as it is shown and looked up everywhere: lossy UTF-8, control characters visible.
pub fn display_path(path: &[u8]) -> String {
    escape_invisible(&String::from_utf8_lossy(path)).into_owned()
}

/// What differs between two trees; `None` is the empty tree.
pub fn diff_trees(
    repo: &Repository,
    old: Option<Oid>,
    new: Option<Oid>,
) -> Result<Walked, git2::Error> {
    let mut walked = Walked::default();
    let mut prefix = Vec::new();
    compare_subtrees(repo, old, new, &mut prefix, 0, &mut walked)?;
    Ok(walked)
}

/// All files of a tree.
pub fn list_tree(repo: &Repository, tree: Oid) -> Result<Walked, git2::Error> {
    diff_trees(repo, None, Some(tree))
}

fn load_tree<'r>(
    repo: &'r Repository,
    id: Option<Oid>,
    prefix: &[u8],
    walked: &mut Walked,
) -> Result<Result<Option<Tree<'r>>, ()>, git2::Error> {
    match id.map(|id| (id, repo.find_tree(id))) {
        None => Ok(Ok(None)),
        Some((_, Ok(tree))) => Ok(Ok(Some(tree))),
        Some((id, Err(error))) if is_absent(&error) => {
            // a shallow or partial clone may lack a folder; the rest of the tree is still compared
            walked.absent.push((prefix.to_vec(), id));
            Ok(Err(()))
        }
        Some((_, Err(error))) => Err(error),
    }
}

fn compare_subtrees(
    repo: &Repository,
    old: Option<Oid>,
    new: Option<Oid>,
    prefix: &mut Vec<u8>,
    depth: usize,
    walked: &mut Walked,
) -> Result<(), git2::Error> {
    // equal folders are stepped over, where libgit2 expands each of them
    if old == new {
        return Ok(());
    }
    // an error and no silent end: what lies deeper would count as unchanged
    if depth > DEPTH {
        return Err(git2::Error::from_str(
            "a folder is nested more than 256 levels deep",
        ));
    }
    let (Ok(old), Ok(new)) = (
        load_tree(repo, old, prefix, walked)?,
        load_tree(repo, new, prefix, walked)?,
    ) else {
        return Ok(());
    };
    let (mut i, mut j) = (0, 0);
    loop {
        let (left, right) = (
            old.as_ref().and_then(|tree| tree.get(i)),
            new.as_ref().and_then(|tree| tree.get(j)),
        );
        let order = match (&left, &right) {
            (None, None) => return Ok(()),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            // both lists are sorted by git's order, so one pass finds every pair
            (Some(left), Some(right)) => compare_tree_entries(left, right),
        };
        let (left, right) = (
            left.filter(|_| order.is_le()),
            right.filter(|_| order.is_ge()),
        );
        i += usize::from(left.is_some());
        j += usize::from(right.is_some());
        if let (Some(left), Some(right)) = (&left, &right)
            && left.id() == right.id()
            && left.filemode_raw() == right.filemode_raw()
        {
            continue;
        }
        let Some(name) = left
            .as_ref()
            .or(right.as_ref())
            .map(git2::TreeEntry::name_bytes)
        else {
            continue;
        };
        let length = prefix.len();
        if length > 0 {
            prefix.push(b'/');
        }
        prefix.extend_from_slice(name);
        let tree = |entry: &Option<git2::TreeEntry<'_>>| {
            entry
                .as_ref()
                .filter(|entry| is_tree(entry))
                .map(git2::TreeEntry::id)
        };
        let side = |entry: &Option<git2::TreeEntry<'_>>| {
            entry
                .as_ref()
                .filter(|entry| !is_tree(entry))
                .map(|entry| ChangeSide {
                    id: entry.id(),
                    mode: normal_mode(entry.filemode_raw()),
                })
        };
        let (old_side, new_side) = (side(&left), side(&right));
        if old_side != new_side {
            walked.changes.push(RawChange {
                path: prefix.clone(),
                old: old_side,
                new: new_side,
            });
        }
        // a file that became a folder is removed as a file, and its folder is walked as new
        compare_subtrees(repo, tree(&left), tree(&right), prefix, depth + 1, walked)?;
        prefix.truncate(length);
    }
}

fn is_tree(entry: &git2::TreeEntry<'_>) -> bool {
    entry.filemode_raw() & 0o170_000 == 0o040_000
}

/// Old trees hold modes such as `0o100664`; git reads them as one of the modes it writes today.
fn normal_mode(mode: i32) -> u32 {
    let mode = u32::try_from(mode).unwrap_or_default();
    match mode & 0o170_000 {
        0o100_000 if mode & 0o100 != 0 => 0o100_755,
        0o100_000 => 0o100_644,
        kind => kind,
    }
}

/// Git's order of tree entries: a folder sorts as if its name ended in a slash.
fn compare_tree_entries(left: &git2::TreeEntry<'_>, right: &git2::TreeEntry<'_>) -> Ordering {
    let (a, b) = (left.name_bytes(), right.name_bytes());
    let common = a.len().min(b.len());
    let next = |name: &[u8], tree: bool| {
        name.get(common)
            .copied()
            .unwrap_or(if tree { b'/' } else { 0 })
    };
    a.get(..common)
        .cmp(&b.get(..common))
        .then_with(|| next(a, is_tree(left)).cmp(&next(b, is_tree(right))))
        .then_with(|| a.len().cmp(&b.len()))
}
