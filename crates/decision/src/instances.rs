//! Every rule of the checklist that can be in force here, once (or once a dependent), in an order
//! that does not depend on the file.

use super::verdict::{Course, NOTHING_SAID, Sum, bit};
use super::world::{Heard, Slot, View, World};
use crate::checklist::cel::{Condition, Env, Node, Tri, Val};
use crate::checklist::{
    Blocker, Case, Checklist, Consideration, GateItem, Need, SituationId, Toward,
};
use model::{OptionId, OptionState};

/// What a rule is.
#[derive(Clone, Copy)]
pub(super) enum Rule<'a> {
    /// Nothing is wrong.
    NothingToUndo,
    /// Something is wrong.
    Incident,
    /// Nobody is hit.
    Quiet,
    /// What an option needs.
    Need(&'a Need),
    /// One case of a blocker.
    Case(&'a Blocker, &'a Case),
    /// A weight.
    Weight(&'a Consideration),
    /// An item of the gate.
    Item(&'a GateItem),
}

/// A rule with the dependent it is about.
pub(super) struct Instance<'a> {
    pub(super) rule: Rule<'a>,
    pub(super) when: &'a Condition,
    pub(super) dependent: Option<usize>,
}

/// All of them.
pub(super) fn all<'a>(
    checklist: &'a Checklist,
    world: &World<'_>,
    course: Course,
) -> Vec<Instance<'a>> {
    let mut out = Vec::new();
    for (id, rule) in [
        (SituationId::NothingToUndo, Rule::NothingToUndo),
        (SituationId::Incident, Rule::Incident),
        (SituationId::Quiet, Rule::Quiet),
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
        rule: Rule::Need(need),
        when: &need.when,
        dependent: None,
    }));
    let mut blockers: Vec<_> = checklist.blockers.iter().collect();
    blockers.sort_by_key(|blocker| order(blocker));
    for blocker in blockers {
        let rows: Vec<Option<usize>> = if blocker.per_dependent {
            (0..world.dependents.len()).map(Some).collect()
        } else {
            vec![None]
        };
        for dependent in rows {
            let mut cases: Vec<_> = blocker.cases.iter().collect();
            cases.sort_by(|a, b| {
                worst(b)
                    .cmp(&worst(a))
                    .then_with(|| a.when.text.cmp(&b.when.text))
            });
            out.extend(cases.into_iter().map(|case| Instance {
                rule: Rule::Case(blocker, case),
                when: &case.when,
                dependent,
            }));
        }
    }
    let mut weights: Vec<_> = checklist.considerations.iter().collect();
    weights.sort_by(|a, b| b.weight.total_cmp(&a.weight).then_with(|| a.id.cmp(&b.id)));
    out.extend(weights.into_iter().map(|weight| Instance {
        rule: Rule::Weight(weight),
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
            rule: Rule::Item(item),
            when: &item.rule,
            dependent: None,
        }));
    }
    out
}

