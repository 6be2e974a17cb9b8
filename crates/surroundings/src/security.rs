//! `security/hole-reopened`.

use crate::check::{SurroundingsCheck, SurroundingsInput, WithEvidence, build_check_finding};
use model::{ChangelogEntry, CheckDoc, Confidence, Direction, Domain, Evidence, Finding, Severity};

static DOC: CheckDoc = CheckDoc {
    id: "security/hole-reopened",
    title: "Going back opens a closed security hole",
    domain: Domain::Security,
    direction: Direction::Rollback,
    looks_for: "Commits of the range that name a security id (CVE, GHSA and the like) or carry the type `security`. Commits that were reverted, that the previous release has too, or whose ids a commit of the previous release's own side names (a fix of its own for the same hole) do not count.",
    why: "By now the hole is publicly known, and going back opens it again.",
    action: "Name who accepts the risk before going back, or prefer a switch or a fix on top of the new release.",
    example: "fix(auth): check audience of tokens (CVE-2024-12345)",
    source: "Blocker B10; fact release.security_fix.",
};

pub(super) const CHECK: SurroundingsCheck = SurroundingsCheck {
    doc: &DOC,
    run: find_reopened_holes,
    #[cfg(any(test, feature = "fixtures"))]
    fixtures: make_fixtures,
};

fn find_reopened_holes(look: &SurroundingsInput<'_>) -> Vec<Finding> {
    let marked = |entry: &&ChangelogEntry| {
        entry.claims_security()
            && entry.cancelled_by.is_none()
            && !entry.in_previous
            && !entry.merge
            && !look.changelog.closed_in_previous(entry)
    };
    look.changelog
        .entries
        .iter()
        .filter(marked)
        .map(|entry| {
            let subject = if entry.security.is_empty() {
                entry.title.as_raw().to_owned()
            } else {
                entry.security.join(", ")
            };
            let says = format!(
                "{} would be undone: {}",
                if entry.security.is_empty() {
                    "A security change"
                } else {
                    "A commit that is marked as a security fix"
                },
                entry.title
            );
            let place = Evidence {
                commit: Some(entry.commit.clone()),
                excerpt: Some(entry.title.as_raw().into()),
                ..Evidence::default()
            };
            let confidence = if entry.security.is_empty() {
                Confidence::Likely
            } else {
                Confidence::Proven
            };
            build_check_finding(&DOC, Severity::Warns, confidence, subject, says).at([place])
        })
        .collect()
}

#[cfg(any(test, feature = "fixtures"))]
fn make_fixtures() -> (crate::case::Fixture, crate::case::Fixture) {
    use crate::case::Fixture;
    let entry = ChangelogEntry {
        commit: "a".repeat(40),
        title: "check audience of tokens".into(),
        security: vec!["CVE-2024-12345".to_owned()],
        ..ChangelogEntry::default()
    };
    let undone = ChangelogEntry {
        cancelled_by: Some("b".repeat(40)),
        ..entry.clone()
    };
    (
        Fixture {
            entries: vec![entry],
            ..Fixture::default()
        },
        Fixture {
            entries: vec![
                undone,
                ChangelogEntry {
                    title: "CVE".into(),
                    ..ChangelogEntry::default()
                },
            ],
            ..Fixture::default()
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{Changelog, MemorySnapshot};

    #[test]
    fn a_hole_that_previous_closed_itself_is_not_opened_again() {
        let (found, _) = make_fixtures();
        let ours = found.entries[0].clone();
        let theirs = ChangelogEntry {
            commit: "c".repeat(40),
            security: vec!["cve-2024-12345".to_owned()],
            ..ChangelogEntry::default()
        };
        let both = |ours: &ChangelogEntry| {
            let log = Changelog {
                entries: vec![ours.clone()],
                lost: vec![theirs.clone()],
                ..Changelog::default()
            };
            let empty = MemorySnapshot::default();
            let config = model::Config::default();
            let range = coverage::ReleaseRange {
                previous: &empty,
                current: &empty,
                changes: &[],
                config: &config,
                previous_version: "1",
                current_version: "2",
            };
            crate::check_surroundings(&range, &log).findings.len()
        };
        assert_eq!(both(&ours), 0);
        // one of two ids is open again
        let more = ChangelogEntry {
            security: vec!["CVE-2024-12345".to_owned(), "CVE-2024-99999".to_owned()],
            ..ours
        };
        assert_eq!(both(&more), 1);
    }
}
