//! Pacts as a contract of their own.

use super::{MutationRow, hold, ids};

pub(super) const BASE: &str = r#"{
  "consumer": {"name": "storefront"},
  "provider": {"name": "cards"},
  "interactions": [
    {"description": "read a card", "providerStates": [{"name": "there is one"}],
     "request": {"method": "GET", "path": "/cards/7"}, "response": {"status": 200, "body": {"id": "7"}}},
    {"description": "verify a card",
     "request": {"method": "POST", "path": "/cards/verify"}, "response": {"status": 204}}
  ],
  "metadata": {"pactSpecification": {"version": "3.0.0"}}
}
"#;

#[rustfmt::skip] // one mutation a line
pub(super) const ROWS: &[MutationRow] = &[
    ("\"description\": \"verify a card\"", "\"description\": \"check a \
        card\"", "pact-interaction-added"),
    ("\"status\": 204", "\"status\": 200", "pact-interaction-changed"),
    ("\"body\": {\"id\": \"7\"}", "\"body\": {\"id\": \"7\", \"expiry\": \
        \"2030\"}", "pact-interaction-changed"),
];

#[test]
fn each_mutation_is_found_both_ways() {
    hold("pacts/storefront-cards.json", BASE, ROWS);
}

#[test]
fn order_and_bookkeeping_are_silent() {
    let other = BASE.replace("\"3.0.0\"", "\"4.0\"").replace(
        "\"method\": \"GET\", \"path\": \"/cards/7\"",
        "\"path\": \"/cards/7\", \"method\": \"GET\"",
    );
    assert!(ids("pacts/storefront-cards.json", BASE, &other).is_empty());
    assert!(
        ids(
            "pacts/storefront-cards.json",
            BASE,
            "{\"consumer\": {}, \"provider\": {}, \"messages\": 1, \"pactSpecification\""
        )
        .contains("unreadable")
    );
}
