//! Where each option stands, without saying the same twice: what is open is named once in a line,
//! and the questions that settle it stand in one list that the options refer to.

use crate::model::Untrusted;
use std::cmp::Reverse;

use crate::model::{Condition, Decision, OptionStatus, Reason};

/// How open points stand in one line.
const OPEN_LINE: &str = "not known whether: ";

/// One option as it is written.
pub(super) struct OptionStanding<'a> {
    pub(super) status: &'a OptionStatus,
    /// What stands in its way for certain.
    pub(super) blockers: Vec<&'a Reason>,
    /// Open points in a few words each.
    pub(super) open: Vec<String>,
    /// Numbers of the questions that settle it, from 1.
    pub(super) settle: Vec<usize>,
    /// Conditions that are more than an answer.
    pub(super) first: Vec<&'a Condition>,
}

impl OptionStanding<'_> {
    /// `not known whether: all targets run the same version · tool and access work`; nothing when
    /// all is settled.
    pub(super) fn open_line(&self) -> Option<String> {
        (!self.open.is_empty()).then(|| format!("{OPEN_LINE}{}", self.open.join(" · ")))
    }

    /// Whether the same reasons, open points and conditions stand in the way of another option, and
    /// are more than a line.
    pub(super) fn has_the_same_in_its_way(&self, other: &Self) -> bool {
        let says = |one: &Self| -> Vec<Untrusted> {
            let blockers = one.blockers.iter().map(|reason| reason.says.clone());
            blockers
                .chain(one.first.iter().map(|first| first.says.clone()))
                .collect()
        };
        self.status.state == other.status.state
            && self.open == other.open
            && self.settle == other.settle
            && self.blockers.len() + self.first.len() + self.open.len() > 1
            && says(self) == says(other)
    }

    /// `answer 1, 4, 5`; nothing when no answer is missing.
    pub(super) fn settle_line(&self) -> Option<String> {
        let numbers: Vec<String> = self.settle.iter().map(usize::to_string).collect();
        (!numbers.is_empty()).then(|| format!("answer {}", numbers.join(", ")))
    }
}

/// All options, the recommended one first and then by how clear the way is, and the questions that
/// settle what is open.
pub(super) fn list_option_standings(decision: &Decision) -> (Vec<OptionStanding<'_>>, Vec<String>) {
    let mut options: Vec<&OptionStatus> = decision
        .options
        .iter()
        .filter(|status| !status.is_beside_the_point())
        .collect();
    options.sort_by_key(|status| (Reverse(status.option == decision.option), status.state));
    let mut questions: Vec<String> = Vec::new();
    let standings = options
        .into_iter()
        .map(|status| {
            make_option_standing(status, status.option == decision.option, &mut questions)
        })
        .collect();
    (standings, questions)
}

fn make_option_standing<'a>(
    status: &'a OptionStatus,
    recommended: bool,
    questions: &mut Vec<String>,
) -> OptionStanding<'a> {
    let (open, blockers): (Vec<&Reason>, Vec<&Reason>) =
        status.blockers.iter().partition(|reason| reason.open);
    let open = open.into_iter().map(|reason| {
        // without the word that says what it is, its own sentence stands here
        reason
            .about
            .as_ref()
            .unwrap_or(&reason.says)
            .shown()
            .trim_end_matches('.')
            .to_owned()
    });
    let mut settle = Vec::new();
    let mut first = Vec::new();
    for condition in &status.conditions {
        match &condition.asks {
            Some(asks) => {
                let at = questions
                    .iter()
                    .position(|known| known == asks)
                    .unwrap_or_else(|| {
                        questions.push(asks.clone());
                        questions.len() - 1
                    });
                settle.push(at + 1);
            }
            // those of the recommended option stand above, in full
            None if recommended => {}
            None => first.push(condition),
        }
    }
    settle.sort_unstable();
    OptionStanding {
        status,
        blockers,
        open: open.collect(),
        settle,
        first,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{OptionId, OptionState};

    fn status(option: OptionId, state: OptionState, open: &[(&str, &str)]) -> OptionStatus {
        let reason = |(about, _): &(&str, &str)| Reason {
            rule: "B1".to_owned(),
            says: format!("not known whether {about}").into(),
            about: Some((*about).into()),
            open: true,
            ..Reason::default()
        };
        let settles = |(_, asks): &(&str, &str)| Condition {
            kind: "settle".into(),
            says: format!("Find out: {asks}").into(),
            asks: Some((*asks).to_owned()),
            ..Condition::default()
        };
        OptionStatus {
            option,
            state,
            blockers: open.iter().map(reason).collect(),
            conditions: open.iter().map(settles).collect(),
        }
    }

    #[test]
    fn a_question_that_several_options_wait_for_is_written_once() {
        let mixed = ("all targets are alike", "Do targets differ?");
        let path = ("the way back works", "Does the tool work?");
        let decision = Decision {
            option: OptionId::RollForward,
            options: vec![
                status(OptionId::RollBack, OptionState::NotCleared, &[mixed, path]),
                status(OptionId::ShiftTraffic, OptionState::NotCleared, &[path]),
                status(OptionId::RollForward, OptionState::Cleared, &[]),
            ],
            ..crate::report::sample::decision()
        };
        let (standings, questions) = list_option_standings(&decision);
        assert_eq!(
            standings.iter().map(|one| one.status.option).next(),
            Some(OptionId::RollForward)
        );
        assert_eq!(questions, ["Do targets differ?", "Does the tool work?"]);
        assert_eq!(
            standings[1].open_line().unwrap(),
            "not known whether: all targets are alike · the way back works"
        );
        assert_eq!(standings[2].settle_line().unwrap(), "answer 2");
    }
}
