//! Ways to be called of texts that were read: one text is asked for by itself and among all that
//! changed.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::ways_in::{WayIn, list_ways};

/// Most texts whose ways are kept: both sides of the files among which a way that moved is sought.
const TEXTS: usize = 4_000;

/// Which release a text is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum ReadSide {
    Old,
    New,
}

/// Ways of texts that were read: one text is asked for by itself and among all that changed.
#[derive(Debug, Default)]
pub(super) struct KnownTextWays(BTreeMap<(ReadSide, String), Rc<[WayIn]>>);

impl KnownTextWays {
    /// The ways of a text, read once.
    pub(super) fn list(&mut self, side: ReadSide, path: &str, text: &str) -> Rc<[WayIn]> {
        if let Some(ways) = self.known(side, path) {
            return ways;
        }
        let ways: Rc<[WayIn]> = list_ways(path, text).into();
        // of very many files each is read again rather than kept
        if self.0.len() < TEXTS {
            self.0.insert((side, path.to_owned()), Rc::clone(&ways));
        }
        ways
    }

    pub(super) fn known(&self, side: ReadSide, path: &str) -> Option<Rc<[WayIn]>> {
        self.0.get(&(side, path.to_owned())).cloned()
    }
}
