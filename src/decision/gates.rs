//! Items of a gate as they stand, and whether a trigger may be automatic.

use super::Context;
use super::explain::render;
use super::world::{View, World};
use crate::checklist::cel::Tri;
use crate::checklist::{Checklist, cel::Env};
use crate::model::{Facts, Gate};

/// One item of a gate as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GateStatus {
    /// Id of the item in the checklist.
    pub id: String,
    /// What must hold, filled with versions.
    pub says: String,
    /// Whether it holds; `None` while a fact it needs is unknown.
    pub holds: Option<bool>,
    /// What follows when it does not: `no-go`, `hold`, `roll-forward`, `restore` or `note`.
    pub otherwise: String,
    /// Keys of the facts it rests on.
    pub facts: Vec<String>,
}

/// The items of one gate as they stand.
pub fn gate_status(gate: Gate, facts: &Facts, checklist: &Checklist, context: &Context) -> Vec<GateStatus> {
    let context = Context { gate: Some(gate), ..context.clone() };
    let world = World::new(facts, checklist, &context);
    let view = View { world: &world, values: &world.values };
    let items = checklist.gates.iter().filter(|list| list.gate == gate).flat_map(|list| &list.items);
    items
        .map(|item| GateStatus {
            id: item.id.clone(),
            says: render(&item.says, &world, None),
            holds: match item.rule.node.eval(&view, None) {
                Tri::True => Some(true),
                Tri::False => Some(false),
                Tri::Unknown => None,
            },
            otherwise: item.otherwise.clone(),
            facts: item.facts.clone(),
        })
        .collect()
}

/// Whether a rollback may be triggered without a person (blocker B18): only from level 4 of the ladder, with schema and contract
/// untouched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Automation {
    /// Level of the ladder, 0 to 4; `None` while it is unknown.
    pub level: Option<u8>,
    /// A trigger may be automatic.
    pub allowed: bool,
    /// One sentence.
    pub says: String,
}

/// The words of the ladder's levels.
const LEVELS: [&str; 5] = [
    "no plan exists",
    "a plan is written",
    "going back was rehearsed once",
    "going back was rehearsed at least three times, lately and without surprise",
    "named conditions may trigger it, and a person can stop it",
];

/// See [`Automation`].
pub fn automation(facts: &Facts, checklist: &Checklist, context: &Context) -> Automation {
    let world = World::new(facts, checklist, context);
    let view = View { world: &world, values: &world.values };
    let rule = checklist.situations.iter().find(|situation| situation.id == "automatic-allowed");
    let allowed = rule.is_some_and(|rule| rule.when.node.eval(&view, None) == Tri::True);
    let level = facts.get("rehearsal.level").and_then(|fact| fact.value.as_number()).map(|level| level.clamp(0.0, 4.0) as u8);
    let words = level.map_or("how far the process is rehearsed is not known", |level| LEVELS[usize::from(level).min(4)]);
    let says = match (allowed, level) {
        (true, _) => "A trigger may be automatic for named conditions; a person must be able to stop it.".to_owned(),
        (false, Some(4)) => "Trigger it by hand: schema or contract are not known to be untouched.".to_owned(),
        (false, _) => format!("Trigger it by hand: {words}; level 4 is needed."),
    };
    debug_assert!(view.dependents() > 0);
    Automation { level, allowed, says }
}
