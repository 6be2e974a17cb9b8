//! Items of a gate as they stand, and whether a trigger may be automatic.

use super::DecisionContext;
use super::explain::render_sentence;
use super::world::{Heard, World, WorldView};
use crate::checklist::cel::{Env, FactRef, Truth, Val};
use crate::checklist::{Checklist, SituationId};
use model::fact_key;
use model::{Facts, Gate, OptionId};

/// One item of a gate as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GateStatus {
    /// Id of the item in the checklist.
    pub id: String,
    /// What must hold, filled with versions.
    pub says: String,
    /// Whether it holds; `None` while a fact it needs is unknown, also where the item lets an
    /// unknown pass.
    pub holds: Option<bool>,
    /// The gate is held until it is known.
    pub waits: bool,
    /// What follows when it does not: `no-go`, `hold`, `roll-forward`, `restore` or `note`.
    pub otherwise: String,
    /// Keys of the facts it rests on.
    pub facts: Vec<String>,
}

/// What may be concluded at a gate while no incident is stated. Harm is stopped at any gate, and an
/// incident opens every option at all gates but the first, where nothing is out that could be
/// undone (rule 87 of the guide).
pub fn may_conclude(gate: Gate) -> &'static [OptionId] {
    use OptionId::{
        FlagOff, Go, Hold, NoGo, Restore, RollBack, RollBackWithConditions, RollForward,
        ShiftTraffic,
    };
    match gate {
        Gate::Start => &[Go, Hold, NoGo],
        Gate::Database => &[Go, Hold, RollForward, Restore],
        Gate::Backend | Gate::Frontend => &[
            Go,
            Hold,
            FlagOff,
            ShiftTraffic,
            RollBack,
            RollBackWithConditions,
            RollForward,
        ],
        Gate::Complete => &[
            Go,
            Hold,
            FlagOff,
            ShiftTraffic,
            RollBack,
            RollBackWithConditions,
            RollForward,
            Restore,
        ],
    }
}

/// The items of one gate as they stand.
pub fn gate_status(
    gate: Gate,
    facts: &Facts,
    checklist: &Checklist,
    context: &DecisionContext,
) -> Vec<GateStatus> {
    let context = DecisionContext {
        gate: Some(gate),
        ..context.clone()
    };
    let world = World::new(facts, checklist, &context);
    let view = WorldView {
        world: &world,
        values: &world.values,
    };
    let honest = Honest(WorldView {
        world: &world,
        values: &world.values,
    });
    let items = checklist
        .gates
        .iter()
        .filter(|list| list.gate == gate)
        .flat_map(|list| &list.items);
    items
        .map(|item| GateStatus {
            id: item.id.clone(),
            says: render_sentence(&item.says, &world, None),
            holds: match item.rule.node.eval(&honest, None) {
                Truth::True => Some(true),
                Truth::False => Some(false),
                Truth::Unknown => None,
            },
            waits: item.otherwise != "note" && item.rule.node.eval(&view, None) == Truth::Unknown,
            otherwise: item.otherwise.clone(),
            facts: item.facts.clone(),
        })
        .collect()
}

/// Facts as a person sees them: what nobody looked at is not known, also where a condition asks
/// whether it is.
pub(super) struct Honest<'w, 'a>(pub(super) WorldView<'w, 'a>);

impl Env for Honest<'_, '_> {
    fn value(&self, fact: FactRef, dependent: Option<usize>) -> Val {
        let set_aside = self
            .0
            .world
            .set_aside
            .get(self.0.world.slot(fact, dependent))
            .copied()
            .unwrap_or_default();
        if set_aside {
            Val::Unknown
        } else {
            self.0.value(fact, dependent)
        }
    }

    fn dependents(&self) -> usize {
        self.0.dependents()
    }

