//! Types as text that equals where the meaning equals, and which of two unions holds the other.

use std::collections::BTreeSet;

use tree_sitter::Node;

// a type may be built of conditions without end
/// Deepest type that is looked into.
const MAX_DEPTH: usize = 60;

/// A type: the members of its union, one when it is none.
#[derive(Debug, Clone)]
pub(super) struct TypescriptType {
    pub parts: BTreeSet<String>,
    /// As it is written, for sentences.
    pub shown: String,
}

impl PartialEq for TypescriptType {
    fn eq(&self, other: &Self) -> bool {
        self.parts == other.parts
    }
}

impl Eq for TypescriptType {}

/// How a type became another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TypeRelation {
    Same,
    /// The new one takes all that the old one took, and more.
    Wider,
    Narrower,
    /// They have nothing in common, which is certain.
    Apart,
    /// Different, and nobody can tell from the text how.
    Unclear,
}

impl TypescriptType {
    /// Without `undefined`, which an optional member has anyway.
    pub fn defined(mut self) -> Self {
        if self.parts.len() > 1 {
            self.parts.remove("undefined");
        }
        self
    }
}

/// Compares two types.
pub(super) fn compare_spelled_types(old: &TypescriptType, new: &TypescriptType) -> TypeRelation {
    if old == new {
        return TypeRelation::Same;
    }
    // `any` fits everything both ways, so no direction can be told
    let any = |own: &TypescriptType| own.parts.contains("any");
    match (any(old), any(new)) {
        (true, true) => return TypeRelation::Same,
        (true, false) | (false, true) => return TypeRelation::Unclear,
        (false, false) => {}
    }
    match (has_every_member(new, old), has_every_member(old, new)) {
        (true, true) => TypeRelation::Same,
        (true, false) => TypeRelation::Wider,
        (false, true) => TypeRelation::Narrower,
        (false, false) => {
            // two names may stand for one type, so only primitives are surely apart
            let plain = |own: &TypescriptType| {
                own.parts
                    .iter()
                    .all(|part| find_primitive_base(part).is_some())
            };
            let bases = |own: &TypescriptType| {
                own.parts
                    .iter()
                    .filter_map(|part| find_primitive_base(part))
                    .collect::<BTreeSet<_>>()
            };
            let apart = plain(old)
                && plain(new)
                && (bases(old).is_disjoint(&bases(new))
                    || has_only_literals(old) && has_only_literals(new));
            if apart {
                TypeRelation::Apart
            } else {
                TypeRelation::Unclear
            }
        }
    }
}

fn has_only_literals(own: &TypescriptType) -> bool {
    own.parts
        .iter()
        .all(|part| find_primitive_base(part).is_some_and(|base| base != part))
}

/// Every member of `inner` is one of `outer`.
fn has_every_member(outer: &TypescriptType, inner: &TypescriptType) -> bool {
    let has = |part: &str| outer.parts.contains(part);
    let whole = |part: &str| {
        has(part) || has("unknown") || part == "never" || find_primitive_base(part).is_some_and(has)
    };
    inner
        .parts
        .iter()
        // `true | false` is how some tools write `boolean`
        .all(|part| whole(part) || (part == "boolean" && has("true") && has("false")))
}

/// The primitive type of a literal, or of a primitive itself.
fn find_primitive_base(part: &str) -> Option<&'static str> {
    match part {
        "string" => Some("string"),
        "number" => Some("number"),
        "boolean" | "true" | "false" => Some("boolean"),
        "bigint" => Some("bigint"),
        "symbol" => Some("symbol"),
        "null" => Some("null"),
        "undefined" => Some("undefined"),
        "void" => Some("void"),
        "object" => Some("object"),
        _ if part.len() > 1
            && part.starts_with('"')
            && part.ends_with('"')
            && part.matches('"').count() == 2 =>
        {
            Some("string")
        }
        _ if part
            .trim_start_matches('-')
            .starts_with(|c: char| c.is_ascii_digit())
            && !part.contains([' ', '[', '(']) =>
        {
            Some(if part.ends_with('n') && !part.starts_with("0x") {
                "bigint"
            } else {
                "number"
            })
        }
        _ => None,
    }
}

