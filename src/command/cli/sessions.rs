//! Arguments of the commands about sessions.

use clap::{Args, ValueEnum};

use super::{FormatParser, ReportFormat};

/// `sessions`.
#[derive(Debug, Args)]
pub struct SessionsArgs {
    /// How many to show; 0 shows all.
    #[arg(long, default_value_t = 20)]
    pub limit: usize,
}

/// `resume`.
#[derive(Debug, Args)]
pub struct ResumeArgs {
    /// Id of a session, or its beginning; without it, the newest open one of this repository.
    pub id: Option<String>,
    /// Watch without answering.
    #[arg(long)]
    pub watch: bool,
}

/// `replay`.
#[derive(Debug, Args)]
pub struct ReplayArgs {
    /// Id of a session, or its beginning; without it, the newest of this repository.
    pub id: Option<String>,
    /// Another session to show beside it, minute for minute from the beginning of each.
    #[arg(conflicts_with_all = ["event", "at"])]
    pub beside: Option<String>,
    /// Only up to this event, with what was known, unknown and assumed then, and what would have
    /// changed the verdict.
    #[arg(long, value_name = "SEQ")]
    pub event: Option<u64>,
    /// The same for a time: '02:13', or RFC 3339.
    #[arg(long, value_name = "WHEN", conflicts_with = "event")]
    pub at: Option<String>,
    /// Print it instead of opening the screens.
    #[arg(long)]
    pub print: bool,
}

/// `report`.
#[derive(Debug, Args)]
pub struct ReportArgs {
    /// Id of a session, or its beginning; without it, the newest of this repository, open or
    /// closed.
    pub id: Option<String>,
    /// How to print it.
    #[arg(long, value_parser = FormatParser, default_value = "markdown")]
    pub format: ReportFormat,
    /// Only what whoever takes over must know: situation, decided, open, next check, who knows.
    #[arg(long)]
    pub hand_over: bool,
    /// With names, not only roles.
    #[arg(long)]
    pub names: bool,
    /// Leave names of people out, as it is done without --names; roles stay. It says so in a script
    /// whatever else is asked for.
    #[arg(long, conflicts_with = "names")]
    pub redact_names: bool,
    /// Only what the record holds: the repository is not read again, so risks, changes and the
    /// plan are left out.
    #[arg(long)]
    pub journal_only: bool,
}

/// `close`.
#[derive(Debug, Args)]
pub struct CloseArgs {
    /// Id of a session, or its beginning; without it, the newest open one of this repository.
    pub id: Option<String>,
    /// How it ended.
    #[arg(long, value_enum)]
    pub outcome: EndingArg,
    /// A note for whoever reads the report.
    #[arg(long, value_name = "TEXT")]
    pub note: Option<String>,
}

/// `--outcome` of `close`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum EndingArg {
    /// What was decided on ended the trouble.
    Worked,
    /// What was decided on did not end the trouble.
    DidNotWork,
    /// Nothing had to be done.
    NotNeeded,
    /// It was given up, or goes on elsewhere.
    GivenUp,
}

/// `verify`.
#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// A journal's file, or the id of a session; without it, the newest session.
    pub journal: Option<String>,
    /// Copy what is intact of a broken journal to a new file beside it, and say what was left out.
    /// The broken file is not changed.
    #[arg(long)]
    pub repair: bool,
}
