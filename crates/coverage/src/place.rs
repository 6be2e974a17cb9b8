//! What a path says about where a file counts: in what runs, in a library that lies in the
//! repository, or nowhere live.

use super::ledger::{is_live, is_vendored};

/// Where a file counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Part of what runs.
    Live,
    /// A library's text that lies in the repository.
    Vendored,
    /// Examples, fixtures, test doubles, tools and machines of developers: nothing of it runs in
    /// production.
    NotLive,
}

/// The place of a path.
pub fn place(path: &str) -> Place {
    if !is_live(path) {
        Place::NotLive
    } else if is_vendored(path) {
        Place::Vendored
    } else {
        Place::Live
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_tell_where_a_file_counts() {
        assert_eq!(place("examples/a/main.tf"), Place::NotLive);
        assert_eq!(place("web/src/main/java/example/Basket.java"), Place::Live);
        assert_eq!(place("vendor/x.invalid/y/z.go"), Place::Vendored);
    }
}
