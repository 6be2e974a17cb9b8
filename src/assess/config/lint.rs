//! The linter of `backout.yaml`: walks the span tree along the shape, names every problem with line
//! and column, and keeps what is right.

use serde_yaml::{Mapping, Value};
use span_tree::{Limits, Node, Scalar, Tree};

use super::shape::{CONFIG, ConfigKey, ConfigShape};
use crate::model::{escape_invisible, shorten_text};

/// Values that are followed in all, aliases counted each time.
const VALUES: usize = 20_000;

/// Deepest nesting.
const DEPTH: usize = 24;

/// Longest text, in bytes.
const TEXT: usize = 4_096;

/// One remark: where, what, and what to write instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigProblem {
    /// File, as shown.
    pub file: String,
    /// Line, from 1; 0 for the whole file.
    pub line: usize,
    /// Column, from 1; 0 for the whole file.
    pub column: usize,
    /// What is wrong.
    pub says: String,
    /// What to write instead.
    pub suggestion: Option<String>,
}

impl ConfigProblem {
    /// A problem of the whole file.
    pub(super) fn whole(file: &str, says: String) -> Self {
        Self {
            file: file.to_owned(),
            line: 0,
            column: 0,
            says,
            suggestion: None,
        }
    }

    /// `file:line:column`.
    pub fn place(&self) -> String {
        if self.line == 0 {
            self.file.clone()
        } else {
            format!("{}:{}:{}", self.file, self.line, self.column)
        }
    }

    /// Without the place.
    pub fn sentence(&self) -> String {
        match &self.suggestion {
            Some(suggestion) => format!("{}; {suggestion}", self.says),
            None => self.says.clone(),
        }
    }
}

impl std::fmt::Display for ConfigProblem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.place(), self.sentence())
    }
}

struct Linter<'a> {
    file: &'a str,
    problems: Vec<ConfigProblem>,
    left: usize,
}

/// Lints a text. The value holds what is right; it is an empty mapping where nothing is.
pub fn lint_config(text: &str, file: &str) -> (Value, Vec<ConfigProblem>) {
    let empty = Value::Mapping(Mapping::new());
    let limits = Limits {
        depth: DEPTH,
        nodes: VALUES,
        bytes: super::LIMIT as usize,
    };
    let tree = match Tree::parse_with(text, limits) {
        Ok(tree) => tree,
        Err(error) => {
            let (line, column, says) = match &error {
                span_tree::Error::Syntax {
                    line,
                    column,
                    message,
                } => (
                    *line,
                    *column,
                    format!("this is not YAML: {}", escape_invisible(message)),
                ),
                other => (other.line(), 1, other.to_string()),
            };
            return (
                empty,
                vec![ConfigProblem {
                    file: file.to_owned(),
                    line,
                    column,
                    says,
                    suggestion: None,
                }],
            );
        }
    };
    let mut linter = Linter {
        file,
        problems: Vec::new(),
        left: VALUES,
    };
    let Some(root) = tree.root() else {
        return (empty, Vec::new());
    };
    if let Some(second) = tree.roots().nth(1) {
        linter.says(
            second,
            "only the first document of the file is read".to_owned(),
            None,
        );
    }
    let value = linter
        .value(root, &CONFIG)
        .filter(Value::is_mapping)
        .unwrap_or(empty);
    (value, linter.problems)
}

