//! Formats in which a file stands for itself: Avro, JSON Schema, pacts.

use std::collections::HashSet;

use super::gatherer::ContractGatherer;
use crate::changed_file::{Seen, count_text_bytes};
use crate::{avro, json_schema, pact, rules};
use model::ContractKind;

impl ContractGatherer<'_> {
    /// Formats in which a file stands for itself.
    pub(super) fn single(&mut self, seen: &[Seen]) {
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
            // a schema that is a part of a document was compared with it
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

    pub(super) fn single_file(&mut self, file: &Seen, kind: ContractKind) {
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
        // equal texts differ in nothing, also where neither can be read
        if file.same {
            log.changes
                .retain(|change| change.rule.id() != rules::UNREADABLE.id());
        }
        self.push(path, path, kind, log.changes);
    }
}
