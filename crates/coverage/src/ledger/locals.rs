//! Names that a body of program text introduces for itself, and that nobody outside of it sees.

use std::collections::HashSet;

use super::tokens::{END, LedgerToken};

/// How a language introduces a local.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum LocalStyle {
    /// Behind a word, or before a sign, that introduces nothing else: Go, Rust, scripts.
    Marked,
    /// Behind its type, inside a body that is no body of a type: Java, C#, Kotlin, PHP.
    Typed,
    /// By being given a value inside of a function: Python.
    Indented,
}

/// Whether names of locals can be told in a language at all.
pub(super) fn keeps_locals(path: &str) -> bool {
    find_local_style(path).is_some()
}

fn find_local_style(path: &str) -> Option<LocalStyle> {
    let end = path.rsplit('.').next().unwrap_or_default();
    Some(match end.to_ascii_lowercase().as_str() {
        "go" | "rs" | "js" | "mjs" | "cjs" | "jsx" | "ts" | "mts" | "cts" | "tsx" => {
            LocalStyle::Marked
        }
        "java" | "cs" | "kt" | "kts" | "php" => LocalStyle::Typed,
        "py" => LocalStyle::Indented,
        _ => return None,
    })
}

/// Words by which a program asks for its own locals by name.
const ASKS: [&str; 12] = [
    "locals",
    "vars",
    "eval",
    "exec",
    "globals",
    "global",
    "nonlocal",
    "compact",
    "extract",
    "get_defined_vars",
    "nameof",
    "$$",
];

/// Names that are introduced inside a body of the text; none where the program asks for names.
pub(super) fn list_introduced_names<'a>(
    path: &str,
    tokens: &[LedgerToken<'a>],
) -> HashSet<&'a str> {
    let Some(style) = find_local_style(path) else {
        return HashSet::new();
    };
    if style != LocalStyle::Marked && tokens.iter().any(|token| ASKS.contains(&token.text)) {
        return HashSet::new();
    }
    match style {
        LocalStyle::Marked => list_marked(tokens),
        LocalStyle::Typed => list_typed(tokens),
        LocalStyle::Indented => list_indented(tokens),
    }
}

/// Behind a word that declares a local, or before the sign that does.
fn list_marked<'a>(tokens: &[LedgerToken<'a>]) -> HashSet<&'a str> {
    let mut depth = 0i32;
    let mut out = HashSet::new();
    for (at, token) in tokens.iter().enumerate() {
        match token.text {
            "{" => depth += 1,
            "}" => depth -= 1,
            name if depth > 0 && token.is_word() => {
                let before = at.checked_sub(1).map_or("", |at| tokens[at].text);
                let after = tokens.get(at + 1).map_or("", |token| token.text);
                let then = tokens.get(at + 2).map_or("", |token| token.text);
                if matches!(before, "let" | "mut" | "const" | "var") || after == ":" && then == "="
                {
                    out.insert(name);
                }
            }
            _ => {}
        }
    }
    out
}

/// Most tokens between the head of a body and its bracket.
const HEAD: usize = 80;

/// Behind a type or a word that declares, inside a body of statements. Fields of a type stand in a
/// body of their own and are none.
fn list_typed<'a>(tokens: &[LedgerToken<'a>]) -> HashSet<&'a str> {
    const TYPES: [&str; 9] = [
        "class",
        "interface",
        "enum",
        "record",
        "struct",
        "namespace",
        "trait",
        "object",
        "companion",
    ];
    const NO_TYPE: [&str; 16] = [
        "return",
        "new",
        "throw",
        "else",
        "case",
        "goto",
        "import",
        "package",
        "using",
        "yield",
        "await",
        "in",
        "is",
        "instanceof",
        "as",
        "echo",
    ];
    let mut bodies: Vec<bool> = Vec::new();
    // a name that stands outside of bodies, too, may be that of a field or a parameter
    let (mut out, mut outside) = (HashSet::new(), HashSet::new());
    for (at, token) in tokens.iter().enumerate() {
        match token.text {
            "{" => {
                let head = tokens[..at]
                    .iter()
                    .rev()
                    .take(HEAD)
                    .take_while(|token| !matches!(token.text, ";" | "{" | "}"));
                let is_type = head.into_iter().any(|token| TYPES.contains(&token.text));
                bodies.push(!is_type);
            }
            "}" => {
                bodies.pop();
            }
            name if token.is_word() && bodies.last() == Some(&true) => {
                let mut back = tokens[..at].iter().rev().filter(|token| token.text != END);
                let before = back.next().map_or("", |token| token.text);
                let mut ahead = tokens[at + 1..].iter();
                let after = ahead.next().map_or("", |token| token.text);
                let then = ahead.next().map_or("", |token| token.text);
                let given = after == "=" && then != "=" || after == ";";
                let typed = before.starts_with(|c: char| c.is_alphabetic() || c == '_')
                    && !NO_TYPE.contains(&before)
                    || before == "]";
                let of_php = name.starts_with('$') && after == "=" && then != "=";
                let declared = matches!(before, "val" | "var") && matches!(after, "=" | ":");
                if typed && given || of_php || declared {
                    out.insert(name);
                }
            }
            name if token.is_word() => {
                outside.insert(name);
            }
            _ => {}
        }
    }
    out.retain(|name| !outside.contains(name));
    out
}

/// Given a value in a line of its own inside of a function. Attributes of a class are none.
fn list_indented<'a>(tokens: &[LedgerToken<'a>]) -> HashSet<&'a str> {
    // what is open at each depth: how far it is indented, and whether it is a function
    let mut open: Vec<(usize, bool)> = Vec::new();
    // names of classes, of the margin and of parameters are seen by others
    let (mut out, mut outside) = (HashSet::new(), HashSet::new());
    let (mut brackets, mut head) = (0i32, false);
    for (at, token) in tokens.iter().enumerate() {
        let text = |ahead: usize| tokens.get(at + ahead).map_or("", |token| token.text);
        let first = at == 0 || tokens[at - 1].line < token.line || tokens[at - 1].text == END;
        if first && brackets == 0 && token.text != END {
            while open
                .last()
                .is_some_and(|(indent, _)| *indent >= token.indent)
            {
                open.pop();
            }
            let defines = token.text == "def" || token.text == "async" && text(1) == "def";
            if defines || token.text == "class" {
                open.push((token.indent, defines));
                head = true;
            }
        }
        match token.text {
            "(" | "[" | "{" => brackets += 1,
            ")" | "]" | "}" => brackets -= 1,
            ":" if brackets == 0 => head = false,
            name if token.is_word() => {
                let inside = !head && open.last().is_some_and(|(_, function)| *function);
                if !inside {
                    outside.insert(name);
                } else if first && brackets == 0 && text(1) == "=" && text(2) != "=" {
                    out.insert(name);
                }
            }
            _ => {}
        }
    }
    out.retain(|name| !outside.contains(name));
    out
}
