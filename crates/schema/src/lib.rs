//! Migrations: found, understood, judged for the way back.
//!
//! `tool` declares the migration tools · `layout` finds files and tells what of the range is new to
//! the tool · `read`, `sql` and `host` turn text into steps · `schema` plays steps, so that the previous schema and the net effect of
//! the range are known · `usage` asks the previous release what it uses, `control` whether its
//! answer tells something · `judge` decides · `down` looks at the way down · `start_gate` asks
//! whether the previous release would start · `snapshot` holds the schema that a tool keeps against
//! them · `finding` and `summary` say it.

mod checks;
mod compatibility;
mod control;
mod dialect;
mod down;
mod down_rows;
mod embedded;
mod finding;
mod hollow;
mod host;
mod judge;
mod layout;
mod library;
mod liquibase;
mod mechanism;
mod migration_file;
mod object;
mod operation;
mod order;
mod question;
mod read;
mod reading;
mod schema;
mod schema_entity;
mod schema_names;
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

use std::collections::BTreeMap;

use checks::Check;
use coverage::{DatabaseOutcome, ReleaseRange};
use dialect::Dialect;
use finding::JudgedStep;
use judge::JudgeInput;
use layout::Manifest;
use migration_file::MatchedMigration;
use model::{
    CheckDoc, Evidence, Finding, Framework, Migration, MigrationChange, OpenPlace, Operation,
    RollbackEffect, Severity, Snapshot, Unchecked,
};
use operation::{KindOfAction, OperationKind};
use reading::{Around, MigrationReading, MigrationSource};
use schema::{Schema, Touched};
use set::Set;
use step::SchemaAction;
use unit::Unit;
use usage::PreviousUsage;

pub use mechanism::{Mechanism, find_mechanism};

