//! Types, fields, arguments, directives.

use super::{MutationRow, compare_files, hold, ids};
use model::MemorySnapshot;

pub(super) const BASE: &str = "\
schema { query: Query mutation: Mutation }
directive @live(if: Boolean = true) repeatable on QUERY | FIELD
directive @doc(category: String) on OBJECT
interface Node { id: ID! }
type Card implements Node @key(fields: \"id\") @doc(category: \"a\") {
  id: ID!
  expiry: String
  tags(first: Int = 10, by: Order!): [String!]!
  old: Int @deprecated(reason: \"old\")
  kind: Kind
  code: Code
}
type Voucher { id: ID! }
type Gift { id: ID! }
union Payment = Card | Voucher
enum Kind { CREDIT DEBIT }
enum Code { LIMIT DENIED }
enum Order { UP DOWN }
input CardInput { id: ID! expiry: String kind: Kind = CREDIT }
input Either { a: Int b: Int }
scalar Date
type Query { cards(tenant: ID!): [Card] }
type Mutation { add(input: CardInput!): Card }
";

#[rustfmt::skip] // one mutation a line
pub(super) const ROWS: &[MutationRow] = &[
    ("type Gift { id: ID! }\n", "", "graphql-unused-type-removed"),
    ("type Gift { id: ID! }\n", "type Gift { id: ID! }\ntype Spare @key(fields: \"id\") { id: ID! \
        }\n", "graphql-type-added"),
    ("scalar Date", "enum Date { A }", "graphql-kind-changed"),
    ("schema { query: Query mutation", "schema { query: Root mutation", "graphql-root-changed"),
    ("mutation: Mutation }", "mutation: Mutation subscription: Card }", "graphql-root-added"),
    ("  expiry: String\n  tags", "  tags", "graphql-field-removed"),
    ("  expiry: String\n  tags", "  expiry: Int\n  tags", "graphql-field-type-changed"),
    ("  expiry: String\n  tags", "  expiry: String!\n  tags", "graphql-field-became-non-null"),
    ("[String!]!", "[String]!", "graphql-field-became-nullable"),
    (" @deprecated(reason: \"old\")", "", "graphql-undeprecated"),
    ("first: Int = 10, ", "", "graphql-argument-removed-defaulted"),
    ("(tenant: ID!)", "", "graphql-argument-removed-required"),
    ("(tenant: ID!)", "(tenant: ID)", "graphql-argument-became-optional"),
    ("(tenant: ID!)", "(tenant: Int!)", "graphql-argument-type-changed"),
    ("(tenant: ID!)", "(tenant: ID! = 1)", "graphql-argument-became-optional"),
    ("first: Int = 10", "first: Int = 20", "graphql-default-changed"),
    ("CardInput { id: ID! expiry: String", "CardInput { id: \
        ID!", "graphql-input-field-removed-optional"),
    ("CardInput { id: ID! ", "CardInput { ", "graphql-input-field-removed-required"),
    ("CardInput { id: ID! ", "CardInput { id: ID ", "graphql-input-field-became-optional"),
    ("CardInput { id: ID! ", "CardInput { id: Int! ", "graphql-input-field-type-changed"),
    ("input Either {", "input Either @oneOf {", "graphql-one-of-added"),
    ("CREDIT DEBIT }", "CREDIT DEBIT GIFT }", "graphql-enum-value-added"),
    ("LIMIT DENIED", "LIMIT DENIED LATE", "graphql-output-enum-value-added"),
    ("Card | Voucher", "Card | Voucher | Gift", "graphql-union-member-added"),
    ("type Voucher {", "type Voucher implements Node {", "graphql-interface-added"),
    ("interface Node", "directive @slow on FIELD\ninterface Node", "graphql-directive-added"),
    ("directive @doc(category: String) on OBJECT\n", "", "graphql-schema-directive-removed"),
    ("QUERY | FIELD", "QUERY", "graphql-directive-location-removed"),
    (" repeatable", "", "graphql-directive-not-repeatable"),
    ("CardInput { id: ID! expiry: String", "CardInput { id: ID! count: Int = 1 expiry: \
        String", "graphql-input-field-added-defaulted"),
    ("@live(if: Boolean = true)", "@live(if: Boolean = true, at: \
        Int)", "graphql-argument-added-optional"),
    ("@key(fields: \"id\")", "@key(fields: \"id expiry\")", "graphql-federation-changed"),
    ("@doc(category: \"a\")", "@doc(category: \"b\")", "graphql-directive-usage-changed"),
];

#[test]
fn each_mutation_is_found_both_ways() {
    hold("schema.graphql", BASE, ROWS);
}

#[test]
fn prose_order_and_extensions_are_silent() {
    let a = "type Query { a: Int b(x: Int, y: Int): Int }\ntype T { c: Int }\n";
    let b = "\"\"\"words\"\"\"\ntype T { c: Int }\n# a comment\ntype Query {\n  \"more words\"\n  \
        b(y: Int, x: Int): Int,\n}\nextend type Query { a: Int @deprecated(reason: \"x\") }\n";
    assert_eq!(
        ids("s.graphql", a, b).into_iter().collect::<Vec<_>>(),
        ["graphql-deprecated"]
    );
}

#[test]
fn types_and_fields_move_between_files_in_silence() {
    let old = MemorySnapshot::new([
        (
            "s/a.graphql",
            "type Query { a: Int b: Int }\ntype T { c: Int }\n",
        ),
        ("s/b.graphql", "type U { d: Int }\n"),
    ]);
    let new = MemorySnapshot::new([
        ("s/a.graphql", "type Query { a: Int }\n"),
        (
            "s/b.graphql",
            "type U { d: Int }\nextend type Query { b: Int }\ntype T { c: Int }\n",
        ),
    ]);
    for (from, to) in [(&old, &new), (&new, &old)] {
        let changes: Vec<_> = compare_files(from, to)
            .contracts
            .into_iter()
            .flat_map(|contract| contract.changes)
            .collect();
        assert!(changes.is_empty(), "{changes:#?}");
    }
}

const ANSWER: &str = r#"{"data": {"__schema": {
  "queryType": {"name": "Query"}, "mutationType": null,
  "types": [
    {"kind": "OBJECT", "name": "Query", "interfaces": [], "fields": [
      {"name": "card", "args": [
        {"name": "id", "type": {"kind": "NON_NULL", "ofType": {"kind": "SCALAR", "name": "ID"}}, "defaultValue": null}
      ], "type": {"kind": "OBJECT", "name": "Card"}, "isDeprecated": false}
    ]},
    {"kind": "OBJECT", "name": "Card", "interfaces": [], "fields": [
      {"name": "id", "args": [], "type": {"kind": "SCALAR", "name": "ID"}, "isDeprecated": false},
      {"name": "kind", "args": [], "type": {"kind": "ENUM", "name": "Kind"}, "isDeprecated": true, "deprecationReason": "old"}
    ]},
    {"kind": "ENUM", "name": "Kind", "enumValues": [
      {"name": "CREDIT", "isDeprecated": false},
      {"name": "DEBIT", "isDeprecated": false}]},
    {"kind": "SCALAR", "name": "ID"},
    {"kind": "OBJECT", "name": "__Type", "fields": []}
  ],
  "directives": [{"name": "skip", "locations": ["FIELD"], "args": []}]
}}}
"#;

