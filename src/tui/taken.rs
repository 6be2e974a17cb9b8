//! The decision in force, and what comes next when it did not work.

use crate::model::Untrusted;
use jiff::Timestamp;

use crate::model::{OptionId, OptionState};
use crate::session::{EventKind, is_same_way};
use crate::tui::model::Model;
use crate::tui::screens::now::query::sort_options;
use crate::tui::screens::plan::query::{count_plan_progress, describe_failed_step};
use crate::usecase::find_expectation_due;

/// The decision in force.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Taken<'a> {
    /// `seq` of its event.
    pub seq: u64,
    /// What was chosen.
    pub option: OptionId,
    /// When.
    pub at: Timestamp,
    /// What should be seen if it works.
    pub expect: Option<&'a Untrusted>,
    /// When the hold ends, or when what is expected should be seen.
    pub due: Option<Timestamp>,
    /// What was seen: whether it worked, and the words.
    pub seen: Option<(bool, &'a Untrusted)>,
}

impl Model {
    /// The decision in force.
    pub fn taken(&self) -> Option<Taken<'_>> {
        let (
            seq,
            EventKind::Decided {
                option,
                expect,
                within_minutes,
                ..
            },
        ) = self.session.decided.as_ref()?
        else {
            return None;
        };
        let at = self.events.iter().find(|event| event.seq == *seq)?.at;
        let due = within_minutes
            .filter(|_| !self.is_plan_under_way(*option))
            .and_then(|minutes| find_expectation_due(&self.session, *option, at, minutes));
        let seen = self
            .session
            .observed
            .as_ref()
            .map(|(met, text)| (*met, text));
        Some(Taken {
            seq: *seq,
            option: *option,
            at,
            expect: expect.as_ref(),
            due,
            seen,
        })
    }

    /// Minutes within which what was expected should be seen, as somebody said when deciding.
    pub fn find_said_minutes(&self) -> Option<u32> {
        match &self.session.decided {
            Some((_, EventKind::Decided { within_minutes, .. })) => *within_minutes,
            _ => None,
        }
    }

    /// When to look whether the option that was decided on works, while its steps are worked off:
    /// it moves with each step that acts.
    pub fn find_look_time(&self, option: OptionId) -> Option<Timestamp> {
        let taken = self.taken().filter(|taken| taken.option == option)?;
        find_expectation_due(&self.session, option, taken.at, self.find_said_minutes()?)
    }

    /// What somebody expects of an option that was decided on, with the minutes until then.
    pub fn write_expectation(&self, option: OptionId) -> Option<String> {
        let taken = self.taken().filter(|taken| taken.option == option)?;
        let expect = taken.expect?.to_string();
        Some(match self.find_said_minutes() {
            Some(minutes) => format!("{expect}, within {minutes} min"),
            None => expect,
        })
    }

    /// Whether steps of this option are being worked off and some that change something are still
    /// to be done: what is expected cannot be seen yet.
    pub fn is_plan_under_way(&self, option: OptionId) -> bool {
        self.session.runs.find_run(option).is_some() && count_plan_progress(self, option).acting > 0
    }

    /// The option that was decided on and did not work.
    pub fn failed(&self) -> Option<OptionId> {
        self.taken()
            .filter(|taken| taken.seen.is_some_and(|(met, _)| !met))
            .map(|taken| taken.option)
    }

    /// What comes next when what was decided on did not work: the recommended option unless it is
    /// that one, else the one whose way is clearest. Options that are removed are none.
    pub fn next_option(&self) -> Option<OptionId> {
        self.option_after(self.failed()?)
    }

    /// What the board offers where an option does not work; see [`Model::next_option`]. To hold ends
    /// no trouble, so it is never offered where something was tried and failed, nor is another
    /// option of which a step failed.
    pub fn option_after(&self, failed: OptionId) -> Option<OptionId> {
        let decision = self.decision()?;
        let tried = |option: OptionId| describe_failed_step(self, option).is_some();
        let same = |option: OptionId, failed: OptionId| {
            is_same_way(option, failed) || option == OptionId::Hold || tried(option)
        };
        if !same(decision.option, failed) {
            return Some(decision.option);
        }
        let sorted = sort_options(decision);
        let mut left = sorted
            .into_iter()
            .filter(|status| !same(status.option, failed) && status.state != OptionState::Removed);
        left.next().map(|status| status.option)
    }
}
