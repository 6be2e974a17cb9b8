//! `infrastructure/resource-added`.

use super::terraform::{
    is_deletion_rule, is_secret_resource, is_stateful_resource, list_changed_resources,
};
use crate::check::{SurroundingsCheck, SurroundingsInput, WithEvidence, build_check_finding};
use model::{
    CheckDeclaration, CheckDoc, Confidence, Direction, Domain, Evidence, Finding, Severity,
    check_cases,
};

const DOC: CheckDoc = CheckDoc {
    id: "infrastructure/resource-added",
    title: "Going back would destroy a resource",
    domain: Domain::Infrastructure,
    direction: Direction::Rollback,
    looks_for: "Terraform resources that only the new release declares.",
    why: "Applying the previous release's configuration removes what it does not declare; what holds data goes with the data in it.",
    action: "Go back with the program only and leave infrastructure as it is, or protect the resource first.",
    example: "resource \"aws_s3_bucket\" \"receipts\" is new in the new release.",
    source: "Terraform: apply destroys what is in the state and no longer declared.",
};

pub(crate) const CHECK: SurroundingsCheck = SurroundingsCheck {
    declared: CheckDeclaration {
        doc: DOC,
        grades: None,
        place: module_path!(),
        cases: check_cases!(any(test, feature = "fixtures"), |_| {
            crate::case::try_fixtures(find_added_resources, make_fixtures())
        }),
    },
    run: find_added_resources,
};

fn find_added_resources(look: &SurroundingsInput<'_>) -> Vec<Finding> {
    let (old, new) = list_changed_resources(look);
    new.iter()
        .filter(|(address, _)| !old.contains_key(*address))
        .map(|(address, (path, line))| {
            let (previous, current) = (look.range.previous_version, look.range.current_version);
            let (severity, says) = if is_deletion_rule(address) {
                (Severity::Warns, format!("{address} is new and deletes what is kept: what it deleted since {current} was applied does not come back, and applying {previous} only ends it"))
            } else if is_stateful_resource(address) && is_secret_resource(address) {
                (Severity::Warns, format!("{address} is new; applying {previous} would destroy it: whoever was given it since is refused, and what {current} locked with it stays locked"))
            } else if is_stateful_resource(address) {
                (Severity::Warns, format!("{address} is new; applying {previous} would destroy it with the data in it"))
            } else {
                (Severity::Notes, format!("{address} is new; applying {previous} would remove it"))
            };
            build_check_finding(&DOC, severity, Confidence::Likely, address.as_str(), says).at([Evidence::at(&**path, *line).with_excerpt(address)])
        })
        .collect()
}

#[cfg(any(test, feature = "fixtures"))]
fn make_fixtures() -> (crate::case::Fixture, crate::case::Fixture) {
    use crate::case::Fixture;
    use model::FileKind;
    let bucket = "resource \"aws_s3_bucket\" \"receipts\" {\n}\n";
    (
        Fixture::of(
            "infra/main.tf",
            FileKind::Infrastructure,
            "# nothing\n",
            bucket,
        ),
        Fixture::of(
            "infra/main.tf",
            FileKind::Infrastructure,
            bucket,
            "# moved\n",
        )
        .and(
            "infra/storage.tf",
            FileKind::Infrastructure,
            None,
            Some(bucket),
        ),
    )
}

#[cfg(test)]
mod tests {
    use crate::case::Fixture;
    use model::FileKind;

    #[test]
    fn what_is_lost_is_named_as_what_it_is() {
        for (block, wanted) in [
            (
                "resource \"aws_s3_bucket\" \"jars\" {\n}\n",
                "with the data in it",
            ),
            (
                "resource \"aws_iam_access_key\" \"jars\" {\n}\n",
                "is refused",
            ),
            (
                "resource \"google_kms_crypto_key\" \"jars\" {\n}\n",
                "stays locked",
            ),
            (
                "resource \"aws_sns_topic_subscription\" \"jars\" {\n}\n",
                "would remove it",
            ),
        ] {
            let found = Fixture::of("a.tf", FileKind::Infrastructure, "# nothing\n", block)
                .run()
                .findings;
            assert!(
                found
                    .iter()
                    .any(|finding| finding.says.as_raw().contains(wanted)),
                "{block}: {found:?}"
            );
        }
    }
}
