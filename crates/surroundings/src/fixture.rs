//! Every check of the surroundings on a case it must find and on one it must not.

#[cfg(test)]
use crate::case::Fixture;
#[cfg(test)]
use crate::check::join_shortened_names;
use crate::registry::CHECKS;
#[cfg(test)]
use crate::registry::check_surroundings;
#[cfg(test)]
use coverage::SurroundingsOutcome;
use model::{CheckCases, Finding};

#[cfg(test)]
impl Fixture {
    /// What all checks make of it.
    pub fn run(&self) -> SurroundingsOutcome {
        self.compare(check_surroundings)
    }

    /// What one check makes of it.
    pub fn of_check(&self, id: &str) -> Vec<Finding> {
        self.run()
            .findings
            .into_iter()
            .filter(|finding| finding.check == id)
            .collect()
    }
}

/// What the checks find in their own cases and warn of.
pub fn list_case_warnings() -> Vec<Finding> {
    let found_by = |check: &model::CheckDeclaration| {
        let CheckCases::Beside(Some(try_cases)) = check.cases else {
            return Vec::new();
        };
        try_cases(check.doc.id)
            .found
            .into_iter()
            .filter(|finding| finding.check == check.doc.id)
            .filter(|finding| finding.severity <= model::Severity::Warns)
            .collect()
    };
    CHECKS
        .iter()
        .flat_map(|check| found_by(&check.declared))
        .collect()
}

#[test]
fn every_check_is_whole_finds_its_case_and_leaves_the_other_alone() {
    let faults = model::find_check_faults(CHECKS.iter().map(|check| &check.declared));
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn a_file_that_cannot_be_read_is_named_and_the_rest_goes_on() {
    let outcome = Fixture::of(".env", model::FileKind::Config, "A=1\0", "A=2")
        .and(
            "Cargo.lock",
            model::FileKind::Dependency,
            Some("\0"),
            Some("x"),
        )
        .run();
    assert_eq!(
        outcome
            .unchecked
            .iter()
            .map(|entry| entry.what.as_raw())
            .collect::<Vec<_>>(),
        [".env", "Cargo.lock"]
    );
}

#[test]
fn lists_of_names_are_short() {
    assert_eq!(join_shortened_names::<&str>(&[]), "");
    assert_eq!(join_shortened_names(&["a"]), "a");
    assert_eq!(join_shortened_names(&["a", "b", "c"]), "a, b and c");
    assert_eq!(
        join_shortened_names(&["a", "b", "c", "d", "e", "f"]),
        "a, b, c, d and 2 more"
    );
}
