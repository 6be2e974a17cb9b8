//! Which files are contracts: by content first, by name second.

use std::sync::LazyLock;

use regex::Regex;

use model::{ContractKind, Snapshot};

// a contract there is tested against or copied, and no promise of this service
/// Folders whose contracts are somebody else's, samples, or copies.
const ELSEWHERE: &[&str] = &[
    "vendor",
    "node_modules",
    "third_party",
    "third-party",
    "testdata",
    "test",
    "tests",
    "__tests__",
    "spec/fixtures",
    "fixtures",
    "fixture",
    "examples",
    "example",
    "dist",
    "target",
    "build",
    "testing",
    "mocks",
    "__mocks__",
    "samples",
    "e2e",
    "src/test",
];

static ROOT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    // an anchor over lines: in YAML the key stands at the margin, in JSON it may stand anywhere
    Regex::new(r#"(?m)(?:^|[{,]|^\s+)\s*["']?(openapi|swagger|asyncapi)["']?\s*:\s*["']?([0-9]+)(?:\.[0-9]+){0,2}(?:-[\w.]+)?["']?\s*(?:[,#}\r]|$)"#).ok()
});

static JSON_SCHEMA: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#"["']?\$schema["']?\s*:\s*["']?https?://json-schema\.org/"#).ok()
});

/// An export of a declaration at the start of a line.
static EXPORT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?m)^export\s+(?:declare\s+)?(?:abstract\s+)?(?:(?:interface|class|type|enum|function|const|let|var|namespace|module|default|async)\b|\{|\*|=|as\s)",
    )
    .ok()
});

static SDL: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?m)^\s*(?:extend\s+)?(?:type|input|enum|union|interface|scalar|schema|directive)\b[^:(=]*(?:\{|@|=|$)|^\s*directive\s+@").ok()
});

/// Keywords of which a schema has one at least.
const SCHEMA_WORDS: &[&str] = &[
    "properties",
    "$defs",
    "definitions",
    "type",
    "allOf",
    "oneOf",
    "anyOf",
    "enum",
    "const",
    "items",
    "required",
    "not",
    "$ref",
    "pattern",
    "minimum",
    "maximum",
];

/// Files that can be contracts, or parts of one, by their name.
pub(super) fn may_be(path: &str) -> bool {
    matches!(
        get_path_extension(path),
        "yaml"
            | "yml"
            | "json"
            | "proto"
            | "graphql"
            | "graphqls"
            | "gql"
            | "avsc"
            | "avpr"
            | "avdl"
    ) || is_declarations(path)
}

/// TypeScript declarations, by their name.
pub(super) fn is_declarations(path: &str) -> bool {
    [".d.ts", ".d.mts", ".d.cts"]
        .iter()
        .any(|end| path.ends_with(end))
}

/// Whether declarations are those that a package publishes: its `package.json` names types that lie
/// there, or at least does not say that it is published to nobody. Programs keep declarations of
/// their own, which are a promise to nobody else.
pub(super) fn is_published_declaration(
    current: &dyn Snapshot,
    previous: &dyn Snapshot,
    path: &str,
) -> bool {
    let lower = format!("/{}", path.to_ascii_lowercase());
    if lower.contains("/node_modules/") {
        return false;
    }
    // the nearest package says what it publishes
    let mut folder = path;
    while let Some((outer, _)) = folder.rsplit_once('/').or(if folder.is_empty() {
        None
    } else {
        Some(("", ""))
    }) {
        folder = outer;
        let manifest = if folder.is_empty() {
            "package.json".to_owned()
        } else {
            format!("{folder}/package.json")
        };
        // a folder without a package belongs to the one above it
        let Some(text) = [current, previous]
            .into_iter()
            .find_map(|tree| tree.read_text(&manifest).ok())
        else {
            continue;
        };
        // a package that cannot be read says nothing
        let Ok(tree) = span_tree::Tree::parse(&text) else {
            return false;
        };
        let Some(root) = tree.root() else {
            return false;
        };
        let entry = ["types", "typings"]
            .into_iter()
            .find_map(|key| root.get(key)?.text());
        let own = path
            .strip_prefix(folder)
            .unwrap_or(path)
            .trim_start_matches('/');
        // what `types` names is what others import
        if let Some(entry) = entry {
            // what lies beside the entry or below it is reached from it
            let entry = entry.trim_start_matches("./");
            let home = entry.rsplit_once('/').map_or("", |(home, _)| home);
            let below = home.is_empty() || own.starts_with(&format!("{home}/"));
            return own == entry
                || below && !is_foreign_contract_path(own.get(home.len()..).unwrap_or(own));
        }
        // `private` packages are published to nobody
        return root.get("private").and_then(span_tree::Node::as_bool) != Some(true)
            && !is_foreign_contract_path(path);
    }
    // no package at all: declarations by themselves
    !is_foreign_contract_path(path)
}

