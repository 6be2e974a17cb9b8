//! Work is counted and bounded: what is twice as large costs about twice as much, and what is too
//! much is open and says so.

use super::outcome;
use crate::compare::compare_with;
use crate::work::TOTAL;
use model::{Grade, MemorySnapshot, Snapshot};

/// Steps of a comparison, and whether it ended before its end.
fn steps(path: &str, old: &str, new: &str) -> (u64, bool) {
    TOTAL.set(0);
    let found = outcome(path, old, new);
    let ended = found
        .unchecked
        .iter()
        .any(|entry| entry.why.as_raw().contains("the comparison ended after"));
    if ended {
        assert!(
            found.contracts[0].on_rollback >= Grade::Doubt,
            "{path}: what was not compared is no better than a doubt"
        );
    }
    (TOTAL.get(), ended)
}

fn list(n: usize, between: &str, one: impl Fn(usize) -> String) -> String {
    (0..n).map(one).collect::<Vec<_>>().join(between)
}

/// A document in which one answer has this schema.
fn answer(schema: &str, more: &str) -> String {
    format!(
        "{{\"openapi\": \"3.0.0\", \"paths\": {{\"/jars\": {{\"get\": {{\"responses\": {{\"200\": \
            {{\"content\": {{\"application/json\": {{\"schema\": {schema}}}}}}}}}}}}}}}{more}}}"
    )
}

/// Schemas that lead to each other in a circle of so many.
fn circle(n: usize) -> String {
    let schemas = list(n, ",", |at| {
        let next = (at + 1) % n;
        format!(
            "\"C{at}\": {{\"type\": \"object\", \"properties\": {{\"next\": {{\"$ref\": \
                \"#/components/schemas/C{next}\"}}, \"v{at}\": {{\"type\": \"string\"}}}}}}"
        )
    });
    answer(
        "{\"$ref\": \"#/components/schemas/C0\"}",
        &format!(", \"components\": {{\"schemas\": {{{schemas}}}}}"),
    )
}

