//! Running a plan: what may be marked when. The one law for the screens, the lines of text and the
//! commands.
//!
//! Nothing is taken in a session that is over or of the past. What is marked is of the plan that was
//! decided on; a rehearsal needs no decision, it goes back. What the plan leaves out is not marked.
//! A step is done once, and whoever leaves one out says why.

use std::borrow::Cow;

use jiff::{SignedDuration, Timestamp};
use sha2::Digest;

use crate::{
    EventKind, PlanRun, SessionState, StepOf, StepRun, StepStanding, is_acting_step, is_same_way,
};
use model::{Mode, OptionId, PlanStep, StepMode};

/// Most steps that are listed though they are no longer in the plan: a damaged journal may hold any
/// number.
const GONE: usize = 200;

/// What a person says about a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StepMark {
    /// It begins now.
    Begin,
    /// It is done; seconds where something measured them.
    Done(Option<u64>),
    /// It is left out, for this reason.
    Skip(String),
    /// It did not work; what was seen.
    Fail(Option<String>),
    /// A note about it.
    Note(String),
}

/// Why a mark is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MarkRefusal {
    /// The session is looked at only.
    ReadOnly,
    /// The session is closed.
    Closed,
    /// Nothing is decided.
    Undecided,
    /// Another option was decided on.
    OtherOption,
    /// The plan leaves the step out.
    LeftOut,
    /// It is no step of the plan any more.
    Gone,
    /// It is done.
    Done,
    /// It is running.
    Running,
    /// It is left out.
    Skipped,
    /// It failed.
    Failed,
    /// A reason is missing.
    NoReason,
    /// A text is missing.
    NoText,
}

impl MarkRefusal {
    /// A clause that follows what was wanted: *is not possible: ...*.
    pub fn says(self) -> &'static str {
        match self {
            Self::ReadOnly => "this session is read only",
            Self::Closed => "this session is closed",
            Self::Undecided => "nothing is decided yet; a plan is run once it is decided on",
            Self::OtherOption => "another option was decided on; its plan is the one that is run",
            Self::LeftOut => "the plan itself leaves this step out",
            Self::Gone => "this step is no longer in the plan",
            Self::Done => "this step is done already",
            Self::Running => "this step is running already",
            Self::Skipped => "this step is left out already",
            Self::Failed => "it is recorded already that this step failed",
            Self::NoReason => "leaving a step out needs a reason",
            Self::NoText => "there is nothing to record yet",
        }
    }
}

/// Where a plan is run: the session, what it is for, and whether anything may be written at all.
#[derive(Debug, Clone, Copy)]
pub struct RunDesk<'a> {
    /// The session.
    pub state: &'a SessionState,
    /// What it is for.
    pub mode: Mode,
    /// Nothing is written: a session of the past, or one that is only watched.
    pub read_only: bool,
}

/// Ids of the steps of a plan, in order. An id is made of what the step is called, so that it stays
/// when the plan around it changes; a second step of the same name gets a number.
pub fn identify_plan_steps(steps: &[PlanStep]) -> Vec<String> {
    let mut seen = std::collections::BTreeMap::<String, u32>::new();
    steps
        .iter()
        .map(|step| {
            let digest = sha2::Sha256::digest(step.step.as_raw().as_bytes());
            let id: String = digest
                .iter()
                .take(6)
                .map(|byte| format!("{byte:02x}"))
                .collect();
            let count = seen.entry(id.clone()).or_default();
            *count += 1;
            if *count == 1 {
                id
            } else {
                format!("{id}-{count}")
            }
        })
        .collect()
}

