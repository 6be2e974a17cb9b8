//! Input made to hurt: it ends, in bounded time and memory, and is told.

use super::{changes, compare_files, outcome};
use model::{Grade, MemorySnapshot};

const FINE: &str =
    "openapi: 3.0.0\npaths:\n  /a:\n    get: {responses: {'200': {description: ok}}}\n";

#[test]
fn what_cannot_be_read_is_a_doubt_and_never_no_change() {
    for broken in [
        format!("{FINE}x: [1, 2\ny: 3"),
        format!("openapi: 3.0.0\npaths: {}", "[".repeat(100_000)),
        format!("openapi: 3.0.0\npaths:\n{}", "- ".repeat(50_000)),
    ] {
        for (from, to) in [(FINE, broken.as_str()), (broken.as_str(), FINE)] {
            let outcome = outcome("api.yaml", from, to);
            assert_eq!(
                outcome.contracts[0].on_rollback,
                Grade::Doubt,
                "{:?}",
                outcome.contracts
            );
            assert!(!outcome.unchecked.is_empty());
        }
    }
    let deep = format!(
        "{{\"openapi\": \"3.0.0\", \"paths\": {}",
        "{\"a\":".repeat(100_000)
    );
    assert_eq!(
        outcome("api.json", "{\"openapi\": \"3.0.0\", \"paths\": {}}", &deep).contracts[0]
            .on_rollback,
        Grade::Doubt
    );
}

#[test]
fn alias_bombs_cost_their_size_only() {
    let mut bomb = String::from(
        "openapi: 3.0.0\npaths:\n  /a:\n    get:\n      responses:\n        '200': {description: \
            ok, content: {application/json: {schema: *z}}}\n",
    );
    let mut head = String::from("x-a: &a {type: object, properties: {p: {type: string}}}\n");
    let names: Vec<char> = ('a'..='z').collect();
    for pair in names.windows(2) {
        let inner: Vec<String> = (0..9).map(|n| format!("p{n}: *{}", pair[0])).collect();
        head.push_str(&format!(
            "x-{}: &{} {{type: object, properties: {{{}}}}}\n",
            pair[1],
            pair[1],
            inner.join(", ")
        ));
    }
    bomb = format!("{head}{bomb}");
    let other = bomb.replacen("{p: {type: string}}", "{p: {type: integer}}", 1);
    assert!(changes("api.yaml", &bomb, &bomb).is_empty());
    assert_eq!(changes("api.yaml", &bomb, &other).len(), 1);
}

#[test]
fn recursive_schemas_end_and_still_show_their_changes() {
    let api = |extra: &str| {
        format!(
            "openapi: 3.0.0\npaths:\n  /a:\n    get: {{responses: {{'200': {{content: \
                {{application/json: {{schema: {{$ref: \
                '#/components/schemas/Node'}}}}}}}}}}}}\ncomponents:\n  schemas:\n    Node: \
                {{type: object, properties: {{next: {{$ref: '#/components/schemas/Node'}}, all: \
                {{type: array, items: {{$ref: '#/components/schemas/Node'}}}}, leaf: {{$ref: \
                '#/components/schemas/Leaf'}}}}}}\n    Leaf: {{type: object, properties: {{up: \
                {{$ref: '#/components/schemas/Node'}}{extra}}}}}\n    Loop: {{allOf: [{{$ref: \
                '#/components/schemas/Loop'}}]}}\n"
        )
    };
    let found = changes("api.yaml", &api(""), &api(", more: {type: string}"));
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].location, "Leaf.more");
}

#[test]
fn long_chains_of_schemas_do_not_exhaust_the_stack() {
    let api = |kind: &str| {
        let mut text = String::from(
            "openapi: 3.0.0\npaths:\n  /a:\n    get: {responses: {'200': {content: \
                {application/json: {schema: {$ref: '#/components/schemas/S0'}}}}}}\ncomponents:\n  \
                schemas:\n",
        );
        for n in 0..5_000 {
            text.push_str(&format!(
                "    S{n}: {{type: object, properties: {{n: {{$ref: \
                '#/components/schemas/S{}'}}}}}}\n",
                n + 1
            ));
        }
        text.push_str(&format!("    S5000: {{type: {kind}}}\n"));
        text
    };
    assert_eq!(
        changes("api.yaml", &api("string"), &api("integer")).len(),
        1
    );
}

#[test]
fn references_out_of_the_tree_are_told_and_not_followed() {
    let api = |target: &str| {
        format!(
            "openapi: 3.0.0\npaths:\n  /a:\n    get: {{responses: {{'200': {{content: \
                {{application/json: {{schema: {{$ref: '{target}'}}}}}}}}}}}}\n"
        )
    };
    for target in [
        "https://example.org/card.yaml#/Card",
        "../../../../etc/passwd",
        "/etc/passwd",
        "gone.yaml#/Card",
        "#/components/schemas/Gone",
    ] {
        let found = outcome(
            "api.yaml",
            &api("#/x-card"),
            &api(target).replace("paths:", "x-card: {type: string}\npaths:"),
        );
        let worst = found.contracts[0].on_rollback;
        assert_eq!(worst, Grade::Doubt, "{target}: {found:#?}");
        assert!(
            target.starts_with('#') || !found.unchecked.is_empty(),
            "{target}"
        );
    }
}

