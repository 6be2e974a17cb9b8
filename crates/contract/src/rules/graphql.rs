//! Rows for GraphQL. One unknown name rejects a whole operation, so whatever was added is a break
//! on the way back.

use super::ContractEffect::*;
use super::{B, BOTH, C, CLIENTS, CODE, ContractRule, D, declare_rule};
use model::Affects;

/// No operation can name it, but documents that are checked by themselves may, and so may schemas
/// that are composed with this one.
const ALMOST_CODE: &[Affects] = &[Affects::Clients, Affects::GeneratedCode];

#[rustfmt::skip] // what belongs together stands on one line: the pair, the grades, the texts
pub(crate) static RULES: &[ContractRule] = &[
    declare_rule!(
        "contract/graphql-type-added", "contract/graphql-type-removed", [C, B, C], CLIENTS,
        Vanishes, "G01", "a type was added", "`type Receipt` appears",
    ),
    declare_rule!(
        "contract/graphql-type-removed", "contract/graphql-type-added", [B, C, C], CLIENTS,
        Returns, "G02", "a type was removed", "`type Receipt` is gone",
    ),
    declare_rule!(
        "contract/graphql-unused-type-added", "contract/graphql-unused-type-removed", [C, D, C],
        ALMOST_CODE, Code, "G01 (no operation can name it)",
        "a type was added that nothing refers to", "`scalar Json` appears, and no field is one",
    ),
    declare_rule!(
        "contract/graphql-unused-type-removed", "contract/graphql-unused-type-added", [D, C, C],
        ALMOST_CODE, Code, "G02 (no operation can name it)",
        "a type was removed that nothing referred to",
        "`scalar Json` is gone, and no field was one",
    ),
    declare_rule!(
        "contract/graphql-kind-changed", "contract/graphql-kind-changed", [B, B, B], BOTH,
        Differs, "G14", "a type became another kind of type", "`enum Kind` becomes `scalar Kind`",
    ),
    declare_rule!(
        "contract/graphql-root-changed", "contract/graphql-root-changed", [B, B, C], CLIENTS,
        Differs, "G14", "a root type was renamed",
        "`schema { query: Query }` becomes `query: Root`",
    ),
    declare_rule!(
        "contract/graphql-root-added", "contract/graphql-root-removed", [C, B, C], CLIENTS,
        Vanishes, "G01", "a root type was added", "`schema` gains `subscription`",
    ),
    declare_rule!(
        "contract/graphql-root-removed", "contract/graphql-root-added", [B, C, C], CLIENTS,
        Returns, "G02", "a root type was removed", "`schema` loses `subscription`",
    ),

    declare_rule!(
        "contract/graphql-field-added", "contract/graphql-field-removed", [C, B, C], CLIENTS,
        Vanishes, "G01", "a field was added", "`Card.expiry` appears",
    ),
    declare_rule!(
        "contract/graphql-field-removed", "contract/graphql-field-added", [B, C, C], CLIENTS,
        Returns, "G02", "a field was removed", "`Card.expiry` is gone",
    ),
    declare_rule!(
        "contract/graphql-field-type-changed", "contract/graphql-field-type-changed", [B, B, B],
        BOTH, Differs, "G14", "a field's type was swapped", "`expiry: String` becomes `Int`",
    ),
    declare_rule!(
        "contract/graphql-field-became-non-null", "contract/graphql-field-became-nullable",
        [C, B, C], CLIENTS, PromisesLess, "G06", "a field or list item is never null",
        "`expiry: String` becomes `String!`",
    ),
    declare_rule!(
        "contract/graphql-field-became-nullable", "contract/graphql-field-became-non-null",
        [B, C, D], BOTH, PromisesMore, "G07", "a field or list item may be null",
        "`expiry: String!` becomes `String`",
    ),
    declare_rule!(
        "contract/graphql-deprecated", "contract/graphql-undeprecated", [C, C, C], CODE, Harmless,
        "G15", "something was marked deprecated", "`@deprecated` appears",
    ),
    declare_rule!(
        "contract/graphql-undeprecated", "contract/graphql-deprecated", [C, C, C], CODE, Harmless,
        "G15", "something is no longer deprecated", "`@deprecated` is gone",
    ),

    declare_rule!(
        "contract/graphql-argument-added-optional", "contract/graphql-argument-removed-optional",
        [C, B, C], CLIENTS, Vanishes, "G03", "an optional argument was added",
        "`cards(first: Int)` appears",
    ),
    declare_rule!(
        "contract/graphql-argument-removed-optional", "contract/graphql-argument-added-optional",
        [B, C, C], CLIENTS, Returns, "G02", "an optional argument was removed",
        "`cards(first: Int)` is gone",
    ),
    declare_rule!(
        "contract/graphql-argument-added-defaulted",
        "contract/graphql-argument-removed-defaulted", [D, B, C], CLIENTS, Vanishes,
        "G03 (with a default)", "an argument with a default was added",
        "`cards(first: Int = 10)` appears",
    ),
    declare_rule!(
        "contract/graphql-argument-removed-defaulted",
        "contract/graphql-argument-added-defaulted", [B, D, C], CLIENTS, Returns,
        "G02 G03 (with a default)", "an argument with a default was removed",
        "`cards(first: Int = 10)` is gone",
    ),
    declare_rule!(
        "contract/graphql-argument-added-required", "contract/graphql-argument-removed-required",
        [B, B, C], CLIENTS, Vanishes, "G04", "a required argument was added",
        "`cards(tenant: ID!)` appears",
    ),
    declare_rule!(
        "contract/graphql-argument-removed-required", "contract/graphql-argument-added-required",
        [B, B, C], CLIENTS, Rejects, "G02 G04", "a required argument was removed",
        "`cards(tenant: ID!)` is gone",
    ),
    declare_rule!(
        "contract/graphql-argument-became-required", "contract/graphql-argument-became-optional",
        [B, C, C], CLIENTS, Accepts, "G04", "an argument became required",
        "`tenant: ID` becomes `ID!`",
    ),
    declare_rule!(
        "contract/graphql-argument-became-optional", "contract/graphql-argument-became-required",
        [C, B, C], CLIENTS, Rejects, "G05", "an argument became optional",
        "`tenant: ID!` becomes `ID`, or gets a default",
    ),
    declare_rule!(
        "contract/graphql-argument-type-changed", "contract/graphql-argument-type-changed",
        [B, B, C], CLIENTS, Differs, "G14", "an argument's type was swapped",
        "`tenant: ID` becomes `Int`",
    ),
    declare_rule!(
        "contract/graphql-input-field-added-optional",
        "contract/graphql-input-field-removed-optional", [C, B, C], CLIENTS, Rejects, "G03",
        "an optional input field was added", "`CardInput.expiry: String` appears",
    ),
    declare_rule!(
        "contract/graphql-input-field-removed-optional",
        "contract/graphql-input-field-added-optional", [B, C, C], CLIENTS, Returns, "G02",
        "an optional input field was removed", "`CardInput.expiry: String` is gone",
    ),
    declare_rule!(
        "contract/graphql-input-field-added-defaulted",
        "contract/graphql-input-field-removed-defaulted", [D, B, C], CLIENTS, Rejects,
        "G03 (with a default)", "an input field with a default was added",
        "`CardInput.count: Int = 1` appears",
    ),
    declare_rule!(
        "contract/graphql-input-field-removed-defaulted",
        "contract/graphql-input-field-added-defaulted", [B, D, C], CLIENTS, Returns,
        "G02 G03 (with a default)", "an input field with a default was removed",
        "`CardInput.count: Int = 1` is gone",
    ),
    declare_rule!(
        "contract/graphql-input-field-added-required",
        "contract/graphql-input-field-removed-required", [B, B, C], CLIENTS, Rejects, "G04",
        "a required input field was added", "`CardInput.tenant: ID!` appears",
    ),
    declare_rule!(
        "contract/graphql-input-field-removed-required",
        "contract/graphql-input-field-added-required", [B, B, C], CLIENTS, Rejects, "G02 G04",
        "a required input field was removed", "`CardInput.tenant: ID!` is gone",
    ),
    declare_rule!(
        "contract/graphql-input-field-became-required",
        "contract/graphql-input-field-became-optional", [B, C, C], CLIENTS, Accepts, "G04",
        "an input field became required", "`tenant: ID` becomes `ID!`",
    ),
    declare_rule!(
        "contract/graphql-input-field-became-optional",
        "contract/graphql-input-field-became-required", [C, B, C], CLIENTS, Rejects, "G05",
        "an input field became optional", "`tenant: ID!` becomes `ID`, or gets a default",
    ),
    declare_rule!(
        "contract/graphql-input-field-type-changed", "contract/graphql-input-field-type-changed",
        [B, B, C], CLIENTS, Differs, "G14", "an input field's type was swapped",
        "`tenant: ID` becomes `Int`",
    ),
    declare_rule!(
        "contract/graphql-default-changed", "contract/graphql-default-changed", [D, D, C],
        CLIENTS, Silent, "G12", "a default changed, appeared or went",
        "`first: Int = 10` becomes `= 20`",
    ),
    declare_rule!(
        "contract/graphql-one-of-added", "contract/graphql-one-of-removed", [B, C, C], CLIENTS,
        Accepts, "G04", "an input takes exactly one of its fields", "`@oneOf` appears",
    ),
    declare_rule!(
        "contract/graphql-one-of-removed", "contract/graphql-one-of-added", [C, B, C], CLIENTS,
        Rejects, "G05", "an input takes any of its fields", "`@oneOf` is gone",
    ),

    declare_rule!(
        "contract/graphql-enum-value-added", "contract/graphql-enum-value-removed", [D, B, B],
        BOTH, Rejects, "G08", "a value was added to an enum that clients send",
        "`Kind` gains `VOUCHER`",
    ),
    declare_rule!(
        "contract/graphql-enum-value-removed", "contract/graphql-enum-value-added", [B, D, C],
        CLIENTS, Accepts, "G09", "a value was removed from an enum that clients send",
        "`Kind` loses `VOUCHER`",
    ),
    declare_rule!(
        "contract/graphql-output-enum-value-added", "contract/graphql-output-enum-value-removed",
        [D, D, D], BOTH, PromisesMore, "G08",
        "a value was added to an enum that clients only read", "`CardErrorCode` gains `LIMIT`",
    ),
    declare_rule!(
        "contract/graphql-output-enum-value-removed", "contract/graphql-output-enum-value-added",
        [D, D, C], CLIENTS, PromisesLess, "G09",
        "a value was removed from an enum that clients only read",
        "`CardErrorCode` loses `LIMIT`",
    ),
    declare_rule!(
        "contract/graphql-union-member-added", "contract/graphql-union-member-removed", [D, B, D],
        BOTH, Vanishes, "G10", "a union got one more member", "`union Payment = Card | Voucher`",
    ),
    declare_rule!(
        "contract/graphql-union-member-removed", "contract/graphql-union-member-added", [B, D, C],
        CLIENTS, Returns, "G11", "a union lost a member", "`union Payment = Card`",
    ),
    declare_rule!(
        "contract/graphql-interface-added", "contract/graphql-interface-removed", [D, B, D], BOTH,
        Vanishes, "G10", "a type implements one more interface", "`type Card implements Node`",
    ),
    declare_rule!(
        "contract/graphql-interface-removed", "contract/graphql-interface-added", [B, D, C],
        CLIENTS, Returns, "G11", "a type no longer implements an interface",
        "`type Card` was `implements Node`",
    ),

    declare_rule!(
        "contract/graphql-directive-added", "contract/graphql-directive-removed", [C, B, C],
        CLIENTS, Vanishes, "G13", "a directive for documents was added",
        "`directive @live on QUERY` appears",
    ),
    declare_rule!(
        "contract/graphql-directive-removed", "contract/graphql-directive-added", [B, C, C],
        CLIENTS, Returns, "G13", "a directive for documents was removed",
        "`directive @live on QUERY` is gone",
    ),
    declare_rule!(
        "contract/graphql-schema-directive-added", "contract/graphql-schema-directive-removed",
        [C, C, C], CODE, Harmless, "G13", "a directive for schemas was added",
        "`directive @doc on OBJECT` appears",
    ),
    declare_rule!(
        "contract/graphql-schema-directive-removed", "contract/graphql-schema-directive-added",
        [C, C, C], CODE, Harmless, "G13", "a directive for schemas was removed",
        "`directive @doc on OBJECT` is gone",
    ),
    declare_rule!(
        "contract/graphql-directive-location-added",
        "contract/graphql-directive-location-removed", [C, B, C], CLIENTS, Vanishes, "G13",
        "a directive may stand in a further place", "`on QUERY` becomes `on QUERY | FIELD`",
    ),
    declare_rule!(
        "contract/graphql-directive-location-removed",
        "contract/graphql-directive-location-added", [B, C, C], CLIENTS, Returns, "G13",
        "a directive may stand in fewer places", "`on QUERY | FIELD` becomes `on QUERY`",
    ),
    declare_rule!(
        "contract/graphql-directive-repeatable", "contract/graphql-directive-not-repeatable",
        [C, D, C], CLIENTS, Vanishes, "G13", "a directive may be repeated",
        "`repeatable` appears",
    ),
    declare_rule!(
        "contract/graphql-directive-not-repeatable", "contract/graphql-directive-repeatable",
        [D, C, C], CLIENTS, Returns, "G13", "a directive may no longer be repeated",
        "`repeatable` is gone",
    ),
    declare_rule!(
        "contract/graphql-federation-changed", "contract/graphql-federation-changed", [D, D, C],
        CLIENTS, Silent, "G16", "a directive that composes or guards the graph changed",
        "`@key(fields: \"id\")` changes",
    ),
    declare_rule!(
        "contract/graphql-directive-usage-changed", "contract/graphql-directive-usage-changed",
        [C, C, C], CODE, Harmless, "G15",
        "a directive of unknown meaning was put somewhere or taken away",
        "`@doc(category: \"a\")` changes",
    ),
];
