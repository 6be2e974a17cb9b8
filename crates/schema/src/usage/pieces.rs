//! What a place in a program text stands in: a comment, a doc string, a string, or code. One pass
//! over the text, by the signs of the language; nothing is nested but block comments of languages
//! that nest none, so that any text ends in bounded time.

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
pub struct Piece {
    /// First byte inside.
    pub start: usize,
    /// Behind the last byte inside.
    pub end: usize,
    /// What it is.
    pub kind: PieceKind,
}

/// How a language writes comments and strings.
struct Syntax {
    lines: &'static [&'static str],
    blocks: &'static [(&'static str, &'static str)],
    quotes: &'static [u8],
    triple: bool,
    /// Strings in plain quotes go over the end of a line.
    long: bool,
    /// `'` is for one character, or a lifetime.
    single: bool,
    heredoc: bool,
}

const BLOCK: &[(&str, &str)] = &[("/*", "*/")];
const MARKUP: &[(&str, &str)] = &[
    ("<!--", "-->"),
    ("<%--", "--%>"),
    ("{{!--", "--}}"),
    ("{{--", "--}}"),
    ("{#", "#}"),
    ("@*", "*@"),
    ("<%#", "%>"),
];

/// Ends of names of texts that a template engine fills.
pub const TEMPLATES: [&str; 22] = [
    "erb", "heex", "eex", "leex", "jsp", "jspx", "ftl", "twig", "haml", "slim", "ejs", "hbs",
    "mustache", "liquid", "cshtml", "vbhtml", "razor", "gohtml", "tmpl", "tpl", "jinja", "j2",
];

/// The end of a file's name, in small letters.
pub fn find_file_extension(path: &str) -> String {
    path.rsplit('/')
        .next()
        .unwrap_or(path)
        .rsplit('.')
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase()
}

fn find_file_syntax(path: &str) -> Syntax {
    let plain = Syntax {
        lines: &["//"],
        blocks: BLOCK,
        quotes: b"\"'",
        triple: false,
        long: false,
        single: false,
        heredoc: false,
    };
    match find_file_extension(path).as_str() {
        "py" | "pyi" | "jl" => Syntax {
            lines: &["#"],
            blocks: &[],
            triple: true,
            ..plain
        },
        "ex" | "exs" => Syntax {
            lines: &["#"],
            blocks: &[],
            triple: true,
            long: true,
            ..plain
        },
        "rb" | "rake" => Syntax {
            lines: &["#"],
            blocks: &[("\n=begin", "\n=end")],
            long: true,
            heredoc: true,
            ..plain
        },
        "sh" | "bash" | "pl" | "pm" | "r" => Syntax {
            lines: &["#"],
            blocks: &[],
            quotes: b"\"'",
            long: true,
            heredoc: true,
            ..plain
        },
        "ps1" => Syntax {
            lines: &["#"],
            blocks: &[("<#", "#>")],
            long: true,
            ..plain
        },
        "yaml" | "yml" => Syntax {
            lines: &["#"],
            blocks: &[],
            long: true,
            ..plain
        },
        "php" => Syntax {
            lines: &["//", "#"],
            long: true,
            heredoc: true,
            ..plain
        },
        "js" | "jsx" | "mjs" | "cjs" | "ts" | "tsx" => Syntax {
            quotes: b"\"'`",
            ..plain
        },
        "vue" | "svelte" => Syntax {
            blocks: &[("/*", "*/"), ("<!--", "-->")],
            quotes: b"\"'`",
            ..plain
        },
        "go" => Syntax {
            quotes: b"\"`",
            single: true,
            ..plain
        },
        "rs" => Syntax {
            quotes: b"\"",
            long: true,
            single: true,
            ..plain
        },
        "java" | "kt" | "kts" | "scala" | "groovy" | "swift" | "dart" | "cs" | "fs" => Syntax {
            triple: true,
            long: find_file_extension(path) == "cs",
            ..plain
        },
        "vb" | "cls" => Syntax {
            lines: &["'"],
            blocks: &[],
            quotes: b"\"",
            ..plain
        },
        "sql" | "sqlx" => Syntax {
            lines: &["--"],
            quotes: b"'",
            long: true,
            ..plain
        },
        "lua" | "hs" | "elm" => Syntax {
            lines: &["--"],
            blocks: &[("{-", "-}")],
            single: true,
            ..plain
        },
        "clj" => Syntax {
            lines: &[";"],
            blocks: &[],
            quotes: b"\"",
            long: true,
            ..plain
        },
        "ml" => Syntax {
            lines: &[],
            blocks: &[("(*", "*)")],
            quotes: b"\"",
            long: true,
            ..plain
        },
        "erl" => Syntax {
            lines: &["%"],
            blocks: &[],
            quotes: b"\"",
            long: true,
            ..plain
        },
        "xml" => Syntax {
            lines: &[],
            blocks: MARKUP,
            quotes: b"",
            ..plain
        },
        end if TEMPLATES.contains(&end) => Syntax {
            lines: &[],
            blocks: MARKUP,
            quotes: b"\"'",
            ..plain
        },
        _ => plain,
    }
}

