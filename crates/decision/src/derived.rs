//! What the checklist makes of facts before they are weighed: some follow from others, and some do
//! not count at the gate at hand.

use super::Course;
use super::explain::render_sentence;
use super::world::{World, WorldView, convert_fact_value};
use crate::checklist::Checklist;
use crate::checklist::catalogue::{self, Values};
use crate::checklist::cel::{Truth, Val};
use model::Provenance;

impl World<'_> {
    /// Derives what the checklist says of facts that nobody knows.
    pub(super) fn derive(&mut self, checklist: &Checklist) {
        let mut rules: Vec<_> = checklist.derive.iter().collect();
        rules.sort_by(|a, b| a.id.cmp(&b.id));
        // what an item of the gate asks for is looked at there, never taken for granted
        let gate = Course::of(self.context).gate();
        let items: Vec<_> = checklist
            .gates
            .iter()
            .filter(|list| Some(list.gate) == gate)
            .flat_map(|list| &list.items)
            .collect();
        rules.retain(|rule| !items.iter().any(|item| item.facts.contains(&rule.fact)));
        for rule in rules {
            let Some(slot) = catalogue::find_fact_position(&rule.fact) else {
                continue;
            };
            let said_unknown = self
                .facts
                .get(&rule.fact)
                .is_some_and(|fact| fact.provenance == Provenance::Stated);
            let holds = rule.when.node.eval(
                &WorldView {
                    world: self,
                    values: &self.values,
                },
                None,
            );
            // only a derivation from settled facts settles anything
            let settled = rule
                .when
                .reads()
                .into_iter()
                .all(|fact| !self.open[self.slot(fact, None)]);
            if self.values[slot] == Val::Unknown && !said_unknown && holds == Truth::True && settled
            {
                self.values[slot] = convert_fact_value(&rule.fact, &rule.value);
                self.open[slot] = false;
                let says = render_sentence(&rule.says, self, None);
                self.notes
                    .push(format!("{} = {}, derived: {says}", rule.fact, rule.value));
            }
        }
    }

    /// Facts of components that are not out yet count as the value that restricts going back least.
    pub(super) fn ignore(&mut self, checklist: &Checklist) {
        let Some(gate) = self.context.gate else {
            return;
        };
        let Some(list) = checklist.gates.iter().find(|list| list.gate == gate) else {
            return;
        };
        // what is not out does nothing yet, unless somebody says that it does
        let by_gate = Course::of(self.context).gate().is_some();
        let not_yet = list
            .not_yet
            .iter()
            .filter(|_| by_gate)
            .map(|key| (key, true));
        for (key, unless_said) in list.ignores.iter().map(|key| (key, false)).chain(not_yet) {
            for slot in 0..self.keys.len() {
                if catalogue::find_key_pattern(&self.keys[slot]) != *key
                    || (unless_said && self.values[slot] != Val::Unknown)
                {
                    continue;
                }
                if let Some(Values::Words(words)) =
                    catalogue::find_fact_definition(key).map(|def| def.values)
                {
                    self.set_aside[slot] = self.values[slot] == Val::Unknown;
                    self.values[slot] = Val::Word(words.len().saturating_sub(1) as u8);
                    self.open[slot] = false;
                    self.ignored[slot] = true;
                    self.notes.push(format!(
                        "{} does not count: {}",
                        self.keys[slot], list.deployed
                    ));
                }
            }
        }
    }
}
