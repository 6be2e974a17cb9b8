//! Which ways to be called the contract files know: addresses with their methods, and names.
//!
//! The readers of contract files stand above this room and take whole models apart. Here only the
//! keys are wanted, of YAML and JSON alike, also of a file that is broken further down; a parser of
//! either would give nothing then. What is not found is unknown.

use std::collections::{BTreeMap, BTreeSet};

use super::ways_in::{WayIn, WayKind, read_method, split_address};

// contracts of whole clouds hold some thousand; what is beyond is not known, so it stays open
/// Most addresses that are held.
const ADDRESSES: usize = 20_000;

/// Parts of an address, and the methods by which it is known to be called.
type KnownAddress = (Vec<String>, Vec<&'static str>);

/// What the contract files of both releases know.
#[derive(Debug, Clone, Default)]
pub(super) struct KnownWays {
    /// By the last part: parts of an address, and its methods; no method is any.
    addresses: BTreeMap<String, Vec<KnownAddress>>,
    held: usize,
    /// First parts that a file says for all its addresses.
    bases: BTreeSet<String>,
    /// Texts of files that describe messages, in small letters.
    messages: String,
    /// Texts of files that describe calls by name, in small letters.
    names: String,
}

impl KnownWays {
    /// Takes in a contract file.
    pub(super) fn take(&mut self, path: &str, text: &str) {
        let lower = path.to_ascii_lowercase();
        let small = text.to_ascii_lowercase();
        // a description of messages knows no addresses, and one of addresses no messages
        if text.contains("asyncapi") {
            self.messages.push_str(&small);
            self.messages.push('\n');
        } else if text.contains("openapi") || text.contains("swagger") {
            self.bases.extend(read_bases(text));
            self.add(read_addresses(text));
        } else {
            // RAML, WSDL and the like: any word that begins as an address does is taken for one
            let loose = text
                .split(['"', '\'', ' ', '\n', '\t', ','])
                .filter(|word| word.len() > 1 && word.starts_with('/') && !word.starts_with("//"))
                .map(|word| (word.trim_end_matches(':').to_owned(), Vec::new()));
            // a slash in a GraphQL schema is a word of a description
            let graph = ["ql", "qls"].iter().any(|end| lower.ends_with(end));
            if !graph {
                self.add(loose.collect());
            }
            self.names.push_str(&small);
            self.names.push('\n');
        }
    }

    fn add(&mut self, found: Vec<(String, Vec<&'static str>)>) {
        let room = ADDRESSES.saturating_sub(self.held);
        for (address, methods) in found.into_iter().take(room) {
            let parts = split_address(&address);
            let last = parts.last().cloned().unwrap_or_default();
            self.addresses
                .entry(last)
                .or_default()
                .push((parts, methods));
            self.held += 1;
        }
    }

    /// Whether some contract file that can know of such a way knows it.
    pub(super) fn knows(&self, way: &WayIn) -> bool {
        match way.kind {
            WayKind::Address => self.knows_address(way.method, &split_address(&way.name)),
            WayKind::Message => holds_word(&self.messages, &way.name.to_ascii_lowercase()),
            WayKind::Member => {
                let name = way.name.to_ascii_lowercase();
                holds_word(&self.names, &name) || holds_word(&self.messages, &name)
            }
            WayKind::Base => {
                let parts = split_address(&way.name);
                parts.iter().all(|part| self.bases.contains(part))
                    || self
                        .addresses
                        .values()
                        .flatten()
                        .any(|(known, _)| known.starts_with(&parts))
            }
            // a word of any contract file is enough, which the caller looks up
            WayKind::Header | WayKind::Permission | WayKind::Value => false,
            WayKind::Command | WayKind::Argument | WayKind::Exit => false,
            WayKind::Metric | WayKind::Hook | WayKind::Column => false,
        }
    }

    /// A program often gives only the last parts, and another file what stands before them.
    fn knows_address(&self, method: Option<&'static str>, parts: &[String]) -> bool {
        let last = parts.last().map_or("", String::as_str);
        let likely = self.addresses.get(last).map_or(&[][..], Vec::as_slice);
        likely.iter().any(|(known, methods)| {
            let fits = match parts.len().cmp(&known.len()) {
                std::cmp::Ordering::Equal => parts == known,
                // `routes.get("/jars")` in a file that another one mounts below `/v1`
                std::cmp::Ordering::Less => {
                    // `/{id}` alone would be the end of nearly every address
                    known.ends_with(parts) && parts.iter().any(|part| part != "{}")
                }
                std::cmp::Ordering::Greater => {
                    // a program may spell out what the contract gives as its base or its server
                    let (before, rest) = parts.split_at(parts.len() - known.len());
                    rest == known && before.iter().all(|part| self.is_base(part))
                }
            };
            fits && (methods.is_empty()
                // frameworks answer these two for each address that has any method
                || method.is_none_or(|method| {
                    methods.contains(&method) || matches!(method, "HEAD" | "OPTIONS")
                }))
        })
    }

    fn is_base(&self, part: &str) -> bool {
        // gateways put these before whatever they lead
        let version = part
            .strip_prefix('v')
            .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit()));
        version || matches!(part, "api" | "rest") || self.bases.contains(part)
    }
}

