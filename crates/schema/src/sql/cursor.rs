//! A walk over the tokens of one statement.

use super::super::dialect::Dialect;
use super::super::step::Name;
use super::lex::{SqlToken, SqlTokenKind};

/// Stands for a name that is not in the text.
pub const VAGUE: &str = "{..}";

/// A position in the tokens of one statement. All steps forward stay inside it.
#[derive(Clone, Copy)]
pub struct Cursor<'a> {
    /// The whole source.
    pub text: &'a str,
    /// The statement's tokens.
    pub tokens: &'a [SqlToken],
    /// Next token.
    pub at: usize,
}

impl<'a> Cursor<'a> {
    /// At the first token.
    pub fn new(text: &'a str, tokens: &'a [SqlToken]) -> Self {
        Self {
            text,
            tokens,
            at: 0,
        }
    }

    /// The token `ahead` of here.
    pub fn token(&self, ahead: usize) -> Option<&'a SqlToken> {
        self.tokens.get(self.at + ahead)
    }

    /// Source text of the token `ahead` of here, empty at the end.
    pub fn raw(&self, ahead: usize) -> &'a str {
        self.token(ahead)
            .map_or("", |token| &self.text[token.start..token.end])
    }

    /// Nothing left.
    pub fn done(&self) -> bool {
        self.at >= self.tokens.len()
    }

    /// Line of the next token, or of the last.
    pub fn line(&self) -> usize {
        self.token(0)
            .or(self.tokens.last())
            .map_or(1, |token| token.line)
    }

    /// Whether the token `ahead` is this keyword or mark.
    pub fn is(&self, ahead: usize, word: &str) -> bool {
        // a name in quotes is never a keyword: a column may be called `"table"`
        matches!(self.token(ahead), Some(token) if matches!(token.kind, SqlTokenKind::Word | SqlTokenKind::Mark))
            && self.raw(ahead).eq_ignore_ascii_case(word)
    }

    /// Steps over one keyword or mark.
    pub fn eat(&mut self, word: &str) -> bool {
        let found = self.is(0, word);
        if found {
            self.at += 1;
        }
        found
    }

    /// Steps over several keywords, or over none.
    pub fn eat_all(&mut self, words: &[&str]) -> bool {
        let found = words
            .iter()
            .enumerate()
            .all(|(ahead, word)| self.is(ahead, word));
        if found {
            self.at += words.len();
        }
        found
    }

    /// Steps over one of several keywords.
    pub fn eat_any(&mut self, words: &[&str]) -> bool {
        words.iter().any(|word| self.eat(word))
    }

    /// A single name.
    pub fn ident(&mut self) -> Option<String> {
        let token = self.token(0)?;
        let raw = self.raw(0);
        let name = match token.kind {
            SqlTokenKind::Word | SqlTokenKind::Placeholder | SqlTokenKind::Number => raw.to_owned(),
            // some databases take a string where a name is expected
            SqlTokenKind::Quoted | SqlTokenKind::Text => unquote_sql(raw),
            SqlTokenKind::Mark => return None,
        };
        self.at += 1;
        Some(name)
    }

    /// A dotted name. Placeholders inside are joined to what they touch (`{{prefix}}users`).
    pub fn name(&mut self) -> Option<Name> {
        let mut parts = vec![self.joined()?];
        while self.is(0, ".") {
            self.at += 1;
            match self.joined() {
                Some(part) => parts.push(part),
                None => break,
            }
        }
        parts.retain(|part| !part.is_empty());
        if parts.is_empty() {
            // Only a placeholder: a name that is put together while the migration runs.
            return Some(Name {
                schema: None,
                name: VAGUE.to_owned(),
            });
        }
        Some(Name::from_parts(parts))
    }

    fn joined(&mut self) -> Option<String> {
        let kind = self.token(0)?.kind;
        let mut end = self.token(0)?.end;
        let mut placeholder = kind == SqlTokenKind::Placeholder;
        let mut part = if placeholder {
            String::new()
        } else {
            self.ident()?
        };
        if placeholder {
            self.at += 1;
        }
        while let Some(next) = self.token(0)
            && next.start == end
            // `{{prefix}}users` is one name in two tokens that touch
            && (next.kind == SqlTokenKind::Placeholder
                || (placeholder && next.kind == SqlTokenKind::Word))
        {
            end = next.end;
            if next.kind == SqlTokenKind::Word {
                part.push_str(self.raw(0));
            }
            placeholder = true;
            self.at += 1;
        }
        Some(part)
    }

    /// Tokens inside the parentheses that begin here; steps behind them. `None` if none begin or
    /// they are never closed.
    pub fn group(&mut self) -> Option<&'a [SqlToken]> {
        if !self.is(0, "(") {
            return None;
        }
        let (start, mut depth) = (self.at + 1, 0usize);
        for at in self.at..self.tokens.len() {
            match &self.text[self.tokens[at].start..self.tokens[at].end] {
                "(" => depth += 1,
                ")" => {
                    depth -= 1;
                    if depth == 0 {
                        self.at = at + 1;
                        return Some(&self.tokens[start..at]);
                    }
                }
                _ => {}
            }
        }
        None
    }

    /// Source text from here to the end of the statement.
    pub fn rest(&self) -> &'a str {
        match (self.token(0), self.tokens.last()) {
            (Some(first), Some(last)) => &self.text[first.start..last.end],
            _ => "",
        }
    }

    /// Tokens from here to the end.
    pub fn rest_tokens(&self) -> &'a [SqlToken] {
        self.tokens.get(self.at..).unwrap_or_default()
    }

    /// A keyword somewhere ahead, outside parentheses.
    pub fn find(&self, word: &str) -> Option<usize> {
        let mut depth = 0i32;
        (self.at..self.tokens.len()).find(|&at| {
            let raw = &self.text[self.tokens[at].start..self.tokens[at].end];
            match raw {
                "(" => depth += 1,
                ")" => depth -= 1,
                _ => {}
            }
            // a word within parentheses belongs to a query or a function inside
            depth == 0
                && self.tokens[at].kind == SqlTokenKind::Word
                && raw.eq_ignore_ascii_case(word)
        })
    }
}

