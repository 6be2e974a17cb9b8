//! The commits of a pair: those only current has, those only previous has, and how the two lie.

use std::sync::{Arc, PoisonError};

use git2::{Oid, Sort};

use model::{Release, ReleaseRelation};

use super::both_sides::walk_both;
use super::commit_range::CommitRange;
use super::error::{RepositoryError, wrap_git_error};
use super::handles::Handles;

/// A release's commit id.
pub fn commit_id(release: &Release) -> Result<Oid, RepositoryError> {
    Oid::from_str(&release.commit).map_err(wrap_git_error(format!(
        "{} is not a commit id",
        release.commit
    )))
}

/// Commits of `from..to`, newest first.
pub fn list_range_commits(
    repo: &git2::Repository,
    from: Oid,
    to: Oid,
) -> Result<Vec<Oid>, RepositoryError> {
    let listed = || -> Result<Vec<Oid>, git2::Error> {
        let mut walk = repo.revwalk()?;
        walk.set_sorting(Sort::TIME)?;
        walk.push(to)?;
        walk.hide(from)?;
        walk.collect()
    };
    listed().map_err(wrap_git_error(format!(
        "cannot list the commits of {from:.10}..{to:.10}"
    )))
}

/// Both sides, walked at once and remembered.
pub fn walk_commit_range(
    handles: &Handles,
    previous: Oid,
    current: Oid,
) -> Result<Arc<CommitRange>, RepositoryError> {
    // a pair is asked for by the changelog, the screens and the checks
    let known = handles
        .ranges
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .get(&(previous, current))
        .cloned();
    if let Some(range) = known {
        return Ok(range);
    }
    // where an object is missing, libgit2 says which, with the words that all other errors have
    let in_one_walk = handles.with(|repo| Ok(walk_both(repo, previous, current).ok().flatten()))?;
    let (current_only, previous_only) = match in_one_walk {
        Some(sides) => sides,
        None => handles.with(|repo| {
            Ok((
                list_range_commits(repo, previous, current)?,
                list_range_commits(repo, current, previous)?,
            ))
        })?,
    };
    let relation = handles.with(|repo| {
        find_commit_relation(repo, previous, current, &current_only, &previous_only)
    })?;
    let range = Arc::new(CommitRange {
        current_only,
        previous_only,
        relation,
    });
    let mut ranges = handles
        .ranges
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    // pairs of one session are few; a server of many pairs must not keep all of them
    if ranges.len() >= 16 {
        ranges.clear();
    }
    ranges.insert((previous, current), Arc::clone(&range));
    Ok(range)
}

fn find_commit_relation(
    repo: &git2::Repository,
    previous: Oid,
    current: Oid,
    ours: &[Oid],
    theirs: &[Oid],
) -> Result<ReleaseRelation, RepositoryError> {
    // two names of one commit were refused before, so this is no empty range
    if theirs.is_empty() {
        return Ok(ReleaseRelation::Ancestor);
    }
    if ours.is_empty() {
        return Ok(ReleaseRelation::Swapped);
    }
    // without common history each side reaches its own roots; asking for merge bases is costly and
    // rarely needed
    let has_root = theirs.iter().any(|id| {
        repo.find_commit(*id)
            .is_ok_and(|commit| commit.parent_count() == 0)
    });
    if !has_root {
        return Ok(ReleaseRelation::Diverged);
    }
    match repo.merge_base(previous, current) {
        Ok(_) => Ok(ReleaseRelation::Diverged),
        Err(error) if error.code() == git2::ErrorCode::NotFound => Ok(ReleaseRelation::Unrelated),
        Err(error) => Err(wrap_git_error("cannot find the common history")(error)),
    }
}
