//! A text to its pieces, one after the other.

use crate::lexicon::{CommentPlace, Escape, Lexicon, LineComment, Quote};

/// What a piece is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ScanPieceKind {
    /// Blanks within a line.
    Blank,
    /// The end of a line, one character.
    LineEnd,
    /// A comment, with its signs.
    Comment,
    /// A text in quotes, with them.
    Quoted,
    /// A number as written.
    Number,
    /// A name or a word of the language.
    Word,
    /// An operator, a bracket, anything else.
    Sign,
}

/// A piece of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScanPiece<'t> {
    /// What it is.
    pub kind: ScanPieceKind,
    /// As written, signs and quotes included.
    pub text: &'t str,
    /// Its first byte.
    pub start: usize,
    /// Line where it begins, from 1.
    pub line: usize,
    /// What closes it is there; `true` for what needs no closing.
    pub closed: bool,
    /// Bytes of its text before its inside, and behind it.
    around: (u8, u8),
}

impl<'t> ScanPiece<'t> {
    /// The byte behind it.
    pub fn end(&self) -> usize {
        self.start + self.text.len()
    }

    /// The text between its quotes; all of it for what has none.
    pub fn inside(&self) -> &'t str {
        let (before, behind) = (usize::from(self.around.0), usize::from(self.around.1));
        let end = self.text.len().saturating_sub(behind);
        self.text.get(before..end).unwrap_or_default()
    }
}

/// What a text begins or ends in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ScanState {
    /// Program text.
    #[default]
    Outside,
    /// A comment that ends with this.
    Comment(&'static str),
    /// A quote.
    Quote(Quote),
    /// A raw text of Rust that ends with a quote and so many `#`.
    Raw(u8),
}

/// Takes a text apart. The pieces have no gap between them.
#[derive(Debug, Clone)]
pub struct TextScanner<'t> {
    lexicon: &'static Lexicon,
    text: &'t str,
    at: usize,
    line: usize,
    /// Only blanks stand before this place on its line.
    fresh: bool,
    state: ScanState,
}

/// Most `#` around a raw text.
const MARKS: usize = 32;

/// Where a piece ends: its kind, the byte behind it, whether it is closed, what is around its inside.
type PieceEnd = (ScanPieceKind, usize, bool, (u8, u8));

impl<'t> TextScanner<'t> {
    /// A scanner at the start of a text.
    pub fn new(lexicon: &'static Lexicon, text: &'t str) -> Self {
        Self::resume(lexicon, text, ScanState::Outside)
    }

    /// A scanner at the start of a text that begins inside of something.
    pub fn resume(lexicon: &'static Lexicon, text: &'t str, state: ScanState) -> Self {
        Self {
            lexicon,
            text,
            at: 0,
            line: 1,
            fresh: true,
            state,
        }
    }

    /// What the place is in behind the last piece that was given.
    pub fn state(&self) -> ScanState {
        self.state
    }

    #[inline]
    fn rest(&self) -> &'t [u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }

    /// The end of what the place is inside of.
    fn end_open(&mut self) -> Option<PieceEnd> {
        let end = match std::mem::take(&mut self.state) {
            ScanState::Outside => return None,
            ScanState::Comment(close) => self.end_comment(0, close),
            ScanState::Quote(quote) => self.end_quote(0, quote),
            ScanState::Raw(marks) => self.end_raw(0, usize::from(marks)),
        };
        // an open short quote ends with its line, which may be at once
        (end.1 > self.at).then_some(end)
    }

    /// A comment whose text begins so many bytes from here.
    fn end_comment(&mut self, from: usize, close: &'static str) -> PieceEnd {
        let body = self.rest().get(from..).unwrap_or_default();
        match memchr::memmem::find(body, close.as_bytes()) {
            Some(found) => {
                let end = self.at + from + found + close.len();
                (ScanPieceKind::Comment, end, true, (0, 0))
            }
            None => {
                self.state = ScanState::Comment(close);
                (ScanPieceKind::Comment, self.text.len(), false, (0, 0))
            }
        }
    }

