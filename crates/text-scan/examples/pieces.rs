//! Cuts a few lines of a language that is described by a table:
//! `cargo run -p text-scan --example pieces`.

use text_scan::{
    Lexicon, LexiconRules, LineComment, Quote, ScanPieceKind, TextScanner, has_whole_word,
};

static SETTINGS: Lexicon = Lexicon::new(LexiconRules {
    line_comments: &[LineComment::apart("#")],
    quotes: &[Quote::short("\"")],
    word_more: "_-",
    signs: &[":="],
    ..LexiconRules::PLAIN
});

const TEXT: &str = "\
queue-name := \"orders#1\"  # a text may hold the sign
retries := 3
";

fn main() {
    for piece in TextScanner::new(&SETTINGS, TEXT) {
        if !matches!(piece.kind, ScanPieceKind::Blank | ScanPieceKind::LineEnd) {
            println!("line {}: {:?} {}", piece.line, piece.kind, piece.inside());
        }
    }
    println!(
        "retry stands alone: {}",
        TEXT.lines().any(|line| has_whole_word(line, "retry"))
    );
}
