//! A set whose range was played on its history.

use crate::dialect::Dialect;
use crate::finding::JudgedStep;
use crate::judge::JudgeInput;
use crate::layout::Manifest;
use crate::operation::{KindOfAction, OperationKind};
use crate::reading::{Around, MigrationReading, MigrationSource};
use crate::schema::{Schema, Touched};
use crate::set::Set;
use crate::step::SchemaAction;
use crate::unit::Unit;
use coverage::ReleaseRange;
use model::{Evidence, Migration, MigrationChange, Operation, RollbackEffect};

/// A set whose range was played on its history.
pub(super) struct PlayedSet<'a> {
    pub(super) set: &'a Set,
    /// What the previous tree says of its tools.
    pub(super) old: &'a Manifest,
    pub(super) after: Schema,
    /// What each step of each unit touched.
    pub(super) touched: Vec<Vec<Touched>>,
    /// The way down of each unit, on the schema that the unit found.
    pub(super) downs: Vec<model::Down>,
}

impl<'a> PlayedSet<'a> {
    pub(super) fn new(set: &'a Set, old: &'a Manifest) -> Self {
        let mut after = set.before.clone();
        // where nothing has a way down the schema between migrations need not be kept
        let (mut touched, mut downs) = (Vec::new(), Vec::new());
        let any = set
            .units
            .iter()
            .any(|unit| unit.reading.down.needs_schema());
        let mut judge = crate::down::DownJudge::new(set.dialect, &set.before, any);
        for unit in &set.units {
            let runs = is_played(unit);
            let mut down = judge.judge(&unit.reading.up, &unit.reading.down, runs);
            // files of one text share what was read, and the path in it is that of the first
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
    pub(super) fn others(&self, sets: &[Set]) -> Vec<&'static str> {
        let others = sets
            .iter()
            .map(|set| set.dialect)
            .filter(|dialect| *dialect != self.set.dialect && *dialect != Dialect::Unknown);
        others.map(Dialect::id).collect()
    }

    /// What it does, for the schema that the tool keeps.
    pub(super) fn for_snapshots(&self) -> crate::snapshot::PlayedRange<'_> {
        crate::snapshot::PlayedRange {
            after: &self.after,
            units: self
                .set
                .units
                .iter()
                .filter(|unit| is_played(unit))
                .collect(),
        }
    }

    pub(super) fn judge(
        &self,
        case: &JudgeInput<'_>,
        range: &ReleaseRange<'_>,
        live: bool,
        out: &mut Vec<Migration>,
        said: &mut Vec<JudgedStep>,
        edits: &mut Vec<(String, bool)>,
    ) {
        for (at, unit) in self.set.units.iter().enumerate() {
            if !is_played(unit) {
                // an edit of what ran already runs nothing, and is told by itself
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
            if crate::edited_list::is_edited(range, unit) {
                edits.push((unit.path.clone(), false));
            }
            let mut operations = Vec::new();
            for (step, touched) in unit.reading.up.steps.iter().zip(&self.touched[at]) {
                // transactions and settings of the session would fill the list of a migration
                if step.action == SchemaAction::Nothing {
                    continue;
                }
                let verdict = crate::judge::judge_step(case, step, *touched);
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
                // on PostgreSQL this is the index that does not block writers
                let concurrently =
                    matches!(&step.action, SchemaAction::CreateIndex(index) if index.concurrently);
                operations.push(Operation {
                    kind: verdict.kind.into(),
                    object: model::escape_invisible(&object).into_owned(),
                    line: step.line,
                    rollback: verdict.rollback,
                    alone: crate::judge::alone::judge_operation_alone(OperationKind::of(
                        &step.action,
                    )),
                    on_deploy: crate::judge::alone::on_deploy(
                        verdict.kind,
                        self.set.dialect,
                        concurrently,
                    ),
                    revert: crate::judge::alone::judge_revert_effect(verdict.kind),
                    why: model::escape_invisible(&verdict.why).into_owned(),
                    used_by: verdict.used_by,
                    compatibility_step: verdict.step.as_deref().map(model::visible_lines),
                    query: verdict.ask.as_deref().map(model::visible_lines),
                });
            }
            // silence is no proof: what was not understood is doubt, never safe
            let mut down = self.downs[at].clone();
            let hollow = operations.is_empty();
            if hollow {
                operations.extend(crate::hollow::unknown_step(unit, range.current));
            }
            if hollow && !operations.is_empty() || is_unread(unit) {
                crate::hollow::doubt_way_down(&mut down, unit, range.current);
            }
            out.push(build_migration(unit, self.set.dialect, operations, down));
        }
    }
}

/// Nothing of the file was read, so that it has steps of which no text is known.
fn is_unread(unit: &Unit) -> bool {
    let steps = &unit.reading.up.steps;
    let unread = |step: &crate::step::MigrationStep| {
        matches!(step.action, SchemaAction::Unknown { .. }) && step.text.is_empty()
    };
    !steps.is_empty() && steps.iter().all(unread)
}

/// The unit runs when the new release is deployed, and nobody has seen that it did not.
pub(super) fn is_played(unit: &Unit) -> bool {
    // a state that is not known counts as run: only a migration that waits changes nothing
    let pending = |run: &model::MigrationRun| run.state == model::MigrationState::Pending;
    is_run_on_deploy(unit) && !unit.ran.as_ref().is_some_and(pending)
}

/// The unit runs when the new release is deployed.
pub(super) fn is_run_on_deploy(unit: &Unit) -> bool {
    matches!(
        unit.change,
        MigrationChange::Added | MigrationChange::RenamedRunsAgain
    ) || (unit.change == MigrationChange::Modified && unit.found.place.repeatable)
}

pub(super) fn build_migration(
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
        // no operation is no change; what was not understood has an operation of its own
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
        ran: unit.ran.clone(),
    }
}

/// What an operation is about, for people: `orders.note`, `orders`, `idx_orders_note`.
pub(super) fn name_operation_object(action: &SchemaAction) -> String {
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
pub(super) fn only_formatting(
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
    let before = crate::read::read_migration(&source, None);
    let actions = |reading: &MigrationReading| {
        reading
            .up
            .steps
            .iter()
            .map(|step| step.action.clone())
            .collect::<Vec<_>>()
    };
    let understood = |step: &crate::step::MigrationStep| {
        !matches!(
            step.action,
            SchemaAction::Unknown { .. } | SchemaAction::HostCode { .. }
        )
    };
    // an earlier text that was not understood may differ in what it does
    !before.up.steps.is_empty()
        && before.up.steps.iter().all(understood)
        && actions(&before) == actions(&unit.reading)
}
