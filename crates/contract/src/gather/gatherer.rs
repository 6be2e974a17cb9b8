//! What is found in the changed files, and how it is noted.

use std::collections::HashSet;

use crate::broken::{FAULT, catch_panic};
use crate::change::{ChangeSubject, ContractDifference, Log};
use crate::changed_file::ChangedContractFile;
use crate::examined::Examined;
use crate::limits::{MAX_ALL_CHANGES, MAX_CHANGES};
use crate::shared::SharedComparisons;
use model::{ContractKind, ReadError, Snapshot, Unchecked, Untrusted};

/// Both trees and what was found in them so far.
pub(crate) struct ContractGatherer<'a> {
    pub previous: &'a dyn Snapshot,
    pub current: &'a dyn Snapshot,
    pub examined: Vec<Examined>,
    pub unchecked: Vec<Unchecked>,
    /// Paths whose text differs, on both sides.
    pub(super) changed: HashSet<String>,
    /// Changes that are listed so far.
    listed: usize,
    /// Comparisons of documents that stand alone.
    pub(super) shared: SharedComparisons<'a>,
}

impl<'a> ContractGatherer<'a> {
    pub(super) fn new(
        previous: &'a dyn Snapshot,
        current: &'a dyn Snapshot,
        files: &[ChangedContractFile],
    ) -> Self {
        let changed = files
            .iter()
            .flat_map(|file| [file.old.clone(), file.new.clone()])
            .flatten()
            .collect();
        Self {
            previous,
            current,
            examined: Vec::new(),
            unchecked: Vec::new(),
            changed,
            listed: 0,
            shared: SharedComparisons::new(previous, current),
        }
    }

    pub(super) fn unchecked(&mut self, what: &str, why: &str, settle_with: Option<&str>) {
        let entry = Unchecked {
            what: Untrusted::visible(what),
            why: why.into(),
            settle_with: settle_with.map(str::to_owned).map(model::Untrusted::from),
        };
        if !self.unchecked.contains(&entry) {
            self.unchecked.push(entry);
        }
    }

    pub(super) fn text(&mut self, tree: &dyn Snapshot, path: Option<&str>) -> Option<String> {
        let path = path?;
        match tree.read_text(path) {
            Ok(text) => Some(text),
            // a side that is not there is no fault, one that cannot be read is
            Err(ReadError::NotFound(_)) => None,
            Err(error) => {
                self.unchecked(
                    path,
                    &error.to_string(),
                    Some("compare the two versions by hand"),
                );
                None
            }
        }
    }

    pub(super) fn log(&self) -> Log {
        // one contract may not take the room of all others
        let room = MAX_ALL_CHANGES.saturating_sub(self.listed).min(MAX_CHANGES);
        Log {
            changed: self.changed.clone(),
            room,
            ..Log::default()
        }
    }

    /// Says what a comparison left out: changes beyond those that are listed, and all that it had
    /// not reached when it ended.
    pub(super) fn close(&mut self, path: &str, log: &mut Log) {
        // what was not reached is not known, so the outcome is at best a doubt
        if log.work.is_spent() {
            let steps = log.work.spent();
            self.unchecked(
                path,
                &format!(
                    "the comparison ended after {steps} steps; what it had not reached is not known"
                ),
                Some("compare the two versions by hand"),
            );
            log.note(
                "unreadable",
                path,
                format!("{path} was compared in part only"),
                None,
                None,
                ChangeSubject::None,
            );
        }
        if log.beyond > 0 {
            self.unchecked(
                path,
                &format!("{} further changes are not listed", log.beyond),
                None,
            );
        }
    }

    pub(super) fn push(
        &mut self,
        path: &str,
        root: &str,
        kind: ContractKind,
        changes: Vec<ContractDifference>,
    ) {
        // a file may be a part of several roots
        if let Some(existing) = self
            .examined
            .iter_mut()
            .find(|examined| examined.path == path && examined.kind == kind)
        {
            let key = |change: &ContractDifference| {
                (
                    change.rule.id(),
                    change.location.clone(),
                    change.what.clone(),
                )
            };
            let mut known: HashSet<_> = existing.changes.iter().map(key).collect();
            let more: Vec<ContractDifference> = changes
                .into_iter()
                .filter(|change| known.insert(key(change)))
                .collect();
            self.listed += more.len();
            existing.changes.extend(more);
            return;
        }
        self.listed += changes.len();
        self.examined.push(Examined {
            path: path.to_owned(),
            root: root.to_owned(),
            kind,
            changes,
        });
    }

    /// Does the work; where it panics, the files it was about are doubts and nothing else is lost.
    pub(super) fn survive(
        &mut self,
        files: &[&str],
        kind: ContractKind,
        work: impl FnOnce(&mut Self),
    ) {
        // a fault of a reader must not lose what the others found
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
