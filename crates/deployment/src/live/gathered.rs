//! What the reports are asked about, and the facts that were gathered from them so far.

use jiff::Timestamp;

use super::{Deployment, Retention};
use model::{Fact, FactValue, Release};

/// What the files are asked about.
#[derive(Debug, Clone, PartialEq)]
pub struct About<'a> {
    /// The release we would go back to.
    pub previous: &'a Release,
    /// The release that is out.
    pub current: &'a Release,
    /// Environment the decision is about; `None` takes the only one of a file, else the one that
    /// is called production.
    pub environment: Option<&'a str>,
    /// The time it is.
    pub now: Timestamp,
    /// How long targets keep old releases, when somebody said it; replies of Octopus say it too.
    pub retention: Option<Retention>,
}

impl<'a> About<'a> {
    /// Only the pair and the time are known.
    pub fn new(previous: &'a Release, current: &'a Release, now: Timestamp) -> Self {
        Self {
            previous,
            current,
            environment: None,
            now,
            retention: None,
        }
    }
}

/// What was gathered so far.
pub(super) struct GatheredFacts {
    pub(super) facts: Vec<Fact>,
    pub(super) notes: Vec<String>,
}

impl GatheredFacts {
    pub(super) fn word(
        &mut self,
        key: &str,
        value: &str,
        source: String,
        shown: &[&Deployment],
    ) -> &mut Fact {
        self.add(key, FactValue::word(value), source, shown)
    }

    pub(super) fn add(
        &mut self,
        key: &str,
        value: FactValue,
        source: String,
        shown: &[&Deployment],
    ) -> &mut Fact {
        // places are for looking up one or two, and a fleet has hundreds
        let places = shown
            .iter()
            .take(6)
            .map(|deployment| deployment.evidence.clone());
        self.facts.push(
            Fact::sensed(key, value)
                .with_source(source)
                .with_evidence(places),
        );
        let last = self.facts.len() - 1;
        &mut self.facts[last]
    }
}
