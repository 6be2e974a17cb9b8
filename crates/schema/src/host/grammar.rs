//! tree-sitter's trees of all host languages to the one small syntax.

use std::cell::Cell;
use std::ops::ControlFlow;

use tree_sitter::{Language as Grammar, Node, ParseOptions, ParseState, Parser, Tree};

use super::node_kinds::{CLOSURES, CONDITIONS, FUNCTIONS};
use super::resolve;
use super::syntax::{Expr, FunctionCall, SyntaxItem};

/// Deepest nesting that is followed.
const DEPTH: usize = 160;

/// Longest text that is parsed, in bytes.
const LENGTH: usize = 2 * 1024 * 1024;

/// What a text holds, and the first line that its grammar does not read.
pub struct ParsedSource {
    /// Functions, calls, assignments.
    pub items: Vec<SyntaxItem>,
    /// Line of the first place that is no sentence of the language.
    pub broken: Option<usize>,
    /// Line of the first place that is nested deeper than is followed: what stands there is not
    /// among the items.
    pub too_deep: Option<usize>,
}

/// Reads a text. `None` if it is too long or no grammar reads it.
pub fn parse_items(text: &str, grammar: &Grammar) -> Option<ParsedSource> {
    if text.len() > LENGTH {
        return None;
    }
    let mut parser = Parser::new();
    parser.set_language(grammar).ok()?;
    let tree = parse_tree(&mut parser, text)?;
    let mut reader = GrammarReader {
        text,
        heredocs: Vec::new(),
        next_heredoc: 0,
        too_deep: None.into(),
    };
    // before everything else: a heredoc is named above its body
    reader.find_heredocs(tree.root_node(), 0);
    let mut out = Vec::new();
    reader.body(tree.root_node(), true, 0, &mut out);
    let broken = tree
        .root_node()
        .has_error()
        .then(|| first_error(tree.root_node()));
    Some(ParsedSource {
        items: out,
        broken,
        too_deep: reader.too_deep.get(),
    })
}

/// Parses within a budget: text made to puzzle a grammar costs it far more steps a byte than any
/// program does.
fn parse_tree(parser: &mut Parser, text: &str) -> Option<Tree> {
    let mut left = 2_000 + text.len() / 5; // each call stands for 100 steps
    let mut progress = |_: &ParseState| {
        left = left.saturating_sub(1);
        if left == 0 {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    };
    let options = ParseOptions::new().progress_callback(&mut progress);
    parser.parse_with_options(
        &mut |at, _| text.as_bytes().get(at..).unwrap_or_default(),
        None,
        Some(options),
    )
}

/// Line of the first error below a node that has one.
fn first_error(node: Node<'_>) -> usize {
    let mut node = node;
    loop {
        let mut cursor = node.walk();
        match node
            .children(&mut cursor)
            .find(|child| child.has_error() || child.is_missing())
        {
            Some(child) if !node.is_error() => node = child,
            _ => return find_node_line(node),
        }
    }
}

/// The grammar has symbols, which are names too: there only constants stand for something else.
pub fn has_symbols(grammar: &Grammar) -> bool {
    ["simple_symbol", "atom"]
        .iter()
        .any(|kind| grammar.id_for_node_kind(kind, true) != 0)
}

/// A text under its grammar.
pub struct GrammarReader<'a> {
    /// The text.
    pub text: &'a str,
    /// Contents of heredocs in order.
    pub heredocs: Vec<(String, usize)>,
    /// The next one to be used.
    pub next_heredoc: usize,
    /// Line of the first place that was left out because it lies too deep.
    pub(super) too_deep: Cell<Option<usize>>,
}

/// Named children of a node.
pub fn list_children(node: Node<'_>) -> Vec<Node<'_>> {
    let mut cursor = node.walk();
    node.named_children(&mut cursor).collect()
}

/// The first child that stands under one of the names of fields.
pub fn find_field<'t>(node: Node<'t>, names: &[&str]) -> Option<Node<'t>> {
    names.iter().find_map(|name| node.child_by_field_name(name))
}

/// Line on which a node begins, from 1.
pub fn find_node_line(node: Node<'_>) -> usize {
    node.start_position().row + 1
}

