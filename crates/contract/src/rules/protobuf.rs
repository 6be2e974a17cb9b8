//! Rows for protocol buffers and gRPC.

use super::ContractEffect::*;
use super::{B, BOTH, C, CLIENTS, CODE, ContractRule, D, declare_rule};

#[rustfmt::skip] // what belongs together stands on one line: the pair, the grades, the texts
pub(crate) static RULES: &[ContractRule] = &[
    declare_rule!(
        "contract/rpc-added", "contract/rpc-removed", [C, B, C], CLIENTS, Vanishes, "P01",
        "a method was added", "`rpc Verify` appears",
    ),
    declare_rule!(
        "contract/rpc-removed", "contract/rpc-added", [B, C, C], CLIENTS, Returns, "P02",
        "a method was removed", "`rpc Verify` is gone",
    ),
    declare_rule!(
        "contract/service-added", "contract/service-removed", [C, B, C], CLIENTS, Vanishes, "P01",
        "a service was added", "`service Cards` appears",
    ),
    declare_rule!(
        "contract/service-removed", "contract/service-added", [B, C, C], CLIENTS, Returns, "P02",
        "a service was removed", "`service Cards` is gone",
    ),
    declare_rule!(
        "contract/message-added", "contract/message-removed", [C, C, C], CODE, Harmless, "P02",
        "a message was added", "`message Card` appears",
    ),
    declare_rule!(
        "contract/message-removed", "contract/message-added", [B, C, C], CLIENTS, Returns, "P02",
        "a message was removed", "`message Card` is gone",
    ),
    declare_rule!(
        "contract/proto-enum-added", "contract/proto-enum-removed", [C, C, C], CODE, Harmless,
        "P02", "an enum was added", "`enum Kind` appears",
    ),
    declare_rule!(
        "contract/proto-enum-removed", "contract/proto-enum-added", [B, C, C], CLIENTS, Returns,
        "P02", "an enum was removed", "`enum Kind` is gone",
    ),
    declare_rule!(
        "contract/proto-file-added", "contract/proto-file-removed", [C, C, C], CODE, Harmless,
        "P02", "a file was added", "`cards.proto` appears",
    ),
    declare_rule!(
        "contract/proto-file-removed", "contract/proto-file-added", [D, C, C], CODE, Code, "P02",
        "a file was removed", "`cards.proto` is gone",
    ),
    declare_rule!(
        "contract/package-changed", "contract/package-changed", [B, B, B], BOTH, Differs, "P02",
        "the package changed", "`package cards.v1` becomes `cards.v2`",
    ),
    declare_rule!(
        "contract/type-moved", "contract/type-moved", [D, D, C], CODE, Code, "P02",
        "a message, enum or service moved to another file",
        "`message Card` moves from a.proto to b.proto",
    ),

    declare_rule!(
        "contract/field-added", "contract/field-removed-unreserved", [C, D, D], BOTH, Ignores,
        "P03", "a field was added", "`string expiry = 4` appears",
    ),
    declare_rule!(
        "contract/field-guard-added", "contract/field-guard-removed", [C, B, D], BOTH, Ignores,
        "P03 H03 (guard or filter)",
        "a field that guards or narrows was added to what callers send",
        "`ListRequest` gains `page_token`",
    ),
    declare_rule!(
        "contract/field-guard-removed", "contract/field-guard-added", [B, C, D], BOTH, Returns,
        "P05 H05 (guard or filter)",
        "a field that guards or narrows is gone from what callers send",
        "`ListRequest` loses `page_token`",
    ),
    declare_rule!(
        "contract/field-removed-unreserved", "contract/field-added", [B, D, D], BOTH, Silent,
        "P05", "a field was removed and its number is free", "`string expiry = 4` is gone",
    ),
    declare_rule!(
        "contract/field-unreserved-and-added", "contract/field-removed-reserved", [D, D, D], BOTH,
        Silent, "P05", "a field was added at a reserved number",
        "`reserved 4` becomes `string expiry = 4`",
    ),
    declare_rule!(
        "contract/field-removed-reserved", "contract/field-unreserved-and-added", [D, D, D], BOTH,
        Silent, "P04", "a field was removed and its number reserved",
        "`string expiry = 4` becomes `reserved 4`",
    ),
    declare_rule!(
        "contract/required-field-added", "contract/required-field-removed", [B, B, C], BOTH,
        UnreadableByNew, "P06", "a required field was added, or a field became required",
        "`required string expiry = 4` appears",
    ),
    declare_rule!(
        "contract/required-field-removed", "contract/required-field-added", [C, B, B], BOTH,
        Unreadable, "P07", "a required field was removed or relaxed",
        "`required string expiry = 4` becomes `optional`",
    ),
    declare_rule!(
        "contract/field-type-changed", "contract/field-type-changed", [B, B, B], BOTH, Differs,
        "P12", "a field's type changed on the wire",
        "`string` becomes `int32`, or a number is used for something else",
    ),
    declare_rule!(
        "contract/field-type-widened", "contract/field-type-narrowed", [D, B, B], BOTH,
        Unreadable, "P10", "a field's type was widened", "`int32` becomes `int64`",
    ),
    declare_rule!(
        "contract/field-type-narrowed", "contract/field-type-widened", [B, D, C], BOTH, Accepts,
        "P10", "a field's type was narrowed", "`int64` becomes `int32`",
    ),
    declare_rule!(
        "contract/field-type-signedness-changed", "contract/field-type-signedness-changed",
        [D, D, D], BOTH, Silent, "P10", "a field's type changed within its wire group",
        "`int32` becomes `uint32`",
    ),
    declare_rule!(
        "contract/field-string-to-bytes", "contract/field-bytes-to-string", [C, B, B], BOTH,
        Rejects, "P11", "a string became bytes", "`string token = 1` becomes `bytes`",
    ),
    declare_rule!(
        "contract/field-bytes-to-string", "contract/field-string-to-bytes", [B, C, C], BOTH,
        Accepts, "P11", "bytes became a string", "`bytes token = 1` becomes `string`",
    ),
    declare_rule!(
        "contract/field-type-renamed", "contract/field-type-renamed", [D, D, C], CODE, Code,
        "P12", "a field's message type was replaced by one of the same shape",
        "`Card` becomes `CardV2` with the same fields",
    ),
    declare_rule!(
        "contract/field-became-repeated", "contract/field-became-singular", [D, B, B], BOTH,
        Unreadable, "P13", "a singular field became repeated",
        "`string tag = 1` becomes `repeated`",
    ),
    declare_rule!(
        "contract/field-became-singular", "contract/field-became-repeated", [B, C, D], BOTH,
        Accepts, "P14", "a repeated field became singular",
        "`repeated string tag = 1` becomes singular",
    ),
    declare_rule!(
        "contract/field-presence-added", "contract/field-presence-removed", [C, D, D], BOTH,
        Silent, "P15", "a field tells unset from zero", "`int32 n = 1` becomes `optional`",
    ),
    declare_rule!(
        "contract/field-presence-removed", "contract/field-presence-added", [D, D, D], BOTH,
        Silent, "P15", "a field no longer tells unset from zero",
        "`optional int32 n = 1` becomes plain",
    ),
    declare_rule!(
        "contract/field-renamed", "contract/field-renamed", [D, D, D], BOTH, Silent, "P18",
        "a field was renamed at the same number", "`expiry = 4` becomes `expires = 4`",
    ),
    declare_rule!(
        "contract/field-json-name-changed", "contract/field-json-name-changed", [D, D, D], BOTH,
        Silent, "P18", "a field's JSON name changed", "`json_name` changes",
    ),
    declare_rule!(
        "contract/field-default-changed", "contract/field-default-changed", [D, D, D], BOTH,
        Silent, "P20", "a field's default changed", "`[default = 1]` becomes `2`",
    ),
    declare_rule!(
        "contract/field-option-changed", "contract/field-option-changed", [D, D, C], CODE, Code,
        "P23", "an option of a field that shapes generated code changed",
        "`[jstype = JS_STRING]` appears",
    ),
    declare_rule!(
        "contract/field-deprecated", "contract/field-undeprecated", [C, C, C], CODE, Harmless,
        "H35", "a field was marked deprecated", "`[deprecated = true]` appears",
    ),
    declare_rule!(
        "contract/field-undeprecated", "contract/field-deprecated", [C, C, C], CODE, Harmless,
        "H35", "a field is no longer deprecated", "`[deprecated = true]` is gone",
    ),
    declare_rule!(
        "contract/field-joined-oneof", "contract/field-left-oneof", [B, B, B], BOTH, Differs,
        "P16", "a field moved into a oneof", "`string a = 1` moves into `oneof kind`",
    ),
    declare_rule!(
        "contract/field-left-oneof", "contract/field-joined-oneof", [B, B, B], BOTH, Differs,
        "P16", "a field moved out of a oneof", "`oneof kind` loses `a = 1`, which stays",
    ),
    declare_rule!(
        "contract/oneof-member-added", "contract/oneof-member-removed", [D, D, D], BOTH, Silent,
        "P17", "a oneof got one more member", "`oneof kind` gains `Voucher v = 3`",
    ),
    declare_rule!(
        "contract/oneof-member-removed", "contract/oneof-member-added", [D, D, D], BOTH, Silent,
        "P17", "a oneof lost a member", "`oneof kind` loses `Voucher v = 3`",
    ),
    declare_rule!(
        "contract/oneof-renamed", "contract/oneof-renamed", [D, D, C], CODE, Code, "P17",
        "a oneof was renamed, added or removed around the same fields",
        "`oneof kind` becomes `oneof sort`",
    ),

    declare_rule!(
        "contract/proto-enum-value-added", "contract/proto-enum-value-removed", [D, D, D], BOTH,
        Silent, "P08", "an enum value was added", "`KIND_VOUCHER = 3` appears",
    ),
    declare_rule!(
        "contract/proto-enum-value-removed", "contract/proto-enum-value-added", [D, D, D], BOTH,
        Silent, "P09", "an enum value was removed", "`KIND_VOUCHER = 3` is gone",
    ),
    declare_rule!(
        "contract/proto-enum-value-renamed", "contract/proto-enum-value-renamed", [D, D, D], BOTH,
        Silent, "P09", "an enum value was renamed at the same number",
        "`VOUCHER = 3` becomes `COUPON = 3`",
    ),
    declare_rule!(
        "contract/proto-enum-value-renumbered", "contract/proto-enum-value-renumbered", [B, B, B],
        BOTH, Differs, "P09", "an enum value got the number that another one had",
        "`VOUCHER = 3, COUPON = 4` becomes `VOUCHER = 4, COUPON = 3`",
    ),
    declare_rule!(
        "contract/enum-openness-changed", "contract/enum-openness-changed", [D, D, D], BOTH,
        Silent, "P22", "an enum became open or closed", "`option features.enum_type = CLOSED`",
    ),

    declare_rule!(
        "contract/rpc-request-changed", "contract/rpc-request-changed", [B, B, C], CLIENTS,
        Differs, "P19", "a method takes another message", "`rpc Get(Id)` becomes `rpc Get(Key)`",
    ),
    declare_rule!(
        "contract/rpc-response-changed", "contract/rpc-response-changed", [B, B, C], CLIENTS,
        Differs, "P19", "a method answers another message",
        "`returns (Card)` becomes `returns (Cards)`",
    ),
    declare_rule!(
        "contract/rpc-streaming-changed", "contract/rpc-streaming-changed", [B, B, C], CLIENTS,
        Differs, "P19", "a method streams, or no longer does",
        "`returns (Card)` becomes `returns (stream Card)`",
    ),
    declare_rule!(
        "contract/rpc-idempotency-changed", "contract/rpc-idempotency-changed", [D, D, C],
        CLIENTS, Silent, "P19", "a method's idempotency changed",
        "`idempotency_level = IDEMPOTENT` appears",
    ),
    declare_rule!(
        "contract/http-mapping-added", "contract/http-mapping-removed", [C, B, C], CLIENTS,
        Vanishes, "P21", "a method became reachable over HTTP",
        "`option (google.api.http)` appears",
    ),
    declare_rule!(
        "contract/http-mapping-removed", "contract/http-mapping-added", [B, C, C], CLIENTS,
        Returns, "P21", "a method is no longer reachable over HTTP",
        "`option (google.api.http)` is gone",
    ),
    declare_rule!(
        "contract/http-mapping-changed", "contract/http-mapping-changed", [B, B, C], CLIENTS,
        Differs, "P21", "a method's HTTP path, verb or body changed",
        "`get: \"/v1/cards\"` becomes `/v2/cards`",
    ),
    declare_rule!(
        "contract/validation-changed", "contract/validation-changed", [D, D, D], BOTH, Silent,
        "P21", "a validation rule of a field or message changed",
        "`[(buf.validate.field).string.min_len = 1]` appears",
    ),

    declare_rule!(
        "contract/syntax-changed", "contract/syntax-changed", [D, D, D], BOTH, Silent, "P22",
        "syntax, edition or features changed", "`syntax = \"proto2\"` becomes `proto3`",
    ),
    declare_rule!(
        "contract/file-option-changed", "contract/file-option-changed", [D, D, C], CODE, Code,
        "P23", "an option for generated code changed", "`option go_package` changes",
    ),
    declare_rule!(
        "contract/json-format-changed", "contract/json-format-changed", [D, D, D], BOTH, Silent,
        "P22", "whether or how it is written as JSON changed",
        "`features.json_format = LEGACY_BEST_EFFORT`",
    ),
    declare_rule!(
        "contract/message-set-changed", "contract/message-set-changed", [B, B, B], BOTH, Differs,
        "P12", "the message-set wire format changed", "`message_set_wire_format = true` appears",
    ),
    declare_rule!(
        "contract/reservation-dropped", "contract/reservation-added", [C, C, C], CODE, Harmless,
        "P24", "a reserved number or name is free again", "`reserved 4` is gone",
    ),
    declare_rule!(
        "contract/reservation-added", "contract/reservation-dropped", [C, C, C], CODE, Harmless,
        "P24", "a number or name was reserved", "`reserved 4` appears",
    ),
    declare_rule!(
        "contract/extension-range-added", "contract/extension-range-removed", [C, D, D], BOTH,
        Ignores, "P03", "an extension range was added", "`extensions 100 to 199` appears",
    ),
    declare_rule!(
        "contract/extension-range-removed", "contract/extension-range-added", [D, C, C], CLIENTS,
        Returns, "P04", "an extension range was removed", "`extensions 100 to 199` is gone",
    ),
    declare_rule!(
        "contract/extension-added", "contract/extension-removed", [C, D, D], BOTH, Ignores, "P03",
        "an extension was added", "`extend Card { string note = 100; }` appears",
    ),
    declare_rule!(
        "contract/extension-removed", "contract/extension-added", [D, C, C], BOTH, Returns, "P04",
        "an extension was removed", "`extend Card { string note = 100; }` is gone",
    ),
];
