//! Every rule of the checklist that can be in force here, once (or once a dependent), in an order
//! that does not depend on the file.

use super::verdict::{Course, NOTHING_SAID, Sum, bit};
use super::world::{FactSlot, Heard, World, WorldView};
use crate::checklist::cel::{CelCondition, ConditionNode, Env, Truth, Val};
use crate::checklist::{
    Blocker, BlockerCase, Checklist, Consideration, GateItem, Need, SituationId, Toward,
};
use model::{OptionId, OptionState};

/// What a rule is.
#[derive(Clone, Copy)]
pub(super) enum RuleInstance<'a> {
    /// Nothing is wrong.
    NothingToUndo,
    /// Something is wrong.
    Incident,
    /// Nobody is hit.
    Quiet,
    /// What an option needs.
    Need(&'a Need),
    /// One case of a blocker.
    Case(&'a Blocker, &'a BlockerCase),
    /// A weight.
    Weight(&'a Consideration),
    /// An item of the gate.
    Item(&'a GateItem),
}

/// A rule with the dependent it is about.
pub(super) struct Instance<'a> {
    pub(super) rule: RuleInstance<'a>,
    pub(super) when: &'a CelCondition,
    pub(super) dependent: Option<usize>,
}

/// All of them.
pub(super) fn list_rule_instances<'a>(
    checklist: &'a Checklist,
    world: &World<'_>,
    course: Course,
) -> Vec<Instance<'a>> {
    let mut out = Vec::new();
    for (id, rule) in [
        (SituationId::NothingToUndo, RuleInstance::NothingToUndo),
        (SituationId::Incident, RuleInstance::Incident),
        (SituationId::Quiet, RuleInstance::Quiet),
    ] {
        out.extend(checklist.situation(id).map(|situation| Instance {
            rule,
            when: &situation.when,
            dependent: None,
        }));
    }
    let mut needs: Vec<_> = checklist.needs.iter().collect();
    needs.sort_by(|a, b| (a.option, &a.id).cmp(&(b.option, &b.id)));
    out.extend(needs.into_iter().map(|need| Instance {
        rule: RuleInstance::Need(need),
        when: &need.when,
        dependent: None,
    }));
    let mut blockers: Vec<_> = checklist.blockers.iter().collect();
    blockers.sort_by_key(|blocker| rank_blocker(blocker));
    for blocker in blockers {
        let rows: Vec<Option<usize>> = if blocker.per_dependent {
            (0..world.dependents.len()).map(Some).collect()
        } else {
            vec![None]
        };
        for dependent in rows {
            let mut cases: Vec<_> = blocker.cases.iter().collect();
            cases.sort_by(|a, b| {
                find_worst_case_state(b)
                    .cmp(&find_worst_case_state(a))
                    .then_with(|| a.when.text.cmp(&b.when.text))
            });
            out.extend(cases.into_iter().map(|case| Instance {
                rule: RuleInstance::Case(blocker, case),
                when: &case.when,
                dependent,
            }));
        }
    }
    let mut weights: Vec<_> = checklist.considerations.iter().collect();
    weights.sort_by(|a, b| b.weight.total_cmp(&a.weight).then_with(|| a.id.cmp(&b.id)));
    out.extend(weights.into_iter().map(|weight| Instance {
        rule: RuleInstance::Weight(weight),
        when: &weight.when,
        dependent: None,
    }));
    if let Some(list) = course
        .gate()
        .and_then(|gate| checklist.gates.iter().find(|list| list.gate == gate))
    {
        let mut items: Vec<_> = list.items.iter().collect();
        items.sort_by(|a, b| a.id.cmp(&b.id));
        out.extend(items.into_iter().map(|item| Instance {
            rule: RuleInstance::Item(item),
            when: &item.rule,
            dependent: None,
        }));
    }
    out
}

/// By rank, where the checklist gives one, then by number, then other ids.
pub(super) fn rank_blocker(blocker: &Blocker) -> (u32, u32, &str) {
    let number = blocker
        .id
        .strip_prefix('B')
        .and_then(|number| number.parse().ok());
    (
        blocker.rank.unwrap_or(u32::MAX),
        number.unwrap_or(u32::MAX),
        &blocker.id,
    )
}

fn find_worst_case_state(case: &BlockerCase) -> OptionState {
    case.effect
        .iter()
        .map(|(_, state)| *state)
        .max()
        .unwrap_or(OptionState::Cleared)
}

