//! One broken file costs that file: it becomes a doubt of its own, and the others are compared.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::change::ChangeSubject;
use super::gather::ContractGatherer;
use model::ContractKind;

/// What is said about a file that a reader or comparison failed on.
pub(super) const FAULT: &str = "comparing this file ended in a fault of this program, so whether it changed is not known; please report it";

/// The result, or nothing where the work panicked.
pub(super) fn catch_panic<T>(work: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(work)).ok()
}

impl ContractGatherer<'_> {
    /// Does the work; where it panics, the files it was about are doubts and nothing else is lost.
    pub(super) fn survive(
        &mut self,
        files: &[&str],
        kind: ContractKind,
        work: impl FnOnce(&mut Self),
    ) {
        if catch_panic(|| work(self)).is_none() {
            for path in files {
                self.broken(path, kind, FAULT, None);
            }
        }
    }

    /// A file that cannot be compared, with the reason as a sentence.
    pub(super) fn broken(
        &mut self,
        path: &str,
        kind: ContractKind,
        why: &str,
        line: Option<usize>,
    ) {
        let place = line.map_or_else(|| path.to_owned(), |line| format!("{path}:{line}"));
        self.unchecked(
            &place,
            &model::escape_invisible(why),
            Some("compare the two versions by hand"),
        );
        let mut log = self.log();
        log.trail.push(path.to_owned());
        log.note(
            "unreadable",
            path,
            format!("{path} could not be read on both sides"),
            None,
            None,
            ChangeSubject::None,
        );
        self.push(path, path, kind, log.changes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{Grade, MemorySnapshot};

    #[test]
    fn a_fault_about_one_file_is_a_doubt_about_that_file() {
        let tree = MemorySnapshot::default();
        let mut gather = ContractGatherer::run(&tree, &tree, &[], &[], &[]);
        gather.survive(&["a.avsc"], ContractKind::Avro, |_| {
            panic!("as a reader might")
        });
        gather.survive(&["b.avsc"], ContractKind::Avro, |gather| {
            gather.push("b.avsc", "b.avsc", ContractKind::Avro, Vec::new())
        });
        let grades: Vec<_> = gather
            .examined
            .iter()
            .map(|one| (one.path.as_str(), one.report().on_rollback))
            .collect();
        assert_eq!(
            grades,
            [("a.avsc", Grade::Doubt), ("b.avsc", Grade::Compatible)]
        );
        assert_eq!(gather.unchecked.len(), 1);
    }
}
