//! Coverage: which changed files were taken apart for which question, which cannot matter, and
//! which nobody looked at.
//!
//! A favourable answer ("the schema is untouched") rests on this: while a file that could matter is
//! open, the answer is not known.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Untrusted;

/// Most open places that are listed a domain; the count beside them is whole.
pub const MOST_OPEN_PLACES: usize = 50;

/// What a changed file can touch on the way back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CoverageDomain {
    /// Tables, columns and everything else that a database knows by name.
    Schema,
    /// Rows, documents, messages, caches, files and state, in the form in which the program or its
    /// libraries write them.
    StoredForm,
    /// What others call or read.
    Contract,
    /// Settings that the program reads.
    Configuration,
    /// What it runs on.
    Infrastructure,
}

impl CoverageDomain {
    /// In the order in which they are shown.
    pub const ALL: [CoverageDomain; 5] = [
        Self::Schema,
        Self::StoredForm,
        Self::Contract,
        Self::Configuration,
        Self::Infrastructure,
    ];

    /// As in JSON.
    pub fn id(self) -> &'static str {
        match self {
            Self::Schema => "schema",
            Self::StoredForm => "stored-form",
            Self::Contract => "contract",
            Self::Configuration => "configuration",
            Self::Infrastructure => "infrastructure",
        }
    }

    /// As in a sentence.
    pub fn title(self) -> &'static str {
        match self {
            Self::Schema => "schema",
            Self::StoredForm => "stored form",
            Self::Contract => "contract",
            Self::Configuration => "configuration",
            Self::Infrastructure => "infrastructure",
        }
    }

    /// Its place in [`CoverageDomain::ALL`].
    pub fn index(self) -> usize {
        self as usize
    }
}

/// A file that could matter and was not taken apart, or only in part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenPlace {
    /// The file, `/`-separated.
    pub path: Untrusted,
    /// The line that could matter, from 1; `None` where the whole file is meant.
    pub line: Option<usize>,
    /// Why it is open, in a few words.
    pub why: Untrusted,
}

impl OpenPlace {
    /// What could not be searched for use in `version`, where nothing else was found.
    pub fn unsearched(error: &super::ReadError, version: &str) -> Self {
        let path = if error.path().is_empty() {
            "the whole tree".to_owned()
        } else {
            error.path().to_owned()
        };
        Self {
            path: path.into(),
            line: None,
            why: format!("it may use what changed and could not be searched in {version}: {error}")
                .into(),
        }
    }
}

/// How the changed files of the range stand in one domain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coverage {
    /// Which.
    pub domain: CoverageDomain,
    /// Files that a reader took apart.
    pub judged: u64,
    /// Files that cannot matter here, by the rule that says so.
    pub cannot: BTreeMap<String, u64>,
    /// Files that could matter and were not taken apart, with unchanged ones on which a search
    /// rests that could not see into them.
    pub open: u64,
    /// The open ones, what is most telling first; at most [`MOST_OPEN_PLACES`].
    pub places: Vec<OpenPlace>,
    /// How the program changes its schema, for the domain schema; in words.
    pub mechanism: Option<String>,
}

impl Coverage {
    /// All files that are counted: the changed ones, and others that are open.
    pub fn files(&self) -> u64 {
        self.judged + self.open + self.cannot.values().sum::<u64>()
    }

    /// Files that cannot matter here.
    pub fn out(&self) -> u64 {
        self.cannot.values().sum()
    }

    /// Whether nothing is open.
    pub fn is_closed(&self) -> bool {
        self.open == 0
    }
}

/// Changed files that could matter in some domain, each counted once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FilesLookedAt {
    /// Taken apart wherever they could matter.
    pub judged: u64,
    /// Open in one domain at least.
    pub open: u64,
}
