//! `backout step`: the plan that was decided on, worked off without the screens: by a pipeline, or
//! by a second person at another terminal. What may be said when is the law of `usecase`.

use crate::model::Untrusted;
use std::borrow::Cow;
use std::fmt::Write;
use std::process::ExitCode;

use anyhow::{Result, anyhow, bail};
use serde::Serialize;

use super::cli::{Common, StepArgs, StepFormat, StepWord};
use crate::model::{OptionId, PlanStep, escape_invisible};
use crate::session::{EventKind, Journal, SessionFilter, SessionState, StepStanding};
use crate::usecase::{self, RunDesk, RunRow, StepMark};

/// The plan that is run.
struct RunPlan {
    option: OptionId,
    steps: Vec<PlanStep>,
}

/// Runs it.
pub fn run_step(common: &Common, args: &StepArgs) -> Result<ExitCode> {
    let path =
        super::sessions::choose_session(common, args.session.as_deref(), SessionFilter::Open)?;
    let list = matches!(args.what, None | Some(StepWord::List { .. }));
    let (mut journal, recovery) = if list {
        Journal::read(&path)?
    } else {
        Journal::open(&path)?
    };
    if let (Some(broken), false) = (&recovery.broken, list) {
        bail!("{broken} Nothing was added to {}.", path.display());
    }
    let plan = read_plan(common, &journal)?;
    let state = SessionState::fold(journal.events());
    let run = state.runs.find_run(plan.option);
    let rows = usecase::list_run_rows(&plan.steps, run);
    let (name, mark) = match &args.what {
        None => return print_rows(&state, &plan, &rows, StepFormat::Text),
        Some(StepWord::List { format }) => return print_rows(&state, &plan, &rows, *format),
        Some(StepWord::Undo { step }) => {
            let what = make_undo(&journal, &plan, &rows, step.as_deref())?;
            return append_step_mark(&mut journal, args, what.0, &what.1);
        }
        Some(StepWord::Begin { step }) => (step, StepMark::Begin),
        Some(StepWord::Done { step, seconds }) => (step, StepMark::Done(*seconds)),
        Some(StepWord::Skip { step, because }) => (step, StepMark::Skip(because.clone())),
        Some(StepWord::Failed { step, saw }) => (step, StepMark::Fail(saw.clone())),
        Some(StepWord::Note { step, text }) => (step, StepMark::Note(text.clone())),
    };
    let row = choose_row(&rows, name.as_deref())?;
    let step = usecase::read_row_step(row).ok_or_else(|| anyhow!("There is no such step."))?;
    let desk = RunDesk {
        state: &state,
        mode: state
            .start
            .as_ref()
            .map(|start| start.mode)
            .unwrap_or_default(),
        read_only: false,
    };
    if row.step.is_none() && !matches!(mark, StepMark::Note(_)) {
        bail!("It is not possible: {}.", usecase::MarkRefusal::Gone.says());
    }
    let what = desk
        .make_mark(plan.option, &row.id, &step, mark)
        .map_err(|why| anyhow!("It is not possible: {}.", why.says()))?;
    let says = usecase::write_step_mark(&what).unwrap_or_default();
    append_step_mark(&mut journal, args, what, &says)
}

/// A row by its number or id, in the words of this command.
fn choose_row<'r, 'a>(rows: &'r [RunRow<'a>], name: Option<&str>) -> Result<&'r RunRow<'a>> {
    usecase::choose_run_row(rows, name)
        .map_err(|why| anyhow!("{}", why.replace("`plan`", "`backout step`")))
}

/// The plan of what was decided on; of a rehearsal the way back.
fn read_plan(common: &Common, journal: &Journal) -> Result<RunPlan> {
    let state = SessionState::fold(journal.events());
    let mode = state
        .start
        .as_ref()
        .map(|start| start.mode)
        .unwrap_or_default();
    let (assessment, config) = super::report::read_session_releases(common, journal.events())
        .ok_or_else(|| {
            anyhow!(
                "The plan is made from the repository of the session, and it or one of the two \
                 commits is not at hand here. Give its folder with --repo."
            )
        })?;
    let planned = usecase::plan_as_it_stands(journal.events(), &assessment, &config, |decision| {
        usecase::find_run_option(&state, mode, Some(decision))
    })?;
    let Some((option, steps)) = planned else {
        bail!(
            "It is not possible: {}.",
            usecase::MarkRefusal::Undecided.says()
        );
    };
    Ok(RunPlan { option, steps })
}

