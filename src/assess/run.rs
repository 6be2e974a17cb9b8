//! The run: open, pair, then the stages side by side, each reported at the moment it ends.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use globset::GlobSet;
use jiff::Timestamp;

use super::config;
use super::coverage::{
    Grounds, contract_marks, database_marks, stored_marks, surroundings_marks, unchecked_places,
    unseen_schema,
};
use super::deployment::{self, DeploymentFindings, DeploymentInput};
use super::facts::{Material, derive_assessment_facts};
use super::hints::RevertHintBasis;
use super::kinds::{self, Kinds};
use super::observed::{CountedFile, CountingTime, list_counted_files, tell_counts};
use super::only_paths::{check_paths_exist, compile_path_restriction};
use super::opening::{known_environment, load_config_and_pair};
use super::sorted::sort_findings;
use super::{AssessError, Assessed, Progress, Request, dependents};
use crate::check::coverage::{Ledger, Mark, Surroundings};
use crate::check::database::Mechanism;
use crate::check::{self, DependentTree, ReleaseRange};
use crate::model::{
    Assessment, Changelog, Config, Fact, FileChange, FileKind, Snapshot, Stage, Timings, Unchecked,
};
use crate::model::{CoverageDomain, MOST_OPEN_PLACES, OpenPlace};
use crate::repository::{Cancel, Changes, ReleasePair, Repository, RepositoryError};

/// First-parent commits that are shown before the full list.
const QUICK: usize = 200;

/// Ends of files that a contract may be made of, beside those known by name.
const DESCRIPTIONS: [&str; 7] = [
    ".yaml", ".yml", ".json", ".xml", ".d.ts", ".d.mts", ".d.cts",
];

/// What grows while the stages run.
struct Growing {
    assessment: Assessment,
    done: BTreeSet<Stage>,
    database: Option<check::database::summary::DatabaseSummary>,
    contract: Option<check::contract::ContractSummary>,
    contracts_exist: bool,
    deployment: Vec<Fact>,
    ledger: Option<Ledger>,
    mechanism: Option<Mechanism>,
    /// What the checks took apart, until the ledger takes it in.
    marks: Vec<Mark>,
    /// Files that did not change and could not be searched, though a judgement rests on the
    /// search.
    unsearched: Vec<(CoverageDomain, OpenPlace)>,
    /// Rows that somebody counted on production.
    counted: Vec<CountedFile>,
    /// Changed files outside `--path`.
    outside: u64,
    /// The ledger is whole.
    joined: bool,
}

/// What does not change while they run.
struct Fixed<'a> {
    config: &'a Config,
    config_source: String,
    kinds: Kinds,
    at: Timestamp,
    began: Instant,
    progress: &'a (dyn Fn(Progress) + Sync),
    step_by_step: bool,
    growing: Mutex<Growing>,
}

impl Fixed<'_> {
    fn lock(&self) -> MutexGuard<'_, Growing> {
        self.growing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes in what a stage found, brings everything that follows from it up to date, and reports.
    /// The lock is held while reporting, so that reports come one at a time and each knows at
    /// least as much as the one before.
    fn end(&self, stage: Stage, began: Instant, take: impl FnOnce(&mut Growing)) {
        let mut growing = self.lock();
        take(&mut growing);
        if [
            Stage::Files,
            Stage::Database,
            Stage::Contract,
            Stage::Surroundings,
        ]
        .iter()
        .all(|stage| growing.done.contains(stage))
        {
            join_checks_into_ledger(&mut growing);
        }
        let timings = growing
            .assessment
            .timings
            .get_or_insert_with(Timings::default);
        timings
            .stages
            .insert(stage.id().to_owned(), measure_elapsed_millis(began));
        timings.total_ms = measure_elapsed_millis(self.began);
        let so_far = self.step_by_step.then(|| {
            self.refresh(&mut growing);
            Box::new(growing.assessment.clone())
        });
        (self.progress)(Progress::Stage(stage, so_far));
    }

    fn refresh(&self, growing: &mut Growing) {
        let hints = RevertHintBasis::new(&growing.assessment, &self.kinds);
        for entry in growing
            .assessment
            .changelog
            .entries
            .iter_mut()
            .chain(&mut growing.assessment.changelog.lost)
        {
            entry.areas = self.kinds.areas(&entry.paths);
            entry.if_reverted = hints.of(entry);
        }
        sort_findings(&mut growing.assessment.findings);
        growing.assessment.unchecked.sort();
        growing.assessment.unchecked.dedup();
        let facts = derive_assessment_facts(&Material {
            assessment: &growing.assessment,
            done: &growing.done,
            database: growing.database.as_ref(),
            contract: growing.contract.as_ref(),
            contracts_exist: growing.contracts_exist,
            config: self.config,
            config_source: &self.config_source,
            at: self.at,
            grounds: Grounds {
                ledger: growing.ledger.as_ref().filter(|_| growing.joined),
                mechanism: growing.mechanism.as_ref(),
                outside: growing.outside,
            },
            counted: &growing.counted,
        });
        deployment::merge_further_facts(&mut growing.assessment, facts, &growing.deployment);
    }
}

