//! `infrastructure/store-attribute`.

use std::collections::BTreeMap;

use super::changes::list_infrastructure_changes;
use super::changes::read_infrastructure_texts;
use super::terraform::is_stateful_resource;
use crate::check::{SurroundingsCheck, SurroundingsInput, WithEvidence, build_check_finding};
use coverage::terraform::each_line;
use model::{
    CheckDeclaration, CheckDoc, Confidence, Direction, Domain, Evidence, Finding, Severity,
    check_cases, shorten_text,
};

const DOC: CheckDoc = CheckDoc {
    id: "infrastructure/store-attribute",
    title: "What a data store is made with changed in a way that does not go back",
    domain: Domain::Infrastructure,
    direction: Direction::Rollback,
    looks_for: "Attributes of Terraform resources that hold data: sizes, storage and numbers of partitions or shards that grow, encryption that is switched, keys, names and keepers that a resource is made anew for.",
    why: "A disk, a topic or a stream that has grown cannot be made smaller, and a store whose encryption, key or name changes is made anew, without its data; applying the previous release is refused or does it again.",
    action: "Go back with the program only and leave infrastructure as it is; where it has to be applied, read the plan first and take a backup of what would be replaced.",
    example: "resource \"aws_db_instance\" \"jars\": allocated_storage goes from 100 to 200.",
    source: "Documentation of providers: attributes that force a new resource, storage that cannot be reduced.",
};

pub(crate) const CHECK: SurroundingsCheck = SurroundingsCheck {
    declared: CheckDeclaration {
        doc: DOC,
        grades: None,
        place: module_path!(),
        cases: check_cases!(any(test, feature = "fixtures"), |_| {
            crate::case::try_fixtures(find_store_attribute_changes, make_fixtures())
        }),
    },
    run: find_store_attribute_changes,
};

/// Most attributes of one file that are compared.
const ATTRIBUTES: usize = 20_000;

/// Values by address and key, with their lines.
type Attributes = BTreeMap<(String, String), (String, usize)>;

fn find_store_attribute_changes(look: &SurroundingsInput<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for change in list_infrastructure_changes(look).filter(|change| {
        [".tf", ".tofu"]
            .iter()
            .any(|end| change.path.ends_with(end))
    }) {
        let (Some(old), Some(new)) = read_infrastructure_texts(look, change) else {
            continue;
        };
        let (before, after) = (read_store_attributes(&old), read_store_attributes(&new));
        let addresses: std::collections::BTreeSet<&str> =
            before.keys().map(|(address, _)| address.as_str()).collect();
        for ((address, key), (value, line)) in &after {
            let was = before
                .get(&(address.clone(), key.clone()))
                .map_or("", |(was, _)| was.as_str());
            // a new resource has no older size
            if was == value || !addresses.contains(address.as_str()) {
                continue;
            }
            let Some(what) = way_back(key, was, value) else {
                continue;
            };
            let (previous, place) = (
                look.range.previous_version,
                Evidence::at(&*change.path, *line)
                    .with_excerpt(&format!("{key} = {}", shorten_text(value, 80))),
            );
            let says = format!(
                "{key} of {address} {what} in {}:{line}; {}",
                change.path,
                if what.starts_with("grows") {
                    format!(
                        "it cannot be made smaller again, so applying {previous} is refused or makes it anew"
                    )
                } else {
                    format!("applying {previous} makes it anew, without the data in it")
                }
            );
            findings.push(
                build_check_finding(
                    &DOC,
                    Severity::Warns,
                    Confidence::Likely,
                    address.as_str(),
                    says,
                )
                .at([place]),
            );
        }
    }
    findings
}

/// What a change of an attribute is, where it does not go back: the words behind the name of the
/// attribute.
fn way_back(key: &str, was: &str, is: &str) -> Option<String> {
    let last = key.rsplit('.').next().unwrap_or(key).to_ascii_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| last.contains(word));
    let number = |text: &str| text.parse::<f64>().ok();
    if has(&["storage", "size", "partition", "shard", "capacity"])
        // limits of a scaler are no sizes
        && !has(&["max_", "min_", "desired"])
        // a size that shrank was accepted forward, and growing again is no obstacle
        && let (Some(old), Some(new)) = (number(was), number(is))
    {
        return (new > old).then(|| format!("grows from {was} to {is}"));
    }
    let shown = |text: &str| {
        if text.is_empty() {
            "nothing".to_owned()
        } else {
            shorten_text(text, 40).into_owned()
        }
    };
    // providers make these resources anew, whatever the value was
    let anew = has(&["encrypt", "kms_key", "keepers", "snapshot_identifier"])
        || [
            "hash_key",
            "range_key",
            "partition_key",
            "shard_key",
            "db_name",
        ]
        .contains(&last.as_str());
    // an attribute that was not written may have had this value by default
    anew.then(|| format!("goes from {} to {}", shown(was), shown(is)))
}

fn read_store_attributes(text: &str) -> Attributes {
    let mut found = Attributes::new();
    each_line(text, |line| {
        if line.block.first() == Some(&"resource")
            && !line.value.is_empty()
            && found.len() < ATTRIBUTES
        {
            let address = line.address();
            // a function or an alarm has sizes too, and keeps nothing
            if is_stateful_resource(&address) {
                found
                    .entry((address, line.keys.join(".")))
                    .or_insert((line.value.to_owned(), line.number));
            }
        }
    });
    found
}

#[cfg(any(test, feature = "fixtures"))]
fn make_fixtures() -> (crate::case::Fixture, crate::case::Fixture) {
    use crate::case::Fixture;
    use model::FileKind;
    let of = |storage: u32, team: &str| {
        let text = format!(
            "resource \"aws_db_instance\" \"jars\" {{\n  allocated_storage = {storage}\n  tags = {{ team = \"{team}\" }}\n}}\n"
        );
        &*text.leak()
    };
    (
        Fixture::of(
            "data.tf",
            FileKind::Infrastructure,
            of(100, "a"),
            of(200, "a"),
        ),
        Fixture::of(
            "data.tf",
            FileKind::Infrastructure,
            of(100, "a"),
            of(100, "b"),
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::FileKind;

    #[test]
    fn what_grows_or_is_made_anew_is_told_and_what_shrinks_by_choice_is_not() {
        let of = |kind: &str, old: &str, new: &str| {
            let text =
                |line: &str| &*format!("resource \"{kind}\" \"jars\" {{\n  {line}\n}}\n").leak();
            crate::case::Fixture::of("data.tf", FileKind::Infrastructure, text(old), text(new))
                .of_check(DOC.id)
        };
        for (kind, old, new) in [
            ("kafka_topic", "partitions = 6", "partitions = 12"),
            ("google_compute_disk", "size = 10", "size = 20"),
            (
                "aws_db_instance",
                "storage_encrypted = false",
                "storage_encrypted = true",
            ),
            (
                "random_password",
                "keepers = { round = 1 }",
                "keepers = { round = 2 }",
            ),
        ] {
            let found = of(kind, old, new);
            assert_eq!(
                (found.len(), found[0].evidence[0].line),
                (1, Some(2)),
                "{kind} {new}"
            );
        }
        for (kind, old, new) in [
            ("kafka_topic", "partitions = 12", "partitions = 6"),
            (
                "aws_db_instance",
                "instance_class = \"a\"",
                "instance_class = \"b\"",
            ),
            (
                "aws_iam_role",
                "max_session_size = 1",
                "max_session_size = 2",
            ),
        ] {
            assert!(of(kind, old, new).is_empty(), "{kind} {new}");
        }
    }
}
