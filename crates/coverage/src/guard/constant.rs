//! Names with a number: constants, class attributes, definitions, keys and members whose name says
//! that they are a version, a format, a level.

use super::lex::{cut_program_tokens, find_language};
use super::token::{GuardToken, GuardTokenKind};
use super::words::{names_version, split_name_parts};

// generated tables of constants run to hundreds of thousands; a person names a few versions
/// Most constants of one file.
const MOST: usize = 2_000;

/// A name that holds a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionConstant {
    /// Its name.
    pub name: String,
    /// Its value as written, without quotes.
    pub value: String,
    /// Line, from 1.
    pub line: usize,
}

impl VersionConstant {
    /// Its value as a whole number; `None` for `1.2` and for words.
    pub fn number(&self) -> Option<u64> {
        parse_number_literal(self.value.trim_start_matches(['v', 'V']))
    }

    /// Whether it is above another one: by the numbers in both, first to last.
    pub fn above(&self, other: &Self) -> bool {
        let numbers = |text: &str| -> Vec<u64> {
            text.split(|c: char| !c.is_ascii_digit())
                .filter_map(|part| part.parse().ok())
                .take(6)
                // a version has four numbers at most, and what follows them is the name of a build
                .collect()
        };
        match (self.number(), other.number()) {
            // `1.10` is above `1.9`, which as texts it is not
            (Some(own), Some(other)) => own > other,
            _ => numbers(&self.value) > numbers(&other.value),
        }
    }
}

/// The value of a number as written: `4`, `4L`, `0x04`, `4u32`, `1_000`. `None` for fractions.
pub fn parse_number_literal(text: &str) -> Option<u64> {
    let plain: String = text
        // `1_000` of most languages, `1'000` of C++
        .chars()
        .filter(|c| *c != '_' && *c != '\'')
        .collect::<String>()
        .to_ascii_lowercase();
    if let Some(hex) = plain.strip_prefix("0x") {
        return u64::from_str_radix(hex.trim_end_matches(['u', 'l']), 16).ok();
    }
    let digits = plain.chars().take_while(char::is_ascii_digit).count();
    let rest = &plain[digits..];
    let suffix = [
        "", "l", "u", "ul", "ull", "i", "u8", "u16", "u32", "u64", "i8", "i16", "i32", "i64",
        "usize", "s", "b",
    ];
    suffix
        .contains(&rest)
        .then(|| plain[..digits].parse().ok())
        .flatten()
}

/// Constants of a file whose name says version, format, level or the like.
pub fn version_constants(path: &str, text: &str) -> Vec<VersionConstant> {
    let Some(language) = find_language(path) else {
        return Vec::new();
    };
    version_constants_in(&cut_program_tokens(language, text))
}

/// The same of a file whose tokens are at hand.
pub fn version_constants_in(tokens: &[GuardToken<'_>]) -> Vec<VersionConstant> {
    let mut found = Vec::new();
    for at in 0..tokens.len() {
        if found.len() >= MOST {
            break;
        }
        let name = &tokens[at];
        // the number is written under this key, so it is the version of what is stored
        // a key of a document that is written: {"version": 2}, put("version", 2)
        let key = name.kind == GuardTokenKind::Text
            && name.text.len() <= 40
            && !name.text.contains(char::is_whitespace);
        if !(name.kind == GuardTokenKind::Word || key) || !is_version_name(name.text) {
            continue;
        }
        let value = if key {
            find_written_number(tokens, at)
        } else {
            find_assigned_value(tokens, at)
        };
        if let Some(value) = value {
            found.push(VersionConstant {
                name: name.text.trim_start_matches(['@', '$']).to_owned(),
                value: value.text.to_owned(),
                line: name.line,
            });
        }
    }
    found
}

/// `VERSION`, `formatVersion`, and members such as `V4`, `VERSION_4`, `FormatV4`.
fn is_version_name(name: &str) -> bool {
    names_version(name)
        // what is current is held against what was met
        || name == "CURRENT"
        || name.contains(['v', 'V'])
            && name.contains(|c: char| c.is_ascii_digit())
            && split_name_parts(name).iter().any(|part| {
                part.strip_prefix('v')
                    .or_else(|| part.strip_prefix("version"))
                    // `V4` and `VERSION_4`: the number stands in the name, not only beside it
                    .is_some_and(|rest| {
                        !rest.is_empty() && rest.chars().all(|c| c.is_ascii_digit())
                    })
            })
}

/// The number written under the key at `at`.
fn find_written_number<'a, 't>(
    tokens: &'a [GuardToken<'t>],
    at: usize,
) -> Option<&'a GuardToken<'t>> {
    let sign = tokens.get(at + 1)?;
    let put = sign.is(",")
        // `put("version", 2)` writes it; any other call with these arguments may read it
        && at > 1
        && tokens[at - 1].is("(")
        && ["put", "set", "add", "field", "Put", "Set", "Add", "insert"]
            .contains(&tokens[at - 2].text);
    let kept = sign.is(":") || sign.is("=>") || put || sign.is("]") && tokens.get(at + 2)?.is("=");
    let value = tokens.get(if sign.is("]") { at + 3 } else { at + 2 })?;
    // `"version": 2 + offset` is worked out, so the number is not the version
    let ends = tokens.get(at + 3).is_none_or(|token| {
        [",", "}", ")", ";", "]"].iter().any(|sign| token.is(sign)) || token.first
    }) || sign.is("]");
    (kept
        && ends
        && value.kind == GuardTokenKind::Number
        && parse_number_literal(value.text).is_some())
    .then_some(value)
}