/// The ledger takes in what the checks said, once all of them have; what is open with a sign of its
/// own could not be checked.
fn join_checks_into_ledger(growing: &mut Growing) {
    let Growing {
        assessment,
        ledger: Some(ledger),
        mechanism,
        marks,
        unsearched,
        outside,
        joined,
        contracts_exist,
        ..
    } = growing
    else {
        return;
    };
    if std::mem::replace(joined, true) {
        return;
    }
    if let Some(mechanism) = mechanism {
        marks.extend(mechanism.marks.iter().cloned());
    }
    ledger.take(marks);
    ledger.unsearched = std::mem::take(unsearched);
    assessment.coverage = ledger.rows(mechanism.as_ref().map(|mechanism| mechanism.says.as_str()));
    for row in assessment.coverage.iter_mut().filter(|_| *outside > 0) {
        row.open += *outside;
        let why = "changed files outside the chosen paths were not looked at".to_owned();
        row.places.insert(
            0,
            OpenPlace {
                path: "outside the chosen paths".to_owned(),
                line: None,
                why,
            },
        );
        row.places.truncate(MOST_OPEN_PLACES);
    }
    let mut looked = ledger.looked_at();
    looked.open += *outside;
    assessment.looked_at = Some(looked);
    if let Some(says) = mechanism
        .as_ref()
        .and_then(|mechanism| unseen_schema(ledger, mechanism))
    {
        let settle_with = "say whether the previous release works on the schema as it is, or name the folder of the migrations as `database` in backout.yaml";
        assessment.unchecked.push(make_unchecked(
            "changes of the schema",
            says,
            Some(settle_with),
        ));
    }
    let found = unchecked_places(ledger, &assessment.unchecked);
    assessment.unchecked.extend(found);
    if !*contracts_exist && ledger.is_open(CoverageDomain::Contract) {
        assessment.unchecked.push(make_unchecked(
            "interfaces without a contract file",
            "neither release has a contract file, so what callers would miss was not looked at",
            Some("name the files as `contracts` in backout.yaml, or ask who calls this service"),
        ));
    }
}

fn measure_elapsed_millis(began: Instant) -> u64 {
    u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX)
}

fn make_unchecked(what: &str, why: impl Into<String>, settle_with: Option<&str>) -> Unchecked {
    Unchecked {
        what: what.to_owned(),
        why: why.into(),
        settle_with: settle_with.map(str::to_owned),
    }
}

