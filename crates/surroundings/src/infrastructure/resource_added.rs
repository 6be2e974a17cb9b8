//! `infrastructure/resource-added`.

use super::super::{Check, Look, WithEvidence, finding};
use super::terraform::{deletes, resources, stateful};
use model::{CheckDoc, Confidence, Direction, Domain, Evidence, Finding, Severity};

static DOC: CheckDoc = CheckDoc {
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

pub(in super::super) const CHECK: Check = Check {
    doc: &DOC,
    run,
    #[cfg(any(test, feature = "fixtures"))]
    fixtures,
};

fn run(look: &Look<'_>) -> Vec<Finding> {
    let (old, new) = resources(look);
    new.iter()
        .filter(|(address, _)| !old.contains_key(*address))
        .map(|(address, (path, line))| {
            let (previous, current) = (look.range.previous_version, look.range.current_version);
            let (severity, says) = if deletes(address) {
                (Severity::Warns, format!("{address} is new and deletes what is kept: what it deleted since {current} was applied does not come back, and applying {previous} only ends it"))
            } else if stateful(address) {
                (Severity::Warns, format!("{address} is new; applying {previous} would destroy it with the data in it"))
            } else {
                (Severity::Notes, format!("{address} is new; applying {previous} would remove it"))
            };
            finding(&DOC, severity, Confidence::Likely, address.as_str(), says).at([Evidence::at(&**path, *line).with_excerpt(address)])
        })
        .collect()
}

#[cfg(any(test, feature = "fixtures"))]
fn fixtures() -> (
    super::super::fixture::Fixture,
    super::super::fixture::Fixture,
) {
    use super::super::fixture::Fixture;
    use model::Kind;
    let bucket = "resource \"aws_s3_bucket\" \"receipts\" {\n}\n";
    (
        Fixture::of("infra/main.tf", Kind::Infrastructure, "# nothing\n", bucket),
        Fixture::of("infra/main.tf", Kind::Infrastructure, bucket, "# moved\n").and(
            "infra/storage.tf",
            Kind::Infrastructure,
            None,
            Some(bucket),
        ),
    )
}
