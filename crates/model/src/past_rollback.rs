//! That the release was gone back from before, and what was seen then.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Evidence, Untrusted};

/// Most of them that an assessment holds, the newest.
pub const MOST_PAST_ROLLBACKS: usize = 5;

/// One time the release was gone back from. It is told and weighs nothing: what was wrong then may
/// be mended now.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PastRollback {
    /// When, where the source knows it.
    pub at: Option<Timestamp>,
    /// The release that was left, as the source names it.
    pub from: Untrusted,
    /// The release that came back.
    pub to: Option<Untrusted>,
    /// It went from this current to this previous.
    pub same_pair: bool,
    /// Nobody saw it happen: it is known that it was decided.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub decided_only: bool,
    /// Where.
    pub environment: Option<Untrusted>,
    /// What of several things that share the releases.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<Untrusted>,
    /// On how many targets; 0 where that is not known.
    #[serde(default)]
    pub targets: u64,
    /// What was seen that made somebody go back, in their words or those of the deployer.
    pub seen: Option<Untrusted>,
    /// The reason of the decision.
    pub reason: Option<Untrusted>,
    /// Whether it helped, where somebody said.
    pub worked: Option<bool>,
    /// Who knows it: a deployer's file, a session.
    pub sources: Vec<Untrusted>,
    /// Where it stands.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Evidence>,
}

impl PastRollback {
    /// One clause: what happened and when. `3.1.0 was rolled back to 3.0.0 on 2026-02-10 09:12 UTC
    /// in production`.
    pub fn headline(&self) -> String {
        let from = &self.from;
        let to = self
            .to
            .as_ref()
            .map_or(String::new(), |to| format!(" to {to}"));
        let when = self.at.map_or(String::new(), |at| {
            format!(" on {} UTC", at.strftime("%Y-%m-%d %H:%M"))
        });
        let place = self
            .environment
            .as_ref()
            .map_or(String::new(), |name| format!(" in {name}"));
        let unit = self
            .unit
            .as_ref()
            .map_or(String::new(), |unit| format!(" ({unit})"));
        let targets = if self.targets > 1 {
            format!(", on {} targets", self.targets)
        } else {
            String::new()
        };
        if self.decided_only {
            format!("it was decided{when} to roll {from} back{to}{place}{unit}")
        } else {
            format!("{from} was rolled back{to}{when}{place}{unit}{targets}")
        }
    }

    /// What was seen, why it was decided, and whether it helped: whole sentences, none where
    /// nobody said anything.
    pub fn details(&self) -> String {
        let mut parts = Vec::new();
        let mut part = |lead: &str, text: &Option<Untrusted>| {
            if let Some(text) = text {
                let text = text.shown();
                parts.push(format!("{lead}: {}.", text.trim().trim_end_matches('.')));
            }
        };
        part("Seen then", &self.seen);
        part("Reason given", &self.reason);
        parts.push(
            match self.worked {
                Some(true) => "It worked.",
                Some(false) => "It did not work.",
                None => "Whether it helped is not recorded.",
            }
            .to_owned(),
        );
        parts.join(" ")
    }

    /// All of it, with who knows it.
    pub fn says(&self) -> String {
        let known = if self.sources.is_empty() {
            String::new()
        } else {
            format!(" ({})", Untrusted::join(&self.sources, "; "))
        };
        format!("{}{known}. {}", self.headline(), self.details())
    }
}

/// One line about all of them, the newest first; nothing where there is none.
pub fn past_rollbacks_line(past: &[PastRollback]) -> Option<String> {
    let newest = past.first()?;
    let more = match past.len() - 1 {
        0 => String::new(),
        1 => " One more time before that.".to_owned(),
        more => format!(" {more} more times before that."),
    };
    // the day is enough here; the risks have the minute and the targets
    let day = newest.at.map_or(String::new(), |at| {
        format!(" on {}", at.strftime("%Y-%m-%d"))
    });
    let from = &newest.from;
    let to = newest
        .to
        .as_ref()
        .map_or(String::new(), |to| format!(" to {to}"));
    let place = newest
        .environment
        .as_ref()
        .map_or(String::new(), |name| format!(" in {name}"));
    let headline = if newest.decided_only {
        format!("it was decided{day} to roll {from} back{to}{place}")
    } else {
        format!("{from} was rolled back{to}{day}{place}")
    };
    Some(format!("{headline}. {}{more}", newest.details()))
}

/// The newest in a few words, for one row of a small screen.
pub fn past_rollbacks_short(past: &[PastRollback]) -> Option<String> {
    let newest = past.first()?;
    let day = newest.at.map_or(String::new(), |at| {
        format!(" on {}", at.strftime("%Y-%m-%d"))
    });
    let what = if newest.decided_only {
        "rollback decided"
    } else {
        "rolled back"
    };
    let worked = match newest.worked {
        Some(true) => " (it worked)",
        Some(false) => " (it did not work)",
        None => "",
    };
    let seen = newest
        .seen
        .as_ref()
        .or(newest.reason.as_ref())
        .map_or(String::new(), |seen| format!(": {seen}"));
    Some(format!("{what}{day}{seen}{worked}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn past() -> PastRollback {
        PastRollback {
            at: "2026-02-10T09:12:00Z".parse().ok(),
            from: "3.1.0".into(),
            to: Some("3.0.0".into()),
            same_pair: true,
            environment: Some("production".into()),
            sources: vec!["Helm, helm.json".into()],
            ..PastRollback::default()
        }
    }

    #[test]
    fn a_past_rollback_says_when_from_what_to_what_and_what_is_not_known() {
        assert_eq!(
            past().says(),
            "3.1.0 was rolled back to 3.0.0 on 2026-02-10 09:12 UTC in production (Helm, \
                helm.json). Whether it helped is not recorded."
        );
        let told = PastRollback {
            seen: Some("declined payments\u{1b}[2J.".into()),
            reason: Some("no time for a fix".into()),
            worked: Some(true),
            ..past()
        };
        assert_eq!(
            told.details(),
            "Seen then: declined payments␛[2J. Reason given: no time for a fix. It worked."
        );
    }

    #[test]
    fn what_was_only_decided_is_not_said_to_have_happened() {
        let decided = PastRollback {
            decided_only: true,
            ..past()
        };
        assert_eq!(
            past_rollbacks_line(&[decided, past(), past()]).unwrap(),
            "it was decided on 2026-02-10 to roll 3.1.0 back to 3.0.0 in production. Whether it \
                helped is not recorded. 2 more times before that."
        );
        assert_eq!(past_rollbacks_line(&[]), None);
    }
}
