//! `backout checklist`: list, show, lint, new, facts.

use std::fmt::Write;
use std::process::ExitCode;

use anyhow::Result;

use super::cli::{ChecklistAction, ChecklistArgs, Common};
use super::situation;
use crate::checklist::{self, Checklist, catalogue};

/// Runs it.
pub fn run(common: &Common, args: &ChecklistArgs) -> Result<ExitCode> {
    match &args.action {
        ChecklistAction::List => {
            let checklist = situation::checklist(common)?;
            let out = checklist.sources.iter().fold(String::new(), |mut out, source| {
                let _ = writeln!(out, "{}", crate::model::visible(source));
                out
            });
            super::print(&format!("{out}\n{} questions, {} gates; digest {}\n", checklist.questions.len(), checklist.gates.len(), checklist.digest()))
        }
        ChecklistAction::Show => super::print(&situation::checklist(common)?.yaml),
        ChecklistAction::Lint { file } => {
            let text = situation::bounded(file)?;
            match Checklist::load(&[(file.display().to_string(), text)]) {
                Ok((_, remarks)) if remarks.is_empty() => super::print(&format!("{}: nothing to remark\n", file.display())),
                Ok((_, remarks)) => super::print(&format!("{}\n", situation::lint_lines(&remarks))),
                Err(errors) => anyhow::bail!("{} cannot be used\n{}", file.display(), situation::lint_lines(&errors)),
            }
        }
        ChecklistAction::New => super::print(checklist::STARTER),
        ChecklistAction::Facts => super::print(&facts()),
    }
}

fn facts() -> String {
    let mut out = String::new();
    let width = catalogue::all().iter().map(|fact| fact.key.len()).max().unwrap_or(0);
    for fact in catalogue::all() {
        let values = match fact.values {
            catalogue::Values::Words(words) => words.join(", "),
            catalogue::Values::Number(unit) => format!("number ({unit})"),
        };
        let _ = writeln!(out, "{:width$}  {:5}  {values}", fact.key, fact.how);
        let _ = writeln!(out, "{:width$}         {} {}", "", fact.asks, if fact.who.is_empty() { String::new() } else { format!("({})", fact.who) });
    }
    out.push_str("\nS sensed, D derived, A asked. Values are ordered from the one that restricts going back most; every fact may also be unknown or not-applicable.\n");
    out
}