fn holds_word(text: &str, word: &str) -> bool {
    let is_part = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    text.match_indices(word).any(|(at, found)| {
        !is_part(text[..at].chars().next_back())
            && !is_part(text[at + found.len()..].chars().next())
    })
}

/// Parts of what stands before all addresses of a file: `basePath`, and the path of `servers`.
fn read_bases(text: &str) -> Vec<String> {
    let values = text.lines().filter_map(|line| {
        let (key, value) = line.split_once(':')?;
        let key = key.trim_matches(|c: char| !c.is_ascii_alphanumeric());
        // `basePath` of Swagger 2, `url` below `servers` of OpenAPI 3
        matches!(key, "basePath" | "url").then_some(value)
    });
    values
        .take(100)
        // no contract has a hundred servers; a hostile one could
        .flat_map(|value| {
            let value = value.trim().trim_matches(['"', '\'', ',', '}', ']']);
            // a server may be an address with a host, `https://example.org/v2`, or a path alone
            let path = match value.split_once("//") {
                Some((_, rest)) => rest.split_once('/').map_or("", |(_, path)| path),
                None => value,
            };
            split_address(path)
        })
        // a variable in a server's address would make any part a base
        .filter(|part| part != "{}")
        .collect()
}

/// An address whose methods are read.
struct OpenAddress {
    depth: usize,
    indent: usize,
    child: Option<usize>,
    /// Its value stands in braces.
    is_flow: bool,
}

/// Where a reader of keys stands.
struct KeyReader<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
    indent: usize,
    found: Vec<(String, Vec<&'static str>)>,
    open: Option<OpenAddress>,
}

/// The keys of a text that begin with a slash, with the methods directly below them.
fn read_addresses(text: &str) -> Vec<(String, Vec<&'static str>)> {
    let mut reader = KeyReader {
        text,
        at: 0,
        depth: 0,
        indent: 0,
        found: Vec::new(),
        open: None,
    };
    reader.start_line();
    let mut wanted = true;
    while let Some(byte) = text.as_bytes().get(reader.at).copied() {
        wanted = reader.step(byte, wanted);
    }
    reader.found
}

impl KeyReader<'_> {
    fn start_line(&mut self) {
        let rest = &self.text.as_bytes()[self.at..];
        self.indent = rest.iter().take_while(|byte| **byte == b' ').count();
        // a text that goes on starts at the margin only where a new key of the document begins
        // a scalar may hold a bracket that nothing closes
        if self.indent == 0 && rest.first().is_some_and(u8::is_ascii_alphabetic) {
            self.depth = 0;
        }
    }

    /// Reads on from one byte; whether a key may stand behind it.
    fn step(&mut self, byte: u8, wanted: bool) -> bool {
        match byte {
            b'\n' => {
                self.at += 1;
                self.start_line();
                return true;
            }
            b' ' | b'\t' | b'\r' | b'-' if wanted => self.at += 1,
            b'{' => {
                self.depth += 1;
                self.at += 1;
                return true;
            }
            b'[' => {
                self.depth += 1;
                self.at += 1;
            }
            b'}' | b']' => {
                self.depth = self.depth.saturating_sub(1);
                self.at += 1;
                return false;
            }
            b',' => {
                self.at += 1;
                return self.depth > 0;
            }
            // `description: it's` holds an apostrophe
            b'"' | b'\'' if wanted || self.follows_sign() => {
                let start = self.at + 1;
                let end = self.find_end_of_quoted(start, byte);
                let inner = self.text.get(start..end).unwrap_or_default();
                self.at = (end + 1).min(self.text.len());
                let after = self.text.as_bytes()[self.at..]
                    .iter()
                    .find(|byte| !matches!(byte, b' ' | b'\t'));
                if wanted && after == Some(&b':') {
                    self.take_key(inner);
                }
                return false;
            }
            _ if wanted => {
                let line = memchr::memchr(b'\n', &self.text.as_bytes()[self.at..])
                    .map_or(self.text.len(), |end| self.at + end);
                let rest = self.text.get(self.at..line).unwrap_or_default();
                let end = find_end_of_key(rest);
                let key = end.and_then(|end| rest.get(..end)).map(str::to_owned);
                self.at += end.unwrap_or(1).max(1);
                while !self.text.is_char_boundary(self.at) {
                    self.at += 1;
                }
                if let Some(key) = key {
                    self.take_key(&key);
                }
                return false;
            }
            _ => self.at += 1,
        }
        wanted
    }

    /// A quote opens a text only behind a sign; in a scalar it is an apostrophe.
    fn follows_sign(&self) -> bool {
        self.text.as_bytes()[..self.at]
            .iter()
            .rev()
            .find(|byte| !matches!(byte, b' ' | b'\t'))
            .is_some_and(|byte| matches!(byte, b':' | b'[' | b'{' | b',' | b'-'))
    }

    fn find_end_of_quoted(&self, mut at: usize, quote: u8) -> usize {
        while let Some(byte) = self.text.as_bytes().get(at) {
            match *byte {
                b'\\' if quote == b'"' => at += 2,
                // an open quote costs its line and no more
                b'\n' => return at,
                byte if byte == quote => return at,
                _ => at += 1,
            }
        }
        self.text.len()
    }

    fn take_key(&mut self, key: &str) {
        if key.starts_with('/') {
            if self.found.len() < ADDRESSES {
                self.found.push((key.to_owned(), Vec::new()));
                let rest = self.text.get(self.at..).unwrap_or_default();
                let rest = rest.trim_start_matches([':', ' ', '\t', '\r', '\n']);
                self.open = Some(OpenAddress {
                    depth: self.depth,
                    indent: self.indent,
                    child: None,
                    is_flow: rest.starts_with('{'),
                });
            }
            return;
        }
        let Some(open) = &mut self.open else { return };
        let below = self.depth == open.depth && self.indent > open.indent;
        if self.depth < open.depth || self.depth == open.depth && !below {
            self.open = None;
            // keys beside or above the address mean that its methods are over
            return;
        }
        let is_child = if open.is_flow {
            self.depth == open.depth + 1
        } else {
            // `parameters:` holds keys of its own further in, which are no methods
            below && *open.child.get_or_insert(self.indent) == self.indent
        };
        if is_child
            && let Some(method) = read_method(key)
            && let Some((_, methods)) = self.found.last_mut()
        {
            methods.push(method);
        }
    }
}

