//! `backout rehearse --database-url`: the migrations of both releases and previous's own statements
//! on a scratch database.

use std::process::ExitCode;

use anyhow::{Result, anyhow, bail};
use rehearsal::report::{DatabaseRehearsal, RehearsalResult};
use rehearsal::{
    DatabaseAddress, MigrationCommand, PlannedMigration, PlannedOldStatement, PlannedStatement,
    RehearsalPlan, SeedScript, TimeLimits, rehearse_on_database,
};
use serde::Serialize;

use super::database_text::write_database_rehearsal;
use super::disagree::{RehearsalDisagreement, list_disagreements};
use super::tool_command::{CommandSubject, ToolCommands, prepare_tool_commands};
use crate::assess::{self, Assessed};
use crate::check::ReleaseRange;
use crate::check::database::rehearsing::{
    PlacedStatement, RehearsedMigration, RehearsedSet, list_old_statements, list_rehearsed_sets,
    list_statements_of_text, list_tool_tables,
};
use crate::command::cli::{Common, OutputFormat, RehearseArgs};
use crate::command::output::{make_usage_error, print_output};
use crate::command::record::{self, SessionChoice};
use crate::command::situation::{self, Situation, StandardInput};
use crate::command::user_file::read_user_file;
use crate::model::{
    Dialect, RehearsalOutcome, escape_invisible, fact_key, process_fingerprint, visible_lines,
};
use crate::session::{self, EventKind, RehearsedPair};

/// Something does not hold.
const NO_GO: u8 = 12;
/// Nothing failed, and too little was seen.
const OPEN: u8 = 11;
/// Most surprises that are recorded.
const SURPRISES: usize = 20;

/// Runs it.
pub fn run_database_rehearsal(common: &Common, args: &RehearseArgs, url: &str) -> Result<ExitCode> {
    let address = read_address(url)?;
    let situation = Situation::new(common, &args.versions, StandardInput::Free)?;
    let checklist = situation::load_checklist_in_force(common)?;
    let mut assessed = assess::assess_release_pair(&situation.request, &|_| {})?;
    let sensed = assessed.assessment.clone();
    situation.decide(&mut assessed, &checklist);
    let commands = prepare_commands(&assessed, args, &address)?;
    let (mut plan, notes) = make_plan(&assessed, args, &address, commands.is_some())?;
    plan.command = commands
        .as_ref()
        .map(|commands| commands as &dyn MigrationCommand);
    let quiet = args.format == OutputFormat::Json;
    let mut seen = rehearse_on_database(&address, &plan, &mut |step| {
        if !quiet {
            tell!("backout: {}", visible_lines(step));
        }
    })
    .map_err(refuse_address)?;
    seen.notes.splice(0..0, notes);
    let disagreements = list_disagreements(&assessed.assessment.migrations, &seen);
    let kept = keep_rehearsal(&assessed, &seen);
    let recorded = record_session(&situation, &sensed, &checklist, &assessed, &seen);
    let mut told = String::new();
    match args.format {
        OutputFormat::Json => {
            told.push_str(&serde_json::to_string_pretty(&Told {
                result: name_result(seen.result()),
                rehearsal: &seen,
                disagreements: &disagreements,
            })?);
            told.push('\n');
        }
        _ => {
            told.push_str(&write_database_rehearsal(
                &seen,
                &disagreements,
                address.shown(),
            ));
            if let Ok(session) = &recorded {
                told.push_str(&format!("Recorded in session {session}.\n"));
            }
        }
    }
    print_output(&told)?;
    kept?;
    recorded?;
    Ok(match seen.result() {
        RehearsalResult::Held => ExitCode::SUCCESS,
        RehearsalResult::Open => ExitCode::from(OPEN),
        RehearsalResult::Broke => ExitCode::from(NO_GO),
    })
}

