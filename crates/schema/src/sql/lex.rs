//! SQL text cut into tokens with line numbers. One pass, linear, never fails: what is not closed
//! runs to the end.

use super::super::dialect::Dialect;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SqlTokenKind {
    /// A bare word, a keyword or a name.
    Word,
    /// A name in quotes.
    Quoted,
    /// A string; dollar quotes too.
    Text,
    /// A number.
    Number,
    /// One character of punctuation.
    Mark,
    /// A template's placeholder (`{{ .Table }}`, `${table}`): stands for a name or an expression.
    Placeholder,
}

/// A token: bytes `start..end` of the source, and its line from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SqlToken {
    /// What it is.
    pub kind: SqlTokenKind,
    /// First byte.
    pub start: usize,
    /// Byte after the last.
    pub end: usize,
    /// Line, from 1.
    pub line: usize,
    /// It is the first on its line.
    pub first: bool,
}

/// Cuts `text` into tokens; comments are dropped.
pub fn split_tokens(text: &str, dialect: Dialect) -> Vec<SqlToken> {
    let mut cutter = SqlCutter {
        bytes: text.as_bytes(),
        dialect,
        at: 0,
        line: 1,
        first: true,
        inside: 0,
        out: Vec::new(),
    };
    while cutter.at < text.len() {
        if !cutter.skip_unread() {
            cutter.cut_token();
        }
    }
    cutter.out
}

struct SqlCutter<'t> {
    bytes: &'t [u8],
    dialect: Dialect,
    at: usize,
    line: usize,
    /// Nothing was cut on this line yet.
    first: bool,
    /// Comments around this place whose text the database runs.
    inside: usize,
    out: Vec<SqlToken>,
}

