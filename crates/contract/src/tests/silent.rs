//! What must not be told: respellings without a change of meaning.

use super::{changes, compare_files, ids};
use model::{Grade, MemorySnapshot};

fn api(schema: &str) -> String {
    format!(
        "openapi: 3.1.0\npaths:\n  /a:\n    post:\n      requestBody: {{content: \
            {{application/json: {{schema: {schema}}}}}}}\n      responses: {{'200': {{content: \
            {{application/json: {{schema: {schema}}}}}}}}}\ncomponents:\n  schemas:\n    Name: \
            {{type: string, maxLength: 5}}\n    Thing: {{type: object, required: [a], properties: \
            {{a: {{type: string}}, b: {{type: integer}}}}}}\n"
    )
}

#[test]
fn equal_meanings_are_silent() {
    let pairs = [
        ("{type: string, nullable: true}", "{type: [string, 'null']}"),
        (
            "{oneOf: [{$ref: '#/components/schemas/Name'}, {type: 'null'}]}",
            "{type: [string, 'null'], maxLength: 5}",
        ),
        (
            "{$ref: '#/components/schemas/Name'}",
            "{type: string, maxLength: 5}",
        ),
        (
            "{allOf: [{$ref: '#/components/schemas/Name'}]}",
            "{$ref: '#/components/schemas/Name'}",
        ),
        (
            "{$ref: '#/components/schemas/Thing'}",
            "{allOf: [{type: object, properties: {b: {type: integer}}}, {type: object, required: \
                [a], properties: {a: {type: string}}}]}",
        ),
        (
            "{type: string, enum: [a, b]}",
            "{type: string, enum: [b, a], description: words, example: a}",
        ),
        ("{enum: [a, b]}", "{type: string, enum: [a, b]}"),
        (
            "{properties: {a: {type: string}, b: {type: string}}}",
            "{type: object, properties: {b: {type: string}, a: {title: A, type: string}}}",
        ),
        (
            "{oneOf: [{$ref: '#/components/schemas/Name'}, {$ref: '#/components/schemas/Thing'}]}",
            "{oneOf: [{$ref: '#/components/schemas/Thing'}, {$ref: '#/components/schemas/Name'}]}",
        ),
        (
            "{type: integer, maximum: 5, exclusiveMaximum: true}",
            "{type: integer, exclusiveMaximum: 5}",
        ),
        (
            "{type: string, enum: [a, b]}",
            "{oneOf: [{const: a}, {const: b, title: B}]}",
        ),
        (
            "{type: array, minItems: 0, items: {type: string}}",
            "{type: array, items: {type: string}}",
        ),
    ];
    for (a, b) in pairs {
        for (from, to) in [(a, b), (b, a)] {
            let found = changes("api.yaml", &api(from), &api(to));
            assert!(found.is_empty(), "{from} to {to}: {found:#?}");
        }
    }
}

#[test]
fn prose_order_and_formatting_are_silent() {
    let yaml = "openapi: 3.0.0\ninfo: {title: A, version: '1', description: old}\npaths:\n  \
        /a:\n    get: {summary: s, responses: {'200': {description: ok}}}\n  /b:\n    get: \
        {responses: {'200': {description: ok}}}\n";
    let other = "# a comment\npaths:\n  /b:\n    get:\n      responses:\n        200:\n          \
        description: fine\n  /a:\n    get:\n      responses:\n        \"200\":\n          \
        description: ok\nopenapi: 3.0.1\ninfo:\n  title: A\n  version: '2'\n";
    assert!(ids("api.yaml", yaml, other).is_empty());
}

