//! Each stage of an assessment: what it reads, and what it adds to what is known.

use super::coverage::{contract_marks, database_marks, stored_marks, surroundings_marks};
use super::declared::{label_changelog, read_labels};
use super::deployment::{self, DeploymentFindings, DeploymentInput};
use super::growing::{Fixed, Growing, make_unchecked};
use super::kinds::{self};
use super::live_file::ReadLiveFile;
use super::observed::tell_counts;
use super::rehearsed::tell_rehearsals;
use super::{LiveSource, Progress, dependents};
use crate::check::coverage::{Ledger, Surroundings};
use crate::check::database::Mechanism;
use crate::check::{self, DependentTree, ReleaseRange};
use crate::model::CoverageDomain;
use crate::model::{Changelog, FileChange, FileKind, MigrationHistory, Snapshot, Stage};
use crate::repository::{Changes, ReleasePair, Repository};
use globset::GlobSet;
use jiff::Timestamp;
use std::path::Path;
use std::time::Instant;

/// First-parent commits that are shown before the full list.
const QUICK: usize = 200;

/// Ends of files that a contract may be made of, beside those known by name.
const DESCRIPTIONS: [&str; 7] = [
    ".yaml", ".yml", ".json", ".xml", ".d.ts", ".d.mts", ".d.cts",
];

pub(super) fn run_changelog_stage(
    fixed: &Fixed<'_>,
    repository: &Repository,
    pair: &ReleasePair,
    only: Option<&GlobSet>,
    labels: Option<&LiveSource>,
) -> Option<Changelog> {
    let started = Instant::now();
    if fixed.step_by_step
        && let Ok(quick) = repository.quick_changelog(pair, QUICK)
    {
        let _order = fixed.lock();
        (fixed.progress)(Progress::Quick(quick));
    }
    match repository.changelog(pair) {
        Ok(mut log) => {
            let unused = match read_labels(labels) {
                Some(Ok(file)) => label_changelog(&mut log, &file),
                Some(Err(why)) => Some(why),
                None => None,
            };
            if let Some(only) = only {
                let before = log.entries.len();
                // an entry whose paths were cut may touch what is asked for, so it stays
                let keep = |entry: &crate::model::ChangelogEntry| {
                    entry.paths.iter().any(|path| only.is_match(path))
                        || (entry.path_count as usize) > entry.paths.len()
                };
                log.entries.retain(keep);
                log.lost.retain(keep);
                log.notes.push(format!(
                    "{} of {before} entries touch the chosen paths; the figures \
                    are those of the whole range",
                    log.entries.len()
                ));
            }
            fixed.end(Stage::Changelog, started, |growing| {
                let old = std::mem::replace(&mut growing.assessment.changelog, log.clone());
                let new = &mut growing.assessment.changelog;
                (
                    new.files_changed,
                    new.insertions,
                    new.deletions,
                    new.renames,
                ) = (
                    old.files_changed,
                    old.insertions,
                    old.deletions,
                    old.renames,
                );
                new.notes.extend(old.notes);
                growing.assessment.unchecked.extend(unused);
                growing.done.insert(Stage::Changelog);
            });
            Some(log)
        }
        Err(error) => {
            fixed.end(Stage::Changelog, started, |growing| {
                growing.assessment.unchecked.push(make_unchecked(
                    "changelog",
                    error.to_string(),
                    None,
                ))
            });
            None
        }
    }
}

