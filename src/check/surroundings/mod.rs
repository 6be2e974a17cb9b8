//! Configuration, infrastructure, dependencies, security: what else changes under the program.

use super::{Range, SurroundingsOutcome};
use crate::model::{Changelog, CheckDoc};

/// Looks at configuration, infrastructure, dependency manifests and security marks of the range.
pub fn check(range: &Range<'_>, changelog: &Changelog) -> SurroundingsOutcome {
    let _ = (range, changelog);
    SurroundingsOutcome::default()
}

/// Documentation of these checks.
pub fn docs() -> Vec<CheckDoc> {
    Vec::new()
}
