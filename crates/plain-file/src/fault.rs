//! Every step of a writer that the disk can refuse goes through here, so that a test can let the
//! n-th of them fail. Outside of tests nothing ever does.

use std::io::Result;

/// A step that can fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FileStep {
    /// A file is made.
    Open,
    /// Bytes are written; where it fails half of them are.
    Write,
    /// What was written is made to last.
    Sync,
    /// The file is moved into its place.
    Move,
    /// The end is cut off.
    Cut,
}

/// Lets the step be, unless a test wants it to fail.
pub(crate) fn check_injected_fault(step: FileStep) -> Result<()> {
    // faults exist in tests alone, so what users run has no switch that makes writing fail
    #[cfg(test)]
    return tests::pass(step);
    #[cfg(not(test))]
    {
        let _ = step;
        Ok(())
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use std::cell::Cell;
    use std::io::{Error, ErrorKind, Result};

    use super::FileStep;

    thread_local! {
        /// Which step fails, how many of its kind may still pass, and whether it did fail.
        static PLAN: Cell<Option<(FileStep, usize)>> = const { Cell::new(None) };
        static FAILED: Cell<bool> = const { Cell::new(false) };
    }

    /// Lets the `n`-th step of a kind fail in this thread, from 0.
    pub(crate) fn fail_at(step: FileStep, n: usize) {
        PLAN.set(Some((step, n)));
        FAILED.set(false);
    }

    /// No step fails any more; whether one did.
    pub(crate) fn end() -> bool {
        PLAN.set(None);
        FAILED.get()
    }

    pub(super) fn pass(step: FileStep) -> Result<()> {
        match PLAN.get() {
            Some((planned, 0)) if planned == step => {
                PLAN.set(None);
                FAILED.set(true);
                Err(Error::from(ErrorKind::StorageFull))
            }
            Some((planned, n)) if planned == step => {
                PLAN.set(Some((planned, n - 1)));
                Ok(())
            }
            _ => Ok(()),
        }
    }
}
