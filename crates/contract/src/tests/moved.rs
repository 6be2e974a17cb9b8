//! Interfaces that are the same and written elsewhere: a base path, a file, a package.

use super::{compare_files, ids};
use model::MemorySnapshot;

const SHORT: &str = r#"{"swagger": "2.0", "info": {"title": "cards", "version": "1"}, "basePath": "/v2",
 "paths": {"/cards": {"get": {"responses": {"200": {"description": "ok"}}}}, "/banks": {"get": {"responses": {"200": {"description": "ok"}}}}}}"#;
const WHOLE: &str = r#"{"openapi": "3.0.1", "info": {"title": "cards", "version": "1"}, "servers": [{"url": "/"}],
 "paths": {"/v2/cards": {"get": {"responses": {"200": {"description": "ok"}}}}, "/v2/banks": {"get": {"responses": {"200": {"description": "ok"}}}}}}"#;

#[test]
fn a_base_path_that_moves_into_the_paths_changes_nothing() {
    let found = ids("api/openapi.json", SHORT, WHOLE);
    for rule in [
        "base-path-changed",
        "operation-added",
        "operation-removed",
        "path-parameter-renamed",
    ] {
        assert!(!found.contains(rule), "{rule}: {found:?}");
    }
    let other = WHOLE.replace("/v2/", "/v3/");
    let found = ids("api/openapi.json", SHORT, &other);
    assert!(
        found.contains("base-path-changed"),
        "another address is another interface: {found:?}"
    );
    let more = WHOLE.replace("/v2/banks", "/v2/shops");
    assert!(
        ids("api/openapi.json", SHORT, &more).contains("operation-added"),
        "what is new stays new"
    );
}

#[test]
fn a_contract_file_that_leaves_the_repository_takes_no_operation_with_it() {
    let old = MemorySnapshot::new([
        (
            "http/swagger.yml",
            "openapi: 3.0.0\ninfo: {title: a, version: '1'}\npaths:\n  /cards:\n    get: \
                {responses: {'200': {description: ok}}}\n",
        ),
        ("README.md", "x"),
    ]);
    let outcome = compare_files(&old, &MemorySnapshot::new([("README.md", "x")]));
    let fired: Vec<&str> = outcome
        .contracts
        .iter()
        .flat_map(|contract| &contract.changes)
        .map(|change| change.check.as_str())
        .collect();
    assert!(fired.is_empty(), "{fired:?}");
    assert!(
        outcome
            .unchecked
            .iter()
            .any(|entry| entry.what == "http/swagger.yml"
                && entry.why.as_raw().contains("contract file")),
        "{:?}",
        outcome.unchecked
    );
    // a second document is new beside one that lies there under any name
    let document = |path: &str| {
        format!(
            "openapi: 3.0.0\ninfo: {{title: {path}, version: '1'}}\npaths:\n  {path}:\n    get: \
                {{responses: {{'200': {{description: ok}}}}}}\n"
        )
    };
    let (one, two) = (document("/jars"), document("/shops"));
    let before = MemorySnapshot::new([("docs-src/api.yaml", one.as_str())]);
    let both = MemorySnapshot::new([
        ("docs-src/api.yaml", one.as_str()),
        ("shops.yaml", two.as_str()),
    ]);
    let outcome = compare_files(&before, &both);
    assert!(
        outcome
            .contracts
            .iter()
            .flat_map(|contract| &contract.changes)
            .any(|change| change.check == "contract/operation-added"),
        "{:?}",
        outcome.unchecked
    );
    // a document that is written down for the first time makes no operation new
    let outcome = compare_files(&MemorySnapshot::new([("README.md", "x")]), &old);
    assert!(
        outcome
            .contracts
            .iter()
            .all(|contract| contract.changes.is_empty())
            && outcome.unchecked.len() == 1,
        "{:?}",
        outcome.unchecked
    );
    // where another document describes an interface, a document that is gone is one
    let both = MemorySnapshot::new([
        ("README.md", "x"),
        (
            "a/openapi.yaml",
            "openapi: 3.0.0\ninfo: {title: a, version: '1'}\npaths: {}\n",
        ),
        (
            "http/swagger.yml",
            "openapi: 3.0.0\ninfo: {title: b, version: '1'}\npaths:\n  /cards:\n    get: \
                {responses: {'200': {description: ok}}}\n",
        ),
    ]);
    let one = MemorySnapshot::new([(
        "a/openapi.yaml",
        "openapi: 3.0.0\ninfo: {title: a, version: '1'}\npaths: {}\n",
    )]);
    let outcome = compare_files(&both, &one);
    assert!(
        outcome
            .contracts
            .iter()
            .flat_map(|contract| &contract.changes)
            .any(|change| change.check == "contract/operation-removed")
    );
}

