//! YAML (and with it JSON) as a tree in which every node knows its line and column.
//!
//! Made for hostile input: depth, nodes and bytes are bounded, aliases are followed lazily and never copied,
//! both documents of a file are kept, duplicate keys stay visible.

#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod json;

use granit_parser::{Event, Options, Parser, ScalarStyle};

/// Bounds on what is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Deepest nesting.
    pub depth: usize,
    /// Most nodes.
    pub nodes: usize,
    /// Most bytes of input.
    pub bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { depth: 200, nodes: 4_000_000, bytes: 64 * 1024 * 1024 }
    }
}

/// Why a text could not be read. Line and column count from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// It is not YAML.
    #[error("line {line}, column {column}: {message}")]
    Syntax {
        /// Line.
        line: usize,
        /// Column.
        column: usize,
        /// What is wrong.
        message: String,
    },
    /// Nested deeper than the bound.
    #[error("line {line}: nested deeper than {limit} levels")]
    TooDeep {
        /// Line where the bound was met.
        line: usize,
        /// The bound.
        limit: usize,
    },
    /// More nodes than the bound.
    #[error("line {line}: more than {limit} values")]
    TooManyNodes {
        /// Line where the bound was met.
        line: usize,
        /// The bound.
        limit: usize,
    },
    /// More bytes than the bound.
    #[error("{size} bytes, more than the {limit} that are read")]
    TooLarge {
        /// Bytes.
        size: usize,
        /// The bound.
        limit: usize,
    },
}

impl Error {
    /// Line of the error, from 1; 1 when the whole file is meant.
    pub fn line(&self) -> usize {
        match self {
            Self::Syntax { line, .. } | Self::TooDeep { line, .. } | Self::TooManyNodes { line, .. } => *line,
            Self::TooLarge { .. } => 1,
        }
    }
}

type Id = u32;

/// What a node is, and where its text stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A scalar without quotes; its text is `from..from + count` of the source.
    Plain,
    /// A quoted or block scalar; its text is a piece of the source.
    Quoted,
    /// As `Plain`, in the tree's own text: it is written otherwise in the source.
    OwnPlain,
    /// As `Quoted`, in the tree's own text.
    OwnQuoted,
    /// `count` children from `from` on.
    Sequence,
    /// `count` keys from `from` on, each followed by its value.
    Mapping,
    /// `from` is the node that is meant, or [`NOWHERE`].
    Alias,
}

const NOWHERE: Id = Id::MAX;

/// Small on purpose: a large document has millions.
#[derive(Debug, Clone, Copy)]
struct Stored {
    from: u32,
    count: u32,
    line: u32,
    column: u32,
    end_line: u32,
    kind: Kind,
}

/// The documents of one text, with the text.
#[derive(Debug, Clone, Default)]
pub struct Tree {
    source: String,
    /// Texts of scalars that are not written as they read: with escapes, folded, or over several lines.
    own: String,
    nodes: Vec<Stored>,
    children: Vec<Id>,
    roots: Vec<Id>,
}

/// What a scalar means under the YAML 1.2 core schema. Quoted text is always [`Scalar::Text`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Scalar<'a> {
    /// Empty, `~` or `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number.
    Number(f64),
    /// Anything else.
    Text(&'a str),
}

/// A node of a tree. Aliases are followed, so a node is a scalar, a sequence or a mapping.
#[derive(Debug, Clone, Copy)]
pub struct Node<'a> {
    tree: &'a Tree,
    id: Id,
}

impl PartialEq for Node<'_> {
    /// The same place of the same tree.
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.tree, other.tree) && self.id == other.id
    }
}

/// Nodes under construction. Children of an open node wait until it is closed, so that they lie side by side.
#[derive(Default)]
struct Builder {
    own: String,
    nodes: Vec<Stored>,
    children: Vec<Id>,
    roots: Vec<Id>,
    waiting: Vec<Id>,
    /// Open nodes with the place of their first waiting child.
    open: Vec<(Id, usize)>,
}

impl Builder {
    /// Where a scalar's text is kept: in the source when it is a piece of it.
    fn scalar(&mut self, source: &str, text: &str, plain: bool) -> (Kind, u32, u32) {
        let (base, at) = (source.as_ptr() as usize, text.as_ptr() as usize);
        if at >= base && at + text.len() <= base + source.len() {
            return (if plain { Kind::Plain } else { Kind::Quoted }, (at - base) as u32, text.len() as u32);
        }
        let from = self.own.len() as u32;
        self.own.push_str(text);
        (if plain { Kind::OwnPlain } else { Kind::OwnQuoted }, from, text.len() as u32)
    }

