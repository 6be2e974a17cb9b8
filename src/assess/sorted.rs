//! The order of findings, and of what could not be checked.

use crate::check::coverage::Ledger;
use crate::model::{Finding, Unchecked};

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

/// The strength of what names no changed file (a tag that is not read, a check that stopped):
/// behind what a changed line shows, before files of which nothing is known.
const GENERAL: u8 = 85;

/// Behind everything that has a name.
const COUNTED: u8 = u8::MAX;

/// What bears on the way back most first, as the ledger orders open places; among equals by name,
/// so that the order never depends on threads. `first` is known to bear on all of it.
pub(super) fn sort_unchecked(unchecked: &mut Vec<Unchecked>, ledger: Option<&Ledger>, first: &str) {
    let ranks = ledger.map(Ledger::rank_open_files).unwrap_or_default();
    let rank = |one: &Unchecked| {
        let path = match one.what.as_raw().rsplit_once(':') {
            Some((path, line)) if line.bytes().all(|byte| byte.is_ascii_digit()) => path,
            _ => one.what.as_raw(),
        };
        match ranks.get(path) {
            _ if one.what == first => (0, 0),
            Some(rank) => *rank,
            None if counts_files(one.what.as_raw()) => (COUNTED, 0),
            None => (GENERAL, 0),
        }
    };
    unchecked.sort_by_cached_key(|one| (rank(one), one.clone()));
    unchecked.dedup();
}

/// Such as `4 more files (stored form)`.
fn counts_files(what: &str) -> bool {
    what.split_once(" more file")
        .is_some_and(|(count, _)| count.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::coverage::{DomainStanding, FileStanding, OpenMark};
    use crate::model::CannotRule;

    #[test]
    fn what_could_not_be_checked_is_listed_by_how_it_bears_on_the_way_back() {
        let file = |path: &str, domain: usize, rank| {
            let mut standings: [DomainStanding; 5] =
                std::array::from_fn(|_| DomainStanding::Cannot(CannotRule::OtherField));
            standings[domain] = DomainStanding::Open(OpenMark {
                line: Some(3),
                why: "may matter".into(),
                rank,
            });
            FileStanding {
                path: path.to_owned(),
                old_path: None,
                standings,
            }
        };
        let ledger = Ledger {
            files: vec![
                file("a/plain.go", 1, 90),
                file("b/route.go", 2, 30),
                file("y/tables.go", 0, 30),
                file("z/format.go", 1, 10),
            ],
            unsearched: Vec::new(),
        };
        let names = [
            "a/plain.go",
            "3 more files (stored form)",
            "40 tags",
            "b/route.go:3",
            "y/tables.go:3",
            "y/tables.go:3",
            "changes of the schema",
            "z/format.go:3",
        ];
        let mut all: Vec<Unchecked> = names
            .iter()
            .map(|what| Unchecked {
                what: (*what).to_owned().into(),
                why: String::new().into(),
                settle_with: None,
            })
            .collect();
        sort_unchecked(&mut all, Some(&ledger), "changes of the schema");
        let order: Vec<&str> = all.iter().map(|one| one.what.as_raw()).collect();
        assert_eq!(
            order,
            [
                "changes of the schema",
                "z/format.go:3",
                "y/tables.go:3",
                "b/route.go:3",
                "40 tags",
                "a/plain.go",
                "3 more files (stored form)",
            ]
        );
    }
}
