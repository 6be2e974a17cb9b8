//! The order of findings.

use crate::model::Finding;

/// Worst first; among equals by confidence, field, check, subject and place, so that the order
/// never depends on threads.
pub(super) fn sort_findings(findings: &mut [Finding]) {
    fn place(finding: &Finding) -> Option<(&str, usize)> {
        finding.evidence.first().map(|place| {
            (
                place.raw_path().unwrap_or_default(),
                place.line.unwrap_or(0),
            )
        })
    }
    findings.sort_by(|a, b| {
        (
            a.severity,
            a.confidence,
            a.domain,
            &a.check,
            &a.subject,
            place(a),
            &a.says,
        )
            .cmp(&(
                b.severity,
                b.confidence,
                b.domain,
                &b.check,
                &b.subject,
                place(b),
                &b.says,
            ))
    });
}