#[test]
fn the_answer_of_an_introspection_query_is_a_schema() {
    #[rustfmt::skip]
    let rows: &[MutationRow] = &[
        ("      {\"name\": \"id\", \"args\": [], \"type\": {\"kind\": \"SCALAR\", \"name\": \
            \"ID\"}, \"isDeprecated\": false},\n", "", "graphql-field-removed"),
        ("\"NON_NULL\", \"ofType\": {\"kind\": \"SCALAR\", \"name\": \"ID\"}", "\"SCALAR\", \
            \"name\": \"ID\"", "graphql-argument-became-optional"),
        ("      {\"name\": \"CREDIT\", \"isDeprecated\": \
            false},\n", "", "graphql-output-enum-value-removed"),
        ("\"isDeprecated\": true", "\"isDeprecated\": false", "graphql-undeprecated"),
        ("{\"name\": \"skip\",", "{\"name\": \"live\",", "graphql-directive-added"),
    ];
    hold("schema.json", ANSWER, rows);
    let file = "type Query { card(id: ID!): Card }\ntype Card { id: ID kind: Kind \
        @deprecated(reason: \"old\") }\nenum Kind { CREDIT DEBIT }\n";
    let (old, new) = (
        MemorySnapshot::new([("schema.graphql", file)]),
        MemorySnapshot::new([("schema.json", ANSWER)]),
    );
    let changes: Vec<_> = compare_files(&old, &new)
        .contracts
        .into_iter()
        .flat_map(|contract| contract.changes)
        .collect();
    assert!(changes.is_empty(), "{changes:#?}");
}
