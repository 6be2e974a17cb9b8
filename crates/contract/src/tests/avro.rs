//! Records, enums, unions.

use super::{MutationRow, compare_files, hold, ids};
use model::MemorySnapshot;

pub(super) const BASE: &str = r#"{
  "type": "record",
  "name": "Card",
  "namespace": "org.cards",
  "fields": [
    {"name": "id", "type": "string"},
    {"name": "note", "type": ["null", "string"], "default": null},
    {"name": "count", "type": "int"},
    {"name": "big", "type": ["null", "long"]},
    {"name": "raw", "type": "bytes"},
    {"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}},
    {"name": "unit", "type": {"type": "enum", "name": "Unit", "symbols": ["G", "KG"]}},
    {"name": "kind", "type": {"type": "enum", "name": "Kind", "symbols": ["A", "B"], "default": "A"}},
    {"name": "hash", "type": {"type": "fixed", "name": "Hash", "size": 16}},
    {"name": "next", "type": ["null", "Card"], "default": null},
    {"name": "old", "type": "string", "aliases": ["older"]},
    {"name": "limit", "type": "double", "default": 1.0}
  ]
}
"#;

#[rustfmt::skip] // one mutation a line
pub(super) const ROWS: &[MutationRow] = &[
    ("    {\"name\": \"limit\", \"type\": \"double\", \"default\": 1.0}\n", "    {\"name\": \
        \"limit\", \"type\": \"double\", \"default\": 1.0}, {\"name\": \"x\", \"type\": \"int\", \
        \"default\": 0}\n", "avro-field-added-with-default"),
    ("    {\"name\": \"raw\", \"type\": \"bytes\"},\n", "", "avro-field-removed-without-default"),
    ("[\"G\", \"KG\"]", "[\"G\", \"MG\", \"KG\"]", "avro-symbol-added"),
    ("[\"A\", \"B\"]", "[\"A\", \"B\", \"C\"]", "avro-symbol-added-with-default"),
    ("\"name\": \"id\", \"type\": \"string\"", "\"name\": \"id\", \"type\": [\"null\", \
        \"string\"]", "avro-branch-added"),
    ("\"type\": \"int\"", "\"type\": \"long\"", "avro-type-promoted"),
    ("[\"null\", \"long\"]", "[\"null\", \"double\"]", "avro-type-promoted"),
    ("\"type\": \"bytes\"", "\"type\": \"string\"", "avro-bytes-to-string"),
    ("\"name\": \"count\", \"type\"", "\"name\": \"number\", \"aliases\": [\"count\"], \
        \"type\"", "avro-renamed-with-alias"),
    ("\"name\": \"old\", \"type\": \"string\", \"aliases\": [\"older\"]", "\"name\": \"older\", \
        \"type\": \"string\"", "avro-renamed-from-alias"),
    ("\"namespace\": \"org.cards\"", "\"namespace\": \"org.other\"", "avro-namespace-changed"),
    ("\"name\": \"Hash\"", "\"name\": \"Digest\"", "avro-name-changed"),
    ("[\"null\", \"long\"]", "[\"null\", \"int\", \"long\"]", "avro-branch-added-covered"),
    ("\"size\": 16", "\"size\": 32", "avro-size-changed"),
    ("\"type\": \"int\"", "\"type\": \"string\"", "avro-type-changed"),
    ("\"default\": 1.0", "\"default\": 2.0", "avro-default-changed"),
    ("timestamp-millis", "timestamp-micros", "avro-logical-type-changed"),
];

#[test]
fn each_mutation_is_found_both_ways() {
    hold("card.avsc", BASE, ROWS);
}

#[test]
fn prose_order_of_fields_and_spelling_are_silent() {
    let other = BASE
        .replacen("    {\"name\": \"id\", \"type\": \"string\"},\n", "", 1)
        .replacen(
            "    {\"name\": \"raw\", \"type\": \"bytes\"},\n",
            "    {\"name\": \"raw\", \"type\": {\"type\": \"bytes\"}, \"doc\": \"raw\"}, {\"doc\": \
            \"the id\", \"name\": \"id\", \"type\": \"string\"},\n",
            1,
        );
    assert!(ids("card.avsc", BASE, &other).is_empty());
}

