//! What is live, out of files that deployers write: one reader a source, one picture for all.
//!
//! A reader turns its file into [`Deployment`]s, facts that hold without knowing the pair of
//! releases, and notes where the source is known to mislead. [`derive_live_facts`] puts the files beside the
//! pair and the clock. Sources that contradict each other stay as two facts of one key.

mod argocd;
mod arrival;
mod azure;
mod calamari;
mod codedeploy;
mod counted;
mod detect;
mod ecs;
mod elsewhere;
mod environment;
mod facts;
mod gathered;
mod github;
mod gitlab;
mod helm;
mod history;
mod hosts;
mod json;
mod jsonl;
mod kubernetes;
mod lambda;
mod mode;
pub(crate) mod note;
mod octopus_api;
mod octopus_variables;
mod of_release;
pub(crate) mod past;
mod picture;
mod platforms;
mod previous;
mod ran;
mod retention;
mod returns;
mod rollouts;
mod schedulers;
mod state_file;
mod time;
mod version;

use jiff::Timestamp;

pub use arrival::{Expectation, judge_arrival};
pub use detect::{LiveKind, StateFile};
pub use facts::derive_live_facts;
pub use gathered::About;
pub use mode::{DeploymentMode, ModeReport, VersionChange, compare_deployed_release};
pub use note::convert_notes_to_findings;
pub use past::{
    RepositoryNames, is_same_time, join_rollbacks, list_past_rollbacks, make_past_rollback_finding,
};
pub use ran::STATUS_COMMANDS;
pub use retention::Retention;
pub use returns::{Return, list_ways_back};
pub use version::{same_commit, same_version};

use super::process::DeploymentStep;
use model::{Evidence, Fact, FactValue};

// a dump of a whole server would fill the memory; the message says how to ask for less
/// Most bytes of one state file.
pub const LIMIT: usize = 50 * 1024 * 1024;

// picking and comparing cost by the number; what is older than these says nothing about today
/// Most deployments kept of one file, the newest.
pub const DEPLOYMENTS: usize = 20_000;

/// Why a state file says nothing: one sentence that names the file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LiveError {
    /// No bytes, or blanks only.
    #[error("{name} is empty; did the command that writes it fail?")]
    Empty {
        /// The file.
        name: String,
    },
    /// More than [`LIMIT`]; sizes in bytes.
    #[error(
        "{name} has {size} bytes, more than the {LIMIT} that are read; ask the deployer for one \
            environment or fewer entries"
    )]
    TooLarge {
        /// The file.
        name: String,
        /// Its bytes.
        size: usize,
    },
    /// Not text.
    #[error("{name} is not text")]
    Binary {
        /// The file.
        name: String,
    },
    /// Text that does not keep to its own format.
    #[error("{name} cannot be read as {format}: {why}")]
    Syntax {
        /// The file.
        name: String,
        /// `JSON`, `XML`.
        format: &'static str,
        /// Why, with its place.
        why: String,
    },
    /// No source is known that writes such a file.
    #[error(
        "{name} is of no known kind ({saw}); known kinds: {}",
        LiveKind::names()
    )]
    UnknownKind {
        /// The file.
        name: String,
        /// What it looks like.
        saw: String,
    },
    /// `kind` names no source.
    #[error("{kind} is no kind of state file; known kinds: {}", LiveKind::names())]
    NoSuchKind {
        /// What was given.
        kind: String,
    },
    /// It is of the kind, yet holds nothing of use.
    #[error("{name} holds nothing about deployments: {why}")]
    Nothing {
        /// The file.
        name: String,
        /// What is missing.
        why: String,
    },
}

// a source that misleads may do so in every entry, and nobody reads more sentences
/// Most notes of one file.
const NOTES: usize = 100;

/// How a deployment ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DeploymentOutcome {
    /// All of it is out.
    Success,
    /// It failed on the way.
    Failed,
    /// It runs.
    Running,
    /// It runs and waits for a person.
    Waiting,
    /// It ended, with parts or targets left out.
    Partial,
    /// It was withdrawn or never started.
    Canceled,
    /// The file does not say.
    Unknown,
}

