//! Laws that hold for every pair of documents.

use proptest::prelude::*;

use super::{Row, changes, ids, mutated, openapi, rules, typescript};

/// The base with some of the mutations applied; those that no longer fit are left out.
fn some(base: &str, rows: &[Row], picks: &[usize]) -> String {
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
        prop_assert!(changes("api.yaml", &text, &text).is_empty());
    }

    #[test]
    fn declarations_are_the_same_both_ways(a in prop::collection::vec(0usize..200, 0..5), b in prop::collection::vec(0usize..200, 0..5)) {
        let (old, new) = (some(typescript::BASE, typescript::ROWS, &a), some(typescript::BASE, typescript::ROWS, &b));
        let mirrored: std::collections::BTreeSet<String> =
            ids("index.d.ts", &old, &new).iter().map(|id| rules::find(id).mirror.trim_start_matches("contract/").to_owned()).collect();
        prop_assert_eq!(mirrored, ids("index.d.ts", &new, &old));
        prop_assert!(changes("index.d.ts", &new, &new).is_empty());
    }

    #[test]
    fn the_way_back_is_the_way_forward_of_the_swapped_pair(a in prop::collection::vec(0usize..200, 0..5), b in prop::collection::vec(0usize..200, 0..5)) {
        let (old, new) = (some(openapi::BASE, openapi::ROWS, &a), some(openapi::BASE, openapi::ROWS, &b));
        let mirrored: std::collections::BTreeSet<String> =
            ids("api.yaml", &old, &new).iter().map(|id| rules::find(id).mirror.trim_start_matches("contract/").to_owned()).collect();
        prop_assert_eq!(mirrored, ids("api.yaml", &new, &old));
    }
}
