//! TypeScript declarations: what a package promises to the programs that import it.

mod compare;
mod members;
mod model;
mod read;
mod read_members;
mod reader;
mod resolve;
mod types;

use super::change::Log;
use ::model::{Snapshot, Unchecked};

/// One changed file: its path in previous and in current.
pub(super) struct TypescriptFilePair<'a> {
    pub old: Option<&'a str>,
    pub new: Option<&'a str>,
}

/// Notes every difference between the public names of the files; returns what was not understood.
pub(super) fn compare_typescript_files(
    files: &[TypescriptFilePair<'_>],
    previous: &dyn Snapshot,
    current: &dyn Snapshot,
    log: &mut Log,
) -> Vec<Unchecked> {
    let (old, new) = (
        resolve::TypescriptTree::new(previous),
        resolve::TypescriptTree::new(current),
    );
    compare::compare_typescript_modules(files, &old, &new, log);
    let mut problems = old.problems();
    problems.extend(
        new.problems()
            .into_iter()
            .filter(|problem| !problems.contains(problem))
            .collect::<Vec<_>>(),
    );
    problems
}