/// The address, or the variable that holds it.
fn read_address(url: &str) -> Result<DatabaseAddress> {
    let Some(name) = url.strip_prefix("env:") else {
        return DatabaseAddress::parse(url).map_err(refuse_address);
    };
    match std::env::var(name) {
        Ok(held) => DatabaseAddress::parse(&held).map_err(refuse_address),
        Err(_) => refuse_run(format!(
            "--database-url {}: this variable of the environment is not set",
            escape_invisible(url)
        )),
    }
}

/// What `--format json` prints.
#[derive(Serialize)]
struct Told<'a> {
    result: &'static str,
    rehearsal: &'a DatabaseRehearsal,
    disagreements: &'a [RehearsalDisagreement],
}

fn name_result(result: RehearsalResult) -> &'static str {
    match result {
        RehearsalResult::Held => "held",
        RehearsalResult::Open => "open",
        RehearsalResult::Broke => "broke",
    }
}

fn refuse_address(error: impl std::fmt::Display) -> anyhow::Error {
    make_usage_error(anyhow!("{error}"))
}

fn refuse_run<T>(text: String) -> Result<T> {
    Err(refuse_address(text))
}

/// The commands of `backout.yaml`, where the migrations are no SQL.
fn prepare_commands(
    assessed: &Assessed,
    args: &RehearseArgs,
    address: &DatabaseAddress,
) -> Result<Option<ToolCommands>> {
    let (repository, assessment) = (&assessed.repository, &assessed.assessment);
    let (previous, current) = (
        repository.snapshot(&assessment.previous)?,
        repository.snapshot(&assessment.current)?,
    );
    let running = assess::filter_production_changes(&assessment.files, &assessed.config);
    let range = ReleaseRange {
        previous: previous.as_ref(),
        current: current.as_ref(),
        changes: &running,
        config: &assessed.config,
        previous_version: assessment.previous.version.as_raw(),
        current_version: assessment.current.version.as_raw(),
    };
    let (sets, _) = list_rehearsed_sets(&range);
    let (set, _) = choose_set(sets, args.migrations.as_deref(), address, assessed)?;
    if set.not_sql.is_none() {
        return Ok(None);
    }
    prepare_tool_commands(
        &assessed.config,
        &CommandSubject {
            previous: (previous.as_ref(), assessment.previous.version.as_raw()),
            current: (current.as_ref(), assessment.current.version.as_raw()),
            steps: set.range.len(),
            address,
            limit: args.time_limit,
            yes: args.yes,
        },
    )
}

/// Everything that is run, and what of it could not be read.
fn make_plan<'a>(
    assessed: &Assessed,
    args: &RehearseArgs,
    address: &DatabaseAddress,
    by_command: bool,
) -> Result<(RehearsalPlan<'a>, Vec<String>)> {
    let (repository, assessment) = (&assessed.repository, &assessed.assessment);
    let (previous, current) = (
        repository.snapshot(&assessment.previous)?,
        repository.snapshot(&assessment.current)?,
    );
    let running = assess::filter_production_changes(&assessment.files, &assessed.config);
    let range = ReleaseRange {
        previous: previous.as_ref(),
        current: current.as_ref(),
        changes: &running,
        config: &assessed.config,
        previous_version: assessment.previous.version.as_raw(),
        current_version: assessment.current.version.as_raw(),
    };
    let (sets, unread) = list_rehearsed_sets(&range);
    let (set, others) = choose_set(sets, args.migrations.as_deref(), address, assessed)?;
    let mut notes: Vec<String> = unread
        .iter()
        .map(|one| {
            let what = one.what.shown();
            format!("{what}: {}", one.why.shown())
        })
        .collect();
    notes.extend(others.into_iter().map(|name| {
        format!(
            "{name} was not run, only {}; --migrations names another folder",
            set.set
        )
    }));
    if let Some(path) = set.not_sql.as_ref().filter(|_| !by_command) {
        return refuse_run(format!(
            "{} of {} is no file of SQL, so only its tool can run it; name the command as \
                `rehearsal: {{migrate: ..., rollback: ...}}` in backout.yaml",
            escape_invisible(path),
            set.framework.id()
        ));
    }
    let old = list_old_statements(
        previous.as_ref(),
        &assessed.config,
        address.kind().dialect(),
    );
    let seed_script = args
        .seed
        .as_deref()
        .map(|file| -> Result<SeedScript> {
            let text = read_user_file(file)?;
            Ok(SeedScript {
                path: file.display().to_string(),
                statements: list_statements_of_text(&text, address.kind().dialect())
                    .into_iter()
                    .map(convert_statement)
                    .collect(),
            })
        })
        .transpose()?;
    let plan = RehearsalPlan {
        program: format!("backout {}", env!("CARGO_PKG_VERSION")),
        previous: (
            assessment.previous.version.as_raw().to_owned(),
            assessment.previous.commit.clone(),
        ),
        current: (
            assessment.current.version.as_raw().to_owned(),
            assessment.current.commit.clone(),
        ),
        sets: vec![set.set.clone()],
        before: set.before.into_iter().map(convert_migration).collect(),
        range: set.range.into_iter().map(convert_migration).collect(),
        command: None,
        statements: old
            .statements
            .into_iter()
            .map(|one| PlannedOldStatement {
                path: one.path,
                line: one.line,
                text: one.text,
            })
            .collect(),
        put_together: old.put_together as u64,
        seed_script,
        steps: list_compatibility_steps(assessment),
        tool_tables: list_tool_tables(),
        rows: args.rows,
        seed: args.seed_number,
        limits: TimeLimits {
            statement: args.time_limit,
            ..TimeLimits::default()
        },
    };
    Ok((plan, notes))
}

