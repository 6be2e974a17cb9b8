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
            "a.ex",
            "defmodule A do\n  @moduledoc \"\"\"\n  Old.\n  \"\"\"\n  def f, do: 1\nend\n",
            "defmodule A do\n  @moduledoc \"\"\"\n  New `# words`.\n  \"\"\"\n\n  @doc \"\"\"\n  One.\n  \
             \"\"\"\n  def f, do: 1\nend\n",
        ),
        (
            "main.tf",
            "resource \"a\" \"b\" {\n  c = \"${d(\"e\")}\"\n}\n",
            "# b is kept\nresource \"a\" \"b\" {\n  c = \"${d(\"e\")}\" // never move it\n}\n",
        ),
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

/// A file, a comment with `%` for its words, and a text with `%` where a comment may stand.
const COMMENTED: &[(&str, &str, &str)] = &[
    (
        "A.hs",
        "-- %",
        "module A where\n%\nf' :: Char -> Int\nf' x = if x == '\"' then 1 else g x'\n",
    ),
    (
        "A.hs",
        "{- % -}",
        "module A where\n%\nv = \"--> a\" --> 3\n",
    ),
    ("a.clj", ";; %", "(ns a)\n%\n(def v [\\; \"; a\" 'b])\n"),
    (
        "A.pm",
        "# %",
        "package A;\n%\nmy $last = $#list;\nprint \"# a\";\n1;\n",
    ),
    (
        "B.pm",
        "=head1 A\n\n% it\n\n=cut",
        "package B;\n%\nsub f { 1 }\n",
    ),
    ("a.R", "# %", "%\nv <- '# a'\n"),
    ("a.jl", "#= % =#", "v = 3\n%\nw = \"# a\"\n"),
    ("A.fs", "// %", "module A\n%\nlet v = @\"c:\\\"\n"),
    (
        "a.ml",
        "(* % *)",
        "%\nlet f' = function '\"' -> 1 | _ -> 2\n",
    ),
    (
        "a.erl",
        "% %",
        "-module(a).\n%\nf() -> [$%, $\", \"% a\", '% b'].\n",
    ),
    (
        "main.tf",
        "// %",
        "resource \"a\" \"b\" {\n  c = \"d\" # e\n%\n  f = <<-eot\n    # kept\n  eot\n}\n",
    ),
    ("a.nim", "# %", "%\nlet v = \"# a\"\n"),
    (
        "a.zig",
        "// %",
        "const v =\n    \\\\// a \"\n;\n%\nconst c = '\"';\n",
    ),
    (
        "a.sh",
        "# %",
        "#!/bin/sh\n%\necho \"$(basename \"$1\") # a\" '\\' ${1#a} # b\n",
    ),
    ("a.ps1", "<# % #>", "%\n$v = 'c:\\'\n$w = \"a `\" # b\"\n"),
    ("A.m", "// %", "#import <a.h>\n%\nint v = 3;\n"),
    (
        "A.vb",
        "' %",
        "Module A\n%\nDim v = \"it's \"\" ' a\"\nEnd Module\n",
    ),
    ("a.lua", "-- %", "%\nlocal v = '-- a'\n"),
    (
        "a.rb",
        "# %",
        "A = %w[a #b]\n%\nB = <<~SQL\n  # a\n  it's\nSQL\nC = ?\" + \"#{h[\"# a\"]}\"\n",
    ),
    ("a.rb", "# %", "%\nputs /# it's/ if a / b == 1\n"),
    (
        "a.ex",
        "# %",
        "%\n@moduledoc ~S\"\"\"\n# a\n\"\"\"\nx = ~w(a #b) ++ ~r/it's # a/\n",
    ),
    (
        "a.php",
        "# %",
        "<?php\n%\n#[Route('/a')]\n$a = <<<SQL\n# it's\nSQL;\n$b = \"{$c[\"d\"]}\";\n",
    ),
    ("a.php", "// % ?", "<p>it's <?php\n%\necho 1 ?> // page\n"),
    (
        "a.ts",
        "// %",
        "const v = `a ${f(`b ${c(\"// d\")}`)} // e`\n%\nf()\n",
    ),
    ("a.kt", "// %", "%\nval v = \"x${f(\"// y\")}\"\n"),
    ("a.swift", "// %", "%\nlet v = \"x\\(f(\"// y\"))\"\n"),
    ("a.dart", "// %", "%\nfinal v = '${f('// y')}';\n"),
    ("a.rs", "/* a /* % */ b */", "%\nfn f() {}\n"),
];

