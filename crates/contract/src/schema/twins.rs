//! Schemas that are written alike on both sides, with all that they refer to: nothing in them can
//! differ, so they are not taken apart.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use crate::document::{DocumentNode, DocumentSet};

/// Pairs of nodes by number. Each node has one partner at most, so a walk of all pairs ends after
/// as many steps as the document has nodes, on circles and alias bombs as well.
pub(super) struct EqualSchemas {
    old: HashMap<(usize, u32), usize>,
    new: HashMap<(usize, u32), usize>,
    /// Whether something differs in a pair or in what it leads to. Number 0 stands for equal
    /// scalars.
    differs: Vec<bool>,
}

#[cfg(test)]
thread_local! {
    /// Nothing is skipped: the comparison has to find by itself that nothing differs.
    pub static THOROUGH: std::cell::Cell<bool> = const { std::cell::Cell::new(false) };
}

/// Pairs that are still to be read.
type RemainingPairs<'a> = Vec<(usize, DocumentNode<'a>, DocumentNode<'a>)>;

impl EqualSchemas {
    pub fn new() -> Self {
        Self {
            old: HashMap::new(),
            new: HashMap::new(),
            differs: vec![false],
        }
    }

    /// Whether two places are alike with all that they lead to. Every pair is read once, however
    /// often it is asked for.
    pub fn alike<'a>(
        &mut self,
        libraries: (&'a DocumentSet, &'a DocumentSet),
        old: DocumentNode<'a>,
        new: DocumentNode<'a>,
    ) -> bool {
        #[cfg(test)]
        if THOROUGH.get() {
            return false;
        }
        // pairs of this walk have numbers from here on
        let first = self.differs.len();
        // `back`: to, from
        let (mut left, mut back, mut dirty) = (Vec::new(), Vec::new(), Vec::new());
        // the two have other partners, or differ by their kind: then they are compared in full
        let Some(start) = self.meet(old, new, &mut left) else {
            return false;
        };
        while let Some((number, a, b)) = left.pop() {
            let same = compare_node_children(libraries, a, b, &mut |a, b| match self
                .meet(a, b, &mut left)
            {
                // what was read by an earlier walk is settled
                Some(to) if to < first => !self.differs[to],
                Some(to) => {
                    back.push((to, number));
                    true
                }
                None => false,
            });
            if !same {
                dirty.push(number);
            }
        }
        // sorted, so that those that lead to one pair stand together
        back.sort_unstable();
        while let Some(number) = dirty.pop() {
            if !std::mem::replace(&mut self.differs[number], true) {
                let from = back.partition_point(|(to, _)| *to < number);
                dirty.extend(
                    back[from..]
                        .iter()
                        .take_while(|(to, _)| *to == number)
                        .map(|(_, from)| *from),
                );
            }
        }
        !self.differs[start]
    }

    /// The number of a pair; `None` where it differs by itself, or where one of the two has another
    /// partner.
    fn meet<'a>(
        &mut self,
        a: DocumentNode<'a>,
        b: DocumentNode<'a>,
        left: &mut RemainingPairs<'a>,
    ) -> Option<usize> {
        // `1` and `"1"` have one text
        if let (Some(x), Some(y)) = (a.node.text(), b.node.text()) {
            return (x == y && a.node.scalar() == b.node.scalar()).then_some(0);
        }
        if !(a.node.is_mapping() && b.node.is_mapping()
            || a.node.is_sequence() && b.node.is_sequence())
        {
            return None;
        }
        // a second partner for one node would make the walk as long as the product of both
        match (self.old.entry(a.identity()), self.new.entry(b.identity())) {
            (Entry::Occupied(x), Entry::Occupied(y)) => (x.get() == y.get()).then(|| *x.get()),
            (Entry::Vacant(x), Entry::Vacant(y)) => {
                let number = self.differs.len();
                x.insert(number);
                y.insert(number);
                self.differs.push(false);
                left.push((number, a, b));
                Some(number)
            }
            _ => None,
        }
    }
}

/// Compares what stands directly in two nodes of one kind, and gives what they lead to to `lead`.
fn compare_node_children<'a>(
    (old, new): (&'a DocumentSet, &'a DocumentSet),
    a: DocumentNode<'a>,
    b: DocumentNode<'a>,
    lead: &mut impl FnMut(DocumentNode<'a>, DocumentNode<'a>) -> bool,
) -> bool {
    if a.node.is_sequence() {
        return a.node.items().count() == b.node.items().count()
            && a.node
                .items()
                .zip(b.node.items())
                .all(|(x, y)| lead(a.with(x), b.with(y)));
    }
    // in the order of the file: another order is compared in full, and found to be the same
    a.node.entries().count() == b.node.entries().count()
        && a.node
            .entries()
            .zip(b.node.entries())
            .all(|((key, x), (other, y))| match key.text() {
                Some(name) if other.text() != Some(name) => false,
                // what they lead to is not written here
                None | Some("<<" | "$dynamicRef" | "$recursiveRef") => false,
                Some("$ref") if x.text().is_some() => {
                    let (Some(from), Some(to)) = (x.text(), y.text()) else {
                        return false;
                    };
                    from == to
                        && old
                            .resolve(a.file, from)
                            .zip(new.resolve(b.file, to))
                            .is_some_and(|(x, y)| lead(x, y))
                }
                Some(_) => lead(a.with(x), b.with(y)),
            })
}
