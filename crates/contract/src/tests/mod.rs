//! The contract checks from end to end, on trees in memory: one base document a format, one
//! mutation a row, forward and back.

mod adoption;
mod asyncapi;
mod avro;
mod cases;
mod graphql;
mod hostile;
mod laws;
mod moved;
mod mutated;
mod openapi;
mod pact;
mod peers;
mod protobuf;
mod schema;
mod silent;
mod typescript;
mod work;

pub(crate) use cases::{try_no_danger, try_rule};

use std::collections::BTreeSet;

use super::{compare_files, rules};
use coverage::ContractOutcome;
use model::{ContractChange, MemorySnapshot};

/// A mutation: what is replaced, by what, and the rule that must fire.
pub(super) type MutationRow = (&'static str, &'static str, &'static str);

/// Compares two texts under one path.
pub(super) fn outcome(path: &str, old: &str, new: &str) -> ContractOutcome {
    compare_files(
        &MemorySnapshot::new([(path, old)]),
        &MemorySnapshot::new([(path, new)]),
    )
}

/// The changes of one comparison.
pub(super) fn changes(path: &str, old: &str, new: &str) -> Vec<ContractChange> {
    outcome(path, old, new)
        .contracts
        .into_iter()
        .flat_map(|contract| contract.changes)
        .collect()
}

/// Ids of the rules that fired, without the domain.
pub(super) fn ids(path: &str, old: &str, new: &str) -> BTreeSet<String> {
    changes(path, old, new)
        .into_iter()
        .map(|change| change.check.trim_start_matches("contract/").to_owned())
        .collect()
}

/// The base with one mutation; it must fit exactly once.
pub(super) fn mutated(base: &str, from: &str, to: &str) -> String {
    assert_eq!(
        base.matches(from).count(),
        1,
        "`{from}` must stand once in the base document"
    );
    base.replacen(from, to, 1)
}

/// Every row fires its rule forward and the mirror of it back, with the grades of the table;
/// nothing fires where nothing changed.
pub(super) fn hold(path: &str, base: &str, rows: &[MutationRow]) {
    assert_eq!(
        thoroughly(|| ids(path, base, base)),
        BTreeSet::new(),
        "the base differs from itself"
    );
    for (from, to, rule) in rows {
        let changed = mutated(base, from, to);
        let forth = ids(path, base, &changed);
        assert!(
            forth.contains(*rule),
            "`{from}` to `{to}`: wanted {rule}, got {forth:?}"
        );
        let row = rules::find_rule(rule);
        let mirror = row.mirror.trim_start_matches("contract/");
        let back = ids(path, &changed, base);
        assert!(
            back.contains(mirror),
            "`{to}` back to `{from}`: wanted {mirror}, got {back:?}"
        );
        assert_eq!(
            thoroughly(|| ids(path, &changed, &changed)),
            BTreeSet::new(),
            "{rule}: the mutation differs from itself"
        );
        assert_eq!(
            changes(path, base, &changed),
            thoroughly(|| changes(path, base, &changed)),
            "{rule}: skipping what is alike changes nothing"
        );
        let change = changes(path, base, &changed)
            .into_iter()
            .find(|change| change.check == row.id())
            .expect("it fired above");
        assert_eq!(
            (change.on_deploy, change.on_rollback, change.stored),
            (row.grades().forward, row.grades().back, row.grades().stored)
        );
        assert!(
            !change.location.is_empty() && change.says.len() > 10,
            "{rule}: {change:?}"
        );
        assert!(
            change.line.is_some() || change.check.contains("unreadable"),
            "{rule} has no line: {change:?}"
        );
        assert!(
            change.old.is_some() || change.new.is_some(),
            "{rule} shows no definition"
        );
    }
}

/// Runs a comparison that skips nothing that is alike.
pub(super) fn thoroughly<T>(run: impl FnOnce() -> T) -> T {
    super::schema::twins::THOROUGH.set(true);
    let out = run();
    super::schema::twins::THOROUGH.set(false);
    out
}