impl Instance<'_> {
    /// Its condition's value.
    pub(super) fn holds(&self, view: &WorldView<'_, '_>) -> Truth {
        self.hearing(view, |env| match self.dependent {
            Some(dependent) => env
                .counts(dependent)
                .and(|| self.when.node.eval(env, self.dependent)),
            None => self.when.node.eval(env, None),
        })
    }

    /// The facts as this rule may use them. A weight counts only what somebody knows; a blocker
    /// does not fire on what is not out yet.
    fn hearing<T>(&self, view: &WorldView<'_, '_>, call: impl FnOnce(&dyn Env) -> T) -> T {
        match self.rule {
            RuleInstance::Weight(_) => call(&Heard(view)),
            _ => call(view),
        }
    }

    /// What it contributes when its condition has this value.
    pub(super) fn contributes(&self, holds: Truth) -> Sum {
        let mut sum = NOTHING_SAID;
        match (self.rule, holds) {
            (RuleInstance::NothingToUndo, Truth::True) => sum.bits = bit::NOTHING,
            (RuleInstance::Incident, Truth::True) => sum.bits = bit::INCIDENT,
            (RuleInstance::Quiet, Truth::True) => sum.bits = bit::QUIET,
            (RuleInstance::Need(need), Truth::False) => {
                sum.worsen(need.option, OptionState::Removed, false)
            }
            (RuleInstance::Need(need), Truth::Unknown) => {
                sum.worsen(need.option, OptionState::NotCleared, false)
            }
            (RuleInstance::Case(_, case), Truth::True) => {
                // while the cause is looked for the ways back wait; whether they are out for
                // another reason must stay visible
                let waits = |option: OptionId| {
                    case.yields
                        && matches!(
                            option,
                            OptionId::RollBack | OptionId::RollBackWithConditions
                        )
                };
                for (option, state) in case.effect.iter().filter(|(option, _)| !waits(*option)) {
                    sum.worsen(*option, *state, case.is_probe(*option));
                }
                sum.bits = match case.verdict {
                    Some(OptionId::StopHarm) => bit::HARM,
                    Some(_) if case.yields => bit::CAUSE,
                    Some(_) => bit::DEPLOYING,
                    None => 0,
                };
            }
            (RuleInstance::Case(_, case), Truth::Unknown) => {
                for (option, state) in case
                    .effect
                    .iter()
                    .filter(|(option, _)| !case.only_when_known.contains(option))
                {
                    let unknown = if *state == OptionState::Cleared {
                        OptionState::Cleared
                    } else {
                        OptionState::NotCleared
                    };
                    sum.worsen(*option, unknown, case.is_probe(*option));
                }
            }
            (RuleInstance::Weight(weight), Truth::True) => {
                let thousandths = (weight.weight * 1000.0).round() as i32;
                sum.margin = if weight.toward == Toward::Back {
                    thousandths
                } else {
                    -thousandths
                };
            }
            (RuleInstance::Item(item), Truth::False) => {
                sum.bits = match item.otherwise.as_str() {
                    "no-go" => bit::NO_GO,
                    "restore" => bit::RESTORE,
                    "roll-forward" => bit::FORWARD,
                    "hold" => bit::HOLD,
                    _ => 0,
                };
            }
            (RuleInstance::Item(item), Truth::Unknown) if item.otherwise != "note" => {
                sum.bits = bit::OPEN_ITEM
            }
            _ => {}
        }
        sum
    }

    /// Slots it reads, whatever their values.
    pub(super) fn reads(&self, world: &World<'_>) -> Vec<FactSlot> {
        let mut out = Vec::new();
        for fact in self.when.reads() {
            match (fact, self.dependent) {
                (crate::checklist::cel::FactRef::Dependent(_), None) => {
                    out.extend(
                        (0..world.dependents.len())
                            .map(|dependent| world.slot(fact, Some(dependent))),
                    );
                }
                (fact, dependent) => out.push(world.slot(fact, dependent)),
            }
        }
        out.sort_unstable();
        out.dedup();
        out
    }

    /// Open slots that can still change its condition, given all settled facts; empty when nothing
    /// can.
    pub(super) fn live(&self, world: &World<'_>, settled: &[Val]) -> Vec<FactSlot> {
        let mut slots = Vec::new();
        let view = WorldView {
            world,
            values: settled,
        };
        let (constant, counts) = self.hearing(&view, |env| {
            let constant =
                reduce_condition(&self.when.node, (env, world), self.dependent, &mut slots);
            (
                constant,
                self.dependent.map(|dependent| env.counts(dependent)),
            )
        });
        match counts {
            Some(Truth::False) => return Vec::new(),
            Some(Truth::Unknown) if constant != Some(false) => slots.extend(open_way_back(world)),
            _ => {}
        }
        if constant.is_some() && slots.is_empty() {
            return Vec::new();
        }
        slots.sort_unstable();
        slots.dedup();
        slots
    }
}

