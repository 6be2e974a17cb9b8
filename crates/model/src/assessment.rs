//! The assessment: everything that is known about a pair of releases and what follows. It
//! serialises to the JSON contract.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    Changelog, ChecklistChange, Contract, Coverage, Decision, Fact, Facts, FileChange, FileKind,
    FilesLookedAt, Finding, KnownStep, Migration, NoReturn, PastRollback, PlanStep, PreflightCheck,
    Release, ReleaseRelation, RepositoryInfo, Unchecked, WayBackGrounds,
};

/// Version of the JSON contract.
pub const ASSESSMENT_SCHEMA: &str = "backout.assessment/1";

/// A gate of a deployment, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Gate {
    /// Nothing is deployed yet.
    Start,
    /// The schema is.
    Database,
    /// Services are.
    Backend,
    /// The front end is.
    Frontend,
    /// Everything is.
    Complete,
}

impl Gate {
    /// In order.
    pub const ALL: [Gate; 5] = [
        Gate::Start,
        Gate::Database,
        Gate::Backend,
        Gate::Frontend,
        Gate::Complete,
    ];

    /// As in JSON and on the command line.
    pub fn id(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Database => "database",
            Self::Backend => "backend",
            Self::Frontend => "frontend",
            Self::Complete => "complete",
        }
    }
}

/// What the program is used for right now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// Something is wrong in production.
    #[default]
    Incident,
    /// A deployment walks through its gates.
    Deployment,
    /// Practice; everything carries a banner.
    Rehearsal,
    /// A closed session is looked at again.
    Review,
}

/// Parts of the work, in the order they are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// Commits of the range.
    Changelog,
    /// Changed files and line counts.
    Files,
    /// Migrations.
    Database,
    /// Contracts.
    Contract,
    /// What is live, staging, the deployment process.
    Live,
    /// Configuration, infrastructure, dependencies, security.
    Surroundings,
}

impl Stage {
    /// In order.
    pub const ALL: [Stage; 6] = [
        Stage::Changelog,
        Stage::Files,
        Stage::Database,
        Stage::Contract,
        Stage::Live,
        Stage::Surroundings,
    ];

    /// As on the screen.
    pub fn id(self) -> &'static str {
        match self {
            Self::Changelog => "changelog",
            Self::Files => "files",
            Self::Database => "database",
            Self::Contract => "contract",
            Self::Live => "live",
            Self::Surroundings => "surroundings",
        }
    }
}

/// Wall-clock figures, left out with `--stable`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timings {
    /// Milliseconds in all.
    pub total_ms: u64,
    /// Milliseconds a stage; stages run in parallel.
    pub stages: BTreeMap<String, u64>,
}

/// Everything known about a pair of releases and what follows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Assessment {
    /// [`ASSESSMENT_SCHEMA`].
    pub schema: String,
    /// `backout 0.1.0`.
    pub tool: String,
    /// SHA-256 of the checklist used, hexadecimal.
    pub checklist_digest: String,
    /// What the checklist of the repository changes about the rules, also where it does not count.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub checklist_changes: Vec<ChecklistChange>,
    /// What was read.
    pub repository: RepositoryInfo,
    /// Would go back to.
    pub previous: Release,
    /// Out now.
    pub current: Release,
    /// Environment the decision is about.
    pub environment: Option<String>,
    /// Gate of the deployment.
    pub gate: Option<Gate>,
    /// How the two lie in history.
    pub relation: ReleaseRelation,
    /// Commits.
    pub changelog: Changelog,
    /// Number of changed files a kind.
    pub kinds: BTreeMap<FileKind, u64>,
    /// The changed files themselves.
    #[serde(default)]
    pub files: Vec<FileChange>,
    /// Migrations, as the framework orders them.
    pub migrations: Vec<Migration>,
    /// Contract files.
    pub contracts: Vec<Contract>,
    /// Worst first.
    pub findings: Vec<Finding>,
    /// What could not be checked.
    pub unchecked: Vec<Unchecked>,
    /// How the changed files stand in each domain: taken apart, cannot matter, open. Empty until
    /// everything is read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub coverage: Vec<Coverage>,
    /// Changed files that could matter, each counted once; absent until everything is read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub looked_at: Option<FilesLookedAt>,
    /// Globs of `--path`: only what they match was looked at. Empty for the whole range.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub only_paths: Vec<String>,
    /// Facts in force.
    pub facts: Facts,
    /// What further sources say, otherwise than `facts`, about a fact that is there: the values
    /// that are not in force.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also_said: Vec<Fact>,
    /// Steps of the deployment process in order, with what to do about each on the way back; empty
    /// where it is not known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub process: Vec<KnownStep>,
    /// What else a plan of the way back is made from.
    #[serde(default, skip_serializing_if = "WayBackGrounds::is_empty")]
    pub way_back: WayBackGrounds,
    /// Times the release was gone back from before, the newest first. They are told and weigh
    /// nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rolled_back_before: Vec<PastRollback>,
    /// What to do; `None` until it was decided.
    pub verdict: Option<Decision>,
    /// Steps of the recommended option.
    pub plan: Vec<PlanStep>,
    /// Moments after which options are gone or cost more.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub no_return: Vec<NoReturn>,
    /// What to look at before going back; what does not hold first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub preflight: Vec<PreflightCheck>,
    /// Left out with `--stable`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timings: Option<Timings>,
}

impl Assessment {
    /// An assessment of which only the pair is known.
    pub fn new(
        repository: RepositoryInfo,
        previous: Release,
        current: Release,
        relation: ReleaseRelation,
    ) -> Self {
        Self {
            schema: ASSESSMENT_SCHEMA.to_owned(),
            tool: concat!("backout ", env!("CARGO_PKG_VERSION")).to_owned(),
            checklist_digest: String::new(),
            checklist_changes: Vec::new(),
            repository,
            previous,
            current,
            environment: None,
            gate: None,
            relation,
            changelog: Changelog::default(),
            kinds: BTreeMap::new(),
            files: Vec::new(),
            migrations: Vec::new(),
            contracts: Vec::new(),
            findings: Vec::new(),
            unchecked: Vec::new(),
            coverage: Vec::new(),
            looked_at: None,
            only_paths: Vec::new(),
            facts: Facts::new(),
            also_said: Vec::new(),
            process: Vec::new(),
            way_back: WayBackGrounds::default(),
            rolled_back_before: Vec::new(),
            verdict: None,
            plan: Vec::new(),
            no_return: Vec::new(),
            preflight: Vec::new(),
            timings: None,
        }
    }

    /// Everything that was read, several facts of one key where sources say different things.
    pub fn sensed(&self) -> Vec<Fact> {
        let first = self.facts.iter().map(|(key, fact)| Fact {
            key: key.clone(),
            ..fact.clone()
        });
        first.chain(self.also_said.iter().cloned()).collect()
    }
}
