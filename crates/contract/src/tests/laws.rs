//! Laws that hold for every pair of documents.

use proptest::prelude::*;

use super::{MutationRow, changes, ids, mutated, openapi, rules, schema, thoroughly, typescript};

/// The base with some of the mutations applied; those that no longer fit are left out.
fn some(base: &str, rows: &[MutationRow], picks: &[usize]) -> String {
    let mut text = base.to_owned();
    for pick in picks {
        let (from, to, _) = rows[pick % rows.len()];
        if text.matches(from).count() == 1 {
            text = mutated(&text, from, to);
        }
    }
    text
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_differs_from_itself(picks in prop::collection::vec(0usize..200, 0..6)) {
        let text = some(openapi::BASE, openapi::ROWS, &picks);
        prop_assert!(thoroughly(|| changes("api.yaml", &text, &text)).is_empty());
    }

    #[test]
    fn skipping_what_is_alike_changes_nothing(a in prop::collection::vec(0usize..200, 0..5), b in prop::collection::vec(0usize..200, 0..5)) {
        let (old, new) = (some(openapi::BASE, openapi::ROWS, &a), some(openapi::BASE, openapi::ROWS, &b));
        prop_assert_eq!(changes("api.yaml", &old, &new), thoroughly(|| changes("api.yaml", &old, &new)));
        let (old, new) = (some(schema::BASE, schema::ROWS, &a), some(schema::BASE, schema::ROWS, &b));
        prop_assert_eq!(changes("api.yaml", &old, &new), thoroughly(|| changes("api.yaml", &old, &new)));
    }

    #[test]
    fn declarations_are_the_same_both_ways(a in prop::collection::vec(0usize..200, 0..5), b in prop::collection::vec(0usize..200, 0..5)) {
        let (old, new) = (some(typescript::BASE, typescript::ROWS, &a), some(typescript::BASE, typescript::ROWS, &b));
        let mirrored: std::collections::BTreeSet<String> =
            ids("index.d.ts", &old, &new).iter().map(|id| rules::find_rule(id).mirror.trim_start_matches("contract/").to_owned()).collect();
        prop_assert_eq!(mirrored, ids("index.d.ts", &new, &old));
        prop_assert!(changes("index.d.ts", &new, &new).is_empty());
    }

    #[test]
    fn the_way_back_is_the_way_forward_of_the_swapped_pair(a in prop::collection::vec(0usize..200, 0..5), b in prop::collection::vec(0usize..200, 0..5)) {
        let (old, new) = (some(openapi::BASE, openapi::ROWS, &a), some(openapi::BASE, openapi::ROWS, &b));
        let mirrored: std::collections::BTreeSet<String> =
            ids("api.yaml", &old, &new).iter().map(|id| rules::find_rule(id).mirror.trim_start_matches("contract/").to_owned()).collect();
        prop_assert_eq!(mirrored, ids("api.yaml", &new, &old));
    }
}

/// Circles, shared parts, references that lead nowhere and aliases: each with one change behind
/// what is alike.
#[test]
fn a_change_behind_what_is_alike_is_told() {
    const HEAD: &str = "openapi: 3.0.3\ninfo: {title: a, version: '1'}\npaths:\n  /a: {get: \
        {responses: {'200': {description: ok, content: {application/json: {schema: {$ref: \
        '#/components/schemas/A'}}}}}}}\n  /c: {get: {responses: {'200': {description: ok, \
        content: {application/json: {schema: {$ref: \
        '#/components/schemas/C'}}}}}}}\ncomponents:\n  schemas:\n";
    let circle = |leaf: &str| {
        format!(
            "{HEAD}    A: {{type: object, properties: {{b: {{$ref: \
                '#/components/schemas/B'}}}}}}\n    B: {{type: object, properties: {{a: {{$ref: \
                '#/components/schemas/A'}}, leaf: {{type: {leaf}}}}}}}\n    C: {{type: object, \
                properties: {{x: {{type: string}}}}}}\n"
        )
    };
    let (old, new) = (circle("string"), circle("integer"));
    let told = changes("api.yaml", &old, &new);
    assert!(
        told.iter()
            .any(|change| change.check == "contract/response-type-changed"),
        "{told:?}"
    );
    assert_eq!(told, thoroughly(|| changes("api.yaml", &old, &new)));
    let alias = format!(
        "{HEAD}    A: {{allOf: [&x {{type: object, properties: {{n: {{type: string}}}}}}, \
            *x]}}\n    C: {{type: string}}\n"
    );
    let copies = format!(
        "{HEAD}    A: {{allOf: [{{type: object, properties: {{n: {{type: string}}}}}}, {{type: \
            object, properties: {{n: {{type: string}}}}}}]}}\n    C: {{type: string}}\n"
    );
    let lost = format!("{HEAD}    A: {{$ref: './gone.yaml'}}\n    C: {{type: string}}\n");
    for (old, new) in [
        (&alias, &copies),
        (&copies, &alias),
        (&lost, &lost),
        (&alias, &lost),
    ] {
        assert_eq!(
            changes("api.yaml", old, new),
            thoroughly(|| changes("api.yaml", old, new))
        );
    }
}
