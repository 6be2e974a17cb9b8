//! Which operations reach a schema, through which others. A shared schema is compared once and concerns all of them.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::check::contract::change::{Change, MAX_OPERATIONS, Operation, Subject};

/// Most pairs walked back from one change.
const MAX_WALK: usize = 20_000;

/// Pairs of schemas by number, what leads to what, and who asked.
#[derive(Debug, Default)]
pub(super) struct Web {
    /// From, to.
    leads: Vec<(usize, usize)>,
    askers: Vec<(usize, Arc<Operation>)>,
    /// Index of the change, pair.
    noted: Vec<(usize, usize)>,
}

impl Web {
    pub fn asked(&mut self, pair: usize, operation: Option<Arc<Operation>>) {
        self.askers.extend(operation.map(|operation| (pair, operation)));
    }

    pub fn leads(&mut self, from: usize, to: usize) {
        self.leads.push((from, to));
    }

    pub fn noted(&mut self, change: usize, pair: usize) {
        self.noted.push((change, pair));
    }

    /// Writes into the changes which operations they concern.
    pub fn tell(&mut self, changes: &mut [Change]) {
        let mut back: HashMap<usize, Vec<usize>> = HashMap::new();
        let mut asked: HashMap<usize, Vec<&Arc<Operation>>> = HashMap::new();
        if !self.noted.is_empty() {
            for (from, to) in &self.leads {
                back.entry(*to).or_default().push(*from);
            }
            for (pair, operation) in &self.askers {
                asked.entry(*pair).or_default().push(operation);
            }
        }
        let mut known: HashMap<usize, Vec<Arc<Operation>>> = HashMap::new();
        for (change, pair) in &self.noted {
            let operations = known.entry(*pair).or_insert_with(|| reached(*pair, &back, &asked));
            if let Some(Subject::Member { of, .. }) = changes.get_mut(*change).map(|change| &mut change.subject) {
                of.clone_from(operations);
            }
        }
        self.noted.clear();
    }
}

fn reached(pair: usize, back: &HashMap<usize, Vec<usize>>, asked: &HashMap<usize, Vec<&Arc<Operation>>>) -> Vec<Arc<Operation>> {
    let (mut seen, mut stack) = (HashSet::from([pair]), vec![pair]);
    let (mut out, mut once): (Vec<Arc<Operation>>, HashSet<&Operation>) = (Vec::new(), HashSet::new());
    while let Some(at) = stack.pop() {
        for operation in asked.get(&at).into_iter().flatten() {
            if out.len() < MAX_OPERATIONS && once.insert(operation) {
                out.push(Arc::clone(operation));
            }
        }
        if out.len() >= MAX_OPERATIONS || seen.len() > MAX_WALK {
            break;
        }
        stack.extend(back.get(&at).into_iter().flatten().filter(|from| seen.insert(**from)));
    }
    out
}