    /// A quote whose text begins so many bytes from here.
    fn end_quote(&mut self, from: usize, quote: Quote) -> PieceEnd {
        let (rest, close) = (self.rest(), quote.close.as_bytes());
        let before = count_signs(from);
        let mut at = from;
        while let Some(&byte) = rest.get(at) {
            let tail = &rest[at..];
            if tail.starts_with(close) {
                let end = self.at + at + close.len();
                return (
                    ScanPieceKind::Quoted,
                    end,
                    true,
                    (before, count_signs(close.len())),
                );
            }
            // a backslash takes one byte with it; the end is moved to the next letter afterwards
            at += match (byte, quote.escape) {
                (b'\\', Escape::Backslash) => 2,
                // GraphQL writes `\"""` for three quotes in a block, and any other backslash means
                // itself
                (b'\\', Escape::BeforeClose) if tail[1..].starts_with(close) => 1 + close.len(),
                // an apostrophe in a word would else swallow the rest of the file
                (b'\n', _) if !quote.long => {
                    return (ScanPieceKind::Quoted, self.at + at, false, (before, 0));
                }
                _ => 1,
            };
        }
        if quote.long {
            self.state = ScanState::Quote(quote);
        }
        (ScanPieceKind::Quoted, self.text.len(), false, (before, 0))
    }

    /// A raw text whose text begins so many bytes from here.
    fn end_raw(&mut self, from: usize, marks: usize) -> PieceEnd {
        let rest = self.rest();
        let mut at = from;
        // `r"\"` holds one backslash: nothing escapes in a raw text, only the marks end it
        while let Some(found) = memchr::memchr(b'"', rest.get(at..).unwrap_or_default()) {
            at += found + 1;
            let behind = rest.get(at..).unwrap_or_default();
            let closes = behind.iter().take(marks).take_while(|byte| **byte == b'#');
            if closes.count() == marks {
                let end = self.at + at + marks;
                return (
                    ScanPieceKind::Quoted,
                    end,
                    true,
                    (count_signs(from), count_signs(marks + 1)),
                );
            }
        }
        self.state = ScanState::Raw(u8::try_from(marks).unwrap_or(u8::MAX));
        (
            ScanPieceKind::Quoted,
            self.text.len(),
            false,
            (count_signs(from), 0),
        )
    }

    /// A comment or a quote that opens here.
    fn begin_open(&mut self) -> Option<PieceEnd> {
        let (rest, rules) = (self.rest(), self.lexicon.rules());
        for (open, close) in rules.block_comments {
            if rest.starts_with(open.as_bytes()) {
                return Some(self.end_comment(open.len(), close));
            }
        }
        if rules.line_comments.iter().any(|one| self.is_comment(one)) {
            let end = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
            return Some((ScanPieceKind::Comment, self.at + end, true, (0, 0)));
        }
        // longer quotes stand first in the table, or `"""` would be an empty text and a quote
        for quote in rules.quotes {
            if rest.starts_with(quote.open.as_bytes()) {
                return Some(self.end_quote(quote.open.len(), *quote));
            }
        }
        if rules.characters
            && let Some(length) = measure_character(&self.text[self.at..])
        {
            return Some((ScanPieceKind::Quoted, self.at + length, true, (1, 1)));
        }
        None
    }

    fn is_comment(&self, comment: &LineComment) -> bool {
        let Some(behind) = self.rest().strip_prefix(comment.sign.as_bytes()) else {
            return false;
        };
        let stands = match comment.place {
            CommentPlace::Anywhere => true,
            CommentPlace::Apart => {
                let before = self.text.get(..self.at).unwrap_or_default();
                before.is_empty() || before.ends_with(char::is_whitespace)
            }
            CommentPlace::LineStart => self.fresh,
        };
        let blank =
            |byte: &&u8| comment.place == CommentPlace::LineStart && self.lexicon.is_blank(**byte);
        let blanks = behind.iter().take_while(blank).count();
        stands
            // `#[Attribute]` of PHP is no remark, and neither is `#define` of C where it is asked
            // for
            && (comment.unless.is_empty()
                || !behind[blanks..].starts_with(comment.unless.as_bytes()))
    }

