//! The steps of a rehearsal, line by line. Each is recorded the moment it is done, so that a link
//! that drops loses nothing.

use crate::model::Untrusted;
use std::time::Instant;

use anyhow::{Result, bail};

use crate::command::output::prompt_for_line;
use crate::model::{
    Mode, OptionId, PlanStep, RehearsalOutcome, RehearsedStep, StepMode, escape_invisible,
    wrap_text,
};
use crate::session::{Journal, SessionState, StepStanding};
use crate::usecase::{self, MarkRefusal, RunDesk, StepMark};

/// How a rehearsal went.
pub struct Done {
    pub outcome: RehearsalOutcome,
    pub surprises: Vec<String>,
    pub steps: Vec<RehearsedStep>,
}

const HELP: &str = "Enter when a step is done; s and a reason leaves it out; anything else is what \
    surprised you; q breaks off.";

/// Goes through the steps that the screens left open; what was done on them is taken over. `None`
/// when there was nobody to answer the first of them.
pub fn walk_rehearsal_steps(
    journal: &mut Journal,
    plan: &[PlanStep],
    previous: &str,
) -> Result<Option<Done>> {
    print_wrapped_text(
        &format!(
            "REHEARSAL of going back to {}: {} steps. {HELP}",
            escape_invisible(previous),
            plan.len()
        ),
        0,
    );
    tell!();
    let mut done = Done {
        outcome: RehearsalOutcome::Stopped,
        surprises: Vec::new(),
        steps: Vec::new(),
    };
    let began_all = Instant::now();
    let ids = usecase::identify_plan_steps(plan);
    for (at, (step, id)) in plan.iter().zip(&ids).enumerate() {
        let place = (at + 1, plan.len());
        let walked = match take_over_step(journal, step, id, place) {
            Some(walked) => walked,
            None => match walk_step(journal, step, id, place, began_all)? {
                Walk::Over(walked) => walked,
                Walk::BrokenOff => return Ok(Some(done)),
                Walk::Nobody if done.steps.is_empty() => return Ok(None),
                Walk::Nobody => return Ok(Some(done)),
            },
        };
        done.surprises.extend(
            walked
                .surprise
                .iter()
                .map(|text| format!("{}: {text}", walked.step)),
        );
        done.steps.push(walked);
    }
    done.outcome = loop {
        let Some(worked) = prompt_for_line(&format!(
            "\nDid {} run again, and was it seen to work? y or n: ",
            escape_invisible(previous)
        ))?
        else {
            return Ok(Some(done));
        };
        match worked.trim().to_ascii_lowercase().as_str() {
            "y" | "yes" => break RehearsalOutcome::Worked,
            "n" | "no" => break RehearsalOutcome::Failed,
            _ => tell!("type y or n"),
        }
    };
    while let Some(text) = prompt_for_line("Anything else that surprised? (Enter for nothing) ")? {
        let text = text.trim();
        if text.is_empty() {
            break;
        }
        done.surprises.push(text.to_owned());
    }
    Ok(Some(done))
}

/// How a step was gone through.
enum Walk {
    /// It is over.
    Over(RehearsedStep),
    /// Whoever rehearses breaks off.
    BrokenOff,
    /// The input ended.
    Nobody,
}

/// What was said about a step on the screens already; `None` where it is still to be done.
fn take_over_step(
    journal: &Journal,
    step: &PlanStep,
    id: &str,
    (at, of): (usize, usize),
) -> Option<RehearsedStep> {
    let state = SessionState::fold(journal.events());
    let run = state.runs.find_run(OptionId::RollBack)?.find_step(id)?;
    let (how, said) = match run.standing {
        StepStanding::Done => ("done", None),
        StepStanding::Skipped => ("left out", run.text.clone()),
        StepStanding::Open | StepStanding::Running | StepStanding::Failed => return None,
    };
    let took = run
        .seconds
        .map_or_else(String::new, |seconds| format!(", {seconds} s"));
    let name = step.step.shown().into_owned();
    print_wrapped_text(
        &format!("{at} of {of}  {name}: {how} on the screens{took}"),
        0,
    );
    let said: Vec<Untrusted> = said.into_iter().chain(run.notes.iter().cloned()).collect();
    Some(RehearsedStep {
        step: name.into(),
        seconds: run.seconds,
        surprise: (!said.is_empty()).then(|| Untrusted::join(&said, "; ").into()),
    })
}

/// Shows one step and waits until it is over.
fn walk_step(
    journal: &mut Journal,
    step: &PlanStep,
    id: &str,
    (at, of): (usize, usize),
    began_all: Instant,
) -> Result<Walk> {
    let name = step.step.shown().into_owned();
    let since = began_all.elapsed().as_secs();
    print_wrapped_text(
        &format!(
            "{at} of {of}  {}:{:02}  [{}]  {name}",
            since / 60,
            since % 60,
            name_rehearsal_step_mode(step.how)
        ),
        0,
    );
    print_wrapped_text(&step.why.shown(), 4);
    if let Some(command) = &step.command {
        for text in command.shown_lines().lines() {
            tell!("    $ {text}");
        }
    }
    let began = Instant::now();
    let mut surprise: Option<String> = None;
    let seconds = loop {
        let Some(text) = prompt_for_line("    > ")? else {
            return Ok(Walk::Nobody);
        };
        match text.trim() {
            "" => {
                let seconds = began.elapsed().as_secs();
                mark_step(journal, step, id, StepMark::Done(Some(seconds)))?;
                break Some(seconds);
            }
            "q" => return Ok(Walk::BrokenOff),
            "s" => tell!("    say why: s and the reason, as in \"s no cache here\""),
            said if said.starts_with("s ") => {
                let reason = said.get(2..).unwrap_or_default().trim().to_owned();
                mark_step(journal, step, id, StepMark::Skip(reason))?;
                break None;
            }
            said => {
                mark_step(journal, step, id, StepMark::Note(said.to_owned()))?;
                surprise = Some(match surprise.take() {
                    Some(before) => format!("{before}; {said}"),
                    None => said.to_owned(),
                });
                tell!("    noted; Enter when the step is done");
            }
        }
    };
    Ok(Walk::Over(RehearsedStep {
        step: name.into(),
        seconds,
        surprise: surprise.map(Into::into),
    }))
}

/// Records a mark by the law of the screens. What the plan leaves out is looked at, not done: there
/// only notes are recorded.
fn mark_step(journal: &mut Journal, step: &PlanStep, id: &str, mark: StepMark) -> Result<()> {
    let state = SessionState::fold(journal.events());
    let desk = RunDesk {
        state: &state,
        mode: Mode::Rehearsal,
        read_only: false,
    };
    match desk.make_mark(OptionId::RollBack, id, step, mark) {
        Ok(what) => {
            journal.append(what, None, None)?;
            Ok(())
        }
        Err(MarkRefusal::LeftOut) => Ok(()),
        Err(why) => bail!("the step is not recorded: {}", why.says()),
    }
}

/// A text on standard error, broken at blanks.
fn print_wrapped_text(text: &str, indent: usize) {
    for (at, line) in wrap_text(text, 78 - indent).into_iter().enumerate() {
        tell!(
            "{}{line}",
            " ".repeat(if at > 0 && indent == 0 { 4 } else { indent })
        );
    }
}

fn name_rehearsal_step_mode(how: StepMode) -> &'static str {
    match how {
        StepMode::Check => "look",
        StepMode::Condition => "first",
        StepMode::Run => "run",
        StepMode::Skip => "skip",
        StepMode::RollbackOnly => "rollback only",
        StepMode::Verify => "verify",
        StepMode::Afterwards => "afterwards",
    }
}