/// See [`super::assess`].
pub(super) fn run_assessment(
    request: &Request,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<Assessed, AssessError> {
    let began = Instant::now();
    let repository = Repository::open(&request.repository)?;
    repository.cancel_by(request.cancel.clone());
    progress(Progress::Opened(repository.info().clone()));

    let (loaded, releases, pair) = load_config_and_pair(request, &repository)?;
    known_environment(request, &loaded.config)?;
    progress(Progress::Paired(pair.clone(), releases.clone()));

    let config = loaded.config;
    let restriction = compile_path_restriction(request, &config)?;
    let mut assessment = Assessment::new(
        repository.info().clone(),
        pair.previous.clone(),
        pair.current.clone(),
        pair.relation,
    );
    assessment.environment = request.environment.clone();
    assessment.only_paths.clone_from(&request.paths);
    assessment.unchecked = loaded.unchecked;
    assessment
        .unchecked
        .extend(super::unread::list_unread_history(
            repository.info(),
            &releases,
        ));
    let growing = Growing {
        assessment,
        done: BTreeSet::new(),
        database: None,
        contract: None,
        contracts_exist: false,
        deployment: Vec::new(),
        ledger: None,
        mechanism: None,
        marks: Vec::new(),
        unsearched: Vec::new(),
        counted: Vec::new(),
        outside: 0,
        joined: false,
    };
    let fixed = Fixed {
        config: &config,
        config_source: loaded
            .source
            .clone()
            .unwrap_or_else(|| config::NAME.to_owned()),
        kinds: Kinds::new(&config),
        at: Timestamp::now(),
        began,
        progress,
        step_by_step: request.step_by_step,
        growing: Mutex::new(growing),
    };
    let look = DeploymentInput {
        given: &request.live,
        config: &config,
        base: loaded.base.clone(),
        inside: request.config.is_none(),
        environment: request.environment.as_deref(),
        rehearsals: &request.rehearsals,
        now: fixed.at,
        config_source: &fixed.config_source,
    };
    let read = run_stages(
        &fixed,
        &repository,
        &pair,
        (restriction.as_ref(), &request.paths),
        &look,
    );
    repository.forget_contents();
    read?;
    if request.cancel.is_cancelled() {
        return Err(RepositoryError::Cancelled.into());
    }
    // what a screen reads later on is wanted
    repository.cancel_by(Cancel::default());

    // a stage that stopped leaves its domain open; the others still say what they took apart
    {
        let mut growing = fixed.lock();
        let whole = growing.joined && fixed.step_by_step;
        join_checks_into_ledger(&mut growing);
        if !whole {
            fixed.refresh(&mut growing);
        }
    }
    let growing = fixed
        .growing
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner);
    let mut assessment = growing.assessment;
    if let Some(timings) = &mut assessment.timings {
        timings.total_ms = measure_elapsed_millis(began);
    }
    Ok(Assessed {
        assessment,
        config,
        config_source: loaded.source,
        releases,
        repository,
        ledger: growing.ledger,
    })
}

fn run_stages(
    fixed: &Fixed<'_>,
    repository: &Repository,
    pair: &ReleasePair,
    (only, paths): (Option<&GlobSet>, &[String]),
    look: &DeploymentInput<'_>,
) -> Result<(), AssessError> {
    std::thread::scope(|scope| {
        let log = scope.spawn(|| run_changelog_stage(fixed, repository, pair, only));
        let state_files = scope
            .spawn(|| deployment::live_files(look.given, look.config, &look.base, look.inside));

        let started = Instant::now();
        let (previous, current) = (
            repository.snapshot(&pair.previous)?,
            repository.snapshot(&pair.current)?,
        );
        let mut changes = repository.changes(pair)?;
        let all = changes.files.len();
        check_paths_exist(paths, previous.as_ref(), current.as_ref(), all)?;
        if let Some(only) = only {
            changes.files.retain(|change| {
                only.is_match(&change.path)
                    || change
                        .old_path
                        .as_deref()
                        .is_some_and(|path| only.is_match(path))
            });
        }
        fixed.kinds.apply(&mut changes.files);
        let files = std::mem::take(&mut changes.files);
        fixed.end(Stage::Files, started, |growing| {
            take_files(
                growing,
                &files,
                changes,
                only.map(|_| all),
                !paths.is_empty(),
            )
        });

        let range = &ReleaseRange {
            previous: previous.as_ref(),
            current: current.as_ref(),
            changes: &files,
            config: fixed.config,
            previous_version: &pair.previous.version,
            current_version: &pair.current.version,
        };
        // migrations and contracts of examples, fixtures and developers' machines are nobody's,
        // unless backout.yaml names them
        let running: Vec<FileChange> =
            super::stored::filter_production_changes(range.changes, fixed.config);
        let running = &ReleaseRange {
            changes: &running,
            ..*range
        };
        // what ran decides what the database stage judges
        let state_files = state_files.join().unwrap_or_default();
        let (histories, unused) = deployment::list_migration_histories(
            &state_files,
            &pair.current,
            look.environment,
            fixed.at,
        );
        let (counted, old) = list_counted_files(
            &state_files,
            &CountingTime {
                now: fixed.at,
                deployed: deployment::find_deployed_time(&state_files, &pair.current),
                environment: look.environment,
            },
        );
        {
            let mut growing = fixed.lock();
            growing.assessment.unchecked.extend(unused);
            growing.assessment.unchecked.extend(old);
            growing.counted = counted;
        }
        std::thread::scope(|checks| {
            let database = checks.spawn(|| run_database_stage(fixed, running, &histories));
            let contract =
                checks.spawn(|| run_contract_stage(fixed, running, &look.base, pair.current.time));
            let live = checks.spawn(|| run_live_stage(fixed, range, pair, look, state_files));
            let ledger = checks.spawn(|| read_ledger(fixed, range));
            let stored = checks.spawn(|| check::stored::check_stored_forms(range));
            // security marks come from the messages, so the surroundings wait for the changelog
            let marks = log.join().unwrap_or_default();
            let around = checks.spawn(move || {
                run_surroundings_stage(fixed, range, marks.as_ref(), (ledger, stored))
            });
            for (stage, ended) in [
                (Stage::Database, database.join()),
                (Stage::Contract, contract.join()),
                (Stage::Live, live.join()),
                (Stage::Surroundings, around.join()),
            ] {
                if ended.is_err() {
                    record_stopped_stage(fixed, stage);
                }
            }
        });
        if !fixed
            .lock()
            .assessment
            .timings
            .as_ref()
            .is_some_and(|timings| timings.stages.contains_key(Stage::Changelog.id()))
        {
            record_stopped_stage(fixed, Stage::Changelog);
        }
        Ok(())
    })
}

