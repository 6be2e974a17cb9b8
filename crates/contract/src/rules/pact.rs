//! Rows for pacts, the expectations of a consumer. They are promises of the other side: what
//! matters is whether the provider keeps them.

use super::ContractEffect::{Differs, ExpectsLess, ExpectsMore};
use super::{C, CLIENTS, ContractRule, D, declare_rule};

#[rustfmt::skip] // what belongs together stands on one line: the pair, the grades, the texts
pub(crate) static RULES: &[ContractRule] = &[
    declare_rule!("contract/pact-interaction-added", "contract/pact-interaction-removed", [D, C, C], CLIENTS, ExpectsLess, "C01", "a consumer expects more of its provider", "the pact gains \"verify a card\""),
    declare_rule!("contract/pact-interaction-removed", "contract/pact-interaction-added", [C, D, C], CLIENTS, ExpectsMore, "C02", "a consumer expects less of its provider", "the pact loses \"verify a card\""),
    declare_rule!("contract/pact-interaction-changed", "contract/pact-interaction-changed", [D, D, C], CLIENTS, Differs, "C03", "a consumer expects something else of its provider", "the answer to \"verify a card\" gains a field"),
];
