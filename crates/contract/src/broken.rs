//! One broken file costs that file: it becomes a doubt of its own, and the others are compared.

use std::panic::{AssertUnwindSafe, catch_unwind};

/// What is said about a file that a reader or comparison failed on.
pub(super) const FAULT: &str = "comparing this file ended in a fault of this program, so whether \
    it changed is not known; please report it";

/// The result, or nothing where the work panicked.
pub(super) fn catch_panic<T>(work: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(work)).ok()
}

/// Which release's file could not be read, and why. `read` says of the older and the newer one
/// whether it could.
pub(super) fn describe_unreadable(path: &str, read: (bool, bool), why: Option<&str>) -> String {
    let which = match read {
        (true, false) => "cannot be read in the newer release, and can in the older one",
        (false, true) => "cannot be read in the older release, and can in the newer one",
        _ => "can be read in neither release",
    };
    match why.map(|why| why.trim_start_matches("it is not readable: ")) {
        Some(why) => format!("{path} {which}: {why}"),
        None => format!("{path} {which}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_one_release_broke_is_said_to_be_that() {
        let of = |read| describe_unreadable("openapi.json", read, Some("text after the end"));
        assert!(of((true, false)).starts_with("openapi.json cannot be read in the newer release"));
        assert!(of((false, true)).contains("can in the newer one"));
        assert!(of((false, false)).ends_with("in neither release: text after the end"));
    }
}
