//! Pieces of small texts, and what holds for every text.

use crate::lexicon::{CommentPlace, Escape, Lexicon, LexiconRules, LineComment, Quote};
use crate::scanner::{ScanPieceKind, ScanState, TextScanner};

static RUST: Lexicon = Lexicon::new(LexiconRules {
    line_comments: &[LineComment::anywhere("//")],
    block_comments: &[("/*", "*/")],
    quotes: &[Quote::short("\"")],
    characters: true,
    raw_strings: true,
    number_joins: ".",
    signs: &["...", "==", "..", "->"],
    ..LexiconRules::PLAIN
});

static RUBY: Lexicon = Lexicon::new(LexiconRules {
    line_comments: &[LineComment::anywhere("#")],
    quotes: &[Quote::short("\""), Quote::short("'"), Quote::long("`")],
    word_start: "_$@",
    word_tail: "?!",
    ..LexiconRules::PLAIN
});

static SHELL: Lexicon = Lexicon::new(LexiconRules {
    line_comments: &[LineComment::apart("#")],
    quotes: &[Quote::long("\""), Quote::long("'").plain()],
    ..LexiconRules::PLAIN
});

static C: Lexicon = Lexicon::new(LexiconRules {
    line_comments: &[
        LineComment::anywhere("//"),
        LineComment {
            sign: "#",
            place: CommentPlace::LineStart,
            unless: "define",
        },
    ],
    block_comments: &[("/*", "*/")],
    quotes: &[Quote::short("\""), Quote::short("'")],
    ..LexiconRules::PLAIN
});

static GRAPHQL: Lexicon = Lexicon::new(LexiconRules {
    line_comments: &[LineComment::anywhere("#")],
    quotes: &[
        Quote {
            escape: Escape::BeforeClose,
            ..Quote::long("\"\"\"")
        },
        Quote::short("\""),
    ],
    numbers: false,
    word_start: "_-",
    word_more: "_.",
    signs: &["..."],
    ..LexiconRules::PLAIN
});

static ALL: [&Lexicon; 5] = [&RUST, &RUBY, &SHELL, &C, &GRAPHQL];

/// The pieces but blanks and ends of lines.
fn cut(lexicon: &'static Lexicon, text: &str) -> Vec<(ScanPieceKind, String)> {
    TextScanner::new(lexicon, text)
        .filter(|piece| !matches!(piece.kind, ScanPieceKind::Blank | ScanPieceKind::LineEnd))
        .map(|piece| (piece.kind, piece.text.to_owned()))
        .collect()
}

fn of_kind(lexicon: &'static Lexicon, text: &str, kind: ScanPieceKind) -> Vec<String> {
    cut(lexicon, text)
        .into_iter()
        .filter(|(own, _)| *own == kind)
        .map(|(_, text)| text)
        .collect()
}

#[test]
fn comments_texts_words_numbers_and_signs_are_told_apart() {
    use ScanPieceKind as P;
    let own = |kind, text: &str| (kind, text.to_owned());
    assert_eq!(
        cut(
            &RUST,
            "let x: &'a str = \"a \\\" b\"; // 1\n'x' == 0x1f_u8 ..1.5 /* y"
        ),
        [
            own(P::Word, "let"),
            own(P::Word, "x"),
            own(P::Sign, ":"),
            own(P::Sign, "&"),
            own(P::Sign, "'"),
            own(P::Word, "a"),
            own(P::Word, "str"),
            own(P::Sign, "="),
            own(P::Quoted, "\"a \\\" b\""),
            own(P::Sign, ";"),
            own(P::Comment, "// 1"),
            own(P::Quoted, "'x'"),
            own(P::Sign, "=="),
            own(P::Number, "0x1f_u8"),
            own(P::Sign, ".."),
            own(P::Number, "1.5"),
            own(P::Comment, "/* y"),
        ]
    );
    assert_eq!(
        of_kind(&RUBY, "@a.empty? && b != c!=d # e", P::Word),
        ["@a", "empty?", "b", "c", "d"]
    );
    assert_eq!(
        cut(&GRAPHQL, "a: [Card!]! = -1.5 ...B"),
        [
            own(P::Word, "a"),
            own(P::Sign, ":"),
            own(P::Sign, "["),
            own(P::Word, "Card"),
            own(P::Sign, "!"),
            own(P::Sign, "]"),
            own(P::Sign, "!"),
            own(P::Sign, "="),
            own(P::Word, "-1.5"),
            own(P::Sign, "..."),
            own(P::Word, "B"),
        ]
    );
}

#[test]
fn where_a_comment_may_begin_hangs_on_the_language() {
    use ScanPieceKind::Comment;
    assert_eq!(of_kind(&SHELL, "a#b # c\n# d", Comment), ["# c", "# d"]);
    assert_eq!(of_kind(&RUBY, "a#b", Comment), ["#b"]);
    assert_eq!(
        of_kind(&C, "  #if x\n# define Y 1\na # b", Comment),
        ["#if x"]
    );
}

