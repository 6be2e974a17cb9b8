//! Settings that name a topic, a queue or an exchange: others send to it or read from it, so its
//! name is an interface.

use super::DomainStanding;
use super::setting_keys::key_of;
use super::standing_row::build_open_standing;
use crate::changed_lines::ChangedLines;

/// Last words of such a key.
const PLACES: [&str; 14] = [
    "topic",
    "topics",
    "topicname",
    "queue",
    "queuename",
    "queueurl",
    "exchange",
    "exchangename",
    "routingkey",
    "bindingkey",
    "subscription",
    "deadletterqueue",
    "topicarn",
    "eventbus",
];

/// The name of such a place came, went or is another one.
pub(super) fn find_message_place(lines: &ChangedLines<'_>) -> Option<DomainStanding> {
    let names = |line: &str| {
        let last: String = key_of(line)
            .rsplit(['.', '/'])
            .next()
            .unwrap_or_default()
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .map(|c| c.to_ascii_lowercase())
            .collect();
        // `JARS_TOPIC`; a number is a length, and not a name
        let ends = PLACES.iter().any(|place| last == *place)
            || ["topic", "topicname", "queuename", "exchangename"]
                .iter()
                .any(|place| last.ends_with(place));
        let value = line
            .rsplit(['=', ':', '>'])
            .next()
            .unwrap_or_default()
            .trim();
        ends && value.contains(|c: char| c.is_ascii_alphabetic())
            && !matches!(value, "true" | "false")
    };
    let fresh = lines.fresh.iter().find(|(_, line)| names(line));
    let moved = fresh.is_some() || lines.gone.iter().any(|(_, line)| names(line));
    moved.then(|| {
        build_open_standing(
            50,
            fresh.map(|(line, _)| *line),
            "the name of a topic or a queue changed, to which others send or from which they read",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_topics_and_queues_are_told_from_their_sizes() {
        let opens = |old: &str, new: &str| {
            find_message_place(&ChangedLines::between(Some(old), Some(new))).is_some()
        };
        assert!(opens("jars.out.topic=jars\n", "jars.out.topic=jars.v2\n"));
        assert!(opens("JARS_TOPIC=jars\n", "JARS_TOPIC=lids\n"));
        assert!(opens("  routing-key: jars\n", "  routing-key: lids\n"));
        assert!(!opens("jars.queue=20\n", "jars.queue=40\n"));
        assert!(!opens("jars.title=jars\n", "jars.title=lids\n"));
    }
}