#[test]
fn a_format_that_leaves_or_comes_takes_nothing_with_it() {
    for (path, text, other) in [
        (
            "api/schema.graphql",
            "type Query { cards: [Card!]! }\ntype Card { id: ID! }\n",
            "api/more.graphql",
        ),
        (
            "proto/cards.proto",
            "syntax = \"proto3\";\npackage cards;\nmessage Ask { string id = 1; }\n",
            "proto/more.proto",
        ),
        (
            "events/card.avsc",
            "{\"type\": \"record\", \"name\": \"Card\", \"fields\": [{\"name\": \"id\", \"type\": \
                \"string\"}]}",
            "events/more.avsc",
        ),
    ] {
        let count = |old: &MemorySnapshot, new: &MemorySnapshot| {
            let outcome = compare_files(old, new);
            let fired: usize = outcome
                .contracts
                .iter()
                .map(|contract| contract.changes.len())
                .sum();
            let open = outcome
                .unchecked
                .iter()
                .any(|entry| entry.what == path && entry.why.as_raw().contains("contract file"));
            (fired, open)
        };
        let old = MemorySnapshot::new([(path, text), ("README.md", "x")]);
        let none = MemorySnapshot::new([("README.md", "x")]);
        for (from, to) in [(&old, &none), (&none, &old)] {
            let (fired, open) = count(from, to);
            assert!(fired == 0 && open, "{path}: {fired} {open}");
        }
        // where the format stays, a file that is gone takes along what it held
        let rest = text.replace("ard", "oin");
        let both = MemorySnapshot::new([(path, text), (other, rest.as_str())]);
        let (fired, open) = count(&both, &MemorySnapshot::new([(other, rest.as_str())]));
        assert!(fired > 0 && !open, "{path}: {fired} {open}");
    }
}

#[test]
fn a_package_that_lives_on_in_another_file_is_compared_with_that_file() {
    let text = |package: &str| {
        format!(
            "syntax = \"proto3\";\npackage cards.{package};\nservice Cards {{ rpc Get(Ask) returns \
                (Ask); }}\nmessage Ask {{ string id = 1; }}\n"
        )
    };
    let old = MemorySnapshot::new([("api/v1beta1/cards.proto", text("v1beta1"))]);
    let new = MemorySnapshot::new([
        ("api/v1/cards.proto", text("v1")),
        (
            "api/v1beta1/generated.proto",
            format!("// Do not edit.\n{}", text("v1beta1")),
        ),
    ]);
    let outcome = compare_files(&old, &new);
    let fired: Vec<(&str, &str)> = outcome
        .contracts
        .iter()
        .flat_map(|contract| &contract.changes)
        .map(|change| (change.check.as_str(), change.location.as_str()))
        .collect();
    assert!(
        fired
            .iter()
            .any(|(check, at)| *check == "contract/service-added" && at.contains("cards.v1.Cards")),
        "{fired:?}"
    );
    let about_the_old = |(check, at): &(&str, &str)| {
        *check == "contract/package-changed"
            || *check == "contract/service-added" && at.contains("v1beta1")
    };
    assert!(!fired.iter().any(about_the_old), "{fired:?}");
}

#[test]
fn an_introspection_beside_its_definitions_is_the_same_contract() {
    let written = |field: &str| format!("type Query {{ cards: String {field} }}\n");
    let asked = |field: &str| {
        let one = |name: &str| {
            format!(
                "{{\"name\": \"{name}\", \"args\": [], \"type\": {{\"kind\": \"SCALAR\", \"name\": \
                    \"String\"}}}}"
            )
        };
        let more = if field.is_empty() {
            String::new()
        } else {
            format!(", {}", one("shops"))
        };
        format!(
            "{{\"__schema\": {{\"queryType\": {{\"name\": \"Query\"}}, \"types\": [{{\"kind\": \
                \"OBJECT\", \"name\": \"Query\", \"fields\": [{}{more}]}}]}}}}",
            one("cards")
        )
    };
    let tree = |field: &str, both: bool| {
        let mut files = vec![("schema.json", asked(field))];
        if both {
            files.push(("schema.graphql", written(field)));
        }
        MemorySnapshot::new(files)
    };
    let told = |both: bool| -> usize {
        compare_files(&tree("", both), &tree("shops: String", both))
            .contracts
            .iter()
            .map(|contract| contract.changes.len())
            .sum()
    };
    assert_eq!((told(false), told(true)), (1, 1));
}
