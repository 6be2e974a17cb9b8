//! The outcome in the words of the facts: what the way back is like, what stored messages are like,
//! who uses what vanishes.

use super::rules;
use coverage::{ContractOutcome, DependentUse};
use model::{Adoption, Affects, ContractChange, Evidence, Grade};

/// A graded fact with its sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Graded {
    /// The worst grade.
    pub grade: Grade,
    /// One short sentence that names the first thing.
    pub source: String,
    /// Where it shows.
    pub evidence: Vec<Evidence>,
}

impl Graded {
    /// As the facts `contract.way_back` and `contract.stored` spell it.
    pub fn word(&self) -> &'static str {
        match self.grade {
            Grade::Compatible => "compatible",
            Grade::Doubt => "doubt",
            Grade::Breaking => "breaking",
        }
    }
}

/// One dependent over all that vanishes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DependentRow {
    /// Its name.
    pub name: String,
    /// `Some(true)` it uses something, `Some(false)` it uses nothing of it, `None` not known.
    pub uses: Option<bool>,
    /// The operation, and how many more: `POST /cards/verify and 2 more`.
    pub source: String,
    /// Where it was seen.
    pub evidence: Vec<Evidence>,
}

/// What the facts need.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContractSummary {
    /// `contract.way_back`.
    pub way_back: Graded,
    /// `contract.stored`.
    pub stored: Graded,
    /// `dependent[NAME].uses`, one row a dependent.
    pub dependents: Vec<DependentRow>,
}

/// Draws the facts' values from an outcome. `previous_version` is for the sentences.
pub fn summarise_contracts(outcome: &ContractOutcome, previous_version: &str) -> ContractSummary {
    let changes: Vec<&ContractChange> = outcome
        .contracts
        .iter()
        .flat_map(|contract| &contract.changes)
        .collect();
    // *nothing changed* and *nothing broke* are two answers
    let quiet = |what: &str| {
        if outcome.contracts.is_empty() {
            "no contract file changed".to_owned()
        } else {
            format!(
                "{} contract file{} changed, {what}",
                outcome.contracts.len(),
                if outcome.contracts.len() == 1 {
                    ""
                } else {
                    "s"
                }
            )
        }
    };
    // code that is built anew fails before it runs
    let code_only = |change: &ContractChange| change.affects == [Affects::GeneratedCode];
    let way_back = find_worst_change(
        &changes,
        |change| {
            if code_only(change) {
                Grade::Compatible
            } else {
                change.on_rollback
            }
        },
        previous_version,
    )
    .unwrap_or_else(|| Graded {
        grade: Grade::Compatible,
        source: quiet("nothing vanishes or narrows on the way back"),
        evidence: Vec::new(),
    });
    let stored = find_worst_change(&changes, |change| change.stored, previous_version)
        .unwrap_or_else(|| Graded {
            grade: Grade::Compatible,
            source: quiet("what the new release stored can still be read"),
            evidence: Vec::new(),
        });
    ContractSummary {
        way_back,
        stored,
        dependents: build_dependent_rows(&outcome.dependents),
    }
}

// one sentence names one thing: what is used hurts first
/// The worst change by a grade; of equals what is used first, then what vanishes as a whole.
fn find_worst_change(
    changes: &[&ContractChange],
    grade: impl Fn(&ContractChange) -> Grade,
    version: &str,
) -> Option<Graded> {
    let use_rank = |adoption: Adoption| match adoption {
        Adoption::Used => 3,
        Adoption::CouldBeUsed => 2,
        Adoption::Unknown => 1,
        Adoption::NotAdopted => 0,
    };
    let effect = |change: &ContractChange| {
        rules::find_rule(change.check.trim_start_matches("contract/")).effect
    };
    let rank = |change: &&ContractChange| {
        (
            grade(change),
            use_rank(change.adoption),
            effect(change) == rules::ContractEffect::Vanishes,
        )
    };
    let worst = grade(changes.iter().copied().max_by_key(|change| grade(change))?);
    if worst == Grade::Compatible {
        return None;
    }
    let mut first: Option<&ContractChange> = None;
    // of equals the first in order, so that two runs say the same
    for change in changes
        .iter()
        .copied()
        .filter(|change| grade(change) == worst)
    {
        if first.is_none_or(|best| rank(&change) > rank(&best)) {
            first = Some(change);
        }
    }
    let first = first?;
    let more = changes
        .iter()
        .filter(|change| grade(change) == worst)
        .count()
        - 1;
    let mut source = effect(first).headline(version, &first.location);
    if more > 0 {
        source.push_str(&format!(", and {more} more"));
    }
    let evidence = changes
        .iter()
        .filter(|change| grade(change) == worst)
        .take(8)
        .filter_map(|change| change.new.clone().or_else(|| change.old.clone()))
        .collect();
    Some(Graded {
        grade: worst,
        source,
        evidence,
    })
}

fn build_dependent_rows(uses: &[DependentUse]) -> Vec<DependentRow> {
    let mut rows: Vec<DependentRow> = Vec::new();
    let mut names: Vec<&str> = uses.iter().map(|row| row.name.as_str()).collect();
    // rows of one dependent stand together
    names.dedup();
    for name in names {
        let own: Vec<&DependentUse> = uses.iter().filter(|row| row.name == name).collect();
        // one use is enough; one that is not known keeps it open
        let value = if own.iter().any(|row| row.uses == Some(true)) {
            Some(true)
        } else if own.iter().any(|row| row.uses.is_none()) {
            None
        } else {
            Some(false)
        };
        let named: Vec<&&DependentUse> = own.iter().filter(|row| row.uses == value).collect();
        let first = named.first().map_or("", |row| row.operation.as_str());
        let source = if named.len() > 1 {
            format!("{first} and {} more", named.len() - 1)
        } else {
            first.to_owned()
        };
        rows.push(DependentRow {
            name: name.to_owned(),
            uses: value,
            source,
            evidence: named
                .iter()
                .flat_map(|row| row.evidence.clone())
                .take(8)
                .collect(),
        });
    }
    rows
}