/// The condition with settled facts put in: a constant, or the open slots it still depends on
/// (added to `live`). In `known` every open fact is unknown.
fn reduce_condition(
    node: &ConditionNode,
    known: (&dyn Env, &World<'_>),
    dependent: Option<usize>,
    live: &mut Vec<FactSlot>,
) -> Option<bool> {
    let (env, world) = known;
    let leaf = |live: &mut Vec<FactSlot>| {
        let mut facts = std::collections::BTreeSet::new();
        node.reads(&mut facts);
        live.extend(
            facts
                .into_iter()
                .map(|fact| world.slot(fact, dependent))
                .filter(|slot| world.open.get(*slot) == Some(&true)),
        );
    };
    let constant = |tri: Truth| match tri {
        Truth::True => Some(true),
        Truth::False => Some(false),
        Truth::Unknown => None,
    };
    match node {
        ConditionNode::Constant(value) => Some(*value),
        ConditionNode::Is(..) | ConditionNode::Compare(..) => {
            let value = constant(node.eval(env, dependent));
            if value.is_none() {
                leaf(live);
            }
            value
        }
        ConditionNode::Known(fact) | ConditionNode::NotApplicable(fact) => {
            if world.open.get(world.slot(*fact, dependent)) == Some(&true) {
                leaf(live);
                return None;
            }
            constant(node.eval(env, dependent))
        }
        ConditionNode::Not(a) => reduce_condition(a, known, dependent, live).map(|value| !value),
        ConditionNode::And(a, b) => reduce_condition_pair(false, [a, b], known, dependent, live),
        ConditionNode::Or(a, b) => reduce_condition_pair(true, [a, b], known, dependent, live),
        ConditionNode::If(c, a, b) => match reduce_condition(c, known, dependent, live) {
            Some(true) => reduce_condition(a, known, dependent, live),
            Some(false) => reduce_condition(b, known, dependent, live),
            None => {
                reduce_condition(a, known, dependent, live);
                reduce_condition(b, known, dependent, live);
                None
            }
        },
        ConditionNode::All(body) | ConditionNode::Exists(body) => {
            let absorbing = matches!(node, ConditionNode::Exists(_));
            let (mut own, mut result) = (Vec::new(), Some(!absorbing));
            for at in 0..env.dependents() {
                let counts = env.counts(at);
                if counts == Truth::False {
                    continue;
                }
                let mut slots = Vec::new();
                let value = reduce_condition(body, known, Some(at), &mut slots);
                if value == Some(absorbing) && counts == Truth::True {
                    return Some(absorbing);
                }
                if value != Some(!absorbing) {
                    if counts == Truth::Unknown {
                        own.extend(open_way_back(world));
                    }
                    own.extend(slots);
                    result = None;
                }
            }
            live.extend(own);
            result
        }
    }
}

/// The fact that the row for unnamed dependents depends on, while it is open.
fn open_way_back(world: &World<'_>) -> Option<FactSlot> {
    Some(world.way_back()).filter(|slot| world.open.get(*slot) == Some(&true))
}

fn reduce_condition_pair(
    absorbing: bool,
    sides: [&ConditionNode; 2],
    known: (&dyn Env, &World<'_>),
    dependent: Option<usize>,
    live: &mut Vec<FactSlot>,
) -> Option<bool> {
    let (mut own, mut result) = (Vec::new(), Some(!absorbing));
    for side in sides {
        let mut slots = Vec::new();
        match reduce_condition(side, known, dependent, &mut slots) {
            Some(value) if value == absorbing => return Some(absorbing),
            Some(_) => {}
            None => {
                own.extend(slots);
                result = None;
            }
        }
    }
    live.extend(own);
    result
}
