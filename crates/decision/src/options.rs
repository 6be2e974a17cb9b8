//! Every option with its state, what stands in its way, and what would clear it.

use super::explain::{asks_about, named_places, render_sentence, write_condition_steps};
use super::instances::RuleInstance;
use super::space::{Space, list_condition_slots};
use super::world::WorldView;
use crate::checklist::cel::Truth;
use crate::checklist::{Blocker, BlockerCase, Checklist, ConditionText};
use model::{Condition, ConditionKind, OptionId, OptionState, OptionStatus, Reason, Untrusted};

/// Options in the order in which they are shown.
pub(super) const ALL: [OptionId; 10] = [
    OptionId::StopHarm,
    OptionId::Hold,
    OptionId::FlagOff,
    OptionId::ShiftTraffic,
    OptionId::RollBack,
    OptionId::RollBackWithConditions,
    OptionId::RollForward,
    OptionId::Restore,
    OptionId::Go,
    OptionId::NoGo,
];

/// All options.
pub(super) fn list_option_statuses(space: &Space<'_>, checklist: &Checklist) -> Vec<OptionStatus> {
    let view = WorldView {
        world: space.world,
        values: &space.world.values,
    };
    let holds: Vec<Truth> = space
        .instances
        .iter()
        .map(|instance| instance.holds(&view))
        .collect();
    ALL.into_iter()
        .map(|option| build_option_status(option, space, checklist, &holds))
        .collect()
}