impl RunDesk<'_> {
    /// Whether the plan of this option is the one that is run.
    ///
    /// # Errors
    /// Why it is not.
    pub fn allows_option(&self, option: OptionId) -> Result<(), MarkRefusal> {
        match &self.state.decided {
            Some((
                _,
                EventKind::Decided {
                    option: decided, ..
                },
            )) => {
                if is_same_way(*decided, option) {
                    Ok(())
                } else {
                    Err(MarkRefusal::OtherOption)
                }
            }
            // what is rehearsed is going back, whatever would be recommended in an incident
            _ if self.mode == Mode::Rehearsal => {
                if is_same_way(option, OptionId::RollBack) {
                    Ok(())
                } else {
                    Err(MarkRefusal::OtherOption)
                }
            }
            _ => Err(MarkRefusal::Undecided),
        }
    }

    /// Whether a step may be marked so.
    ///
    /// # Errors
    /// Why it may not.
    pub fn allows_mark(
        &self,
        option: OptionId,
        id: &str,
        how: StepMode,
        mark: &StepMark,
    ) -> Result<(), MarkRefusal> {
        if self.read_only {
            return Err(MarkRefusal::ReadOnly);
        }
        if self.state.closed {
            return Err(MarkRefusal::Closed);
        }
        self.allows_option(option)?;
        let stands = self
            .state
            .runs
            .find_run(option)
            .and_then(|run| run.find_step(id))
            .map_or(StepStanding::Open, |step| step.standing);
        if let StepMark::Note(text) = mark {
            return if text.trim().is_empty() {
                Err(MarkRefusal::NoText)
            } else {
                Ok(())
            };
        }
        if how == StepMode::Skip {
            return Err(MarkRefusal::LeftOut);
        }
        match (mark, stands) {
            // what was done may turn out not to have worked
            (StepMark::Fail(_), StepStanding::Failed) => Err(MarkRefusal::Failed),
            (StepMark::Fail(_), _) => Ok(()),
            (_, StepStanding::Done) => Err(MarkRefusal::Done),
            (StepMark::Begin, StepStanding::Running) => Err(MarkRefusal::Running),
            (StepMark::Skip(_), StepStanding::Skipped) => Err(MarkRefusal::Skipped),
            (StepMark::Skip(reason), _) if reason.trim().is_empty() => Err(MarkRefusal::NoReason),
            _ => Ok(()),
        }
    }

    /// The event of a mark.
    ///
    /// # Errors
    /// Why it is not taken.
    pub fn make_mark(
        &self,
        option: OptionId,
        id: &str,
        step: &PlanStep,
        mark: StepMark,
    ) -> Result<EventKind, MarkRefusal> {
        self.allows_mark(option, id, step.how, &mark)?;
        let of = StepOf {
            option,
            step: id.to_owned(),
            says: step.step.clone(),
            how: step.how,
        };
        Ok(match mark {
            StepMark::Begin => EventKind::StepBegun { of },
            StepMark::Done(seconds) => EventKind::StepDone { of, seconds },
            StepMark::Skip(reason) => EventKind::StepSkipped {
                of,
                reason: reason.trim().into(),
            },
            StepMark::Fail(note) => EventKind::StepFailed {
                of,
                note: note
                    .map(|note| note.trim().to_owned())
                    .filter(|note| !note.is_empty())
                    .map(Into::into),
            },
            StepMark::Note(text) => EventKind::StepNoted {
                of,
                text: text.into(),
            },
        })
    }
}

/// What was said about a step, in one sentence; `None` for events that are about none.
pub fn write_step_mark(what: &EventKind) -> Option<String> {
    let says = &what.step()?.says;
    Some(match what {
        EventKind::StepBegun { .. } => format!("Step begun: {says}"),
        EventKind::StepDone { .. } => format!("Step done: {says}"),
        EventKind::StepSkipped { reason, .. } => format!("Step left out: {says} ({reason})"),
        EventKind::StepFailed { note, .. } => {
            let note = note
                .as_ref()
                .map_or_else(String::new, |note| format!(" ({note})"));
            format!("Step failed: {says}{note}")
        }
        EventKind::StepNoted { text, .. } => format!("Note on the step {says}: {text}"),
        _ => return None,
    })
}

/// One row of a plan that is run.
#[derive(Debug, Clone, PartialEq)]
pub struct RunRow<'a> {
    /// Id of the step.
    pub id: String,
    /// The step; `None` for one that was marked and is no longer in the plan.
    pub step: Option<&'a PlanStep>,
    /// What was done about it.
    pub run: Option<&'a StepRun>,
}

impl RunRow<'_> {
    /// How it stands.
    pub fn standing(&self) -> StepStanding {
        self.run.map_or(StepStanding::Open, |run| run.standing)
    }

    /// What it is called.
    pub fn says(&self) -> Cow<'_, str> {
        match (self.step, self.run) {
            (Some(step), _) => step.step.shown(),
            (None, Some(run)) => run.of.says.shown(),
            (None, None) => Cow::Borrowed(""),
        }
    }

    /// Whether it is to be done and nothing settled it yet.
    pub fn is_open(&self) -> bool {
        self.step.is_some_and(|step| step.how != StepMode::Skip)
            && !matches!(self.standing(), StepStanding::Done | StepStanding::Skipped)
    }
}

/// The steps of a plan with what was done about each; behind them what was done and is no longer in
/// the plan.
pub fn list_run_rows<'a>(steps: &'a [PlanStep], run: Option<&'a PlanRun>) -> Vec<RunRow<'a>> {
    let ids = identify_plan_steps(steps);
    let known: std::collections::BTreeSet<&String> = ids.iter().collect();
    let gone: Vec<RunRow<'_>> = run
        .iter()
        .flat_map(|run| &run.steps)
        .filter(|step| !known.contains(&step.of.step))
        .take(GONE)
        .map(|step| RunRow {
            id: step.of.step.clone(),
            step: None,
            run: Some(step),
        })
        .collect();
    let rows = ids.iter().zip(steps).map(|(id, step)| RunRow {
        id: id.clone(),
        step: Some(step),
        run: run.and_then(|run| run.find_step(id)),
    });
    rows.chain(gone).collect()
}

