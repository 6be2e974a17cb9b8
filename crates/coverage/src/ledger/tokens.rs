//! Program text as tokens, so that comments, blanks and the place of a definition cannot count as a
//! change.
//!
//! tree-sitter was tried for this: its grammars are linked for eight languages only and cost ten
//! times the time of reading the file; the question here ("is it the same program?") needs no tree.
//! Where this reader is not sure what a comment is (here-documents, templates with program text
//! inside, languages it does not know) it gives nothing, and the file counts as changed.

mod literals;
mod style;

use style::{CommentStyle, LanguageFamily, find_comment_style, has_unclear_comments};

// program text of people is far below; longer texts are bundles and tables
/// Longest text that is taken apart, in bytes.
const LENGTH: usize = 2 * 1024 * 1024;

/// One token: its text, and its line from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct LedgerToken<'a> {
    pub text: &'a str,
    pub line: usize,
    /// How far the line is indented, where it is the first of its line; else 0.
    pub indent: usize,
}

impl LedgerToken<'_> {
    pub(super) fn is_word(&self) -> bool {
        self.text
            .starts_with(|c: char| c.is_alphabetic() || c == '_' || c == '$')
    }
}

/// The end of a line, where it can end a statement.
pub(super) const END: &str = "\n";

/// Takes a program apart token by token, as far as it is asked to.
pub(super) struct TokenReader<'a>(LedgerLexer<'a>);

impl<'a> TokenReader<'a> {
    /// A reader at the start of a program; `None` where the language is not known here or what is a
    /// comment is not sure.
    pub(super) fn new(path: &str, text: &'a str) -> Option<Self> {
        let style = find_comment_style(path)?;
        if text.len() > LENGTH || has_unclear_comments(path, text) {
            return None;
        }
        let mut lexer = LedgerLexer {
            text,
            bytes: text.as_bytes(),
            at: 0,
            line: 1,
            fresh: true,
            indent: 0,
            style,
            documents_are_read: reads_documents(text),
            here_documents: Vec::new(),
            out: Vec::new(),
        };
        // a page before its first program text
        if style.family == LanguageFamily::Php && !text.starts_with("<?") {
            let end = lexer.find(0, b"<?").unwrap_or(text.len());
            if end > 0 {
                lexer.push(end)?;
            }
        }
        Some(Self(lexer))
    }

    // token by token, since most changes show themselves near the beginning
    /// The token at a place, from 0: `Some(None)` behind the last one, `None` where it is not sure
    /// what a comment is.
    pub(super) fn token(&mut self, at: usize) -> Option<Option<LedgerToken<'a>>> {
        while self.0.out.len() <= at && self.0.at < self.0.bytes.len() {
            self.0.step()?;
        }
        Some(self.0.out.get(at).copied())
    }

    /// All tokens.
    pub(super) fn finish(mut self) -> Option<Vec<LedgerToken<'a>>> {
        while self.0.at < self.0.bytes.len() {
            self.0.step()?;
        }
        Some(self.0.out)
    }
}

/// The tokens of a program; `None` where the language is not known here or what is a comment is not
/// sure.
#[cfg(test)]
pub(super) fn read_tokens<'a>(path: &str, text: &'a str) -> Option<Vec<LedgerToken<'a>>> {
    TokenReader::new(path, text)?.finish()
}

struct LedgerLexer<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    line: usize,
    fresh: bool,
    indent: usize,
    style: CommentStyle,
    /// Doc strings are more than remarks here.
    documents_are_read: bool,
    /// Names of here-documents that this line began.
    here_documents: Vec<String>,
    out: Vec<LedgerToken<'a>>,
}

// changing such a text changes what the program does
/// Libraries that read the doc strings of a program: grammars, command lines and descriptions of an
/// interface stand in them.
fn reads_documents(text: &str) -> bool {
    [
        "__doc__",
        "getdoc(",
        "fetch_docs",
        "import ply",
        "from ply",
        "yacc",
        "docopt",
        "apispec",
        "flasgger",
        "flask_restx",
        "parsimonious",
        "spark_parser",
    ]
    .iter()
    .any(|word| memchr::memmem::find(text.as_bytes(), word.as_bytes()).is_some())
}

