//! What others call: where an interface is written down in a contract file, and whether anything
//! here answers calls at all.

use std::sync::LazyLock;

use super::answering::can_answer_calls;
use super::known_ways::KnownWays;
use super::linked_packages::LinkedPackages;
use super::place;
use super::unwritten_rules::WrittenText;
use super::ways_in::{WayIn, WayKind};
use crate::ReleaseRange;

// addresses of large products fill some megabytes; beyond it names are not known, so they stay open
/// Most bytes of contract files that are held to look for a route.
const TEXTS: usize = 8 * 1024 * 1024;

/// Interfaces of the releases.
pub(super) struct Interfaces {
    /// Folder of a component whose interface is written down (empty for the whole repository), and
    /// the file that does.
    written: Vec<(String, String)>,
    texts: String,
    ways: KnownWays,
    /// A contract file describes messages or calls by name, not only addresses.
    messages: bool,
    answers: bool,
    /// Packages of which other programs are built.
    linked: LinkedPackages,
}

impl Interfaces {
    /// Looks at both releases. Files are searched only where `wanted` says that program text changed
    /// at all.
    pub(super) fn find(range: &ReleaseRange<'_>, contracts: &[String], wanted: bool) -> Self {
        let mut written: Vec<(String, String)> = Vec::new();
        let mut texts = String::new();
        let mut messages = false;
        let mut ways = KnownWays::default();
        for path in contracts
            .iter()
            .filter(|path| place::is_live(path) && !place::is_vendored(path) && is_interface(path))
        {
            let Some(text) = [range.current, range.previous]
                .iter()
                // the newer text first: it is what the program has to follow
                .find_map(|tree| tree.read_text(path).ok())
            else {
                continue;
            };
            if !says_interface(path, &text) {
                continue;
            }
            messages |= !text.contains("openapi") && !text.contains("swagger") && !is_graph(path);
            // a contract file too much is left out as a whole, so that no address is half known
            if texts.len() + text.len() <= TEXTS {
                texts.push_str(&text.to_ascii_lowercase());
                texts.push('\n');
                ways.take(path, &text);
            }
            written.push((find_contract_component(path), path.clone()));
        }
        // the innermost component speaks for its files: `billing/api.yaml` before one at the top
        written.sort_by_key(|(folder, _)| std::cmp::Reverse(folder.len()));
        let answers = wanted && can_answer_calls(range);
        // where something answers calls, the packages beside it are asked as parts of that program
        let linked = if wanted && !answers {
            LinkedPackages::find(range)
        } else {
            LinkedPackages::default()
        };
        Self {
            written,
            texts,
            ways,
            messages,
            answers,
            linked,
        }
    }

    /// Whether some contract file that can know of such a way to be called knows it.
    pub(super) fn knows_way(&self, way: &WayIn) -> bool {
        let by_word = matches!(
            way.kind,
            WayKind::Header | WayKind::Permission | WayKind::Value
        );
        by_word && self.names_member(&way.name) || self.ways.knows(way)
    }

    /// The contract file that writes down the interface of the component in which a path lies.
    pub(super) fn written_down(&self, path: &str) -> Option<&str> {
        let inside = |folder: &str| {
            folder.is_empty()
                || path
                    .strip_prefix(folder)
                    .is_some_and(|rest| rest.starts_with('/'))
        };
        self.written
            .iter()
            .find(|(folder, _)| inside(folder))
            .map(|(_, file)| file.as_str())
    }

    /// Whether the contract files that were read hold this name as a word: what they name, the
    /// program may begin to send or take.
    pub(super) fn names_member(&self, name: &str) -> bool {
        let small = name.to_ascii_lowercase();
        let is_part = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
        self.texts.match_indices(&small).any(|(at, found)| {
            !is_part(self.texts[..at].chars().next_back())
                && !is_part(self.texts[at + found.len()..].chars().next())
        })
    }

    /// What the contract files write, in small letters.
    pub(super) fn written_text(&self) -> WrittenText<'_> {
        WrittenText(&self.texts)
    }

    /// Whether a contract file can know of messages at all.
    pub(super) fn describes_messages(&self) -> bool {
        self.messages
    }

    /// Whether anything here answers calls or messages, as far as was looked.
    pub(super) fn answers_calls(&self) -> bool {
        self.answers
    }

    /// Whether a path is program text of a package that other programs link.
    pub(super) fn is_linked(&self, path: &str) -> bool {
        self.linked.holds(path)
    }
}

/// Calls that send a request.
static SENDS: LazyLock<Option<aho_corasick::AhoCorasick>> = LazyLock::new(|| {
    // `webhook.send` alone may be any word; these calls send a request in most languages
    let words = [
        "post(",
        "put(",
        "patch(",
        "fetch(",
        "request(",
        "urlopen(",
        "newbuilder(",
        "async(",
        "withcontext(",
        "post!(",
        "execute(",
        "perform(",
    ];
    aho_corasick::AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .build(words)
        .ok()
});

