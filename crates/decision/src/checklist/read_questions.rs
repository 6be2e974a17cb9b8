//! Questions of a checklist file, with their answers.

use super::catalogue::{self, Values};
use super::lint::ChecklistSource;
use super::{ANSWER_KEYS, Choice, Question};
use span_tree::Node;

impl ChecklistSource<'_> {
    pub(super) fn question(&mut self, node: Node<'_>) -> Option<Question> {
        self.keys(
            node,
            &[
                "id",
                "opening",
                "asks",
                "asks_at_start",
                "why",
                "who",
                "minutes",
                "facts",
                "choices",
                "unit",
                "after",
                "also_when",
                "may_set",
                "disable",
            ],
        );
        let mut question = Question {
            id: self.need_text(node, "id")?,
            minutes: 1.0,
            ..Question::default()
        };
        if let Some(place) = node.get("opening") {
            question.opening =
                Some(self.number(place, "opening", 9.0) as u8).filter(|place| *place > 0);
        }
        question.asks = self.sentence(node, "asks")?;
        question.asks_at_start = node.get("asks_at_start").map(|text| self.string(text));
        question.why = self.optional(node, "why");
        question.who = self.optional(node, "who");
        if let Some(minutes) = node.get("minutes") {
            question.minutes = self.number(minutes, "minutes", 1e5);
        }
        question.facts = self.facts(node);
        question.unit = node.get("unit").map(|unit| self.string(unit));
        question.after = node
            .get("after")
            .into_iter()
            .flat_map(Node::items)
            .filter_map(|fact| self.fact(fact))
            .collect();
        question.may_set = node
            .get("may_set")
            .into_iter()
            .flat_map(Node::items)
            .filter_map(|fact| self.fact(fact))
            .collect();
        if node.get("also_when").is_some() {
            question.also_when = self.condition(node, "also_when", false);
        }
        for item in node.get("choices").into_iter().flat_map(Node::items) {
            let choice = self.choice(item, &question);
            question.choices.extend(choice);
        }
        let numeric = question
            .facts
            .first()
            .and_then(|fact| catalogue::find_fact_definition(fact))
            .is_some_and(|def| matches!(def.values, Values::Number(_)));
        if question.choices.is_empty() && (question.unit.is_none() || !numeric) {
            self.error(
                node,
                "a question needs choices, or a unit for a number that is typed",
                Some("choices: [{key: y, title: …, sets: {…}}]".to_owned()),
            );
        }
        (!question.facts.is_empty()).then_some(question)
    }

    fn choice(&mut self, node: Node<'_>, question: &Question) -> Option<Choice> {
        self.keys(node, &["key", "title", "sets"]);
        let key_text = self.need_text(node, "key")?;
        let mut letters = key_text.chars();
        let (Some(key), None) = (letters.next(), letters.next()) else {
            self.error(node, "key is one letter", None);
            return None;
        };
        let at = node.get("key").unwrap_or(node);
        let key = self.answer_key(at, key, question);
        let mut choice = Choice {
            key,
            title: self.sentence(node, "title")?,
            sets: Vec::new(),
        };
        for (fact, value) in node.get("sets").into_iter().flat_map(Node::entries) {
            let Some(name) = self.fact(fact) else {
                continue;
            };
            if !question.facts.contains(&name) && !question.may_set.contains(&name) {
                self.error(
                    fact,
                    format!(
                        "question {} does not list {name} in facts, nor in may_set",
                        question.id
                    ),
                    None,
                );
            }
            if let Some(value) = self.value(&name, value) {
                choice.sets.push((name, value));
            }
        }
        if node.get("sets").is_none() {
            self.error(
                node,
                "a choice sets at least one fact",
                Some("sets: {impact.now: down}".to_owned()),
            );
        }
        (!choice.sets.is_empty()).then_some(choice)
    }

    /// One key has one meaning: an answer is given by a letter that no command of the screens has,
    /// and digits change the screen.
    fn answer_key(&mut self, at: Node<'_>, key: char, question: &Question) -> char {
        let used = |key: char| question.choices.iter().any(|other| other.key == key);
        if ANSWER_KEYS.contains(&key) && !used(key) {
            return key;
        }
        let free = ANSWER_KEYS.into_iter().find(|key| !used(*key));
        // a journal of an earlier version may hold such a key; its answers are not lost by that
        if self.file == super::KEPT {
            return free.unwrap_or(key);
        }
        let all: String = ANSWER_KEYS
            .iter()
            .map(char::to_string)
            .collect::<Vec<_>>()
            .join(" ");
        let says = match key {
            _ if ANSWER_KEYS.contains(&key) => {
                format!("key {key} occurs twice in question {}", question.id)
            }
            'd' | 'x' | 'a' => format!(
                "{key} is in every question already: d don't know, x does not apply, a ask someone"
            ),
            '0'..='9' => format!(
                "digits change the screen, so {key} cannot be an answer; answers have one of {all}"
            ),
            _ => format!(
                "{key} is or may become a command of the screens; answers have one of {all}"
            ),
        };
        self.error(at, says, free.map(|key| format!("key: {key}")));
        key
    }
}
