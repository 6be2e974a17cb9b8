//! What is kept of a settings file: values by key with their lines, and how many of them.

use std::collections::BTreeMap;

// a file with more is data, and would be compared key by key
/// Most keys of one file that are compared.
pub(super) const KEYS: usize = 5_000;

/// Deepest nesting of keys.
pub(super) const DEPTH: usize = 16;

/// A setting: its value as written and its line, from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Setting {
    pub value: String,
    pub line: usize,
}

/// SettingsByKey by key.
pub(super) type SettingsByKey = BTreeMap<String, Setting>;
