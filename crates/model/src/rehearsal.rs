//! Rehearsals of going back: what was tried outside of an incident, and what came of it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{KnownStep, Untrusted};

/// How a rehearsal ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RehearsalOutcome {
    /// The previous release ran again and was seen to work.
    Worked,
    /// It did not.
    Failed,
    /// It was broken off.
    Stopped,
}

impl RehearsalOutcome {
    /// As in journals, in `backout.yaml` and on the command line.
    pub fn id(self) -> &'static str {
        match self {
            Self::Worked => "worked",
            Self::Failed => "failed",
            Self::Stopped => "stopped",
        }
    }
}

/// A step of a rehearsal and how long it took.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RehearsedStep {
    /// The step, as the plan has it.
    pub step: Untrusted,
    /// Seconds from the step before; `None` for one that was left out.
    pub seconds: Option<u64>,
    /// What was not as expected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub surprise: Option<Untrusted>,
}

/// A rehearsal, from a session on this machine or from `backout.yaml`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rehearsal {
    /// When it ended.
    pub at: Timestamp,
    /// How it ended.
    pub outcome: RehearsalOutcome,
    /// What nobody had expected; each had to be handled by hand.
    pub surprises: Vec<Untrusted>,
    /// Where.
    pub environment: Option<String>,
    /// Fingerprint of the process it went through; see [`process_fingerprint`].
    pub process: Option<String>,
    /// Minutes that going back took.
    pub minutes: Option<f64>,
    /// Steps in order, with how long each took, where the record has them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<RehearsedStep>,
    /// It was no rehearsal: going back in an incident, which worked.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub real: bool,
    /// Where it is recorded, in a few words.
    pub source: String,
}

/// Twelve hexadecimal digits that change when a step of the process is added, removed, renamed,
/// moved, or runs at other times. `None` when no process is known. Steps that the process lacks and
/// the way back needs are not part of it.
pub fn process_fingerprint(steps: &[KnownStep]) -> Option<String> {
    use sha2::Digest;
    let written: Vec<&KnownStep> = steps
        .iter()
        .filter(|step| step.evidence.is_some())
        .collect();
    if written.is_empty() {
        return None;
    }
    let mut digest = sha2::Sha256::new();
    for step in written {
        digest.update(format!(
            "{}\u{1f}{:?}\u{1f}{:?}\u{1f}{:?}\u{1e}",
            step.name, step.on_deploy, step.on_rollback.today, step.on_redeploy.today
        ));
    }
    Some(
        digest
            .finalize()
            .iter()
            .take(6)
            .map(|byte| format!("{byte:02x}"))
            .collect(),
    )
}
