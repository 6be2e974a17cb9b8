//! Schemas on the three sides.

use super::{MutationRow, hold, mutated};

pub(super) const BASE: &str = "\
openapi: 3.1.0
info: {title: Cards, version: 3.0.0}
paths:
  /cards:
    post:
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Card'}}}}
      responses: {'200': {content: {application/json: {schema: {$ref: \
      '#/components/schemas/Card'}}}}}
components:
  schemas:
    Card:
      type: object
      required: [id, kind]
      properties:
        id: {type: string, maxLength: 10, pattern: '^[a-z]+$'}
        kind: {type: string, enum: [credit, debit]}
        expiry: {type: string, format: date}
        when: {type: string, format: hostname}
        count: {type: integer, format: int32, default: 1, minimum: 1}
        fixed: {const: a}
        note: {type: [string, 'null'], x-stability-level: beta}
        old: {type: string, deprecated: true}
        dryRun: {type: boolean}
        tags: {type: array, items: {type: string}, uniqueItems: true}
        pair: {type: array, prefixItems: [{type: string}, {type: integer}]}
        closed: {type: object, additionalProperties: false, required: [b], properties: {a: {type: \
        string}, b: {type: string}}}
        map: {type: object, additionalProperties: {type: string}, patternProperties: {'^x-': \
        {type: string}}}
        blob: {type: string, contentEncoding: base64}
        strict: {type: string, not: {enum: [x]}}
        pet: {oneOf: [{$ref: '#/components/schemas/Cat'}, {$ref: '#/components/schemas/Dog'}], \
        discriminator: {propertyName: kind, mapping: {cat: '#/components/schemas/Cat'}}}
    Cat: {type: object, properties: {lives: {type: integer}}}
    Dog: {type: object, properties: {barks: {type: boolean}}}
    Cow: {type: object, properties: {milk: {type: number}}}
";

#[rustfmt::skip] // one mutation a line
pub(super) const ROWS: &[MutationRow] = &[
    ("        expiry: {type: string, format: date}\n", "", "request-property-removed-optional"),
    ("        expiry: {type: string, format: date}\n", "", "response-property-removed-optional"),
    ("        dryRun: {type: boolean}\n", "", "request-property-guard-removed"),
    ("properties: {a: {type: string}, b", "properties: {b", "request-property-removed-from-closed"),
    (", b: {type: string}}}", "}}", "request-property-removed-required-from-closed"),
    ("        kind: {type: string, enum: [credit, \
        debit]}\n", "", "request-property-removed-required"),
    ("        kind: {type: string, enum: [credit, \
        debit]}\n", "", "response-property-removed-required"),
    ("required: [id, kind]", "required: [id, kind, expiry]", "request-property-became-required"),
    ("required: [id, kind]", "required: [id, kind, expiry]", "response-property-became-required"),
    ("dryRun: {type: boolean}", "dryRun: {type: string}", "request-type-changed"),
    ("count: {type: integer, format: int32", "count: {type: number", "request-type-widened"),
    ("count: {type: integer, format: int32", "count: {type: number", "response-type-widened"),
    ("type: [string, 'null']", "type: string", "request-became-not-nullable"),
    ("type: [string, 'null']", "type: string", "response-became-not-nullable"),
    ("format: int32", "format: int64", "request-format-widened"),
    ("format: date}", "format: date-time}", "request-format-changed"),
    ("expiry: {type: string, format: date}", "expiry: {type: string}", "response-format-widened"),
    ("format: hostname", "format: idn-hostname", "request-format-hint-changed"),
    ("enum: [credit, debit]", "enum: [credit, debit, gift]", "request-enum-value-added"),
    ("enum: [credit, debit]", "enum: [credit, debit, gift]", "response-enum-value-added"),
    (", enum: [credit, debit]", "", "request-enum-removed"),
    ("fixed: {const: a}", "fixed: {type: string}", "request-const-removed"),
    ("fixed: {const: a}", "fixed: {const: b}", "request-const-changed"),
    ("maxLength: 10", "maxLength: 20", "request-bound-loosened"),
    ("maxLength: 10", "maxLength: 20", "response-bound-loosened"),
    ("minimum: 1}", "minimum: 2}", "request-bound-tightened"),
    (", minimum: 1}", "}", "request-bound-removed"),
    (", pattern: '^[a-z]+$'", "", "request-pattern-removed"),
    ("'^[a-z]+$'", "'^[a-z0-9]+$'", "request-pattern-changed"),
    (", uniqueItems: true", "", "request-items-unique-dropped"),
    ("[{$ref: '#/components/schemas/Cat'}, {$ref: '#/components/schemas/Dog'}]", "[{$ref: \
        '#/components/schemas/Cat'}, {$ref: '#/components/schemas/Dog'}, {$ref: \
        '#/components/schemas/Cow'}]", "request-branch-added"),
    ("[{$ref: '#/components/schemas/Cat'}, {$ref: '#/components/schemas/Dog'}]", "[{$ref: \
        '#/components/schemas/Cat'}, {$ref: '#/components/schemas/Dog'}, {$ref: \
        '#/components/schemas/Cow'}]", "response-branch-added"),
    ("additionalProperties: false, ", "", "request-model-opened"),
    ("additionalProperties: {type: string}, ", "", "request-additional-schema-removed"),
    (", patternProperties: {'^x-': {type: string}}", "", "request-pattern-property-removed"),
    ("[{type: string}, {type: integer}]", "[{type: string}]", "request-tuple-item-removed"),
    (", not: {enum: [x]}", "", "request-condition-removed"),
    ("not: {enum: [x]}", "not: {enum: [x, y]}", "request-condition-changed"),
    (", default: 1", "", "request-default-removed"),
    ("default: 1", "default: 2", "request-default-changed"),
    (", discriminator: {propertyName: kind, mapping: {cat: \
        '#/components/schemas/Cat'}}", "", "request-discriminator-removed"),
    ("mapping: {cat:", "mapping: {tom:", "request-discriminator-changed"),
    (", contentEncoding: base64", "", "request-content-changed"),
    (", deprecated: true", "", "request-property-undeprecated"),
    ("x-stability-level: beta", "x-stability-level: stable", "request-lifecycle-changed"),
    ("lives: {type: integer}", "lives: {type: integer, maximum: 9}", "request-bound-set"),
];