#[test]
fn control_characters_in_names_become_visible() {
    let new = FINE.replace("  /a:", "  \"/b\\e[31m\": {get: {responses: {}}}\n  /a:");
    let found = outcome("api.yaml", FINE, &new);
    assert!(
        found.contracts[0]
            .changes
            .iter()
            .all(|change| !change.location.contains('\u{1b}') && !change.says.contains('\u{1b}'))
    );
    assert!(found.contracts[0].changes[0].location.contains('␛'));
}

#[test]
fn protobuf_that_is_no_protobuf_is_a_doubt() {
    let old = MemorySnapshot::new([(
        "a.proto",
        "syntax = \"proto3\";\nmessage A { string x = 1; }\n",
    )]);
    let new = MemorySnapshot::new([(
        "a.proto",
        "syntax = \"proto3\";\nmessage A { string x = 1; }\n??? what {{{\n",
    )]);
    let outcome = compare_files(&old, &new);
    assert_eq!(outcome.contracts[0].on_rollback, Grade::Doubt);
    assert_eq!(outcome.unchecked.len(), 1);
}

#[test]
fn json_with_text_behind_its_end_is_compared_up_to_there() {
    let old = r#"{"openapi": "3.0.0", "info": {}, "paths": {"/a": {"get": {"responses": {}}}, "/b": {"get": {"responses": {}}}}}"#;
    let fine = r#"{"openapi": "3.0.0", "info": {}, "paths": {"/a": {"get": {"responses": {}}}}}"#;
    let found = outcome("openapi.json", old, &format!("{fine}\n}}\n\"/c\": 3\n"));
    let rules: Vec<_> = found.contracts[0]
        .changes
        .iter()
        .map(|change| change.check.as_str())
        .collect();
    assert_eq!(rules, ["contract/operation-removed"]);
    assert_eq!(found.unchecked[0].what.as_raw(), "openapi.json:2");
    let broken = outcome(
        "openapi.json",
        old,
        &fine.replace("\"info\": {},", "\"info\": {}"),
    );
    let says = broken.contracts[0].changes[0].says.as_str();
    assert!(
        says.contains("can in the older one: line 1, column ") && says.contains("the JSON breaks"),
        "{says}"
    );
    // the same text in YAML is no JSON, and its reader says what is wrong
    let yaml = outcome("openapi.yaml", old, &format!("{fine}\n}}\n"));
    assert_eq!(
        yaml.contracts[0].changes[0].check.as_str(),
        "contract/unreadable"
    );
}

#[test]
fn protobuf_that_no_compiler_takes_is_unreadable_and_not_different_from_itself() {
    let twice = "syntax = \"proto3\";\nmessage A {\n  string x = 4;\n  int32 y = 4;\n}\n";
    let fine = "syntax = \"proto3\";\nmessage A { string x = 4; }\n";
    for (old, new) in [
        (twice, format!("{twice}// a comment\n").as_str()),
        (fine, twice),
        (twice, fine),
    ] {
        let outcome = outcome("a.proto", old, new);
        let rules: Vec<_> = outcome.contracts[0]
            .changes
            .iter()
            .map(|change| change.check.as_str())
            .collect();
        assert_eq!(rules, ["contract/unreadable"]);
        assert_eq!(outcome.contracts[0].on_rollback, Grade::Doubt);
        assert!(
            outcome.unchecked[0]
                .why
                .as_raw()
                .contains("A gives the number 4 to x and to y"),
            "{:?}",
            outcome.unchecked
        );
    }
}

#[test]
fn a_broken_template_costs_that_file_and_no_other() {
    let old = MemorySnapshot::new([
        ("api.yaml", FINE),
        (
            "a.proto",
            "syntax = \"proto3\";\nmessage A { string x = 1; }\n",
        ),
    ]);
    let broken = format!("{FINE}  /b: {{%}}: x\n bad\n");
    let new = MemorySnapshot::new([
        ("api.yaml", broken.as_str()),
        (
            "a.proto",
            "syntax = \"proto3\";\nmessage A { int32 x = 1; }\n",
        ),
    ]);
    let outcome = compare_files(&old, &new);
    let grades: Vec<_> = outcome
        .contracts
        .iter()
        .map(|one| (one.path.as_str(), one.on_rollback))
        .collect();
    assert_eq!(
        grades,
        [("a.proto", Grade::Breaking), ("api.yaml", Grade::Doubt)]
    );
}
