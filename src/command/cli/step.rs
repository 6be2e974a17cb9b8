//! Arguments of `step`.

use clap::{Args, Subcommand, ValueEnum};

/// `step`.
#[derive(Debug, Args)]
pub struct StepArgs {
    /// Id of a session, or its beginning; without it, the newest open one of this repository.
    #[arg(long, value_name = "ID", global = true)]
    pub session: Option<String>,
    /// In which role it is said: 'release manager'.
    #[arg(long, global = true)]
    pub role: Option<String>,
    /// By whom.
    #[arg(long, global = true)]
    pub by: Option<String>,
    /// What is said about a step; without it, the plan is listed.
    #[command(subcommand)]
    pub what: Option<StepWord>,
}

/// What is said about a step. STEP is its number in the list, or its id or the beginning of it;
/// without it, the first step that is still to be done is meant.
#[derive(Debug, Subcommand)]
pub enum StepWord {
    /// List the steps of the plan that is run, with number, id and how each stands.
    List {
        /// How to print it.
        #[arg(long, default_value = "text")]
        format: StepFormat,
    },
    /// It begins now.
    Begin {
        /// Number or id.
        step: Option<String>,
    },
    /// It is done.
    Done {
        /// Number or id.
        step: Option<String>,
        /// How long it took, where something measured it.
        #[arg(long)]
        seconds: Option<u64>,
    },
    /// It is left out.
    Skip {
        /// Number or id.
        step: Option<String>,
        /// Why.
        #[arg(long, value_name = "WHY")]
        because: String,
    },
    /// It did not work.
    Failed {
        /// Number or id.
        step: Option<String>,
        /// What was seen.
        #[arg(long, value_name = "WHAT")]
        saw: Option<String>,
    },
    /// A note about it.
    Note {
        /// Number or id.
        step: Option<String>,
        /// The note.
        #[arg(long, value_name = "TEXT")]
        text: String,
    },
    /// Take back the last thing that was said about a step of this plan, or about the one named.
    Undo {
        /// Number or id.
        step: Option<String>,
    },
}

/// How the list is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum StepFormat {
    /// For people.
    Text,
    /// For programs.
    Json,
}
