//! The table of contract rules: what kinds of change there are and what each means forward, on the
//! way back, and for stored data.
//!
//! Going back asks the forward question with its arguments swapped, plus whether previous can read
//! what current wrote. Hence every rule names its mirror, and a test holds the way-back grade of a
//! rule against the forward grade of its mirror. Where the two differ on purpose, [`WAIVERS`] says
//! why.

use std::collections::HashMap;
use std::sync::OnceLock;

use model::{Affects, CheckDoc, Direction, Domain, Grade};

mod asyncapi;
mod avro;
mod graphql;
mod http;
mod pact;
mod protobuf;
mod schema;
mod typescript;

pub(super) use Grade::{Breaking as B, Compatible as C, Doubt as D};

/// Callers.
pub(super) const CLIENTS: &[Affects] = &[Affects::Clients];
/// Stored documents and messages.
pub(super) const STORED: &[Affects] = &[Affects::StoredData];
/// Callers and stored documents.
pub(super) const BOTH: &[Affects] = &[Affects::Clients, Affects::StoredData];
/// Generated code only.
pub(super) const CODE: &[Affects] = &[Affects::GeneratedCode];

/// What kind of thing happens on the way back; texts derive from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum ContractEffect {
    /// It is gone again.
    Vanishes,
    /// It was taken away and comes back.
    Returns,
    /// Previous accepts less than current does.
    Rejects,
    /// Previous accepts more than current does.
    Accepts,
    /// Previous takes it and does nothing with it.
    Ignores,
    /// Previous promises less in its answers.
    PromisesLess,
    /// Previous promises more in its answers; what current stored may not fit.
    PromisesMore,
    /// Old and new do not understand each other in either direction.
    Differs,
    /// Nothing fails, but it behaves otherwise.
    Silent,
    /// Some libraries read the other side and some do not.
    Depends,
    /// Previous cannot read what current wrote.
    Unreadable,
    /// Consumers that are still on current cannot read what previous writes.
    UnreadableByNew,
    /// Only code that is generated anew differs.
    Code,
    /// Previous, a consumer, expects less of its provider.
    ExpectsLess,
    /// Previous, a consumer, expects of its provider what current no longer did.
    ExpectsMore,
    /// Nobody notices.
    Harmless,
    /// It could not be read.
    Unknown,
}

