//! Host languages as one small syntax: functions, calls with literal arguments, blocks. tree-sitter reads the text; what has
//! no counterpart here keeps its text as [`Expr::Other`].

use tree_sitter::{Language as Grammar, Node, Parser};

/// Deepest nesting that is followed.
const DEPTH: usize = 160;

/// Longest text that is parsed, in bytes.
const LENGTH: usize = 2 * 1024 * 1024;

/// An expression.
#[derive(Debug, Clone, PartialEq)]
pub enum Expr {
    /// A string and the line on which its contents begin.
    Text(String, usize),
    /// A number as written.
    Number(String),
    /// True or false.
    Bool(bool),
    /// None, nil, null.
    Null,
    /// A list.
    List(Vec<Expr>),
    /// Keys and values in order.
    Map(Vec<(String, Expr)>),
    /// A call.
    Call(Box<Call>),
    /// A name, a symbol or a dotted name.
    Name(String),
    /// Anything else, as text.
    Other(String),
}

/// A call.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// What it is called on.
    pub on: Option<Expr>,
    /// Its name.
    pub name: String,
    /// Type argument (C#).
    pub of: Option<String>,
    /// Arguments by position.
    pub args: Vec<Expr>,
    /// Arguments by name.
    pub named: Vec<(String, Expr)>,
    /// What stands in its block or its closures.
    pub block: Vec<Item>,
    /// Names the block gives to its parameters.
    pub params: Vec<String>,
    /// Line, from 1.
    pub line: usize,
    /// Its text.
    pub text: String,
}

/// Something a body holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Item {
    /// A call, and whether it always runs.
    Call(Call, bool),
    /// A function.
    Function { name: String, body: Vec<Item>, line: usize },
    /// A value given to a name (also loop variables and attributes).
    Assign { name: String, value: Expr, line: usize },
    /// It raises on purpose.
    Raise { line: usize, text: String },
}

impl Expr {
    /// The string or symbol.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text, _) => Some(text),
            Self::Name(name) => Some(name),
            Self::Call(call) if call.args.len() == 1 && matches!(call.name.as_str(), "f" | "text" | "raw" | "literal" | "lit") => call.args[0].text(),
            _ => None,
        }
    }

    /// Strings in it, or in the list that it is.
    pub fn texts(&self) -> Vec<String> {
        match self {
            Self::List(items) => items.iter().filter_map(|item| item.text().map(str::to_owned)).collect(),
            other => other.text().map(str::to_owned).into_iter().collect(),
        }
    }

    /// The call.
    pub fn call(&self) -> Option<&Call> {
        if let Self::Call(call) = self { Some(call) } else { None }
    }

    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&Expr> {
        if let Self::Map(pairs) = self { pairs.iter().find(|(name, _)| name == key).map(|(_, value)| value) } else { None }
    }

    /// All strings anywhere in it, with their lines.
    pub fn all_texts(&self, out: &mut Vec<(String, usize)>) {
        match self {
            Self::Text(text, line) => out.push((text.clone(), *line)),
            Self::List(items) => items.iter().for_each(|item| item.all_texts(out)),
            Self::Map(pairs) => pairs.iter().for_each(|(_, value)| value.all_texts(out)),
            Self::Call(call) => call.all_texts(out),
            _ => {}
        }
    }

    /// As a default's text.
    pub fn literal(&self) -> String {
        match self {
            Self::Text(text, _) => format!("'{}'", text.replace('\'', "''")),
            Self::Number(text) | Self::Other(text) | Self::Name(text) => text.clone(),
            Self::Bool(value) => value.to_string(),
            Self::Null => "NULL".to_owned(),
            Self::List(_) | Self::Map(_) => "'{}'".to_owned(),
            Self::Call(call) => call.text.clone(),
        }
    }
}

impl Call {
    /// A named argument; with a trailing map (JavaScript, Ruby), its key.
    pub fn named(&self, key: &str) -> Option<&Expr> {
        self.named.iter().find(|(name, _)| name == key).map(|(_, value)| value).or_else(|| self.args.iter().rev().find_map(|arg| arg.get(key)))
    }