    fn push(&mut self, (kind, from, count): (Kind, u32, u32), (line, column, end_line): (u32, u32, u32), limits: Limits) -> Result<Id, Error> {
        if self.nodes.len() >= limits.nodes {
            return Err(Error::TooManyNodes { line: line as usize, limit: limits.nodes });
        }
        let id = self.nodes.len() as Id;
        self.nodes.push(Stored { from, count, line, column, end_line, kind });
        if self.open.is_empty() {
            self.roots.push(id)
        } else {
            self.waiting.push(id)
        }
        if matches!(kind, Kind::Sequence | Kind::Mapping) {
            if self.open.len() >= limits.depth {
                return Err(Error::TooDeep { line: line as usize, limit: limits.depth });
            }
            self.open.push((id, self.waiting.len()));
        }
        Ok(id)
    }

    fn close(&mut self, end_line: u32) {
        let Some((id, first)) = self.open.pop() else { return };
        let from = self.children.len() as u32;
        self.children.extend(self.waiting.drain(first..));
        let count = self.children.len() as u32 - from;
        let node = &mut self.nodes[id as usize];
        (node.from, node.end_line) = (from, end_line);
        node.count = if node.kind == Kind::Mapping { count / 2 } else { count };
    }

    fn tree(mut self, source: String) -> Tree {
        while !self.open.is_empty() {
            self.close(0);
        }
        let mut tree = Tree { source, own: self.own, nodes: self.nodes, children: self.children, roots: self.roots };
        tree.nodes.shrink_to_fit();
        tree.children.shrink_to_fit();
        tree
    }
}

impl Tree {
    /// Reads a text with the default bounds.
    pub fn parse(text: &str) -> Result<Self, Error> {
        Self::parse_with(text, Limits::default())
    }

    /// Reads a text.
    pub fn parse_with(text: &str, limits: Limits) -> Result<Self, Error> {
        Self::parse_owned(text.to_owned(), limits).map_err(|(error, _)| error)
    }

    /// Reads a text and keeps it, so that it is not copied; gives it back when it cannot be read.
    pub fn parse_owned(text: String, limits: Limits) -> Result<Self, (Error, String)> {
        match build(&text, limits) {
            Ok(builder) => Ok(builder.tree(text)),
            Err(error) => Err((error, text)),
        }
    }

    /// The text it was read from.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The first document's root; `None` for an empty text.
    pub fn root(&self) -> Option<Node<'_>> {
        self.roots().next()
    }

    /// All documents' roots.
    pub fn roots(&self) -> impl Iterator<Item = Node<'_>> {
        self.roots.iter().map(|&id| Node { tree: self, id })
    }

    /// The node with that [`Node::identity`].
    pub fn node(&self, identity: u32) -> Option<Node<'_>> {
        ((identity as usize) < self.nodes.len()).then_some(Node { tree: self, id: identity })
    }

    /// Number of values, keys counted.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Nothing was in it.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }
}

fn build(text: &str, limits: Limits) -> Result<Builder, Error> {
    if text.len() > limits.bytes.min(i32::MAX as usize) {
        return Err(Error::TooLarge { size: text.len(), limit: limits.bytes.min(i32::MAX as usize) });
    }
    if text.trim_start().starts_with(['{', '['])
        && let Some(read) = json::parse(text, limits)
    {
        return read;
    }
    let mut options = Options::default();
    options.emit_comments = false;
    let mut builder = Builder::default();
    let mut anchors: std::collections::HashMap<usize, Id> = std::collections::HashMap::new();
    for item in Parser::new_from_str_with_options(text, options) {
        let (event, span) =
            item.map_err(|error| Error::Syntax { line: error.marker().line().max(1), column: error.marker().col() + 1, message: error.info() })?;
        let place = (span.start.line().max(1) as u32, span.start.col() as u32 + 1, span.end.line().max(1) as u32);
        let shape = match event {
            Event::Scalar(ref value, style, ..) => builder.scalar(text, value.as_ref(), matches!(style, ScalarStyle::Plain)),
            Event::SequenceStart(..) => (Kind::Sequence, 0, 0),
            Event::MappingStart(..) => (Kind::Mapping, 0, 0),
            Event::Alias(anchor) => (Kind::Alias, anchors.get(&anchor).copied().unwrap_or(NOWHERE), 0),
            Event::UnresolvedAlias(_) => (Kind::Alias, NOWHERE, 0),
            Event::SequenceEnd | Event::MappingEnd => {
                builder.close(place.2);
                continue;
            }
            _ => continue,
        };
        let id = builder.push(shape, place, limits)?;
        if let Some(anchor) = event.anchor_id().filter(|&anchor| anchor > 0) {
            anchors.insert(anchor, id);
        }
    }
    Ok(builder)
}

