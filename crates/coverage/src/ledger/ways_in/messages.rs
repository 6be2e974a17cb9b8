//! Names of messages, topics, queues and events that others send or read.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use super::lines::CodeLine;
use super::{WayIn, WayKind};

/// Libraries that carry messages or calls by name, as program text brings them in.
const CARRIERS: [&str; 44] = [
    "kafka",
    "amqp",
    "rabbitmq",
    "pika",
    "kombu",
    "nats",
    "mqtt",
    "mosquitto",
    "stomp",
    "bunny",
    "sneakers",
    "karafka",
    "racecar",
    "sarama",
    "lapin",
    "masstransit",
    "rebus",
    "nservicebus",
    "servicebus",
    "pubsub",
    "pulsar",
    "zmq",
    "zeromq",
    "socket.io",
    "signalr",
    "actioncable",
    "action_cable",
    "eventbridge",
    "aws-sdk/client-sns",
    "aws-sdk/client-sqs",
    "boto3.client('sns",
    "boto3.client(\"sns",
    "boto3.client('sqs",
    "boto3.client(\"sqs",
    "jmstemplate",
    "jakarta.jms",
    "cloudevents",
    "event_store",
    "eventstore",
    "hutch",
    "proton",
    "redpanda",
    "service/sns",
    "service/sqs",
];

/// Beginnings of calls that send a message or wait for one.
const CALLS: [&str; 15] = [
    "publish",
    "emit",
    "send",
    "produce",
    "broadcast",
    "subscribe",
    "consume",
    "dispatch",
    "basic_publish",
    "queue_declare",
    "assertqueue",
    "sendtoqueue",
    "convertandsend",
    "stream_from",
    "invoke",
];

/// One search for all of them: every changed file passes here.
static FIND_CARRIERS: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .build(CARRIERS)
        .ok()
});

/// How much of a text is searched for a library, in bytes.
const HEAD: usize = 16 * 1024;

/// Whether a text brings in a library that carries messages or calls by name.
pub(in crate::ledger) fn carries_messages(text: &str) -> bool {
    let mut end = text.len().min(HEAD);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let head = &text[..end];
    let Some(carriers) = FIND_CARRIERS.as_ref() else {
        return false;
    };
    carriers.find_overlapping_iter(head).any(|found| {
        let begins = |c: char| c.is_ascii_alphanumeric();
        !head[..found.start()].ends_with(begins) || found.len() > 5
    })
}

/// Adds the names of messages of a text.
pub(super) fn add_messages(ways: &mut Vec<WayIn>, lines: &[CodeLine<'_>], text: &str) {
    let carried = carries_messages(text);
    for line in lines {
        if matches!(
            line.at(0),
            "import" | "from" | "use" | "using" | "require" | "#"
        ) {
            continue;
        }
        // few lines hold a name at all, and only those are searched for a call that sends
        let mut call = None;
        for (at, name) in line.literals().filter(|(_, text)| is_name(text)) {
            let call =
                *call.get_or_insert_with(|| line.tokens.iter().position(|token| sends(token)));
            let given = call.is_some_and(|call| call < at && at - call <= 8);
            let wanted = carried && (is_compound(name) || given) || given && is_compound(name);
            if wanted && ways.len() < super::WAYS {
                ways.push(WayIn {
                    kind: WayKind::Message,
                    method: None,
                    name: name.to_owned(),
                    line: line.number,
                });
            }
        }
    }
}

fn sends(token: &str) -> bool {
    let is = |part: Option<&str>, word: &str| part.is_some_and(|p| p.eq_ignore_ascii_case(word));
    let ending = token.len().checked_sub("publish".len());
    CALLS.iter().any(|call| is(token.get(..call.len()), call))
        || is(ending.and_then(|from| token.get(from..)), "publish")
}

fn is_name(text: &str) -> bool {
    text.len() > 1
        && text.len() < 120
        && text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "._-:/#+*".contains(c))
}

/// Several words as one: `jar.sealed`, `jars/sealed`, `jar-sealed`; a file or a host with a port
/// is none.
fn is_compound(text: &str) -> bool {
    let parts: Vec<&str> = text.split(['.', '/', ':', '-', '_']).collect();
    parts.len() > 1
        && parts
            .iter()
            .filter(|part| part.starts_with(|c: char| c.is_ascii_alphabetic()))
            .count()
            > 1
        && text
            .rsplit(':')
            .next()
            .is_none_or(|end| end.parse::<u16>().is_err())
        && !text.contains("//")
}
