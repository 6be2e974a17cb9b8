//! The terminal's clipboard by OSC 52: it works over SSH and starts no helper.

/// The sequence that puts text on the clipboard. Terminals take about 74,000 bytes; longer text is
/// cut at a line. Control and invisible characters are made visible: what is pasted into a shell
/// must be what was seen.
pub fn make_clipboard_sequence(text: &str) -> String {
    let text = crate::model::visible_lines(text);
    let mut end = text.len().min(50_000);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let cut = if end < text.len() {
        text[..end].rfind('\n').unwrap_or(end)
    } else {
        end
    };
    format!("\x1b]52;c;{}\x07", encode_base64(&text.as_bytes()[..cut]))
}

fn encode_base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let word = chunk
            .iter()
            .fold(0u32, |word, byte| word << 8 | u32::from(*byte))
            << (8 * (3 - chunk.len()));
        for at in 0..4 {
            if at <= chunk.len() {
                out.push(char::from(ALPHABET[(word >> (18 - 6 * at) & 63) as usize]));
            } else {
                out.push('=');
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_encoded() {
        assert_eq!(encode_base64(b"backout"), "YmFja291dA==");
        assert_eq!(encode_base64(b"abc"), "YWJj");
        assert_eq!(encode_base64(b""), "");
        assert_eq!(make_clipboard_sequence("a"), "\x1b]52;c;YQ==\x07");
        assert_eq!(
            make_clipboard_sequence("a\u{1b}"),
            make_clipboard_sequence("a␛")
        );
        assert_eq!(
            make_clipboard_sequence("a\u{202e}b"),
            make_clipboard_sequence("a<U+202E>b")
        );
    }
}
