//! The program text within pages: what stands in scripts, in `<?php .. ?>`, in `<% .. %>`, in
//! blocks of Razor and Blade. Only what differs there can do more than show something.
//!
//! html5ever was tried: it reads no marks of template languages, repairs what it does not know, and
//! gives no lines. The marks are few and have fixed ends, so one pass over the text finds them.

use super::words_only::holds_only_words;

// longer marks stand before shorter ones that begin alike: `<%--` before `<%`
/// Marks that open program text, and those that close it. The first that fits at a place wins.
const MARKS: [(&str, &str); 10] = [
    ("<?php", "?>"),
    ("<?=", "?>"),
    ("<?", "?>"),
    ("<%--", "--%>"),
    ("<%", "%>"),
    ("<script", "</script"),
    ("<jsp:", ">"),
    ("@php", "@endphp"),
    ("{!!", "!!}"),
    ("<c:", ">"),
];

/// Blocks of Razor in braces.
const BRACED: [&str; 3] = ["@functions", "@code", "@{"];

/// The text with everything blank that only shows something; lines stay where they are.
pub(super) fn keep_program(path: &str, text: &str) -> String {
    match path
        .rsplit('.')
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase()
        .as_str()
    {
        // program text as a whole, and languages in which the first sign of a line makes it program
        // text
        // each line of QML may bind a value that is worked out
        "qml" => text.to_owned(),
        // a block of script within these is indented text, so then all of it counts
        "haml" | "slim" | "pug" | "jade"
            if !["javascript", "script."]
                .iter()
                .any(|word| text.contains(word)) =>
        {
            // `- if`, `= link_to`, `!= html` and `~ pre` run Ruby; `!` of `!!!` only names a
            // document type
            let program = |line: &&str| line.trim_start().starts_with(['-', '=', '!', '~']);
            text.split('\n')
                .map(|line| Some(line).filter(program).unwrap_or_default())
                .collect::<Vec<_>>()
                .join("\n")
        }
        "haml" | "slim" | "pug" | "jade" => text.to_owned(),
        "php" if !path.ends_with(".blade.php") && holds_only_words(path, text) => {
            "\n".repeat(text.matches('\n').count())
        }
        // words in the form of a list: everything but the words themselves
        "php" if !path.ends_with(".blade.php") => text
            .split('\n')
            .map(|line| {
                Some(line)
                    .filter(|line| !is_words(line))
                    .unwrap_or_default()
            })
            .collect::<Vec<_>>()
            .join("\n"),
        _ => keep_marked(text),
    }
}

/// `'title' => 'All jars',`: a key and words, and nothing that is worked out; or what only groups
/// such lines.
fn is_words(line: &str) -> bool {
    let line = line.trim();
    if line.starts_with("//") || matches!(line, "" | "]," | "]" | "];" | ")," | ");") {
        return true;
    }
    let Some((key, words)) = line.split_once("=>") else {
        return false;
    };
    is_one_literal(key.trim())
        && (matches!(words.trim(), "[" | "array(")
            || is_one_literal(words.trim().trim_end_matches(',').trim_end()))
}

/// One text in quotes; in double ones nothing is worked out within.
fn is_one_literal(text: &str) -> bool {
    let mut chars = text.chars();
    let Some(quote @ ('\'' | '"')) = chars.next() else {
        return false;
    };
    let mut escaped = false;
    while let Some(c) = chars.next() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            // `"$name"` is filled in when it is shown
            '$' if quote == '"' => return false,
            c if c == quote => return chars.next().is_none(),
            _ => {}
        }
    }
    false
}

fn keep_marked(text: &str) -> String {
    let mut out = String::with_capacity(text.len() / 4);
    let lower = text.to_ascii_lowercase();
    let mut at = 0;
    while at < text.len() {
        let rest = &lower[at..];
        // only these signs begin a mark, and the text between them is passed over at once
        let Some(next) = memchr::memchr3(b'<', b'@', b'{', rest.as_bytes()) else {
            break;
        };
        keep_line_ends(&text[at..at + next], &mut out);
        at += next;
        let rest = &lower[at..];
        let end = if let Some((open, close)) = MARKS.iter().find(|(open, _)| rest.starts_with(open))
        {
            // a comment of a template is left out by its engine
            let comment = *open == "<%--";
            let end = rest[open.len()..]
                .find(close)
                .map_or(text.len(), |end| at + open.len() + end);
            if comment {
                keep_line_ends(&text[at..end], &mut out);
                at = end;
                continue;
            }
            end
        } else if let Some(open) = BRACED.iter().find(|open| rest.starts_with(*open)) {
            // a block that is not closed counts to the end, so that nothing after it is taken for a
            // page
            end_of_braces(rest, open).map_or(text.len(), |end| at + end)
        } else {
            at += 1;
            continue;
        };
        out.push_str(&text[at..end]);
        at = end.max(at + 1);
        while !text.is_char_boundary(at) {
            at += 1;
        }
    }
    keep_line_ends(text.get(at..).unwrap_or_default(), &mut out);
    out
}

