//! One difference as the comparers note it, before it becomes part of the report.

use std::collections::HashSet;
use std::sync::Arc;

use super::document::Spot;
use super::limits::MAX_CHANGES;
use super::rules::{self, ContractRule};
use super::work::Work;
use model::{Adoption, CheckId, ContractChange, Evidence, escape_invisible, shorten_text};

/// An operation of an HTTP interface, as a dependent would call it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct HttpOperation {
    /// Upper case.
    pub method: String,
    /// With its placeholders: `/cards/{id}`.
    pub path: String,
    /// `operationId`.
    pub id: Option<String>,
    /// No other method of the path is left, so the path alone shows its use.
    pub alone: bool,
}

/// What a dependent would name when it uses the changed thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ChangeSubject {
    /// Nothing that can be searched for.
    None,
    /// The operation itself.
    Http(Arc<HttpOperation>),
    /// A property, parameter or header of every operation that reaches it, at most
    /// [`MAX_OPERATIONS`].
    Member {
        name: String,
        of: Vec<Arc<HttpOperation>>,
    },
    /// A method of a service; no method means the service.
    Rpc {
        service: String,
        method: Option<String>,
    },
    /// A field of a message, or a value of an enum.
    Field { owner: String, name: String },
    /// A field of a GraphQL type, or the type alone.
    Graphql { owner: String, name: Option<String> },
}

/// One difference.
#[derive(Debug, Clone)]
pub(super) struct ContractDifference {
    pub rule: &'static ContractRule,
    pub location: String,
    /// First half of the sentence: what is the case.
    pub what: String,
    /// The file in which the text changed.
    pub file: String,
    pub old: Option<Spot>,
    pub new: Option<Spot>,
    pub subject: ChangeSubject,
}

/// Collects changes and knows which files' text changed.
#[derive(Debug)]
pub(super) struct Log {
    pub changes: Vec<ContractDifference>,
    /// Most changes that are listed.
    pub room: usize,
    /// Changes beyond that.
    pub beyond: usize,
    /// Files whose text differs between the two sides.
    pub changed: HashSet<String>,
    /// Ids of the rules that fired.
    pub fired: HashSet<&'static str>,
    /// Steps of the comparison.
    pub work: Work,
    /// Files on the way from the root to the place at hand, the innermost last.
    pub trail: Vec<String>,
}

impl Default for Log {
    fn default() -> Self {
        Self {
            changes: Vec::new(),
            room: MAX_CHANGES,
            beyond: 0,
            changed: HashSet::new(),
            fired: HashSet::new(),
            work: Work::default(),
            trail: Vec::new(),
        }
    }
}

impl Log {
    // a rule that fires a thousand times must not push out one that fires once
    /// Whether one more change of a rule is listed: the first of each kind is kept however many
    /// there are, for the worst of them decides.
    fn lists(&mut self, rule: &'static ContractRule) -> bool {
        let listed = self.fired.insert(rule.id()) || self.changes.len() < self.room;
        self.beyond += usize::from(!listed);
        listed
    }

    /// Takes a change that was noted elsewhere.
    pub fn take(
        &mut self,
        change: impl FnOnce() -> ContractDifference,
        rule: &'static ContractRule,
    ) {
        if self.lists(rule) {
            self.changes.push(change());
        }
    }

    /// Notes a change by the id of its rule, without the domain.
    pub fn note(
        &mut self,
        rule: &str,
        location: &str,
        what: impl Into<String>,
        old: Option<Spot>,
        new: Option<Spot>,
        subject: ChangeSubject,
    ) {
        self.work.spend(1);
        let found = rules::find_rule(rule);
        if !self.lists(found) {
            return;
        }
        // the file that changed is where a person looks: a shared one before its user
        let own = [&new, &old]
            .into_iter()
            .flatten()
            .map(|spot| &spot.path)
            .find(|path| self.changed.contains(*path));
        let file = own
            .or_else(|| {
                self.trail
                    .iter()
                    .rev()
                    // the innermost file on the way that changed, where the place itself did not
                    .find(|path| self.changed.contains(*path))
            })
            .or_else(|| {
                [&new, &old]
                    .into_iter()
                    .flatten()
                    .map(|spot| &spot.path)
                    .next()
            })
            .or_else(|| self.trail.first())
            .cloned()
            .unwrap_or_default();
        let (location, what) = (
            // a name out of a contract is printed; a generated one may be long
            escape_invisible(&shorten_text(location, 200)).into_owned(),
            escape_invisible(&shorten_text(&what.into(), 300)).into_owned(),
        );
        self.changes.push(ContractDifference {
            rule: found,
            location,
            what,
            file,
            old,
            new,
            subject,
        });
    }
}

impl ContractDifference {
    /// It belongs to calls that change nothing.
    pub fn only_reads(&self) -> bool {
        // only calls of which it is known that they read
        matches!(&self.subject, ChangeSubject::Member { of, .. } if !of.is_empty() && of.iter().all(|operation| matches!(operation.method.as_str(), "GET" | "HEAD")))
    }

    /// As the report shows it; nobody looked for its use yet.
    pub fn report(&self) -> ContractChange {
        let grades = self.rule.grades();
        let evidence = |spot: &Spot| Evidence {
            path: Some(spot.path.clone().into()),
            line: Some(spot.line),
            excerpt: Some(spot.excerpt.clone().into()),
            ..Evidence::default()
        };
        // a line of another file would point into the wrong one
        let own = |spot: &Option<Spot>| {
            spot.as_ref()
                .filter(|spot| spot.path == self.file)
                .map(|spot| spot.line)
        };
        ContractChange {
            check: CheckId::declared(self.rule.id()),
            location: self.location.clone(),
            line: own(&self.new).or_else(|| own(&self.old)),
            says: format!("{}; {}", self.what, self.rule.effect.on_the_way_back()),
            on_deploy: grades.forward,
            on_rollback: grades.back,
            stored: grades.stored,
            affects: self.rule.affects.to_vec(),
            adoption: Adoption::Unknown,
            used_by: Vec::new(),
            old: self.old.as_ref().map(evidence),
            new: self.new.as_ref().map(evidence),
        }
    }
}