impl GrammarReader<'_> {
    /// Whether a node lies deeper than is followed, which is remembered: every reader leaves such a
    /// node out, and nothing that was left out may be taken for nothing.
    pub fn is_too_deep(&self, node: Node<'_>, depth: usize) -> bool {
        if depth <= DEPTH {
            return false;
        }
        self.too_deep
            .set(self.too_deep.get().or(Some(find_node_line(node))));
        true
    }

    /// Source text of a node.
    pub fn raw(&self, node: Node<'_>) -> &str {
        self.text.get(node.byte_range()).unwrap_or_default()
    }

    pub(super) fn find_heredocs(&mut self, node: Node<'_>, depth: usize) {
        if self.is_too_deep(node, depth) {
            return;
        }
        if node.kind() == "heredoc_body" {
            let mut text = String::new();
            self.string_parts(node, &mut text, 0);
            self.heredocs.push((text, find_node_line(node)));
            return;
        }
        for child in list_children(node) {
            self.find_heredocs(child, depth + 1);
        }
    }

    pub(super) fn body(
        &mut self,
        node: Node<'_>,
        certain: bool,
        depth: usize,
        out: &mut Vec<SyntaxItem>,
    ) {
        if self.is_too_deep(node, depth) {
            return;
        }
        if let Some(function) = self.read_function(node, depth) {
            out.push(function);
            return;
        }
        if self.read_sentence(node, certain, depth, out) {
            return;
        }
        let kind = node.kind();
        // an anonymous class holds functions, which would be lost in a call
        let holds_class = kind == "object_creation_expression"
            && list_children(node)
                .iter()
                .any(|child| matches!(child.kind(), "declaration_list" | "anonymous_class"));
        if !holds_class && let Some(call) = self.call(node, depth) {
            place_call(call, certain, out);
            return;
        }
        let inside = certain && !CONDITIONS.contains(&kind);
        for child in list_children(node) {
            self.body(child, inside, depth + 1, out);
        }
    }

    /// A definition of a function, whatever it stands in.
    fn read_function(&mut self, node: Node<'_>, depth: usize) -> Option<SyntaxItem> {
        if !FUNCTIONS.contains(&node.kind()) {
            return None;
        }
        let name = find_field(node, &["name", "property"])?;
        let mut body = Vec::new();
        if let Some(inner) = find_field(node, &["body", "value"]) {
            // whether a function runs is said where it is called
            self.body(inner, true, depth + 1, &mut body);
        } else {
            list_children(node)
                .into_iter()
                .for_each(|child| self.body(child, true, depth + 1, &mut body));
        }
        Some(SyntaxItem::Function {
            name: self.raw(name).to_owned(),
            body,
            line: find_node_line(node),
        })
    }

    /// Sentences that are read as a whole. `true` if the node is dealt with.
    fn read_sentence(
        &mut self,
        node: Node<'_>,
        certain: bool,
        depth: usize,
        out: &mut Vec<SyntaxItem>,
    ) -> bool {
        match node.kind() {
            "comment" | "heredoc_body" => true,
            "raise_statement" | "throw_statement" | "throw_expression" => {
                // What is raised under a condition, or passed on, is no refusal.
                if certain {
                    out.push(SyntaxItem::Raise {
                        line: find_node_line(node),
                        text: self.raw(node).to_owned(),
                    });
                }
                true
            }
            "assignment"
            | "assignment_expression"
            | "variable_declarator"
            | "augmented_assignment_expression"
            | "pair"
            | "named_expression"
            | "let_declaration"
            | "for_statement"
            | "foreach_statement"
            | "for_in_clause"
            | "for_in_statement"
            | "for" => self.assignment(node, certain, depth, out),
            "anonymous_object_creation_expression" => {
                if let Expr::Map(pairs) = self.expr(node, depth + 1) {
                    out.extend(pairs.into_iter().map(|(name, value)| SyntaxItem::Assign {
                        name,
                        value,
                        line: find_node_line(node),
                    }));
                }
                true
            }
            "with_statement" => {
                self.with(node, certain, depth, out);
                true
            }
            _ => false,
        }
    }

    /// Assignments, object members and loop variables. `true` if the node is dealt with.
    pub(super) fn assignment(
        &mut self,
        node: Node<'_>,
        certain: bool,
        depth: usize,
        out: &mut Vec<SyntaxItem>,
    ) -> bool {
        let left = find_field(node, &["left", "name", "key", "pattern"]);
        // C# gives the value of a declaration no name.
        let last = || {
            list_children(node)
                .pop()
                .filter(|last| node.kind() == "variable_declarator" && Some(*last) != left)
        };
        let (Some(left), Some(right)) = (left, find_field(node, &["right", "value"]).or_else(last))
        else {
            return false;
        };
        let name = self.raw(left).trim_start_matches('$').to_owned();
        let is_loop = node.kind().starts_with("for");
        // a function given to a name is a function of that name
        if CLOSURES.contains(&right.kind()) && !is_loop {
            let mut body = Vec::new();
            let inner = find_field(right, &["body"]).unwrap_or(right);
            self.body(inner, true, depth + 1, &mut body);
            let short = name
                .rsplit('.')
                .next()
                .unwrap_or(&name)
                .trim_matches(['"', '\''])
                .to_owned();
            out.push(SyntaxItem::Function {
                name: short,
                body,
                line: find_node_line(node),
            });
            return true;
        }
        // other members are plain values and hold nothing that runs
        if node.kind() == "pair" && !matches!(right.kind(), "object" | "call_expression") {
            return false;
        }
        let value = self.expr(right, depth + 1);
        if is_loop && let Some(inner) = find_field(node, &["body"]) {
            let names: Vec<String> = name
                .trim_matches(['(', ')', '[', ']'])
                .split(',')
                .map(|name| {
                    name.trim()
                        .rsplit(' ')
                        .next()
                        .unwrap_or_default()
                        .to_owned()
                })
                .collect();
            let mut once = Vec::new();
            self.body(inner, certain, depth + 1, &mut once);
            if let Some(items) = resolve::unroll_loop(&names, &value, &once) {
                out.extend(items);
                return true;
            }
            if let Expr::Call(call) = &value {
                out.push(SyntaxItem::Call((**call).clone(), false));
            }
            out.push(SyntaxItem::Assign {
                name,
                value,
                line: find_node_line(node),
            });
            out.extend(
                once.into_iter()
                    // a refusal within a loop may never be reached
                    .filter(|item| !matches!(item, SyntaxItem::Raise { .. }))
                    .map(make_uncertain),
            );
            return true;
        }
        if let Expr::Call(call) = &value {
            out.push(SyntaxItem::Call((**call).clone(), certain && !is_loop));
        } else if matches!(
            right.kind(),
            "await_expression" | "object" | "if" | "class" | "class_declaration"
        ) {
            // an object or a class may hold functions
            self.body(right, certain, depth + 1, out);
        }
        out.push(SyntaxItem::Assign {
            name,
            value,
            line: find_node_line(node),
        });
        true
    }

    /// Python's `with call(..) as name:` is a call with a block.
    pub(super) fn with(
        &mut self,
        node: Node<'_>,
        certain: bool,
        depth: usize,
        out: &mut Vec<SyntaxItem>,
    ) {
        let mut block = Vec::new();
        if let Some(body) = find_field(node, &["body"]) {
            self.body(body, certain, depth + 1, &mut block);
        }
        let clause = list_children(node)
            .into_iter()
            .find(|child| child.kind() == "with_clause");
        // several may be opened at once; the first says what it is about
        let item = clause.and_then(|clause| list_children(clause).into_iter().next());
        let value = item.and_then(|item| {
            find_field(item, &["value"]).or_else(|| list_children(item).into_iter().next())
        });
        let (call, alias) = match value {
            Some(value) if value.kind() == "as_pattern" => {
                let parts = list_children(value);
                (
                    parts.first().copied(),
                    parts.get(1).map(|alias| self.raw(*alias).to_owned()),
                )
            }
            other => (other, None),
        };
        match call.and_then(|call| self.call(call, depth + 1)) {
            Some(mut call) => {
                call.block = block;
                call.params = alias.into_iter().collect();
                out.push(SyntaxItem::Call(call, certain));
            }
            None => out.extend(block),
        }
    }
}

