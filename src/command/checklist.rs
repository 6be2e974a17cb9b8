//! `backout checklist`: list, show, lint, new, facts.

use std::process::ExitCode;

use anyhow::Result;

use super::cli::{ChecklistAction, ChecklistArgs, Common};
use super::situation;
use crate::checklist::{self, Checklist};

/// Runs it.
pub fn run(common: &Common, args: &ChecklistArgs) -> Result<ExitCode> {
    match &args.action {
        ChecklistAction::List => {
            let merged = situation::checklist(common)?;
            super::print(&checklist::list(&merged))
        }
        ChecklistAction::Show => super::print(&checklist::show(&situation::checklist(common)?)),
        ChecklistAction::Lint { file } => {
            let text = situation::bounded(file)?;
            match Checklist::load(&[(file.display().to_string(), text)]) {
                Ok((_, remarks)) if remarks.is_empty() => {
                    super::print(&format!("{}: nothing to remark\n", file.display()))
                }
                Ok((_, remarks)) => super::print(&format!("{}\n", situation::lint_lines(&remarks))),
                Err(errors) => anyhow::bail!(
                    "{} cannot be used\n{}",
                    file.display(),
                    situation::lint_lines(&errors)
                ),
            }
        }
        ChecklistAction::New => super::print(checklist::SKELETON),
        ChecklistAction::Facts => super::print(&checklist::facts_table()),
    }
}
