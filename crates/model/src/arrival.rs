//! Whether what was decided has arrived: a second look at what is live, held against the decision.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Untrusted;

/// Most targets that a list of an [`Arrival`] names.
pub const MOST_ARRIVAL_TARGETS: usize = 50;

/// How a second look came out. Ordered from the worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ArrivalState {
    /// What was left is live again, after what was expected had been there.
    CameBack,
    /// A target still runs something else, or something is running.
    NotDone,
    /// The files do not say.
    Unknown,
    /// Every target in the files runs what was expected.
    Done,
}

impl ArrivalState {
    /// As in JSON.
    pub fn id(self) -> &'static str {
        match self {
            Self::CameBack => "came-back",
            Self::NotDone => "not-done",
            Self::Unknown => "unknown",
            Self::Done => "done",
        }
    }

    /// In words.
    pub fn says(self) -> &'static str {
        match self {
            Self::CameBack => "came back",
            Self::NotDone => "not done",
            Self::Unknown => "not known",
            Self::Done => "done",
        }
    }
}

/// What one target runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArrivalTarget {
    /// The target, as its file names it.
    pub name: Untrusted,
    /// The release that it runs.
    pub runs: Untrusted,
    /// Since when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    /// What may have put it there, or what is missing: one clause.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<Untrusted>,
}

/// A second look at what is live.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arrival {
    /// How it came out.
    pub state: ArrivalState,
    /// The release that should be live; `None` where any but `left` will do.
    pub expected: Option<Untrusted>,
    /// The release that was to go.
    pub left: Untrusted,
    /// How many targets run what was expected.
    pub arrived: u64,
    /// How many targets there are in the files.
    pub targets: u64,
    /// Targets that run what was expected; bounded, `arrived` counts all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub on_expected: Vec<ArrivalTarget>,
    /// Targets that do not run it yet, or of which nothing is known; bounded.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_yet: Vec<ArrivalTarget>,
    /// Targets on which `left` is live again; bounded.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub came_back: Vec<ArrivalTarget>,
    /// What could not be told, one sentence each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub open: Vec<Untrusted>,
    /// The files that it rests on.
    pub files: Vec<Untrusted>,
}

impl Arrival {
    /// One line: `not done: 2 of 4 targets run 3.0.0; web3 runs 3.1.0, web4 runs 3.1.0`.
    pub fn headline(&self) -> String {
        let expected = self.expected.as_ref().map_or_else(
            || format!("another release than {}", self.left),
            Untrusted::to_string,
        );
        let (of, verb) = if self.targets == 1 {
            ("target", "runs")
        } else {
            ("targets", "run")
        };
        let counted = match (self.arrived, self.targets) {
            (_, 0) => "no target is known".to_owned(),
            (1, 1) => format!("the only target runs {expected}"),
            (2, 2) => format!("both targets run {expected}"),
            (arrived, all) if arrived == all => format!("all {all} targets run {expected}"),
            (arrived, all) => format!("{arrived} of {all} {of} {verb} {expected}"),
        };
        let others: Vec<&ArrivalTarget> = match self.state {
            ArrivalState::CameBack => self.came_back.iter().collect(),
            _ => self.not_yet.iter().collect(),
        };
        let more = others.len().saturating_sub(3);
        let mut named: Vec<String> = others
            .iter()
            .take(3)
            .map(|target| format!("{} runs {}", target.name, target.runs))
            .collect();
        if more > 0 {
            named.push(format!("{more} more"));
        }
        let named = if named.is_empty() {
            String::new()
        } else {
            format!("; {}", named.join(", "))
        };
        format!("{}: {counted}{named}", self.state.says())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_look_is_one_line() {
        let target = |name: &str| ArrivalTarget {
            name: name.into(),
            runs: "3.1.0".into(),
            at: None,
            why: None,
        };
        let mut look = Arrival {
            state: ArrivalState::NotDone,
            expected: Some("3.0.0".into()),
            left: "3.1.0".into(),
            arrived: 2,
            targets: 7,
            on_expected: Vec::new(),
            not_yet: ["web3", "web4", "web5", "web6", "web\u{1b}7"]
                .map(target)
                .to_vec(),
            came_back: Vec::new(),
            open: Vec::new(),
            files: vec!["kubernetes.json".into()],
        };
        assert_eq!(
            look.headline(),
            "not done: 2 of 7 targets run 3.0.0; web3 runs 3.1.0, web4 runs 3.1.0, web5 runs \
                3.1.0, 2 more"
        );
        (look.state, look.arrived) = (ArrivalState::Done, 7);
        look.not_yet.clear();
        assert_eq!(look.headline(), "done: all 7 targets run 3.0.0");
    }
}
