//! From YAML with positions to a checklist; whatever is wrong is remarked where it stands.

use model::fact_key;
use span_tree::{Limits, Node, Tree};

use super::catalogue::{self, Values};
use super::cel;
use super::lint::Source;
use super::rules::{
    Blocker, Case, ConditionText, Consideration, Derivation, Need, Phrases, Situation, SituationId,
    Thresholds, Toward, Usage,
};
use super::{ANSWER_KEYS, Checklist, Choice, GateItem, GateList, Lint, Question};
use model::{ConditionKind, Gate, OptionId, OptionState, Vocabulary};

/// Bounds of a checklist file.
const LIMITS: Limits = Limits {
    depth: 24,
    nodes: 100_000,
    bytes: 1024 * 1024,
};
/// The top-level keys.
const SECTIONS: [&str; 11] = [
    "name",
    "thresholds",
    "usage",
    "situations",
    "derive",
    "questions",
    "needs",
    "blockers",
    "considerations",
    "gates",
    "phrases",
];

/// Reads one file as it stands. Entries with `disable: true` are left out.
pub(super) fn read(file: &str, text: &str) -> (Checklist, Vec<Lint>) {
    let mut source = Source {
        file,
        text,
        lints: Vec::new(),
    };
    let mut list = Checklist {
        yaml: text.to_owned(),
        ..Checklist::default()
    };
    match Tree::parse_with(text, LIMITS) {
        Err(error) => {
            let column = if let span_tree::Error::Syntax { column, .. } = &error {
                *column
            } else {
                1
            };
            source.remark(
                error.line(),
                column,
                true,
                format!("this is not a checklist: {error}"),
                None,
            );
        }
        Ok(tree) => {
            if tree.roots().count() > 1 {
                source.remark(
                    1,
                    1,
                    true,
                    "one file holds one checklist, not several documents",
                    None,
                );
            }
            match tree.root() {
                Some(root) if root.is_mapping() => source.checklist(root, &mut list),
                Some(root) => source.error(
                    root,
                    "a checklist is a mapping",
                    Some("name: my-checklist".to_owned()),
                ),
                None => source.remark(
                    1,
                    1,
                    true,
                    "the file is empty",
                    Some("name: my-checklist".to_owned()),
                ),
            }
        }
    }
    (list, source.lints)
}

