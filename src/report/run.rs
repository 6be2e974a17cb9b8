//! The plan as it was run: each step with how it ended, when, what it took and what was said.

use jiff::Timestamp;

use super::escape::escape_markdown_text;
use super::layout::ReportSheet;
use super::person_names::PersonNames;
use super::words;
use crate::model::{OptionId, PlanStep};
use crate::session::{Event, PlanRun, SessionState, StepStanding, is_same_way};
use crate::usecase::{RunRow, count_run_progress, list_run_rows};

/// Most lines of what was said about one step.
const SAID: usize = 12;

/// One step of a plan that was run.
pub(super) struct ToldStep {
    /// What it was called.
    pub(super) says: String,
    /// How it ended: `done`, `left out`, `failed`, `begun`, `not marked`.
    pub(super) ended: &'static str,
    /// When it came to that.
    pub(super) at: Option<Timestamp>,
    /// How long it took, in words; empty where that is not known.
    pub(super) took: String,
    /// The reason, what was seen, and notes.
    pub(super) said: Vec<String>,
}

/// One plan that was run.
pub(super) struct ToldRun {
    /// Which option.
    pub(super) title: String,
    /// How far it came, and how long it took.
    pub(super) progress: String,
    /// Its steps: those of the plan in their order, then what is no longer in it.
    pub(super) steps: Vec<ToldStep>,
}

/// The plans of a session that were run, in order. `plan` is that of the last decision, where it is
/// known: its steps that nobody marked are told as well.
pub(super) fn tell_plan_runs(
    events: &[Event],
    plan: &[PlanStep],
    names: &PersonNames,
    previous: &str,
) -> Vec<ToldRun> {
    let state = SessionState::fold(events);
    let decided = match &state.decided {
        Some((_, crate::session::EventKind::Decided { option, .. })) => Some(*option),
        _ => None,
    };
    let last = state.runs.runs.len().saturating_sub(1);
    let told = state.runs.runs.iter().enumerate().map(|(at, run)| {
        // the plan that is at hand is that of the last run
        let known = at == last && decided.is_none_or(|decided| is_same_way(decided, run.option));
        tell_run(run, if known { plan } else { &[] }, names, previous)
    });
    told.collect()
}

fn tell_run(run: &PlanRun, plan: &[PlanStep], names: &PersonNames, previous: &str) -> ToldRun {
    let rows = list_run_rows(plan, Some(run));
    let progress = count_run_progress(&rows);
    let mut parts = vec![if plan.is_empty() {
        format!("{} done", progress.done)
    } else {
        format!("{} of {} done", progress.done, progress.steps)
    }];
    if progress.failed > 0 {
        parts.push(format!("{} failed", progress.failed));
    }
    if progress.skipped > 0 {
        parts.push(format!("{} left out", progress.skipped));
    }
    parts.extend(
        run.seconds()
            .map(|seconds| format!("in {}", words::write_seconds(seconds))),
    );
    ToldRun {
        title: title_run(run.option, previous),
        progress: parts.join(", "),
        steps: rows
            .iter()
            .filter_map(|row| tell_step(row, names))
            .collect(),
    }
}

fn title_run(option: OptionId, previous: &str) -> String {
    words::option_title(option, previous)
}

fn tell_step(row: &RunRow<'_>, names: &PersonNames) -> Option<ToldStep> {
    let ended = match row.standing() {
        StepStanding::Done => "done",
        StepStanding::Skipped => "left out",
        StepStanding::Failed => "failed",
        StepStanding::Running => "begun",
        StepStanding::Open if row.is_open() || row.run.is_some() => "not marked",
        StepStanding::Open => return None,
    };
    let run = row.run;
    let text = run.and_then(|run| run.text.as_ref());
    let notes = run.into_iter().flat_map(|run| &run.notes);
    Some(ToldStep {
        says: names.clean(&row.says()),
        ended,
        at: run
            .filter(|run| run.standing != StepStanding::Open)
            .map(|run| run.at),
        took: run
            .and_then(|run| run.seconds)
            .map(words::write_seconds)
            .unwrap_or_default(),
        said: text
            .into_iter()
            .chain(notes)
            .flat_map(|text| {
                let lines = text.shown_lines();
                lines.lines().map(str::to_owned).collect::<Vec<_>>()
            })
            .take(SAID)
            .map(|line| names.clean(&line))
            .collect(),
    })
}

/// The title of the section.
const TITLE: &str = "The plan as it was run";
/// How times of steps come about, said once.
pub(super) const HOW: &str =
    "A step that was begun is timed from there, another from the end of the step before it.";

/// The section as Markdown; empty where no plan was run.
pub(super) fn write_markdown_runs(runs: &[ToldRun]) -> String {
    let mut out = String::new();
    if runs.is_empty() {
        return out;
    }
    out.push_str(&format!("\n## {TITLE}\n\n{HOW}\n"));
    for run in runs {
        out.push_str(&format!(
            "\n**{}**: {}\n\n| UTC | Step | How | Took | Said |\n| --- | --- | --- | --- | --- |\n",
            escape_markdown_text(&run.title),
            escape_markdown_text(&run.progress)
        ));
        for step in &run.steps {
            let said: Vec<String> = step
                .said
                .iter()
                .map(|line| escape_markdown_text(line))
                .collect();
            out.push_str(&format!(
                "| {} | {} | {} | {} | {} |\n",
                write_clock(step.at),
                escape_markdown_text(&step.says),
                step.ended,
                escape_markdown_text(&step.took),
                said.join("<br>")
            ));
        }
    }
    out
}

/// The section as text; nothing where no plan was run.
pub(super) fn write_text_runs(sheet: &mut ReportSheet, runs: &[ToldRun]) {
    if runs.is_empty() {
        return;
    }
    sheet.title(TITLE, "UTC");
    sheet.hang("", HOW, 0);
    for run in runs {
        sheet.gap();
        sheet.hang("", &format!("{}: {}", run.title, run.progress), 0);
        for step in &run.steps {
            let took = if step.took.is_empty() {
                String::new()
            } else {
                format!(", {}", step.took)
            };
            sheet.hang(
                &write_clock(step.at),
                &format!("{} ({}{took})", step.says, step.ended),
                10,
            );
            for line in &step.said {
                sheet.hang("", line, 12);
            }
        }
    }
}

fn write_clock(at: Option<Timestamp>) -> String {
    at.map(|at| at.strftime("%H:%M:%S").to_string())
        .unwrap_or_default()
}

/// How far the plan is that is run now, in one line for whoever takes over.
pub(super) fn write_handover_run(state: &SessionState, names: &PersonNames) -> Option<String> {
    let run = state.runs.runs.last()?;
    let progress = count_run_progress(&list_run_rows(&[], Some(run)));
    let running = run
        .steps
        .iter()
        .rfind(|step| step.standing == StepStanding::Running);
    let failed = run
        .steps
        .iter()
        .rfind(|step| step.standing == StepStanding::Failed);
    let mut line = format!(
        "of its plan {} done",
        words::write_count(progress.done as u64, "step is", "steps are")
    );
    if let Some(step) = running {
        line.push_str(&format!(
            "; running: {}",
            names.clean(&step.of.says.shown())
        ));
    }
    if let Some(step) = failed {
        line.push_str(&format!("; failed: {}", names.clean(&step.of.says.shown())));
    }
    Some(line)
}
