//! Program text as tokens: names, numbers, texts and signs with line and indentation, comments left
//! out.
//!
//! One reader for all languages. tree-sitter was tried and is not used here: the grammars that are
//! dependencies know eight of the twelve languages wanted, each calls a comparison, a branch and a
//! thrown error something else, and a file with one broken line must still be read. Every token is
//! looked at once; a text ends with its line unless it is a long one, so that a quote too much
//! costs a line and no more.

/// Most tokens of one file.
const MOST: usize = 200_000;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GuardTokenKind {
    /// A name or a word of the language.
    Word,
    /// A number as written.
    Number,
    /// The inside of a text.
    Text,
    /// An operator or a bracket.
    Sign,
}

/// One token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GuardToken<'t> {
    /// What it is.
    pub kind: GuardTokenKind,
    /// Its text, without quotes.
    pub text: &'t str,
    /// Line, from 1.
    pub line: usize,
    /// Blanks before the first token of its line (a tab counts four).
    pub indent: usize,
    /// It is the first of its line.
    pub first: bool,
}

impl GuardToken<'_> {
    /// A sign or a word of the language with this text.
    pub fn is(&self, text: &str) -> bool {
        self.text == text && matches!(self.kind, GuardTokenKind::Sign | GuardTokenKind::Word)
    }
}

/// How blocks are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BlockStyle {
    /// `{ .. }`, the condition of a branch in parentheses.
    Parens,
    /// `{ .. }`, the condition without parentheses (Go, Rust, Swift).
    Bare,
    /// By indentation (Python).
    Indent,
    /// `do .. end`, `.. end` (Ruby, Elixir).
    Ends,
}

/// A language, as far as its tokens and blocks go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GuardLanguage {
    /// How blocks are written.
    pub family: BlockStyle,
    /// The ending of its files, one for each language.
    pub name: &'static str,
}

/// The language of a path; `None` where this reader knows none.
pub fn find_language(path: &str) -> Option<GuardLanguage> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let ending = name.rsplit_once('.')?.1.to_ascii_lowercase();
    let (family, name) = match ending.as_str() {
        "java" | "groovy" => (BlockStyle::Parens, "java"),
        "kt" | "kts" => (BlockStyle::Parens, "kt"),
        "scala" | "sc" => (BlockStyle::Parens, "scala"),
        "cs" | "fs" | "vb" => (BlockStyle::Parens, "cs"),
        "php" => (BlockStyle::Parens, "php"),
        "js" | "jsx" | "mjs" | "cjs" | "ts" | "tsx" | "mts" | "cts" | "vue" | "svelte" => {
            (BlockStyle::Parens, "js")
        }
        "c" | "h" | "cc" | "cpp" | "cxx" | "hpp" | "hh" | "hxx" | "m" | "mm" | "inl" => {
            (BlockStyle::Parens, "c")
        }
        "dart" => (BlockStyle::Parens, "dart"),
        "go" => (BlockStyle::Bare, "go"),
        "rs" => (BlockStyle::Bare, "rs"),
        "swift" => (BlockStyle::Bare, "swift"),
        "py" | "pyi" => (BlockStyle::Indent, "py"),
        "rb" | "rake" | "ru" | "cr" => (BlockStyle::Ends, "rb"),
        "ex" | "exs" => (BlockStyle::Ends, "ex"),
        _ => return None,
    };
    Some(GuardLanguage { family, name })
}

/// Tokens of a text.
pub fn cut_program_tokens<'t>(language: GuardLanguage, text: &'t str) -> Vec<GuardToken<'t>> {
    let mut reader = GuardLexer {
        text,
        bytes: text.as_bytes(),
        at: 0,
        line: 1,
        indent: 0,
        first: true,
        language,
        tokens: Vec::with_capacity((text.len() / 6).min(MOST)),
    };
    while reader.at < reader.bytes.len() && reader.tokens.len() < MOST {
        reader.step();
    }
    reader.tokens
}

struct GuardLexer<'t> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
    line: usize,
    indent: usize,
    first: bool,
    language: GuardLanguage,
    tokens: Vec<GuardToken<'t>>,
}

/// Signs of more than one character, longest first.
const SIGNS: [&str; 26] = [
    "===", "!==", "<=>", "...", "<<=", ">>=", "==", "!=", ">=", "<=", "=>", "->", "&&", "||", "::",
    ":=", "<-", "=~", "??", "?.", "..", "<>", "+=", "-=", "++", "--",
];

impl<'t> GuardLexer<'t> {
    fn byte(&self, ahead: usize) -> u8 {
        self.bytes.get(self.at + ahead).copied().unwrap_or(0)
    }

    fn starts(&self, with: &str) -> bool {
        self.bytes[self.at..].starts_with(with.as_bytes())
    }

    fn push(&mut self, kind: GuardTokenKind, from: usize, to: usize) {
        // byte positions of quotes and signs are ends of characters
        if let Some(text) = self.text.get(from..to) {
            self.tokens.push(GuardToken {
                kind,
                text,
                line: self.line,
                indent: self.indent,
                first: self.first,
            });
        }
        self.first = false;
    }