impl Linter<'_> {
    fn says(&mut self, at: Node<'_>, says: String, suggestion: Option<String>) {
        self.problems.push(ConfigProblem {
            file: self.file.to_owned(),
            line: at.line(),
            column: at.column(),
            says,
            suggestion,
        });
    }

    fn wrong(&mut self, at: Node<'_>, wanted: &str) -> Option<Value> {
        let found = match at.scalar() {
            Some(Scalar::Null) => "nothing".to_owned(),
            Some(Scalar::Text(text)) => format!("`{}`", escape_invisible(&shorten_text(text, 40))),
            Some(Scalar::Bool(value)) => format!("`{value}`"),
            Some(Scalar::Number(number)) => format!("`{number}`"),
            None if at.is_mapping() => "a mapping".to_owned(),
            None => "a list".to_owned(),
        };
        self.says(at, format!("{wanted} is expected here, not {found}"), None);
        None
    }

    /// The value where it is right, else `None` after naming what is wrong. An empty value stands
    /// for the default.
    fn value(&mut self, at: Node<'_>, shape: &ConfigShape) -> Option<Value> {
        self.left = match self.left.checked_sub(1) {
            Some(0) | None => {
                if self.left == 1 {
                    self.says(
                        at,
                        format!("more than {VALUES} values, aliases counted; the rest is left out"),
                        None,
                    );
                }
                self.left = 0;
                return None;
            }
            Some(left) => left,
        };
        match shape {
            ConfigShape::Text => self.text(at),
            ConfigShape::Glob => self.glob(at),
            ConfigShape::Tri => match at.scalar() {
                Some(Scalar::Bool(value)) => Some(Value::Bool(value)),
                Some(Scalar::Text(word)) if ["yes", "no", "unknown"].contains(&word) => {
                    Some(Value::String(word.to_owned()))
                }
                _ => self.wrong(at, "true, false or unknown"),
            },
            ConfigShape::Word(words) => match at.text() {
                Some(word) if words.contains(&word) => Some(Value::String(word.to_owned())),
                Some(word) => {
                    let suggestion = find_nearest_config_word(word, words).map_or_else(
                        || format!("write one of {}", words.join(", ")),
                        |near| format!("did you mean `{near}`?"),
                    );
                    self.says(
                        at,
                        format!(
                            "`{}` is not known here",
                            escape_invisible(&shorten_text(word, 40))
                        ),
                        Some(suggestion),
                    );
                    None
                }
                None => self.wrong(at, &format!("one of {}", words.join(", "))),
            },
            ConfigShape::List(_)
            | ConfigShape::Map(_)
            | ConfigShape::Keyed(..)
            | ConfigShape::Record(_)
                if at.is_null() =>
            {
                None
            }
            ConfigShape::List(item) if at.is_sequence() => Some(Value::Sequence(
                at.items()
                    .filter_map(|node| self.value(node, item))
                    .collect(),
            )),
            ConfigShape::List(_) => self.wrong(at, "a list"),
            ConfigShape::Map(_) | ConfigShape::Keyed(..) | ConfigShape::Record(_)
                if !at.is_mapping() =>
            {
                self.wrong(at, "a mapping")
            }
            ConfigShape::Map(value) => Some(self.mapping(at, None, |_| Some(value))),
            ConfigShape::Keyed(names, value) => {
                Some(self.mapping(at, Some(names), |_| Some(value)))
            }
            ConfigShape::Record(keys) => self.record(at, keys),
        }
    }

    fn glob(&mut self, at: Node<'_>) -> Option<Value> {
        let value = self.text(at)?;
        match crate::check::globs::build_glob(value.as_str().unwrap_or_default()) {
            Ok(_) => Some(value),
            Err(why) => {
                self.says(
                    at,
                    format!("this glob cannot be used: {}", escape_invisible(&why)),
                    None,
                );
                None
            }
        }
    }

    /// A mapping with keys of its own, of which some are needed.
    fn record(&mut self, at: Node<'_>, keys: &[ConfigKey]) -> Option<Value> {
        let names: Vec<&str> = keys.iter().map(|key| key.name).collect();
        let value = self.mapping(at, Some(&names), |name| {
            keys.iter()
                .find(|key| key.name == name)
                .map(|key| &key.shape)
        });
        if let Some(missing) = keys
            .iter()
            .find(|key| key.needed && value.get(key.name).is_none())
        {
            if at.get(missing.name).is_none() {
                self.says(
                    at,
                    format!("`{}` is missing", missing.name),
                    Some(missing.says.to_owned()),
                );
            }
            return None;
        }
        Some(value)
    }

    fn mapping<'s>(
        &mut self,
        at: Node<'_>,
        names: Option<&[&str]>,
        shape: impl Fn(&str) -> Option<&'s ConfigShape>,
    ) -> Value {
        let mut mapping = Mapping::new();
        for (name, node) in at.entries() {
            let Some(text) = name.text() else {
                self.says(name, "a key is expected here".to_owned(), None);
                continue;
            };
            if text == "<<" {
                self.says(
                    name,
                    "merge keys are not read here".to_owned(),
                    Some("write the keys out".to_owned()),
                );
                continue;
            }
            let shown = escape_invisible(&shorten_text(text, 40)).into_owned();
            if names.is_some_and(|names| !names.contains(&text)) {
                let known = names.unwrap_or_default();
                let suggestion = find_nearest_config_word(text, known).map_or_else(
                    || format!("known here are {}", known.join(", ")),
                    |near| format!("did you mean `{near}`?"),
                );
                self.says(
                    name,
                    format!("`{shown}` is not a key that is known here"),
                    Some(suggestion),
                );
                continue;
            }
            if mapping.contains_key(text) {
                self.says(
                    name,
                    format!("`{shown}` is here twice; the first one counts"),
                    None,
                );
                continue;
            }
            if let Some(value) = shape(text).and_then(|shape| self.value(node, shape)) {
                mapping.insert(Value::String(text.to_owned()), value);
            }
        }
        Value::Mapping(mapping)
    }

    fn text(&mut self, at: Node<'_>) -> Option<Value> {
        match (at.text(), at.is_null()) {
            (Some(text), false) if text.len() > TEXT => {
                self.says(
                    at,
                    format!(
                        "{} bytes of text, more than the {TEXT} that are read",
                        text.len()
                    ),
                    None,
                );
                None
            }
            (Some(text), false) if text.chars().any(char::is_control) => {
                self.says(
                    at,
                    format!(
                        "`{}` has control characters",
                        escape_invisible(&shorten_text(text, 40))
                    ),
                    None,
                );
                None
            }
            (Some(text), false) => Some(Value::String(text.to_owned())),
            _ => self.wrong(at, "text"),
        }
    }
}

