//! Arguments of `backout rehearse` and `backout backtest`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{OutputFormat, VersionArgs};

/// `rehearse`.
#[derive(Debug, Args)]
pub struct RehearseArgs {
    /// Releases: CURRENT, or PREVIOUS CURRENT.
    #[command(flatten)]
    pub versions: VersionArgs,
    /// A story of the demo, or an incident of the file that `backtest` reads, instead of a
    /// rollback of your own service.
    #[arg(long, value_name = "STORY|INCIDENT", conflicts_with_all = ["versions", "outcome"])]
    pub drill: Option<String>,
    /// File of incidents for --drill; without it those that backout carries.
    #[arg(long, value_name = "FILE", requires = "drill")]
    pub incidents: Option<PathBuf>,
    /// Record a rehearsal that is over, without going through its steps.
    #[arg(long, value_enum, value_name = "OUTCOME")]
    pub outcome: Option<OutcomeArg>,
    /// Something nobody had expected; repeatable.
    #[arg(long, value_name = "TEXT", requires = "outcome")]
    pub surprise: Vec<String>,
    /// Go straight to the steps, line by line, without the screens first.
    #[arg(long, conflicts_with = "outcome")]
    pub steps: bool,
    /// List the rehearsals that count here, and how far they carry.
    #[arg(long, conflicts_with_all = ["drill", "outcome", "steps"])]
    pub list: bool,
    /// The seven questions by which a way back is designed, answered for each step of the process
    /// as far as its file can.
    #[arg(long, conflicts_with_all = ["drill", "outcome", "steps", "list"])]
    pub questions: bool,
}

/// `--outcome` of `rehearse`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum OutcomeArg {
    /// The previous release ran again and was seen to work.
    Worked,
    /// It did not run, or did not work.
    Failed,
    /// It was broken off.
    Stopped,
}

/// `backtest`.
#[derive(Debug, Args)]
pub struct BacktestArgs {
    /// A YAML file of incidents; without one those that backout carries.
    pub file: Option<PathBuf>,
    /// How to print it.
    #[arg(long, value_enum, default_value_t = OutputFormat::Text)]
    pub format: OutputFormat,
}