    fn counts(&self, dependent: usize) -> Truth {
        let world = self.0.world;
        // a gate that leaves the contract out of account does not make it known that nobody depends
        // on it
        if !world.unnamed
            || !world
                .ignored
                .get(world.way_back())
                .copied()
                .unwrap_or_default()
        {
            return self.0.counts(dependent);
        }
        match world
            .facts
            .get(fact_key::CONTRACT_WAY_BACK)
            .and_then(|fact| fact.value.as_word())
        {
            Some("breaking") => Truth::True,
            Some("compatible") => Truth::False,
            _ => Truth::Unknown,
        }
    }

    fn usage_limit(&self, class: u8) -> Option<f64> {
        self.0.usage_limit(class)
    }

    fn known(&self, fact: FactRef, dependent: Option<usize>) -> Truth {
        if self.value(fact, dependent) == Val::Unknown {
            Truth::Unknown
        } else {
            Truth::True
        }
    }
}

/// Whether a rollback may be triggered without a person (blocker B18): only from level 4 of the
/// ladder, with schema and contract untouched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AutomationDecision {
    /// Level of the ladder, 0 to 4; `None` while it is unknown.
    pub level: Option<u8>,
    /// A trigger may be automatic.
    pub allowed: bool,
    /// One sentence.
    pub says: String,
    /// What of this deployment, or of what is known about it, stands against it; one sentence
    /// each. The ladder tells of the process.
    pub missing: Vec<String>,
}

/// The words of the ladder's levels.
const LEVELS: [&str; 5] = [
    "no plan exists",
    "a plan is written",
    "going back was rehearsed once",
    "going back was rehearsed at least three times, lately and without surprise",
    "named conditions may trigger it, and a person can stop it",
];

/// See [`AutomationDecision`].
pub fn judge_automation(
    facts: &Facts,
    checklist: &Checklist,
    context: &DecisionContext,
) -> AutomationDecision {
    let world = World::new(facts, checklist, context);
    let view = WorldView {
        world: &world,
        values: &world.values,
    };
    let rule = checklist.situation(SituationId::AutomaticAllowed);
    // what a gate sets aside is not untouched
    let allowed = rule.is_some_and(|rule| rule.when.node.eval(&Heard(&view), None) == Truth::True);
    let level = facts
        .get(fact_key::REHEARSAL_LEVEL)
        .and_then(|fact| fact.value.as_number())
        .map(|level| level.clamp(0.0, 4.0) as u8);
    let words = level.map_or(
        "it is not known how well going back is rehearsed",
        |level| LEVELS[usize::from(level).min(4)],
    );
    let says = match (allowed, level) {
        (true, _) => {
            "A trigger may be automatic for named conditions; a person must be able to stop it."
                .to_owned()
        }
        (false, Some(4)) => {
            "Trigger it by hand: schema or contract are not known to be untouched.".to_owned()
        }
        (false, _) => format!("Trigger it by hand: {words}. Level 4 of the rehearsal is needed."),
    };
    debug_assert!(view.dependents() > 0);
    let mut missing = Vec::new();
    let word = |key: &str| facts.get(key).and_then(|fact| fact.value.as_word());
    match word(fact_key::DATABASE_SCHEMA) {
        Some("none" | "tweak") => {}
        Some(_) => missing.push("the schema changes, so a person decides".to_owned()),
        None => missing.push("whether the schema changes is not known".to_owned()),
    }
    match word(fact_key::CONTRACT_WAY_BACK) {
        Some("compatible") => {}
        Some("breaking") => missing.push(
            "going back takes away something that others use, so a person decides".to_owned(),
        ),
        Some(_) => missing.push(
            "going back may take away something that others use, so a person decides".to_owned(),
        ),
        None => missing.push(
            "it is not known whether going back takes away something that others use".to_owned(),
        ),
    }
    if missing.is_empty() && !allowed {
        // a checklist of one's own may ask for more
        missing.push(rule.map_or_else(
            || "the checklist allows no automatic trigger".to_owned(),
            |rule| format!("this does not hold: {}", rule.says),
        ));
    }
    AutomationDecision {
        level,
        allowed,
        says,
        missing,
    }
}
