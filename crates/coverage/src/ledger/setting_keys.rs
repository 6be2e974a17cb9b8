//! Keys of settings that say nothing about what is stored. Whatever else a setting is called, its
//! meaning for stored data is not known: the list names what is harmless, never what is not.

use crate::changed_lines::ChangedLine;
use crate::guard::words::has_part;

/// Last words of a key whose setting says how much, how long, how loud or where to, never in which
/// form.
const HARMLESS: [&str; 62] = [
    "port",
    "ports",
    "timeout",
    "timeouts",
    "interval",
    "delay",
    "retries",
    "retry",
    "attempts",
    "backoff",
    "threads",
    "workers",
    "concurrency",
    "replicas",
    "instances",
    "memory",
    "cpu",
    "cpus",
    "heap",
    "xmx",
    "verbose",
    "verbosity",
    "debug",
    "loglevel",
    "log",
    "logs",
    "logger",
    "logging",
    "color",
    "colour",
    "theme",
    "title",
    "description",
    "cors",
    "origins",
    "rate",
    "limit",
    "limits",
    "quota",
    "burst",
    // who logs in says nothing about the form of what is kept
    "username",
    "user",
    "password",
    "pool",
    "connections",
    "idle",
    "keepalive",
    "email",
    "mail",
    "smtp",
    "banner",
    "health",
    "healthcheck",
    "liveness",
    "readiness",
    "metrics",
    "tracing",
    "telemetry",
    "sentry",
    // a host says where something is, and not in which form
    "host",
    "hostname",
    "hosts",
];

/// Sections below which nothing is about stored data.
const SECTIONS: [&str; 16] = [
    "logging",
    "logger",
    "loggers",
    "log4j",
    "logback",
    "loglevel",
    "management",
    "actuator",
    "metrics",
    "monitoring",
    "tracing",
    "telemetry",
    "sentry",
    "pool",
    "hikari",
    "cors",
];

/// The key of a line of settings: `server.port` of `server.port=80`, `Port` of `"Port": 80,` and of
/// `<add key="Port" value="80"/>`. Empty where the line has none, as an entry of a list.
pub(super) fn key_of(line: &str) -> &str {
    let line = line.trim();
    // attributes of XML that hold the key: `<add key="Port" value="80"/>`
    let attribute = ["key=\"", "name=\"", "id=\""]
        .iter()
        .find_map(|word| line.split_once(word))
        .and_then(|(_, rest)| rest.split('"').next());
    if let Some(key) = attribute.filter(|_| line.starts_with('<')) {
        return key;
    }
    if let Some(element) = line.strip_prefix('<') {
        return element.split(['>', ' ', '/']).next().unwrap_or_default();
    }
    let line = line.trim_start_matches(['-', ' ', '[', '"', '\'']);
    // words that stand before a name in shells and images
    let line = ["export ", "ENV ", "ARG ", "set "]
        .iter()
        .find_map(|word| line.strip_prefix(word))
        .unwrap_or(line);
    let Some(end) = line.find(['=', ':']) else {
        // a section of its own, as in `[logging]`
        return if line.ends_with(']') {
            line.trim_end_matches(']')
        } else {
            ""
        };
    };
    line[..end]
        .trim()
        .trim_end_matches(['"', '\'', '?', '+', ' '])
}

/// Whether a line only opens or closes something.
fn is_punctuation(line: &str) -> bool {
    !line.chars().any(char::is_alphanumeric)
}

/// Whether a changed line says nothing about what is stored; `around` are the keys above it, the
/// nearest first, as [`super::scan_settings::with_keys_around`] gives them.
pub(super) fn is_harmless(line: &str, around: &str) -> bool {
    if is_punctuation(line) {
        return true;
    }
    let key = key_of(line);
    let mut sections = key
        .split(['.', '/'])
        .chain(around.split_whitespace())
        .map(|section| section.trim_matches(['"', '\'']));
    // one section is enough, whatever stands further in: `logging.file.format`
    if sections.any(|section| has_part(section, &SECTIONS)) {
        return true;
    }
    // an entry of a list has no key of its own; that of the list speaks for it
    let nearest = if key.is_empty() {
        around.split_whitespace().next().unwrap_or_default()
    } else {
        key
    };
    let last = nearest.rsplit(['.', '/']).next().unwrap_or(nearest);
    !last.is_empty() && has_part(last, &HARMLESS)
}

/// The first of the changed lines that may be about what is stored.
pub(super) fn find_telling_line(
    lines: &[ChangedLine<'_>],
    around: &[(usize, String)],
) -> Option<usize> {
    let above = |number: usize| {
        around
            .iter()
            .find(|(at, _)| *at == number)
            .map_or("", |(_, keys)| keys.as_str())
    };
    lines
        .iter()
        .find(|(number, line)| !is_harmless(line, above(*number)))
        .map(|(number, _)| *number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_in_every_spelling() {
        let rows = [
            ("server.port=80", "server.port"),
            ("\"Port\": 80,", "Port"),
            ("<add key=\"Port\" value=\"80\"/>", "Port"),
            ("<level>debug</level>", "level"),
            ("- name: TZ", "name"),
            ("export TZ=UTC", "TZ"),
            ("ENV TZ=UTC", "TZ"),
            ("[logging]", "logging"),
            ("- plain", ""),
            ("};", ""),
        ];
        for (line, key) in rows {
            assert_eq!(key_of(line), key, "{line}");
        }
    }

    #[test]
    fn only_what_is_known_to_be_harmless_is() {
        for (line, around) in [
            ("server.port=81", ""),
            ("logging.level.org.example=debug", ""),
            ("level: debug", "root logging "),
            ("\"RequestTimeout\": 30,", ""),
            ("maximum-pool-size: 20", "hikari datasource spring "),
            ("LOG_LEVEL=info", ""),
            ("},", "storage "),
            ("- https://a.invalid", "allowed-origins cors "),
        ] {
            assert!(is_harmless(line, around), "{line}");
        }
        for (line, around) in [
            ("key: \"jars/{year}/{id}.jpg\"", "photos larder "),
            ("hibernate.jdbc.time_zone=UTC", ""),
            ("group-id: jars-2", "consumer kafka "),
            ("TZ=Europe/Berlin", ""),
            ("token.algorithm=HS512", ""),
            ("node-bits: 12", "id "),
            ("- jars", "names "),
            ("enabled: true", "compaction "),
        ] {
            assert!(!is_harmless(line, around), "{line}");
        }
    }

    #[test]
    fn the_first_line_that_tells_is_named() {
        let lines = [(3, "port: 81"), (5, "layout: year")];
        assert_eq!(
            find_telling_line(
                &lines,
                &[(3, "server ".to_owned()), (5, "photos ".to_owned())]
            ),
            Some(5)
        );
        assert_eq!(find_telling_line(&lines[..1], &[]), None);
    }
}
