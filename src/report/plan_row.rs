//! The plan as rows, and the plans that were run, for every form of a report.

use super::run::{self, ToldRun};
use super::subject::ReportSubject;
use crate::model::Untrusted;
use crate::model::{Assessment, StepMode};

/// What became of one step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum StepFate {
    /// The record does not say.
    NotRecorded,
    /// The plan leaves it out.
    LeftOut,
}

impl StepFate {
    pub(super) fn sign(self) -> &'static str {
        match self {
            Self::NotRecorded => "",
            Self::LeftOut => "⊘",
        }
    }
}

/// One step of the plan, as every report shows it.
pub(super) struct PlanRow<'a> {
    pub(super) number: usize,
    pub(super) step: &'a Untrusted,
    pub(super) how: StepMode,
    pub(super) why: &'a Untrusted,
    pub(super) command: Option<&'a Untrusted>,
    pub(super) expect: Option<&'a Untrusted>,
    pub(super) undo: Option<&'a Untrusted>,
    pub(super) fate: StepFate,
}

/// The steps of the plan as it was made; what became of them is told by [`tell_subject_runs`].
pub(super) fn list_plan_rows<'a>(assessment: &'a Assessment) -> Vec<PlanRow<'a>> {
    let rows = assessment.plan.iter().enumerate();
    rows.map(|(at, step)| PlanRow {
        number: at + 1,
        step: &step.step,
        how: step.how,
        why: &step.why,
        command: step.command.as_ref(),
        expect: step.expect.as_ref(),
        undo: step.undo.as_ref(),
        fate: if step.how == StepMode::Skip {
            StepFate::LeftOut
        } else {
            StepFate::NotRecorded
        },
    })
    .collect()
}

/// The plans that were run, for every form of a report.
pub(super) fn tell_subject_runs(subject: &ReportSubject<'_>) -> Vec<ToldRun> {
    let plan = subject.assessment.map_or(&[][..], |one| &one.plan);
    run::tell_plan_runs(subject.events, plan, &subject.names, &subject.pair.0)
}
