//! What is a comment, a text and a sign in each language that guards are looked for in.

use text_scan::{CommentPlace, Lexicon, LexiconRules, LineComment, Quote};

const DOUBLE: Quote = Quote::short("\"");
const SINGLE: Quote = Quote::short("'");
const TICKS: Quote = Quote::long("`");
const THREE_DOUBLE: Quote = Quote::long("\"\"\"").plain();
const THREE_SINGLE: Quote = Quote::long("'''").plain();

// the longest comes first, or `===` would be read as `==` and a lone sign
/// Signs of more than one character, longest first.
const SIGNS: &[&str] = &[
    "===", "!==", "<=>", "...", "<<=", ">>=", "==", "!=", ">=", "<=", "=>", "->", "&&", "||", "::",
    ":=", "<-", "=~", "??", "?.", "..", "<>", "+=", "-=", "++", "--",
];

/// What most are made from: comments as in C.
const BRACES: LexiconRules = LexiconRules {
    line_comments: &[LineComment::anywhere("//")],
    block_comments: &[("/*", "*/")],
    quotes: &[DOUBLE, SINGLE, TICKS],
    // digits are joined by a point, and by a quote in C++
    number_joins: ".'",
    word_start: "_$@",
    signs: SIGNS,
    ..LexiconRules::PLAIN
};

/// Comments from a hash on.
const HASHES: LexiconRules = LexiconRules {
    line_comments: &[LineComment::anywhere("#")],
    block_comments: &[],
    quotes: &[THREE_DOUBLE, THREE_SINGLE, DOUBLE, SINGLE, TICKS],
    ..BRACES
};

/// Java, Kotlin, C#.
pub static JAVA: Lexicon = Lexicon::new(LONG_TEXTS);

const LONG_TEXTS: LexiconRules = LexiconRules {
    quotes: &[THREE_DOUBLE, THREE_SINGLE, DOUBLE, SINGLE, TICKS],
    ..BRACES
};

/// Dart.
pub static DART: Lexicon = Lexicon::new(LONG_TEXTS);

/// Swift.
pub static SWIFT: Lexicon = Lexicon::new(LONG_TEXTS);

/// Scala: a quote may begin a symbol.
pub static SCALA: Lexicon = Lexicon::new(LexiconRules {
    // a single quote begins a character or a symbol, so it opens no text
    quotes: &[THREE_DOUBLE, DOUBLE, TICKS],
    characters: true,
    ..BRACES
});

/// PHP: `#[` begins an attribute.
pub static PHP: Lexicon = Lexicon::new(LexiconRules {
    line_comments: &[
        LineComment::anywhere("//"),
        LineComment {
            sign: "#",
            place: CommentPlace::Anywhere,
            // `#[Attribute]` of PHP 8 is program text
            unless: "[",
        },
    ],
    ..BRACES
});

/// JavaScript and TypeScript.
pub static JAVASCRIPT: Lexicon = Lexicon::new(BRACES);

/// C and C++: what is told to the preprocessor is left out, but for definitions.
pub static C: Lexicon = Lexicon::new(LexiconRules {
    line_comments: &[
        LineComment::anywhere("//"),
        LineComment {
            sign: "#",
            place: CommentPlace::LineStart,
            unless: "define",
        },
    ],
    ..BRACES
});

/// Go: texts in back quotes have no escapes.
pub static GO: Lexicon = Lexicon::new(LexiconRules {
    quotes: &[DOUBLE, SINGLE, TICKS.plain()],
    ..BRACES
});

/// Rust: a quote may begin a lifetime.
pub static RUST: Lexicon = Lexicon::new(LexiconRules {
    quotes: &[DOUBLE, TICKS],
    characters: true,
    raw_strings: true,
    ..BRACES
});

/// Python.
pub static PYTHON: Lexicon = Lexicon::new(HASHES);

/// Ruby: names may end with `?` and `!`.
pub static RUBY: Lexicon = Lexicon::new(ASKING);

const ASKING: LexiconRules = LexiconRules {
    word_tail: "?!",
    ..HASHES
};

/// Elixir.
pub static ELIXIR: Lexicon = Lexicon::new(ASKING);
