//! Program text as tokens, so that comments, blanks and the place of a definition cannot count as a
//! change.
//!
//! tree-sitter was tried for this: its grammars are linked for eight languages only and cost ten
//! times the time of reading the file; the question here ("is it the same program?") needs no tree.
//! Where this reader is not sure what a comment is (here-documents, templates with program text
//! inside, languages it does not know) it gives nothing, and the file counts as changed.

/// Longest text that is taken apart, in bytes.
const LENGTH: usize = 2 * 1024 * 1024;

/// How a language writes comments, strings and the end of a statement.
#[derive(Debug, Clone, Copy)]
struct Style {
    /// `//` and `/* */` begin comments.
    slashes: bool,
    /// `#` begins a comment.
    hashes: bool,
    /// `--` begins a comment.
    dashes: bool,
    /// `'` begins a string; elsewhere it is a character or a lifetime.
    single: bool,
    /// A backtick begins a string over lines.
    backtick: bool,
    /// Three quotes begin a string over lines.
    triple: bool,
    /// `/` after an operator begins a regular expression.
    regex: bool,
    /// The end of a line can end a statement.
    lines: bool,
    /// The indentation of a line says to what it belongs.
    indents: bool,
}

const SLASHES: Style = Style {
    slashes: true,
    hashes: false,
    dashes: false,
    single: false,
    backtick: false,
    triple: false,
    regex: false,
    lines: false,
    indents: false,
};
const HASHES: Style = Style {
    slashes: false,
    hashes: true,
    single: true,
    lines: true,
    ..SLASHES
};

fn find_comment_style(path: &str) -> Option<Style> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let extension = name
        .rsplit_once('.')
        .map(|(_, extension)| extension.to_ascii_lowercase())?;
    Some(match extension.as_str() {
        "java" | "cs" | "c" | "h" | "cc" | "cpp" | "cxx" | "hpp" | "hh" | "rs" => Style {
            triple: matches!(extension.as_str(), "java" | "cs"),
            ..SLASHES
        },
        "dart" => Style {
            single: true,
            triple: true,
            ..SLASHES
        },
        "go" => Style {
            backtick: true,
            lines: true,
            ..SLASHES
        },
        "kt" | "kts" | "scala" | "sc" | "swift" => Style {
            triple: true,
            lines: true,
            ..SLASHES
        },
        "js" | "mjs" | "cjs" | "jsx" | "ts" | "mts" | "cts" | "tsx" => Style {
            single: true,
            backtick: true,
            regex: true,
            lines: true,
            ..SLASHES
        },
        "groovy" | "gradle" => Style {
            single: true,
            triple: true,
            regex: true,
            lines: true,
            ..SLASHES
        },
        "php" => Style {
            single: true,
            ..SLASHES
        },
        "py" | "pyi" | "pyx" => Style {
            triple: true,
            indents: true,
            ..HASHES
        },
        "rb" | "rake" | "ex" | "exs" | "cr" => Style {
            regex: true,
            triple: matches!(extension.as_str(), "ex" | "exs"),
            ..HASHES
        },
        "lua" => Style {
            hashes: false,
            dashes: true,
            ..HASHES
        },
        _ => return None,
    })
}

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
        Some(Self(LedgerLexer {
            text,
            bytes: text.as_bytes(),
            at: 0,
            line: 1,
            fresh: true,
            indent: 0,
            style,
            documents_are_read: reads_documents(text),
            out: Vec::new(),
        }))
    }

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

