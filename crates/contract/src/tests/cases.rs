//! The case of every rule: two releases in which it is found, and two that are alike but for what
//! is the same in both.

use super::{
    MutationRow, asyncapi, avro, compare_files, graphql, mutated, openapi, pact, protobuf, schema,
    typescript,
};
use crate::rules;
use model::{Confidence, ContractChange, Evidence, Finding, MemorySnapshot, Severity, TriedCases};

/// Files of a release.
type CaseTree = Vec<(&'static str, String)>;

/// The document in which the rules of a format are tried, under its path, and what is changed.
const DOCUMENTS: &[(&str, &str, &[MutationRow])] = &[
    ("api/openapi.yaml", openapi::BASE, openapi::ROWS),
    ("api.yaml", schema::BASE, schema::ROWS),
    ("cards.proto", protobuf::BASE, protobuf::ROWS),
    ("old.proto", protobuf::OLD_STYLE, protobuf::OLD_ROWS),
    ("schema.graphql", graphql::BASE, graphql::ROWS),
    ("card.avsc", avro::BASE, avro::ROWS),
    ("asyncapi.yaml", asyncapi::TWO, asyncapi::ROWS),
    ("asyncapi.yaml", asyncapi::THREE, asyncapi::THREE_ROWS),
    ("pacts/storefront-cards.json", pact::BASE, pact::ROWS),
    ("index.d.ts", typescript::BASE, typescript::ROWS),
];

/// Cases that one document cannot hold: the rule, previous, and current.
type WholeCase = (
    &'static str,
    &'static [(&'static str, &'static str)],
    &'static [(&'static str, &'static str)],
);

const REMOTE_ONE: &str = "\
openapi: 3.0.0
paths: {/a: {get: {responses: {'200': {content: {application/json: {schema: {$ref: \
'https://example.org/one.yaml'}}}}}}}}
";

const REMOTE_OTHER: &str = "\
openapi: 3.0.0
paths: {/a: {get: {responses: {'200': {content: {application/json: {schema: {$ref: \
'https://example.org/other.yaml'}}}}}}}}
";

const WHOLE: &[WholeCase] = &[
    (
        "unreadable",
        &[("openapi.yaml", REMOTE_ONE)],
        &[("openapi.yaml", REMOTE_OTHER)],
    ),
    (
        "type-moved",
        &[(
            "a.proto",
            "syntax = \"proto3\";\nmessage A { string x = 1; }\nmessage B { string y = 1; }\n",
        )],
        &[
            (
                "a.proto",
                "syntax = \"proto3\";\nmessage A { string x = 1; }\n",
            ),
            (
                "b.proto",
                "syntax = \"proto3\";\nmessage B { string y = 1; }\n",
            ),
        ],
    ),
    (
        "proto-enum-value-renumbered",
        &[(
            "a.proto",
            "syntax = \"proto3\";\nenum E { Z = 0; A = 1; B = 2; }\n",
        )],
        &[(
            "a.proto",
            "syntax = \"proto3\";\nenum E { Z = 0; A = 2; B = 1; }\n",
        )],
    ),
    (
        "proto-file-added",
        &[("a.proto", "syntax = \"proto3\";\nmessage A {}\n")],
        &[
            ("a.proto", "syntax = \"proto3\";\nmessage A {}\n"),
            ("b.proto", "syntax = \"proto3\";\nmessage B {}\n"),
        ],
    ),
    (
        "avro-schema-added",
        &[("b.avsc", avro::BASE)],
        &[
            ("b.avsc", avro::BASE),
            (
                "c.avsc",
                "{\"type\": \"enum\", \"name\": \"E\", \"symbols\": []}",
            ),
        ],
    ),
    (
        "avro-message-added",
        &[(
            "cards.avpr",
            "{\"protocol\": \"Cards\", \"types\": [], \"messages\": {}}",
        )],
        &[(
            "cards.avpr",
            "{\"protocol\": \"Cards\", \"types\": [], \"messages\": {\"verify\": {\"request\": [], \
                \"response\": \"null\"}}}",
        )],
    ),
];

/// Tries the case of a rule: what is found in it, and what where both releases have the change.
pub(crate) fn try_rule(id: &'static str) -> TriedCases {
    let Some((old, new)) = find_case(id) else {
        return TriedCases::default();
    };
    (compare_trees(&old, &new), compare_trees(&new, &new)).into()
}

/// Tries the finding that all is well: where the order of entries differs, and where something
/// vanishes on the way back.
pub(crate) fn try_no_danger(_id: &'static str) -> TriedCases {
    let one = "openapi: 3.0.0\npaths: {/a: {get: {responses: {}}}}\n";
    let other = "paths: {/a: {get: {description: all, responses: {}}}}\nopenapi: 3.0.0\n";
    let more = "openapi: 3.0.0\npaths: {/a: {get: {responses: {}}}, /b: {get: {responses: {}}}}\n";
    let findings = |old, new| super::outcome("openapi.yaml", old, new).findings;
    (findings(one, other), findings(one, more)).into()
}

/// The two releases between which a rule is found.
fn find_case(id: &str) -> Option<(CaseTree, CaseTree)> {
    let rule = id.trim_start_matches("contract/");
    let mirror = rules::find_rule(rule)
        .mirror
        .trim_start_matches("contract/");
    if let Some(case) = find_stated_case(rule) {
        return Some(case);
    }
    if let Some((old, new)) = find_stated_case(mirror) {
        return Some((new, old));
    }
    // the three sides of a schema have the same changes, in the same document or in one of its own
    find_sided_case(rule).or_else(|| find_sided_case(mirror).map(|(old, new)| (new, old)))
}

fn find_stated_case(rule: &str) -> Option<(CaseTree, CaseTree)> {
    let tree = |files: &'static [(&'static str, &'static str)]| -> CaseTree {
        files
            .iter()
            .map(|(path, text)| (*path, (*text).to_owned()))
            .collect()
    };
    if let Some((_, old, new)) = WHOLE.iter().find(|(name, ..)| *name == rule) {
        return Some((tree(old), tree(new)));
    }
    DOCUMENTS
        .iter()
        .find_map(|(path, base, rows)| mutate_document(path, base, rows, rule))
}