impl<'a> Node<'a> {
    fn stored(self) -> Option<&'a Stored> {
        let mut id = self.id;
        for _ in 0..32 {
            let stored = &self.tree.nodes[id as usize];
            match stored.kind {
                Kind::Alias if stored.from == NOWHERE => return None,
                Kind::Alias => id = stored.from,
                _ => return Some(stored),
            }
        }
        None
    }

    /// A number that is the same for the same node, aliases followed: for visited sets.
    pub fn identity(self) -> u32 {
        let mut id = self.id;
        for _ in 0..32 {
            match &self.tree.nodes[id as usize] {
                Stored { kind: Kind::Alias, from, .. } if *from != NOWHERE => id = *from,
                _ => return id,
            }
        }
        id
    }

    /// Line, from 1; of the alias itself where it is one.
    pub fn line(self) -> usize {
        self.tree.nodes[self.id as usize].line as usize
    }

    /// Column, from 1.
    pub fn column(self) -> usize {
        self.tree.nodes[self.id as usize].column as usize
    }

    /// Line where it ends, from 1.
    pub fn end_line(self) -> usize {
        self.tree.nodes[self.id as usize].end_line as usize
    }

    /// A scalar's text as written, without quotes.
    pub fn text(self) -> Option<&'a str> {
        self.written().map(|(text, _)| text)
    }

    /// A scalar's text, and whether it stands without quotes.
    fn written(self) -> Option<(&'a str, bool)> {
        let stored = self.stored()?;
        let (pool, plain) = match stored.kind {
            Kind::Plain => (&self.tree.source, true),
            Kind::Quoted => (&self.tree.source, false),
            Kind::OwnPlain => (&self.tree.own, true),
            Kind::OwnQuoted => (&self.tree.own, false),
            Kind::Sequence | Kind::Mapping | Kind::Alias => return None,
        };
        let from = stored.from as usize;
        Some((pool.get(from..from + stored.count as usize).unwrap_or(""), plain))
    }

    fn children(self, kind: Kind, each: usize) -> &'a [Id] {
        match self.stored() {
            Some(stored) if stored.kind == kind => {
                let from = stored.from as usize;
                self.tree.children.get(from..from + stored.count as usize * each).unwrap_or(&[])
            }
            _ => &[],
        }
    }

    /// A scalar's meaning.
    pub fn scalar(self) -> Option<Scalar<'a>> {
        let (text, plain) = self.written()?;
        if !plain {
            return Some(Scalar::Text(text));
        }
        Some(match text {
            "" | "~" | "null" | "Null" | "NULL" => Scalar::Null,
            "true" | "True" | "TRUE" => Scalar::Bool(true),
            "false" | "False" | "FALSE" => Scalar::Bool(false),
            other => {
                let numeric =
                    other.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'+' | b'-' | b'.' | b'e' | b'E')) && other.bytes().any(|b| b.is_ascii_digit());
                match other.parse::<f64>() {
                    Ok(number) if numeric => Scalar::Number(number),
                    _ => Scalar::Text(other),
                }
            }
        })
    }

    /// A boolean scalar.
    pub fn as_bool(self) -> Option<bool> {
        match self.scalar()? {
            Scalar::Bool(value) => Some(value),
            _ => None,
        }
    }

    /// A numeric scalar.
    pub fn as_number(self) -> Option<f64> {
        match self.scalar()? {
            Scalar::Number(value) => Some(value),
            _ => None,
        }
    }

    /// `null`, or an alias to nothing.
    pub fn is_null(self) -> bool {
        match self.stored() {
            None => true,
            Some(_) => matches!(self.scalar(), Some(Scalar::Null)),
        }
    }

    /// It is a mapping.
    pub fn is_mapping(self) -> bool {
        self.stored().is_some_and(|stored| stored.kind == Kind::Mapping)
    }

    /// It is a sequence.
    pub fn is_sequence(self) -> bool {
        self.stored().is_some_and(|stored| stored.kind == Kind::Sequence)
    }

    /// Items of a sequence, in order; nothing for anything else.
    pub fn items(self) -> impl Iterator<Item = Node<'a>> {
        self.children(Kind::Sequence, 1).iter().map(move |&id| Node { tree: self.tree, id })
    }

    /// Entries of a mapping as written, in order, duplicates and `<<` included; nothing for anything else.
    pub fn entries(self) -> impl Iterator<Item = (Node<'a>, Node<'a>)> {
        let tree = self.tree;
        self.children(Kind::Mapping, 2).chunks_exact(2).map(move |pair| (Node { tree, id: pair[0] }, Node { tree, id: pair[1] }))
    }

    /// The value of a key: its first own entry, else one merged by `<<`.
    pub fn get(self, key: &str) -> Option<Node<'a>> {
        self.entry(key).map(|(_, value)| value)
    }

    /// As [`Node::get`], with the key's own node: its line is where the entry starts.
    pub fn entry(self, key: &str) -> Option<(Node<'a>, Node<'a>)> {
        if let Some(found) = self.entries().find(|(name, _)| name.text() == Some(key)) {
            return Some(found);
        }
        if !self.entries().any(|(name, _)| name.text() == Some("<<")) {
            return None;
        }
        self.pairs().into_iter().find(|(name, ..)| *name == key).map(|(_, name, value)| (name, value))
    }

    /// Entries of a mapping with `<<` expanded and without repeated keys (the first one counts), in order. Keys that are not scalars are left out.
    pub fn pairs(self) -> Vec<(&'a str, Node<'a>, Node<'a>)> {
        let mut out = Vec::new();
        let mut seen = std::collections::HashSet::new();
        self.collect_pairs(&mut Default::default(), &mut seen, &mut out);
        out
    }

    /// `visited` keeps merges of merges from being walked twice, so a web of aliases costs its size once.
    fn collect_pairs(
        self,
        visited: &mut std::collections::HashSet<u32>,
        seen: &mut std::collections::HashSet<&'a str>,
        out: &mut Vec<(&'a str, Node<'a>, Node<'a>)>,
    ) {
        if visited.len() > 100 || !visited.insert(self.identity()) {
            return;
        }
        for (key, value) in self.entries() {
            let Some(name) = key.text() else { continue };
            if name != "<<" && seen.insert(name) {
                out.push((name, key, value));
            }
        }
        for (_, merged) in self.entries().filter(|(key, _)| key.text() == Some("<<")) {
            if merged.is_mapping() {
                merged.collect_pairs(visited, seen, out);
            } else {
                merged.items().for_each(|item| item.collect_pairs(visited, seen, out));
            }
        }
    }

    /// The value below a path of keys.
    pub fn at(self, path: &[&str]) -> Option<Node<'a>> {
        path.iter().try_fold(self, |node, key| node.get(key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_node_knows_its_place() {
        let tree = Tree::parse("a: 1\nb:\n  - x\n  - {c: 'y'}\n").unwrap();
        let root = tree.root().unwrap();
        assert_eq!(root.get("a").unwrap().as_number(), Some(1.0));
        let inner = root.get("b").unwrap().items().nth(1).unwrap().get("c").unwrap();
        assert_eq!((inner.line(), inner.column(), inner.text()), (4, 9, Some("y")));
    }

    #[test]
    fn quoted_scalars_are_text_and_json_is_read() {
        let tree = Tree::parse("{\"a\": \"1\", \"b\": [true, null, 2.5, on]}").unwrap();
        let root = tree.root().unwrap();
        assert_eq!(root.get("a").unwrap().scalar(), Some(Scalar::Text("1")));
        let kinds: Vec<_> = root.get("b").unwrap().items().map(|item| item.scalar().unwrap()).collect();
        assert_eq!(kinds, [Scalar::Bool(true), Scalar::Null, Scalar::Number(2.5), Scalar::Text("on")]);
    }

    #[test]
    fn aliases_are_followed_and_merge_keys_found() {
        let tree = Tree::parse("base: &b {x: 1}\nuse: *b\nmore: {<<: *b, y: 2}\n").unwrap();
        let root = tree.root().unwrap();
        assert_eq!(root.at(&["use", "x"]).unwrap().as_number(), Some(1.0));
        assert_eq!(root.at(&["more", "x"]).unwrap().as_number(), Some(1.0));
        assert_eq!(root.get("use").unwrap().line(), 2);
    }

    #[test]
    fn depth_and_alias_bombs_end() {
        assert!(matches!(Tree::parse(&"[".repeat(100_000)), Err(Error::TooDeep { .. })));
        let mut bomb = String::from("a: &a [x, x, x, x, x, x, x, x, x]\n");
        for (from, to) in ["a", "b", "c", "d", "e", "f"].iter().zip(["b", "c", "d", "e", "f", "g"]) {
            bomb.push_str(&format!("{to}: &{to} [*{from}, *{from}, *{from}, *{from}, *{from}, *{from}, *{from}]\n"));
        }
        assert!(Tree::parse(&bomb).unwrap().len() < 200);
    }

    #[test]
    fn errors_name_line_and_column() {
        let error = Tree::parse("a: 1\nb: [1, 2\nc: 3\n").unwrap_err();
        assert!(error.line() >= 2, "{error}");
    }
}
