//! Libraries and their versions, as a manifest or a lock file gives them.

use std::collections::BTreeMap;

/// A library's version as written, and its line, from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LibraryVersion {
    pub version: String,
    pub line: usize,
}

/// Libraries by name.
pub(crate) type LibraryVersions = BTreeMap<String, LibraryVersion>;
