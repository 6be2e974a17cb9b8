//! `security/hole-reopened`.

mod closed_in_code;
mod told;
mod words;

use std::collections::BTreeSet;

use crate::check::{SurroundingsCheck, SurroundingsInput, WithEvidence, build_check_finding};
use model::{
    ChangelogEntry, CheckDeclaration, CheckDoc, Confidence, Direction, Domain, Evidence, FileKind,
    Finding, Severity, check_cases,
};

const DOC: CheckDoc = CheckDoc {
    id: "security/hole-reopened",
    title: "Going back opens a closed security hole",
    domain: Domain::Security,
    direction: Direction::Rollback,
    looks_for: "Commits of the range that name a security id (CVE, GHSA and the like), carry the type or the scope `security`, or speak of a hole in their title; and what the change log, release notes, news fragments and remarks in program text newly say. Also program text that changed: a spelling that let something happen is gone (a certificate that was not checked, objects made of what is read, a statement put together from a text, a page that shows text as it is), or a check of who calls comes before what was there. Not counted: commits that were reverted, that the previous release has too, or that touch documentation and tests alone; ids that the previous release's own side or notes name already; entries of older versions; holes that the text says do not apply.",
    why: "By now the hole is publicly known, and going back opens it again.",
    action: "Name who accepts the risk before going back, or prefer a switch or a fix on top of the new release.",
    example: "fix(auth): check audience of tokens (CVE-2024-12345)",
    source: "Blocker B10; fact release.security_fix.",
};

pub(super) const CHECK: SurroundingsCheck = SurroundingsCheck {
    declared: CheckDeclaration {
        doc: DOC,
        grades: None,
        place: module_path!(),
        cases: check_cases!(any(test, feature = "fixtures"), |_| {
            crate::case::try_fixtures(find_reopened_holes, make_fixtures())
        }),
    },
    run: find_reopened_holes,
};

/// A hole that the newer release closes, and what says so.
struct ClosedHole {
    /// Ids of advisories; none where the words alone tell.
    ids: Vec<String>,
    /// What it is called where it has no id.
    title: String,
    says: String,
    confidence: Confidence,
    place: Evidence,
}

fn find_reopened_holes(look: &SurroundingsInput<'_>) -> Vec<Finding> {
    // documentation and tests close no hole
    let silent = |kind: FileKind| matches!(kind, FileKind::Documentation | FileKind::Test);
    let changes = look.range.changes;
    // an empty list of changes is one that is not known, and then commits count
    if !changes.is_empty() && changes.iter().all(|change| silent(change.kind)) {
        return Vec::new();
    }
    let mut holes: Vec<ClosedHole> = look
        .changelog
        .entries
        .iter()
        // the oldest first: it closed the hole, and later ones only speak of it again
        .rev()
        .filter(|entry| counts(look, entry))
        .filter_map(read_commit)
        .collect();
    holes.extend(told::list_told_holes(look.range));
    holes.extend(closed_in_code::list_holes_in_code(look.range));
    let ids: Vec<String> = holes.iter().flat_map(|hole| hole.ids.clone()).collect();
    // what previous names as closed is closed there too
    let mut seen: BTreeSet<String> = told::find_named_before(look.range, &ids);
    let mut findings = Vec::new();
    let mut has_id = false;
    for mut hole in holes {
        let was_named = !hole.ids.is_empty();
        hole.ids.retain(|id| seen.insert(id.to_ascii_uppercase()));
        if was_named && hole.ids.is_empty() {
            continue;
        }
        // words beside an id are about that id, as far as anybody can tell
        if !was_named && (has_id || !seen.insert(hole.title.to_ascii_lowercase())) {
            // a change log and its commit speak of one hole in two ways
            continue;
        }
        has_id |= was_named;
        let subject = if was_named {
            hole.ids.join(", ")
        } else {
            hole.title
        };
        findings.push(
            build_check_finding(&DOC, Severity::Warns, hole.confidence, subject, hole.says)
                .at([hole.place]),
        );
    }
    findings
}

/// Whether going back would undo what a commit did to the program.
fn counts(look: &SurroundingsInput<'_>, entry: &ChangelogEntry) -> bool {
    // a commit that was taken back again closes nothing
    entry.cancelled_by.is_none()
        && !entry.in_previous
        && !entry.merge
        && !look.changelog.closed_in_previous(entry)
        && !is_silent(look, entry)
}

/// A commit whose paths are all known, and are documentation and tests alone.
fn is_silent(look: &SurroundingsInput<'_>, entry: &ChangelogEntry) -> bool {
    !entry.paths.is_empty()
        // a long commit lists only some of its paths, and the others may be program text
        && entry.paths.len() as u64 >= entry.path_count
        && entry.paths.iter().all(|path| {
            let changed = look
                .range
                .changes
                .iter()
                .find(|change| change.path == *path);
            changed.is_some_and(|change| {
                matches!(change.kind, FileKind::Documentation | FileKind::Test)
            })
        })
}

fn read_commit(entry: &ChangelogEntry) -> Option<ClosedHole> {
    let (title, kind) = (entry.title.as_raw(), entry.conventional_type());
    let scope = entry.scope.as_ref().map(|scope| scope.as_raw());
    let typed = entry.claims_security() || kind == Some("fix") && scope == Some("security");
    // a refactoring that names an injection moves names of programs
    let told = !matches!(kind, Some("docs" | "test" | "ci" | "style" | "refactor"))
        && words::tell_of_hole(title);
    // `not affected by CVE-..` closes nothing
    if words::deny_hole(title) {
        return None;
    }
    let (confidence, begin) = if !entry.security.is_empty() {
        (
            Confidence::Proven,
            "A commit that is marked as a security fix would be undone",
        )
    } else if typed {
        (Confidence::Likely, "A security change would be undone")
    } else if told {
        (
            Confidence::Hint,
            "A commit whose title speaks of a security hole would be undone",
        )
    } else {
        return None;
    };
    Some(ClosedHole {
        ids: entry.security.clone(),
        title: title.to_owned(),
        says: format!("{begin}: {}", entry.title),
        confidence,
        place: Evidence {
            commit: Some(entry.commit.clone()),
            excerpt: Some(title.into()),
            ..Evidence::default()
        },
    })
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
