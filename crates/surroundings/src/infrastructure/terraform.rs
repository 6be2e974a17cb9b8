//! Resource blocks of Terraform and OpenTofu files, by address.

use std::collections::{BTreeMap, BTreeSet};

use super::changes::list_infrastructure_changes;
use super::changes::read_infrastructure_texts;
use crate::check::SurroundingsInput;

/// `type.name` with file and line.
pub(super) type Resources = BTreeMap<String, (String, usize)>;

// parts of types, so that each provider's own name for it counts
/// Kinds of resources that hold data.
const STATEFUL: [&str; 24] = [
    "_db_",
    "database",
    "rds",
    "bucket",
    "storage_account",
    "dynamodb",
    "_sql",
    "volume",
    "_disk",
    "elasticache",
    "redis",
    "queue",
    "topic",
    "efs",
    "table",
    "kms_key",
    // a key is data of another kind: what it locked is lost with it
    "_key",
    "password",
    "secret",
    "cluster",
    "opensearch",
    "filesystem",
    "file_system",
    "persistent",
];

/// Resources of all changed files, in previous and in current. A block that moved between files is
/// on both sides.
pub(super) fn list_changed_resources(look: &SurroundingsInput<'_>) -> (Resources, Resources) {
    let (mut old, mut new) = (Resources::new(), Resources::new());
    for change in list_infrastructure_changes(look)
        .filter(|change| change.path.ends_with(".tf") || change.path.ends_with(".tofu"))
    {
        let (before, after) = read_infrastructure_texts(look, change);
        read_terraform_resources(
            before.as_deref().unwrap_or_default(),
            change.old_path.as_deref().unwrap_or(&change.path),
            &mut old,
        );
        read_terraform_resources(after.as_deref().unwrap_or_default(), &change.path, &mut new);
    }
    (old, new)
}

/// What current says about resources that it declares under another name, or only forgets.
#[derive(Default)]
pub(super) struct ForgottenResources {
    /// The new address of a resource that was renamed, with the old one.
    pub moved: BTreeMap<String, String>,
    /// Addresses that are taken out of the state and left where they are.
    pub kept: BTreeSet<String>,
}

/// Blocks `moved` and `removed` of the changed files of current.
pub(super) fn list_forgotten_resources(look: &SurroundingsInput<'_>) -> ForgottenResources {
    let mut found = ForgottenResources::default();
    for change in list_infrastructure_changes(look)
        .filter(|change| change.path.ends_with(".tf") || change.path.ends_with(".tofu"))
    {
        let (_, Some(text)) = read_infrastructure_texts(look, change) else {
            continue;
        };
        let (mut block, mut from, mut to, mut kept) = ("", "", "", false);
        // blocks of Terraform begin at the margin, as its formatter writes them
        for line in text.lines().take(50_000) {
            let value = |key: &str| {
                let (name, value) = line.trim().split_once('=')?;
                (name.trim() == key).then_some(value.trim())
            };
            if line.starts_with("moved ") || line.starts_with("removed ") {
                (block, from, to, kept) = (line, "", "", false);
            } else if line.starts_with('}') {
                if block.starts_with("moved ") && !from.is_empty() && !to.is_empty() {
                    found.moved.insert(to.to_owned(), from.to_owned());
                } else if block.starts_with("removed ") && kept {
                    found.kept.insert(from.to_owned());
                }
                block = "";
            } else if !block.is_empty() {
                from = value("from").unwrap_or(from);
                to = value("to").unwrap_or(to);
                // without this word a `removed` block destroys what it names
                kept |= value("destroy") == Some("false");
            }
        }
    }
    found
}

fn read_terraform_resources(text: &str, path: &str, into: &mut Resources) {
    for (index, line) in text.lines().enumerate().take(50_000) {
        let Some(rest) = line.strip_prefix("resource ") else {
            continue;
        };
        let mut quoted = rest.split('"').skip(1).step_by(2);
        if let (Some(kind), Some(name)) = (quoted.next(), quoted.next()) {
            into.insert(format!("{kind}.{name}"), (path.to_owned(), index + 1));
        }
    }
}

// `aws_s3_bucket_policy` holds the word of a bucket and only says who may do what
/// Parts of a type whose resource is a rule about something that holds data, and holds none itself.
const RULES: [&str; 14] = [
    "_policy",
    "_notification",
    "_acl",
    "_public_access_block",
    "_ownership_controls",
    "_cors_configuration",
    "_logging",
    "_metric",
    "_subscription",
    "_parameter_group",
    "_subnet_group",
    "_security_group",
    "_role",
    "_alarm",
];

/// Whether losing it loses data.
pub(super) fn is_stateful_resource(address: &str) -> bool {
    let kind = address.split('.').next().unwrap_or(address);
    STATEFUL.iter().any(|part| kind.contains(part))
        && !RULES.iter().any(|part| kind.contains(part))
        && !is_deletion_rule(address)
}

/// Whether what is lost with it is a secret: what was locked or signed with it stays behind.
pub(super) fn is_secret_resource(address: &str) -> bool {
    let kind = address.split('.').next().unwrap_or(address);
    ["_key", "secret", "password"]
        .iter()
        .any(|part| kind.contains(part))
}

/// Whether it is a rule by which kept data is deleted after a time.
pub(super) fn is_deletion_rule(address: &str) -> bool {
    let kind = address.split('.').next().unwrap_or(address);
    [
        "lifecycle_configuration",
        "lifecycle_policy",
        "retention_policy",
        "management_policy",
    ]
    .iter()
    .any(|part| kind.contains(part))
}
