//! Program text as lines of tokens, comments left out.

use super::super::tokens::{END, TokenReader};

/// Longest line that is taken apart, in bytes, and most tokens of one.
const LINE: usize = 2_000;
const TOKENS: usize = 400;

/// A line that holds program text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CodeLine<'a> {
    /// From 1.
    pub number: usize,
    /// Blanks before it; a tab counts as four.
    pub indent: usize,
    /// Words, quoted texts and single signs.
    pub tokens: Vec<&'a str>,
}

impl<'a> CodeLine<'a> {
    /// The token at a place, empty where there is none.
    pub(super) fn at(&self, index: usize) -> &'a str {
        self.tokens.get(index).copied().unwrap_or_default()
    }

    /// The token so many places before another, empty where there is none.
    pub(super) fn before(&self, index: usize, back: usize) -> &'a str {
        index.checked_sub(back).map_or("", |at| self.at(at))
    }

    /// Whether a word stands in it.
    pub(super) fn has(&self, word: &str) -> bool {
        self.tokens.contains(&word)
    }

    /// Quoted texts with their places.
    pub(super) fn literals(&self) -> impl Iterator<Item = (usize, &'a str)> {
        self.tokens
            .iter()
            .enumerate()
            .filter_map(|(at, token)| Some((at, read_literal(token)?)))
    }
}

/// What stands between the quotes of a quoted text.
pub(super) fn read_literal(token: &str) -> Option<&str> {
    // most tokens are no texts, and all of a file pass here: at most three letters stand before one
    let begins = token
        .bytes()
        .take(4)
        .position(|byte| matches!(byte, b'"' | b'\'' | b'`'))?;
    let (mark, bare) = token.split_at_checked(begins)?;
    if !mark
        .bytes()
        .all(|byte| byte.is_ascii_alphabetic() || b"$@#~".contains(&byte))
    {
        return None;
    }
    let quote = bare.chars().next()?;
    let inner = bare.trim_start_matches(quote);
    Some(inner.trim_end_matches('#').trim_end_matches(quote))
}

pub(super) fn is_word(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphabetic() || c == '_' || c == '$')
        && read_literal(token).is_none()
}

/// The lines of a text. Where it is not sure what a comment is, lines that begin like one are left
/// out.
pub(super) fn read_code_lines<'a>(path: &str, text: &'a str) -> Vec<CodeLine<'a>> {
    let mut lines: Vec<CodeLine<'a>> = text
        .lines()
        .enumerate()
        .map(|(at, line)| CodeLine {
            number: at + 1,
            indent: count_indent(line),
            tokens: Vec::new(),
        })
        .collect();
    match TokenReader::new(path, text).and_then(TokenReader::finish) {
        Some(tokens) => {
            for token in tokens.iter().filter(|token| token.text != END) {
                if let Some(line) = lines.get_mut(token.line.saturating_sub(1))
                    && line.tokens.len() < TOKENS
                    && token.text.len() <= LINE
                {
                    line.tokens.push(token.text);
                }
            }
        }
        None => {
            for (line, text) in lines.iter_mut().zip(text.lines()) {
                line.tokens = split_line(text);
            }
        }
    }
    lines.retain(|line| !line.tokens.is_empty());
    lines
}

fn count_indent(line: &str) -> usize {
    line.chars()
        .take_while(|c| c.is_whitespace())
        .map(|c| if c == '\t' { 4 } else { 1 })
        .sum()
}

fn split_line(line: &str) -> Vec<&str> {
    let trimmed = line.trim();
    let comment = ["//", "--", "*", ";", "/*", "# "]
        .iter()
        .any(|sign| trimmed.starts_with(sign));
    if comment || line.len() > LINE {
        return Vec::new();
    }
    let mut out = Vec::new();
    let mut rest = trimmed;
    while let Some(first) = rest.chars().next() {
        if out.len() >= TOKENS {
            break;
        }
        let end = if matches!(first, '"' | '\'' | '`') {
            rest[1..].find(first).map_or(1, |end| end + 2)
        } else if first.is_alphanumeric() || first == '_' || first == '$' {
            rest.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '$'))
                .unwrap_or(rest.len())
        } else {
            first.len_utf8()
        };
        let (token, after) = rest.split_at(end);
        out.push(token);
        rest = after.trim_start();
    }
    out
}
