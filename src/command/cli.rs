//! What can be typed on the command line.

mod deployed;
mod done;
mod formats;
mod gate;
mod rehearse;
mod sessions;
mod step;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

pub use deployed::DeployedArgs;
pub use done::DoneArgs;
pub use formats::{FormatParser, ReportFormat, SheetFormat};
pub use gate::{CallArg, GateArgs};
pub use rehearse::{BacktestArgs, OutcomeArg, RehearseArgs};
pub use sessions::{
    CloseArgs, EndingArg, ReplayArgs, ReportArgs, ResumeArgs, SessionsArgs, VerifyArgs,
};
pub use step::{StepArgs, StepFormat, StepWord};

/// Roll back, roll forward, or something cheaper first?
///
/// Without a subcommand the terminal screens open: `backout` for the two newest releases, `backout
/// CURRENT`, or `backout PREVIOUS CURRENT`.
#[derive(Debug, Parser)]
#[command(name = "backout", version, max_term_width = 100, after_help = AFTER)]
pub struct Cli {
    /// What to do; without one the screens open.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// Releases: CURRENT, or PREVIOUS CURRENT.
    #[command(flatten)]
    pub versions: VersionArgs,
    /// Open a saved assessment (`backout assess --save FILE`) instead of reading a repository.
    #[arg(long, value_name = "FILE")]
    pub from: Option<PathBuf>,
    /// Options every command understands.
    #[command(flatten)]
    pub common: Common,
}

const AFTER: &str = "Try it without a repository of yours: backout demo\nVersions are forgiving \
    (3.1 finds v3.1.0); times are as people say them (47 min ago, 02:13).";

/// One or two releases.
#[derive(Debug, Clone, Default, Args)]
pub struct VersionArgs {
    /// CURRENT, or PREVIOUS CURRENT: versions, tags or any revision.
    #[arg(value_name = "VERSION", num_args = 0..=2)]
    pub versions: Vec<String>,
}

impl VersionArgs {
    /// Previous and current as they were named.
    pub fn named(&self) -> (Option<String>, Option<String>) {
        match self.versions.as_slice() {
            [] => (None, None),
            [current] => (None, Some(current.clone())),
            [previous, current, ..] => (Some(previous.clone()), Some(current.clone())),
        }
    }
}