/// The number or text given to the name at `at`, on the same line.
fn find_assigned_value<'a, 't>(
    tokens: &'a [GuardToken<'t>],
    at: usize,
) -> Option<&'a GuardToken<'t>> {
    let name = &tokens[at];
    let behind: Vec<&GuardToken<'t>> = tokens
        .get(at + 1..)?
        .iter()
        // eight tokens hold a name, its type and its value; more is an expression
        .take(8)
        // a value on the next line belongs to it only where that line is not a statement of its own
        .take_while(|token| token.line == name.line || token.line == name.line + 1 && !token.first)
        .collect();
    // the bytes at the beginning of a file: `INDEX_MAGIC "STKIDX02"`
    // of a magic only the number at its end counts up, so a text without one names no version
    let magic = super::words::has_part(name.text, &["magic", "signature"]);
    let literal = |token: &&GuardToken<'t>| match token.kind {
        GuardTokenKind::Text if magic => {
            token.text.len() <= 24 && token.text.contains(|c: char| c.is_ascii_digit())
        }
        GuardTokenKind::Number => {
            parse_number_literal(token.text).is_some() || token.text.contains('.')
        }
        GuardTokenKind::Text => {
            let text = token.text.trim_start_matches(['v', 'V']);
            !text.is_empty()
                // texts such as `2024-01-01` and `1.2b3` are versions, a sentence is not
                && token.text.len() <= 24
                && text.starts_with(|c: char| c.is_ascii_digit())
                && text
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || "._-".contains(c))
        }
        _ => false,
    };
    // `#define NAME 4`, `@name 4`, `define('NAME', 4)` is read by its text elsewhere
    let defined = at > 0 && tokens[at - 1].is("define") || name.text.starts_with('@');
    let equals = behind
        .iter()
        .position(|token| token.is("=") || token.is(":=") || token.is("=>"));
    let candidate = match equals {
        // NAME = 4, NAME: u32 = 4, NAME Type = 4, NAME: Type = Type(4)
        // `NAME: Map<String, u32> = ..` has a type between; further off it is another assignment
        Some(equal) if equal <= 5 => behind
            .get(equal + 1..)?
            .iter()
            .find(|token| !token.is("(") && token.kind != GuardTokenKind::Word),
        _ if defined => behind.first(),
        // NAME(4) of an enum, NAME: 4 of a table of keys
        _ if behind.first()?.is("(")
            && name.text.chars().any(char::is_uppercase)
            && behind
                .get(2)
                .is_some_and(|token| token.is(")") || token.is(","))
            && name.first =>
        {
            behind.get(1)
        }
        _ if behind.first()?.is(":") => behind.get(1),
        _ => None,
    }?;
    // `MAX = 4 * 1024` is a size, `4.0 / 3` a ratio
    let follows = behind
        .iter()
        .skip_while(|token| !std::ptr::eq(**token, *candidate))
        .nth(1);
    let computed = follows.is_some_and(|token| {
        ["*", "/", "+", "-", "<", "<<", "|", "."]
            .iter()
            .any(|sign| token.is(sign))
    });
    Some(*candidate).filter(literal).filter(|_| !computed)
}
