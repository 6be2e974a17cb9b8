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
    /// Rehearse on a real database that is empty: postgres://USER@HOST/NAME, sqlite:FILE,
    /// mysql://USER@HOST/NAME. It runs the migrations of both releases and the statements of
    /// PREVIOUS there, and leaves every database alone that is neither empty nor marked as scratch
    /// by an earlier rehearsal. env:NAME takes the address from that variable, so that no password
    /// stands on the command line.
    #[arg(long, value_name = "URL", conflicts_with_all = ["drill", "outcome", "steps", "list", "questions"], help_heading = "On a real database")]
    pub database_url: Option<String>,
    /// The folder of the migrations, where several fit the database.
    #[arg(
        long,
        value_name = "FOLDER",
        requires = "database_url",
        help_heading = "On a real database"
    )]
    pub migrations: Option<String>,
    /// Rows that are made for each table, on the old schema and again on the new one.
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u64).range(0..=200), requires = "database_url", help_heading = "On a real database")]
    pub rows: u64,
    /// Tells the made rows of one run from those of another; the same number makes the same rows.
    #[arg(
        long,
        value_name = "N",
        default_value_t = 1,
        requires = "database_url",
        help_heading = "On a real database"
    )]
    pub seed_number: u64,
    /// A file of SQL that writes the rows, instead of made ones.
    #[arg(
        long,
        value_name = "FILE",
        requires = "database_url",
        help_heading = "On a real database"
    )]
    pub seed: Option<PathBuf>,
    /// Seconds that one statement or command may take.
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=86_400), requires = "database_url", help_heading = "On a real database")]
    pub time_limit: u64,
    /// Run the commands of backout.yaml without asking.
    #[arg(long, requires = "database_url", help_heading = "On a real database")]
    pub yes: bool,
    /// How to print what was seen.
    #[arg(long, value_enum, default_value_t = OutputFormat::Text, requires = "database_url", help_heading = "On a real database")]
    pub format: OutputFormat,
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
