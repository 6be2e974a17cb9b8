//! Rules as data: what removes, conditions and weighs options.

use super::cel::CelCondition;
use model::{ConditionKind, FactValue, OptionId, OptionState};

/// Numbers that the rules and their readers share.
#[derive(Debug, Clone, PartialEq)]
pub struct Thresholds {
    /// At most so many entries are few.
    pub few: u64,
    /// More than so many entries are many.
    pub many: u64,
    /// A fact whose every effect is a weight of at most this is small: editable, never asked.
    pub small_weight: f64,
    /// A margin thinner than this is close, not firm.
    pub firm_margin: f64,
    /// Killer facts older than so many minutes are asked again before the commit.
    pub stale_minutes: f64,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            few: 12,
            many: 40,
            small_weight: 0.5,
            firm_margin: 1.0,
            stale_minutes: 10.0,
        }
    }
}

/// How long going back stays unnoticed for one usage class.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct UsageClassMinutes {
    /// Word of `deployment.usage_class`.
    pub class: String,
    /// Minutes.
    pub minutes: f64,
    /// A few words.
    pub says: String,
}

/// What the verdict function looks at by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SituationId {
    /// Nothing is wrong, and nothing will be.
    NothingToUndo,
    /// Nobody is hit.
    Quiet,
    /// Something is wrong.
    Incident,
    /// Stored data is wrong.
    DataDamaged,
    /// Something is known that helps at once.
    Relief,
    /// A program may go back without asking.
    AutomaticAllowed,
}

impl SituationId {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::NothingToUndo,
        Self::Quiet,
        Self::Incident,
        Self::DataDamaged,
        Self::Relief,
        Self::AutomaticAllowed,
    ];

    /// As checklists name it.
    pub fn id(self) -> &'static str {
        match self {
            Self::NothingToUndo => "nothing-to-undo",
            Self::Quiet => "quiet",
            Self::Incident => "incident",
            Self::DataDamaged => "data-damaged",
            Self::Relief => "relief",
            Self::AutomaticAllowed => "automatic-allowed",
        }
    }
}

/// A named condition the verdict function looks at.
#[derive(Debug, Clone, PartialEq)]
pub struct NamedSituation {
    /// Its name.
    pub id: SituationId,
    /// When it holds.
    pub when: CelCondition,
    /// A few words.
    pub says: String,
}

/// A fact that follows from others until somebody says otherwise.
#[derive(Debug, Clone, PartialEq)]
pub struct Derivation {
    /// Stable id.
    pub id: String,
    /// The fact.
    pub fact: String,
    /// Its value.
    pub value: FactValue,
    /// When it follows.
    pub when: CelCondition,
    /// Why, in a few words.
    pub says: String,
}

/// What must be known true before an option may be recommended.
#[derive(Debug, Clone, PartialEq)]
pub struct Need {
    /// Stable id.
    pub id: String,
    /// The option.
    pub option: OptionId,
    /// What must hold.
    pub when: CelCondition,
    /// What is said when it does not.
    pub says: String,
    /// What is not known while it is not decided, to be read after "not known whether"; empty for
    /// what is said.
    pub whether: String,
}

/// A blocker: conditions under which options are removed or conditioned.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Blocker {
    /// `B1` to `B20`, or the id of an overlay.
    pub id: String,
    /// A few words.
    pub title: String,
    /// What is not known while it is not decided, to be read after "not known whether"; empty for
    /// the title.
    pub whether: String,
    /// Looked at before blockers without a rank, the lowest first; its place says nothing about
    /// its weight, only what a person reads first.
    pub rank: Option<u32>,
    /// Evaluated once for every dependent.
    pub per_dependent: bool,
    /// Its cases; several may hold at once.
    pub cases: Vec<BlockerCase>,
}

/// One case of a blocker.
#[derive(Debug, Clone, PartialEq)]
pub struct BlockerCase {
    /// When it applies.
    pub when: CelCondition,
    /// What becomes of options.
    pub effect: Vec<(OptionId, OptionState)>,
    /// The verdict it forces: `stop-harm` or `hold`.
    pub verdict: Option<OptionId>,
    /// The verdict that it forces yields to a switch and to a warm old side: both turn back in
    /// seconds.
    pub yields: bool,
    /// Options that it touches only when it is known to apply; for the others an unknown case
    /// means *not settled*.
    pub only_when_known: Vec<OptionId>,
    /// One sentence, with placeholders.
    pub says: String,
    /// What clears it.
    pub condition: Option<ConditionText>,
}

impl BlockerCase {
    /// What clears this option is trying it on a part: minutes, reversible, and it tells what is
    /// not known.
    pub fn is_probe(&self, option: OptionId) -> bool {
        self.condition.as_ref().is_some_and(|text| {
            text.kind.is_probe() && (text.only_for.is_empty() || text.only_for.contains(&option))
        })
    }
}

/// A condition as a checklist words it.
#[derive(Debug, Clone, PartialEq)]
pub struct ConditionText {
    /// See [`model::Condition::kind`].
    pub kind: ConditionKind,
    /// One sentence, verb first.
    pub says: String,
    /// Steps, with placeholders.
    pub steps: Vec<String>,
    /// Only for these options; empty for all the case touches.
    pub only_for: Vec<OptionId>,
}

/// Which way a consideration speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Toward {
    /// For rolling back.
    Back,
    /// For rolling forward.
    Forward,
}

/// A weight among the options that survive.
#[derive(Debug, Clone, PartialEq)]
pub struct Consideration {
    /// Stable id.
    pub id: String,
    /// Which way.
    pub toward: Toward,
    /// How much.
    pub weight: f64,
    /// When it counts.
    pub when: CelCondition,
    /// One sentence, with placeholders.
    pub says: String,
}

/// How a fact's values read in a sentence.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Phrases {
    /// Key of the catalogue (a pattern for dependents).
    pub fact: String,
    /// Word (or `number`) and phrase.
    pub words: Vec<(String, String)>,
}

/// Placeholders that sentences may hold. With a key behind a colon: `value`, `source`, `place`,
/// `minutes`, `span`, `statements`, `switch`, `rehearsal`.
pub const PLACEHOLDERS: [&str; 16] = [
    "previous",
    "current",
    "dependent",
    "operation",
    "vanishes",
    "loss",
    "value",
    "source",
    "place",
    "minutes",
    "span",
    "statements",
    "switch",
    "rehearsal",
    "downs",
    "number",
];

/// Marks the step of a condition that runs the down migrations: the plan puts the migrations in
/// order at its place.
pub const DOWNS: &str = "{downs}";
