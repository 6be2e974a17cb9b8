//! What was decided, in the shape of the JSON contract's `verdict` and `plan`.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::word::vocabulary;
use super::{FactValue, NoReturn, Untrusted, Word};

/// What can be done about a release.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OptionId {
    /// Pass this gate, or nothing to undo.
    Go,
    /// Do not start.
    NoGo,
    /// Stop and let a person answer first.
    Hold,
    /// Stop the harm before anything else.
    StopHarm,
    /// Switch the change off.
    FlagOff,
    /// Move users to the side that still runs previous.
    ShiftTraffic,
    /// Put previous back.
    RollBack,
    /// Put previous back, once its conditions are met.
    RollBackWithConditions,
    /// Ship a fix.
    RollForward,
    /// Restore data from a backup.
    Restore,
}

impl OptionId {
    /// As in JSON and on the command line.
    pub fn id(self) -> &'static str {
        match self {
            Self::Go => "go",
            Self::NoGo => "no-go",
            Self::Hold => "hold",
            Self::StopHarm => "stop-harm",
            Self::FlagOff => "flag-off",
            Self::ShiftTraffic => "shift-traffic",
            Self::RollBack => "roll-back",
            Self::RollBackWithConditions => "roll-back-with-conditions",
            Self::RollForward => "roll-forward",
            Self::Restore => "restore",
        }
    }

    /// As on the screen.
    pub fn title(self) -> &'static str {
        match self {
            Self::Go => "Go",
            Self::NoGo => "No-go",
            Self::Hold => "Hold",
            Self::StopHarm => "Stop the harm",
            Self::FlagOff => "Flag off",
            Self::ShiftTraffic => "Shift traffic",
            Self::RollBack => "Roll back",
            Self::RollBackWithConditions => "Roll back, with conditions",
            Self::RollForward => "Roll forward",
            Self::Restore => "Restore",
        }
    }
}

/// How much the verdict holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Strength {
    /// No open fact can change it.
    Firm,
    /// No open fact that is asked can change it, but a small one, or a small thing could change it.
    Close,
    /// Some open fact can change it.
    Open,
    /// Open, and the latest decision time has passed.
    Forced,
}

impl Strength {
    /// As in JSON and on the screen.
    pub fn id(self) -> &'static str {
        match self {
            Self::Firm => "firm",
            Self::Close => "close",
            Self::Open => "open",
            Self::Forced => "forced",
        }
    }
}

/// Where an option stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OptionState {
    /// Nothing in its way.
    Cleared,
    /// Possible when its conditions are met.
    Conditional,
    /// A need or a possible blocker is unknown.
    NotCleared,
    /// Out.
    Removed,
}

/// A rule and what it says here.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Reason {
    /// Id of the rule in the checklist (`B8`, `default-forward`).
    pub rule: String,
    /// One sentence.
    pub says: Untrusted,
    /// Keys of the facts it rests on.
    #[serde(default)]
    pub facts: Vec<String>,
    /// Weight, for considerations.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight: Option<f64>,
    /// Places that the sentence names, so that nobody writes them beside it again. Saved files
    /// hold the sentence only.
    #[serde(skip)]
    pub places: Vec<String>,
    /// It stands in the way only because a question is open; the answer settles it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub open: bool,
    /// Where it is open: what is not known, in a few words, as it reads after *not known whether*.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<Untrusted>,
}

