//! Whether two texts of a data file hold the same values in the same order: another layout, quotes
//! and remarks are no change to whoever reads it.
//!
//! The order of keys counts, because programs read some mappings as lists: the first address that
//! fits, the first rule that counts.

use span_tree::{Limits, Node, Tree};
use toml_edit::{Document, Item, TableLike, Value};

/// Longest text that is read, in bytes. Settings are shorter; beyond it the file counts as changed.
const LENGTH: usize = 512 * 1024;
/// Most values that are held against each other: an alias is followed each time it stands there,
/// and a hostile file has aliases to aliases.
const VALUES: usize = 100_000;
/// Deepest nesting that is followed.
const DEPTH: usize = 100;

/// The languages of data whose values are compared here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum DataLanguage {
    /// YAML, and JSON with it.
    Yaml,
    Toml,
}

fn find_data_language(path: &str) -> Option<DataLanguage> {
    let end = path.rsplit_once('.')?.1.to_ascii_lowercase();
    match end.as_str() {
        "yaml" | "yml" | "json" => Some(DataLanguage::Yaml),
        "toml" => Some(DataLanguage::Toml),
        _ => None,
    }
}

/// A file of this name may hold values that [`hold_same_values`] compares.
pub(super) fn may_hold_values(path: &str) -> bool {
    // tools of migrations keep a sum of the text
    let lower = path.to_ascii_lowercase();
    find_data_language(path).is_some() && !lower.contains("migrat") && !lower.contains("changelog")
}

/// Whether both texts hold the same values in the same order. What cannot be read is not the same.
pub(super) fn hold_same_values(path: &str, old: &str, new: &str) -> bool {
    if old.len().max(new.len()) > LENGTH || read_first_line(old) != read_first_line(new) {
        return false;
    }
    match find_data_language(path) {
        // what a template fills in is not known, and a tag changes what a value is
        Some(DataLanguage::Yaml) if [old, new].iter().any(|text| fills_in_or_tags(text)) => false,
        Some(DataLanguage::Yaml) => hold_same_yaml(old, new),
        Some(DataLanguage::Toml) => hold_same_toml(old, new),
        None => false,
    }
}

/// The first line where it is a mark that a tool reads: `#!`, `#cloud-config`, `# yaml-language`.
fn read_first_line(text: &str) -> Option<&str> {
    let first = text.lines().next()?.trim_end();
    let marks = ["#!", "#cloud-config", "%YAML", "%TAG"];
    marks
        .iter()
        .any(|mark| first.starts_with(mark))
        .then_some(first)
}

/// A template fills the text in, or a tag says what a value is (`!Ref`, `!vault`), which the tree
/// does not keep.
fn fills_in_or_tags(text: &str) -> bool {
    let tag = |at: usize| {
        let before = text[..at].chars().next_back();
        before.is_none_or(|c| c.is_whitespace() || matches!(c, '[' | ',' | '{' | ':'))
            && text[at + 1..].starts_with(|c: char| c.is_ascii_alphabetic() || c == '!')
    };
    text.contains("{{") || text.contains("{%") || text.match_indices('!').any(|(at, _)| tag(at))
}

fn hold_same_yaml(old: &str, new: &str) -> bool {
    let limits = Limits {
        depth: DEPTH,
        nodes: VALUES,
        bytes: LENGTH,
    };
    let read = |text: &str| Tree::parse_with(text, limits).ok();
    let (Some(old), Some(new)) = (read(old), read(new)) else {
        return false;
    };
    let mut left = VALUES;
    let mut both = old.roots().zip(new.roots());
    old.roots().count() == new.roots().count()
        && both.all(|(old, new)| is_same_node(old, new, DEPTH, &mut left))
}

/// Whether two nodes hold the same; `left` values may still be looked at, `depth` levels deep.
fn is_same_node(old: Node<'_>, new: Node<'_>, depth: usize, left: &mut usize) -> bool {
    if *left == 0 || depth == 0 {
        return false;
    }
    *left -= 1;
    if old.is_mapping() && new.is_mapping() {
        return old.entries().count() == new.entries().count()
            && old.entries().zip(new.entries()).all(|(old, new)| {
                is_same_node(old.0, new.0, depth - 1, left)
                    && is_same_node(old.1, new.1, depth - 1, left)
            });
    }
    if old.is_sequence() && new.is_sequence() {
        return old.items().count() == new.items().count()
            && old
                .items()
                .zip(new.items())
                .all(|(old, new)| is_same_node(old, new, depth - 1, left));
    }
    match (old.scalar(), new.scalar()) {
        (Some(before), Some(now)) => {
            before == now
                // `1.10` and `1.1` are one number and two versions
                && old.text() == new.text()
                && (old.is_plain() == new.is_plain()
                    || old.text().is_some_and(is_text_in_any_yaml))
        }
        (None, None) => old.is_null() && new.is_null(),
        _ => false,
    }
}

/// A word that every reader of YAML takes for a text, with quotes or without.
fn is_text_in_any_yaml(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let switch = matches!(lower.as_str(), "y" | "yes" | "n" | "no" | "on" | "off");
    !switch && text.starts_with(|c: char| c.is_alphabetic() || matches!(c, '/' | '_'))
}

