//! From changed files to compared contracts: finds the roots, compares each once, gives every
//! changed file its part.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::change::{ContractDifference, Log, MAX_ALL_CHANGES, MAX_CHANGES};
use super::document::DocumentSet;
use super::shared::SharedComparisons;
use super::{avro, detect, graphql, json_schema, openapi, pact, protobuf, rules, typescript};
use model::{Contract, ContractKind, Grade, ReadError, Snapshot, Unchecked};

/// Most files looked at for being the root of a changed fragment.
const MAX_ROOT_CANDIDATES: usize = 400;

/// A changed file on either side; a side that lacks it is `None`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ChangedContractFile {
    pub old: Option<String>,
    pub new: Option<String>,
}

impl ChangedContractFile {
    /// Path in current, else in previous.
    pub fn path(&self) -> &str {
        self.new.as_deref().or(self.old.as_deref()).unwrap_or("")
    }
}

/// One changed contract file with its changes.
pub(super) struct Examined {
    pub path: String,
    pub root: String,
    pub kind: ContractKind,
    pub changes: Vec<ContractDifference>,
}

impl Examined {
    /// As the report shows it.
    pub fn report(&self) -> Contract {
        let worst = |grade: fn(&ContractDifference) -> Grade| {
            self.changes
                .iter()
                .map(grade)
                .max()
                .unwrap_or(Grade::Compatible)
        };
        Contract {
            path: self.path.clone(),
            root: self.root.clone(),
            kind: self.kind,
            changes: self
                .changes
                .iter()
                .map(ContractDifference::report)
                .collect(),
            on_deploy: worst(|change| change.rule.forward),
            on_rollback: worst(|change| change.rule.back),
        }
    }
}

/// Both trees and what was found in them so far.
pub(super) struct ContractGatherer<'a> {
    pub previous: &'a dyn Snapshot,
    pub current: &'a dyn Snapshot,
    pub examined: Vec<Examined>,
    pub unchecked: Vec<Unchecked>,
    /// Paths whose text differs, on both sides.
    changed: HashSet<String>,
    /// Changes that are listed so far.
    listed: usize,
    /// Comparisons of documents that stand alone.
    shared: SharedComparisons<'a>,
}

pub(super) struct Seen {
    pub file: ChangedContractFile,
    kind: Option<ContractKind>,
    /// The texts, until they are read into trees.
    pub old: Option<String>,
    pub new: Option<String>,
    same: bool,
}

impl<'a> ContractGatherer<'a> {
    /// Compares every contract among the changed files. `named` are taken whatever folder they lie
    /// in, and `sure` (those that `backout.yaml` or the user names) whatever they are called as
    /// well.
    pub fn run(
        previous: &'a dyn Snapshot,
        current: &'a dyn Snapshot,
        files: &[ChangedContractFile],
        named: &[String],
        sure: &[String],
    ) -> Self {
        let changed = files
            .iter()
            .flat_map(|file| [file.old.clone(), file.new.clone()])
            .flatten()
            .collect();
        let mut gather = Self {
            previous,
            current,
            examined: Vec::new(),
            unchecked: Vec::new(),
            changed,
            listed: 0,
            shared: SharedComparisons::new(previous, current),
        };
        let mut left_out: BTreeSet<&str> = BTreeSet::new();
        let mut seen = Vec::new();
        let insisted = |file: &ChangedContractFile| sure.iter().any(|name| name == file.path());
        for file in files
            .iter()
            .filter(|file| detect::may_be(file.path()) || insisted(file))
        {
            let is_named = named.iter().any(|name| name == file.path());
            if detect::is_declarations(file.path())
                && !is_named
                && !detect::is_published_declaration(current, previous, file.path())
            {
                continue;
            }
            if !is_named
                && detect::is_foreign_contract_path(file.path())
                && !detect::is_declarations(file.path())
            {
                left_out.insert(file.path());
                continue;
            }
            let (old, new) = (
                gather.text(previous, file.old.as_deref()),
                gather.text(current, file.new.as_deref()),
            );
            let look = if insisted(file) {
                detect::kind_of_named
            } else {
                detect::kind_of
            };
            let kind_of = |text: &Option<String>| {
                text.as_deref().and_then(|text| {
                    super::broken::catch_panic(|| look(file.path(), text)).flatten()
                })
            };
            let kind = kind_of(&new).or_else(|| kind_of(&old));
            if detect::get_path_extension(file.path()) == "avdl" {
                gather.unchecked(
                    file.path(),
                    "Avro IDL is not read",
                    Some("compare the schemas generated from it"),
                );
            }
            let same = old.is_some() && old == new;
            seen.push(Seen {
                file: file.clone(),
                kind,
                old,
                new,
                same,
            });
        }
        gather.roots(&mut seen, named);
        for (kind, compare) in [
            (
                ContractKind::Protobuf,
                Self::protobuf as fn(&mut Self, &[Seen]),
            ),
            (ContractKind::Graphql, Self::graphql),
            (ContractKind::Typescript, Self::typescript),
        ] {
            let files: Vec<&str> = seen
                .iter()
                .filter(|file| file.kind == Some(kind))
                .map(|file| file.file.path())
                .collect();
            if let Some(leaves) = gather.moves_as_a_whole(kind, &seen) {
                files
                    .iter()
                    .for_each(|path| gather.leave_out(path, kind, leaves));
                continue;
            }
            gather.survive(&files, kind, |gather| compare(gather, &seen));
        }
        gather.single(&seen);
        left_out.retain(|path| {
            let side: &dyn Snapshot = if current.has(path) { current } else { previous };
            side.read_text(path)
                .ok()
                .is_some_and(|text| detect::kind_of(path, &text).is_some())
        });
        if let Some(first) = left_out.first() {
            let more = if left_out.len() > 1 {
                format!(" and {} more", left_out.len() - 1)
            } else {
                String::new()
            };
            let settle = Some(
                "name the file under `contracts:` in backout.yaml if it is a promise of this service",
            );
            gather.unchecked(
                &format!("{first}{more}"),
                "contracts in folders of tests, examples and vendored code are not compared",
                settle,
            );
        }
        gather
            .examined
            .sort_by(|a, b| (&a.path, &a.root).cmp(&(&b.path, &b.root)));
        gather
    }

