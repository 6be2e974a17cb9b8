//! One commit read into a changelog entry; many at once in threads.

use git2::Oid;

use model::{ChangelogEntry, escape_invisible};

use super::error::{RepositoryError, wrap_git_error};
use super::mailmap::Mailmap;
use super::message::CommitMessage;
use super::open::Handles;
use super::releases::commit_time;
use super::twins::{self, ChangeDigest};
use super::walk::display_path;

/// Most paths an entry carries; `path_count` has them all.
const PATHS: usize = 200;
/// Longest body an entry carries, in characters.
const BODY: usize = 16_000;

/// What was read of one commit.
pub struct ReadCommit {
    pub id: Oid,
    pub entry: ChangelogEntry,
    pub message: CommitMessage,
    /// Name and address after mailmap.
    pub author: (String, String),
    /// Header key of its change; merges have none.
    pub key: Option<ChangeDigest>,
    pub parents: Vec<Oid>,
    /// A folder it touches is not in this clone.
    pub holes: bool,
}

impl ReadCommit {
    /// Whether it is a merge.
    pub fn is_merge(&self) -> bool {
        self.parents.len() > 1
    }
}

/// Number of threads that pay on this machine.
pub fn choose_thread_count(work: usize) -> usize {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    cores.min(8).min(work / 64 + 1)
}

/// Runs `work` over chunks of `items` in threads, one handle a thread; results keep the order.
pub fn in_threads<I: Sync, T: Send>(
    handles: &Handles,
    items: &[I],
    work: impl Fn(&git2::Repository, &[I]) -> Result<Vec<T>, RepositoryError> + Sync,
) -> Result<Vec<T>, RepositoryError> {
    let count = choose_thread_count(items.len());
    // more chunks than threads, so that a thread with the large commits does not keep the others
    // waiting
    let size = items.len().div_ceil(count * 8).max(1);
    let chunks: Vec<&[I]> = items.chunks(size).collect();
    let next = std::sync::atomic::AtomicUsize::new(0);
    let run = || -> Result<Vec<(usize, Vec<T>)>, RepositoryError> {
        handles.with(|repo| {
            let mut done = Vec::new();
            loop {
                let at = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                let Some(chunk) = chunks.get(at) else {
                    return Ok(done);
                };
                done.push((at, work(repo, chunk)?));
            }
        })
    };
    let mut parts = std::thread::scope(|scope| {
        let others: Vec<_> = (1..count).map(|_| scope.spawn(run)).collect();
        let mut parts = run()?;
        for other in others {
            parts.extend(other.join().map_err(|_| {
                RepositoryError::Other(
                    "a thread reading the repository stopped; `git fsck` tells more".to_owned(),
                )
            })??);
        }
        Ok::<_, RepositoryError>(parts)
    })?;
    parts.sort_by_key(|(at, _)| *at);
    Ok(parts.into_iter().flat_map(|(_, part)| part).collect())
}

/// Reads one commit. `paths` off leaves its change unread.
pub fn read_commit_entry(
    repo: &git2::Repository,
    id: Oid,
    mailmap: &Mailmap,
    paths: bool,
) -> Result<ReadCommit, RepositoryError> {
    let commit = repo
        .find_commit(id)
        .map_err(wrap_git_error(format!("cannot read the commit {id}")))?;
    let signature = commit.author();
    let author = resolve_mailmap_person(
        mailmap,
        &String::from_utf8_lossy(signature.name_bytes()),
        &String::from_utf8_lossy(signature.email_bytes()),
    );
    let encoding = commit
        .header_field_bytes("encoding")
        .ok()
        .map(|value| String::from_utf8_lossy(&value).into_owned());
    let message = CommitMessage::read(commit.message_raw_bytes(), encoding.as_deref());
    let parents: Vec<Oid> = commit.parent_ids().collect();
    let merge = parents.len() > 1;
    let mut entry = ChangelogEntry {
        commit: id.to_string(),
        time: commit_time(&commit),
        author: escape_invisible(&author.0).into_owned(),
        title: message.title.clone(),
        body: model::shorten_text(&message.body, BODY).into_owned(),
        pull_request: message.pull_request,
        picked_from: message.picked_from.clone(),
        security: super::security::list_advisory_ids(&format!(
            "{}\n{}",
            message.subject, message.body
        )),
        merge,
        ..ChangelogEntry::default()
    };
    for (name, email) in &message.co_authors {
        let (name, _) = resolve_mailmap_person(mailmap, name, email);
        let name = escape_invisible(&name).into_owned();
        if name != entry.author && !entry.co_authors.contains(&name) {
            entry.co_authors.push(name);
        }
    }
    let (mut key, mut holes) = (None, false);
    if paths && (!merge || message.merge_title().is_some()) {
        let walked = twins::commit_walk(repo, &commit).map_err(wrap_git_error(format!(
            "cannot read what the commit {id} changes"
        )))?;
        entry.path_count = walked.changes.len() as u64;
        entry.paths = walked
            .changes
            .iter()
            .take(PATHS)
            .map(|change| display_path(&change.path))
            .collect();
        holes = !walked.absent.is_empty();
        key = (!merge && !holes).then(|| twins::header_key(&walked.changes));
    }
    Ok(ReadCommit {
        id,
        entry,
        message,
        author,
        key,
        parents,
        holes,
    })
}

fn resolve_mailmap_person(mailmap: &Mailmap, name: &str, email: &str) -> (String, String) {
    mailmap.resolve(name, email)
}
