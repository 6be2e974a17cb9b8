//! Gates of a checklist file, and how facts are phrased.

use super::catalogue::{self, Values};
use super::lint::ChecklistSource;
use super::rules::Phrases;
use super::{GateItem, GateList};
use model::Gate;
use span_tree::Node;

impl ChecklistSource<'_> {
    pub(super) fn gate(&mut self, node: Node<'_>) -> Option<GateList> {
        self.keys(
            node,
            &[
                "gate", "title", "deployed", "ignores", "not_yet", "items", "disable",
            ],
        );
        let name = node.get("gate")?;
        let Some(gate) = Gate::ALL
            .into_iter()
            .find(|gate| Some(gate.id()) == name.text())
        else {
            let near = catalogue::find_nearest_candidate(
                name.text().unwrap_or_default(),
                Gate::ALL.into_iter().map(Gate::id),
            )
            .map(str::to_owned);
            self.error(
                name,
                format!("there is no gate {}", name.text().unwrap_or_default()),
                near,
            );
            return None;
        };
        Some(GateList {
            gate,
            title: self.optional(node, "title"),
            deployed: self.optional(node, "deployed"),
            ignores: node
                .get("ignores")
                .map(|list| list.items().filter_map(|item| self.fact(item)).collect())
                .unwrap_or_default(),
            not_yet: node
                .get("not_yet")
                .map(|list| list.items().filter_map(|item| self.fact(item)).collect())
                .unwrap_or_default(),
            items: self.entries(node, "items", "id", Self::gate_item),
        })
    }

    fn gate_item(&mut self, node: Node<'_>) -> Option<GateItem> {
        self.keys(
            node,
            &["id", "says", "facts", "holds", "otherwise", "disable"],
        );
        let id = self.need_text(node, "id")?;
        let otherwise = self.need_text(node, "otherwise")?;
        const WAYS: [&str; 5] = ["no-go", "hold", "roll-forward", "restore", "note"];
        if !WAYS.contains(&otherwise.as_str()) {
            let near =
                catalogue::find_nearest_candidate(&otherwise, WAYS.into_iter()).map(str::to_owned);
            self.error(
                node.get("otherwise").unwrap_or(node),
                format!("otherwise is one of {}, not {otherwise}", WAYS.join(", ")),
                near,
            );
        }
        let says = self.sentence(node, "says")?;
        let facts = self.facts(node);
        let rule = self.condition(node, "holds", false)?;
        Some(GateItem {
            id,
            says,
            facts,
            holds: rule.text.clone(),
            otherwise,
            rule,
        })
    }

    pub(super) fn phrases(&mut self, node: Node<'_>) -> Vec<Phrases> {
        let mut out = Vec::new();
        for (fact, words) in node.entries() {
            let Some(key) = self.fact(fact) else { continue };
            let mut entry = Phrases {
                fact: key.clone(),
                words: Vec::new(),
            };
            for (word, phrase) in words.entries() {
                let name = word.text().unwrap_or_default();
                let numeric = catalogue::find_fact_definition(&key)
                    .is_some_and(|def| matches!(def.values, Values::Number(_)));
                if !(numeric && name == "number") && self.value(&key, word).is_none() {
                    continue;
                }
                let text = self.string(phrase);
                self.placeholders(phrase, &text);
                entry.words.push((name.to_owned(), text));
            }
            out.push(entry);
        }
        out
    }
}
