//! What a place in a program text stands in: a comment, a doc string, a string, or code. One pass
//! over the text, by the signs of the language; nothing is nested but block comments of languages
//! that nest none, so that any text ends in bounded time.

use super::file_syntax::{FileSyntax, find_file_extension, find_file_syntax};

/// What a stretch of text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PieceKind {
    /// For readers only.
    Comment,
    /// A string that stands for itself and documents what is around it.
    Doc,
    /// A string.
    Text,
}

/// A stretch that is not code, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TextPiece {
    /// First byte inside.
    pub start: usize,
    /// Behind the last byte inside.
    pub end: usize,
    /// What it is.
    pub kind: PieceKind,
}

/// All stretches of a text that are not code, in order.
pub fn split_pieces(text: &str, path: &str) -> Vec<TextPiece> {
    let cutter = PieceCutter::new(text, path);
    let mut out = Vec::new();
    let mut at = 0;
    while at < text.len() {
        // in this order: a comment may hold quotes, and `"""` begins like `"`
        let found = cutter
            .cut_comment(at)
            .or_else(|| cutter.cut_heredoc(at))
            .or_else(|| cutter.cut_triple(at))
            .or_else(|| cutter.cut_raw_string(at))
            .or_else(|| cutter.cut_string(at));
        match found {
            Some((piece, next)) => {
                out.push(piece);
                at = next;
            }
            None => at += cutter.measure_code(at),
        }
    }
    out
}

/// A text and how it is written.
struct PieceCutter<'t> {
    text: &'t str,
    bytes: &'t [u8],
    extension: String,
    syntax: &'static FileSyntax,
}

/// A stretch that is not code, and where the text goes on behind it.
type CutPiece = (TextPiece, usize);

impl<'t> PieceCutter<'t> {
    fn new(text: &'t str, path: &str) -> Self {
        let extension = find_file_extension(path);
        Self {
            text,
            bytes: text.as_bytes(),
            syntax: find_file_syntax(&extension),
            extension,
        }
    }

    /// Where a sign stands from a place on, or the end of the text.
    fn find_end(&self, from: usize, sign: &str) -> usize {
        find_sign(self.bytes, from, sign).unwrap_or(self.bytes.len())
    }

    fn cut_comment(&self, at: usize) -> Option<CutPiece> {
        let rest = &self.bytes[at..];
        let comment = |start, end| TextPiece {
            start,
            end,
            kind: PieceKind::Comment,
        };
        for (open, close) in self.syntax.blocks {
            if rest.starts_with(open.as_bytes()) {
                let start = at + open.len();
                let end = self.find_end(start, close);
                return Some((comment(start, end), end + close.len()));
            }
        }
        let sign = self
            .syntax
            .lines
            .iter()
            .find(|sign| self.opens_line_comment(at, sign))?;
        let end = memchr::memchr(b'\n', rest).map_or(self.bytes.len(), |length| at + length);
        Some((comment(at + sign.len(), end), end))
    }

    fn opens_line_comment(&self, at: usize, sign: &str) -> bool {
        let (bytes, rest) = (self.bytes, &self.bytes[at..]);
        // PHP's `#[ORM\Column]` is an attribute
        let php = self.extension == "php";
        // `#` opens a comment only where nothing is before it: `#{..}`, `$#`, `url#part`
        rest.starts_with(sign.as_bytes())
            && (sign != "#" || rest.get(1) != Some(&b'[') || !php)
            && (sign != "#"
                || at == 0
                || bytes[at - 1].is_ascii_whitespace()
                || matches!(bytes[at - 1], b';' | b')' | b']' | b'}' | b','))
            // `http://a` is no comment
            && (sign != "//" || at == 0 || bytes[at - 1] != b':')
    }

    fn cut_heredoc(&self, at: usize) -> Option<CutPiece> {
        if !self.syntax.heredoc {
            return None;
        }
        let (start, end, next) = find_heredoc(self.text, at)?;
        let kind = PieceKind::Text;
        Some((TextPiece { start, end, kind }, next))
    }

