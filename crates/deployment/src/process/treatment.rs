//! Run, skip or rollback only: what to do with a step on the way back and when the same release is
//! deployed again.

use super::condition::Modes;
use super::{DeploymentStep, StepClass};
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
        // an advice that is open asks a person first, so it contradicts nothing yet
        let wanted = !matches!(self.how, StepMode::Skip);
        self.settled && self.today.is_some_and(|today| today != wanted)
    }
}

/// Both treatments of a step that is classed and whose modes are known.
pub(super) fn derive_step_treatments(step: &DeploymentStep) -> (Treatment, Treatment) {
    let (mut back, mut again) = (
        derive_rollback_treatment(step),
        derive_redeploy_treatment(step),
    );
    back.today = step.modes.rollback;
    again.today = step.modes.redeploy;
    (back, again)
}

fn derive_rollback_treatment(step: &DeploymentStep) -> Treatment {
    use StepMode::{RollbackOnly, Run, Skip, Verify};
    // a condition that somebody wrote for the way back says more than the kind of step
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
        StepClass::Database => Treatment::sure(
            Skip,
            "the schema stays as it is; running it again would deploy the old database package on \
                the new schema",
        ),
        StepClass::Service => Treatment::sure(
            Run,
            "this is what goes back; where the old folder or image is still there, pointing at it \
                is quicker",
        ),
        StepClass::Website => Treatment::sure(
            Run,
            "this is what goes back; where the old folder is still there, pointing at it is \
                quicker",
        ),
        StepClass::Verify => Treatment::sure(
            Verify,
            "the release that came back is to be verified like any other",
        ),
        StepClass::Manual => Treatment::sure(Run, "a person confirms that what came back works"),
        StepClass::Notify => Treatment::sure(Run, "people are told that it went back"),
        StepClass::Rollback if step.blocks_progression => Treatment::sure(
            RollbackOnly,
            "the bad release must not reach the next environment",
        ),
        StepClass::Rollback => {
            Treatment::sure(Run, "the steps behind it need to know which mode this is")
        }
        // open: applying the old definition may take away what the new one made
        StepClass::Infrastructure => Treatment::open(
            Run,
            "it would apply the old definition of what the release runs on: compare the two before \
                it runs",
        ),
        StepClass::ChildProject => Treatment::open(
            Run,
            "it deploys another application: decide with its owners whether that goes back too",
        ),
        StepClass::Runbook | StepClass::Script | StepClass::Unknown if left_out => {
            Treatment::sure(Skip, "its condition leaves it out on a rollback")
        }
        StepClass::Runbook => Treatment::open(
            Run,
            "what the runbook does is written elsewhere: look before it runs again",
        ),
        StepClass::Script | StepClass::Unknown => Treatment::open(
            Run,
            "the file does not show what this step does: check whether it is harmless to run it \
                again",
        ),
    }
}

/// Later pages of the guide keep website and notification when the same release is deployed again.
fn derive_redeploy_treatment(step: &DeploymentStep) -> Treatment {
    use StepMode::{Run, Skip};
    if step.modes.only_rollback() || step.blocks_progression {
        return Treatment::sure(Skip, "it belongs to a rollback");
    }
    match step.class {
        StepClass::Database => {
            Treatment::sure(Skip, "the same database package was deployed before")
        }
        StepClass::Service => Treatment::sure(Skip, "the same service is installed already"),
        StepClass::Website => Treatment::sure(
            Run,
            "a site is deployed again to bring its files and settings back to what they should be",
        ),
        StepClass::Notify => Treatment::sure(Run, "people are told"),
        StepClass::Manual | StepClass::Verify => {
            Treatment::sure(Skip, "the same release was verified before")
        }
        StepClass::Rollback => {
            Treatment::sure(Run, "the steps behind it need to know which mode this is")
        }
        StepClass::Infrastructure => Treatment::open(Run, "the same definition is applied again"),
        StepClass::ChildProject => {
            Treatment::open(Skip, "it would deploy another application again")
        }
        StepClass::Runbook | StepClass::Script | StepClass::Unknown => Treatment::open(
            Run,
            "the file does not show what this step does: check whether it is harmless to run it \
                again",
        ),
    }
}
