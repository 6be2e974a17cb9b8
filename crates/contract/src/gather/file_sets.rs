//! Formats whose files make one contract together: Protocol Buffers, GraphQL, TypeScript.

use std::collections::HashSet;

use super::gatherer::ContractGatherer;
use crate::broken::{FAULT, catch_panic};
use crate::change::{ChangeSubject, ContractDifference};
use crate::changed_file::{ChangedContractFile, Seen, count_text_bytes};
use crate::{graphql, protobuf, typescript};
use model::ContractKind;

impl ContractGatherer<'_> {
    pub(super) fn protobuf(&mut self, seen: &[Seen]) {
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
            let Some(sides) = catch_panic(|| [read(&file.old), read(&file.new)]) else {
                self.broken(&path, ContractKind::Protobuf, FAULT, None);
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
        // each file is told with its own changes, though all were compared as one
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
                    ChangeSubject::None,
                );
                mine.extend(own.changes);
            }
            self.push(&pair.path, &pair.path, ContractKind::Protobuf, mine);
        }
    }

    pub(super) fn graphql(&mut self, seen: &[Seen]) {
        // extensions of a type may stand in any file of the set
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

    pub(super) fn typescript(&mut self, seen: &[Seen]) {
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
}

// an introspection is made from the definitions, and says all of it again
/// What an introspection in JSON says again of a schema that is written down in definitions, too:
/// one contract, told once.
fn drop_told_by_definitions(changes: &mut Vec<ContractDifference>) {
    let copied = |change: &ContractDifference| change.file.ends_with(".json");
    let key = |change: &ContractDifference| {
        (
            change.rule.id(),
            change.location.clone(),
            change.what.clone(),
        )
    };
    let told: HashSet<_> = changes
        .iter()
        .filter(|change| !copied(change))
        .map(key)
        .collect();
    changes.retain(|change| !copied(change) || !told.contains(&key(change)));
}
