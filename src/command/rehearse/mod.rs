//! `backout rehearse`: going back outside of an incident.
//!
//! The same screens and the same plan under a banner; then the steps one by one, each timed, with
//! what nobody had expected. The record counts: `rehearsal.level` and `rehearsal.days_since` rest
//! on it, and so does the ladder that `gate --automatic` asks.

mod database;
mod database_text;
mod disagree;
mod drill;
mod steps;
mod tool_command;

use std::fmt::Write;
use std::io::IsTerminal;
use std::process::ExitCode;

use anyhow::{Result, bail};

use super::cli::{Common, ModeArg, OutcomeArg, RehearseArgs};
use super::record::{self, SessionChoice};
use super::situation::{self, Situation, StandardInput};
use crate::app::{AssessmentSource, RecordTarget};
use crate::assess;
use crate::deployment::ladder;
use crate::model::{
    Assessment, Config, RehearsalOutcome, RehearsedStep, escape_invisible, process_fingerprint,
    wrap_text,
};
use crate::session::{self, EventKind, Journal, SessionState};
use crate::usecase;

/// Runs it.
pub fn run_rehearse(common: &Common, args: &RehearseArgs) -> Result<ExitCode> {
    let common = &Common {
        mode: ModeArg::Rehearsal,
        ..common.clone()
    };
    if let Some(name) = &args.drill {
        return drill::run_drill(common, args, name);
    }
    if let Some(url) = &args.database_url {
        return database::run_database_rehearsal(common, args, url);
    }
    let situation = Situation::new(common, &args.versions, StandardInput::Taken)?;
    let checklist = situation::load_checklist_in_force(common)?;
    let terminal = std::io::stdin().is_terminal() && std::io::stdout().is_terminal();
    let screens = terminal
        && !common.plain
        && !(args.steps || args.list || args.questions)
        && args.outcome.is_none();
    let (mut situation, mut written) = (situation, None);
    if screens {
        // what was chosen and answered there is what is rehearsed
        let path = match screens_first(common, &situation, &checklist)? {
            Ok(path) => path,
            Err(ended) => return Ok(ended),
        };
        let (journal, _) = Journal::open(&path)?;
        let state = SessionState::fold(journal.events());
        if let Some((previous, current)) = &state.pair {
            (situation.request.previous, situation.request.current) =
                (Some(previous.clone()), Some(current.clone()));
        }
        situation.stated.extend(state.stated.iter().cloned());
        written = Some((journal, state));
    }
    let mut assessed = assess::assess_release_pair(&situation.request, &|_| {})?;
    let sensed = assessed.assessment.clone();
    situation.decide(&mut assessed, &checklist);
    let (assessment, config) = (&assessed.assessment, &assessed.config);
    if args.list || args.questions || !screens {
        super::layers::print_checklist_changes(&checklist);
    }
    if args.list {
        return super::print_output(&write_rehearsal_list(&situation, assessment, config));
    }
    if args.questions {
        return super::print_output(&write_process_questions(assessment));
    }
    let (mut journal, state) = match written {
        Some(written) => written,
        None => {
            let begun = || -> Result<(Journal, SessionState)> {
                let (mut journal, state) = record::open_or_begin_session(
                    SessionChoice::New,
                    &situation.opening(&sensed, &checklist),
                )?;
                record::record_assessment(&mut journal, &sensed)?;
                record::record_given_answers(&mut journal, &state, &situation)?;
                Ok((journal, state))
            };
            let outcome = args.outcome.map(|outcome| {
                format!(
                    "that the rehearsal {}",
                    RehearsalOutcome::from(outcome).id()
                )
            });
            let said: Vec<String> = outcome
                .into_iter()
                .chain(
                    args.surprise
                        .iter()
                        .map(|text| format!("the surprise {text:?}")),
                )
                .collect();
            begun().map_err(|error| record::not_recorded(error, &said))?
        }
    };
    let done = match args.outcome {
        Some(outcome) => steps::Done {
            outcome: outcome.into(),
            surprises: args.surprise.clone(),
            steps: Vec::new(),
        },
        None => match steps::walk_rehearsal_steps(
            &mut journal,
            &usecase::plan_of_rehearsal(assessment, config),
            &assessment.previous.version.shown(),
        )? {
            Some(done) => done,
            None => {
                journal.append(EventKind::closed(), None, None)?;
                bail!(
                    "nobody was there to say how the steps went; `backout rehearse --outcome \
                        worked` records a rehearsal that is over"
                );
            }
        },
    };
    finish_rehearsal(&mut journal, &state, assessment, done)
}