/// Files that can hold YAML or JSON.
pub(super) fn is_tree(path: &str) -> bool {
    matches!(get_path_extension(path), "yaml" | "yml" | "json")
}

pub(super) fn get_path_extension(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.rsplit_once('.').map_or("", |(_, extension)| extension)
}

/// Whether a path lies where contracts are not this service's own.
pub(super) fn is_foreign_contract_path(path: &str) -> bool {
    let lower = format!("/{}", path.to_ascii_lowercase());
    ELSEWHERE
        .iter()
        .any(|folder| lower.contains(&format!("/{folder}/")))
}

/// The format of a file, or `None` when it is no contract by itself.
pub(super) fn kind_of(path: &str, text: &str) -> Option<ContractKind> {
    // an ending that only one format has decides alone
    match get_path_extension(path) {
        "proto" => return Some(ContractKind::Protobuf),
        "avsc" | "avpr" => return Some(ContractKind::Avro),
        "graphql" | "graphqls" | "gql" => {
            return SDL
                .as_ref()
                .is_some_and(|sdl| sdl.is_match(text))
                .then_some(ContractKind::Graphql);
        }
        "ts" | "mts" | "cts" => {
            let declared = is_declarations(path)
                && EXPORT.as_ref().is_some_and(|export| export.is_match(text));
            return declared.then_some(ContractKind::Typescript);
        }
        "yaml" | "yml" | "json" => {}
        _ => return None,
    }
    // keys of JSON are indented as their writer likes
    let json = text.trim_start().starts_with('{');
    if let Some(root) = ROOT.as_ref() {
        // a key deep inside a YAML file is no root; in JSON the indentation tells nothing, so the
        // neighbours must fit
        // an example within a document may be a document itself
        let found = root.captures_iter(text).take(20).find(|found| {
            let line = found
                .get(0)
                .map_or("", |whole| whole.as_str())
                .trim_start_matches(['\n', '\r']);
            json || !line.starts_with([' ', '\t'])
        });
        if let Some(found) = found {
            let has = |key: &str| text.contains(key);
            return match (&found[1], &found[2]) {
                // the version alone stands in settings of tools as well
                ("openapi", "3") if has("paths") || has("webhooks") || has("components") => {
                    Some(ContractKind::Openapi)
                }
                ("swagger", "2") if has("paths") || has("definitions") => {
                    Some(ContractKind::Swagger)
                }
                ("asyncapi", "2" | "3")
                    if has("channels") || has("operations") || has("components") =>
                {
                    Some(ContractKind::Asyncapi)
                }
                _ => None,
            };
        }
    }
    let has = |key: &str| text.contains(&format!("\"{key}\""));
    // an answer to an introspection keeps these two words together
    if json && has("__schema") && has("queryType") {
        return Some(ContractKind::Graphql);
    }
    if json
        // parts of a pact, of which each alone is a word of anything
        && has("consumer")
        && has("provider")
        && (has("interactions") || has("messages"))
        && (has("pactSpecification") || has("pact-specification"))
    {
        return Some(ContractKind::Pact);
    }
    // the ending is a convention of JSON Schema, and its words are common
    if path.ends_with(".schema.json")
        && (has("properties") || has("$defs") || has("type") || has("$ref"))
    {
        return Some(ContractKind::JsonSchema);
    }
    let schema = JSON_SCHEMA
        .as_ref()
        // a schema says what it is in its first lines
        .is_some_and(|schema| schema.is_match(text.get(..2_000.min(text.len())).unwrap_or(text)));
    let shaped = SCHEMA_WORDS.iter().any(|key| text.contains(key));
    (schema && shaped).then_some(ContractKind::JsonSchema)
}