/// What a call means where it stands: a function of Elixir, a refusal, a loop, a condition, or a
/// call.
fn place_call(call: FunctionCall, certain: bool, out: &mut Vec<SyntaxItem>) {
    if let Some(name) = elixir_function(&call) {
        out.push(make_elixir_function(name, &call));
        return;
    }
    if matches!(call.name.as_str(), "raise" | "raise!") {
        if certain {
            out.push(SyntaxItem::Raise {
                line: call.line,
                text: call.text.clone(),
            });
        }
        return;
    }
    if matches!(call.name.as_str(), "each" | "forEach" | "map" | "for_each")
        && let Some(list) = &call.on
        && let Some(items) = resolve::unroll_loop(&call.params, list, &call.block)
    {
        out.extend(
            items
                .into_iter()
                .map(|item| if certain { item } else { make_uncertain(item) }),
        );
        return;
    }
    // conditions of Elixir are calls with a block
    if matches!(
        call.name.as_str(),
        "if" | "unless" | "case" | "for" | "cond" | "with" | "defmodule"
    ) && call.on.is_none()
    {
        // a module holds its functions whatever happens
        let holds = certain && call.name == "defmodule";
        out.extend(
            call.block
                .into_iter()
                // a refusal under a condition may never be reached
                .filter(|item| holds || !matches!(item, SyntaxItem::Raise { .. }))
                .map(|item| if holds { item } else { make_uncertain(item) }),
        );
        return;
    }
    out.push(SyntaxItem::Call(call, certain));
}

fn make_elixir_function(name: String, call: &FunctionCall) -> SyntaxItem {
    let mut body = call.block.clone();
    // `def up, do: execute("..")`
    if let Some(Expr::Call(only)) = call
        .named
        .iter()
        .find(|(name, _)| name == "do")
        .map(|(_, value)| value)
    {
        body.push(if only.name == "raise" {
            SyntaxItem::Raise {
                line: only.line,
                text: only.text.clone(),
            }
        } else {
            SyntaxItem::Call((**only).clone(), true)
        });
    }
    SyntaxItem::Function {
        name,
        body,
        line: call.line,
    }
}

fn make_uncertain(item: SyntaxItem) -> SyntaxItem {
    match item {
        SyntaxItem::Call(call, _) => SyntaxItem::Call(call, false),
        other => other,
    }
}

/// `def change do .. end` is a call to Elixir's grammar.
fn elixir_function(call: &FunctionCall) -> Option<String> {
    if call.on.is_some() || !matches!(call.name.as_str(), "def" | "defp") {
        return None;
    }
    match call.args.first()? {
        Expr::Name(name) => Some(name.clone()),
        Expr::Call(inner) => Some(inner.name.clone()),
        _ => None,
    }
}
