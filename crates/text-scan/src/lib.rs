//! Program text as pieces: blanks, comments, texts in quotes, words, numbers and signs, by a small
//! table for each language.
//!
//! One scanner for the readers that need no more than that: contracts in protocol buffers and
//! GraphQL, guards in program text, and the colours of differences. What they do with the pieces is
//! theirs.
//!
//! What was tried instead: `logos` makes a lexer at compile time, so each language is code and none
//! is a table; `syntect` and tree-sitter bring grammars, megabytes of them, and want a whole file.
//!
//! Readers that stay on their own, because what they ask is another question:
//!
//! * the ledger's tokens of coverage: they give *nothing* where it is not sure what is a comment
//!   (here-documents, templates with program text inside), and follow program text into texts;
//! * SQL of migrations, of conditions and of rehearsed statements: what a quote or a comment is
//!   hangs on the database, on the word before it (`E'..'`) and on the library (`%s`, `:name`,
//!   `{{ .. }}`), and comments of MySQL are run.

#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod lexicon;
mod scanner;
#[cfg(test)]
mod tests;
mod whole_word;

pub use lexicon::{CommentPlace, Escape, Lexicon, LexiconRules, LineComment, Quote};
pub use scanner::{ScanPiece, ScanPieceKind, ScanState, TextScanner};
pub use whole_word::{find_whole_word, has_whole_word};
