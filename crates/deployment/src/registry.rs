//! All checks of the deployment.

use crate::live::{note, past};
use crate::process::lint;
use crate::{calendar, declared, staging};
use model::CheckDeclaration;

/// All of them.
static CHECKS: &[&CheckDeclaration] = &[
    &note::STATE_FILE,
    &past::ROLLED_BACK_BEFORE,
    &lint::CHANGED,
    &lint::RERUNS,
    &lint::LONG_WORD,
    &lint::UNGUARDED,
    &lint::UNKNOWN_STEP,
    &lint::OPAQUE,
    &lint::REQUIRED,
    &lint::SKIPS,
    &lint::NOTHING_BLOCKS,
    &staging::STAGED,
    &staging::ONE_BY_ONE,
    &staging::RECREATED,
    &calendar::CALENDAR,
    &declared::NOT_SAFE,
    &declared::SAFE,
    &declared::MIGRATION,
];

/// Every check of this room, ordered by id.
pub fn list_deployment_checks() -> Vec<CheckDeclaration> {
    let mut checks: Vec<CheckDeclaration> = CHECKS.iter().map(|check| **check).collect();
    checks.sort_by_key(|check| check.doc.id);
    checks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_check_is_whole_finds_its_case_and_leaves_the_other_alone() {
        let faults = model::find_check_faults(CHECKS.iter().copied());
        assert!(faults.is_empty(), "{}", faults.join("\n"));
    }
}