impl<'a> LedgerLexer<'a> {
    fn rest(&self) -> &'a [u8] {
        &self.bytes[self.at..]
    }

    fn push(&mut self, end: usize) -> Option<()> {
        let text = self.text.get(self.at..end)?;
        let indent = if self.fresh && self.style.indents {
            self.indent
        } else {
            0
        };
        self.out.push(LedgerToken {
            text,
            line: self.line,
            indent,
        });
        self.fresh = false;
        self.skip(end);
        Some(())
    }

    fn skip(&mut self, end: usize) {
        let end = end.min(self.bytes.len());
        self.line += memchr::memchr_iter(b'\n', &self.bytes[self.at..end]).count();
        self.at = end;
    }

    fn find(&self, from: usize, sign: &[u8]) -> Option<usize> {
        memchr::memmem::find(self.bytes.get(from..)?, sign).map(|at| from + at)
    }

    fn step(&mut self) -> Option<()> {
        let rest = self.rest();
        let byte = rest[0];
        // a document within a program of Perl
        if self.style.family == LanguageFamily::Perl
            && byte == b'='
            && (self.at == 0 || self.bytes[self.at - 1] == b'\n')
            && rest.get(1).is_some_and(u8::is_ascii_alphabetic)
        {
            let end = self.find(self.at, b"\n=cut").map(|cut| cut + 1);
            let end = end.map_or(self.bytes.len(), |cut| {
                self.find(cut, b"\n").unwrap_or(self.bytes.len())
            });
            self.skip(end);
            return Some(());
        }
        if let Some((open, close)) = self.begins_block_comment(rest) {
            if self.is_glued_to_word() {
                return None;
            }
            let end = self.find_end_of_block(open, close)?;
            self.skip(end);
            return Some(());
        }
        match byte {
            b'\n' => {
                if self.style.lines && self.out.last().is_some_and(|last| last.text != END) {
                    self.out.push(LedgerToken {
                        text: END,
                        line: self.line,
                        indent: 0,
                    });
                }
                self.skip(self.at + 1);
                if !self.here_documents.is_empty() {
                    self.read_here_documents()?;
                }
                (self.fresh, self.indent) = (true, 0);
            }
            b' ' | b'\t' | b'\r' | 0x0c => {
                if self.fresh {
                    self.indent += if byte == b'\t' { 8 } else { 1 };
                }
                self.skip(self.at + 1);
            }
            _ if self.begins_line_comment(rest) => {
                if self.is_glued_to_word() {
                    return None;
                }
                let end = self.find(self.at, b"\n").unwrap_or(self.bytes.len());
                // a comment of PHP ends with the program text
                let page = (self.style.family == LanguageFamily::Php)
                    .then(|| self.find(self.at, b"?>"))
                    .flatten();
                self.skip(page.map_or(end, |page| page.min(end)));
            }
            _ if self.own_literal()? => {}
            b'"' | b'\''
                if self.style.triple
                    && rest.len() > 2
                    && rest[1] == byte
                    && rest[2] == byte
                    && (byte == b'"' || self.style.single) =>
            {
                self.triple_quoted(byte)?;
            }
            b'"' if self
                .out
                .last()
                .is_some_and(|last| last.text == "@" || last.text == "$@" || last.text == "@$") =>
            {
                self.verbatim()?;
            }
            b'"' if self.raw_string().is_some() => {
                let end = self.raw_string()?;
                self.push(end)?;
            }
            b'"' | b'\'' if self.is_within_page_text() => return None,
            b'"' => self.quoted(b'"')?,
            b'\'' if self.style.single => self.quoted(b'\'')?,
            b'\'' if self.style.family == LanguageFamily::Clojure => self.push(self.at + 1)?,
            b'\'' => self.character(rest)?,
            b'`' if self.style.backtick => self.quoted(b'`')?,
            b'/' if self.style.regex && self.operand_wanted() => self.regular_expression()?,
            _ if byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$' || byte >= 0x80 => {
                let primes = self.style.writes_primes();
                let end = rest.iter().position(|byte| {
                    !(byte.is_ascii_alphanumeric()
                        || matches!(byte, b'_' | b'$')
                        || *byte == b'\'' && primes
                        || *byte >= 0x80)
                });
                self.push(end.map_or(self.bytes.len(), |end| self.at + end))?;
            }
            _ => self.push(self.at + 1)?,
        }
        Some(())
    }

    /// No blank parts what looks like a comment from a word: rather the middle of a text whose begin
    /// was not seen (`'shop//jars'`) than a remark.
    fn is_glued_to_word(&self) -> bool {
        let before = self.at.checked_sub(1).map(|at| self.bytes[at]);
        // Python may quote within what it writes into a quoted text: `f"{of["#a"]}"`
        let nests = self.style.hashes && self.style.indents;
        before.is_some_and(|byte| {
            byte.is_ascii_alphanumeric()
                || byte == b'_'
                || byte >= 0x80
                || nests && matches!(byte, b'"' | b'\'')
        })
    }

    /// A quote right behind a word begins no text in a script: it is an apostrophe of what a page
    /// says (`<p>Don't`), and what follows may be no program text.
    fn is_within_page_text(&self) -> bool {
        const BEFORE: [&str; 17] = [
            "as",
            "await",
            "case",
            "default",
            "delete",
            "else",
            "export",
            "extends",
            "from",
            "import",
            "in",
            "instanceof",
            "of",
            "return",
            "throw",
            "typeof",
            "yield",
        ];
        self.style.family == LanguageFamily::Script
            && self.is_glued_to_word()
            && !self
                .out
                .last()
                .is_some_and(|last| BEFORE.contains(&last.text))
    }

    fn after(&self, byte: u8) -> bool {
        self.at > 0 && self.bytes[self.at - 1] == byte
    }

    /// A comment up to the end of the line begins here.
    fn begins_line_comment(&self, rest: &[u8]) -> bool {
        let sign = |sign: &&str| rest.starts_with(sign.as_bytes());
        // `https://` in a text that was not closed begins no comment
        if self.style.line_signs.iter().any(sign) && !self.after(b':') {
            return true;
        }
        match (self.style.family, rest[0]) {
            // an attribute of PHP begins alike
            (LanguageFamily::Php, b'#') => rest.get(1) != Some(&b'['),
            (LanguageFamily::Haskell, b'-') => {
                let dashes = rest.iter().take_while(|byte| **byte == b'-').count();
                let symbol = |byte: &u8| b"!#$%&*+./<=>?@\\^|~:".contains(byte);
                dashes > 1
                    && !rest.get(dashes).is_some_and(symbol)
                    && !(self.at > 0 && symbol(&self.bytes[self.at - 1]))
            }
            // in a shell `a#b` is one word
            (_, b'#') => {
                self.style.hashes
                    && (self.fresh
                        || self.style.indents
                        || self.at > 0 && self.bytes[self.at - 1].is_ascii_whitespace())
            }
            _ => false,
        }
    }

    /// The signs around a comment over lines that begins here.
    fn begins_block_comment(&self, rest: &[u8]) -> Option<(&'static str, &'static str)> {
        let found = self
            .style
            .blocks
            .iter()
            .find(|(open, _)| rest.starts_with(open.as_bytes()))?;
        // pragmas of Haskell, and the operator `(*)`
        let other = [&b"{-#"[..], b"(*)"]
            .iter()
            .any(|sign| rest.starts_with(sign));
        (!other).then_some(*found)
    }

    /// The place behind a comment over lines.
    fn find_end_of_block(&self, open: &str, close: &str) -> Option<usize> {
        let start = self.at + open.len();
        let Some(mut end) = self
            .find(start, close.as_bytes())
            .filter(|_| self.style.blocks_nest)
        else {
            return self
                .find(start, close.as_bytes())
                .map(|end| end + close.len());
        };
        let (mut from, mut depth) = (start, 1usize);
        loop {
            let inner = self
                .find(from, open.as_bytes())
                .filter(|inner| *inner < end);
            if let Some(inner) = inner {
                depth += 1;
                from = inner + open.len();
                continue;
            }
            depth -= 1;
            from = end + close.len();
            if depth == 0 {
                // OCaml reads texts in comments, which may hold the sign that closes one
                let text = self.bytes.get(self.at..from)?;
                let unclear = open == "(*" && memchr::memchr_iter(b'"', text).count() % 2 == 1;
                return (!unclear).then_some(from);
            }
            end = self.find(from, close.as_bytes())?;
        }
    }

    /// Whether a value may begin here, so that `/` begins a regular expression.
    fn operand_wanted(&self) -> bool {
        let Some(last) = self.out.last() else {
            return true;
        };
        match last.text {
            "return" | "typeof" | "case" | "in" | "of" | "if" | "unless" | "when" | "and"
            | "or" | "not" | END => true,
            ")" | "]" | "}" => false,
            text => {
                !(last.is_word()
                    || text.starts_with(|c: char| {
                        c.is_ascii_digit() || matches!(c, '"' | '\'' | '`' | '/')
                    }))
            }
        }
    }
}

#[cfg(test)]
mod tests;
