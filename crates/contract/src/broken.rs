//! One broken file costs that file: it becomes a doubt of its own, and the others are compared.

use std::panic::{AssertUnwindSafe, catch_unwind};

/// What is said about a file that a reader or comparison failed on.
pub(super) const FAULT: &str = "comparing this file ended in a fault of this program, so whether it changed is not known; please report it";

/// The result, or nothing where the work panicked.
pub(super) fn catch_panic<T>(work: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(work)).ok()
}