#[test]
fn a_text_has_an_inside_and_a_raw_one_its_own_end() {
    let inside = |lexicon, text| {
        TextScanner::new(lexicon, text)
            .filter(|piece| piece.kind == ScanPieceKind::Quoted)
            .map(|piece| (piece.inside().to_owned(), piece.closed))
            .collect::<Vec<_>>()
    };
    let own = |text: &str, closed| (text.to_owned(), closed);
    assert_eq!(
        inside(&RUST, "r#\"a \"b\" c\"# r\"\\\" 'x' '\\n' r#type \"é\\é\""),
        [
            own("a \"b\" c", true),
            own("\\", true),
            own("x", true),
            own("\\n", true),
            own("é\\é", true),
        ]
    );
    assert_eq!(
        inside(&GRAPHQL, "\"\"\"a \\\"\"\" b\n\"\"\" \"\" \"c"),
        [own("a \\\"\"\" b\n", true), own("", true), own("c", false)]
    );
    assert_eq!(
        inside(&RUBY, "x = 'open\ny = 'z'"),
        [own("open", false), own("z", true)]
    );
    // a backslash takes the end of the line with it
    assert_eq!(inside(&RUBY, "'a \\\nb'"), [own("a \\\nb", true)]);
}

#[test]
fn lines_are_counted_through_comments_and_texts() {
    let text = "\u{feff}a /* 1\n2 */ b\nr\"3\n4\" c";
    let lines: Vec<(String, usize)> = TextScanner::new(&RUST, text)
        .filter(|piece| piece.kind == ScanPieceKind::Word)
        .map(|piece| (piece.text.to_owned(), piece.line))
        .collect();
    assert_eq!(
        lines,
        [
            ("a".to_owned(), 1),
            ("b".to_owned(), 2),
            ("c".to_owned(), 4)
        ]
    );
}

#[test]
fn a_text_that_comes_line_by_line_goes_on_where_it_was() {
    let mut state = ScanState::Outside;
    let mut kinds = Vec::new();
    for line in ["a /* b", "c", "d */ e r##\"f", "\"# g", "\"## h"] {
        let mut scanner = TextScanner::resume(&RUST, line, state);
        kinds.push(
            scanner
                .by_ref()
                .filter(|piece| piece.kind != ScanPieceKind::Blank)
                .map(|piece| piece.kind)
                .collect::<Vec<_>>(),
        );
        state = scanner.state();
    }
    use ScanPieceKind::{Comment, Quoted, Word};
    assert_eq!(
        kinds,
        [
            vec![Word, Comment],
            vec![Comment],
            vec![Comment, Word, Quoted],
            vec![Quoted],
            vec![Quoted, Word],
        ]
    );
    assert_eq!(state, ScanState::Outside);
}

/// Texts made of what opens and closes things.
fn awkward_text() -> impl proptest::strategy::Strategy<Value = String> {
    use proptest::prelude::*;
    let part = prop_oneof![
        Just("\"".to_owned()),
        Just("'".to_owned()),
        Just("\"\"\"".to_owned()),
        Just("`".to_owned()),
        Just("\\".to_owned()),
        Just("r#\"".to_owned()),
        Just("\"#".to_owned()),
        Just("/*".to_owned()),
        Just("*/".to_owned()),
        Just("//".to_owned()),
        Just("#".to_owned()),
        Just("\n".to_owned()),
        Just("\u{feff}".to_owned()),
        Just("#define".to_owned()),
        "[ -~é日\\t\\r]{0,4}",
    ];
    proptest::collection::vec(part, 0..60).prop_map(|parts| parts.concat())
}

proptest::proptest! {
    #[test]
    fn pieces_cover_the_text_without_a_gap(text in awkward_text()) {
        for lexicon in ALL {
            let (mut at, mut line) = (0, 1);
            for piece in TextScanner::new(lexicon, &text) {
                assert_eq!(piece.start, at, "{text:?}");
                assert!(!piece.text.is_empty(), "{text:?}");
                assert_eq!(piece.line, line, "{text:?}");
                assert!(piece.text.contains(piece.inside()));
                line += piece.text.matches('\n').count();
                at = piece.end();
            }
            assert_eq!(at, text.len(), "{text:?}");
        }
    }

    #[test]
    fn a_text_in_two_halves_gives_the_kinds_of_the_whole(text in awkward_text()) {
        // cut behind a line, as a difference is
        let Some(middle) = text.find('\n').map(|at| at + 1) else { return Ok(()) };
        // what an editor writes before a text is a blank at its start alone
        if text[middle..].starts_with('\u{feff}') {
            return Ok(());
        }
        for lexicon in ALL {
            let mut kinds = vec![None; text.len()];
            for piece in TextScanner::new(lexicon, &text) {
                kinds[piece.start..piece.end()].fill(Some(piece.kind));
            }
            // an escape or a mark that is cut through is another text
            let first = text[..middle].trim_end_matches('\n');
            if first.ends_with(['\\', '"', '#', '/', '*', '\'']) {
                continue;
            }
            let mut state = ScanState::Outside;
            let mut at = 0;
            for half in [&text[..middle], &text[middle..]] {
                let mut scanner = TextScanner::resume(lexicon, half, state);
                for piece in scanner.by_ref() {
                    assert_eq!(kinds[at + piece.start], Some(piece.kind), "{text:?}");
                }
                state = scanner.state();
                at = middle;
            }
        }
    }
}

#[test]
fn twice_the_text_has_about_twice_the_pieces_and_no_place_is_read_twice_over() {
    // each of these opens something that is not closed
    for open in ["\"", "'", "/*", "r#\"", "`", "\"\"\"", "#", "'\\"] {
        for lexicon in ALL {
            let count = |times: usize| {
                let text = format!("{open} ").repeat(times);
                TextScanner::new(lexicon, &text).count()
            };
            let (one, two) = (count(10_000), count(20_000));
            assert!(two <= one * 2 + 2, "{open}: {one} and {two}");
        }
    }
}
