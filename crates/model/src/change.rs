//! Files that differ between two releases, and the difference inside one file.

use serde::{Deserialize, Serialize};

/// What happened to a path between previous and current.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FileStatus {
    /// Only current has it.
    Added,
    /// Only previous has it.
    Deleted,
    /// Both have it, contents or mode differ.
    Modified,
    /// Moved, contents alike or similar.
    Renamed,
}

/// What a path is, by documented defaults and `kinds:` of `backout.yaml`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FileKind {
    /// Style sheets, images, fonts.
    Styling,
    /// Templates and pages without logic.
    Markup,
    /// Program text.
    Code,
    /// Migrations and schema files.
    Database,
    /// API and message descriptions.
    Contract,
    /// Configuration the program reads.
    Config,
    /// What it runs on: containers, charts, Terraform, pipelines.
    Infrastructure,
    /// Manifests and lock files.
    Dependency,
    /// Tests and fixtures.
    Test,
    /// Prose.
    Documentation,
    /// Nothing of the above.
    Other,
}

/// One changed path. Blob ids are full hexadecimal; `None` where that side has no blob.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileChange {
    /// Path in current (in previous for a deletion), `/`-separated, lossy UTF-8.
    pub path: String,
    /// Path in previous, when it was renamed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub old_path: Option<String>,
    /// What happened.
    pub status: FileStatus,
    /// Blob in previous.
    #[serde(default)]
    pub old_id: Option<String>,
    /// Blob in current.
    #[serde(default)]
    pub new_id: Option<String>,
    /// Mode bits in previous and current (`0o160000` is a submodule); 0 where absent.
    #[serde(default)]
    pub old_mode: u32,
    /// See `old_mode`.
    #[serde(default)]
    pub new_mode: u32,
    /// Lines added, by git's own count; `None` for binary or not counted.
    #[serde(default)]
    pub insertions: Option<u64>,
    /// Lines removed.
    #[serde(default)]
    pub deletions: Option<u64>,
    /// The path's kind.
    pub kind: FileKind,
    /// Component of `backout.yaml` (`frontend`, `backend`, `database`), or the default guess;
    /// `None` if neither knows.
    #[serde(default)]
    pub component: Option<String>,
}

/// A line of a file diff.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineKind {
    /// Unchanged, shown for context.
    Context,
    /// Only in previous.
    Removed,
    /// Only in current.
    Added,
}

/// One line with word-level marks: `parts` in order, `true` marks what differs from the counterpart
/// line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiffLine {
    /// Which side has it.
    pub kind: LineKind,
    /// Line number in previous, from 1.
    pub old_line: Option<usize>,
    /// Line number in current, from 1.
    pub new_line: Option<usize>,
    /// The text, cut into plain and emphasised parts. Control characters are already visible; no
    /// line end.
    pub parts: Vec<(bool, String)>,
}

/// A run of changed lines with context.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hunk {
    /// First line in previous and number of lines.
    pub old: (usize, usize),
    /// First line in current and number of lines.
    pub new: (usize, usize),
    /// The lines in unified order. For side by side, [`Hunk::rows`].
    pub lines: Vec<DiffLine>,
}

impl Hunk {
    /// Pairs of line indices for a side-by-side view: removed beside added, context beside itself.
    pub fn rows(&self) -> Vec<(Option<usize>, Option<usize>)> {
        let mut rows = Vec::new();
        let mut at = 0;
        while at < self.lines.len() {
            if self.lines[at].kind == LineKind::Context {
                rows.push((Some(at), Some(at)));
                at += 1;
                continue;
            }
            let end = self.lines[at..]
                .iter()
                .position(|line| line.kind == LineKind::Context)
                .map_or(self.lines.len(), |n| at + n);
            let of = |kind| (at..end).filter(move |&i| self.lines[i].kind == kind);
            let (removed, added): (Vec<_>, Vec<_>) = (
                of(LineKind::Removed).collect(),
                of(LineKind::Added).collect(),
            );
            for i in 0..removed.len().max(added.len()) {
                rows.push((removed.get(i).copied(), added.get(i).copied()));
            }
            at = end;
        }
        rows
    }
}

/// What can be shown of one file's change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileDiff {
    /// Text on both sides.
    Text {
        /// Hunks in order.
        hunks: Vec<Hunk>,
        /// A sentence when the diff was cut (too many lines or too long lines), with how to see
        /// the rest.
        cut: Option<String>,
    },
    /// Not text: sizes in bytes.
    Binary {
        /// Bytes in previous.
        old: Option<u64>,
        /// Bytes in current.
        new: Option<u64>,
    },
    /// A submodule moved between two commits.
    Submodule {
        /// Commit in previous.
        old: Option<String>,
        /// Commit in current.
        new: Option<String>,
    },
    /// It cannot be shown; the sentence says why and what helps.
    Unavailable(String),
}
