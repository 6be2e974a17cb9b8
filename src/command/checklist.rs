//! `backout checklist`: list, show, lint, new, facts.

use std::process::ExitCode;

use anyhow::Result;

use super::cli::{ChecklistAction, ChecklistArgs, Common};
use super::situation;
use crate::checklist::{self, Checklist};

/// Runs it.
pub fn run_checklist(common: &Common, args: &ChecklistArgs) -> Result<ExitCode> {
    match &args.action {
        ChecklistAction::List => {
            let merged = situation::load_checklist_in_force(common)?;
            super::print_output(&checklist::list_checklist_sources(&merged))
        }
        ChecklistAction::Show => super::print_output(&checklist::show_checklist(
            &situation::load_checklist_in_force(common)?,
        )),
        ChecklistAction::Lint { file } => {
            let text = crate::command::user_file::read_user_file(file)?;
            match Checklist::load(&[(file.display().to_string(), text)]) {
                Ok((_, remarks)) if remarks.is_empty() => {
                    super::print_output(&format!("{}: nothing to remark\n", file.display()))
                }
                Ok((_, remarks)) => super::print_output(&format!(
                    "{}\n",
                    crate::command::user_file::lint_lines(&remarks)
                )),
                Err(errors) => anyhow::bail!(
                    "{} cannot be used\n{}",
                    file.display(),
                    crate::command::user_file::lint_lines(&errors)
                ),
            }
        }
        ChecklistAction::New => super::print_output(checklist::SKELETON),
        ChecklistAction::Facts => super::print_output(&checklist::facts_table()),
    }
}
