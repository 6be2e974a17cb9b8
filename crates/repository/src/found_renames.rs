//! Files that moved.

use std::collections::HashMap;

/// Index of the removed path by index of the added one.
pub type Renames = HashMap<usize, usize>;

/// What was found.
#[derive(Debug, Default)]
pub struct FoundRenames {
    /// The pairs.
    pub renames: Renames,
    /// So many files that, as git does, contents were not compared.
    pub too_many: bool,
    /// Files of which contents are not in this clone.
    pub absent: bool,
}
