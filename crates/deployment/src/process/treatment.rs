//! Run, skip or rollback only: what to do with a step on the way back and when the same release is
//! deployed again.

use super::condition::Modes;
use super::{Class, Step};
use model::{StepAdvice, StepMode};

/// What to do with a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Treatment {
    /// Run, skip, rollback only or verify.
    pub how: StepMode,
    /// One sentence.
    pub why: String,
    /// `false` where a person must look first.
    pub settled: bool,
    /// What the process itself does today: `Some(true)` runs, `Some(false)` leaves out, `None`
    /// cannot be told.
    pub today: Option<bool>,
}

impl Treatment {
    pub(super) fn sure(how: StepMode, why: impl Into<String>) -> Self {
        Self {
            how,
            why: why.into(),
            settled: true,
            today: None,
        }
    }

    fn open(how: StepMode, why: impl Into<String>) -> Self {
        Self {
            how,
            why: why.into(),
            settled: false,
            today: None,
        }
    }

    /// As plain data.
    pub fn advice(&self) -> StepAdvice {
        StepAdvice {
            how: self.how,
            why: self.why.clone(),
            settled: self.settled,
            today: self.today,
        }
    }

    /// What the process does today differs from what it should do.
    pub fn differs(&self) -> bool {
        let wanted = !matches!(self.how, StepMode::Skip);
        self.settled && self.today.is_some_and(|today| today != wanted)
    }
}

/// Both treatments of a step that is classed and whose modes are known.
pub(super) fn of(step: &Step) -> (Treatment, Treatment) {
    let (mut back, mut again) = (rollback(step), redeploy(step));
    back.today = step.modes.rollback;
    again.today = step.modes.redeploy;
    (back, again)
}

fn rollback(step: &Step) -> Treatment {
    use StepMode::{RollbackOnly, Run, Skip, Verify};
    if step.modes.only_rollback() {
        return Treatment::sure(RollbackOnly, "its condition lets it run on a rollback only");
    }
    let left_out = step.modes
        == Modes {
            deploy: Some(true),
            rollback: Some(false),
            redeploy: Some(false),
        };
    match step.class {
        Class::Database => Treatment::sure(
            Skip,
            "the schema stays as it is; running it again would deploy the old database package on the new schema",
        ),
        Class::Service => Treatment::sure(
            Run,
            "this is what goes back; where the old folder or image is still there, pointing at it is quicker",
        ),
        Class::Website => Treatment::sure(
            Run,
            "this is what goes back; where the old folder is still there, pointing at it is quicker",
        ),
        Class::Verify => Treatment::sure(
            Verify,
            "the release that came back is to be verified like any other",
        ),
        Class::Manual => Treatment::sure(Run, "a person confirms that what came back works"),
        Class::Notify => Treatment::sure(Run, "people are told that it went back"),
        Class::Rollback if step.blocks_progression => Treatment::sure(
            RollbackOnly,
            "the bad release must not reach the next environment",
        ),
        Class::Rollback => {
            Treatment::sure(Run, "the steps behind it need to know which mode this is")
        }
        Class::Infrastructure => Treatment::open(
            Run,
            "it would apply the old definition of what the release runs on: compare the two before it runs",
        ),
        Class::ChildProject => Treatment::open(
            Run,
            "it deploys another application: decide with its owners whether that goes back too",
        ),
        Class::Runbook | Class::Script | Class::Unknown if left_out => {
            Treatment::sure(Skip, "its condition leaves it out on a rollback")
        }
        Class::Runbook => Treatment::open(
            Run,
            "what the runbook does is written elsewhere: look before it runs again",
        ),
        Class::Script | Class::Unknown => Treatment::open(
            Run,
            "the file does not show what this step does: check whether it is harmless to run it again",
        ),
    }
}

/// Later pages of the guide keep website and notification when the same release is deployed again.
fn redeploy(step: &Step) -> Treatment {
    use StepMode::{Run, Skip};
    if step.modes.only_rollback() || step.blocks_progression {
        return Treatment::sure(Skip, "it belongs to a rollback");
    }
    match step.class {
        Class::Database => Treatment::sure(Skip, "the same database package was deployed before"),
        Class::Service => Treatment::sure(Skip, "the same service is installed already"),
        Class::Website => Treatment::sure(
            Run,
            "a site is deployed again to bring its files and settings back to what they should be",
        ),
        Class::Notify => Treatment::sure(Run, "people are told"),
        Class::Manual | Class::Verify => {
            Treatment::sure(Skip, "the same release was verified before")
        }
        Class::Rollback => {
            Treatment::sure(Run, "the steps behind it need to know which mode this is")
        }
        Class::Infrastructure => Treatment::open(Run, "the same definition is applied again"),
        Class::ChildProject => Treatment::open(Skip, "it would deploy another application again"),
        Class::Runbook | Class::Script | Class::Unknown => Treatment::open(
            Run,
            "the file does not show what this step does: check whether it is harmless to run it again",
        ),
    }
}
