//! Whether two texts are the same program: comments, blanks, the place of definitions and names of
//! locals cannot matter.

use super::layout::{has_same_program_without_layout, may_differ_in_layout};
use super::locals::{keeps_locals, list_introduced_names};
use super::tokens::{END, LedgerToken, TokenReader};
use crate::changed_lines::ChangedLines;

/// How two texts of one program differ, if only in a way that cannot matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Sameness {
    /// Only comments and blanks differ.
    Blanks,
    /// The program is laid out otherwise: what a formatter changes.
    Layout,
    /// Whole definitions stand elsewhere in the file.
    Moved,
    /// Names of locals differ, each in all its places.
    Locals,
}

/// Whether two texts are the same program, and in which sense; `None` where they are not or where
/// that is not known. `lines` are those that differ between the two.
pub(super) fn judge_sameness(
    path: &str,
    old: &str,
    new: &str,
    lines: &ChangedLines<'_>,
) -> Option<Sameness> {
    let documented = path.to_ascii_lowercase().ends_with(".php");
    if lines
        .comments
        .iter()
        .copied()
        .chain(lines.all().map(|(_, line)| *line))
        .any(|line| comment_is_program(line, documented))
    {
        return None;
    }
    // where comments describe the interface, another comment is another interface
    if !lines.comments.is_empty()
        && [old, new]
            .iter()
            .any(|text| describes_interface_in_comments(text))
    {
        return None;
    }
    // what stands in a comment before this line is program text of another language
    if path.ends_with(".go") && (old.contains("import \"C\"") || new.contains("import \"C\"")) {
        return None;
    }
    let (mut before, mut after) = (TokenReader::new(path, old)?, TokenReader::new(path, new)?);
    let mut at = 0;
    let (a, b) = loop {
        match (before.token(at)?, after.token(at)?) {
            // a walk in step ends at the first difference, which most changes have near their
            // beginning
            (Some(a), Some(b)) if a.text == b.text && a.indent == b.indent => at += 1,
            (None, None) => return Some(Sameness::Blanks),
            first => break first,
        }
    };
    // a definition that moved takes its lines along; a local that is renamed changes lines one by
    // one, and a name comes first
    // a moved definition leaves no line that only one text has
    let may_have_moved = lines.fresh.is_empty() && lines.gone.is_empty();
    let named = a.zip(b).is_some_and(|(a, b)| a.is_word() && b.is_word());
    let may_be_renamed = keeps_locals(path) && named && lines.fresh.len() == lines.gone.len();
    let ended = |token: Option<LedgerToken<'_>>| token.is_none_or(|token| token.text == END);
    // the quick questions come first: reading both texts to their ends costs the most
    let may_be_laid_out = may_differ_in_layout(path, lines);
    if !(may_have_moved || may_be_renamed || may_be_laid_out || ended(a) && ended(b)) {
        return None;
    }
    let (old, new) = (before.finish()?, after.finish()?);
    // layout is asked before places: a formatter may also have sorted the imports
    if may_be_laid_out && has_same_program_without_layout(path, &old, &new) {
        return Some(Sameness::Layout);
    }
    let (old, new) = (trim_line_end_tokens(&old), trim_line_end_tokens(&new));
    if old.len() != new.len() {
        return None;
    }
    if old
        .iter()
        .zip(new)
        .all(|(a, b)| a.text == b.text && a.indent == b.indent)
    {
        return Some(Sameness::Blanks);
    }
    if has_only_moved_definitions(path, old, new) {
        return Some(Sameness::Moved);
    }
    (keeps_locals(path) && has_only_renamed_locals(path, old, new)).then_some(Sameness::Locals)
}