    fn step(&mut self) {
        let byte = self.byte(0);
        match byte {
            b'\n' => {
                (self.line, self.indent, self.first) = (self.line + 1, 0, true);
                self.at += 1;
            }
            b' ' | b'\t' | b'\r' => {
                if self.first {
                    self.indent += if byte == b'\t' { 4 } else { 1 };
                }
                self.at += 1;
            }
            b'#' if matches!(self.language.name, "py" | "rb" | "ex")
                || (self.language.name == "php" && self.byte(1) != b'[') =>
            {
                self.rest_of_line()
            }
            b'#' if self.language.name == "c" && self.first && !self.defines() => {
                self.rest_of_line()
            }
            b'/' if self.byte(1) == b'/' && !matches!(self.language.name, "py" | "rb" | "ex") => {
                self.rest_of_line()
            }
            b'/' if self.byte(1) == b'*' && !matches!(self.language.name, "py" | "rb" | "ex") => {
                self.skip_to("*/", 2)
            }
            b'"' | b'\'' | b'`' => self.quoted(byte),
            b'r' if self.language.name == "rs"
                && matches!(
                    (self.byte(1), self.byte(2)),
                    (b'"', _) | (b'#', b'"' | b'#')
                ) =>
            {
                self.raw()
            }
            b'0'..=b'9' => {
                let from = self.at;
                let joins = |reader: &Self| {
                    matches!(reader.byte(0), b'.' | b'\'') && reader.byte(1).is_ascii_digit()
                };
                while self.byte(0).is_ascii_alphanumeric() || self.byte(0) == b'_' || joins(self) {
                    self.at += 1;
                }
                self.push(GuardTokenKind::Number, from, self.at);
            }
            b'_' | b'$' | b'@' | b'a'..=b'z' | b'A'..=b'Z' | 0x80.. => {
                let from = self.at;
                self.at += 1;
                let word = |byte: u8| byte == b'_' || byte >= 0x80 || byte.is_ascii_alphanumeric();
                while word(self.byte(0)) {
                    self.at += 1;
                }
                // `include?`, `raise!`: part of the name where a bracket, a blank or the end
                // follows
                if matches!(self.language.name, "rb" | "ex")
                    && matches!(self.byte(0), b'?' | b'!')
                    && self.byte(1) != b'='
                {
                    self.at += 1;
                }
                self.push(GuardTokenKind::Word, from, self.at);
            }
            _ => {
                let from = self.at;
                // most signs stand alone, and the list is long
                let longer = matches!(
                    self.byte(1),
                    b'=' | b'>' | b'<' | b'.' | b'&' | b'|' | b':' | b'-' | b'~' | b'?' | b'+'
                );
                let length = SIGNS
                    .iter()
                    .find(|sign| longer && self.starts(sign))
                    .map_or(1, |sign| sign.len());
                self.at += length;
                self.push(GuardTokenKind::Sign, from, self.at);
            }
        }
    }

    /// The line of the preprocessor is a definition.
    fn defines(&self) -> bool {
        let rest = &self.bytes[self.at + 1..];
        let blanks = rest
            .iter()
            .take_while(|byte| matches!(byte, b' ' | b'\t'))
            .count();
        rest[blanks..].starts_with(b"define")
    }

    fn rest_of_line(&mut self) {
        self.at +=
            memchr::memchr(b'\n', &self.bytes[self.at..]).unwrap_or(self.bytes.len() - self.at);
    }

    /// Behind `end`, counting lines; to the end of the text where it is missing.
    fn skip_to(&mut self, end: &str, from: usize) {
        let start = (self.at + from).min(self.bytes.len());
        let stop = memchr::memmem::find(&self.bytes[start..], end.as_bytes())
            .map_or(self.bytes.len(), |at| start + at + end.len());
        self.line += memchr::memchr_iter(b'\n', &self.bytes[self.at..stop]).count();
        self.at = stop;
    }

    fn raw(&mut self) {
        let marks = self.bytes[self.at + 1..]
            .iter()
            .take_while(|&&byte| byte == b'#')
            .count();
        if self.byte(1 + marks) != b'"' {
            // `r#type` is a name
            self.at += 1 + marks;
            return;
        }
        let from = self.at + marks + 2;
        let end = format!("\"{}", "#".repeat(marks.min(32)));
        let token = self.tokens.len();
        self.push(GuardTokenKind::Text, from, from);
        self.skip_to(&end, marks + 2);
        if let (Some(text), Some(token)) = (
            self.text
                .get(from..self.at.saturating_sub(end.len()).max(from)),
            self.tokens.get_mut(token),
        ) {
            token.text = text;
        }
    }

    fn quoted(&mut self, quote: u8) {
        // a lifetime of Rust, a symbol of Scala
        if quote == b'\''
            && matches!(self.language.name, "rs" | "scala")
            && self.byte(2) != b'\''
            && self.byte(1) != b'\\'
        {
            self.at += 1;
            return;
        }
        let triple = self.byte(1) == quote
            && self.byte(2) == quote
            && quote != b'`'
            && !matches!(self.language.name, "c" | "go" | "js" | "rs" | "php");
        if triple {
            let end = if quote == b'"' { "\"\"\"" } else { "'''" };
            let (from, token) = (self.at + 3, self.tokens.len());
            self.push(GuardTokenKind::Text, from, from);
            self.skip_to(end, 3);
            if let (Some(text), Some(token)) = (
                self.text.get(from..self.at.saturating_sub(3).max(from)),
                self.tokens.get_mut(token),
            ) {
                token.text = text;
            }
            return;
        }
        let from = self.at + 1;
        let line = self.line;
        self.at += 1;
        while self.at < self.bytes.len() {
            match self.byte(0) {
                b'\\' if !(quote == b'`' && self.language.name == "go") => {
                    self.line += usize::from(self.byte(1) == b'\n');
                    self.at += 1;
                }
                b'\n' if quote != b'`' => break,
                b'\n' => self.line += 1,
                byte if byte == quote => break,
                _ => {}
            }
            self.at += 1;
        }
        self.at = self.at.min(self.bytes.len());
        let (to, now) = (self.at, std::mem::replace(&mut self.line, line));
        self.push(GuardTokenKind::Text, from, to);
        self.line = now;
        if self.byte(0) == quote {
            self.at += 1;
        }
    }
}