/// Only the ends of lines.
fn keep_line_ends(text: &str, out: &mut String) {
    out.extend(std::iter::repeat_n(
        '\n',
        memchr::memchr_iter(b'\n', text.as_bytes()).count(),
    ));
}

/// Behind the brace that closes the first one of a block.
fn end_of_braces(text: &str, open: &str) -> Option<usize> {
    let word = open.trim_end_matches('{');
    let from = word.len() + text[word.len()..].find(|c: char| !c.is_whitespace())?;
    // `@code` of an address
    if !text[from..].starts_with('{') {
        return Some(open.len());
    }
    let mut depth = 0usize;
    for (at, byte) in text.bytes().enumerate().skip(from) {
        match byte {
            b'{' => depth += 1,
            b'}' if depth == 1 => return Some(at + 1),
            b'}' => depth -= 1,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_only_shows_something_is_blank() {
        let kept = keep_marked(
            "<p class=\"a\">é<%= jar.label %></p>\n<script>\n  open(\"jars\", 3)\n</script>\n<p>b</p>\n",
        );
        assert_eq!(kept, "<%= jar.label \n<script>\n  open(\"jars\", 3)\n\n\n");
        assert_eq!(
            keep_marked("<p class=\"b\"><%= jar.label %></p>"),
            "<%= jar.label "
        );
    }

    #[test]
    fn blocks_of_several_languages_are_found() {
        for (text, kept) in [
            ("<?php save($a) ?>\n<b>x</b>", "save($a)"),
            (
                "@code {\n  int version = 3;\n}\n<p>x</p>",
                "int version = 3;",
            ),
            (
                "@{ var a = new { b = 1 }; }<p>@a</p>",
                "var a = new { b = 1 };",
            ),
            ("@php\n store($x);\n@endphp", "store($x);"),
            ("<jsp:useBean id=\"a\"/>", "usebean"),
        ] {
            assert!(
                keep_marked(text)
                    .to_lowercase()
                    .contains(&kept.to_lowercase()),
                "{text}: {}",
                keep_marked(text)
            );
        }
        for text in [
            "<p>words</p>",
            "<%-- a remark --%>",
            "mail@code.invalid",
            "{{ jar.label }}",
        ] {
            assert!(
                keep_marked(text).trim().is_empty() || keep_marked(text).trim() == "@code",
                "{text}: {}",
                keep_marked(text)
            );
        }
    }

    #[test]
    fn words_of_a_translation_are_no_program() {
        let of = |text: &str| {
            let kept = keep_program("lang/en/jars.php", text);
            let lines: Vec<String> = kept
                .lines()
                .filter(|line| !line.trim().is_empty())
                .map(str::to_owned)
                .collect();
            lines
        };
        assert_eq!(
            of("<?php\nreturn [\n 'title' => 'Jars',\n];"),
            of("<?php\nreturn [\n 'title' => 'All jars',\n];")
        );
        assert_eq!(
            of("<?php\nreturn [\n 'title' => 'Jars',\n];"),
            of(
                "<?php\nreturn [\n // words\n 'shelf' => [\n 'lost' => 'We can\\'t find it',\n ],\n];"
            )
        );
        assert_ne!(
            of("<?php\nreturn [\n];"),
            of("<?php\nreturn [\n 'a' => \"$b\",\n];")
        );
        assert_ne!(
            of("<?php\nreturn [\n 'title' => 'Jars',\n];"),
            of("<?php\nreturn [\n 'title' => env('TITLE'),\n];")
        );
        assert!(keep_program("a.haml", "%p words\n- save(jar)\n").contains("- save(jar)"));
    }

    proptest::proptest! {
        #[test]
        fn lines_stay_where_they_are(text in "[a<>%?@{}é\n]{0,40}") {
            let kept = keep_marked(&text);
            proptest::prop_assert_eq!(kept.matches('\n').count(), text.matches('\n').count());
        }
    }
}
