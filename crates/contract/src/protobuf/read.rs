//! One .proto file as messages, enums and services. What is not understood is skipped and its line
//! kept.

use std::collections::BTreeSet;

pub(crate) use super::model::*;
use super::token::cut_protobuf_tokens;
use crate::document::LineIndex;
use crate::format_token::FormatToken;

// the reader calls itself for each level
/// Deepest nesting of messages.
const MAX_DEPTH: usize = 64;

/// Reads a file; never fails.
pub(crate) fn read_protobuf(text: &str) -> ProtobufFile {
    let all = cut_protobuf_tokens(text);
    let mut reader = ProtobufReader {
        tokens: &all,
        at: 0,
        file: ProtobufFile {
            // what protoc takes where no syntax is written
            syntax: "proto2".to_owned(),
            ..ProtobufFile::default()
        },
    };
    reader.top();
    reader.file.note_clashes();
    let rpcs = reader
        .file
        .services
        .values()
        .flat_map(|service| &service.rpcs);
    // by the short name: the file may write the package or not
    let taken = rpcs
        .filter_map(|rpc| {
            rpc.request
                .trim_start_matches('.')
                .rsplit('.')
                .next()
                .map(str::to_owned)
        })
        .collect();
    ProtobufFile {
        index: LineIndex::new(text),
        taken,
        ..reader.file
    }
}

pub(super) struct ProtobufReader<'a> {
    tokens: &'a [FormatToken<'a>],
    pub(super) at: usize,
    file: ProtobufFile,
}

fn join_scoped_name(scope: &str, name: &str) -> String {
    if scope.is_empty() {
        name.to_owned()
    } else {
        format!("{scope}.{name}")
    }
}