    fn cut_triple(&self, at: usize) -> Option<CutPiece> {
        let rest = &self.bytes[at..];
        let close = ["\"\"\"", "'''"]
            .into_iter()
            .find(|quotes| rest.starts_with(quotes.as_bytes()))
            .filter(|_| self.syntax.triple)?;
        let start = at + 3;
        let end = self.find_end(start, close);
        let inside = self.text.get(start..end).unwrap_or_default();
        let kind = if is_doc_string(&self.text[..at], inside) {
            PieceKind::Doc
        } else {
            PieceKind::Text
        };
        Some((TextPiece { start, end, kind }, end + 3))
    }

    /// Rust's `r#".."#`.
    fn cut_raw_string(&self, at: usize) -> Option<CutPiece> {
        let bytes = self.bytes;
        let marked = bytes[at] == b'"'
            && at > 0
            && (bytes[at - 1] == b'#' || bytes[at - 1] == b'r')
            && self.extension == "rs";
        if !marked {
            return None;
        }
        let marks = bytes[..at]
            .iter()
            .rev()
            .take_while(|byte| **byte == b'#')
            .count();
        if bytes.get(at.wrapping_sub(marks + 1)) != Some(&b'r') {
            return None;
        }
        let close = format!("\"{}", "#".repeat(marks));
        let (start, end) = (at + 1, self.find_end(at + 1, &close));
        let kind = PieceKind::Text;
        Some((TextPiece { start, end, kind }, end + close.len()))
    }

    fn cut_string(&self, at: usize) -> Option<CutPiece> {
        let (bytes, quote) = (self.bytes, self.bytes[at]);
        let character = self.syntax.single && quote == b'\'';
        if character || !self.syntax.quotes.contains(&quote) {
            return None;
        }
        let long = self.syntax.long || quote == b'`';
        // Go's strings in backticks know no escapes
        let escapes = quote != b'`' || self.extension != "go";
        let mut end = at + 1;
        while let Some(&byte) = bytes.get(end) {
            match byte {
                b'\\' if escapes => end += 2,
                b'\n' if !long => break,
                byte if byte == quote => break,
                _ => end += 1,
            }
        }
        let end = end.min(bytes.len());
        let (start, kind) = (at + 1, PieceKind::Text);
        Some((TextPiece { start, end, kind }, end + 1))
    }

    /// Bytes of code that are passed over at once: a character in quotes holds no quote that opens
    /// a string.
    fn measure_code(&self, at: usize) -> usize {
        if !self.syntax.single || self.bytes[at] != b'\'' {
            return 1;
        }
        // `'x'` or `'\n'`; anything longer is a lifetime or a mark behind a name
        let close = (2..=4).find(|length| self.bytes.get(at + length) == Some(&b'\''));
        close.map_or(1, |length| length + 1)
    }
}

fn find_sign(bytes: &[u8], from: usize, sign: &str) -> Option<usize> {
    memchr::memmem::find(bytes.get(from..)?, sign.as_bytes()).map(|at| from + at)
}

/// A string in three quotes that begins a body or a file, and is no statement of SQL.
fn is_doc_string(before: &str, inside: &str) -> bool {
    let line = before.rsplit('\n').next().unwrap_or_default().trim();
    if line.starts_with('@') && line.contains("doc") {
        return true; // Elixir: `@doc """`
    }
    let first = inside
        .split_whitespace()
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    let sql = matches!(
        first.as_str(),
        "select"
            | "insert"
            | "update"
            | "delete"
            | "with"
            | "create"
            | "alter"
            | "drop"
            | "merge"
            | "copy"
            | "truncate"
    );
    let last = before.trim_end().chars().next_back();
    line.is_empty()
        && !sql
        && (last.is_none_or(|c| matches!(c, ':' | ';'))
            || !before
                .trim_end()
                .ends_with(['(', ',', '=', '[', '+', '{', '\\', '%'])
                && before
                    .trim_end()
                    .lines()
                    .last()
                    .is_none_or(|line| line.starts_with(['#', '"', '\''])))
}

