//! Imports: their order, and those of Java that nothing uses.

use super::{END, L, LayoutLanguage, PlainToken};

/// Words that begin an import.
fn import_words(language: LayoutLanguage) -> &'static [&'static str] {
    match language {
        L::Python => &["import", "from"],
        L::Script | L::Go | L::Java | L::Kotlin => &["import"],
        L::Braces => &["using"],
        L::Php | L::Rust => &["use"],
        L::Elixir => &["alias"],
        // Ruby runs what it requires, so the order of its imports may count
        L::Dart | L::Ruby => &[],
    }
}

/// A changed line may be an import that nothing uses.
pub(super) fn may_be_unused(language: LayoutLanguage, line: &str) -> bool {
    language == L::Java && line.starts_with("import ")
}

// only of the standard library is it known that loading it changes nothing else
/// Modules of Python that come with it and change nothing when they are loaded.
const STANDARD: [&str; 60] = [
    "abc",
    "argparse",
    "ast",
    "asyncio",
    "base64",
    "bisect",
    "calendar",
    "collections",
    "concurrent",
    "contextlib",
    "copy",
    "csv",
    "dataclasses",
    "datetime",
    "decimal",
    "email",
    "enum",
    "functools",
    "glob",
    "gzip",
    "hashlib",
    "heapq",
    "hmac",
    "html",
    "http",
    "importlib",
    "inspect",
    "io",
    "ipaddress",
    "itertools",
    "json",
    "logging",
    "math",
    "mimetypes",
    "operator",
    "os",
    "pathlib",
    "platform",
    "pprint",
    "queue",
    "random",
    "re",
    "secrets",
    "shutil",
    "socket",
    "sqlite3",
    "statistics",
    "string",
    "struct",
    "subprocess",
    "sys",
    "tempfile",
    "textwrap",
    "threading",
    "time",
    "traceback",
    "typing",
    "urllib",
    "uuid",
    "zoneinfo",
];

