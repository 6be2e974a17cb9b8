//! Program text as tokens: names, numbers, texts and signs with line and indentation, comments left
//! out.
//!
//! One reader for all languages, over the pieces of `text-scan`. tree-sitter was tried and is not
//! used here: the grammars that are dependencies know eight of the twelve languages wanted, each
//! calls a comparison, a branch and a thrown error something else, and a file with one broken line
//! must still be read. Every token is looked at once; a text ends with its line unless it is a long
//! one, so that a quote too much costs a line and no more.

use super::lexicons::{
    C, DART, ELIXIR, GO, JAVA, JAVASCRIPT, PHP, PYTHON, RUBY, RUST, SCALA, SWIFT,
};
use super::test_items::leave_out_tests;
use super::token::{BlockStyle, GuardLanguage, GuardToken, GuardTokenKind};
use text_scan::{ScanPieceKind, TextScanner};

// generated parsers have millions of tokens; guards are written by people, in files far below this
/// Most tokens of one file.
const MOST: usize = 200_000;

/// The language of a path; `None` where this reader knows none.
pub fn find_language(path: &str) -> Option<GuardLanguage> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let ending = name.rsplit_once('.')?.1.to_ascii_lowercase();
    let (family, name, lexicon) = match ending.as_str() {
        "java" | "groovy" => (BlockStyle::Parens, "java", &JAVA),
        "kt" | "kts" => (BlockStyle::Parens, "kt", &JAVA),
        "scala" | "sc" => (BlockStyle::Parens, "scala", &SCALA),
        // F# and Visual Basic write branches otherwise; what is not understood there is no guard
        "cs" | "fs" | "vb" => (BlockStyle::Parens, "cs", &JAVA),
        "php" => (BlockStyle::Parens, "php", &PHP),
        "js" | "jsx" | "mjs" | "cjs" | "ts" | "tsx" | "mts" | "cts" | "vue" | "svelte" => {
            (BlockStyle::Parens, "js", &JAVASCRIPT)
        }
        "c" | "h" | "cc" | "cpp" | "cxx" | "hpp" | "hh" | "hxx" | "m" | "mm" | "inl" => {
            (BlockStyle::Parens, "c", &C)
        }
        "dart" => (BlockStyle::Parens, "dart", &DART),
        "go" => (BlockStyle::Bare, "go", &GO),
        "rs" => (BlockStyle::Bare, "rs", &RUST),
        "swift" => (BlockStyle::Bare, "swift", &SWIFT),
        "py" | "pyi" => (BlockStyle::Indent, "py", &PYTHON),
        "rb" | "rake" | "ru" | "cr" => (BlockStyle::Ends, "rb", &RUBY),
        "ex" | "exs" => (BlockStyle::Ends, "ex", &ELIXIR),
        _ => return None,
    };
    Some(GuardLanguage {
        family,
        name,
        lexicon,
    })
}

/// Tokens of a text, without those of tests that stand beside the program.
pub fn cut_program_tokens<'t>(language: GuardLanguage, text: &'t str) -> Vec<GuardToken<'t>> {
    let mut tokens = Vec::with_capacity((text.len() / 6).min(MOST));
    let (mut indent, mut first) = (0, true);
    for piece in TextScanner::new(language.lexicon, text) {
        let kind = match piece.kind {
            ScanPieceKind::LineEnd => {
                (indent, first) = (0, true);
                continue;
            }
            ScanPieceKind::Blank => {
                if first {
                    let width = |byte| if byte == b'\t' { 4 } else { 1 };
                    // Python counts a tab to the next eight; four is what editors show, and only
                    // order counts here
                    indent += piece.text.bytes().map(width).sum::<usize>();
                }
                continue;
            }
            ScanPieceKind::Comment => continue,
            // a lifetime of Rust, a symbol of Scala: their word follows
            ScanPieceKind::Sign if piece.text == "'" => continue,
            ScanPieceKind::Sign => GuardTokenKind::Sign,
            ScanPieceKind::Quoted => GuardTokenKind::Text,
            ScanPieceKind::Number => GuardTokenKind::Number,
            ScanPieceKind::Word => GuardTokenKind::Word,
        };
        tokens.push(GuardToken {
            kind,
            text: piece.inside(),
            line: piece.line,
            indent,
            first,
        });
        first = false;
        if tokens.len() >= MOST {
            break;
        }
    }
    leave_out_tests(language, tokens)
}
