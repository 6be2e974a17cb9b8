//! Documents that describe a whole interface, and the fragments they are made of.

use std::collections::{BTreeMap, BTreeSet};

use super::gatherer::ContractGatherer;
use crate::broken::describe_unreadable;
use crate::change::{ChangeSubject, ContractDifference};
use crate::changed_file::{ChangedContractFile, Seen};
use crate::detect::{self, is_interface, may_be_interface};
use crate::document::DocumentSet;
use crate::limits::MAX_ROOT_CANDIDATES;
use crate::{asyncapi, moved_roots, openapi};
use model::{ContractKind, Snapshot};

impl ContractGatherer<'_> {
    /// OpenAPI and Swagger documents and the fragments they are made of.
    pub(super) fn roots(&mut self, seen: &mut [Seen], named: &[String]) {
        let mut roots: Vec<(ChangedContractFile, ContractKind)> = Vec::new();
        for file in seen.iter() {
            let Some(kind) = file.kind.filter(|kind| is_interface(*kind)) else {
                continue;
            };
            // a copy for one version is not the contract in force
            if self.archived(file) {
                self.push(file.file.path(), file.file.path(), kind, Vec::new());
                continue;
            }
            roots.push((file.file.clone(), kind));
        }
        moved_roots::pair_by_title(&mut roots, seen);
        self.leave_out_moved(&mut roots);
        let fragments: Vec<&Seen> = seen
            .iter()
            .filter(|file| file.kind.is_none() || file.kind == Some(ContractKind::JsonSchema))
            .filter(|file| file.fragment())
            .collect();
        if !fragments.is_empty() {
            roots.extend(self.unchanged_roots(&fragments, named));
        }
        // large documents are read once more below, and must not lie here meanwhile
        for file in seen
            .iter_mut()
            .filter(|file| file.kind.is_some_and(is_interface))
        {
            (file.old, file.new) = (None, None);
        }
        for (file, kind) in roots {
            self.survive(&[file.path()], kind, |gather| {
                gather.root(&file, kind, seen)
            });
        }
    }

    /// A frozen copy that appeared beside others of its kind.
    pub(super) fn archived(&self, file: &Seen) -> bool {
        let path = file.file.path();
        // one that changed on both sides is edited, and no frozen copy
        if !detect::is_archived_name(path) || (file.old.is_some() && file.new.is_some()) {
            return false;
        }
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let beside = |other: &str| {
            other != path
                && other.rsplit_once('/').map_or("", |(folder, _)| folder) == folder
                && detect::is_archived_name(other)
        };
        let side: &dyn Snapshot = if file.new.is_some() {
            self.current
        } else {
            self.previous
        };
        side.list().iter().any(|entry| beside(&entry.path))
    }

    /// Documents that did not change themselves and refer to a changed fragment.
    pub(super) fn unchanged_roots(
        &mut self,
        fragments: &[&Seen],
        named: &[String],
    ) -> Vec<(ChangedContractFile, ContractKind)> {
        // a root lies above its fragments, seldom beside or below them
        let mut folders: BTreeSet<String> = BTreeSet::new();
        for fragment in fragments {
            let mut folder = fragment.file.path();
            while let Some((outer, _)) = folder.rsplit_once('/') {
                folders.insert(outer.to_owned());
                folder = outer;
            }
            folders.insert(String::new());
        }
        let mut candidates: Vec<&str> = self
            .current
            .list()
            .iter()
            .map(|entry| entry.path.as_str())
            .collect();
        candidates.retain(|path| {
            detect::is_tree(path)
                && !self.changed.contains(*path)
                && folders.contains(path.rsplit_once('/').map_or("", |(folder, _)| folder))
                && !detect::is_foreign_contract_path(path)
        });
        candidates.sort_by_key(|path| {
            // what somebody named comes first, then what is called like a root
            (
                !named.iter().any(|name| name == path),
                !may_be_interface(path),
                path.len(),
            )
        });
        let mut out = Vec::new();
        for path in candidates.into_iter().take(MAX_ROOT_CANDIDATES) {
            let Ok(text) = self.current.read_text(path) else {
                continue;
            };
            if let Some(kind) = detect::kind_of(path, &text)
                .filter(|kind| !matches!(kind, ContractKind::JsonSchema | ContractKind::Pact))
            {
                out.push((
                    ChangedContractFile {
                        old: Some(path.to_owned()),
                        new: Some(path.to_owned()),
                    },
                    kind,
                ));
            }
        }
        out
    }

    pub(super) fn root(&mut self, file: &ChangedContractFile, kind: ContractKind, seen: &[Seen]) {
        let own = self.changed.contains(file.path());
        if self.told_for_equal_contents(file, kind) {
            return;
        }
        let (old, new) = self.load_both(file);
        let reached = |library: &Option<DocumentSet>| -> BTreeSet<String> {
            library
                .iter()
                .flat_map(|library| library.paths())
                .filter(|path| self.changed.contains(*path))
                .map(str::to_owned)
                .collect()
        };
        let mut parts = reached(&new);
        parts.extend(reached(&old));
        // neither it nor any part of it changed
        if !own && parts.is_empty() {
            return;
        }
        let empty = DocumentSet::empty();
        let (a, b) = (
            old.as_ref().unwrap_or(&empty),
            new.as_ref().unwrap_or(&empty),
        );
        for problem in b.problems.iter().chain(&a.problems) {
            if !self.unchecked.contains(problem) {
                self.unchecked.push(problem.clone());
            }
        }
        let mut log = self.log();
        log.work.allow(a.bytes() + b.bytes());
        let there = |library: &Option<DocumentSet>| {
            library
                .as_ref()
                .is_some_and(|library| library.root().is_some())
        };
        let same = seen.iter().any(|one| one.file == *file && one.same);
        if (file.old.is_some() && !there(&old)) || (file.new.is_some() && !there(&new)) {
            // equal texts are equal, also where neither can be read
            if same {
                self.push(file.path(), file.path(), kind, Vec::new());
                return;
            }
            log.note(
                "unreadable",
                file.path(),
                describe_unreadable(
                    file.path(),
                    (
                        file.old.is_none() || there(&old),
                        file.new.is_none() || there(&new),
                    ),
                    b.problems
                        .iter()
                        .chain(&a.problems)
                        .next()
                        .map(|problem| problem.why.as_raw()),
                ),
                None,
                None,
                ChangeSubject::None,
            );
        } else {
            match kind {
                ContractKind::Asyncapi => asyncapi::compare_asyncapi(a, b, &mut log),
                _ => openapi::compare_openapi_documents(a, b, &mut log),
            }
        }
        self.close(file.path(), &mut log);
        // only a comparison that rests on nothing else is the same for another path
        if own
            && [a, b]
                .iter()
                .all(|side| side.paths().count() <= 1 && side.problems.is_empty())
            && !log.work.is_spent()
        {
            self.shared.keep(file, kind, &log);
        }
        self.push_by_file(file, kind, seen, parts.into_iter(), log.changes);
    }

    /// Both sides of a document, with all that they refer to.
    fn load_both(&self, file: &ChangedContractFile) -> (Option<DocumentSet>, Option<DocumentSet>) {
        let load = |tree: &dyn Snapshot, path: &Option<String>| {
            path.as_deref().map(|path| DocumentSet::load(tree, path))
        };
        let (previous, current) = (self.previous, self.current);
        // reading takes most of the time, and the two sides need nothing of each other
        std::thread::scope(|threads| {
            let old = threads.spawn(|| load(previous, &file.old));
            let new = load(current, &file.new);
            (old.join().ok().flatten(), new)
        })
    }

    /// Tells the outcome of a document with the same contents under another path, where there was
    /// one.
    fn told_for_equal_contents(&mut self, file: &ChangedContractFile, kind: ContractKind) -> bool {
        let Some((changes, beyond)) = self.shared.get(file, kind) else {
            return false;
        };
        let mut log = self.log();
        log.beyond = beyond;
        for change in &changes.list {
            log.take(|| changes.renamed(change, file), change.rule);
        }
        self.close(file.path(), &mut log);
        self.push(file.path(), file.path(), kind, log.changes);
        true
    }

    /// Gives every changed part of a document its changes; what no part holds belongs to the
    /// document itself.
    fn push_by_file(
        &mut self,
        file: &ChangedContractFile,
        kind: ContractKind,
        seen: &[Seen],
        parts: impl Iterator<Item = String>,
        changes: Vec<ContractDifference>,
    ) {
        // a changed document without a change of meaning is listed as compared
        let own = self.changed.contains(file.path());
        let mut by_file: BTreeMap<String, Vec<ContractDifference>> = BTreeMap::new();
        if own {
            by_file.entry(file.path().to_owned()).or_default();
        }
        // a part that is a contract of its own kind is listed there
        let own_kind = |path: &str| {
            seen.iter().any(|other| {
                other.file.path() == path
                    && matches!(
                        other.kind,
                        Some(ContractKind::Avro | ContractKind::Protobuf)
                    )
            })
        };
        for part in parts.filter(|path| !own_kind(path)) {
            let current_name = seen
                .iter()
                .find(|other| other.file.old.as_deref() == Some(&part))
                .map_or(part.clone(), |other| other.file.path().to_owned());
            by_file.entry(current_name).or_default();
        }
        for mut change in changes {
            if !by_file.contains_key(&change.file) {
                let renamed = seen
                    .iter()
                    .find(|other| other.file.old.as_deref() == Some(&change.file))
                    .map(|other| other.file.path().to_owned());
                change.file = renamed.unwrap_or_else(|| file.path().to_owned());
            }
            by_file.entry(change.file.clone()).or_default().push(change);
        }
        for (path, changes) in by_file {
            self.push(&path, file.path(), kind, changes);
        }
    }
}