/// The import runs something that what follows relies on, so that its place matters: whatever is
/// imported for its effects alone, and libraries that change others when they are loaded.
fn acts_when_loaded(language: LayoutLanguage, import: &[PlainToken<'_>]) -> bool {
    match language {
        L::Script => import
            // `import "./polyfill"` has no name: it is loaded for what it does
            .get(1)
            .is_none_or(|token| !token.is_word() && !token.is("{") && !token.is("*")),
        // a module of the program, or of a library, may register itself when it is loaded, and a
        // star may hide a name that came before
        L::Python => {
            import.iter().any(|token| token.is("*"))
                || !import
                    .get(1)
                    .is_some_and(|module| STANDARD.contains(&module.text))
        }
        // `import _ "driver"` registers itself, `import . "pkg"` puts its names among those of the
        // file
        L::Go => import
            .iter()
            .filter(|token| !["import", "(", ")", END].iter().any(|sign| token.is(sign)))
            .any(|token| token.text.contains('.') || !token.text.starts_with('"')),
        // `using (var x = ..)` and `using var x = ..` are statements
        L::Braces => import.iter().any(|token| {
            ["(", "=", "var", "await", "{"]
                .iter()
                .any(|sign| token.is(sign))
        }),
        _ => false,
    }
}

/// The two programs are the same but for the order of imports, and for imports of Java whose name
/// stands nowhere else.
pub(super) fn differ_only_in_imports(
    language: LayoutLanguage,
    old: &[PlainToken<'_>],
    new: &[PlainToken<'_>],
) -> bool {
    if import_words(language).is_empty() {
        return false;
    }
    let (old, new) = (split_imports(language, old), split_imports(language, new));
    old == new
}

/// A piece of a program.
#[derive(Debug, PartialEq, Eq)]
enum Piece<'a> {
    /// Imports that stand together, in the order of their texts.
    Imports(Vec<Vec<PlainToken<'a>>>),
    Other(PlainToken<'a>),
}

/// The program with each run of imports at the margin put in order.
fn split_imports<'a>(language: LayoutLanguage, tokens: &[PlainToken<'a>]) -> Vec<Piece<'a>> {
    let mut out: Vec<Piece<'a>> = Vec::with_capacity(tokens.len());
    let (mut depth, mut at) = (0usize, 0);
    while at < tokens.len() {
        let token = tokens[at];
        // an import inside of a function is loaded when that function runs
        if depth == 0
            && token.level == 0
            && begins_statement(&out)
            // a blank line between groups is nothing, another statement between them is
            && import_words(language).iter().any(|word| token.is(word))
        {
            let end = find_import_end(tokens, at);
            let import = &tokens[at..end];
            if !acts_when_loaded(language, import) {
                let lines = write_import(language, import);
                match out.last_mut() {
                    // groups that a formatter makes one or divides are the same imports
                    Some(Piece::Imports(known)) => known.extend(lines),
                    _ => out.push(Piece::Imports(lines)),
                }
                at = end
                    + usize::from(
                        tokens
                            .get(end)
                            .is_some_and(|token| token.is(";") || token.is(END)),
                    );
                continue;
            }
        }
        if !token.quoted {
            match token.text {
                "(" | "[" | "{" => depth += 1,
                ")" | "]" | "}" => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
        out.push(Piece::Other(token));
        at += 1;
    }
    for piece in &mut out {
        if let Piece::Imports(imports) = piece {
            if language == L::Java {
                // javac refuses nothing for an import that nobody uses, and it runs nothing
                imports.retain(|import| is_used(import, tokens));
            }
            imports.sort_unstable();
        }
    }
    out.retain(|piece| !matches!(piece, Piece::Imports(imports) if imports.is_empty()));
    out
}

fn begins_statement(before: &[Piece<'_>]) -> bool {
    match before.last() {
        None | Some(Piece::Imports(_)) => true,
        // `<?php` ends in this word
        Some(Piece::Other(last)) => [END, ";", "}", ">", "php"].iter().any(|end| last.is(end)),
    }
}

/// The place behind the last token of the import that begins at `start`.
fn find_import_end(tokens: &[PlainToken<'_>], start: usize) -> usize {
    let mut depth = 0usize;
    for (at, token) in tokens.iter().enumerate().skip(start) {
        if token.quoted {
            continue;
        }
        match token.text {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth = depth.saturating_sub(1),
            ";" | END if depth == 0 => return at,
            _ => {}
        }
    }
    tokens.len()
}

/// One import, its names in order; the grouped imports of Go one by one.
fn write_import<'a>(
    language: LayoutLanguage,
    import: &[PlainToken<'a>],
) -> Vec<Vec<PlainToken<'a>>> {
    let grouped = import.get(1).is_some_and(|token| token.is("("));
    // `import (..)` and single imports are one form each of the same
    if language == L::Go {
        let inner = if grouped {
            &import[2..import.len().saturating_sub(1).max(2)]
        } else {
            &import[1..]
        };
        return inner
            .split(|token| token.is(END))
            .filter(|line| !line.is_empty())
            .map(<[PlainToken<'a>]>::to_vec)
            .collect();
    }
    let names = match language {
        L::Python if import[0].is("from") => import.iter().position(|token| token.is("import")),
        L::Script => import.iter().position(|token| token.is("{")),
        _ => None,
    };
    let Some(names) = names else {
        return vec![import.to_vec()];
    };
    let last = match language {
        L::Script => import
            .iter()
            .rposition(|token| token.is("}"))
            .unwrap_or(import.len()),
        _ => import.len(),
    };
    let inner: Vec<PlainToken<'a>> = import[names + 1..last.max(names + 1)]
        .iter()
        // `from x import (a, b)` has brackets only to break its line
        .filter(|token| !(token.is("(") || token.is(")")))
        .copied()
        .collect();
    let mut parts: Vec<&[PlainToken<'a>]> = inner.split(|token| token.is(",")).collect();
    parts.sort_unstable();
    let mut out = import[..=names].to_vec();
    for part in parts {
        out.push(PlainToken {
            text: ",",
            quoted: false,
            level: 0,
        });
        out.extend_from_slice(part);
    }
    out.extend_from_slice(&import[last..]);
    vec![out]
}

/// The name that an import of Java gives is used, as far as its text says: a name with a star gives
/// any.
fn is_used(import: &[PlainToken<'_>], tokens: &[PlainToken<'_>]) -> bool {
    let Some(name) = import.last().filter(|name| name.is_word()) else {
        return true;
    };
    let imported = import
        .iter()
        .filter(|token| token.text == name.text)
        .count();
    // the same name may stand in other imports; then it counts as used
    tokens
        .iter()
        .filter(|token| !token.quoted && token.text == name.text)
        .count()
        > imported
}
