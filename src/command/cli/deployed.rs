//! Arguments of `backout deployed`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// `deployed`.
#[derive(Debug, Args)]
pub struct DeployedArgs {
    /// The release that was deployed; its commit is added where the repository knows it.
    #[arg(value_name = "VERSION")]
    pub release: String,
    /// The list to append to; it is created if there is none.
    #[arg(long, value_name = "FILE", default_value = "deploys.jsonl")]
    pub file: PathBuf,
    /// How it ended.
    #[arg(long, value_enum, default_value_t = ResultArg::Success)]
    pub result: ResultArg,
    /// What it was.
    #[arg(long, value_enum, default_value_t = KindArg::Deploy)]
    pub kind: KindArg,
    /// Its commit, where the repository at hand does not know it.
    #[arg(long, value_name = "SHA")]
    pub commit: Option<String>,
    /// Host, region or tenant, where there are several.
    #[arg(long, value_name = "NAME")]
    pub target: Option<String>,
    /// What was deployed: an image or a package.
    #[arg(long, value_name = "NAME")]
    pub artifact: Option<String>,
    /// Whether it can be deployed again.
    #[arg(long, value_enum, value_name = "ANSWER")]
    pub available: Option<YesNo>,
    /// Whether it is still installed beside a newer one.
    #[arg(long, value_enum, value_name = "ANSWER")]
    pub installed: Option<YesNo>,
    /// Share of users it gets, in percent.
    #[arg(long, value_name = "PERCENT")]
    pub traffic: Option<f64>,
    /// Who or what deployed it.
    #[arg(long, value_name = "WHO")]
    pub by: Option<String>,
    /// Why, or what was seen: of a rollback or of one that failed. `assess` tells it the next time
    /// this release is about to go out.
    #[arg(long, value_name = "TEXT")]
    pub why: Option<String>,
    /// When it ended; without it, now.
    #[arg(long, value_name = "WHEN")]
    pub at: Option<String>,
}

/// `--result`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum ResultArg {
    /// All of it is out.
    #[default]
    Success,
    /// It failed on the way.
    Failed,
    /// It has begun.
    Running,
    /// Parts or targets were left out.
    Partial,
    /// It waits for a person.
    Waiting,
    /// It was withdrawn.
    Canceled,
}

impl ResultArg {
    /// As in the list.
    pub fn word(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Failed => "failed",
            Self::Running => "running",
            Self::Partial => "partial",
            Self::Waiting => "waiting",
            Self::Canceled => "canceled",
        }
    }
}

/// `--kind` of `deployed`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum KindArg {
    /// A newer release.
    #[default]
    Deploy,
    /// An earlier one.
    Rollback,
    /// The same again.
    Redeploy,
}

impl KindArg {
    /// As in the list.
    pub fn word(self) -> &'static str {
        match self {
            Self::Deploy => "deploy",
            Self::Rollback => "rollback",
            Self::Redeploy => "redeploy",
        }
    }
}

/// Yes or no.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum YesNo {
    /// Yes.
    Yes,
    /// No.
    No,
}

impl YesNo {
    /// It is yes.
    pub fn is_yes(self) -> bool {
        self == Self::Yes
    }
}
