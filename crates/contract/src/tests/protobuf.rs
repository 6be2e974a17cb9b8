//! Messages, enums, services.

use super::{MutationRow, changes, hold, ids};

pub(super) const BASE: &str = "\
syntax = \"proto3\";
package cards.v1;
option go_package = \"example.org/cards\";
message Card {
  reserved 20;
  string id = 1;
  int32 count = 2;
  bytes raw = 3;
  string token = 4;
  repeated string tags = 5;
  optional int32 maybe = 6;
  oneof kind {
    string voucher = 7;
    string gift = 8;
  }
  string plain = 9 [jstype = JS_STRING, json_name = \"simple\"];
  Money money = 10;
  Colour colour = 11;
  string age = 12 [deprecated = true];
  string checked = 13 [(buf.validate.field).string.min_len = 1];
}
message Money { int64 units = 1; }
message Cash { int64 units = 1; }
enum Colour { COLOUR_UNSPECIFIED = 0; COLOUR_RED = 1; }
service Cards {
  rpc Get(Card) returns (Money);
  rpc Watch(Card) returns (stream Money) { option idempotency_level = IDEMPOTENT; }
  rpc Http(Card) returns (Money) { option (google.api.http) = { get: \"/v1/cards\" }; }
}
service Spare { rpc Do(Card) returns (Money); }
";

pub(super) const OLD_STYLE: &str = "\
syntax = \"proto2\";
message Card {
  option message_set_wire_format = false;
  required string id = 1;
  optional int32 count = 2 [default = 1];
  extensions 100 to 199;
}
enum Kind {
  KIND_A = 0;
}
extend Card { optional string note = 100; }
";

#[rustfmt::skip] // one mutation a line
pub(super) const ROWS: &[MutationRow] = &[
    ("  rpc Get(Card) returns (Money);\n", "", "rpc-removed"),
    ("service Spare { rpc Do(Card) returns (Money); }\n", "", "service-removed"),
    ("message Cash { int64 units = 1; }\n", "", "message-removed"),
    ("enum Colour", "enum Size { SIZE_UNSPECIFIED = 0; }\nenum Colour", "proto-enum-added"),
    ("package cards.v1", "package cards.v2", "package-changed"),
    ("  string id = 1;\n", "  string id = 1;\n  string expiry = 14;\n", "field-added"),
    ("  string id = 1;\n", "  string id = 1;\n  bool dry_run = 14;\n", "field-guard-added"),
    ("  int32 count = 2;\n", "  reserved 2;\n", "field-removed-reserved"),
    ("int32 count = 2", "string count = 2", "field-type-changed"),
    ("int32 count = 2", "int64 count = 2", "field-type-widened"),
    ("int32 count = 2", "uint32 count = 2", "field-type-signedness-changed"),
    ("string token = 4", "bytes token = 4", "field-string-to-bytes"),
    ("bytes raw = 3", "string raw = 3", "field-bytes-to-string"),
    ("Money money = 10", "Cash money = 10", "field-type-renamed"),
    ("repeated string tags = 5", "string tags = 5", "field-became-singular"),
    ("optional int32 maybe = 6", "int32 maybe = 6", "field-presence-removed"),
    ("string id = 1", "string key = 1", "field-renamed"),
    ("json_name = \"simple\"", "json_name = \"plain\"", "field-json-name-changed"),
    ("jstype = JS_STRING, ", "", "field-option-changed"),
    (" [deprecated = true]", "", "field-undeprecated"),
    ("    string voucher = 7;\n", "", "oneof-member-removed"),
    ("  string id = 1;\n  int32 count = 2;", "  int32 count = 2;", "field-removed-unreserved"),
    ("  oneof kind {\n    string voucher = 7;", "  string voucher = 7;\n  oneof kind \
        {", "field-left-oneof"),
    ("oneof kind", "oneof sort", "oneof-renamed"),
    ("COLOUR_RED = 1;", "COLOUR_RED = 1; COLOUR_BLUE = 2;", "proto-enum-value-added"),
    ("COLOUR_RED = 1;", "COLOUR_ROSE = 1;", "proto-enum-value-renamed"),
    (
        "COLOUR_UNSPECIFIED = 0; COLOUR_RED = 1;",
        "COLOUR_RED = 0; COLOUR_UNSPECIFIED = 1;",
        "proto-enum-value-renumbered",
    ),
    ("enum Colour { ", "enum Colour { option features.enum_type = \
        CLOSED; ", "enum-openness-changed"),
    ("rpc Get(Card)", "rpc Get(Cash)", "rpc-request-changed"),
    ("rpc Get(Card) returns (Money)", "rpc Get(Card) returns (Cash)", "rpc-response-changed"),
    ("rpc Get(Card)", "rpc Get(stream Card)", "rpc-streaming-changed"),
    ("returns (stream Money)", "returns (Money)", "rpc-streaming-changed"),
    (" option idempotency_level = IDEMPOTENT;", "", "rpc-idempotency-changed"),
    (" option (google.api.http) = { get: \"/v1/cards\" };", "", "http-mapping-removed"),
    ("get: \"/v1/cards\"", "get: \"/v2/cards\"", "http-mapping-changed"),
    ("min_len = 1", "min_len = 2", "validation-changed"),
    ("syntax = \"proto3\"", "edition = \"2023\"", "syntax-changed"),
    ("\"example.org/cards\"", "\"example.org/other\"", "file-option-changed"),
    ("message Cash {", "message Cash { option features.json_format = \
        LEGACY_BEST_EFFORT;", "json-format-changed"),
    ("  reserved 20;\n", "", "reservation-dropped"),
];

#[rustfmt::skip]
pub(super) const OLD_ROWS: &[MutationRow] = &[
    ("required string id = 1", "optional string id = 1", "required-field-removed"),
    ("  required string id = 1;\n", "", "required-field-removed"),
    ("default = 1", "default = 2", "field-default-changed"),
    ("message_set_wire_format = false", "message_set_wire_format = true", "message-set-changed"),
    ("  extensions 100 to 199;\n", "", "extension-range-removed"),
    ("extend Card { optional string note = 100; }\n", "", "extension-removed"),
];

#[test]
fn each_mutation_is_found_both_ways() {
    hold("cards.proto", BASE, ROWS);
    hold("old.proto", OLD_STYLE, OLD_ROWS);
}

#[test]
fn moved_definitions_are_not_lost_ones() {
    use model::MemorySnapshot;
    let old = MemorySnapshot::new([(
        "a.proto",
        "syntax = \"proto3\";\nmessage A { string x = 1; }\nmessage B { string y = 1; }\n",
    )]);
    let new = MemorySnapshot::new([
        (
            "a.proto",
            "syntax = \"proto3\";\nmessage A { string x = 1; }\n",
        ),
        (
            "b.proto",
            "syntax = \"proto3\";\nmessage B { string y = 1; int32 z = 2; }\n",
        ),
    ]);
    for (from, to) in [(&old, &new), (&new, &old)] {
        let found: Vec<String> = super::compare_files(from, to)
            .contracts
            .into_iter()
            .flat_map(|c| c.changes)
            .map(|c| c.check.to_string())
            .collect();
        assert!(
            found.iter().any(|id| id == "contract/type-moved")
                && !found.iter().any(|id| id.starts_with("contract/message-")),
            "{found:?}"
        );
        assert!(
            found.iter().any(|id| id.starts_with("contract/field-")),
            "{found:?}"
        );
        assert!(
            found
                .iter()
                .any(|id| id.starts_with("contract/proto-file-")),
            "{found:?}"
        );
    }
}

#[test]
fn spelling_and_order_are_silent() {
    let other = "\
// another order
syntax = \"proto3\";
package cards.v1;
option go_package = \"example.org/cards\";
message Money { int64 units = 1; }
message Card { .cards.v1.Money money = 2; string id = 1 [(custom.mark) = \"3.6\"]; }
";
    let base = "\
syntax = \"proto3\";
package cards.v1;
option go_package = \"example.org/cards\";
message Card {
  string id = 1; // the id
  Money money = 2;
}
message Money { int64 units = 1; }
";
    assert!(
        ids("a.proto", base, other).is_empty(),
        "{:?}",
        changes("a.proto", base, other)
    );
}
