//! An element of a changelog, and a change set as it was read.

use crate::reading::MigrationReading;

/// Deepest nesting of a changelog that is read; one that goes deeper is not read at all.
pub const DEPTH: usize = 64;

/// An element of a changelog, whatever it is written in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LiquibaseNode {
    /// Name without its namespace.
    pub name: String,
    /// Attributes, or scalar members.
    pub attributes: Vec<(String, String)>,
    /// Elements inside.
    pub children: Vec<LiquibaseNode>,
    /// Text inside.
    pub text: String,
    /// Line, from 1.
    pub line: usize,
}

impl LiquibaseNode {
    /// An attribute.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.attributes
            .iter()
            .find(|(name, _)| name == key)
            .map(|(_, value)| value.as_str())
    }

    /// An attribute that says true.
    pub fn flag(&self, key: &str) -> bool {
        self.get(key)
            .is_some_and(|value| value.eq_ignore_ascii_case("true"))
    }

    /// The first child of a name.
    pub fn child(&self, name: &str) -> Option<&LiquibaseNode> {
        self.children.iter().find(|child| child.name == name)
    }
}

/// A change set, read.
pub struct ChangeSet {
    /// `author:id`, as recorded.
    pub key: String,
    /// Its id.
    pub id: String,
    /// What it does.
    pub reading: MigrationReading,
    /// Everything it says, to tell an edit.
    pub digest: String,
    /// Runs again when its text changes.
    pub repeatable: bool,
}
