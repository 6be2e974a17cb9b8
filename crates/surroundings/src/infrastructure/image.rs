//! What is kept of an image that a file names, and how many images of one file.

/// Most images of one file.
pub(super) const IMAGES: usize = 2_000;

/// An image at a place of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Image {
    /// Name without tag: `docker.io/valkey/valkey`.
    pub name: String,
    /// Tag or digest; empty where none is written.
    pub tag: String,
    /// Line, from 1.
    pub line: usize,
    /// Variable that gives the tag, and whether its value was found.
    pub variable: Option<String>,
}

impl Image {
    /// One whose tag is written as it is.
    pub(super) fn plain(name: impl Into<String>, tag: &str, line: usize) -> Self {
        Self {
            name: name.into(),
            tag: tag.to_owned(),
            line,
            variable: None,
        }
    }
}
