//! Guards: places where a program compares a version, a level or a type with what it knows, and
//! what it does when it meets another one.
//!
//! A shared reader for whoever asks "does this release refuse what it does not know?": stored
//! forms, start gates, queues. It reads tokens, in Go, Java, Kotlin, Scala, C#, Python, Ruby, PHP,
//! JavaScript and TypeScript, Rust, C and C++, Swift, Dart and Elixir, and says only what it
//! understood: a branch that it cannot judge is [`GuardOutcome::NotUnderstood`], never *harmless*.
//! Nothing is nested deeper than one pass over the tokens; every guard looks at a bounded piece of
//! text behind it.

mod branch;
mod called_comparison;
mod clause;
mod compare;
mod condition;
mod constant;
mod found_guard;
mod lex;
mod lexicons;
mod missing;
mod scan;
mod switch;
mod test_items;
mod token;
mod token_range;
pub mod words;

#[cfg(test)]
mod tests;

pub use constant::{
    VersionConstant, parse_number_literal, version_constants, version_constants_in,
};
pub use lex::{cut_program_tokens, find_language};
pub use scan::{find_guards, find_in};
pub use token::{GuardLanguage, GuardToken, GuardTokenKind as TokenKind};
pub use words::may_name_version;

// tables of generated code ask thousands of times; a list for judging needs no more
/// Most guards of one file.
pub const MOST: usize = 2_000;

// a list of known versions names each of them; what is asked stands among the first
/// Most names of one guard.
pub const NAMES: usize = 60;

/// What the comparison asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Compares {
    /// Is what was met above what is known?
    Newer,
    /// Is it another than what is known?
    NotEqual,
    /// Is it none of those that are known (a switch, a list, a table)?
    UnknownMember,
}

/// What happens then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GuardOutcome {
    /// It ends in an error: raise, throw, panic, exit, an error returned.
    Refuses {
        /// Line of the refusal, from 1.
        line: usize,
    },
    /// It is told (log, warning) or skipped, and the program goes on.
    Tells,
    /// Something else; nobody knows.
    NotUnderstood,
}

/// One guard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionGuard {
    /// Line of the comparison, from 1.
    pub line: usize,
    /// That line, without blanks at its ends.
    pub text: String,
    /// Names (and texts used as keys) of what is compared; for a switch first those of its
    /// subject, then of its cases.
    pub names: Vec<String>,
    /// How many of `names` belong to the subject itself; for a comparison all of them.
    pub subjects: usize,
    /// Numbers it is compared with.
    pub literals: Vec<u64>,
    /// What is asked.
    pub compares: Compares,
    /// What happens when the answer is yes.
    pub outcome: GuardOutcome,
    /// The words of the refusal or of the telling.
    pub message: String,
}

impl VersionGuard {
    /// It ends in an error.
    pub fn refuses(&self) -> bool {
        matches!(self.outcome, GuardOutcome::Refuses { .. })
    }

    /// Names of the thing that is asked about.
    pub fn subject(&self) -> &[String] {
        &self.names[..self.subjects.min(self.names.len())]
    }

    /// It asks about a version, a level, a format.
    pub fn about_version(&self) -> bool {
        about_version(self.subject())
    }

    /// It asks about the type of something.
    pub fn about_type(&self) -> bool {
        about_type(self.subject())
    }

    /// One of the compared names is this one.
    pub fn names(&self, name: &str) -> bool {
        self.names.iter().any(|own| own == name)
    }

    /// Lines of the guard and of its refusal.
    pub fn lines(&self) -> (usize, Option<usize>) {
        match self.outcome {
            GuardOutcome::Refuses { line } => (self.line, Some(line)),
            _ => (self.line, None),
        }
    }
}

/// One of these names is that of a version, a level, a format.
pub fn about_version(names: &[String]) -> bool {
    names.iter().any(|name| words::names_version(name))
}

/// One of these names is that of the type of something, or of a call that reads the number at the
/// beginning of something stored.
pub fn about_type(names: &[String]) -> bool {
    names
        .iter()
        .any(|name| words::names_type(name) || words::names_first_number(name))
}
