//! Rows for AsyncAPI. What the application sends is like an answer, what it receives like a
//! request; payloads go by the schema rows of that side.

use super::ContractEffect::*;
use super::{B, BOTH, C, CLIENTS, ContractRule, D, declare_rule};

#[rustfmt::skip] // what belongs together stands on one line: the pair, the grades, the texts
pub(crate) static RULES: &[ContractRule] = &[
    declare_rule!(
        "contract/channel-sent-added", "contract/channel-sent-removed", [C, D, C], CLIENTS,
        Vanishes, "S01", "the application sends on a further channel", "`card.verified` is sent",
    ),
    declare_rule!(
        "contract/channel-sent-removed", "contract/channel-sent-added", [B, C, C], CLIENTS,
        Returns, "S03", "the application no longer sends on a channel",
        "`card.verified` is no longer sent",
    ),
    declare_rule!(
        "contract/channel-received-added", "contract/channel-received-removed", [C, B, B], BOTH,
        Unreadable, "S02", "the application receives on a further channel",
        "`card.verify` is received",
    ),
    declare_rule!(
        "contract/channel-received-removed", "contract/channel-received-added", [B, C, C],
        CLIENTS, Returns, "S03", "the application no longer receives on a channel",
        "`card.verify` is no longer received",
    ),
    declare_rule!(
        "contract/channel-address-changed", "contract/channel-address-changed", [B, B, B], BOTH,
        Differs, "S03", "a channel's address changed", "`cards.v1` becomes `cards.v2`",
    ),
    declare_rule!(
        "contract/channel-parameters-changed", "contract/channel-parameters-changed", [B, B, C],
        CLIENTS, Differs, "S09", "the parameters of a channel's address changed",
        "`cards/{tenant}` declares `tenant`",
    ),
    declare_rule!(
        "contract/channel-message-added", "contract/channel-message-removed", [D, B, B], BOTH,
        Unreadable, "S04", "a channel carries one more message type",
        "`oneOf` gains `CardClosed`",
    ),
    declare_rule!(
        "contract/channel-message-removed", "contract/channel-message-added", [B, D, C], BOTH,
        Returns, "S04", "a channel carries one message type fewer", "`oneOf` loses `CardClosed`",
    ),
    declare_rule!(
        "contract/message-format-changed", "contract/message-format-changed", [B, B, B], BOTH,
        Differs, "S06", "a message's content type or schema format changed",
        "`application/json` becomes `avro/binary`",
    ),
    declare_rule!(
        "contract/message-delivery-changed", "contract/message-delivery-changed", [D, D, D], BOTH,
        Silent, "S07", "a message's correlation id, key or binding changed",
        "`bindings.kafka.key` changes",
    ),
    declare_rule!(
        "contract/message-server-changed", "contract/message-server-changed", [D, D, C], CLIENTS,
        Silent, "S08", "a server, its protocol or its security changed",
        "`protocol: amqp` becomes `kafka`",
    ),
];
