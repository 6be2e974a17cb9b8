//! The commits that only one of two releases has, both sides in one walk.
//!
//! libgit2's `revwalk` was measured: it lists one side, so history above the common commits is read
//! twice, which was a twelfth of an assessment. What is asked here is what `git rev-list
//! --left-right A...B` answers, with git's own way of knowing when to stop.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};

use foldhash::fast::RandomState;
use git2::{ObjectType, Oid, Repository};

const CURRENT: u8 = 1;
const PREVIOUS: u8 = 2;
const BOTH: u8 = CURRENT | PREVIOUS;

/// Commits that git still looks at when all seem to be common: clocks that were wrong put an
/// ancestor before its children.
const SLOP: usize = 5;

/// What is known of a commit.
struct WalkedCommit {
    parents: Vec<Oid>,
    /// When it was committed, in seconds since 1970.
    time: i64,
    reached_from: u8,
    waits: bool,
    walked: bool,
}

/// Commits of one side each, newest first: only *current* has the first, only *previous* the
/// second.
pub(super) type CommitsOfBothSides = (Vec<Oid>, Vec<Oid>);

/// Walks both sides. `None` where parents are not what the commits say (shallow clones, grafts):
/// libgit2 knows better there.
///
/// # Errors
/// An object that is not there, or that is no commit.
pub(super) fn walk_both(
    repo: &Repository,
    previous: Oid,
    current: Oid,
) -> Result<Option<CommitsOfBothSides>, git2::Error> {
    if repo.is_shallow() || repo.commondir().join("info/grafts").exists() {
        // a graft gives a commit other parents than its text says, and only the text is read below
        return Ok(None);
    }
    let odb = repo.odb()?;
    let mut walk = CommitWalk {
        odb,
        commits: HashMap::default(),
        queue: BinaryHeap::new(),
        pushed: 0,
        one_sided: 0,
    };
    walk.reach(current, CURRENT)?;
    walk.reach(previous, PREVIOUS)?;
    let (mut order, mut oldest, mut slop) = (Vec::new(), i64::MAX, SLOP);
    while let Some(&(newest, ..)) = walk.queue.peek() {
        // as git's `still_interesting`
        if walk.one_sided > 0 || newest >= oldest {
            // a common commit that still waits may reach one that was taken for one side's own
            slop = SLOP;
        } else if slop == 0 {
            break;
        } else {
            slop -= 1;
        }
        let Some((id, time, first)) = walk.next() else {
            break;
        };
        let Some(commit) = walk.commits.get(&id) else {
            continue;
        };
        let (flags, parents) = (commit.reached_from, commit.parents.clone());
        // only what one side has bounds the walk: common history goes down to the roots
        if flags != BOTH {
            oldest = oldest.min(time);
        }
        if first {
            order.push((time, id));
        }
        for parent in parents {
            walk.reach(parent, flags)?;
        }
    }
    // newest first; the sort keeps the order of the walk for commits of one second
    order.sort_by_key(|(time, _)| Reverse(*time));
    let side = |wanted: u8| {
        let of_side = |id: &Oid| {
            walk.commits
                .get(id)
                .is_some_and(|commit| commit.reached_from == wanted)
        };
        order
            .iter()
            .map(|(_, id)| *id)
            .filter(of_side)
            .collect::<Vec<Oid>>()
    };
    Ok(Some((side(CURRENT), side(PREVIOUS))))
}

struct CommitWalk<'r> {
    odb: git2::Odb<'r>,
    commits: HashMap<Oid, WalkedCommit, RandomState>,
    /// By time, newest first; of one time, what was found first.
    queue: BinaryHeap<(i64, Reverse<usize>, Oid)>,
    pushed: usize,
    /// How many of those that wait are not known to be on both sides.
    one_sided: usize,
}

impl CommitWalk<'_> {
    /// A commit is reached from one side, or from both; if that is news it waits for its turn,
    /// again if need be.
    fn reach(&mut self, id: Oid, from: u8) -> Result<(), git2::Error> {
        if !self.commits.contains_key(&id) {
            let commit = read_commit(&self.odb, id)?;
            self.commits.insert(id, commit);
        }
        let Some(commit) = self.commits.get_mut(&id) else {
            return Ok(());
        };
        let flags = commit.reached_from | from;
        // its parents know it already; walking them again would cost the history once for each
        // merge
        if flags == commit.reached_from {
            return Ok(());
        }
        let was_one_sided = commit.waits && commit.reached_from != BOTH;
        commit.reached_from = flags;
        // it is in the queue already and will hand on both sides when its turn comes
        if commit.waits {
            self.one_sided -= usize::from(was_one_sided && flags == BOTH);
            return Ok(());
        }
        commit.waits = true;
        self.one_sided += usize::from(flags != BOTH);
        self.pushed += 1;
        self.queue.push((commit.time, Reverse(self.pushed), id));
        Ok(())
    }

    /// The newest that waits: its id, its time, and whether its turn came for the first time.
    fn next(&mut self) -> Option<(Oid, i64, bool)> {
        let (time, _, id) = self.queue.pop()?;
        let commit = self.commits.get_mut(&id)?;
        commit.waits = false;
        self.one_sided -= usize::from(commit.reached_from != BOTH);
        let first = !std::mem::replace(&mut commit.walked, true);
        Some((id, time, first))
    }
}