impl SqlCutter<'_> {
    fn peek(&self) -> u8 {
        self.bytes.get(self.at + 1).copied().unwrap_or(0)
    }

    /// Passes over a blank, a comment or the sign of one that is run. `false` where a token begins.
    fn skip_unread(&mut self) -> bool {
        let (bytes, at, next) = (self.bytes, self.at, self.peek());
        match bytes[at] {
            b'\n' => {
                self.line += 1;
                self.at += 1;
                self.first = true;
            }
            byte if byte.is_ascii_whitespace() || byte == 0 => self.at += 1,
            b'-' if next == b'-' => self.at = end_of_line(bytes, at),
            // `#` begins a comment in MySQL only; elsewhere at the start of a line a heading in a
            // script
            b'#' if matches!(self.dialect, Dialect::MySql)
                || (self.dialect == Dialect::Unknown && self.first && next == b' ') =>
            {
                self.at = end_of_line(bytes, at);
            }
            // MySQL and MariaDB run what stands in `/*!50700 .. */` and `/*M! .. */`
            b'/' if next == b'*' => match find_executable_comment(bytes, at, self.dialect) {
                0 => {
                    let end = block_comment(bytes, at, self.dialect);
                    self.line += count_newlines(&bytes[at..end]);
                    self.at = end;
                }
                inner => {
                    self.at = inner;
                    self.inside += 1;
                }
            },
            // the end of a comment whose inside was run
            b'*' if next == b'/' && self.inside > 0 => {
                self.at += 2;
                self.inside -= 1;
            }
            _ => return false,
        }
        true
    }

    fn cut_token(&mut self) {
        let start = self.at;
        let (kind, end) = self
            .find_quoted_end()
            .or_else(|| self.find_placeholder_end())
            .unwrap_or_else(|| self.find_word_end());
        let token = SqlToken {
            kind,
            start,
            end: end.min(self.bytes.len()),
            line: self.line,
            first: self.first,
        };
        self.line += count_newlines(&self.bytes[start..token.end]);
        self.at = token.end.max(start + 1);
        self.first = false;
        self.out.push(token);
    }

    /// Strings and names in quotes, as the dialect has them.
    fn find_quoted_end(&self) -> Option<(SqlTokenKind, usize)> {
        let (bytes, at) = (self.bytes, self.at);
        let mysql = self.dialect == Dialect::MySql;
        match bytes[at] {
            b'\'' => {
                // a backslash before a quote is an escape in MySQL, and a character elsewhere
                let escapes = mysql || self.follows_escape_sign();
                Some((
                    SqlTokenKind::Text,
                    find_quote_end(bytes, at, b'\'', escapes),
                ))
            }
            b'"' => {
                // MySQL takes double quotes for a string unless ANSI_QUOTES is set
                let kind = if mysql {
                    SqlTokenKind::Text
                } else {
                    SqlTokenKind::Quoted
                };
                Some((kind, find_quote_end(bytes, at, b'"', mysql)))
            }
            b'`' => Some((SqlTokenKind::Quoted, find_quote_end(bytes, at, b'`', false))),
            // brackets are names in SQL Server, and arrays in PostgreSQL
            b'[' if matches!(
                self.dialect,
                Dialect::Mssql | Dialect::Sqlite | Dialect::Unknown
            ) =>
            {
                bracket_name(bytes, at).map(|end| (SqlTokenKind::Quoted, end))
            }
            _ => None,
        }
    }

    /// PostgreSQL's `E'..'` knows backslashes.
    fn follows_escape_sign(&self) -> bool {
        self.out.last().is_some_and(|last| {
            last.kind == SqlTokenKind::Word
                && last.end == self.at
                && last.end - last.start == 1
                && matches!(self.bytes[last.start], b'e' | b'E')
        })
    }

    /// A template's placeholder, or a string in dollar quotes.
    fn find_placeholder_end(&self) -> Option<(SqlTokenKind, usize)> {
        let (bytes, at) = (self.bytes, self.at);
        let close: &[u8] = match (bytes[at], self.peek()) {
            // templates of Flyway, tern and psql: what stands there is known to the tool
            (b'$', b'{') => b"}",
            (b'$', b'%') => b"%$",
            (b'{', b'{') => b"}}",
            (b'$', _) => return dollar_quote(bytes, at).map(|end| (SqlTokenKind::Text, end)),
            _ => return None,
        };
        Some((
            SqlTokenKind::Placeholder,
            find_after_closing(bytes, at + 2, close),
        ))
    }

    /// Numbers, words and single marks.
    fn find_word_end(&self) -> (SqlTokenKind, usize) {
        let (bytes, at) = (self.bytes, self.at);
        match bytes[at] {
            byte if byte.is_ascii_digit() => (
                SqlTokenKind::Number,
                find_run_end(bytes, at + 1, |byte| {
                    byte.is_ascii_alphanumeric() || byte == b'.'
                }),
            ),
            // `@name` and `#table` of SQL Server are words
            byte if word_byte(byte) || byte == b'@' || byte == b'#' => (
                SqlTokenKind::Word,
                find_run_end(bytes, at + 1, |byte| {
                    word_byte(byte) || byte.is_ascii_digit() || matches!(byte, b'$' | b'#' | b'@')
                }),
            ),
            _ => (SqlTokenKind::Mark, at + 1),
        }
    }
}

fn find_run_end(bytes: &[u8], from: usize, belongs: impl Fn(u8) -> bool) -> usize {
    let run = bytes[from..].iter().take_while(|byte| belongs(**byte));
    from + run.count()
}

fn word_byte(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_' || byte >= 0x80
}

fn count_newlines(bytes: &[u8]) -> usize {
    memchr::memchr_iter(b'\n', bytes).count()
}

fn end_of_line(bytes: &[u8], at: usize) -> usize {
    memchr::memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |n| at + n)
}

/// The first line, from 0, with a comment that MySQL or MariaDB runs (`/*!50700`, `/*M!`): whoever
/// writes one means such a database.
pub fn comment_of_mysql(text: &str) -> Option<usize> {
    let numbered = |line: &str| {
        // a version of five digits: a title such as `/*! heading */` has none
        line.match_indices("/*!").any(|(at, _)| {
            line[at + 3..]
                .bytes()
                .take_while(u8::is_ascii_digit)
                .count()
                >= 5
        })
    };
    text.lines()
        .position(|line| line.contains("/*M!") || numbered(line))
}

/// Where the statement begins in a comment that MySQL and MariaDB run; 0 for any other.
fn find_executable_comment(bytes: &[u8], at: usize, dialect: Dialect) -> usize {
    // other databases read the same text as a comment
    if !matches!(dialect, Dialect::MySql | Dialect::Unknown) {
        return 0;
    }
    let rest = &bytes[at + 2..];
    let mark = if rest.starts_with(b"!") {
        1
    } else if rest.starts_with(b"M!") {
        2
    } else {
        return 0;
    };
    at + 2
        + mark
        // MySQL writes five digits, newer versions and MariaDB six
        + rest[mark..]
            .iter()
            .take(6)
            .take_while(|byte| byte.is_ascii_digit())
            .count()
}