#[test]
fn each_mutation_is_found_on_both_sides() {
    hold("api.yaml", BASE, ROWS);
    let other_side: Vec<(String, MutationRow)> = ROWS
        .iter()
        .filter(|(.., rule)| {
            rule.starts_with("request-") && !rule.contains("guard") && !rule.contains("closed")
        })
        .map(|(from, to, rule)| (rule.replacen("request", "response", 1), (*from, *to, *rule)))
        .collect();
    for (rule, (from, to, _)) in other_side {
        let found = super::ids("api.yaml", BASE, &mutated(BASE, from, to));
        assert!(
            found.contains(&rule),
            "`{from}` to `{to}`: wanted {rule}, got {found:?}"
        );
    }
}

#[test]
fn documents_are_graded_for_reading_what_was_written() {
    const DOCUMENT: &str = "{\n  \"$schema\": \"https://json-schema.org/draft/2020-12/schema\",\n  \
        \"title\": \"Card\",\n  \"type\": \"object\",\n  \"required\": [\"id\"],\n  \
        \"properties\": {\n    \"id\": {\"type\": \"integer\"},\n    \"kind\": {\"enum\": [\"a\", \
        \"b\"]},\n    \"inner\": {\"type\": \"object\", \"additionalProperties\": false, \
        \"properties\": {\"x\": {\"type\": \"string\"}}}\n  }\n}\n";
    #[rustfmt::skip]
    let rows: &[MutationRow] = &[
        ("\"kind\": {\"enum\": [\"a\", \"b\"]},", "\"kind\": {\"enum\": [\"a\", \"b\"]}, \"more\": \
            {\"type\": \"string\"},", "data-property-added-optional"),
        ("{\"x\": {\"type\": \"string\"}}", "{\"x\": {\"type\": \"string\"}, \"y\": {\"type\": \
            \"string\"}}", "data-property-added-to-closed"),
        ("[\"id\"]", "[\"id\", \"kind\"]", "data-property-became-required"),
        ("[\"a\", \"b\"]", "[\"a\", \"b\", \"c\"]", "data-enum-value-added"),
        ("\"type\": \"integer\"", "\"type\": \"number\"", "data-type-widened"),
        ("\"additionalProperties\": false, ", "", "data-model-opened"),
    ];
    hold("card.schema.json", DOCUMENT, rows);
}

#[test]
fn read_only_and_write_only_decide_the_side() {
    let found = super::ids(
        "api.yaml",
        BASE,
        &mutated(
            BASE,
            "expiry: {type: string, format: date}",
            "expiry: {type: string, format: date, readOnly: true}",
        ),
    );
    assert!(
        found.contains("request-property-removed-optional")
            && !found.iter().any(|id| id.starts_with("response-property")),
        "{found:?}"
    );
    let found = super::ids(
        "api.yaml",
        BASE,
        &mutated(
            BASE,
            "expiry: {type: string, format: date}",
            "expiry: {type: string, format: date, writeOnly: true}",
        ),
    );
    assert!(
        found.contains("response-property-removed-optional")
            && !found.iter().any(|id| id.starts_with("request-property")),
        "{found:?}"
    );
}

