//! A schema file as types. What is not understood is skipped and its line kept.

use std::collections::{BTreeMap, BTreeSet};

use super::token::cut_graphql_tokens;
use crate::document::LineIndex;
use crate::format_token::FormatToken;

/// What a type is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum GraphqlKind {
    Scalar,
    Object,
    Interface,
    Union,
    Enum,
    Input,
}

impl GraphqlKind {
    pub fn word(self) -> &'static str {
        match self {
            Self::Scalar => "scalar",
            Self::Object => "type",
            Self::Interface => "interface",
            Self::Union => "union",
            Self::Enum => "enum",
            Self::Input => "input",
        }
    }
}

/// First and last line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct GraphqlLines {
    pub from: usize,
    pub to: usize,
}

/// Directives put on something, each as `@name(arguments)`.
pub(super) type GraphqlDirectives = BTreeSet<String>;

/// Fields or arguments by name, each apart: most types have few, and a map keeps room for eleven.
pub(super) type Fields = BTreeMap<String, Box<GraphqlField>>;

/// A field, an argument, an input field.
#[derive(Debug, Clone, Default)]
pub(super) struct GraphqlField {
    /// As written without blanks: `[Card!]!`.
    pub kind: String,
    pub arguments: Fields,
    pub default: Option<String>,
    pub marks: GraphqlDirectives,
    pub lines: GraphqlLines,
}

/// A type with its extensions of the same file.
#[derive(Debug, Clone)]
pub(super) struct GraphqlType {
    pub kind: GraphqlKind,
    pub fields: Fields,
    pub interfaces: BTreeSet<String>,
    pub members: BTreeSet<String>,
    pub values: BTreeMap<String, (GraphqlDirectives, GraphqlLines)>,
    pub marks: GraphqlDirectives,
    pub lines: GraphqlLines,
    /// Only `extend` was seen: the definition is in another file.
    pub extension: bool,
}

/// A directive's definition.
#[derive(Debug, Clone, Default)]
pub(super) struct Directive {
    pub arguments: Fields,
    pub places: BTreeSet<String>,
    pub repeatable: bool,
    pub lines: GraphqlLines,
}

/// One file.
#[derive(Debug, Default)]
pub(super) struct GraphqlSchema {
    pub types: BTreeMap<String, GraphqlType>,
    pub directives: BTreeMap<String, Directive>,
    /// `query`, `mutation`, `subscription` where the file says so.
    pub roots: BTreeMap<String, String>,
    pub roots_at: GraphqlLines,
    pub marks: GraphqlDirectives,
    /// Lines that were not understood.
    pub unread: Vec<usize>,
    /// Where the lines of its text start.
    pub index: LineIndex,
}

/// Reads a file; never fails.
pub(super) fn read_graphql_schema(text: &str) -> GraphqlSchema {
    let all = cut_graphql_tokens(text);
    let mut reader = GraphqlReader {
        tokens: &all,
        at: 0,
        depth: 0,
        schema: GraphqlSchema::default(),
    };
    reader.top();
    GraphqlSchema {
        index: LineIndex::new(text),
        ..reader.schema
    }
}

struct GraphqlReader<'a> {
    tokens: &'a [FormatToken<'a>],
    at: usize,
    /// Brackets of arguments that are open.
    depth: usize,
    schema: GraphqlSchema,
}