fn mutate_document(
    path: &'static str,
    base: &str,
    rows: &[MutationRow],
    rule: &str,
) -> Option<(CaseTree, CaseTree)> {
    let (from, to, _) = rows.iter().find(|(.., name)| *name == rule)?;
    Some((
        vec![(path, base.to_owned())],
        vec![(path, mutated(base, from, to))],
    ))
}

fn find_sided_case(rule: &str) -> Option<(CaseTree, CaseTree)> {
    let (side, kind) = rule.split_once('-')?;
    ["request", "response"]
        .iter()
        .filter_map(|other| {
            let rule = format!("{other}-{kind}");
            mutate_document("api.yaml", schema::BASE, schema::ROWS, &rule)
        })
        .map(|(old, new)| match side {
            "data" => (make_documents(&old), make_documents(&new)),
            _ => (old, new),
        })
        .next()
}

/// The schemas of an API as a document of its own, which readers and writers share.
fn make_documents(tree: &CaseTree) -> CaseTree {
    tree.iter()
        .filter_map(|(_, text)| {
            let (_, schemas) = text.split_once("\n    Card:\n")?;
            let (card, others) = schemas.split_once("\n    Cat:")?;
            let card: String = card
                .lines()
                .map(|line| format!("{}\n", line.strip_prefix("      ").unwrap_or(line)))
                .collect();
            let text = format!(
                "$schema: https://json-schema.org/draft/2020-12/schema\n{card}$defs:\n    \
                    Cat:{others}"
            );
            Some((
                "card.schema.yaml",
                text.replace("#/components/schemas/", "#/$defs/"),
            ))
        })
        .collect()
}

/// Every change between two trees, as findings of their checks.
fn compare_trees(old: &CaseTree, new: &CaseTree) -> Vec<Finding> {
    let tree = |files: &CaseTree| {
        MemorySnapshot::new(files.iter().map(|(path, text)| (*path, text.as_str())))
    };
    let found = compare_files(&tree(old), &tree(new));
    found
        .contracts
        .into_iter()
        .flat_map(|contract| {
            let path = contract.path;
            let changes = contract.changes.into_iter();
            changes.map(move |change| make_case_finding(change, &path))
        })
        .collect()
}

fn make_case_finding(change: ContractChange, path: &str) -> Finding {
    let rule = rules::find_rule(change.check.trim_start_matches("contract/"));
    let mut places: Vec<Evidence> = change.new.into_iter().chain(change.old).collect();
    // what could not be read shows no definition, only its file
    if places.is_empty() {
        places.push(Evidence::at(path, change.line.unwrap_or(1)));
    }
    rule.declared.doc.make_finding(
        Severity::Notes,
        Confidence::Proven,
        change.location,
        change.says,
        places,
    )
}