/// Ids that fire when the schema of a JSON document changes.
fn of_document(old: &str, new: &str) -> std::collections::BTreeSet<String> {
    let whole = |schema: &str| {
        format!(
            "{{\"$schema\": \"https://json-schema.org/draft/2020-12/schema\", \"type\": \
                \"object\", \"properties\": {{\"a\": {schema}}}}}"
        )
    };
    super::ids("card.schema.json", &whole(old), &whole(new))
}

#[test]
fn a_further_condition_narrows_and_one_less_widens() {
    let only = |id: &str| std::collections::BTreeSet::from([id.to_owned()]);
    let (free, bound) = (
        "{\"type\": \"object\"}",
        "{\"type\": \"object\", \"dependentRequired\": {\"x\": [\"y\"]}}",
    );
    let more = "{\"type\": \"object\", \"dependentRequired\": {\"x\": [\"y\", \"z\"]}}";
    for (old, new, id) in [
        (free, bound, "data-condition-added"),
        (bound, free, "data-condition-removed"),
        (bound, more, "data-condition-added"),
        (more, bound, "data-condition-removed"),
    ] {
        assert_eq!(of_document(old, new), only(id), "{old} to {new}");
    }
    let names = |pattern: &str| {
        format!("{{\"type\": \"object\", \"propertyNames\": {{\"maxLength\": {pattern}}}}}")
    };
    assert_eq!(
        of_document(&names("8"), &names("9")),
        only("data-bound-loosened")
    );
    assert!(
        of_document(
            "{\"type\": \"array\"}",
            "{\"type\": \"array\", \"unevaluatedItems\": true}"
        )
        .is_empty()
    );
    assert_eq!(
        super::rules::find_rule("data-condition-removed")
            .grades()
            .stored,
        model::Grade::Breaking
    );
}

#[test]
fn branches_that_share_a_title_are_not_lost_and_repeated_ones_say_nothing() {
    let union = |branches: &str| format!("{{\"anyOf\": [{branches}]}}");
    let branch =
        |title: &str, kind: &str| format!("{{\"title\": \"{title}\", \"type\": \"{kind}\"}}");
    let old = union(&[branch("A", "boolean"), branch("B", "number")].join(","));
    let new = union(
        &[
            branch("B", "string"),
            branch("B", "number"),
            branch("C", "boolean"),
        ]
        .join(","),
    );
    assert!(of_document(&old, &new).contains("data-branch-added"));
    let twice = union(
        &[
            branch("A", "boolean"),
            branch("B", "number"),
            branch("C", "number"),
        ]
        .join(","),
    );
    assert!(of_document(&old, &twice).is_empty());
}

#[test]
fn spellings_of_the_drafts_are_one() {
    for (old, new) in [
        ("{\"enum\": [\"a\"]}", "{\"const\": \"a\"}"),
        (
            "{\"type\": \"array\", \"items\": {}}",
            "{\"type\": \"array\"}",
        ),
        (
            "{\"type\": \"object\", \"dependencies\": {\"x\": [\"y\"]}}",
            "{\"type\": \"object\", \"dependentRequired\": {\"x\": [\"y\"]}}",
        ),
        (
            "{\"type\": \"array\", \"items\": [{\"type\": \"string\"}], \"additionalItems\": \
                false}",
            "{\"type\": \"array\", \"prefixItems\": [{\"type\": \"string\"}], \"items\": false}",
        ),
    ] {
        assert!(
            of_document(old, new).is_empty(),
            "{old} and {new}: {:?}",
            of_document(old, new)
        );
    }
    let only = |id: &str| std::collections::BTreeSet::from([id.to_owned()]);
    assert_eq!(
        of_document("{\"const\": \"a\"}", "{\"enum\": [\"a\", \"b\"]}"),
        only("data-enum-value-added")
    );
    let tuple = |rest: &str| {
        format!("{{\"type\": \"array\", \"prefixItems\": [{{\"type\": \"string\"}}]{rest}}}")
    };
    assert_eq!(
        of_document(&tuple(""), &tuple(", \"items\": false")),
        only("data-type-narrowed")
    );
}

#[test]
fn a_property_is_held_against_what_all_other_names_must_fit() {
    let with = |more: &str| {
        format!(
            "{{\"type\": \"object\", \"properties\": {{\"x\": {{}}{more}}}, \
                \"additionalProperties\": {{\"type\": \"string\"}}}}"
        )
    };
    assert!(
        !of_document(&with(""), &with(", \"y\": {\"type\": \"string\"}"))
            .contains("data-type-changed")
    );
    assert!(
        of_document(&with(""), &with(", \"y\": {\"type\": \"integer\"}"))
            .contains("data-type-changed")
    );
}
