//! `infrastructure/resource-removed`.

use super::terraform::{is_stateful_resource, list_changed_resources, list_forgotten_resources};
use crate::check::{SurroundingsCheck, SurroundingsInput, WithEvidence, build_check_finding};
use model::{
    CheckDeclaration, CheckDoc, Confidence, Direction, Domain, Evidence, Finding, Severity,
    check_cases,
};

const DOC: CheckDoc = CheckDoc {
    id: "infrastructure/resource-removed",
    title: "The previous release needs a resource that is gone",
    domain: Domain::Infrastructure,
    direction: Direction::Rollback,
    looks_for: "Terraform resources that only the previous release declares.",
    why: "If infrastructure has followed the new release, what the previous release runs on no longer exists; created anew it is empty.",
    action: "Check whether the resource still exists before going back, and create it first if it does not.",
    example: "resource \"aws_sqs_queue\" \"payments\" is gone from the new release.",
    source: "Terraform: apply destroys what is in the state and no longer declared.",
};

pub(crate) const CHECK: SurroundingsCheck = SurroundingsCheck {
    declared: CheckDeclaration {
        doc: DOC,
        grades: None,
        place: module_path!(),
        cases: check_cases!(any(test, feature = "fixtures"), |_| {
            crate::case::try_fixtures(find_removed_resources, make_fixtures())
        }),
    },
    run: find_removed_resources,
};

fn find_removed_resources(look: &SurroundingsInput<'_>) -> Vec<Finding> {
    let (old, new) = list_changed_resources(look);
    let forgotten = list_forgotten_resources(look);
    // the newer name is told on the other side, with the way back
    let renamed = |address: &String| {
        let mut moved = forgotten.moved.iter();
        moved.any(|(to, from)| from == address && new.contains_key(to))
    };
    old.iter()
        .filter(|(address, _)| !new.contains_key(*address) && !renamed(address))
        .map(|(address, (path, line))| {
            let severity = if is_stateful_resource(address) {
                Severity::Warns
            } else {
                Severity::Notes
            };
            // `removed { lifecycle { destroy = false } }` leaves it running without an owner
            let kept = if forgotten.kept.contains(address) {
                ", which takes it out of the state and it is left where it is: applying the older one would make another beside it"
            } else {
                ""
            };
            let says = format!(
                "{address} is declared by {} and no longer by {}{kept}",
                look.range.previous_version, look.range.current_version
            );
            build_check_finding(&DOC, severity, Confidence::Likely, address.as_str(), says)
                .at([Evidence::at(&**path, *line).with_excerpt(address)])
        })
        .collect()
}

#[cfg(any(test, feature = "fixtures"))]
fn make_fixtures() -> (crate::case::Fixture, crate::case::Fixture) {
    use crate::case::Fixture;
    use model::FileKind;
    let queue = "resource \"aws_sqs_queue\" \"payments\" {\n}\n";
    (
        Fixture::of(
            "infra/main.tf",
            FileKind::Infrastructure,
            queue,
            "# nothing\n",
        ),
        Fixture::of(
            "infra/main.tf",
            FileKind::Infrastructure,
            "# nothing\n",
            queue,
        ),
    )
}
