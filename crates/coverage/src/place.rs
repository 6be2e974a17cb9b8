//! What a path says about where a file counts: in what runs, in a library that lies in the
//! repository, or nowhere live.

pub use super::ledger::list_purpose_folders;
use super::ledger::{is_live, is_vendored};

/// Where a file counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileRole {
    /// Part of what runs.
    Live,
    /// A library's text that lies in the repository.
    Vendored,
    /// Examples, fixtures, test doubles, tools and machines of developers: nothing of it runs in
    /// production.
    NotLive,
}

/// The place of a path.
pub fn classify_path_place(path: &str) -> FileRole {
    if !is_live(path) {
        FileRole::NotLive
    } else if is_vendored(path) {
        FileRole::Vendored
    } else {
        FileRole::Live
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_tell_where_a_file_counts() {
        assert_eq!(classify_path_place("examples/a/main.tf"), FileRole::NotLive);
        assert_eq!(
            classify_path_place("web/src/main/java/example/Basket.java"),
            FileRole::Live
        );
        assert_eq!(
            classify_path_place("vendor/x.invalid/y/z.go"),
            FileRole::Vendored
        );
    }
}
