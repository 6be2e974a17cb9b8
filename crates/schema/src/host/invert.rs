//! The inverse that a framework derives by itself.

use super::super::step::{Column, MigrationStep, Name, SchemaAction as A, Script, Table};

/// Inverse steps, last first. Where there is no structural inverse nothing is done.
pub fn invert_steps(up: &[MigrationStep]) -> Script {
    let steps = up
        .iter()
        .rev()
        .filter_map(|step| {
            Some(MigrationStep {
                action: invert_action(&step.action)?,
                line: step.line,
                text: step.text.clone(),
                certain: step.certain,
            })
        })
        .collect();
    Script {
        steps,
        has_text: true,
        ..Script::default()
    }
}

/// Steps that the author states for the way back, and the steps up that they take back.
pub type StatedWay = (std::ops::Range<usize>, Vec<MigrationStep>);

/// Inverse steps, last first, with those that are stated at the place of what they take back.
pub fn invert_with_stated(up: &[MigrationStep], stated: Vec<StatedWay>) -> Script {
    let part = |range: std::ops::Range<usize>| invert_steps(up.get(range).unwrap_or_default());
    let mut end = up.len();
    let mut steps = Vec::new();
    for (place, back) in stated.into_iter().rev() {
        steps.extend(part(place.end..end).steps);
        steps.extend(back);
        end = place.start;
    }
    steps.extend(part(0..end).steps);
    Script {
        steps,
        has_text: true,
        ..Script::default()
    }
}

/// Inverse of one action.
pub fn invert_action(up: &A) -> Option<A> {
    Some(match up {
        A::CreateTable(table) => A::DropTable {
            table: table.name.clone(),
            if_exists: false,
            cascade: false,
        },
        // which columns the table had is not said here
        A::DropTable { table, .. } => A::CreateTable(Table {
            name: table.clone(),
            ..Table::default()
        }),
        A::RenameTable { table, to } => A::RenameTable {
            table: to.clone(),
            to: table.clone(),
        },
        A::AddColumn { table, column, .. } => A::DropColumn {
            table: table.clone(),
            column: column.name.clone(),
        },
        A::DropColumn { table, column } => A::AddColumn {
            table: table.clone(),
            // what type the column had is not said here
            column: Column::new(column.clone(), ""),
            if_not_exists: false,
        },
        A::RenameColumn { table, column, to } => A::RenameColumn {
            table: table.clone(),
            column: to.clone(),
            to: column.clone(),
        },
        A::SetNotNull { table, column } => A::DropNotNull {
            table: table.clone(),
            column: column.clone(),
        },
        A::DropNotNull { table, column } => A::SetNotNull {
            table: table.clone(),
            column: column.clone(),
        },
        A::CreateIndex(index) => A::DropIndex {
            // without a name nobody can say what to drop
            name: index.name.clone()?,
            table: Some(index.table.clone()),
        },
        A::RenameIndex { name, to } => A::RenameIndex {
            name: to.clone(),
            to: name.clone(),
        },
        A::AddConstraint { table, constraint } => A::DropConstraint {
            table: table.clone(),
            name: constraint.name.clone(),
            kind: Some(constraint.kind),
            columns: constraint.columns.clone(),
        },
        // what a replaced view was before is not said here
        A::CreateView {
            name,
            replace: false,
            ..
        } => A::DropView {
            name: name.clone(),
            if_exists: false,
        },
        A::CreateType { name, .. } => A::DropType { name: name.clone() },
        A::CreateExtension { name } => A::DropExtension {
            name: name.clone(),
            cascade: false,
        },
        A::CreateSequence { name } => A::DropSequence { name: name.clone() },
        A::CreateSchema { name } => A::DropSchema { name: name.clone() },
        A::CreateRoutine(routine) => A::DropRoutine {
            name: Name::clone(&routine.name),
            if_exists: false,
        },
        A::CreateTrigger { name, table, .. } => A::DropTrigger {
            name: name.clone(),
            table: Some(table.clone()),
        },
        _ => return None,
    })
}
