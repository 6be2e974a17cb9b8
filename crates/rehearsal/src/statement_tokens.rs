//! A statement of a program cut into tokens, with the places for values as libraries write them.

/// A token of a statement.
#[derive(Debug, Clone, PartialEq)]
pub enum StatementToken {
    /// Blanks and comments.
    Blank,
    /// A bare word.
    Word(String),
    /// A name in quotes.
    Name(String),
    /// A string.
    Text,
    /// One character of punctuation.
    Sign(char),
    /// A place; its name or number.
    Place(String),
    /// All columns of a table.
    All(String),
}

/// A token and its bytes.
pub struct PlacedToken {
    /// What it is.
    pub token: StatementToken,
    /// First byte.
    pub start: usize,
    /// Behind the last byte.
    pub end: usize,
}

/// How the statement marks places.
#[derive(Clone, Copy)]
pub struct PlaceholderStyle {
    /// `$1`: a question mark is an operator then.
    pub numbered: bool,
    /// `%s` is a place, as in Python.
    pub percent: bool,
    /// `@name` is a variable of the database.
    pub variables: bool,
}

/// Cuts a statement.
pub fn cut_tokens(text: &str, style: PlaceholderStyle) -> Vec<PlacedToken> {
    let bytes = text.as_bytes();
    let mut out = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let start = at;
        let rest = &text[at..];
        let before = text[..at].chars().next_back();
        let free = before.is_none_or(|c| !c.is_alphanumeric() && !matches!(c, '_' | ':' | '@'));
        let (length, token) = match bytes[at] {
            byte if byte.is_ascii_whitespace() => (1, StatementToken::Blank),
            b'-' if rest.starts_with("--") => (find_end(rest, "\n"), StatementToken::Blank),
            b'/' if rest.starts_with("/*") => (find_end(rest, "*/"), StatementToken::Blank),
            quote @ (b'\'' | b'"' | b'`') => {
                let (end, inside) = read_quoted(rest, quote);
                if quote == b'\'' {
                    (end, StatementToken::Text)
                } else {
                    (end, StatementToken::Name(inside))
                }
            }
            _ => read_placeholder(rest, free, style)
                .or_else(|| read_dollar_text(rest))
                .unwrap_or_else(|| read_word(rest)),
        };
        at += length.max(1);
        while at < bytes.len() && !text.is_char_boundary(at) {
            at += 1;
        }
        out.push(PlacedToken {
            token,
            start,
            end: at.min(bytes.len()),
        });
    }
    out
}

fn find_end(rest: &str, sign: &str) -> usize {
    rest.find(sign).map_or(rest.len(), |end| end + sign.len())
}

/// A place for a value, as the library of the program writes it. `free`: nothing stands before it
/// that it could belong to.
fn read_placeholder(
    rest: &str,
    free: bool,
    style: PlaceholderStyle,
) -> Option<(usize, StatementToken)> {
    let name_length = |rest: &str| {
        rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
            .unwrap_or(rest.len())
    };
    let named = |c: char| c.is_ascii_alphabetic() || c == '_';
    let mut chars = rest.chars();
    let sign = chars.next()?;
    let behind = chars.as_str();
    let place = |length: usize, key: &str| Some((length, StatementToken::Place(key.to_owned())));
    match sign {
        '$' if behind.starts_with(|c: char| c.is_ascii_digit()) => {
            let length = name_length(behind);
            place(1 + length, &behind[..length])
        }
        // PostgreSQL has operators `?|` and `?&`, and JDBC writes its operator `?` as `??`
        '?' if !style.numbered && !behind.starts_with(['|', '&', '?']) => {
            let digits = behind
                .find(|c: char| !c.is_ascii_digit())
                .unwrap_or(behind.len());
            place(1 + digits, &behind[..digits])
        }
        ':' | '@' if free && behind.starts_with(named) && (sign == ':' || !style.variables) => {
            let length = 1 + name_length(behind);
            place(length, &rest[..length])
        }
        ':' if behind.starts_with(':') => Some((2, StatementToken::Sign(':'))),
        '%' if style.percent && behind.starts_with('s') => place(2, ""),
        '%' if style.percent && behind.starts_with('(') => match rest.find(")s") {
            Some(end) => place(end + 2, &rest[..end + 2]),
            None => Some((1, StatementToken::Sign('%'))),
        },
        '%' if style.percent && behind.starts_with('%') => Some((2, StatementToken::Sign('%'))),
        _ => None,
    }
}

/// PostgreSQL's `$tag$ .. $tag$`.
fn read_dollar_text(rest: &str) -> Option<(usize, StatementToken)> {
    let behind = rest.strip_prefix('$')?;
    let tag = &rest[..behind.find('$')? + 2];
    let named = tag[1..tag.len() - 1]
        .chars()
        .all(|c| c.is_alphanumeric() || c == '_');
    if !named {
        return None;
    }
    let body = rest[tag.len()..].find(tag);
    let length = body.map_or(rest.len(), |end| tag.len() * 2 + end);
    Some((length, StatementToken::Text))
}

/// A word, one of sqlc's calls, or a sign.
fn read_word(rest: &str) -> (usize, StatementToken) {
    let first = rest.as_bytes().first().copied().unwrap_or_default();
    if !first.is_ascii_alphanumeric() && first != b'_' && first < 0x80 {
        return (1, StatementToken::Sign(char::from(first)));
    }
    if let Some((length, name)) = read_sqlc_call(rest, &["arg", "narg", "slice"]) {
        return (length, StatementToken::Place(format!(":{name}")));
    }
    if let Some((length, name)) = read_sqlc_call(rest, &["embed"]) {
        return (length, StatementToken::All(name));
    }
    let length = rest
        .find(|c: char| !c.is_alphanumeric() && c != '_')
        .unwrap_or(rest.len())
        .max(1);
    (length, StatementToken::Word(rest[..length].to_owned()))
}

/// A quoted text or name: how long it is with its quotes, and what is inside.
fn read_quoted(rest: &str, quote: u8) -> (usize, String) {
    let bytes = rest.as_bytes();
    let mut at = 1;
    while at < bytes.len() {
        if bytes[at] == quote {
            if bytes.get(at + 1) == Some(&quote) {
                at += 2;
                continue;
            }
            return (at + 1, rest[1..at].to_owned());
        }
        at += 1;
    }
    (bytes.len(), rest[1..].to_owned())
}

/// `sqlc.arg(name)`, `sqlc.narg('name')`, `sqlc.slice(name)`, `sqlc.embed(table)`: its length and
/// the name.
fn read_sqlc_call(rest: &str, words: &[&str]) -> Option<(usize, String)> {
    let after = rest.strip_prefix("sqlc.")?;
    let open = after.find('(').filter(|open| *open < 8)?;
    if !words.contains(&&after[..open]) {
        return None;
    }
    let close = after.find(')')?;
    let name = after.get(open + 1..close)?.trim_matches(['\'', '"', ' ']);
    Some(("sqlc.".len() + close + 1, name.to_owned()))
}
