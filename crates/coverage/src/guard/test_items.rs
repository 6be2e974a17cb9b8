//! Tests that stand in the files of a program: they run nowhere else, and what they compare is no
//! question of the program.

use super::token::{GuardLanguage, GuardToken, GuardTokenKind};

/// Most tokens of one attribute.
const ATTRIBUTE: usize = 60;

/// Tokens without those of tests: items of Rust that only a test build has, functions of Go that
/// the tool for tests runs, cases of `unittest`.
pub(super) fn leave_out_tests<'t>(
    language: GuardLanguage,
    tokens: Vec<GuardToken<'t>>,
) -> Vec<GuardToken<'t>> {
    let sign = match language.name {
        "rs" => "#",
        "go" => "func",
        "py" => "class",
        _ => return tokens,
    };
    let mut kept = Vec::with_capacity(tokens.len());
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        let end = token.is(sign).then(|| match sign {
            "#" => find_rust_test_end(&tokens, at),
            "func" => find_go_test_end(&tokens, at),
            _ => find_python_test_end(&tokens, at),
        });
        match end.flatten() {
            Some(end) => at = end.max(at + 1),
            None => {
                kept.push(*token);
                at += 1;
            }
        }
    }
    kept
}

/// Behind the item below a test's attribute at `at`.
fn find_rust_test_end(tokens: &[GuardToken<'_>], at: usize) -> Option<usize> {
    let inner = tokens.get(at + 1)?.is("!");
    let open = at + 1 + usize::from(inner);
    let close = close_attribute(tokens, open)?;
    if !is_test_attribute(tokens.get(open + 1..close)?) {
        return None;
    }
    if inner {
        return Some(tokens.len());
    }
    let mut behind = close + 1;
    while tokens.get(behind).is_some_and(|token| token.is("#")) {
        behind = close_attribute(tokens, behind + 1)? + 1;
    }
    find_item_end(tokens, behind)
}

fn close_attribute(tokens: &[GuardToken<'_>], open: usize) -> Option<usize> {
    if !tokens.get(open)?.is("[") {
        return None;
    }
    let mut depth = 0_i32;
    let found = tokens.iter().skip(open).take(ATTRIBUTE).position(|token| {
        depth += i32::from(token.is("[")) - i32::from(token.is("]"));
        depth == 0
    });
    found.map(|length| open + length)
}

/// `test`, `tokio::test`, `rstest`, `cfg(test)`, `cfg(all(test, unix))`, and not `cfg(not(test))`.
fn is_test_attribute(inside: &[GuardToken<'_>]) -> bool {
    let is_word = |token: &&GuardToken<'_>| token.kind == GuardTokenKind::Word;
    if !inside.first().is_some_and(|token| token.is("cfg")) {
        let path = inside.iter().take_while(|token| !token.is("("));
        return path.filter(is_word).last().is_some_and(|name| {
            matches!(name.text, "test" | "rstest" | "test_case" | "quickcheck")
        });
    }
    let negated = inside
        .iter()
        .any(|token| token.is("not") || token.is("any"));
    !negated && inside.iter().filter(is_word).any(|token| token.is("test"))
}

/// Behind the braces, or the semicolon, of the item that begins at `at`.
fn find_item_end(tokens: &[GuardToken<'_>], at: usize) -> Option<usize> {
    let (mut depth, mut round) = (0_i32, 0_i32);
    for (index, token) in tokens.iter().enumerate().skip(at) {
        round +=
            i32::from(token.is("(") || token.is("[")) - i32::from(token.is(")") || token.is("]"));
        depth += i32::from(token.is("{")) - i32::from(token.is("}"));
        let ends = token.is("}") && depth == 0 || token.is(";") && depth == 0 && round == 0;
        if ends || depth < 0 {
            return Some(index + usize::from(ends));
        }
    }
    Some(tokens.len())
}

/// `func ExampleX() {`, `func TestX(t *testing.T) {` and their sisters.
fn find_go_test_end(tokens: &[GuardToken<'_>], at: usize) -> Option<usize> {
    let name = tokens.get(at + 1)?.text;
    let begins = |word: &str| name.starts_with(word);
    let given: String = tokens
        .get(at + 2..)?
        .iter()
        .take(8)
        .map(|token| token.text)
        .collect();
    let example = begins("Example") && given.starts_with("(){");
    let test = ["Test", "Benchmark", "Fuzz"]
        .iter()
        .any(|word| begins(word))
        && given.split(')').next()?.contains("*testing.");
    (example || test)
        .then(|| find_item_end(tokens, at))
        .flatten()
}

/// A class of test cases, down to the first line that is indented no more than its head.
fn find_python_test_end(tokens: &[GuardToken<'_>], at: usize) -> Option<usize> {
    let head = tokens.get(at)?;
    let is_case = tokens
        .iter()
        .skip(at)
        .take(30)
        .take_while(|token| token.line == head.line)
        .any(|token| token.text.ends_with("TestCase"));
    let length = tokens
        .iter()
        .skip(at + 1)
        .take_while(|token| token.line == head.line || !token.first || token.indent > head.indent)
        .count();
    is_case.then_some(at + 1 + length)
}

#[cfg(test)]
mod tests {
    use super::super::lex::{cut_program_tokens, find_language};

    fn left(path: &str, text: &str) -> String {
        let language = find_language(path).unwrap_or_else(|| panic!("{path}"));
        let tokens = cut_program_tokens(language, text);
        let words: Vec<&str> = tokens.iter().map(|token| token.text).collect();
        words.join(" ")
    }

    #[test]
    fn tests_in_files_of_the_program_are_left_out() {
        for (path, text, kept) in [
            (
                "a.rs",
                "fn a() {}\n#[cfg(test)]\nmod tests {\n  #[test]\n  fn b() { if x != 2 { panic!() } }\n}\nfn c() {}\n",
                "fn a ( ) { } fn c ( ) { }",
            ),
            (
                "a.rs",
                "#[tokio::test]\n#[ignore]\nasync fn b() -> R { }\nfn c() {}\n",
                "fn c ( ) { }",
            ),
            (
                "a.rs",
                "#[cfg(test)]\nuse x::y;\nconst V: u8;",
                "const V : u8 ;",
            ),
            ("a.rs", "#![cfg(test)]\nfn b() {}\n", ""),
            (
                "a.go",
                "func ExampleJar() {\n}\nfunc TestJar(t *testing.T) {\n  if a {\n  }\n}\nfunc a() {}\n",
                "func a ( ) { }",
            ),
            (
                "a.py",
                "class JarTest(unittest.TestCase):\n    def test_a(self):\n        pass\nx = 1\n",
                "x = 1",
            ),
        ] {
            assert_eq!(left(path, text), kept, "{text}");
        }
    }

    #[test]
    fn what_only_sounds_like_a_test_stays() {
        for (path, text) in [
            ("a.rs", "#[cfg(not(test))]\nfn b() {}\n"),
            ("a.rs", "#[derive(Test)]\nstruct B {}\n"),
            ("a.go", "func TestConnection(url string) error {}\n"),
            ("a.go", "func ExampleConfig() Config {}\n"),
            ("a.py", "class TestResult(Model):\n    a = 1\n"),
            ("a.java", "class JarTest { }\n"),
        ] {
            assert!(left(path, text).len() > 10, "{text}");
        }
    }
}
