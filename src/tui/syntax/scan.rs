//! One line of program text to runs of what they are.

use super::LONGEST_LINE;
use super::language::Language;
use text_scan::{ScanPiece, ScanPieceKind, ScanState, TextScanner};

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

/// What the first of some lines begins in: where a comment is closed before one is opened, they
/// begin inside of it.
pub fn find_start_state<'a>(
    language: &Language,
    lines: impl Iterator<Item = &'a str>,
) -> ScanState {
    for line in lines {
        for (open, close) in language.lexicon.rules().block_comments {
            match (line.find(open), line.find(close)) {
                (None, Some(_)) => return ScanState::Comment(close),
                (Some(opened), Some(closed)) if closed < opened => {
                    return ScanState::Comment(close);
                }
                (Some(_), _) => return ScanState::Outside,
                (None, None) => {}
            }
        }
    }
    ScanState::Outside
}

/// The runs of a line, in order and without a gap; none where it is too long to be coloured. `state`
/// is what the line begins in, and then what the next one does.
pub fn scan_line(language: &'static Language, state: &mut ScanState, line: &str) -> Vec<Run> {
    if line.len() > LONGEST_LINE && line.chars().count() > LONGEST_LINE {
        return Vec::new();
    }
    let mut runs: Vec<Run> = Vec::new();
    let mut scanner = TextScanner::resume(&language.lexicon, line, *state);
    for piece in scanner.by_ref() {
        let token = name_piece(language, line, &piece);
        match runs.last_mut() {
            Some(run) if run.token == token => run.end = piece.end(),
            _ => runs.push(Run {
                end: piece.end(),
                token,
            }),
        }
    }
    *state = scanner.state();
    runs
}

fn name_piece(language: &Language, line: &str, piece: &ScanPiece<'_>) -> Token {
    match piece.kind {
        ScanPieceKind::Comment => Token::Comment,
        ScanPieceKind::Number => Token::Number,
        ScanPieceKind::Word => name_word(language, line, piece),
        // `"name": 1` names something
        ScanPieceKind::Quoted
            if language.keys
                && piece.closed
                && line[piece.end()..].trim_start().starts_with(':') =>
        {
            Token::Key
        }
        ScanPieceKind::Quoted => Token::Quoted,
        ScanPieceKind::Blank | ScanPieceKind::LineEnd | ScanPieceKind::Sign => Token::Plain,
    }
}

/// A word: one of the language, the name of a tag or of a setting, or plain.
fn name_word(language: &Language, line: &str, piece: &ScanPiece<'_>) -> Token {
    let (before, word) = (&line[..piece.start], piece.text);
    let tag = language.tags && (before.ends_with('<') || before.ends_with("</"));
    let first = before.chars().all(|c| c.is_whitespace() || c == '-');
    let behind = line[piece.end()..].trim_start();
    let names = language.keys
        && first
        && (behind.starts_with(':') || behind.starts_with('=') && !behind.starts_with("=="));
    // where values are prose, a word counts as a value, not inside of a sentence
    let value = !language.prose
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
    if names {
        Token::Key
    } else if tag || value && known() {
        Token::Keyword
    } else {
        Token::Plain
    }
}

#[cfg(test)]
mod tests {
    use super::super::find_language;
    use super::*;

    /// The pieces of some lines that are not plain.
    fn tokens(path: &str, text: &str) -> Vec<(Token, String)> {
        let language = find_language(path).unwrap();
        let mut state = find_start_state(language, text.lines());
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
        assert!(scan_line(language, &mut ScanState::Outside, &long).is_empty());
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