/// By rank, where the checklist gives one, then by number, then other ids.
pub(super) fn order(blocker: &Blocker) -> (u32, u32, &str) {
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

fn worst(case: &Case) -> OptionState {
    case.effect
        .iter()
        .map(|(_, state)| *state)
        .max()
        .unwrap_or(OptionState::Cleared)
}

impl Instance<'_> {
    /// Its condition's value.
    pub(super) fn holds(&self, view: &View<'_, '_>) -> Tri {
        self.hearing(view, |env| match self.dependent {
            Some(dependent) => env
                .counts(dependent)
                .and(|| self.when.node.eval(env, self.dependent)),
            None => self.when.node.eval(env, None),
        })
    }

    /// The facts as this rule may use them. A weight counts only what somebody knows; a blocker
    /// does not fire on what is not out yet.
    fn hearing<T>(&self, view: &View<'_, '_>, call: impl FnOnce(&dyn Env) -> T) -> T {
        match self.rule {
            Rule::Weight(_) => call(&Heard(view)),
            _ => call(view),
        }
    }

    /// What it contributes when its condition has this value.
    pub(super) fn contributes(&self, holds: Tri) -> Sum {
        let mut sum = NOTHING_SAID;
        match (self.rule, holds) {
            (Rule::NothingToUndo, Tri::True) => sum.bits = bit::NOTHING,
            (Rule::Incident, Tri::True) => sum.bits = bit::INCIDENT,
            (Rule::Quiet, Tri::True) => sum.bits = bit::QUIET,
            (Rule::Need(need), Tri::False) => sum.worsen(need.option, OptionState::Removed, false),
            (Rule::Need(need), Tri::Unknown) => {
                sum.worsen(need.option, OptionState::NotCleared, false)
            }
            (Rule::Case(_, case), Tri::True) => {
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
            (Rule::Case(_, case), Tri::Unknown) => {
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
            (Rule::Weight(weight), Tri::True) => {
                let thousandths = (weight.weight * 1000.0).round() as i32;
                sum.margin = if weight.toward == Toward::Back {
                    thousandths
                } else {
                    -thousandths
                };
            }
            (Rule::Item(item), Tri::False) => {
                sum.bits = match item.otherwise.as_str() {
                    "no-go" => bit::NO_GO,
                    "restore" => bit::RESTORE,
                    "roll-forward" => bit::FORWARD,
                    "hold" => bit::HOLD,
                    _ => 0,
                };
            }
            (Rule::Item(item), Tri::Unknown) if item.otherwise != "note" => {
                sum.bits = bit::OPEN_ITEM
            }
            _ => {}
        }
        sum
    }

    /// Slots it reads, whatever their values.
    pub(super) fn reads(&self, world: &World<'_>) -> Vec<Slot> {
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
    pub(super) fn live(&self, world: &World<'_>, settled: &[Val]) -> Vec<Slot> {
        let mut slots = Vec::new();
        let view = View {
            world,
            values: settled,
        };
        let (constant, counts) = self.hearing(&view, |env| {
            let constant = residual(&self.when.node, (env, world), self.dependent, &mut slots);
            (
                constant,
                self.dependent.map(|dependent| env.counts(dependent)),
            )
        });
        match counts {
            Some(Tri::False) => return Vec::new(),
            Some(Tri::Unknown) if constant != Some(false) => slots.extend(open_way_back(world)),
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
fn residual(
    node: &Node,
    known: (&dyn Env, &World<'_>),
    dependent: Option<usize>,
    live: &mut Vec<Slot>,
) -> Option<bool> {
    let (env, world) = known;
    let leaf = |live: &mut Vec<Slot>| {
        let mut facts = std::collections::BTreeSet::new();
        node.reads(&mut facts);
        live.extend(
            facts
                .into_iter()
                .map(|fact| world.slot(fact, dependent))
                .filter(|slot| world.open.get(*slot) == Some(&true)),
        );
    };
    let constant = |tri: Tri| match tri {
        Tri::True => Some(true),
        Tri::False => Some(false),
        Tri::Unknown => None,
    };
    match node {
        Node::Constant(value) => Some(*value),
        Node::Is(..) | Node::Compare(..) => {
            let value = constant(node.eval(env, dependent));
            if value.is_none() {
                leaf(live);
            }
            value
        }
        Node::Known(fact) | Node::NotApplicable(fact) => {
            if world.open.get(world.slot(*fact, dependent)) == Some(&true) {
                leaf(live);
                return None;
            }
            constant(node.eval(env, dependent))
        }
        Node::Not(a) => residual(a, known, dependent, live).map(|value| !value),
        Node::And(a, b) => both(false, [a, b], known, dependent, live),
        Node::Or(a, b) => both(true, [a, b], known, dependent, live),
        Node::If(c, a, b) => match residual(c, known, dependent, live) {
            Some(true) => residual(a, known, dependent, live),
            Some(false) => residual(b, known, dependent, live),
            None => {
                residual(a, known, dependent, live);
                residual(b, known, dependent, live);
                None
            }
        },
        Node::All(body) | Node::Exists(body) => {
            let absorbing = matches!(node, Node::Exists(_));
            let (mut own, mut result) = (Vec::new(), Some(!absorbing));
            for at in 0..env.dependents() {
                let counts = env.counts(at);
                if counts == Tri::False {
                    continue;
                }
                let mut slots = Vec::new();
                let value = residual(body, known, Some(at), &mut slots);
                if value == Some(absorbing) && counts == Tri::True {
                    return Some(absorbing);
                }
                if value != Some(!absorbing) {
                    if counts == Tri::Unknown {
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
fn open_way_back(world: &World<'_>) -> Option<Slot> {
    Some(world.way_back()).filter(|slot| world.open.get(*slot) == Some(&true))
}

fn both(
    absorbing: bool,
    sides: [&Node; 2],
    known: (&dyn Env, &World<'_>),
    dependent: Option<usize>,
    live: &mut Vec<Slot>,
) -> Option<bool> {
    let (mut own, mut result) = (Vec::new(), Some(!absorbing));
    for side in sides {
        let mut slots = Vec::new();
        match residual(side, known, dependent, &mut slots) {
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
