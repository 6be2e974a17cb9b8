//! Values that stand in the place of another one: a line of both releases that differs in one text
//! only.

use std::collections::HashMap;

use coverage::changed_lines::ChangedLines;

// a longer line is made by a tool, and its texts are no names of places
/// Longest line and longest value that are looked at, in bytes.
const LINE: usize = 1_000;
const VALUE: usize = 160;

// a file with more is a list of words
/// Most values of one file.
const MOST: usize = 200;

/// A value with what it was before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ChangedValue {
    pub old: String,
    pub new: String,
    /// Lines in both texts, from 1.
    pub old_line: usize,
    pub new_line: usize,
    /// The rest of the line, the same in both, with a hole in the place of each text.
    pub around: String,
    /// The name that the value is given, where the line gives it one.
    pub constant: Option<String>,
}

/// The values of a file that changed. In `settings` a value stands behind a key without quotes.
pub(super) fn list_changed_values(old: &str, new: &str, settings: bool) -> Vec<ChangedValue> {
    let lines = ChangedLines::between(Some(old), Some(new));
    let mut before: HashMap<String, Vec<(usize, Vec<&str>)>> = HashMap::new();
    let cut = |line| {
        if settings {
            cut_setting(line)
        } else {
            cut_texts(line)
        }
    };
    for (number, line) in lines.gone.iter().filter(|(_, line)| line.len() <= LINE) {
        let (around, values) = cut(line);
        before.entry(around).or_default().push((*number, values));
    }
    let mut found = Vec::new();
    for (number, line) in lines.fresh.iter().filter(|(_, line)| line.len() <= LINE) {
        let (around, values) = cut(line);
        let Some(others) = before.get_mut(&around).filter(|others| !others.is_empty()) else {
            continue;
        };
        // equal lines are met in their order
        let (old_line, was) = others.remove(0);
        // two values that changed in one line do not tell which took the place of which
        let mut pairs = was.iter().zip(&values).filter(|(was, is)| was != is);
        let (Some((was, is)), None) = (pairs.next(), pairs.next()) else {
            continue;
        };
        // a long text is a sentence or a program
        if was.len().max(is.len()) > VALUE || found.len() >= MOST {
            continue;
        }
        found.push(ChangedValue {
            old: (*was).to_owned(),
            new: (*is).to_owned(),
            old_line,
            new_line: *number,
            constant: find_given_name(&around),
            around,
        });
    }
    found
}

/// A line without its texts in quotes, and these.
fn cut_texts(line: &str) -> (String, Vec<&str>) {
    let (mut around, mut values, mut rest) = (String::new(), Vec::new(), line);
    while let Some(at) = rest.find(['"', '\'', '`']) {
        let Some(sign) = rest[at..].chars().next() else {
            break;
        };
        let behind = &rest[at + 1..];
        let Some(end) = behind.find(sign) else {
            break;
        };
        around.push_str(&rest[..at]);
        around.push('\u{0}');
        values.push(&behind[..end]);
        rest = &behind[end + 1..];
    }
    around.push_str(rest);
    (around, values)
}

/// The key of a line of settings, and its value.
fn cut_setting(line: &str) -> (String, Vec<&str>) {
    let plain = line.trim();
    // `{name: REDIS_URL, value: "redis://cache:6379/0"}` and lists are read by their quotes
    if plain.contains(['{', '[']) || plain.matches(['"', '\'']).count() > 2 {
        return cut_texts(plain);
    }
    // the first sign of the two ends the key
    let end = plain.find('=').into_iter().chain(plain.find(": ")).min();
    match end {
        Some(end) => {
            let value = plain[end + 1..].trim().trim_matches(['"', '\'']);
            (plain[..end].to_owned(), vec![value])
        }
        None => (plain.to_owned(), Vec::new()),
    }
}

/// `ORDERS` of `public static final String ORDERS = `, `fileName` of `const fileName = `.
fn find_given_name(around: &str) -> Option<String> {
    // without `=` nothing is given a name: the value is an argument
    let (left, right) = around.split_once('=')?;
    // a comparison and a call give nothing a name
    if right.starts_with(['=', '>']) || left.ends_with(['!', '<', '>', '=']) || left.contains('(') {
        return None;
    }
    let left = left.trim_end_matches([':', ' ']);
    let left = left.split(": ").next().unwrap_or(left);
    let name = left
        .rsplit(|c: char| !(c.is_alphanumeric() || c == '_'))
        .find(|word| word.len() > 2)?;
    // Go gives the type behind the name
    let name = match left.split_whitespace().collect::<Vec<_>>()[..] {
        [name, "string"] | [_, name, "string"] => name,
        _ => name,
    };
    Some(name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_met_by_the_one_that_it_replaces() {
        let one = |old: &str, new: &str, settings: bool| {
            list_changed_values(old, new, settings)
                .first()
                .map(|value| (value.old.clone(), value.new.clone(), value.constant.clone()))
        };
        let is = |old: &str, new: &str, name: Option<&str>| {
            Some((old.to_owned(), new.to_owned(), name.map(str::to_owned)))
        };
        assert_eq!(
            one(
                "const fileName = \"a.db\"\n",
                "const fileName = \"b.db\"\n",
                false
            ),
            is("a.db", "b.db", Some("fileName"))
        );
        assert_eq!(
            one(
                "  static final String ORDERS = \"a\";\n",
                "  static final String ORDERS = \"b\";\n",
                false
            ),
            is("a", "b", Some("ORDERS"))
        );
        assert_eq!(
            one("open('a', 'x')\n", "open('b', 'x')\n", false),
            is("a", "b", None)
        );
        assert_eq!(one("topic: a\n", "topic: b\n", true), is("a", "b", None));
        assert_eq!(
            one(
                "- {name: U, value: \"a\"}\n",
                "- {name: U, value: \"b\"}\n",
                true
            ),
            is("a", "b", None)
        );
        // two texts, or another line
        assert_eq!(one("f('a', 'b')\n", "f('c', 'd')\n", false), None);
        assert_eq!(one("f('a')\n", "g('b')\n", false), None);
    }
}
