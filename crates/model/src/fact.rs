//! Facts: what is known, by whom, since when. The catalogue of keys and domains is in `checklist`.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Evidence, Untrusted};

/// A value of a fact.
#[derive(Debug, Clone, PartialEq)]
pub enum FactValue {
    /// One of the words of the fact's domain.
    Word(String),
    /// A number.
    Number(f64),
    /// Asked and not known. A fact that was never asked is simply absent.
    Unknown,
    /// It does not apply here.
    NotApplicable,
}

impl FactValue {
    /// A word.
    pub fn word(text: impl Into<String>) -> Self {
        Self::Word(text.into())
    }

    /// The word, when it is one.
    pub fn as_word(&self) -> Option<&str> {
        if let Self::Word(word) = self {
            Some(word)
        } else {
            None
        }
    }

    /// The number, when it is one.
    pub fn as_number(&self) -> Option<f64> {
        if let Self::Number(number) = self {
            Some(*number)
        } else {
            None
        }
    }

    /// Neither unknown nor not applicable.
    pub fn is_known(&self) -> bool {
        matches!(self, Self::Word(_) | Self::Number(_))
    }
}

impl std::fmt::Display for FactValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Word(word) => f.write_str(word),
            Self::Number(number) => write!(f, "{number}"),
            Self::Unknown => f.write_str("unknown"),
            Self::NotApplicable => f.write_str("not-applicable"),
        }
    }
}

/// `null` is unknown, `"not-applicable"` not applicable.
impl Serialize for FactValue {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Word(word) => out.serialize_str(word),
            Self::Number(number) if number.fract() == 0.0 && number.abs() < 9e15 => {
                out.serialize_i64(*number as i64)
            }
            Self::Number(number) => out.serialize_f64(*number),
            Self::Unknown => out.serialize_none(),
            Self::NotApplicable => out.serialize_str("not-applicable"),
        }
    }
}

impl<'de> Deserialize<'de> for FactValue {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Raw {
            Number(f64),
            Word(String),
        }
        Ok(match Option::<Raw>::deserialize(from)? {
            None => Self::Unknown,
            Some(Raw::Number(number)) => Self::Number(number),
            Some(Raw::Word(word)) if word == "not-applicable" => Self::NotApplicable,
            Some(Raw::Word(word)) if word == "unknown" => Self::Unknown,
            Some(Raw::Word(word)) => Self::Word(word),
        })
    }
}

/// Where a fact comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Provenance {
    /// Read from repository or state files.
    Sensed,
    /// Said by a person.
    Stated,
    /// Follows from other facts.
    Derived,
    /// Taken for granted; counts as low confidence.
    Assumed,
}

/// How sure whoever gave it is. Low counts as unknown for *firm*.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sureness {
    /// Believed.
    Low,
    /// Known.
    High,
}

/// One fact.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Fact {
    /// Key of the catalogue: `database.old_code`, `dependent[storefront].uses`.
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub key: String,
    /// Its value.
    pub value: FactValue,
    /// Where it comes from.
    pub provenance: Provenance,
    /// What shows it.
    #[serde(default)]
    pub evidence: Vec<Evidence>,
    /// In a few words: the command, file or reason behind it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Untrusted>,
    /// When it was observed or said.
    pub at: Option<Timestamp>,
    /// Who said it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Untrusted>,
    /// In which role.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Untrusted>,
    /// How sure.
    pub confidence: Sureness,
    /// A person's explicit word that this replaces what was sensed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub supersedes: bool,
}

impl Fact {
    /// A sensed fact of high confidence.
    pub fn sensed(key: impl Into<String>, value: FactValue) -> Self {
        Self::new(key, value, Provenance::Sensed)
    }

    /// A fact derived from others.
    pub fn derived(key: impl Into<String>, value: FactValue) -> Self {
        Self::new(key, value, Provenance::Derived)
    }

    /// A person's word.
    pub fn stated(key: impl Into<String>, value: FactValue) -> Self {
        Self::new(key, value, Provenance::Stated)
    }

    fn new(key: impl Into<String>, value: FactValue, provenance: Provenance) -> Self {
        Self {
            key: key.into(),
            value,
            provenance,
            evidence: Vec::new(),
            source: None,
            at: None,
            by: None,
            role: None,
            confidence: Sureness::High,
            supersedes: false,
        }
    }

    /// Adds what shows it.
    pub fn with_evidence(mut self, evidence: impl IntoIterator<Item = Evidence>) -> Self {
        self.evidence.extend(evidence);
        self
    }

    /// Adds the source in words.
    pub fn with_source(mut self, source: impl Into<String>) -> Self {
        self.source = Some(source.into().into());
        self
    }

    /// Lowers the confidence.
    pub fn low(mut self) -> Self {
        self.confidence = Sureness::Low;
        self
    }

    /// Sets the time it was observed.
    pub fn observed(mut self, at: Timestamp) -> Self {
        self.at = Some(at);
        self
    }
}

/// Facts by key: the values in force.
pub type Facts = BTreeMap<String, Fact>;
