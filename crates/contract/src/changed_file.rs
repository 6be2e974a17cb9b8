//! A file that differs between the two releases, as contracts are looked for in it.

use super::detect;
use model::ContractKind;

/// A changed file on either side; a side that lacks it is `None`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ChangedContractFile {
    pub old: Option<String>,
    pub new: Option<String>,
}

impl ChangedContractFile {
    /// Path in current, else in previous.
    pub fn path(&self) -> &str {
        self.new.as_deref().or(self.old.as_deref()).unwrap_or("")
    }
}

/// A changed file with what it holds.
pub(super) struct Seen {
    pub file: ChangedContractFile,
    /// `None` where it is no contract by itself.
    pub kind: Option<ContractKind>,
    /// The texts, until they are read into trees.
    pub old: Option<String>,
    pub new: Option<String>,
    /// Both sides have it, with equal texts.
    pub same: bool,
}

/// Bytes of the texts of some files, both sides.
pub(super) fn count_text_bytes(seen: &[Seen]) -> usize {
    seen.iter()
        .flat_map(|file| [&file.old, &file.new])
        .flatten()
        .map(String::len)
        .sum()
}

impl Seen {
    /// It may be a part of a document that lies elsewhere.
    pub fn fragment(&self) -> bool {
        detect::is_tree(self.file.path())
            && [&self.old, &self.new]
                .into_iter()
                .flatten()
                .any(|text| detect::may_be_fragment(text))
    }
}
