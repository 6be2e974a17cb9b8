//! Types and their fields, as far as *which field is new* goes: classes, structs, records, enums
//! and schema objects of the usual languages.

use super::field_place::FieldPlace;
use super::wire_name::{find_wire_name, read_coding_keys};
use coverage::guard::{GuardLanguage, GuardToken, TokenKind};

/// Most types of one file, and fields of one type.
const TYPES: usize = 500;
const FIELDS: usize = 500;

/// Most tokens of one type.
const BODY: usize = 20_000;

/// A type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TypeDef {
    /// Its name.
    pub name: String,
    /// Line of its name, from 1.
    pub line: usize,
    /// Last line of its body.
    pub end: usize,
    /// Fields (variants of an enum) with their lines.
    pub fields: Vec<(String, usize)>,
    /// The names under which the fields are stored, in their order; `None` for one that is not.
    pub stored: Vec<Option<String>>,
    /// Annotations above it and its declaration, as written.
    pub head: String,
    /// Its text.
    pub body: String,
    /// It is an enum: its fields are variants.
    pub choice: bool,
}

impl TypeDef {
    /// Fields that only this one stores, whatever they are called in the program text.
    pub fn gained<'t>(&'t self, old: &Self) -> Vec<&'t (String, usize)> {
        let fields = self.fields.iter().zip(&self.stored);
        fields
            .filter(|(_, stored)| stored.is_some() && !old.stored.contains(stored))
            .map(|(field, _)| field)
            .collect()
    }

    /// Fields with the names under which they are stored, without those that are not.
    pub fn list_stored(&self) -> impl Iterator<Item = (&str, usize, &str)> {
        let fields = self.fields.iter().zip(&self.stored);
        fields.filter_map(|((name, line), stored)| Some((name.as_str(), *line, stored.as_deref()?)))
    }

    /// Its text or what stands above it holds one of these.
    pub fn says(&self, words: &[&str]) -> bool {
        words
            .iter()
            .any(|word| self.head.contains(word) || self.body.contains(word))
    }
}

