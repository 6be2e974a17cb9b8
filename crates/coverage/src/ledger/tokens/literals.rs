//! Where a literal ends: quoted texts with program text inside, here-documents, sigils, regular
//! expressions, characters.

use super::style::LanguageFamily as F;
use super::{END, LedgerLexer};

// each text in a text costs its own search, and a hostile file nests them without end
/// How deep texts may stand in program text in texts.
const DEPTH: u8 = 6;

impl<'a> LedgerLexer<'a> {
    /// A text in three quotes; one that only documents a body is left out.
    pub(super) fn triple_quoted(&mut self, byte: u8) -> Option<()> {
        let end = self.find_end_of_triple(byte)?;
        let statement =
            self.style.indents && self.fresh && self.out.last().is_none_or(|last| last.text == END);
        if self.documents_module() {
            // the attribute goes with its text, so that a new one is no change either
            self.out.truncate(self.out.len() - 2);
            self.skip(end);
            return Some(());
        }
        // a doc string says what a body does, unless a library reads it or a call follows
        if statement
            && !self.documents_are_read
            && !self
                .bytes
                .get(end..)
                // `"""..""".format(` and `""" .. """ % x` make a value
                .is_some_and(|after| after.starts_with(b".") || after.starts_with(b" %"))
            && self.opens_body()
        {
            self.skip(end);
        } else {
            self.push(end)?;
        }
        Some(())
    }

    /// The place behind the quotes that end a text in three quotes; `None` where there are none or
    /// it is not sure which.
    fn find_end_of_triple(&self, byte: u8) -> Option<usize> {
        let run = |at: usize| {
            let quotes = self.bytes.get(at..).unwrap_or_default();
            quotes.iter().take_while(|own| **own == byte).count()
        };
        // C# closes with as many as it opened with; F#, which is its family, has three
        let opened = run(self.at);
        if self.style.family == F::CSharp && opened > 3 {
            if self.style.indents {
                return None;
            }
            let close = vec![byte; opened];
            return self.find(self.at + opened, &close).map(|end| end + opened);
        }
        let escape = self.style.triple_escape;
        let mut end = self.at + 3;
        loop {
            let found = self.find(end, &[byte; 3])?;
            let before = self.bytes.get(end..found)?;
            let escapes = before.iter().rev().take_while(|own| **own == escape);
            if escape != 0 && escapes.count() % 2 == 1 {
                end = found + 1;
                continue;
            }
            // what stands before the last three belongs to the text
            let keeps_more = escape == 0 && self.style.family != F::CSharp;
            return Some(found + if keeps_more { run(found) } else { 3 });
        }
    }

    /// A text behind `@moduledoc`, `@doc` or `@typedoc` of Elixir, which nothing but documentation
    /// reads.
    fn documents_module(&self) -> bool {
        let mut back = self.out.iter().rev().map(|token| token.text);
        self.style.family == F::Elixir
            && !self.documents_are_read
            && matches!(back.next(), Some("moduledoc" | "doc" | "typedoc"))
            && back.next() == Some("@")
    }

    /// A string that is a statement of its own right after a colon or at the start: a doc string.
    fn opens_body(&self) -> bool {
        let mut back = self.out.iter().rev().filter(|token| token.text != END);
        back.next().is_none_or(|last| last.text == ":")
    }

