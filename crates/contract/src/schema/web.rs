//! Which operations reach a schema, through which others. A shared schema is compared once and
//! concerns all of them.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::change::{ChangeSubject, ContractDifference, HttpOperation};
use crate::limits::MAX_OPERATIONS;

/// Most steps of all walks of one comparison.
const MAX_STEPS: usize = 20_000_000;

/// Pairs of schemas by number, what leads to what, and who asked.
#[derive(Debug, Default)]
pub(super) struct Web {
    /// From, to.
    leads: Vec<(usize, usize)>,
    askers: Vec<(usize, Arc<HttpOperation>)>,
    /// Index of the change, pair.
    noted: Vec<(usize, usize)>,
}

impl Web {
    pub fn asked(&mut self, pair: usize, operation: Option<Arc<HttpOperation>>) {
        self.askers
            .extend(operation.map(|operation| (pair, operation)));
    }

    pub fn leads(&mut self, from: usize, to: usize) {
        self.leads.push((from, to));
    }

    pub fn noted(&mut self, change: usize, pair: usize) {
        self.noted.push((change, pair));
    }

    /// Writes into the changes which operations they concern.
    pub fn tell(&mut self, changes: &mut [ContractDifference]) {
        if self.noted.is_empty() {
            return;
        }
        let numbers = self
            .leads
            .iter()
            .flat_map(|(from, to)| [*from, *to])
            .chain(self.askers.iter().map(|(pair, _)| *pair));
        let size = 1 + numbers.max().unwrap_or(0);
        let (mut back, mut asked) = (vec![Vec::new(); size], vec![Vec::new(); size]);
        for (from, to) in &self.leads {
            back[*to].push(*from);
        }
        for (pair, operation) in &self.askers {
            asked[*pair].push(operation);
        }
        let mut walk = PairWalk {
            back,
            asked,
            met: vec![usize::MAX; size],
            stack: Vec::new(),
            left: MAX_STEPS,
        };
        let mut known: HashMap<usize, Vec<Arc<HttpOperation>>> = HashMap::new();
        for (change, pair) in self.noted.drain(..) {
            let operations = known.entry(pair).or_insert_with(|| walk.reached(pair));
            if let Some(ChangeSubject::Member { of, .. }) =
                changes.get_mut(change).map(|change| &mut change.subject)
            {
                of.clone_from(operations);
            }
        }
    }
}

/// The way back from a pair to those who asked. Pairs are numbered from 0 and looked up by number:
/// a large document has a million.
struct PairWalk<'a> {
    back: Vec<Vec<usize>>,
    asked: Vec<Vec<&'a Arc<HttpOperation>>>,
    /// The start of the walk that met a pair last.
    met: Vec<usize>,
    stack: Vec<usize>,
    left: usize,
}

impl PairWalk<'_> {
    /// The operations that lead to a pair; none at all once the steps are used up, because some
    /// would be taken for all.
    fn reached(&mut self, start: usize) -> Vec<Arc<HttpOperation>> {
        let (mut out, mut once): (Vec<Arc<HttpOperation>>, HashSet<&HttpOperation>) =
            (Vec::new(), HashSet::new());
        self.stack.clear();
        self.stack.push(start);
        while let Some(at) = self.stack.pop() {
            for operation in self.asked.get(at).into_iter().flatten() {
                if once.insert(operation) {
                    out.push(Arc::clone(operation));
                }
                if out.len() >= MAX_OPERATIONS {
                    return out;
                }
            }
            for from in self.back.get(at).into_iter().flatten() {
                if self.left == 0 {
                    return Vec::new();
                }
                self.left -= 1;
                if self.met[*from] != start {
                    self.met[*from] = start;
                    self.stack.push(*from);
                }
            }
        }
        out
    }
}
