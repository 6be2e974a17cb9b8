//! What a check of the surroundings is, looks at and says.

use crate::dependency::changed::{ChangedManifest, list_changed_manifests};
use crate::infrastructure::images::KnownImages;
use crate::settings::{ChangedSettings, list_changed_settings};
use coverage::ReleaseRange;
use model::{
    Changelog, CheckDeclaration, CheckDoc, Confidence, Evidence, Finding, Severity, Unchecked,
};

// three findings of one file are read, thirty are scrolled over
/// So many of a kind in one file are told one by one; more are one finding.
pub(crate) const APART: usize = 3;

// a sentence with more names is a list
/// Most names listed in one sentence.
pub(crate) const NAMES: usize = 4;

/// One check: its declaration, and what it does.
pub(crate) struct SurroundingsCheck {
    pub(crate) declared: CheckDeclaration,
    pub(crate) run: fn(&SurroundingsInput<'_>) -> Vec<Finding>,
}

/// What a check of the surroundings looks at.
pub(crate) struct SurroundingsInput<'a> {
    pub(crate) range: &'a ReleaseRange<'a>,
    pub(crate) changelog: &'a Changelog,
    pub(crate) settings: Vec<ChangedSettings>,
    pub(crate) libraries: Vec<ChangedManifest>,
    pub(crate) images: KnownImages,
}

impl<'a> SurroundingsInput<'a> {
    /// Reads what several checks look at.
    pub(crate) fn gather(
        range: &'a ReleaseRange<'a>,
        changelog: &'a Changelog,
        unchecked: &mut Vec<Unchecked>,
    ) -> Self {
        Self {
            range,
            changelog,
            settings: list_changed_settings(range, unchecked),
            libraries: list_changed_manifests(range, unchecked),
            images: KnownImages::default(),
        }
    }
}

/// A finding with the check's own reason and advice.
pub(crate) fn build_check_finding(
    doc: &CheckDoc,
    severity: Severity,
    confidence: Confidence,
    subject: impl Into<String>,
    says: impl Into<String>,
) -> Finding {
    doc.make_finding(severity, confidence, subject, says, Vec::new())
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
