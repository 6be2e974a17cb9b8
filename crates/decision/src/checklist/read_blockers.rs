//! Blockers and considerations of a checklist file.

use super::catalogue::{self};
use super::cel;
use super::lint::ChecklistSource;
use super::rules::{Blocker, BlockerCase, ConditionText, Consideration, Toward};
use model::{ConditionKind, OptionId, OptionState, Vocabulary};
use span_tree::Node;

impl ChecklistSource<'_> {
    pub(super) fn blocker(&mut self, node: Node<'_>) -> Option<Blocker> {
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

    fn case(&mut self, node: Node<'_>, per_dependent: bool) -> Option<BlockerCase> {
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
            .is_some_and(|when| matches!(when.node, cel::ConditionNode::Constant(_)))
        {
            self.warn(
                node.get("when").unwrap_or(node),
                "this condition does not depend on any fact",
                None,
            );
        }
        let effect = self.case_effect(node);
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
        Some(BlockerCase {
            when: when?,
            effect,
            verdict,
            yields,
            only_when_known,
            says: says?,
            condition,
        })
    }

    /// What the case does to each option.
    fn case_effect(&mut self, node: Node<'_>) -> Vec<(OptionId, OptionState)> {
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
                    let near = catalogue::find_nearest_candidate(
                        text,
                        STATES.iter().map(|(word, _)| *word),
                    )
                    .map(str::to_owned);
                    self.error(
                        state,
                        format!(
                            "an option becomes conditional, not-cleared or \
                        removed, or stays cleared with a condition, not {text}"
                        ),
                        near,
                    );
                }
            }
        }
        effect
    }

    fn condition_text(&mut self, node: Node<'_>) -> Option<ConditionText> {
        self.keys(node, &["kind", "says", "steps", "for"]);
        let named = self.need_text(node, "kind")?;
        let kind = ConditionKind::of_id(&named);
        if kind.is_none() {
            let all = ConditionKind::ALL.iter().map(|kind| kind.id());
            let near = catalogue::find_nearest_candidate(&named, all).map(str::to_owned);
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

    pub(super) fn consideration(&mut self, node: Node<'_>) -> Option<Consideration> {
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
}
