//! The steps of a deployment process, as the plan needs them.

use serde::{Deserialize, Serialize};

use super::{Evidence, StepMode};

/// What to do with a step of the process.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepAdvice {
    /// Run, skip, rollback only or verify.
    pub how: StepMode,
    /// One sentence.
    pub why: String,
    /// `false` where a person must look first.
    pub settled: bool,
    /// What the process does by itself: `Some(true)` runs it, `Some(false)` leaves it out, `None`
    /// cannot be told.
    pub today: Option<bool>,
}

/// One of the seven questions by which a way back is designed (rules 45 to 51 of the guide),
/// answered for a step as far as its file can.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepAnswer {
    /// Its rule in the guide.
    pub rule: u8,
    /// The question.
    pub asks: String,
    /// One sentence.
    pub says: String,
    /// `false` where a person must say.
    pub settled: bool,
}

/// A step of a deployment process that is known from its file or from `backout.yaml`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownStep {
    /// Its name, control characters visible.
    pub name: String,
    /// `database`, `service`, `website`, `verify`, `notify`, ...
    pub kind: String,
    /// What shows the kind, in a few words.
    pub because: String,
    /// On the way back.
    pub on_rollback: StepAdvice,
    /// When the same release is deployed again.
    pub on_redeploy: StepAdvice,
    /// Whether it runs on the way forward; `None` cannot be told.
    pub on_deploy: Option<bool>,
    /// It keeps the bad release from going on to the next environment.
    pub blocks: bool,
    /// Whoever deploys cannot leave it out.
    #[serde(default)]
    pub required: bool,
    /// Which release's process has it; `None` where both do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<StepOrigin>,
    /// Where it is written; `None` for a step that the process lacks and the way back needs.
    pub evidence: Option<Evidence>,
    /// The seven questions; empty for a step that the process lacks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub questions: Vec<StepAnswer>,
}

/// The only release whose process has a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepOrigin {
    /// It was taken out since.
    Previous,
    /// It came in later.
    Current,
}
