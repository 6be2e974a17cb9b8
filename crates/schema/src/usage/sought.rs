//! What is sought in old code, and what its place there tells.

/// What a place proves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stand {
    /// Nothing: a comment, a message, a list of what is left out.
    Not,
    /// The word stands there, and what for is not known.
    Hint,
    /// It is used.
    Proven,
}

/// What the name is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SoughtObject<'a> {
    /// A table, view or routine.
    Table,
    /// A column of a table, of which these are the spellings.
    Column(&'a std::collections::BTreeSet<String>),
}
