//! Whether two texts are the same program: comments, blanks, the place of definitions and names of
//! locals cannot matter.

use super::tokens::{END, LedgerToken, TokenReader};
use crate::changed_lines::ChangedLines;

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
    // what stands in a comment before this line is program text of another language
    if path.ends_with(".go") && (old.contains("import \"C\"") || new.contains("import \"C\"")) {
        return None;
    }
    let (mut before, mut after) = (TokenReader::new(path, old)?, TokenReader::new(path, new)?);
    let mut at = 0;
    let (a, b) = loop {
        match (before.token(at)?, after.token(at)?) {
            (Some(a), Some(b)) if a.text == b.text && a.indent == b.indent => at += 1,
            (None, None) => return Some(Sameness::Blanks),
            first => break first,
        }
    };
    // a definition that moved takes its lines along; a local that is renamed changes lines one by
    // one, and a name comes first
    let may_have_moved = lines.fresh.is_empty() && lines.gone.is_empty();
    let named = a.zip(b).is_some_and(|(a, b)| a.is_word() && b.is_word());
    let may_be_renamed = keeps_locals(path) && named && lines.fresh.len() == lines.gone.len();
    let ended = |token: Option<LedgerToken<'_>>| token.is_none_or(|token| token.text == END);
    if !(may_have_moved || may_be_renamed || ended(a) && ended(b)) {
        return None;
    }
    let (old, new) = (before.finish()?, after.finish()?);
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
    (keeps_locals(path) && has_only_renamed_locals(old, new)).then_some(Sameness::Locals)
}

/// Languages in which the word or sign that introduces a local introduces nothing else: fields of a
/// class are written otherwise.
fn keeps_locals(path: &str) -> bool {
    let end = path
        .rsplit('.')
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    matches!(
        end.as_str(),
        "go" | "rs" | "js" | "mjs" | "cjs" | "jsx" | "ts" | "mts" | "cts" | "tsx"
    )
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
    let marked = [
        "//go:", "// +", "//+", "//export", "// #", "/* #", "//#", "#!", "# -*-", "#pragma",
        "#include", "#define", "#if",
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
        rest.starts_with(|c: char| c.is_ascii_uppercase())
            || ["openapi", "swagger", "route"]
                .iter()
                .any(|word| rest.starts_with(word))
            || documented
                && rest.starts_with(|c: char| c.is_ascii_lowercase())
                && !prose.iter().any(|word| rest.starts_with(word))
    });
    marked.iter().any(|mark| line.starts_with(mark)) || annotated
}

fn trim_line_end_tokens<'t, 'a>(tokens: &'t [LedgerToken<'a>]) -> &'t [LedgerToken<'a>] {
    let end = tokens
        .iter()
        .rposition(|token| token.text != END)
        .map_or(0, |at| at + 1);
    &tokens[..end]
}

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
fn has_only_renamed_locals(old: &[LedgerToken<'_>], new: &[LedgerToken<'_>]) -> bool {
    use std::collections::{HashMap, HashSet};
    let mut there: HashMap<&str, &str> = HashMap::new();
    let mut back: HashMap<&str, &str> = HashMap::new();
    for (at, (a, b)) in old.iter().zip(new).enumerate() {
        if a.indent != b.indent || a.is_word() != b.is_word() || (!a.is_word() && a.text != b.text)
        {
            return false;
        }
        if a.text != b.text && !(is_local_name(old, at) && is_local_name(new, at)) {
            return false;
        }
        if a.is_word()
            && (*there.entry(a.text).or_insert(b.text) != b.text
                || *back.entry(b.text).or_insert(a.text) != a.text)
        {
            return false;
        }
    }
    // each renamed name is introduced inside a body of this very file
    let changed: HashSet<&str> = there
        .iter()
        .filter(|(a, b)| a != b)
        .map(|(a, _)| *a)
        .collect();
    let introduced = introduced_names(old);
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
    let lower = tokens[at].text.starts_with(|c: char| c.is_lowercase());
    let member = matches!(before, "." | ":" | "@" | "#" | ">" | "&" | "?");
    let labels =
        matches!(before, "(" | ",") && after == "=" && then != "=" || after == ":" && then != "=";
    // `{ total }` makes a key of the name
    let shorthand = matches!(before, "{" | ",") && matches!(after, "}" | ",");
    // the name of a function can be asked for, and is then a value
    let asked = after == "." && matches!(then, "name" | "displayName" | "constructor");
    lower && !member && !labels && !shorthand && !asked
}