/// The word that is meant, when one is near: at most a third of its letters differ.
pub(super) fn find_nearest_config_word<'w>(word: &str, words: &[&'w str]) -> Option<&'w str> {
    if word.chars().count() > 64 {
        return None;
    }
    let scored = words
        .iter()
        .map(|known| (count_letter_edits(word, known), *known));
    scored
        .min()
        .filter(|(distance, known)| *distance <= (known.len().max(3) / 3).max(1))
        .map(|(_, known)| known)
}

/// Letters to insert, delete, replace, or swap with their neighbour.
fn count_letter_edits(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (
        a.to_lowercase().chars().collect(),
        b.to_lowercase().chars().collect(),
    );
    let mut rows: Vec<Vec<usize>> = vec![(0..=b.len()).collect()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let replace = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut best = replace.min(rows[i - 1][j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            row.push(best);
        }
        rows.push(row);
    }
    rows.last()
        .and_then(|row| row.last())
        .copied()
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn lines(text: &str) -> Vec<String> {
        lint_config(text, "backout.yaml")
            .1
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    #[test]
    fn a_typing_error_gets_the_nearest_key() {
        assert_eq!(
            lines("serivce: a\n"),
            [
                "backout.yaml:1:1: `serivce` is not a key that is known here; did you mean \
                    `service`?"
            ]
        );
        assert_eq!(
            lines("database:\n  dialects: [postgres]\n"),
            ["backout.yaml:2:14: `postgres` is not known here; did you mean `postgresql`?"]
        );
        assert!(lines("zzzzzzzz: a\n")[0].contains("known here are service, services"));
    }

    #[test]
    fn wrong_types_and_globs_have_their_place() {
        assert_eq!(
            lines("roles: owner\n"),
            ["backout.yaml:1:8: a list is expected here, not `owner`"]
        );
        assert_eq!(
            lines("dependents:\n  - repository: ../shop\n"),
            ["backout.yaml:2:5: `name` is missing; Its name."]
        );
        assert!(
            lines("kinds:\n  styling: ['a', '[b']\n")[0]
                .starts_with("backout.yaml:2:18: this glob cannot be used")
        );
        assert_eq!(
            lines("service: a\nservice: b\n"),
            ["backout.yaml:2:1: `service` is here twice; the first one counts"]
        );
        assert_eq!(
            lines("dependents: [{name: a, copes: maybe}]\n"),
            ["backout.yaml:1:31: true, false or unknown is expected here, not `maybe`"]
        );
    }

    #[test]
    fn the_rest_of_a_wrong_file_is_kept() {
        let (value, _) = lint_config(
            "service: a\nroles: 3\ndependents: [{name: b}, {live: 1}]\n",
            "x",
        );
        assert_eq!(value.get("service").and_then(Value::as_str), Some("a"));
        assert_eq!(
            value
                .get("dependents")
                .and_then(Value::as_sequence)
                .map(Vec::len),
            Some(1)
        );
        assert!(value.get("roles").is_none());
    }

    proptest! {
        #[test]
        fn any_text_is_linted_and_what_is_kept_loads(text in "[a-z{}\\[\\]:,'\"*&\\- \
            \n<>|]{0,200}") {
            let (value, _) = lint_config(&text, "x");
            prop_assert!(serde_yaml::from_value::<crate::model::Config>(value).is_ok());
        }
    }
}