/// End of a comment. A hint `/*+ .. */` counts as one too. PostgreSQL nests them.
fn block_comment(bytes: &[u8], at: usize, dialect: Dialect) -> usize {
    let nests = matches!(dialect, Dialect::Postgres | Dialect::Mssql);
    let (mut at, mut depth) = (at + 2, 1usize);
    while at < bytes.len() {
        if bytes[at..].starts_with(b"*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else if nests && bytes[at..].starts_with(b"/*") {
            depth += 1;
            at += 2;
        } else {
            at += 1;
        }
    }
    bytes.len()
}

fn find_quote_end(bytes: &[u8], at: usize, quote: u8, escapes: bool) -> usize {
    let mut at = at + 1;
    while at < bytes.len() {
        if escapes && bytes[at] == b'\\' {
            at += 2;
        } else if bytes[at] == quote {
            // a doubled quote stands for one and does not end the text
            if bytes.get(at + 1) == Some(&quote) {
                at += 2;
            } else {
                return at + 1;
            }
        } else {
            at += 1;
        }
    }
    bytes.len()
}

/// `[name]`, but neither `[]` nor `[1]`.
fn bracket_name(bytes: &[u8], at: usize) -> Option<usize> {
    let first = *bytes.get(at + 1)?;
    if !(word_byte(first) || first == b'$') {
        return None;
    }
    // a bracket that is not closed on its line was none
    let end = memchr::memchr3(b']', b'\n', b'\'', &bytes[at..])?;
    (bytes[at + end] == b']').then_some(at + end + 1)
}

fn find_after_closing(bytes: &[u8], at: usize, close: &[u8]) -> usize {
    memchr::memmem::find(bytes.get(at..).unwrap_or_default(), close)
        .map_or(bytes.len(), |n| at + n + close.len())
}

fn dollar_quote(bytes: &[u8], at: usize) -> Option<usize> {
    let mut end = at + 1;
    while end < bytes.len()
        && (word_byte(bytes[end]) || (end > at + 1 && bytes[end].is_ascii_digit()))
    {
        end += 1;
    }
    if bytes.get(end) != Some(&b'$') {
        return None;
    }
    let tag = &bytes[at..=end];
    Some(find_after_closing(bytes, end + 1, tag))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str, dialect: Dialect) -> Vec<&str> {
        split_tokens(text, dialect)
            .iter()
            .map(|token| &text[token.start..token.end])
            .collect()
    }

    #[test]
    fn quotes_comments_and_placeholders() {
        assert_eq!(
            words("a 'x;''y' -- c\n/* ; */ \"q\"", Dialect::Postgres),
            ["a", "'x;''y'", "\"q\""]
        );
        assert_eq!(
            words("do $b$ x; $$ y $b$;", Dialect::Postgres),
            ["do", "$b$ x; $$ y $b$", ";"]
        );
        assert_eq!(
            words("int[] $1", Dialect::Postgres),
            ["int", "[", "]", "$", "1"]
        );
        assert_eq!(words("[dbo].[T]", Dialect::Mssql), ["[dbo]", ".", "[T]"]);
        assert_eq!(
            words("alter table {{ index .O \"ns\" }}.users", Dialect::Postgres),
            ["alter", "table", "{{ index .O \"ns\" }}", ".", "users"]
        );
    }

    #[test]
    fn what_is_not_closed_runs_to_the_end() {
        for text in ["'abc", "\"abc", "$$ abc", "/* abc", "{{ abc", "`", "[abc"] {
            for dialect in [Dialect::Postgres, Dialect::MySql, Dialect::Mssql] {
                let _ = split_tokens(text, dialect);
            }
        }
    }

    #[test]
    fn lines_are_counted_through_strings() {
        let text = "a\n'x\ny'\nb";
        assert_eq!(
            split_tokens(text, Dialect::Postgres)
                .iter()
                .map(|token| token.line)
                .collect::<Vec<_>>(),
            [1, 2, 4]
        );
    }
}