/// A line that is a comment which a tool reads: a directive of a compiler or generator, an
/// annotation in a doc block. In PHP tools read every tag of a doc block that says something about
/// a type or a key, whatever its case.
fn comment_is_program(line: &str, documented: bool) -> bool {
    if !["//", "*", "/*", "#"]
        .iter()
        .any(|sign| line.starts_with(sign))
    {
        return false;
    }
    const MARKS: [&str; 32] = [
        "//go:",
        "// +",
        "//+",
        "//export",
        "// #",
        "/* #",
        "//#",
        "#!",
        "# -*-",
        "#pragma",
        "#include",
        "#define",
        // lines of C behind a hash are no comments at all
        "#if",
        // dependencies of scripts, jobs of a cluster, assets, routes, options of compilers
        "//DEPS",
        "//JAVA",
        "//SOURCES",
        "//>",
        "# ///",
        "# dependencies",
        "# requires-python",
        "#SBATCH",
        "#PBS",
        "#$ ",
        "//=",
        "#*",
        "# distutils",
        "# cython",
        "# encoding",
        "# coding",
        "# frozen_string_literal",
        "# import ",
        "//@",
    ];
    let annotated = line.match_indices('@').any(|(at, _)| {
        let rest = &line[at + 1..];
        let prose = [
            "param",
            "return",
            "throws",
            "see",
            "author",
            "since",
            "deprecated",
            "link",
            "copyright",
            "license",
            "inheritdoc",
            "todo",
        ];
        // `@Route` in a doc block: libraries of PHP read such comments as annotations
        rest.starts_with(|c: char| c.is_ascii_uppercase())
            || [
                "openapi",
                "swagger",
                "route",
                "gotags",
                // swag, protoc-go-inject-tag and the like make code from these comments
                "inject_tag",
                "lombok",
            ]
            .iter()
            .any(|word| rest.starts_with(word))
            || documented
                && rest.starts_with(|c: char| c.is_ascii_lowercase())
                && !prose.iter().any(|word| rest.starts_with(word))
    });
    MARKS.iter().any(|mark| line.starts_with(mark)) || validates(line) || annotated
}

// tsoa and typescript-json-schema check requests by these
/// A tag of a comment from which tools make the schema that documents and requests are held
/// against.
fn validates(line: &str) -> bool {
    const TAGS: [&str; 22] = [
        "minimum",
        "maximum",
        "minlength",
        "maxlength",
        "minitems",
        "maxitems",
        "pattern",
        "format",
        "multipleof",
        "uniqueitems",
        "exclusive",
        "additionalproperties",
        "nullable",
        "isint",
        "islong",
        "isfloat",
        "isstring",
        "isemail",
        "isdate",
        "tjs",
        "astype",
        "required",
    ];
    line.match_indices('@').any(|(at, _)| {
        let tag = line[at + 1..].to_ascii_lowercase();
        TAGS.iter().any(|known| tag.starts_with(known))
    })
}

/// An interface is written down in the comments of this text.
fn describes_interface_in_comments(text: &str) -> bool {
    [
        "@openapi",
        "@swagger",
        "swagger:",
        "#* @",
        "@apiParam",
        "@OA\\",
    ]
    .iter()
    .any(|sign| text.contains(sign))
}

fn trim_line_end_tokens<'t, 'a>(tokens: &'t [LedgerToken<'a>]) -> &'t [LedgerToken<'a>] {
    let end = tokens
        .iter()
        .rposition(|token| token.text != END)
        .map_or(0, |at| at + 1);
    &tokens[..end]
}

// Go, Rust and Java know a definition wherever it stands in its file
/// Words that begin a definition whose place among others does not matter. Values that count their
/// members (enums) stay whole inside one.
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

