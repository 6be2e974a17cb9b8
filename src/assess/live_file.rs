//! A state file of a deployer as an assessment holds it.

use crate::deployment::live::LiveReport;
use crate::model::escape_invisible;

/// Minutes after which what moves may have moved on.
pub(super) const OLD_MINUTES: i64 = 60;

/// Minutes that a clock may be ahead of another.
pub(super) const CLOCK_MINUTES: i64 = 5;

/// A state file as it was read: its report, or one sentence why it says nothing.
#[derive(Debug)]
pub struct ReadLiveFile {
    /// As it was named.
    pub name: String,
    /// What it says.
    pub report: Result<LiveReport, String>,
}

/// Files that could be read.
pub(super) fn list_reports(files: &[ReadLiveFile]) -> impl Iterator<Item = &LiveReport> {
    files.iter().filter_map(|file| file.report.as_ref().ok())
}

/// Why a file about the database is not used: it names one itself that is not the one asked about.
pub(super) fn find_other_database(
    report: &LiveReport,
    environment: Option<&str>,
) -> Option<String> {
    let named = report.elsewhere.as_deref()?;
    let words = |text: &str| -> Vec<String> {
        text.to_lowercase()
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect()
    };
    let asked = environment.map(words).unwrap_or_default();
    let is_asked = words(named).iter().any(|word| asked.contains(word));
    (!is_asked).then(|| {
        format!(
            "it names {named}, which is not {}",
            match environment {
                Some(environment) => format!("the database of {}", escape_invisible(environment)),
                None => "the database that is live".to_owned(),
            }
        )
    })
}
