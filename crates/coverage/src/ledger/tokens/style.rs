//! How languages write comments, strings and the end of a statement.

/// How a language writes comments, strings and the end of a statement.
#[derive(Debug, Clone, Copy)]
pub(super) struct CommentStyle {
    /// Signs that begin a comment up to the end of the line, wherever they stand outside a string.
    pub(super) line_signs: &'static [&'static str],
    /// Signs around a comment over lines, and whether one may hold another.
    pub(super) blocks: &'static [(&'static str, &'static str)],
    pub(super) blocks_nest: bool,
    /// `#` begins a comment where a line begins or a blank stands before it.
    pub(super) hashes: bool,
    /// `'` begins a string; elsewhere it is a character or a lifetime.
    pub(super) single: bool,
    /// A backtick begins a string over lines.
    pub(super) backtick: bool,
    /// Three quotes begin a string over lines.
    pub(super) triple: bool,
    /// What takes the meaning from the next sign of such a string; 0 where nothing does.
    pub(super) triple_escape: u8,
    /// `/` after an operator begins a regular expression.
    pub(super) regex: bool,
    /// The end of a line can end a statement.
    pub(super) lines: bool,
    /// The indentation of a line says to what it belongs.
    pub(super) indents: bool,
    /// A quoted text may go over lines.
    pub(super) over_lines: bool,
    /// What takes the meaning from the next sign of a quoted text; 0 where nothing does.
    pub(super) escape: u8,
    /// What else the language writes in a way of its own.
    pub(super) family: LanguageFamily,
}

impl CommentStyle {
    /// A name may hold `'`.
    pub(super) fn writes_primes(&self) -> bool {
        self.family == F::Haskell || self.blocks.first().is_some_and(|(open, _)| *open == "(*")
    }
}

/// Languages with literals of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LanguageFamily {
    Plain,
    CSharp,
    Rust,
    C,
    Script,
    Dart,
    Swift,
    /// Kotlin and Scala.
    Jvm,
    Php,
    Ruby,
    Elixir,
    Clojure,
    Erlang,
    Haskell,
    Perl,
    Shell,
    Zig,
    /// Terraform, OpenTofu, Nomad and Packer.
    Hcl,
}

use LanguageFamily as F;

const C_BLOCK: &[(&str, &str)] = &[("/*", "*/")];

const SLASHES: CommentStyle = CommentStyle {
    // nearly every language is one of two: slashes as in C, or hashes as in a shell
    line_signs: &["//"],
    blocks: C_BLOCK,
    blocks_nest: false,
    hashes: false,
    single: false,
    backtick: false,
    triple: false,
    triple_escape: 0,
    regex: false,
    lines: false,
    indents: false,
    over_lines: false,
    escape: b'\\',
    family: F::Plain,
};
const HASHES: CommentStyle = CommentStyle {
    line_signs: &[],
    blocks: &[],
    hashes: true,
    single: true,
    lines: true,
    over_lines: true,
    ..SLASHES
};

