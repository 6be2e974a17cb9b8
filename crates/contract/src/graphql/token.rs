//! Words of a schema file with their lines.

/// A word, a sign, or a string without its quotes.
#[derive(Debug, Clone, Copy)]
pub(super) struct GraphqlToken<'a> {
    pub text: &'a str,
    pub line: usize,
    pub string: bool,
}

/// Cuts a text into tokens; comments and commas are dropped.
pub(super) fn cut_graphql_tokens(text: &str) -> Vec<GraphqlToken<'_>> {
    let bytes = text.as_bytes();
    let (mut at, mut line) = (0, 1);
    let mut out = Vec::new();
    let name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    while let Some(&byte) = bytes.get(at) {
        let start = at;
        match byte {
            b'\n' => {
                line += 1;
                at += 1;
            }
            b'#' => at += memchr::memchr(b'\n', &bytes[at..]).unwrap_or(bytes.len() - at),
            b'"' if bytes[at..].starts_with(b"\"\"\"") => {
                let mut end = at + 3;
                while end < bytes.len() && !bytes[end..].starts_with(b"\"\"\"") {
                    end += if bytes[end..].starts_with(b"\\\"\"\"") {
                        4
                    } else {
                        1
                    };
                }
                let own = line;
                at = (end + 3).min(bytes.len());
                line += memchr::memchr_iter(b'\n', &bytes[start..at]).count();
                out.push(GraphqlToken {
                    text: text.get(start + 3..end.min(bytes.len())).unwrap_or(""),
                    line: own,
                    string: true,
                });
            }
            b'"' => {
                at += 1;
                while at < bytes.len() && bytes[at] != b'"' && bytes[at] != b'\n' {
                    at += if bytes[at] == b'\\' { 2 } else { 1 };
                }
                let end = at.min(bytes.len());
                out.push(GraphqlToken {
                    text: text.get(start + 1..end).unwrap_or(""),
                    line,
                    string: true,
                });
                at = if bytes.get(end) == Some(&b'"') {
                    end + 1
                } else {
                    end
                };
            }
            b',' => at += 1,
            b'.' => {
                while bytes.get(at) == Some(&b'.') {
                    at += 1;
                }
                out.push(GraphqlToken {
                    text: &text[start..at],
                    line,
                    string: false,
                });
            }
            byte if name(byte) || byte == b'-' => {
                at += 1;
                while at < bytes.len() && (name(bytes[at]) || bytes[at] == b'.') {
                    at += 1;
                }
                out.push(GraphqlToken {
                    text: &text[start..at],
                    line,
                    string: false,
                });
            }
            byte if byte.is_ascii_punctuation() => {
                at += 1;
                out.push(GraphqlToken {
                    text: &text[start..at],
                    line,
                    string: false,
                });
            }
            _ => at += 1,
        }
    }
    out
}
