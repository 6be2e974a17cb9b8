//! Members of classes, interfaces and enums, and the signatures of what is called.

use std::collections::BTreeMap;

use tree_sitter::Node;

use super::model::{
    Signature, TypeParameter, TypescriptLines, TypescriptMember, TypescriptParameter,
};
use super::reader::{TypescriptReader, get_syntax_lines, has_child_token, strip_quote_marks};
use super::types::{TypescriptType, list_named_children};

impl TypescriptReader<'_> {
    pub(super) fn type_parameters(&mut self, node: Node<'_>) -> Vec<TypeParameter> {
        let Some(list) = node.child_by_field_name("type_parameters") else {
            return Vec::new();
        };
        // before the bounds are spelled: one parameter may name another
        let list = list_named_children(list);
        for one in &list {
            let name = self.field(*one, "name").unwrap_or("").to_owned();
            self.speller.generics.push(name);
        }
        let spelled = |own: Node<'_>| {
            list_named_children(own)
                .first()
                .map_or_else(String::new, |inner| self.speller.spell(*inner, 0))
        };
        list.iter()
            .map(|one| TypeParameter {
                constraint: one
                    .child_by_field_name("constraint")
                    .map_or_else(String::new, spelled),
                default: one.child_by_field_name("value").map(spelled),
            })
            .collect()
    }

    /// The type of something declared as `name: type`, or how it is called when that is a function.
    pub(super) fn annotated(&mut self, node: Node<'_>) -> (Option<TypescriptType>, Vec<Signature>) {
        let Some(annotation) = node.child_by_field_name("type") else {
            return (None, Vec::new());
        };
        match list_named_children(annotation).first() {
            // `onDone: () => void` is called like a method
            Some(inner) if inner.kind() == "function_type" => (None, vec![self.signature(*inner)]),
            _ => (Some(self.speller.read(annotation)), Vec::new()),
        }
    }

    pub(super) fn signature(&mut self, node: Node<'_>) -> Signature {
        let outer = self.speller.generics.len();
        let generics = self.type_parameters(node);
        let mut parameters = Vec::new();
        for one in node
            .child_by_field_name("parameters")
            .map(list_named_children)
            .unwrap_or_default()
        {
            let Some(pattern) = one
                .child_by_field_name("pattern")
                .or_else(|| one.child_by_field_name("name"))
            else {
                continue;
            };
            // `this` is declared and never given
            if pattern.kind() == "this" {
                continue;
            }
            // a parameter with a default may be left out
            let optional =
                one.kind() == "optional_parameter" || one.child_by_field_name("value").is_some();
            let kind = one
                .child_by_field_name("type")
                .map(|kind| self.speller.read(kind));
            parameters.push(TypescriptParameter {
                name: self.raw(pattern).trim_start_matches("...").to_owned(),
                // `a?: string` and `a?: string | undefined` are one
                kind: if optional {
                    kind.map(TypescriptType::defined)
                } else {
                    kind
                },
                optional,
                rest: pattern.kind() == "rest_pattern",
            });
        }
        let result = node
            .child_by_field_name("return_type")
            .or_else(|| node.child_by_field_name("type"))
            .map(|result| self.speller.read(result));
        self.speller.generics.truncate(outer);
        Signature {
            generics,
            parameters,
            result,
        }
    }

    pub(super) fn members(
        &mut self,
        body: Node<'_>,
        interface: bool,
        into: &mut BTreeMap<String, TypescriptMember>,
    ) {
        for node in list_named_children(body) {
            let modifiers: Vec<&str> = list_named_children(node)
                .into_iter()
                .filter(|own| own.kind() == "accessibility_modifier")
                .map(|own| self.raw(own))
                .collect();
            // private members are part of a class, and no user can name them
            let name = node.child_by_field_name("name");
            if modifiers.contains(&"private")
                || name.is_some_and(|name| name.kind() == "private_property_identifier")
            {
                continue;
            }
            let own = name.map_or("", |name| strip_quote_marks(self.raw(name)));
            let key = match node.kind() {
                "call_signature" => "()".to_owned(),
                "construct_signature" => "new()".to_owned(),
                "index_signature" => "[index]".to_owned(),
                "property_signature"
                | "public_field_definition"
                | "method_signature"
                | "method_definition"
                | "abstract_method_signature" => {
                    format!(
                        "{}{own}",
                        if has_child_token(node, "static") {
                            "static "
                        } else {
                            ""
                        }
                    )
                }
                _ => continue,
            };
            let mut member = self.member(node, interface);
            if key == "constructor" {
                // what it makes is the class
                for call in &mut member.calls {
                    call.result = None;
                }
            }
            match into.get_mut(&key) {
                Some(known) => {
                    // a pair of accessors, or an overload
                    // a setter beside a getter makes it writable
                    known.readonly &= member.readonly;
                    known.calls.extend(member.calls);
                    known.lines.1 = known.lines.1.max(member.lines.1);
                    known.kind = known.kind.take().or(member.kind);
                }
                None => {
                    into.insert(key, member);
                }
            }
        }
    }

    /// What one member is, whatever it is called.
    pub(super) fn member(&mut self, node: Node<'_>, interface: bool) -> TypescriptMember {
        let optional = has_child_token(node, "?");
        let accessor = if has_child_token(node, "get") {
            Some("get")
        } else {
            has_child_token(node, "set").then_some("set")
        };
        let mut member = TypescriptMember {
            lines: get_syntax_lines(node),
            optional,
            readonly: has_child_token(node, "readonly"),
            demanded: (interface && !optional)
                || has_child_token(node, "abstract")
                || node.kind() == "abstract_method_signature",
            kind: None,
            calls: Vec::new(),
            value: None,
        };
        match (node.kind(), accessor) {
            ("property_signature" | "public_field_definition", _) => {
                let (kind, calls) = self.annotated(node);
                (member.kind, member.calls) = (
                    if optional {
                        kind.map(TypescriptType::defined)
                    } else {
                        kind
                    },
                    calls,
                );
            }
            // an index has no name: its whole text is compared
            ("index_signature", _) => member.value = Some(self.speller.spell(node, 0)),
            (_, Some(which)) => {
                let signature = self.signature(node);
                let set = signature
                    .parameters
                    .into_iter()
                    .next()
                    .and_then(|parameter| parameter.kind);
                member.kind = signature.result.or(set);
                member.readonly = which == "get";
            }
            _ => member.calls.push(self.signature(node)),
        }
        member
    }

    pub(super) fn enum_members(
        &self,
        node: Node<'_>,
        into: &mut BTreeMap<String, TypescriptMember>,
    ) {
        let Some(body) = node.child_by_field_name("body") else {
            return;
        };
        // without a value it is one more than the one before
        let mut next = Some(0i64);
        for one in list_named_children(body) {
            let assigned = one.kind() == "enum_assignment";
            let name = if assigned {
                self.field(one, "name").unwrap_or("")
            } else {
                self.raw(one)
            };
            let written = one
                .child_by_field_name("value")
                .filter(|_| assigned)
                .map(|value| self.speller.spell(value, 0));
            let number = match &written {
                Some(text) => text.replace(' ', "").parse::<i64>().ok(),
                // a computed value leaves those after it open
                None => next,
            };
            next = number.and_then(|number| number.checked_add(1));
            let value = written.or_else(|| number.map(|number| number.to_string()));
            let member = TypescriptMember {
                lines: get_syntax_lines(one),
                optional: false,
                readonly: true,
                demanded: false,
                kind: None,
                calls: Vec::new(),
                value,
            };
            into.insert(strip_quote_marks(name).to_owned(), member);
        }
    }
}

/// What a class has that writes none and extends nothing.
pub(super) fn default_constructor(lines: TypescriptLines) -> TypescriptMember {
    let call = Signature {
        generics: Vec::new(),
        parameters: Vec::new(),
        result: None,
    };
    TypescriptMember {
        lines,
        optional: false,
        readonly: false,
        demanded: false,
        kind: None,
        calls: vec![call],
        value: None,
    }
}
