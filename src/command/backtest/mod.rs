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

use super::cli::{BacktestArgs, Common, Format};
use super::situation;

pub use incident::{Incident, read};
pub use score::{decide, judged};

/// The incidents that the program carries.
pub const SHIPPED: &str = include_str!("../../../assets/incidents.yaml");

/// Runs it.
pub fn run(common: &Common, args: &BacktestArgs) -> Result<ExitCode> {
    let checklist = situation::checklist(common)?;
    super::layers::tell(&checklist);
    let (name, text) = match &args.file {
        Some(file) => (file.display().to_string(), situation::bounded(file)?),
        None => (
            "the incidents that backout carries".to_owned(),
            SHIPPED.to_owned(),
        ),
    };
    let incidents = read(&text).with_context(|| name.clone())?;
    let result = show::Result {
        incidents: incidents.len(),
        without_best: incidents
            .iter()
            .filter(|incident| score::family(&incident.hindsight_best).is_none())
            .count(),
        with_extra_facts: score::program(&incidents, &checklist, true)
            .with_context(|| name.clone())?,
        without_extra_facts: score::program(&incidents, &checklist, false)
            .with_context(|| name.clone())?,
        plain: score::plain(&incidents).with_context(|| name.clone())?,
        file: name,
    };
    let text = match args.format {
        Format::Json => show::json(&result)?,
        Format::Text => show::text(&result, super::width()),
        Format::Markdown => show::markdown(&result),
    };
    super::print(&text)
}
