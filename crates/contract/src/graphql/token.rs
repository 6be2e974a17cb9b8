//! Words of a schema file with their lines.

use crate::format_token::{FormatToken, cut_format_tokens};
use text_scan::{Escape, Lexicon, LexiconRules, LineComment, Quote};

static GRAPHQL: Lexicon = Lexicon::new(LexiconRules {
    line_comments: &[LineComment::anywhere("#")],
    quotes: &[
        // a block text before a short one: both begin with a quote
        Quote {
            escape: Escape::BeforeClose,
            ..Quote::long("\"\"\"")
        },
        Quote::short("\""),
    ],
    numbers: false,
    word_start: "_-",
    word_more: "_.",
    signs: &["...", ".."],
    ..LexiconRules::PLAIN
});

/// Cuts a text into tokens; comments and commas are dropped.
pub(super) fn cut_graphql_tokens(text: &str) -> Vec<FormatToken<'_>> {
    // commas are blanks in GraphQL
    let mut tokens = cut_format_tokens(&GRAPHQL, text);
    tokens.retain(|token| token.string || token.text != ",");
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commas_are_blanks_and_descriptions_are_strings() {
        let text = "\u{feff}\"\"\"a \\\"\"\" b\n\"\"\" type A @d(n: -1.5, s: \",\") # c\n{ ...B }";
        let tokens: Vec<(&str, usize, bool)> = cut_graphql_tokens(text)
            .iter()
            .map(|token| (token.text, token.line, token.string))
            .collect();
        assert_eq!(
            tokens,
            [
                ("a \\\"\"\" b\n", 1, true),
                ("type", 2, false),
                ("A", 2, false),
                ("@", 2, false),
                ("d", 2, false),
                ("(", 2, false),
                ("n", 2, false),
                (":", 2, false),
                ("-1.5", 2, false),
                ("s", 2, false),
                (":", 2, false),
                (",", 2, true),
                (")", 2, false),
                ("{", 3, false),
                ("...", 3, false),
                ("B", 3, false),
                ("}", 3, false),
            ]
        );
    }
}