/// Parents and time of a commit, off the first lines of the object.
fn read_commit(odb: &git2::Odb<'_>, id: Oid) -> Result<WalkedCommit, git2::Error> {
    let object = odb.read(id)?;
    if object.kind() != ObjectType::Commit {
        return Err(git2::Error::from_str(
            "an object that should be a commit is none",
        ));
    }
    let (mut parents, mut time) = (Vec::new(), 0);
    for line in object
        // the message begins behind an empty line, and may hold lines that look like headers
        .data()
        .split(|byte| *byte == b'\n')
        .take_while(|line| !line.is_empty())
    {
        if let Some(parent) = line.strip_prefix(b"parent ") {
            parents.push(
                std::str::from_utf8(parent)
                    .map_err(|_| git2::Error::from_str("a commit names a parent that is no id"))
                    .and_then(Oid::from_str)?,
            );
        } else if let Some(committer) = line.strip_prefix(b"committer ") {
            // names may hold blanks and digits; the time stands behind the last bracket of the
            // address
            let behind = memchr::memrchr(b'>', committer).map_or(0, |at| at + 1);
            let seconds = committer[behind..]
                .split(|byte| *byte == b' ')
                .find(|part| !part.is_empty())
                .unwrap_or_default();
            time = std::str::from_utf8(seconds)
                .ok()
                .and_then(|seconds| seconds.parse().ok())
                // git reads a broken time as 0 as well; the commit is still a part of the range
                .unwrap_or(0);
            break;
        }
    }
    Ok(WalkedCommit {
        parents,
        time,
        reached_from: 0,
        waits: false,
        walked: false,
    })
}

#[cfg(test)]
mod tests {
    use super::super::history::list_range_commits;
    use super::*;

    /// A repository whose commits have the given parents (by their place) and times.
    fn repository(commits: &[(Vec<usize>, i64)]) -> (tempfile::TempDir, Repository, Vec<Oid>) {
        let folder = tempfile::tempdir().unwrap();
        let repo = Repository::init(folder.path()).unwrap();
        let tree = repo.treebuilder(None).unwrap().write().unwrap();
        let mut ids: Vec<Oid> = Vec::new();
        for (at, (parents, time)) in commits.iter().enumerate() {
            let who =
                git2::Signature::new("a", "a@example.invalid", &git2::Time::new(*time, 0)).unwrap();
            let tree = repo.find_tree(tree).unwrap();
            let parents: Vec<git2::Commit<'_>> = parents
                .iter()
                .map(|parent| repo.find_commit(ids[*parent]).unwrap())
                .collect();
            let id = repo
                .commit(
                    None,
                    &who,
                    &who,
                    &format!("{at}"),
                    &tree,
                    &parents.iter().collect::<Vec<_>>(),
                )
                .unwrap();
            ids.push(id);
        }
        (folder, repo, ids)
    }

    fn check(commits: &[(Vec<usize>, i64)]) {
        let (_folder, repo, ids) = repository(commits);
        let ends = [
            (0, ids.len() - 1),
            (ids.len() / 2, ids.len() - 1),
            (ids.len() - 1, ids.len() / 2),
        ];
        for (previous, current) in ends.map(|(a, b)| (ids[a], ids[b])) {
            let (ours, theirs) = walk_both(&repo, previous, current).unwrap().unwrap();
            let sorted = |mut ids: Vec<Oid>| {
                ids.sort();
                ids
            };
            assert_eq!(
                sorted(ours),
                sorted(list_range_commits(&repo, previous, current).unwrap()),
                "{commits:?}"
            );
            assert_eq!(
                sorted(theirs),
                sorted(list_range_commits(&repo, current, previous).unwrap()),
                "{commits:?}"
            );
        }
    }

    #[test]
    fn sides_are_newest_first_and_of_one_second_in_the_order_of_history() {
        let (_folder, repo, ids) = repository(&[
            (vec![], 5),
            (vec![0], 7),
            (vec![1], 7),
            (vec![0], 6),
            (vec![2, 3], 9),
        ]);
        let (ours, theirs) = walk_both(&repo, ids[0], ids[4]).unwrap().unwrap();
        assert_eq!(
            (ours, theirs),
            (vec![ids[4], ids[2], ids[1], ids[3]], vec![])
        );
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(48))]

        /// Histories with merges, several roots and clocks that agree: the same commits as libgit2 lists, one side at a time.
        #[test]
        fn both_sides_are_what_libgit2_lists(shape in proptest::collection::vec((0usize..4, 0usize..6, proptest::bool::ANY), 3..24)) {
            let commits: Vec<(Vec<usize>, i64)> = shape
                .iter()
                .enumerate()
                .map(|(at, (back, other, merges))| {
                    let mut parents: Vec<usize> = at.checked_sub(1 + back).into_iter().collect();
                    parents.extend(at.checked_sub(2 + other).filter(|other| *merges && !parents.contains(other)));
                    (parents, 1_000 + at as i64 / 2)
                })
                .collect();
            check(&commits);
        }
    }
}
