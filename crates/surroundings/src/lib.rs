//! Configuration, infrastructure, dependencies, security: what else changes under the program.
//!
//! These checks are sober on purpose: they note and warn. What they see is what lies in the
//! repository; what is live may differ.

mod config;
mod dependency;
mod infrastructure;
mod same_text;
mod security;
mod settings;
pub mod stored;

use coverage::{ReleaseRange, SurroundingsOutcome};
use model::{
    Changelog, CheckDoc, CheckId, Confidence, Evidence, FileChange, Finding, ReadError, Severity,
    Snapshot, Unchecked,
};

/// Largest text these checks read, in bytes: lock files of large projects have some megabytes.
const LIMIT: usize = 12 * 1024 * 1024;

/// Most findings one check gives one by one; the rest is counted in a last one.
const MOST: usize = 25;

/// So many of a kind in one file are told one by one; more are one finding.
const APART: usize = 3;

/// Most names listed in one sentence.
const NAMES: usize = 4;

/// One check: its documentation, what it does, and in tests a case it finds and one it must not.
struct SurroundingsCheck {
    doc: &'static CheckDoc,
    run: fn(&SurroundingsInput<'_>) -> Vec<Finding>,
    #[cfg(any(test, feature = "fixtures"))]
    fixtures: fn() -> (fixture::Fixture, fixture::Fixture),
}

/// All of them. One check is one file.
const CHECKS: &[SurroundingsCheck] = &[
    config::key_added::CHECK,
    config::key_removed::CHECK,
    config::default_changed::CHECK,
    config::switch_covers_part::CHECK,
    infrastructure::application_image::CHECK,
    infrastructure::base_image::CHECK,
    infrastructure::definition::CHECK,
    infrastructure::immutable::CHECK,
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
    security::CHECK,
];

/// What a check of the surroundings looks at.
struct SurroundingsInput<'a> {
    range: &'a ReleaseRange<'a>,
    changelog: &'a Changelog,
    settings: Vec<settings::ChangedSettings>,
    libraries: Vec<dependency::ChangedManifest>,
    images: infrastructure::KnownImages,
}

/// Looks at configuration, infrastructure, dependency manifests and security marks of the range.
pub fn check_surroundings(range: &ReleaseRange<'_>, changelog: &Changelog) -> SurroundingsOutcome {
    let mut outcome = SurroundingsOutcome::default();
    let settings = settings::list_changed_settings(range, &mut outcome.unchecked);
    let libraries = dependency::list_changed_manifests(range, &mut outcome.unchecked);
    let look = SurroundingsInput {
        range,
        changelog,
        settings,
        libraries,
        images: infrastructure::KnownImages::default(),
    };
    for check in CHECKS {
        let mut findings = (check.run)(&look);
        if findings.len() > MOST {
            let rest = findings.len() - MOST;
            findings.sort_by_key(|finding| finding.severity);
            findings.truncate(MOST);
            outcome.unchecked.push(Unchecked {
                what: check.doc.title.to_owned(),
                why: format!("{rest} more were found and are not listed"),
                settle_with: Some("look at what changed in these files".to_owned()),
            });
        }
        outcome.findings.extend(findings);
    }
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

/// Documentation of these checks.
pub fn list_surroundings_docs() -> Vec<CheckDoc> {
    CHECKS.iter().map(|check| *check.doc).collect()
}

/// A finding with the check's own reason and advice.
fn build_check_finding(
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
        subject: model::escape_invisible(&subject.into()).into_owned(),
        says: model::escape_invisible(&says.into()).into_owned(),
        why: doc.why.to_owned(),
        action: doc.action.to_owned(),
        compatibility_step: None,
        evidence: Vec::new(),
    }
}

trait WithEvidence {
    fn at(self, places: impl IntoIterator<Item = Evidence>) -> Self;
}

impl WithEvidence for Finding {
    fn at(mut self, places: impl IntoIterator<Item = Evidence>) -> Self {
        self.evidence.extend(places);
        self
    }
}

/// A text of one side, bounded. `None` where that side has none; an unreadable one is named.
fn read_bounded_text(
    tree: &dyn Snapshot,
    path: Option<&str>,
    unchecked: &mut Vec<Unchecked>,
) -> Option<String> {
    let path = path?;
    let why = match tree.read_text(path) {
        Ok(text) if text.len() <= LIMIT => return Some(text),
        Ok(text) => format!(
            "it has {} bytes, more than the {LIMIT} that are read",
            text.len()
        ),
        Err(ReadError::NotFound(_)) => return None,
        Err(error) => error.to_string(),
    };
    unchecked.push(Unchecked {
        what: model::escape_invisible(path).into_owned(),
        why,
        settle_with: Some("look at what changed in this file".to_owned()),
    });
    None
}

/// Where a change's file lies in previous.
fn old_path(change: &FileChange) -> Option<&str> {
    match change.status {
        model::FileStatus::Added => None,
        _ => Some(change.old_path.as_deref().unwrap_or(&change.path)),
    }
}

/// Where it lies in current.
fn new_path(change: &FileChange) -> Option<&str> {
    (change.status != model::FileStatus::Deleted).then_some(change.path.as_str())
}

/// `a, b and 3 more`.
fn join_shortened_names<S: AsRef<str>>(all: &[S]) -> String {
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

#[cfg(any(test, feature = "fixtures"))]
pub mod fixture;