#[test]
fn splitting_a_document_into_files_is_silent_and_every_file_is_listed() {
    let whole = "openapi: 3.0.0\ninfo: {title: A}\npaths:\n  /a:\n    get:\n      \
        responses:\n        '200': {description: ok, content: {application/json: {schema: {$ref: \
        '#/components/schemas/Card'}}}}\ncomponents:\n  schemas:\n    Card: {type: object, \
        properties: {id: {type: string}}}\n";
    let old = MemorySnapshot::new([("api/root.yaml", whole)]);
    let new = MemorySnapshot::new([
        (
            "api/root.yaml",
            "openapi: 3.0.0\ninfo: {title: A}\npaths:\n  /a: {$ref: paths/a.yaml}\n",
        ),
        (
            "api/paths/a.yaml",
            "get:\n  responses:\n    '200': {description: ok, content: {application/json: {schema: \
                {$ref: ../schemas/card.yaml}}}}\n",
        ),
        (
            "api/schemas/card.yaml",
            "type: object\nproperties: {id: {type: string}}\n",
        ),
    ]);
    for (from, to) in [(&old, &new), (&new, &old)] {
        let outcome = compare_files(from, to);
        let listed: Vec<&str> = outcome
            .contracts
            .iter()
            .map(|contract| contract.path.as_str())
            .collect();
        assert_eq!(
            listed,
            ["api/paths/a.yaml", "api/root.yaml", "api/schemas/card.yaml"]
        );
        assert!(
            outcome
                .contracts
                .iter()
                .all(|contract| contract.changes.is_empty()
                    && contract.on_rollback == Grade::Compatible),
            "{:#?}",
            outcome.contracts
        );
        assert_eq!(outcome.findings.len(), 1);
        assert_eq!(outcome.findings[0].check, "contract/no-danger");
    }
}

#[test]
fn a_change_belongs_to_the_fragment_whose_text_changed() {
    let root = "openapi: 3.0.0\ninfo: {title: A}\npaths:\n  /a: {$ref: paths/a.yaml}\n";
    let path = "get:\n  responses:\n    '200': {description: ok, content: {application/json: \
        {schema: {$ref: ../schemas/card.yaml}}}}\n";
    let tree = |card: &str| {
        MemorySnapshot::new([
            ("api/root.yaml", root),
            ("api/paths/a.yaml", path),
            ("api/schemas/card.yaml", card),
        ])
    };
    let (old, new) = (
        tree("type: object\nproperties:\n  id: {type: string}\n"),
        tree("type: object\nproperties:\n  id: {type: string}\n  expiry: {type: string}\n"),
    );
    let outcome = compare_files(&old, &new);
    assert_eq!(outcome.contracts.len(), 1, "{:#?}", outcome.contracts);
    let contract = &outcome.contracts[0];
    assert_eq!(
        (contract.path.as_str(), contract.root.as_str()),
        ("api/schemas/card.yaml", "api/root.yaml")
    );
    assert_eq!(
        (contract.changes[0].check.as_str(), contract.changes[0].line),
        ("contract/response-property-added-optional", Some(4))
    );
    assert_eq!(contract.changes[0].location, "card.expiry");
}

#[test]
fn frozen_copies_do_not_drown_the_report() {
    let text = "swagger: '2.0'\npaths: {/a: {get: {responses: {}}}}\n";
    let old = MemorySnapshot::new([("docs/v1.41.yaml", text)]);
    let new = MemorySnapshot::new([("docs/v1.41.yaml", text), ("docs/v1.42.yaml", text)]);
    let outcome = compare_files(&old, &new);
    assert_eq!(outcome.contracts.len(), 1);
    assert_eq!(outcome.contracts[0].on_rollback, Grade::Compatible);
}

/// How bad the way back is at its worst.
fn worst_way_back(path: &str, old: &str, new: &str) -> Grade {
    super::changes(path, old, new)
        .iter()
        .map(|change| change.on_rollback)
        .max()
        .unwrap_or(Grade::Compatible)
}

