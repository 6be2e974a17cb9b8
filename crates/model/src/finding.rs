//! What a check found, with its evidence, and what could not be checked.

use serde::{Deserialize, Serialize};

use super::text::visible_lines;
use super::{CheckId, Untrusted};

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

/// What an evidence is, beside a place.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Shows {
    /// A place; its excerpt is what stands there.
    #[default]
    Place,
    /// A statement to run; its excerpt is that statement.
    Statement,
    /// A query that only reads; its excerpt is that query.
    Query,
    /// A switch that leaves out what the fact tells of; its excerpt is the bare name.
    Switch,
    /// It was read from a saved file, which does not say.
    Saved,
}

impl Shows {
    fn saved() -> Self {
        Self::Saved
    }
}

/// A place that shows it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Evidence {
    /// File, `/`-separated; for a dependent's file prefixed with the dependent's name and a blank.
    pub path: Option<Untrusted>,
    /// Line, from 1.
    pub line: Option<usize>,
    /// Full commit id the file was read at.
    pub commit: Option<String>,
    /// The text, control characters visible.
    pub excerpt: Option<Untrusted>,
    /// What the text is. Saved files hold it with the text only; see [`Self::query`].
    #[serde(skip, default = "Shows::saved")]
    pub shows: Shows,
}

/// Two are the same where their places and texts are: what is read again from a file is what was
/// written.
impl PartialEq for Evidence {
    fn eq(&self, other: &Self) -> bool {
        (&self.path, self.line, &self.commit, &self.excerpt)
            == (&other.path, other.line, &other.commit, &other.excerpt)
    }
}

impl Eq for Evidence {}

impl Evidence {
    /// A query that answers what only production knows, with the place it is about.
    pub fn with_query(self, text: &str) -> Self {
        Self {
            excerpt: Some(text.into()),
            shows: Shows::Query,
            ..self
        }
    }

    /// A statement to run, with the place it is about.
    pub fn with_statement(self, text: &str) -> Self {
        Self {
            excerpt: Some(text.into()),
            shows: Shows::Statement,
            ..self
        }
    }

    /// The name of a switch, with the place where it is read.
    pub fn with_switch(self, name: &str) -> Self {
        Self {
            shows: Shows::Switch,
            ..self.with_excerpt(name)
        }
    }

    /// The query, where it is one.
    pub fn query(&self) -> Option<&str> {
        let text = self.excerpt.as_ref()?.as_raw();
        let is = match self.shows {
            Shows::Query => true,
            // queries that are asked of people begin so in every version
            Shows::Saved => text.starts_with("SELECT "),
            _ => false,
        };
        is.then_some(text)
    }

    /// The statement, where it is one. What was saved is one wherever it has a text: it is asked
    /// only of facts that are shown by statements.
    pub fn statement(&self) -> Option<&str> {
        let text = self.excerpt.as_ref()?.as_raw();
        matches!(self.shows, Shows::Statement | Shows::Saved).then_some(text)
    }

    /// The switch, where it is one. `said` is the sentence of a fact from a saved file, which
    /// names it.
    pub fn switch(&self, said: Option<&str>) -> Option<&str> {
        let name = self.excerpt.as_ref()?.as_raw();
        let named = || {
            !name.is_empty()
                && !name.contains(char::is_whitespace)
                && said.is_some_and(|said| said.contains(&format!("unless {name} ")))
        };
        let is = match self.shows {
            Shows::Switch => true,
            Shows::Saved => named(),
            _ => false,
        };
        is.then_some(name)
    }

    /// The file, to open it or to compare with.
    pub fn raw_path(&self) -> Option<&str> {
        self.path.as_ref().map(Untrusted::as_raw)
    }

    /// A place in a file.
    pub fn at(path: impl Into<Untrusted>, line: usize) -> Self {
        Self {
            path: Some(path.into()),
            line: Some(line),
            ..Self::default()
        }
    }

    /// The same with the text of the place.
    pub fn with_excerpt(mut self, text: &str) -> Self {
        self.excerpt = Some(visible_lines(text.trim_end()).into());
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
    pub subject: Untrusted,
    /// One sentence: what is the case.
    pub says: Untrusted,
    /// One sentence: why it matters on that way.
    pub why: Untrusted,
    /// One sentence, verb first: what to do.
    #[serde(rename = "do")]
    pub action: Untrusted,
    /// The smallest step that makes the way back possible, as SQL or a command to copy.
    pub compatibility_step: Option<Untrusted>,
    /// Where it shows.
    pub evidence: Vec<Evidence>,
}

/// Something that was not checked, and what would settle it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Unchecked {
    /// File, object or question.
    pub what: Untrusted,
    /// Why it was not.
    pub why: Untrusted,
    /// A command or a person's look that settles it.
    pub settle_with: Option<Untrusted>,
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
