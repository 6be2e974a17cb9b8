//! A guard as it is found.

use super::condition::GuardCondition;
use super::{Compares, GuardOutcome, VersionGuard};

/// Whether a guard over these names is asked for.
pub(super) type WantedGuard<'a> = &'a dyn Fn(&[String]) -> bool;

/// A guard without its line's text.
pub(super) fn build_guard(
    line: usize,
    condition: GuardCondition,
    compares: Compares,
    (outcome, message): (GuardOutcome, String),
) -> VersionGuard {
    let subjects = condition.names.len();
    VersionGuard {
        line,
        text: String::new(),
        names: condition.names,
        subjects,
        literals: condition.literals,
        compares,
        outcome,
        message,
    }
}
