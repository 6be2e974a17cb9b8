//! Names to look for in the previous release.

use super::framework::Framework;
use super::schema::Schema;
use super::set::Set;
use super::step::{Action as A, Name};
use super::usage::Wanted;

/// All names that the judgement will ask about.
pub fn names<'a>(sets: impl Iterator<Item = (&'a Set, &'a Schema)>) -> Wanted {
    let mut wanted = Wanted::default();
    for (set, _) in sets {
        let models = set.framework == Framework::Django;
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
    match action {
        // Everything a table had may be missed after it was made anew.
        A::DropTable { table, .. } | A::RenameTable { table, .. } => {
            for state in set.before.table(table).into_iter().flat_map(|entity| &entity.columns) {
                wanted.column(&state.column.name);
            }
        }
        // The statement names no table; the old schema knows whose index it is.
        A::DropIndex { name, .. } => {
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

fn word(wanted: &mut Wanted, name: &Name) {
    wanted.word(&name.name);
    wanted.table(name, false);
}