/// Names that are declared inside a body: behind a word that declares a local, or before the sign
/// that does.
fn introduced_names<'a>(tokens: &[LedgerToken<'a>]) -> std::collections::HashSet<&'a str> {
    let mut depth = 0i32;
    let mut out = std::collections::HashSet::new();
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

#[cfg(test)]
mod tests {
    use super::super::tokens::read_tokens;
    use super::*;

    fn compare(path: &str, old: &str, new: &str) -> Option<Sameness> {
        super::judge_sameness(path, old, new, &ChangedLines::between(Some(old), Some(new)))
    }

    #[test]
    fn comments_and_blanks_are_no_change() {
        for (path, old, new) in [
            (
                "a.go",
                "// three\nconst v = 3\n",
                "// four, says the comment\n\nconst v  =  3 // here\n",
            ),
            (
                "a.java",
                "class A { int v = 1; }",
                "/* v */ class A {\n  int v = 1;\n}",
            ),
            (
                "a.py",
                "def f():\n    \"\"\"Old.\"\"\"\n    return 1\n",
                "def f():\n    \"\"\"New words.\"\"\"\n    return 1  # one\n",
            ),
            ("a.rb", "# a\nputs 1\n", "# b\n\nputs 1\n"),
            (
                "a.rs",
                "fn f<'a>(x: &'a str) -> char { 'x' }",
                "// said\nfn f<'a>(x: &'a str) -> char { 'x' }",
            ),
        ] {
            assert_eq!(compare(path, old, new), Some(Sameness::Blanks), "{path}");
        }
    }

    #[test]
    fn what_only_looks_like_a_comment_is_a_change() {
        for (path, old, new) in [
            (
                "a.js",
                "const re = /https?:\\/\\//; const v = 1",
                "const re = /https?:\\/\\//; const v = 2",
            ),
            ("a.js", "x = 'http://a'", "x = 'http://b'"),
            ("a.go", "s := `// one`\n", "s := `// two`\n"),
            ("a.py", "s = '# one'\n", "s = '# two'\n"),
            (
                "a.py",
                "x = 1\nif a:\n    b()\n    c()\n",
                "x = 1\nif a:\n    b()\nc()\n",
            ),
            (
                "a.py",
                "Q = \"\"\"select 1\"\"\"\n",
                "Q = \"\"\"select 2\"\"\"\n",
            ),
            (
                "a.rb",
                "s = <<~SQL\n  # one\nSQL\n",
                "s = <<~SQL\n  # two\nSQL\n",
            ),
            (
                "a.cs",
                "var s = @\"c:\\\"; var v = 1; // x",
                "var s = @\"c:\\\"; var v = 2; // x",
            ),
            (
                "a.rs",
                "let s = r#\"// \"one\"\"#;",
                "let s = r#\"// \"two\"\"#;",
            ),
            (
                "a.php",
                "<a href='//x'><?php f(1) ?>",
                "<a href='//y'><?php f(2) ?>",
            ),
            ("a.xyz", "same", "same "),
        ] {
            assert_eq!(compare(path, old, new), None, "{path}: {old}");
        }
    }

    #[test]
    fn definitions_may_move_and_members_may_not() {
        let (a, b) = ("func a() int { return 1 }\n", "func b() int { return 2 }\n");
        assert_eq!(
            compare(
                "a.go",
                &format!("package x\n{a}{b}"),
                &format!("package x\n{b}{a}")
            ),
            Some(Sameness::Moved)
        );
        assert_eq!(
            compare("a.java", "enum Kind { A, B }", "enum Kind { B, A }"),
            None
        );
        assert_eq!(
            compare(
                "a.go",
                "package x\nconst (\n A = iota\n B\n)\n",
                "package x\nconst (\n B = iota\n A\n)\n"
            ),
            None
        );
        assert_eq!(compare("a.js", "f()\ng()\n", "g()\nf()\n"), None);
    }

