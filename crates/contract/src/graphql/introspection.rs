//! The answer of an introspection query (`{"data": {"__schema": …}}` or `{"__schema": …}`) as the
//! same model that schema files are read into.

use span_tree::{Node, Tree};

use super::read::{Directive, Field, Fields, Kind, Lines, Marks, Schema, Type};

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

/// Deepest nesting of lists and non-null.
const MAX_WRAPS: usize = 20;

/// Reads an answer; `None` when the text is none. What is not understood is skipped and its line
/// kept.
pub(super) fn read(text: &str) -> Option<Schema> {
    if !text.trim_start().starts_with('{') || !text.contains("__schema") {
        return None;
    }
    let mut schema = Schema::default();
    let Ok(tree) = Tree::parse(text) else {
        schema.unread.push(1);
        return Some(schema);
    };
    let root = tree.root()?;
    let own = root
        .get("__schema")
        .or_else(|| root.at(&["data", "__schema"]))?;
    schema.roots_at = lines(own);
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
        let Some(name) = name(node) else {
            schema.unread.push(node.line());
            continue;
        };
        if name.starts_with("__") || BUILT_IN.contains(&name) {
            continue;
        }
        match type_of(node) {
            Some(own) => drop(schema.types.insert(name.to_owned(), own)),
            None => schema.unread.push(node.line()),
        }
    }
    for node in own.get("directives").into_iter().flat_map(Node::items) {
        let Some(name) = name(node).filter(|name| !BUILT_IN.contains(name)) else {
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
                arguments: fields(node, "args"),
                places,
                repeatable,
                lines: lines(node),
            },
        );
    }
    Some(schema)
}

fn name(node: Node<'_>) -> Option<&str> {
    node.get("name").and_then(Node::text)
}

fn lines(node: Node<'_>) -> Lines {
    Lines {
        from: node.line(),
        to: node.end_line(),
    }
}

fn type_of(node: Node<'_>) -> Option<Type> {
    let kind = match node.get("kind").and_then(Node::text)? {
        "SCALAR" => Kind::Scalar,
        "OBJECT" => Kind::Object,
        "INTERFACE" => Kind::Interface,
        "UNION" => Kind::Union,
        "ENUM" => Kind::Enum,
        "INPUT_OBJECT" => Kind::Input,
        _ => return None,
    };
    let named = |key: &str| {
        node.get(key)
            .into_iter()
            .flat_map(Node::items)
            .filter_map(name)
            .map(str::to_owned)
            .collect()
    };
    let values = node.get("enumValues").into_iter().flat_map(Node::items);
    let one_of = node.get("isOneOf").and_then(Node::as_bool) == Some(true);
    Some(Type {
        kind,
        fields: fields(
            node,
            if kind == Kind::Input {
                "inputFields"
            } else {
                "fields"
            },
        ),
        interfaces: named("interfaces"),
        // the types of an interface are told by the types themselves
        members: if kind == Kind::Union {
            named("possibleTypes")
        } else {
            Default::default()
        },
        values: values
            .filter_map(|value| Some((name(value)?.to_owned(), (marks(value), lines(value)))))
            .collect(),
        marks: one_of.then(|| "@oneOf".to_owned()).into_iter().collect(),
        lines: lines(node),
        extension: false,
    })
}

/// Fields, input fields or arguments.
fn fields(node: Node<'_>, key: &str) -> Fields {
    let list = node.get(key).into_iter().flat_map(Node::items);
    list.filter_map(|field| {
        let kind = reference(field.get("type")?, 0)?;
        let default = field
            .get("defaultValue")
            .filter(|value| !value.is_null())
            .and_then(Node::text)
            .map(str::to_owned);
        // arguments have no arguments of their own
        let arguments = if key == "fields" {
            fields(field, "args")
        } else {
            Fields::new()
        };
        Some((
            name(field)?.to_owned(),
            Box::new(Field {
                kind,
                arguments,
                default,
                marks: marks(field),
                lines: lines(field),
            }),
        ))
    })
    .collect()
}

fn marks(node: Node<'_>) -> Marks {
    if node.get("isDeprecated").and_then(Node::as_bool) != Some(true) {
        return Marks::new();
    }
    let reason = node
        .get("deprecationReason")
        .and_then(Node::text)
        .unwrap_or("");
    Marks::from([format!("@deprecated(reason:\"{reason}\")")])
}

/// A type reference as a schema file writes it: `[Card!]!`.
fn reference(node: Node<'_>, depth: usize) -> Option<String> {
    if depth > MAX_WRAPS {
        return None;
    }
    let inner = || reference(node.get("ofType")?, depth + 1);
    match node.get("kind").and_then(Node::text)? {
        "NON_NULL" => Some(format!("{}!", inner()?)),
        "LIST" => Some(format!("[{}]", inner()?)),
        _ => name(node).map(str::to_owned),
    }
}
