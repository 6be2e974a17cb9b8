//! Words of a contract that is written in a language of its own, with their lines.

use text_scan::{Lexicon, ScanPieceKind, TextScanner};

/// A word, a sign, or a string without its quotes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FormatToken<'a> {
    pub text: &'a str,
    pub line: usize,
    pub string: bool,
}

impl FormatToken<'_> {
    /// A word or a sign with this text.
    pub fn is(&self, word: &str) -> bool {
        !self.string && self.text == word
    }
}

/// Cuts a text into tokens. Comments, blanks, and what is no token are dropped.
pub(crate) fn cut_format_tokens<'a>(
    lexicon: &'static Lexicon,
    text: &'a str,
) -> Vec<FormatToken<'a>> {
    let pieces = TextScanner::new(lexicon, text).filter(|piece| match piece.kind {
        ScanPieceKind::Blank | ScanPieceKind::LineEnd | ScanPieceKind::Comment => false,
        ScanPieceKind::Sign => piece.text.starts_with(|c: char| c.is_ascii_punctuation()),
        ScanPieceKind::Quoted | ScanPieceKind::Number | ScanPieceKind::Word => true,
    });
    let tokens = pieces.map(|piece| FormatToken {
        text: piece.inside(),
        line: piece.line,
        string: piece.kind == ScanPieceKind::Quoted,
    });
    tokens.collect()
}
