//! One text under many paths: a document that refers to no other file is compared once, and the
//! outcome is told for each path.

use std::collections::HashMap;
use std::rc::Rc;

use super::change::{ContractDifference, Log};
use super::changed_file::ChangedContractFile;
use model::{ContractKind, Snapshot};

/// Both contents of a document, by their ids; a side that lacks it is `None`.
type ContentKey = (ContractKind, Option<String>, Option<String>);

/// What a comparison brought, and the paths that it was made for.
pub(super) struct SharedComparison {
    file: ChangedContractFile,
    pub list: Vec<ContractDifference>,
}

impl SharedComparison {
    /// A change as it is for another path.
    pub fn renamed(
        &self,
        change: &ContractDifference,
        file: &ChangedContractFile,
    ) -> ContractDifference {
        let mut out = change.clone();
        let name = |path: &mut String| {
            if self.file.new.as_deref() == Some(path) {
                *path = file.path().to_owned();
            } else if self.file.old.as_deref() == Some(path) {
                *path = file.old.clone().unwrap_or_default();
            }
        };
        out.file = file.path().to_owned();
        for spot in [&mut out.old, &mut out.new].into_iter().flatten() {
            name(&mut spot.path);
        }
        out
    }
}

/// Comparisons so far.
pub(super) struct SharedComparisons<'a> {
    /// Ids of contents by path, of both trees; made when the first comparison asks.
    ids: std::cell::OnceCell<[HashMap<&'a str, &'a str>; 2]>,
    trees: [&'a dyn Snapshot; 2],
    outcomes: HashMap<ContentKey, (Rc<SharedComparison>, usize)>,
}

impl<'a> SharedComparisons<'a> {
    pub fn new(previous: &'a dyn Snapshot, current: &'a dyn Snapshot) -> Self {
        Self {
            ids: std::cell::OnceCell::new(),
            trees: [previous, current],
            outcomes: HashMap::new(),
        }
    }

    /// `None` where the contents of a side that is there cannot be told.
    fn key(&self, file: &ChangedContractFile, kind: ContractKind) -> Option<ContentKey> {
        let ids = self.ids.get_or_init(|| {
            self.trees.map(|tree| {
                tree.list()
                    .iter()
                    .map(|entry| (entry.path.as_str(), entry.id.as_str()))
                    .collect()
            })
        });
        let id = |side: usize, path: &Option<String>| match path {
            Some(path) => ids[side]
                // an empty id is one that is not known
                .get(path.as_str())
                .filter(|id| !id.is_empty())
                .map(|id| Some((*id).to_owned())),
            None => Some(None),
        };
        Some((kind, id(0, &file.old)?, id(1, &file.new)?))
    }

    /// The outcome for the same contents, and how many changes it left out.
    pub fn get(
        &self,
        file: &ChangedContractFile,
        kind: ContractKind,
    ) -> Option<(Rc<SharedComparison>, usize)> {
        self.outcomes.get(&self.key(file, kind)?).cloned()
    }

    /// Keeps an outcome that rests on nothing but the two contents.
    pub fn keep(&mut self, file: &ChangedContractFile, kind: ContractKind, log: &Log) {
        if let Some(key) = self.key(file, kind) {
            self.outcomes.insert(
                key,
                (
                    Rc::new(SharedComparison {
                        file: file.clone(),
                        list: log.changes.clone(),
                    }),
                    log.beyond,
                ),
            );
        }
    }
}
