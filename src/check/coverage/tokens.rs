//! Program text as tokens, so that comments, blanks and the place of a definition cannot count as a change.
//!
//! tree-sitter was tried for this: its grammars are linked for eight languages only and cost ten times the time of reading the file; the
//! question here ("is it the same program?") needs no tree. Where this reader is not sure what a comment is (here-documents, templates
//! with program text inside, languages it does not know) it gives nothing, and the file counts as changed.

/// Longest text that is taken apart, in bytes.
const LENGTH: usize = 2 * 1024 * 1024;

/// How a language writes comments, strings and the end of a statement.
#[derive(Debug, Clone, Copy)]
struct Style {
    /// `//` and `/* */` begin comments.
    slashes: bool,
    /// `#` begins a comment.
    hashes: bool,
    /// `--` begins a comment.
    dashes: bool,
    /// `'` begins a string; elsewhere it is a character or a lifetime.
    single: bool,
    /// A backtick begins a string over lines.
    backtick: bool,
    /// Three quotes begin a string over lines.
    triple: bool,
    /// `/` after an operator begins a regular expression.
    regex: bool,
    /// The end of a line can end a statement.
    lines: bool,
    /// The indentation of a line says to what it belongs.
    indents: bool,
}

const SLASHES: Style =
    Style { slashes: true, hashes: false, dashes: false, single: false, backtick: false, triple: false, regex: false, lines: false, indents: false };
const HASHES: Style = Style { slashes: false, hashes: true, single: true, lines: true, ..SLASHES };

fn style(path: &str) -> Option<Style> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let extension = name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase())?;
    Some(match extension.as_str() {
        "java" | "cs" | "c" | "h" | "cc" | "cpp" | "cxx" | "hpp" | "hh" | "rs" => Style { triple: matches!(extension.as_str(), "java" | "cs"), ..SLASHES },
        "dart" => Style { single: true, triple: true, ..SLASHES },
        "go" => Style { backtick: true, lines: true, ..SLASHES },
        "kt" | "kts" | "scala" | "sc" | "swift" => Style { triple: true, lines: true, ..SLASHES },
        "js" | "mjs" | "cjs" | "jsx" | "ts" | "mts" | "cts" | "tsx" => Style { single: true, backtick: true, regex: true, lines: true, ..SLASHES },
        "groovy" | "gradle" => Style { single: true, triple: true, regex: true, lines: true, ..SLASHES },
        "php" => Style { single: true, ..SLASHES },
        "py" | "pyi" | "pyx" => Style { triple: true, indents: true, ..HASHES },
        "rb" | "rake" | "ex" | "exs" | "cr" => Style { regex: true, triple: matches!(extension.as_str(), "ex" | "exs"), ..HASHES },
        "lua" => Style { hashes: false, dashes: true, ..HASHES },
        _ => return None,
    })
}

/// One token: its text, and its line from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Token<'a> {
    pub text: &'a str,
    pub line: usize,
    /// How far the line is indented, where it is the first of its line; else 0.
    pub indent: usize,
}

impl Token<'_> {
    fn is_word(&self) -> bool {
        self.text.starts_with(|c: char| c.is_alphabetic() || c == '_' || c == '$')
    }
}

/// The end of a line, where it can end a statement.
const END: &str = "\n";

/// The tokens of a program; `None` where the language is not known here or what is a comment is not sure.
pub(super) fn read_tokens<'a>(path: &str, text: &'a str) -> Option<Vec<Token<'a>>> {
    let style = style(path)?;
    if text.len() > LENGTH || unsure(path, text) {
        return None;
    }
    let mut reader = Reader { text, bytes: text.as_bytes(), at: 0, line: 1, fresh: true, indent: 0, style, out: Vec::with_capacity(text.len() / 5) };
    while reader.at < reader.bytes.len() {
        reader.step()?;
    }
    Some(reader.out)
}

/// Texts in which a comment cannot be told from a string by reading on: here-documents, pages around PHP, quoted literals of Ruby.
fn unsure(path: &str, text: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    if lower.ends_with(".php") {
        return text.contains("<<<") || text.contains("?>");
    }
    if lower.ends_with(".rb") || lower.ends_with(".rake") || lower.ends_with(".cr") {
        let here = text
            .match_indices("<<")
            .any(|(at, _)| text[at + 2..].starts_with(['~', '-', '"', '\'']) || text[at + 2..].starts_with(|c: char| c.is_ascii_uppercase()));
        return here || text.contains("=begin") || ["%q", "%Q", "%w", "%W", "%r", "%i", "%(", "%{", "%["].iter().any(|sign| text.contains(sign));
    }
    // sigils of Elixir may hold anything
    (lower.ends_with(".ex") || lower.ends_with(".exs")) && text.contains('~')
}