/// Options every command understands.
#[derive(Debug, Clone, Default, Args)]
pub struct Common {
    /// A folder inside the repository.
    #[arg(
        long,
        global = true,
        value_name = "PATH",
        default_value = ".",
        help_heading = "Repository"
    )]
    pub repo: PathBuf,
    /// Environment the decision is about, as named in backout.yaml.
    #[arg(long, global = true, value_name = "NAME", help_heading = "Situation")]
    pub env: Option<String>,
    /// Service of a monorepo: its name in backout.yaml or its tags' prefix.
    #[arg(long, global = true, value_name = "NAME", help_heading = "Repository")]
    pub service: Option<String>,
    /// When CURRENT was deployed: '47 min ago', '02:13', or RFC 3339.
    #[arg(long, global = true, value_name = "WHEN", help_heading = "Situation")]
    pub deployed_at: Option<String>,
    /// Latest time to decide: 'in 30 min', '03:40', or RFC 3339.
    #[arg(long, global = true, value_name = "WHEN", help_heading = "Situation")]
    pub deadline: Option<String>,
    /// Another backout.yaml.
    #[arg(long, global = true, value_name = "FILE", help_heading = "Repository")]
    pub config: Option<PathBuf>,
    /// A checklist to lay over the shipped one.
    #[arg(long, global = true, value_name = "FILE", help_heading = "Situation")]
    pub checklist: Option<PathBuf>,
    /// Let the checklists of the repository (`.backout/*.yaml`) also take blockers and other rules
    /// away. They come with the branch that is checked out.
    #[arg(long, global = true, env = "BACKOUT_TRUST_CHECKLIST", hide_env_values = true, value_parser = clap::builder::FalseyValueParser::new(), help_heading = "Situation")]
    pub trust_checklist: bool,
    /// A state file that a deployer wrote (helm, kubectl, Argo CD, Octopus, GitHub, GitLab, ...),
    /// or - for standard input; repeatable. `backout doctor` shows the command for each kind.
    #[arg(long, global = true, value_name = "FILE", help_heading = "Situation")]
    pub live: Vec<PathBuf>,
    /// What the queries of `backout queries` printed on production; repeatable.
    #[arg(long, global = true, value_name = "FILE", help_heading = "Situation")]
    pub observed: Vec<PathBuf>,
    /// Labels of requests and commits: the JSON of `gh pr list --json number,labels` or of GitLab's
    /// API, or CSV. What is labelled no-rollback, irreversible or migration is held against what
    /// is found. A single - reads standard input.
    #[arg(long, global = true, value_name = "FILE", help_heading = "Situation")]
    pub labels: Option<PathBuf>,
    /// Only tags that match are releases.
    #[arg(long, global = true, value_name = "GLOB", help_heading = "Repository")]
    pub tag_pattern: Option<String>,
    /// Only changes below these paths count; repeatable.
    #[arg(long, global = true, value_name = "GLOB", help_heading = "Repository")]
    pub path: Vec<String>,
    /// An answer, such as impact.now=degraded; repeatable. `backout checklist facts` lists the
    /// keys.
    #[arg(
        long,
        global = true,
        value_name = "KEY=VALUE",
        help_heading = "Situation"
    )]
    pub answer: Vec<String>,
    /// Answers from a YAML file of KEY: VALUE.
    #[arg(long, global = true, value_name = "FILE", help_heading = "Situation")]
    pub answers: Option<PathBuf>,
    /// What it is for.
    #[arg(long, global = true, value_enum, default_value_t = ModeArg::Incident, help_heading = "Situation")]
    pub mode: ModeArg,
    /// The gate the deployment is at.
    #[arg(
        long,
        global = true,
        value_enum,
        value_name = "GATE",
        help_heading = "Situation"
    )]
    pub gate: Option<GateArg>,
    /// Ask line by line instead of drawing screens.
    #[arg(long, global = true, help_heading = "Screen")]
    pub plain: bool,
    /// Without colour (also NO_COLOR).
    #[arg(long, global = true, help_heading = "Screen")]
    pub no_color: bool,
    /// Without box-drawing and other special characters.
    #[arg(long, global = true, help_heading = "Screen")]
    pub ascii: bool,
    /// auto, dark, light, high-contrast, colour-blind, no-colour, or one of your own.
    #[arg(long, global = true, value_name = "NAME", help_heading = "Screen")]
    pub theme: Option<String>,
    /// Leave the mouse to the terminal, so that text can be selected.
    #[arg(long, global = true, help_heading = "Screen")]
    pub no_mouse: bool,
}

impl Common {
    /// Files about what is live or what production holds were given.
    pub fn gives_state_files(&self) -> bool {
        !self.live.is_empty() || !self.observed.is_empty()
    }
}

/// `--mode`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum ModeArg {
    /// Something is wrong in production.
    #[default]
    Incident,
    /// A deployment walks through its gates.
    Deployment,
    /// Practice, under a banner.
    Rehearsal,
    /// A look back.
    Review,
}

/// `--gate`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum GateArg {
    /// Nothing is deployed yet.
    Start,
    /// The schema is deployed.
    Database,
    /// Schema and services are deployed.
    Backend,
    /// Schema, services and front end are deployed.
    Frontend,
    /// Everything is deployed.
    Complete,
}

/// `--format` of commands that print what they found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum OutputFormat {
    /// For a terminal or a pipe.
    #[default]
    Text,
    /// For programs.
    Json,
    /// To paste into a ticket.
    Markdown,
}

