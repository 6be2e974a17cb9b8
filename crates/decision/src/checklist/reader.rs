//! Pieces that every section of a checklist is read with; whatever is wrong is remarked where it
//! stands.

use std::collections::HashSet;

use span_tree::Node;

use super::catalogue::{self, Values};
use super::cel::{self, CelCondition};
use super::lint::ChecklistSource;
use super::rules::PLACEHOLDERS;
use model::{FactValue, OptionId};

impl ChecklistSource<'_> {
    /// Remarks on keys that are not offered and on keys that occur twice.
    pub(super) fn keys(&mut self, node: Node<'_>, offered: &[&str]) {
        let mut seen = HashSet::new();
        for (key, _) in node.entries() {
            let name = key.text().unwrap_or_default();
            if !offered.contains(&name) {
                let near = catalogue::find_nearest_candidate(name, offered.iter().copied());
                let hint = near.map_or_else(
                    || format!("known here are {}", offered.join(", ")),
                    |near| format!("did you mean {near}?"),
                );
                self.error(key, format!("there is no key {name} here; {hint}"), None);
            } else if !seen.insert(name) {
                self.error(key, format!("the key {name} occurs twice"), None);
            }
        }
    }

    /// Entries of a list, each with its own id; disabled ones are left out.
    pub(super) fn entries<T>(
        &mut self,
        root: Node<'_>,
        section: &str,
        id: &str,
        read: fn(&mut Self, Node<'_>) -> Option<T>,
    ) -> Vec<T> {
        let Some(node) = root.get(section) else {
            return Vec::new();
        };
        if !node.is_sequence() {
            self.error(
                node,
                format!("{section} is a list"),
                Some(format!("- {id}: …")),
            );
            return Vec::new();
        }
        let (mut seen, mut out) = (HashSet::new(), Vec::new());
        for item in node.items() {
            if !item.is_mapping() {
                self.error(
                    item,
                    format!("an entry of {section} is a mapping"),
                    Some(format!("{{{id}: …}}")),
                );
                continue;
            }
            let Some(name) = item
                .get(id)
                .and_then(Node::text)
                .filter(|name| !name.is_empty())
            else {
                self.error(
                    item,
                    format!("an entry of {section} needs {id}"),
                    Some(format!("{id}: …")),
                );
                continue;
            };
            if !seen.insert(name) {
                self.error(item, format!("{id} {name} occurs twice in {section}"), None);
                continue;
            }
            if item.get("disable").and_then(Node::as_bool) == Some(true) {
                self.keys(item, &[id, "disable"]);
                continue;
            }
            out.extend(read(self, item));
        }
        out
    }

    pub(super) fn string(&mut self, node: Node<'_>) -> String {
        match node.text() {
            Some(text) if text.chars().count() <= 2000 => model::visible_lines(text.trim_end()),
            Some(_) => {
                self.error(node, "the text has more than 2000 characters", None);
                String::new()
            }
            None => {
                self.error(node, "a text is expected here", None);
                String::new()
            }
        }
    }

    pub(super) fn need_text(&mut self, node: Node<'_>, key: &str) -> Option<String> {
        match node.get(key) {
            Some(value) => Some(self.string(value)),
            None => {
                self.error(node, format!("{key} is missing"), Some(format!("{key}: …")));
                None
            }
        }
    }

    pub(super) fn number(&mut self, node: Node<'_>, what: &str, most: f64) -> f64 {
        match node.as_number() {
            Some(number) if number.is_finite() && (0.0..=most).contains(&number) => number,
            _ => {
                self.error(node, format!("{what} is a number from 0 to {most}"), None);
                0.0
            }
        }
    }

    /// A sentence whose placeholders are checked.
    pub(super) fn sentence(&mut self, node: Node<'_>, key: &str) -> Option<String> {
        let value = node.get(key);
        let text = self.need_text(node, key)?;
        if let Some(value) = value {
            self.placeholders(value, &text);
        }
        Some(text)
    }

    pub(super) fn optional(&mut self, node: Node<'_>, key: &str) -> String {
        if node.get(key).is_some() {
            self.sentence(node, key).unwrap_or_default()
        } else {
            String::new()
        }
    }

    pub(super) fn placeholders(&mut self, at: Node<'_>, text: &str) {
        let mut rest = text;
        let mut before = 0;
        while let Some(open) = rest.find('{') {
            let offset = before + rest[..open].chars().count();
            let Some(inner) = find_braced_text(&rest[open..]) else {
                self.inside(
                    at,
                    cel::ConditionProblem {
                        offset,
                        says: "the brace { is never closed".to_owned(),
                        suggestion: None,
                    },
                );
                return;
            };
            let (name, key) = inner
                .split_once(':')
                .map_or((inner, None), |(name, key)| (name, Some(key)));
            if !PLACEHOLDERS.contains(&name) {
                let near = catalogue::find_nearest_candidate(name, PLACEHOLDERS.into_iter())
                    .map(|near| format!("{{{near}}}"));
                self.inside(
                    at,
                    cel::ConditionProblem {
                        offset,
                        says: format!("there is no placeholder {{{name}}}"),
                        suggestion: near,
                    },
                );
            } else if let Some(key) = key.map(|key| key.split('|').next().unwrap_or(key)) {
                let pattern = key.replacen("dependent.", "dependent[].", 1);
                if catalogue::find_fact_definition(&pattern).is_none() {
                    let near =
                        catalogue::nearest_key(&pattern).map(|near| format!("{{{name}:{near}}}"));
                    self.inside(
                        at,
                        cel::ConditionProblem {
                            offset,
                            says: format!("there is no fact {key}"),
                            suggestion: near,
                        },
                    );
                }
            }
            let step = open + inner.len() + 2;
            before += rest[..step].chars().count();
            rest = &rest[step..];
        }
    }

    pub(super) fn condition(
        &mut self,
        node: Node<'_>,
        key: &str,
        per_dependent: bool,
    ) -> Option<CelCondition> {
        let Some(value) = node.get(key) else {
            self.error(
                node,
                format!("{key} is missing"),
                Some(format!("{key}: impact.now == \"down\"")),
            );
            return None;
        };
        let Some(text) = value.text() else {
            self.error(
                value,
                format!("{key} is a condition in CEL"),
                Some("impact.now == \"down\"".to_owned()),
            );
            return None;
        };
        match cel::compile_condition(text, per_dependent) {
            Ok(condition) => Some(condition),
            Err(problem) => {
                self.inside(value, problem);
                None
            }
        }
    }

    /// A fact's key as questions and gates name it.
    pub(super) fn fact(&mut self, node: Node<'_>) -> Option<String> {
        let key = node.text().unwrap_or_default();
        if catalogue::list_fact_definitions()
            .iter()
            .any(|def| def.key == key)
        {
            return Some(key.to_owned());
        }
        self.error(
            node,
            format!("there is no fact {key}"),
            catalogue::nearest_key(key).map(str::to_owned),
        );
        None
    }

    pub(super) fn facts(&mut self, node: Node<'_>) -> Vec<String> {
        let Some(list) = node.get("facts") else {
            self.error(
                node,
                "facts is missing",
                Some("facts: [impact.now]".to_owned()),
            );
            return Vec::new();
        };
        list.items().filter_map(|item| self.fact(item)).collect()
    }

    pub(super) fn value(&mut self, fact: &str, node: Node<'_>) -> Option<FactValue> {
        let text = node.text().unwrap_or_default();
        // an unquoted yes of YAML 1.2 is text, but an unquoted true is not a word of any domain
        match catalogue::parse_fact_value(fact, text) {
            Ok(value) if catalogue::is_admissible_value(fact, &value) => Some(value),
            Ok(_) => None,
            Err(says) => {
                let near = catalogue::find_fact_definition(fact).and_then(|def| match def.values {
                    Values::Words(words) => {
                        catalogue::find_nearest_candidate(text, words.iter().copied())
                            .map(str::to_owned)
                    }
                    Values::Number(_) => None,
                });
                self.error(node, says, near);
                None
            }
        }
    }

    pub(super) fn option(&mut self, node: Node<'_>) -> Option<OptionId> {
        let name = node.text().unwrap_or_default();
        let found = OPTIONS.into_iter().find(|option| option.id() == name);
        if found.is_none() {
            let near =
                catalogue::find_nearest_candidate(name, OPTIONS.into_iter().map(OptionId::id))
                    .map(str::to_owned);
            self.error(node, format!("there is no option {name}"), near);
        }
        found
    }

    pub(super) fn options(&mut self, node: Node<'_>, key: &str) -> Vec<OptionId> {
        node.get(key)
            .map(|list| list.items().filter_map(|item| self.option(item)).collect())
            .unwrap_or_default()
    }
}

/// Every option, as files name them.
pub(super) const OPTIONS: [OptionId; 10] = [
    OptionId::Go,
    OptionId::NoGo,
    OptionId::Hold,
    OptionId::StopHarm,
    OptionId::FlagOff,
    OptionId::ShiftTraffic,
    OptionId::RollBack,
    OptionId::RollBackWithConditions,
    OptionId::RollForward,
    OptionId::Restore,
];

/// What stands between the brace at the start of `text` and the one that closes it.
pub(crate) fn find_braced_text(text: &str) -> Option<&str> {
    let mut depth = 0;
    for (at, c) in text.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => {
                depth -= 1;
                if depth == 0 {
                    return text.get(1..at);
                }
            }
            _ => {}
        }
    }
    None
}
