//! YAML (and with it JSON) as a tree in which every node knows its line and column, and XML as a
//! tree in which every element knows its line.
//!
//! Made for hostile input: depth, nodes and bytes are bounded, aliases are followed lazily and
//! never copied, both documents of a file are kept, duplicate keys stay visible.

#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod json;
mod node;
#[cfg(test)]
mod tests;
pub mod xml;

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
        Self {
            depth: 200,
            nodes: 4_000_000,
            bytes: 64 * 1024 * 1024,
        }
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
            Self::Syntax { line, .. }
            | Self::TooDeep { line, .. }
            | Self::TooManyNodes { line, .. } => *line,
            Self::TooLarge { .. } => 1,
        }
    }
}

type Id = u32;

/// What a node is, and where its text stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum NodeKind {
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
    kind: NodeKind,
}

/// The documents of one text, with the text.
#[derive(Debug, Clone, Default)]
pub struct Tree {
    source: String,
    /// Texts of scalars that are not written as they read: with escapes, folded, or over several
    /// lines.
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

/// Nodes under construction. Children of an open node wait until it is closed, so that they lie
/// side by side.
#[derive(Default)]
struct TreeBuilder {
    own: String,
    nodes: Vec<Stored>,
    children: Vec<Id>,
    roots: Vec<Id>,
    waiting: Vec<Id>,
    /// Open nodes with the place of their first waiting child.
    open: Vec<(Id, usize)>,
}

impl TreeBuilder {
    /// Where a scalar's text is kept: in the source when it is a piece of it.
    fn scalar(&mut self, source: &str, text: &str, plain: bool) -> (NodeKind, u32, u32) {
        let (base, at) = (source.as_ptr() as usize, text.as_ptr() as usize);
        // a text that the parser hands on unchanged is a piece of the source, and is not copied
        if at >= base && at + text.len() <= base + source.len() {
            return (
                if plain {
                    NodeKind::Plain
                } else {
                    NodeKind::Quoted
                },
                (at - base) as u32,
                text.len() as u32,
            );
        }
        let from = self.own.len() as u32;
        self.own.push_str(text);
        (
            if plain {
                NodeKind::OwnPlain
            } else {
                NodeKind::OwnQuoted
            },
            from,
            text.len() as u32,
        )
    }

    fn push(
        &mut self,
        (kind, from, count): (NodeKind, u32, u32),
        (line, column, end_line): (u32, u32, u32),
        limits: Limits,
    ) -> Result<Id, Error> {
        if self.nodes.len() >= limits.nodes {
            return Err(Error::TooManyNodes {
                line: line as usize,
                limit: limits.nodes,
            });
        }
        let id = self.nodes.len() as Id;
        self.nodes.push(Stored {
            from,
            count,
            line,
            column,
            end_line,
            kind,
        });
        if self.open.is_empty() {
            self.roots.push(id)
        } else {
            self.waiting.push(id)
        }
        if matches!(kind, NodeKind::Sequence | NodeKind::Mapping) {
            // the stack of whoever walks the tree hangs on this
            if self.open.len() >= limits.depth {
                return Err(Error::TooDeep {
                    line: line as usize,
                    limit: limits.depth,
                });
            }
            self.open.push((id, self.waiting.len()));
        }
        Ok(id)
    }

    fn close(&mut self, end_line: u32) {
        let Some((id, first)) = self.open.pop() else {
            return;
        };
        let from = self.children.len() as u32;
        self.children.extend(self.waiting.drain(first..));
        let count = self.children.len() as u32 - from;
        let node = &mut self.nodes[id as usize];
        (node.from, node.end_line) = (from, end_line);
        node.count = if node.kind == NodeKind::Mapping {
            count / 2
        } else {
            count
        };
    }

    fn tree(mut self, source: String) -> Tree {
        // a text that ends within a mapping is an error of the parser; this keeps the lists whole
        // anyway
        while !self.open.is_empty() {
            self.close(0);
        }
        let mut tree = Tree {
            source,
            own: self.own,
            nodes: self.nodes,
            children: self.children,
            roots: self.roots,
        };
        // a tree stays in memory while a contract is compared, and half of the room may be spare
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
        match build_span_tree(&text, limits) {
            Ok(builder) => Ok(builder.tree(text)),
            Err(error) => Err((error, text)),
        }
    }

    /// Reads the JSON that a text begins with: behind its end more may follow, which is not read;
    /// then the line on which that begins.
    pub fn parse_json_start(text: String, limits: Limits) -> Result<(Self, Option<usize>), Error> {
        let size = text.len();
        let limit = limits.bytes.min(i32::MAX as usize);
        if size > limit {
            return Err(Error::TooLarge { size, limit });
        }
        let (builder, rest) = json::parse_json_start(&text, limits)?;
        Ok((builder.tree(text), rest))
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
        ((identity as usize) < self.nodes.len()).then_some(Node {
            tree: self,
            id: identity,
        })
    }

    /// Every node once, keys and all documents included, in the order of the text. Aliases are left
    /// out: what they mean is there already.
    pub fn nodes(&self) -> impl Iterator<Item = Node<'_>> {
        let own = self
            .nodes
            .iter()
            .enumerate()
            .filter(|(_, node)| node.kind != NodeKind::Alias);
        own.map(move |(id, _)| Node {
            tree: self,
            id: id as Id,
        })
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

fn build_span_tree(text: &str, limits: Limits) -> Result<TreeBuilder, Error> {
    // places are kept as 32 bits, so that a node stays small
    if text.len() > limits.bytes.min(i32::MAX as usize) {
        return Err(Error::TooLarge {
            size: text.len(),
            limit: limits.bytes.min(i32::MAX as usize),
        });
    }
    // YAML 1.2 takes JSON too, so what looks like it is tried by the quick reader first
    if text.trim_start().starts_with(['{', '['])
        && let Some(read) = json::parse_json_tree(text, limits)
    {
        return read;
    }
    let mut options = Options::default();
    options.emit_comments = false;
    let mut builder = TreeBuilder::default();
    let mut anchors: std::collections::HashMap<usize, Id> = std::collections::HashMap::new();
    for item in Parser::new_from_str_with_options(text, options) {
        let (event, span) = item.map_err(|error| Error::Syntax {
            line: error.marker().line().max(1),
            column: error.marker().col() + 1,
            message: error.info(),
        })?;
        let place = (
            span.start.line().max(1) as u32,
            span.start.col() as u32 + 1,
            span.end.line().max(1) as u32,
        );
        let shape = match event {
            Event::Scalar(ref value, style, ..) => {
                builder.scalar(text, value.as_ref(), matches!(style, ScalarStyle::Plain))
            }
            Event::SequenceStart(..) => (NodeKind::Sequence, 0, 0),
            Event::MappingStart(..) => (NodeKind::Mapping, 0, 0),
            Event::Alias(anchor) => (
                NodeKind::Alias,
                anchors.get(&anchor).copied().unwrap_or(NOWHERE),
                0,
            ),
            Event::UnresolvedAlias(_) => (NodeKind::Alias, NOWHERE, 0),
            Event::SequenceEnd | Event::MappingEnd => {
                builder.close(place.2);
                continue;
            }
            // comments, beginnings of documents and directives hold no value
            _ => continue,
        };
        let id = builder.push(shape, place, limits)?;
        if let Some(anchor) = event.anchor_id().filter(|&anchor| anchor > 0) {
            anchors.insert(anchor, id);
        }
    }
    Ok(builder)
}