    #[test]
    fn order_matters_where_several_run_or_the_first_counts() {
        for (path, old, new) in [
            (
                "a.go",
                "package x\nfunc init() { a() }\nfunc init() { b() }\n",
                "package x\nfunc init() { b() }\nfunc init() { a() }\n",
            ),
            (
                "a.ts",
                "import \"./first\"\nimport \"./second\"\n",
                "import \"./second\"\nimport \"./first\"\n",
            ),
            (
                "a.ex",
                "def f(0), do: 1\ndef f(n), do: 2\n",
                "def f(n), do: 2\ndef f(0), do: 1\n",
            ),
            (
                "a.js",
                "function f() { const weigh = () => 1; add(weigh.name) }",
                "function f() { const load = () => 1; add(load.name) }",
            ),
        ] {
            assert_eq!(compare(path, old, new), None, "{old}");
        }
        let (a, b) = (
            "func (j *Jar) A() int { return 1 }\n",
            "func (j *Jar) B() int { return 2 }\n",
        );
        assert_eq!(
            compare(
                "a.go",
                &format!("package x\n{a}{b}"),
                &format!("package x\n{b}{a}")
            ),
            Some(Sameness::Moved)
        );
    }

    #[test]
    fn a_comment_that_a_tool_reads_is_a_change() {
        for (path, old, new) in [
            (
                "a.go",
                "package x\n/*\n static const int LAYOUT = 3;\n*/\nimport \"C\"\n",
                "package x\n/*\n static const int LAYOUT = 4;\n*/\nimport \"C\"\n",
            ),
            (
                "A.php",
                "<?php\nclass A {\n/** @var int */\npublic $a;\n}",
                "<?php\nclass A {\n/**\n * @var int|null\n * @required\n */\npublic $a;\n}",
            ),
            (
                "a.rb",
                "puts DATA.read\n__END__\na:\n  b: 1\n",
                "puts DATA.read\n__END__\na:\n    b: 1\n",
            ),
            (
                "a.go",
                "//go:embed a.txt\nvar s string\n",
                "//go:embed b.txt\nvar s string\n",
            ),
            (
                "a.go",
                "// +kubebuilder:storageversion\ntype A struct{}\n",
                "type A struct{}\n",
            ),
            (
                "A.php",
                "<?php\n/** @ORM\\Column(name=\"a\") */\nclass A {}",
                "<?php\n/** @ORM\\Column(name=\"b\") */\nclass A {}",
            ),
            (
                "a.ts",
                "export const A = next()\nexport const B = next()\n",
                "export const B = next()\nexport const A = next()\n",
            ),
        ] {
            assert_eq!(compare(path, old, new), None, "{old}");
        }
    }

    #[test]
    fn fields_are_no_locals() {
        for (path, old, new) in [
            (
                "a.py",
                "class Jar(Document):\n    label = StringField()\n",
                "class Jar(Document):\n    title = StringField()\n",
            ),
            (
                "A.kt",
                "class A { var label = \"\" }",
                "class A { var title = \"\" }",
            ),
            (
                "A.java",
                "class A { int number = 1; void f() { use(number); } }",
                "class A { int count = 1; void f() { use(count); } }",
            ),
        ] {
            assert_eq!(compare(path, old, new), None, "{old}");
        }
    }

    #[test]
    fn locals_may_be_renamed_and_what_others_see_may_not() {
        assert_eq!(
            compare(
                "a.go",
                "package x\nfunc f() { if y { total := 1\n use(total) } }",
                "package x\nfunc f() { if y { sum := 1\n use(sum) } }"
            ),
            Some(Sameness::Locals)
        );
        assert_eq!(
            compare(
                "a.ts",
                "function f() { const total = 1; return { total } }",
                "function f() { const sum = 1; return { sum } }"
            ),
            None
        );
        assert_eq!(
            compare(
                "a.go",
                "package x\ntype A struct {\n Total int\n}",
                "package x\ntype A struct {\n Sum int\n}"
            ),
            None
        );
        assert_eq!(
            compare(
                "a.py",
                "def f():\n    save(total=1)\n",
                "def f():\n    save(amount=1)\n"
            ),
            None
        );
        assert_eq!(
            compare("a.go", "package x\nvar total = 1", "package x\nvar sum = 1"),
            None
        );
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
