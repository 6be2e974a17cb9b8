//! Whether a line of program text declares something that others can use, language by language.

/// Whether a line of program text may declare something that others can use. Going back takes away
/// what only the newer release declares; how a function does its work is told by nothing here.
pub(super) fn may_declare_public(path: &str, line: &str) -> bool {
    let end = path.rsplit('.').next().unwrap_or_default();
    let line = line.trim_start();
    match end.to_ascii_lowercase().as_str() {
        "rs" => in_rust(line),
        "go" => in_go(line),
        "cs" | "fs" | "swift" => {
            // a member of an enum, and a method of a protocol or an interface, which have no other
            // word
            has(line, &["public ", "protected ", "open ", "case "]) || line.ends_with(");")
        }
        "java" => in_java(line),
        "kt" | "scala" | "groovy" => in_kotlin(line),
        "py" | "pyx" => in_python(line),
        "rb" => {
            const BEGINS: [&str; 6] = [
                "def ",
                "class ",
                "module ",
                "attr_",
                "alias",
                "define_method",
            ];
            // a constant of Ruby begins with a capital
            begins(line, &BEGINS) || is_large(line)
        }
        "php" => in_php(line),
        "hs" => {
            const BEGINS: [&str; 8] = [
                "data ",
                "newtype ",
                "type ",
                "class ",
                "module ",
                "instance ",
                "|",
                "=",
            ];
            line.contains("::") || begins(line, &BEGINS)
        }
        "js" | "mjs" | "cjs" | "ts" | "mts" | "cts" | "jsx" | "tsx" => in_javascript(line),
        // a language without rules here may declare in any line
        _ => true,
    }
}

fn begins(line: &str, words: &[&str]) -> bool {
    words.iter().any(|word| line.starts_with(word))
}

fn has(line: &str, words: &[&str]) -> bool {
    words.iter().any(|word| line.contains(word))
}

fn is_large(text: &str) -> bool {
    text.starts_with(|c: char| c.is_uppercase())
}

/// A variant or a method of a trait has no word before its name.
fn in_rust(line: &str) -> bool {
    begins(line, &["pub ", "#[macro_export", "#[non_exhaustive"])
        || is_large(line) && line.ends_with([',', '{'])
        || begins(line, &["fn ", "async fn "]) && line.ends_with(';')
}

fn in_go(line: &str) -> bool {
    let function = line
        .strip_prefix("func ")
        // a method has its receiver before its name
        .map(|rest| match rest.strip_prefix('(') {
            Some(receiver) => receiver.split_once(") ").map_or("", |(_, name)| name),
            None => rest,
        });
    let declared = || {
        ["type ", "const ", "var "]
            .iter()
            .find_map(|word| line.strip_prefix(word))
    };
    is_large(function.or_else(declared).unwrap_or(line))
}

/// A method of an interface has no word before its type.
fn in_java(line: &str) -> bool {
    has(line, &["public ", "protected ", "@"])
        // a call has a point or a value, a method of an interface neither
        || line.ends_with([')', ';']) && !has(line, &["=", "return", "private ", "."])
}

fn in_kotlin(line: &str) -> bool {
    const WORDS: [&str; 9] = [
        "fun ",
        "def ",
        "val ",
        "var ",
        "class ",
        "object ",
        "trait ",
        "interface ",
        "enum ",
    ];
    // of Kotlin and Scala everything is public unless it says otherwise
    has(line, &WORDS) && !has(line, &["private ", "internal "])
}

fn in_python(line: &str) -> bool {
    let declares = begins(line, &["def ", "async def ", "class ", "__all__", "@"]);
    let is_hidden = begins(line, &["def _", "async def _", "class _"]);
    declares && !is_hidden
        // what makes an object and calls it is used from outside, in spite of its underscores
        || begins(line, &["def __init__", "def __call__"])
        || is_large(line) && line.contains('=')
}

fn in_php(line: &str) -> bool {
    const WORDS: [&str; 7] = [
        "function ",
        "class ",
        "const ",
        "interface ",
        "trait ",
        "public ",
        "enum ",
    ];
    has(line, &WORDS) && !line.contains("private ")
}

fn in_javascript(line: &str) -> bool {
    const WORDS: [&str; 7] = [
        "export",
        "static ",
        ".prototype",
        "public ",
        "class ",
        "interface ",
        "function ",
    ];
    const STEPS: [&str; 10] = [
        "if", "for", "while", "switch", "}", "else", "try", "do", "catch", "return",
    ];
    let method = line.ends_with('{') && line.contains('(') && !begins(line, &STEPS);
    let member = has(line, &["?:", ": "]) && line.ends_with([';', ',']);
    has(line, &WORDS) || method || member
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_others_can_use_is_public() {
        for (path, line) in [
            ("a.rs", "pub fn sum() {"),
            ("a.rs", "Broken,"),
            ("a.go", "func (j *Jar) Open() error {"),
            ("a.go", "Size int"),
            ("a.py", "def size():"),
            ("a.rb", "def self.size = 1"),
            ("a.js", "exports.size = () => 1;"),
            ("a.ts", "size?: number;"),
            ("A.java", "int size(String name);"),
            ("a.kt", "fun size() = 1"),
            ("a.php", "public function size() {"),
            ("a.vue", "anything"),
        ] {
            assert!(may_declare_public(path, line), "{path} {line}");
        }
        for (path, line) in [
            ("a.rs", "xs.iter().sum()"),
            ("a.rs", "fn round(x: u8) -> u8 {"),
            ("a.rs", "pub(crate) fn round() {}"),
            ("a.go", "func round(x int64) int64 {"),
            ("a.go", "return round(total * 19)"),
            ("a.py", "return total + 1"),
            ("a.py", "def _size():"),
            ("a.rb", "total + 1"),
            ("a.js", "return total + 1;"),
            ("A.java", "return total.size();"),
            ("a.kt", "private fun size() = 1"),
        ] {
            assert!(!may_declare_public(path, line), "{path} {line}");
        }
    }
}
