//! Migrations: found, understood, judged for the way back.
//!
//! `tool` declares the migration tools · `layout` finds files and tells what of the range is new to
//! the tool · `read`, `sql` and `host` turn text into steps · `schema` plays steps, so that the previous schema and the net effect of
//! the range are known · `usage` asks the previous release what it uses, `control` whether its
//! answer tells something · `judge` decides · `down` looks at the way down · `start_gate` asks
//! whether the previous release would start · `snapshot` holds the schema that a tool keeps against
//! them · `finding` and `summary` say it.

mod checks;
mod client;
mod compatibility;
mod control;
pub mod counting;
mod database_signs;
mod derived_kind;
mod dialect;
mod down;
mod down_alike;
mod down_back;
mod down_dialect;
mod down_leftovers;
mod down_loss;
mod down_rows;
mod down_values;
mod driver;
mod edited_list;
mod embedded;
mod embedded_edits;
mod enumeration;
mod finding;
mod hollow;
mod host;
mod judge;
mod layout;
mod library;
mod liquibase;
mod mapped_statements;
mod mechanism;
mod mechanism_words;
mod migration_file;
mod object;
mod operation;
mod order;
mod played_set;
mod question;
mod ran;
mod read;
mod reading;
pub mod rehearsing;
mod relation_column;
mod rewriting;
mod schema;
mod schema_entity;
mod schema_names;
mod schema_play;
mod set;
mod shared;
mod snapshot;
mod sql;
mod sql_sections;
mod start_gate;
mod step;
pub mod summary;
#[cfg(test)]
mod tests;
mod text_cache;
mod tool;
mod tree_path;
mod unit;
mod usage;
mod wanted;

use played_set::{PlayedSet, is_run_on_deploy};
use std::collections::BTreeMap;

use coverage::{DatabaseOutcome, ReleaseRange};
use dialect::Dialect;
use judge::JudgeInput;
use layout::Manifest;
use migration_file::MatchedMigration;
use model::{
    CheckDeclaration, Evidence, Finding, Framework, Migration, MigrationHistory, OpenPlace,
    RollbackEffect, Severity, Snapshot, Unchecked,
};
use operation::OperationKind;
use set::Set;
use usage::PreviousUsage;

pub use mechanism::{Mechanism, find_mechanism};

/// Judges every migration that differs between the two releases, as if all of them had run.
pub fn check_database(range: &ReleaseRange<'_>) -> DatabaseOutcome {
    check_database_with_histories(range, &[])
}

/// Judges the migrations that differ between the two releases; those that did not run by one of
/// the histories change nothing.
pub fn check_database_with_histories(
    range: &ReleaseRange<'_>,
    histories: &[MigrationHistory],
) -> DatabaseOutcome {
    let (old, new) = (
        Manifest::read(range.previous, &range.config.database),
        Manifest::read(range.current, &range.config.database),
    );
    let (found, mut unchecked) = layout::find_changed_migrations(range, &old, &new);
    let mut sets: Vec<Set> = group_by_set(found)
        .filter_map(|found| Set::build(range, &old, &new, found, &mut unchecked))
        .collect();
    let ran = ran::mark_what_ran(&mut sets, range, (&old, &new), histories);
    let played: Vec<PlayedSet<'_>> = sets.iter().map(|set| PlayedSet::new(set, &old)).collect();
    let groups: Vec<control::ControlGroup> = played
        .iter()
        .map(|played| control::ControlGroup::choose(&played.set.before, &played.after))
        .collect();
    let names = wanted::collect_wanted_names(
        played
            .iter()
            .zip(&groups)
            .map(|(played, group)| (played.set, group)),
    );
    let signs = start_gate::Signs::of(sets.iter(), range, &old);
    // one search of the tree answers all sets, and finds what checks the schema at the start
    let (usage, signed) = PreviousUsage::search(
        range.previous,
        &names,
        &signs.words,
        start_gate::is_start_file,
    );
    unchecked.extend(usage.unchecked.iter().cloned());
    unchecked.extend(ran.unchecked);
    let program = PreviousProgram::find(range, &old, &sets, usage);
    let mut outcome = DatabaseOutcome {
        dialects: new.live().to_vec(),
        applied: ran.applied,
        ..DatabaseOutcome::default()
    };
    let (said, edits) = judge_played_sets(
        range,
        new.live(),
        &sets,
        &played,
        &groups,
        &program,
        &mut outcome.migrations,
    );
    for migration in &outcome.migrations {
        // what was not understood is said beside the verdict, never taken for fine
        note_unread(migration, &mut unchecked);
    }
    outcome.findings = finding::of_steps(said);
    outcome.unsearched = program
        .usage
        .left_open()
        .iter()
        .map(|error| OpenPlace::unsearched(error, range.previous_version))
        .collect();
    outcome.findings.extend(ran.findings);
    outcome
        .findings
        .extend(find_kept_disagreements(range, &played, &mut unchecked));
    let compared = note_start_gates(&mut outcome, (&signs, &signed), &sets, range, histories);
    outcome.findings.extend(new_database(&sets, range));
    note_row_rewrites(&mut outcome, &sets, range);
    unchecked.extend(compared);
    outcome
        .findings
        .extend(finding::of_files(&outcome.migrations, &edits));
    outcome
        .findings
        .extend(all_safe(&outcome.migrations, range.previous_version));
    // an order that does not hang on the sets, so that two runs give the same text
    outcome.findings.sort_by(|a, b| {
        (a.severity, &a.check, &a.subject).cmp(&(b.severity, &b.check, &b.subject))
    });
    unchecked.sort();
    unchecked.dedup();
    outcome.unchecked = unchecked;
    outcome
}

