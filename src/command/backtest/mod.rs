//! `backout backtest`: the decision over incidents of which it is known how they ended.
//!
//! A sanity check on one coder's labels, never a measure of accuracy: the labels say what helped in
//! one telling of each incident. Beside the program stand three plain policies, so that rules that
//! make it worse than no rules would show.

mod incident;
mod score;
mod show;

use std::process::ExitCode;

use anyhow::{Context as _, Result};

use super::cli::{BacktestArgs, Common, OutputFormat};
use super::situation;

pub use incident::{Incident, read_incidents};
pub use score::{decide_incident, judge_recommendation};

/// The incidents that the program carries.
pub const SHIPPED: &str = include_str!("../../../assets/incidents.yaml");

/// Runs it.
pub fn run_backtest(common: &Common, args: &BacktestArgs) -> Result<ExitCode> {
    let checklist = situation::load_checklist_in_force(common)?;
    super::layers::print_checklist_changes(&checklist);
    let (name, text) = match &args.file {
        Some(file) => (
            file.display().to_string(),
            crate::command::user_file::read_user_file(file)?,
        ),
        None => (
            "the incidents that backout carries".to_owned(),
            SHIPPED.to_owned(),
        ),
    };
    let incidents = read_incidents(&text).with_context(|| name.clone())?;
    let result = show::Result {
        incidents: incidents.len(),
        without_best: incidents
            .iter()
            .filter(|incident| score::find_action_family(&incident.hindsight_best).is_none())
            .count(),
        with_extra_facts: score::score_program(&incidents, &checklist, true)
            .with_context(|| name.clone())?,
        without_extra_facts: score::score_program(&incidents, &checklist, false)
            .with_context(|| name.clone())?,
        plain: score::score_plain_policies(&incidents).with_context(|| name.clone())?,
        file: name,
    };
    let text = match args.format {
        OutputFormat::Json => show::write_backtest_json(&result)?,
        OutputFormat::Text => show::write_backtest_text(&result, super::find_output_width()),
        OutputFormat::Markdown => show::write_backtest_markdown(&result),
    };
    super::print_output(&text)
}