#[test]
fn comments_of_every_language_are_known() {
    for &(path, comment, text) in COMMENTED {
        let with = |words: &str| {
            let comment = comment.replacen('%', words, 1);
            // the sign of a comment of Erlang is the mark as well
            let comment = if path.ends_with(".erl") {
                format!("% {words}")
            } else {
                comment
            };
            text.replacen("\n%\n", &format!("\n{comment}\n"), 1)
                .replacen(
                    "%\n",
                    &format!("{comment}\n"),
                    usize::from(text.starts_with('%')),
                )
        };
        let (old, new) = (with("old words"), with("it's \"new\"; DROP TABLE a"));
        assert_ne!(old, new, "{path}");
        assert!(compare(path, &old, &new).is_some(), "{path}: {new}");
    }
}

#[test]
fn a_sign_inside_a_literal_begins_no_comment() {
    for (path, old, new) in [
        ("a.hs", "v = \"-- a\"\n", "v = \"-- b\"\n"),
        ("a.hs", "v = a --> b\n", "v = a --> c\n"),
        ("a.hs", "{-# LANGUAGE A #-}\n", "{-# LANGUAGE B #-}\n"),
        ("a.clj", "(def v \\; a)\n", "(def v \\; b)\n"),
        ("a.clj", "(def v \"\n; a\")\n", "(def v \"\n; b\")\n"),
        (
            "a.erl",
            "f() -> [$\", a, \"% \"].\n",
            "f() -> [$\", b, \"% \"].\n",
        ),
        ("a.rb", "x = %w[\n# a\n]\n", "x = %w[\n# b\n]\n"),
        (
            "main.tf",
            "a \"b\" {\n  c = <<eot\n# d\neot\n}\n",
            "a \"b\" {\n  c = <<eot\n# e\neot\n}\n",
        ),
        ("main.tf", "a = \"b#c\"\n", "a = \"b#d\"\n"),
        (
            "a.ex",
            "@query \"\"\"\nSELECT a\n\"\"\"\n",
            "@query \"\"\"\nSELECT b\n\"\"\"\n",
        ),
        ("a.rb", "x = <<~SQL\n# a\nSQL\n", "x = <<~SQL\n# b\nSQL\n"),
        (
            "a.rb",
            "x = \"#{f(\"it's\")} # a\"\n",
            "x = \"#{f(\"it's\")} # b\"\n",
        ),
        ("a.rb", "puts /# a/\n", "puts /# b/\n"),
        ("a.ex", "x = ~s(\n# a\n)\n", "x = ~s(\n# b\n)\n"),
        (
            "a.php",
            "<?php $a = <<<S\n# a\nS;\n",
            "<?php $a = <<<S\n# b\nS;\n",
        ),
        (
            "a.php",
            "<?php #[Route('/a')]\nf();\n",
            "<?php #[Route('/b')]\nf();\n",
        ),
        (
            "a.php",
            "<?php f() // c ?> // a\n",
            "<?php f() // c ?> // b\n",
        ),
        ("a.sh", "psql -c \"\n# a\n\"\n", "psql -c \"\n# b\n\"\n"),
        ("a.sh", "cat <<E\n# a\nE\n", "cat <<E\n# b\nE\n"),
        (
            "a.sh",
            "echo '\\' # b '\n# a\n'\n",
            "echo '\\' # b '\n# c\n'\n",
        ),
        ("a.ts", "f(`\n// a ${b}\n`)\n", "f(`\n// c ${b}\n`)\n"),
        ("a.ts", "f(`${a(`\n`)} // a`)\n", "f(`${a(`\n`)} // b`)\n"),
        ("a.pl", "my $a = q{\n# a\n};\n", "my $a = q{\n# b\n};\n"),
        (
            "a.zig",
            "const a =\n    \\\\// a\n;\n",
            "const a =\n    \\\\// b\n;\n",
        ),
        ("a.vb", "v = \"' a\"\n", "v = \"' b\"\n"),
        (
            "a.ml",
            "let a = {|\n(* a *)\n|}\n",
            "let a = {|\n(* b *)\n|}\n",
        ),
        (
            "a.ps1",
            "$v = 'c:\\'; $w = 1 # '\n",
            "$v = 'c:\\'; $w = 2 # '\n",
        ),
    ] {
        let lines = ChangedLines::between(Some(old), Some(new));
        let same = super::judge_sameness(path, old, new, &lines);
        assert!(same.is_none(), "{path}: {old}");
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
            "a.rb",
            "# encoding: utf-8\nA = 'b'\n",
            "# encoding: iso-8859-1\nA = 'b'\n",
        ),
        (
            "a.js",
            "/**\n * @openapi\n * /jars:\n *   get: {maximum: 10}\n */\nf()\n",
            "/**\n * @openapi\n * /jars:\n *   get: {maximum: 20}\n */\nf()\n",
        ),
        (
            "a.ts",
            "/**\n * @maximum 10\n */\nexport type A = number\n",
            "/**\n * @maximum 20\n */\nexport type A = number\n",
        ),
        (
            "A.java",
            "//DEPS a:b:1\nclass A {}\n",
            "//DEPS a:b:2\nclass A {}\n",
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

/// The text with its local `t` called `sum`.
fn rename_local(text: &str) -> String {
    static LOCAL: std::sync::LazyLock<regex::Regex> =
        std::sync::LazyLock::new(|| regex::Regex::new(r"\bt\b").unwrap());
    LOCAL.replace_all(text, "sum").into_owned()
}

#[test]
fn locals_of_typed_and_indented_languages_may_be_renamed() {
    for (path, text) in [
        (
            "a.py",
            "def total(values):\n    t = 0\n    for v in values:\n        t += v\n    return t\n",
        ),
        (
            "A.java",
            "public class A {\n  public static int total(int[] values) {\n    int t = 0;\n    t += values[0];\n    return t;\n  }\n}\n",
        ),
        (
            "A.cs",
            "public static class A\n{\n    public static int Total(int[] values)\n    {\n        var t = 0;\n        t += values[0];\n        return t;\n    }\n}\n",
        ),
        (
            "a.kt",
            "class A {\n    fun total(values: List<Int>): Int {\n        var t = 0\n        t += values.first()\n        return t\n    }\n}\n",
        ),
        (
            "a.php",
            "<?php\nclass A {\n  function total(array $values) {\n    $t = 0;\n    return $t + $values[0];\n  }\n}\n",
        ),
    ] {
        let renamed = rename_local(text);
        assert_eq!(
            compare(path, text, &renamed),
            Some(Sameness::Locals),
            "{path}"
        );
    }
    // parameters that others name, fields of the same name, names that the program asks for
    for (path, text) in [
        ("a.py", "def f(\n    t=0,\n):\n    return t\n"),
        (
            "a.py",
            "class A:\n    t = 0\n\n    def f(self):\n        t = 1\n        return t\n",
        ),
        ("a.py", "def f():\n    t = 0\n    return render(locals())\n"),
        (
            "A.java",
            "class A {\n  int t = 1;\n  int f() { int t = 2; return t; }\n}\n",
        ),
        (
            "A.java",
            "record A(int t) {\n  int f() { int t = 2; return t; }\n}\n",
        ),
        (
            "A.cs",
            "class A { object F() { var t = 1; return new { t }; } }",
        ),
        ("a.kt", "data class A(val t: Int)\n"),
        (
            "a.php",
            "<?php function f() { $t = 1; return compact('t'); }",
        ),
    ] {
        let renamed = rename_local(text);
        assert_eq!(compare(path, text, &renamed), None, "{path}: {text}");
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
