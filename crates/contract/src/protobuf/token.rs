//! Words of a .proto file with their lines.

/// A token; text is as written, strings without quotes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ProtobufToken<'a> {
    pub text: &'a str,
    pub line: usize,
    pub string: bool,
}

impl ProtobufToken<'_> {
    pub fn is(&self, word: &str) -> bool {
        !self.string && self.text == word
    }
}

/// Cuts a text into tokens. Comments are dropped; what is no token is dropped too.
pub(super) fn cut_protobuf_tokens(text: &str) -> Vec<ProtobufToken<'_>> {
    let bytes = text.as_bytes();
    let (mut at, mut line) = (0, 1);
    let mut out = Vec::new();
    let word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80;
    while let Some(&byte) = bytes.get(at) {
        let start = at;
        match byte {
            b'\n' => {
                line += 1;
                at += 1;
            }
            b'/' if bytes.get(at + 1) == Some(&b'/') => {
                at += memchr::memchr(b'\n', &bytes[at..]).unwrap_or(bytes.len() - at)
            }
            b'/' if bytes.get(at + 1) == Some(&b'*') => {
                let end = text[at..].find("*/").map_or(bytes.len(), |n| at + n + 2);
                line += memchr::memchr_iter(b'\n', &bytes[at..end]).count();
                at = end;
            }
            b'"' | b'\'' => {
                at += 1;
                while at < bytes.len() && bytes[at] != byte && bytes[at] != b'\n' {
                    at += if bytes[at] == b'\\' { 2 } else { 1 };
                }
                let end = at.min(bytes.len());
                out.push(ProtobufToken {
                    text: text.get(start + 1..end).unwrap_or(""),
                    line,
                    string: true,
                });
                at = end;
                if bytes.get(at) == Some(&byte) {
                    at += 1;
                }
            }
            byte if word(byte) || byte == b'.' => {
                while at < bytes.len() && (word(bytes[at]) || bytes[at] == b'.') {
                    at += 1;
                }
                out.push(ProtobufToken {
                    text: text.get(start..at).unwrap_or(""),
                    line,
                    string: false,
                });
            }
            byte if byte.is_ascii_punctuation() => {
                at += 1;
                out.push(ProtobufToken {
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
