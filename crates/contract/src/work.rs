//! Counted work: how many steps a comparison has taken, and how many it may take. Counts are the
//! same on every machine, times are not.
//!
//! What a document holds is looked at a bounded number of times. Where two sides multiply (schemas
//! that refer to each other in circles of unequal length, patterns against names), the product is
//! bounded here by what was read; what is beyond it is open and says so.

// enough for a small contract whose two sides multiply
/// Steps that any comparison may take.
const BASE: u64 = 2_000_000;

/// Steps more for each byte that was read: several times what the largest real contracts need.
const A_BYTE: u64 = 20;

#[cfg(test)]
thread_local! {
    /// Steps of all comparisons of a test.
    pub static TOTAL: std::cell::Cell<u64> = const { std::cell::Cell::new(0) };
}

/// The counter of one comparison.
#[derive(Debug, Clone)]
pub(super) struct Work {
    spent: u64,
    limit: u64,
}

impl Default for Work {
    fn default() -> Self {
        Self {
            spent: 0,
            limit: BASE,
        }
    }
}

impl Work {
    /// So many bytes were read for the comparison.
    pub fn allow(&mut self, bytes: usize) {
        self.limit = self
            .limit
            .saturating_add(A_BYTE.saturating_mul(bytes as u64));
    }

    /// Counts some steps. `false` once more were taken than the comparison may take: then it ends,
    /// and what is left is open.
    pub fn spend(&mut self, steps: usize) -> bool {
        #[cfg(test)]
        TOTAL.set(TOTAL.get() + steps as u64);
        self.spent = self.spent.saturating_add(steps as u64);
        !self.is_spent()
    }

    /// It ended before its end.
    pub fn is_spent(&self) -> bool {
        self.spent > self.limit
    }

    /// Steps so far.
    pub fn spent(&self) -> u64 {
        self.spent
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_read_sets_the_bound() {
        let mut work = Work::default();
        assert!(work.spend(BASE as usize) && !work.spend(1) && work.is_spent());
        work.allow(1);
        assert!(!work.is_spent() && work.spent() == BASE + 1);
    }
}
