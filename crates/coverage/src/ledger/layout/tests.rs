use super::super::tokens::read_tokens;
use super::*;

fn is_same(path: &str, old: &str, new: &str) -> bool {
    let lines = ChangedLines::between(Some(old), Some(new));
    let (Some(before), Some(after)) = (read_tokens(path, old), read_tokens(path, new)) else {
        return false;
    };
    may_differ_in_layout(path, &lines) && has_same_program_without_layout(path, &before, &after)
}

#[test]
fn what_a_formatter_does_is_no_change() {
    for (path, old, new) in [
        (
            "a.py",
            "def f(a, b):\n  return g(a, b, rate=3, name='x')\n",
            "def f(a, b):\n    return g(\n        a,\n        b,\n        rate=3,\n        name=\"x\",\n    )\n",
        ),
        (
            "a.py",
            "x = a and \\\n    b\n",
            "x = (\n    a\n    and b\n)\n",
        ),
        (
            "a.py",
            "import sys\nfrom typing import List, Any\nimport os\nfrom a import c\nrun()\n",
            "import os\nimport sys\nfrom typing import (\n    Any,\n    List,\n)\n\nfrom a import c\n\nrun()\n",
        ),
        (
            "a.ts",
            "const a = b()\nexport function f(a, b) { return g(a, b, { rate: 3, name: 'x' }) }\n",
            "const a = b();\nexport function f(a, b) {\n  return g(a, b, {\n    rate: 3,\n    name: \"x\",\n  });\n}\n",
        ),
        (
            "a.js",
            "import { c, b } from 'a'\nimport d from 'd'\nexport const f = x => x + 1\n",
            "import d from \"d\";\nimport { b, c } from \"a\";\nexport const f = (x) => x + 1;\n",
        ),
        (
            "a.tsx",
            "export const A = () => <b title='x' />\n",
            "export const A = () => (\n  <b title=\"x\" />\n);\n",
        ),
        (
            "a.js",
            "const a = p.then(f)\n  .then(g)\nconst b = c ? d : e\n",
            "const a = p.then(f).then(g);\nconst b = c\n  ? d\n  : e;\n",
        ),
        (
            "a.php",
            "<?php\nclass A {\n function f($a) { return array('x', 2); }\n}\n",
            "<?php\n\nclass A\n{\n    function f($a)\n    {\n        return [\n            \"x\",\n            2,\n        ];\n    }\n}\n",
        ),
        (
            "a.rb",
            "class A\n  def f(a)\n    put \"x\"\n    go :a => 1, :b => [1, 2]\n  end\nend\n",
            "class A\n  def f(a)\n    put 'x'\n    go a: 1,\n       b: [\n         1,\n         2,\n       ]\n  end\nend\n",
        ),
        (
            "a.rs",
            "pub fn f(a:i32)->i32{ g(a,Config{x:1,y:2}) }\n",
            "pub fn f(a: i32) -> i32 {\n    g(\n        a,\n        Config {\n            x: 1,\n            y: 2,\n        },\n    )\n}\n",
        ),
        (
            "a.go",
            "package a\nimport (\n\t\"os\"\n\t\"fmt\"\n)\nfunc F(a int) int { return g(a, b) }\n",
            "package a\n\nimport (\n\t\"fmt\"\n\n\t\"os\"\n)\n\nfunc F(a int) int {\n\treturn g(\n\t\ta,\n\t\tb,\n\t)\n}\n",
        ),
        (
            "A.java",
            "package a;\nimport java.util.Map;\nimport java.util.List;\nimport java.io.File;\nclass A { List<Map> x; }\n",
            "package a;\n\nimport java.util.List;\nimport java.util.Map;\n\nclass A {\n  List<Map> x;\n}\n",
        ),
        (
            "A.kt",
            "class A {\n  fun f(a: Int, b: Int): Int = g(a, b)\n}\n",
            "class A {\n    fun f(\n        a: Int,\n        b: Int,\n    ): Int =\n        g(a, b)\n}\n",
        ),
        (
            "A.swift",
            "func f(a: Int) -> Int { return g(a, b); }\n",
            "func f(\n  a: Int\n) -> Int {\n  return g(\n    a,\n    b\n  )\n}\n",
        ),
        (
            "a.ex",
            "def f(a) do\n  a |> g(1, [x: 1])\nend\n",
            "def f(a) do\n  a\n  |> g(\n    1,\n    [x: 1]\n  )\nend\n",
        ),
        (
            "a.ex",
            "def f(a, b), do: g(a, b)\n",
            "def f(a, b),\n  do:\n    g(\n      a,\n      b\n    )\n",
        ),
        (
            "a.dart",
            "f() => g('a', 1);\n",
            "f() => g(\n      \"a\",\n      1,\n    );\n",
        ),
    ] {
        assert!(is_same(path, old, new), "{path}: {new}");
        assert!(is_same(path, new, old), "{path}: {old}");
    }
}

