//! Which column does a relation of Django stand for? `RemoveField('book', 'author')` names the field;
//! its column is `author_id`, unless the model names it otherwise. Only the earlier migrations say
//! that the field is a relation.

use std::rc::Rc;

use crate::reading::{DownMigration, MigrationReading};
use crate::schema::Schema;
use crate::step::{MigrationStep, SchemaAction as A};
use crate::unit::Unit;

/// Puts the columns of relations in place of their fields, in the order in which the units run.
pub(crate) fn name_relation_columns(before: &Schema, units: &mut [Unit]) {
    let mut schema = before.clone();
    for unit in units {
        let mut named: Vec<(usize, A)> = Vec::new();
        for (at, step) in unit.reading.up.steps.iter().enumerate() {
            let column = name_relation_column(&schema, &step.action);
            schema.apply(column.as_ref().unwrap_or(&step.action));
            named.extend(column.map(|action| (at, action)));
        }
        if named.is_empty() {
            continue;
        }
        // files of one text share what was read
        let reading = Rc::make_mut(&mut unit.reading);
        for (at, action) in named {
            if let Some(step) = reading.up.steps.get_mut(at) {
                let field = std::mem::replace(&mut step.action, action);
                let column = step.action.clone();
                name_way_back(reading, &field, &column);
            }
        }
    }
}

/// The way down names the same field.
fn name_way_back(reading: &mut MigrationReading, field: &A, column: &A) {
    let (DownMigration::Derived(script) | DownMigration::Written { script, .. }) =
        &mut reading.down
    else {
        return;
    };
    for MigrationStep { action, .. } in &mut script.steps {
        match (action, field, column) {
            (
                A::AddColumn { table, column, .. },
                A::DropColumn {
                    table: of,
                    column: field,
                },
                A::DropColumn { column: own, .. },
            ) if table == of && column.name == *field => column.name.clone_from(own),
            (
                A::RenameColumn { table, column, to },
                A::RenameColumn {
                    table: of,
                    column: field,
                    to: renamed,
                },
                A::RenameColumn {
                    column: own,
                    to: owned,
                    ..
                },
            ) if table == of && to == field && column == renamed => {
                column.clone_from(owned);
                to.clone_from(own);
            }
            _ => {}
        }
    }
}

/// The step on the column, where a step names a field that is no column of its table and whose
/// column refers to another table.
pub(crate) fn name_relation_column(schema: &Schema, action: &A) -> Option<A> {
    let (table, field) = match action {
        A::DropColumn { table, column } | A::RenameColumn { table, column, .. } => (table, column),
        _ => return None,
    };
    let entity = schema.table(table)?;
    // of a table that was not seen whole the field may be a column
    if entity.get(field).is_some() {
        return None;
    }
    let name = format!("{field}_id");
    entity.get(&name)?.column.references.as_ref()?;
    Some(match action {
        A::RenameColumn { table, to, .. } => A::RenameColumn {
            table: table.clone(),
            column: name,
            to: format!("{to}_id"),
        },
        _ => A::DropColumn {
            table: table.clone(),
            column: name,
        },
    })
}
