//! Libraries and their versions, as a manifest or a lock file gives them.

use std::collections::BTreeMap;

/// A library's version as written (empty where the file leaves it open), and its line, from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LibraryVersion {
    pub version: String,
    pub line: usize,
    /// Packages that take their version from this entry, where it names no package itself.
    pub packages: Vec<String>,
}

impl LibraryVersion {
    /// How an excerpt shows it: the name, and the version where the file says one.
    pub fn excerpt(&self, name: &str) -> String {
        format!("{name} {}", self.version).trim_end().to_owned()
    }
}

/// Libraries by name.
pub(crate) type LibraryVersions = BTreeMap<String, LibraryVersion>;

/// Libraries by their name without the major version that Go writes at its end, with the name as
/// written.
pub(super) fn list_by_package(
    versions: &LibraryVersions,
) -> BTreeMap<&str, (&str, &LibraryVersion)> {
    versions
        .iter()
        .map(|(name, version)| (without_major(name), (name.as_str(), version)))
        .collect()
}

/// `github.com/owner/store/v3` is `github.com/owner/store`.
pub(super) fn without_major(name: &str) -> &str {
    match name.rsplit_once("/v") {
        Some((package, digits))
            if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) =>
        {
            package
        }
        _ => name,
    }
}
