//! Tokens of program text, and how its language writes blocks.

use text_scan::Lexicon;

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
    /// What its comments, texts and numbers look like.
    pub(super) lexicon: &'static Lexicon,
}
