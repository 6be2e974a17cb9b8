//! Every step of a journal that the disk can refuse goes through here, so that a test can let the
//! n-th of them fail. Outside of this room's tests nothing ever does.

use std::fs::File;
use std::io::{Result, Write};

/// A step that can fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum JournalStep {
    /// A file is opened or made.
    Open,
    /// Bytes are written; where it fails half of them are.
    Write,
    /// What was written is made to last.
    Sync,
    /// The file is locked for one writer.
    Lock,
    /// The end is cut off.
    Cut,
    /// The file is read.
    Read,
}

/// Lets the step be, unless a test wants it to fail.
pub(super) fn check_session_fault(step: JournalStep) -> Result<()> {
    #[cfg(test)]
    return tests::pass(step);
    #[cfg(not(test))]
    {
        let _ = step;
        Ok(())
    }
}

/// Writes all of it.
pub(super) fn write_journal_bytes(mut file: &File, bytes: &[u8]) -> Result<()> {
    if let Err(error) = check_session_fault(JournalStep::Write) {
        // as a disk that fills up does
        file.write_all(&bytes[..bytes.len() / 2])?;
        return Err(error);
    }
    file.write_all(bytes)
}

/// Makes what was written last.
pub(super) fn sync_journal(file: &File) -> Result<()> {
    check_session_fault(JournalStep::Sync)?;
    file.sync_all()
}

/// Cuts the file at a length.
pub(super) fn truncate_journal(file: &File, length: u64) -> Result<()> {
    check_session_fault(JournalStep::Cut)?;
    file.set_len(length)
}

#[cfg(test)]
pub(super) mod tests {
    use std::cell::Cell;
    use std::io::{Error, ErrorKind, Result};

    use super::JournalStep;

    thread_local! {
        /// Which step fails, how many of its kind may still pass, and whether it did fail.
        static PLAN: Cell<Option<(JournalStep, usize)>> = const { Cell::new(None) };
        static FAILED: Cell<bool> = const { Cell::new(false) };
    }

    /// Lets the `n`-th step of a kind fail in this thread, from 0.
    pub(in super::super) fn fail_at(step: JournalStep, n: usize) {
        PLAN.set(Some((step, n)));
        FAILED.set(false);
    }

    /// No step fails any more; whether one did.
    pub(in super::super) fn end() -> bool {
        PLAN.set(None);
        FAILED.get()
    }

    pub(super) fn pass(step: JournalStep) -> Result<()> {
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
