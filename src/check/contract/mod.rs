//! Contracts: what vanishes or narrows when the new contract disappears again, and who uses it.

use super::{ContractOutcome, DependentTree, Range};
use crate::model::CheckDoc;

/// Compares every contract file that differs between the two releases, both ways.
pub fn check(range: &Range<'_>, dependents: &[DependentTree<'_>]) -> ContractOutcome {
    let _ = (range, dependents);
    ContractOutcome::default()
}

/// Documentation of the contract checks.
pub fn docs() -> Vec<CheckDoc> {
    Vec::new()
}
