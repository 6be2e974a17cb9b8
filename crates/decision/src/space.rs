//! The rules in force over the facts, and what each open fact could still turn out to be.

use std::collections::{BTreeMap, BTreeSet};

use super::instances::{self, Instance, RuleInstance};
use super::verdict::{Course, NOTHING_SAID, Sum, VerdictOutcome};
use super::world::{FactSlot, World, WorldView};
use crate::checklist::Checklist;
use crate::checklist::catalogue::{self, Values};
use crate::checklist::cel::{Env, Num, Val};

/// The rules in force over a world, and what its open facts can do to the verdict.
pub(super) struct Space<'a> {
    pub(super) world: &'a World<'a>,
    pub(super) course: Course,
    pub(super) instances: Vec<Instance<'a>>,
    /// Open slots each instance still depends on.
    pub(super) live: Vec<Vec<FactSlot>>,
    /// What instances contribute that nothing open can change.
    pub(super) constant: Sum,
    /// Open facts that can do more than move a small weight.
    pub(super) weighty: Vec<FactSlot>,
    /// Open facts whose every effect is a small weight.
    pub(super) small: Vec<FactSlot>,
    /// As things are.
    pub(super) sum: Sum,
    pub(super) outcome: VerdictOutcome,
}

impl<'a> Space<'a> {
    pub(super) fn new(world: &'a World<'a>, checklist: &'a Checklist, course: Course) -> Self {
        let instances = instances::list_rule_instances(checklist, world, course);
        let settled: Vec<Val> = world
            .values
            .iter()
            .zip(&world.open)
            .map(|(value, open)| if *open { Val::Unknown } else { *value })
            .collect();
        let live: Vec<Vec<FactSlot>> = instances
            .iter()
            .map(|instance| instance.live(world, &settled))
            .collect();
        let view = WorldView {
            world,
            values: &world.values,
        };
        let constant = instances
            .iter()
            .zip(&live)
            .filter(|(_, live)| live.is_empty())
            .fold(NOTHING_SAID, |sum, (instance, _)| {
                sum.join(instance.contributes(instance.holds(&view)))
            });
        let mut big: BTreeMap<FactSlot, bool> = BTreeMap::new();
        for (instance, live) in instances.iter().zip(&live) {
            let weighty = !matches!(instance.rule, RuleInstance::Weight(weight) if weight.weight <= checklist.thresholds.small_weight);
            for slot in live {
                *big.entry(*slot).or_default() |= weighty && is_verdict_rule(&instance.rule);
            }
        }
        let weighty = big
            .iter()
            .filter(|(_, big)| **big)
            .map(|(slot, _)| *slot)
            .collect();
        let small = big
            .iter()
            .filter(|(_, big)| !**big)
            .map(|(slot, _)| *slot)
            .collect();
        let mut space = Self {
            world,
            course,
            instances,
            live,
            constant,
            weighty,
            small,
            sum: NOTHING_SAID,
            outcome: course.verdict(NOTHING_SAID),
        };
        space.sum = space.evaluate(&world.values);
        space.outcome = course.verdict(space.sum);
        space
    }

    /// The sum under other values of open facts.
    pub(super) fn evaluate(&self, values: &[Val]) -> Sum {
        let view = WorldView {
            world: self.world,
            values,
        };
        let moving = self
            .instances
            .iter()
            .zip(&self.live)
            .filter(|(_, live)| !live.is_empty());
        moving.fold(self.constant, |sum, (instance, _)| {
            sum.join(instance.contributes(instance.holds(&view)))
        })
    }

    /// The verdict with some slots set.
    pub(super) fn with(&self, changes: &[(FactSlot, Val)]) -> (Sum, VerdictOutcome) {
        let mut values = self.world.values.clone();
        for (slot, value) in changes {
            values[*slot] = *value;
        }
        let sum = self.evaluate(&values);
        (sum, self.course.verdict(sum))
    }

    /// The verdict with any slots set, settled ones too.
    pub(super) fn with_any(&self, changes: &[(FactSlot, Val)]) -> VerdictOutcome {
        let mut values = self.world.values.clone();
        for (slot, value) in changes {
            values[*slot] = *value;
        }
        let view = WorldView {
            world: self.world,
            values: &values,
        };
        self.course
            .verdict(self.instances.iter().fold(NOTHING_SAID, |sum, instance| {
                sum.join(instance.contributes(instance.holds(&view)))
            }))
    }

    /// The finite answer classes of a fact: its words, or numbers on, between and beyond the break
    /// points that live rules use.
    pub(super) fn classes(&self, slot: FactSlot) -> Vec<Val> {
        match catalogue::find_fact_definition(&self.world.keys[slot]).map(|def| def.values) {
            Some(Values::Words(words)) => (0..words.len())
                .map(|word| Val::Word(word as u8))
                .filter(|word| !self.unsettled(slot, *word))
                .collect(),
            Some(Values::Number(_)) => self.numbers(slot),
            None => Vec::new(),
        }
    }

