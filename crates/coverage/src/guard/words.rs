//! What a name is about: its parts, and the words that tell versions, types and stored things apart
//! from the rest.

// no person writes longer ones; minified bundles and data in texts do
/// Longest name that is taken apart, in characters.
const LONGEST: usize = 120;

/// Parts of a name in small letters: `maxFormatVersion` and `MAX_FORMAT_VERSION` are `max format
/// version`.
pub fn split_name_parts(name: &str) -> Vec<String> {
    written_parts(name).map(str::to_lowercase).collect()
}

/// Parts of a name as they are written, without copying it: every name of a changed file passes
/// here.
pub(super) fn written_parts(name: &str) -> impl Iterator<Item = &str> {
    let end = name
        .char_indices()
        .nth(LONGEST)
        .map_or(name.len(), |(at, _)| at);
    let mut rest = &name[..end];
    std::iter::from_fn(move || {
        rest = rest.trim_start_matches(|letter: char| !letter.is_alphanumeric());
        let end = part_end(rest);
        let (part, behind) = rest.split_at(end);
        rest = behind;
        (!part.is_empty()).then_some(part)
    })
}

/// Where the part that begins a name ends: at a sign, before a capital behind a small letter or
/// number, and before the last of several capitals where a small letter follows.
fn part_end(name: &str) -> usize {
    let mut letters = name.char_indices().peekable();
    let mut before: Option<char> = None;
    while let Some((at, letter)) = letters.next() {
        if !letter.is_alphanumeric() {
            return at;
        }
        let after = letters.peek().map(|(_, after)| *after);
        // `HTTPServer` is `HTTP` and `Server`: the last capital belongs to the word that follows
        let begins = letter.is_uppercase()
            && before.is_some_and(|before| {
                before.is_lowercase()
                    || before.is_ascii_digit()
                    || before.is_uppercase() && after.is_some_and(char::is_lowercase)
            });
        if begins {
            return at;
        }
        before = Some(letter);
    }
    name.len()
}

/// Whether one part of the name is one of the words; words are in small letters.
pub fn has_part(name: &str, words: &[&str]) -> bool {
    written_parts(name).any(|part| words.iter().any(|word| part.eq_ignore_ascii_case(word)))
}

/// Words of a number that says how something is written.
const VERSION: [&str; 18] = [
    "version",
    "versions",
    "ver",
    "revision",
    "rev",
    "format",
    "formats",
    "schema",
    "layout",
    "level",
    "generation",
    // `epoch` and `generation` count the forms of a log or an index in databases and queues
    "epoch",
    "magic",
    "compat",
    "latest",
    "formatversion",
    "schemaversion",
    "dbversion",
];

// building parts of every name of a large file took longer than the rest of its reading
/// What the words of a version begin with: most names hold none, and those are not taken apart.
static VERSION_STEMS: std::sync::LazyLock<Option<aho_corasick::AhoCorasick>> =
    std::sync::LazyLock::new(|| {
        let stems = [
            "ver",
            "rev",
            "format",
            "schema",
            "layout",
            "level",
            "generation",
            "epoch",
            "magic",
            "compat",
            "latest",
        ];
        aho_corasick::AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .build(stems)
            .ok()
    });

/// Whether a text can hold the name of a version at all.
pub fn may_name_version(text: &str) -> bool {
    VERSION_STEMS
        .as_ref()
        .is_none_or(|stems| stems.is_match(text))
}

/// The name is that of a version, a level, a format.
pub fn names_version(name: &str) -> bool {
    may_name_version(name) && has_part(name, &VERSION)
}

/// What the words of a type begin with, for the same reason.
static TYPE_STEMS: std::sync::LazyLock<Option<aho_corasick::AhoCorasick>> =
    std::sync::LazyLock::new(|| {
        let stems = [
            "type",
            "kind",
            "tag",
            "record",
            "variant",
            "discrimina",
            "class",
            "entry",
            "op",
            "event",
            "marker",
            "code",
            "manifest",
        ];
        aho_corasick::AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .build(stems)
            .ok()
    });

/// The name is that of the type of something.
pub fn names_type(name: &str) -> bool {
    const TYPE: [&str; 15] = [
        "manifest",
        "type",
        "kind",
        "tag",
        "record",
        "variant",
        "discriminator",
        "class",
        "entry",
        "op",
        "opcode",
        "event",
        "marker",
        "code",
        "discriminant",
    ];
    TYPE_STEMS.as_ref().is_none_or(|stems| stems.is_match(name)) && has_part(name, &TYPE)
}

