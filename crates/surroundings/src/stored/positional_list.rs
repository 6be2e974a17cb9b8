//! Enumerations whose members have the number of their place, as languages write them.
//!
//! The grammars that are linked for migrations know eight languages and none of Kotlin, Swift and
//! Dart; the lists themselves are simple enough to be cut by their separators.

use std::sync::LazyLock;

use regex::Regex;

// nobody writes longer ones, and a hostile one would be walked member by member
/// Most members of one list.
const MEMBERS: usize = 2_000;

/// Most bytes of one list.
const BYTES: usize = 64 * 1024;

/// A list of members with their numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PositionalList {
    /// The enumeration; of Rails, the attribute.
    pub name: String,
    /// Its members whose numbers are known.
    pub members: Vec<NumberedMember>,
    /// The declaration gives members numbers.
    pub declared_as_number: bool,
}

/// A member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NumberedMember {
    /// Its name.
    pub name: String,
    /// Its number.
    pub number: i64,
    /// Line in the file, from 1.
    pub line: usize,
}

static BRACED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?m)^[ \t]*(?:@[[:word:]]+[ \t]+)*(?:[a-z]+[ \t]+){0,5}enum[ \t]+(?:class[ \t]+)?([A-Za-z_][[:word:]]*)([^{};\n]{0,300})\{").ok()
});

static RAILS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    // a hash gives the numbers itself and does not hang on places
    Regex::new(
        r"(?m)^[ \t]*enum[ \t(]+:?([a-z_][[:word:]]*)[ \t]*(?:=>|:|,)[ \t]*(?:%[iIwW])?\[([^\]]{0,8000})\]",
    )
    .ok()
});

static COUNTED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"^([A-Za-z_][[:word:]]*)(?:[ \t]+([A-Za-z_][[:word:].]*))?[ \t]*=[ \t]*iota(?:[ \t]*\+[ \t]*([0-9]{1,6}))?$",
    )
    .ok()
});

/// The lists of a file, by its ending.
pub(super) fn list_positional_lists(path: &str, text: &str) -> Vec<PositionalList> {
    match path.rsplit('.').next().unwrap_or_default() {
        "rb" => list_rails_enums(text),
        "go" => list_counted_constants(text),
        "java" | "kt" | "groovy" | "cs" | "ts" | "swift" | "dart" => {
            list_braced_enums(text, path.ends_with(".swift"))
        }
        _ => Vec::new(),
    }
}

fn list_rails_enums(text: &str) -> Vec<PositionalList> {
    let Some(pattern) = RAILS.as_ref().filter(|_| text.contains("enum")) else {
        return Vec::new();
    };
    let lists = pattern.captures_iter(text).filter_map(|found| {
        let (name, inside) = (found.get(1)?, found.get(2)?);
        let mut numbered = Vec::new();
        let is_part = |c: char| c.is_alphanumeric() || c == '_';
        let mut at = inside.start();
        // symbols, words in quotes and `%i[..]` are all parted by what is no part of a name
        for word in inside.as_str().split_inclusive(|c: char| !is_part(c)) {
            let name = word.trim_end_matches(|c: char| !is_part(c));
            if !name.is_empty() {
                numbered.push((name.to_owned(), None, at));
            }
            at += word.len();
        }
        Some(number_members(text, name.as_str(), numbered))
    });
    lists.collect()
}

/// Blocks of constants in Go that are counted with `iota`.
fn list_counted_constants(text: &str) -> Vec<PositionalList> {
    let mut lists = Vec::new();
    let mut open: Option<PositionalList> = None;
    let Some(counted) = COUNTED.as_ref().filter(|_| text.contains("iota")) else {
        return lists;
    };
    let mut next = 0;
    for (index, line) in text.lines().enumerate() {
        let bare = line.split("//").next().unwrap_or_default().trim();
        if let Some(found) = counted.captures(bare) {
            lists.extend(open.take());
            let first = found.get(1).map_or("", |name| name.as_str());
            let name = found.get(2).map_or(first, |kind| kind.as_str());
            next = found
                .get(3)
                .and_then(|plus| plus.as_str().parse().ok())
                .unwrap_or(0);
            open = Some(PositionalList {
                name: name.to_owned(),
                members: Vec::new(),
                declared_as_number: true,
            });
            push_constant(&mut open, first, &mut next, index + 1);
        } else if bare.starts_with(')') || bare.contains('=') {
            lists.extend(open.take());
        } else if bare.chars().all(|c| c.is_alphanumeric() || c == '_') && !bare.is_empty() {
            push_constant(&mut open, bare, &mut next, index + 1);
        }
    }
    lists.extend(open);
    lists
}

