//! What is kept of a view or routine that stands on a table: its name, and the words of its text.

use std::collections::{BTreeMap, BTreeSet};

use super::super::step::Name;

/// A view or routine of the previous schema that is there at the end of the range as well, or went
/// with what it stood on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatabaseDependent {
    pub(super) name: Name,
    pub(super) kind: DependentKind,
    /// Words of its text in small letters.
    pub(super) words: BTreeSet<String>,
}

/// What it is, as far as that tells who runs its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DependentKind {
    View,
    Routine,
    /// A function that runs by a trigger, so that an ordinary write calls it.
    TriggerRoutine,
}

/// Views and routines by the bare name of what their text names, in small letters.
pub type DependentsByTable = BTreeMap<String, Vec<DatabaseDependent>>;
