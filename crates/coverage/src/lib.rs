//! What every check stands on: the range it looks at, the lines that changed, versions that guard
//! something stored, and the ledger of what was looked at.

pub mod changed_lines;
pub mod database_step;
pub mod globs;
pub mod guard;
pub mod images;
pub mod installed;
pub mod ledger;
pub mod library_tables;
pub mod place;
pub mod terraform;

use model::{
    Config, Contract, Dialect, FileChange, Finding, Framework, Migration, OpenPlace, Snapshot,
    Unchecked,
};

/// What a check looks at: both trees, the files that differ, and what the repository says about
/// itself.
#[derive(Clone, Copy)]
pub struct ReleaseRange<'a> {
    /// Tree of the release we would go back to.
    pub previous: &'a dyn Snapshot,
    /// Tree of the release that is out.
    pub current: &'a dyn Snapshot,
    /// Files that differ, renames detected, kinds set.
    pub changes: &'a [FileChange],
    /// `backout.yaml`, or its defaults.
    pub config: &'a Config,
    /// Version of previous, for sentences.
    pub previous_version: &'a str,
    /// Version of current, for sentences.
    pub current_version: &'a str,
}

/// The tree of an application that depends on this one, at the revision that is live.
pub struct DependentTree<'a> {
    /// Its name in `backout.yaml`.
    pub name: String,
    /// Its files; `None` when its repository is not at hand.
    pub tree: Option<&'a dyn Snapshot>,
    /// Versions that users still run, each with its files; `None` when they could not be opened.
    pub field: Vec<(String, Option<&'a dyn Snapshot>)>,
    /// Whether its live revision is newer than current; `None` when not known.
    pub newer: Option<bool>,
    /// Path and text of its matrix of verifications.
    pub matrix: Option<(String, String)>,
}

/// What the database checks found.
#[derive(Debug, Clone, Default)]
pub struct DatabaseOutcome {
    /// Migrations as their framework orders them.
    pub migrations: Vec<Migration>,
    /// Findings, worst first.
    pub findings: Vec<Finding>,
    /// What could not be checked.
    pub unchecked: Vec<Unchecked>,
    /// Dialects that are live by `backout.yaml`; empty when it does not say.
    pub dialects: Vec<Dialect>,
    /// Files of the previous release that a search in vain could not see into, though a judgement
    /// rests on that search.
    pub unsearched: Vec<OpenPlace>,
    /// What runs the migrations at the start is not in sight: why, where a start gate can
    /// therefore not be ruled out.
    pub start_not_known: Option<String>,
    /// The first comparison with the stored version that was not understood.
    pub start_not_understood: Option<Unchecked>,
    /// The tool that the previous release runs itself and that the first start gate is about, as
    /// migrations name it.
    pub gate_tool: Option<Framework>,
    /// Which migrations of the range ran, where a history says so.
    pub applied: Option<AppliedMigrations>,
    /// Where new program text rewrites rows without a migration; when it runs is not known.
    pub rewritten_by_program: Vec<model::Evidence>,
}

/// Which migrations of the range ran in the database that is live.
#[derive(Debug, Clone, PartialEq)]
pub struct AppliedMigrations {
    /// `all`, `some` or `none`, as the fact `range.applied` has it.
    pub word: &'static str,
    /// The sentence with its file.
    pub says: String,
    /// Places in the history, then the migrations.
    pub evidence: Vec<model::Evidence>,
}

/// How one dependent uses what vanishes on the way back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DependentUse {
    /// Its name.
    pub name: String,
    /// The operation, field or message that vanishes or narrows (`POST /cards/verify`).
    pub operation: String,
    /// `Some(true)` seen in use, `Some(false)` looked for and not found, `None` not known.
    pub uses: Option<bool>,
    /// Where it was seen.
    pub evidence: Vec<model::Evidence>,
}

/// What the contract checks found.
#[derive(Debug, Clone, Default)]
pub struct ContractOutcome {
    /// Changed contract files.
    pub contracts: Vec<Contract>,
    /// Findings, worst first.
    pub findings: Vec<Finding>,
    /// What could not be checked.
    pub unchecked: Vec<Unchecked>,
    /// Files of dependents that a search in vain could not see into, though a verdict rests on
    /// that search; with the dependent's name in front.
    pub unsearched: Vec<OpenPlace>,
    /// One row a dependent and operation; empty when nothing vanishes or no dependent is named.
    pub dependents: Vec<DependentUse>,
}

/// What the checks of stored forms found.
#[derive(Debug, Clone, Default)]
pub struct StoredOutcome {
    /// Findings, worst first.
    pub findings: Vec<Finding>,
    /// What could not be checked.
    pub unchecked: Vec<Unchecked>,
}

/// What the checks of the surroundings found.
#[derive(Debug, Clone, Default)]
pub struct SurroundingsOutcome {
    /// Findings, worst first.
    pub findings: Vec<Finding>,
    /// What could not be checked.
    pub unchecked: Vec<Unchecked>,
    /// Files that hold nothing but definitions of objects of a cluster, and were compared whole.
    pub definitions: Vec<String>,
}