fn push_constant(open: &mut Option<PositionalList>, name: &str, next: &mut i64, line: usize) {
    let Some(list) = open.as_mut().filter(|list| list.members.len() < MEMBERS) else {
        return;
    };
    // `_` takes a number and has no name
    if name != "_" {
        list.members.push(NumberedMember {
            name: name.to_owned(),
            number: *next,
            line,
        });
    }
    *next += 1;
}

fn list_braced_enums(text: &str, swift: bool) -> Vec<PositionalList> {
    let Some(pattern) = BRACED.as_ref().filter(|_| text.contains("enum")) else {
        return Vec::new();
    };
    let lists = pattern.captures_iter(text).filter_map(|found| {
        let (name, head, whole) = (found.get(1)?, found.get(2)?, found.get(0)?);
        let numbered = if swift {
            cut_cases(text, whole.end())
        } else {
            cut_members(text, whole.end())
        };
        let words = head.as_str().split(|c: char| !c.is_alphanumeric());
        let number = words
            .into_iter()
            .any(|word| word.starts_with("Int") || word.starts_with("UInt"));
        let list = number_members(text, name.as_str(), numbered);
        Some(PositionalList {
            // `enum State: Int` of Swift
            declared_as_number: number,
            ..list
        })
    });
    lists.collect()
}

/// A member as it is written: its name, what it is set to, and where it begins in the text.
type WrittenMember = (String, Option<String>, usize);

/// Members between braces, parted by commas; comments, annotations, arguments and bodies left out.
fn cut_members(text: &str, start: usize) -> Vec<WrittenMember> {
    let bytes = text.as_bytes();
    let (mut members, mut depth) = (Vec::new(), 0usize);
    let mut begins = start;
    let mut plain = String::new();
    let mut at = start;
    while at < bytes.len() && at - start < BYTES && members.len() < MEMBERS {
        match bytes[at] {
            // comments are cut here: the text is read byte by byte to keep the places
            b'/' if bytes.get(at + 1) == Some(&b'/') => {
                at += text[at..].find('\n').unwrap_or(text.len() - at);
                continue;
            }
            b'/' if bytes.get(at + 1) == Some(&b'*') => {
                at += text[at..].find("*/").map_or(text.len() - at, |end| end + 2);
                continue;
            }
            quote @ (b'"' | b'\'') => {
                at += 1;
                while at < bytes.len() && bytes[at] != quote && bytes[at] != b'\n' {
                    at += if bytes[at] == b'\\' { 2 } else { 1 };
                }
            }
            b'(' | b'{' | b'[' => depth += 1,
            b')' | b']' => depth = depth.saturating_sub(1),
            b'}' if depth > 0 => depth -= 1,
            end @ (b',' | b';' | b'}') if depth == 0 => {
                // arguments and bodies of members were passed over above
                push_member(&mut members, &plain, begins);
                plain.clear();
                if end != b',' {
                    return members;
                }
            }
            // letters beyond ASCII are left out, on both sides alike
            byte if depth == 0 && byte.is_ascii() => {
                if plain.trim().is_empty() && !byte.is_ascii_whitespace() {
                    begins = at;
                }
                plain.push(char::from(byte));
            }
            _ => {}
        }
        at += 1;
    }
    members
}

fn push_member(members: &mut Vec<WrittenMember>, plain: &str, at: usize) {
    let (name, value) = match plain.split_once('=') {
        Some((name, value)) => (name, Some(value.trim().to_owned())),
        None => (plain, None),
    };
    let name = name
        // `@Deprecated OPEN` names the member last
        .split_whitespace()
        .rfind(|word| !word.starts_with('@'))
        .unwrap_or_default();
    let plain_word = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_');
    if plain_word {
        members.push((name.to_owned(), value, at));
    }
}