impl<'a> GraphqlReader<'a> {
    fn peek(&self) -> Option<FormatToken<'a>> {
        self.tokens.get(self.at).copied()
    }

    fn is(&self, word: &str) -> bool {
        self.peek()
            .is_some_and(|token| !token.string && token.text == word)
    }

    fn eat(&mut self, word: &str) -> bool {
        let found = self.is(word);
        self.at += usize::from(found);
        found
    }

    fn name(&mut self) -> Option<&'a str> {
        let token = self.peek().filter(|token| {
            !token.string
                && token
                    .text
                    .starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        })?;
        self.at += 1;
        Some(token.text)
    }

    fn line(&self) -> usize {
        self.peek()
            .or_else(|| self.tokens.last().copied())
            .map_or(1, |token| token.line)
    }

    fn last_line(&self) -> usize {
        self.at
            .checked_sub(1)
            .and_then(|at| self.tokens.get(at))
            .map_or(1, |token| token.line)
    }

    fn descriptions(&mut self) {
        // descriptions may stand before anything, and never count
        while self.peek().is_some_and(|token| token.string) {
            self.at += 1;
        }
    }

    fn top(&mut self) {
        loop {
            self.descriptions();
            let Some(token) = self.peek() else { return };
            let before = self.at;
            let extends = self.eat("extend");
            let from = token.line;
            let word = self.name().unwrap_or("");
            let kind = match word {
                "scalar" => Some(GraphqlKind::Scalar),
                "type" => Some(GraphqlKind::Object),
                "interface" => Some(GraphqlKind::Interface),
                "union" => Some(GraphqlKind::Union),
                "enum" => Some(GraphqlKind::Enum),
                "input" => Some(GraphqlKind::Input),
                _ => None,
            };
            match (word, kind) {
                ("schema", _) => self.roots(from),
                ("directive", _) => self.directive(from),
                // files of operations lie beside schemas, and define no types
                ("query" | "mutation" | "subscription" | "fragment", _) => self.skip_block(),
                (_, Some(kind)) => self.type_definition(kind, from, extends),
                _ => {
                    self.schema.unread.push(from);
                    self.at = before;
                    self.skip_block();
                }
            }
            if self.at == before {
                self.at += 1;
            }
        }
    }

    /// Skips to the end of the next block, or to the next definition where none follows.
    fn skip_block(&mut self) {
        let mut depth = 0usize;
        while let Some(token) = self.peek() {
            // a file that breaks off in a block goes on with its next definition
            let definition = depth == 0
                && !token.string
                && matches!(
                    token.text,
                    "type"
                        | "input"
                        | "enum"
                        | "union"
                        | "interface"
                        | "scalar"
                        | "directive"
                        | "schema"
                        | "extend"
                );
            if definition
                && self
                    .tokens
                    .get(self.at + 1)
                    .is_some_and(|next| !next.string && next.text != ":")
            {
                return;
            }
            self.at += 1;
            if token.string {
                continue;
            }
            match token.text {
                "{" | "(" => depth += 1,
                "}" | ")" => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 && token.text == "}" {
                        return;
                    }
                }
                _ => {}
            }
        }
    }

    fn marks(&mut self) -> GraphqlDirectives {
        let mut marks = GraphqlDirectives::new();
        while self.eat("@") {
            let name = self.name().unwrap_or("").to_owned();
            let arguments = if self.is("(") {
                self.value()
            } else {
                String::new()
            };
            marks.insert(format!("@{name}{arguments}"));
        }
        marks
    }

    /// A value or a bracketed list as text without blanks.
    fn value(&mut self) -> String {
        let mut out = String::new();
        let mut depth = 0usize;
        while let Some(token) = self.peek() {
            self.at += 1;
            if token.string {
                out.push_str(&format!("\"{}\"", token.text.trim()));
            } else {
                match token.text {
                    "{" | "[" | "(" => depth += 1,
                    "}" | "]" | ")" => depth = depth.saturating_sub(1),
                    _ => {}
                }
                let word = |c: char| c.is_alphanumeric() || c == '_' || c == '"';
                if out.ends_with(word) && token.text.starts_with(word) {
                    out.push(' ');
                }
                out.push_str(token.text);
                // a variable's sign belongs to the name that follows
                if token.text == "$" {
                    continue;
                }
            }
            if depth == 0 || out.len() > 4_000 {
                break;
            }
        }
        out
    }

    fn type_reference(&mut self) -> String {
        let mut out = String::new();
        let mut depth = 0usize;
        // a reference of thousands of brackets is none
        while self.is("[") && depth < 20 {
            self.at += 1;
            depth += 1;
            out.push('[');
        }
        // `?` equals no type, so the place counts as changed
        out.push_str(self.name().unwrap_or("?"));
        loop {
            if self.eat("!") {
                out.push('!');
            } else if depth > 0 && self.eat("]") {
                depth -= 1;
                out.push(']');
            } else {
                return out;
            }
        }
    }

    fn arguments(&mut self, close: &str) -> Fields {
        let mut out = BTreeMap::new();
        self.depth += 1;
        while self.peek().is_some() && !self.is(close) {
            self.descriptions();
            let before = self.at;
            let from = self.line();
            // what has no name or no type is kept as not read
            if let Some(name) = self.name()
                && let Some(mut field) = self.field_tail()
            {
                field.lines = GraphqlLines {
                    from,
                    to: self.last_line(),
                };
                out.insert(name.to_owned(), field);
            }
            if self.at == before {
                self.schema.unread.push(from);
                self.at += 1;
            }
        }
        self.eat(close);
        self.depth -= 1;
        out
    }

    /// What follows a field's name.
    fn field_tail(&mut self) -> Option<Box<GraphqlField>> {
        // arguments have no arguments of their own
        let arguments = if self.depth < 2 && self.eat("(") {
            self.arguments(")")
        } else {
            Fields::new()
        };
        if !self.eat(":") {
            let line = self.line();
            self.schema.unread.push(line);
            return None;
        }
        let kind = self.type_reference();
        let default = self.eat("=").then(|| self.value());
        let marks = self.marks();
        Some(Box::new(GraphqlField {
            kind,
            arguments,
            default,
            marks,
            lines: GraphqlLines::default(),
        }))
    }

    fn type_definition(&mut self, kind: GraphqlKind, from: usize, extends: bool) {
        let Some(name) = self.name() else {
            self.schema.unread.push(from);
            return;
        };
        let mut out = GraphqlType {
            kind,
            fields: BTreeMap::new(),
            interfaces: BTreeSet::new(),
            members: BTreeSet::new(),
            values: BTreeMap::new(),
            marks: GraphqlDirectives::new(),
            lines: GraphqlLines { from, to: from },
            extension: extends,
        };
        if self.eat("implements") {
            // old schemas separate interfaces by blanks alone
            self.eat("&");
            while let Some(interface) = self.name() {
                out.interfaces.insert(interface.to_owned());
                self.eat("&");
            }
        }
        out.marks = self.marks();
        if kind == GraphqlKind::Union && self.eat("=") {
            self.eat("|");
            while let Some(member) = self.name() {
                out.members.insert(member.to_owned());
                if !self.eat("|") {
                    break;
                }
            }
        }
        if kind != GraphqlKind::Union && kind != GraphqlKind::Scalar && self.eat("{") {
            if kind == GraphqlKind::Enum {
                while self.peek().is_some() && !self.is("}") {
                    self.descriptions();
                    let line = self.line();
                    match self.name() {
                        Some(value) => {
                            let marks = self.marks();
                            out.values.insert(
                                value.to_owned(),
                                (
                                    marks,
                                    GraphqlLines {
                                        from: line,
                                        to: self.last_line(),
                                    },
                                ),
                            );
                        }
                        None if self.is("}") => {}
                        None => {
                            self.schema.unread.push(line);
                            self.at += 1;
                        }
                    }
                }
                self.eat("}");
            } else {
                out.fields = self.arguments("}");
            }
        }
        out.lines.to = self.last_line();
        // `extend type` adds to what the file has
        match self.schema.types.get_mut(name) {
            Some(known) => {
                known.fields.extend(out.fields);
                known.interfaces.extend(out.interfaces);
                known.members.extend(out.members);
                known.values.extend(out.values);
                known.marks.extend(out.marks);
                if known.extension && !extends {
                    known.lines = out.lines;
                }
                known.extension &= extends;
            }
            None => {
                self.schema.types.insert(name.to_owned(), out);
            }
        }
    }

    // a schema block may be extended too
    fn roots(&mut self, from: usize) {
        let marks = self.marks();
        self.schema.marks.extend(marks);
        if self.eat("{") {
            while self.peek().is_some() && !self.eat("}") {
                self.descriptions();
                let before = self.at;
                if let Some(operation) = self.name()
                    && self.eat(":")
                    && let Some(name) = self.name()
                {
                    self.schema
                        .roots
                        .insert(operation.to_owned(), name.to_owned());
                }
                if self.at == before {
                    self.at += 1;
                }
            }
        }
        self.schema.roots_at = GraphqlLines {
            from,
            to: self.last_line(),
        };
    }

    fn directive(&mut self, from: usize) {
        self.eat("@");
        let Some(name) = self.name() else {
            self.schema.unread.push(from);
            return;
        };
        let arguments = if self.eat("(") {
            self.arguments(")")
        } else {
            Fields::new()
        };
        let repeatable = self.eat("repeatable");
        let mut places = BTreeSet::new();
        if self.eat("on") {
            self.eat("|");
            while let Some(place) = self.name() {
                places.insert(place.to_owned());
                if !self.eat("|") {
                    break;
                }
            }
        }
        let directive = Directive {
            arguments,
            places,
            repeatable,
            lines: GraphqlLines {
                from,
                to: self.last_line(),
            },
        };
        self.schema.directives.insert(name.to_owned(), directive);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"
"""The schema"""
schema @link(url: "x") { query: Root }
directive @live(if: Boolean = true) repeatable on | QUERY | FIELD
"a card"
type Card implements Node & Priced @key(fields: "id") {
  "the id"
  id: ID!
  tags(first: Int = 10, by: Order = {field: NAME, dir: [ASC]}): [String!]! @deprecated(reason: "old")
}
extend type Card { more: Int }
union Payment @a = | Card | Voucher
enum Kind { A @deprecated B, C }
input CardInput @oneOf { id: ID, type: Kind = A }
scalar Date @specifiedBy(url: "https://example.org")
interface Node { id: ID! }
query Q($a: Int) { cards { id } }
extend type Other { x: Int }
"#;

    #[test]
    fn a_schema_is_read_whole() {
        let schema = read_graphql_schema(TEXT);
        assert!(schema.unread.is_empty(), "{:?}", schema.unread);
        assert_eq!(schema.roots["query"], "Root");
        let card = &schema.types["Card"];
        assert_eq!(
            card.fields.keys().collect::<Vec<_>>(),
            ["id", "more", "tags"]
        );
        assert_eq!(card.fields["tags"].kind, "[String!]!");
        assert_eq!(
            card.fields["tags"].arguments["by"].default.as_deref(),
            Some("{field:NAME dir:[ASC]}")
        );
        assert_eq!(card.fields["tags"].lines.from, 9);
        assert_eq!(
            schema.types["Kind"].values.keys().collect::<Vec<_>>(),
            ["A", "B", "C"]
        );
        assert!(schema.types["CardInput"].fields.contains_key("type"));
        assert_eq!(schema.types["Payment"].members.len(), 2);
        assert!(schema.types["Other"].extension && !schema.types["Card"].extension);
        assert_eq!(
            (
                schema.directives["live"].places.len(),
                schema.directives["live"].repeatable
            ),
            (2, true)
        );
    }

    #[test]
    fn hostile_text_ends() {
        for text in [
            "type",
            "type A {",
            "type A { a(",
            "enum E { 1 2",
            "\"\"\"",
            "schema {",
            "directive @",
            "union U = |",
            "}}}}",
            "type A { a: [[[[",
            "input I { a: Int = {",
        ] {
            read_graphql_schema(text);
        }
        read_graphql_schema(&"type A { a(".repeat(20_000));
        read_graphql_schema(&format!("type A {{ a: {}", "[".repeat(100_000)));
    }
}
