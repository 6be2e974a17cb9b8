//! Channels and messages.

use std::collections::BTreeSet;

use super::{MutationRow, hold, ids};

pub(super) const TWO: &str = "\
asyncapi: 2.6.0
info: {title: Cards, version: '1'}
servers: {main: {url: broker.example.org, protocol: kafka}}
channels:
  card.verified:
    subscribe:
      message: {oneOf: [{$ref: '#/components/messages/Verified'}, {$ref: \
      '#/components/messages/Refused'}]}
  card.verify:
    publish:
      bindings: {kafka: {groupId: a}}
      message: {$ref: '#/components/messages/Verify'}
  card/{tenant}:
    parameters: {tenant: {schema: {type: string}}}
    subscribe: {message: {name: Tenant, payload: {type: string}}}
components:
  messages:
    Verified: {contentType: application/json, payload: {type: object, properties: {id: {type: \
    string}}}}
    Refused: {payload: {type: object}}
    Closed: {payload: {type: object}}
    Verify: {correlationId: {location: a}, payload: {type: object, properties: {n: {type: \
    integer}}}}
";

pub(super) const THREE: &str = "\
asyncapi: 3.0.0
channels:
  verified:
    address: card.verified
    messages: {Verified: {payload: {type: object, properties: {id: {type: string}}}}}
  verify:
    address: card.verify
    messages: {Verify: {payload: {type: object, properties: {n: {type: integer}}}}}
operations:
  tell: {action: send, channel: {$ref: '#/channels/verified'}}
  hear: {action: receive, channel: {$ref: '#/channels/verify'}}
";

#[rustfmt::skip] // one mutation a line
pub(super) const ROWS: &[MutationRow] = &[
    ("channels:\n", "channels:\n  card.closed: {subscribe: {message: {name: A, payload: {type: \
        string}}}}\n", "channel-sent-added"),
    ("channels:\n", "channels:\n  card.close: {publish: {message: {name: A, payload: {type: \
        string}}}}\n", "channel-received-added"),
    ("    parameters: {tenant: {schema: {type: string}}}\n", "", "channel-parameters-changed"),
    (", {$ref: '#/components/messages/Refused'}]", ", {$ref: '#/components/messages/Refused'}, \
        {$ref: '#/components/messages/Closed'}]", "channel-message-added"),
    ("contentType: application/json", "contentType: avro/binary", "message-format-changed"),
    ("correlationId: {location: a}", "correlationId: {location: b}", "message-delivery-changed"),
    ("groupId: a", "groupId: b", "message-delivery-changed"),
    ("protocol: kafka", "protocol: amqp", "message-server-changed"),
    ("{id: {type: string}}", "{id: {type: integer}}", "response-type-changed"),
    ("{n: {type: integer}}", "{n: {type: number}}", "request-type-widened"),
];

#[rustfmt::skip]
pub(super) const THREE_ROWS: &[MutationRow] = &[
    ("address: card.verified", "address: card.done", "channel-address-changed"),
    ("  hear: {action: receive, channel: {$ref: \
        '#/channels/verify'}}\n", "", "channel-received-removed"),
    ("  tell: {action: send, channel: {$ref: \
        '#/channels/verified'}}\n", "", "channel-sent-removed"),
    ("{id: {type: string}}", "{id: {type: string, enum: [a]}}", "response-enum-set"),
    ("{n: {type: integer}}", "{n: {type: number}}", "request-type-widened"),
];

#[test]
fn each_mutation_is_found_both_ways() {
    hold("asyncapi.yaml", TWO, ROWS);
    hold("asyncapi.yaml", THREE, THREE_ROWS);
}

#[test]
fn a_further_operation_on_a_channel_adds_no_message() {
    const HEAD: &str = "asyncapi: 3.0.0\ninfo: {title: a, version: '1'}\nchannels:\n  orders:\n    \
        address: orders\n    messages:\n      placed: {payload: {type: object, properties: {id: \
        {type: string}}}}\n      paid: {payload: {type: object, properties: {id: {type: \
        string}}}}\noperations:\n  one: {action: send, channel: {$ref: '#/channels/orders'}}\n";
    let two = format!("{HEAD}  two: {{action: send, channel: {{$ref: '#/channels/orders'}}}}\n");
    assert_eq!(ids("asyncapi.yaml", HEAD, &two), BTreeSet::new());
    assert_eq!(ids("asyncapi.yaml", &two, HEAD), BTreeSet::new());
}

#[test]
fn what_could_not_be_read_is_neither_new_nor_gone() {
    let far = "{$ref: 'https://example.org/far.yaml'}";
    let two = |channel: &str| format!("asyncapi: 2.6.0\nchannels:\n  jar.made: {channel}\n");
    let three = |operation: &str| {
        format!(
            "asyncapi: 3.0.0\nchannels:\n  made: {{address: made, messages: {{A: {{payload: \
                {{type: string}}}}}}}}\noperations:\n  tell: {operation}\n"
        )
    };
    let near = two("{subscribe: {message: {name: A, payload: {type: string}}}}");
    for (near, unread) in [
        (near.clone(), two(far)),
        (
            near,
            "asyncapi: 2.6.0\nchannels: {$ref: 'https://example.org/far.yaml'}\n".to_owned(),
        ),
        (
            three("{action: send, channel: {$ref: '#/channels/made'}}"),
            three(far),
        ),
        (
            TWO.to_owned(),
            TWO.replace(
                "    Refused: {payload: {type: object}}",
                &format!("    Refused: {far}"),
            ),
        ),
    ] {
        for (old, new) in [(&near, &unread), (&unread, &near)] {
            assert_eq!(
                ids("asyncapi.yaml", old, new),
                ["unreadable".to_owned()].into(),
                "{old}{new}"
            );
        }
    }
}

#[test]
fn a_payload_that_one_side_alone_describes_is_told() {
    let with = "asyncapi: 2.6.0\nchannels:\n  jar.made: {subscribe: {message: {name: A, payload: \
        {type: string}}}}\n";
    let without = "asyncapi: 2.6.0\nchannels:\n  jar.made: {subscribe: {message: {name: A}}}\n";
    assert_eq!(
        ids("asyncapi.yaml", with, without),
        ["response-schema-removed".to_owned()].into()
    );
    assert_eq!(
        ids("asyncapi.yaml", without, with),
        ["response-schema-added".to_owned()].into()
    );
}
