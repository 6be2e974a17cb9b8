//! The steps of a rehearsal, line by line. Each is recorded the moment it is done, so that a link
//! that drops loses nothing.

use std::time::Instant;

use anyhow::Result;

use crate::command::output::prompt_for_line;
use crate::model::{
    PlanStep, RehearsalOutcome, RehearsedStep, StepMode, escape_invisible, visible_lines, wrap_text,
};
use crate::session::{EventKind, Journal};

/// How a rehearsal went.
pub struct Done {
    pub outcome: RehearsalOutcome,
    pub surprises: Vec<String>,
    pub steps: Vec<RehearsedStep>,
}

const HELP: &str = "Enter when a step is done; s leaves it out; anything else is what surprised you; q breaks off.";

/// Goes through the steps. `None` when there was nobody to answer the first of them.
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
    for (at, step) in plan.iter().enumerate() {
        let name = escape_invisible(&step.step).into_owned();
        let since = began_all.elapsed().as_secs();
        let clock = format!("{}:{:02}", since / 60, since % 60);
        print_wrapped_text(
            &format!(
                "{} of {}  {clock}  [{}]  {name}",
                at + 1,
                plan.len(),
                name_rehearsal_step_mode(step.how)
            ),
            0,
        );
        print_wrapped_text(&escape_invisible(&step.why), 4);
        if let Some(command) = &step.command {
            for text in visible_lines(command).lines() {
                tell!("    $ {text}");
            }
        }
        // what the plan skips is looked at, not done
        let began = Instant::now();
        let mut surprise: Option<String> = None;
        let seconds = loop {
            let Some(text) = prompt_for_line("    > ")? else {
                if done.steps.is_empty() {
                    return Ok(None);
                }
                return Ok(Some(done));
            };
            match text.trim() {
                "" => break Some(began.elapsed().as_secs()),
                "s" => break None,
                "q" => return Ok(Some(done)),
                said => {
                    surprise = Some(match surprise.take() {
                        Some(before) => format!("{before}; {said}"),
                        None => said.to_owned(),
                    });
                    tell!("    noted; Enter when the step is done");
                }
            }
        };
        let took = seconds.map_or_else(|| "left out".to_owned(), |seconds| format!("{seconds} s"));
        let also = surprise
            .as_deref()
            .map_or_else(String::new, |text| format!("; surprise: {text}"));
        journal.append(
            EventKind::Noted {
                text: format!("Step {} of {}: {name}, {took}{also}", at + 1, plan.len()),
            },
            None,
            None,
        )?;
        done.surprises
            .extend(surprise.iter().map(|text| format!("{name}: {text}")));
        done.steps.push(RehearsedStep {
            step: name,
            seconds,
            surprise,
        });
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
