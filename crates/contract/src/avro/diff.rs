//! Two schemas that are compared, and how a difference between them is noted.

use std::collections::HashSet;

use span_tree::{Node, Tree};

use super::read::{AvroNames, AvroType};
use crate::change::{ChangeSubject, Log};
use crate::document::{LineIndex, Spot, cut_line_excerpt};
use crate::schema::write_canonical_schema;

/// One side of the comparison.
#[derive(Clone, Copy)]
pub(super) struct AvroSide<'a> {
    pub path: &'a str,
    pub text: &'a str,
    pub index: &'a LineIndex,
    pub tree: &'a Tree,
}

pub(super) struct AvroDiff<'a, 'l> {
    pub log: &'l mut Log,
    pub old: AvroSide<'a>,
    pub new: AvroSide<'a>,
    pub old_names: AvroNames<'a>,
    pub new_names: AvroNames<'a>,
    pub seen: HashSet<(u32, u32)>,
}

/// How a branch is told apart.
pub(super) fn name_union_branch(kind: &AvroType<'_>) -> String {
    match kind {
        // a union holds one array and one map at most, so their kind is their name
        AvroType::Primitive { name, .. } => (*name).to_owned(),
        AvroType::Named { name, .. } | AvroType::Foreign { name, .. } => name.clone(),
        AvroType::Array { .. } => "array".to_owned(),
        AvroType::Map { .. } => "map".to_owned(),
        AvroType::Union(..) => "union".to_owned(),
        AvroType::Unknown(node) => write_canonical_schema(*node),
    }
}

pub(super) fn get_type_node<'a>(kind: &AvroType<'a>) -> Node<'a> {
    match kind {
        AvroType::Primitive { node, .. }
        | AvroType::Named { node, .. }
        | AvroType::Foreign { node, .. }
        | AvroType::Array { node, .. }
        | AvroType::Map { node, .. } => *node,
        AvroType::Union(_, node) | AvroType::Unknown(node) => *node,
    }
}

impl AvroDiff<'_, '_> {
    pub(super) fn spots(
        &self,
        a: Option<Node<'_>>,
        b: Option<Node<'_>>,
    ) -> (Option<Spot>, Option<Spot>) {
        let spot = |side: AvroSide<'_>, node: Option<Node<'_>>| {
            node.map(|node| Spot {
                path: side.path.to_owned(),
                line: node.line(),
                excerpt: cut_line_excerpt(side.text, side.index, node.line(), node.end_line()),
            })
        };
        (spot(self.old, a), spot(self.new, b))
    }

    pub(super) fn note(
        &mut self,
        rule: &str,
        location: &str,
        what: String,
        a: Option<Node<'_>>,
        b: Option<Node<'_>>,
    ) {
        let (old, new) = self.spots(a, b);
        // the last name of the place is the field, and what is before it the record
        let (owner, name) = location.rsplit_once('.').unwrap_or((location, ""));
        self.log.note(
            rule,
            location,
            what,
            old,
            new,
            ChangeSubject::Field {
                owner: owner.to_owned(),
                name: name.trim_end_matches("[]").to_owned(),
            },
        );
    }
}