pub(super) fn take_files(
    growing: &mut Growing,
    files: &[FileChange],
    changes: Changes,
    restricted_from: Option<usize>,
    by_path: bool,
) {
    let assessment = &mut growing.assessment;
    let log = &mut assessment.changelog;
    (
        log.files_changed,
        log.insertions,
        log.deletions,
        log.renames,
    ) = (
        changes.files_changed,
        changes.insertions,
        changes.deletions,
        changes.renames,
    );
    if let Some(all) = restricted_from {
        // the paths of a service say what belongs to it; those of --path only what was looked at
        growing.outside = if by_path {
            all.saturating_sub(files.len()) as u64
        } else {
            0
        };
        log.notes.push(format!(
            "{} of {all} changed files are below the chosen paths",
            files.len()
        ));
    }
    assessment.files = files.to_vec();
    assessment.kinds = kinds::count_changes_by_kind(files);
    assessment.unchecked.extend(changes.unchecked);
    growing.done.insert(Stage::Files);
}

pub(super) fn run_database_stage(
    fixed: &Fixed<'_>,
    range: &ReleaseRange<'_>,
    histories: &[MigrationHistory],
) {
    let started = Instant::now();
    let outcome = check::database::check_database_with_histories(range, histories);
    let summary = check::database::summary::summarize_database(&outcome);
    let marks = database_marks(&outcome, range.changes, range.current);
    fixed.end(Stage::Database, started, |growing| {
        growing.marks.extend(marks);
        growing.unsearched.extend(
            outcome
                .unsearched
                .into_iter()
                .map(|place| (CoverageDomain::Schema, place)),
        );
        let (findings, unchecked) = tell_counts(&outcome.migrations, &growing.counted);
        growing.assessment.findings.extend(findings);
        growing.assessment.unchecked.extend(unchecked);
        let observed = tell_rehearsals(&growing.rehearsed);
        growing.assessment.findings.extend(observed);
        growing.assessment.migrations = outcome.migrations;
        growing.assessment.findings.extend(outcome.findings);
        growing.assessment.unchecked.extend(outcome.unchecked);
        growing.database = Some(summary);
        growing.done.insert(Stage::Database);
    });
}

pub(super) fn run_contract_stage(
    fixed: &Fixed<'_>,
    range: &ReleaseRange<'_>,
    base: &Path,
    released: Option<Timestamp>,
) {
    let started = Instant::now();
    // a dependent's repository is opened only when a contract, or a fragment of one, may have
    // changed: work follows the change
    let named = |path: &str| {
        fixed
            .config
            .contracts
            .iter()
            .any(|contract| contract.path == path)
    };
    let described = |path: &str| DESCRIPTIONS.iter().any(|end| path.ends_with(end)) || named(path);
    let may_change = range
        .changes
        .iter()
        .any(|change| change.kind == FileKind::Contract || described(&change.path));
    let exist = has_contract(fixed, range.current) || has_contract(fixed, range.previous);
    let wanted: &[crate::model::Dependent] = if may_change {
        &fixed.config.dependents
    } else {
        &[]
    };
    let (open, mut failed) = dependents::open_dependents(wanted, base);
    let trees: Vec<DependentTree<'_>> = open
        .iter()
        .map(|dependent| DependentTree {
            name: dependent.name.clone(),
            tree: dependent
                .tree
                .as_ref()
                .map(|tree| tree.as_ref() as &dyn Snapshot),
            field: dependent
                .field
                .iter()
                .map(|(version, tree)| {
                    (
                        version.clone(),
                        tree.as_ref().map(|tree| tree.as_ref() as &dyn Snapshot),
                    )
                })
                .collect(),
            newer: dependent.time.zip(released).map(|(its, ours)| its > ours),
            matrix: dependent.matrix.clone(),
        })
        .collect();
    let outcome = check::contract::check_contracts(range, &trees);
    let summary = check::contract::summarise_contracts(&outcome, range.previous_version);
    let exist = exist || !outcome.contracts.is_empty();
    if outcome.contracts.is_empty() {
        failed.clear();
    }
    let marks = contract_marks(&outcome, range.changes);
    fixed.end(Stage::Contract, started, |growing| {
        growing.marks.extend(marks);
        growing.unsearched.extend(
            outcome
                .unsearched
                .into_iter()
                .map(|place| (CoverageDomain::Contract, place)),
        );
        growing.assessment.contracts = outcome.contracts;
        growing.assessment.findings.extend(outcome.findings);
        growing.assessment.unchecked.extend(outcome.unchecked);
        growing.assessment.unchecked.extend(failed);
        growing.contract = Some(summary);
        growing.contracts_exist = exist;
        growing.done.insert(Stage::Contract);
    });
}