/// `<<~SQL`, `<<<SQL`, `<<'EOF'`: first byte, end, and where code goes on.
fn find_heredoc(text: &str, at: usize) -> Option<(usize, usize, usize)> {
    let rest = text.get(at..)?.strip_prefix("<<")?;
    let word: String = rest
        .trim_start_matches(['<', '~', '-', ' ', '"', '\''])
        .chars()
        .take(40)
        .take_while(|c| c.is_alphanumeric() || *c == '_')
        .collect();
    // `a << B` shifts; the name of such a text is longer and in capitals
    if word.len() < 2 || !word.starts_with(|c: char| c.is_ascii_uppercase()) {
        return None;
    }
    let start = at + text.get(at..)?.find('\n')? + 1;
    let mut from = start;
    for line in text.get(start..)?.split_inclusive('\n') {
        if line
            .trim_start()
            .strip_prefix(word.as_str())
            .is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
        {
            return Some((start, from, from + line.len().saturating_sub(1)));
        }
        from += line.len();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(text: &str, path: &str, word: &str) -> Option<PieceKind> {
        let at = text.find(word).unwrap_or_else(|| panic!("{word}"));
        split_pieces(text, path)
            .into_iter()
            .find(|piece| piece.start <= at && at < piece.end)
            .map(|piece| piece.kind)
    }

    #[test]
    fn comments_strings_and_code_are_told_apart() {
        let cases = [
            ("x = 1 # parcels\n", "a.py", Some(PieceKind::Comment)),
            ("/* the\n parcels */ f();", "a.js", Some(PieceKind::Comment)),
            (
                "\"\"\"About `parcels`.\"\"\"\nx = 1\n",
                "a.py",
                Some(PieceKind::Doc),
            ),
            (
                "def f():\n    \"\"\"About parcels.\"\"\"\n",
                "a.py",
                Some(PieceKind::Doc),
            ),
            (
                "f(\n    \"\"\"\n    SELECT * FROM parcels\n    \"\"\")\n",
                "a.py",
                Some(PieceKind::Text),
            ),
            (
                "@doc \"\"\"\nparcels\n\"\"\"\n",
                "a.ex",
                Some(PieceKind::Doc),
            ),
            (
                "q = <<~SQL\n  SELECT 1 FROM parcels\nSQL\n",
                "a.rb",
                Some(PieceKind::Text),
            ),
            (
                "$q = <<<SQL\nSELECT 1 FROM parcels\nSQL;\n",
                "a.php",
                Some(PieceKind::Text),
            ),
            (
                "let q = r#\"select \"a\" from parcels\"#;",
                "a.rs",
                Some(PieceKind::Text),
            ),
            ("fn f<'a>(x: &'a str) { parcels }", "a.rs", None),
            (
                "q := `select 1\nfrom parcels`\n",
                "a.go",
                Some(PieceKind::Text),
            ),
            ("x = \"#{y}\"; parcels", "a.rb", None),
            ("<!-- parcels --><p>", "a.jsp", Some(PieceKind::Comment)),
            ("u = 'http://a/b'; parcels", "a.js", None),
            ("-- parcels\nselect 1", "a.sql", Some(PieceKind::Comment)),
            (
                "<?php\n#[ORM\\Column] private int $parcels;\n",
                "a.php",
                None,
            ),
        ];
        for (text, path, expected) in cases {
            assert_eq!(kind(text, path, "parcels"), expected, "{text}");
        }
    }

    #[test]
    fn any_text_ends() {
        for text in ["\"", "'''", "/*", "<<A", "\\", "r#\"", "'\u{e4}", "\"\\"] {
            for path in [
                "a.py",
                "a.rs",
                "a.rb",
                "a.php",
                "a.go",
                "a.jsp",
                "a.sql",
                "a.vb",
                "a.unknown",
            ] {
                let _ = split_pieces(text, path);
            }
        }
    }
}
