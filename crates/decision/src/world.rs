//! Facts laid out for evaluation: one slot a fact, and those of [`catalogue::OF_DEPENDENT`] for each
//! dependent behind them.

use model::fact_key;
use std::collections::BTreeMap;

use super::DecisionContext;
use crate::checklist::catalogue::{self, Values};
use crate::checklist::cel::{Env, FactRef, Truth, Val};
use crate::checklist::{Checklist, Question};
use model::{Fact, FactValue, Facts, Provenance, Sureness};

/// Name of the row for dependents nobody named.
pub(super) const UNNAMED: &str = "unknown dependents";
/// Most dependents that are looked at one by one.
const DEPENDENTS: usize = 200;

/// A fact's place among all values.
pub(super) type FactSlot = usize;

/// Facts in force, as the rules see them.
pub(super) struct World<'a> {
    pub(super) facts: &'a Facts,
    pub(super) context: &'a DecisionContext,
    /// Names of dependents, in order.
    pub(super) dependents: Vec<String>,
    /// Nobody named a dependent: the one row stands for whoever there may be.
    pub(super) unnamed: bool,
    /// Key of every slot.
    pub(super) keys: Vec<String>,
    /// Value of every slot as it is.
    pub(super) values: Vec<Val>,
    /// Whether another value of the slot is possible: unknown, or known with low confidence.
    pub(super) open: Vec<bool>,
    /// Whether the value is only set aside at this gate: nobody knows it, and it does not count
    /// yet.
    pub(super) set_aside: Vec<bool>,
    /// Whether the value is that of the gate and no statement: it only keeps blockers from firing
    /// on what is not out yet.
    pub(super) ignored: Vec<bool>,
    /// Whether a person was asked already.
    pub(super) asked: Vec<bool>,
    /// One line for every derived, ignored or refused fact.
    pub(super) notes: Vec<String>,
    /// Facts whose value is not of the catalogue: a bug somewhere that must be seen.
    pub(super) foreign: Vec<String>,
    usage: Vec<Option<f64>>,
    first_dependent: usize,
    way_back: FactSlot,
}

/// Values that differ from the world's own.
pub(super) struct WorldView<'w, 'a> {
    pub(super) world: &'w World<'a>,
    pub(super) values: &'w [Val],
}

impl Env for WorldView<'_, '_> {
    fn value(&self, fact: FactRef, dependent: Option<usize>) -> Val {
        self.values
            .get(self.world.slot(fact, dependent))
            .copied()
            .unwrap_or(Val::Unknown)
    }

    fn dependents(&self) -> usize {
        self.world.dependents.len()
    }

    fn counts(&self, _dependent: usize) -> Truth {
        if !self.world.unnamed {
            return Truth::True;
        }
        match self.values.get(self.world.way_back) {
            // breaking, doubt, compatible: whether a doubt matters to anybody is for a person to
            // say
            Some(Val::Word(0)) => Truth::True,
            Some(Val::Unknown | Val::Word(1)) => Truth::Unknown,
            _ => Truth::False,
        }
    }

    fn usage_limit(&self, class: u8) -> Option<f64> {
        self.world.usage.get(usize::from(class)).copied().flatten()
    }
}

/// As [`View`], but what a gate only sets aside is not there: nothing may rest on it, neither a
/// weight nor a reason.
pub(super) struct Heard<'v, 'w, 'a>(pub(super) &'v WorldView<'w, 'a>);

impl Env for Heard<'_, '_, '_> {
    fn value(&self, fact: FactRef, dependent: Option<usize>) -> Val {
        let world = self.0.world;
        if world.ignored.get(world.slot(fact, dependent)) == Some(&true) {
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
        if world.unnamed && world.ignored.get(world.way_back) == Some(&true) {
            Truth::Unknown
        } else {
            self.0.counts(dependent)
        }
    }

    fn usage_limit(&self, class: u8) -> Option<f64> {
        self.0.usage_limit(class)
    }
}

impl<'a> World<'a> {
    pub(super) fn new(
        facts: &'a Facts,
        checklist: &Checklist,
        context: &'a DecisionContext,
    ) -> Self {
        let mut dependents: Vec<String> = facts
            .keys()
            .filter_map(|key| catalogue::split_dependent_key(key))
            .map(|(name, _)| name.to_owned())
            .collect();
        dependents.sort();
        dependents.dedup();
        let mut notes = Vec::new();
        if dependents.len() > DEPENDENTS {
            notes.push(format!(
                "{} dependents are known, the first {DEPENDENTS} are looked at",
                dependents.len()
            ));
            dependents.truncate(DEPENDENTS);
        }
        let unnamed = dependents.is_empty() || dependents == [UNNAMED];
        if dependents.is_empty() {
            dependents.push(UNNAMED.to_owned());
        }
        let all = catalogue::list_fact_definitions();
        let first_dependent =
            catalogue::find_fact_position(catalogue::OF_DEPENDENT[0].pattern()).unwrap_or(0);
        let mut keys: Vec<String> = all.iter().map(|def| def.key.to_owned()).collect();
        for name in &dependents {
            keys.extend(catalogue::OF_DEPENDENT.iter().map(|fact| fact.of(name)));
        }
        let usage = match catalogue::find_fact_definition(fact_key::DEPLOYMENT_USAGE_CLASS)
            .map(|def| def.values)
        {
            Some(Values::Words(words)) => words
                .iter()
                .map(|word| checklist.usage_minutes(word))
                .collect(),
            _ => Vec::new(),
        };
        let mut world = Self {
            facts,
            context,
            unnamed,
            values: vec![Val::Unknown; keys.len()],
            open: vec![true; keys.len()],
            set_aside: vec![false; keys.len()],
            ignored: vec![false; keys.len()],
            asked: vec![false; keys.len()],
            dependents,
            keys,
            notes,
            foreign: Vec::new(),
            usage,
            first_dependent,
            way_back: catalogue::find_fact_position(fact_key::CONTRACT_WAY_BACK).unwrap_or(0),
        };
        let places: BTreeMap<String, FactSlot> = world
            .keys
            .iter()
            .enumerate()
            .map(|(slot, key)| (key.clone(), slot))
            .collect();
        for (key, fact) in facts {
            match places.get(key) {
                Some(&slot) if !key.contains("[]") => world.take(slot, key, fact),
                _ if catalogue::split_dependent_key(key)
                    .is_some_and(|_| catalogue::find_fact_definition(key).is_some()) => {}
                _ => world
                    .foreign
                    .push(format!("{key} is not a fact of the catalogue")),
            }
        }
        world.derive(checklist);
        world.ignore(checklist);
        world
    }

