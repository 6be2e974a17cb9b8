//! Why a repository, a release or an object cannot be used: one sentence, what, where, and the
//! command that helps.

use model::escape_invisible;

/// Why a repository, a release or an object cannot be used: one sentence, what, where, and the
/// command that helps.
#[derive(Debug, Clone, thiserror::Error)]
pub enum RepositoryError {
    /// The path does not exist.
    #[error("{0} does not exist; name a folder inside a git repository with `--repo PATH`")]
    NoFolder(String),
    /// Nothing above the path is a repository.
    #[error("{0} is not inside a git repository; name one with `--repo PATH`")]
    NotARepository(String),
    /// Git's ownership rule.
    #[error(
        "{path} belongs to another user, so git refuses to read it; if you trust it: git config \
            --global --add safe.directory {path}"
    )]
    NotOwned {
        /// Absolute path to put into the command.
        path: String,
    },
    /// Objects are named by SHA-256.
    #[error(
        "{0} names its objects by SHA-256, which backout cannot read yet; `git clone` does not \
            convert it, so assess a SHA-1 mirror"
    )]
    Sha256(String),
    /// References are kept as reftable and the git program could not list them.
    #[error(
        "{0} keeps its references as reftable and the git program (2.45 or newer) could not list \
            them; run `git refs migrate --ref-format=files` on a copy"
    )]
    Reftable(String),
    /// `extensions.*` that nobody here knows.
    #[error(
        "{path} uses the extension {name}, which backout does not know; assess a plain copy: git \
            clone --mirror {path} COPY"
    )]
    Extension {
        /// The repository.
        path: String,
        /// As in its configuration.
        name: String,
    },
    /// No commit at all.
    #[error("{0} has no commit yet; there is nothing to compare")]
    Empty(String),
    /// No release tag at all.
    #[error(
        "there are no release tags; fetch them with `git fetch --tags`, or name two revisions: \
            backout PREVIOUS CURRENT"
    )]
    NoReleases,
    /// Tags are there, but the pattern or the service leaves none.
    #[error("no release tag fits {0}; `backout releases` lists them")]
    NoneFit(String),
    /// Neither a version nor a revision.
    #[error(
        "{version} is neither a release nor a revision{nearest}; `backout releases` lists them, \
            `git fetch --tags` brings missing ones"
    )]
    Unknown {
        /// What was asked for.
        version: String,
        /// `; nearest: 3.0.0, 3.1.0`, or empty.
        nearest: String,
    },
    /// Several lines have the version.
    #[error(
        "{version} is a release of several lines: {tags}; name the tag, or choose one with \
            `--service NAME`"
    )]
    Ambiguous {
        /// What was asked for.
        version: String,
        /// The tags, comma-separated.
        tags: String,
    },
    /// A revision that is not a commit.
    #[error("{version} is a {kind}, not a commit; name a tag, a branch or a commit")]
    NotACommit {
        /// What was asked for.
        version: String,
        /// `blob` or `tree`.
        kind: String,
    },
    /// Nothing lies below current.
    #[error("{0} has no earlier release of its line to go back to; name one: backout PREVIOUS {0}")]
    NoPrevious(String),
    /// Both names lead to one commit.
    #[error(
        "{previous} and {current} are the same commit {commit}; name two different releases: \
            backout PREVIOUS CURRENT"
    )]
    SameRelease {
        /// As named.
        previous: String,
        /// As named.
        current: String,
        /// Abbreviated.
        commit: String,
    },
    /// Previous is newer than current.
    #[error(
        "{previous} is newer than {current}; to go back from {previous} to {current}: backout \
            {current} {previous}"
    )]
    Swapped {
        /// As named.
        previous: String,
        /// As named.
        current: String,
    },
    /// The object is needed and not there.
    #[error(
        "{doing}: the object {id} is not in this clone; bring it with `git fetch --unshallow` or \
            `git fetch --refetch`"
    )]
    Absent {
        /// What was being done.
        doing: String,
        /// Full id.
        id: String,
    },
    /// Anything else that libgit2 says.
    #[error("{doing}: {says}; `git fsck` tells more")]
    Git {
        /// What was being done.
        doing: String,
        /// Its words.
        says: String,
    },
    /// Nobody waits for what would be read.
    #[error("the reading was stopped")]
    Cancelled,
    /// Anything that ends in one sentence for the user.
    #[error("{0}")]
    Other(String),
}

impl RepositoryError {
    /// Whether what was typed cannot be meant, rather than something that failed.
    pub fn is_usage(&self) -> bool {
        matches!(
            self,
            Self::NoFolder(_)
                | Self::NoneFit(_)
                | Self::Unknown { .. }
                | Self::Ambiguous { .. }
                | Self::NotACommit { .. }
                | Self::SameRelease { .. }
                | Self::Swapped { .. }
        )
    }
}

/// Wraps libgit2's word on an operation; absent objects become their own sentence.
pub fn wrap_git_error(doing: impl Into<String>) -> impl FnOnce(git2::Error) -> RepositoryError {
    let doing = doing.into();
    move |error| {
        let (doing, says) = (
            escape_invisible(&doing).into_owned(),
            escape_invisible(error.message()).into_owned(),
        );
        // libgit2 puts the id in brackets: "object not found - no match for id (…)"
        let id = says
            .split('(')
            .nth(1)
            .and_then(|rest| rest.split(')').next())
            .filter(|id| id.len() >= 40);
        match id {
            Some(id) if is_absent(&error) => RepositoryError::Absent {
                doing,
                id: id.to_owned(),
            },
            _ => RepositoryError::Git { doing, says },
        }
    }
}

/// Whether libgit2 says that an object is not there.
pub fn is_absent(error: &git2::Error) -> bool {
    error.code() == git2::ErrorCode::NotFound
}