/// All types of a file whose tokens are at hand.
pub(super) fn read_in(
    language: GuardLanguage,
    text: &str,
    tokens: &[GuardToken<'_>],
) -> Vec<TypeDef> {
    let lines: Vec<&str> = text.lines().collect();
    let mut types = Vec::new();
    for at in 0..tokens.len() {
        if types.len() >= TYPES {
            break;
        }
        types.extend(type_at(language, tokens, at, &lines));
    }
    types
}

/// Where a type's name stands, where its body begins and ends.
struct Frame {
    name: usize,
    body: std::ops::Range<usize>,
    choice: bool,
}

fn type_at(
    language: GuardLanguage,
    tokens: &[GuardToken<'_>],
    at: usize,
    lines: &[&str],
) -> Option<TypeDef> {
    let frame = find_type_frame(language, tokens, at)?;
    let body = tokens.get(frame.body.clone())?;
    let mut fields = list_type_fields(language, tokens, &frame);
    fields.truncate(FIELDS);
    let name = &tokens[frame.name];
    let end = body.last().map_or(name.line, |token| token.line);
    let head_from = (0..name.line.saturating_sub(1))
        .rev()
        .take(12)
        .take_while(|&index| {
            lines
                .get(index)
                .is_some_and(|line| line.trim_start().starts_with(['@', '#', '[', ')']))
        })
        .last();
    let head = lines
        .get(head_from.unwrap_or(name.line - 1)..name.line.min(lines.len()))
        .unwrap_or_default()
        .join("\n");
    let behind = if language.name == "js" { 3 } else { 0 };
    let body = lines
        .get(name.line - 1..(end + behind).min(lines.len()).min(name.line + 600))
        .unwrap_or_default()
        .join("\n");
    let keys = read_coding_keys(language, &body);
    let stored = (fields.iter())
        .map(|(name, line)| find_wire_name(language, lines, (name, *line), &keys))
        .collect();
    Some(TypeDef {
        name: name.text.trim_start_matches('$').to_owned(),
        line: name.line,
        end,
        fields,
        stored,
        head,
        body,
        choice: frame.choice,
    })
}

fn find_type_frame(language: GuardLanguage, tokens: &[GuardToken<'_>], at: usize) -> Option<Frame> {
    let word = &tokens[at];
    if word.kind != TokenKind::Word || at > 0 && (tokens[at - 1].is(".") || tokens[at - 1].is("::"))
    {
        return None;
    }
    let next = tokens.get(at + 1)?;
    match (language.name, word.text) {
        ("go", "type") => find_go_frame(tokens, at),
        ("ex", "defstruct") => find_elixir_frame(tokens, at),
        ("py" | "rb", "class") if next.kind == TokenKind::Word => {
            Some(find_indented_frame(language, tokens, at))
        }
        ("rb", _) if next.is("=") => find_struct_frame(tokens, at),
        ("js", _) if next.is("=") || next.is(":") => find_schema_object_frame(tokens, at),
        (_, "class" | "struct" | "record" | "interface" | "enum" | "object" | "data")
            if !matches!(language.name, "py" | "rb" | "ex" | "go") =>
        {
            find_braced_frame(tokens, at)
        }
        _ => None,
    }
}

fn find_go_frame(tokens: &[GuardToken<'_>], at: usize) -> Option<Frame> {
    let is_struct = tokens.get(at + 2)?.is("struct") && tokens.get(at + 3)?.is("{");
    is_struct.then(|| Frame {
        name: at + 1,
        body: at + 3..find_bracket_end(tokens, at + 3),
        choice: false,
    })
}

fn find_elixir_frame(tokens: &[GuardToken<'_>], at: usize) -> Option<Frame> {
    let (word, next) = (&tokens[at], tokens.get(at + 1)?);
    let module = (0..at)
        .rev()
        .take(BODY)
        .find(|&before| tokens[before].is("defmodule"))?;
    let last = (module + 1..at)
        .take_while(|&part| tokens[part].line == tokens[module].line && !tokens[part].is("do"))
        .last()?;
    let end = if next.is("[") {
        find_bracket_end(tokens, at + 1)
    } else {
        at + 1
            + tokens[at + 1..]
                .iter()
                .take(400)
                .take_while(|token| token.line == word.line || token.indent > word.indent)
                .count()
    };
    Some(Frame {
        name: last,
        body: at + 1..end,
        choice: false,
    })
}

/// A class whose body is told by indentation or an `end` at its own.
fn find_indented_frame(language: GuardLanguage, tokens: &[GuardToken<'_>], at: usize) -> Frame {
    let word = &tokens[at];
    let mut name = at + 1;
    // Cart::Line
    while language.name == "rb" && tokens.get(name + 1).is_some_and(|token| token.is("::")) {
        name += 2;
    }
    let length = tokens[name..]
        .iter()
        .take(BODY)
        .take_while(|token| token.line == word.line || token.indent > word.indent)
        .count();
    Frame {
        name,
        body: name + 1..name + length,
        choice: false,
    }
}

/// `Job = Struct.new(:name, keyword_init: true)`, `Job = Data.define(:name)`.
fn find_struct_frame(tokens: &[GuardToken<'_>], at: usize) -> Option<Frame> {
    let made = matches!(
        (tokens.get(at + 2)?.text, tokens.get(at + 4)?.text),
        ("Struct", "new") | ("Data", "define")
    );
    (made && tokens.get(at + 3)?.is(".") && tokens.get(at + 5)?.is("(")).then(|| Frame {
        name: at,
        body: at + 1..find_bracket_end(tokens, at + 5),
        choice: false,
    })
}

/// `const Job = z.object({...})` and its like.
fn find_schema_object_frame(tokens: &[GuardToken<'_>], at: usize) -> Option<Frame> {
    let name = tokens[at].text;
    let open = tokens[at + 1..]
        .iter()
        .take(14)
        .position(|token| token.is("{"))?
        + at
        + 1;
    let maker = tokens[at + 1..open].iter().any(|token| {
        [
            "object",
            "strictObject",
            "looseObject",
            "Schema",
            "strict",
            "struct",
        ]
        .contains(&token.text)
    });
    let named =
        name.chars().next().is_some_and(char::is_alphabetic) && tokens.get(open - 1)?.is("(");
    (maker && named).then(|| Frame {
        name: at,
        body: open..find_bracket_end(tokens, open),
        choice: false,
    })
}

fn find_braced_frame(tokens: &[GuardToken<'_>], at: usize) -> Option<Frame> {
    let (word, next) = (&tokens[at], tokens.get(at + 1)?);
    // `record struct Name`, `data class Name`, `enum class Name`
    let name =
        if matches!(next.text, "class" | "struct") && tokens.get(at + 2)?.kind == TokenKind::Word {
            at + 2
        } else {
            at + 1
        };
    let named = tokens.get(name)?.kind == TokenKind::Word
        && tokens[name]
            .text
            .chars()
            .next()
            .is_some_and(char::is_alphabetic);
    let begun = at > 0
        && matches!(tokens[at - 1].text, "data" | "enum" | "record")
        && word.text != "record";
    if !named || begun {
        return None;
    }
    let open = tokens[name..].iter().take(200).position(|token| {
        token.is("{")
            || token.is(";")
            || token.first
                && token.line > tokens[name].line + 1
                && token.indent <= word.indent
                && !token.is("{")
    });
    let open = open.map(|open| name + open);
    let end = open.filter(|&open| tokens[open].is("{")).map_or_else(
        || open.unwrap_or(tokens.len()),
        |open| find_bracket_end(tokens, open),
    );
    Some(Frame {
        name,
        body: name + 1..end,
        choice: word.is("enum") || at > 0 && tokens[at - 1].is("enum"),
    })
}

/// Behind the bracket that closes the one at `open`.
fn find_bracket_end(tokens: &[GuardToken<'_>], open: usize) -> usize {
    let mut depth = 0_i32;
    let length = tokens[open..].iter().take(BODY).position(|token| {
        depth += i32::from(token.is("{") || token.is("(") || token.is("["))
            - i32::from(token.is("}") || token.is(")") || token.is("]"));
        depth == 0
    });
    length.map_or(tokens.len().min(open + BODY), |length| open + length + 1)
}

fn list_type_fields(
    language: GuardLanguage,
    tokens: &[GuardToken<'_>],
    frame: &Frame,
) -> Vec<(String, usize)> {
    let body = &tokens[frame.body.clone()];
    let mut fields: Vec<(String, usize)> = Vec::new();
    let mut add = |name: &str, line: usize| {
        let name = name.trim_start_matches(['$', '@']).to_owned();
        if !name.is_empty()
            && fields.len() < FIELDS
            && !fields.iter().any(|(other, _)| *other == name)
        {
            fields.push((name, line));
        }
    };
    let inner = body
        .iter()
        .find(|token| token.line > tokens[frame.name].line)
        .map_or(0, |token| token.indent);
    let (mut braces, mut rounds) = (0_i32, 0_i32);
    let mut opened = false;
    for (at, token) in body.iter().enumerate() {
        match token.text {
            "{" if token.kind == TokenKind::Sign => {
                braces += 1;
                opened = true;
            }
            "}" if token.kind == TokenKind::Sign => braces -= 1,
            "(" | "[" if token.kind == TokenKind::Sign => rounds += 1,
            ")" | "]" if token.kind == TokenKind::Sign => rounds -= 1,
            _ => {}
        }
        if token.kind != TokenKind::Word {
            continue;
        }
        // names in what is written: @JsonProperty("byOffset")
        if matches!(
            token.text.trim_start_matches('@'),
            "JsonProperty"
                | "SerialName"
                | "JsonPropertyName"
                | "Json"
                | "SerializedName"
                | "JsonKey"
        ) && rounds <= 2
        {
            let text = body[at + 1..]
                .iter()
                .take(5)
                .find(|token| token.kind == TokenKind::Text);
            text.into_iter().for_each(|text| add(text.text, text.line));
            continue;
        }
        let place = FieldPlace {
            language,
            choice: frame.choice,
            body,
            at,
            braces,
            rounds,
            opened,
            inner,
        };
        if place.is_field() {
            add(token.text, token.line);
        }
    }
    fields
}

#[cfg(test)]
mod tests;