/// One deployment of one release.
#[derive(Debug, Clone, PartialEq)]
pub struct Deployment {
    /// Version, image tag or name of the release, control characters visible.
    pub version: Option<String>,
    /// Commit, where the source knows it.
    pub commit: Option<String>,
    /// When it was in effect: its end where known, else its start.
    pub at: Option<Timestamp>,
    /// Environment as the source names it.
    pub environment: Option<String>,
    /// What is deployed, where the file holds several things: a package, workload or service.
    pub unit: Option<String>,
    /// Machine, tenant, region or workload; deployments of different targets go on side by side.
    pub target: Option<String>,
    /// How it ended.
    pub outcome: DeploymentOutcome,
    /// What the source calls it.
    pub mode: Option<DeploymentMode>,
    /// It is the one that serves now, where the source marks that.
    pub serving: Option<bool>,
    /// Its artifact is still there to deploy.
    pub available: Option<bool>,
    /// It is still installed beside the newer one.
    pub installed: Option<bool>,
    /// The source marks it as bad.
    pub defective: bool,
    /// Share of users it gets, in percent.
    pub traffic: Option<f64>,
    /// Why it was made or how it failed, in the words of the source.
    pub said: Option<String>,
    /// How its tool brings it back.
    pub back: Option<Box<Return>>,
    /// Where it stands in the file.
    pub evidence: Evidence,
}

impl Deployment {
    fn new(name: &str, outcome: DeploymentOutcome) -> Self {
        Self {
            version: None,
            commit: None,
            at: None,
            environment: None,
            unit: None,
            target: None,
            outcome,
            mode: None,
            serving: None,
            available: None,
            installed: None,
            defective: false,
            traffic: None,
            said: None,
            back: None,
            evidence: Evidence {
                path: Some(name.into()),
                ..Evidence::default()
            },
        }
    }

    /// Version, else short commit, else *an unnamed release*.
    pub fn label(&self) -> String {
        match (&self.version, &self.commit) {
            (Some(version), _) => version.clone(),
            (None, Some(commit)) => commit.chars().take(10).collect(),
            (None, None) => "an unnamed release".to_owned(),
        }
    }

    /// Both name the same release.
    pub fn same_release(&self, other: &Self) -> bool {
        let versions = self
            .version
            .as_deref()
            .zip(other.version.as_deref())
            .map(|(a, b)| same_version(a, b));
        let commits = self
            .commit
            .as_deref()
            .zip(other.commit.as_deref())
            .map(|(a, b)| same_commit(a, b));
        match (commits, versions) {
            (Some(commits), None | Some(true)) => commits,
            // one tag can be moved and one commit can be released twice: versions decide where both
            // speak
            (_, Some(versions)) => versions,
            (None, None) => false,
        }
    }

    fn at_line(mut self, line: usize) -> Self {
        self.evidence.line = Some(line);
        self
    }

    fn back(mut self, back: Return) -> Self {
        self.back = Some(Box::new(back));
        self
    }

    fn excerpt(mut self, text: &str) -> Self {
        self.evidence.excerpt = Some(sanitize_state_text(text).into());
        self
    }
}