impl<'a> ProtobufReader<'a> {
    pub(super) fn peek(&self) -> Option<FormatToken<'a>> {
        self.tokens.get(self.at).copied()
    }

    pub(super) fn ahead(&self, by: usize) -> Option<FormatToken<'a>> {
        self.tokens.get(self.at + by).copied()
    }

    pub(super) fn next(&mut self) -> Option<FormatToken<'a>> {
        let token = self.peek();
        self.at += 1;
        token
    }

    pub(super) fn eat(&mut self, word: &str) -> bool {
        let found = self.peek().is_some_and(|token| token.is(word));
        self.at += usize::from(found);
        found
    }

    pub(super) fn line(&self) -> usize {
        self.tokens
            .get(self.at.min(self.tokens.len().saturating_sub(1)))
            .map_or(1, |token| token.line)
    }

    /// Line of the token before the cursor.
    pub(super) fn last_line(&self) -> usize {
        self.at
            .checked_sub(1)
            .and_then(|at| self.tokens.get(at))
            .map_or(1, |token| token.line)
    }

    /// Skips a statement or block that is not understood.
    pub(super) fn skip(&mut self, noted: bool) {
        if noted {
            let line = self.line();
            self.file.unread.push(line);
        }
        // by braces, so that the rest of the file is read
        let mut depth = 0usize;
        while let Some(token) = self.next() {
            if token.is("{") {
                depth += 1;
            } else if token.is("}") {
                if depth <= 1 {
                    if depth == 0 {
                        self.at -= 1;
                    }
                    return;
                }
                depth -= 1;
            } else if token.is(";") && depth == 0 {
                return;
            }
        }
    }

    /// Tokens up to one of `ends` outside of brackets, as one text.
    pub(super) fn text_until(&mut self, ends: &[&str]) -> String {
        // a brace in an option's value is no end of the statement
        let mut out = String::new();
        let mut depth = 0usize;
        while let Some(token) = self.peek() {
            if depth == 0 && ends.iter().any(|end| token.is(end)) {
                break;
            }
            if ["{", "[", "("].iter().any(|open| token.is(open)) {
                depth += 1;
            } else if ["}", "]", ")"].iter().any(|close| token.is(close)) {
                if depth == 0 {
                    break;
                }
                depth -= 1;
            }
            self.at += 1;
            // an option may hold a whole message; what is behind is told by its beginning
            if out.len() < 4_000 {
                // names and signs belong together, words are kept apart
                let tight = |text: &str| text.starts_with(['(', ')', '.', '<', '>', ',', '-']);
                if !out.is_empty() && !tight(token.text) && !out.ends_with(['(', '<', '.', '-']) {
                    out.push(' ');
                }
                if token.string {
                    out.push('"');
                    out.push_str(token.text);
                    out.push('"');
                } else {
                    out.push_str(token.text);
                }
            }
        }
        out
    }

    /// After `option`: `name = value ;`.
    pub(super) fn option(&mut self, into: &mut ProtobufOptions) {
        let name = self.text_until(&["=", ";"]).replace(' ', "");
        if self.eat("=") {
            let value = self.text_until(&[";"]);
            into.insert(name, value.trim_matches('"').to_owned());
        }
        self.eat(";");
    }

    fn top(&mut self) {
        while let Some(token) = self.peek() {
            let before = self.at;
            if token.string {
                self.skip(true);
                continue;
            }
            match token.text {
                // a brace too many must not end the file
                ";" | "}" => self.at += 1,
                "syntax" | "edition" => {
                    self.at += 1;
                    self.eat("=");
                    self.file.syntax = self
                        .next()
                        .map_or_else(String::new, |token| token.text.to_owned());
                    self.eat(";");
                }
                "package" => {
                    self.at += 1;
                    self.file.package = self.text_until(&[";"]).replace(' ', "");
                    self.eat(";");
                }
                "import" => self.skip(false),
                "option" => {
                    self.at += 1;
                    let mut options = std::mem::take(&mut self.file.options);
                    self.option(&mut options);
                    self.file.options = options;
                }
                _ => {
                    let scope = self.file.package.clone();
                    if !self.definition(&scope, 0) {
                        self.skip(true);
                    }
                }
            }
            if self.at == before {
                self.at += 1;
            }
        }
    }

    /// `message`, `enum`, `service`, `extend`. `false` when it is none of them.
    fn definition(&mut self, scope: &str, depth: usize) -> bool {
        let Some(token) = self.peek() else {
            return false;
        };
        // edition 2024 says so in front of a message
        if ["export", "local"].iter().any(|word| token.is(word))
            && self
                .ahead(1)
                .is_some_and(|next| ["message", "enum"].contains(&next.text))
        {
            self.at += 1;
            return self.definition(scope, depth + 1);
        }
        // `message Card {`: without the brace it is a field of a type called `message`
        let (Some(name), Some(open)) = (self.ahead(1), self.ahead(2)) else {
            return false;
        };
        if depth > MAX_DEPTH || !open.is("{") {
            return false;
        }
        let from = token.line;
        match token.text {
            "message" => {
                self.at += 3;
                let full = join_scoped_name(scope, name.text);
                let message = self.message(&full, from, depth);
                self.add_message(full, message);
            }
            "enum" => {
                self.at += 3;
                let value = self.enumeration(from);
                let full = join_scoped_name(scope, name.text);
                if self.file.enums.insert(full.clone(), value).is_some() {
                    self.file.refuse(from, format!("it defines {full} twice"));
                }
            }
            "service" => {
                self.at += 3;
                let service = self.service(from);
                let full = join_scoped_name(scope, name.text);
                if self.file.services.insert(full.clone(), service).is_some() {
                    self.file.refuse(from, format!("it defines {full} twice"));
                }
            }
            "extend" => {
                self.at += 3;
                let mut holder = ProtobufMessage::default();
                // an extension's own types are told apart from those of the scope
                let inner = format!("{scope}.extend");
                self.members(&inner, &mut holder, None, depth);
                for field in holder.fields {
                    self.file.extensions.insert(
                        (name.text.trim_start_matches('.').to_owned(), field.number),
                        field,
                    );
                }
            }
            _ => return false,
        }
        true
    }

    fn add_message(&mut self, full: String, message: ProtobufMessage) {
        let line = message.lines.from;
        if self.file.messages.insert(full.clone(), message).is_some() {
            self.file.refuse(line, format!("it defines {full} twice"));
        }
    }

    fn message(&mut self, full: &str, from: usize, depth: usize) -> ProtobufMessage {
        let mut message = ProtobufMessage::default();
        self.members(full, &mut message, None, depth);
        // oneofs are compared by the numbers in them
        for field in &message.fields {
            if let Some(oneof) = &field.oneof {
                let known = message
                    .oneof_numbers
                    .entry(oneof.clone())
                    .or_insert((field.number, false));
                known.1 |= known.0 != field.number;
            }
        }
        message.lines = ProtobufLines {
            from,
            to: self.last_line(),
        };
        message
    }

    /// Members up to and with the closing brace.
    fn members(
        &mut self,
        full: &str,
        message: &mut ProtobufMessage,
        oneof: Option<&str>,
        depth: usize,
    ) {
        while let Some(token) = self.peek() {
            let before = self.at;
            if token.is("}") {
                self.at += 1;
                return;
            }
            let next_is_block = self.ahead(2).is_some_and(|open| open.is("{"));
            match token.text {
                ";" => self.at += 1,
                "option"
                    if !self.ahead(2).is_some_and(|token| {
                        token.is("=")
                            && self
                                .ahead(3)
                                .is_some_and(|n| parse_field_number(n.text).is_some())
                    }) =>
                {
                    self.at += 1;
                    self.option(&mut message.options);
                }
                "oneof" if next_is_block => {
                    let name = self
                        .ahead(1)
                        .map_or_else(String::new, |token| token.text.to_owned());
                    self.at += 3;
                    message.oneofs.insert(name.clone());
                    // a oneof in a oneof is not valid; it is read flat
                    if depth < MAX_DEPTH {
                        self.members(full, message, Some(&name), depth + 1);
                    } else {
                        self.skip(true);
                    }
                }
                // `reserved` may be a field's type: then a name follows
                "reserved"
                    if !self.ahead(1).is_some_and(|token| {
                        token.text.starts_with(|c: char| c.is_alphabetic())
                    }) || self.reserved_names_follow() =>
                {
                    self.at += 1;
                    self.reserved(&mut message.reserved, &mut message.reserved_names);
                }
                "extensions"
                    if self
                        .ahead(1)
                        .is_some_and(|token| parse_field_number(token.text).is_some()) =>
                {
                    self.at += 1;
                    let mut ranges = Vec::new();
                    self.reserved(&mut ranges, &mut BTreeSet::new());
                    message.ranges.extend(ranges);
                }
                "message" | "enum" | "extend" if next_is_block => {
                    if !self.definition(full, depth + 1) {
                        self.skip(true);
                    }
                }
                _ => {
                    if !self.field(full, message, oneof, depth) {
                        self.at = before;
                        self.skip(true);
                    }
                }
            }
            if self.at == before {
                self.at += 1;
            }
        }
    }

    /// Editions reserve names without quotes.
    fn reserved_names_follow(&self) -> bool {
        self.ahead(2)
            .is_some_and(|token| token.is(",") || token.is(";"))
    }

    pub(super) fn reserved(&mut self, ranges: &mut Vec<(i64, i64)>, names: &mut BTreeSet<String>) {
        while let Some(token) = self.peek() {
            if token.is(";") || token.is("}") {
                break;
            }
            self.at += 1;
            if token.is("[") {
                self.text_until(&["]"]);
                self.eat("]");
                continue;
            }
            let minus = token.is("-");
            let own = if minus {
                self.next().unwrap_or(token)
            } else {
                token
            };
            if let Some(from) = parse_field_number(own.text).filter(|_| !own.string) {
                let from = if minus { -from } else { from };
                let mut to = from;
                if self.eat("to") {
                    let minus = self.eat("-");
                    to = self.next().map_or(from, |token| {
                        // `to max`
                        parse_field_number(token.text).unwrap_or(i64::MAX)
                    });
                    to = if minus { -to } else { to };
                }
                ranges.push((from, to));
            } else if !own.is(",") {
                names.insert(own.text.to_owned());
            }
        }
        self.eat(";");
    }

    fn field(
        &mut self,
        full: &str,
        message: &mut ProtobufMessage,
        oneof: Option<&str>,
        depth: usize,
    ) -> bool {
        let from = self.line();
        let label = match self.peek().map(|token| token.text) {
            Some("optional") => Label::Optional,
            Some("required") => Label::Required,
            Some("repeated") => Label::Repeated,
            _ => Label::None,
        };
        // a type may itself be called like a label
        let label = if self.ahead(1).is_some_and(|token| token.is("=")) {
            Label::None
        } else {
            label
        };
        self.at += usize::from(label != Label::None);
        let Some(first) = self.next().filter(|token| {
            !token.string
                && token
                    .text
                    .starts_with(|c: char| c.is_alphabetic() || c == '_' || c == '.')
        }) else {
            return false;
        };
        let mut kind = first.text.to_owned();
        let group = kind == "group";
        if kind == "map" && self.eat("<") {
            kind = format!("map<{}>", self.text_until(&[">"]).replace(' ', ""));
            self.eat(">");
        }
        let Some(name) = self.next().filter(|token| !token.string) else {
            return false;
        };
        if !self.eat("=") {
            return false;
        }
        let Some(number) = self.next().and_then(|token| parse_field_number(token.text)) else {
            return false;
        };
        let mut options = ProtobufOptions::new();
        if self.eat("[") {
            while self
                .peek()
                .is_some_and(|token| !token.is("]") && !token.is(";"))
            {
                let key = self.text_until(&["=", ",", "]"]).replace(' ', "");
                let value = if self.eat("=") {
                    self.text_until(&[",", "]"])
                } else {
                    String::new()
                };
                options.insert(key, value.trim_matches('"').to_owned());
                if !self.eat(",") {
                    break;
                }
            }
            self.eat("]");
        }
        if group && self.eat("{") {
            let inner = join_scoped_name(full, name.text);
            if depth >= MAX_DEPTH {
                return false;
            }
            let body = self.message(&inner, from, depth + 1);
            self.add_message(inner, body);
            kind = format!("group {}", name.text);
        } else if !self.eat(";") {
            return false;
        }
        let lines = ProtobufLines {
            from,
            to: self.last_line(),
        };
        message.fields.push(ProtobufField {
            name: name.text.to_owned(),
            number,
            label,
            kind,
            oneof: oneof.map(str::to_owned),
            options,
            lines,
        });
        true
    }
}

pub(super) fn parse_field_number(text: &str) -> Option<i64> {
    match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(hex) => i64::from_str_radix(hex, 16).ok(),
        None => text.parse().ok(),
    }
}

#[cfg(test)]
mod tests;
