//! The table of contract rules: what kinds of change there are and what each means forward, on the
//! way back, and for stored data.
//!
//! Going back asks the forward question with its arguments swapped, plus whether previous can read
//! what current wrote. Hence every rule names its mirror, and a test holds the way-back grade of a
//! rule against the forward grade of its mirror. Where the two differ on purpose, [`WAIVERS`] says
//! why.

use std::collections::HashMap;
use std::sync::OnceLock;

use model::{Affects, CheckDeclaration, CheckDoc, Direction, Domain, Grade};

mod asyncapi;
mod avro;
mod effect;
mod graphql;
mod http;
mod pact;
mod protobuf;
mod row;
mod schema;
mod typescript;

#[cfg(test)]
pub(super) use crate::tests::{try_no_danger, try_rule};
pub(super) use effect::ContractEffect;
use row::declare_rule;
pub(super) use row::{ContractRule, find_direction};

pub(super) use Grade::{Breaking as B, Compatible as C, Doubt as D};

/// Callers.
pub(super) const CLIENTS: &[Affects] = &[Affects::Clients];
/// Stored documents and messages.
pub(super) const STORED: &[Affects] = &[Affects::StoredData];
/// Callers and stored documents.
pub(super) const BOTH: &[Affects] = &[Affects::Clients, Affects::StoredData];
/// Generated code only.
pub(super) const CODE: &[Affects] = &[Affects::GeneratedCode];

/// The row that stands for what could not be read.
pub(super) static UNREADABLE: ContractRule = declare_rule!(
    "contract/unreadable",
    "contract/unreadable",
    [D, D, D],
    BOTH,
    ContractEffect::Unknown,
    "A part that cannot be read is unknown: docs/src/contracts.md#unread",
    "a part of a contract could not be read",
    "`$ref: https://example.org/card.yaml`, or a file that is not YAML",
);

/// Every row.
pub(super) fn list_rules() -> impl Iterator<Item = &'static ContractRule> {
    std::iter::once(&UNREADABLE)
        .chain(http::RULES)
        .chain(schema::RULES.iter().flatten())
        .chain(protobuf::RULES)
        .chain(graphql::RULES)
        .chain(avro::RULES)
        .chain(asyncapi::RULES)
        .chain(pact::RULES)
        .chain(typescript::RULES)
}

/// The row of an id without its domain. An id that is in no table counts as not readable, which a
/// test rules out.
pub(super) fn find_rule(name: &str) -> &'static ContractRule {
    static INDEX: OnceLock<HashMap<&'static str, &'static ContractRule>> = OnceLock::new();
    // made once: it is asked for each change
    let index = INDEX.get_or_init(|| {
        list_rules()
            .map(|rule| (rule.id().trim_start_matches("contract/"), rule))
            .collect()
    });
    // a slip in an id must not lose the change
    index.get(name).copied().unwrap_or(&UNREADABLE)
}

/// Rows whose way back is not their mirror's way forward, with the reason.
#[cfg(test)]
pub(super) const WAIVERS: &[(&str, &str)] = &[
    (
        "success-status-added",
        "the previous release sends the old status, which a client of the new release most often \
            still knows",
    ),
    (
        "success-status-removed",
        "a client of the new release meets a status it had dropped; the reference notes it only",
    ),
    (
        "base-path-changed",
        "the new release mostly keeps serving the old base; the previous release cannot know the \
            new one",
    ),
    (
        "message-added",
        "a message is never sent alone; the fields and calls that use it are reported",
    ),
    ("message-removed", "as message-added"),
    ("proto-enum-added", "as message-added"),
    ("proto-enum-removed", "as message-added"),
    (
        "field-removed-unreserved",
        "the previous release still has the number; what the new release wrote lacks it and reads \
            as its default",
    ),
    (
        "field-added",
        "its mirror is graded for the reuse of a free number, which going back does not do",
    ),
    (
        "field-became-singular",
        "callers of the new release send one value, which the previous release takes",
    ),
    (
        "field-presence-removed",
        "the reference grades a change of presence the same in both directions on the way back",
    ),
    (
        "request-bound-set",
        "a newly written bound may only document what was enforced before; one that is taken out \
            was enforced",
    ),
    ("request-bound-removed", "as request-bound-set"),
    ("proto-file-added", "what is in it is reported by itself"),
    ("proto-file-removed", "as proto-file-added"),
    (
        "avro-field-added-without-default",
        "consumers that stay on the new release cannot read what the previous release writes next",
    ),
    (
        "required-field-added",
        "as avro-field-added-without-default",
    ),
    ("avro-symbol-removed", "as avro-field-added-without-default"),
    ("avro-branch-removed", "as avro-field-added-without-default"),
    ("avro-type-demoted", "as avro-field-added-without-default"),
    (
        "avro-default-changed",
        "forward the new default is meant; on the way back it is lost without a word",
    ),
    (
        "avro-logical-type-changed",
        "no library checks it forward; on the way back values already written are misread",
    ),
    (
        "channel-sent-added",
        "who listens to a channel that is gone waits, and does not fail",
    ),
    (
        "avro-schema-added",
        "nothing of the previous release reads it, so nothing of the previous release fails",
    ),
];