/// All stretches of a text that are not code, in order.
pub fn split_pieces(text: &str, path: &str) -> Vec<Piece> {
    let syntax = find_file_syntax(path);
    let bytes = text.as_bytes();
    // `#[ORM\Column]` is an attribute
    let php = find_file_extension(path) == "php";
    let mut out = Vec::new();
    let mut at = 0;
    'text: while at < bytes.len() {
        let rest = &bytes[at..];
        for (open, close) in syntax.blocks {
            if rest.starts_with(open.as_bytes()) {
                let start = at + open.len();
                let end = find_sign(bytes, start, close).unwrap_or(bytes.len());
                out.push(Piece {
                    start,
                    end,
                    kind: PieceKind::Comment,
                });
                at = end + close.len();
                continue 'text;
            }
        }
        for sign in syntax.lines {
            // `#` opens a comment only where nothing is before it: `#{..}`, `$#`, `url#part`
            let opens = rest.starts_with(sign.as_bytes())
                && (*sign != "#" || rest.get(1) != Some(&b'[') || !php)
                && (*sign != "#"
                    || at == 0
                    || bytes[at - 1].is_ascii_whitespace()
                    || matches!(bytes[at - 1], b';' | b')' | b']' | b'}' | b','))
                && (*sign != "//" || at == 0 || bytes[at - 1] != b':');
            if opens {
                let end = memchr::memchr(b'\n', rest).map_or(bytes.len(), |length| at + length);
                out.push(Piece {
                    start: at + sign.len(),
                    end,
                    kind: PieceKind::Comment,
                });
                at = end;
                continue 'text;
            }
        }
        if syntax.heredoc
            && let Some((start, end, next)) = find_heredoc(text, at)
        {
            out.push(Piece {
                start,
                end,
                kind: PieceKind::Text,
            });
            at = next;
            continue;
        }
        let quote = bytes[at];
        if syntax.triple && (rest.starts_with(b"\"\"\"") || rest.starts_with(b"'''")) {
            let close = if quote == b'"' { "\"\"\"" } else { "'''" };
            let start = at + 3;
            let end = find_sign(bytes, start, close).unwrap_or(bytes.len());
            let kind = if is_doc_string(&text[..at], text.get(start..end).unwrap_or_default()) {
                PieceKind::Doc
            } else {
                PieceKind::Text
            };
            out.push(Piece { start, end, kind });
            at = end + 3;
            continue;
        }
        if quote == b'"'
            && at > 0
            && (bytes[at - 1] == b'#' || bytes[at - 1] == b'r')
            && find_file_extension(path) == "rs"
        {
            let marks = bytes[..at]
                .iter()
                .rev()
                .take_while(|byte| **byte == b'#')
                .count();
            if bytes.get(at.wrapping_sub(marks + 1)) == Some(&b'r') {
                let close = format!("\"{}", "#".repeat(marks));
                let end = find_sign(bytes, at + 1, &close).unwrap_or(bytes.len());
                out.push(Piece {
                    start: at + 1,
                    end,
                    kind: PieceKind::Text,
                });
                at = end + close.len();
                continue;
            }
        }
        if syntax.single && quote == b'\'' {
            // `'x'` or `'\n'`; anything longer is a lifetime or a mark behind a name
            let close = (2..=4).find(|length| bytes.get(at + length) == Some(&b'\''));
            at += close.map_or(1, |length| length + 1);
            continue;
        }
        if syntax.quotes.contains(&quote) {
            let long = syntax.long || quote == b'`';
            let mut end = at + 1;
            while let Some(&byte) = bytes.get(end) {
                match byte {
                    b'\\' if quote != b'`' || find_file_extension(path) != "go" => end += 2,
                    b'\n' if !long => break,
                    byte if byte == quote => break,
                    _ => end += 1,
                }
            }
            let end = end.min(bytes.len());
            out.push(Piece {
                start: at + 1,
                end,
                kind: PieceKind::Text,
            });
            at = end + 1;
            continue;
        }
        at += 1;
    }
    out
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