vocabulary! {
    /// What a condition is, in the order in which conditions are met.
    ConditionKind {
        /// A rollout that is running is stopped.
        Stop = "stop";
        /// Somebody answers a question.
        Settle = "settle";
        /// The cause is found.
        FindCause = "find-cause";
        /// What relieves at once is done.
        Relieve = "relieve";
        /// A named person accepts a risk.
        AcceptRisk = "accept-risk";
        /// Two persons accept a loss.
        TwoPersons = "two-persons";
        /// The way back is repaired.
        Repair = "repair";
        /// The previous release is built again.
        Rebuild = "rebuild";
        /// A dependent goes back before.
        DependentFirst = "dependent-first";
        /// Data in the new form is worked off.
        Drain = "drain";
        /// A small step makes old code work on the new schema.
        CompatibilityStep = "compatibility-step";
        /// The schema goes back.
        SchemaBack = "schema-back";
        /// What is new in the schema stays.
        KeepObjects = "keep-objects";
        /// The configuration goes back.
        ConfigBack = "config-back";
        /// Infrastructure stays as it is.
        KeepInfrastructure = "keep-infrastructure";
        /// What only the newer release has is stopped and removed.
        RemoveLeft = "remove-left";
        /// Progress under an old name is set to where the new one is.
        SetProgress = "set-progress";
        /// What was written since is copied to where the previous release looks.
        CopyBack = "copy-back";
        /// Take back from browsers what only the newer release gave them.
        TakeBack = "take-back";
        /// Numbers that mean another member are written anew.
        Renumber = "renumber";
        /// What is stored is copied before something drops it.
        CopyFirst = "copy-first";
        /// The option is tried on a part, and that tells what is not known.
        Probe = "probe";
        /// A switch is tried on a part.
        TryOnAPart = "try-on-a-part";
        /// A fix is made apart from other work.
        Branch = "branch";
    }
}

impl ConditionKind {
    /// It is met by trying the option itself on a part.
    pub fn is_probe(self) -> bool {
        matches!(self, Self::Probe | Self::TryOnAPart)
    }
}

/// Something to be done or settled before an option is carried out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Condition {
    /// One sentence, verb first.
    pub says: Untrusted,
    /// What it is.
    pub kind: Word<ConditionKind>,
    /// In order; SQL or commands to copy are on lines of their own.
    pub steps: Vec<String>,
    /// Which of the steps runs the down migrations, counted from 0. Saved files hold the steps
    /// only; a plan is never made from them.
    #[serde(skip)]
    pub downs_at: Option<usize>,
    /// Keys of the facts that settle it, where a question does.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub facts: Vec<String>,
    /// That question.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asks: Option<String>,
    /// It is met once the option was carried out, not before: data is restored only after what
    /// damages it has stopped.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub after: bool,
}

impl Condition {
    /// The word that leads to it where conditions are listed; `at` counts from 0.
    pub fn lead(&self, at: usize) -> &'static str {
        match (self.after, at) {
            (true, _) => "after",
            (false, 0) => "first",
            (false, _) => "then",
        }
    }
}

/// One option with its blockers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OptionStatus {
    /// Which.
    pub option: OptionId,
    /// Where it stands.
    pub state: OptionState,
    /// What stands in its way, worst first.
    pub blockers: Vec<Reason>,
    /// What would clear it.
    pub conditions: Vec<Condition>,
}

impl OptionStatus {
    /// The rule that takes *no-go* out where no gate is stated.
    pub const NO_GATE: &'static str = "no-gate";

    /// Whether it is no option here and needs no line among the others: *no-go* where no gate is
    /// stated.
    pub fn is_beside_the_point(&self) -> bool {
        self.blockers
            .iter()
            .any(|reason| reason.rule == Self::NO_GATE)
    }
}

/// One answer that would change the option.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Flip {
    /// Key of the fact.
    pub fact: String,
    /// The value.
    pub value: FactValue,
    /// What the verdict would be.
    pub option: OptionId,
    /// One sentence for the screen: the answer and the option it leads to.
    #[serde(default)]
    pub says: Untrusted,
    /// The answer alone, as the sentence has it; empty in what was read from a saved file.
    #[serde(skip)]
    pub answer: Untrusted,
    /// Further facts that must hold at the same time, when one alone does not do it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub with: Vec<(String, FactValue)>,
    /// What would follow, where the option has something that follows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub then: Option<OptionId>,
}

/// What a verdict rests on. Printed beside its strength, so that a reader sees how much was looked
/// at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RestsOn {
    /// Questions that people answered; facts that one question settles count once.
    pub answers: u64,
    /// Changed files that could matter and were taken apart.
    pub judged: u64,
    /// Changed files that could matter and were not.
    pub open: u64,
}

