//! Rows for Avro. Forward: current reads what previous wrote. Way back: previous reads what current
//! wrote, and consumers that stay on current read what previous writes next.

use super::ContractEffect::*;
use super::{B, BOTH, C, ContractRule, D, STORED, declare_rule};

#[rustfmt::skip] // what belongs together stands on one line: the pair, the grades, the texts
pub(crate) static RULES: &[ContractRule] = &[
    declare_rule!(
        "contract/avro-field-added-with-default", "contract/avro-field-removed-with-default",
        [C, C, C], STORED, Harmless, "A01", "a field with a default was added",
        "`{\"name\": \"expiry\", \"default\": null}` appears",
    ),
    declare_rule!(
        "contract/avro-field-removed-with-default", "contract/avro-field-added-with-default",
        [C, C, C], STORED, Harmless, "A03", "a field that had a default was removed",
        "`{\"name\": \"expiry\", \"default\": null}` is gone",
    ),
    declare_rule!(
        "contract/avro-field-added-without-default",
        "contract/avro-field-removed-without-default", [B, B, C], BOTH, UnreadableByNew, "A02",
        "a field without a default was added", "`{\"name\": \"expiry\"}` appears",
    ),
    declare_rule!(
        "contract/avro-field-removed-without-default",
        "contract/avro-field-added-without-default", [C, B, B], STORED, Unreadable, "A04",
        "a field that had no default was removed", "`{\"name\": \"expiry\"}` is gone",
    ),
    declare_rule!(
        "contract/avro-symbol-added", "contract/avro-symbol-removed", [C, B, B], STORED,
        Unreadable, "A05",
        "an enum symbol was added and the previous release has no enum default",
        "`symbols` gains `VOLT`",
    ),
    declare_rule!(
        "contract/avro-symbol-removed", "contract/avro-symbol-added", [B, B, C], BOTH,
        UnreadableByNew, "A07",
        "an enum symbol was removed and the new release has no enum default",
        "`symbols` loses `VOLT`",
    ),
    declare_rule!(
        "contract/avro-symbol-added-with-default", "contract/avro-symbol-removed-with-default",
        [C, D, D], STORED, Silent, "A06",
        "an enum symbol was added and the previous release has an enum default",
        "`symbols` gains `VOLT` beside `default`",
    ),
    declare_rule!(
        "contract/avro-symbol-removed-with-default", "contract/avro-symbol-added-with-default",
        [D, C, C], BOTH, Silent, "A07",
        "an enum symbol was removed and the new release has an enum default",
        "`symbols` loses `VOLT` beside `default`",
    ),
    declare_rule!(
        "contract/avro-branch-added", "contract/avro-branch-removed", [C, B, B], STORED,
        Unreadable, "A08", "a union branch was added",
        "`string` becomes `[\"null\", \"string\"]`",
    ),
    declare_rule!(
        "contract/avro-branch-removed", "contract/avro-branch-added", [B, B, C], BOTH,
        UnreadableByNew, "A09", "a union branch was removed",
        "`[\"null\", \"string\"]` becomes `string`",
    ),
    declare_rule!(
        "contract/avro-branch-added-covered", "contract/avro-branch-removed-covered", [C, C, C],
        STORED, Harmless, "A08", "a union branch was added that another branch reads anyway",
        "`long` becomes `[\"int\", \"long\"]`",
    ),
    declare_rule!(
        "contract/avro-branch-removed-covered", "contract/avro-branch-added-covered", [C, C, C],
        STORED, Harmless, "A09", "a union branch was removed that another branch reads anyway",
        "`[\"int\", \"long\"]` becomes `long`",
    ),
    declare_rule!(
        "contract/avro-type-promoted", "contract/avro-type-demoted", [C, B, B], STORED,
        Unreadable, "A10", "a type was widened", "`int` becomes `long`",
    ),
    declare_rule!(
        "contract/avro-type-demoted", "contract/avro-type-promoted", [B, B, C], BOTH,
        UnreadableByNew, "A10", "a type was narrowed", "`long` becomes `int`",
    ),
    declare_rule!(
        "contract/avro-string-to-bytes", "contract/avro-bytes-to-string", [C, D, D], STORED,
        Silent, "A11", "a string became bytes", "`string` becomes `bytes`",
    ),
    declare_rule!(
        "contract/avro-bytes-to-string", "contract/avro-string-to-bytes", [D, C, C], STORED,
        Harmless, "A11", "bytes became a string", "`bytes` becomes `string`",
    ),
    declare_rule!(
        "contract/avro-renamed-with-alias", "contract/avro-renamed-from-alias", [C, B, B], STORED,
        Unreadable, "A12", "a record or field was renamed and keeps its old name as an alias",
        "`expires` with `aliases: [\"expiry\"]`",
    ),
    declare_rule!(
        "contract/avro-renamed-from-alias", "contract/avro-renamed-with-alias", [B, C, C], STORED,
        UnreadableByNew, "A12", "a record or field was renamed to what was its alias",
        "`expires` becomes `expiry`, its alias so far",
    ),
    declare_rule!(
        "contract/avro-name-changed", "contract/avro-name-changed", [B, B, B], BOTH, Differs,
        "A13", "a name changed", "`Card` becomes `Voucher`",
    ),
    declare_rule!(
        "contract/avro-namespace-changed", "contract/avro-namespace-changed", [D, D, D], BOTH,
        Depends, "A13",
        "a namespace changed, which the specification does not compare and some libraries do",
        "`org.a.Card` becomes `org.b.Card`",
    ),
    declare_rule!(
        "contract/avro-size-changed", "contract/avro-size-changed", [B, B, B], BOTH, Differs,
        "A13", "the size of a fixed type changed", "`size: 16` becomes `32`",
    ),
    declare_rule!(
        "contract/avro-type-changed", "contract/avro-type-changed", [B, B, B], BOTH, Differs,
        "A10", "a type was swapped", "`string` becomes `int`",
    ),
    declare_rule!(
        "contract/avro-default-changed", "contract/avro-default-changed", [C, D, D], STORED,
        Silent, "A14", "a default changed, appeared or went", "`default: 0` becomes `1`",
    ),
    declare_rule!(
        "contract/avro-logical-type-changed", "contract/avro-logical-type-changed", [D, B, B],
        BOTH, Differs, "A15", "a logical type, precision, scale or unit changed",
        "`timestamp-millis` becomes `timestamp-micros`",
    ),
    declare_rule!(
        "contract/avro-schema-added", "contract/avro-schema-removed", [C, C, C], STORED, Harmless,
        "A01", "a schema was added", "`card.avsc` appears",
    ),
    declare_rule!(
        "contract/avro-schema-removed", "contract/avro-schema-added", [D, C, C], BOTH, Returns,
        "A04", "a schema was removed", "`card.avsc` is gone",
    ),
    declare_rule!(
        "contract/avro-message-added", "contract/avro-message-removed", [C, B, C], BOTH, Vanishes,
        "A01", "a message of a protocol was added", "`messages` gains `verify`",
    ),
    declare_rule!(
        "contract/avro-message-removed", "contract/avro-message-added", [B, C, C], BOTH, Returns,
        "A04", "a message of a protocol was removed", "`messages` loses `verify`",
    ),
];