/// A check that panics must not take the other answers with it, and must not be mistaken for one
/// that found nothing.
fn record_stopped_stage(fixed: &Fixed<'_>, stage: Stage) {
    fixed.end(stage, Instant::now(), |growing| {
        growing.assessment.unchecked.push(make_unchecked(
            stage.id(),
            "these checks stopped unexpectedly, which is a bug of backout",
            Some("report it with the output of `backout doctor`"),
        ));
    });
}

fn run_changelog_stage(
    fixed: &Fixed<'_>,
    repository: &Repository,
    pair: &ReleasePair,
    only: Option<&GlobSet>,
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
            if let Some(only) = only {
                let before = log.entries.len();
                // an entry whose paths were cut may touch what is asked for, so it stays
                let keep = |entry: &crate::model::ChangelogEntry| {
                    entry.paths.iter().any(|path| only.is_match(path))
                        || (entry.path_count as usize) > entry.paths.len()
                };
                log.entries.retain(keep);
                log.lost.retain(keep);
                log.notes.push(format!("{} of {before} entries touch the chosen paths; the figures are those of the whole range", log.entries.len()));
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

fn take_files(
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

fn run_database_stage(
    fixed: &Fixed<'_>,
    range: &ReleaseRange<'_>,
    histories: &[crate::model::MigrationHistory],
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
        growing.assessment.migrations = outcome.migrations;
        growing.assessment.findings.extend(outcome.findings);
        growing.assessment.unchecked.extend(outcome.unchecked);
        growing.database = Some(summary);
        growing.done.insert(Stage::Database);
    });
}

fn run_contract_stage(
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

fn run_live_stage(
    fixed: &Fixed<'_>,
    range: &ReleaseRange<'_>,
    pair: &ReleasePair,
    look: &DeploymentInput<'_>,
    state_files: Vec<super::live_file::ReadLiveFile>,
) {
    let started = Instant::now();
    let DeploymentFindings {
        mut facts,
        mut findings,
        unchecked,
        process,
        grounds,
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
        growing.deployment = facts;
        growing.done.insert(Stage::Live);
    });
}

/// Looks at every changed file by itself, and at how the program changes its schema.
fn read_ledger(fixed: &Fixed<'_>, range: &ReleaseRange<'_>) -> (Ledger, Mechanism) {
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

fn run_surroundings_stage(
    fixed: &Fixed<'_>,
    range: &ReleaseRange<'_>,
    log: Option<&Changelog>,
    (ledger, stored): super::stored::Beside<'_>,
) {
    let started = Instant::now();
    let empty = Changelog::default();
    let outcome = check::surroundings::check_surroundings(range, log.unwrap_or(&empty));
    let marks = surroundings_marks(&outcome.unchecked, range.changes);
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
