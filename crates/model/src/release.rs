//! Releases and the pair that a decision is about.

use std::path::PathBuf;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Untrusted;

/// One release: a version and the commit it was made from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Release {
    /// The version as people write it, without the scheme's prefix where there is one (`3.1.0` for
    /// `payments/v3.1.0`).
    pub version: Untrusted,
    /// Full hexadecimal id of the commit.
    pub commit: String,
    /// Committer time of that commit. A tag's time never stands in for the deploy time.
    pub time: Option<Timestamp>,
    /// The tag it was found by, `None` when the user named a revision.
    #[serde(default)]
    pub tag: Option<Untrusted>,
    /// Everything before the version in the tag's name: `v`, `payments/v`, `@scope/pkg@`, or
    /// empty.
    #[serde(default)]
    pub scheme: String,
    /// Whether the version carries a pre-release part.
    #[serde(default)]
    pub prerelease: bool,
}

/// How *previous* and *current* lie in history.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReleaseRelation {
    /// Previous is an ancestor of current.
    Ancestor,
    /// Both have commits the other lacks.
    Diverged,
    /// No common history.
    Unrelated,
    /// Current is an ancestor of previous: the two were given the wrong way round.
    Swapped,
}

/// What kind of repository is read, and what that hides.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RepositoryInfo {
    /// The folder the user named or the repository's root.
    pub path: PathBuf,
    /// History ends early (`git fetch --unshallow` completes it).
    pub shallow: bool,
    /// There is no working tree.
    pub bare: bool,
    /// Objects may be absent until they are fetched.
    pub partial: bool,
    /// One sentence each: replaced refs, shallow boundary, fallback to the git program.
    #[serde(default)]
    pub notes: Vec<String>,
}