/// The same definitions in another order. Each begins at the margin with a word that defines
/// something, so that statements stay in theirs.
fn has_only_moved_definitions(
    path: &str,
    old: &[LedgerToken<'_>],
    new: &[LedgerToken<'_>],
) -> bool {
    let brackets = ![
        ".py", ".pyi", ".pyx", ".rb", ".rake", ".cr", ".ex", ".exs", ".lua",
    ]
    .iter()
    .any(|end| path.ends_with(end));
    let blocks = |tokens: &[LedgerToken<'_>]| -> Option<Blocks> {
        let mut out: Vec<Vec<(String, usize)>> = Vec::new();
        let mut depth = 0i32;
        for (at, token) in tokens.iter().enumerate() {
            let first = at == 0 || tokens[at - 1].line < token.line;
            let starts = first
                && depth == 0
                && (brackets || token.indent == 0)
                && DEFINES.contains(&token.text);
            if starts || out.is_empty() {
                // an exported value is made where it stands
                let value = tokens
                    .get(at + 1)
                    .is_some_and(|next| matches!(next.text, "const" | "let" | "var" | "default"));
                // `export const x = f()` runs `f` in its turn
                if !DEFINES.contains(&token.text) || value {
                    return None;
                }
                out.push(Vec::new());
            } else if first
                && depth == 0
                && brackets
                && !matches!(token.text, "}" | ")" | END | "{" | "where" | "else" | "end")
            {
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
        // blocks of one name stay in their order: the first that matches counts, or all run one
        // after the other
        let mut named: Blocks = std::collections::BTreeMap::new();
        for block in out {
            named.entry(defined_name(&block)?).or_default().push(block);
        }
        Some(named)
    };
    // Python and Ruby have no brackets to tell where a definition ends, so only those that begin
    // the file are taken
    if !brackets {
        return false;
    }
    matches!((blocks(old), blocks(new)), (Some(old), Some(new)) if old == new)
}

/// Tokens of the blocks of a file, with their indentation, by the name that each defines.
type Blocks = std::collections::BTreeMap<String, Vec<Vec<(String, usize)>>>;

/// The name that a block defines; `None` for an import that only runs what it imports, whose place
/// matters.
fn defined_name(block: &[(String, usize)]) -> Option<String> {
    const BEFORE: [&str; 12] = [
        "async",
        "static",
        "abstract",
        "final",
        "sealed",
        "unsafe",
        "extern",
        "inline",
        "data",
        "private",
        "protected",
        "internal",
    ];
    let mut texts = block.iter().map(|(text, _)| text.as_str()).peekable();
    let imports = block.first().is_some_and(|(text, _)| text == "import");
    if imports
        && block
            .get(1)
            .is_some_and(|(text, _)| text.starts_with(['"', '\'']))
    {
        return None;
    }
    while let Some(text) = texts.next() {
        // `func (j *Jar) Open()` is called Open
        if text == "(" {
            // the receiver of a method
            let mut depth = 1;
            for text in texts.by_ref() {
                depth += i32::from(text == "(") - i32::from(text == ")");
                if depth == 0 {
                    break;
                }
            }
        } else if !DEFINES.contains(&text) && !BEFORE.contains(&text) {
            return Some(text.to_owned());
        }
    }
    Some(String::new())
}

/// Names of locals changed, each in all places where it stands. A name that others can see is none:
/// members, labels of arguments, keys that a name gives, what stands at the margin.
fn has_only_renamed_locals(path: &str, old: &[LedgerToken<'_>], new: &[LedgerToken<'_>]) -> bool {
    use std::collections::{HashMap, HashSet};
    let mut there: HashMap<&str, &str> = HashMap::new();
    let mut back: HashMap<&str, &str> = HashMap::new();
    for (at, (a, b)) in old.iter().zip(new).enumerate() {
        // only words may differ, and each in its place
        if a.indent != b.indent || a.is_word() != b.is_word() || (!a.is_word() && a.text != b.text)
        {
            return false;
        }
        if a.text != b.text && !(is_local_name(old, at) && is_local_name(new, at)) {
            return false;
        }
        if a.is_word()
            && (*there.entry(a.text).or_insert(b.text) != b.text
                // both ways: two names that become one are no renaming
                || *back.entry(b.text).or_insert(a.text) != a.text)
        {
            return false;
        }
    }
    // each renamed name is introduced inside a body of this very file
    // a parameter that is renamed may be named by whoever calls
    let changed: HashSet<&str> = there
        .iter()
        .filter(|(a, b)| a != b)
        .map(|(a, _)| *a)
        .collect();
    let introduced = list_introduced_names(path, old);
    !changed.is_empty() && changed.iter().all(|name| introduced.contains(name))
}

/// The name is not a member, label or key at this place.
fn is_local_name(tokens: &[LedgerToken<'_>], at: usize) -> bool {
    // an object may be written over lines, so the ends of lines are passed over
    let mut back = tokens[..at].iter().rev().filter(|token| token.text != END);
    let mut ahead = tokens[at + 1..].iter().filter(|token| token.text != END);
    let before = back.next().map_or("", |token| token.text);
    let (after, then) = (
        ahead.next().map_or("", |token| token.text),
        ahead.next().map_or("", |token| token.text),
    );
    let lower = tokens[at]
        .text
        .trim_start_matches('$')
        .starts_with(|c: char| c.is_lowercase());
    // the line of a block begins behind the colon of its head
    let begins = at
        .checked_sub(1)
        .and_then(|before| tokens.get(before))
        .is_none_or(|token| token.text == END || token.line < tokens[at].line);
    // behind these signs a name belongs to something else, and others see it
    let member = matches!(before, "." | "@" | "#" | ">" | "&" | "?") || before == ":" && !begins;
    let labels =
        // `f(total=1)` and `{total: 1}` give the name away
        matches!(before, "(" | ",") && after == "=" && then != "=" || after == ":" && then != "=";
    // `{ total }` makes a key of the name
    let shorthand = matches!(before, "{" | ",") && matches!(after, "}" | ",");
    // the name of a function can be asked for, and is then a value
    let asked = after == "." && matches!(then, "name" | "displayName" | "constructor");
    lower && !member && !labels && !shorthand && !asked
}

#[cfg(test)]
mod tests;
