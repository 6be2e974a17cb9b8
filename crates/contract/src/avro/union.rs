//! Unions: which branch is which, and which of the other side's values each can read.

use std::collections::HashMap;

use super::diff::{AvroDiff, get_type_node, name_union_branch};
use super::read::AvroType;

/// Whether a reader of `to` reads what was written as `from`.
fn can_promote_primitive(from: &str, to: &str) -> bool {
    // the promotions of Avro's schema resolution
    // in this order: each is read by those behind it
    const LADDER: [&str; 4] = ["int", "long", "float", "double"];
    let step = |name: &str| LADDER.iter().position(|own| *own == name);
    step(from).zip(step(to)).is_some_and(|(a, b)| a < b)
}

/// As [`key`], without the namespace of a name.
fn short_key(kind: &AvroType<'_>) -> String {
    let whole = name_union_branch(kind);
    match kind {
        AvroType::Named { .. } | AvroType::Foreign { .. } => {
            whole.rsplit('.').next().unwrap_or(&whole).to_owned()
        }
        _ => whole,
    }
}

/// Branches of a union by how they are told apart, the first of several that are alike.
struct AvroUnionBranches {
    by_key: HashMap<String, usize>,
}

impl AvroUnionBranches {
    fn of(list: &[AvroType<'_>]) -> Self {
        Self {
            by_key: list
                .iter()
                .enumerate()
                .rev()
                .map(|(at, kind)| (name_union_branch(kind), at))
                .collect(),
        }
    }

    // a branch that has its whole name on the other side is no partner of a short one
    /// Branches by their name without its namespace, but for those that the other side has by their
    /// whole name.
    fn near(&self, list: &[AvroType<'_>], other: &Self) -> HashMap<String, usize> {
        list.iter()
            .enumerate()
            .rev()
            .filter(|(_, kind)| !other.by_key.contains_key(&name_union_branch(kind)))
            .map(|(at, kind)| (short_key(kind), at))
            .collect()
    }
}

/// Whether a reader of one primitive type reads what was written as another.
fn can_read_primitive(reader: &AvroType<'_>, written: &AvroType<'_>) -> bool {
    match (reader, written) {
        (AvroType::Primitive { name: to, .. }, AvroType::Primitive { name: from, .. }) => {
            from == to
                || can_promote_primitive(from, to)
                // Avro reads each of the two as the other
                || matches!((*from, *to), ("string", "bytes") | ("bytes", "string"))
        }
        _ => false,
    }
}

/// The rule for two primitive types, or `None` when they are alike.
pub(super) fn find_primitive_rule(a: &str, b: &str) -> Option<&'static str> {
    match (a, b) {
        _ if a == b => None,
        ("string", "bytes") => Some("avro-string-to-bytes"),
        ("bytes", "string") => Some("avro-bytes-to-string"),
        _ if can_promote_primitive(a, b) => Some("avro-type-promoted"),
        _ if can_promote_primitive(b, a) => Some("avro-type-demoted"),
        _ => Some("avro-type-changed"),
    }
}

/// Only primitive types read each other, and there are a few of them, however many branches name
/// them.
fn list_plain_branches<'a>(list: &[AvroType<'a>]) -> Vec<AvroType<'a>> {
    let mut out: Vec<AvroType<'a>> = list
        .iter()
        .filter(|kind| matches!(kind, AvroType::Primitive { .. }))
        .cloned()
        .collect();
    out.sort_by_key(|kind| name_union_branch(kind));
    // a hostile union names one type thousands of times
    out.dedup_by_key(|kind| name_union_branch(kind));
    out
}

impl<'a> AvroDiff<'a, '_> {
    pub(super) fn branches(
        &mut self,
        location: &str,
        owner: &str,
        was: &[AvroType<'a>],
        is: &[AvroType<'a>],
        a: &AvroType<'a>,
        b: &AvroType<'a>,
    ) {
        let (before, after) = (AvroUnionBranches::of(was), AvroUnionBranches::of(is));
        let (near_before, near_after) = (before.near(was, &after), after.near(is, &before));
        // names are compared without their namespace, where no full name fits better
        let twin = |kind: &AvroType<'a>,
                    list: &AvroUnionBranches,
                    near: &HashMap<String, usize>|
         -> Option<usize> {
            list.by_key
                .get(&name_union_branch(kind))
                .or_else(|| near.get(&short_key(kind)))
                .copied()
        };
        let mut gone: Vec<&AvroType<'a>> = Vec::new();
        let came: Vec<&AvroType<'a>> = is
            .iter()
            .filter(|kind| twin(kind, &before, &near_before).is_none())
            .collect();
        for x in was {
            match twin(x, &after, &near_after) {
                Some(at) => self.pair(location, owner, x, &is[at]),
                None => gone.push(x),
            }
        }
        // one went and one came: a branch that was widened, narrowed or renamed
        // with two or more on a side nobody knows which became which
        if let ([x], [y]) = (gone.as_slice(), came.as_slice()) {
            let related = match (x, y) {
                (AvroType::Primitive { name: x, .. }, AvroType::Primitive { name: y, .. }) => {
                    find_primitive_rule(x, y).is_some_and(|rule| rule != "avro-type-changed")
                }
                (AvroType::Named { .. }, AvroType::Named { .. }) => true,
                // no union on either side: the type itself is another
                _ => was.len() == 1 && is.len() == 1,
            };
            if related {
                let (x, y) = ((*x).clone(), (*y).clone());
                self.pair(location, owner, &x, &y);
                return;
            }
        }
        self.note_branches(location, (was, &gone, a), (is, came, b));
    }

    /// Notes the branches that found no twin on the other side.
    fn note_branches(
        &mut self,
        location: &str,
        (was, gone, a): (&[AvroType<'a>], &[&AvroType<'a>], &AvroType<'a>),
        (is, mut came, b): (&[AvroType<'a>], Vec<&AvroType<'a>>, &AvroType<'a>),
    ) {
        let (was_plain, is_plain) = (list_plain_branches(was), list_plain_branches(is));
        let reads = |reader: &[AvroType<'a>], written: &AvroType<'a>| {
            reader.iter().any(|own| can_read_primitive(own, written))
        };
        let common =
            gone.iter().any(|x| reads(&is_plain, x)) || came.iter().any(|y| reads(&was_plain, y));
        // nothing in common at all is a swap, told once
        // of two unions the branches are told one by one
        if gone.len() == was.len()
            && came.len() == is.len()
            && !common
            && !matches!((a, b), (AvroType::Union(..), AvroType::Union(..)))
        {
            self.note(
                "avro-type-changed",
                location,
                format!("the description of {location} changed"),
                Some(get_type_node(a)),
                Some(get_type_node(b)),
            );
            return;
        }
        came.dedup_by_key(|kind| name_union_branch(kind));
        for kind in came {
            let rule = if reads(&was_plain, kind) {
                "avro-branch-added-covered"
            } else {
                "avro-branch-added"
            };
            self.note(
                rule,
                location,
                format!("{location} may be {}", name_union_branch(kind)),
                Some(get_type_node(a)),
                Some(get_type_node(kind)),
            );
        }
        for kind in gone {
            let rule = if reads(&is_plain, kind) {
                "avro-branch-removed-covered"
            } else {
                "avro-branch-removed"
            };
            self.note(
                rule,
                location,
                format!("{location} is no longer {}", name_union_branch(kind)),
                Some(get_type_node(kind)),
                Some(get_type_node(b)),
            );
        }
    }
}
