//! Files that differ between two releases: names at once, renames and git's line totals from
//! threads.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use model::{FileChange, FileKind, FileStatus, Unchecked};

use super::attributes::{BlobReader, Counted};
use super::error::{RepositoryError, wrap_git_error};
use super::found_renames::Renames;
use super::handles::Handles;
use super::renames;
use super::threads::in_threads;
use super::tree_reads;
use super::walk::{ChangeSide, RawChange, Walked, display_path};
use super::{Changes, ReleasePair, history};

/// Most absent objects that are named one by one.
const NAMED: usize = 100;
/// What differs between the trees of a pair.
fn compare_pair_trees(
    handles: &Handles,
    pair: &ReleasePair,
) -> Result<Arc<Walked>, RepositoryError> {
    let (previous, current) = (
        history::commit_id(&pair.previous)?,
        history::commit_id(&pair.current)?,
    );
    tree_reads::compare_commit_trees(handles, previous, current)
}

/// Names only.
pub fn list_changed_names(
    handles: &Handles,
    pair: &ReleasePair,
) -> Result<Vec<FileChange>, RepositoryError> {
    let walked = compare_pair_trees(handles, pair)?;
    let exact = renames::find_exact_renames(&walked.changes);
    Ok(join_renames(
        &walked.changes,
        &HashMap::new(),
        &exact,
        &HashMap::new(),
    ))
}

/// Everything.
pub fn list_changed_files(
    handles: &Handles,
    pair: &ReleasePair,
) -> Result<Changes, RepositoryError> {
    let walked = compare_pair_trees(handles, pair)?;
    let raw = &walked.changes;
    // both read the same blobs from packs; side by side they take the time of the slower one
    let (found, counts) = std::thread::scope(|scope| {
        let found = scope.spawn(|| {
            let (previous, current) = (
                history::commit_id(&pair.previous)?,
                history::commit_id(&pair.current)?,
            );
            tree_reads::find_commit_renames(handles, previous, current)
        });
        let counts = count_changed_lines(handles, raw);
        (found.join(), counts)
    });
    let counts = counts?;
    let found = found.map_err(|_| {
        RepositoryError::Other("the search for renames stopped; `git fsck` tells more".to_owned())
    })??;
    let renames = &found.renames;
    let moved = count_renames(handles, raw, renames)?;
    let by_index: HashMap<usize, Counted> = counts.iter().copied().enumerate().collect();
    let mut result = Changes {
        files: join_renames(raw, &by_index, renames, &moved),
        renames: Some(renames.len() as u64),
        ..Changes::default()
    };
    fill_change_totals(&mut result, &walked, &counts);
    let why = match (found.absent, found.too_many) {
        (true, _) => {
            Some("contents are not in this clone, so files that moved and changed may be missed")
        }
        (false, true) => Some(
            "so many files were added and removed that, as in git, their contents were not \
                compared",
        ),
        (false, false) => None,
    };
    let settle_with = Some("git diff -M --summary PREVIOUS CURRENT".to_owned());
    result.unchecked.extend(why.map(|why| Unchecked {
        what: "renames of changed files".into(),
        why: why.into(),
        settle_with: settle_with.map(model::Untrusted::from),
    }));
    Ok(result)
}

/// The change of a single commit, against its first parent.
pub fn of_commit(handles: &Handles, commit: &str) -> Result<Vec<FileChange>, RepositoryError> {
    let raw = handles.with(|repo| {
        let commit = repo
            .revparse_single(commit)
            .and_then(|object| object.peel_to_commit())
            .map_err(wrap_git_error(format!("cannot find the commit {commit}")))?;
        super::twins::commit_walk(repo, &commit).map_err(wrap_git_error(format!(
            "cannot read what the commit {} changes",
            commit.id()
        )))
    })?;
    let renames = renames::find_renames(handles, &raw.changes)?.renames;
    let counts = count_changed_lines(handles, &raw.changes)?
        .into_iter()
        .enumerate()
        .collect();
    let moved = count_renames(handles, &raw.changes, &renames)?;
    Ok(join_renames(&raw.changes, &counts, &renames, &moved))
}

fn count_changed_lines(
    handles: &Handles,
    raw: &[RawChange],
) -> Result<Vec<Counted>, RepositoryError> {
    in_threads_with_reader(handles, raw, |reader, change| reader.count(change))
}