/// The subcommands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Walk through a sample repository; `--list` names the stories.
    Demo(DemoArgs),
    /// Assess without screens: text, Markdown, a page, JSON, a message for Slack or a change ticket.
    Assess(AssessArgs),
    /// Releases in order, and how they were found.
    Releases(ReleasesArgs),
    /// Compare the earlier releases that you could go back to.
    Back(BackArgs),
    /// A gate of a deployment: what holds, who says go, and whether it goes on. With --automatic:
    /// whether a rollback may be triggered without a person.
    Gate(GateArgs),
    /// Rehearse going back outside of an incident, and time every step. Rehearsals that are
    /// recorded count towards an automatic trigger.
    Rehearse(RehearseArgs),
    /// Write the queries whose answers decide, for somebody to run on production: read only, with a
    /// time limit. --observed reads what they print.
    Queries(QueriesArgs),
    /// Write one line about a deployment to a list that --live reads: for pipelines.
    Deployed(DeployedArgs),
    /// Whether what was decided has arrived: a second look at what is live, held against the decision
    /// of the session: done, not done, or came back.
    Done(DoneArgs),
    /// Two contract files or folders against each other, without git: what breaks forward, on the
    /// way back, and in stored data.
    Contract(ContractArgs),
    /// Write a commented backout.yaml from what is seen in the repository.
    Init(InitArgs),
    /// Explain a check; without a name, list all checks.
    Explain(ExplainArgs),
    /// Show a rule of the rollback guide, and where the program follows it; without a number, list
    /// all rules.
    Guide(GuideArgs),
    /// Compare what backout would have said in incidents that are over with what helped in them.
    Backtest(BacktestArgs),
    /// List, show, check and begin checklists; list the facts that they can use.
    Checklist(ChecklistArgs),
    /// Sessions on this machine, newest first.
    Sessions(SessionsArgs),
    /// Go on with a session.
    Resume(ResumeArgs),
    /// Say how a step of the plan that is run stands, from a pipeline or a second terminal.
    Step(StepArgs),
    /// Close a session and say how it ended.
    Close(CloseArgs),
    /// Look at a session event by event.
    Replay(ReplayArgs),
    /// The report of a session.
    Report(ReportArgs),
    /// Check that a session's journal is whole and was not changed.
    Verify(VerifyArgs),
    /// Show what works on this machine and with this repository.
    Doctor,
    /// Completions for a shell, on standard output.
    Completions(CompletionsArgs),
    /// The manual page, on standard output.
    Man,
}

/// `demo`.
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// Name of a story.
    pub story: Option<String>,
    /// Name the stories.
    #[arg(long)]
    pub list: bool,
    /// Print the folder of the sample repository and end.
    #[arg(long)]
    pub path_only: bool,
    /// Assess the story without screens.
    #[arg(long)]
    pub assess: bool,
}

/// `assess`.
#[derive(Debug, Args)]
pub struct AssessArgs {
    /// Releases: CURRENT, or PREVIOUS CURRENT.
    #[command(flatten)]
    pub versions: VersionArgs,
    /// How to print it.
    #[arg(long, value_parser = FormatParser, default_value = "text")]
    pub format: ReportFormat,
    /// Leave names of people out: authors of commits and whoever said something. Roles stay.
    #[arg(long)]
    pub redact_names: bool,
    /// Let the exit code tell the verdict: 0 go, 10 forward, 11 hold or open, 12 no-go or stop the
    /// harm, 13 flag off or shift traffic, 14 back, 15 back with conditions or restore.
    #[arg(long)]
    pub exit_code: bool,
    /// Show the rules, the facts they used and the arithmetic.
    #[arg(long)]
    pub explain_verdict: bool,
    /// Leave out timings and clock times.
    #[arg(long)]
    pub stable: bool,
    /// Also keep the assessment in a file, for `backout --from FILE`.
    #[arg(long, value_name = "FILE")]
    pub save: Option<PathBuf>,
    /// Show for one changed file whether it was looked at in each domain: judged, cannot matter
    /// (and by which rule), or open (and why).
    #[arg(long, value_name = "PATH", conflicts_with_all = ["from", "save", "explain_verdict"])]
    pub why_open: Option<String>,
    /// Assess from a saved assessment instead of a repository.
    #[arg(long, value_name = "FILE", conflicts_with = "versions")]
    pub from: Option<PathBuf>,
}

