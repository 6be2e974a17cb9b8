//! One commit read into a changelog entry; many at once in threads.

use git2::Oid;

use model::{ChangelogEntry, Untrusted};

use super::error::{RepositoryError, wrap_git_error};
use super::mailmap::Mailmap;
use super::message::CommitMessage;
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
        author: Untrusted::visible(&author.0),
        title: message.title.as_str().into(),
        body: model::shorten_text(&message.body, BODY).into(),
        pull_request: message.pull_request,
        picked_from: message.picked_from.clone(),
        declared: message.declared.clone(),
        security: model::list_advisory_ids(&format!("{}\n{}", message.subject, message.body)),
        merge,
        ..ChangelogEntry::default()
    };
    for (name, email) in &message.co_authors {
        let (name, _) = resolve_mailmap_person(mailmap, name, email);
        let name = Untrusted::visible(&name);
        if name != entry.author && !entry.co_authors.contains(&name) {
            entry.co_authors.push(name);
        }
    }
    let (mut key, mut holes) = (None, false);
    // a merge that says nothing is left out of the list, so its change is not read
    if paths && (!merge || message.merge_title().is_some() || !message.declared.is_empty()) {
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
        // a key over half of the paths would make twins of commits that differ in the other half
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