fn hold_same_toml(old: &str, new: &str) -> bool {
    let read = |text: &str| Document::parse(text.to_owned()).ok();
    let (Some(old), Some(new)) = (read(old), read(new)) else {
        return false;
    };
    is_same_table(old.as_table(), new.as_table(), DEPTH)
}

fn is_same_table(old: &dyn TableLike, new: &dyn TableLike, depth: usize) -> bool {
    depth > 0
        && old.len() == new.len()
        && old
            .iter()
            .zip(new.iter())
            .all(|(old, new)| old.0 == new.0 && is_same_item(old.1, new.1, depth - 1))
}

fn is_same_item(old: &Item, new: &Item, depth: usize) -> bool {
    if depth == 0 {
        return false;
    }
    if let (Some(old), Some(new)) = (old.as_table_like(), new.as_table_like()) {
        return is_same_table(old, new, depth);
    }
    if let (Some(old), Some(new)) = (old.as_array_of_tables(), new.as_array_of_tables()) {
        return old.len() == new.len()
            && old
                .iter()
                .zip(new.iter())
                .all(|(old, new)| is_same_table(old, new, depth - 1));
    }
    match (old.as_value(), new.as_value()) {
        (Some(old), Some(new)) => is_same_value(old, new, depth),
        _ => old.is_none() && new.is_none(),
    }
}

fn is_same_value(old: &Value, new: &Value, depth: usize) -> bool {
    if depth == 0 {
        return false;
    }
    match (old, new) {
        (Value::Array(old), Value::Array(new)) => {
            old.len() == new.len()
                && old
                    .iter()
                    .zip(new.iter())
                    .all(|(old, new)| is_same_value(old, new, depth - 1))
        }
        (Value::InlineTable(old), Value::InlineTable(new)) => is_same_table(old, new, depth - 1),
        (Value::String(old), Value::String(new)) => old.value() == new.value(),
        (Value::Integer(old), Value::Integer(new)) => old.value() == new.value(),
        (Value::Float(old), Value::Float(new)) => old.value() == new.value(),
        (Value::Boolean(old), Value::Boolean(new)) => old.value() == new.value(),
        (Value::Datetime(old), Value::Datetime(new)) => old.value() == new.value(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layout_quotes_and_remarks_are_no_change() {
        for (path, old, new) in [
            (
                "a.json",
                "{\"a\":{\"b\":[1,2]}}",
                "{\n \"a\": {\"b\": [1, 2]}\n}\n",
            ),
            (
                "compose.yml",
                "services:\n  db: {image: \"postgres:16\"}\n",
                "# here\nservices:\n  db:\n    image: postgres:16 # kept\n",
            ),
            (
                "a.toml",
                "[a]\nb = 1\nc = ['d']\n",
                "# e\n[a]\nb    = 1 # f\nc = [\n  \"d\",\n]\n",
            ),
            ("a.yaml", "a: &x {b: 1}\nc: *x\n", "a: {b: 1}\nc: {b: 1}\n"),
        ] {
            assert!(
                may_hold_values(path) && hold_same_values(path, old, new),
                "{path}"
            );
        }
    }

    #[test]
    fn another_value_order_or_mark_is_a_change() {
        for (path, old, new) in [
            ("a.json", "{\"a\":1}", "{\"a\":2}"),
            ("a.json", "{\"a\":1,\"b\":2}", "{\"b\":2,\"a\":1}"),
            ("a.yaml", "a: [1, 2]\n", "a: [2, 1]\n"),
            // older readers take the first for true and 493
            ("a.yaml", "a: yes\n", "a: \"yes\"\n"),
            ("a.yaml", "mode: 0755\n", "mode: \"0755\"\n"),
            ("a.yaml", "version: 1.10\n", "version: 1.1\n"),
            ("a.yaml", "a: !Ref b\n", "a: b\n"),
            ("a.yaml", "a: {{ b }}\n", "a: {{ b }} # c\n"),
            ("a.yaml", "#cloud-config\na: 1\n", "a: 1\n"),
            ("a.yaml", "a: 1\n---\nb: 1\n", "a: 1\n"),
            ("a.toml", "a = 1\n", "a = \"1\"\n"),
            ("a.toml", "[[a]]\nb = 1\n", "[[a]]\nb = 1\n[[a]]\nb = 1\n"),
            ("a.toml", "a = ", "a = "),
        ] {
            assert!(!hold_same_values(path, old, new), "{path}: {old}");
        }
        assert!(!may_hold_values("db/changelog/1.yaml") && !may_hold_values("a.xml"));
    }

    #[test]
    fn aliases_to_aliases_end() {
        let mut text = "a0: &a0 [x, x, x, x, x, x, x, x]\n".to_owned();
        for at in 1..12 {
            let before = at - 1;
            let all = vec![format!("*a{before}"); 8].join(", ");
            text.push_str(&format!("a{at}: &a{at} [{all}]\n"));
        }
        assert!(!hold_same_values("a.yaml", &text, &format!("{text}# b\n")));
    }
}
