//! The changelog of a pair: entries, figures as git has them, what cancels, what previous has
//! already or would bring back.

use std::collections::{HashMap, HashSet};

use git2::Oid;

use model::{Changelog, ChangelogEntry, Untrusted};

use super::attributes::BlobReader;
use super::entries::{self, ReadCommit};
use super::error::{RepositoryError, wrap_git_error};
use super::history;
use super::mailmap::Mailmap;
use super::threads::in_threads;
use super::{ReleasePair, Repository, conventional, reverts, twins};

/// Largest mailmap that is read, in bytes.
const MAILMAP: u64 = 16 * 1024 * 1024;
/// Most entries of previous's own line that are carried; the figure counts them all.
const LOST: usize = 2000;

/// First-parent commits only.
pub fn read_quick_changelog(
    repository: &Repository,
    pair: &ReleasePair,
    limit: usize,
) -> Result<Changelog, RepositoryError> {
    let (previous, current) = (
        history::commit_id(&pair.previous)?,
        history::commit_id(&pair.current)?,
    );
    let mailmap = repository.mailmap();
    repository.handles.with(|repo| {
        let ids = || -> Result<Vec<Oid>, git2::Error> {
            let mut walk = repo.revwalk()?;
            walk.simplify_first_parent()?;
            walk.push(current)?;
            walk.hide(previous)?;
            walk.take(limit).collect()
        };
        let ids = ids().map_err(wrap_git_error("cannot list the first-parent commits"))?;
        let reads = ids
            .iter()
            // what a commit changes is the slow part, and this list has to stand on the screen at
            // once
            .map(|id| entries::read_commit_entry(repo, *id, &mailmap, false))
            .collect::<Result<Vec<_>, _>>()?;
        let mut log = Changelog {
            commits: reads.len() as u64,
            merges: reads.iter().filter(|read| read.is_merge()).count() as u64,
            ..Changelog::default()
        };
        log.notes
            .push("first-parent commits only; the whole list is being read".to_owned());
        log.conventional = in_use(&reads);
        let mut reads = reads;
        for read in &mut reads {
            finish_changelog_entry(read, log.conventional);
        }
        log.authors = count_authors(&reads);
        log.entries = reads.into_iter().map(|read| read.entry).collect();
        Ok(log)
    })
}

/// The whole changelog.
pub fn read_whole_changelog(
    repository: &Repository,
    pair: &ReleasePair,
) -> Result<Changelog, RepositoryError> {
    let (previous, current) = (
        history::commit_id(&pair.previous)?,
        history::commit_id(&pair.current)?,
    );
    let handles = &repository.handles;
    let range = history::walk_commit_range(handles, previous, current)?;
    let mailmap = repository.mailmap();
    let read = |repo: &git2::Repository, ids: &[Oid]| {
        ids.iter()
            .map(|id| entries::read_commit_entry(repo, *id, &mailmap, true))
            .collect()
    };
    let mut ours: Vec<ReadCommit> = in_threads(handles, &range.current_only, read)?;
    let mut theirs: Vec<ReadCommit> = in_threads(handles, &range.previous_only, read)?;
    let mut log = Changelog {
        commits: ours.len() as u64,
        merges: ours.iter().filter(|read| read.is_merge()).count() as u64,
        authors: count_authors(&ours),
        ..Changelog::default()
    };
    log.notes.clone_from(&repository.info.notes);
    if ours.iter().chain(&theirs).any(|read| read.holes) {
        // commits below such a folder look smaller than they are, so this is said and not left out
        let count = ours.iter().chain(&theirs).filter(|read| read.holes).count();
        log.notes.push(format!(
            "{count} commits touch folders that are not in this clone; their paths are incomplete"
        ));
    }
    side_by_side(repository, &mut log, &mut ours, &mut theirs)?;
    log.conventional = in_use(&ours);
    let requests = requests_of_merges(current, &ours);
    for read in &mut ours {
        finish_changelog_entry(read, log.conventional);
        read.entry.pull_request = read
            .entry
            .pull_request
            .or_else(|| requests.get(&read.id).copied());
    }
    // merges that say nothing of their own are left out, unless something reverts them or they
    // revert something
    let reverted: HashSet<&str> = ours
        .iter()
        .flat_map(|read| &read.message.reverts_commits)
        .map(String::as_str)
        .collect();
    let keep = |read: &ReadCommit| {
        let id = read.id.to_string();
        // `Merge branch 'main' into x` changes nothing by itself and would fill the list
        !read.is_merge()
            || read.message.merge_title().is_some()
            || !read.message.declared.is_empty()
            // an author may declare on the merge that the change cannot be taken back
            || !read.message.reverts_commits.is_empty()
            || reverted.iter().any(|prefix| id.starts_with(prefix))
    };
    let kept: Vec<bool> = ours.iter().map(keep).collect();
    let mut kept = kept.into_iter();
    ours.retain(|_| kept.next().unwrap_or(true));
    let (mut list, messages): (Vec<ChangelogEntry>, Vec<_>) = ours
        .into_iter()
        .map(|read| (read.entry, read.message))
        .unzip();
    reverts::link_reverts(&mut list, &messages.iter().collect::<Vec<_>>(), &|prefix| {
        full_id(repository, prefix)
    });
    log.entries = list;
    Ok(log)
}

