//! Arguments of `backout done`.

use clap::Args;

use super::{OutputFormat, VersionArgs};

/// `done`.
#[derive(Debug, Args)]
#[command(
    after_help = "Give the files with --live, written now. Exit code: 0 done, 11 not done or not \
        known, 12 came back."
)]
pub struct DoneArgs {
    /// Releases: PREVIOUS CURRENT, where no session has decided anything. Otherwise they pick the
    /// session.
    #[command(flatten)]
    pub versions: VersionArgs,
    /// Id of a session, or its beginning; without it, the newest of this repository that decided
    /// something.
    #[arg(long, value_name = "ID")]
    pub session: Option<String>,
    /// The release that was to go out, where it was decided to roll forward; without it, any
    /// release but the one that was live.
    #[arg(long, value_name = "VERSION")]
    pub release: Option<String>,
    /// Write nothing into the session.
    #[arg(long)]
    pub no_record: bool,
    /// How to print it.
    #[arg(long, value_enum, default_value_t)]
    pub format: OutputFormat,
}
