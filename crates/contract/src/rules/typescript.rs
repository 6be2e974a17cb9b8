//! Rows for TypeScript declarations. Forward is for programs that use the package when it moves on;
//! the way back for those that were built against the new declarations. An interface may be built
//! by its users as well as read, so what hurts either is graded for both.

use super::ContractEffect::{
    Accepts, Differs, Ignores, PromisesLess, PromisesMore, Rejects, Returns, Silent, Vanishes,
};
use super::{B, BOTH, C, CLIENTS, ContractRule, D, declare_rule};

#[rustfmt::skip] // what belongs together stands on one line: the pair, the grades, the texts
pub(crate) static RULES: &[ContractRule] = &[
    declare_rule!(
        "contract/ts-export-added", "contract/ts-export-removed", [C, B, C], CLIENTS, Vanishes,
        "T01", "an export was added",
        "`export declare function verify(card: Card): void` appears",
    ),
    declare_rule!(
        "contract/ts-export-removed", "contract/ts-export-added", [B, C, C], CLIENTS, Returns,
        "T01", "an export was removed", "`verify` is no longer exported",
    ),
    declare_rule!(
        "contract/ts-kind-changed", "contract/ts-kind-changed", [B, B, C], CLIENTS, Differs,
        "T01", "an export became another kind of thing", "`class Card` becomes `interface Card`",
    ),
    declare_rule!(
        "contract/ts-heritage-added", "contract/ts-heritage-removed", [D, B, C], CLIENTS,
        Vanishes, "T01", "a type extends one more type", "`interface Card extends Stored`",
    ),
    declare_rule!(
        "contract/ts-heritage-removed", "contract/ts-heritage-added", [B, D, C], CLIENTS, Returns,
        "T01", "a type extends one type fewer", "`interface Card` was `extends Stored`",
    ),
    declare_rule!(
        "contract/ts-type-parameter-required", "contract/ts-type-parameter-not-required",
        [B, B, C], CLIENTS, Differs, "T01", "a type needs one more type parameter",
        "`Page<T>` becomes `Page<T, C>`",
    ),
    declare_rule!(
        "contract/ts-type-parameter-not-required", "contract/ts-type-parameter-required",
        [B, B, C], CLIENTS, Differs, "T01", "a type needs one type parameter fewer",
        "`Page<T, C>` becomes `Page<T>`",
    ),
    declare_rule!(
        "contract/ts-type-parameters-changed", "contract/ts-type-parameters-changed", [D, D, C],
        CLIENTS, Differs, "T01", "type parameters changed",
        "`Page<T>` becomes `Page<T extends Card>`",
    ),

    declare_rule!(
        "contract/ts-member-added", "contract/ts-member-removed", [C, B, C], CLIENTS, Vanishes,
        "T02", "an optional member, or one of a class, was added",
        "`Card.expiry?: string` appears",
    ),
    declare_rule!(
        "contract/ts-member-removed", "contract/ts-member-added", [B, C, C], CLIENTS, Returns,
        "T02", "an optional member, or one of a class, was removed",
        "`Card.expiry?: string` is gone",
    ),
    declare_rule!(
        "contract/ts-required-member-added", "contract/ts-required-member-removed", [D, B, C],
        CLIENTS, Vanishes, "T02", "a member that implementers must have was added",
        "`Card.expiry: string` appears",
    ),
    declare_rule!(
        "contract/ts-required-member-removed", "contract/ts-required-member-added", [B, D, C],
        CLIENTS, Returns, "T02", "a member that implementers must have was removed",
        "`Card.expiry: string` is gone",
    ),
    declare_rule!(
        "contract/ts-member-became-required", "contract/ts-member-became-optional", [B, B, C],
        CLIENTS, PromisesLess, "T02", "a member became required",
        "`expiry?: string` becomes `expiry: string`",
    ),
    declare_rule!(
        "contract/ts-member-became-optional", "contract/ts-member-became-required", [B, B, C],
        CLIENTS, Rejects, "T02", "a member became optional",
        "`expiry: string` becomes `expiry?: string`",
    ),
    declare_rule!(
        "contract/ts-readonly-added", "contract/ts-readonly-removed", [B, C, C], CLIENTS, Accepts,
        "T02", "a member became readonly", "`id: string` becomes `readonly id: string`",
    ),
    declare_rule!(
        "contract/ts-readonly-removed", "contract/ts-readonly-added", [C, B, C], CLIENTS, Rejects,
        "T02", "a member can be written", "`readonly id: string` becomes `id: string`",
    ),
    declare_rule!(
        "contract/ts-enum-member-added", "contract/ts-enum-member-removed", [D, B, C], CLIENTS,
        Vanishes, "T02", "a member was added to an enum", "`Kind.Voucher` appears",
    ),
    declare_rule!(
        "contract/ts-enum-member-removed", "contract/ts-enum-member-added", [B, D, C], CLIENTS,
        Returns, "T02", "a member was removed from an enum", "`Kind.Voucher` is gone",
    ),
    declare_rule!(
        "contract/ts-enum-value-changed", "contract/ts-enum-value-changed", [D, D, D], BOTH,
        Silent, "T02", "a member of an enum has another value", "`Kind.Card = 1` becomes `= 2`",
    ),

    declare_rule!(
        "contract/ts-type-widened", "contract/ts-type-narrowed", [D, B, C], CLIENTS, Rejects,
        "T03", "a property or alias takes more", "`\"debit\"` becomes `\"debit\" | \"credit\"`",
    ),
    declare_rule!(
        "contract/ts-type-narrowed", "contract/ts-type-widened", [B, D, C], CLIENTS, PromisesLess,
        "T03", "a property or alias takes less", "`\"debit\" | \"credit\"` becomes `\"debit\"`",
    ),
    declare_rule!(
        "contract/ts-type-swapped", "contract/ts-type-swapped", [B, B, C], CLIENTS, Differs,
        "T03", "a type became one that has nothing in common with it",
        "`id: string` becomes `id: number`",
    ),
    declare_rule!(
        "contract/ts-type-changed", "contract/ts-type-changed", [D, D, C], CLIENTS, Differs,
        "T03", "a type changed, and the text does not tell whether either holds the other",
        "`of: Card` becomes `of: Token`",
    ),
    declare_rule!(
        "contract/ts-result-widened", "contract/ts-result-narrowed", [B, C, C], CLIENTS,
        PromisesMore, "T03", "a result may be more",
        "`find(): Card` becomes `find(): Card | undefined`",
    ),
    declare_rule!(
        "contract/ts-result-narrowed", "contract/ts-result-widened", [C, B, C], CLIENTS,
        PromisesLess, "T03", "a result may be less",
        "`find(): Card | undefined` becomes `find(): Card`",
    ),

    declare_rule!(
        "contract/ts-parameter-added-required", "contract/ts-parameter-removed-required",
        [B, B, C], CLIENTS, Ignores, "T04", "a required parameter was added",
        "`verify(card)` becomes `verify(card, amount)`",
    ),
    declare_rule!(
        "contract/ts-parameter-removed-required", "contract/ts-parameter-added-required",
        [B, B, C], CLIENTS, Rejects, "T04", "a required parameter was removed",
        "`verify(card, amount)` becomes `verify(card)`",
    ),
    declare_rule!(
        "contract/ts-parameter-added-optional", "contract/ts-parameter-removed-optional",
        [C, B, C], CLIENTS, Ignores, "T04", "an optional parameter was added",
        "`verify(card)` becomes `verify(card, amount?)`",
    ),
    declare_rule!(
        "contract/ts-parameter-removed-optional", "contract/ts-parameter-added-optional",
        [B, C, C], CLIENTS, Returns, "T04", "an optional parameter was removed",
        "`verify(card, amount?)` becomes `verify(card)`",
    ),
    declare_rule!(
        "contract/ts-parameter-became-required", "contract/ts-parameter-became-optional",
        [B, C, C], CLIENTS, Accepts, "T04", "a parameter became required",
        "`amount?: number` becomes `amount: number`",
    ),
    declare_rule!(
        "contract/ts-parameter-became-optional", "contract/ts-parameter-became-required",
        [C, B, C], CLIENTS, Rejects, "T04", "a parameter became optional",
        "`amount: number` becomes `amount?: number`",
    ),
    declare_rule!(
        "contract/ts-parameter-widened", "contract/ts-parameter-narrowed", [C, B, C], CLIENTS,
        Rejects, "T04", "a parameter takes more",
        "`card: string` becomes `card: string | number`",
    ),
    declare_rule!(
        "contract/ts-parameter-narrowed", "contract/ts-parameter-widened", [B, C, C], CLIENTS,
        Accepts, "T04", "a parameter takes less",
        "`card: string | number` becomes `card: string`",
    ),
    declare_rule!(
        "contract/ts-parameters-reordered", "contract/ts-parameters-reordered", [B, B, C],
        CLIENTS, Differs, "T04", "parameters stand in another order",
        "`move(from, to)` becomes `move(to, from)`",
    ),
    declare_rule!(
        "contract/ts-overload-added", "contract/ts-overload-removed", [C, B, C], CLIENTS,
        Vanishes, "T04", "a way to call was added", "a second `verify(token: Token)` appears",
    ),
    declare_rule!(
        "contract/ts-overload-removed", "contract/ts-overload-added", [B, C, C], CLIENTS, Returns,
        "T04", "a way to call was removed", "the second `verify(token: Token)` is gone",
    ),
];