/// The statements that the assessment offers for going back on the new schema.
fn list_compatibility_steps(assessment: &crate::model::Assessment) -> Vec<String> {
    let fact = assessment.facts.get(fact_key::DATABASE_COMPATIBILITY_STEP);
    let places = fact
        .map(|fact| fact.evidence.as_slice())
        .unwrap_or_default();
    let texts = places.iter().filter_map(|place| place.statement());
    texts
        .map(|text| text.trim().trim_end_matches(';').to_owned())
        .collect()
}

/// The one set of migrations that runs on this database.
fn choose_set(
    sets: Vec<RehearsedSet>,
    named: Option<&str>,
    address: &DatabaseAddress,
    assessed: &Assessed,
) -> Result<(RehearsedSet, Vec<String>)> {
    let (previous, current) = (
        &assessed.assessment.previous.version,
        &assessed.assessment.current.version,
    );
    let dialect = address.kind().dialect();
    let all: Vec<String> = sets
        .iter()
        .map(|set| format!("{} ({})", escape_invisible(&set.set), set.dialect.id()))
        .collect();
    if sets.is_empty() {
        return refuse_run(format!(
            "no migration lies between {previous} and {current}, so there is nothing to rehearse"
        ));
    }
    let mut fitting: Vec<RehearsedSet> = match named {
        Some(folder) => {
            let folder = folder.trim_end_matches('/');
            sets.into_iter().filter(|set| set.set == folder).collect()
        }
        None => sets
            .into_iter()
            .filter(|set| set.dialect == dialect || set.dialect == Dialect::Unknown)
            .collect(),
    };
    // what is written for this very database comes before what does not say
    if fitting.iter().any(|set| set.dialect == dialect) {
        fitting.retain(|set| set.dialect == dialect);
    }
    let names: Vec<String> = fitting
        .iter()
        .map(|set| escape_invisible(&set.set).into_owned())
        .collect();
    // the only one of files of SQL that has a history is the database's own; else the only one
    let is_sql = |set: &RehearsedSet| set.not_sql.is_none();
    let has_history = |set: &RehearsedSet| is_sql(set) && !set.before.is_empty();
    if fitting.len() > 1 && fitting.iter().filter(|set| has_history(set)).count() == 1 {
        fitting.retain(has_history);
    } else if fitting.len() > 1 && fitting.iter().filter(|set| is_sql(set)).count() == 1 {
        fitting.retain(is_sql);
    }
    if fitting.len() > 1 {
        return refuse_run(format!(
            "{} folders of migrations fit this database: {}; name one with --migrations",
            names.len(),
            names.join(", ")
        ));
    }
    match fitting.pop() {
        Some(set) => {
            let others = names
                .into_iter()
                .filter(|name| *name != escape_invisible(&set.set));
            let others = others.collect();
            Ok((set, others))
        }
        None => refuse_run(format!(
            "no migration between {previous} and {current} is for {}; there are {}",
            address.kind().name(),
            all.join(", ")
        )),
    }
}

