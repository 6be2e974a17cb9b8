//! Words of a .proto file with their lines.

use crate::format_token::{FormatToken, cut_format_tokens};
use text_scan::{Lexicon, LexiconRules, LineComment, Quote};

static PROTOBUF: Lexicon = Lexicon::new(LexiconRules {
    line_comments: &[LineComment::anywhere("//")],
    block_comments: &[("/*", "*/")],
    quotes: &[Quote::short("\""), Quote::short("'")],
    numbers: false,
    word_start: "_.",
    word_more: "_.",
    ..LexiconRules::PLAIN
});

/// Cuts a text into tokens. Comments are dropped; what is no token is dropped too.
pub(super) fn cut_protobuf_tokens(text: &str) -> Vec<FormatToken<'_>> {
    cut_format_tokens(&PROTOBUF, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_with_points_and_numbers_are_one_word() {
        let text = "// a\noption (a.b) = .cards.v1.X; /* b\n */ x = -1.5e3 'it\\'s' \"open\n}";
        let tokens: Vec<(&str, usize, bool)> = cut_protobuf_tokens(text)
            .iter()
            .map(|token| (token.text, token.line, token.string))
            .collect();
        assert_eq!(
            tokens,
            [
                ("option", 2, false),
                ("(", 2, false),
                ("a.b", 2, false),
                (")", 2, false),
                ("=", 2, false),
                (".cards.v1.X", 2, false),
                (";", 2, false),
                ("x", 3, false),
                ("=", 3, false),
                ("-", 3, false),
                ("1.5e3", 3, false),
                ("it\\'s", 3, true),
                ("open", 3, true),
                ("}", 4, false),
            ]
        );
    }
}
