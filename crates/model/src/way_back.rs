//! What is known about the way back beside its facts: how each tool brings previous back, the old
//! side, the platform, who owns what.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Evidence, OptionId, StateFileKind, Strategy, Untrusted, Word};

/// What a plan of the way back is made from, beside facts and process.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct WayBackGrounds {
    /// How deployers bring previous back, one a state file and unit.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub returns: Vec<WayBack>,
    /// Sides that can stay up, as the repository's files describe them; the most helpful first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub staged: Vec<Staged>,
    /// What the release runs on, as the repository's files show it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub platforms: Vec<PlatformSign>,
    /// Owners of the changed paths, those of most paths first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub owners: Vec<Owner>,
    /// Windows and freezes as they stand at the time of the assessment.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub calendar: Vec<CalendarNote>,
    /// The release whose frozen process a redeployment runs, where that differs from the process
    /// of current.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frozen_process: Option<String>,
}

impl WayBackGrounds {
    /// Nothing is known.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// How one tool brings previous back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WayBack {
    /// Kind of the state file: `helm`, `kubernetes`, ...
    pub kind: Word<StateFileKind>,
    /// The tool, as in sentences.
    pub tool: String,
    /// What it brings back, where the file holds several things.
    pub unit: Option<String>,
    /// Verb first: `Undo deployment shop to revision 7`.
    pub says: String,
    /// What comes back with it and what does not.
    pub brings: String,
    /// The command, only where every name in it is known.
    pub command: Option<String>,
    /// What the command would need and the file does not hold.
    pub lacks: Option<String>,
    /// The command that brings current back again.
    pub undo: Option<String>,
    /// The command that shows whether it arrived.
    pub watch: Option<String>,
    /// The command that keeps current from going anywhere else.
    pub block: Option<String>,
    /// The command that lets it go on again. Not in saved files: no plan is made from them.
    #[serde(skip)]
    pub unblock: Option<String>,
    /// The command that lists what the tool can still deploy.
    #[serde(skip)]
    pub list: Option<String>,
    /// What is deployed, as a registry or feed knows it: an image, a package with its version.
    pub artifact: Option<String>,
    /// Both sides still run, so that going back is an abort.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub in_flight: bool,
    /// Until when that works, in words.
    pub until: Option<String>,
    /// The same as a time, where it is one.
    pub until_at: Option<Timestamp>,
    /// Where it stands.
    pub evidence: Evidence,
}

/// A side that can stay up beside the new one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Staged {
    /// As in `deployment.strategy`.
    pub strategy: Word<Strategy>,
    /// The tool.
    pub tool: String,
    /// What it buys, one clause.
    pub buys: String,
    /// Until when, one clause.
    pub until: String,
    /// File and line.
    pub evidence: Evidence,
}

/// A platform the release runs on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlatformSign {
    /// `kubernetes`, `iis`, `windows-service`, `tomcat`, `nginx`, or a deployer: `helm`,
    /// `octopus`, `github`, ...
    pub platform: String,
    /// For a deployer: the command whose file says what is live.
    pub asks: Option<String>,
    /// What shows it.
    pub evidence: Evidence,
}

/// Who owns changed paths.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owner {
    /// As CODEOWNERS names them.
    pub name: String,
    /// How many changed paths.
    pub paths: u64,
}

/// A window or a freeze.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CalendarNote {
    /// One sentence.
    pub says: String,
    /// Deployments are not allowed now, or going back is not meant to happen now.
    pub closed: bool,
    /// A freeze, which is a rule; a window is advice.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub freeze: bool,
    /// When that changes.
    pub until: Option<Timestamp>,
}

/// A moment after which an option is gone or costs more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoReturn {
    /// The option; `None` where it limits the decision as such.
    pub option: Option<OptionId>,
    /// When; `None` where it is an event rather than a time.
    pub at: Option<Timestamp>,
    /// It lies behind already.
    pub passed: bool,
    /// One sentence: what happens then.
    pub says: Untrusted,
    /// Why, or what shows it.
    pub why: Untrusted,
}

/// How a check before the way back came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CheckState {
    /// It does not hold.
    Wrong,
    /// It cannot be told from here.
    Open,
    /// It holds.
    Fine,
}

/// One check before the way back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreflightCheck {
    /// `artifact`, `process`, `downs`, ...
    pub id: String,
    /// How it came out.
    pub state: CheckState,
    /// One sentence.
    pub says: String,
    /// The command that answers it, where it is open.
    pub command: Option<String>,
}
