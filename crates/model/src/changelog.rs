//! What would disappear from production: the commits of `previous..current`.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Declaration, Untrusted};

/// The changelog of a range. Figures equal git's.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Changelog {
    /// `git rev-list --count previous..current`.
    pub commits: u64,
    /// `git rev-list --count --merges previous..current`.
    pub merges: u64,
    /// Distinct authors after mailmap.
    pub authors: u64,
    /// `git diff --shortstat --no-renames previous current`; `None` when an object is absent.
    pub files_changed: Option<u64>,
    /// Same source.
    pub insertions: Option<u64>,
    /// Same source.
    pub deletions: Option<u64>,
    /// Renames as `git diff -M` finds them, at 50 % similarity and git's limits.
    pub renames: Option<u64>,
    /// Commits of the range whose twin (same patch-id) previous already has. Zero where previous
    /// is an ancestor.
    pub already_in_previous: u64,
    /// Commits of previous that current lacks, twins not counted: what going back would bring
    /// back, and going forward has lost.
    pub lost_from_previous: u64,
    /// Commits of previous that current does not contain, twins counted.
    #[serde(default)]
    pub only_in_previous: u64,
    /// The entries behind `lost_from_previous`.
    #[serde(default)]
    pub lost: Vec<ChangelogEntry>,
    /// Newest first, without merges that say nothing of their own.
    pub entries: Vec<ChangelogEntry>,
    /// Whether the range follows conventional commits well enough to group by them.
    #[serde(default)]
    pub conventional: bool,
    /// One sentence each: bounds that bit, history that ends early.
    #[serde(default)]
    pub notes: Vec<String>,
}

impl Changelog {
    /// Whether every security id that the entry names is named by a commit of previous's own side
    /// too: previous has a fix of its own for the hole.
    pub fn closed_in_previous(&self, entry: &ChangelogEntry) -> bool {
        let theirs = |id: &String| {
            self.lost.iter().any(|own| {
                own.cancelled_by.is_none()
                    && own
                        .security
                        .iter()
                        .any(|other| other.eq_ignore_ascii_case(id))
            })
        };
        !entry.security.is_empty() && entry.security.iter().all(theirs)
    }
}

/// One change that would be taken back.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ChangelogEntry {
    /// Full hexadecimal id.
    pub commit: String,
    /// Committer time.
    pub time: Option<Timestamp>,
    /// Name after mailmap.
    pub author: Untrusted,
    /// Co-authors after mailmap.
    #[serde(default)]
    pub co_authors: Vec<Untrusted>,
    /// Subject without type, scope and pull-request suffix; control characters visible.
    pub title: Untrusted,
    /// The whole message body, control characters visible, bounded.
    #[serde(default)]
    pub body: Untrusted,
    /// Conventional type of the closed list (`feat`, `fix`, ...), or `None`.
    #[serde(rename = "type")]
    pub kind: Option<Untrusted>,
    /// Conventional scope.
    pub scope: Option<Untrusted>,
    /// `!` in the header or a BREAKING CHANGE footer.
    pub breaking: bool,
    /// Number of the pull or merge request.
    pub pull_request: Option<u64>,
    /// The commit this one reverts.
    pub reverts: Option<String>,
    /// A commit inside the range that cancels this one.
    pub cancelled_by: Option<String>,
    /// Previous already has this patch.
    #[serde(default)]
    pub in_previous: bool,
    /// `cherry picked from commit` trailers.
    #[serde(default)]
    pub picked_from: Vec<String>,
    /// CVE, GHSA and the like, placeholders left out.
    pub security: Vec<String>,
    /// What its author, or whoever labelled it, says about going back.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub declared: Vec<Declaration>,
    /// It is a merge commit.
    #[serde(default)]
    pub merge: bool,
    /// Paths it touches, bounded.
    pub paths: Vec<String>,
    /// How many paths it touches in all.
    #[serde(default)]
    pub path_count: u64,
    /// First folders or components it touches.
    pub areas: Vec<Untrusted>,
    /// Sensed hints: what would happen if this were reverted.
    pub if_reverted: Vec<Reverting>,
    /// The person's own word.
    pub answer: Option<Reverting>,
}

impl ChangelogEntry {
    /// Its conventional type, to compare with.
    pub fn conventional_type(&self) -> Option<&str> {
        self.kind.as_ref().map(Untrusted::as_raw)
    }

    /// Whether it says of itself that it closes a hole: by an advisory's id or by its type.
    pub fn claims_security(&self) -> bool {
        !self.security.is_empty() || matches!(self.conventional_type(), Some("security" | "sec"))
    }
}

/// What taking one entry back would do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reverting {
    /// Nobody would see it.
    Nothing,
    /// A feature disappears.
    FeatureLost,
    /// A fixed fault is back.
    BugReturns,
    /// A closed hole is open again.
    SecurityReopened,
    /// Data written since cannot be read.
    DataUnreadable,
    /// A dependent stops working.
    DependentBreaks,
    /// A migration stays behind without the code that knows it.
    MigrationOrphaned,
    /// A part of the contract disappears.
    ContractVanishes,
    /// Configuration no longer fits.
    ConfigMismatch,
    /// A library goes back.
    DependencyDowngraded,
    /// It cannot be told.
    Unknown,
}

/// Whether reverting one entry on current applies cleanly, tried in memory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RevertTrial {
    /// It applies without conflict.
    Clean {
        /// Files it would change.
        files: Vec<String>,
    },
    /// These files conflict.
    Conflicts {
        /// Files in conflict.
        files: Vec<String>,
    },
    /// Nothing would change: its effect is gone already.
    Empty,
    /// It cannot be tried (a merge without a main line, an absent object); the sentence says why.
    Impossible(String),
}
