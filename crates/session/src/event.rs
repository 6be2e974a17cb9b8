//! What can happen in a session. One event is one line of the journal.

use jiff::Timestamp;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

use model::{
    Arrival, ChecklistChange, Fact, FactValue, Gate, Mode, OptionId, RehearsalOutcome,
    RehearsedStep, Reverting, StepMode, Strength, Untrusted,
};

/// One line of a journal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// From 1, without gaps.
    pub seq: u64,
    /// When it was recorded.
    pub at: Timestamp,
    /// Role of whoever acted (`incident lead`); recorded first, so that an export can leave names
    /// out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Untrusted>,
    /// Name, optional.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Untrusted>,
    /// What happened.
    pub what: EventKind,
    /// SHA-256 of the previous line (hexadecimal); of nothing for the first.
    pub previous: String,
    /// SHA-256 of this line without this key (hexadecimal).
    pub hash: String,
}

/// What happened. Read and written by hand around the derived code, so that a kind of a later
/// release is kept as it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", remote = "Self")]
pub enum EventKind {
    /// The session began.
    Started(Box<Start>),
    /// A person confirmed, or changed, which releases it is about.
    PairConfirmed {
        /// Version we would go back to.
        previous: String,
        /// Version that is live.
        current: String,
    },
    /// The repository was read; the facts in force from it, and a digest of the whole assessment.
    Assessed {
        /// Sensed and derived facts.
        facts: Vec<Fact>,
        /// One line for the record.
        summary: Untrusted,
        /// SHA-256 of the assessment's stable JSON.
        digest: String,
    },
    /// A question was answered (or a fact edited, when `question` is absent).
    Answered {
        /// Id of the question in the checklist.
        question: Option<String>,
        /// What was said; `FactValue::Unknown` for *do not know*.
        facts: Vec<Fact>,
        /// Free text.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<Untrusted>,
    },
    /// Somebody else was asked; the question stays open.
    Asked {
        /// Id of the question.
        question: String,
        /// Who was asked.
        who: Untrusted,
    },
    /// An earlier event no longer counts. It stays in the journal.
    Withdrawn {
        /// Its `seq`.
        seq: u64,
    },
    /// *If this were reverted, what would happen?* for one commit.
    EntryAnswered {
        /// The commit.
        commit: String,
        /// The person's word.
        answer: Reverting,
    },
    /// The deployment is at this gate now.
    GateReached {
        /// Which.
        gate: Gate,
    },
    /// One role's call at a gate.
    Polled {
        /// The gate.
        gate: Gate,
        /// The role that spoke.
        role_polled: Untrusted,
        /// What it said; `None` records silence.
        call: Option<OptionId>,
        /// A strong objection, in its words.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        objection: Option<Untrusted>,
    },
    /// The gate was called.
    GateCalled {
        /// The gate.
        gate: Gate,
        /// `go`, `no-go` or `hold`.
        call: OptionId,
        /// Why.
        reason: Untrusted,
        /// For a hold: minutes, and what happens at the timeout.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        minutes: Option<u32>,
    },
    /// A note.
    Noted {
        /// Its text, lines kept.
        text: Untrusted,
    },
    /// What the verdict became, and why it changed.
    Verdict {
        /// The option.
        option: OptionId,
        /// Its strength.
        strength: Strength,
        /// Back minus forward, where weights decided.
        margin: Option<f64>,
        /// One line: what changed it.
        why: Untrusted,
    },
    /// A person decided.
    Decided {
        /// What was chosen.
        option: OptionId,
        /// What the tool recommended at that moment.
        recommended: OptionId,
        /// And how firmly.
        strength: Strength,
        /// Why, in the person's words.
        reason: Untrusted,
        /// The version that was typed, for options that cannot be taken back.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        typed: Option<Untrusted>,
        /// The second person, where data is lost.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        second: Option<Untrusted>,
        /// What should be seen if it works.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        expect: Option<Untrusted>,
        /// Minutes until then.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        within_minutes: Option<u32>,
        /// Open facts that could have changed the verdict at that moment, with the values assumed
        /// if it was forced.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        open: Vec<(String, FactValue)>,
    },
    /// What was seen afterwards.
    Observed {
        /// Whether the expectation was met.
        met: bool,
        /// What was seen.
        text: Untrusted,
    },
    /// What is live was looked at again and held against the decision.
    LiveChecked(Box<Arrival>),
    /// A rehearsal of going back is over.
    Rehearsed {
        /// How it ended.
        outcome: RehearsalOutcome,
        /// What nobody had expected.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        surprises: Vec<Untrusted>,
        /// Steps in order, with how long each took.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        steps: Vec<RehearsedStep>,
        /// Fingerprint of the process it went through.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        process: Option<String>,
        /// The story or incident that was drilled; a drill practises people, not the process.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        drill: Option<String>,
    },
    /// A step of a plan was begun.
    StepBegun {
        /// Which.
        #[serde(flatten)]
        of: StepOf,
    },
    /// A step of a plan is done.
    StepDone {
        /// Which.
        #[serde(flatten)]
        of: StepOf,
        /// Seconds it took, where something measured them; else they follow from the times of the
        /// events.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seconds: Option<u64>,
    },
    /// A step of a plan is left out.
    StepSkipped {
        /// Which.
        #[serde(flatten)]
        of: StepOf,
        /// Why.
        reason: Untrusted,
    },
    /// A step of a plan was tried and did not work.
    StepFailed {
        /// Which.
        #[serde(flatten)]
        of: StepOf,
        /// What was seen.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<Untrusted>,
    },
    /// A note about a step of a plan.
    StepNoted {
        /// Which.
        #[serde(flatten)]
        of: StepOf,
        /// Its text, lines kept.
        text: Untrusted,
    },
    /// A program opened the session again.
    Resumed {
        /// Tool version.
        tool: String,
    },
    /// The session is over.
    Closed {
        /// How it ended, where somebody said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        outcome: Option<Ending>,
        /// In their words.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        text: Option<Untrusted>,
    },
    /// Something that a later release of the program records. It is kept whole and counts for
    /// nothing here.
    #[serde(skip)]
    Later(Box<LaterKind>),
}

