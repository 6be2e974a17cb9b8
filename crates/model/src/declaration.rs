//! What the author of a change says about going back from it.

use serde::{Deserialize, Serialize};

use super::Untrusted;

/// What is declared. Ordered from the one that restricts going back most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Declared {
    /// It cannot be gone back from.
    NotSafe,
    /// On a condition, or the box that says so was left open.
    Doubt,
    /// It brings a migration.
    Migration,
    /// It can be gone back from.
    Safe,
}

impl Declared {
    /// In a sentence about a change.
    pub fn says(self) -> &'static str {
        match self {
            Self::NotSafe => "declared as not safe to roll back",
            Self::Doubt => "not declared as safe to roll back without a condition",
            Self::Migration => "declared to bring a migration",
            Self::Safe => "declared as safe to roll back",
        }
    }
}

/// Where it is declared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeclaredIn {
    /// A trailer of the message.
    Trailer,
    /// A box of the request's template, in the message.
    Box,
    /// A label of the request.
    Label,
}

impl DeclaredIn {
    /// In words.
    pub fn says(self) -> &'static str {
        match self {
            Self::Trailer => "trailer",
            Self::Box => "box of the template",
            Self::Label => "label",
        }
    }
}

/// One declaration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Declaration {
    /// What it says.
    pub declared: Declared,
    /// Where it stands.
    #[serde(rename = "in")]
    pub place: DeclaredIn,
    /// The words themselves, control characters visible, bounded.
    pub text: Untrusted,
}

impl Declaration {
    /// `trailer "Rollback-Safe: no: it drops a column"`.
    pub fn quote(&self) -> String {
        format!("{} \"{}\"", self.place.says(), self.text)
    }
}

/// The declaration that restricts going back most.
pub fn find_strictest_declaration(declared: &[Declaration]) -> Option<&Declaration> {
    declared.iter().min_by_key(|one| one.declared)
}