/// Judges every migration that differs between the two releases.
pub fn check_database(range: &ReleaseRange<'_>) -> DatabaseOutcome {
    let (old, new) = (
        Manifest::read(range.previous, &range.config.database),
        Manifest::read(range.current, &range.config.database),
    );
    let (found, mut unchecked) = layout::find_changed_migrations(range, &old, &new);
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
    let sets: Vec<Set> = by_set
        .into_values()
        .filter_map(|found| Set::build(range, &old, &new, found, &mut unchecked))
        .collect();
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
    let (usage, signed) = PreviousUsage::search(
        range.previous,
        &names,
        &signs.words,
        start_gate::is_start_file,
    );
    unchecked.extend(usage.unchecked.iter().cloned());
    let mysql = played
        .iter()
        .any(|played| matches!(played.set.dialect, Dialect::MySql | Dialect::Unknown));
    let lenient = mysql.then(|| lenient_mysql(range.previous)).flatten();
    let typed = ["tokio-postgres", "diesel", "sqlx", "npgsql"]
        .into_iter()
        .find(|word| old.mentions(word));
    let libraries = library::LibraryLookup::new(&old, range.previous);
    let mut outcome = DatabaseOutcome {
        dialects: new.live().to_vec(),
        ..DatabaseOutcome::default()
    };
    let mut said = Vec::new();
    let mut edits = Vec::new();
    for (played, group) in played.iter().zip(&groups) {
        let live = new.live().is_empty()
            || played.set.dialect == Dialect::Unknown
            || new.live().contains(&played.set.dialect);
        let new_tables: Vec<String> = played
            .after
            .entities
            .iter()
            .filter(|entity| entity.alive && entity.old.is_none() && entity.stands_for.is_none())
            .map(|entity| entity.name.key())
            .collect();
        let case = JudgeInput {
            dialect: played.set.dialect,
            before: &played.set.before,
            after: &played.after,
            usage: &usage,
            previous: range.previous_version,
            models: played.set.framework == Framework::Django,
            lenient: lenient.as_ref(),
            typed,
            new_tables: &new_tables,
            control: judge::Control::new(group),
            libraries: &libraries,
            known_tables: std::cell::OnceCell::new(),
            others: played.others(&sets),
        };
        played.judge(
            &case,
            range,
            live,
            &mut outcome.migrations,
            &mut said,
            &mut edits,
        );
    }
    for migration in &outcome.migrations {
        note_unread(migration, &mut unchecked);
    }
    outcome.findings = finding::of_steps(said);
    outcome.unsearched = usage
        .left_open()
        .iter()
        .map(|error| OpenPlace::unsearched(error, range.previous_version))
        .collect();
    let kept: Vec<(&Set, snapshot::PlayedRange<'_>)> = played
        .iter()
        .map(|played| (played.set, played.for_snapshots()))
        .collect();
    outcome
        .findings
        .extend(snapshot::find_snapshot_disagreements(
            range,
            &kept,
            &mut unchecked,
        ));
    let (gates, compared) = start_gate::find_start_gates(&signs, &signed, range);
    outcome.start_not_understood = compared.iter().min().cloned();
    outcome.gate_tool = gates
        .iter()
        .find(|gate| gate.stops)
        .and_then(|gate| gate.runs);
    outcome
        .findings
        .extend(gates.into_iter().map(|gate| gate.finding));
    outcome.start_not_known = start_gate::not_known(&signs, &signed, range);
    outcome.findings.extend(new_database(&sets, range));
    unchecked.extend(compared);
    outcome
        .findings
        .extend(finding::of_files(&outcome.migrations, &edits));
    outcome
        .findings
        .extend(all_safe(&outcome.migrations, range.previous_version));
    outcome.findings.sort_by(|a, b| {
        (a.severity, &a.check, &a.subject).cmp(&(b.severity, &b.check, &b.subject))
    });
    unchecked.sort();
    unchecked.dedup();
    outcome.unchecked = unchecked;
    outcome
}

/// Whether a path is the schema that a migration tool keeps beside its migrations: it is held
/// against them, not judged by itself.
pub fn is_kept_schema(path: &str, tree: &dyn Snapshot) -> bool {
    snapshot::is_kept(path, tree)
}

/// Documentation of the database checks.
pub fn list_database_checks() -> Vec<CheckDoc> {
    checks::list_check_docs()
}

/// A set whose range was played on its history.
struct PlayedSet<'a> {
    set: &'a Set,
    /// What the previous tree says of its tools.
    old: &'a Manifest,
    after: Schema,
    /// What each step of each unit touched.
    touched: Vec<Vec<Touched>>,
    /// The way down of each unit, on the schema that the unit found.
    downs: Vec<model::Down>,
}

impl<'a> PlayedSet<'a> {
    fn new(set: &'a Set, old: &'a Manifest) -> Self {
        let mut after = set.before.clone();
        let (mut touched, mut downs) = (Vec::new(), Vec::new());
        let any = set
            .units
            .iter()
            .any(|unit| unit.reading.down.needs_schema());
        let mut judge = down::DownJudge::new(set.dialect, &set.before, any);
        for unit in &set.units {
            let runs = is_run_on_deploy(unit);
            let mut down = judge.judge(&unit.reading.up, &unit.reading.down, runs);
            if down.path.as_deref() == Some(&unit.read_as) {
                down.path = Some(unit.found.place.path.clone());
            }
            downs.push(down);
            touched.push(
                unit.reading
                    .up
                    .steps
                    .iter()
                    .map(|step| {
                        if runs {
                            after.apply(&step.action)
                        } else {
                            Touched::default()
                        }
                    })
                    .collect(),
            );
        }
        Self {
            set,
            old,
            after,
            touched,
            downs,
        }
    }