/// What to find out next.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NextQuestion {
    /// Key of the fact (the first, for a question that settles several).
    pub fact: String,
    /// Id of the question in the checklist.
    #[serde(default)]
    pub question: String,
    /// The question, as asked.
    pub asks: Untrusted,
    /// Why it is asked now: what an answer would do.
    pub why_now: Untrusted,
    /// All facts it settles.
    #[serde(default)]
    pub settles: Vec<String>,
    /// Who would know.
    #[serde(default)]
    pub who: Option<Untrusted>,
    /// Minutes an answer usually takes.
    #[serde(default)]
    pub minutes: Option<f64>,
}

/// The verdict and everything that explains it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    /// What to do.
    pub option: OptionId,
    /// How much it holds.
    pub strength: Strength,
    /// Back minus forward; `None` where weights did not decide.
    pub margin: Option<f64>,
    /// What follows, after harm is stopped or a hold is over.
    pub then: Option<OptionId>,
    /// What relieves at once and is done beside it, never instead of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meanwhile: Option<Condition>,
    /// What it rests on.
    #[serde(default)]
    pub rests_on: RestsOn,
    /// Strongest reasons first.
    pub because: Vec<Reason>,
    /// Strongest counter-arguments first.
    pub against: Vec<Reason>,
    /// Conditions of the recommended option, in order.
    pub conditions: Vec<Condition>,
    /// Every option.
    pub options: Vec<OptionStatus>,
    /// At most three.
    pub flips: Vec<Flip>,
    /// The first of `questions`.
    pub next_question: Option<NextQuestion>,
    /// All questions that can change the answer, in the order they will be asked.
    #[serde(default)]
    pub questions: Vec<NextQuestion>,
    /// How many open facts can change the option.
    #[serde(default)]
    pub open_facts: Vec<String>,
    /// Latest time to decide.
    pub deadline: Option<Timestamp>,
    /// The times it comes from, earliest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub limits: Vec<NoReturn>,
    /// Sum for going back and for going forward.
    #[serde(default)]
    pub back: f64,
    /// See `back`.
    #[serde(default)]
    pub forward: f64,
    /// Values taken for granted where the verdict is forced.
    #[serde(default)]
    pub assumed: Vec<(String, FactValue)>,
    /// Rules in order with the facts they used and the arithmetic; one line each.
    #[serde(default)]
    pub trace: Vec<String>,
}

impl Decision {
    /// The strength with what it rests on: `firm: 7 answers, and 214 of 214 files that could
    /// matter`. Other strengths stand alone, because they do not claim to hold; where no file
    /// was counted only the answers are said.
    pub fn firmness(&self) -> String {
        let strength = self.strength.id();
        if self.strength != Strength::Firm {
            return strength.to_owned();
        }
        let on = self.rests_on;
        let answers = match on.answers {
            0 => "no answer".to_owned(),
            1 => "1 answer".to_owned(),
            many => format!("{many} answers"),
        };
        match on.judged + on.open {
            0 => format!("{strength}: {answers}"),
            1 if on.judged == 0 => format!(
                "{strength}: {answers}; the one file that could matter was not examined, and the \
                    answers stand for it"
            ),
            all if on.judged == 0 => format!(
                "{strength}: {answers}; none of the {all} files that could matter was examined, \
                    and the answers stand for them"
            ),
            all => format!(
                "{strength}: {answers}, and {} of {all} files that could matter",
                on.judged
            ),
        }
    }
}

/// How a plan step is treated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepMode {
    /// To be met first.
    Condition,
    /// To be looked at before anything runs.
    Check,
    /// Runs.
    Run,
    /// Left out.
    Skip,
    /// Runs only when going back.
    RollbackOnly,
    /// Look that it worked.
    Verify,
    /// Once it is over.
    Afterwards,
}

/// One step of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanStep {
    /// Verb first.
    pub step: Untrusted,
    /// How it is treated.
    pub how: StepMode,
    /// Why.
    pub why: Untrusted,
    /// SQL or command to copy, only where sure.
    pub command: Option<Untrusted>,
    /// How to undo it.
    #[serde(default)]
    pub undo: Option<Untrusted>,
    /// What should be seen once it is done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expect: Option<Untrusted>,
}