fn convert_statement(statement: PlacedStatement) -> PlannedStatement {
    PlannedStatement {
        line: statement.line,
        text: statement.text,
    }
}

fn convert_migration(migration: RehearsedMigration) -> PlannedMigration {
    let list =
        |statements: Vec<PlacedStatement>| statements.into_iter().map(convert_statement).collect();
    PlannedMigration {
        path: migration.path,
        up: list(migration.up),
        down: migration
            .down
            .map(|(path, statements)| (path, list(statements))),
        alone: migration.alone,
    }
}

/// Keeps what was seen, for assessments of the same two commits.
fn keep_rehearsal(assessed: &Assessed, seen: &DatabaseRehearsal) -> Result<()> {
    let folder = session::find_rehearsals_folder()?;
    let pair = RehearsedPair {
        repository: assessed.repository.git_dir(),
        previous_commit: &seen.previous_commit,
        current_commit: &seen.current_commit,
    };
    let record = serde_json::to_vec(seen)?;
    session::keep_rehearsal(&folder, pair, &seen.engine.name.to_lowercase(), &record)?;
    Ok(())
}

/// A session of its own, so that it counts among the rehearsals of this process.
fn record_session(
    situation: &Situation,
    sensed: &crate::model::Assessment,
    checklist: &crate::checklist::Checklist,
    assessed: &Assessed,
    seen: &DatabaseRehearsal,
) -> Result<String> {
    let (mut journal, state) =
        record::open_or_begin_session(SessionChoice::New, &situation.opening(sensed, checklist))?;
    record::record_assessment(&mut journal, sensed)?;
    let outcome = match seen.result() {
        RehearsalResult::Held => RehearsalOutcome::Worked,
        RehearsalResult::Broke => RehearsalOutcome::Failed,
        RehearsalResult::Open => RehearsalOutcome::Stopped,
    };
    journal.append(
        EventKind::Rehearsed {
            outcome,
            surprises: list_surprises(seen).into_iter().map(Into::into).collect(),
            // how long it took on a scratch database says nothing of production
            steps: Vec::new(),
            process: process_fingerprint(&assessed.assessment.process),
            drill: None,
        },
        None,
        None,
    )?;
    journal.append(EventKind::closed(), None, None)?;
    if state.start.is_none() {
        bail!("the session of this rehearsal cannot be read");
    }
    Ok(record::read_session_id(&state))
}

/// What nobody had expected, a sentence each.
fn list_surprises(seen: &DatabaseRehearsal) -> Vec<String> {
    let mut out = Vec::new();
    if let Some(failure) = seen.up.failure() {
        out.push(format!(
            "{}:{} does not run: {}",
            failure.path, failure.line, failure.error
        ));
    }
    let told = &seen.statements;
    out.extend(
        told.fail
            .iter()
            .map(|one| format!("{}:{} fails: {}", one.path, one.line, one.how)),
    );
    out.extend(
        told.answer_otherwise
            .iter()
            .filter(|one| !one.only_more_columns)
            .map(|one| format!("{}:{}: {}", one.path, one.line, one.how)),
    );
    if let Some(failure) = seen.down.as_ref().and_then(|down| down.ran.failure()) {
        out.push(format!(
            "the way down {}:{} does not run: {}",
            failure.path, failure.line, failure.error
        ));
    }
    if seen.result() == RehearsalResult::Open {
        out.push("no statement of the previous release could be run".to_owned());
    }
    out.truncate(SURPRISES);
    out
}