/// A step of a plan as an event names it: with what it was called at that time, as the plan may
/// be another one afterwards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepOf {
    /// The option whose plan it is of.
    pub option: OptionId,
    /// Id of the step; see `usecase::identify_plan_steps`.
    pub step: String,
    /// What it was called.
    pub says: Untrusted,
    /// How the plan treated it.
    pub how: StepMode,
}

/// An event of a kind that this release does not know.
#[derive(Debug, Clone, PartialEq)]
pub struct LaterKind {
    /// Its kind.
    pub kind: String,
    /// Everything else that it says.
    pub rest: Map<String, Value>,
}

/// The kinds that this release knows, as they are written. A test holds them against the code.
pub(super) const KINDS: [&str; 23] = [
    "started",
    "pair-confirmed",
    "assessed",
    "answered",
    "asked",
    "withdrawn",
    "entry-answered",
    "gate-reached",
    "polled",
    "gate-called",
    "noted",
    "verdict",
    "decided",
    "observed",
    "live-checked",
    "rehearsed",
    "step-begun",
    "step-done",
    "step-skipped",
    "step-failed",
    "step-noted",
    "resumed",
    "closed",
];

impl Serialize for EventKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self::Later(later) = self else {
            return Self::serialize(self, serializer);
        };
        let kind = ("kind", Value::String(later.kind.clone()));
        let rest = later
            .rest
            .iter()
            .map(|(key, value)| (key.as_str(), value.clone()));
        serializer.collect_map(std::iter::once(kind).chain(rest))
    }
}

impl<'de> Deserialize<'de> for EventKind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut fields = Map::<String, Value>::deserialize(deserializer)?;
        match fields.get("kind").and_then(Value::as_str) {
            Some(kind) if !KINDS.contains(&kind) => {
                let kind = kind.to_owned();
                fields.remove("kind");
                Ok(Self::Later(Box::new(LaterKind { kind, rest: fields })))
            }
            _ => Self::deserialize(Value::Object(fields)).map_err(D::Error::custom),
        }
    }
}

impl EventKind {
    /// The session is over, without a word on how it ended.
    pub fn closed() -> Self {
        Self::Closed {
            outcome: None,
            text: None,
        }
    }

    /// What the derived code says to a kind that it does not know: it names all that it does.
    #[cfg(test)]
    pub(super) fn list_kinds_of_the_code() -> String {
        let value = serde_json::json!({"kind": "no such kind"});
        Self::deserialize(value).map_or_else(|error| error.to_string(), |what| format!("{what:?}"))
    }

    /// The step of a plan that this is about.
    pub fn step(&self) -> Option<&StepOf> {
        match self {
            Self::StepBegun { of }
            | Self::StepDone { of, .. }
            | Self::StepSkipped { of, .. }
            | Self::StepFailed { of, .. }
            | Self::StepNoted { of, .. } => Some(of),
            _ => None,
        }
    }

    /// What an event of a kind that this release does not know is called, in a sentence.
    pub fn says_later(later: &LaterKind) -> String {
        let kind = model::escape_invisible(&later.kind);
        format!(
            "Something this version of backout does not know ({})",
            model::shorten_text(&kind, 40)
        )
    }
}

/// How a session ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ending {
    /// What was decided on ended the trouble.
    Worked,
    /// It did not.
    DidNotWork,
    /// Nothing had to be done.
    NotNeeded,
    /// It was given up, or went on elsewhere.
    GivenUp,
}

impl Ending {
    /// All, in the order they are offered.
    pub const ALL: [Self; 4] = [
        Self::Worked,
        Self::DidNotWork,
        Self::NotNeeded,
        Self::GivenUp,
    ];

    /// In words.
    pub fn says(self) -> &'static str {
        match self {
            Self::Worked => "it worked",
            Self::DidNotWork => "it did not work",
            Self::NotNeeded => "nothing had to be done",
            Self::GivenUp => "given up, or it goes on elsewhere",
        }
    }
}

/// How a session began.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Start {
    /// Id of the session, sortable by time.
    pub session: String,
    /// `backout 0.1.0`.
    pub tool: String,
    /// Journal format; see [`JOURNAL_VERSION`].
    pub journal: u32,
    /// What it is for.
    pub mode: Mode,
    /// Folder of the repository.
    pub repository: String,
    /// Version we would go back to.
    pub previous: String,
    /// Its commit.
    pub previous_commit: String,
    /// Version that is out.
    pub current: String,
    /// Its commit.
    pub current_commit: String,
    /// Environment.
    pub environment: Option<String>,
    /// Service.
    pub service: Option<String>,
    /// When current was deployed, if known.
    pub deployed_at: Option<Timestamp>,
    /// Latest time to decide, if set.
    pub deadline: Option<Timestamp>,
    /// SHA-256 of the checklist.
    pub checklist_digest: String,
    /// The checklist itself (the merged YAML), so that a replay uses the one that was in force.
    pub checklist: String,
    /// What the checklist of the repository changed about the rules, also where it did not count.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub checklist_changes: Vec<ChecklistChange>,
}

/// The role of what was said on the command line. It is no answer on a screen, so it is not taken
/// back by one key there.
pub const COMMAND_LINE: &str = "command line";

/// Version of the journal format this program writes.
pub const JOURNAL_VERSION: u32 = 1;
