//! Files that differ between two releases: names at once, renames and git's line totals from threads.

use std::collections::{HashMap, HashSet};

use git2::{Delta, DiffFindOptions, DiffOptions, Oid};

use crate::model::{FileChange, FileStatus, Kind, Unchecked};

use super::attributes::{Counted, Reader};
use super::entries::in_threads;
use super::error::{RepositoryError, git};
use super::open::Handles;
use super::walk::{RawChange, Side, Walked, diff_trees, shown};
use super::{Changes, Pair, history};

/// Most absent objects that are named one by one.
const NAMED: usize = 100;
/// More pairs of a removed and an added file than that are compared by contents only where they are equal.
const SIMILAR: usize = 9_000_000;

/// The trees of a pair and what differs.
fn raw(handles: &Handles, pair: &Pair) -> Result<(Oid, Oid, Walked), RepositoryError> {
    let (previous, current) = (history::commit_id(&pair.previous)?, history::commit_id(&pair.current)?);
    handles.with(|repo| {
        let tree = |id: Oid| repo.find_commit(id).map(|commit| commit.tree_id()).map_err(git(format!("cannot read the commit {id}")));
        let (old, new) = (tree(previous)?, tree(current)?);
        let walked = diff_trees(repo, Some(old), Some(new)).map_err(git("cannot compare the two trees"))?;
        Ok((old, new, walked))
    })
}

/// Names only.
pub fn names(handles: &Handles, pair: &Pair) -> Result<Vec<FileChange>, RepositoryError> {
    let (_, _, walked) = raw(handles, pair)?;
    let exact = exact_renames(&walked.changes);
    Ok(join(&walked.changes, &HashMap::new(), &exact, &HashMap::new()))
}

/// Everything.
pub fn changes(handles: &Handles, pair: &Pair) -> Result<Changes, RepositoryError> {
    let (old, new, walked) = raw(handles, pair)?;
    let raw = &walked.changes;
    let (renames, counts) = std::thread::scope(|scope| {
        let renames = scope.spawn(|| handles.with(|repo| Ok(renames(repo, old, new, raw, !walked.absent.is_empty()))));
        let counts = count(handles, raw);
        (renames.join(), counts)
    });
    let counts = counts?;
    let (renames, note) = renames.map_err(|_| RepositoryError::Other("the search for renames stopped; `git fsck` tells more".to_owned()))??;
    let moved = count_renames(handles, raw, &renames)?;
    let by_index: HashMap<usize, Counted> = counts.iter().copied().enumerate().collect();
    let mut result = Changes { files: join(raw, &by_index, &renames, &moved), renames: Some(renames.len() as u64), ..Changes::default() };
    totals(&mut result, &walked, &counts);
    result.unchecked.extend(note);
    Ok(result)
}

/// The change of a single commit, against its first parent.
pub fn of_commit(handles: &Handles, commit: &str) -> Result<Vec<FileChange>, RepositoryError> {
    let raw = handles.with(|repo| {
        let commit = repo.revparse_single(commit).and_then(|object| object.peel_to_commit()).map_err(git(format!("cannot find the commit {commit}")))?;
        super::twins::commit_walk(repo, &commit).map_err(git(format!("cannot read what the commit {} changes", commit.id())))
    })?;
    let renames = exact_renames(&raw.changes);
    let counts = count(handles, &raw.changes)?.into_iter().enumerate().collect();
    let moved = count_renames(handles, &raw.changes, &renames)?;
    Ok(join(&raw.changes, &counts, &renames, &moved))
}

fn count(handles: &Handles, raw: &[RawChange]) -> Result<Vec<Counted>, RepositoryError> {
    let bare = handles.bare();
    in_threads_with_reader(handles, raw, bare, |reader, change| reader.count(change))
}

