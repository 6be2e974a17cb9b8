//! The run: open, pair, then the stages side by side, each reported at the moment it ends.

use super::growing::{Fixed, Growing, finish_growing, make_unchecked, measure_elapsed_millis};
use super::stages::{
    read_ledger, run_changelog_stage, run_contract_stage, run_database_stage, run_live_stage,
    run_surroundings_stage, take_files,
};
use std::sync::Mutex;
use std::time::Instant;

use globset::GlobSet;
use jiff::Timestamp;

use super::config;
use super::deployment::{self, DeploymentInput};
use super::kinds::Kinds;
use super::live_file::ReadLiveFile;
use super::memory::RollbackMemory;
use super::observed::{CountingTime, list_counted_files};
use super::only_paths::{check_paths_exist, compile_path_restriction};
use super::opening::{known_environment, load_config_and_pair};
use super::rehearsed::read_rehearsals;
use super::{AssessError, Assessed, LiveSource, Progress, Request};
use crate::check::{self, ReleaseRange};
use crate::model::{Assessment, FileChange, MigrationHistory, Stage};
use crate::repository::{Cancel, ReleasePair, Repository, RepositoryError};
use crate::session::RehearsedPair;

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
    let mut assessment = begin_assessment(request, &repository, &pair);
    assessment.unchecked = loaded.unchecked;
    assessment
        .unchecked
        .extend(super::unread::list_unread_history(
            repository.info(),
            &releases,
        ));
    let mut growing = Growing::new(assessment);
    growing.labelled = request.labels.is_some();
    growing.rehearsed = read_rehearsals(
        request.rehearsed.as_deref(),
        RehearsedPair {
            repository: repository.git_dir(),
            previous_commit: &pair.previous.commit,
            current_commit: &pair.current.commit,
        },
        &config,
    );
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
        memory: RollbackMemory {
            sessions: &request.past_rollbacks,
            own_session: request.own_session.as_deref(),
            service: request.service.as_deref(),
            folder: crate::model::folder_name(&repository.info().path),
            releases: &releases.releases,
        },
        now: fixed.at,
        config_source: &fixed.config_source,
    };
    let read = run_stages(
        &fixed,
        &repository,
        &pair,
        (restriction.as_ref(), &request.paths),
        (&look, request.labels.as_ref()),
    );
    repository.forget_contents();
    read?;
    if request.cancel.is_cancelled() {
        return Err(RepositoryError::Cancelled.into());
    }
    // what a screen reads later on is wanted
    repository.cancel_by(Cancel::default());

    let growing = finish_growing(fixed);
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

/// An assessment of this pair in which nothing is known yet.
fn begin_assessment(request: &Request, repository: &Repository, pair: &ReleasePair) -> Assessment {
    let mut assessment = Assessment::new(
        repository.info().clone(),
        pair.previous.clone(),
        pair.current.clone(),
        pair.relation,
    );
    assessment.environment = request.environment.clone();
    assessment.only_paths.clone_from(&request.paths);
    assessment
}

fn run_stages(
    fixed: &Fixed<'_>,
    repository: &Repository,
    pair: &ReleasePair,
    (only, paths): (Option<&GlobSet>, &[String]),
    (look, labels): (&DeploymentInput<'_>, Option<&LiveSource>),
) -> Result<(), AssessError> {
    std::thread::scope(|scope| {
        let log = scope.spawn(|| run_changelog_stage(fixed, repository, pair, only, labels));
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
            previous_version: pair.previous.version.as_raw(),
            current_version: pair.current.version.as_raw(),
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
        let histories = take_state_files(fixed, pair, look.environment, &state_files);
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

/// Takes in the rows that state files count; returns the migrations that they say ran.
fn take_state_files(
    fixed: &Fixed<'_>,
    pair: &ReleasePair,
    environment: Option<&str>,
    state_files: &[ReadLiveFile],
) -> Vec<MigrationHistory> {
    let (histories, unused) =
        deployment::list_migration_histories(state_files, &pair.current, environment, fixed.at);
    let (counted, old) = list_counted_files(
        state_files,
        &CountingTime {
            now: fixed.at,
            deployed: deployment::find_deployed_time(state_files, &pair.current),
            environment,
        },
    );
    let mut growing = fixed.lock();
    growing.assessment.unchecked.extend(unused);
    growing.assessment.unchecked.extend(old);
    growing.counted = counted;
    histories
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