    /// `@"a ""quoted"" word"` of C#.
    pub(super) fn verbatim(&mut self) -> Option<()> {
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
    pub(super) fn character(&mut self, rest: &'a [u8]) -> Option<()> {
        let end = match rest.get(1) {
            Some(b'\\') => self
                .find(self.at + 3, b"'")
                .map(|end| end + 1)
                // `'\u{10FFFF}'` is the longest character
                .filter(|end| *end <= self.at + 14),
            Some(_) => self
                .find(self.at + 1, b"'")
                .map(|end| end + 1)
                // a lifetime `'a` has no quote behind it
                .filter(|end| *end <= self.at + 6 && *end > self.at + 2),
            None => None,
        };
        self.push(end.unwrap_or(self.at + 1))
    }

    /// A quoted text, with all that stands in it.
    pub(super) fn quoted(&mut self, quote: u8) -> Option<()> {
        let end = self.find_end_of_quoted(self.at + 1, quote, 0)?;
        self.push(end)
    }

    /// The place behind the quote that ends a text.
    fn find_end_of_quoted(&self, mut at: usize, quote: u8, depth: u8) -> Option<usize> {
        let shell = self.style.family == F::Shell || self.style.escape == b'`';
        let raw = match quote {
            b'\'' => shell,
            // in Go nothing takes the meaning from the next sign of such a text
            b'`' => !matches!(self.style.family, F::Script | F::Ruby),
            _ => false,
        };
        let escape = if raw { 0 } else { self.style.escape };
        let over_lines = self.style.over_lines || quote == b'`';
        loop {
            let byte = *self.bytes.get(at)?;
            if let Some(inner) = self.find_hole(at, quote) {
                at = self.find_end_of_hole(inner, depth + 1)?;
            } else if byte == escape && escape != 0 {
                at += 2;
            } else if byte == quote {
                return Some(at + 1);
            } else if byte == b'\n' && !over_lines {
                return None;
            } else {
                at += 1;
            }
        }
    }

    /// Where program text begins inside a quoted text: behind `${`, `#{`, `\(`, `$(`.
    fn find_hole(&self, at: usize, quote: u8) -> Option<usize> {
        let rest = &self.bytes[at..];
        let opens: &[&[u8]] = match (self.style.family, quote) {
            (F::Script, b'`') => &[b"${"],
            (F::Ruby | F::Elixir, b'"' | b'`') => &[b"#{"],
            (F::Php, b'"') => &[b"{$"],
            (F::Shell, b'"') => &[b"$(", b"${"],
            (F::Hcl, b'"') => &[b"${", b"%{"],
            (F::Plain | F::Dart | F::Swift | F::Jvm, b'"' | b'\'') if self.style.triple => {
                &[b"${", b"\\("]
            }
            _ => &[],
        };
        opens
            .iter()
            .find(|open| rest.starts_with(open))
            .map(|open| at + open.len())
    }

    /// The place behind the bracket that ends program text in a quoted text, which stands on one
    /// line; `None` where that is not sure.
    fn find_end_of_hole(&self, mut at: usize, depth: u8) -> Option<usize> {
        if depth > DEPTH {
            // deeper than this the reader is not sure, so the file counts as changed
            return None;
        }
        let mut open = 1usize;
        while open > 0 {
            let byte = *self.bytes.get(at)?;
            match byte {
                b'{' | b'(' | b'[' => open += 1,
                b'}' | b')' | b']' => open -= 1,
                b'\n' => return None,
                // a pattern, a division or a comment
                // within a hole a slash cannot be told from a division
                b'/' if self.style.regex => return None,
                b'"' | b'`' => {
                    at = self.find_end_of_quoted(at + 1, byte, depth)?;
                    continue;
                }
                b'\'' if self.style.single => {
                    at = self.find_end_of_quoted(at + 1, byte, depth)?;
                    continue;
                }
                _ => {}
            }
            at += 1;
        }
        Some(at)
    }

    /// `/a[/]b/`
    pub(super) fn regular_expression(&mut self) -> Option<()> {
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

    /// The end of `r"..."` and `r#"..."#`, or of `R"x(...)x"`, at whose quote the reader stands.
    pub(super) fn raw_string(&self) -> Option<usize> {
        // a mark and its signs are a few bytes
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
        // prefixes of C++ for the sizes of characters
        if signs == 0 && matches!(last, "R" | "LR" | "uR" | "u8R" | "UR") {
            let open = self
                .find(self.at + 1, b"(")
                .filter(|open| *open <= self.at + 18)?;
            let close = [b")", &self.bytes[self.at + 1..open], b"\""].concat();
            return self.find(open, &close).map(|end| end + close.len());
        }
        None
    }

    /// Literals that only the language at hand has; `Some(false)` where none begins here.
    pub(super) fn own_literal(&mut self) -> Option<bool> {
        let rest = self.rest();
        let end = match (self.style.family, rest[0]) {
            // `$%` of Erlang, `\;` of Clojure and `\"` of a shell are characters
            (F::Erlang, b'$') => Some(self.at + if rest.get(1) == Some(&b'\\') { 3 } else { 2 }),
            (F::Clojure | F::Shell, b'\\') => Some(self.at + 2),
            (F::Zig, b'\\') if rest.starts_with(b"\\\\") => {
                Some(self.find(self.at, b"\n").unwrap_or(self.bytes.len()))
            }
            (F::Dart, b'r') if matches!(rest.get(1), Some(b'"' | b'\'')) => {
                Some(self.find_end_of_dart_raw(rest[1])?)
            }
            (F::Swift, b'#') => match self.find_end_of_swift_raw() {
                Sought::Found(end) => Some(end),
                Sought::Absent => None,
                Sought::Unclear => return None,
            },
            (F::Elixir, b'~') => match self.find_end_of_sigil() {
                Sought::Found(end) => Some(end),
                Sought::Absent => None,
                Sought::Unclear => return None,
            },
            (F::Ruby, b'?') if self.operand_wanted() && is_ruby_character(rest) => {
                // `?a` of Ruby is a character, `x ? a : b` a choice
                Some(self.at + 2)
            }
            (F::Ruby, b'%') => match self.find_end_of_percent_literal() {
                Sought::Found(end) => Some(end),
                Sought::Absent => None,
                Sought::Unclear => return None,
            },
            // `puts /a/` calls with a pattern
            (F::Ruby, b'/') if self.begins_argument() => {
                self.regular_expression()?;
                return Some(true);
            }
            // `a << b` pushes, `<<~SQL` begins a text
            (F::Ruby | F::Hcl, b'<') if rest.starts_with(b"<<") => self.begin_here_document(),
            (F::Php, b'<') if rest.starts_with(b"<<<") => match self.find_end_of_php_document() {
                Sought::Found(end) => Some(end),
                Sought::Absent => None,
                Sought::Unclear => return None,
            },
            // a page around program text
            (F::Php, b'?') if rest.starts_with(b"?>") => {
                Some(self.find(self.at, b"<?").unwrap_or(self.bytes.len()))
            }
            _ => None,
        };
        let Some(end) = end else {
            return Some(false);
        };
        // a character of more than one byte is taken whole
        let mut end = end.min(self.bytes.len());
        while !self.text.is_char_boundary(end) {
            end += 1;
        }
        self.push(end)?;
        Some(true)
    }

    /// The sign begins an argument: a blank stands before it and none behind it.
    fn begins_argument(&self) -> bool {
        self.out.last().is_some_and(super::LedgerToken::is_word)
            && self.at > 0
            && matches!(self.bytes[self.at - 1], b' ' | b'\t')
            && self
                .bytes
                .get(self.at + 1)
                .is_some_and(|next| !matches!(next, b' ' | b'\t' | b'=' | b'\n'))
    }

    /// `r'C:\'`, `r"""..."""`: nothing is escaped.
    fn find_end_of_dart_raw(&self, quote: u8) -> Option<usize> {
        let start = self.at + 1;
        let closes = if self.bytes[start..].starts_with(&[quote; 3]) {
            3
        } else {
            1
        };
        let end = self.find(start + closes, &[quote; 3][..closes])?;
        let text = self.bytes.get(start..end)?;
        (closes == 3 || !text.contains(&b'\n')).then_some(end + closes)
    }

    /// `#"a "quoted" word"#`, `##"""..."""##`; unclear where program text stands inside.
    fn find_end_of_swift_raw(&self) -> Sought {
        let rest = self.rest();
        let signs = rest.iter().take_while(|byte| **byte == b'#').count();
        if rest.get(signs) != Some(&b'"') {
            return Sought::Absent;
        }
        let quotes = if rest[signs..].starts_with(b"\"\"\"") {
            3
        } else {
            1
        };
        let close = [&[b'"'; 3][..quotes], vec![b'#'; signs].as_slice()].concat();
        let start = self.at + signs + quotes;
        let Some(end) = self.find(start, &close) else {
            return Sought::Unclear;
        };
        let hole = [b"\\", vec![b'#'; signs].as_slice(), b"("].concat();
        let text = self.bytes.get(start..end).unwrap_or_default();
        let over_lines = quotes == 1 && text.contains(&b'\n');
        if over_lines || memchr::memmem::find(text, &hole).is_some() {
            return Sought::Unclear;
        }
        Sought::Found(end + close.len())
    }

    /// `~s(..)`, `~D[..]`, `~H"""`.
    fn find_end_of_sigil(&self) -> Sought {
        let rest = self.rest();
        let name = rest[1..]
            .iter()
            .take_while(|byte| byte.is_ascii_alphabetic())
            .count();
        let Some(open) = rest.get(1 + name).copied().filter(|_| name > 0) else {
            return Sought::Absent;
        };
        let start = self.at + 1 + name;
        // three quotes first, or the text would end at its second one
        if self.bytes[start..].starts_with(b"\"\"\"") || self.bytes[start..].starts_with(b"'''") {
            return Sought::from(self.find(start + 3, &[open; 3]).map(|end| end + 3));
        }
        let close = match open {
            b'(' => b')',
            b'[' => b']',
            b'{' => b'}',
            b'<' => b'>',
            b'/' | b'|' | b'"' | b'\'' => open,
            _ => return Sought::Absent,
        };
        Sought::from(self.find_close(start + 1, None, close))
    }

    /// `%w[a b]`, `%(text)`.
    fn find_end_of_percent_literal(&self) -> Sought {
        let rest = self.rest();
        let wanted = self.operand_wanted();
        let letter = rest.get(1).is_some_and(|byte| b"wWiIqQrxs".contains(byte));
        let start = self.at + 1 + usize::from(letter);
        let Some(open) = self.bytes.get(start).copied() else {
            return Sought::Absent;
        };
        // `a % b` is an operator
        if !wanted && !self.begins_argument() || !open.is_ascii_punctuation() || open == b'_' {
            return Sought::Absent;
        }
        let (nested, close) = match open {
            b'(' => (Some(open), b')'),
            b'[' => (Some(open), b']'),
            b'{' => (Some(open), b'}'),
            b'<' => (Some(open), b'>'),
            _ => (None, open),
        };
        // `size %(other)` may divide
        if !wanted && !letter {
            return Sought::Unclear;
        }
        Sought::from(self.find_close(start + 1, nested, close))
    }

    /// The place behind the sign that closes a literal.
    fn find_close(&self, mut at: usize, open: Option<u8>, close: u8) -> Option<usize> {
        let mut depth = 1usize;
        loop {
            let byte = *self.bytes.get(at)?;
            if byte == b'\\' {
                at += 1;
            } else if Some(byte) == open {
                depth += 1;
            } else if byte == close {
                depth -= 1;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            at += 1;
        }
    }

    /// `<<~SQL`, whose text begins on the next line. The place behind its name, or nothing where it
    /// is another sign.
    fn begin_here_document(&mut self) -> Option<usize> {
        let rest = self.text.get(self.at + 2..)?;
        let marked = rest.starts_with(['~', '-']);
        let name = if marked { &rest[1..] } else { rest };
        let quote = name
            .chars()
            .next()
            .filter(|c| matches!(c, '"' | '\'' | '`'));
        let name = &name[quote.map_or(0, char::len_utf8)..];
        let length = name
            .bytes()
            .take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
            .count();
        let first = name.bytes().next()?;
        if length == 0
            || first.is_ascii_digit()
            || !marked
                && quote.is_none()
                && !first.is_ascii_uppercase()
                // nothing is pushed there, so `<<eot` is a text as well
                && self.style.family != F::Hcl
        {
            return None;
        }
        let name = &name[..length];
        let ends = self.text[self.at..]
            .lines()
            .skip(1)
            .any(|line| line.trim() == name);
        // `x <<A` pushes a constant where no line ends a text of that name
        if !ends {
            return None;
        }
        self.here_documents.push(name.to_owned());
        let quotes = quote.map_or(0, |_| 2);
        Some(self.at + 2 + usize::from(marked) + quotes + length)
    }

    /// The texts of the here-documents that the line before began.
    pub(super) fn read_here_documents(&mut self) -> Option<()> {
        for name in std::mem::take(&mut self.here_documents) {
            let mut end = self.at;
            loop {
                let line_end = self.find(end, b"\n").unwrap_or(self.bytes.len());
                let line = self.text.get(end..line_end)?;
                let last = line.trim() == name;
                if line_end >= self.bytes.len() && !last {
                    return None;
                }
                end = line_end + usize::from(!last);
                if last {
                    break;
                }
            }
            self.push(end)?;
        }
        Some(())
    }

    /// `<<<SQL` with all its lines.
    fn find_end_of_php_document(&self) -> Sought {
        let Some(rest) = self.text.get(self.at + 3..) else {
            return Sought::Absent;
        };
        let rest = rest.trim_start_matches([' ', '\t', '"', '\'']);
        let length = rest
            .bytes()
            .take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
            .count();
        let name = &rest[..length];
        // an empty name or a newer form is not known, so nothing is said of the file
        if name.is_empty() {
            return Sought::Unclear;
        }
        let mut at = self.text.len() - rest.len() + length;
        for line in rest[length..].split_inclusive('\n').skip(1) {
            at = at.max(line.as_ptr() as usize - self.text.as_ptr() as usize);
            let indent = line.len() - line.trim_start().len();
            if let Some(after) = line[indent..].strip_prefix(name)
                && !after.starts_with(|c: char| c.is_alphanumeric() || c == '_')
            {
                return Sought::Found(at + indent + name.len());
            }
        }
        Sought::Unclear
    }
}

/// What a search for the end of a literal gave.
enum Sought {
    /// The place behind it.
    Found(usize),
    /// No literal begins here.
    Absent,
    /// One begins, and where it ends is not sure.
    Unclear,
}

impl From<Option<usize>> for Sought {
    fn from(end: Option<usize>) -> Self {
        end.map_or(Self::Unclear, Self::Found)
    }
}

/// `?x` of Ruby.
fn is_ruby_character(rest: &[u8]) -> bool {
    rest.get(1).is_some_and(|byte| !byte.is_ascii_whitespace())
        && rest
            .get(2)
            .is_none_or(|byte| !(byte.is_ascii_alphanumeric() || *byte == b'_'))
}