struct Reader<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    line: usize,
    fresh: bool,
    indent: usize,
    style: Style,
    out: Vec<Token<'a>>,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a [u8] {
        &self.bytes[self.at..]
    }

    fn push(&mut self, end: usize) -> Option<()> {
        let text = self.text.get(self.at..end)?;
        let indent = if self.fresh && self.style.indents { self.indent } else { 0 };
        self.out.push(Token { text, line: self.line, indent });
        self.fresh = false;
        self.skip(end);
        Some(())
    }

    fn skip(&mut self, end: usize) {
        let end = end.min(self.bytes.len());
        self.line += memchr::memchr_iter(b'\n', &self.bytes[self.at..end]).count();
        self.at = end;
    }

    fn find(&self, from: usize, sign: &[u8]) -> Option<usize> {
        memchr::memmem::find(self.bytes.get(from..)?, sign).map(|at| from + at)
    }

    fn step(&mut self) -> Option<()> {
        let rest = self.rest();
        let byte = rest[0];
        match byte {
            b'\n' => {
                if self.style.lines && self.out.last().is_some_and(|last| last.text != END) {
                    self.out.push(Token { text: END, line: self.line, indent: 0 });
                }
                self.skip(self.at + 1);
                (self.fresh, self.indent) = (true, 0);
            }
            b' ' | b'\t' | b'\r' | 0x0c => {
                if self.fresh {
                    self.indent += if byte == b'\t' { 8 } else { 1 };
                }
                self.skip(self.at + 1);
            }
            b'/' if self.style.slashes && rest.starts_with(b"//") && !self.after(b':') => self.skip(self.find(self.at, b"\n").unwrap_or(self.bytes.len())),
            b'/' if self.style.slashes && rest.starts_with(b"/*") => {
                let end = self.find(self.at + 2, b"*/")? + 2;
                self.skip(end);
            }
            b'-' if self.style.dashes && rest.starts_with(b"--[[") => self.skip(self.find(self.at, b"]]")? + 2),
            b'-' if self.style.dashes && rest.starts_with(b"--") => self.skip(self.find(self.at, b"\n").unwrap_or(self.bytes.len())),
            b'#' if self.style.hashes && (self.fresh || self.plain_before()) => self.skip(self.find(self.at, b"\n").unwrap_or(self.bytes.len())),
            b'"' | b'\'' if self.style.triple && rest.len() > 2 && rest[1] == byte && rest[2] == byte && (byte == b'"' || self.style.single) => {
                let end = self.find(self.at + 3, &[byte; 3])? + 3;
                let statement = self.style.indents && self.fresh && self.out.last().is_none_or(|last| last.text == END);
                if statement && !self.bytes.get(end..).is_some_and(|after| after.starts_with(b".") || after.starts_with(b" %")) && self.opens_body() {
                    self.skip(end);
                } else {
                    self.push(end)?;
                }
            }
            b'"' if self.out.last().is_some_and(|last| last.text == "@" || last.text == "$@" || last.text == "@$") => {
                let mut end = self.at + 1;
                loop {
                    end = self.find(end, b"\"")? + 1;
                    if self.bytes.get(end) != Some(&b'"') {
                        break;
                    }
                    end += 1;
                }
                self.push(end)?;
            }
            b'"' if self.raw_string().is_some() => {
                let end = self.raw_string()?;
                self.push(end)?;
            }
            b'"' => self.quoted(b'"')?,
            b'\'' if self.style.single => self.quoted(b'\'')?,
            b'\'' => {
                // a character, or the mark of a lifetime
                let end = match rest.get(1) {
                    Some(b'\\') => self.find(self.at + 3, b"'").map(|end| end + 1).filter(|end| *end <= self.at + 14),
                    Some(_) => self.find(self.at + 1, b"'").map(|end| end + 1).filter(|end| *end <= self.at + 6 && *end > self.at + 2),
                    None => None,
                };
                self.push(end.unwrap_or(self.at + 1))?;
            }
            b'`' if self.style.backtick => {
                let mut end = self.at + 1;
                while self.bytes.get(end).is_some_and(|byte| *byte != b'`') {
                    end += if self.bytes[end] == b'\\' && self.style.regex { 2 } else { 1 };
                }
                self.bytes.get(end)?;
                self.push(end + 1)?;
            }
            b'/' if self.style.regex && self.operand_wanted() => {
                let mut end = self.at + 1;
                let mut class = false;
                loop {
                    match self.bytes.get(end)? {
                        b'\n' => return None,
                        b'\\' => end += 1,
                        b'[' => class = true,
                        b']' => class = false,
                        b'/' if !class => break,
                        _ => {}
                    }
                    end += 1;
                }
                self.push(end + 1)?;
            }
            _ if byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$' || byte >= 0x80 => {
                let end = rest.iter().position(|byte| !(byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$') || *byte >= 0x80));
                self.push(end.map_or(self.bytes.len(), |end| self.at + end))?;
            }
            _ => self.push(self.at + 1)?,
        }
        Some(())
    }

    fn after(&self, byte: u8) -> bool {
        self.at > 0 && self.bytes[self.at - 1] == byte
    }

    /// A quoted string on one line; C# and the shells let them go over lines, which is not told here.
    fn quoted(&mut self, quote: u8) -> Option<()> {
        let mut end = self.at + 1;
        loop {
            match self.bytes.get(end)? {
                b'\\' => end += 2,
                byte if *byte == quote => break,
                b'\n' if !self.style.hashes => return None,
                _ => end += 1,
            }
        }
        self.push(end + 1)
    }

    /// The end of `r"..."` and `r#"..."#`, or of `R"x(...)x"`, at whose quote the reader stands.
    fn raw_string(&self) -> Option<usize> {
        let before: &[u8] = &self.bytes[self.at.saturating_sub(12)..self.at];
        let signs = before.iter().rev().take_while(|byte| **byte == b'#').count();
        let mark = before.len().checked_sub(signs + 1).map(|at| before[at])?;
        let last = self.out.last()?.text;
        if mark == b'r' && (signs == 0 && (last == "r" || last == "br") || signs > 0 && last == "#") {
            let close: Vec<u8> = std::iter::once(b'"').chain(std::iter::repeat_n(b'#', signs)).collect();
            return self.find(self.at + 1, &close).map(|end| end + close.len());
        }
        if signs == 0 && matches!(last, "R" | "LR" | "uR" | "u8R" | "UR") {
            let open = self.find(self.at + 1, b"(").filter(|open| *open <= self.at + 18)?;
            let close = [b")", &self.bytes[self.at + 1..open], b"\""].concat();
            return self.find(open, &close).map(|end| end + close.len());
        }
        None
    }

    /// A `#` behind text counts as a comment only where no quote stands before it on the line.
    fn plain_before(&self) -> bool {
        let start = memchr::memrchr(b'\n', &self.bytes[..self.at]).map_or(0, |at| at + 1);
        let before = &self.bytes[start..self.at];
        before.last().is_some_and(u8::is_ascii_whitespace)
            && (self.style.indents || !before.iter().any(|byte| matches!(byte, b'"' | b'\'' | b'`' | b'/' | b'%')))
    }

    /// A string that is a statement of its own right after a colon or at the start: a doc string.
    fn opens_body(&self) -> bool {
        let mut back = self.out.iter().rev().filter(|token| token.text != END);
        back.next().is_none_or(|last| last.text == ":")
    }

    /// Whether a value may begin here, so that `/` begins a regular expression.
    fn operand_wanted(&self) -> bool {
        let Some(last) = self.out.last() else { return true };
        match last.text {
            "return" | "typeof" | "case" | "in" | "of" | "if" | "unless" | "when" | "and" | "or" | "not" | END => true,
            ")" | "]" | "}" => false,
            text => !(last.is_word() || text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '"' | '\'' | '`' | '/'))),
        }
    }
}