    fn take(&mut self, slot: FactSlot, key: &str, fact: &Fact) {
        self.asked[slot] = fact.provenance == Provenance::Stated;
        if !catalogue::is_admissible_value(key, &fact.value) {
            self.foreign.push(format!(
                "{key} is never {}",
                model::escape_invisible(&fact.value.to_string())
            ));
            return;
        }
        let mut value = convert_fact_value(key, &fact.value);
        // ages grow and windows shrink while the session goes on
        if let (Val::Number(number), Some(at)) = (value, fact.at) {
            let passed = (self.context.now.as_second() - at.as_second()).max(0) as f64 / 60.0;
            value = Val::Number(match key {
                fact_key::DEPLOYMENT_LIVE_MINUTES | fact_key::BACKUP_AGE_MINUTES => {
                    number + passed.floor()
                }
                fact_key::WINDOW_MINUTES_LEFT | fact_key::DEPLOYMENT_OLD_SIDE_MINUTES_LEFT => {
                    (number - passed.floor()).max(0.0)
                }
                _ => number,
            });
        }
        self.values[slot] = value;
        let guessed = fact.confidence == Sureness::Low || fact.provenance == Provenance::Assumed;
        self.open[slot] =
            value == Val::Unknown || guessed || fact.value.as_word() == Some("likely");
    }

    /// The slot of a fact.
    pub(super) fn slot(&self, fact: FactRef, dependent: Option<usize>) -> FactSlot {
        match (fact, dependent) {
            (FactRef::Plain(place), _) => usize::from(place),
            (FactRef::Dependent(place), Some(dependent)) => {
                catalogue::list_fact_definitions().len()
                    + dependent * catalogue::OF_DEPENDENT.len()
                    + usize::from(place).saturating_sub(self.first_dependent)
            }
            (FactRef::Dependent(_), None) => usize::MAX,
        }
    }

    /// The dependent a slot belongs to.
    pub(super) fn dependent_of(&self, slot: FactSlot) -> Option<usize> {
        slot.checked_sub(catalogue::list_fact_definitions().len())
            .map(|beyond| beyond / catalogue::OF_DEPENDENT.len())
    }

    /// Slot of `contract.way_back`, which the row for unnamed dependents depends on.
    pub(super) fn way_back(&self) -> FactSlot {
        self.way_back
    }

    /// The fact behind a slot, when somebody gave it.
    pub(super) fn fact(&self, slot: FactSlot) -> Option<&'a Fact> {
        self.facts.get(self.keys.get(slot)?)
    }

    /// Slots a question settles for one dependent (or none).
    pub(super) fn settles(&self, question: &Question, dependent: Option<usize>) -> Vec<FactSlot> {
        question
            .facts
            .iter()
            .filter_map(|key| self.concrete(key, dependent))
            .collect()
    }

    /// Slot of a key of a question or choice, the pattern filled with a dependent.
    pub(super) fn concrete(&self, key: &str, dependent: Option<usize>) -> Option<FactSlot> {
        let place = catalogue::find_fact_position(key)? as u8;
        let reference = if key.starts_with("dependent[") {
            FactRef::Dependent(place)
        } else {
            FactRef::Plain(place)
        };
        let slot = self.slot(reference, dependent);
        (slot < self.keys.len()).then_some(slot)
    }

    /// A slot's value as a fact value.
    pub(super) fn shown(&self, slot: FactSlot, value: Val) -> FactValue {
        match value {
            Val::Unknown => FactValue::Unknown,
            Val::NotApplicable => FactValue::NotApplicable,
            Val::Number(number) => FactValue::Number(number),
            Val::Word(word) => {
                match catalogue::find_fact_definition(&self.keys[slot]).map(|def| def.values) {
                    Some(Values::Words(words)) => words
                        .get(usize::from(word))
                        .map_or(FactValue::Unknown, |word| FactValue::word(*word)),
                    _ => FactValue::Unknown,
                }
            }
        }
    }
}

/// A fact value as the evaluator sees it.
pub(super) fn convert_fact_value(key: &str, value: &FactValue) -> Val {
    match value {
        FactValue::Unknown => Val::Unknown,
        FactValue::NotApplicable => Val::NotApplicable,
        FactValue::Number(number) => Val::Number(*number),
        FactValue::Word(_) => catalogue::rank_restriction(key, value)
            .map_or(Val::Unknown, |place| Val::Word(place as u8)),
    }
}
