//! Resource blocks of Terraform and OpenTofu files, by address.

use std::collections::BTreeMap;

use super::super::Look;
use super::{changes, texts};

/// `type.name` with file and line.
pub(super) type Resources = BTreeMap<String, (String, usize)>;

/// Kinds of resources that hold data.
const STATEFUL: [&str; 16] = [
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
];

/// Resources of all changed files, in previous and in current. A block that moved between files is on both sides.
pub(super) fn resources(look: &Look<'_>) -> (Resources, Resources) {
    let (mut old, mut new) = (Resources::new(), Resources::new());
    for change in changes(look).filter(|change| change.path.ends_with(".tf") || change.path.ends_with(".tofu")) {
        let (before, after) = texts(look, change);
        read(before.as_deref().unwrap_or_default(), change.old_path.as_deref().unwrap_or(&change.path), &mut old);
        read(after.as_deref().unwrap_or_default(), &change.path, &mut new);
    }
    (old, new)
}

fn read(text: &str, path: &str, into: &mut Resources) {
    for (index, line) in text.lines().enumerate().take(50_000) {
        let Some(rest) = line.strip_prefix("resource ") else { continue };
        let mut quoted = rest.split('"').skip(1).step_by(2);
        if let (Some(kind), Some(name)) = (quoted.next(), quoted.next()) {
            into.insert(format!("{kind}.{name}"), (path.to_owned(), index + 1));
        }
    }
}

/// Whether losing it loses data.
pub(super) fn stateful(address: &str) -> bool {
    STATEFUL.iter().any(|part| address.contains(part))
}