impl From<OutcomeArg> for RehearsalOutcome {
    fn from(outcome: OutcomeArg) -> Self {
        match outcome {
            OutcomeArg::Worked => Self::Worked,
            OutcomeArg::Failed => Self::Failed,
            OutcomeArg::Stopped => Self::Stopped,
        }
    }
}

/// The screens under the banner; the journal that they wrote, or the status with which they ended
/// the program.
fn screens_first(
    common: &Common,
    situation: &Situation,
    checklist: &crate::checklist::Checklist,
) -> Result<std::result::Result<std::path::PathBuf, ExitCode>> {
    let source = AssessmentSource::Repository(Box::new(situation.request.clone()));
    let mut launch = super::open::prepare_launch(
        common,
        situation,
        source,
        RecordTarget::New(session::find_sessions_folder()?),
        checklist.clone(),
    )?;
    launch.pair_given = true;
    let outcome = crate::app::run_screens(launch)?;
    Ok(
        match (
            super::open::report_screen_outcome(&outcome)?,
            outcome.journal,
        ) {
            (Some(ended), _) => Err(ended),
            (None, Some(path)) => Ok(path),
            (None, None) => Err(ExitCode::SUCCESS),
        },
    )
}

fn finish_rehearsal(
    journal: &mut Journal,
    state: &SessionState,
    assessment: &Assessment,
    done: steps::Done,
) -> Result<ExitCode> {
    let process = process_fingerprint(&assessment.process);
    let mut said = vec![format!("that the rehearsal {}", done.outcome.id())];
    said.extend(
        done.steps
            .iter()
            .map(|step| format!("the step {:?}", step.step)),
    );
    said.extend(
        done.surprises
            .iter()
            .map(|text| format!("the surprise {text:?}")),
    );
    let at = journal
        .append(
            EventKind::Rehearsed {
                outcome: done.outcome,
                surprises: done.surprises.iter().map(Into::into).collect(),
                steps: done.steps.clone(),
                process: process.clone(),
                drill: None,
            },
            None,
            None,
        )
        .map(|event| event.at)
        .map_err(|error| {
            let told = record::not_recorded(error.into(), &said);
            anyhow::anyhow!(
                "{told} `backout rehearse --outcome {}` with --surprise records it afterwards.",
                done.outcome.id()
            )
        })?;
    // the rehearsal is on disk; that the session is over can be said later
    if let Err(error) = journal.append(EventKind::closed(), None, None) {
        tell!(
            "backout: {}",
            escape_invisible(
                &record::not_recorded(error.into(), &["that the session is over".to_owned()])
                    .to_string()
            )
        );
    }
    let mut out = format!(
        "The rehearsal is recorded as \"{}\" in session {}.\n",
        done.outcome.id(),
        record::read_session_id(state)
    );
    out.push_str(&write_step_table(&done.steps));
    if assessment.environment.is_none() {
        out.push_str(
            "No environment was named, so nobody can tell later where this was rehearsed: \
            say it with --env, as in --env staging.\n",
        );
    }
    if done.steps.is_empty() {
        out.push_str("No steps were recorded, only how it ended.\n");
    }
    if process.is_none() {
        out.push_str(
            "No process is known, so it counts as one rehearsal, but not towards a trigger without \
                a person: list the steps as `process` in backout.yaml.\n",
        );
    }
    let surprises: Vec<String> = done
        .surprises
        .iter()
        .map(|text| serde_json::Value::String(escape_invisible(text).into_owned()).to_string())
        .collect();
    let mut line = format!(
        "  - {{at: \"{}\", outcome: {}, surprises: [{}]",
        at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        done.outcome.id(),
        surprises.join(", ")
    );
    if let Some(environment) = &assessment.environment {
        let _ = write!(
            line,
            ", environment: {}",
            serde_json::Value::String(escape_invisible(environment).into_owned())
        );
    }
    if let Some(process) = &process {
        let _ = write!(line, ", process: \"{process}\"");
    }
    let _ = write!(
        out,
        "For other machines, under `rehearsals` of backout.yaml:\n{line}}}\n"
    );
    super::print_output(&out)
}