/// Source text of some tokens: blanks and comments between them become one blank, strings stay as
/// they are written.
pub fn text_of(text: &str, tokens: &[SqlToken]) -> String {
    let mut out = String::new();
    let mut last = None;
    for token in tokens {
        if last.is_some_and(|end| end < token.start) {
            out.push(' ');
        }
        out.push_str(&text[token.start..token.end]);
        last = Some(token.end);
    }
    out
}

/// Cuts tokens at commas outside parentheses.
pub fn by_comma<'a>(text: &str, tokens: &'a [SqlToken]) -> Vec<&'a [SqlToken]> {
    let (mut out, mut start, mut depth) = (Vec::new(), 0, 0i32);
    for (at, token) in tokens.iter().enumerate() {
        match &text[token.start..token.end] {
            "(" | "[" => depth += 1,
            ")" | "]" => depth -= 1,
            "," if depth == 0 => {
                // `numeric(10,2)` holds a comma of its own
                out.push(&tokens[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    out.push(&tokens[start..]);
    out.retain(|part| !part.is_empty());
    out
}

/// Cuts tokens at commas outside parentheses, and outside the angle brackets of CQL's types
/// (`map<text, int>`).
pub fn by_comma_in<'a>(
    text: &str,
    tokens: &'a [SqlToken],
    dialect: Dialect,
) -> Vec<&'a [SqlToken]> {
    if dialect != Dialect::Cassandra {
        return by_comma(text, tokens);
    }
    let (mut out, mut start, mut depth) = (Vec::new(), 0, 0i32);
    for (at, token) in tokens.iter().enumerate() {
        match &text[token.start..token.end] {
            "(" | "[" | "<" | "{" => depth += 1,
            ")" | "]" | ">" | "}" => depth -= 1,
            "," if depth <= 0 => {
                out.push(&tokens[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    out.push(&tokens[start..]);
    out.retain(|part| !part.is_empty());
    out
}

/// A name or string without its quotes.
pub fn unquote_sql(raw: &str) -> String {
    if let Some(inner) = raw.strip_prefix('[').and_then(|raw| raw.strip_suffix(']')) {
        return inner.to_owned();
    }
    if raw.starts_with('$') && raw.len() > 1 {
        let tag_end = raw[1..].find('$').map_or(0, |n| n + 2);
        let tag = &raw[..tag_end];
        return raw[tag_end..]
            .strip_suffix(tag)
            .unwrap_or(&raw[tag_end..])
            .to_owned();
    }
    let Some(quote) = raw.chars().next().filter(|c| matches!(c, '\'' | '"' | '`')) else {
        return raw.to_owned();
    };
    let inner = raw[1..].strip_suffix(quote).unwrap_or(&raw[1..]);
    inner.replace(&format!("{quote}{quote}"), &quote.to_string())
}
