//! A schema's nodes as types: names with their namespace, unions as branches.

use std::collections::{HashMap, HashSet};

use span_tree::{Node, Tree};

// a hostile schema nests types, and each level is a call
/// Deepest nesting followed while names are collected.
pub(super) const MAX_DEPTH: usize = 120;

/// A type as it stands in a schema.
#[derive(Clone)]
pub(super) enum AvroType<'a> {
    Primitive {
        name: &'a str,
        node: Node<'a>,
    },
    /// A record, enum or fixed type with its full name.
    Named {
        name: String,
        node: Node<'a>,
    },
    /// A name that this file does not define.
    Foreign {
        name: String,
        node: Node<'a>,
    },
    Array {
        items: Option<Node<'a>>,
        node: Node<'a>,
        space: String,
    },
    Map {
        values: Option<Node<'a>>,
        node: Node<'a>,
        space: String,
    },
    Union(Vec<AvroType<'a>>, Node<'a>),
    Unknown(Node<'a>),
}

const PRIMITIVES: [&str; 8] = [
    "null", "boolean", "int", "long", "float", "double", "bytes", "string",
];

/// Definitions of a file by full name.
pub(super) type AvroNames<'a> = HashMap<String, (Node<'a>, String)>;

/// The full name of a definition or reference.
fn build_full_name(name: &str, namespace: Option<&str>, around: &str) -> String {
    if name.contains('.') {
        return name.to_owned();
    }
    match namespace.unwrap_or(around) {
        "" => name.to_owned(),
        space => format!("{space}.{name}"),
    }
}

/// Full name and namespace of a named definition.
pub(super) fn name_of(node: Node<'_>, around: &str) -> (String, String) {
    let own = node.get("name").and_then(Node::text).unwrap_or("?");
    let name = build_full_name(own, node.get("namespace").and_then(Node::text), around);
    let space = name
        .rsplit_once('.')
        .map_or_else(String::new, |(space, _)| space.to_owned());
    (name, space)
}

/// Aliases as full names.
pub(super) fn list_full_aliases(node: Node<'_>, space: &str) -> Vec<String> {
    node.get("aliases")
        .map(|list| {
            list.items()
                .filter_map(Node::text)
                .map(|name| build_full_name(name, None, space))
                .collect()
        })
        .unwrap_or_default()
}

/// All definitions below a node.
pub(super) fn collect_avro_definitions<'a>(
    node: Node<'a>,
    around: &str,
    names: &mut AvroNames<'a>,
    depth: usize,
) {
    if depth > MAX_DEPTH {
        return;
    }
    node.items()
        .for_each(|item| collect_avro_definitions(item, around, names, depth + 1));
    if !node.is_mapping() {
        return;
    }
    let kind = node.get("type").and_then(Node::text).unwrap_or("");
    let mut space = around.to_owned();
    if matches!(kind, "record" | "error" | "enum" | "fixed") {
        let (name, own) = name_of(node, around);
        space = own;
        names.entry(name).or_insert((node, space.clone()));
    } else if node.get("protocol").is_some() {
        space = node
            .get("namespace")
            .and_then(Node::text)
            .unwrap_or(around)
            .to_owned();
    }
    for key in ["type", "fields", "items", "values", "types"] {
        if let Some(inner) = node.get(key) {
            collect_avro_definitions(inner, &space, names, depth + 1);
        }
    }
}

/// The first record that has a field twice, with its line: which of the two is meant is not
/// known, and Avro itself refuses it.
pub(super) fn find_double_field(tree: &Tree) -> Option<(usize, String)> {
    tree.nodes().find_map(|node| {
        let fields = node.get("fields").filter(|node| node.is_sequence())?;
        let mut seen = HashSet::new();
        let double = fields.items().find_map(|field| {
            let name = field.get("name").and_then(Node::text)?;
            (!seen.insert(name)).then(|| (field.line(), name.to_owned()))
        })?;
        let record = node.get("name").and_then(Node::text).unwrap_or("a record");
        Some((
            double.0,
            format!("{record} has the field {} twice", double.1),
        ))
    })
}

/// What a node describes, seen from a namespace.
pub(super) fn type_of<'a>(node: Node<'a>, space: &str, names: &AvroNames<'a>) -> AvroType<'a> {
    if node.is_sequence() {
        return AvroType::Union(
            node.items()
                .map(|item| type_of(item, space, names))
                .collect(),
            node,
        );
    }
    if let Some(name) = node.text() {
        return by_name(name, node, space, names);
    }
    let Some(kind) = node.get("type") else {
        return AvroType::Unknown(node);
    };
    match kind.text() {
        Some("record" | "error" | "enum" | "fixed") => AvroType::Named {
            name: name_of(node, space).0,
            node,
        },
        Some("array") => AvroType::Array {
            items: node.get("items"),
            node,
            space: space.to_owned(),
        },
        Some("map") => AvroType::Map {
            values: node.get("values"),
            node,
            space: space.to_owned(),
        },
        Some(name) if PRIMITIVES.contains(&name) => AvroType::Primitive { name, node },
        Some(name) => by_name(name, node, space, names),
        // `{"type": {"type": "string"}}`
        None => type_of(kind, space, names),
    }
}

fn by_name<'a>(name: &'a str, node: Node<'a>, space: &str, names: &AvroNames<'a>) -> AvroType<'a> {
    if PRIMITIVES.contains(&name) {
        return AvroType::Primitive { name, node };
    }
    let own = build_full_name(name, None, space);
    // a name without a dot is looked for in the namespace around it first
    for candidate in [own.as_str(), name] {
        if let Some((definition, _)) = names.get(candidate) {
            return AvroType::Named {
                name: candidate.to_owned(),
                node: *definition,
            };
        }
    }
    // a name that stands in another file of the same set is known there
    AvroType::Foreign { name: own, node }
}

/// What the file is about.
pub(super) fn find_avro_title(tree: &Tree, path: &str) -> String {
    let root = tree.root();
    let name = root
        .and_then(|root| root.get("name").or(root.get("protocol")))
        .and_then(Node::text);
    name.unwrap_or_else(|| path.rsplit('/').next().unwrap_or(path))
        .to_owned()
}