/// How two texts of one program differ, if only in a way that cannot matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Sameness {
    /// Only comments and blanks differ.
    Blanks,
    /// Whole definitions stand elsewhere in the file.
    Moved,
    /// Names of locals differ, each in all its places.
    Locals,
}

/// Whether two texts are the same program, and in which sense; `None` where they are not or where that is not known.
pub(super) fn compare(path: &str, old: &str, new: &str) -> Option<Sameness> {
    let (old, new) = (read_tokens(path, old)?, read_tokens(path, new)?);
    let alike = |a: &Token<'_>, b: &Token<'_>| a.text == b.text && a.indent == b.indent;
    let (old, new) = (trimmed(&old), trimmed(&new));
    if old.len() != new.len() {
        return None;
    }
    if old.iter().zip(new).all(|(a, b)| alike(a, b)) {
        return Some(Sameness::Blanks);
    }
    if moved(path, old, new) {
        return Some(Sameness::Moved);
    }
    renamed(old, new).then_some(Sameness::Locals)
}

fn trimmed<'t, 'a>(tokens: &'t [Token<'a>]) -> &'t [Token<'a>] {
    let end = tokens.iter().rposition(|token| token.text != END).map_or(0, |at| at + 1);
    &tokens[..end]
}

/// Words that begin a definition whose place among others does not matter. Values that count their members (enums) stay whole inside one.
const DEFINES: [&str; 22] = [
    "func",
    "def",
    "fn",
    "function",
    "class",
    "struct",
    "interface",
    "trait",
    "impl",
    "type",
    "enum",
    "record",
    "object",
    "import",
    "use",
    "using",
    "from",
    "pub",
    "public",
    "export",
    "package",
    "defmodule",
];