/// Two texts of a size, under a path.
type Sized = (&'static str, usize, fn(usize) -> (String, String));

/// What each kind of document can hold much of, with a size that a test can bear.
const TEXTS: [Sized; 13] = [
    ("api.json", 150, |n| (circle(n), circle(n + 1))),
    ("api.json", 800, |n| {
        let patterns = list(n, ",", |at| {
            format!("\"^p{at}$\": {{\"type\": \"string\"}}")
        });
        let names = list(n, ",", |at| format!("\"n{at}\": {{\"type\": \"string\"}}"));
        (
            answer(
                &format!(
                    "{{\"type\": \"object\", \"additionalProperties\": false, \
                        \"patternProperties\": {{{patterns}}}}}"
                ),
                "",
            ),
            answer(
                &format!(
                    "{{\"type\": \"object\", \"additionalProperties\": false, \"properties\": \
                        {{{names}}}}}"
                ),
                "",
            ),
        )
    }),
    ("api.json", 2_000, |n| {
        let text = |word: &str| {
            answer(
                &format!(
                    "{{\"type\": \"string\", \"enum\": [{}]}}",
                    list(n, ",", |at| format!("\"{word}{at}\""))
                ),
                "",
            )
        };
        (text("a"), text("b"))
    }),
    ("api.json", 1_000, |n| {
        let text = |word: &str| {
            answer(
                &format!(
                    "{{\"oneOf\": [{}]}}",
                    list(n, ",", |at| format!(
                        "{{\"type\": \"object\", \"title\": \"{word}{at}\"}}"
                    ))
                ),
                "",
            )
        };
        (text("a"), text("b"))
    }),
    ("api.json", 1_000, |n| {
        let text = |word: &str| {
            let all = list(n, ",", |at| {
                format!(
                    "{{\"name\": \"{word}{at}\", \"in\": \"query\", \"schema\": {{\"type\": \
                        \"string\"}}}}"
                )
            });
            format!(
                "{{\"openapi\": \"3.0.0\", \"paths\": {{\"/jars\": {{\"get\": {{\"parameters\": \
                    [{all}], \"responses\": {{\"200\": {{}}}}}}}}}}}}"
            )
        };
        (text("a"), text("b"))
    }),
    ("jars.proto", 3_000, |n| {
        let text = |kind: &str, word: &str| {
            format!(
                "syntax = \"proto3\";\nmessage Jar {{\n{}}}\n",
                list(n, "", |at| format!("{kind} {word}{at} = {};\n", at + 1))
            )
        };
        (text("string", "a"), text("int32", "b"))
    }),
    ("jars.proto", 3_000, |n| {
        let text = |word: &str| {
            format!(
                "syntax = \"proto3\";\nenum Lid {{\n{}}}\n",
                list(n, "", |at| format!("{word}{at} = {at};\n"))
            )
        };
        (text("A"), text("B"))
    }),
    ("schema.graphql", 1_500, |n| {
        let text = |word: &str| {
            format!(
                "type Query {{ jar: {word}0 }}\n{}",
                list(n, "", |at| format!(
                    "type {word}{at} {{ next: {word}{} }}\n",
                    at + 1
                ))
            )
        };
        (text("A"), text("B"))
    }),
    ("schema.graphql", 1_500, |n| {
        let text = |word: &str| {
            format!(
                "type Query {}{{ jar: Int }}\n",
                list(n, "", |at| format!("@{word}{at} "))
            )
        };
        (text("a"), text("b"))
    }),
    ("jar.avsc", 1_500, |n| {
        let text = |word: &str| {
            format!(
                "{{\"type\": \"record\", \"name\": \"Jar\", \"fields\": [{}]}}",
                list(n, ",", |at| format!(
                    "{{\"name\": \"{word}{at}\", \"type\": \"int\"}}"
                ))
            )
        };
        (text("a"), text("b"))
    }),
    ("jar.avsc", 20_000, |n| {
        (
            "{\"type\": \"record\", \"name\": \"Jar\", \"fields\": []}".to_owned(),
            "{{ if x }}".repeat(n),
        )
    }),
    ("index.d.ts", 1_000, |n| {
        let text = |result: &str| {
            list(n, "", |at| {
                format!("export declare function lid(size: {at}): {result};\n")
            })
        };
        (text("string"), text("number"))
    }),
    ("index.d.ts", 20_000, |n| {
        (
            "export type Lid = string;\n".to_owned(),
            format!(
                "export type Lid = {}\"jar\"{};\n",
                "typeof import(".repeat(n),
                ")".repeat(n)
            ),
        )
    }),
];

#[test]
fn twice_the_text_is_about_twice_the_work() {
    for (path, size, make) in TEXTS {
        let (old, new) = make(size);
        let (less, _) = steps(path, &old, &new);
        let (old, new) = make(2 * size);
        let (more, _) = steps(path, &old, &new);
        // a few steps are there whatever the size
        assert!(
            more * 10 <= less * 22 + 1_000,
            "{path}, {size}: {less} steps, and {more} for twice as much"
        );
    }
}

#[test]
fn what_multiplies_beyond_its_bound_is_open() {
    let (few, ended) = steps("api.json", &circle(20), &circle(21));
    assert!(!ended && few > 20 * 21, "{few}");
    assert!(steps("api.json", &circle(200), &circle(201)).1);
}

#[test]
fn the_worst_of_very_many_changes_is_not_lost() {
    let fields = list(4_000, "", |at| format!("  a{at}: Int\n"));
    let old = format!("type Query {{\n{fields}}}\n");
    let new = format!(
        "type Query {{\n{fields}{}  zz: Int\n}}\n",
        list(4_000, "", |at| format!("  b{at}: Int\n"))
    )
    .replace("a3999: Int", "a3999: String");
    let found = outcome("schema.graphql", &old, &new);
    assert!(
        found.contracts[0]
            .changes
            .iter()
            .any(|change| change.check == "contract/graphql-field-type-changed")
    );
    assert!(
        found.unchecked.iter().any(|entry| entry
            .why
            .as_raw()
            .contains("further changes are not listed")),
        "{:?}",
        found.unchecked
    );
}

/// Trees in which one text stands under so many paths.
fn copies(path: &str, text: &str, n: usize) -> MemorySnapshot {
    MemorySnapshot::new((0..n).map(|at| (path.replace("{}", &at.to_string()), text.to_owned())))
}

#[test]
fn one_text_under_many_paths_is_compared_once() {
    let operations = |word: &str| {
        list(40, "", |at| {
            format!("  /{word}{at}:\n    get: {{responses: {{\"200\": {{description: ok}}}}}}\n")
        })
    };
    let text = |word: &str| {
        format!(
            "openapi: 3.0.0\ninfo: {{title: jars, version: \"1\"}}\npaths:\n{}",
            operations(word)
        )
    };
    let names = |word: &str| {
        list(40, "", |at| {
            format!("export declare const {word}{at}: string;\n")
        })
    };
    for (path, old, new) in [
        ("api/{}/openapi.yaml", text("a"), text("b")),
        ("pkg/{}/index.d.ts", names("a"), names("b")),
    ] {
        let counted = |n: usize| {
            let (old, new) = (copies(path, &old, n), copies(path, &new, n));
            let paths: Vec<String> = old.list().iter().map(|entry| entry.path.clone()).collect();
            TOTAL.set(0);
            let found = compare_with(
                &old,
                &new,
                &paths.iter().map(String::as_str).collect::<Vec<_>>(),
            );
            (TOTAL.get(), found)
        };
        let (less, _) = counted(20);
        let (more, found) = counted(40);
        assert!(
            more * 10 <= less * 22 + 1_000,
            "{path}: {less} steps, and {more} for twice as much"
        );
        if path.ends_with(".yaml") {
            assert!(
                more < less + less / 10,
                "{path}: the texts are compared once, {less} and {more}"
            );
            assert_eq!(found.contracts.len(), 40);
            for contract in &found.contracts {
                assert_eq!(contract.changes.len(), 80, "{}", contract.path);
                let own = |evidence: &Option<model::Evidence>| {
                    evidence
                        .as_ref()
                        .is_none_or(|evidence| evidence.raw_path() == Some(&contract.path))
                };
                assert!(
                    contract.changes.iter().all(|change| own(&change.old)
                        && own(&change.new)
                        && change.line.is_some()),
                    "{}",
                    contract.path
                );
            }
        }
    }
}

#[test]
fn changes_beyond_what_is_listed_for_a_whole_range_are_counted_and_the_worst_is_kept() {
    let operations = |word: &str| {
        list(1_500, "", |at| {
            format!("  /{word}{at}:\n    get: {{responses: {{\"200\": {{description: ok}}}}}}\n")
        })
    };
    let text = |word: &str| {
        format!(
            "openapi: 3.0.0\ninfo: {{title: jars, version: \"1\"}}\npaths:\n{}",
            operations(word)
        )
    };
    let (old, new) = (
        copies("api/{}/openapi.yaml", &text("a"), 12),
        copies("api/{}/openapi.yaml", &text("b"), 12),
    );
    let paths: Vec<String> = old.list().iter().map(|entry| entry.path.clone()).collect();
    let found = compare_with(
        &old,
        &new,
        &paths.iter().map(String::as_str).collect::<Vec<_>>(),
    );
    assert!(
        found
            .contracts
            .iter()
            .map(|contract| contract.changes.len())
            .sum::<usize>()
            < 21_000
    );
    assert!(
        found
            .contracts
            .iter()
            .all(|contract| contract.on_rollback == found.contracts[0].on_rollback),
        "the grade of each stands"
    );
    assert!(
        found.unchecked.iter().any(|entry| entry
            .why
            .as_raw()
            .contains("further changes are not listed")),
        "{:?}",
        found.unchecked
    );
}
