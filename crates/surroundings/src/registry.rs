//! All checks of the surroundings, and how they are run.

use crate::check::{SurroundingsCheck, SurroundingsInput};
use crate::{config, dependency, infrastructure, security};
use coverage::{ReleaseRange, SurroundingsOutcome};
use model::{Changelog, CheckDeclaration, Unchecked};

// a list for a person; what is beyond is counted, so that its end is not taken for all
/// Most findings one check gives one by one; the rest is counted in a last one.
pub(crate) const MOST: usize = 25;

/// All of them. One check is one file.
pub(crate) const CHECKS: &[SurroundingsCheck] = &[
    config::key_added::CHECK,
    config::key_removed::CHECK,
    config::default_changed::CHECK,
    config::switch_covers_part::CHECK,
    config::flag_call::CHECK,
    infrastructure::application_image::CHECK,
    infrastructure::base_image::CHECK,
    infrastructure::database_statement::CHECK,
    infrastructure::declared_in_program::CHECK,
    infrastructure::definition::CHECK,
    infrastructure::definition_schema::CHECK,
    infrastructure::immutable::CHECK,
    infrastructure::keeps_running::CHECK,
    infrastructure::store_attribute::CHECK,
    infrastructure::store_image::CHECK,
    infrastructure::chart_values::CHECK,
    infrastructure::pipeline::CHECK,
    infrastructure::resource_added::CHECK,
    infrastructure::resource_removed::CHECK,
    dependency::major_change::CHECK,
    dependency::added::CHECK,
    dependency::removed::CHECK,
    dependency::runtime::CHECK,
    dependency::stored_format::CHECK,
    security::CHECK,
];

/// Looks at configuration, infrastructure, dependency manifests and security marks of the range.
pub fn check_surroundings(range: &ReleaseRange<'_>, changelog: &Changelog) -> SurroundingsOutcome {
    let mut outcome = SurroundingsOutcome::default();
    let look = SurroundingsInput::gather(range, changelog, &mut outcome.unchecked);
    for check in CHECKS {
        let mut findings = (check.run)(&look);
        if findings.len() > MOST {
            let rest = findings.len() - MOST;
            // the worst ones stay when the others are counted
            findings.sort_by_key(|finding| finding.severity);
            findings.truncate(MOST);
            outcome.unchecked.push(Unchecked {
                what: check.declared.doc.title.into(),
                why: format!("{rest} more were found and are not listed").into(),
                settle_with: Some("look at what changed in these files".into()),
            });
        }
        outcome.findings.extend(findings);
    }
    outcome.definitions = infrastructure::definition_schema::list_read_definitions(&look);
    outcome.findings.sort_by(|a, b| {
        (a.severity, a.confidence, &a.check, &a.subject).cmp(&(
            b.severity,
            b.confidence,
            &b.check,
            &b.subject,
        ))
    });
    outcome.unchecked.sort();
    outcome.unchecked.dedup();
    outcome
}

/// These checks.
pub fn list_surroundings_checks() -> Vec<CheckDeclaration> {
    CHECKS.iter().map(|check| check.declared).collect()
}
