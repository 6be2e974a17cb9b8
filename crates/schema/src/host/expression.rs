//! Expressions: literals, lists, maps, names; everything else keeps its text.

use tree_sitter::Node;

use super::grammar::{GrammarReader, find_field, find_node_line, list_children};
use super::node_kinds::STRINGS;
use super::syntax::{Expr, FunctionCall};

impl GrammarReader<'_> {
    /// A key and its value.
    pub fn pair(&mut self, node: Node<'_>, depth: usize) -> (String, Expr) {
        let parts = list_children(node);
        let key = find_field(node, &["key"])
            .or(parts.first().copied())
            .map(|key| {
                // keys are words, strings or symbols
                self.raw(key)
                    .trim()
                    .trim_matches(['"', '\'', ':', '`'])
                    .trim_end_matches(':')
                    .to_owned()
            })
            .unwrap_or_default();
        let value = find_field(node, &["value"])
            .or(parts.get(1).copied())
            .map_or(Expr::Null, |value| self.expr(value, depth));
        (key, value)
    }

    /// An expression.
    pub fn expr(&mut self, node: Node<'_>, depth: usize) -> Expr {
        if self.is_too_deep(node, depth) {
            return Expr::Other(String::new());
        }
        if let Some(call) = self.call(node, depth) {
            return read_called_value(call);
        }
        let raw = self.raw(node).trim().to_owned();
        // the surest kinds first: a text may also look like a name
        self.read_text_value(node, &raw, depth)
            .or_else(|| read_literal(node.kind(), &raw))
            .or_else(|| self.read_list_value(node, &raw, depth))
            .or_else(|| self.read_map_value(node, depth))
            .or_else(|| self.read_wrapped_value(node, &raw, depth))
            .or_else(|| read_name_value(node.kind(), &raw))
            .unwrap_or(Expr::Other(raw))
    }

    /// Strings, words in a list of symbols, and strings that are put together.
    fn read_text_value(&mut self, node: Node<'_>, raw: &str, depth: usize) -> Option<Expr> {
        Some(match node.kind() {
            "heredoc_beginning" => {
                // a heredoc's body stands behind the line that names it
                let found = self.heredocs.get(self.next_heredoc).cloned();
                self.next_heredoc += 1;
                found.map_or(Expr::Other(raw.to_owned()), |(text, at)| {
                    Expr::Text(text, at)
                })
            }
            kind if STRINGS.contains(&kind) && kind != "string_array" => {
                let mut text = String::new();
                self.string(node, &mut text, depth);
                Expr::Text(text, find_node_line(node))
            }
            "string_array" | "symbol_array" => Expr::List(
                list_children(node)
                    .into_iter()
                    .map(|child| Expr::Text(self.raw(child).to_owned(), find_node_line(child)))
                    .collect(),
            ),
            "binary_expression" | "binary_operator" | "binary"
                if matches!(raw.chars().next(), Some('"' | '\'' | '`')) =>
            {
                // only what begins with a string is put together from strings
                let mut text = String::new();
                for child in list_children(node) {
                    match self.expr(child, depth + 1) {
                        Expr::Text(part, _) => text.push_str(&part),
                        // a part that is not known stands as a placeholder
                        _ => text.push_str("{{x}}"),
                    }
                }
                Expr::Text(text, find_node_line(node))
            }
            "binary_operator" | "binary_expression" if raw.starts_with('[') => {
                // lists that are added to one another
                let mut items = Vec::new();
                for child in list_children(node) {
                    match self.expr(child, depth + 1) {
                        Expr::List(more) => items.extend(more),
                        other => items.push(other),
                    }
                }
                Expr::List(items)
            }
            _ => return None,
        })
    }

    /// Lists and tuples.
    fn read_list_value(&mut self, node: Node<'_>, raw: &str, depth: usize) -> Option<Expr> {
        match node.kind() {
            "list"
            | "tuple"
            | "array"
            | "set"
            | "initializer_expression"
            | "collection_expression"
            | "implicit_array_creation_expression"
            | "array_creation_expression"
            | "array_expression"
            | "tuple_expression"
                if !raw.contains("=>") =>
            {
                let mut inner = list_children(node);
                // C# puts the values into a node of their own
                if let [only] = inner[..]
                    && only.kind() == "initializer_expression"
                {
                    inner = list_children(only);
                }
                let values = inner
                    .into_iter()
                    .filter(|child| !matches!(child.kind(), "comment" | "array_type"))
                    .map(|child| self.expr(child, depth + 1))
                    .collect();
                Some(Expr::List(values))
            }
            _ => None,
        }
    }

    /// Maps; in PHP a list and a map are one kind of node.
    fn read_map_value(&mut self, node: Node<'_>, depth: usize) -> Option<Expr> {
        match node.kind() {
            "array_creation_expression" | "dictionary" | "object" | "hash" | "map" => {
                Some(self.read_pairs(node, depth))
            }
            "anonymous_object_creation_expression" => Some(self.read_anonymous_object(node, depth)),
            _ => None,
        }
    }

    fn read_pairs(&mut self, node: Node<'_>, depth: usize) -> Expr {
        let mut pairs = Vec::new();
        let mut items = Vec::new();
        for child in list_children(node) {
            match child.kind() {
                "pair" => {
                    let pair = self.pair(child, depth + 1);
                    pairs.push(pair);
                }
                "array_element_initializer" => {
                    let parts = list_children(child);
                    match parts[..] {
                        [key, value] => pairs.push((
                            self.raw(key).trim_matches(['\'', '"']).to_owned(),
                            self.expr(value, depth + 1),
                        )),
                        [value] => items.push(self.expr(value, depth + 1)),
                        _ => {}
                    }
                }
                _ => {}
            }
        }
        if pairs.is_empty() && !items.is_empty() {
            Expr::List(items)
        } else {
            Expr::Map(pairs)
        }
    }

    /// C#'s `new { Name = "a", .. }`.
    fn read_anonymous_object(&mut self, node: Node<'_>, depth: usize) -> Expr {
        let parts = list_children(node);
        let mut pairs = Vec::new();
        let mut at = 0;
        while at < parts.len() {
            // a member without a name, as in `new { order.Id }`, is passed over
            if parts[at].kind() == "identifier"
                && parts
                    .get(at + 1)
                    .is_some_and(|next| next.kind() != "identifier")
            {
                pairs.push((
                    self.raw(parts[at]).to_owned(),
                    self.expr(parts[at + 1], depth + 1),
                ));
                at += 1;
            }
            at += 1;
        }
        Expr::Map(pairs)
    }

    /// What only stands around another expression.
    fn read_wrapped_value(&mut self, node: Node<'_>, raw: &str, depth: usize) -> Option<Expr> {
        let wraps = match node.kind() {
            "array_element_initializer"
            | "parenthesized_expression"
            | "await_expression"
            | "expression_statement"
            | "await"
            | "expression_list"
            | "type"
            | "argument"
            | "as_expression"
            | "satisfies_expression"
            | "non_null_expression"
            | "try_expression"
            | "reference_expression" => true,
            // Elixir's `(call())`
            "block" => raw.starts_with('(') && node.named_child_count() == 1,
            _ => false,
        };
        wraps.then(|| match list_children(node).into_iter().next() {
            Some(child) => self.expr(child, depth + 1),
            None => Expr::Other(raw.to_owned()),
        })
    }
}

