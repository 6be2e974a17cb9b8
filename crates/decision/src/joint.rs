//! What a set of open facts can do together: groups of facts that share no rule, each enumerated
//! alone, their sums joined.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::instances::RuleInstance;
use super::space::Space;
use super::verdict::{Ease, NOTHING_SAID, Sum};
use super::world::{FactSlot, WorldView};
use crate::checklist::cel::Val;
use model::OptionId;

/// Most joint assignments of a group that are enumerated.
pub(super) const JOINT: usize = 65_536;
/// Most different sums that are kept while groups are joined.
const SUMS: usize = 20_000;

/// Most comparisons that are made to find out whether one fact decides; above it counts as
/// deciding.
const EFFORT: usize = 4_000_000;

/// Facts that share rules, with every sum they can bring.
struct FactGroup {
    slots: Vec<FactSlot>,
    classes: Vec<Vec<Val>>,
    tables: Vec<RuleTable>,
    /// Different sums, in order.
    sums: Vec<Sum>,
    /// Sum of every assignment, the first slot varying fastest.
    table: Vec<u32>,
}

/// One rule's contribution, by the facts of its group that it depends on.
struct RuleTable {
    /// Places of these facts in the group.
    places: Vec<usize>,
    /// Number of values of each, today's included.
    sizes: Vec<usize>,
    sums: Vec<Sum>,
}

/// Joint behaviour of a set of open facts.
pub(super) struct Joint {
    fixed: Sum,
    groups: Vec<FactGroup>,
}

impl Space<'_> {
    /// Enumerates what these open facts can do together, the others staying as they are. `None`
    /// above the bounds.
    pub(super) fn joint(&self, open: &[FactSlot]) -> Option<Joint> {
        let wanted: BTreeSet<FactSlot> = open.iter().copied().collect();
        let view = WorldView {
            world: self.world,
            values: &self.world.values,
        };
        let mut fixed = self.constant;
        let mut moving: Vec<(usize, Vec<FactSlot>)> = Vec::new();
        for (at, live) in self
            .live
            .iter()
            .enumerate()
            .filter(|(_, live)| !live.is_empty())
        {
            let slots: Vec<FactSlot> = live
                .iter()
                .copied()
                .filter(|slot| wanted.contains(slot))
                .collect();
            if slots.is_empty() {
                fixed = fixed.join(self.instances[at].contributes(self.instances[at].holds(&view)));
            } else {
                moving.push((at, slots));
            }
        }
        // once both ways back are out for good, no weight moves anything
        let out = model::OptionState::Removed;
        if fixed.back == out && fixed.back_if == out {
            moving.retain(|(at, _)| !matches!(self.instances[*at].rule, RuleInstance::Weight(_)));
        }
        // nor does what only ranks or conditions them, while an easier way cannot fall out
        if self.keeps_an_easier_way(&fixed, &moving) {
            moving.retain(|(at, _)| !self.is_about_going_back(*at));
        }
        let groups = group_joined_slots(&moving)
            .into_iter()
            .map(|(slots, members)| self.group(slots, &members))
            .collect::<Option<Vec<_>>>()?;
        Some(Joint {
            fixed: fixed.plain(),
            groups,
        })
    }

    /// Whether a switch or a warm side can be used as things are, and no rule that can still change
    /// is about it.
    fn keeps_an_easier_way(&self, fixed: &Sum, moving: &[(usize, Vec<FactSlot>)]) -> bool {
        [
            (OptionId::FlagOff, fixed.flag_off),
            (OptionId::ShiftTraffic, fixed.shift),
        ]
        .into_iter()
        .any(|(option, ease)| {
            let touches = |rule: RuleInstance<'_>| match rule {
                RuleInstance::Need(need) => need.option == option,
                RuleInstance::Case(_, case) => {
                    case.effect.iter().any(|(touched, _)| *touched == option)
                }
                _ => false,
            };
            ease != Ease::Out
                && !moving
                    .iter()
                    .any(|(at, _)| touches(self.instances[*at].rule))
        })
    }

    /// A rule that only ranks back against forward, or stands in the way of going back alone.
    fn is_about_going_back(&self, at: usize) -> bool {
        match self.instances[at].rule {
            RuleInstance::Weight(_) => true,
            RuleInstance::Case(_, case) => {
                let easier = [OptionId::FlagOff, OptionId::ShiftTraffic];
                case.verdict.is_none()
                    && !case
                        .effect
                        .iter()
                        .any(|(option, _)| easier.contains(option))
            }
            _ => false,
        }
    }

    fn group(&self, slots: Vec<FactSlot>, members: &[usize]) -> Option<FactGroup> {
        let classes: Vec<Vec<Val>> = slots.iter().map(|slot| self.classes(*slot)).collect();
        let total = classes.iter().try_fold(1usize, |total, classes| {
            total
                .checked_mul(classes.len())
                .filter(|total| (1..=JOINT).contains(total))
        })?;
        let tables = members
            .iter()
            .map(|at| self.table(*at, &slots, &classes))
            .collect::<Option<Vec<_>>>()?;
        let mut group = FactGroup {
            slots,
            classes,
            tables,
            sums: Vec::new(),
            table: Vec::with_capacity(total),
        };
        let mut places: HashMap<Sum, u32> = HashMap::new();
        let mut digits = vec![0usize; group.slots.len()];
        for _ in 0..total {
            let sum = group.contribution(&digits);
            let place = *places.entry(sum).or_insert_with(|| {
                group.sums.push(sum);
                group.sums.len() as u32 - 1
            });
            group.table.push(place);
            for (digit, classes) in digits.iter_mut().zip(&group.classes) {
                *digit = (*digit + 1) % classes.len();
                if *digit != 0 {
                    break;
                }
            }
        }
        Some(group)
    }

    /// What one rule contributes for every value of the facts it depends on, their values of today
    /// included (the last of each).
    fn table(&self, at: usize, slots: &[FactSlot], classes: &[Vec<Val>]) -> Option<RuleTable> {
        let places: Vec<usize> = (0..slots.len())
            .filter(|place| self.live[at].contains(&slots[*place]))
            .collect();
        let sizes: Vec<usize> = places
            .iter()
            .map(|place| classes[*place].len() + 1)
            .collect();
        let total = sizes.iter().try_fold(1usize, |total, size| {
            total.checked_mul(*size).filter(|total| *total <= JOINT * 4)
        })?;
        let mut values = self.world.values.clone();
        let mut sums = Vec::with_capacity(total);
        for index in 0..total {
            let mut rest = index;
            for (place, size) in places.iter().zip(&sizes) {
                let slot = slots[*place];
                values[slot] = classes[*place]
                    .get(rest % size)
                    .copied()
                    .unwrap_or(self.world.values[slot]);
                rest /= size;
            }
            let view = WorldView {
                world: self.world,
                values: &values,
            };
            sums.push(self.instances[at].contributes(self.instances[at].holds(&view)));
        }
        Some(RuleTable {
            places,
            sizes,
            sums,
        })
    }
}