fn full_id(repository: &Repository, prefix: &str) -> Option<String> {
    let found = repository.handles.with(|repo| {
        Ok(repo
            .find_commit_by_prefix(prefix)
            .ok()
            .map(|commit| commit.id().to_string()))
    });
    found.ok().flatten()
}

/// Twins, and what previous alone has.
fn side_by_side(
    repository: &Repository,
    log: &mut Changelog,
    ours: &mut [ReadCommit],
    theirs: &mut [ReadCommit],
) -> Result<(), RepositoryError> {
    log.only_in_previous = theirs.len() as u64;
    // a release on one line has nothing on the other side, and comparing costs a read of each
    // commit
    if theirs.is_empty() {
        return Ok(());
    }
    let keys = |side: &[ReadCommit]| {
        // merges have no key: a merge has no patch of its own that a twin could share
        side.iter()
            .filter_map(|read| Some((read.id, read.key?)))
            .collect::<Vec<_>>()
    };
    let twins = repository.handles.with(|repo| {
        let reader = BlobReader::new(repo, &repository.handles)
            .map_err(wrap_git_error("cannot read objects"))?;
        twins::find_twin_commits(&reader, repo, &keys(ours), &keys(theirs))
            .map_err(wrap_git_error("cannot compare the two sides"))
    })?;
    let ids = |side: &[ReadCommit]| {
        side.iter()
            .map(|read| read.id.to_string())
            .collect::<HashSet<_>>()
    };
    let picked = |side: &[ReadCommit]| {
        side.iter()
            .flat_map(|read| read.message.picked_from.clone())
            .collect::<HashSet<_>>()
    };
    let (our_ids, their_ids, our_picks, their_picks) =
        (ids(ours), ids(theirs), picked(ours), picked(theirs));
    for read in ours.iter_mut() {
        // `-x` tells of a twin even where a conflict changed the patch; the figures count equal
        // patches only
        let by_pick = read
            .message
            .picked_from
            .iter()
            .any(|id| their_ids.contains(id) || their_picks.contains(id))
            || their_picks.contains(&read.entry.commit);
        read.entry.in_previous = twins.ours.contains(&read.id) || by_pick;
    }
    log.already_in_previous = twins.ours.len() as u64;
    if twins.unknown > 0 {
        log.notes.push(format!(
            "{} commits could not be compared with the other side because \
            contents are not in this clone",
            twins.unknown
        ));
    }
    let mut lost = Vec::new();
    let mut altered = 0u64;
    for read in theirs
        .iter_mut()
        .filter(|read| !read.is_merge() && !twins.theirs.contains(&read.id))
    {
        altered += u64::from(
            read.message
                .picked_from
                .iter()
                .any(|id| our_ids.contains(id) || our_picks.contains(id))
                // a pick whose conflict was solved by hand is no equal patch, and may lack half of
                // the change
                || our_picks.contains(&read.entry.commit),
        );
        // the convention of current's range says nothing about commits of the other side
        finish_changelog_entry(read, false);
        lost.push(read.entry.clone());
    }
    log.lost_from_previous = lost.len() as u64;
    if altered > 0 {
        log.notes.push(format!(
            "{altered} of the commits that only previous has were picked from \
            or into current with a changed patch"
        ));
    }
    if lost.len() > LOST {
        log.notes.push(format!(
            "of {} commits that only previous has, the newest {LOST} are listed",
            lost.len()
        ));
        lost.truncate(LOST);
    }
    log.lost = lost;
    Ok(())
}

