//! Names to look for in the previous release.

use super::framework::Framework;
use super::schema::{Entity, Schema};
use super::set::Set;
use super::step::{Action as A, Name};
use super::usage::Wanted;

/// All names that the judgement will ask about.
pub fn names<'a>(sets: impl Iterator<Item = (&'a Set, &'a Schema)>) -> Wanted {
    let mut wanted = Wanted::default();
    for (set, _) in sets {
        let models = set.framework == Framework::Django;
        // A dropped reference no longer takes rows along when those it refers to go.
        for step in set.units.iter().flat_map(|unit| &unit.reading.up.steps) {
            if let A::DropConstraint { table, .. } = &step.action {
                for parent in set.before.table(table).into_iter().flat_map(references) {
                    wanted.table(parent, models);
                }
            }
        }
        for step in set.units.iter().flat_map(|unit| &unit.reading.up.steps) {
            one(&mut wanted, &step.action, set, models);
        }
    }
    wanted
}

fn one(wanted: &mut Wanted, action: &A, set: &Set, models: bool) {
    if let Some(table) = action.table().filter(|table| !table.name.is_empty()) {
        wanted.table(table, models);
    }
    for parent in parents(action) {
        wanted.table(parent, models);
    }
    match action {
        // Everything a table had may be missed after it was made anew.
        A::DropTable { table, .. } | A::RenameTable { table, .. } => {
            for state in set.before.table(table).into_iter().flat_map(|entity| &entity.columns) {
                wanted.column(&state.column.name);
            }
        }
        // The statement names no table; the old schema knows whose index it is.
        A::DropIndex { name, .. } => {
            wanted.word(name);
            if let Some(index) = set.before.indexes.get(&name.to_lowercase()) {
                wanted.table(&index.table, models);
            }
        }
        A::AddColumn { .. } | A::ColumnOption { .. } => {}
        A::CreateView { name, .. } | A::DropView { name, .. } | A::RenameView { name, .. } => word(wanted, name),
        A::CreateRoutine(routine) => word(wanted, &routine.name),
        A::DropRoutine { name, .. } | A::RenameRoutine { name, .. } => word(wanted, name),
        A::CreateType { name, .. } | A::DropType { name } | A::RenameType { name, .. } => word(wanted, name),
        A::DropSequence { name } | A::RenameSequence { name, .. } => word(wanted, name),
        A::RenameEnumValue { value, .. } => wanted.word(value),
        A::DropSchema { name } | A::RenameSchema { name, .. } | A::RenameIndex { name, .. } | A::RenameConstraint { name, .. } => wanted.word(name),
        _ => {
            if let Some(column) = action.column() {
                wanted.column(column);
            }
        }
    }
}

/// Tables that a table refers to.
fn references(entity: &Entity) -> impl Iterator<Item = &Name> {
    let columns = entity.columns.iter().filter_map(|state| state.column.references.as_ref());
    columns.chain(entity.constraints.iter().filter_map(|constraint| constraint.references.as_ref()))
}

/// Tables that new references point to.
fn parents(action: &A) -> Vec<&Name> {
    match action {
        A::CreateTable(table) => table
            .columns
            .iter()
            .filter_map(|column| column.references.as_ref())
            .chain(table.constraints.iter().filter_map(|constraint| constraint.references.as_ref()))
            .collect(),
        A::AddColumn { column, .. } => column.references.iter().collect(),
        A::AddConstraint { constraint, .. } => constraint.references.iter().collect(),
        _ => Vec::new(),
    }
}

fn word(wanted: &mut Wanted, name: &Name) {
    wanted.word(&name.name);
    wanted.table(name, false);
}
