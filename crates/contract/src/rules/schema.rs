//! Rows for schemas, one for each side: what callers send (request), what they get (response),
//! documents and messages that both write and read (data).

use super::ContractEffect::*;
use super::{B, BOTH, C, CLIENTS, ContractRule, D, STORED, declare_rule};

/// Grades as `request, response, data`, each `[forward, back, stored]`.
macro_rules! sides {
    ($(($kind:literal, $mirror:literal, $rq:expr, $rqe:expr, $rs:expr, $rse:expr, $dt:expr, $dte:expr, $source:literal, $title:literal, $example:literal $(,)?)),* $(,)?) => {
        &[$([
            declare_rule!(
                concat!("contract/request-", $kind), concat!("contract/request-", $mirror), $rq,
                CLIENTS, $rqe, $source, concat!($title, " (request)"), $example,
            ),
            declare_rule!(
                concat!("contract/response-", $kind), concat!("contract/response-", $mirror), $rs,
                BOTH, $rse, $source, concat!($title, " (response)"), $example,
            ),
            declare_rule!(
                concat!("contract/data-", $kind), concat!("contract/data-", $mirror), $dt, STORED,
                $dte, $source, concat!($title, " (message or document)"), $example,
            ),
        ]),*]
    };
}

/// Wider on the request side: harmless forward, rejected on the way back.
const WIDER: [super::Grade; 3] = [C, B, D];
/// Narrower on the request side.
const NARROWER: [super::Grade; 3] = [B, C, C];
/// Wider on the response side: readers of previous meet what they do not know; stored values may
/// not fit previous.
const ANSWERS_MORE: [super::Grade; 3] = [B, C, B];
/// Narrower on the response side.
const ANSWERS_LESS: [super::Grade; 3] = [C, B, C];
/// Wider in documents: previous cannot read what current writes.
const WRITES_MORE: [super::Grade; 3] = [C, B, B];
const BROKEN: [super::Grade; 3] = [B, B, B];
const DOUBTFUL: [super::Grade; 3] = [D, D, D];
const FINE: [super::Grade; 3] = [C, C, C];