/// What one file says.
#[derive(Debug, Clone, PartialEq)]
pub struct LiveReport {
    /// Name of the file, as the user gave it.
    pub name: String,
    /// What wrote it.
    pub kind: LiveKind,
    /// When the file was written, set by the caller who can see that; facts carry it as the time
    /// they were observed.
    pub observed_at: Option<Timestamp>,
    /// Facts that hold without the pair of releases.
    pub facts: Vec<Fact>,
    /// One sentence each: where this source is known to mislead and does or may do so here.
    pub notes: Vec<String>,
    /// As `facts`, of one [`Deployment::unit`] of a file that holds several.
    pub unit_facts: Vec<(String, Fact)>,
    /// As `notes`, of one unit.
    pub unit_notes: Vec<(String, String)>,
    /// Newest first.
    pub deployments: Vec<Deployment>,
    /// The release that serves, when the file has one environment and no doubt.
    pub live_version: Option<String>,
    /// The release before it, of those that succeeded.
    pub previous_version: Option<String>,
    /// What the source calls *previous*, in words, with the release each notion names. They differ
    /// and must not be confused.
    pub notions: Vec<(&'static str, String)>,
    /// How long targets keep old releases, when the file says so.
    pub retention: Option<Retention>,
    /// Steps of a deployment process, when the file is one.
    pub steps: Vec<DeploymentStep>,
    /// What the file is about where it does not say: a Helm release, an application. Set by the
    /// caller who was told.
    pub called: Option<String>,
    /// Its namespace, likewise.
    pub namespace: Option<String>,
    /// What ran, when the file says that.
    pub migrations: Option<model::MigrationHistory>,
    /// What counting queries found, when the file is that.
    pub counts: Vec<model::RowCount>,
    /// The database or environment that such a file names itself, where that is one of a developer,
    /// of tests or before production.
    pub elsewhere: Option<String>,
}

impl LiveReport {
    fn new(name: &str, kind: LiveKind) -> Self {
        Self {
            name: sanitize_state_text(name),
            kind,
            observed_at: None,
            facts: Vec::new(),
            notes: Vec::new(),
            unit_facts: Vec::new(),
            unit_notes: Vec::new(),
            deployments: Vec::new(),
            live_version: None,
            previous_version: None,
            notions: Vec::new(),
            retention: None,
            steps: Vec::new(),
            called: None,
            namespace: None,
            migrations: None,
            counts: Vec::new(),
            elsewhere: None,
        }
    }

    fn fact(&mut self, key: &str, value: &str, source: impl Into<String>) -> &mut Fact {
        let place = Evidence {
            path: Some(self.name.clone().into()),
            ..Evidence::default()
        };
        self.facts.push(
            Fact::sensed(key, FactValue::word(value))
                .with_source(source)
                .with_evidence([place]),
        );
        let last = self.facts.len() - 1;
        &mut self.facts[last]
    }

    fn note(&mut self, text: impl Into<String>) {
        let text = text.into();
        // readers note per entry, so one and the same sentence comes many times
        if self.notes.len() < NOTES && !self.notes.contains(&text) {
            self.notes.push(text);
        }
    }

    /// A fact of one unit: a namespace or a cluster holds others that are not asked about.
    fn fact_of(&mut self, unit: &str, key: &str, value: &str, source: impl Into<String>) {
        let place = Evidence {
            path: Some(self.name.clone().into()),
            ..Evidence::default()
        };
        self.unit_facts.push((
            unit.to_owned(),
            Fact::sensed(key, FactValue::word(value))
                .with_source(source)
                .with_evidence([place]),
        ));
    }

    fn note_of(&mut self, unit: &str, text: impl Into<String>) {
        self.unit_notes.push((unit.to_owned(), text.into()));
    }