    pub(super) fn unchecked(&mut self, what: &str, why: &str, settle_with: Option<&str>) {
        let entry = Unchecked {
            what: model::escape_invisible(what).into_owned(),
            why: why.to_owned(),
            settle_with: settle_with.map(str::to_owned),
        };
        if !self.unchecked.contains(&entry) {
            self.unchecked.push(entry);
        }
    }

    fn text(&mut self, tree: &dyn Snapshot, path: Option<&str>) -> Option<String> {
        let path = path?;
        match tree.read_text(path) {
            Ok(text) => Some(text),
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
        let room = MAX_ALL_CHANGES.saturating_sub(self.listed).min(MAX_CHANGES);
        Log {
            changed: self.changed.clone(),
            room,
            ..Log::default()
        }
    }

    /// Says what a comparison left out: changes beyond those that are listed, and all that it had
    /// not reached when it ended.
    fn close(&mut self, path: &str, log: &mut Log) {
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
                super::change::ChangeSubject::None,
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
        if let Some(existing) = self
            .examined
            .iter_mut()
            .find(|examined| examined.path == path && examined.kind == kind)
        {
            let key = |change: &ContractDifference| {
                (change.rule.id, change.location.clone(), change.what.clone())
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

    /// OpenAPI and Swagger documents and the fragments they are made of.
    fn roots(&mut self, seen: &mut [Seen], named: &[String]) {
        let mut roots: Vec<(ChangedContractFile, ContractKind)> = Vec::new();
        for file in seen.iter() {
            let Some(kind) = file.kind.filter(|kind| is_interface(*kind)) else {
                continue;
            };
            if self.archived(file) {
                self.push(file.file.path(), file.file.path(), kind, Vec::new());
                continue;
            }
            roots.push((file.file.clone(), kind));
        }
        super::moved_roots::pair_by_title(&mut roots, seen);
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

    /// A document that left the repository, or came to it, while no other describes an interface:
    /// its operations are neither gone nor new, the file is. Nothing is compared.
    fn leave_out_moved(&mut self, roots: &mut Vec<(ChangedContractFile, ContractKind)>) {
        let named = |path: &str| {
            ["openapi", "swagger", "asyncapi"]
                .iter()
                .any(|word| path.to_ascii_lowercase().contains(word))
        };
        let describes = |tree: &dyn Snapshot| {
            let own: Vec<&str> = tree
                .list()
                .iter()
                .map(|entry| entry.path.as_str())
                .filter(|path| detect::is_tree(path) && !detect::is_foreign_contract_path(path))
                .collect();
            own.iter().any(|path| named(path))
                || own
                    .iter()
                    .filter(|path| may_be_interface(path))
                    .take(MAX_ROOT_CANDIDATES)
                    .any(|path| {
                        tree.read_text(path)
                            .ok()
                            .and_then(|text| detect::kind_of(path, &text))
                            .is_some_and(is_interface)
                    })
        };
        let leaves = roots.iter().all(|(file, _)| file.new.is_none()) && !describes(self.current);
        let comes = roots.iter().all(|(file, _)| file.old.is_none()) && !describes(self.previous);
        if !leaves && !comes {
            return;
        }
        for (file, kind) in std::mem::take(roots) {
            self.leave_out(file.path(), kind, leaves);
        }
    }

    /// Says that a contract left the repository or came to it, and compares nothing of it.
    fn leave_out(&mut self, path: &str, kind: ContractKind, leaves: bool) {
        self.unchecked(
            path,
            if leaves {
                "the newer release no longer has this contract file, so what it offers to others cannot be compared; the interface itself may be unchanged"
            } else {
                "only the newer release has this contract file, and the older one wrote its interface down nowhere that was looked at; whether it offers the same cannot be compared"
            },
            Some(if leaves {
                "say where the contract lies now, under `contracts:` in backout.yaml, or compare the two interfaces by hand"
            } else {
                "say where the contract lay before, under `contracts:` in backout.yaml, or compare the two interfaces by hand"
            }),
        );
        self.push(path, path, kind, Vec::new());
    }

    /// Whether every contract of a format is gone with the newer release, changed or not
    /// (`Some(true)`), or came with it (`Some(false)`): then the format is written down elsewhere
    /// as well (a registry, a package, a repository of its own, the code), and nobody has taken
    /// away or added all that it describes.
    fn moves_as_a_whole(&self, kind: ContractKind, seen: &[Seen]) -> Option<bool> {
        let ends: &[&str] = match kind {
            ContractKind::Graphql => &["graphql", "graphqls", "gql"],
            ContractKind::Protobuf => &["proto"],
            ContractKind::Avro => &["avsc", "avpr", "avdl"],
            _ => return None,
        };
        let own: Vec<&Seen> = seen.iter().filter(|file| file.kind == Some(kind)).collect();
        let holds = |tree: &dyn Snapshot| {
            tree.list().iter().any(|entry| {
                ends.contains(&detect::get_path_extension(&entry.path))
                    && !detect::is_foreign_contract_path(&entry.path)
            })
        };
        if own.is_empty() {
            return None;
        }
        if own.iter().all(|file| file.file.new.is_none()) && !holds(self.current) {
            return Some(true);
        }
        (own.iter().all(|file| file.file.old.is_none()) && !holds(self.previous)).then_some(false)
    }

    /// A frozen copy that appeared beside others of its kind.
    fn archived(&self, file: &Seen) -> bool {
        let path = file.file.path();
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
    fn unchanged_roots(
        &mut self,
        fragments: &[&Seen],
        named: &[String],
    ) -> Vec<(ChangedContractFile, ContractKind)> {
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

    fn root(&mut self, file: &ChangedContractFile, kind: ContractKind, seen: &[Seen]) {
        let own = self.changed.contains(file.path());
        if let Some((changes, beyond)) = self.shared.get(file, kind) {
            let mut log = self.log();
            log.beyond = beyond;
            for change in &changes.list {
                log.take(|| changes.renamed(change, file), change.rule);
            }
            self.close(file.path(), &mut log);
            self.push(file.path(), file.path(), kind, log.changes);
            return;
        }
        let load = |tree: &dyn Snapshot, path: &Option<String>| {
            path.as_deref().map(|path| DocumentSet::load(tree, path))
        };
        let (previous, current) = (self.previous, self.current);
        let (old, new) = std::thread::scope(|threads| {
            let old = threads.spawn(|| load(previous, &file.old));
            let new = load(current, &file.new);
            (old.join().ok().flatten(), new)
        });
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
                format!("{} could not be read in both releases", file.path()),
                None,
                None,
                super::change::ChangeSubject::None,
            );
        } else {
            match kind {
                ContractKind::Asyncapi => super::asyncapi::compare_asyncapi(a, b, &mut log),
                _ => openapi::compare_openapi_documents(a, b, &mut log),
            }
        }
        self.close(file.path(), &mut log);
        if own
            && [a, b]
                .iter()
                .all(|side| side.paths().count() <= 1 && side.problems.is_empty())
            && !log.work.is_spent()
        {
            self.shared.keep(file, kind, &log);
        }
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
        for part in parts.into_iter().filter(|path| !own_kind(path)) {
            let current_name = seen
                .iter()
                .find(|other| other.file.old.as_deref() == Some(&part))
                .map_or(part.clone(), |other| other.file.path().to_owned());
            by_file.entry(current_name).or_default();
        }
        for mut change in log.changes {
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

    fn protobuf(&mut self, seen: &[Seen]) {
        let mut pairs: Vec<protobuf::ProtobufFilePair> = Vec::new();
        for file in seen
            .iter()
            .filter(|file| file.kind == Some(ContractKind::Protobuf))
        {
            let read = |text: &Option<String>| {
                text.as_ref()
                    .map(|text| (protobuf::read_protobuf(text), text.clone()))
            };
            let path = file.file.path().to_owned();
            let Some(sides) = super::broken::catch_panic(|| [read(&file.old), read(&file.new)])
            else {
                self.broken(&path, ContractKind::Protobuf, super::broken::FAULT, None);
                continue;
            };
            if let Some((line, why)) = sides
                .iter()
                .flatten()
                .find_map(|(file, _)| file.invalid.clone())
            {
                // equal texts are equal, also where no compiler takes either
                if file.same {
                    self.push(&path, &path, ContractKind::Protobuf, Vec::new());
                    continue;
                }
                let says = format!(
                    "no compiler takes this file, so what it means on the wire is not known: {why}"
                );
                self.broken(&path, ContractKind::Protobuf, &says, Some(line));
                continue;
            }
            let [old, new] = sides;
            let old_path = file.file.old.clone().unwrap_or_else(|| path.clone());
            let pair = protobuf::ProtobufFilePair {
                path,
                old_path,
                old,
                new,
            };
            for (what, side) in [(&pair.old_path, &pair.old), (&pair.path, &pair.new)] {
                if let Some(line) = side.as_ref().and_then(|(file, _)| file.unread.first()) {
                    self.unchecked(
                        &format!("{what}:{line}"),
                        "a statement was not understood and left out of the comparison",
                        Some("compare the two versions by hand"),
                    );
                }
            }
            pairs.push(pair);
        }
        let mut log = self.log();
        log.work.allow(count_text_bytes(seen));
        protobuf::compare_protobuf_files(&mut pairs, &mut log);
        if let Some(first) = pairs.first().map(|pair| pair.path.clone()) {
            log.trail = vec![first.clone()];
            self.close(&first, &mut log);
        }
        for pair in &pairs {
            let (mine, rest): (Vec<ContractDifference>, Vec<ContractDifference>) = log
                .changes
                .drain(..)
                .partition(|change| change.file == pair.path || change.file == pair.old_path);
            log.changes = rest;
            let mut mine = mine;
            let unread = |side: &Option<(protobuf::ProtobufFile, String)>| {
                side.as_ref()
                    .is_some_and(|(file, _)| !file.unread.is_empty())
            };
            // a statement that was skipped on one side may be the very change
            if unread(&pair.old) != unread(&pair.new) {
                let mut own = self.log();
                own.trail.push(pair.path.clone());
                own.note(
                    "unreadable",
                    &pair.path,
                    format!("a statement of {} was not understood", pair.path),
                    None,
                    None,
                    super::change::ChangeSubject::None,
                );
                mine.extend(own.changes);
            }
            self.push(&pair.path, &pair.path, ContractKind::Protobuf, mine);
        }
    }

    fn graphql(&mut self, seen: &[Seen]) {
        let files: Vec<graphql::GraphqlFilePair<'_>> = seen
            .iter()
            .filter(|file| file.kind == Some(ContractKind::Graphql))
            .map(|file| graphql::GraphqlFilePair {
                path: file.file.path(),
                old_path: file.file.old.as_deref(),
                old: file.old.as_deref(),
                new: file.new.as_deref(),
            })
            .collect();
        let mut log = self.log();
        log.work.allow(count_text_bytes(seen));
        let problems = graphql::compare_graphql_files(&files, &mut log);
        if let Some(first) = files.first().map(|file| file.path.to_owned()) {
            log.trail = vec![first.clone()];
            self.close(&first, &mut log);
        }
        drop_told_by_definitions(&mut log.changes);
        for (path, line) in problems {
            self.unchecked(
                &format!("{path}:{line}"),
                "a definition was not understood and left out of the comparison",
                Some("compare the two versions by hand"),
            );
        }
        for file in &files {
            let (mine, rest): (Vec<ContractDifference>, Vec<ContractDifference>) =
                log.changes.drain(..).partition(|change| {
                    change.file == file.path || Some(change.file.as_str()) == file.old_path
                });
            log.changes = rest;
            self.push(file.path, file.path, ContractKind::Graphql, mine);
        }
    }

    fn typescript(&mut self, seen: &[Seen]) {
        let files: Vec<&ChangedContractFile> = seen
            .iter()
            .filter(|file| file.kind == Some(ContractKind::Typescript))
            .map(|file| &file.file)
            .collect();
        let pairs: Vec<typescript::TypescriptFilePair<'_>> = files
            .iter()
            .map(|file| typescript::TypescriptFilePair {
                old: file.old.as_deref(),
                new: file.new.as_deref(),
            })
            .collect();
        let mut log = self.log();
        log.work.allow(count_text_bytes(seen));
        for problem in
            typescript::compare_typescript_files(&pairs, self.previous, self.current, &mut log)
        {
            if !self.unchecked.contains(&problem) {
                self.unchecked.push(problem);
            }
        }
        let Some(first) = files.first() else { return };
        log.trail = vec![first.path().to_owned()];
        self.close(first.path(), &mut log);
        for file in &files {
            let own = |change: &ContractDifference| {
                [&file.old, &file.new]
                    .into_iter()
                    .flatten()
                    .any(|path| *path == change.file)
            };
            let (mine, rest): (Vec<ContractDifference>, Vec<ContractDifference>) =
                log.changes.drain(..).partition(own);
            log.changes = rest;
            self.push(file.path(), file.path(), ContractKind::Typescript, mine);
        }
        // what several files pass on from one that did not change itself
        if !log.changes.is_empty() {
            self.push(
                first.path(),
                first.path(),
                ContractKind::Typescript,
                log.changes,
            );
        }
    }

    /// Formats in which a file stands for itself.
    fn single(&mut self, seen: &[Seen]) {
        let taken: HashSet<String> = self
            .examined
            .iter()
            .map(|examined| examined.path.clone())
            .collect();
        let avro_moves = self.moves_as_a_whole(ContractKind::Avro, seen);
        for file in seen {
            let Some(kind) = file.kind.filter(|kind| {
                matches!(
                    kind,
                    ContractKind::Avro | ContractKind::JsonSchema | ContractKind::Pact
                )
            }) else {
                continue;
            };
            let path = file.file.path();
            if kind == ContractKind::JsonSchema && taken.contains(path) {
                continue;
            }
            if kind == ContractKind::Avro
                && let Some(leaves) = avro_moves
            {
                self.leave_out(path, kind, leaves);
                continue;
            }
            self.survive(&[path], kind, |gather| gather.single_file(file, kind));
        }
    }

    fn single_file(&mut self, file: &Seen, kind: ContractKind) {
        let path = file.file.path();
        let mut log = self.log();
        log.trail.push(path.to_owned());
        log.work.allow(count_text_bytes(std::slice::from_ref(file)));
        let problems = match kind {
            ContractKind::Avro => avro::compare_avro_file(
                &file.file,
                file.old.as_deref(),
                file.new.as_deref(),
                &mut log,
            ),
            ContractKind::JsonSchema => {
                json_schema::compare_json_schema(self.previous, self.current, &file.file, &mut log)
            }
            _ => pact::compare_pacts(path, file.old.as_deref(), file.new.as_deref(), &mut log),
        };
        for problem in problems {
            if !self.unchecked.contains(&problem) {
                self.unchecked.push(problem);
            }
        }
        self.close(path, &mut log);
        if file.same {
            log.changes
                .retain(|change| change.rule.id != rules::UNREADABLE.id);
        }
        self.push(path, path, kind, log.changes);
    }
}

/// A format in which one document describes a whole interface.
fn is_interface(kind: ContractKind) -> bool {
    matches!(
        kind,
        ContractKind::Openapi | ContractKind::Swagger | ContractKind::Asyncapi
    )
}

/// Whether a document of this path may describe one, by its words.
fn may_be_interface(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    [
        "openapi", "swagger", "asyncapi", "api", "spec", "index", "root", "main",
    ]
    .iter()
    .any(|word| lower.contains(word))
}

/// What an introspection in JSON says again of a schema that is written down in definitions, too:
/// one contract, told once.
fn drop_told_by_definitions(changes: &mut Vec<ContractDifference>) {
    let copied = |change: &ContractDifference| change.file.ends_with(".json");
    let key = |change: &ContractDifference| {
        (change.rule.id, change.location.clone(), change.what.clone())
    };
    let told: HashSet<_> = changes
        .iter()
        .filter(|change| !copied(change))
        .map(key)
        .collect();
    changes.retain(|change| !copied(change) || !told.contains(&key(change)));
}

/// Bytes of the texts of some files, both sides.
fn count_text_bytes(seen: &[Seen]) -> usize {
    seen.iter()
        .flat_map(|file| [&file.old, &file.new])
        .flatten()
        .map(String::len)
        .sum()
}

impl Seen {
    fn fragment(&self) -> bool {
        detect::is_tree(self.file.path())
            && [&self.old, &self.new]
                .into_iter()
                .flatten()
                .any(|text| detect::may_be_fragment(text))
    }
}
