//! The answer of an introspection query (`{"data": {"__schema": …}}` or `{"__schema": …}`) as the
//! same model that schema files are read into.

use span_tree::{Node, Tree};

use super::read::{
    Directive, Fields, GraphqlDirectives, GraphqlField, GraphqlKind, GraphqlLines, GraphqlSchema,
    GraphqlType,
};

/// Scalars and directives that every server has.
const BUILT_IN: &[&str] = &[
    "String",
    "Int",
    "Float",
    "Boolean",
    "ID",
    "skip",
    "include",
    "deprecated",
    "specifiedBy",
    "oneOf",
];

// servers wrap seldom more than three times; a made-up answer may nest without end
/// Deepest nesting of lists and non-null.
const MAX_WRAPS: usize = 20;

/// Reads an answer; `None` when the text is none. What is not understood is skipped and its line
/// kept.
pub(super) fn read_introspection(text: &str) -> Option<GraphqlSchema> {
    // cheap signs first: any JSON file comes here
    if !text.trim_start().starts_with('{') || !text.contains("__schema") {
        return None;
    }
    let mut schema = GraphqlSchema::default();
    let Ok(tree) = Tree::parse(text) else {
        // it says that it is one and cannot be read: unknown, not unchanged
        schema.unread.push(1);
        return Some(schema);
    };
    let root = tree.root()?;
    let own = root
        .get("__schema")
        .or_else(|| root.at(&["data", "__schema"]))?;
    schema.roots_at = read_node_lines(own);
    for root in ["query", "mutation", "subscription"] {
        let Some(name) = own
            .at(&[&format!("{root}Type"), "name"])
            .and_then(Node::text)
        else {
            continue;
        };
        // a schema file does not say what is the rule either
        if !name.eq_ignore_ascii_case(root) {
            schema.roots.insert(root.to_owned(), name.to_owned());
        }
    }
    for node in own.get("types").into_iter().flat_map(Node::items) {
        let Some(name) = read_node_name(node) else {
            schema.unread.push(node.line());
            continue;
        };
        // two underscores are reserved for the language itself
        if name.starts_with("__") || BUILT_IN.contains(&name) {
            continue;
        }
        match type_of(node) {
            Some(own) => drop(schema.types.insert(name.to_owned(), own)),
            None => schema.unread.push(node.line()),
        }
    }
    for node in own.get("directives").into_iter().flat_map(Node::items) {
        let Some(name) = read_node_name(node).filter(|name| !BUILT_IN.contains(name)) else {
            continue;
        };
        let places = node
            .get("locations")
            .into_iter()
            .flat_map(Node::items)
            .filter_map(Node::text)
            .map(str::to_owned)
            .collect();
        let repeatable = node.get("isRepeatable").and_then(Node::as_bool) == Some(true);
        schema.directives.insert(
            name.to_owned(),
            Directive {
                arguments: read_introspected_fields(node, "args"),
                places,
                repeatable,
                lines: read_node_lines(node),
            },
        );
    }
    Some(schema)
}

fn read_node_name(node: Node<'_>) -> Option<&str> {
    node.get("name").and_then(Node::text)
}

fn read_node_lines(node: Node<'_>) -> GraphqlLines {
    GraphqlLines {
        from: node.line(),
        to: node.end_line(),
    }
}

fn type_of(node: Node<'_>) -> Option<GraphqlType> {
    let kind = match node.get("kind").and_then(Node::text)? {
        "SCALAR" => GraphqlKind::Scalar,
        "OBJECT" => GraphqlKind::Object,
        "INTERFACE" => GraphqlKind::Interface,
        "UNION" => GraphqlKind::Union,
        "ENUM" => GraphqlKind::Enum,
        "INPUT_OBJECT" => GraphqlKind::Input,
        _ => return None,
    };
    let named = |key: &str| {
        node.get(key)
            .into_iter()
            .flat_map(Node::items)
            .filter_map(read_node_name)
            .map(str::to_owned)
            .collect()
    };
    let values = node.get("enumValues").into_iter().flat_map(Node::items);
    let one_of = node.get("isOneOf").and_then(Node::as_bool) == Some(true);
    Some(GraphqlType {
        kind,
        fields: read_introspected_fields(
            node,
            if kind == GraphqlKind::Input {
                "inputFields"
            } else {
                "fields"
            },
        ),
        interfaces: named("interfaces"),
        // the types of an interface are told by the types themselves
        members: if kind == GraphqlKind::Union {
            named("possibleTypes")
        } else {
            Default::default()
        },
        values: values
            .filter_map(|value| {
                Some((
                    read_node_name(value)?.to_owned(),
                    (read_deprecation_marks(value), read_node_lines(value)),
                ))
            })
            .collect(),
        marks: one_of.then(|| "@oneOf".to_owned()).into_iter().collect(),
        lines: read_node_lines(node),
        extension: false,
    })
}

/// Fields, input fields or arguments.
fn read_introspected_fields(node: Node<'_>, key: &str) -> Fields {
    let list = node.get(key).into_iter().flat_map(Node::items);
    list.filter_map(|field| {
        let kind = write_type_reference(field.get("type")?, 0)?;
        let default = field
            .get("defaultValue")
            // a default is written as text of the language
            .filter(|value| !value.is_null())
            .and_then(Node::text)
            .map(str::to_owned);
        // arguments have no arguments of their own
        let arguments = if key == "fields" {
            read_introspected_fields(field, "args")
        } else {
            Fields::new()
        };
        Some((
            read_node_name(field)?.to_owned(),
            Box::new(GraphqlField {
                kind,
                arguments,
                default,
                marks: read_deprecation_marks(field),
                lines: read_node_lines(field),
            }),
        ))
    })
    .collect()
}

fn read_deprecation_marks(node: Node<'_>) -> GraphqlDirectives {
    if node.get("isDeprecated").and_then(Node::as_bool) != Some(true) {
        return GraphqlDirectives::new();
    }
    let reason = node
        .get("deprecationReason")
        .and_then(Node::text)
        .unwrap_or("");
    GraphqlDirectives::from([format!("@deprecated(reason:\"{reason}\")")])
}

/// A type reference as a schema file writes it: `[Card!]!`.
fn write_type_reference(node: Node<'_>, depth: usize) -> Option<String> {
    if depth > MAX_WRAPS {
        return None;
    }
    let inner = || write_type_reference(node.get("ofType")?, depth + 1);
    match node.get("kind").and_then(Node::text)? {
        "NON_NULL" => Some(format!("{}!", inner()?)),
        "LIST" => Some(format!("[{}]", inner()?)),
        _ => read_node_name(node).map(str::to_owned),
    }
}