/// The text sends requests to an address that is data: `requests.post(hook.url, ..)`,
/// `fetch(subscriber.endpoint, ..)`, `http.NewRequest("POST", hook.URL, ..)`. The whole text is
/// searched at once: most files hold no such call, and every changed one passes here.
pub(super) fn calls_back(text: &str) -> bool {
    const GIVEN: [&str; 8] = [
        "hook", "callback", "subscri", "receiver", "endpoint", "listener", "notif", "target",
    ];
    const ADDRESS: [&str; 5] = ["url", "uri", "endpoint", "address", "href"];
    let Some(sends) = SENDS.as_ref() else {
        return false;
    };
    let mut from = 0;
    sends.find_iter(text).take(10_000).any(|call| {
        // the first call of a line speaks for the line
        if call.start() < from {
            return false;
        }
        let end = memchr::memchr(b'\n', &text.as_bytes()[call.end()..])
            // a call ends where its line does, as far as can be told without its grammar
            .map_or(text.len(), |length| call.end() + length);
        from = end;
        let Some(rest) = text.get(call.end()..end).filter(|rest| rest.len() < 2_000) else {
            return false;
        };
        // quoted words are no data
        let bare = rest
            .to_ascii_lowercase()
            .split(['"', '\''])
            .step_by(2)
            .collect::<Vec<_>>()
            .join(" ");
        GIVEN.iter().any(|word| bare.contains(word))
            && ADDRESS.iter().any(|word| bare.contains(word))
    })
}

/// Formats that write down what others call.
fn is_interface(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    // a YAML or JSON file may be anything; what it says decides below
    let structured =
        lower.ends_with(".yaml") || lower.ends_with(".yml") || lower.ends_with(".json");
    [
        ".proto",
        ".graphql",
        ".graphqls",
        ".gql",
        ".thrift",
        ".wsdl",
        ".raml",
        ".smithy",
    ]
    .iter()
    .any(|end| lower.ends_with(end))
        || structured
}

fn is_graph(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    lower.ends_with("ql") || lower.ends_with("qls")
}

fn says_interface(path: &str, text: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    // a file of messages alone may be a form that is stored, which nobody calls
    if lower.ends_with(".proto") {
        return has(&["service "]);
    }
    // a schema for Apollo's client has types of its own and nothing that can be called
    if is_graph(path) {
        return has(&["type Query", "type Mutation", "schema {", "schema{"]);
    }
    let structured =
        lower.ends_with(".yaml") || lower.ends_with(".yml") || lower.ends_with(".json");
    !structured
        || has(&["openapi", "swagger", "asyncapi"])
            && ["paths", "channels", "operations", "webhooks"]
                .iter()
                .any(|section| holds_entries(text, section))
}

/// Whether a section of a contract file is there and not empty: `paths: {}` writes nothing down.
fn holds_entries(text: &str, section: &str) -> bool {
    text.match_indices(section).any(|(at, _)| {
        let rest = text[at + section.len()..].trim_start_matches(['"', '\'', ' ', '\t']);
        let Some(value) = rest.strip_prefix(':') else {
            return false;
        };
        let value: String = value
            .chars()
            .filter(|c| !c.is_whitespace())
            .take(2)
            .collect();
        // `paths: {}`, `paths: []`, nothing and `null`
        !matches!(value.as_str(), "{}" | "[]" | "" | "nu")
    })
}

/// The folder of the component that a contract file describes: folders that only hold contracts are
/// left out.
fn find_contract_component(path: &str) -> String {
    const HOLDERS: [&str; 22] = [
        "api",
        "apis",
        "openapi",
        "swagger",
        "asyncapi",
        "spec",
        // a version below such a folder divides contracts, `api/v1/openapi.yaml`, and no components
        "specs",
        "schema",
        "schemas",
        "proto",
        "protos",
        "contract",
        "contracts",
        "docs",
        "doc",
        "graphql",
        "static",
        "public",
        "resources",
        "main",
        "src",
        "http",
    ];
    let mut folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    loop {
        let last = folder.rsplit('/').next().unwrap_or_default();
        let version = last
            .strip_prefix('v')
            .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit()));
        if folder.is_empty() || !(HOLDERS.contains(&last.to_ascii_lowercase().as_str()) || version)
        {
            return folder.to_owned();
        }
        folder = folder.rsplit_once('/').map_or("", |(outer, _)| outer);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_contract_file_stands_for_its_component() {
        for (path, folder) in [
            ("api/openapi.yaml", ""),
            ("openapi.json", ""),
            ("services/payments/api/v1/openapi.yaml", "services/payments"),
            ("packages/sdk/schema.graphql", "packages/sdk"),
            ("src/main/resources/static/openapi.yaml", ""),
        ] {
            assert_eq!(find_contract_component(path), folder, "{path}");
        }
    }

    #[test]
    fn an_empty_section_writes_nothing_down() {
        let says = |text: &str| says_interface("api/openapi.yaml", text);
        assert!(says("openapi: 3.0.0\npaths:\n  /jars: {}\n"));
        assert!(says("{\"openapi\": \"3.0.0\", \"paths\": {\"/jars\": {}}}"));
        assert!(!says("openapi: 3.0.0\npaths: {}\n"));
        assert!(!says("{\"openapi\": \"3.0.0\", \"paths\": {\n}}"));
        assert!(!says("openapi: 3.0.0\npaths:\n"));
    }
}