/// Texts in which a comment cannot be told from a string by reading on: here-documents, pages
/// around PHP, quoted literals of Ruby.
fn has_unclear_comments(path: &str, text: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    if lower.ends_with(".php") {
        return text.contains("<<<") || text.contains("?>");
    }
    if lower.ends_with(".rb") || lower.ends_with(".rake") || lower.ends_with(".cr") {
        let here = text.match_indices("<<").any(|(at, _)| {
            text[at + 2..].starts_with(['~', '-', '"', '\''])
                || text[at + 2..].starts_with(|c: char| c.is_ascii_uppercase())
        });
        return here
            || text.contains("__END__")
            || text.contains("=begin")
            || ["%q", "%Q", "%w", "%W", "%r", "%i", "%(", "%{", "%["]
                .iter()
                .any(|sign| text.contains(sign));
    }
    if lower.ends_with(".lua") {
        return text.contains("[[") || text.contains("[=");
    }
    // a template literal may hold program text with further literals
    let script = [".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx"]
        .iter()
        .any(|end| lower.ends_with(end));
    if script && text.contains("${") {
        return text.split("${").skip(1).any(|inner| {
            inner
                .split('}')
                .next()
                .is_some_and(|inner| inner.contains(['`', '"', '\'', '/', '{']))
        });
    }
    // sigils of Elixir may hold anything
    (lower.ends_with(".ex") || lower.ends_with(".exs")) && text.contains('~')
}

struct LedgerLexer<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    line: usize,
    fresh: bool,
    indent: usize,
    style: Style,
    /// Doc strings are more than remarks here.
    documents_are_read: bool,
    out: Vec<LedgerToken<'a>>,
}