/// The format of a file that somebody names as a contract: by its content alone, where its name and
/// its marks tell nothing.
pub(super) fn kind_of_named(path: &str, text: &str) -> Option<ContractKind> {
    if let Some(kind) = kind_of(path, text) {
        return Some(kind);
    }
    let json = text.trim_start().starts_with(['{', '[']);
    let exports = EXPORT.as_ref().is_some_and(|export| export.is_match(text));
    if matches!(get_path_extension(path), "ts" | "mts" | "cts" | "tsx") || !json && exports {
        return (exports || is_declarations(path)).then_some(ContractKind::Typescript);
    }
    if let Some(kind) = kind_of(if json { "named.json" } else { "named.yaml" }, text) {
        return Some(kind);
    }
    if !json
        && text.lines().any(|line| {
            line.trim_start().starts_with("syntax = \"proto")
                || line.trim_start().starts_with("edition = \"")
        })
    {
        return Some(ContractKind::Protobuf);
    }
    if !json && SDL.as_ref().is_some_and(|sdl| sdl.is_match(text)) {
        return Some(ContractKind::Graphql);
    }
    let tree = span_tree::Tree::parse(text).ok()?;
    let root = tree.root()?;
    // one that says no more than which format it is
    let formats = [
        // a named file may be the beginning of a contract
        ("openapi", ContractKind::Openapi),
        ("swagger", ContractKind::Swagger),
        ("asyncapi", ContractKind::Asyncapi),
    ];
    if let Some((_, kind)) = formats.into_iter().find(|(key, _)| root.get(key).is_some()) {
        return Some(kind);
    }
    let words = |words: &[&str]| {
        root.get("type")
            .and_then(span_tree::Node::text)
            .is_some_and(|kind| words.contains(&kind))
    };
    let avro = words(&["record", "enum", "fixed", "error"]) && root.get("name").is_some();
    if avro || root.is_sequence() && root.items().any(|item| item.get("fields").is_some()) {
        return Some(ContractKind::Avro);
    }
    // `true` is a schema that takes everything
    (root.as_bool().is_some() || SCHEMA_WORDS.iter().any(|word| root.get(word).is_some()))
        .then_some(ContractKind::JsonSchema)
}

/// Whether a text may be a part of an OpenAPI or AsyncAPI document.
pub(super) fn may_be_fragment(text: &str) -> bool {
    [
        "$ref",
        "properties",
        "operationId",
        "responses",
        "parameters",
        "schema",
        "type:",
        "\"type\"",
        "enum",
    ]
    .iter()
    .any(|mark| text.contains(mark))
}

// `v1.42.yaml` and `1.42.yaml`; `v2.yaml` is a contract in force
/// A copy frozen for one version, such as `v1.42.yaml`: the name says nothing but a version.
pub(super) fn is_archived_name(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let digits = stem.trim_start_matches(['v', 'V']);
    digits.contains('.')
        && digits
            .split('.')
            .all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
}

/// A format in which one document describes a whole interface.
pub(super) fn is_interface(kind: ContractKind) -> bool {
    matches!(
        kind,
        ContractKind::Openapi | ContractKind::Swagger | ContractKind::Asyncapi
    )
}

