//! Text that no author would write, through every reader: it ends, never panics, and never differs
//! from itself.

use proptest::prelude::*;

use super::{avro, changes, graphql, openapi, outcome, pact, protobuf, schema, typescript};

/// A path and a text of each format.
const FORMATS: &[(&str, &str)] = &[
    ("api.yaml", openapi::BASE),
    ("schemas.yaml", schema::BASE),
    ("cards.proto", protobuf::BASE),
    ("schema.graphql", graphql::BASE),
    ("card.avsc", avro::BASE),
    ("pacts/shop.json", pact::BASE),
    ("index.d.ts", typescript::BASE),
    (
        "card.schema.json",
        "{\"$schema\": \"https://json-schema.org/draft/2020-12/schema\", \"type\": \"object\", \
            \"properties\": {\"a\": {\"$ref\": \"#\"}}}",
    ),
    (
        "events.yaml",
        "asyncapi: 2.6.0\nchannels:\n  cards:\n    publish: {message: {payload: {type: object, \
            properties: {id: {type: string}}}}}\n",
    ),
];

/// One blow at a text: where, how much is taken out, and what is put in.
type Blow = (usize, usize, String);

fn blows() -> impl Strategy<Value = Vec<Blow>> {
    let put = prop_oneof![
        Just(String::new()),
        "[{}\\[\\]:,\"'#&*!|>@=()\\-\n\t ]{1,4}",
        "\\PC{0,6}",
        Just("$ref: '#/'".to_owned()),
        Just("*a".to_owned()),
        Just("{".repeat(60)),
        Just("\u{0}\u{202e}".to_owned()),
    ];
    prop::collection::vec(
        (
            any::<prop::sample::Index>().prop_map(|at| at.index(10_000)),
            0usize..40,
            put,
        ),
        1..5,
    )
}

fn struck(text: &str, blows: &[Blow]) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    for (at, take, put) in blows {
        let from = at % (chars.len() + 1);
        let to = (from + take).min(chars.len());
        chars.splice(from..to, put.chars());
    }
    chars.into_iter().collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 50, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_damaged_document_ends_and_equals_itself(format in 0..FORMATS.len(), a in blows(), b in blows()) {
        let (path, base) = FORMATS[format];
        let (old, new) = (struck(base, &a), struck(base, &b));
        prop_assert!(changes(path, &new, &new).is_empty());
        for (from, to) in [(base, new.as_str()), (new.as_str(), base), (old.as_str(), new.as_str())] {
            let outcome = outcome(path, from, to);
            for change in outcome.contracts.iter().flat_map(|contract| &contract.changes) {
                prop_assert!(!change.says.contains(['\u{0}', '\u{202e}']), "{}", change.says);
            }
        }
    }

    #[test]
    fn any_text_ends(format in 0..FORMATS.len(), a in "\\PC{0,200}", b in "(?s).{0,200}") {
        outcome(FORMATS[format].0, &a, &b);
    }
}