/// The same definitions in another order. Each begins at the margin with a word that defines something, so that statements stay in theirs.
fn moved(path: &str, old: &[Token<'_>], new: &[Token<'_>]) -> bool {
    let brackets = !path.ends_with(".py") && !path.ends_with(".rb");
    let blocks = |tokens: &[Token<'_>]| -> Option<Vec<Vec<(String, usize)>>> {
        let mut out: Vec<Vec<(String, usize)>> = Vec::new();
        let mut depth = 0i32;
        for (at, token) in tokens.iter().enumerate() {
            let first = at == 0 || tokens[at - 1].line < token.line;
            let starts = first && depth == 0 && (brackets || token.indent == 0) && DEFINES.contains(&token.text);
            if starts || out.is_empty() {
                if !DEFINES.contains(&token.text) {
                    return None;
                }
                out.push(Vec::new());
            } else if first && depth == 0 && brackets && !matches!(token.text, "}" | ")" | END | "{" | "where" | "else" | "end") {
                // a statement at the margin: its place may matter
                return None;
            }
            match token.text {
                "{" | "(" | "[" => depth += 1,
                "}" | ")" | "]" => depth -= 1,
                _ => {}
            }
            if token.text != END {
                out.last_mut()?.push((token.text.to_owned(), token.indent));
            }
        }
        out.sort();
        Some(out)
    };
    // Python and Ruby have no brackets to tell where a definition ends, so only those that begin the file are taken
    if !brackets {
        return false;
    }
    matches!((blocks(old), blocks(new)), (Some(old), Some(new)) if old == new)
}

/// Names of locals changed, each in all places where it stands. A name that others can see is none: members, labels of arguments,
/// keys that a name gives, what stands at the margin.
fn renamed(old: &[Token<'_>], new: &[Token<'_>]) -> bool {
    use std::collections::{HashMap, HashSet};
    let mut there: HashMap<&str, &str> = HashMap::new();
    let mut back: HashMap<&str, &str> = HashMap::new();
    for (at, (a, b)) in old.iter().zip(new).enumerate() {
        if a.indent != b.indent || a.is_word() != b.is_word() || (!a.is_word() && a.text != b.text) {
            return false;
        }
        if a.text != b.text && !(local(old, at) && local(new, at)) {
            return false;
        }
        if a.is_word() && (*there.entry(a.text).or_insert(b.text) != b.text || *back.entry(b.text).or_insert(a.text) != a.text) {
            return false;
        }
    }
    // each renamed name is introduced inside a body of this very file
    let changed: HashSet<&str> = there.iter().filter(|(a, b)| a != b).map(|(a, _)| *a).collect();
    !changed.is_empty() && changed.iter().all(|name| introduced(old, name))
}