/// The number of each step, from 1; what the plan leaves out and what is no longer in it has none.
pub fn number_run_rows(rows: &[RunRow<'_>]) -> Vec<Option<usize>> {
    let mut number = 0;
    rows.iter()
        .map(|row| {
            row.step.filter(|step| step.how != StepMode::Skip).map(|_| {
                number += 1;
                number
            })
        })
        .collect()
}

/// The row that is meant: by its number, by its id or the beginning of it; without a name the first
/// that is still to be done.
///
/// # Errors
/// One sentence: why none is meant.
pub fn choose_run_row<'r, 'a>(
    rows: &'r [RunRow<'a>],
    name: Option<&str>,
) -> Result<&'r RunRow<'a>, String> {
    let Some(name) = name else {
        return rows
            .iter()
            .find(|row| row.is_open())
            .ok_or_else(|| "No step of the plan is left to be done.".to_owned());
    };
    let numbered = number_run_rows(rows);
    // six digits are the beginning of an id
    if name.len() < 6
        && let Ok(number) = name.parse::<usize>()
    {
        return numbered
            .into_iter()
            .zip(rows)
            .find(|(of, _)| *of == Some(number))
            .map(|(_, row)| row)
            .ok_or_else(|| format!("The plan has no step {number}; `plan` shows it."));
    }
    let mut meant = rows
        .iter()
        .filter(|row| name.len() >= 4 && row.id.starts_with(name));
    match (meant.next(), meant.next()) {
        (Some(row), None) => Ok(row),
        // a second step of the same name has the id of the first with a number behind it
        (Some(row), Some(_)) if row.id == name => Ok(row),
        (Some(_), Some(_)) => Err("Several steps begin with this id; give more of it.".to_owned()),
        (None, _) => Err("The plan has no step of this number or id.".to_owned()),
    }
}

/// The step that a row stands for; one that is no longer in the plan as it was called when it was.
pub fn read_row_step(row: &RunRow<'_>) -> Option<PlanStep> {
    row.step.cloned().or_else(|| {
        row.run.map(|run| PlanStep {
            step: run.of.says.clone(),
            how: run.of.how,
            why: String::new().into(),
            command: None,
            undo: None,
            expect: None,
        })
    })
}

/// The option whose plan is run: the one that was decided on; in a rehearsal, where nothing is
/// decided, the way back that is clearer.
pub fn find_run_option(
    state: &SessionState,
    mode: Mode,
    decision: Option<&model::Decision>,
) -> Option<OptionId> {
    if let Some((_, EventKind::Decided { option, .. })) = &state.decided {
        return Some(*option);
    }
    let options = decision.filter(|_| mode == Mode::Rehearsal)?.options.iter();
    options
        .filter(|status| is_same_way(status.option, OptionId::RollBack))
        .min_by_key(|status| status.state)
        .map(|status| status.option)
}

/// The mark that is taken back: the last about a step of this way, or about the step of this id.
/// Decisions and answers are no marks.
pub fn find_mark_to_take_back<'e>(
    events: &'e [crate::Event],
    option: OptionId,
    id: Option<&str>,
) -> Option<&'e crate::Event> {
    let gone = crate::find_withdrawn_events(events.iter());
    events
        .iter()
        .rev()
        // a decision for another way begins another run; a hold in between ends nothing
        .take_while(|event| match event.what {
            EventKind::Decided { option: other, .. } => {
                gone.contains(&event.seq) || other == OptionId::Hold || is_same_way(other, option)
            }
            _ => true,
        })
        .find(|event| {
            !gone.contains(&event.seq)
                && event.what.step().is_some_and(|of| {
                    is_same_way(of.option, option) && id.is_none_or(|id| of.step == id)
                })
        })
}

/// How far a plan is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RunProgress {
    /// Steps that are to be done, with those that were done and are no longer in the plan.
    pub steps: usize,
    /// Done.
    pub done: usize,
    /// Left out by a person.
    pub skipped: usize,
    /// Tried, and did not work.
    pub failed: usize,
    /// Steps that change something and are neither done nor left out.
    pub acting: usize,
}

/// How far a plan is.
pub fn count_run_progress(rows: &[RunRow<'_>]) -> RunProgress {
    let mut progress = RunProgress::default();
    for row in rows {
        let left_out = row.step.is_some_and(|step| step.how == StepMode::Skip);
        let stands = row.standing();
        if (left_out && stands != StepStanding::Done)
            || (row.step.is_none() && stands == StepStanding::Open)
        {
            continue;
        }
        progress.steps += 1;
        match stands {
            StepStanding::Done => progress.done += 1,
            StepStanding::Skipped => progress.skipped += 1,
            StepStanding::Failed => progress.failed += 1,
            StepStanding::Open | StepStanding::Running => {}
        }
        if row.is_open() && row.step.is_some_and(|step| is_acting_step(step.how)) {
            progress.acting += 1;
        }
    }
    progress
}

/// When what is expected should be seen: so many minutes after the decision, or after the last step
/// that changed something since.
pub fn find_expectation_due(
    state: &SessionState,
    option: OptionId,
    decided: Timestamp,
    minutes: u32,
) -> Option<Timestamp> {
    let acted = if option == OptionId::Hold {
        None
    } else {
        state.runs.find_run(option).and_then(PlanRun::acted)
    };
    acted
        .unwrap_or(decided)
        .max(decided)
        .checked_add(SignedDuration::from_mins(i64::from(minutes)))
        .ok()
}

#[cfg(test)]
#[path = "run_tests.rs"]
mod tests;