/// `git shortlog -sne previous..current | wc -l`: name and address after mailmap, merges counted.
fn count_authors(reads: &[ReadCommit]) -> u64 {
    reads
        .iter()
        .map(|read| &read.author)
        .collect::<HashSet<_>>()
        .len() as u64
}

fn in_use(reads: &[ReadCommit]) -> bool {
    conventional::in_use(
        reads
            .iter()
            .filter(|read| !read.is_merge())
            .map(|read| read.message.subject.as_str()),
    )
}

/// What depends on whether the range follows the convention.
fn finish_changelog_entry(read: &mut ReadCommit, in_use: bool) {
    let title = if read.is_merge() {
        read.message
            .merge_title()
            .unwrap_or_else(|| read.message.title.clone())
    } else {
        read.message.title.clone()
    };
    let entry = &mut read.entry;
    entry.breaking = conventional::breaking_footer(&read.message.body);
    entry.title = title.as_str().into();
    if let Some(header) = conventional::read_subject_header(&title) {
        entry.breaking |= header.breaking;
        if let Some(kind) = header.kind(in_use) {
            entry.kind = Some(kind.into());
            entry.scope = header.scope.map(Untrusted::from);
            entry.title = header.description.into();
        }
    }
}

/// A branch of more commits than that is a release's or a team's, not one change.
const BRANCH: usize = 50;

/// Commits that came in through the merge of a pull request carry its number: that of the innermost
/// merge.
fn requests_of_merges(current: Oid, reads: &[ReadCommit]) -> HashMap<Oid, u64> {
    let by_id: HashMap<Oid, &ReadCommit> = reads.iter().map(|read| (read.id, read)).collect();
    let (mut seen, mut found) = (HashSet::new(), HashMap::new());
    // from current down its first parents; sides of merges wait with the number of their request
    let mut open: Vec<(Oid, Option<u64>)> = vec![(current, None)];
    while let Some((head, number)) = open.pop() {
        let mut line: Vec<&ReadCommit> = Vec::new();
        let mut at = Some(head);
        // the first visit wins: a commit below two merges belongs to the one that brought it
        while let Some(read) = at
            .and_then(|id| by_id.get(&id))
            .filter(|read| seen.insert(read.id))
        {
            line.push(read);
            at = read.parents.first().copied();
        }
        // a branch of a release merged at once would give hundreds of commits the number of one
        // request
        let number = number.filter(|_| line.len() <= BRANCH);
        if let Some(number) = number {
            found.extend(line.iter().map(|read| (read.id, number)));
        }
        // the oldest merge ends up last and is taken first, so that a commit belongs to the merge
        // that brought it first
        for merge in line.iter().filter(|read| read.is_merge()) {
            open.extend(
                merge
                    .parents
                    .iter()
                    .skip(1)
                    .map(|side| (*side, merge.message.pull_request.or(number))),
            );
        }
    }
    found
}

impl Repository {
    /// The mailmap git uses here: the working tree's, or HEAD's in a bare repository, then
    /// `mailmap.blob` and `mailmap.file`.
    pub(super) fn mailmap(&self) -> Mailmap {
        let mut map = Mailmap::default();
        // git does not follow a link that a tree brings either: it could lead anywhere
        let file = |path: &std::path::Path| plain_file::read_no_link(path, MAILMAP).ok();
        if let Some(bytes) = self
            .work_dir
            .as_ref()
            .and_then(|folder| file(&folder.join(".mailmap")))
        {
            map.add(&bytes);
        }
        let read = self.handles.with(|repo| {
            let config = repo.config().and_then(|mut config| config.snapshot()).ok();
            let set = |key: &str| {
                config
                    .as_ref()
                    .and_then(|config| config.get_string(key).ok())
            };
            let blob = set("mailmap.blob")
                // a bare repository has no working tree, so git takes the file out of HEAD
                .or_else(|| self.work_dir.is_none().then(|| "HEAD:.mailmap".to_owned()));
            let bytes = blob
                .and_then(|spec| repo.revparse_single(&spec).ok())
                .and_then(|object| object.into_blob().ok())
                .map(|blob| blob.content().to_vec());
            Ok((
                bytes,
                config
                    .as_ref()
                    .and_then(|config| config.get_path("mailmap.file").ok()),
            ))
        });
        if let Ok((bytes, path)) = read {
            bytes
                .into_iter()
                .chain(path.and_then(|path| file(&path)))
                .for_each(|bytes| map.add(&bytes));
        }
        map
    }
}
