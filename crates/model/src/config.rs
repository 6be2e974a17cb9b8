//! `backout.yaml`: what a repository says about itself. All of it optional; loading and linting are
//! in `assess::config`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// The whole file.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Name of the service.
    pub service: Option<String>,
    /// Services of a monorepo.
    pub services: Vec<Service>,
    /// How releases are found.
    pub releases: ReleasesConfig,
    /// Environments by name.
    pub environments: BTreeMap<String, Environment>,
    /// Database hints.
    pub database: DatabaseConfig,
    /// Globs by component (`frontend`, `backend`, `database`).
    pub components: BTreeMap<String, Vec<String>>,
    /// Globs by kind of file.
    pub kinds: BTreeMap<String, Vec<String>>,
    /// Contract files that are not found by themselves.
    pub contracts: Vec<ContractFile>,
    /// Applications that depend on this one.
    pub dependents: Vec<Dependent>,
    /// State files of deployers.
    pub live: Vec<ConfiguredLiveFile>,
    /// Steps of the deployment process.
    pub process: Vec<ProcessStep>,
    /// Feature switches.
    pub switches: Vec<FeatureSwitch>,
    /// Who is polled at a gate.
    pub roles: Vec<String>,
    /// Commands that rehearse migrations which are no SQL; shown, and run only after a yes.
    pub rehearsal: BTreeMap<String, String>,
    /// Rehearsals that were held, beside those in sessions of this machine.
    pub rehearsals: Vec<HeldRehearsal>,
    /// Under which conditions a rollback may be triggered without a person.
    pub automation: Automation,
}

/// A rehearsal that was held, as people write it down.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct HeldRehearsal {
    /// When: a date, or a time as in RFC 3339.
    pub at: String,
    /// `worked`, `failed` or `stopped`; `worked` when absent.
    pub outcome: Option<String>,
    /// What nobody had expected.
    pub surprises: Vec<String>,
    /// Where.
    pub environment: Option<String>,
    /// Fingerprint of the process, as `backout rehearse` prints it.
    pub process: Option<String>,
}

/// Under which conditions a rollback may be triggered without a person.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Automation {
    /// Names of the only conditions that may trigger it.
    pub conditions: Vec<String>,
    /// Who can stop it while it runs.
    pub stop: Option<String>,
    /// Whether the tests are trusted to find a bad release.
    pub tests_trusted: Tri,
}

/// A service of a monorepo.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Service {
    /// Its name.
    pub name: String,
    /// Its paths, as globs.
    pub paths: Vec<String>,
    /// Its tags, as a glob.
    pub tags: Option<String>,
}

/// How releases are found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ReleasesConfig {
    /// Tags that are releases, as a glob.
    pub tags: Option<String>,
    /// `auto` or a version.
    pub previous: Option<String>,
}

/// An environment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Environment {
    /// Usage class: `dozen-daily`, `team-hours`, `company-hours`, `always-on`.
    pub usage: Option<String>,
    /// `production` or `test`.
    pub kind: Option<String>,
    /// How long targets keep old releases: `5 days`, `3 releases`, `forever`.
    pub retention: Option<String>,
    /// When deployments and rollbacks are meant to happen; without any, always.
    pub windows: Vec<Window>,
    /// When nothing is deployed.
    pub freezes: Vec<Freeze>,
}

/// A weekly window.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Window {
    /// Days it begins on: `mon` to `sun`; without any, every day.
    pub days: Vec<String>,
    /// Begins, `22:00`.
    pub from: String,
    /// Ends, `04:00`; before `from` it ends on the next day.
    pub to: String,
    /// Time zone, `Europe/Berlin`; UTC without.
    pub zone: Option<String>,
}

/// A time in which nothing is deployed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Freeze {
    /// Begins: a day or a time.
    pub from: String,
    /// Ends: a day (inclusive) or a time.
    pub to: String,
    /// Time zone; UTC without.
    pub zone: Option<String>,
    /// Why.
    pub why: Option<String>,
}

/// Database hints.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DatabaseConfig {
    /// Dialects that are live; others are reported but do not block.
    pub dialects: Vec<String>,
    /// Folders of migrations that are not found by themselves.
    pub migrations: Vec<String>,
}

/// A contract file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ContractFile {
    /// Its path.
    pub path: String,
}

/// Yes, no or not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(from = "RawTri", into = "RawTri")]
pub enum Tri {
    /// Yes.
    Yes,
    /// No.
    No,
    /// Not known.
    #[default]
    Unknown,
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum RawTri {
    Bool(bool),
    Word(String),
}

impl From<RawTri> for Tri {
    fn from(raw: RawTri) -> Self {
        match raw {
            RawTri::Bool(true) => Self::Yes,
            RawTri::Bool(false) => Self::No,
            RawTri::Word(word) if word == "yes" => Self::Yes,
            RawTri::Word(word) if word == "no" => Self::No,
            RawTri::Word(_) => Self::Unknown,
        }
    }
}

impl From<Tri> for RawTri {
    fn from(tri: Tri) -> Self {
        match tri {
            Tri::Yes => Self::Bool(true),
            Tri::No => Self::Bool(false),
            Tri::Unknown => Self::Word("unknown".to_owned()),
        }
    }
}

/// An application that depends on this one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Dependent {
    /// Its name.
    pub name: String,
    /// Path of its repository, relative to `backout.yaml`.
    pub repository: Option<PathBuf>,
    /// Contract files it uses.
    pub uses: Vec<String>,
    /// The revision of it that is live.
    pub live: Option<String>,
    /// Released versions that users still run beside `live`, such as those of an app on devices:
    /// tags or revisions of its repository.
    pub in_field: Vec<String>,
    /// Its pacts, as globs, in its repository or in this one, beside those that are found by their
    /// names.
    pub pacts: Vec<String>,
    /// A file with the verifications of its versions and ours, as can-i-deploy prints it, relative
    /// to `backout.yaml`.
    pub matrix: Option<PathBuf>,
    /// Names of other dependents that it depends on in its turn.
    pub depends_on: Vec<String>,
    /// Whether it can go back too.
    pub can_go_back: Tri,
    /// Whether it copes when what it uses is gone.
    pub copes: Tri,
}

/// A state file of a deployer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ConfiguredLiveFile {
    /// `helm`, `kubernetes`, ...; detected when absent.
    pub kind: Option<String>,
    /// Its path.
    pub file: PathBuf,
    /// What it is about where the file does not name it: a Helm release, an application.
    pub name: Option<String>,
    /// Its namespace, where the file does not name it.
    pub namespace: Option<String>,
}

/// A step of the deployment process.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ProcessStep {
    /// Its name.
    pub name: String,
    /// `database`, `service`, `website`, `verify`, `notify`, ...
    pub kind: Option<String>,
    /// `run`, `skip` or `only`.
    pub on_rollback: Option<String>,
    /// `run`, `skip` or `only`.
    pub on_deploy: Option<String>,
}

/// A feature switch.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FeatureSwitch {
    /// Its name.
    pub name: String,
    /// What it covers, as globs.
    pub covers: Vec<String>,
}