    /// Names of the environments in it, sorted.
    pub fn environments(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self
            .deployments
            .iter()
            .filter_map(|deployment| deployment.environment.as_deref())
            .collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}

/// Reads one state file. `kind` is one of [`LiveKind::id`], or `None` to tell it from the contents.
///
/// # Errors
/// One sentence that names the file; the rest of the assessment stands.
pub fn read_state_file(
    name: &str,
    bytes: &[u8],
    kind: Option<&str>,
) -> Result<LiveReport, LiveError> {
    let name = sanitize_state_text(name);
    let wanted = match kind
        .map(str::trim)
        .filter(|kind| !kind.is_empty() && *kind != "auto")
    {
        Some(kind) => Some(LiveKind::of(kind).ok_or_else(|| LiveError::NoSuchKind {
            kind: sanitize_state_text(kind),
        })?),
        None => None,
    };
    let input = state_file::decode_state_file(&name, bytes)?;
    let kind = match wanted {
        Some(kind) => kind,
        None => detect::detect_state_file_kind(&name, &input)?,
    };
    let mut report = LiveReport::new(&name, kind);
    // parsed where a reader asks for it: journals, logs and processes are no JSON
    let value = || input.json(&name);
    let outcome = match kind {
        LiveKind::Calamari => calamari::read_calamari(&input.text, &mut report),
        LiveKind::OctopusVariables => {
            octopus_variables::read_octopus_variables(value()?, &mut report)
        }
        LiveKind::Octopus => octopus_api::read_octopus_api(value()?, &mut report),
        LiveKind::OctopusProcess => {
            report.steps = super::process::from_ocl(&name, &input.text).steps;
            Ok(())
        }
        LiveKind::Kubernetes => kubernetes::read_kubernetes_state(value()?, &mut report),
        LiveKind::Helm => helm::read_helm(value()?, &mut report),
        LiveKind::ArgoCd => argocd::read_argocd(value()?, &mut report),
        LiveKind::ArgoRollouts => rollouts::read_argo_rollouts(value()?, &mut report),
        LiveKind::GitHub => github::read_github_deployments(value()?, &mut report),
        LiveKind::GitLab => gitlab::read_gitlab_deployments(value()?, &mut report),
        LiveKind::Deploys => jsonl::read_jsonl(&input.text, &mut report),
        LiveKind::Ecs => ecs::read_ecs(value()?, &mut report),
        LiveKind::CodeDeploy => codedeploy::read_codedeploy(value()?, &mut report),
        LiveKind::Lambda => lambda::read_lambda(value()?, &mut report),
        LiveKind::Heroku => platforms::read_heroku(value()?, &mut report),
        LiveKind::Fly => platforms::read_fly(value()?, &mut report),
        LiveKind::Nomad => schedulers::read_nomad(value()?, &mut report),
        LiveKind::Swarm => schedulers::read_swarm(value()?, &mut report),
        LiveKind::Azure => azure::read_azure(value()?, &mut report),
        LiveKind::Capistrano => hosts::read_capistrano(&input.text, &mut report),
        LiveKind::Kamal => hosts::read_kamal(&input.text, &mut report),
        LiveKind::Observed => counted::read_counted_rows(&name, &input, &mut report),
        LiveKind::Migrations => ran::read_migration_history(&name, &input, &mut report),
    };
    outcome.map_err(|why| match why {
        StateFileRefusal::Syntax(format, why) => LiveError::Syntax {
            name: name.clone(),
            format,
            why,
        },
        StateFileRefusal::Nothing(why) => LiveError::Nothing {
            name: name.clone(),
            why,
        },
    })?;
    picture::order_deployments(&mut report);
    // an empty list of the right kind must not look like "nothing is running"
    if report.deployments.is_empty()
        && report.facts.is_empty()
        && report.unit_facts.is_empty()
        && report.steps.is_empty()
        && report.retention.is_none()
        && report.migrations.is_none()
        && report.counts.is_empty()
    {
        return Err(LiveError::Nothing {
            name,
            why: kind.wanted().to_owned(),
        });
    }
    Ok(report)
}

/// Why a reader gives up.
enum StateFileRefusal {
    /// It does not keep to its format (name of the format, reason with place).
    Syntax(&'static str, String),
    /// It holds nothing of use.
    Nothing(String),
}

impl From<&str> for StateFileRefusal {
    fn from(why: &str) -> Self {
        Self::Nothing(why.to_owned())
    }
}

/// What every reader returns.
type ReadResult = Result<(), StateFileRefusal>;

// names are printed in terminals and pages, where an escape sequence must do nothing
/// Text from a file: control characters visible, bounded.
fn sanitize_state_text(text: &str) -> String {
    model::shorten_text(&model::escape_invisible(text), 400).into_owned()
}

#[cfg(test)]
mod tests;