    /// A number, a word or a sign.
    #[inline]
    fn end_plain(&self, byte: u8) -> PieceEnd {
        let (rest, lexicon) = (self.rest(), self.lexicon);
        let rules = lexicon.rules();
        let plain = |kind, length| (kind, self.at + length, true, (0, 0));
        if lexicon.begins_number(byte) {
            let joins = rules.number_joins.as_bytes();
            let mut at = 1;
            while let Some(&byte) = rest.get(at) {
                let joined =
                    // `1..2` is a range of two numbers: a point joins only where a digit follows
                    joins.contains(&byte) && rest.get(at + 1).is_some_and(u8::is_ascii_digit);
                if !joined && !lexicon.goes_on_in_number(byte) {
                    break;
                }
                at += 1;
            }
            return plain(ScanPieceKind::Number, at);
        }
        if lexicon.begins_word(byte) {
            let more = rest[1..]
                .iter()
                .position(|byte| !lexicon.goes_on_in_word(*byte));
            let mut length = more.map_or(rest.len(), |more| more + 1);
            // `empty?` is one name in Ruby, `a!=b` is not
            if !rules.word_tail.is_empty() {
                let tail = rest.get(length).is_some_and(|byte| {
                    rules.word_tail.as_bytes().contains(byte) && rest.get(length + 1) != Some(&b'=')
                });
                length += usize::from(tail);
            }
            return plain(ScanPieceKind::Word, length);
        }
        // most signs stand alone, and the list is long
        if !lexicon.begins_long_sign(byte) || !rest.get(1).is_some_and(u8::is_ascii_punctuation) {
            return plain(ScanPieceKind::Sign, 1);
        }
        let mut signs = rules.signs.iter();
        let sign = signs.find(|sign| rest.starts_with(sign.as_bytes()));
        plain(ScanPieceKind::Sign, sign.map_or(1, |sign| sign.len()))
    }

    #[inline]
    fn find_end(&mut self) -> Option<PieceEnd> {
        // asked before each piece: nothing is copied where nothing is open
        if !matches!(self.state, ScanState::Outside)
            && let Some(end) = self.end_open()
        {
            return Some(end);
        }
        let rest = self.rest();
        let byte = *rest.first()?;
        if byte == b'\n' {
            return Some((ScanPieceKind::LineEnd, self.at + 1, true, (0, 0)));
        }
        // what an editor writes before a text is none of it
        if self.at == 0 && rest.starts_with(b"\xef\xbb\xbf") {
            return Some((ScanPieceKind::Blank, 3, true, (0, 0)));
        }
        if self.lexicon.is_blank(byte) {
            let run = rest.iter().position(|byte| !self.lexicon.is_blank(*byte));
            let end = self.at + run.unwrap_or(rest.len());
            return Some((ScanPieceKind::Blank, end, true, (0, 0)));
        }
        if self.lexicon.may_open(byte)
            && let Some(end) = self.begin_open()
        {
            return Some(end);
        }
        if byte == b'r'
            && self.lexicon.rules().raw_strings
            && let Some(marks) = count_raw_marks(rest)
        {
            return Some(self.end_raw(marks + 2, marks));
        }
        Some(self.end_plain(byte))
    }
}

impl<'t> Iterator for TextScanner<'t> {
    type Item = ScanPiece<'t>;

    #[inline]
    fn next(&mut self) -> Option<ScanPiece<'t>> {
        let (kind, end, closed, around) = self.find_end()?;
        let mut end = end.min(self.text.len());
        // an escape may take the first byte of a letter with it
        while !self.text.is_char_boundary(end) {
            end += 1;
        }
        let text = self.text.get(self.at..end)?;
        let piece = ScanPiece {
            kind,
            text,
            start: self.at,
            line: self.line,
            closed,
            around,
        };
        match kind {
            ScanPieceKind::LineEnd => (self.line, self.fresh) = (self.line + 1, true),
            ScanPieceKind::Blank => {}
            ScanPieceKind::Comment | ScanPieceKind::Quoted => {
                self.line += memchr::memchr_iter(b'\n', text.as_bytes()).count();
                self.fresh = false;
            }
            _ => self.fresh = false,
        }
        self.at = end;
        Some(piece)
    }
}

/// Bytes of what opens or closes a text: few.
fn count_signs(bytes: usize) -> u8 {
    u8::try_from(bytes).unwrap_or(u8::MAX)
}

/// `'x'` or `'\n'`; a lone `'` may begin a lifetime, or be a part of a number.
fn measure_character(rest: &str) -> Option<usize> {
    let inside = rest.strip_prefix('\'')?;
    let letter = inside.chars().next()?;
    // `'\u{1f600}'` is the longest form
    if letter == '\\' {
        let end = inside
            .char_indices()
            .skip(2)
            .take(10)
            .find(|(_, c)| *c == '\'')?;
        return Some(end.0 + 2);
    }
    let behind = inside.get(letter.len_utf8()..)?;
    (letter != '\n' && behind.starts_with('\'')).then(|| letter.len_utf8() + 2)
}

/// The `#` between `r` and a quote; `None` where no raw text begins: `r#type` is a name.
fn count_raw_marks(rest: &[u8]) -> Option<usize> {
    let behind = rest.strip_prefix(b"r")?;
    let marks = behind
        .iter()
        .take(MARKS)
        .take_while(|byte| **byte == b'#')
        .count();
    (behind.get(marks) == Some(&b'"')).then_some(marks)
}