fn make_undo(
    journal: &Journal,
    plan: &RunPlan,
    rows: &[RunRow<'_>],
    step: Option<&str>,
) -> Result<(EventKind, String)> {
    if SessionState::fold(journal.events()).closed {
        bail!(
            "It is not possible: {}.",
            usecase::MarkRefusal::Closed.says()
        );
    }
    let id = match step {
        Some(name) => Some(choose_row(rows, Some(name))?.id.as_str()),
        None => None,
    };
    let Some(event) = usecase::find_mark_to_take_back(journal.events(), plan.option, id) else {
        bail!("Nothing was said about it that could be taken back.");
    };
    let says = usecase::write_step_mark(&event.what).unwrap_or_default();
    Ok((
        EventKind::Withdrawn { seq: event.seq },
        format!("Taken back: {says}"),
    ))
}

fn append_step_mark(
    journal: &mut Journal,
    args: &StepArgs,
    what: EventKind,
    says: &str,
) -> Result<ExitCode> {
    let one_line = |text: &Option<String>| {
        let text = text
            .as_deref()
            .map(|text| escape_invisible(text.trim()).into_owned());
        text.filter(|text| !text.is_empty())
    };
    journal
        .append(what, one_line(&args.role), one_line(&args.by))
        .map_err(|error| super::record::not_recorded(error.into(), &[says.to_owned()]))?;
    super::record::print_journal_remarks(journal);
    super::print_output(&format!("{}\n", escape_invisible(says)))
}

#[derive(Serialize)]
struct ListedStep<'a> {
    number: Option<usize>,
    id: &'a str,
    step: Cow<'a, str>,
    standing: &'static str,
    at: Option<jiff::Timestamp>,
    seconds: Option<u64>,
    text: Option<&'a Untrusted>,
    command: Option<&'a Untrusted>,
}

#[derive(Serialize)]
struct StepList<'a> {
    schema: &'static str,
    session: Option<&'a str>,
    option: OptionId,
    done: usize,
    failed: usize,
    skipped: usize,
    of: usize,
    steps: Vec<ListedStep<'a>>,
}

fn name_standing(row: &RunRow<'_>) -> &'static str {
    match row.standing() {
        StepStanding::Running => "running",
        StepStanding::Done => "done",
        StepStanding::Skipped => "skipped",
        StepStanding::Failed => "failed",
        StepStanding::Open
            if row
                .step
                .is_some_and(|step| step.how == crate::model::StepMode::Skip) =>
        {
            "not-in-this-plan"
        }
        StepStanding::Open => "open",
    }
}

fn print_rows(
    state: &SessionState,
    plan: &RunPlan,
    rows: &[RunRow<'_>],
    format: StepFormat,
) -> Result<ExitCode> {
    let progress = usecase::count_run_progress(rows);
    let numbered = usecase::number_run_rows(rows);
    let session = state.start.as_ref().map(|start| start.session.as_str());
    if format == StepFormat::Json {
        let steps = rows.iter().zip(numbered).map(|(row, number)| ListedStep {
            number,
            id: &row.id,
            step: row.says(),
            standing: name_standing(row),
            at: row.run.map(|run| run.at),
            seconds: row.run.and_then(|run| run.seconds),
            text: row.run.and_then(|run| run.text.as_ref()),
            command: row.step.and_then(|step| step.command.as_ref()),
        });
        let list = StepList {
            schema: "backout/steps/1",
            session,
            option: plan.option,
            done: progress.done,
            failed: progress.failed,
            skipped: progress.skipped,
            of: progress.steps,
            steps: steps.collect(),
        };
        return super::print_output(&format!("{}\n", serde_json::to_string_pretty(&list)?));
    }
    let mut out = format!(
        "{}: {} of {} done\n",
        plan.option.title(),
        progress.done,
        progress.steps
    );
    for (row, number) in rows.iter().zip(numbered) {
        let number = number.map_or_else(String::new, |number| format!("{number}."));
        let standing = match name_standing(row) {
            "not-in-this-plan" => "left out by the plan",
            "skipped" => "left out",
            other => other,
        };
        let at = row.run.map_or_else(String::new, |run| {
            format!(" {}", run.at.strftime("%H:%M:%S UTC"))
        });
        let _ = writeln!(
            out,
            "{number:>4} {}  {standing}{at}: {}",
            escape_invisible(&row.id),
            row.says()
        );
        if let Some(text) = row.run.and_then(|run| run.text.as_ref()) {
            let _ = writeln!(out, "{:20}{}", "", text.shown());
        }
    }
    super::print_output(&out)
}