fn build_option_status(
    option: OptionId,
    space: &Space<'_>,
    checklist: &Checklist,
    holds: &[Truth],
) -> OptionStatus {
    let mut build = OptionBuilder {
        space,
        checklist,
        state: OptionState::Cleared,
        found: Vec::new(),
        open: Vec::new(),
        conditions: Vec::new(),
    };
    let by_gate = space.outcome.by_gate;
    match option {
        OptionId::NoGo if !by_gate => build.out(
            OptionStatus::NO_GATE,
            "no-go is a word of gates, and no gate is stated",
        ),
        OptionId::Go | OptionId::NoGo if by_gate => build.gate(option),
        _ => {}
    }
    for (at, instance) in space.instances.iter().enumerate() {
        match instance.rule {
            RuleInstance::Need(need)
                if need.option == option && !(by_gate && option == OptionId::Go) =>
            {
                build.need(at, need, holds[at])
            }
            RuleInstance::Case(blocker, case) => {
                if let Some((_, state)) = case.effect.iter().find(|(touched, _)| *touched == option)
                {
                    match holds[at] {
                        Truth::True => build.holds(
                            at,
                            &blocker.id,
                            &case.says,
                            *state,
                            case.condition.as_ref(),
                            option,
                        ),
                        Truth::Unknown
                            if *state == OptionState::Cleared
                                || case.only_when_known.contains(&option) => {}
                        Truth::Unknown if case.is_probe(option) => build.untried(at, blocker, case),
                        Truth::Unknown => build.unknown(at, blocker),
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }
    build.finish(option)
}

/// An undecided blocker is no statement: it says what is not known.
fn not_known(blocker: &Blocker, space: &Space<'_>, at: usize, facts: Vec<String>) -> Reason {
    let (world, dependent) = (space.world, space.instances[at].dependent);
    let (about, says) = match blocker.whether.as_str() {
        "" => {
            let title = render_sentence(&blocker.title, world, dependent);
            (title.clone(), format!("not known: {title}"))
        }
        whether => {
            let whether = render_sentence(whether, world, dependent);
            (whether.clone(), format!("not known whether {whether}"))
        }
    };
    Reason {
        rule: blocker.id.clone(),
        says: says.into(),
        facts,
        open: true,
        about: Some(about.into()),
        ..Reason::default()
    }
}

struct OptionBuilder<'a, 'b> {
    space: &'b Space<'a>,
    checklist: &'b Checklist,
    state: OptionState,
    found: Vec<(OptionState, Reason)>,
    open: Vec<Reason>,
    conditions: Vec<Condition>,
}

impl OptionBuilder<'_, '_> {
    fn out(&mut self, rule: &str, says: &str) {
        self.state = OptionState::Removed;
        self.found.push((
            OptionState::Removed,
            Reason {
                rule: rule.to_owned(),
                says: says.into(),
                ..Reason::default()
            },
        ));
    }

    fn keys(&self, at: usize) -> Vec<String> {
        list_condition_slots(self.space, at)
            .into_iter()
            .filter_map(|slot| self.space.world.keys.get(slot).cloned())
            .collect()
    }

    /// At a gate going on or not is what the items say.
    fn gate(&mut self, option: OptionId) {
        let wanted = self.space.outcome.option == option;
        if !wanted {
            let says = if option == OptionId::Go {
                "an item of this gate does not hold or is not known"
            } else {
                "no item of this gate forbids it"
            };
            self.out("gate", says);
        }
    }

    fn need(&mut self, at: usize, need: &crate::checklist::Need, holds: Truth) {
        let world = self.space.world;
        let state = match holds {
            Truth::True => return,
            Truth::False => OptionState::Removed,
            Truth::Unknown => OptionState::NotCleared,
        };
        self.state = self.state.max(state);
        let reason = Reason {
            rule: need.id.clone(),
            says: render_sentence(&need.says, world, None).into(),
            facts: self.keys(at),
            ..Reason::default()
        };
        if state == OptionState::NotCleared {
            self.settle(at);
            self.open.push(match need.whether.as_str() {
                "" => reason,
                whether => {
                    let whether = render_sentence(whether, world, None);
                    Reason {
                        says: format!("not known whether {whether}").into(),
                        open: true,
                        about: Some(whether.into()),
                        ..reason
                    }
                }
            });
        } else {
            self.found.push((state, reason));
        }
    }

    fn holds(
        &mut self,
        at: usize,
        id: &str,
        says: &str,
        state: OptionState,
        condition: Option<&ConditionText>,
        option: OptionId,
    ) {
        let (world, dependent) = (self.space.world, self.space.instances[at].dependent);
        self.state = self.state.max(state);
        let reason = Reason {
            rule: id.to_owned(),
            says: render_sentence(says, world, dependent).into(),
            facts: self.keys(at),
            places: named_places(says, world, dependent),
            ..Reason::default()
        };
        // what only adds a first step stands in the way of nothing
        if state != OptionState::Cleared {
            self.found.push((state, reason));
        }
        if let Some(text) =
            condition.filter(|text| text.only_for.is_empty() || text.only_for.contains(&option))
        {
            let (steps, downs_at) = write_condition_steps(&text.steps, world, dependent);
            self.condition(Condition {
                kind: text.kind.into(),
                says: render_sentence(&text.says, world, dependent).into(),
                steps,
                downs_at,
                ..Condition::default()
            });
        }
    }

    fn unknown(&mut self, at: usize, blocker: &Blocker) {
        self.state = self.state.max(OptionState::NotCleared);
        let (_, slot) = self.settle(at);
        let facts: Vec<String> = slot
            .map(|slot| vec![self.space.world.keys[slot].clone()])
            .unwrap_or_default();
        // one open fact is said once, by the first rule that waits for it
        if !self
            .open
            .iter()
            .any(|reason| reason.facts.iter().any(|fact| facts.contains(fact)))
        {
            self.open.push(not_known(blocker, self.space, at, facts));
        }
    }

    /// What is not known is learnt by trying the option on a part.
    fn untried(&mut self, at: usize, blocker: &Blocker, case: &BlockerCase) {
        self.state = self.state.max(OptionState::Conditional);
        self.open
            .push(not_known(blocker, self.space, at, self.keys(at)));
        let (world, dependent) = (self.space.world, self.space.instances[at].dependent);
        if let Some(text) = &case.condition {
            let says = render_sentence(&text.says, world, dependent);
            let (steps, downs_at) = write_condition_steps(&text.steps, world, dependent);
            self.condition(Condition {
                kind: text.kind.into(),
                says: says.into(),
                steps,
                downs_at,
                ..Condition::default()
            });
        }
    }

    /// An open item becomes a condition: the question that settles it.
    fn settle(&mut self, at: usize) -> (String, Option<usize>) {
        let (asks, slot, facts) = asks_about(self.checklist, self.space, at);
        self.condition(Condition {
            kind: ConditionKind::Settle.into(),
            says: format!("Find out: {asks}").into(),
            facts,
            asks: Some(asks.clone()),
            ..Condition::default()
        });
        (asks, slot)
    }

    fn condition(&mut self, condition: Condition) {
        if !self
            .conditions
            .iter()
            .any(|known| known.kind == condition.kind && known.says == condition.says)
        {
            self.conditions.push(condition);
        }
    }

    fn finish(mut self, option: OptionId) -> OptionStatus {
        self.found
            .sort_by_key(|(state, _)| std::cmp::Reverse(*state));
        let mut blockers: Vec<Reason> = self.found.into_iter().map(|(_, reason)| reason).collect();
        if self.state == OptionState::Removed {
            self.conditions.clear();
        } else {
            blockers.extend(self.open);
        }
        let mut seen: Vec<Untrusted> = Vec::new();
        blockers.retain(|reason| {
            let fresh = !seen.contains(&reason.says);
            seen.push(reason.says.clone());
            fresh
        });
        let place = |condition: &Condition| {
            ConditionKind::ALL
                .iter()
                .position(|known| condition.kind == *known)
                .unwrap_or(ConditionKind::ALL.len())
        };
        self.conditions.sort_by_key(place);
        OptionStatus {
            option,
            state: self.state,
            blockers,
            conditions: self.conditions,
        }
    }
}