/// Migrations that run against one database, Liquibase's last: its change sets come from
/// changelogs, not from files of their own.
fn group_by_set(found: Vec<MatchedMigration>) -> impl Iterator<Item = Vec<MatchedMigration>> {
    let mut by_set: BTreeMap<(u8, String), Vec<MatchedMigration>> = BTreeMap::new();
    for found in found {
        by_set
            .entry((
                u8::from(found.place.framework == Framework::Liquibase),
                found.place.set.clone(),
            ))
            .or_default()
            .push(found);
    }
    by_set.into_values()
}

/// What judging asks of the program of the previous release, besides its schema.
struct PreviousProgram<'a> {
    manifest: &'a Manifest,
    usage: PreviousUsage<'a>,
    /// Where it switches MySQL's strict mode off.
    lenient: Option<Evidence>,
    /// Where it is told to hold its classes against the schema when it starts.
    validates: Option<Evidence>,
    drivers: driver::SourceDrivers,
    libraries: library::LibraryLookup<'a>,
}

impl<'a> PreviousProgram<'a> {
    fn find(
        range: &ReleaseRange<'a>,
        old: &'a Manifest,
        sets: &[Set],
        usage: PreviousUsage<'a>,
    ) -> Self {
        // strict mode is MySQL's alone; an unknown database may be MySQL
        let mysql = sets
            .iter()
            .any(|set| matches!(set.dialect, Dialect::MySql | Dialect::Unknown));
        let retyped = sets.iter().flat_map(|set| &set.units).any(|unit| {
            unit.reading.up.steps.iter().any(|step| {
                matches!(
                    step.action,
                    step::SchemaAction::ChangeType { .. }
                        | step::SchemaAction::RestateColumn { .. }
                )
            })
        });
        // the search for drivers reads all program text, and only a changed type needs it
        let drivers = if retyped {
            driver::SourceDrivers::find(range.previous)
        } else {
            driver::SourceDrivers::default()
        };
        Self {
            manifest: old,
            usage,
            lenient: mysql.then(|| lenient_mysql(range.previous)).flatten(),
            validates: client::find_validation(old, range.previous),
            drivers,
            libraries: library::LibraryLookup::new(old, range.previous),
        }
    }

    fn client(&self, dialect: Dialect) -> client::ClientHabits {
        client::ClientHabits::of(
            self.manifest,
            &self.drivers,
            self.validates.as_ref(),
            dialect,
        )
    }
}