#[test]
fn what_stands_behind_a_name_is_compared() {
    let head = "{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\",\"$id\":\"https://c.example/m\",";
    for (old, new) in [
        // one item is asked for where nothing else is said
        (
            "\"type\":\"array\",\"contains\":{\"type\":\"string\"}}",
            "\"type\":\"array\",\"contains\":{\"type\":\"string\"},\"minContains\":0}",
        ),
        // a part that carries the name itself
        (
            "\"$defs\":{\"A\":{\"$id\":\"a.json\",\"type\":\"string\"}},\"properties\":{\"k\":{\"$ref\":\"a.json\"}}}",
            "\"$defs\":{\"A\":{\"$id\":\"a.json\",\"type\":[\"string\",\"null\"]}},\"properties\":{\"k\":{\"$ref\":\"a.json\"}}}",
        ),
        (
            "\"$defs\":{\"A\":{\"$dynamicAnchor\":\"n\",\"type\":\"object\"}},\"properties\":{\"k\":{\"$dynamicRef\":\"#n\"}}}",
            "\"$defs\":{\"A\":{\"$dynamicAnchor\":\"n\",\"type\":[\"object\",\"null\"]}},\"properties\":{\"k\":{\"$dynamicRef\":\"#n\"}}}",
        ),
    ] {
        let (old, new) = (format!("{head}{old}"), format!("{head}{new}"));
        assert!(
            worst_way_back("m.schema.json", &old, &new) > Grade::Compatible,
            "{new}"
        );
        assert_eq!(
            worst_way_back("m.schema.json", &new, &new),
            Grade::Compatible,
            "{new}"
        );
    }
}

#[test]
fn a_branch_that_a_discriminator_names_counts_by_its_name() {
    let text = |branches: &str, apart: &str| {
        format!(
            "openapi: 3.1.0\ninfo: {{title: c, version: '1'}}\npaths:\n  /j:\n    post:\n      \
                requestBody: {{content: {{application/json: {{schema: {{oneOf: \
                [{branches}]{apart}}}}}}}}}\n      responses: {{'200': {{description: \
                ok}}}}\ncomponents: {{schemas: {{A: {{type: object, properties: {{t: {{type: \
                string}}}}}}, B: {{type: object, properties: {{t: {{type: string}}}}}}, C: {{type: \
                object, properties: {{t: {{type: string}}}}}}}}}}\n"
        )
    };
    let branch = |name: &str| format!("{{$ref: '#/components/schemas/{name}'}}");
    let (two, three) = (
        [branch("A"), branch("B")].join(", "),
        [branch("A"), branch("B"), branch("C")].join(", "),
    );
    let told = ", discriminator: {propertyName: t}";
    assert_eq!(
        worst_way_back("api.yaml", &text(&two, told), &text(&three, told)),
        Grade::Breaking
    );
    assert_eq!(
        worst_way_back("api.yaml", &text(&two, ""), &text(&three, "")),
        Grade::Compatible,
        "without one, a branch that repeats another adds nothing"
    );
}

#[test]
fn two_values_of_an_enum_that_swap_their_numbers_are_misread() {
    let text = |values: &str| {
        format!("syntax = \"proto3\";\npackage c.v1;\nenum E {{ Z = 0; {values} }}\n")
    };
    let worst = |old: &str, new: &str| worst_way_back("c.proto", &text(old), &text(new));
    assert_eq!(worst("Y = 1; X = 2;", "Y = 2; X = 1;"), Grade::Breaking);
    assert_eq!(
        worst("Y = 1; X = 2;", "Y = 1; W = 2;"),
        Grade::Doubt,
        "a name alone"
    );
    let required = |field: &str| {
        format!(
            "syntax = \"proto2\";\npackage c.v1;\nmessage M {{ optional string a = 1; {field} }}\n"
        )
    };
    assert_eq!(
        worst_way_back(
            "c.proto",
            &required(""),
            &required("required string b = 2;")
        ),
        Grade::Breaking,
        "readers that stay on the new release stop at what the previous one writes"
    );
}