impl ContractEffect {
    /// What it means on the way back, as the second half of a sentence.
    pub fn on_the_way_back(self) -> &'static str {
        match self {
            Self::Vanishes => "going back takes it away, and whoever already uses it gets an error",
            Self::Returns => "it comes back on the way back",
            Self::Rejects => {
                "the previous release rejects what callers of the new release may send by now"
            }
            Self::Accepts => {
                "the previous release accepts more, so callers of the new release are fine"
            }
            Self::Ignores => {
                "the previous release ignores it without an error, so what callers ask for does not happen"
            }
            Self::PromisesLess => {
                "the previous release does not promise it, so readers built for the new release may miss it"
            }
            Self::PromisesMore => {
                "readers are fine on the way back, but the previous release may not be able to serve what the new release stored"
            }
            Self::Differs => {
                "the two releases misread each other, on the way forward and on the way back"
            }
            Self::Silent => {
                "callers of the new release may be refused, or what they send is dropped or read otherwise and nobody is told"
            }
            Self::Depends => {
                "whether the two releases can read each other depends on the library in use"
            }
            Self::Unreadable => "the previous release cannot read what the new release has written",
            Self::UnreadableByNew => {
                "readers that stay on the new release cannot read what the previous release writes next"
            }
            Self::Code => "only generated code changes",
            Self::ExpectsLess => "the previous release expects less of its provider",
            Self::ExpectsMore => {
                "the previous release expects it of its provider again, which may no longer do it"
            }
            Self::Harmless => "nobody notices, forward or back",
            Self::Unknown => "what changed is not known",
        }
    }

    /// Why it matters on the way back, for `explain`.
    fn why(self) -> &'static str {
        match self {
            Self::Vanishes => {
                "Adding something breaks nobody on the way forward. Once the new release is taken back it is gone, and every dependent that already uses it fails at once."
            }
            Self::Returns => {
                "On the way forward it breaks whoever still used it. On the way back it is there again, which hurts nobody, unless it was removed for security."
            }
            Self::Rejects => {
                "The new release accepts more than the previous release did. The previous release turns away callers that rely on that."
            }
            Self::Accepts => {
                "The new release accepts less than the previous release did. That breaks callers on the way forward; the previous release accepts everything they send by now."
            }
            Self::Ignores => {
                "The previous release does not know it and drops it without an error: a filter, a limit or a dry run that is ignored does damage that nobody notices."
            }
            Self::PromisesLess => {
                "Readers built for the new release rely on what it promises; the previous release may leave it out or send other values."
            }
            Self::PromisesMore => {
                "The new release sends more than the previous release promised. Clients of the previous release are fine again, but stored values in the new form may not fit the previous release."
            }
            Self::Differs => {
                "The two releases understand different things under the same name, so the change breaks in both directions."
            }
            Self::Silent => {
                "The same request or message means something else before and after, and again after going back. A reader that is strict refuses it; one that is not drops it or reads it otherwise, silently."
            }
            Self::Depends => {
                "The specification and the libraries differ here, so the same pair of releases works for one reader and fails for another."
            }
            Self::Unreadable => {
                "Messages, files and rows that the new release wrote stay where they are. The previous release must read them and cannot."
            }
            Self::UnreadableByNew => {
                "The previous release itself reads everything, but consumers that stay on the new release must read what the previous release writes next."
            }
            Self::Code => {
                "On the wire nothing changes. Code generated from the contract does not compile or changes its names."
            }
            Self::ExpectsLess => {
                "On the way forward the provider must already do it. On the way back the provider is asked for nothing that the new release did not ask for."
            }
            Self::ExpectsMore => {
                "A provider may drop what no live consumer expects. A consumer that goes back expects it again."
            }
            Self::Harmless => "It is listed to show that it was looked at.",
            Self::Unknown => {
                "What could not be read may hide a change that breaks something, so it is not taken for unchanged."
            }
        }
    }

    fn action(self) -> &'static str {
        match self {
            Self::Vanishes | Self::Rejects | Self::PromisesLess => {
                "Find out who already uses it. Take those dependents back first, change them so that they work without it, or roll forward."
            }
            Self::Ignores => {
                "Ask the dependents whether they rely on it; if they do, take them back first or roll forward."
            }
            Self::ExpectsLess => {
                "Nothing for the way back. On the way forward, deploy the provider first."
            }
            Self::ExpectsMore => {
                "Before the consumer goes back, check whether the live provider still does it."
            }
            Self::Returns | Self::Accepts => {
                "Nothing for the way back. On the way forward, tell the callers."
            }
            Self::PromisesMore => {
                "Check whether the new release has stored values in the new form; if so, convert them or roll forward."
            }
            Self::Differs => "Take both sides back together, or roll forward.",
            Self::Silent => "Ask the dependents whether the difference matters to them.",
            Self::Depends => {
                "Try it with the library in use: let the previous release read one message that the new release wrote."
            }
            Self::Unreadable => {
                "Let the consumers of the new release empty the queue before going back, or keep them running; otherwise roll forward."
            }
            Self::UnreadableByNew => "Take the consumers back together with the producer.",
            Self::Code => {
                "Nothing at run time. Generate clients again if they are built from this contract."
            }
            Self::Harmless => "Nothing.",
            Self::Unknown => "Compare the two definitions by hand.",
        }
    }

    /// One short sentence that names `version` and what is the case there, for facts and headlines.
    pub fn headline(self, version: &str, location: &str) -> String {
        match self {
            Self::Vanishes => format!("{version} has no {location}"),
            Self::Returns => format!("{version} brings {location} back"),
            Self::Rejects => format!("{version} accepts less at {location}"),
            Self::Accepts => format!("{version} accepts more at {location}"),
            Self::Ignores => format!("{version} ignores {location}"),
            Self::PromisesLess => format!("{version} does not promise {location}"),
            Self::PromisesMore => {
                format!("{version} may not serve what the new release stored at {location}")
            }
            Self::Differs => {
                format!("{version} and the new release understand {location} differently")
            }
            Self::Silent => format!("{location} means something else in {version}"),
            Self::Depends => {
                format!("{version} and the new release may not understand each other at {location}")
            }
            Self::Unreadable => {
                format!("{version} cannot read what the new release wrote at {location}")
            }
            Self::UnreadableByNew => {
                format!("readers of the new release cannot read {location} as {version} writes it")
            }
            Self::Code => format!("generated code differs at {location}"),
            Self::ExpectsLess => format!("{version} expects less: {location}"),
            Self::ExpectsMore => format!("{version} expects {location} again"),
            Self::Harmless => format!("{location} differs harmlessly"),
            Self::Unknown => format!("{location} could not be compared"),
        }
    }
}