fn in_threads_with_reader<I: Sync, T: Send>(
    handles: &Handles,
    items: &[I],
    work: impl Fn(&BlobReader<'_>, &I) -> Result<T, git2::Error> + Sync,
) -> Result<Vec<T>, RepositoryError> {
    in_threads(handles, items, |repo, part| {
        let reader =
            BlobReader::new(repo, handles).map_err(wrap_git_error("cannot read objects"))?;
        part.iter()
            .map(|item| work(&reader, item))
            .collect::<Result<Vec<T>, _>>()
            .map_err(wrap_git_error("cannot count changed lines"))
    })
}

fn count_renames(
    handles: &Handles,
    raw: &[RawChange],
    renames: &Renames,
) -> Result<HashMap<usize, Counted>, RepositoryError> {
    let pairs: Vec<(usize, &RawChange, &RawChange)> = renames
        .iter()
        .filter_map(|(new, old)| Some((*new, raw.get(*old)?, raw.get(*new)?)))
        .collect();
    let counted = in_threads_with_reader(handles, &pairs, |reader, (at, old, new)| {
        Ok((
            *at,
            reader.count_between((&old.path, old.old), (&new.path, new.new))?,
        ))
    })?;
    Ok(counted.into_iter().collect())
}

/// Raw changes and renames as the file list.
fn join_renames(
    raw: &[RawChange],
    counts: &HashMap<usize, Counted>,
    renames: &Renames,
    moved: &HashMap<usize, Counted>,
) -> Vec<FileChange> {
    let sources: HashSet<usize> = renames.values().copied().collect();
    let mut files: Vec<FileChange> = Vec::new();
    for (at, change) in raw
        .iter()
        .enumerate()
        // git shows a move as one file, so its removed half is not listed again
        .filter(|(at, _)| !sources.contains(at))
    {
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
            // a binary file or one that is not here has no count; 0 would claim that no line
            // changed
            _ => (None, None),
        };
        let id = |side: Option<ChangeSide>| side.map(|side| side.id.to_string());
        files.push(FileChange {
            path: display_path(&change.path),
            old_path: from.map(|from| display_path(&from.path)),
            status,
            old_id: id(old),
            new_id: id(change.new),
            old_mode: old.map_or(0, |side| side.mode),
            new_mode: change.new.map_or(0, |side| side.mode),
            insertions,
            deletions,
            kind: FileKind::Other,
            component: None,
        });
    }
    // git sorts by bytes of the tree; people look for a path, so the list is sorted as it is shown
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}

/// `git diff --shortstat --no-renames`, and what it could not read.
fn fill_change_totals(result: &mut Changes, walked: &Walked, counts: &[Counted]) {
    let (mut files, mut added, mut removed) = (0u64, 0u64, 0u64);
    let mut absent: Vec<String> = walked
        .absent
        .iter()
        .map(|(path, _)| format!("{}/", display_path(path)))
        .collect();
    let no_blob = counts
        .iter()
        .any(|counted| matches!(counted, Counted::Absent(_)));
    for (change, counted) in walked.changes.iter().zip(counts) {
        files += 1;
        match counted {
            // git leaves out a modified file in which nothing differs
            Counted::Lines(0, 0)
                if change.old.is_some()
                    && change.new.is_some()
                    && change.old.map(|side| side.mode) == change.new.map(|side| side.mode) =>
            {
                // a change of mode alone stays: `chmod +x` is a change that somebody may look for
                files -= 1
            }
            Counted::Lines(plus, minus) => (added, removed) = (added + plus, removed + minus),
            Counted::Binary => {}
            Counted::Absent(_) => absent.push(display_path(&change.path)),
        }
    }
    let whole = walked.absent.is_empty();
    // a folder that is not here may hold any number of files, so no total is better than a low one
    result.files_changed = whole.then_some(files);
    result.insertions = (whole && !no_blob).then_some(added);
    result.deletions = (whole && !no_blob).then_some(removed);
    // a partial clone brings contents when git asks for them; this program never starts a download
    let why = "its contents are not in this clone, so changed lines are not counted";
    let settle = Some("git fetch --refetch --no-filter".to_owned());
    result
        .unchecked
        .extend(absent.iter().take(NAMED).map(|path| Unchecked {
            what: path.clone().into(),
            why: why.into(),
            settle_with: settle.clone().map(model::Untrusted::from),
        }));
    if absent.len() > NAMED {
        let what = format!("{} more files", absent.len() - NAMED);
        result.unchecked.push(Unchecked {
            what: what.into(),
            why: "their contents are not in this clone either".into(),
            settle_with: settle.map(model::Untrusted::from),
        });
    }
}