/// Reads types out of a text. Names of type parameters become their place, so that renaming one is
/// no change.
pub(super) struct Speller<'a> {
    pub text: &'a str,
    pub generics: Vec<String>,
}

impl<'a> Speller<'a> {
    pub fn raw(&self, node: Node<'_>) -> &'a str {
        self.text.get(node.byte_range()).unwrap_or("")
    }

    /// A type with the members of its union.
    pub fn read(&self, node: Node<'_>) -> TypescriptType {
        let mut parts = BTreeSet::new();
        self.parts(node, &mut parts, 0);
        let shown = self
            .raw(node)
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
        TypescriptType {
            parts,
            shown: shown.trim_start_matches([':', '|', ' ']).to_owned(),
        }
    }

    /// The members of a union. A long one is as deep a tree as it has members, so it is walked
    /// without recursion.
    fn parts(&self, node: Node<'_>, into: &mut BTreeSet<String>, depth: usize) {
        let mut left = vec![node];
        while let Some(node) = left.pop() {
            match (node.kind(), find_only_named_child(node)) {
                // an annotation, and brackets around a union
                (
                    "type_annotation"
                    | "parenthesized_type"
                    | "asserts_annotation"
                    | "type_predicate_annotation",
                    Some(inner),
                ) => left.push(inner),
                ("union_type", _) => left.extend(list_named_children(node)),
                _ => {
                    into.insert(self.spell(node, depth + 1));
                }
            }
        }
    }

    /// A node as text without blanks, comments, kinds of quotes, order of unions and members, names
    /// of parameters.
    pub fn spell(&self, node: Node<'_>, depth: usize) -> String {
        if depth >= MAX_DEPTH {
            // deeper it is compared as it is written
            return self
                .raw(node)
                .split_whitespace()
                .collect::<Vec<_>>()
                .join(" ");
        }
        let inner = |node: Node<'_>| self.spell(node, depth + 1);
        match node.kind() {
            // the keyword of the same kind has no quotes
            "string" if node.is_named() => {
                let raw = self.raw(node);
                format!(
                    "\"{}\"",
                    raw.get(1..raw.len().saturating_sub(1)).unwrap_or("")
                )
            }
            "template_literal_type" | "template_string" | "regex" => self.raw(node).to_owned(),
            // by place, so that renaming a type parameter changes nothing
            "type_identifier" | "identifier" => {
                let raw = self.raw(node);
                self.generics
                    .iter()
                    .rposition(|name| name == raw)
                    .map_or_else(|| raw.to_owned(), |at| format!("${at}"))
            }
            "type_annotation" | "asserts_annotation" | "type_predicate_annotation" => {
                list_named_children(node)
                    .first()
                    .map_or_else(String::new, |own| inner(*own))
            }
            // brackets that only hold together what would be read otherwise
            "parenthesized_type" => match find_only_named_child(node) {
                Some(own)
                    if matches!(
                        own.kind(),
                        "union_type"
                            | "intersection_type"
                            | "function_type"
                            | "conditional_type"
                            | "constructor_type"
                    ) =>
                {
                    format!("({})", inner(own))
                }
                Some(own) => inner(own),
                None => self.raw(node).to_owned(),
            },
            "union_type" => {
                let mut parts = BTreeSet::new();
                self.parts(node, &mut parts, depth + 1);
                parts.into_iter().collect::<Vec<_>>().join(" | ")
            }
            "generic_type" => self.spell_generic(node, depth),
            // members of a type have no order
            "object_type" => {
                let mut members: Vec<String> =
                    list_named_children(node).into_iter().map(inner).collect();
                members.sort();
                format!("{{ {} }}", members.join("; "))
            }
            "required_parameter" | "optional_parameter" => self.spell_parameter(node, depth),
            _ => self.children(node, depth),
        }
    }

    // formatters and generators choose one of the two
    /// `Array<T>` is `T[]`.
    fn spell_generic(&self, node: Node<'_>, depth: usize) -> String {
        let inner = |node: Node<'_>| self.spell(node, depth + 1);
        let own = list_named_children(node);
        match own.as_slice() {
            [name, arguments] if self.raw(*name) == "Array" => {
                match find_only_named_child(*arguments) {
                    Some(of)
                        if matches!(
                            of.kind(),
                            "union_type"
                                | "intersection_type"
                                | "function_type"
                                | "conditional_type"
                        ) =>
                    {
                        format!("({})[]", inner(of))
                    }
                    Some(of) => format!("{}[]", inner(of)),
                    None => self.children(node, depth),
                }
            }
            _ => self.children(node, depth),
        }
    }

    fn spell_parameter(&self, node: Node<'_>, depth: usize) -> String {
        let inner = |node: Node<'_>| self.spell(node, depth + 1);
        let pattern = node
            .child_by_field_name("pattern")
            .or_else(|| node.child_by_field_name("name"));
        let rest = if pattern.is_some_and(|own| own.kind() == "rest_pattern") {
            "..."
        } else {
            ""
        };
        let optional = if node.kind() == "optional_parameter" {
            "?"
        } else {
            ""
        };
        format!(
            "{rest}{}{optional}",
            // a parameter without a type takes anything
            node.child_by_field_name("type")
                .map_or_else(|| "any".to_owned(), inner)
        )
    }

    fn children(&self, node: Node<'_>, depth: usize) -> String {
        let mut cursor = node.walk();
        let mut out = String::new();
        let tight =
            |c: char| matches!(c, '<' | '>' | '.' | '[' | ']' | '(' | ')' | ',' | ':' | '?');
        let mut any = false;
        for child in node
            .children(&mut cursor)
            .filter(|child| child.kind() != "comment")
        {
            any = true;
            let text = self.spell(child, depth + 1);
            if !out.is_empty()
                && !text.is_empty()
                && !out.ends_with(tight)
                && !text.starts_with(tight)
            {
                out.push(' ');
            }
            out.push_str(&text);
        }
        if any { out } else { self.raw(node).to_owned() }
    }
}

/// Named children without comments.
pub(super) fn list_named_children(node: Node<'_>) -> Vec<Node<'_>> {
    let mut cursor = node.walk();
    node.named_children(&mut cursor)
        .filter(|child| child.kind() != "comment")
        .collect()
}

fn find_only_named_child(node: Node<'_>) -> Option<Node<'_>> {
    match list_named_children(node).as_slice() {
        [one] => Some(*one),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(parts: &[&str]) -> TypescriptType {
        TypescriptType {
            parts: parts.iter().map(|part| (*part).to_owned()).collect(),
            shown: String::new(),
        }
    }

    #[test]
    fn unions_and_literals_are_ordered_where_it_is_certain() {
        let cases: [(&[&str], &[&str], TypeRelation); 10] = [
            (&["string"], &["string"], TypeRelation::Same),
            (&["\"a\""], &["\"a\"", "\"b\""], TypeRelation::Wider),
            (&["\"a\""], &["string"], TypeRelation::Wider),
            (&["number"], &["1", "2"], TypeRelation::Narrower),
            (&["boolean"], &["false", "true"], TypeRelation::Same),
            (&["string"], &["number"], TypeRelation::Apart),
            (&["Card"], &["Token"], TypeRelation::Unclear),
            (&["any"], &["string"], TypeRelation::Unclear),
            (&["string"], &["unknown"], TypeRelation::Wider),
            (&["\"a\""], &["\"b\""], TypeRelation::Apart),
        ];
        for (old, new, wanted) in cases {
            assert_eq!(
                compare_spelled_types(&of(old), &of(new)),
                wanted,
                "{old:?} to {new:?}"
            );
        }
    }
}