/// Judges the migrations of every set. What is said, and the files that were edited after they
/// shipped, with whether only their formatting was.
fn judge_played_sets(
    range: &ReleaseRange<'_>,
    live: &[Dialect],
    sets: &[Set],
    played: &[PlayedSet<'_>],
    groups: &[control::ControlGroup],
    program: &PreviousProgram<'_>,
    migrations: &mut Vec<Migration>,
) -> (Vec<finding::JudgedStep>, Vec<(String, bool)>) {
    let mut said = Vec::new();
    let mut edits = Vec::new();
    for (played, group) in played.iter().zip(groups) {
        let dialect = played.set.dialect;
        // an unknown dialect counts as live: a database that nobody can name may be the one in use
        let is_live = live.is_empty() || dialect == Dialect::Unknown || live.contains(&dialect);
        let new_tables: Vec<String> = played
            .after
            .entities
            .iter()
            .filter(|entity| entity.alive && entity.old.is_none() && entity.stands_for.is_none())
            .map(|entity| entity.name.key())
            .collect();
        let case = JudgeInput {
            dialect,
            before: &played.set.before,
            after: &played.after,
            usage: &program.usage,
            previous: range.previous_version,
            models: played.set.framework == Framework::Django,
            lenient: program.lenient.as_ref(),
            client: program.client(dialect),
            framework: played.set.framework,
            new_tables: &new_tables,
            control: judge::Control::new(group),
            libraries: &program.libraries,
            known_tables: std::cell::OnceCell::new(),
            dependents: std::cell::OnceCell::new(),
            others: played.others(sets),
        };
        // of two programs with a table of one name, the one beside the migrations is meant
        if let Some(unit) = played.set.units.first() {
            program.usage.look_from(&unit.found.place.path);
        }
        played.judge(&case, range, is_live, migrations, &mut said, &mut edits);
    }
    (said, edits)
}

/// Where the migrations of the range and the schema that a tool keeps beside them disagree: it
/// holds all of the range, run or not.
fn find_kept_disagreements(
    range: &ReleaseRange<'_>,
    played: &[PlayedSet<'_>],
    unchecked: &mut Vec<Unchecked>,
) -> Vec<Finding> {
    // units that did not run are in the kept schema, so both would disagree for that reason alone
    let whole = |played: &&PlayedSet<'_>| played.set.units.iter().all(|unit| unit.ran.is_none());
    let kept: Vec<(&Set, snapshot::PlayedRange<'_>)> = played
        .iter()
        .filter(whole)
        .map(|played| (played.set, played.for_snapshots()))
        .collect();
    snapshot::find_snapshot_disagreements(range, &kept, unchecked)
}

/// Notes whether the previous release would start. Comparisons that were not understood come back.
fn note_start_gates(
    outcome: &mut DatabaseOutcome,
    (signs, signed): (&start_gate::Signs, &[model::Hit]),
    sets: &[Set],
    range: &ReleaseRange<'_>,
    histories: &[MigrationHistory],
) -> Vec<Unchecked> {
    let (mut gates, mut compared) = start_gate::find_start_gates(signs, signed, range);
    // in this order: what is live may show that a gate does not stop, and needs all gates
    compared.extend(start_gate::find_unexplained_edit(sets, range));
    gates.extend(start_gate::find_repaired_edit(sets, range));
    let (of_product, product_compared) = start_gate::find_product_gates(range);
    gates.extend(of_product);
    compared.extend(product_compared);
    start_gate::settle_by_what_is_live(&mut gates, sets, range, histories);
    // the first by name, so that the same range gives the same sentence
    outcome.start_not_understood = compared.iter().min().cloned();
    outcome.gate_tool = gates
        .iter()
        .find(|gate| gate.stops)
        .and_then(|gate| gate.runs);
    outcome
        .findings
        .extend(gates.into_iter().map(|gate| gate.finding));
    outcome.start_not_known = start_gate::not_known(signs, signed, range);
    compared
}

/// Whether a path is the schema that a migration tool keeps beside its migrations: it is held
/// against them, not judged by itself.
pub fn is_kept_schema(path: &str, tree: &dyn Snapshot) -> bool {
    snapshot::is_kept(path, tree)
}

/// What counting queries found, as a finding.
pub fn make_counted_finding(says: String, any: bool, places: Vec<Evidence>) -> Finding {
    let severity = if any {
        Severity::Warns
    } else {
        Severity::Notes
    };
    checks::COUNTED_ROWS.doc.make_finding(
        severity,
        model::Confidence::Proven,
        "counted rows",
        says,
        places,
    )
}

/// What a finding about a rehearsal on a database says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RehearsedFinding {
    /// A statement of previous fails on the new schema.
    StatementFailed,
    /// A statement of previous answers otherwise.
    StatementChanged,
    /// The rehearsal as a whole.
    Rehearsed,
    /// The ways down.
    WayDown,
}

/// What a rehearsal on a database saw, as a finding.
pub fn make_rehearsed_finding(
    about: RehearsedFinding,
    severity: Severity,
    subject: String,
    says: String,
    places: Vec<Evidence>,
) -> Finding {
    let check = match about {
        RehearsedFinding::StatementFailed => &checks::OLD_STATEMENT_FAILED,
        RehearsedFinding::StatementChanged => &checks::OLD_STATEMENT_CHANGED,
        RehearsedFinding::Rehearsed => &checks::REHEARSED,
        RehearsedFinding::WayDown => &checks::WAY_DOWN_REHEARSED,
    };
    let confidence = model::Confidence::Proven;
    check
        .doc
        .make_finding(severity, confidence, subject, says, places)
}

/// The database checks, ordered by id.
pub fn list_database_checks() -> Vec<CheckDeclaration> {
    checks::list_declared_checks()
}

/// Notes new program text that rewrites rows by itself.
fn note_row_rewrites(outcome: &mut DatabaseOutcome, sets: &[Set], range: &ReleaseRange<'_>) {
    let claimed = sets
        .iter()
        .flat_map(|set| &set.units)
        .map(|unit| unit.found.place.path.as_str())
        .collect();
    let (previous, current) = (range.previous_version, range.current_version);
    for rewrite in rewriting::find_row_rewrites(range, &claimed) {
        let says = format!(
            "{current} rewrites rows of {} here, outside any migration, and {previous} uses them; when it runs is not known",
            rewrite.of
        );
        outcome.rewritten_by_program.push(rewrite.place.clone());
        outcome
            .findings
            .push(checks::DATA_REWRITTEN.doc.make_finding(
                Severity::Warns,
                // a hint, since a walk over rows may be a command that nobody starts
                model::Confidence::Hint,
                rewrite.of,
                says,
                vec![rewrite.place],
            ));
    }
}

/// A database that the previous release does not have at all.
fn new_database(sets: &[Set], range: &ReleaseRange<'_>) -> Option<Finding> {
    let (previous, current) = (range.previous_version, range.current_version);
    let set = sets.iter().find(|set| set.before.fresh)?;
    let unit = set.units.iter().find(|unit| is_run_on_deploy(unit))?;
    let says = format!(
        "{previous} does not have this database: what {current} stores there is not seen once {previous} is back, and what it replaced may be out of date"
    );
    let place = Evidence::at(unit.found.place.path.as_str(), unit.reading.line);
    Some(checks::NEW_DATABASE.doc.make_finding(
        Severity::Notes,
        model::Confidence::Likely,
        set.set.clone(),
        says,
        vec![place],
    ))
}

/// A statement that was not understood is also something that was not checked.
fn note_unread(migration: &Migration, unchecked: &mut Vec<Unchecked>) {
    for operation in migration
        .operations
        .iter()
        .filter(|operation| operation.kind == OperationKind::Unknown)
        // a file of a thousand unread statements is one thing to look at
        .take(5)
    {
        unchecked.push(Unchecked {
            what: format!("{}:{}", migration.file, operation.line).into(),
            why: operation.why.clone().into(),
            settle_with: Some(
                "read the statement and say whether the previous release copes with it".into(),
            ),
        });
    }
}

/// One line for a range that does no harm.
fn all_safe(migrations: &[Migration], previous: &str) -> Option<Finding> {
    let runs: Vec<&Migration> = migrations
        .iter()
        .filter(|migration| !migration.operations.is_empty())
        .collect();
    if runs.is_empty()
        || runs
            .iter()
            .any(|migration| migration.rollback != RollbackEffect::Safe)
    // one operation in doubt is enough to say nothing
    {
        return None;
    }
    let says = if runs.len() == 1 {
        format!("as far as the migration goes, {previous} works on the schema that it leaves")
    } else {
        format!(
            "as far as the {} migrations go, {previous} works on the schema that they leave",
            runs.len()
        )
    };
    let evidence = runs
        .iter()
        .take(10)
        .map(|migration| Evidence::at(migration.file.as_str(), migration.line))
        .collect();
    // that nothing needs what is gone rests on a search, which is said
    let searched = runs
        .iter()
        .flat_map(|migration| &migration.operations)
        .find(|operation| {
            operation.kind.is_one_of(&[
                OperationKind::DropTable,
                OperationKind::DropColumn,
                OperationKind::DropView,
            ]) && operation.why.contains(judge::SEARCHED)
        });
    let (severity, says) = match searched {
        Some(operation) => (
            // a clean verdict that rests on not finding a name is worth a look
            Severity::Notes,
            format!(
                "{says}. {} is gone, and nothing was found that uses it: {}",
                operation.object, operation.why
            ),
        ),
        None => (Severity::Fine, says),
    };
    Some(checks::SAFE_FOR_OLD_CODE.doc.make_finding(
        severity,
        model::Confidence::Likely,
        "schema",
        says,
        evidence,
    ))
}

/// Where the previous release switches MySQL's strict mode off.
fn lenient_mysql(previous: &dyn Snapshot) -> Option<Evidence> {
    previous
        .list()
        .iter()
        .filter(|entry| {
            entry
                .path
                // settings of one program; more than a few are copies for tests
                .to_ascii_lowercase()
                .ends_with("config/database.php")
                || entry.path.ends_with("config/database.yml")
        })
        .take(4)
        .find_map(|entry| {
            let text = previous.read_text(&entry.path).ok()?;
            let line = text.lines().position(|line| {
                let line = line.replace(' ', "");
                line.contains("'strict'=>false")
                    || line.contains("\"strict\"=>false")
                    || line.contains("strict:false")
            })?;
            Some(
                Evidence::at(entry.path.as_str(), line + 1)
                    .with_excerpt(text.lines().nth(line).unwrap_or_default().trim()),
            )
        })
}