/// Calls and names by which the number at the beginning of something stored is read.
const FIRST_NUMBERS: [&str; 26] = [
    "readByte",
    "readUnsignedByte",
    "readShort",
    "readInt",
    "readLong",
    "readUint8",
    "readUInt8",
    "readUInt16LE",
    "readUInt16BE",
    "readUInt32LE",
    "readUInt32BE",
    "readInt32",
    "ReadByte",
    "ReadInt16",
    "ReadInt32",
    "ReadUInt16",
    "ReadUInt32",
    "read_u8",
    "read_u16",
    "read_u32",
    "get_u8",
    "get_u16",
    "fgetc",
    "getc",
    "head",
    "header",
];

/// The name is that of a call that reads a number off bytes, or of the bytes at the beginning.
pub(super) fn names_first_number(name: &str) -> bool {
    FIRST_NUMBERS.contains(&name)
}

/// Words of things that outlive the process. A path, a name or a message that holds one speaks of
/// something stored.
const STORED: [&str; 62] = [
    "storage",
    "store",
    "stored",
    "stores",
    "format",
    "formats",
    "schema",
    "data",
    "database",
    "db",
    "file",
    "files",
    "snapshot",
    "snapshots",
    "index",
    "log",
    "wal",
    "journal",
    "ledger",
    "record",
    "records",
    "segment",
    "segments",
    "block",
    "blocks",
    "page",
    "pages",
    "config",
    "configuration",
    "settings",
    "session",
    "sessions",
    "cache",
    // sessions, cookies and caches live for hours: long enough for an older release to meet them
    "cached",
    "cookie",
    "token",
    "layout",
    "disk",
    "persist",
    "persisted",
    "persistence",
    "persistent",
    "serialized",
    "serialization",
    "serializer",
    "dump",
    "backup",
    "archive",
    "state",
    "document",
    "documents",
    "checkpoint",
    "manifest",
    "migration",
    "migrations",
    "header",
    "metadata",
    "queue",
    "bucket",
    "savegame",
    "volume",
    "repository",
];

// `config`, `data`, `state` and `token` are said of anything, so they are not among these
/// The narrower list: words that are hardly ever said of anything but kept things.
pub const STORES_STRONG: [&str; 36] = [
    "serializer",
    "deserializer",
    "storage",
    "store",
    "stored",
    "ledger",
    "log",
    "wal",
    "journal",
    "snapshot",
    "snapshots",
    "segment",
    "segments",
    "record",
    "records",
    "disk",
    "persist",
    "persisted",
    "persistence",
    "archive",
    "backup",
    "dump",
    "checkpoint",
    "savegame",
    "database",
    "db",
    "file",
    "format",
    "queue",
    "cache",
    "session",
    "document",
    "replay",
    "deserialize",
    "serialized",
    "block",
];

/// The name speaks of something stored.
pub fn names_stored(name: &str) -> bool {
    has_part(name, &STORED)
}

// `API_VERSION` goes up with every interface and says nothing about rows and files
/// Words of numbers that are about programs and interfaces, not about what is stored.
const ELSEWHERE: [&str; 42] = [
    "api",
    "client",
    "agent",
    "useragent",
    "http",
    "https",
    "tls",
    "ssl",
    "sdk",
    "app",
    "application",
    "product",
    "package",
    "pkg",
    "build",
    "release",
    "ui",
    "gui",
    "css",
    "html",
    "browser",
    "node",
    "python",
    "ruby",
    "java",
    "jdk",
    "php",
    "golang",
    "compiler",
    "opengl",
    "gl",
    "glsl",
    "shader",
    "os",
    "kernel",
    "platform",
    "protocol",
    "grpc",
    "rest",
    "web",
    "docs",
    "go",
];

/// The name speaks of a program, an interface or a protocol.
pub fn names_elsewhere(name: &str) -> bool {
    has_part(name, &ELSEWHERE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fall_into_their_parts() {
        assert_eq!(
            split_name_parts("maxFormatVersion"),
            ["max", "format", "version"]
        );
        assert_eq!(
            split_name_parts("MAX_FORMAT_VERSION"),
            ["max", "format", "version"]
        );
        assert_eq!(split_name_parts("kDBVersion2"), ["k", "db", "version2"]);
        assert_eq!(split_name_parts("@schema-version"), ["schema", "version"]);
    }

    proptest::proptest! {
        #[test]
        fn parts_are_the_letters_of_the_name_in_their_order(name in "[a-zA-Z0-9_@$\\-äÖß]{0,40}") {
            let all: String = name.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect();
            proptest::prop_assert_eq!(split_name_parts(&name).concat(), all);
        }
    }

    #[test]
    fn words_tell_what_a_name_is_about() {
        assert!(
            names_version("SNAPSHOT_VERSION")
                && names_version("stateFormat")
                && !names_version("conversation")
        );
        assert!(names_stored("SNAPSHOT_VERSION") && !names_stored("USER_AGENT"));
        assert!(
            names_elsewhere("API_VERSION")
                && names_elsewhere("clientVersion")
                && !names_elsewhere("SEGMENT_VERSION")
        );
        assert!(names_type("recordType") && !names_type("prototype"));
    }
}