fn in_threads_with_reader<I: Sync, T: Send>(
    handles: &Handles,
    items: &[I],
    bare: bool,
    work: impl Fn(&Reader<'_>, &I) -> Result<T, git2::Error> + Sync,
) -> Result<Vec<T>, RepositoryError> {
    in_threads(handles, items, |repo, part| {
        let reader = Reader::new(repo, bare).map_err(git("cannot read objects"))?;
        part.iter().map(|item| work(&reader, item)).collect::<Result<Vec<T>, _>>().map_err(git("cannot count changed lines"))
    })
}

/// Renamed files: index of the removed path by index of the added one.
type Renames = HashMap<usize, usize>;

/// Files whose contents moved unchanged.
fn exact_renames(raw: &[RawChange]) -> Renames {
    let mut removed: HashMap<Oid, Vec<usize>> = HashMap::new();
    for (at, change) in raw.iter().enumerate().rev() {
        if let (Some(old), None) = (change.old, change.new)
            && !old.is_submodule()
        {
            removed.entry(old.id).or_default().push(at);
        }
    }
    let mut found = HashMap::new();
    for (at, change) in raw.iter().enumerate() {
        if let (None, Some(new)) = (change.old, change.new)
            && let Some(from) = removed.get_mut(&new.id).and_then(Vec::pop)
        {
            found.insert(at, from);
        }
    }
    found
}

/// Renames at 50 % similarity by libgit2, over exactly the added and removed paths.
fn renames(repo: &git2::Repository, old: Oid, new: Oid, raw: &[RawChange], holes: bool) -> (Renames, Option<Unchecked>) {
    let one_sided = |change: &&RawChange| change.old.is_none() != change.new.is_none();
    let added = raw.iter().filter(|change| change.old.is_none()).count();
    let removed = raw.iter().filter(|change| change.new.is_none()).count();
    let only_exact = |why: &str| {
        let note = Unchecked {
            what: "renames of changed files".to_owned(),
            why: why.to_owned(),
            settle_with: Some("git diff -M --summary PREVIOUS CURRENT".to_owned()),
        };
        (exact_renames(raw), Some(note))
    };
    if added == 0 || removed == 0 {
        return (HashMap::new(), None);
    }
    if added.saturating_mul(removed) > SIMILAR {
        return only_exact("so many files were added and removed that only unchanged contents were matched");
    }
    let here = |side: Option<Side>| side.is_none_or(|side| side.is_submodule() || repo.odb().is_ok_and(|odb| odb.exists(side.id)));
    if holes || !raw.iter().filter(one_sided).all(|change| here(change.old) && here(change.new)) {
        return only_exact("contents are not in this clone, so only unchanged contents were matched");
    }
    let similar = || -> Result<Renames, git2::Error> {
        let mut options = DiffOptions::new();
        options.disable_pathspec_match(true).context_lines(0).include_typechange(true);
        for change in raw.iter().filter(one_sided) {
            options.pathspec(change.path.as_slice());
        }
        let (old, new) = (repo.find_tree(old)?, repo.find_tree(new)?);
        let mut diff = repo.diff_tree_to_tree(Some(&old), Some(&new), Some(&mut options))?;
        diff.find_similar(Some(DiffFindOptions::new().renames(true).rename_limit(4000)))?;
        let index: HashMap<&[u8], usize> = raw.iter().enumerate().map(|(at, change)| (change.path.as_slice(), at)).collect();
        let pairs = diff.deltas().filter(|delta| delta.status() == Delta::Renamed);
        let at = |path: Option<&[u8]>| path.and_then(|path| index.get(path).copied());
        Ok(pairs.filter_map(|delta| Some((at(delta.new_file().path_bytes())?, at(delta.old_file().path_bytes())?))).collect())
    };
    similar().map_or_else(|_| only_exact("the search for similar contents failed, so only unchanged contents were matched"), |found| (found, None))
}

fn count_renames(handles: &Handles, raw: &[RawChange], renames: &Renames) -> Result<HashMap<usize, Counted>, RepositoryError> {
    let pairs: Vec<(usize, &RawChange, &RawChange)> = renames.iter().filter_map(|(new, old)| Some((*new, raw.get(*old)?, raw.get(*new)?))).collect();
    let counted = in_threads_with_reader(handles, &pairs, handles.bare(), |reader, (at, old, new)| {
        Ok((*at, reader.count_between((&old.path, old.old), (&new.path, new.new))?))
    })?;
    Ok(counted.into_iter().collect())
}

/// Raw changes and renames as the file list.
fn join(raw: &[RawChange], counts: &HashMap<usize, Counted>, renames: &Renames, moved: &HashMap<usize, Counted>) -> Vec<FileChange> {
    let sources: HashSet<usize> = renames.values().copied().collect();
    let mut files: Vec<FileChange> = Vec::new();
    for (at, change) in raw.iter().enumerate().filter(|(at, _)| !sources.contains(at)) {
        let from = renames.get(&at).and_then(|from| raw.get(*from));
        let (old, counted) = match from {
            Some(from) => (from.old, moved.get(&at)),
            None => (change.old, counts.get(&at)),
        };
        let status = match (from, change.old, change.new) {
            (Some(_), _, _) => FileStatus::Renamed,
            (None, None, _) => FileStatus::Added,
            (None, _, None) => FileStatus::Deleted,
            _ => FileStatus::Modified,
        };
        let (insertions, deletions) = match counted {
            Some(Counted::Lines(added, removed)) => (Some(*added), Some(*removed)),
            _ => (None, None),
        };
        let id = |side: Option<Side>| side.map(|side| side.id.to_string());
        files.push(FileChange {
            path: shown(&change.path),
            old_path: from.map(|from| shown(&from.path)),
            status,
            old_id: id(old),
            new_id: id(change.new),
            old_mode: old.map_or(0, |side| side.mode),
            new_mode: change.new.map_or(0, |side| side.mode),
            insertions,
            deletions,
            kind: Kind::Other,
            component: None,
        });
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}

/// `git diff --shortstat --no-renames`, and what it could not read.
fn totals(result: &mut Changes, walked: &Walked, counts: &[Counted]) {
    let (mut files, mut added, mut removed) = (0u64, 0u64, 0u64);
    let mut absent: Vec<String> = walked.absent.iter().map(|(path, _)| format!("{}/", shown(path))).collect();
    let no_blob = counts.iter().any(|counted| matches!(counted, Counted::Absent(_)));
    for (change, counted) in walked.changes.iter().zip(counts) {
        files += 1;
        match counted {
            // git leaves out a modified file in which nothing differs
            Counted::Lines(0, 0) if change.old.is_some() && change.new.is_some() && change.old.map(|side| side.mode) == change.new.map(|side| side.mode) => {
                files -= 1
            }
            Counted::Lines(plus, minus) => (added, removed) = (added + plus, removed + minus),
            Counted::Binary => {}
            Counted::Absent(_) => absent.push(shown(&change.path)),
        }
    }
    let whole = walked.absent.is_empty();
    result.files_changed = whole.then_some(files);
    result.insertions = (whole && !no_blob).then_some(added);
    result.deletions = (whole && !no_blob).then_some(removed);
    let why = "its contents are not in this clone, so changed lines are not counted";
    let settle = Some("git fetch --refetch --no-filter".to_owned());
    result.unchecked.extend(absent.iter().take(NAMED).map(|path| Unchecked { what: path.clone(), why: why.to_owned(), settle_with: settle.clone() }));
    if absent.len() > NAMED {
        let what = format!("{} more files", absent.len() - NAMED);
        result.unchecked.push(Unchecked { what, why: "their contents are not in this clone either".to_owned(), settle_with: settle });
    }
}
