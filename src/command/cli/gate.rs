//! Arguments of `backout gate`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{GateArg, SheetFormat, VersionArgs};

/// `gate`.
#[derive(Debug, Args)]
#[command(after_help = GATE_AFTER)]
pub struct GateArgs {
    /// The gate.
    #[arg(value_enum, value_name = "GATE")]
    pub at: GateArg,
    /// Releases: CURRENT, or PREVIOUS CURRENT.
    #[command(flatten)]
    pub versions: VersionArgs,
    /// How to print it.
    #[arg(long, value_enum, default_value_t = SheetFormat::Text)]
    pub format: SheetFormat,
    /// From a saved assessment instead of a repository.
    #[arg(long, value_name = "FILE", conflicts_with = "versions")]
    pub from: Option<PathBuf>,
    /// What a role says: 'database=go', 'service owner=no-go: the index is still building',
    /// 'finance=silent'; repeatable. The role is one that is polled, by its name or the first
    /// word of it.
    #[arg(long, value_name = "ROLE=WORD")]
    pub poll: Vec<String>,
    /// Take a role in --poll that is not among those polled.
    #[arg(long, requires = "poll")]
    pub new_role: bool,
    /// Ask every role that has not spoken, line by line.
    #[arg(long)]
    pub ask: bool,
    /// Call the gate.
    #[arg(long, value_enum, value_name = "CALL")]
    pub call: Option<CallArg>,
    /// Why, in a few words.
    #[arg(long, value_name = "TEXT", requires = "call")]
    pub reason: Option<String>,
    /// Minutes of a hold.
    #[arg(long, value_name = "N", requires = "call")]
    pub minutes: Option<u32>,
    /// Role of whoever calls it.
    #[arg(long, value_name = "ROLE")]
    pub role: Option<String>,
    /// Record into this session; without it the newest open one of the same deployment, or a new
    /// one.
    #[arg(long, value_name = "ID")]
    pub session: Option<String>,
    /// Record nothing: with --poll, --ask or --call it answers what would be if that were said
    /// now, on top of what the session holds.
    #[arg(long)]
    pub no_record: bool,
    /// Ask whether a trigger may be automatic here, and what is missing for it.
    #[arg(long, conflicts_with_all = ["poll", "ask", "call"])]
    pub automatic: bool,
    /// The condition that would trigger it; it must be one that backout.yaml names.
    #[arg(long, value_name = "NAME", requires = "automatic")]
    pub condition: Option<String>,
}

const GATE_AFTER: &str = "Ends with 0 go, 10 roll forward, 11 hold or a person must answer, 12 \
    no-go or stop the harm, 13 flag off or shift traffic, 14 roll back, 15 roll back with \
    conditions or restore. With --automatic: 0 a trigger may be automatic, 12 it may not. 1 the \
    tool failed, 2 wrong usage, such as an unknown role.";

/// `--call` of `gate`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CallArg {
    /// Go on to the next gate.
    Go,
    /// The deployment ends here.
    NoGo,
    /// Wait, for so many minutes.
    Hold,
}
