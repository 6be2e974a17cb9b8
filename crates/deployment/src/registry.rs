//! All checks of the deployment.

use crate::check::DeploymentCheck;
use crate::live::{note, past};
use crate::process::lint;
use crate::{calendar, declared, staging};
use model::CheckDoc;

/// All of them.
static CHECKS: &[&DeploymentCheck] = &[
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

/// Documentation of every check of this room, ordered by id.
pub fn list_deployment_checks() -> Vec<CheckDoc> {
    let mut docs: Vec<CheckDoc> = CHECKS.iter().map(|check| check.doc).collect();
    docs.sort_by_key(|doc| doc.id);
    docs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_check_finds_its_case_and_leaves_the_other_alone() {
        for check in CHECKS {
            let id = check.doc.id;
            let (found, silent) = (check.fixtures)();
            let of_check = |one: &&model::Finding| one.check == id;
            let findings: Vec<_> = found.iter().filter(of_check).collect();
            assert!(!findings.is_empty(), "{id} found nothing in {found:?}");
            for finding in findings {
                assert!(
                    !finding.says.is_empty() && !finding.subject.is_empty(),
                    "{id}"
                );
                let places = &finding.evidence;
                assert!(places.iter().any(|place| place.path.is_some()), "{id}");
            }
            assert!(!silent.iter().any(|one| of_check(&one)), "{id}: {silent:?}");
        }
    }

    #[test]
    fn documentation_is_whole_and_ids_are_unique() {
        let docs = list_deployment_checks();
        let ids: std::collections::BTreeSet<_> = docs.iter().map(|doc| doc.id).collect();
        assert_eq!(ids.len(), docs.len());
        for doc in docs {
            for part in [
                doc.title,
                doc.looks_for,
                doc.why,
                doc.action,
                doc.example,
                doc.source,
            ] {
                assert!(!part.is_empty(), "{}", doc.id);
            }
        }
    }
}