/// Slots joined by shared rules, each with the rules of its group.
fn group_joined_slots(moving: &[(usize, Vec<FactSlot>)]) -> Vec<(Vec<FactSlot>, Vec<usize>)> {
    let mut out: Vec<(BTreeSet<FactSlot>, Vec<usize>)> = Vec::new();
    for (at, slots) in moving {
        let mut joined: (BTreeSet<FactSlot>, Vec<usize>) =
            (slots.iter().copied().collect(), vec![*at]);
        let mut rest = Vec::new();
        for group in out {
            if group.0.is_disjoint(&joined.0) {
                rest.push(group);
            } else {
                joined.0.extend(group.0);
                joined.1.extend(group.1);
            }
        }
        rest.push(joined);
        out = rest;
    }
    out.into_iter()
        .map(|(slots, members)| (slots.into_iter().collect(), members))
        .collect()
}

impl Joint {
    /// Whether some assignment brings another option, or another that follows; `None` above the
    /// bounds.
    pub(super) fn other_option(&self, space: &Space<'_>) -> Option<bool> {
        let sums = self.stages(&mut self.groups.iter())?.pop()?;
        Some(
            sums.into_iter()
                .any(|sum| space.course.verdict(sum).pair() != space.outcome.pair()),
        )
    }

    /// Different sums after each group; the first is that of no group.
    fn stages(&self, groups: &mut dyn Iterator<Item = &FactGroup>) -> Option<Vec<Vec<Sum>>> {
        let mut stages = vec![vec![self.fixed]];
        for group in groups {
            let sums = stages.last()?;
            let mut next: Vec<Sum> = Vec::with_capacity(sums.len() * group.sums.len());
            for sum in sums {
                next.extend(group.sums.iter().map(|other| sum.join(*other).plain()));
            }
            next.sort_unstable_by_key(Sum::packed);
            next.dedup();
            if next.len() > SUMS {
                return None;
            }
            stages.push(next);
        }
        Some(stages)
    }

