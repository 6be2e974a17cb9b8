//! One line of program text to runs of what they are.

use super::LONGEST_LINE;
use super::language::{Language, Quote};

/// What a piece of program text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Token {
    /// Nothing of the others.
    Plain,
    /// A word of the language, or the name of a tag.
    Keyword,
    /// The name of a setting.
    Key,
    /// Text in quotes.
    Quoted,
    /// A number.
    Number,
    /// A comment.
    Comment,
}

/// A piece of a line: what it is, and the byte behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Run {
    /// Byte of the line behind its last one.
    pub end: usize,
    /// What it is.
    pub token: Token,
}

/// What a line begins in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum LineState {
    /// Program text.
    #[default]
    Outside,
    /// A comment that ends with this.
    Comment(&'static str),
    /// A quote.
    Quote(Quote),
}

impl LineState {
    /// What the first of some lines begins in: where a comment is closed before one is opened, they
    /// begin inside of it.
    pub fn at_start<'a>(language: &Language, lines: impl Iterator<Item = &'a str>) -> Self {
        for line in lines {
            for (open, close) in language.comments {
                match (line.find(open), line.find(close)) {
                    (None, Some(_)) => return Self::Comment(close),
                    (Some(opened), Some(closed)) if closed < opened => {
                        return Self::Comment(close);
                    }
                    (Some(_), _) => return Self::Outside,
                    (None, None) => {}
                }
            }
        }
        Self::Outside
    }
}

/// The runs of a line, in order and without a gap; none where it is too long to be coloured.
pub fn scan_line(language: &'static Language, state: &mut LineState, line: &str) -> Vec<Run> {
    if line.len() > LONGEST_LINE && line.chars().count() > LONGEST_LINE {
        return Vec::new();
    }
    let mut runs = Vec::new();
    let mut at = 0;
    while at < line.len() {
        let (end, token) = match *state {
            LineState::Comment(close) => match line[at..].find(close) {
                Some(found) => {
                    *state = LineState::Outside;
                    (at + found + close.len(), Token::Comment)
                }
                None => (line.len(), Token::Comment),
            },
            LineState::Quote(quote) => {
                let end = end_of_quote(&line[at..], quote);
                if end.is_some() || !quote.long {
                    *state = LineState::Outside;
                }
                (end.map_or(line.len(), |end| at + end), Token::Quoted)
            }
            LineState::Outside => scan_outside(language, state, line, at),
        };
        push_run(&mut runs, end.max(at + 1), token);
        at = end.max(at + 1);
    }
    if matches!(state, LineState::Quote(quote) if !quote.long) {
        *state = LineState::Outside;
    }
    runs
}

fn push_run(runs: &mut Vec<Run>, end: usize, token: Token) {
    match runs.last_mut() {
        Some(run) if run.token == token => run.end = end,
        _ => runs.push(Run { end, token }),
    }
}

/// The byte behind what closes a quote whose inside this is.
fn end_of_quote(text: &str, quote: Quote) -> Option<usize> {
    let mut escaped = false;
    for (at, letter) in text.char_indices() {
        if escaped {
            escaped = false;
        } else if quote.escapes && letter == '\\' {
            escaped = true;
        } else if text[at..].starts_with(quote.close) {
            return Some(at + quote.close.len());
        }
    }
    None
}

/// The piece that begins at a byte of program text: the byte behind it, and what it is.
fn scan_outside(
    language: &'static Language,
    state: &mut LineState,
    line: &str,
    at: usize,
) -> (usize, Token) {
    let rest = &line[at..];
    let before = line[..at].chars().next_back();
    for (open, close) in language.comments {
        if rest.starts_with(open) {
            *state = LineState::Comment(close);
            return (at + open.len(), Token::Comment);
        }
    }
    let apart = !language.apart || before.is_none_or(char::is_whitespace);
    if apart
        && language
            .line_comments
            .iter()
            .any(|mark| rest.starts_with(mark))
    {
        return (line.len(), Token::Comment);
    }
    for quote in language.quotes {
        if let Some(inside) = rest.strip_prefix(quote.open) {
            let end = end_of_quote(inside, *quote).map(|end| at + quote.open.len() + end);
            // `"name": 1` names something
            let names =
                language.keys && end.is_some_and(|end| line[end..].trim_start().starts_with(':'));
            if end.is_none() {
                *state = LineState::Quote(*quote);
            }
            let token = if names { Token::Key } else { Token::Quoted };
            return (end.unwrap_or(line.len()), token);
        }
    }
    if language.characters
        && let Some(length) = measure_character(rest)
    {
        return (at + length, Token::Quoted);
    }
    let letter = rest.chars().next().unwrap_or(' ');
    let joined = before.is_some_and(|before| before.is_alphanumeric() || before == '_');
    if letter.is_ascii_digit() && !joined {
        return (
            at + measure_while(rest, |c| c.is_ascii_alphanumeric() || "_.".contains(c)),
            Token::Number,
        );
    }
    if letter.is_alphabetic() || "_@#".contains(letter) {
        return scan_word(language, line, at);
    }
    (at + letter.len_utf8(), Token::Plain)
}

/// `'x'` or `'\n'`; a lone `'` may begin a lifetime, or be a part of a number.
fn measure_character(rest: &str) -> Option<usize> {
    let inside = rest.strip_prefix('\'')?;
    let letter = inside.chars().next()?;
    if letter == '\\' {
        let end = inside
            .char_indices()
            .skip(2)
            .take(10)
            .find(|(_, c)| *c == '\'')?;
        return Some(end.0 + 2);
    }
    inside[letter.len_utf8()..]
        .starts_with('\'')
        .then(|| letter.len_utf8() + 2)
}

