//! What is a comment, a quote, a word and a sign in one language.

/// Where a comment up to the end of the line may begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CommentPlace {
    /// Wherever its sign stands.
    Anywhere,
    /// At the beginning of a text, or behind a blank, as in a shell.
    Apart,
    /// At the beginning of a line, blanks left out.
    LineStart,
}

/// A comment up to the end of the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineComment {
    /// What begins it.
    pub sign: &'static str,
    /// Where it may begin.
    pub place: CommentPlace,
    /// It is none where this follows: `[` behind `#` in PHP; blanks between them are left out where
    /// it begins a line. Empty: always one.
    pub unless: &'static str,
}

impl LineComment {
    /// One that begins wherever its sign stands.
    pub const fn anywhere(sign: &'static str) -> Self {
        Self {
            sign,
            place: CommentPlace::Anywhere,
            unless: "",
        }
    }

    /// One that begins behind a blank only.
    pub const fn apart(sign: &'static str) -> Self {
        Self {
            sign,
            place: CommentPlace::Apart,
            unless: "",
        }
    }
}

/// How what closes a quote is written inside of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Escape {
    /// Not at all; where it is written twice, the next quote begins at once.
    None,
    /// A backslash takes the meaning of what follows.
    Backslash,
    /// A backslash counts before the closing sign only, as in block strings of GraphQL.
    BeforeClose,
}

/// A quote: what opens it, what closes it, and how far it may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quote {
    /// What opens it.
    pub open: &'static str,
    /// What closes it.
    pub close: &'static str,
    /// It may go on in the next line.
    pub long: bool,
    /// How its closing sign is written inside.
    pub escape: Escape,
}

impl Quote {
    /// One that ends with its line, with backslashes.
    pub const fn short(sign: &'static str) -> Self {
        Self {
            open: sign,
            close: sign,
            long: false,
            escape: Escape::Backslash,
        }
    }

    /// One that may go on in the next line, with backslashes.
    pub const fn long(sign: &'static str) -> Self {
        Self {
            long: true,
            ..Self::short(sign)
        }
    }

    /// The same without backslashes.
    pub const fn plain(self) -> Self {
        Self {
            escape: Escape::None,
            ..self
        }
    }
}

/// The table of one language. Signs are of ASCII.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LexiconRules {
    /// Comments up to the end of the line.
    pub line_comments: &'static [LineComment],
    /// Comments over lines: open and close. They come before comments of a line and do not nest.
    pub block_comments: &'static [(&'static str, &'static str)],
    /// Quotes, longer ones first.
    pub quotes: &'static [Quote],
    /// A single quote holds one character only (`'x'`, `'\n'`), and is a sign otherwise, as before a
    /// lifetime of Rust.
    pub characters: bool,
    /// `r"..."` and `r#"..."#` of Rust.
    pub raw_strings: bool,
    /// Digits begin a number; else they begin a word.
    pub numbers: bool,
    /// Signs within a number, where a digit follows.
    pub number_joins: &'static str,
    /// What begins a word, beside letters.
    pub word_start: &'static str,
    /// What goes on in a word, beside letters and digits.
    pub word_more: &'static str,
    /// One of these may end a word, where no `=` follows: `empty?`.
    pub word_tail: &'static str,
    /// Signs of more than one character, longest first.
    pub signs: &'static [&'static str],
}

impl LexiconRules {
    /// Words, numbers with a point, signs of one character; no comment and no quote.
    pub const PLAIN: Self = Self {
        line_comments: &[],
        block_comments: &[],
        quotes: &[],
        characters: false,
        raw_strings: false,
        numbers: true,
        number_joins: ".",
        word_start: "_",
        word_more: "_",
        word_tail: "",
        signs: &[],
    };
}

/// A table made ready: what each byte may begin.
#[derive(Debug, PartialEq, Eq)]
pub struct Lexicon {
    pub(crate) rules: LexiconRules,
    classes: [u8; 256],
}

