//! `infrastructure/resource-added`.

use super::terraform::{
    is_deletion_rule, is_secret_resource, is_stateful_resource, list_changed_resources,
    list_forgotten_resources,
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
    let forgotten = list_forgotten_resources(look);
    new.iter()
        .filter(|(address, _)| !old.contains_key(*address))
        .map(|(address, (path, line))| {
            let (previous, current) = (look.range.previous_version, look.range.current_version);
            let renamed = forgotten
                .moved
                .get(address)
                .filter(|from| old.contains_key(*from));
            let (severity, says) = if let Some(from) = renamed {
                // Terraform reads a renamed resource without its `moved` block as one to destroy
                // and one to make
                let severity = if is_stateful_resource(address) { Severity::Warns } else { Severity::Notes };
                (severity, format!("{from} was renamed to {address}, and {previous} has no moved block that leads back: applying it would destroy the resource and make it anew"))
            } else if is_deletion_rule(address) {
                (Severity::Warns, format!("{address} is new and deletes what is kept: what it deleted since {current} was applied does not come back, and applying {previous} only ends it"))
            } else if is_stateful_resource(address) && is_secret_resource(address) {
                (Severity::Warns, format!("{address} is new; applying {previous} would destroy it: whoever was given it since is refused, and what {current} locked with it stays locked"))
            } else if is_stateful_resource(address) {
                (Severity::Warns, format!("{address} is new; applying {previous} would destroy it with the data in it"))
            } else {
                // made anew it is the same, as it holds nothing
                (Severity::Notes, format!("{address} is new; applying {previous} would remove it"))
            };
            // what is live may not have followed the file, so it is likely and no more
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
    fn a_resource_that_was_renamed_is_told_once() {
        let old = "resource \"aws_s3_bucket\" \"photos\" {\n}\n";
        let new = "resource \"aws_s3_bucket\" \"pictures\" {\n}\nmoved {\n  from = aws_s3_bucket.photos\n  to   = aws_s3_bucket.pictures\n}\n";
        let found = Fixture::of("infra/s3.tf", FileKind::Infrastructure, old, new)
            .run()
            .findings;
        let told: Vec<&str> = found
            .iter()
            .filter(|finding| {
                finding
                    .check
                    .as_str()
                    .starts_with("infrastructure/resource-")
            })
            .map(|finding| finding.says.as_raw())
            .collect();
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(
            told[0].contains("was renamed to aws_s3_bucket.pictures"),
            "{}",
            told[0]
        );
    }

    #[test]
    fn a_resource_that_current_only_forgets_is_said_to_be_there() {
        let old = "resource \"aws_dynamodb_table\" \"orders\" {\n}\n";
        let new = "removed {\n  from = aws_dynamodb_table.orders\n\n  lifecycle {\n    destroy = false\n  }\n}\n";
        let found = Fixture::of("infra/db.tf", FileKind::Infrastructure, old, new)
            .of_check("infrastructure/resource-removed");
        assert!(
            found[0].says.as_raw().contains("left where it is"),
            "{}",
            found[0].says
        );
    }

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