/// Libraries that read the doc strings of a program: grammars, command lines and descriptions of an
/// interface stand in them.
fn reads_documents(text: &str) -> bool {
    [
        "__doc__",
        "getdoc(",
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
                (self.fresh, self.indent) = (true, 0);
            }
            b' ' | b'\t' | b'\r' | 0x0c => {
                if self.fresh {
                    self.indent += if byte == b'\t' { 8 } else { 1 };
                }
                self.skip(self.at + 1);
            }
            b'/' if self.style.slashes && rest.starts_with(b"//") && !self.after(b':') => {
                self.skip(self.find(self.at, b"\n").unwrap_or(self.bytes.len()))
            }
            b'/' if self.style.slashes && rest.starts_with(b"/*") => {
                let end = self.find(self.at + 2, b"*/")? + 2;
                self.skip(end);
            }
            b'-' if self.style.dashes && rest.starts_with(b"--[[") => {
                self.skip(self.find(self.at, b"]]")? + 2)
            }
            b'-' if self.style.dashes && rest.starts_with(b"--") => {
                self.skip(self.find(self.at, b"\n").unwrap_or(self.bytes.len()))
            }
            b'#' if self.style.hashes && (self.fresh || self.plain_before()) => {
                self.skip(self.find(self.at, b"\n").unwrap_or(self.bytes.len()))
            }
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
            b'"' => self.quoted(b'"')?,
            b'\'' if self.style.single => self.quoted(b'\'')?,
            b'\'' => self.character(rest)?,
            b'`' if self.style.backtick => self.back_quoted()?,
            b'/' if self.style.regex && self.operand_wanted() => self.regular_expression()?,
            _ if byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$' || byte >= 0x80 => {
                let end = rest.iter().position(|byte| {
                    !(byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$') || *byte >= 0x80)
                });
                self.push(end.map_or(self.bytes.len(), |end| self.at + end))?;
            }
            _ => self.push(self.at + 1)?,
        }
        Some(())
    }

    /// A text in three quotes; one that only documents a body is left out.
    fn triple_quoted(&mut self, byte: u8) -> Option<()> {
        let end = self.find(self.at + 3, &[byte; 3])? + 3;
        let statement =
            self.style.indents && self.fresh && self.out.last().is_none_or(|last| last.text == END);
        if statement
            && !self.documents_are_read
            && !self
                .bytes
                .get(end..)
                .is_some_and(|after| after.starts_with(b".") || after.starts_with(b" %"))
            && self.opens_body()
        {
            self.skip(end);
        } else {
            self.push(end)?;
        }
        Some(())
    }

    /// `@"a ""quoted"" word"` of C#.
    fn verbatim(&mut self) -> Option<()> {
        let mut end = self.at + 1;
        loop {
            end = self.find(end, b"\"")? + 1;
            if self.bytes.get(end) != Some(&b'"') {
                break;
            }
            end += 1;
        }
        self.push(end)
    }

    /// A character, or the mark of a lifetime.
    fn character(&mut self, rest: &'a [u8]) -> Option<()> {
        let end = match rest.get(1) {
            Some(b'\\') => self
                .find(self.at + 3, b"'")
                .map(|end| end + 1)
                .filter(|end| *end <= self.at + 14),
            Some(_) => self
                .find(self.at + 1, b"'")
                .map(|end| end + 1)
                .filter(|end| *end <= self.at + 6 && *end > self.at + 2),
            None => None,
        };
        self.push(end.unwrap_or(self.at + 1))
    }

    /// A text in back quotes.
    fn back_quoted(&mut self) -> Option<()> {
        let mut end = self.at + 1;
        while self.bytes.get(end).is_some_and(|byte| *byte != b'`') {
            end += if self.bytes[end] == b'\\' && self.style.regex {
                2
            } else {
                1
            };
        }
        self.bytes.get(end)?;
        self.push(end + 1)
    }

    /// `/a[/]b/`
    fn regular_expression(&mut self) -> Option<()> {
        let mut end = self.at + 1;
        let mut class = false;
        loop {
            match self.bytes.get(end)? {
                b'\n' => return None,
                b'\\' => end += 1,
                b'[' => class = true,
                b']' => class = false,
                b'/' if !class => break,
                _ => {}
            }
            end += 1;
        }
        self.push(end + 1)
    }

    fn after(&self, byte: u8) -> bool {
        self.at > 0 && self.bytes[self.at - 1] == byte
    }

    /// A quoted string on one line; C# and the shells let them go over lines, which is not told
    /// here.
    fn quoted(&mut self, quote: u8) -> Option<()> {
        let mut end = self.at + 1;
        loop {
            match self.bytes.get(end)? {
                b'\\' => end += 2,
                byte if *byte == quote => break,
                b'\n' if !self.style.hashes => return None,
                _ => end += 1,
            }
        }
        self.push(end + 1)
    }

    /// The end of `r"..."` and `r#"..."#`, or of `R"x(...)x"`, at whose quote the reader stands.
    fn raw_string(&self) -> Option<usize> {
        let before: &[u8] = &self.bytes[self.at.saturating_sub(12)..self.at];
        let signs = before
            .iter()
            .rev()
            .take_while(|byte| **byte == b'#')
            .count();
        let mark = before.len().checked_sub(signs + 1).map(|at| before[at])?;
        let last = self.out.last()?.text;
        if mark == b'r' && (signs == 0 && (last == "r" || last == "br") || signs > 0 && last == "#")
        {
            let close: Vec<u8> = std::iter::once(b'"')
                .chain(std::iter::repeat_n(b'#', signs))
                .collect();
            return self.find(self.at + 1, &close).map(|end| end + close.len());
        }
        if signs == 0 && matches!(last, "R" | "LR" | "uR" | "u8R" | "UR") {
            let open = self
                .find(self.at + 1, b"(")
                .filter(|open| *open <= self.at + 18)?;
            let close = [b")", &self.bytes[self.at + 1..open], b"\""].concat();
            return self.find(open, &close).map(|end| end + close.len());
        }
        None
    }

    /// A `#` behind text counts as a comment only where no quote stands before it on the line.
    fn plain_before(&self) -> bool {
        let start = memchr::memrchr(b'\n', &self.bytes[..self.at]).map_or(0, |at| at + 1);
        let before = &self.bytes[start..self.at];
        before.last().is_some_and(u8::is_ascii_whitespace)
            && (self.style.indents
                || !before
                    .iter()
                    .any(|byte| matches!(byte, b'"' | b'\'' | b'`' | b'/' | b'%')))
    }

    /// A string that is a statement of its own right after a colon or at the start: a doc string.
    fn opens_body(&self) -> bool {
        let mut back = self.out.iter().rev().filter(|token| token.text != END);
        back.next().is_none_or(|last| last.text == ":")
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
