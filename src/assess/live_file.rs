//! A state file of a deployer as an assessment holds it.

use crate::deployment::live::LiveReport;

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