    /// Words of other databases of the repository.
    fn others(&self, sets: &[Set]) -> Vec<&'static str> {
        let others = sets
            .iter()
            .map(|set| set.dialect)
            .filter(|dialect| *dialect != self.set.dialect && *dialect != Dialect::Unknown);
        others.map(Dialect::id).collect()
    }

    /// What it does, for the schema that the tool keeps.
    fn for_snapshots(&self) -> snapshot::PlayedRange<'_> {
        snapshot::PlayedRange {
            after: &self.after,
            units: self
                .set
                .units
                .iter()
                .filter(|unit| is_run_on_deploy(unit))
                .collect(),
        }
    }

    fn judge(
        &self,
        case: &JudgeInput<'_>,
        range: &ReleaseRange<'_>,
        live: bool,
        out: &mut Vec<Migration>,
        said: &mut Vec<JudgedStep>,
        edits: &mut Vec<(String, bool)>,
    ) {
        for (at, unit) in self.set.units.iter().enumerate() {
            if !is_run_on_deploy(unit) {
                if unit.change == MigrationChange::Modified {
                    edits.push((
                        unit.path.clone(),
                        only_formatting(range, unit, self.set.dialect, self.old),
                    ));
                }
                out.push(build_migration(
                    unit,
                    self.set.dialect,
                    Vec::new(),
                    self.downs[at].clone(),
                ));
                continue;
            }
            let mut operations = Vec::new();
            for (step, touched) in unit.reading.up.steps.iter().zip(&self.touched[at]) {
                if step.action == SchemaAction::Nothing {
                    continue;
                }
                let verdict = judge::judge_step(case, step, *touched);
                let object = name_operation_object(&step.action);
                let place = Evidence::at(unit.found.place.path.as_str(), step.line)
                    .with_excerpt(&step.text);
                if let Some(check) = verdict.check {
                    said.push(JudgedStep {
                        check,
                        object: object.clone(),
                        effect: verdict.rollback,
                        why: verdict.why.clone(),
                        place,
                        used_by: verdict.used_by.clone(),
                        step: verdict.step.as_deref().map(model::visible_lines),
                        ask: verdict.ask.clone(),
                        live,
                    });
                }
                let concurrently =
                    matches!(&step.action, SchemaAction::CreateIndex(index) if index.concurrently);
                operations.push(Operation {
                    kind: verdict.kind.into(),
                    object: model::escape_invisible(&object).into_owned(),
                    line: step.line,
                    rollback: verdict.rollback,
                    alone: judge::alone::judge_operation_alone(OperationKind::of(&step.action)),
                    on_deploy: judge::alone::on_deploy(
                        verdict.kind,
                        self.set.dialect,
                        concurrently,
                    ),
                    revert: judge::alone::judge_revert_effect(verdict.kind),
                    why: model::escape_invisible(&verdict.why).into_owned(),
                    used_by: verdict.used_by,
                    compatibility_step: verdict.step.as_deref().map(model::visible_lines),
                    query: verdict.ask.as_deref().map(model::visible_lines),
                });
            }
            // silence is no proof: what was not understood is doubt, never safe
            let mut down = self.downs[at].clone();
            if operations.is_empty() {
                operations.extend(hollow::unknown_step(unit, range.current));
                if !operations.is_empty() {
                    hollow::doubt_way_down(&mut down, unit, range.current);
                }
            }
            out.push(build_migration(unit, self.set.dialect, operations, down));
        }
    }
}

/// The unit runs when the new release is deployed.
fn is_run_on_deploy(unit: &Unit) -> bool {
    matches!(
        unit.change,
        MigrationChange::Added | MigrationChange::RenamedRunsAgain
    ) || (unit.change == MigrationChange::Modified && unit.found.place.repeatable)
}

fn build_migration(
    unit: &Unit,
    dialect: Dialect,
    operations: Vec<Operation>,
    down: model::Down,
) -> Migration {
    let place = &unit.found.place;
    let rollback = operations
        .iter()
        .map(|operation| operation.rollback)
        .max()
        .unwrap_or(RollbackEffect::Safe);
    let change_set = unit
        .path
        .strip_prefix(place.path.as_str())
        .unwrap_or_default();
    Migration {
        path: unit.path.clone(),
        file: place.path.clone(),
        line: unit.reading.line,
        group: format!("{}{change_set}", place.group()),
        framework: place.framework.into(),
        version: unit.version.clone(),
        dialect: place.dialect.unwrap_or(dialect).into(),
        change: unit.change,
        from: unit.found.from.clone(),
        operations,
        rollback,
        down,
    }
}

