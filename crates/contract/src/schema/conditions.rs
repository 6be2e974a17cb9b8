//! Keywords that hold beside all others: `if`, `not`, `contains`, `dependentRequired` and their
//! kin.
//!
//! A further condition can only narrow a schema and one less can only widen it, whatever it says.
//! What one and the same keyword says before and after is compared where that decides, and is a
//! doubt where it does not.

use std::collections::{BTreeMap, BTreeSet};

use span_tree::Node;

use super::compare::{SchemaDiff, SchemaPairTask, find_first_spot};
use super::view::{SchemaView, write_canonical_schema};
use crate::document::DocumentNode;

/// What a list of names asks for, by the property that asks for it; `None` where something else
/// stands.
fn read_dependent_required<'a>(
    places: &[DocumentNode<'a>],
) -> Option<BTreeSet<(&'a str, &'a str)>> {
    let mut out = BTreeSet::new();
    // `dependencies` of old drafts holds names or schemas; only names can be compared
    for (name, _, list) in places.iter().flat_map(|place| place.node.pairs()) {
        if !list.is_sequence() {
            return None;
        }
        out.extend(
            list.items()
                .filter_map(Node::text)
                .map(|needed| (name, needed)),
        );
    }
    Some(out)
}

impl<'a> SchemaDiff<'a, '_> {
    pub(super) fn conditions(
        &mut self,
        task: &SchemaPairTask<'a>,
        old: &SchemaView<'a>,
        new: &SchemaView<'a>,
    ) {
        let names: BTreeSet<&'static str> = old
            .conditions
            .keys()
            .chain(new.conditions.keys())
            .copied()
            .collect();
        for name in names {
            let text = |of: &BTreeMap<&'static str, Vec<DocumentNode<'a>>>| {
                of.get(name).map(|places| {
                    places
                        .iter()
                        .map(|place| write_canonical_schema(place.node))
                        .collect::<Vec<_>>()
                })
            };
            // what only came or went decides by itself; the rest has to be looked into
            let kind = match (old.conditions.get(name), new.conditions.get(name)) {
                // an annotation that validators need not follow
                (None, Some(_)) | (Some(_), None) if name == "contentSchema" => "condition-changed",
                (None, Some(_)) => "condition-added",
                (Some(_), None) => "condition-removed",
                (Some(a), Some(b)) => {
                    // with an upper bound on their number, fewer matches are not narrower
                    let most = |view: &SchemaView<'a>| {
                        view.places
                            .iter()
                            .any(|place| place.get("maxContains").is_some())
                    };
                    let schema =
                        name == "propertyNames" || (name == "contains" && !most(old) && !most(new));
                    // one on each side: which of several belongs to which nobody can say
                    if let ([from], [to], true) = (a.as_slice(), b.as_slice(), schema) {
                        self.push(self.child(
                            task,
                            format!("{} {name}", task.location),
                            vec![*from],
                            vec![*to],
                        ));
                        continue;
                    }
                    // written alike, it says the same
                    if text(&old.conditions) == text(&new.conditions) {
                        continue;
                    }
                    match (name, read_dependent_required(a), read_dependent_required(b)) {
                        ("dependentRequired" | "dependencies", Some(was), Some(is))
                            if was == is =>
                        {
                            continue;
                        }
                        ("dependentRequired" | "dependencies", Some(was), Some(is))
                            if was.is_subset(&is) =>
                        {
                            "condition-added"
                        }
                        ("dependentRequired" | "dependencies", Some(was), Some(is))
                            if is.is_subset(&was) =>
                        {
                            "condition-removed"
                        }
                        _ => "condition-changed",
                    }
                }
                (None, None) => continue,
            };
            let word = match kind {
                "condition-added" => "asks for more",
                "condition-removed" => "asks for less",
                _ => "changed",
            };
            let at = &task.location;
            self.note(
                task,
                kind,
                &format!("{at} {name}"),
                format!("`{name}` of {at} {word}"),
                find_first_spot(old),
                find_first_spot(new),
            );
        }
    }
}