    /// Facts that can make the difference: while the fact stays as it is the verdict is today's (or
    /// waits for an open point), and one of its values brings another. What follows after harm
    /// or a running deployment counts as part of the verdict.
    pub(super) fn deciding(&self, space: &Space<'_>) -> Vec<FactSlot> {
        let today = space.outcome.pair();
        let before = self.stages(&mut self.groups.iter());
        let after = self.stages(&mut self.groups.iter().rev());
        let (Some(before), Some(after)) = (before, after) else {
            return space.weighty.clone();
        };
        // what is fixed counts once; it only ever adds its margin twice
        let twice = self.fixed.margin;
        let mut out = Vec::new();
        for (at, group) in self.groups.iter().enumerate() {
            let (left, right) = (&before[at], &after[self.groups.len() - 1 - at]);
            for (place, slot) in group.slots.iter().enumerate() {
                let steps = group.steps(place);
                let decides = |stays: &Sum, becomes: &Sum| {
                    left.iter().any(|left| {
                        right.iter().any(|right| {
                            let mut rest = left.join(*right);
                            rest.margin -= twice;
                            let (stays, becomes) = (
                                space.course.verdict(rest.join(*stays)),
                                space.course.verdict(rest.join(*becomes)),
                            );
                            let waits = stays.pair() == today || !stays.whole;
                            waits && stays.pair() != becomes.pair()
                        })
                    })
                };
                let effort = left
                    .len()
                    .saturating_mul(right.len())
                    .saturating_mul(steps.len());
                if effort > EFFORT || steps.iter().any(|(stays, becomes)| decides(stays, becomes)) {
                    out.push(*slot);
                }
            }
        }
        out
    }

    /// One assignment that brings another option, as few facts as suffice.
    pub(super) fn witness(&self, space: &Space<'_>) -> Option<Vec<(FactSlot, Val)>> {
        let mut stages: Vec<BTreeMap<Sum, (Sum, usize)>> = Vec::new();
        let mut sums = BTreeSet::from([self.fixed]);
        for group in &self.groups {
            let mut stage = BTreeMap::new();
            for sum in &sums {
                for (place, other) in group.sums.iter().enumerate() {
                    stage
                        .entry(sum.join(*other).plain())
                        .or_insert((*sum, place));
                }
            }
            if stage.len() > SUMS {
                return None;
            }
            sums = stage.keys().copied().collect();
            stages.push(stage);
        }
        let mut at = *sums
            .iter()
            .find(|sum| space.course.verdict(**sum).pair() != space.outcome.pair())?;
        let mut all = Vec::new();
        for (group, stage) in self.groups.iter().zip(&stages).rev() {
            let (before, place) = stage.get(&at)?;
            all.extend(group.assignment(*place));
            at = *before;
        }
        all.sort_by_key(|(slot, _)| *slot);
        let mut kept = all;
        let mut try_at = 0;
        while try_at < kept.len() {
            let mut fewer = kept.clone();
            fewer.remove(try_at);
            if space.with(&fewer).1.pair() != space.outcome.pair() {
                kept = fewer;
            } else {
                try_at += 1;
            }
        }
        Some(kept)
    }
}

impl FactGroup {
    /// What its rules contribute together; a digit beyond a fact's classes means its value of
    /// today.
    fn contribution(&self, digits: &[usize]) -> Sum {
        let mut sum = NOTHING_SAID;
        for table in &self.tables {
            let (mut index, mut stride) = (0, 1);
            for (place, size) in table.places.iter().zip(&table.sizes) {
                index += digits[*place] * stride;
                stride *= size;
            }
            sum = sum.join(table.sums[index]);
        }
        sum.plain()
    }

    /// Different pairs of sums: one fact as it is today, and with one of its values, the others
    /// having any.
    fn steps(&self, place: usize) -> BTreeSet<(Sum, Sum)> {
        let stride: usize = self.classes[..place].iter().map(Vec::len).product();
        let size = self.classes[place].len();
        let mut steps: HashSet<(Sum, Sum)> = HashSet::new();
        let mut digits = vec![0usize; self.slots.len()];
        for at in (0..self.table.len()).filter(|at| (at / stride).is_multiple_of(size)) {
            let mut rest = at;
            for (digit, classes) in digits.iter_mut().zip(&self.classes) {
                *digit = rest % classes.len();
                rest /= classes.len();
            }
            digits[place] = size;
            let stays = self.contribution(&digits);
            for digit in 0..size {
                let becomes = self.sums[self.table[at + digit * stride] as usize];
                if becomes != stays {
                    steps.insert((stays, becomes));
                }
            }
        }
        steps.into_iter().collect()
    }

    /// The first assignment with this sum.
    fn assignment(&self, sum: usize) -> Vec<(FactSlot, Val)> {
        let Some(mut at) = self.table.iter().position(|place| *place as usize == sum) else {
            return Vec::new();
        };
        let mut out = Vec::new();
        for (slot, classes) in self.slots.iter().zip(&self.classes) {
            out.push((*slot, classes[at % classes.len()]));
            at /= classes.len();
        }
        out
    }
}