/// `queries`.
#[derive(Debug, Args)]
pub struct QueriesArgs {
    /// Releases: CURRENT, or PREVIOUS CURRENT.
    #[command(flatten)]
    pub versions: VersionArgs,
    /// Only those that answer one question, by its id in the checklist.
    #[arg(long = "for", value_name = "QUESTION")]
    pub question: Option<String>,
    /// The database that is live, where the repository has migrations for several.
    #[arg(long, value_enum, value_name = "DATABASE")]
    pub dialect: Option<DialectArg>,
}

/// `--dialect` of `queries`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DialectArg {
    /// PostgreSQL.
    Postgresql,
    /// MySQL and MariaDB.
    Mysql,
    /// SQLite.
    Sqlite,
    /// SQL Server.
    Mssql,
}

/// `releases`.
#[derive(Debug, Args)]
pub struct ReleasesArgs {
    /// How many of each line to show; 0 shows all.
    #[arg(long, default_value_t = 10)]
    pub limit: usize,
    /// Also list tags that are not releases, with the reason.
    #[arg(long)]
    pub skipped: bool,
}

/// `back`.
#[derive(Debug, Args)]
pub struct BackArgs {
    /// The release that is out; the newest without one.
    pub current: Option<String>,
    /// How many earlier releases to look at.
    #[arg(long, default_value_t = 5)]
    pub limit: usize,
    /// What to look at before going back to one release, and until when that can be done.
    #[arg(long)]
    pub preflight: bool,
    /// The release to go back to, for --preflight; without it the one below.
    #[arg(long, value_name = "VERSION", requires = "preflight")]
    pub to: Option<String>,
    /// How to print it.
    #[arg(long, value_enum, default_value_t = OutputFormat::Text)]
    pub format: OutputFormat,
}

/// `contract`.
#[derive(Debug, Args)]
pub struct ContractArgs {
    /// The contract that would come back: a file or folder.
    #[arg(value_name = "OLD")]
    pub old: PathBuf,
    /// The contract that is out now: a file or folder.
    #[arg(value_name = "NEW")]
    pub new: PathBuf,
    /// How to print it.
    #[arg(long, value_enum, default_value_t = OutputFormat::Text)]
    pub format: OutputFormat,
}

/// `init`.
#[derive(Debug, Args)]
pub struct InitArgs {
    /// Print it instead of writing the file.
    #[arg(long)]
    pub print: bool,
    /// Replace a file that is there.
    #[arg(long)]
    pub force: bool,
}

/// `explain`.
#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// Id of a check, such as database/not-null-without-default.
    pub check: Option<String>,
}

/// `guide`.
#[derive(Debug, Args)]
pub struct GuideArgs {
    /// Number of a rule: 1 to 100, or N1 to N18.
    pub rule: Option<String>,
}

/// `checklist`.
#[derive(Debug, Args)]
pub struct ChecklistArgs {
    /// What to do with checklists.
    #[command(subcommand)]
    pub action: ChecklistAction,
}

/// Actions of `checklist`.
#[derive(Debug, Subcommand)]
pub enum ChecklistAction {
    /// The checklists that apply here, in the order they are laid over each other.
    List,
    /// The merged checklist as YAML.
    Show,
    /// Check a checklist: file, line, column, suggestion.
    Lint {
        /// The file.
        file: PathBuf,
    },
    /// A commented checklist to start from, on standard output.
    New,
    /// The catalogue of facts.
    Facts,
}

/// `completions`.
#[derive(Debug, Args)]
pub struct CompletionsArgs {
    /// bash, zsh, fish, elvish or powershell.
    pub shell: clap_complete::Shell,
}