    /// `likely` is a guess, not something a fact can turn out to be.
    fn unsettled(&self, slot: FactSlot, value: Val) -> bool {
        self.world.shown(slot, value).as_word() == Some("likely")
    }

    /// Only values that exist: nothing takes no minutes.
    fn numbers(&self, slot: FactSlot) -> Vec<Val> {
        let mut marks: BTreeSet<u64> = BTreeSet::new();
        let key = self.world.keys[slot].as_str();
        let minutes = matches!(
            catalogue::find_fact_definition(key).map(|def| def.values),
            Some(Values::Number("minutes"))
        );
        let nothing = !minutes || catalogue::RUNS_OUT.contains(&key);
        let least = if minutes { 1.0 } else { 0.0 };
        let mut add = |number: f64| {
            if number.is_finite() && (least..=1e7).contains(&number) {
                marks.insert(number.to_bits());
            }
        };
        let view = WorldView {
            world: self.world,
            values: &self.world.values,
        };
        for (instance, live) in self.instances.iter().zip(&self.live) {
            if !live.contains(&slot) {
                continue;
            }
            instance.when.node.comparisons(&mut |a, b| {
                let mut numbers = vec![1.0];
                let (mut limits, mut sums) = (false, false);
                for side in [a, b] {
                    side.constants(&mut |number| numbers.push(number));
                    visit_numeric_terms(side, &mut |num| match num {
                        Num::UsageLimit => limits = true,
                        Num::Add(..) | Num::Sub(..) => sums = true,
                        Num::Fact(fact) => {
                            if let Val::Number(number) = view.value(*fact, instance.dependent) {
                                numbers.push(number);
                            }
                        }
                        _ => {}
                    });
                }
                if limits {
                    numbers.extend((0..4).filter_map(|class| view.usage_limit(class)));
                }
                for x in &numbers {
                    add(*x);
                    for y in &numbers {
                        add(x * y);
                        if sums {
                            add(x + y);
                        }
                        if *y != 0.0 {
                            add(x / y);
                        }
                    }
                }
            });
        }
        let marks: Vec<f64> = marks.into_iter().map(f64::from_bits).take(24).collect();
        let mut out = if nothing { vec![0.0] } else { Vec::new() };
        for (place, mark) in marks.iter().enumerate() {
            out.push(*mark);
            out.push(
                marks
                    .get(place + 1)
                    .map_or(mark * 2.0 + 1.0, |next| (mark + next) / 2.0),
            );
        }
        self.distinct(slot, out)
    }

    /// Of numbers that every live rule reading this slot alone treats alike, one is enough; rules
    /// over several open numbers keep all.
    fn distinct(&self, slot: FactSlot, numbers: Vec<f64>) -> Vec<Val> {
        let readers: Vec<&Instance<'_>> = self
            .instances
            .iter()
            .zip(&self.live)
            .filter(|(_, live)| live.contains(&slot))
            .map(|(instance, _)| instance)
            .collect();
        let alone = self
            .live
            .iter()
            .filter(|live| live.contains(&slot))
            .all(|live| live.len() == 1);
        if !alone {
            return numbers.into_iter().map(Val::Number).collect();
        }
        let mut values = self.world.values.clone();
        let mut seen = BTreeSet::new();
        let mut out = Vec::new();
        for number in numbers {
            values[slot] = Val::Number(number);
            let view = WorldView {
                world: self.world,
                values: &values,
            };
            let print: Vec<u8> = readers
                .iter()
                .map(|instance| instance.holds(&view) as u8)
                .collect();
            if seen.insert(print) {
                out.push(Val::Number(number));
            }
        }
        out
    }
}

/// Whether a rule takes part in the verdict at all (needs of options the verdict function does not
/// look at do not).
fn is_verdict_rule(rule: &RuleInstance<'_>) -> bool {
    use model::{OptionId, OptionState};
    match rule {
        RuleInstance::Need(need) => {
            matches!(need.option, OptionId::FlagOff | OptionId::ShiftTraffic)
        }
        RuleInstance::Case(_, case) => {
            case.verdict.is_some()
                || case.effect.iter().any(|(option, state)| {
                    *state != OptionState::Cleared
                        && matches!(
                            option,
                            OptionId::FlagOff
                                | OptionId::ShiftTraffic
                                | OptionId::RollBack
                                | OptionId::RollBackWithConditions
                        )
                })
        }
        RuleInstance::Item(item) => item.otherwise != "note",
        _ => true,
    }
}

fn visit_numeric_terms<'n>(num: &'n Num, call: &mut dyn FnMut(&'n Num)) {
    call(num);
    if let Num::Add(a, b) | Num::Sub(a, b) | Num::Mul(a, b) = num {
        visit_numeric_terms(a, call);
        visit_numeric_terms(b, call);
    }
}

/// Facts of a condition as slots, for reasons.
pub(super) fn list_condition_slots(space: &Space<'_>, at: usize) -> Vec<FactSlot> {
    space.instances[at].reads(space.world)
}
