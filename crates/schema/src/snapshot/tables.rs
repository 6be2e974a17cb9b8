//! Tables as a snapshot keeps them.

use std::collections::BTreeMap;

/// A table of a snapshot.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SnapshotTable {
    /// Its name as written, with its schema where one is named.
    pub name: String,
    /// File that defines it.
    pub path: String,
    /// Line of its definition, from 1.
    pub line: usize,
    /// Lines of its columns, by key.
    pub columns: BTreeMap<String, usize>,
}

/// Tables of a snapshot by key.
pub type Tables = BTreeMap<String, SnapshotTable>;