#[test]
fn what_only_looks_like_layout_is_a_change() {
    for (path, old, new) in [
        // a tuple of one
        ("a.py", "x = f((a))\n", "x = f((a,))\n"),
        ("a.py", "x = (a)\n", "x = (a,)\n"),
        ("a.py", "x = y[a]\n", "x = y[a,]\n"),
        ("a.rs", "let x = (a);", "let x = (a,);"),
        // what belongs to which body
        ("a.py", "if a:\n    b()\n    c()\n", "if a:\n    b()\nc()\n"),
        // an end of a line that ends a statement
        (
            "a.js",
            "function f() {\n  return a\n}\n",
            "function f() {\n  return\n  a\n}\n",
        ),
        ("a.js", "a = b;\n(c)\n", "a = b\n(c)\n"),
        ("a.js", "if (a);\nb()\n", "if (a)\nb()\n"),
        ("a.js", "a = [1,,2]\n", "a = [1,2]\n"),
        ("a.js", "x = [,]\n", "x = []\n"),
        ("a.rb", "x = f(a\n-b)\n", "x = f(a -b)\n"),
        // texts in which the kind of quotes counts
        ("a.rb", "x = \"#{a}\"\n", "x = '#{a}'\n"),
        ("a.php", "<?php $x = \"$a\";", "<?php $x = '$a';"),
        ("a.go", "x := 'a'\n", "x := \"a\"\n"),
        // other words
        ("a.py", "x = 'a'\n", "x = 'b'\n"),
        ("a.js", "f(a, b)\n", "f(b, a)\n"),
        ("a.py", "f(a, b)\n", "f(b, a)\n"),
        // imports that act
        (
            "a.py",
            "from gevent import monkey\nimport b\n",
            "import b\nfrom gevent import monkey\n",
        ),
        (
            "a.ts",
            "import './first'\nimport './second'\n",
            "import './second'\nimport './first'\n",
        ),
        (
            "a.py",
            "import one\nimport two\n",
            "import two\nimport one\n",
        ),
        (
            "a.go",
            "package a\nimport (\n\t_ \"x.org/b\"\n\t_ \"x.org/a\"\n)\n",
            "package a\nimport (\n\t_ \"x.org/a\"\n\t_ \"x.org/b\"\n)\n",
        ),
        // an import that is used
        (
            "A.java",
            "import a.List;\nclass A { List x; }\n",
            "import b.List;\nclass A { List x; }\n",
        ),
        (
            "A.java",
            "import a.*;\nclass A { List x; }\n",
            "class A { List x; }\n",
        ),
        // macros of C take an argument more
        ("a.c", "F(a)\n", "F(a,)\n"),
    ] {
        assert!(!is_same(path, old, new), "{path}: {old}");
    }
}

proptest::proptest! {
    /// No text ends the reader, and layout is never what tells two texts apart that hold other words.
    #[test]
    fn words_always_count(
        old in "[a-c(){}\\[\\],;:=>'\"\\n .|?&]{0,60}",
        new in "[a-c(){}\\[\\],;:=>'\"\\n .|?&]{0,60}",
    ) {
        for path in ["a.go", "a.py", "a.js", "a.rs", "a.cs", "a.rb", "a.php", "a.kt", "a.ex", "a.dart", "A.java"] {
            let words = |text: &str| {
                let mut words: Vec<String> = text
                    .split(|c: char| !c.is_alphanumeric())
                    .filter(|word| !word.is_empty())
                    .map(str::to_owned)
                    .collect();
                words.sort();
                words
            };
            if is_same(path, &old, &new) {
                proptest::prop_assert_eq!(words(&old), words(&new));
            }
        }
    }
}