/// The check of every row, with the pages that its source names.
pub(super) fn list_declared_rules() -> Vec<CheckDeclaration> {
    static CHECKS: OnceLock<Vec<CheckDeclaration>> = OnceLock::new();
    CHECKS
        .get_or_init(|| {
            let rows = list_rules().map(|rule| {
                let mut check = rule.declared;
                // one text a row for the life of the program, made once
                check.doc.source = Box::leak(cite_rows(check.doc.source).into_boxed_str());
                check
            });
            rows.chain([NO_DANGER]).collect()
        })
        .clone()
}

/// The finding that says all is well.
pub(super) const NO_DANGER: CheckDeclaration = CheckDeclaration {
    doc: CheckDoc {
        id: "contract/no-danger",
        title: "contracts that changed and are safe on the way back",
        domain: Domain::Contract,
        direction: Direction::Rollback,
        looks_for: "Contract files that differ between the two releases and in which nothing \
            vanishes or narrows on the way back.",
        why: "A contract that changed and was found fine needs no attention during an incident.",
        action: "Nothing.",
        example: "Descriptions, examples and the order of entries changed in openapi.yaml.",
        source: "Contracts in both directions: docs/src/taxonomy/directions.md",
    },
    grades: None,
    place: module_path!(),
    cases: model::check_cases!(test, try_no_danger),
};

/// The pages of the book on which the rows stand: `H03` is `docs/src/taxonomy/http.md#h03`.
fn cite_rows(rows: &str) -> String {
    let places: Vec<String> = rows
        .split_whitespace()
        .filter_map(|row| {
            let page = match (row.as_bytes().first()?, row.len()) {
                (b'H', 3) => "http",
                (b'P', 3) => "protobuf",
                (b'G', 3) => "graphql",
                (b'A', 3) => "avro",
                (b'J', 3) => "json-schema",
                (b'S', 3) => "asyncapi",
                (b'T', 3) => "typescript",
                (b'C', 3) => "pact",
                _ => return None,
            };
            let anchor = row.to_ascii_lowercase();
            Some(format!("docs/src/taxonomy/{page}.md#{anchor}"))
        })
        .collect();
    if places.is_empty() {
        return rows.to_owned();
    }
    format!(
        "Taxonomy of contract changes, {rows}: {}",
        places.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_whole_finds_its_case_and_leaves_the_other_alone() {
        let checks = list_declared_rules();
        let faults = model::find_check_faults(&checks);
        assert!(faults.is_empty(), "{}", faults.join("\n"));
        for rule in list_rules() {
            assert!(rule.id().starts_with("contract/"), "{}", rule.id());
            assert!(!rule.affects.is_empty(), "{} affects nobody", rule.id());
            let grades = rule.grades();
            assert!(
                rule.affects != CODE || grades.forward.max(grades.back) < B,
                "{}: a break of generated code alone is a doubt",
                rule.id()
            );
        }
    }

    #[test]
    fn the_way_back_is_the_mirrors_way_forward() {
        for rule in list_rules() {
            let mirror = list_rules()
                .find(|other| other.id() == rule.mirror)
                .unwrap_or_else(|| panic!("{}: no mirror {}", rule.id(), rule.mirror));
            assert_eq!(
                mirror.mirror,
                rule.id(),
                "{} and {} do not mirror each other",
                rule.id(),
                mirror.id()
            );
            let waived = WAIVERS
                .iter()
                .any(|(id, _)| rule.id().trim_start_matches("contract/") == *id);
            assert!(
                waived || rule.grades().back == mirror.grades().forward,
                "{}: back {:?}, {} forward {:?}",
                rule.id(),
                rule.grades().back,
                mirror.id(),
                mirror.grades().forward
            );
        }
        for (id, _) in WAIVERS {
            assert!(
                !std::ptr::eq(find_rule(id), &UNREADABLE),
                "waiver for {id}, which is no rule"
            );
        }
    }
}
