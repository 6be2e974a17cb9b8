//! How texts of each kind of file write comments and strings.

/// How a language writes comments and strings.
pub struct FileSyntax {
    /// What opens a comment to the end of the line.
    pub lines: &'static [&'static str],
    /// What opens and closes a comment.
    pub blocks: &'static [(&'static str, &'static str)],
    /// Quotes of strings.
    pub quotes: &'static [u8],
    /// Strings in three quotes.
    pub triple: bool,
    /// Strings in plain quotes go over the end of a line.
    pub long: bool,
    /// `'` is for one character, or a lifetime.
    pub single: bool,
    /// Strings from `<<NAME` to that name.
    pub heredoc: bool,
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

const PLAIN: FileSyntax = FileSyntax {
    lines: &["//"],
    blocks: BLOCK,
    quotes: b"\"'",
    triple: false,
    long: false,
    single: false,
    heredoc: false,
};

/// Ends of names of files, and how texts of that kind are written.
const SYNTAXES: &[(&[&str], FileSyntax)] = &[
    (
        &["py", "pyi", "jl"],
        FileSyntax {
            lines: &["#"],
            blocks: &[],
            triple: true,
            ..PLAIN
        },
    ),
    (
        &["ex", "exs"],
        FileSyntax {
            lines: &["#"],
            blocks: &[],
            triple: true,
            long: true,
            ..PLAIN
        },
    ),
    (
        &["rb", "rake"],
        FileSyntax {
            lines: &["#"],
            // `=begin` opens a comment at the start of a line only
            blocks: &[("\n=begin", "\n=end")],
            long: true,
            heredoc: true,
            ..PLAIN
        },
    ),
    (
        &["sh", "bash", "pl", "pm", "r"],
        FileSyntax {
            lines: &["#"],
            blocks: &[],
            quotes: b"\"'",
            long: true,
            heredoc: true,
            ..PLAIN
        },
    ),
    (
        &["ps1"],
        FileSyntax {
            lines: &["#"],
            blocks: &[("<#", "#>")],
            long: true,
            ..PLAIN
        },
    ),
    (
        &["yaml", "yml"],
        FileSyntax {
            lines: &["#"],
            blocks: &[],
            long: true,
            ..PLAIN
        },
    ),
    (
        &["php"],
        FileSyntax {
            lines: &["//", "#"],
            long: true,
            heredoc: true,
            ..PLAIN
        },
    ),
    (
        &["js", "jsx", "mjs", "cjs", "ts", "tsx"],
        FileSyntax {
            quotes: b"\"'`",
            ..PLAIN
        },
    ),
    (
        &["vue", "svelte"],
        FileSyntax {
            blocks: &[("/*", "*/"), ("<!--", "-->")],
            quotes: b"\"'`",
            ..PLAIN
        },
    ),
    (
        &["go"],
        FileSyntax {
            quotes: b"\"`",
            single: true,
            ..PLAIN
        },
    ),
    (
        &["rs"],
        FileSyntax {
            quotes: b"\"",
            long: true,
            single: true,
            ..PLAIN
        },
    ),
    (
        &[
            "java", "kt", "kts", "scala", "groovy", "swift", "dart", "fs",
        ],
        FileSyntax {
            triple: true,
            ..PLAIN
        },
    ),
    (
        &["cs"],
        FileSyntax {
            triple: true,
            long: true,
            ..PLAIN
        },
    ),
    (
        &["vb", "cls"],
        FileSyntax {
            // `'` begins a comment of Visual Basic
            lines: &["'"],
            blocks: &[],
            quotes: b"\"",
            ..PLAIN
        },
    ),
    (
        &["sql", "sqlx"],
        FileSyntax {
            lines: &["--"],
            // double quotes are names in SQL
            quotes: b"'",
            long: true,
            ..PLAIN
        },
    ),
    (
        &["lua", "hs", "elm"],
        FileSyntax {
            lines: &["--"],
            blocks: &[("{-", "-}")],
            single: true,
            ..PLAIN
        },
    ),
    (
        &["clj"],
        FileSyntax {
            lines: &[";"],
            blocks: &[],
            quotes: b"\"",
            long: true,
            ..PLAIN
        },
    ),
    (
        &["ml"],
        FileSyntax {
            lines: &[],
            blocks: &[("(*", "*)")],
            quotes: b"\"",
            long: true,
            ..PLAIN
        },
    ),
    (
        &["erl"],
        FileSyntax {
            lines: &["%"],
            blocks: &[],
            quotes: b"\"",
            long: true,
            ..PLAIN
        },
    ),
    (
        &["xml"],
        FileSyntax {
            lines: &[],
            blocks: MARKUP,
            // mappers keep statements as plain text of an element
            quotes: b"",
            ..PLAIN
        },
    ),
    (
        &TEMPLATES,
        FileSyntax {
            lines: &[],
            blocks: MARKUP,
            quotes: b"\"'",
            ..PLAIN
        },
    ),
];

/// How files of an ending are written.
pub fn find_file_syntax(extension: &str) -> &'static FileSyntax {
    SYNTAXES
        .iter()
        .find(|(ends, _)| ends.contains(&extension))
        .map_or(&PLAIN, |(_, syntax)| syntax)
}