/// Members of Swift: behind `case`, until the brace that closes the enumeration.
fn cut_cases(text: &str, start: usize) -> Vec<WrittenMember> {
    let mut members = Vec::new();
    let mut depth = 1i64;
    let mut at = start;
    for line in text[start..].split_inclusive('\n') {
        let bare = line.split("//").next().unwrap_or_default().trim();
        // cases of an enumeration within this one stand deeper
        if depth == 1
            && let Some(cases) = bare.strip_prefix("case ")
        {
            for case in cases.trim_end_matches(['}', ' ']).split(',') {
                push_member(&mut members, case, at);
            }
        }
        let opened = bare.matches('{').count() as i64 - bare.matches('}').count() as i64;
        depth += opened;
        at += line.len();
        // the brace of the enumeration itself has closed
        if depth <= 0 || at - start > BYTES || members.len() >= MEMBERS {
            break;
        }
    }
    members
}

/// Numbers by place, from what a member is set to where that is a number. Behind a value that is
/// none, numbers are not known.
fn number_members(text: &str, name: &str, written: Vec<WrittenMember>) -> PositionalList {
    let mut next = Some(0);
    let (mut line, mut counted) = (1, 0);
    let mut members = Vec::new();
    for (member, value, at) in written {
        // counted on from the last member, not from the beginning each time
        line += text[counted..at].matches('\n').count();
        counted = at;
        let number = match value {
            Some(value) => value.parse::<i64>().ok(),
            None => next,
        };
        // behind a value that is worked out no number is known
        next = number.and_then(|number| number.checked_add(1));
        if let Some(number) = number {
            members.push(NumberedMember {
                name: member,
                number,
                line,
            });
        }
    }
    PositionalList {
        name: name.to_owned(),
        members,
        declared_as_number: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(path: &str, text: &str) -> Vec<(String, i64, usize)> {
        list_positional_lists(path, text)
            .into_iter()
            .flat_map(|list| list.members)
            .map(|member| (member.name, member.number, member.line))
            .collect()
    }

    #[test]
    fn members_are_numbered_as_the_languages_do() {
        let of = |name: &str, number, line| (name.to_owned(), number, line);
        assert_eq!(
            numbers(
                "S.java",
                "enum S {\n  @Old A(\"x, y\") { int f() { return 1; } },\n  // B,\n  C;\n  int d, e;\n}\n"
            ),
            [of("A", 0, 2), of("C", 1, 4)]
        );
        assert_eq!(
            numbers("S.cs", "public enum S { A, B = 4, C }\n"),
            [of("A", 0, 1), of("B", 4, 1), of("C", 5, 1)]
        );
        assert_eq!(
            numbers("S.kt", "enum class S(val k: Int) { A(1), B(2) }\n"),
            [of("A", 0, 1), of("B", 1, 1)]
        );
        assert_eq!(
            numbers("s.go", "const (\n\tA S = iota + 1\n\t_\n\tC // last\n)\n"),
            [of("A", 1, 2), of("C", 3, 4)]
        );
        assert_eq!(
            numbers(
                "s.swift",
                "enum S: Int {\n  case a = 3, b\n  func c() {}\n  case d\n}\n"
            ),
            [of("a", 3, 2), of("b", 4, 2), of("d", 5, 4)]
        );
        assert_eq!(
            numbers("s.rb", "  enum state: [\n    :a,\n    :b\n  ]\n"),
            [of("a", 0, 2), of("b", 1, 3)]
        );
        assert_eq!(numbers("s.ts", "enum S { A = one(), B }\n"), [], "unknown");
    }

    proptest::proptest! {
        #[test]
        fn no_text_breaks_the_reader(text in "(enum|iota|case|const|[A-Z][a-z]*|[ \\n{}()\\[\\],;:=/*\"'\\\\é0-9_]){0,60}") {
            for path in ["a.java", "a.rb", "a.go", "a.swift"] {
                for list in list_positional_lists(path, &text) {
                    let lines = text.lines().count().max(1);
                    proptest::prop_assert!(list.members.iter().all(|member| member.line <= lines));
                }
            }
        }
    }
}