/// One row.
#[derive(Debug, Clone, Copy)]
pub(super) struct ContractRule {
    /// With its domain, `contract/operation-added`.
    pub id: &'static str,
    /// The rule that fires when the two sides are swapped.
    #[cfg_attr(not(test), allow(dead_code, reason = "the tests hold the table by it"))]
    pub mirror: &'static str,
    /// Old clients on current.
    pub forward: Grade,
    /// Current's clients on previous.
    pub back: Grade,
    /// What current stored, read by previous.
    pub stored: Grade,
    /// Who is hurt.
    pub affects: &'static [Affects],
    /// What happens on the way back.
    pub effect: ContractEffect,
    /// Rows of the taxonomy (`docs/src/taxonomy`) with an explanation in brackets, or a sentence with
    /// its page.
    pub source: &'static str,
    /// A few words.
    pub title: &'static str,
    /// A change that it finds.
    pub example: &'static str,
}

/// A row as the tables write it.
#[allow(
    clippy::too_many_arguments,
    reason = "a table row; one line a rule reads better than a literal of ten"
)]
pub(super) const fn define_rule(
    id: &'static str,
    mirror: &'static str,
    grades: [Grade; 3],
    affects: &'static [Affects],
    effect: ContractEffect,
    source: &'static str,
    title: &'static str,
    example: &'static str,
) -> ContractRule {
    ContractRule {
        id,
        mirror,
        forward: grades[0],
        back: grades[1],
        stored: grades[2],
        affects,
        effect,
        source,
        title,
        example,
    }
}

/// The row that stands for what could not be read.
pub(super) static UNREADABLE: ContractRule = define_rule(
    "contract/unreadable",
    "contract/unreadable",
    [D, D, D],
    BOTH,
    ContractEffect::Unknown,
    "A part that cannot be read is unknown: docs/src/contracts.md#unread",
    "a part of a contract could not be read",
    "`$ref: https://example.org/card.yaml`, or a file that is not YAML",
);

static ARCHIVED: ContractRule = define_rule(
    "contract/archived-copy",
    "contract/archived-copy",
    [C, C, C],
    CODE,
    ContractEffect::Harmless,
    "A frozen copy beside its siblings: docs/src/contracts.md#frozen-copies",
    "a frozen copy of one version's contract appeared or went",
    "`docs/v1.42.yaml` beside `docs/v1.41.yaml`",
);

/// Every row.
pub(super) fn list_rules() -> impl Iterator<Item = &'static ContractRule> {
    [&UNREADABLE, &ARCHIVED]
        .into_iter()
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
    let index = INDEX.get_or_init(|| {
        list_rules()
            .map(|rule| (rule.id.trim_start_matches("contract/"), rule))
            .collect()
    });
    index.get(name).copied().unwrap_or(&UNREADABLE)
}