    /// A named argument, or the one at a position.
    pub fn arg(&self, key: &str, at: usize) -> Option<&Expr> {
        self.named.iter().find(|(name, _)| name == key).map(|(_, value)| value).or_else(|| self.args.get(at))
    }

    /// A positional argument's string.
    pub fn text(&self, at: usize) -> Option<&str> {
        self.args.get(at).and_then(Expr::text)
    }

    /// A named argument that is true.
    pub fn flag(&self, key: &str) -> bool {
        matches!(self.named(key), Some(Expr::Bool(true)))
    }

    /// The chain of calls it ends, innermost first.
    pub fn chain(&self) -> Vec<&Call> {
        let mut out = vec![self];
        let mut on = self.on.as_ref();
        while let Some(Expr::Call(inner)) = on {
            out.push(inner);
            on = inner.on.as_ref();
        }
        out.reverse();
        out
    }

    /// The name on which the chain begins.
    pub fn root(&self) -> Option<&str> {
        match self.chain().first()?.on.as_ref()? {
            Expr::Name(name) | Expr::Other(name) => Some(name),
            _ => None,
        }
    }

    /// All strings in its arguments.
    pub fn all_texts(&self, out: &mut Vec<(String, usize)>) {
        if let Some(on) = &self.on {
            on.all_texts(out);
        }
        self.args.iter().for_each(|arg| arg.all_texts(out));
        self.named.iter().for_each(|(_, value)| value.all_texts(out));
    }
}

/// Reads a text. `None` if it is too long or no grammar reads it.
pub fn items(text: &str, grammar: &Grammar) -> Option<Vec<Item>> {
    if text.len() > LENGTH {
        return None;
    }
    let mut parser = Parser::new();
    parser.set_language(grammar).ok()?;
    let tree = parser.parse(text, None)?;
    let mut reader = Reader { text, heredocs: Vec::new(), next_heredoc: 0 };
    reader.find_heredocs(tree.root_node(), 0);
    let mut out = Vec::new();
    reader.body(tree.root_node(), true, 0, &mut out);
    Some(out)
}

struct Reader<'a> {
    text: &'a str,
    heredocs: Vec<(String, usize)>,
    next_heredoc: usize,
}

fn children(node: Node<'_>) -> Vec<Node<'_>> {
    let mut cursor = node.walk();
    node.named_children(&mut cursor).collect()
}

fn field<'t>(node: Node<'t>, names: &[&str]) -> Option<Node<'t>> {
    names.iter().find_map(|name| node.child_by_field_name(name))
}

fn line(node: Node<'_>) -> usize {
    node.start_position().row + 1
}

const FUNCTIONS: [&str; 9] = [
    "function_definition",
    "method",
    "singleton_method",
    "method_definition",
    "function_declaration",
    "method_declaration",
    "local_function_statement",
    "generator_function_declaration",
    "public_field_definition",
];
const CLOSURES: [&str; 12] = [
    "arrow_function",
    "function_expression",
    "function",
    "anonymous_function",
    "anonymous_function_creation_expression",
    "lambda_expression",
    "anonymous_method_expression",
    "do_block",
    "block",
    "lambda",
    "generator_function",
    "anonymous_function_use_clause",
];
const CONDITIONS: [&str; 30] = [
    "if_statement",
    "elif_clause",
    "else_clause",
    "for_statement",
    "while_statement",
    "try_statement",
    "except_clause",
    "if",
    "unless",
    "elsif",
    "else",
    "while",
    "until",
    "for",
    "begin",
    "rescue",
    "case",
    "when",
    "if_modifier",
    "unless_modifier",
    "conditional",
    "foreach_statement",
    "for_in_statement",
    "switch_statement",
    "catch_clause",
    "for_each_statement",
    "conditional_expression",
    "match_expression",
    "ternary_expression",
    "do_statement",
];
const STRINGS: [&str; 14] = [
    "string",
    "concatenated_string",
    "template_string",
    "encapsed_string",
    "heredoc",
    "nowdoc",
    "string_literal",
    "verbatim_string_literal",
    "raw_string_literal",
    "interpolated_string_expression",
    "heredoc_beginning",
    "sigil",
    "string_array",
    "bare_string",
];

