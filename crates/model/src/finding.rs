//! What a check found, with its evidence, and what could not be checked.

use serde::{Deserialize, Serialize};

use super::CheckId;

/// The field a finding belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Domain {
    /// Schema and stored data.
    Database,
    /// What the program stores outside a schema: files, documents, messages, sessions, state.
    StoredForm,
    /// APIs and messages.
    Contract,
    /// Configuration the program reads.
    Config,
    /// What it runs on.
    Infrastructure,
    /// Libraries.
    Dependency,
    /// Holes closed or opened.
    Security,
    /// The deployment process.
    Process,
    /// What is live.
    Deployment,
    /// The git history itself.
    History,
}

/// How much a finding weighs. Ordered from the worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Going back (or deploying) as it stands fails or loses data.
    Blocks,
    /// Somebody must look before going back.
    Warns,
    /// Worth knowing.
    Notes,
    /// Looked at and found fine.
    Fine,
}

/// On which way it matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// From current back to previous.
    Rollback,
    /// From previous to current.
    Deploy,
    /// Both.
    Both,
}

/// How sure the program is. Ordered from the surest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Confidence {
    /// Seen in the repository.
    Proven,
    /// The usual behaviour of the tools seen.
    Likely,
    /// A sign, no more.
    Hint,
}

/// A place that shows it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// File, `/`-separated; for a dependent's file prefixed with the dependent's name and a blank.
    pub path: Option<String>,
    /// Line, from 1.
    pub line: Option<usize>,
    /// Full commit id the file was read at.
    pub commit: Option<String>,
    /// The text, control characters visible.
    pub excerpt: Option<String>,
}

impl Evidence {
    /// A place in a file.
    pub fn at(path: impl Into<String>, line: usize) -> Self {
        Self {
            path: Some(path.into()),
            line: Some(line),
            ..Self::default()
        }
    }

    /// The same with the text of the place.
    pub fn with_excerpt(mut self, text: &str) -> Self {
        self.excerpt = Some(super::visible_lines(text.trim_end()));
        self
    }
}

/// One thing that was found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// Id of the check, `database/not-null-without-default`; `backout explain` knows it.
    pub check: CheckId,
    /// Its field.
    pub domain: Domain,
    /// How much it weighs.
    pub severity: Severity,
    /// On which way.
    pub direction: Direction,
    /// How sure.
    pub confidence: Confidence,
    /// The thing itself: `orders.note`, `POST /cards/verify`.
    pub subject: String,
    /// One sentence: what is the case.
    pub says: String,
    /// One sentence: why it matters on that way.
    pub why: String,
    /// One sentence, verb first: what to do.
    #[serde(rename = "do")]
    pub action: String,
    /// The smallest step that makes the way back possible, as SQL or a command to copy.
    pub compatibility_step: Option<String>,
    /// Where it shows.
    pub evidence: Vec<Evidence>,
}

/// Something that was not checked, and what would settle it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Unchecked {
    /// File, object or question.
    pub what: String,
    /// Why it was not.
    pub why: String,
    /// A command or a person's look that settles it.
    pub settle_with: Option<String>,
}

/// A check's documentation: one block in a fixed shape, shown by `backout explain`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CheckDoc {
    /// `domain/name`.
    pub id: &'static str,
    /// A few words.
    pub title: &'static str,
    /// Its field.
    pub domain: Domain,
    /// On which way it speaks.
    pub direction: Direction,
    /// What it looks for.
    pub looks_for: &'static str,
    /// Why it matters on the way back.
    pub why: &'static str,
    /// What to do.
    pub action: &'static str,
    /// An example that it finds.
    pub example: &'static str,
    /// Where the rule comes from: rule numbers of the guide, or a source in words.
    pub source: &'static str,
}