/// Styles by the endings of names, in small letters.
const STYLES: &[(&[&str], CommentStyle)] = &[
    (
        &["java"],
        CommentStyle {
            triple: true,
            triple_escape: b'\\',
            ..SLASHES
        },
    ),
    (
        &["cs"],
        CommentStyle {
            triple: true,
            family: F::CSharp,
            ..SLASHES
        },
    ),
    (
        &["rs"],
        CommentStyle {
            blocks_nest: true,
            // `/* /* */ */` is one comment in Rust, two and a rest in C
            family: F::Rust,
            ..SLASHES
        },
    ),
    (
        &["c", "h", "cc", "cpp", "cxx", "hpp", "hh", "m", "mm"],
        CommentStyle {
            family: F::C,
            ..SLASHES
        },
    ),
    (
        &["dart"],
        CommentStyle {
            single: true,
            triple: true,
            triple_escape: b'\\',
            family: F::Dart,
            ..SLASHES
        },
    ),
    (
        &["go"],
        CommentStyle {
            backtick: true,
            lines: true,
            ..SLASHES
        },
    ),
    (
        &["kt", "kts", "scala", "sc"],
        CommentStyle {
            triple: true,
            lines: true,
            blocks_nest: true,
            family: F::Jvm,
            ..SLASHES
        },
    ),
    (
        &["swift"],
        CommentStyle {
            triple: true,
            triple_escape: b'\\',
            lines: true,
            blocks_nest: true,
            family: F::Swift,
            ..SLASHES
        },
    ),
    (
        &["js", "mjs", "cjs", "jsx", "ts", "mts", "cts", "tsx"],
        CommentStyle {
            single: true,
            backtick: true,
            regex: true,
            lines: true,
            family: F::Script,
            ..SLASHES
        },
    ),
    // slashy texts of Groovy are read as patterns
    (
        &["groovy", "gradle"],
        CommentStyle {
            single: true,
            triple: true,
            triple_escape: b'\\',
            regex: true,
            lines: true,
            ..SLASHES
        },
    ),
    (
        &["php"],
        CommentStyle {
            single: true,
            over_lines: true,
            family: F::Php,
            ..SLASHES
        },
    ),
    (
        &["zig"],
        CommentStyle {
            blocks: &[],
            family: F::Zig,
            ..SLASHES
        },
    ),
    (
        &["d"],
        CommentStyle {
            over_lines: true,
            ..SLASHES
        },
    ),
    (
        &["fs", "fsi", "fsx"],
        CommentStyle {
            blocks: &[("(*", "*)")],
            blocks_nest: true,
            triple: true,
            lines: true,
            indents: true,
            over_lines: true,
            family: F::CSharp,
            ..SLASHES
        },
    ),
    (
        &["ml", "mli"],
        CommentStyle {
            line_signs: &[],
            blocks: &[("(*", "*)")],
            blocks_nest: true,
            over_lines: true,
            ..SLASHES
        },
    ),
    (
        &["py", "pyi", "pyx"],
        CommentStyle {
            triple: true,
            triple_escape: b'\\',
            indents: true,
            ..HASHES
        },
    ),
    (
        &["rb", "rake", "cr"],
        CommentStyle {
            regex: true,
            backtick: true,
            family: F::Ruby,
            ..HASHES
        },
    ),
    (
        &["ex", "exs"],
        CommentStyle {
            regex: true,
            triple: true,
            triple_escape: b'\\',
            family: F::Elixir,
            ..HASHES
        },
    ),
    (
        &["pl", "pm"],
        CommentStyle {
            family: F::Perl,
            ..HASHES
        },
    ),
    (&["r"], HASHES),
    (
        &["jl"],
        CommentStyle {
            blocks: &[("#=", "=#")],
            blocks_nest: true,
            single: false,
            triple: true,
            triple_escape: b'\\',
            backtick: true,
            ..HASHES
        },
    ),
    (
        &["nim"],
        CommentStyle {
            blocks: &[("#[", "]#")],
            blocks_nest: true,
            single: false,
            triple: true,
            indents: true,
            ..HASHES
        },
    ),
    (
        &["sh", "bash", "zsh"],
        CommentStyle {
            family: F::Shell,
            ..HASHES
        },
    ),
    (
        &["tf", "tofu", "tfvars", "hcl", "nomad"],
        CommentStyle {
            line_signs: &["//"],
            blocks: C_BLOCK,
            single: false,
            over_lines: false,
            family: F::Hcl,
            ..HASHES
        },
    ),
    (
        &["prisma"],
        CommentStyle {
            blocks: &[],
            lines: true,
            ..SLASHES
        },
    ),
    (
        &["ps1", "psm1"],
        CommentStyle {
            blocks: &[("<#", "#>")],
            escape: b'`',
            ..HASHES
        },
    ),
    (
        &["lua"],
        CommentStyle {
            hashes: false,
            line_signs: &["--"],
            blocks: &[("--[[", "]]")],
            ..HASHES
        },
    ),
    (
        &["hs"],
        CommentStyle {
            hashes: false,
            single: false,
            blocks: &[("{-", "-}")],
            blocks_nest: true,
            indents: true,
            family: F::Haskell,
            ..HASHES
        },
    ),
    (
        &["clj", "cljs", "cljc"],
        CommentStyle {
            hashes: false,
            single: false,
            lines: false,
            line_signs: &[";"],
            family: F::Clojure,
            ..HASHES
        },
    ),
    (
        &["erl", "hrl"],
        CommentStyle {
            hashes: false,
            lines: false,
            line_signs: &["%"],
            family: F::Erlang,
            ..HASHES
        },
    ),
    (
        &["vb", "bas"],
        CommentStyle {
            // a quote begins a comment in Visual Basic, and a double one is doubled to stand in a
            // text
            hashes: false,
            single: false,
            line_signs: &["'"],
            over_lines: false,
            escape: 0,
            ..HASHES
        },
    ),
];