impl Reader<'_> {
    fn raw(&self, node: Node<'_>) -> &str {
        self.text.get(node.byte_range()).unwrap_or_default()
    }

    fn find_heredocs(&mut self, node: Node<'_>, depth: usize) {
        if depth > DEPTH {
            return;
        }
        if node.kind() == "heredoc_body" {
            let mut text = String::new();
            self.string_parts(node, &mut text, 0);
            self.heredocs.push((text, line(node)));
            return;
        }
        for child in children(node) {
            self.find_heredocs(child, depth + 1);
        }
    }

    fn body(&mut self, node: Node<'_>, certain: bool, depth: usize, out: &mut Vec<Item>) {
        if depth > DEPTH {
            return;
        }
        let kind = node.kind();
        if FUNCTIONS.contains(&kind) {
            if let Some(name) = field(node, &["name", "property"]) {
                let mut body = Vec::new();
                if let Some(inner) = field(node, &["body", "value"]) {
                    self.body(inner, true, depth + 1, &mut body);
                } else {
                    children(node).into_iter().for_each(|child| self.body(child, true, depth + 1, &mut body));
                }
                out.push(Item::Function { name: self.raw(name).to_owned(), body, line: line(node) });
                return;
            }
        }
        match kind {
            "comment" | "heredoc_body" => return,
            "raise_statement" | "throw_statement" | "throw_expression" => {
                out.push(Item::Raise { line: line(node), text: self.raw(node).to_owned() });
                return;
            }
            "assignment"
            | "assignment_expression"
            | "variable_declarator"
            | "augmented_assignment_expression"
            | "pair"
            | "named_expression"
            | "for_statement"
            | "foreach_statement"
            | "for_in_clause"
            | "for_in_statement"
            | "for" => {
                if self.assignment(node, certain, depth, out) {
                    return;
                }
            }
            "anonymous_object_creation_expression" => {
                if let Expr::Map(pairs) = self.expr(node, depth + 1) {
                    out.extend(pairs.into_iter().map(|(name, value)| Item::Assign { name, value, line: line(node) }));
                }
                return;
            }
            "with_statement" => {
                self.with(node, certain, depth, out);
                return;
            }
            _ => {}
        }
        if let Some(call) = self.call(node, depth) {
            if let Some(function) = elixir_function(&call) {
                out.push(Item::Function { name: function, body: call.block, line: call.line });
                return;
            }
            if matches!(call.name.as_str(), "raise" | "raise!") {
                out.push(Item::Raise { line: call.line, text: call.text.clone() });
                return;
            }
            if matches!(call.name.as_str(), "if" | "unless" | "case" | "for" | "cond" | "with" | "defmodule") && call.on.is_none() {
                let holds = certain && call.name == "defmodule";
                out.extend(call.block.into_iter().map(|item| if holds { item } else { uncertain(item) }));
                return;
            }
            out.push(Item::Call(call, certain));
            return;
        }
        let inside = certain && !CONDITIONS.contains(&kind);
        for child in children(node) {
            self.body(child, inside, depth + 1, out);
        }
    }

    /// Assignments, object members and loop variables. `true` if the node is dealt with.
    fn assignment(&mut self, node: Node<'_>, certain: bool, depth: usize, out: &mut Vec<Item>) -> bool {
        let (Some(left), Some(right)) = (field(node, &["left", "name", "key"]), field(node, &["right", "value"])) else { return false };
        let name = self.raw(left).trim_start_matches('$').to_owned();
        let is_loop = node.kind().starts_with("for");
        if CLOSURES.contains(&right.kind()) && !is_loop {
            let mut body = Vec::new();
            let inner = field(right, &["body"]).unwrap_or(right);
            self.body(inner, true, depth + 1, &mut body);
            let short = name.rsplit('.').next().unwrap_or(&name).trim_matches(['"', '\'']).to_owned();
            out.push(Item::Function { name: short, body, line: line(node) });
            return true;
        }
        if node.kind() == "pair" && !matches!(right.kind(), "object" | "call_expression") {
            return false;
        }
        let value = self.expr(right, depth + 1);
        if let Expr::Call(call) = &value {
            out.push(Item::Call((**call).clone(), certain && !is_loop));
        } else if right.kind() == "await_expression" || right.kind() == "object" || right.kind() == "if" {
            self.body(right, certain, depth + 1, out);
        }
        out.push(Item::Assign { name, value, line: line(node) });
        if is_loop {
            if let Some(inner) = field(node, &["body"]) {
                self.body(inner, false, depth + 1, out);
            }
            return true;
        }
        true
    }

    /// Python's `with call(..) as name:` is a call with a block.
    fn with(&mut self, node: Node<'_>, certain: bool, depth: usize, out: &mut Vec<Item>) {
        let mut block = Vec::new();
        if let Some(body) = field(node, &["body"]) {
            self.body(body, certain, depth + 1, &mut block);
        }
        let clause = children(node).into_iter().find(|child| child.kind() == "with_clause");
        let item = clause.and_then(|clause| children(clause).into_iter().next());
        let value = item.and_then(|item| field(item, &["value"]).or_else(|| children(item).into_iter().next()));
        let (call, alias) = match value {
            Some(value) if value.kind() == "as_pattern" => {
                let parts = children(value);
                (parts.first().copied(), parts.get(1).map(|alias| self.raw(*alias).to_owned()))
            }
            other => (other, None),
        };
        match call.and_then(|call| self.call(call, depth + 1)) {
            Some(mut call) => {
                call.block = block;
                call.params = alias.into_iter().collect();
                out.push(Item::Call(call, certain));
            }
            None => out.extend(block),
        }
    }

    fn call(&mut self, node: Node<'_>, depth: usize) -> Option<Call> {
        if depth > DEPTH {
            return None;
        }
        let (on, name, of) = match node.kind() {
            "call" if node.child_by_field_name("function").is_some() => self.callee(node.child_by_field_name("function")?, depth),
            "call" if node.child_by_field_name("target").is_some() => self.callee(node.child_by_field_name("target")?, depth),
            "call" | "method_call" => {
                let on = node.child_by_field_name("receiver").map(|receiver| self.expr(receiver, depth + 1));
                (on, self.raw(node.child_by_field_name("method")?).to_owned(), None)
            }
            "call_expression" | "invocation_expression" | "function_call_expression" => self.callee(node.child_by_field_name("function")?, depth),
            "new_expression" => self.callee(node.child_by_field_name("constructor")?, depth),
            "object_creation_expression" => {
                let kind = field(node, &["type"]).or_else(|| children(node).into_iter().next())?;
                (None, self.raw(kind).to_owned(), None)
            }
            "member_call_expression" | "nullsafe_member_call_expression" => {
                let on = self.expr(node.child_by_field_name("object")?, depth + 1);
                (Some(on), self.raw(node.child_by_field_name("name")?).to_owned(), None)
            }
            "scoped_call_expression" => {
                let scope = self.raw(node.child_by_field_name("scope")?).to_owned();
                (Some(Expr::Name(scope)), self.raw(node.child_by_field_name("name")?).to_owned(), None)
            }
            _ => return None,
        };
        let mut call = Call {
            on,
            name,
            of,
            args: Vec::new(),
            named: Vec::new(),
            block: Vec::new(),
            params: Vec::new(),
            line: line(node),
            text: crate::model::shorten(self.raw(node), 600).into_owned(),
        };
        let arguments =
            node.child_by_field_name("arguments").or_else(|| children(node).into_iter().find(|child| matches!(child.kind(), "arguments" | "argument_list")));
        if let Some(arguments) = arguments {
            for argument in children(arguments) {
                self.argument(argument, &mut call, depth + 1);
            }
        }
        let block = node.child_by_field_name("block").or_else(|| children(node).into_iter().find(|child| matches!(child.kind(), "do_block" | "block")));
        if let Some(block) = block {
            self.closure(block, &mut call, depth + 1);
        }
        Some(call)
    }

    fn callee(&mut self, node: Node<'_>, depth: usize) -> (Option<Expr>, String, Option<String>) {
        let (on, name) = match node.kind() {
            "attribute" => (field(node, &["object"]), field(node, &["attribute"])),
            "member_expression" => (field(node, &["object"]), field(node, &["property"])),
            "member_access_expression" => (field(node, &["expression"]), field(node, &["name"])),
            "dot" => (field(node, &["left"]), field(node, &["right"])),
            _ => (None, Some(node)),
        };
        let of = name
            .filter(|name| name.kind() == "generic_name")
            .and_then(|name| children(name).into_iter().find(|child| child.kind() == "type_argument_list"))
            .map(|of| self.raw(of).trim_matches(['<', '>']).to_owned());
        let name = name.map(|name| self.raw(name).split('<').next().unwrap_or_default().to_owned()).unwrap_or_default();
        (on.map(|on| self.expr(on, depth + 1)), name, of)
    }

    fn argument(&mut self, node: Node<'_>, call: &mut Call, depth: usize) {
        match node.kind() {
            "comment" => {}
            "keyword_argument" => {
                if let (Some(name), Some(value)) = (field(node, &["name"]), field(node, &["value"])) {
                    let value = self.expr(value, depth);
                    call.named.push((self.raw(name).to_owned(), value));
                }
            }
            "pair" => {
                let pair = self.pair(node, depth);
                call.named.push(pair);
            }
            "keywords" => {
                for child in children(node) {
                    let pair = self.pair(child, depth);
                    call.named.push(pair);
                }
            }
            "argument" => {
                let parts = children(node);
                let name = field(node, &["name"]).or_else(|| parts.iter().find(|part| part.kind() == "name_colon").copied());
                let Some(value) = parts.last().copied() else { return };
                if CLOSURES.contains(&value.kind()) {
                    self.closure(value, call, depth);
                    return;
                }
                let value = self.expr(value, depth);
                match name {
                    Some(name) => call.named.push((self.raw(name).trim_end_matches(':').trim().to_owned(), value)),
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

    fn closure(&mut self, node: Node<'_>, call: &mut Call, depth: usize) {
        if let Some(parameters) = field(node, &["parameters", "parameter"]) {
            call.params = self
                .raw(parameters)
                .trim_matches(['|', '(', ')'])
                .split(',')
                .map(|name| name.split([':', '=']).next().unwrap_or_default().trim().rsplit([' ', '$']).next().unwrap_or_default().to_owned())
                .filter(|name| !name.is_empty())
                .collect();
        }
        match field(node, &["body"]) {
            Some(body) => self.body(body, true, depth, &mut call.block),
            None => children(node)
                .into_iter()
                .filter(|child| !matches!(child.kind(), "block_parameters" | "formal_parameters"))
                .for_each(|child| self.body(child, true, depth, &mut call.block)),
        }
    }

    fn pair(&mut self, node: Node<'_>, depth: usize) -> (String, Expr) {
        let parts = children(node);
        let key = field(node, &["key"])
            .or(parts.first().copied())
            .map(|key| self.raw(key).trim().trim_matches(['"', '\'', ':', '`']).trim_end_matches(':').to_owned())
            .unwrap_or_default();
        let value = field(node, &["value"]).or(parts.get(1).copied()).map_or(Expr::Null, |value| self.expr(value, depth));
        (key, value)
    }

    /// An expression.
    fn expr(&mut self, node: Node<'_>, depth: usize) -> Expr {
        if depth > DEPTH {
            return Expr::Other(String::new());
        }
        if let Some(call) = self.call(node, depth) {
            // `<<~SQL.squish` and the like are still the string.
            if matches!(call.name.as_str(), "squish" | "strip" | "strip_heredoc" | "trim" | "dedent" | "freeze" | "html_safe" | "chomp") {
                match (&call.on, call.args.first()) {
                    (Some(text @ Expr::Text(..)), _) | (_, Some(text @ Expr::Text(..))) => return text.clone(),
                    _ => {}
                }
            }
            return Expr::Call(Box::new(call));
        }
        let raw = self.raw(node).trim().to_owned();
        match node.kind() {
            "heredoc_beginning" => {
                let found = self.heredocs.get(self.next_heredoc).cloned();
                self.next_heredoc += 1;
                found.map_or(Expr::Other(raw), |(text, at)| Expr::Text(text, at))
            }
            kind if STRINGS.contains(&kind) && kind != "string_array" => {
                let mut text = String::new();
                self.string(node, &mut text, depth);
                Expr::Text(text, line(node))
            }
            "string_array" | "symbol_array" => {
                Expr::List(children(node).into_iter().map(|child| Expr::Text(self.raw(child).to_owned(), line(child))).collect())
            }
            "binary_expression" | "binary_operator" | "binary" if matches!(raw.chars().next(), Some('"' | '\'' | '`')) => {
                let mut text = String::new();
                for child in children(node) {
                    match self.expr(child, depth + 1) {
                        Expr::Text(part, _) => text.push_str(&part),
                        _ => text.push_str("{{x}}"),
                    }
                }
                Expr::Text(text, line(node))
            }
            "integer" | "float" | "number" | "integer_literal" | "real_literal" | "rational" => Expr::Number(raw),
            "true" | "false" | "True" | "False" | "boolean" | "boolean_literal" => Expr::Bool(raw.eq_ignore_ascii_case("true")),
            "none" | "nil" | "null" | "null_literal" | "undefined" => Expr::Null,
            "list"
            | "tuple"
            | "array"
            | "set"
            | "initializer_expression"
            | "collection_expression"
            | "implicit_array_creation_expression"
            | "array_creation_expression"
                if !raw.contains("=>") =>
            {
                let mut inner = children(node);
                if let [only] = inner[..]
                    && only.kind() == "initializer_expression"
                {
                    inner = children(only);
                }
                Expr::List(
                    inner.into_iter().filter(|child| !matches!(child.kind(), "comment" | "array_type")).map(|child| self.expr(child, depth + 1)).collect(),
                )
            }
            "array_creation_expression" | "dictionary" | "object" | "hash" | "map" => {
                let mut pairs = Vec::new();
                let mut items = Vec::new();
                for child in children(node) {
                    match child.kind() {
                        "pair" => {
                            let pair = self.pair(child, depth + 1);
                            pairs.push(pair);
                        }
                        "array_element_initializer" => {
                            let parts = children(child);
                            match parts[..] {
                                [key, value] => pairs.push((self.raw(key).trim_matches(['\'', '"']).to_owned(), self.expr(value, depth + 1))),
                                [value] => items.push(self.expr(value, depth + 1)),
                                _ => {}
                            }
                        }
                        _ => {}
                    }
                }
                if pairs.is_empty() && !items.is_empty() { Expr::List(items) } else { Expr::Map(pairs) }
            }
            "anonymous_object_creation_expression" => {
                let parts = children(node);
                let mut pairs = Vec::new();
                let mut at = 0;
                while at < parts.len() {
                    if parts[at].kind() == "identifier" && parts.get(at + 1).is_some_and(|next| next.kind() != "identifier") {
                        pairs.push((self.raw(parts[at]).to_owned(), self.expr(parts[at + 1], depth + 1)));
                        at += 1;
                    }
                    at += 1;
                }
                Expr::Map(pairs)
            }
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
            | "non_null_expression" => match children(node).into_iter().next() {
                Some(child) => self.expr(child, depth + 1),
                None => Expr::Other(raw),
            },
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
            | "this" => Expr::Name(raw.trim_start_matches('$').to_owned()),
            _ => Expr::Other(raw),
        }
    }

    fn string(&self, node: Node<'_>, out: &mut String, depth: usize) {
        let before = out.len();
        self.string_parts(node, out, depth);
        if out.len() == before {
            let raw = self.raw(node).trim_start_matches(['@', 'r', 'b', 'u', 'f', 'R', 'B', 'U', 'F', '$']);
            let inner = raw.trim_start_matches("\"\"\"").trim_end_matches("\"\"\"");
            let inner = inner.strip_prefix(['"', '\'', '`']).and_then(|inner| inner.strip_suffix(['"', '\'', '`'])).unwrap_or(inner);
            if node.kind() == "verbatim_string_literal" { out.push_str(&inner.replace("\"\"", "\"")) } else { out.push_str(inner) }
        }
    }

    fn string_parts(&self, node: Node<'_>, out: &mut String, depth: usize) {
        if depth > DEPTH {
            return;
        }
        for child in children(node) {
            match child.kind() {
                "string_content"
                | "string_fragment"
                | "quoted_content"
                | "string_literal_content"
                | "raw_string_content"
                | "heredoc_content"
                | "nowdoc_string"
                | "string_value"
                | "string_literal_fragment" => {
                    if child.named_child_count() > 0 {
                        self.content(child, out);
                    } else {
                        out.push_str(self.raw(child));
                    }
                }
                "escape_sequence" | "escape_interpolation" => out.push_str(&unescape(self.raw(child))),
                "interpolation" | "template_substitution" | "variable_name" | "member_access_expression" | "subscript_expression" => out.push_str("{{x}}"),
                "string" | "nowdoc_body" | "heredoc_body" | "encapsed_string" => self.string(child, out, depth + 1),
                _ => {}
            }
        }
    }

    /// Contents with escapes inside.
    fn content(&self, node: Node<'_>, out: &mut String) {
        let mut at = node.start_byte();
        for child in children(node) {
            out.push_str(self.text.get(at..child.start_byte()).unwrap_or_default());
            match child.kind() {
                "escape_sequence" => out.push_str(&unescape(self.raw(child))),
                "interpolation" => out.push_str("{{x}}"),
                _ => out.push_str(self.raw(child)),
            }
            at = child.end_byte();
        }
        out.push_str(self.text.get(at..node.end_byte()).unwrap_or_default());
    }
}

fn unescape(raw: &str) -> String {
    match raw {
        "\\n" => "\n".to_owned(),
        "\\t" => "\t".to_owned(),
        "\\r" => "\r".to_owned(),
        "{{" | "}}" => raw[..1].to_owned(),
        _ => raw.trim_start_matches('\\').to_owned(),
    }
}

fn uncertain(item: Item) -> Item {
    match item {
        Item::Call(call, _) => Item::Call(call, false),
        other => other,
    }
}

/// `def change do .. end` is a call to Elixir's grammar.
fn elixir_function(call: &Call) -> Option<String> {
    if call.on.is_some() || !matches!(call.name.as_str(), "def" | "defp") {
        return None;
    }
    match call.args.first()? {
        Expr::Name(name) => Some(name.clone()),
        Expr::Call(inner) => Some(inner.name.clone()),
        _ => None,
    }
}

/// The body of a function, at the top or in a class.
pub fn function<'a>(items: &'a [Item], name: &str) -> Option<&'a [Item]> {
    items.iter().find_map(|item| match item {
        Item::Function { name: found, body, .. } if found == name => Some(body.as_slice()),
        Item::Function { body, .. } => function(body, name),
        Item::Call(call, _) => function(&call.block, name),
        _ => None,
    })
}

/// The line on which a function begins.
pub fn function_line(items: &[Item], name: &str) -> Option<usize> {
    items.iter().find_map(|item| match item {
        Item::Function { name: found, line, .. } if found == name => Some(*line),
        Item::Function { body, .. } => function_line(body, name),
        Item::Call(call, _) => function_line(&call.block, name),
        _ => None,
    })
}
