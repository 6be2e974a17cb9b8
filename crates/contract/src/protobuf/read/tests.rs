use super::*;

const TEXT: &str = r#"
syntax = "proto3"; // the syntax
package cards.v1;
import "google/api/annotations.proto";
option go_package = "example.org/cards";
/* a card */
message Card {
  option deprecated = true;
  reserved 4, 9 to 11, 100 to max;
  reserved "old", 'older';
  string id = 1 [json_name = "ID", (buf.validate.field).string = {min_len: 1, pattern: "^[a-z;]+$"}];
  map<string, Money> limits = 2;
  oneof kind { Voucher voucher = 3; Gift gift = 5; }
  optional int32 n = 6;
  message Money { int64 units = 1; enum Unit { UNIT_UNSPECIFIED = 0; NEG = -1; HEX = 0x10; } }
}
service Cards {
  rpc Verify(VerifyRequest) returns (stream .cards.v1.Card) { option (google.api.http) = { post: "/v1/cards:verify" body: "*" }; }
  rpc Watch(stream Card) returns (Card);
}
"#;

#[test]
fn a_file_is_read_whole() {
    let file = read_protobuf(TEXT);
    assert_eq!(
        (
            file.package.as_str(),
            file.syntax.as_str(),
            file.unread.as_slice()
        ),
        ("cards.v1", "proto3", &[][..])
    );
    let card = &file.messages["cards.v1.Card"];
    let seen: Vec<(&str, i64, &str)> = card
        .fields
        .iter()
        .map(|f| (f.name.as_str(), f.number, f.kind.as_str()))
        .collect();
    assert_eq!(
        seen,
        [
            ("id", 1, "string"),
            ("limits", 2, "map<string,Money>"),
            ("voucher", 3, "Voucher"),
            ("gift", 5, "Gift"),
            ("n", 6, "int32")
        ]
    );
    assert_eq!(card.fields[2].oneof.as_deref(), Some("kind"));
    assert_eq!(card.fields[0].options["json_name"], "ID");
    assert_eq!(card.reserved, [(4, 4), (9, 11), (100, i64::MAX)]);
    assert_eq!(
        card.reserved_names.iter().collect::<Vec<_>>(),
        ["old", "older"]
    );
    assert_eq!(
        file.enums["cards.v1.Card.Money.Unit"]
            .values
            .iter()
            .map(|v| v.0)
            .collect::<Vec<_>>(),
        [0, -1, 16]
    );
    let rpcs = &file.services["cards.v1.Cards"].rpcs;
    assert_eq!(
        (
            rpcs[0].response.as_str(),
            rpcs[0].server_streams,
            rpcs[1].client_streams
        ),
        ("cards.v1.Card", true, true)
    );
    assert!(rpcs[0].options["(google.api.http)"].contains("/v1/cards:verify"));
}

#[test]
fn what_is_not_understood_is_skipped_with_its_line() {
    let file = read_protobuf(
        "syntax = \"proto3\";\nmessage A {\n  string a = 1;\n  what is this {{ }\n  };\n  string b \
            = 2;\n}\nmessage B { int32 c = 3; }\n",
    );
    assert!(!file.unread.is_empty());
    assert!(file.messages["A"].fields.iter().any(|f| f.name == "a"));
    for hostile in [
        "message",
        "message A {",
        "}}}}",
        "rpc",
        "service S { rpc",
        "enum E { A = ",
        "message A { string",
        "\"",
        "/*",
        "option",
        "reserved",
    ] {
        read_protobuf(hostile);
    }
    read_protobuf(&"message A { ".repeat(10_000));
    read_protobuf(&"{".repeat(10_000));
}
