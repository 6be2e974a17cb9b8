//! The commits of a pair: those only current has, those only previous has, and how the two lie.

use std::sync::{Arc, PoisonError};

use git2::{Oid, Sort};

use model::{Relation, Release};

use super::both_sides::walk_both;
use super::error::{RepositoryError, git};
use super::open::Handles;

/// Both sides of a pair.
#[derive(Debug)]
pub struct Range {
    /// `previous..current`, newest first.
    pub current_only: Vec<Oid>,
    /// `current..previous`, newest first.
    pub previous_only: Vec<Oid>,
    /// How they lie.
    pub relation: Relation,
}

/// A release's commit id.
pub fn commit_id(release: &Release) -> Result<Oid, RepositoryError> {
    Oid::from_str(&release.commit).map_err(git(format!("{} is not a commit id", release.commit)))
}

/// Commits of `from..to`, newest first.
pub fn walk(repo: &git2::Repository, from: Oid, to: Oid) -> Result<Vec<Oid>, RepositoryError> {
    let listed = || -> Result<Vec<Oid>, git2::Error> {
        let mut walk = repo.revwalk()?;
        walk.set_sorting(Sort::TIME)?;
        walk.push(to)?;
        walk.hide(from)?;
        walk.collect()
    };
    listed().map_err(git(format!(
        "cannot list the commits of {from:.10}..{to:.10}"
    )))
}

/// Both sides, walked at once and remembered.
pub fn range(
    handles: &Handles,
    previous: Oid,
    current: Oid,
) -> Result<Arc<Range>, RepositoryError> {
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
                walk(repo, previous, current)?,
                walk(repo, current, previous)?,
            ))
        })?,
    };
    let relation =
        handles.with(|repo| relation(repo, previous, current, &current_only, &previous_only))?;
    let range = Arc::new(Range {
        current_only,
        previous_only,
        relation,
    });
    let mut ranges = handles
        .ranges
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    if ranges.len() >= 16 {
        ranges.clear();
    }
    ranges.insert((previous, current), Arc::clone(&range));
    Ok(range)
}

fn relation(
    repo: &git2::Repository,
    previous: Oid,
    current: Oid,
    ours: &[Oid],
    theirs: &[Oid],
) -> Result<Relation, RepositoryError> {
    if theirs.is_empty() {
        return Ok(Relation::Ancestor);
    }
    if ours.is_empty() {
        return Ok(Relation::Swapped);
    }
    // without common history each side reaches its own roots; asking for merge bases is costly and
    // rarely needed
    let has_root = theirs.iter().any(|id| {
        repo.find_commit(*id)
            .is_ok_and(|commit| commit.parent_count() == 0)
    });
    if !has_root {
        return Ok(Relation::Diverged);
    }
    match repo.merge_base(previous, current) {
        Ok(_) => Ok(Relation::Diverged),
        Err(error) if error.code() == git2::ErrorCode::NotFound => Ok(Relation::Unrelated),
        Err(error) => Err(git("cannot find the common history")(error)),
    }
}
