//! Calls of a host language, with what they are called on and what they are given.

use super::grammar::GrammarReader;
use super::grammar::find_field;
use super::grammar::find_node_line;
use super::grammar::list_children;
use super::node_kinds::CLOSURES;
use super::syntax::{Expr, FunctionCall};
use tree_sitter::Node;

impl GrammarReader<'_> {
    /// The call that a node is.
    pub fn call(&mut self, node: Node<'_>, depth: usize) -> Option<FunctionCall> {
        if self.is_too_deep(node, depth) {
            return None;
        }
        let (on, name, of) = match node.kind() {
            // grammars differ: Python names the function, Elixir the target, Ruby the method
            "call" if node.child_by_field_name("function").is_some() => {
                self.callee(node.child_by_field_name("function")?, depth)
            }
            "call" if node.child_by_field_name("target").is_some() => {
                self.callee(node.child_by_field_name("target")?, depth)
            }
            "call" | "method_call" => {
                let on = node
                    .child_by_field_name("receiver")
                    .map(|receiver| self.expr(receiver, depth + 1));
                (
                    on,
                    self.raw(node.child_by_field_name("method")?).to_owned(),
                    None,
                )
            }
            "call_expression" | "invocation_expression" | "function_call_expression" => {
                self.callee(node.child_by_field_name("function")?, depth)
            }
            "new_expression" => self.callee(node.child_by_field_name("constructor")?, depth),
            "object_creation_expression" => {
                let kind = find_field(node, &["type"])
                    .or_else(|| list_children(node).into_iter().next())?;
                (None, self.raw(kind).to_owned(), None)
            }
            "member_call_expression" | "nullsafe_member_call_expression" => {
                let on = self.expr(node.child_by_field_name("object")?, depth + 1);
                (
                    Some(on),
                    self.raw(node.child_by_field_name("name")?).to_owned(),
                    None,
                )
            }
            "scoped_call_expression" => {
                let scope = self.raw(node.child_by_field_name("scope")?).to_owned();
                (
                    Some(Expr::Name(scope)),
                    self.raw(node.child_by_field_name("name")?).to_owned(),
                    None,
                )
            }
            _ => return None,
        };
        let mut call = FunctionCall {
            on,
            name,
            of,
            args: Vec::new(),
            named: Vec::new(),
            block: Vec::new(),
            params: Vec::new(),
            line: self.called_on(node),
            text: model::shorten_text(self.raw(node), 600).into_owned(),
        };
        // some grammars give the list of arguments no name
        let arguments = node.child_by_field_name("arguments").or_else(|| {
            list_children(node)
                .into_iter()
                .find(|child| matches!(child.kind(), "arguments" | "argument_list"))
        });
        if let Some(tagged) = arguments.filter(|node| node.kind() == "template_string") {
            // sql`..`: the string is the only argument
            self.argument(tagged, &mut call, depth + 1);
        } else if let Some(arguments) = arguments {
            for argument in list_children(arguments) {
                self.argument(argument, &mut call, depth + 1);
            }
        }
        let block = node.child_by_field_name("block").or_else(|| {
            list_children(node)
                .into_iter()
                .find(|child| matches!(child.kind(), "do_block" | "block"))
        });
        if let Some(block) = block {
            self.closure(block, &mut call, depth + 1);
        }
        Some(call)
    }

    /// The line on which a call's name stands: chains go over many lines.
    pub(super) fn called_on(&self, node: Node<'_>) -> usize {
        let callee = find_field(node, &["function", "target"]).unwrap_or(node);
        match find_field(
            callee,
            &["property", "name", "field", "method", "attribute"],
        ) {
            Some(name)
                if matches!(
                    callee.kind(),
                    "member_expression" | "member_access_expression" | "field_expression"
                ) || callee == node =>
            {
                find_node_line(name)
            }
            _ => find_node_line(node),
        }
    }

    pub(super) fn callee(
        &mut self,
        node: Node<'_>,
        depth: usize,
    ) -> (Option<Expr>, String, Option<String>) {
        let (on, name) = match node.kind() {
            "attribute" => (
                find_field(node, &["object"]),
                find_field(node, &["attribute"]),
            ),
            "member_expression" => (
                find_field(node, &["object"]),
                find_field(node, &["property"]),
            ),
            "member_access_expression" => (
                find_field(node, &["expression"]),
                find_field(node, &["name"]),
            ),
            "field_expression" => (find_field(node, &["value"]), find_field(node, &["field"])),
            "scoped_identifier" => (find_field(node, &["path"]), find_field(node, &["name"])),
            "dot" => (find_field(node, &["left"]), find_field(node, &["right"])),
            _ => (None, Some(node)),
        };
        let of = name
            .filter(|name| name.kind() == "generic_name")
            .and_then(|name| {
                list_children(name)
                    .into_iter()
                    .find(|child| child.kind() == "type_argument_list")
            })
            .map(|of| self.raw(of).trim_matches(['<', '>']).to_owned());
        let name = name
            .map(|name| {
                self.raw(name)
                    // `Column<int>` carries a type behind its name
                    .split('<')
                    .next()
                    .unwrap_or_default()
                    .to_owned()
            })
            .unwrap_or_default();
        (on.map(|on| self.expr(on, depth + 1)), name, of)
    }

    pub(super) fn argument(&mut self, node: Node<'_>, call: &mut FunctionCall, depth: usize) {
        match node.kind() {
            "comment" => {}
            "keyword_argument" => {
                if let (Some(name), Some(value)) =
                    (find_field(node, &["name"]), find_field(node, &["value"]))
                {
                    let value = self.expr(value, depth);
                    call.named.push((self.raw(name).to_owned(), value));
                }
            }
            "pair" => {
                let pair = self.pair(node, depth);
                call.named.push(pair);
            }
            "keywords" => {
                for child in list_children(node) {
                    let pair = self.pair(child, depth);
                    call.named.push(pair);
                }
            }
            "argument" => {
                // a name with a colon may stand in front of the value
                let parts = list_children(node);
                let name = find_field(node, &["name"]).or_else(|| {
                    parts
                        .iter()
                        .find(|part| part.kind() == "name_colon")
                        .copied()
                });
                let Some(value) = parts.last().copied() else {
                    return;
                };
                if CLOSURES.contains(&value.kind()) {
                    self.closure(value, call, depth);
                    return;
                }
                let value = self.expr(value, depth);
                match name {
                    Some(name) => call.named.push((
                        self.raw(name).trim_end_matches(':').trim().to_owned(),
                        value,
                    )),
                    None => call.args.push(value),
                }
            }
            kind if CLOSURES.contains(&kind) => self.closure(node, call, depth),
            _ => {
                let value = self.expr(node, depth);
                call.args.push(value);
            }
        }
    }

    pub(super) fn closure(&mut self, node: Node<'_>, call: &mut FunctionCall, depth: usize) {
        if let Some(parameters) = find_field(node, &["parameters", "parameter"]) {
            // `|a, b|`, `(a: string, b = 1)`, `Blueprint $table`
            call.params = self
                .raw(parameters)
                .trim_matches(['|', '(', ')'])
                .split(',')
                .map(|name| {
                    name.split([':', '='])
                        .next()
                        .unwrap_or_default()
                        .trim()
                        .rsplit([' ', '$'])
                        .next()
                        .unwrap_or_default()
                        .to_owned()
                })
                .filter(|name| !name.is_empty())
                .collect();
        }
        // whether a closure runs is said of the call that takes it
        match find_field(node, &["body"]) {
            Some(body) => self.body(body, true, depth, &mut call.block),
            None => list_children(node)
                .into_iter()
                .filter(|child| !matches!(child.kind(), "block_parameters" | "formal_parameters"))
                .for_each(|child| self.body(child, true, depth, &mut call.block)),
        }
    }
}
