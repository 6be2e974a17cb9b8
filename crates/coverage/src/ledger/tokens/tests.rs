use super::read_tokens;

/// The texts of the tokens; `None` where it is not sure what a comment is.
fn read(path: &str, text: &str) -> Option<Vec<String>> {
    let tokens = read_tokens(path, text)?;
    Some(tokens.iter().map(|token| token.text.to_owned()).collect())
}

#[test]
fn the_sign_of_a_comment_within_a_text_is_text() {
    for (path, text) in [
        ("A.swift", "let key = #\"shop\"//%:\"# + sku\n"),
        ("A.swift", "let key = ##\"a \"# //%\"##\n"),
        ("A.swift", "let key = #\"\"\"\n  a \"\"\" //%\n  \"\"\"#\n"),
        ("A.swift", "let key = #\"\\#(a[\"#\"]) //%\"#\n"),
        ("A.swift", "let same = /a\\//%\\/b/\n"),
        ("a.dart", "put(r'C:\\' + 'shop//%:' + sku, 1);\n"),
        ("a.dart", "put(r\"C:\\\" + \"shop//%\");\n"),
        ("a.dart", "put(r'''C:\\''' + '//%');\n"),
        (
            "A.scala",
            "r.set(\"\"\"the \"jar\"\"\"\" + \"//%:\" + sku)\n",
        ),
        ("A.kt", "r.set(\"\"\"the \"jar\"\"\"\" + \"//%:\" + sku)\n"),
        ("A.java", "String a = \"\"\"\n  a \\\"\"\" //%\n  \"\"\";\n"),
        ("A.java", "// \\u000a put(\"%\");\n"),
        ("A.cs", "var a = \"\"\"\"a \"\"\" //%\"\"\"\";\n"),
        ("a.py", "a = \"\"\"a \\\"\"\" # %\n\"\"\"\n"),
        ("a.py", "a = f\"{of[\"#%\"]}\"\n"),
        (
            "A.jsx",
            "const A = () => <p>Don't lose it: <b on={() => put('shop//%')}>a</b></p>;\n",
        ),
        (
            "A.tsx",
            "const A = () => <p>its lids' and <b on={() => put(\"shop/*%*/\")}>a</b></p>;\n",
        ),
        ("a.groovy", "def a = $/ a //% /$\n"),
    ] {
        let (old, new) = (text.replace('%', "jars"), text.replace('%', "lids"));
        let (old, new) = (read(path, &old), read(path, &new));
        assert!(old.is_none() || old != new, "{path}: {text}");
    }
}

#[test]
fn a_remark_beside_such_a_text_is_a_remark() {
    for (path, text) in [
        (
            "A.swift",
            "let key = #\"a \"b\" c\"# // %\n#if DEBUG\n#endif\n",
        ),
        ("a.dart", "put(r'C:\\', 1); // %\nvar r = 1; /* % */\n"),
        ("A.scala", "val a = \"\"\"the \"jar\"\"\"\" // %\n"),
        (
            "A.java",
            "String a = \"\"\"\n  a \\\"\"\"\n  \"\"\"; // %\n",
        ),
        ("A.cs", "var a = \"\"\"\"a \"\"\" b\"\"\"\"; // %\n"),
        ("a.py", "a = r\"\"\"a\\d\"\"\"  # %\n"),
        ("a.js", "export default'a'; // %\nconst b = `it's`; // %\n"),
        ("a.ts", "import a from'./a'; // %\n"),
        ("a.go", "a := 1 // % it's\n"),
    ] {
        let (old, new) = (text.replace('%', "jars"), text.replace('%', "lids"));
        let (old, new) = (read(path, &old), read(path, &new));
        assert!(old.is_some() && old == new, "{path}: {text}");
    }
}
