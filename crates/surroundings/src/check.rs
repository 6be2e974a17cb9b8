//! What a check of the surroundings is, looks at and says.

#[cfg(any(test, feature = "fixtures"))]
use crate::case::Fixture;
use crate::dependency::changed::ChangedManifest;
use crate::infrastructure::images::KnownImages;
use crate::settings::ChangedSettings;
use coverage::ReleaseRange;
use model::{Changelog, CheckDoc, CheckId, Confidence, Evidence, Finding, Severity, Untrusted};

/// So many of a kind in one file are told one by one; more are one finding.
pub(crate) const APART: usize = 3;

/// Most names listed in one sentence.
pub(crate) const NAMES: usize = 4;

/// One check: its documentation, what it does, and in tests a case it finds and one it must not.
pub(crate) struct SurroundingsCheck {
    pub(crate) doc: &'static CheckDoc,
    pub(crate) run: fn(&SurroundingsInput<'_>) -> Vec<Finding>,
    #[cfg(any(test, feature = "fixtures"))]
    pub(crate) fixtures: fn() -> (Fixture, Fixture),
}

/// What a check of the surroundings looks at.
pub(crate) struct SurroundingsInput<'a> {
    pub(crate) range: &'a ReleaseRange<'a>,
    pub(crate) changelog: &'a Changelog,
    pub(crate) settings: Vec<ChangedSettings>,
    pub(crate) libraries: Vec<ChangedManifest>,
    pub(crate) images: KnownImages,
}

/// A finding with the check's own reason and advice.
pub(crate) fn build_check_finding(
    doc: &CheckDoc,
    severity: Severity,
    confidence: Confidence,
    subject: impl Into<String>,
    says: impl Into<String>,
) -> Finding {
    Finding {
        check: CheckId::declared(doc.id),
        domain: doc.domain,
        severity,
        direction: doc.direction,
        confidence,
        subject: Untrusted::visible(&subject.into()),
        says: Untrusted::visible(&says.into()),
        why: doc.why.into(),
        action: doc.action.into(),
        compatibility_step: None,
        evidence: Vec::new(),
    }
}

pub(crate) trait WithEvidence {
    fn at(self, places: impl IntoIterator<Item = Evidence>) -> Self;
}

impl WithEvidence for Finding {
    fn at(mut self, places: impl IntoIterator<Item = Evidence>) -> Self {
        self.evidence.extend(places);
        self
    }
}

/// `a, b and 3 more`.
pub(crate) fn join_shortened_names<S: AsRef<str>>(all: &[S]) -> String {
    let shown: Vec<&str> = all.iter().take(NAMES).map(AsRef::as_ref).collect();
    match all.len().saturating_sub(NAMES) {
        0 => match shown.split_last() {
            Some((last, [])) => (*last).to_owned(),
            Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
            None => String::new(),
        },
        more => format!("{} and {more} more", shown.join(", ")),
    }
}
