//! Objects of Kubernetes in files of a release: every document with a kind and a name, templates of
//! charts as far as they can be read.

use std::collections::BTreeMap;

use span_tree::{Limits, Node, Tree};

use super::template::without_templates;
use crate::check::SurroundingsInput;
use crate::texts::{LIMIT, new_path, old_path};
use coverage::place::{FileRole, classify_path_place};
use model::FileChange;

/// Most documents of one file.
const DOCUMENTS: usize = 2_000;

/// An object, as far as the checks ask for it: kind and name, and scalars by path with their lines.
#[derive(Debug, Clone)]
pub(super) struct KubernetesObject {
    pub kind: String,
    pub name: String,
    pub path: String,
    /// Values of chosen fields, written in one way, with their lines.
    pub fields: BTreeMap<String, (String, usize)>,
}

/// Changed files that may hold objects, with the text of both sides.
pub(crate) fn list_object_files<'a>(
    look: &'a SurroundingsInput<'_>,
) -> Vec<(&'a FileChange, Option<String>, Option<String>)> {
    let structured =
        |path: &str| path.ends_with(".yaml") || path.ends_with(".yml") || path.ends_with(".json");
    let read = |tree: &dyn model::Snapshot, path: Option<&str>| {
        path.and_then(|path| tree.read_text(path).ok())
            .filter(|text| text.len() <= LIMIT)
    };
    look.range
        .changes
        .iter()
        .filter(|change| {
            structured(&change.path) && classify_path_place(&change.path) == FileRole::Live
        })
        .filter(|change| {
            // manifests of tests and pages show how something is applied, and apply nothing
            !matches!(
                change.kind,
                model::FileKind::Test
                    | model::FileKind::Documentation
                    | model::FileKind::Dependency
            )
        })
        .map(|change| {
            (
                change,
                read(look.range.previous, old_path(change)),
                read(look.range.current, new_path(change)),
            )
        })
        .collect()
}

/// Gives every object of a text to `take`. Nothing where the text cannot be read.
pub(crate) fn visit_manifest_objects(text: &str, mut take: impl FnMut(&str, &str, Node<'_>)) {
    if !text.contains("kind:") && !text.contains("\"kind\"") {
        return;
    }
    let plain = without_templates(text);
    let limits = Limits {
        depth: 100,
        nodes: 500_000,
        bytes: LIMIT,
    };
    // a text that is no YAML is an open place of the ledger
    let Ok(tree) = Tree::parse_with(&plain, limits) else {
        return;
    };
    for root in tree.roots().take(DOCUMENTS) {
        // `kubectl get -o yaml` writes a list of objects
        let lists = root.get("kind").and_then(Node::text) == Some("List");
        let objects: Vec<Node<'_>> = if lists {
            root.get("items")
                .into_iter()
                .flat_map(Node::items)
                .take(DOCUMENTS)
                .collect()
        } else {
            vec![root]
        };
        for object in objects {
            let kind = object.get("kind").and_then(Node::text);
            let name = object.at(&["metadata", "name"]).and_then(Node::text);
            if let (Some(kind), Some(name)) = (kind, name) {
                take(kind, name, object);
            }
        }
    }
}

/// A node written in one way, whatever the style of the file: keys in order, blanks gone.
pub(super) fn write_canonical_node(node: Node<'_>, depth: usize) -> String {
    // the nesting of a pod is below half of this
    if depth > 20 {
        return "…".to_owned();
    }
    if node.is_mapping() {
        let mut pairs: Vec<String> = node
            .entries()
            .filter_map(|(key, value)| {
                Some(format!(
                    "{}: {}",
                    key.text()?,
                    write_canonical_node(value, depth + 1)
                ))
            })
            .take(500)
            .collect();
        // keys in another order are the same object
        pairs.sort();
        format!("{{{}}}", pairs.join(", "))
    } else if node.is_sequence() {
        format!(
            "[{}]",
            node.items()
                .take(500)
                .map(|item| write_canonical_node(item, depth + 1))
                .collect::<Vec<_>>()
                .join(", ")
        )
    } else {
        node.text().unwrap_or("null").to_owned()
    }
}
