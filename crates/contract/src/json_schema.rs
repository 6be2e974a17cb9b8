//! JSON Schema: messages, configuration and stored documents, which both releases write and read.

use super::broken::describe_unreadable;
use super::change::{ChangeSubject, Log};
use super::changed_file::ChangedContractFile;
use super::document::DocumentSet;
use super::schema::{SchemaDiff, SchemaUse};
use model::{Snapshot, Unchecked};

/// Compares a schema file with what it refers to; returns what could not be read.
pub(super) fn compare_json_schema(
    previous: &dyn Snapshot,
    current: &dyn Snapshot,
    file: &ChangedContractFile,
    log: &mut Log,
) -> Vec<Unchecked> {
    // a schema of one release only has nothing to be compared with; nothing of the other release
    // reads it
    let (Some(old), Some(new)) = (&file.old, &file.new) else {
        return Vec::new();
    };
    let (old, new) = (
        DocumentSet::load(previous, old),
        DocumentSet::load(current, new),
    );
    let problems = [old.problems.clone(), new.problems.clone()].concat();
    let (Some(a), Some(b)) = (old.root(), new.root()) else {
        log.note(
            "unreadable",
            file.path(),
            describe_unreadable(
                file.path(),
                (old.root().is_some(), new.root().is_some()),
                problems.first().map(|problem| problem.why.as_raw()),
            ),
            None,
            None,
            ChangeSubject::None,
        );
        return problems;
    };
    // findings are read by people, who know the title and not the path
    let title = b
        .text("title")
        .unwrap_or_else(|| file.path().rsplit('/').next().unwrap_or("document"))
        .to_owned();
    let mut diff = SchemaDiff::new(&old, &new, log);
    diff.ask(a, b, SchemaUse::Data, title, None, false);
    let described = |place: super::document::DocumentNode<'_>| {
        [
            "type",
            "properties",
            "$ref",
            "allOf",
            "oneOf",
            "anyOf",
            "items",
        ]
        .iter()
        .any(|key| place.get(key).is_some())
    };
    // `definitions` is the word of the drafts before 2019
    if !described(a) || !described(b) {
        // a library of definitions without a schema at its root
        for key in ["$defs", "definitions"] {
            // one side alone has it: nothing refers to it, so nobody wrote or read it
            let (Some(from), Some(to)) = (a.get(key), b.get(key)) else {
                continue;
            };
            for (name, _, value) in from.node.pairs() {
                if let Some(other) = to.get(name) {
                    diff.ask(
                        from.with(value),
                        other,
                        SchemaUse::Data,
                        name.to_owned(),
                        None,
                        false,
                    );
                }
            }
        }
    }
    diff.run();
    problems
}