/// It may begin a comment, a quote or a character.
const OPENS: u8 = 1;
const BLANK: u8 = 1 << 1;
const DIGIT: u8 = 1 << 2;
const WORD_START: u8 = 1 << 3;
const WORD_MORE: u8 = 1 << 4;
const LONG_SIGN: u8 = 1 << 5;
/// A letter, a digit or `_`: what goes on in a number.
const NUMBER_MORE: u8 = 1 << 6;

impl Lexicon {
    /// Makes a table ready; in a constant, when the program is compiled.
    pub const fn new(rules: LexiconRules) -> Self {
        // one look at a table for each byte, where all signs would have to be compared
        let mut classes = mark_letters([0u8; 256]);
        let mut at = 0;
        while at < rules.line_comments.len() {
            classes = mark_first(classes, rules.line_comments[at].sign, OPENS);
            at += 1;
        }
        at = 0;
        while at < rules.block_comments.len() {
            classes = mark_first(classes, rules.block_comments[at].0, OPENS);
            at += 1;
        }
        at = 0;
        while at < rules.quotes.len() {
            classes = mark_first(classes, rules.quotes[at].open, OPENS);
            at += 1;
        }
        at = 0;
        while at < rules.signs.len() {
            classes = mark_first(classes, rules.signs[at], LONG_SIGN);
            at += 1;
        }
        if rules.characters {
            classes[b'\'' as usize] |= OPENS;
        }
        // in GraphQL and similar texts `-1.5` and `2fa` are one word
        if !rules.numbers {
            at = b'0' as usize;
            while at <= b'9' as usize {
                classes[at] = classes[at] & !DIGIT | WORD_START;
                at += 1;
            }
        }
        classes = mark_all(classes, rules.word_start, WORD_START);
        classes = mark_all(classes, rules.word_more, WORD_MORE);
        Self { rules, classes }
    }

    /// The table it was made of.
    #[inline]
    pub fn rules(&self) -> &LexiconRules {
        &self.rules
    }

    #[inline]
    fn has(&self, byte: u8, class: u8) -> bool {
        self.classes[usize::from(byte)] & class != 0
    }

    #[inline]
    pub(crate) fn may_open(&self, byte: u8) -> bool {
        self.has(byte, OPENS)
    }

    #[inline]
    pub(crate) fn is_blank(&self, byte: u8) -> bool {
        self.has(byte, BLANK)
    }

    #[inline]
    pub(crate) fn begins_number(&self, byte: u8) -> bool {
        self.has(byte, DIGIT)
    }

    #[inline]
    pub(crate) fn goes_on_in_number(&self, byte: u8) -> bool {
        self.has(byte, NUMBER_MORE)
    }

    #[inline]
    pub(crate) fn begins_word(&self, byte: u8) -> bool {
        self.has(byte, WORD_START)
    }

    #[inline]
    pub(crate) fn goes_on_in_word(&self, byte: u8) -> bool {
        self.has(byte, WORD_MORE)
    }

    #[inline]
    pub(crate) fn begins_long_sign(&self, byte: u8) -> bool {
        self.has(byte, LONG_SIGN)
    }
}

/// What a byte is in every language. Letters beyond ASCII are letters of words.
const fn mark_letters(mut classes: [u8; 256]) -> [u8; 256] {
    let mut at = 0;
    while at < 256 {
        let byte = at as u8;
        classes[at] |= match byte {
            // a form feed is a blank: old C and Lisp files separate their parts by it
            b' ' | b'\t' | b'\r' | 0x0b | 0x0c => BLANK,
            b'0'..=b'9' => DIGIT | WORD_MORE | NUMBER_MORE,
            b'a'..=b'z' | b'A'..=b'Z' => WORD_START | WORD_MORE | NUMBER_MORE,
            b'_' => NUMBER_MORE,
            0x80.. => WORD_START | WORD_MORE,
            _ => 0,
        };
        at += 1;
    }
    classes
}

const fn mark_first(mut classes: [u8; 256], sign: &str, class: u8) -> [u8; 256] {
    if let Some(first) = sign.as_bytes().first() {
        classes[*first as usize] |= class;
    }
    classes
}

const fn mark_all(mut classes: [u8; 256], letters: &str, class: u8) -> [u8; 256] {
    let bytes = letters.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        classes[bytes[at] as usize] |= class;
        at += 1;
    }
    classes
}