fn write_step_table(steps: &[RehearsedStep]) -> String {
    let mut out = String::new();
    for step in steps {
        let took = step
            .seconds
            .map_or_else(|| "left out".to_owned(), |seconds| format!("{seconds} s"));
        let _ = writeln!(out, "  {took:>9}  {}", step.step.shown());
        if let Some(surprise) = &step.surprise {
            let _ = writeln!(out, "  {:>9}  surprise: {}", "", surprise.shown());
        }
    }
    if steps.iter().any(|step| step.seconds.is_some()) {
        let _ = writeln!(
            out,
            "  {:>7} s  together",
            steps.iter().filter_map(|step| step.seconds).sum::<u64>()
        );
    }
    out
}

/// The process designed beforehand: each step with the seven questions, the open ones marked.
fn write_process_questions(assessment: &Assessment) -> String {
    let mut out = String::new();
    for step in assessment
        .process
        .iter()
        .filter(|step| !step.questions.is_empty())
    {
        let _ = writeln!(
            out,
            "{} ({}: {})",
            escape_invisible(&step.name),
            escape_invisible(&step.kind),
            escape_invisible(&step.because)
        );
        for answer in &step.questions {
            let _ = writeln!(
                out,
                "  {} {}",
                if answer.settled { " " } else { "?" },
                answer.asks
            );
            for line in wrap_text(&escape_invisible(&answer.says), 72) {
                let _ = writeln!(out, "      {line}");
            }
        }
        out.push('\n');
    }
    if out.is_empty() {
        return "no process is known: list the steps as `process` in backout.yaml, or keep the \
            deployer's process in the repository\n"
            .to_owned();
    }
    let open = assessment
        .process
        .iter()
        .flat_map(|step| &step.questions)
        .filter(|answer| !answer.settled)
        .count();
    out.push_str(
        "Deploying an earlier release again runs the process as it was frozen when that \
        release was made, not as it stands today.\n",
    );
    let _ = writeln!(
        out,
        "{open} answers are open (?): settle them now, not during an incident; `process` in \
            backout.yaml keeps them."
    );
    out
}

/// Rehearsals that count here, newest first, and the ladder.
fn write_rehearsal_list(situation: &Situation, assessment: &Assessment, config: &Config) -> String {
    let (held, unread) = ladder::collect_rehearsals(config, situation.request.rehearsals.get());
    let print = process_fingerprint(&assessment.process);
    let mut out = String::new();
    for rehearsal in held.iter().rev() {
        let process = if rehearsal.process.is_some() && rehearsal.process == print {
            "this process"
        } else if rehearsal.real {
            "in an incident"
        } else {
            "another process"
        };
        let _ = writeln!(
            out,
            "{}  {:8}  {process:15}  {}",
            rehearsal.at.strftime("%Y-%m-%d"),
            rehearsal.outcome.id(),
            escape_invisible(&rehearsal.source)
        );
        for surprise in &rehearsal.surprises {
            let _ = writeln!(out, "{:12}surprise: {}", "", surprise.shown());
        }
    }
    if held.is_empty() {
        out.push_str(
            "going back was never rehearsed here, as far as sessions of this machine and \
            backout.yaml say\n",
        );
    }
    for one in unread {
        let _ = writeln!(out, "not read: {}: {}", one.what.shown(), one.why.shown());
    }
    let climbed =
        ladder::assess_automation_ladder(&assessment.process, config, &held, situation.now);
    let _ = writeln!(out, "\nlevel {} of 4", climbed.level);
    for rung in &climbed.rungs {
        let _ = writeln!(
            out,
            "  {} {}. {}",
            if rung.level <= climbed.level {
                "yes"
            } else {
                "no "
            },
            rung.level,
            rung.asks
        );
        for missing in &rung.missing {
            for (at, line) in wrap_text(missing, 68).iter().enumerate() {
                let _ = writeln!(out, "         {}{line}", if at == 0 { "" } else { "  " });
            }
        }
    }
    out
}