/// The style of a language by the end of a name; `None` where it is not known here.
pub(super) fn find_comment_style(path: &str) -> Option<CommentStyle> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let (_, extension) = name.rsplit_once('.')?;
    let extension = extension.to_ascii_lowercase();
    STYLES
        .iter()
        .find(|(endings, _)| endings.contains(&extension.as_str()))
        .map(|(_, style)| *style)
}

/// Texts in which a comment cannot be told from a string by reading on.
pub(super) fn has_unclear_comments(path: &str, text: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    let end = lower.rsplit('.').next().unwrap_or_default();
    // languages in which only a real parser could say where a text ends: they count as changed
    let has = |signs: &[&str]| signs.iter().any(|sign| text.contains(sign));
    match end {
        // the compiler reads these before it looks for comments
        "java" => has(&["\\u000", "\\u002", "\\u005", "\\uu"]),
        // patterns between slashes
        "swift" => has(&["\\/", "#/"]),
        "groovy" | "gradle" => has(&["$/"]),
        "rb" | "rake" | "cr" => has(&["__END__", "=begin"]),
        "lua" => has(&["[[", "[="]),
        "d" => has(&["`", "q\"", "r\"", "q{", "/+"]),
        "ml" | "mli" => text.match_indices('|').any(|(at, _)| {
            text[..at].ends_with(|c: char| c == '{' || c.is_ascii_lowercase()) && {
                let name =
                    text[..at].trim_end_matches(|c: char| c.is_ascii_lowercase() || c == '_');
                name.ends_with('{')
            }
        }),
        // quoting operators, here-documents, documents within, and what matches
        "pl" | "pm" => {
            has(&["__END__", "__DATA__", "<<\"", "<<'", "<<~", "=~", "split"])
                || has_word_before_sign(text, &["q", "qq", "qw", "qr", "qx", "m", "s", "tr", "y"])
                || text.match_indices("<<").any(|(at, _)| {
                    text[at + 2..].starts_with(|c: char| c.is_ascii_uppercase() || c == '_')
                })
        }
        "r" => has(&["r\"", "R\"", "r'", "R'"]),
        "jl" => has(&["$(", "r\"", "raw\""]),
        "nim" => has(&["r\"", "R\""]),
        "ps1" | "psm1" => has(&["@\"", "@'", "$("]),
        "sh" | "bash" | "zsh" => {
            // here-documents, quotes with escapes of their own, commands within back quotes
            text.replace("<<<", "").contains("<<") || has(&["$'", "`"])
        }
        "erl" | "hrl" => has(&["\"\"\""]),
        // quasi-quotes and names with primes, which look like the begin of a character
        "hs" => text.contains("|]"),
        _ => false,
    }
}

/// One of the words stands before a sign that could begin what it quotes.
fn has_word_before_sign(text: &str, words: &[&str]) -> bool {
    let bytes = text.as_bytes();
    let word = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$' | b'@' | b'%');
    words.iter().any(|sought| {
        memchr::memmem::find_iter(bytes, sought.as_bytes()).any(|at| {
            let after = bytes.get(at + sought.len());
            (at == 0 || !word(bytes[at - 1]) && !matches!(bytes[at - 1], b'>' | b'{'))
                && after.is_some_and(|after| {
                    after.is_ascii_punctuation()
                        && !matches!(after, b'_' | b';' | b',' | b')' | b'=')
                })
        })
    })
}