pub(super) fn run_live_stage(
    fixed: &Fixed<'_>,
    range: &ReleaseRange<'_>,
    pair: &ReleasePair,
    look: &DeploymentInput<'_>,
    state_files: Vec<ReadLiveFile>,
) {
    let started = Instant::now();
    let DeploymentFindings {
        mut facts,
        mut findings,
        unchecked,
        process,
        grounds,
        rolled_back_before,
    } = deployment::assess_deployment(
        look,
        state_files,
        pair,
        range.previous,
        range.current,
        range.changes,
    );
    super::stored::leave_out_examples(&mut facts, &mut findings);
    fixed.end(Stage::Live, started, |growing| {
        growing.assessment.findings.extend(findings);
        growing.assessment.unchecked.extend(unchecked);
        growing.assessment.process = process;
        growing.assessment.way_back = grounds;
        growing.assessment.rolled_back_before = rolled_back_before;
        growing.deployment = facts;
        growing.done.insert(Stage::Live);
    });
}

/// Looks at every changed file by itself, and at how the program changes its schema.
pub(super) fn read_ledger(fixed: &Fixed<'_>, range: &ReleaseRange<'_>) -> (Ledger, Mechanism) {
    let mechanism = check::database::find_mechanism(range);
    let mut contracts: Vec<String> = [range.current, range.previous]
        .iter()
        .flat_map(|tree| {
            tree.list()
                .iter()
                .filter(|entry| fixed.kinds.kind(&entry.path) == FileKind::Contract)
                .map(|entry| entry.path.clone())
        })
        .collect();
    contracts.sort();
    contracts.dedup();
    let ledger = Ledger::read(
        range,
        &Surroundings {
            contracts,
            models_make_tables: mechanism.models,
        },
    );
    (ledger, mechanism)
}

fn has_contract(fixed: &Fixed<'_>, tree: &dyn Snapshot) -> bool {
    tree.list()
        .iter()
        .any(|entry| fixed.kinds.kind(&entry.path) == FileKind::Contract)
}

pub(super) fn run_surroundings_stage(
    fixed: &Fixed<'_>,
    range: &ReleaseRange<'_>,
    log: Option<&Changelog>,
    (ledger, stored): super::stored::Beside<'_>,
) {
    let started = Instant::now();
    let empty = Changelog::default();
    let outcome = check::surroundings::check_surroundings(range, log.unwrap_or(&empty));
    let marks = surroundings_marks(&outcome, range.changes);
    let (ledger, stored) = (ledger.join(), stored.join());
    fixed.end(Stage::Surroundings, started, |growing| {
        growing.marks.extend(marks);
        match ledger {
            Ok((ledger, mechanism)) => {
                (growing.ledger, growing.mechanism) = (Some(ledger), Some(mechanism))
            }
            Err(_) => growing
                .assessment
                .unchecked
                .push(super::stored::report_stopped_check(
                    "coverage",
                    "looking at the changed files stopped",
                )),
        }
        match stored {
            Ok(stored) => {
                growing.marks.extend(stored_marks(&stored, range.changes));
                growing.assessment.findings.extend(stored.findings);
                growing.assessment.unchecked.extend(stored.unchecked);
            }
            Err(_) => growing
                .assessment
                .unchecked
                .push(super::stored::report_stopped_check(
                    "stored forms",
                    "looking at what is stored stopped",
                )),
        }
        growing.assessment.findings.extend(outcome.findings);
        growing.assessment.unchecked.extend(outcome.unchecked);
        growing.done.insert(Stage::Surroundings);
    });
}