fn measure_while(text: &str, takes: impl Fn(char) -> bool) -> usize {
    text.char_indices()
        .find(|(at, c)| *at > 0 && !takes(*c))
        .map_or(text.len(), |(at, _)| at)
}

/// A word: one of the language, the name of a tag or of a setting, or plain.
fn scan_word(language: &Language, line: &str, at: usize) -> (usize, Token) {
    let rest = &line[at..];
    // the names of settings are written with these too
    let dashed = language.keys || language.tags;
    let length = measure_while(rest, |c| {
        c.is_alphanumeric() || c == '_' || (dashed && "-.".contains(c))
    });
    let (word, behind) = rest.split_at(length);
    let before = &line[..at];
    let tag = language.tags && (before.ends_with('<') || before.ends_with("</"));
    let first = before.chars().all(|c| c.is_whitespace() || c == '-');
    let behind = behind.trim_start();
    let names = language.keys
        && first
        && (behind.starts_with(':') || behind.starts_with('=') && !behind.starts_with("=="));
    // in a file of settings a word counts as a value, not inside of a sentence
    let value = !(language.keys && language.apart)
        || before
            .trim_end()
            .chars()
            .next_back()
            .is_none_or(|c| ":=[,-(".contains(c));
    let known = || {
        language.words.split_ascii_whitespace().any(|known| {
            if language.any_case {
                known.eq_ignore_ascii_case(word)
            } else {
                known == word
            }
        })
    };
    let token = if names {
        Token::Key
    } else if tag || value && known() {
        Token::Keyword
    } else {
        Token::Plain
    };
    (at + length, token)
}

#[cfg(test)]
mod tests {
    use super::super::find_language;
    use super::*;

    /// The pieces of some lines that are not plain.
    fn tokens(path: &str, text: &str) -> Vec<(Token, String)> {
        let language = find_language(path).unwrap();
        let mut state = LineState::at_start(language, text.lines());
        let mut out = Vec::new();
        for line in text.lines() {
            let mut at = 0;
            for run in scan_line(language, &mut state, line) {
                if run.token != Token::Plain {
                    out.push((run.token, line[at..run.end].to_owned()));
                }
                at = run.end;
            }
            assert_eq!(at, line.len(), "{line}");
        }
        out
    }

    fn of(path: &str, text: &str, token: Token) -> Vec<String> {
        let all = tokens(path, text).into_iter();
        all.filter(|(one, _)| *one == token)
            .map(|(_, text)| text)
            .collect()
    }

    #[test]
    fn words_quotes_numbers_and_comments_are_told_apart() {
        use Token as T;
        let own = |token, text: &str| (token, text.to_owned());
        assert_eq!(
            tokens(
                "a.rs",
                "let x: &'a str = \"a \\\" b\"; // 1\nlet c = 'x' + 0x1f;"
            ),
            [
                own(T::Keyword, "let"),
                own(T::Quoted, "\"a \\\" b\""),
                own(T::Comment, "// 1"),
                own(T::Keyword, "let"),
                own(T::Quoted, "'x'"),
                own(T::Number, "0x1f"),
            ]
        );
        assert_eq!(
            tokens(
                "up.sql",
                "ALTER TABLE x -- now\n ADD c int DEFAULT 'it''s';"
            ),
            [
                own(T::Keyword, "ALTER"),
                own(T::Keyword, "TABLE"),
                own(T::Comment, "-- now"),
                own(T::Keyword, "ADD"),
                own(T::Keyword, "int"),
                own(T::Keyword, "DEFAULT"),
                own(T::Quoted, "'it''s'"),
            ]
        );
        assert_eq!(
            tokens(
                "a.yaml",
                "- name: there is no x#y # z\n  port: 80\n  on: [true]"
            ),
            [
                own(T::Key, "name"),
                own(T::Comment, "# z"),
                own(T::Key, "port"),
                own(T::Number, "80"),
                own(T::Key, "on"),
                own(T::Keyword, "true"),
            ]
        );
        assert_eq!(
            tokens("p/a.json", "{\"a\": \"b\", \"c\": 1.5}"),
            [
                own(T::Key, "\"a\""),
                own(T::Quoted, "\"b\""),
                own(T::Key, "\"c\""),
                own(T::Number, "1.5"),
            ]
        );
        assert_eq!(
            of("a.html", "<div id=\"x\"><!-- a -->", T::Keyword),
            ["div"]
        );
        assert_eq!(of("Dockerfile", "FROM x:1 # not", T::Keyword), ["FROM"]);
    }

    #[test]
    fn what_spans_lines_goes_on_and_a_hunk_may_begin_inside() {
        assert_eq!(
            of("a.py", "x = \"\"\"one\nif two\n\"\"\" + y", Token::Keyword),
            Vec::<String>::new()
        );
        assert_eq!(
            of("a.java", " * if this\n */\nint x; /* and", Token::Comment),
            [" * if this", " */", "/* and"]
        );
        assert_eq!(of("a.go", "x := \"open\nif y {", Token::Keyword), ["if"]);
    }

    #[test]
    fn long_lines_stay_plain_and_unknown_files_too() {
        let language = find_language("a.js").unwrap();
        let long = "if ".repeat(400);
        assert!(scan_line(language, &mut LineState::Outside, &long).is_empty());
        assert!(find_language("README").is_none() && find_language("a.bin").is_none());
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]
        #[test]
        fn every_byte_belongs_to_one_run(
            text in "[ -~é日\\n]{0,200}",
            name in "a\\.(rs|py|sql|yaml|json|html|go|php|ex|css|lua|tf|sh|toml)",
        ) {
            tokens(&name, &text);
        }
    }
}