/// Whether a document of this path may describe one, by its words.
pub(super) fn may_be_interface(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    [
        "openapi", "swagger", "asyncapi", "api", "spec", "index", "root", "main",
    ]
    .iter()
    .any(|word| lower.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_tells_the_format() {
        let cases = [
            (
                "api.yaml",
                "openapi: 3.0.3\ninfo: {}\npaths: {}\n",
                Some(ContractKind::Openapi),
            ),
            (
                "api.yaml",
                "openapi: 3.1\ncomponents: {}\n",
                Some(ContractKind::Openapi),
            ),
            (
                "api.json",
                "{\n  \"info\": {},\n  \"openapi\": \"3.1.0\",\n  \"paths\": {}}",
                Some(ContractKind::Openapi),
            ),
            (
                "api.json",
                "{\"swagger\":\"2.0\",\"paths\":{}}",
                Some(ContractKind::Swagger),
            ),
            (
                "api.yaml",
                "swagger: '2.0'\npaths: {}\n",
                Some(ContractKind::Swagger),
            ),
            (
                "events.yml",
                "asyncapi: 2.6.0\nchannels: {}\n",
                Some(ContractKind::Asyncapi),
            ),
            ("values.yaml", "chart:\n  openapi: 3.0.0\npaths: {}\n", None),
            ("values.yaml", "swagger: true\npaths: {}\n", None),
            ("a.proto", "", Some(ContractKind::Protobuf)),
            (
                "a.graphql",
                "type Query { a: Int }",
                Some(ContractKind::Graphql),
            ),
            ("a.graphql", "query A { a }\nfragment F on T { type }", None),
            ("a.avsc", "{}", Some(ContractKind::Avro)),
            (
                "card.json",
                "{\"$schema\": \"https://json-schema.org/draft/2020-12/schema\", \"type\": \
                    \"object\"}",
                Some(ContractKind::JsonSchema),
            ),
            (
                "tsconfig.json",
                "{\"$schema\": \"https://json.schemastore.org/tsconfig\", \"type\": 1}",
                None,
            ),
            (
                "p.json",
                "{\"consumer\":{},\"provider\":{},\"interactions\":[],\"metadata\":{\"pactSpecification\":{}}}",
                Some(ContractKind::Pact),
            ),
        ];
        for (path, text, kind) in cases {
            assert_eq!(kind_of(path, text), kind, "{path}: {text}");
        }
    }

    #[test]
    fn what_somebody_names_is_told_by_its_content_alone() {
        let cases = [
            (
                "old.txt",
                "type Query { a: Int }",
                Some(ContractKind::Graphql),
            ),
            (
                "old.txt",
                "syntax = \"proto3\";\nmessage A {}\n",
                Some(ContractKind::Protobuf),
            ),
            (
                "old",
                "openapi: 3.0.0\npaths: {}\n",
                Some(ContractKind::Openapi),
            ),
            (
                "a.json",
                "{\"type\": \"record\", \"name\": \"A\", \"fields\": []}",
                Some(ContractKind::Avro),
            ),
            (
                "a.json",
                "{\"type\": \"object\"}",
                Some(ContractKind::JsonSchema),
            ),
            ("a.yaml", "const: 1\n", Some(ContractKind::JsonSchema)),
            (
                "a.yaml",
                "openapi: 3.0.1\ninfo: {title: A}\n",
                Some(ContractKind::Openapi),
            ),
            ("a.json", "{\"version\": 1}", None),
            ("a.txt", "hello", None),
        ];
        for (path, text, kind) in cases {
            assert_eq!(kind_of_named(path, text), kind, "{path}: {text}");
        }
    }

    #[test]
    fn frozen_copies_and_foreign_folders_are_known_by_name() {
        assert!(is_archived_name("docs/v1.42.yaml") && is_archived_name("docs/2.0.1.json"));
        assert!(!is_archived_name("api/v1.yaml") && !is_archived_name("api/openapi.yaml"));
        assert!(
            is_foreign_contract_path("vendor/x/api.yaml")
                && is_foreign_contract_path("a/testdata/b.proto")
                && !is_foreign_contract_path("api/tested.yaml")
        );
    }
}