/// Where a key without quotes ends: before a colon that a blank or the end follows.
fn find_end_of_key(rest: &str) -> Option<usize> {
    rest.match_indices(':')
        .map(|(at, _)| at)
        .find(|at| {
            rest.as_bytes()
                .get(at + 1)
                .is_none_or(|next| matches!(next, b' ' | b'\r' | b'\t' | b'{'))
        })
        .filter(|at| *at < 300 && !rest[..*at].contains(['"', '[', ',']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_with_the_methods_below_them() {
        let block = "openapi: 3.0.3\npaths:\n  # all cards\n  /cards/{id}/verify:\n    parameters: []\n    post:\n      responses:\n        \"200\": {description: it's fine}\n      x: {get: 1}\n    get: {}\n  '/jars':\n    delete: {}\ncomponents:\n  schemas:\n    Post:\n      properties:\n        put: {type: string}\n";
        let flow = "{\"openapi\": \"3.0.3\", \"paths\": {\"/cards/{id}/verify\": {\"post\": {\"x\": {\"put\": 1}}, \"get\": {}}, \"/jars\": {\"delete\": {}}}, \"put\": {}}";
        for text in [block, flow] {
            assert_eq!(
                read_addresses(text),
                [
                    ("/cards/{id}/verify".to_owned(), vec!["POST", "GET"]),
                    ("/jars".to_owned(), vec!["DELETE"]),
                ],
                "{text}"
            );
        }
    }

    fn way(kind: WayKind, method: Option<&'static str>, name: &str) -> WayIn {
        WayIn {
            kind,
            method,
            name: name.to_owned(),
            line: 1,
        }
    }

    #[test]
    fn a_file_of_one_kind_says_nothing_of_another() {
        let mut known = KnownWays::default();
        known.take(
            "openapi.yaml",
            "openapi: 3.0.0\nservers:\n  - url: https://a.example/shop/v2\npaths:\n  /cards/{id}/verify:\n    post: {}\n",
        );
        known.take("schema.graphql", "type Query { blobs: [ID!] }\n");
        known.take(
            "events.yaml",
            "asyncapi: 3.0.0\nchannels:\n  jar.sealed: {}\n",
        );
        let address = |method, name: &str| known.knows(&way(WayKind::Address, method, name));
        assert!(address(Some("POST"), "/cards/{card}/verify"));
        assert!(address(Some("POST"), "/shop/v2/cards/{id}/verify"));
        assert!(address(Some("POST"), "/{id}/verify") && address(None, "/verify"));
        assert!(!address(Some("DELETE"), "/cards/{id}/verify"));
        assert!(!address(Some("POST"), "/jars/cards/{id}/verify"));
        assert!(!address(Some("POST"), "/{id}") && !address(Some("GET"), "/blobs"));
        assert!(known.knows(&way(WayKind::Message, None, "jar.sealed")));
        assert!(!known.knows(&way(WayKind::Message, None, "blobs")));
        assert!(!known.knows(&way(WayKind::Command, None, "--verify")));
    }

    #[test]
    fn hostile_text_ends() {
        for text in ["\"", "{[{", "/a", "a: 'b", ": :", "é: {\"", "\\\"\\"] {
            read_addresses(text);
            read_bases(text);
        }
    }
}
