//! A value with another one in its place, and the texts in which it moved.

use super::changed_value::ChangedValue;

/// A value that changed in a file.
pub(super) struct Moved {
    pub path: String,
    pub old_path: String,
    pub old: String,
    pub new: String,
    pub value: ChangedValue,
}