/// The name is not a member, label or key at this place.
fn local(tokens: &[Token<'_>], at: usize) -> bool {
    let text = |at: Option<usize>| at.and_then(|at| tokens.get(at)).map_or("", |token| token.text);
    let (before, after, then) = (text(at.checked_sub(1)), text(Some(at + 1)), text(Some(at + 2)));
    let lower = tokens[at].text.starts_with(|c: char| c.is_lowercase());
    let member = matches!(before, "." | ":" | "@" | "#" | ">" | "&" | "?");
    let labels = matches!(before, "(" | ",") && after == "=" && then != "=" || after == ":" && then != "=";
    // `{ total }` makes a key of the name
    let shorthand = matches!(before, "{" | ",") && matches!(after, "}" | ",") || before == "{" || after == "}";
    lower && !member && !labels && !shorthand
}

/// The name is declared inside a body: behind a word that declares a local, or before the sign that does.
fn introduced(tokens: &[Token<'_>], name: &str) -> bool {
    let mut depth = 0i32;
    for (at, token) in tokens.iter().enumerate() {
        match token.text {
            "{" => depth += 1,
            "}" => depth -= 1,
            text if text == name => {
                let before = at.checked_sub(1).map_or("", |at| tokens[at].text);
                let after = tokens.get(at + 1).map_or("", |token| token.text);
                let then = tokens.get(at + 2).map_or("", |token| token.text);
                let inside = depth > 1 || (depth > 0 && (matches!(before, "let" | "mut" | "const" | "var" | "val") || after == ":")) || token.indent > 0;
                let declares = matches!(before, "let" | "mut" | "const" | "var" | "val" | "auto" | "int" | "String")
                    || after == ":" && then == "="
                    || after == "=" && then != "=" && (token.indent > 0 || matches!(before, END | ";" | "{"));
                return inside && declares;
            }
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_blanks_are_no_change() {
        for (path, old, new) in [
            ("a.go", "// three\nconst v = 3\n", "// four, says the comment\n\nconst v  =  3 // here\n"),
            ("a.java", "class A { int v = 1; }", "/* v */ class A {\n  int v = 1;\n}"),
            ("a.py", "def f():\n    \"\"\"Old.\"\"\"\n    return 1\n", "def f():\n    \"\"\"New words.\"\"\"\n    return 1  # one\n"),
            ("a.rb", "# a\nputs 1\n", "# b\n\nputs 1\n"),
            ("a.rs", "fn f<'a>(x: &'a str) -> char { 'x' }", "// said\nfn f<'a>(x: &'a str) -> char { 'x' }"),
        ] {
            assert_eq!(compare(path, old, new), Some(Sameness::Blanks), "{path}");
        }
    }

    #[test]
    fn what_only_looks_like_a_comment_is_a_change() {
        for (path, old, new) in [
            ("a.js", "const re = /https?:\\/\\//; const v = 1", "const re = /https?:\\/\\//; const v = 2"),
            ("a.js", "x = 'http://a'", "x = 'http://b'"),
            ("a.go", "s := `// one`\n", "s := `// two`\n"),
            ("a.py", "s = '# one'\n", "s = '# two'\n"),
            ("a.py", "x = 1\nif a:\n    b()\n    c()\n", "x = 1\nif a:\n    b()\nc()\n"),
            ("a.py", "Q = \"\"\"select 1\"\"\"\n", "Q = \"\"\"select 2\"\"\"\n"),
            ("a.rb", "s = <<~SQL\n  # one\nSQL\n", "s = <<~SQL\n  # two\nSQL\n"),
            ("a.cs", "var s = @\"c:\\\"; var v = 1; // x", "var s = @\"c:\\\"; var v = 2; // x"),
            ("a.rs", "let s = r#\"// \"one\"\"#;", "let s = r#\"// \"two\"\"#;"),
            ("a.php", "<a href='//x'><?php f(1) ?>", "<a href='//y'><?php f(2) ?>"),
            ("a.xyz", "same", "same "),
        ] {
            assert_eq!(compare(path, old, new), None, "{path}: {old}");
        }
    }

    #[test]
    fn definitions_may_move_and_members_may_not() {
        let (a, b) = ("func a() int { return 1 }\n", "func b() int { return 2 }\n");
        assert_eq!(compare("a.go", &format!("package x\n{a}{b}"), &format!("package x\n{b}{a}")), Some(Sameness::Moved));
        assert_eq!(compare("a.java", "enum Kind { A, B }", "enum Kind { B, A }"), None);
        assert_eq!(compare("a.go", "package x\nconst (\n A = iota\n B\n)\n", "package x\nconst (\n B = iota\n A\n)\n"), None);
        assert_eq!(compare("a.js", "f()\ng()\n", "g()\nf()\n"), None);
    }

    #[test]
    fn locals_may_be_renamed_and_what_others_see_may_not() {
        assert_eq!(
            compare("a.go", "package x\nfunc f() { if y { total := 1\n use(total) } }", "package x\nfunc f() { if y { sum := 1\n use(sum) } }"),
            Some(Sameness::Locals)
        );
        assert_eq!(compare("a.ts", "function f() { const total = 1; return { total } }", "function f() { const sum = 1; return { sum } }"), None);
        assert_eq!(compare("a.go", "package x\ntype A struct {\n Total int\n}", "package x\ntype A struct {\n Sum int\n}"), None);
        assert_eq!(compare("a.py", "def f():\n    save(total=1)\n", "def f():\n    save(amount=1)\n"), None);
        assert_eq!(compare("a.go", "package x\nvar total = 1", "package x\nvar sum = 1"), None);
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_and_equals_itself(text in "[ -~\n]{0,200}") {
            for path in ["a.go", "a.py", "a.js", "a.rs", "a.cs", "a.rb", "a.php", "a.lua"] {
                if read_tokens(path, &text).is_some() {
                    proptest::prop_assert_eq!(compare(path, &text, &text), Some(Sameness::Blanks));
                }
            }
        }
    }
}