/// A call; `<<~SQL.squish` and the like are still the string.
fn read_called_value(call: FunctionCall) -> Expr {
    if matches!(
        call.name.as_str(),
        "squish" | "strip" | "strip_heredoc" | "trim" | "dedent" | "freeze" | "html_safe" | "chomp"
    ) {
        // the text may be what the call is on, or its only argument
        match (&call.on, call.args.first()) {
            (Some(text @ Expr::Text(..)), _) | (_, Some(text @ Expr::Text(..))) => {
                return text.clone();
            }
            _ => {}
        }
    }
    Expr::Call(Box::new(call))
}

/// Numbers, truth values and nothing.
fn read_literal(kind: &str, raw: &str) -> Option<Expr> {
    Some(match kind {
        "integer" | "float" | "number" | "integer_literal" | "real_literal" | "rational" => {
            Expr::Number(raw.to_owned())
        }
        "true" | "false" | "True" | "False" | "boolean" | "boolean_literal" => {
            // Python writes `True`
            Expr::Bool(raw.eq_ignore_ascii_case("true"))
        }
        "none" | "nil" | "null" | "null_literal" | "undefined" => Expr::Null,
        _ => return None,
    })
}

/// Names and symbols.
fn read_name_value(kind: &str, raw: &str) -> Option<Expr> {
    Some(match kind {
        "simple_symbol" | "atom" | "quoted_atom" | "hash_key_symbol" | "delimited_symbol" => {
            Expr::Name(raw.trim_start_matches(':').trim_matches('"').to_owned())
        }
        "identifier"
        | "constant"
        | "attribute"
        | "member_expression"
        | "scope_resolution"
        | "name"
        | "variable_name"
        | "alias"
        | "member_access_expression"
        | "class_constant_access_expression"
        | "property_identifier"
        | "scoped_identifier"
        | "field_expression"
        | "this" => Expr::Name(raw.trim_start_matches('$').to_owned()),
        _ => return None,
    })
}
