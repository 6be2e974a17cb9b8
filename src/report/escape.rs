//! Text from outside inside Markdown: it must show as it is and do nothing. No table cell ends
//! early, no tag opens, nobody is mentioned, no issue is closed, no picture is fetched.

use unicode_segmentation::UnicodeSegmentation;

use crate::model::{escape_invisible, shorten_text, visible_lines};

/// Longest text of one cell or item, in characters; what is cut ends in an ellipsis.
const TEXT_LIMIT: usize = 400;
/// Most lines and characters of one fenced block.
const FENCE_LIMIT: (usize, usize) = (60, 4_000);

/// Text for a paragraph, list item or table cell, in one line.
pub(super) fn escape_markdown_text(raw: &str) -> String {
    let line = raw.split_whitespace().collect::<Vec<_>>().join(" ");
    let line = escape_invisible(&line);
    let line = shorten_text(&line, TEXT_LIMIT);
    let mut out = String::with_capacity(line.len() + 16);
    let chars: Vec<char> = line.chars().collect();
    // what would draw a rule or underline a heading
    let ruler = chars.iter().all(|c| matches!(c, '-' | '=' | '+' | ' '));
    for (at, &c) in chars.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| chars.get(at)).copied();
        let after = chars.get(at + 1).copied();
        let inside_word =
            before.is_some_and(char::is_alphanumeric) && after.is_some_and(char::is_alphanumeric);
        let at_start = before.is_none();
        let list_number = matches!(c, '.' | ')')
            && at > 0
            && after.is_none_or(|c| c == ' ')
            && chars.iter().take(at).all(char::is_ascii_digit);
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            // An entity shows the sign and is never read as syntax, in a table cell neither.
            '|' | '`' | '*' | '[' | ']' | '\\' | '~' | '$' => push_html_entity(&mut out, c),
            '_' if !inside_word => push_html_entity(&mut out, c),
            '#' if at_start => push_html_entity(&mut out, c),
            // `--env` begins no list
            '-' | '+' | '=' if at_start && (ruler || after.is_none_or(char::is_whitespace)) => {
                push_html_entity(&mut out, c)
            }
            _ if list_number => push_html_entity(&mut out, c),
            // A zero-width blank keeps forges from mentioning people and from linking or closing
            // issues.
            '@' => out.push_str("@&#8203;"),
            '#' if after.is_some_and(|c| c.is_ascii_digit()) => out.push_str("#&#8203;"),
            c => out.push(c),
        }
    }
    if out.is_empty() {
        "–".to_owned()
    } else {
        out
    }
}

fn push_html_entity(out: &mut String, c: char) {
    out.push_str(&format!("&#{};", u32::from(c)));
}

/// A path, version or key as code, in one line; for cells too.
pub(super) fn write_inline_code(raw: &str) -> String {
    let line = raw.split_whitespace().collect::<Vec<_>>().join(" ");
    let line = escape_invisible(&line);
    let line = shorten_text(&line, TEXT_LIMIT);
    match line.trim() {
        "" => "–".to_owned(),
        // Inside backticks everything is literal but a backtick, and a cell still ends at a pipe.
        plain if !plain.contains(['`', '|', '\\']) => format!("`{plain}`"),
        other => format!("<code>{}</code>", escape_markdown_text(other)),
    }
}

/// SQL or commands as a block. The fence is longer than any run of backticks inside.
pub(super) fn write_code_fence(raw: &str, language: &str) -> String {
    let shown = visible_lines(raw.trim_end());
    let cut = shown.lines().count() > FENCE_LIMIT.0 || shown.chars().count() > FENCE_LIMIT.1;
    let kept = shown
        .lines()
        .take(FENCE_LIMIT.0)
        .collect::<Vec<_>>()
        .join("\n");
    let mut kept = shorten_text(&kept, FENCE_LIMIT.1).into_owned();
    if cut {
        kept.push_str("\n… cut here");
    }
    let longest = kept.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let ticks = "`".repeat(longest.max(2) + 1);
    format!("{ticks}{language}\n{kept}\n{ticks}\n")
}

/// Whether a step is SQL to be fenced, rather than a sentence: a statement ends in `;`.
pub(super) fn is_sql(step: &str) -> bool {
    let first = step
        .unicode_words()
        .next()
        .unwrap_or_default()
        .to_ascii_uppercase();
    let starts = [
        "ALTER", "CREATE", "UPDATE", "INSERT", "DELETE", "DROP", "COMMENT", "GRANT", "SET",
        "BEGIN", "EXEC", "REVOKE", "TRUNCATE", "SELECT",
    ];
    step.trim_end().ends_with(';') && starts.contains(&first.as_str())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn hostile_text_shows_and_does_nothing() {
        assert_eq!(
            escape_markdown_text("a | b `c` <script>alert(1)</script>"),
            "a &#124; b &#96;c&#96; &lt;script&gt;alert(1)&lt;/script&gt;"
        );
        assert_eq!(
            escape_markdown_text("ping @admin, fixes #12 \u{1b}[31m\nnext"),
            "ping @&#8203;admin, fixes #&#8203;12 ␛&#91;31m next"
        );
        assert_eq!(
            escape_markdown_text("orders_note and _this_"),
            "orders_note and &#95;this&#95;"
        );
        assert_eq!(
            [
                escape_markdown_text("# head"),
                escape_markdown_text("1. one"),
                escape_markdown_text("- x"),
                escape_markdown_text("v1.2")
            ],
            ["&#35; head", "1&#46; one", "&#45; x", "v1.2"]
        );
        assert_eq!(
            [
                escape_markdown_text("--env"),
                escape_markdown_text("---"),
                escape_markdown_text("= 5")
            ],
            ["--env", "&#45;--", "&#61; 5"],
            "an option of the command line is no list"
        );
        assert_eq!(
            [escape_markdown_text(""), write_inline_code(" ")],
            ["–", "–"]
        );
        assert_eq!(write_inline_code("src/<x>@y.rs"), "`src/<x>@y.rs`");
        assert_eq!(
            write_inline_code("a|b`c\\"),
            "<code>a&#124;b&#96;c&#92;</code>"
        );
    }

    #[test]
    fn a_fence_cannot_be_closed_from_inside() {
        assert_eq!(
            write_code_fence("SELECT 1;\n```\n# out", "sql"),
            "````sql\nSELECT 1;\n```\n# out\n````\n"
        );
        assert!(write_code_fence(&"x\n".repeat(500), "").contains("… cut here"));
    }

    #[test]
    fn sql_is_told_from_sentences() {
        assert!(is_sql(
            "ALTER TABLE orders ALTER COLUMN note SET DEFAULT '';"
        ));
        assert!(!is_sql("Set the default first."));
        assert!(!is_sql("Select the old release; then deploy"));
    }

    proptest! {
        #[test]
        fn no_text_brings_syntax_of_its_own(raw in "[-a-z0-9 |`<>@#*_~$\\[\\]\\\\.\n\t\u{1b}\u{202e}]{0,60}") {
            let (text, code) = (escape_markdown_text(&raw), write_inline_code(&raw));
            let live = |text: &str| text.contains(['|', '`', '<', '>', '*', '[', '\\', '\n', '\u{1b}', '\u{202e}']);
            prop_assert!(!live(&text), "{text}");
            let inside = code.strip_prefix("<code>").and_then(|code| code.strip_suffix("</code>"));
            prop_assert!(inside.is_some_and(|inside| !live(inside)) || (code.matches('`').count() == 2 && !code.contains(['|', '\n'])) || code == "–", "{code}");
        }
    }
}