impl Source<'_> {
    fn checklist(&mut self, root: Node<'_>, list: &mut Checklist) {
        self.keys(root, &SECTIONS);
        if let Some(name) = root.get("name") {
            list.name = self.string(name);
        }
        if let Some(node) = root.get("thresholds") {
            list.thresholds = self.thresholds(node);
        }
        list.usage = self.entries(root, "usage", "class", Self::usage);
        list.situations = self.entries(root, "situations", "id", Self::situation);
        list.derive = self.entries(root, "derive", "id", Self::derivation);
        list.questions = self.entries(root, "questions", "id", Self::question);
        list.needs = self.entries(root, "needs", "id", Self::need);
        list.blockers = self.entries(root, "blockers", "id", Self::blocker);
        list.considerations = self.entries(root, "considerations", "id", Self::consideration);
        list.gates = self.entries(root, "gates", "gate", Self::gate);
        if let Some(node) = root.get("phrases") {
            list.phrases = self.phrases(node);
        }
    }

    fn thresholds(&mut self, node: Node<'_>) -> Thresholds {
        self.keys(
            node,
            &[
                "few",
                "many",
                "small_weight",
                "firm_margin",
                "stale_minutes",
            ],
        );
        let mut out = Thresholds::default();
        let mut take = |key: &str, most: f64, into: &mut f64| {
            if let Some(value) = node.get(key) {
                *into = self.number(value, key, most);
            }
        };
        let (mut few, mut many) = (out.few as f64, out.many as f64);
        take("few", 1e6, &mut few);
        take("many", 1e6, &mut many);
        take("small_weight", 10.0, &mut out.small_weight);
        take("firm_margin", 10.0, &mut out.firm_margin);
        take("stale_minutes", 1e6, &mut out.stale_minutes);
        (out.few, out.many) = (few as u64, many as u64);
        if out.few >= out.many {
            self.error(node, "few must be less than many", None);
        }
        out
    }

    fn usage(&mut self, node: Node<'_>) -> Option<Usage> {
        self.keys(node, &["class", "minutes", "says", "disable"]);
        let class = node.get("class")?;
        let word = self.string(class);
        self.value(fact_key::DEPLOYMENT_USAGE_CLASS, class)?;
        let minutes = match node.get("minutes") {
            Some(value) => self.number(value, "minutes", 1e7),
            None => {
                self.error(node, "minutes is missing", Some("minutes: 60".to_owned()));
                return None;
            }
        };
        Some(Usage {
            class: word,
            minutes,
            says: node
                .get("says")
                .map(|says| self.string(says))
                .unwrap_or_default(),
        })
    }

    fn situation(&mut self, node: Node<'_>) -> Option<Situation> {
        self.keys(node, &["id", "when", "says", "disable"]);
        let id = self.need_text(node, "id")?;
        let known = SituationId::ALL.into_iter().find(|known| known.id() == id);
        if known.is_none() {
            self.error(
                node,
                format!("there is no situation {id}"),
                catalogue::nearest(&id, SituationId::ALL.into_iter().map(SituationId::id))
                    .map(str::to_owned),
            );
        }
        let (when, says) = (
            self.condition(node, "when", false),
            self.sentence(node, "says"),
        );
        Some(Situation {
            id: known?,
            when: when?,
            says: says?,
        })
    }

    fn derivation(&mut self, node: Node<'_>) -> Option<Derivation> {
        self.keys(node, &["id", "fact", "value", "when", "says", "disable"]);
        let id = self.need_text(node, "id")?;
        let fact = match node.get("fact") {
            Some(fact) => self.fact(fact)?,
            None => {
                self.error(
                    node,
                    "fact is missing",
                    Some("fact: database.new_form_rows".to_owned()),
                );
                return None;
            }
        };
        let value = node.get("value").or_else(|| node.get("fact"))?;
        Some(Derivation {
            id,
            value: self.value(&fact, value)?,
            fact,
            when: self.condition(node, "when", false)?,
            says: self.sentence(node, "says")?,
        })
    }

    fn need(&mut self, node: Node<'_>) -> Option<Need> {
        self.keys(
            node,
            &["option", "id", "when", "says", "whether", "disable"],
        );
        let id = self.need_text(node, "id")?;
        let Some(option) = node.get("option") else {
            self.error(
                node,
                "option is missing",
                Some("option: flag-off".to_owned()),
            );
            return None;
        };
        let whether = self.optional(node, "whether");
        Some(Need {
            id,
            option: self.option(option)?,
            when: self.condition(node, "when", false)?,
            says: self.sentence(node, "says")?,
            whether,
        })
    }

    fn question(&mut self, node: Node<'_>) -> Option<Question> {
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
            .and_then(|fact| catalogue::find(fact))
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
            if !question.facts.contains(&name) {
                self.error(
                    fact,
                    format!("question {} does not list {name} in facts", question.id),
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

    fn blocker(&mut self, node: Node<'_>) -> Option<Blocker> {
        self.keys(
            node,
            &["id", "title", "whether", "rank", "per", "cases", "disable"],
        );
        let (title, whether) = (self.optional(node, "title"), self.optional(node, "whether"));
        let mut blocker = Blocker {
            id: self.need_text(node, "id")?,
            title,
            whether,
            ..Blocker::default()
        };
        if let Some(rank) = node.get("rank") {
            blocker.rank = Some(self.number(rank, "rank", 1000.0) as u32);
        }
        if let Some(per) = node.get("per") {
            blocker.per_dependent = per.text() == Some("dependent");
            if !blocker.per_dependent {
                self.error(
                    per,
                    "a blocker is evaluated per dependent or once",
                    Some("per: dependent".to_owned()),
                );
            }
        }
        let Some(cases) = node.get("cases").filter(|cases| cases.is_sequence()) else {
            self.error(
                node,
                "cases is missing",
                Some("cases: [{when: …, effect: {back: removed}, says: …}]".to_owned()),
            );
            return None;
        };
        blocker.cases = cases
            .items()
            .filter_map(|case| self.case(case, blocker.per_dependent))
            .collect();
        Some(blocker)
    }

    fn case(&mut self, node: Node<'_>, per_dependent: bool) -> Option<Case> {
        self.keys(
            node,
            &[
                "when",
                "effect",
                "verdict",
                "yields",
                "only_when_known",
                "says",
                "condition",
            ],
        );
        let when = self.condition(node, "when", per_dependent);
        if when
            .as_ref()
            .is_some_and(|when| matches!(when.node, cel::Node::Constant(_)))
        {
            self.warn(
                node.get("when").unwrap_or(node),
                "this condition does not depend on any fact",
                None,
            );
        }
        let mut effect = Vec::new();
        for (name, state) in node.get("effect").into_iter().flat_map(Node::entries) {
            let options = if name.text() == Some("back") {
                vec![OptionId::RollBack, OptionId::RollBackWithConditions]
            } else {
                self.option(name).into_iter().collect()
            };
            const STATES: [(&str, OptionState); 4] = [
                ("cleared", OptionState::Cleared),
                ("conditional", OptionState::Conditional),
                ("not-cleared", OptionState::NotCleared),
                ("removed", OptionState::Removed),
            ];
            let text = state.text().unwrap_or_default();
            match STATES.iter().find(|(word, _)| *word == text) {
                Some((_, state)) => {
                    effect.extend(options.into_iter().map(|option| (option, *state)))
                }
                None => {
                    let near = catalogue::nearest(text, STATES.iter().map(|(word, _)| *word))
                        .map(str::to_owned);
                    self.error(state, format!("an option becomes conditional, not-cleared or removed, or stays cleared with a condition, not {text}"), near);
                }
            }
        }
        let verdict = node.get("verdict").and_then(|verdict| {
            let option = self.option(verdict);
            if option.is_some_and(|option| !matches!(option, OptionId::StopHarm | OptionId::Hold)) {
                self.error(
                    verdict,
                    "a case forces stop-harm or hold, nothing else",
                    None,
                );
            }
            option
        });
        if node.get("effect").is_none() && verdict.is_none() {
            self.error(
                node,
                "a case needs an effect or a verdict",
                Some("effect: {back: removed}".to_owned()),
            );
        }
        let yields = node.get("yields").and_then(Node::text) == Some("true");
        if node.get("yields").is_some() && (!yields || verdict != Some(OptionId::Hold)) {
            self.error(
                node.get("yields").unwrap_or(node),
                "only a case that forces hold may yield to a switch or a warm side",
                Some("yields: true".to_owned()),
            );
        }
        let only_when_known = self.options(node, "only_when_known");
        let says = self.sentence(node, "says");
        let condition = node
            .get("condition")
            .and_then(|condition| self.condition_text(condition));
        if condition.is_none()
            && effect
                .iter()
                .any(|(_, state)| *state == OptionState::Conditional)
        {
            self.error(
                node,
                "a conditional option needs a condition that clears it",
                Some("condition: {kind: settle, says: …}".to_owned()),
            );
        }
        Some(Case {
            when: when?,
            effect,
            verdict,
            yields,
            only_when_known,
            says: says?,
            condition,
        })
    }

    fn condition_text(&mut self, node: Node<'_>) -> Option<ConditionText> {
        self.keys(node, &["kind", "says", "steps", "for"]);
        let named = self.need_text(node, "kind")?;
        let kind = ConditionKind::of_id(&named);
        if kind.is_none() {
            let all = ConditionKind::ALL.iter().map(|kind| kind.id());
            let near = catalogue::nearest(&named, all).map(str::to_owned);
            self.error(
                node.get("kind").unwrap_or(node),
                format!("there is no kind of condition {named}"),
                near,
            );
        }
        let mut steps = Vec::new();
        for step in node.get("steps").into_iter().flat_map(Node::items) {
            let text = self.string(step);
            self.placeholders(step, &text);
            steps.push(text);
        }
        let says = self.sentence(node, "says");
        Some(ConditionText {
            kind: kind?,
            says: says?,
            steps,
            only_for: self.options(node, "for"),
        })
    }

    fn consideration(&mut self, node: Node<'_>) -> Option<Consideration> {
        self.keys(node, &["id", "toward", "weight", "when", "says", "disable"]);
        let id = self.need_text(node, "id")?;
        let toward = match node.get("toward").and_then(Node::text) {
            Some("back") => Toward::Back,
            Some("forward") => Toward::Forward,
            _ => {
                self.error(
                    node.get("toward").unwrap_or(node),
                    "a consideration speaks toward back or forward",
                    Some("toward: back".to_owned()),
                );
                return None;
            }
        };
        let weight = match node.get("weight") {
            Some(weight) => self.number(weight, "weight", 10.0),
            None => {
                self.error(node, "weight is missing", Some("weight: 1".to_owned()));
                return None;
            }
        };
        if weight == 0.0 {
            self.warn(
                node.get("weight").unwrap_or(node),
                "a weight of 0 never counts",
                Some("disable: true".to_owned()),
            );
        }
        if (weight * 1000.0).fract() != 0.0 {
            self.error(
                node.get("weight").unwrap_or(node),
                "a weight has at most three decimals",
                None,
            );
        }
        Some(Consideration {
            id,
            toward,
            weight,
            when: self.condition(node, "when", false)?,
            says: self.sentence(node, "says")?,
        })
    }

    fn gate(&mut self, node: Node<'_>) -> Option<GateList> {
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
            let near = catalogue::nearest(
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
            let near = catalogue::nearest(&otherwise, WAYS.into_iter()).map(str::to_owned);
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

    fn phrases(&mut self, node: Node<'_>) -> Vec<Phrases> {
        let mut out = Vec::new();
        for (fact, words) in node.entries() {
            let Some(key) = self.fact(fact) else { continue };
            let mut entry = Phrases {
                fact: key.clone(),
                words: Vec::new(),
            };
            for (word, phrase) in words.entries() {
                let name = word.text().unwrap_or_default();
                let numeric = catalogue::find(&key)
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
