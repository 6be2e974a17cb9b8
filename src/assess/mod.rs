//! The assessment: runs the checks over a range in parallel, streams progress, and turns findings
//! into facts.

use std::path::PathBuf;
use std::sync::Arc;

use crate::check::coverage::Ledger;
use crate::model::{Assessment, Changelog, Config, Rehearsal, RepositoryInfo, Stage};
use crate::repository::{ReleasePair, Releases, Repository};
use crate::session::SessionRollback;

pub mod config;
mod coverage;
mod declared;
mod dependents;
mod deployment;
pub mod facts;
mod growing;
mod hints;
mod infrastructure;
pub mod kinds;
mod live_file;
mod memory;
mod observed;
mod only_paths;
mod opening;
mod rehearsed;
mod run;
mod sorted;
mod stages;
mod stored;
mod unread;

pub use deployment::live_files;
pub use live_file::ReadLiveFile;
pub use stored::filter_production_changes;

/// A state file that a deployer wrote.
#[derive(Debug, Clone)]
pub enum LiveSource {
    /// Read when the assessment comes to it; a pipe is fine.
    File(PathBuf),
    /// Read already.
    Text {
        /// What it is called in sentences.
        name: String,
        /// Its bytes.
        bytes: Arc<[u8]>,
    },
}

/// What sessions recorded, read when it is asked for, once: many journals must not keep the first
/// frame waiting.
#[derive(Debug, Clone)]
pub struct Recorded<T = Rehearsal>(Arc<std::sync::LazyLock<Vec<T>, RecordReader<T>>>);

type RecordReader<T> = Box<dyn FnOnce() -> Vec<T> + Send>;

impl<T> Recorded<T> {
    /// Will be read by `reader`.
    pub fn new(reader: impl FnOnce() -> Vec<T> + Send + 'static) -> Self {
        Self(Arc::new(std::sync::LazyLock::new(Box::new(reader))))
    }

    /// All of them.
    pub fn get(&self) -> &[T] {
        &self.0
    }
}

impl<T: 'static> Default for Recorded<T> {
    fn default() -> Self {
        Self::new(Vec::new)
    }
}

/// What to assess.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// A folder inside the repository.
    pub repository: PathBuf,
    /// A version or revision; `None` picks the highest below current.
    pub previous: Option<String>,
    /// A version or revision; `None` picks the newest release.
    pub current: Option<String>,
    /// `--config`.
    pub config: Option<PathBuf>,
    /// `--tag-pattern`.
    pub tag_pattern: Option<String>,
    /// `--service`.
    pub service: Option<String>,
    /// `--path`: only changes below these globs count.
    pub paths: Vec<String>,
    /// `--env`.
    pub environment: Option<String>,
    /// `--live`: state files, beside those of `backout.yaml`.
    pub live: Vec<LiveSource>,
    /// `--labels`: labels of requests and commits.
    pub labels: Option<LiveSource>,
    /// Somebody looks at what is known while the rest is read. Otherwise only the whole is worked
    /// out, which costs less.
    pub step_by_step: bool,
    /// Ends the reading early once nobody waits for it.
    pub cancel: crate::repository::Cancel,
    /// Rehearsals that sessions of this machine recorded, beside those of `backout.yaml`.
    pub rehearsals: Recorded,
    /// Rollbacks of this repository that sessions of this machine decided on.
    pub past_rollbacks: Recorded<SessionRollback>,
    /// Id of the session that this is about: what was decided in it did not happen before.
    pub own_session: Option<String>,
    /// The folder in which rehearsals on a database are kept; `None` reads none.
    pub rehearsed: Option<PathBuf>,
}

/// What becomes known while the assessment runs, in this order at the earliest moment each is
/// known.
#[derive(Debug, Clone)]
pub enum Progress {
    /// The repository is open.
    Opened(RepositoryInfo),
    /// Releases were found and the pair is settled.
    Paired(ReleasePair, Releases),
    /// First-parent commits, before the full list; only where the request asks for each step.
    Quick(Changelog),
    /// A stage ended, with all that is known so far (facts included, no verdict) where the request
    /// asks for each step.
    Stage(Stage, Option<Box<Assessment>>),
}

/// A finished assessment with what it was made from. `verdict` and `plan` are left to the caller,
/// who has the answers.
pub struct Assessed {
    /// Everything sensed; `facts` holds sensed and derived facts.
    pub assessment: Assessment,
    /// The configuration in force.
    pub config: Config,
    /// Where the configuration came from, in words.
    pub config_source: Option<String>,
    /// Releases of the repository.
    pub releases: Releases,
    /// The repository, for diffs and trials later.
    pub repository: Repository,
    /// How every changed file stands in each domain; `None` where the look at them stopped.
    pub ledger: Option<Ledger>,
}

/// How the program of a pair of releases changes its schema, in words, as `doctor` shows it.
///
/// # Errors
/// When one of the trees cannot be read.
pub fn schema_mechanism(
    repository: &Repository,
    pair: &ReleasePair,
    config: &Config,
) -> Result<String, AssessError> {
    let (previous, current) = (
        repository.snapshot(&pair.previous)?,
        repository.snapshot(&pair.current)?,
    );
    let changes = repository.changes(pair)?.files;
    let range = crate::check::ReleaseRange {
        previous: previous.as_ref(),
        current: current.as_ref(),
        changes: &changes,
        config,
        previous_version: pair.previous.version.as_raw(),
        current_version: pair.current.version.as_raw(),
    };
    Ok(crate::check::database::find_mechanism(&range).says)
}

/// Why nothing could be assessed: one sentence.
#[derive(Debug, thiserror::Error)]
pub enum AssessError {
    /// Repository or releases.
    #[error(transparent)]
    Repository(#[from] crate::repository::RepositoryError),
    /// `backout.yaml`.
    #[error("{0}")]
    Config(String),
    /// An environment that `backout.yaml` does not know.
    #[error("{0}")]
    Environment(String),
    /// A pattern of `--path` that cannot be used or matches nothing.
    #[error("{0}")]
    Path(String),
}

impl AssessError {
    /// Whether what was typed cannot be meant, rather than something that failed.
    pub fn is_usage(&self) -> bool {
        match self {
            Self::Environment(_) | Self::Path(_) => true,
            Self::Repository(error) => error.is_usage(),
            Self::Config(_) => false,
        }
    }
}

/// Runs the whole assessment. `progress` is called from worker threads, one call at a time.
///
/// # Errors
/// One sentence when the repository, the pair of releases or a configuration named by the user
/// cannot be used.
pub fn assess_release_pair(
    request: &Request,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<Assessed, AssessError> {
    run::run_assessment(request, progress)
}