#[rustfmt::skip] // what belongs together stands on one line: the pair, the grades, the texts
pub(crate) static RULES: &[[ContractRule; 3]] = sides![
    (
        "property-added-optional", "property-removed-optional", [C, D, D], Ignores, [C, D, C],
        PromisesLess, FINE, Harmless, "H03 H12 J01", "an optional property was added",
        "`Card.expiry` appears",
    ),
    (
        "property-removed-optional", "property-added-optional", [D, C, C], Returns, [D, C, C],
        Returns, FINE, Harmless, "H05 H13 J01", "an optional property was removed",
        "`Card.expiry` is gone",
    ),
    (
        "property-added-to-closed", "property-removed-from-closed", [C, B, B], Rejects, [D, D, D],
        PromisesLess, [C, B, B], Unreadable, "H03 J02",
        "an optional property was added where the previous release takes no others",
        "`expiry` appears beside `additionalProperties: false`",
    ),
    (
        "property-removed-from-closed", "property-added-to-closed", [B, C, C], Accepts, [D, D, C],
        Returns, [B, C, C], UnreadableByNew, "H05 J02",
        "an optional property was removed where the new release takes no others",
        "`expiry` is gone beside `additionalProperties: false`",
    ),
    (
        "property-guard-added", "property-guard-removed", [C, B, D], Ignores, [C, D, C],
        PromisesLess, FINE, Harmless, "H03 (guard or filter)",
        "an optional property that guards or narrows was added", "`dryRun` appears in the body",
    ),
    (
        "property-guard-removed", "property-guard-added", [B, C, C], Returns, [D, C, C], Returns,
        FINE, Harmless, "H05 (guard or filter)",
        "an optional property that guards or narrows was removed",
        "`dryRun` is gone from the body",
    ),
    (
        "property-added-required", "property-removed-required", [B, D, D], Ignores, [C, B, C],
        PromisesLess, [B, C, C], UnreadableByNew, "H04 H11 J04", "a required property was added",
        "`Card.expiry` appears and is required",
    ),
    (
        "property-removed-required", "property-added-required", [D, B, D], Rejects, [B, C, D],
        Returns, [C, B, B], Unreadable, "H05 H13 J05", "a required property was removed",
        "`Card.expiry` was required and is gone",
    ),
    (
        "property-added-required-to-closed", "property-removed-required-from-closed", [B, B, B],
        Rejects, [D, B, D], PromisesLess, BROKEN, Unreadable, "H04 J02 J04",
        "a required property was added where the previous release takes no others",
        "`expiry` appears, is required, beside `additionalProperties: false`",
    ),
    (
        "property-removed-required-from-closed", "property-added-required-to-closed", [B, B, B],
        Rejects, [B, D, D], Returns, BROKEN, Unreadable, "H05 J02 J05",
        "a required property was removed where the new release takes no others",
        "`expiry` was required and is gone, beside `additionalProperties: false`",
    ),
    (
        "property-became-required", "property-became-optional", NARROWER, Accepts, ANSWERS_LESS,
        PromisesLess, NARROWER, UnreadableByNew, "H06 H14 J04", "a property became required",
        "`required` gains `expiry`",
    ),
    (
        "property-became-optional", "property-became-required", [C, B, B], Rejects, [B, C, D],
        PromisesMore, WRITES_MORE, Unreadable, "H07 H15 J05", "a property became optional",
        "`required` loses `expiry`",
    ),

    (
        "type-changed", "type-changed", BROKEN, Differs, BROKEN, Differs, BROKEN, Differs,
        "H24 J06", "the type was swapped", "`string` becomes `integer`",
    ),
    (
        "type-widened", "type-narrowed", WIDER, Rejects, ANSWERS_MORE, PromisesMore, WRITES_MORE,
        Unreadable, "H08 H16 J06", "the type was widened", "`integer` becomes `number`",
    ),
    (
        "type-narrowed", "type-widened", NARROWER, Accepts, ANSWERS_LESS, PromisesLess, NARROWER,
        UnreadableByNew, "H09 H17 J07", "the type was narrowed", "`number` becomes `integer`",
    ),
    (
        "became-nullable", "became-not-nullable", WIDER, Rejects, [B, C, D], PromisesMore,
        WRITES_MORE, Unreadable, "H08 H15 J06", "null became allowed", "`nullable: true` appears",
    ),
    (
        "became-not-nullable", "became-nullable", NARROWER, Accepts, ANSWERS_LESS, PromisesLess,
        NARROWER, UnreadableByNew, "H09 H14 J07", "null is no longer allowed",
        "`nullable: true` is gone",
    ),
    (
        "format-widened", "format-narrowed", WIDER, Rejects, ANSWERS_MORE, PromisesMore,
        WRITES_MORE, Unreadable, "H08 H16", "the format was widened or taken out",
        "`int32` becomes `int64`",
    ),
    (
        "format-narrowed", "format-widened", NARROWER, Accepts, ANSWERS_LESS, PromisesLess,
        NARROWER, UnreadableByNew, "H09 H17", "the format was narrowed or added",
        "`int64` becomes `int32`",
    ),
    (
        "format-changed", "format-changed", BROKEN, Differs, BROKEN, Differs, BROKEN, Differs,
        "H24 J10", "the format was swapped", "`date` becomes `date-time`",
    ),
    (
        "format-hint-changed", "format-hint-changed", DOUBTFUL, Silent, DOUBTFUL, Silent,
        DOUBTFUL, Silent, "J10", "a format that not every tool checks changed",
        "`format: hostname` appears",
    ),
    (
        "enum-value-added", "enum-value-removed", WIDER, Rejects, [D, C, B], PromisesMore,
        WRITES_MORE, Unreadable, "H08 H16 J06", "an enum value was added",
        "`status` gains `verified`",
    ),
    (
        "enum-value-removed", "enum-value-added", NARROWER, Accepts, [C, D, C], PromisesLess,
        NARROWER, UnreadableByNew, "H09 H17 J07", "an enum value was removed",
        "`status` loses `verified`",
    ),
    (
        "enum-removed", "enum-set", WIDER, Rejects, ANSWERS_MORE, PromisesMore, WRITES_MORE,
        Unreadable, "H08 H16 J06", "values are no longer limited to a list", "`enum` is gone",
    ),
    (
        "enum-set", "enum-removed", NARROWER, Accepts, ANSWERS_LESS, PromisesLess, NARROWER,
        UnreadableByNew, "H09 H17 J07", "values became limited to a list", "`enum` appears",
    ),
    (
        "const-removed", "const-set", WIDER, Rejects, ANSWERS_MORE, PromisesMore, WRITES_MORE,
        Unreadable, "H08 H16 J06", "a fixed value is no longer fixed", "`const` is gone",
    ),
    (
        "const-set", "const-removed", NARROWER, Accepts, ANSWERS_LESS, PromisesLess, NARROWER,
        UnreadableByNew, "H09 H17 J07", "a value became fixed", "`const` appears",
    ),
    (
        "const-changed", "const-changed", BROKEN, Differs, BROKEN, Differs, BROKEN, Differs,
        "H24", "a fixed value changed", "`const: 1` becomes `const: 2`",
    ),
    (
        "bound-loosened", "bound-tightened", WIDER, Rejects, ANSWERS_MORE, PromisesMore,
        WRITES_MORE, Unreadable, "H08 H16 J06", "a bound was loosened",
        "`maxLength: 10` becomes `20`",
    ),
    (
        "bound-tightened", "bound-loosened", NARROWER, Accepts, ANSWERS_LESS, PromisesLess,
        NARROWER, UnreadableByNew, "H09 H17 J07", "a bound was tightened",
        "`maxLength: 20` becomes `10`",
    ),
    (
        "bound-removed", "bound-set", WIDER, Rejects, ANSWERS_MORE, PromisesMore, WRITES_MORE,
        Unreadable, "H08 H16 J06", "a bound was taken out", "`maxLength: 10` is gone",
    ),
    (
        "bound-set", "bound-removed", [D, C, C], Accepts, ANSWERS_LESS, PromisesLess, NARROWER,
        UnreadableByNew, "H09 H17 J07", "a bound was written where none was",
        "`maxLength: 10` appears",
    ),
    (
        "pattern-removed", "pattern-set", WIDER, Rejects, ANSWERS_MORE, PromisesMore, WRITES_MORE,
        Unreadable, "H08 H16 J06", "a pattern was taken out", "`pattern` is gone",
    ),
    (
        "pattern-set", "pattern-removed", NARROWER, Accepts, ANSWERS_LESS, PromisesLess, NARROWER,
        UnreadableByNew, "H09 H17 J07", "a pattern was added", "`pattern` appears",
    ),
    (
        "pattern-changed", "pattern-changed", DOUBTFUL, Silent, DOUBTFUL, Silent, DOUBTFUL,
        Silent, "J10", "a pattern changed", "`^[a-z]+$` becomes `^[a-z0-9]+$`",
    ),
    (
        "items-unique-dropped", "items-unique-set", WIDER, Rejects, ANSWERS_MORE, PromisesMore,
        WRITES_MORE, Unreadable, "H08 J06", "items need no longer be unique",
        "`uniqueItems: true` is gone",
    ),
    (
        "items-unique-set", "items-unique-dropped", NARROWER, Accepts, ANSWERS_LESS, PromisesLess,
        NARROWER, UnreadableByNew, "H09 J07", "items must be unique",
        "`uniqueItems: true` appears",
    ),
    (
        "branch-added", "branch-removed", WIDER, Rejects, ANSWERS_MORE, PromisesMore, WRITES_MORE,
        Unreadable, "H08 H16 J06", "a oneOf or anyOf branch was added", "`oneOf` gains `Voucher`",
    ),
    (
        "branch-removed", "branch-added", NARROWER, Accepts, ANSWERS_LESS, PromisesLess, NARROWER,
        UnreadableByNew, "H09 H17 J07", "a oneOf or anyOf branch was removed",
        "`oneOf` loses `Voucher`",
    ),
    (
        "model-opened", "model-closed", WIDER, Rejects, [D, C, D], PromisesMore, WRITES_MORE,
        Unreadable, "H33 J08", "further properties became allowed",
        "`additionalProperties: false` is gone",
    ),
    (
        "model-closed", "model-opened", NARROWER, Accepts, [C, D, C], PromisesLess, NARROWER,
        UnreadableByNew, "H32 J08", "further properties are no longer allowed",
        "`additionalProperties: false` appears",
    ),
    (
        "additional-schema-removed", "additional-schema-set", WIDER, Rejects, ANSWERS_MORE,
        PromisesMore, WRITES_MORE, Unreadable, "J03 J08",
        "further properties are no longer held to a schema",
        "`additionalProperties: {type: string}` is gone",
    ),
    (
        "additional-schema-set", "additional-schema-removed", NARROWER, Accepts, ANSWERS_LESS,
        PromisesLess, NARROWER, UnreadableByNew, "J03 J08",
        "further properties are held to a schema",
        "`additionalProperties: {type: string}` appears",
    ),
    (
        "pattern-property-added", "pattern-property-removed", NARROWER, Accepts, ANSWERS_LESS,
        PromisesLess, NARROWER, UnreadableByNew, "J03",
        "properties of a name pattern are held to a schema", "`patternProperties` gains `^x-`",
    ),
    (
        "pattern-property-removed", "pattern-property-added", WIDER, Rejects, ANSWERS_MORE,
        PromisesMore, WRITES_MORE, Unreadable, "J03",
        "properties of a name pattern are no longer held to a schema",
        "`patternProperties` loses `^x-`",
    ),
    (
        "tuple-item-added", "tuple-item-removed", DOUBTFUL, Silent, DOUBTFUL, Silent, DOUBTFUL,
        Silent, "J09", "a tuple got one more place", "`prefixItems` gains an entry",
    ),
    (
        "tuple-item-removed", "tuple-item-added", DOUBTFUL, Silent, DOUBTFUL, Silent, DOUBTFUL,
        Silent, "J09", "a tuple lost a place", "`prefixItems` loses an entry",
    ),
    (
        "condition-added", "condition-removed", NARROWER, Accepts, ANSWERS_LESS, PromisesLess,
        NARROWER, UnreadableByNew, "J09 (a further condition can only narrow)",
        "a condition was added", "`if`, `not`, `contains`, `dependentRequired` appears",
    ),
    (
        "condition-removed", "condition-added", WIDER, Rejects, ANSWERS_MORE, PromisesMore,
        WRITES_MORE, Unreadable, "J09 (fewer conditions can only widen)",
        "a condition was removed", "`if`, `not`, `contains`, `dependentRequired` is gone",
    ),
    (
        "condition-changed", "condition-changed", DOUBTFUL, Silent, DOUBTFUL, Silent, DOUBTFUL,
        Silent, "J09", "a condition changed that no tool can decide", "`not` changes",
    ),
    (
        "default-added", "default-removed", [D, D, D], Silent, FINE, Harmless, FINE, Harmless,
        "H10 J11", "a default was added", "`default: 10` appears",
    ),
    (
        "default-removed", "default-added", [D, D, D], Silent, FINE, Harmless, FINE, Harmless,
        "H10 J11", "a default was removed", "`default: 10` is gone",
    ),
    (
        "default-changed", "default-changed", [D, D, D], Silent, FINE, Harmless, FINE, Harmless,
        "H10 J11", "a default changed", "`default: 10` becomes `20`",
    ),
    (
        "discriminator-added", "discriminator-removed", DOUBTFUL, Silent, DOUBTFUL, Silent,
        DOUBTFUL, Silent, "H30", "a discriminator was added",
        "`discriminator: {propertyName: kind}` appears",
    ),
    (
        "discriminator-removed", "discriminator-added", DOUBTFUL, Silent, DOUBTFUL, Silent,
        DOUBTFUL, Silent, "H30", "a discriminator was removed", "`discriminator` is gone",
    ),
    (
        "discriminator-changed", "discriminator-changed", DOUBTFUL, Silent, DOUBTFUL, Silent,
        DOUBTFUL, Silent, "H30", "a discriminator or its mapping changed",
        "`mapping` gains `voucher`",
    ),
    (
        "content-changed", "content-changed", BROKEN, Differs, BROKEN, Differs, BROKEN, Differs,
        "H24", "a text is encoded in another way", "`contentEncoding: base64` appears",
    ),
    (
        "property-deprecated", "property-undeprecated", FINE, Harmless, FINE, Harmless, FINE,
        Harmless, "H35", "a property was marked deprecated", "`deprecated: true` appears",
    ),
    (
        "property-undeprecated", "property-deprecated", FINE, Harmless, FINE, Harmless, FINE,
        Harmless, "H35", "a property is no longer deprecated", "`deprecated: true` is gone",
    ),
    (
        "lifecycle-changed", "lifecycle-changed", FINE, Harmless, FINE, Harmless, FINE, Harmless,
        "H35", "a property's sunset date or stability mark changed", "`x-sunset` changes",
    ),
];