/// What an operation is about, for people: `orders.note`, `orders`, `idx_orders_note`.
fn name_operation_object(action: &SchemaAction) -> String {
    use SchemaAction as A;
    match (
        action.table().filter(|table| !table.name.is_empty()),
        action.column(),
    ) {
        (Some(table), Some(column)) => return format!("{table}.{column}"),
        (Some(table), None) => {
            return match action {
                A::CreateIndex(index) => index
                    .name
                    .clone()
                    .unwrap_or_else(|| format!("{table} ({})", index.columns.join(", "))),
                A::DropIndex { name, .. }
                | A::CreateTrigger { name, .. }
                | A::DropTrigger { name, .. }
                | A::SwitchTrigger { name, .. } => name.clone(),
                A::AddConstraint { constraint, .. } => constraint
                    .name
                    .clone()
                    .unwrap_or_else(|| format!("{table} ({})", constraint.columns.join(", "))),
                A::DropConstraint {
                    name: Some(name), ..
                }
                | A::RenameConstraint { name, .. }
                | A::ValidateConstraint { name, .. } => name.clone(),
                _ => table.to_string(),
            };
        }
        _ => {}
    }
    match action {
        A::DropIndex { name, .. }
        | A::RenameIndex { name, .. }
        | A::DropTrigger { name, .. }
        | A::CreateSchema { name }
        | A::DropSchema { name }
        | A::RenameSchema { name, .. } => name.clone(),
        A::CreateExtension { name }
        | A::DropExtension { name, .. }
        | A::AlterExtension { name }
        | A::RareObject { name, .. }
        | A::Setting { name } => name.clone(),
        A::CreateType { name, .. }
        | A::DropType { name }
        | A::RenameType { name, .. }
        | A::AddEnumValue { name, .. }
        | A::RenameEnumValue { name, .. }
        | A::AlterType { name, .. } => name.to_string(),
        A::CreateView { name, .. }
        | A::DropView { name, .. }
        | A::RenameView { name, .. }
        | A::RefreshView { name }
        | A::DropRoutine { name, .. }
        | A::RenameRoutine { name, .. } => name.to_string(),
        A::CreateSequence { name }
        | A::DropSequence { name }
        | A::RenameSequence { name, .. }
        | A::AlterSequence { name } => name.to_string(),
        A::CreateRoutine(routine) => routine.name.to_string(),
        A::Grant { object } | A::Revoke { object } | A::Comment { object } => object.clone(),
        A::HostCode { what } => what.clone(),
        _ => String::new(),
    }
}

/// An edit that leaves all statements as they were.
fn only_formatting(
    range: &ReleaseRange<'_>,
    unit: &Unit,
    dialect: Dialect,
    manifest: &Manifest,
) -> bool {
    let place = &unit.found.place;
    let Ok(text) = range
        .previous
        .read_text(unit.found.from.as_deref().unwrap_or(&place.path))
    else {
        return false;
    };
    let source = MigrationSource {
        place,
        text: &text,
        dialect,
        around: Around {
            tree: range.previous,
            manifest,
        },
    };
    let before = read::read_migration(&source, None);
    let actions = |reading: &MigrationReading| {
        reading
            .up
            .steps
            .iter()
            .map(|step| step.action.clone())
            .collect::<Vec<_>>()
    };
    let understood = |step: &step::MigrationStep| {
        !matches!(
            step.action,
            SchemaAction::Unknown { .. } | SchemaAction::HostCode { .. }
        )
    };
    !before.up.steps.is_empty()
        && before.up.steps.iter().all(understood)
        && actions(&before) == actions(&unit.reading)
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
    Some(finding::make_schema_finding(
        Check::NewDatabase,
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
        .take(5)
    {
        unchecked.push(Unchecked {
            what: format!("{}:{}", migration.file, operation.line),
            why: operation.why.clone(),
            settle_with: Some(
                "read the statement and say whether the previous release copes with it".to_owned(),
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
    Some(finding::make_schema_finding(
        Check::SafeForOldCode,
        Severity::Fine,
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
