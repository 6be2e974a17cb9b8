//! What stands before an address: the class, the block or the variable that carries its first part.

use std::collections::BTreeMap;

use super::lines::{CodeLine, is_word, read_literal};

/// Calls that open a block of addresses or give back a router for them.
const GROUPS: [&str; 18] = [
    "route",
    "group",
    "grouped",
    "scope",
    "namespace",
    "prefix",
    "nest",
    "pathprefix",
    "mapgroup",
    "subrouter",
    "blueprint",
    "apirouter",
    "router",
    "resource",
    "resources",
    "newrouter",
    "context",
    "path",
];

/// Longest first part of an address, in bytes.
const LONGEST: usize = 400;

/// Most blocks that stand in each other.
const DEPTH: usize = 32;

/// First parts of addresses while a text is read from above.
#[derive(Debug, Default)]
pub(super) struct Scopes<'a> {
    /// Indent of the line that opened a block, and what it adds.
    blocks: Vec<(usize, String)>,
    routers: BTreeMap<&'a str, String>,
    class: Option<(usize, String)>,
}

impl<'a> Scopes<'a> {
    /// Leaves the blocks that end before this line.
    pub(super) fn enter(&mut self, line: &CodeLine<'_>) {
        let closing = line
            .tokens
            .iter()
            .all(|token| matches!(*token, "}" | ")" | "]" | ";" | "," | "end"));
        if !closing {
            self.blocks.retain(|(indent, _)| *indent < line.indent);
        }
        if self
            .class
            .as_ref()
            .is_some_and(|(indent, _)| line.indent < *indent)
        {
            self.class = None;
        }
    }

    /// The first part that a class says for all its methods.
    pub(super) fn open_class(&mut self, indent: usize, prefix: String) {
        self.class = Some((indent, prefix));
    }

    /// Takes in a line that opens a block or gives a router its first part; the part where it did.
    pub(super) fn take(&mut self, line: &CodeLine<'a>, follows_deeper: bool) -> Option<String> {
        let (at, prefix) = find_group(line)?;
        // `>=>` and `=>` give nothing a value
        let equals = line.tokens.iter().enumerate().position(|(index, token)| {
            *token == "="
                && !matches!(line.before(index, 1), ">" | "<" | "!" | "=")
                && !matches!(line.at(index + 1), ">" | "=" | "~")
        });
        if let Some(equals) = equals.filter(|equals| *equals < at) {
            let word = line.tokens[..equals]
                .iter()
                .rev()
                .find(|token| is_word(token));
            if let Some(word) = word {
                let whole = join_address(&self.of_receiver(line, at), &prefix);
                // one that grows with every line is no address
                if whole.len() <= LONGEST {
                    self.routers.insert(word, whole);
                }
                return Some(prefix);
            }
        }
        let opens = line
            .tokens
            .last()
            .is_some_and(|last| matches!(*last, "{" | "do" | "(" | "[" | "|" | ">" | ","));
        if opens && follows_deeper && self.blocks.len() < DEPTH && prefix.len() <= LONGEST {
            self.blocks.push((line.indent, prefix.clone()));
            return Some(prefix);
        }
        None
    }

    /// What stands before an address that the call at this place gives.
    pub(super) fn prefix(&self, line: &CodeLine<'_>, at: usize) -> String {
        let mut prefix = self
            .class
            .as_ref()
            .map_or_else(String::new, |(_, prefix)| prefix.clone());
        for (_, part) in &self.blocks {
            prefix = join_address(&prefix, part);
        }
        join_address(&prefix, &self.of_receiver(line, at))
    }

    /// What the router that is called here carries.
    fn of_receiver(&self, line: &CodeLine<'_>, at: usize) -> String {
        line.tokens
            .iter()
            .take(at)
            .rev()
            .find_map(|token| self.routers.get(token))
            .cloned()
            .unwrap_or_default()
    }
}

/// A call that groups addresses, and its first part.
fn find_group(line: &CodeLine<'_>) -> Option<(usize, String)> {
    if line.tokens == ["member", "do"] {
        return Some((0, "{id}".to_owned()));
    }
    line.tokens.iter().enumerate().find_map(|(at, token)| {
        let bare = token.strip_prefix("New").unwrap_or(token);
        let is_group = GROUPS.iter().any(|group| group.eq_ignore_ascii_case(bare));
        let mut prefix = is_group.then(|| read_prefix(line, at)).flatten()?;
        // a blueprint's first text is its name; only `url_prefix` stands before its addresses
        if bare.eq_ignore_ascii_case("blueprint") && !line.has("url_prefix") {
            prefix.clear();
        }
        Some((at, prefix))
    })
}

/// The first part of addresses that a call at this place gives.
fn read_prefix(line: &CodeLine<'_>, at: usize) -> Option<String> {
    let called = line.at(at + 1) == "(";
    let next = if called { at + 2 } else { at + 1 };
    // a symbol
    if line.at(next) == ":" && is_word(line.at(next + 1)) {
        return Some(line.at(next + 1).to_owned());
    }
    let named = || {
        line.literals().find(|(index, _)| {
            *index > next
                && matches!(line.before(*index, 1), "=" | ":")
                && matches!(
                    line.before(*index, 2),
                    "prefix" | "url_prefix" | "path" | "basePath"
                )
        })
    };
    called
        .then(named)
        .flatten()
        .map(|(_, text)| text)
        .or_else(|| read_literal(line.at(next)))
        .filter(|text| !text.contains(' '))
        .map(str::to_owned)
}

/// Two parts of an address as one.
pub(super) fn join_address(first: &str, second: &str) -> String {
    match (first.trim_end_matches('/'), second.trim_matches('/')) {
        ("", "") => String::new(),
        ("", second) => format!("/{second}"),
        (first, "") => first.to_owned(),
        (first, second) => format!("/{}/{second}", first.trim_start_matches('/')),
    }
}
