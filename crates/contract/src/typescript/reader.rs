//! What the readers of declarations share.

use tree_sitter::Node;

use super::model::{Module, TypescriptLines};
use super::types::Speller;

/// A file that is being read.
pub(super) struct TypescriptReader<'a> {
    pub speller: Speller<'a>,
    pub module: Module,
}

pub(super) fn get_syntax_lines(node: Node<'_>) -> TypescriptLines {
    (node.start_position().row + 1, node.end_position().row + 1)
}

pub(super) fn has_child_token(node: Node<'_>, token: &str) -> bool {
    let mut cursor = node.walk();
    node.children(&mut cursor)
        .any(|child| child.kind() == token)
}

pub(super) fn strip_quote_marks(raw: &str) -> &str {
    raw.trim_matches(['"', '\'', '`'])
}

impl<'a> TypescriptReader<'a> {
    pub(super) fn raw(&self, node: Node<'_>) -> &'a str {
        self.speller.raw(node)
    }

    pub(super) fn field(&self, node: Node<'_>, name: &str) -> Option<&'a str> {
        node.child_by_field_name(name).map(|own| self.raw(own))
    }
}
