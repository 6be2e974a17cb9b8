//! What a check of the deployment is.

use model::{CheckDoc, CheckId, Confidence, Evidence, Finding, Severity, Untrusted};

/// One check: its documentation, and in tests what is found in a case of it and in one that looks
/// alike. What it does stands beside it, with the reader of what it looks at: a process, a calendar,
/// a state file, a tree or the declarations of authors.
pub(crate) struct DeploymentCheck {
    pub(crate) doc: CheckDoc,
    #[cfg(test)]
    pub(crate) fixtures: fn() -> (Vec<Finding>, Vec<Finding>),
}

impl DeploymentCheck {
    /// A finding with the check's own reason and advice.
    pub(crate) fn make_finding(
        &self,
        severity: Severity,
        confidence: Confidence,
        subject: impl Into<Untrusted>,
        says: impl Into<Untrusted>,
        evidence: Vec<Evidence>,
    ) -> Finding {
        Finding {
            check: CheckId::declared(self.doc.id),
            domain: self.doc.domain,
            severity,
            direction: self.doc.direction,
            confidence,
            subject: subject.into(),
            says: says.into(),
            why: self.doc.why.into(),
            action: self.doc.action.into(),
            compatibility_step: None,
            evidence,
        }
    }
}
