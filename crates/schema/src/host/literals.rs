//! SQL in the string literals of Go. No grammar is needed: strings, comments and braces are enough.

/// Verbs of a format become placeholders.
pub fn fill_format_verbs(text: &str) -> String {
    ["%s", "%v", "%q", "%d"]
        .iter()
        .fold(text.to_owned(), |text, sign| text.replace(sign, "{{x}}"))
}

/// What stands between the quotes.
pub fn strip_string_quotes(piece: &str) -> String {
    let inner = piece
        .get(1..piece.len().saturating_sub(1))
        .unwrap_or_default();
    if piece.starts_with('"') {
        inner.replace("\\n", "\n").replace("\\\"", "\"")
    } else {
        inner.to_owned()
    }
}

/// Calls `each` with strings (quotes included) and braces, in order.
pub fn scan_strings_and_braces<'a>(text: &'a str, mut each: impl FnMut(usize, &'a str)) {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let start = at;
        let behind = |at: usize, end: &[u8]| {
            memchr::memmem::find(bytes.get(at..).unwrap_or_default(), end)
                .map_or(bytes.len(), |n| at + n + end.len())
        };
        match bytes[at] {
            b'/' if bytes.get(at + 1) == Some(&b'/') => {
                at = memchr::memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |n| at + n)
            }
            b'/' if bytes.get(at + 1) == Some(&b'*') => at = behind(at, b"*/"),
            b'`' => {
                at = behind(at + 1, b"`");
                each(start, text.get(start..at).unwrap_or_default());
            }
            b'"' => {
                at += 1;
                // a string between double quotes ends with its line
                while at < bytes.len() && bytes[at] != b'"' && bytes[at] != b'\n' {
                    at += if bytes[at] == b'\\' { 2 } else { 1 };
                }
                at = (at + 1).min(bytes.len());
                each(start, text.get(start..at).unwrap_or_default());
            }
            b'\'' => {
                // `'` encloses one letter, which may be a quote
                at += 1;
                while at < bytes.len() && bytes[at] != b'\'' && bytes[at] != b'\n' {
                    at += if bytes[at] == b'\\' { 2 } else { 1 };
                }
                at += 1;
            }
            b'{' | b'}' => {
                at += 1;
                each(start, text.get(start..at).unwrap_or_default());
            }
            _ => at += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strings(text: &str) -> Vec<String> {
        let mut out = Vec::new();
        scan_strings_and_braces(text, |_, piece| {
            if !matches!(piece, "{" | "}") {
                out.push(strip_string_quotes(piece));
            }
        });
        out
    }

    #[test]
    fn strings_and_comments_are_told_apart() {
        assert_eq!(
            strings("f(\"a\\\"b\") // \"no\"\n/* \"no\" */ `c\nd`"),
            ["a\"b", "c\nd"]
        );
        for text in ["\"", "`", "'", "/*", "\"\\", "é\"é"] {
            let _ = strings(text);
        }
    }
}
