//! State of the screen of differences.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{FileChange, FileKind, Severity};
use crate::tui::list::ListState;
use crate::tui::screens::diff::rows::Shown;

/// Which files are shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum DiffPart {
    /// All.
    #[default]
    Everything,
    /// Of one kind.
    Kind(FileKind),
    /// Of one component.
    Component(String),
}

/// One row of the files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileTreeRow {
    /// A folder; its files are below, unless it is folded.
    Folder(String),
    /// A file: its place in the assessment's list.
    File(usize),
}

/// State of the screen.
#[derive(Debug, Clone, Default)]
pub struct DiffScreen {
    /// Cursor and search in the files.
    pub list: ListState,
    /// Cursor and search in the difference.
    pub text: ListState,
    /// Files shown, by what findings say of them, what weighs on the way back, folder and name:
    /// places in the assessment's list.
    pub files: Vec<usize>,
    /// What findings say of them, where it is more than a note.
    pub marks: BTreeMap<usize, Severity>,
    /// Their rows, with those of folders that are folded.
    pub flat: Vec<FileTreeRow>,
    /// The same below their folders.
    pub tree: Vec<FileTreeRow>,
    /// Folders that are folded.
    pub folded: BTreeSet<String>,
    /// Files are shown with all lines that did not change.
    pub whole: bool,
    /// The path a person moved to: the cursor stays on it while more comes in.
    pub kept: Option<String>,
    /// Which files are shown.
    pub part: DiffPart,
    /// Both sides beside each other; `None`: as the width allows.
    pub sides: Option<bool>,
    /// Long lines are wrapped.
    pub wrap: bool,
    /// First column shown of long lines.
    pub column: usize,
    /// Asked for and not there yet.
    pub wanted: Option<FileChange>,
    /// What is shown.
    pub shown: Option<Shown>,
    /// Line of current to go to when the difference comes.
    pub goto: Option<usize>,
}

/// Folder and name of a path.
pub fn split_folder_and_name(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
}