/// Rows whose way back is not their mirror's way forward, with the reason.
#[cfg(test)]
pub(super) const WAIVERS: &[(&str, &str)] = &[
    (
        "success-status-added",
        "the previous release sends the old status, which a client of the new release most often still knows",
    ),
    (
        "success-status-removed",
        "a client of the new release meets a status it had dropped; the reference notes it only",
    ),
    (
        "base-path-changed",
        "the new release mostly keeps serving the old base; the previous release cannot know the new one",
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
        "the previous release still has the number; what the new release wrote lacks it and reads as its default",
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
        "a newly written bound may only document what was enforced before; one that is taken out was enforced",
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

/// One documentation block a row.
pub(super) fn list_rule_docs() -> Vec<CheckDoc> {
    static DOCS: OnceLock<Vec<CheckDoc>> = OnceLock::new();
    DOCS.get_or_init(|| list_rules().map(write_rule_doc).chain([FINE]).collect())
        .clone()
}

/// The finding that says all is well.
pub(super) const FINE: CheckDoc = CheckDoc {
    id: "contract/no-danger",
    title: "contracts that changed and are safe on the way back",
    domain: Domain::Contract,
    direction: Direction::Rollback,
    looks_for: "Contract files that differ between the two releases and in which nothing vanishes or narrows on the way back.",
    why: "A contract that changed and was found fine needs no attention during an incident.",
    action: "Nothing.",
    example: "Descriptions, examples and the order of entries changed in openapi.yaml.",
    source: "Contracts in both directions: docs/src/taxonomy/directions.md",
};

fn write_rule_doc(rule: &'static ContractRule) -> CheckDoc {
    let word = |grade| match grade {
        C => "compatible",
        D => "doubt",
        B => "breaking",
    };
    let looks_for = format!(
        "Where {}. On the way forward: {}; on the way back: {}; for stored data: {}.",
        rule.title,
        word(rule.forward),
        word(rule.back),
        word(rule.stored)
    );
    CheckDoc {
        id: rule.id,
        title: rule.title,
        domain: Domain::Contract,
        direction: match (rule.forward > C, rule.back > C || rule.stored > C) {
            (true, false) => Direction::Deploy,
            (false, _) => Direction::Rollback,
            _ => Direction::Both,
        },
        // one block a row for the life of the program, made once
        looks_for: Box::leak(looks_for.into_boxed_str()),
        why: rule.effect.why(),
        action: rule.effect.action(),
        example: rule.example,
        source: Box::leak(cite_rows(rule.source).into_boxed_str()),
    }
}

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

/// What to do about it, for a finding.
pub(super) fn advise_on_effect(effect: ContractEffect) -> &'static str {
    effect.action()
}

/// Why it matters, for a finding.
pub(super) fn explain_effect(effect: ContractEffect) -> &'static str {
    effect.why()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn ids_are_unique_and_every_row_is_whole() {
        let mut seen = HashSet::new();
        for rule in list_rules() {
            assert!(seen.insert(rule.id), "{} twice", rule.id);
            assert!(rule.id.starts_with("contract/"), "{}", rule.id);
            for (what, text) in [
                ("title", rule.title),
                ("example", rule.example),
                ("source", rule.source),
                ("mirror", rule.mirror),
            ] {
                assert!(!text.is_empty(), "{} has no {what}", rule.id);
            }
            assert!(!rule.affects.is_empty(), "{} affects nobody", rule.id);
            let code_only = rule.affects == CODE;
            assert!(
                !code_only || rule.forward.max(rule.back) < B,
                "{}: a break of generated code alone is a doubt",
                rule.id
            );
        }
    }

    #[test]
    fn the_way_back_is_the_mirrors_way_forward() {
        for rule in list_rules() {
            let mirror = list_rules()
                .find(|other| other.id == rule.mirror)
                .unwrap_or_else(|| panic!("{}: no mirror {}", rule.id, rule.mirror));
            assert_eq!(
                mirror.mirror, rule.id,
                "{} and {} do not mirror each other",
                rule.id, mirror.id
            );
            let waived = WAIVERS
                .iter()
                .any(|(id, _)| rule.id.trim_start_matches("contract/") == *id);
            assert!(
                waived || rule.back == mirror.forward,
                "{}: back {:?}, {} forward {:?}",
                rule.id,
                rule.back,
                mirror.id,
                mirror.forward
            );
        }
        for (id, _) in WAIVERS {
            assert!(
                !std::ptr::eq(find_rule(id), &UNREADABLE),
                "waiver for {id}, which is no rule"
            );
        }
    }

    #[test]
    fn every_row_has_a_documentation_block() {
        let docs = list_rule_docs();
        for rule in list_rules() {
            let doc = docs
                .iter()
                .find(|doc| doc.id == rule.id)
                .unwrap_or_else(|| panic!("{}", rule.id));
            assert!(
                doc.looks_for.contains(rule.title) && !doc.why.is_empty() && !doc.action.is_empty()
            );
        }
    }
}