#[test]
fn protocols_have_messages_and_schemas_come_and_go() {
    let protocol = |messages: &str| {
        format!(
            "{{\"protocol\": \"Cards\", \"namespace\": \"org\", \"types\": [], \"messages\": \
                {{{messages}}}}}"
        )
    };
    let get = "\"get\": {\"request\": [{\"name\": \"id\", \"type\": \"string\"}], \"response\": \
        \"string\"}";
    let (old, new) = (
        protocol(get),
        protocol(&format!(
            "{get}, \"verify\": {{\"request\": [], \"response\": \"null\"}}"
        )),
    );
    assert!(ids("cards.avpr", &old, &new).contains("avro-message-added"));
    assert!(ids("cards.avpr", &new, &old).contains("avro-message-removed"));
    let (none, some) = (
        MemorySnapshot::new([("b.avsc", BASE)]),
        MemorySnapshot::new([
            (
                "a/c.avsc",
                "{\"type\": \"enum\", \"name\": \"E\", \"symbols\": []}",
            ),
            ("b.avsc", BASE),
        ]),
    );
    for (from, to, rule) in [
        (&none, &some, "contract/avro-schema-added"),
        (&some, &none, "contract/avro-schema-removed"),
    ] {
        let found: Vec<String> = compare_files(from, to)
            .contracts
            .into_iter()
            .flat_map(|c| c.changes)
            .map(|c| c.check.to_string())
            .collect();
        assert_eq!(found, [rule]);
    }
}

/// The grades of two schemas: forward, on the way back, and for what current stored.
fn graded(old: &str, new: &str) -> [model::Grade; 3] {
    use model::Grade::Compatible;
    let all = super::changes("a.avsc", old, new);
    let worst = |grade: fn(&model::ContractChange) -> model::Grade| {
        all.iter().map(grade).max().unwrap_or(Compatible)
    };
    [
        worst(|change| change.on_deploy),
        worst(|change| change.on_rollback),
        worst(|change| change.stored),
    ]
}

#[test]
fn a_list_at_the_top_is_a_union_and_its_helpers_are_definitions() {
    use model::Grade::{Breaking as B, Compatible as C};
    assert_eq!(graded("[\"int\", \"string\"]", "[\"int\"]"), [B, B, C]);
    assert_eq!(graded("[\"int\"]", "[\"int\", \"null\"]"), [C, B, B]);
    assert_eq!(graded("[\"long\"]", "[\"int\"]"), [B, B, C]);
    let event =
        |name: &str| format!("{{\"type\": \"record\", \"name\": \"{name}\", \"fields\": []}}");
    assert_eq!(
        graded(
            &format!("[{}]", event("Opened")),
            &format!("[{}, {}]", event("Opened"), event("Closed"))
        ),
        [C, B, B]
    );
    // what another entry names is no message by itself
    let uses = "{\"type\": \"record\", \"name\": \"Opened\", \"fields\": [{\"name\": \"m\", \
        \"type\": [\"null\", \"Money\"], \"default\": null}]}";
    let old = format!("[{}]", event("Opened"));
    assert_eq!(
        graded(&old, &format!("[{}, {uses}]", event("Money"))),
        [C, C, C]
    );
}

#[test]
fn a_reader_that_takes_every_branch_reads_the_union() {
    use model::Grade::{Breaking as B, Compatible as C, Doubt as D};
    assert_eq!(graded("[\"int\", \"long\"]", "\"long\""), [C, C, C]);
    assert_eq!(graded("[\"int\", \"float\"]", "\"double\""), [C, B, B]);
    let of = |space: &str| {
        format!(
            "{{\"type\": \"record\", \"name\": \"R\", \"namespace\": \"{space}\", \"fields\": []}}"
        )
    };
    assert_eq!(
        graded(
            &format!("[\"null\", {}]", of("a")),
            &format!("[\"null\", {}]", of("b"))
        ),
        [D, D, D]
    );
}

#[test]
fn a_record_with_a_field_twice_is_unreadable_and_not_different_from_itself() {
    let text = BASE.replace(
        "{\"name\": \"raw\", \"type\": \"bytes\"}",
        "{\"name\": \"count\", \"type\": \"long\"}",
    );
    let tree = MemorySnapshot::new([("card.avsc", text.as_str())]);
    let found = compare_files(&tree, &tree);
    assert!(found.contracts.iter().all(|one| one.changes.is_empty()));
    let before = MemorySnapshot::new([("card.avsc", BASE)]);
    let found = compare_files(&before, &tree);
    let whys: Vec<&str> = found.unchecked.iter().map(|one| one.why.as_raw()).collect();
    assert!(
        whys.iter()
            .any(|why| why.contains("Card has the field count twice")),
        "{whys:?}"
    );
}
