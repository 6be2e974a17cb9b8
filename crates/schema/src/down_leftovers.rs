//! What a way down leaves behind, does not bring back, or harms.

use super::down_loss::{Heirs, collect_table_keys};
use super::operation::{KindOfAction, OperationKind};
use super::schema::Schema;
use super::step::{MigrationStep, SchemaAction as A, Script};
use std::collections::HashSet;

/// What the down leaves behind or does not bring back.
pub(super) fn describe_leftovers(
    up: &Script,
    down: &Script,
    before: &Schema,
    middle: &Schema,
    after: &Schema,
) -> Option<String> {
    // the order is that of weight: a table that stays matters more than an index
    find_table_that_stays(before, middle, after)
        .or_else(|| super::down_rows::find_column_left_changed(up, before, middle, after))
        .or_else(|| find_table_not_back(before, middle, after))
        .or_else(|| find_index_left(before, middle, after))
        .or_else(|| find_program_not_back(before, middle, after))
        .or_else(|| find_value_that_stays(up, down))
}

/// A table or column that the up made, and that is still there.
fn find_table_that_stays(before: &Schema, middle: &Schema, after: &Schema) -> Option<String> {
    for (id, entity) in middle
        .entities
        .iter()
        .enumerate()
        // what both copies share was not touched, and most tables of a large schema were not
        .filter(|(id, entity)| entity.alive && !before.shares_table(middle, *id))
    {
        let made = before.entities.get(id).is_none_or(|was| !was.alive) && entity.old.is_none();
        if made
            && after.entities.get(id).is_some_and(|now| now.alive)
            // a table that was there under this name was made anew, and stays on purpose
            && before.table(&entity.name).is_none()
        {
            return Some(format!("the table {} stays", entity.name));
        }
        let (Some(was), Some(now)) = (before.entities.get(id), after.entities.get(id)) else {
            continue;
        };
        if was.alive && now.alive {
            let stays = entity
                .columns
                .iter()
                .enumerate()
                .skip(was.columns.len())
                .find(|(at, state)| {
                    state.alive
                        && state.old.is_none()
                        && state.known
                        && now.columns.get(*at).is_some_and(|now| now.alive)
                        // a column of that name was there before: it was made anew, and is no rest
                        // of the up
                        && was.get(&state.column.name).is_none()
                });
            if let Some((_, state)) = stays {
                return Some(format!(
                    "the column {}.{} stays",
                    entity.name, state.column.name
                ));
            }
        }
    }
    None
}

fn find_table_not_back(before: &Schema, middle: &Schema, after: &Schema) -> Option<String> {
    // no name was given or taken, so no table can be missing
    if before.shares_names(middle) {
        return None;
    }
    let gone = before
        .entities
        .iter()
        .filter(|entity| entity.alive)
        .find(|entity| {
            middle.table(&entity.name).is_none() && after.table(&entity.name).is_none()
        })?;
    Some(format!("the table {} does not come back", gone.name))
}

fn find_index_left(before: &Schema, middle: &Schema, after: &Schema) -> Option<String> {
    if before.indexes.same(&middle.indexes) {
        return None;
    }
    let stays = middle.indexes.keys().find(|name| {
        !before.indexes.contains_key(*name)
            && after.indexes.get(*name).is_some_and(|index| {
                // An index goes with the columns it is about.
                let gone = |column: &String| {
                    middle
                        .table(&index.table)
                        .is_some_and(|entity| entity.get(column).is_some())
                };
                after.table(&index.table).is_some_and(|entity| {
                    entity.alive
                        && !index
                            .columns
                            .iter()
                            .any(|column| entity.get(column).is_none() && gone(column))
                })
            })
    });
    if let Some(name) = stays {
        return Some(format!("the index {name} stays"));
    }
    let name = before
        .indexes
        .keys()
        .find(|name| !middle.indexes.contains_key(*name) && !after.indexes.contains_key(*name))?;
    // an index of a table that is gone cannot come back before its table does
    let table_gone = before
        .indexes
        .get(name)
        .is_some_and(|index| after.table(&index.table).is_none());
    (!table_gone).then(|| format!("the index {name} does not come back"))
}

/// A view or routine that the up dropped.
fn find_program_not_back(before: &Schema, middle: &Schema, after: &Schema) -> Option<String> {
    if !before.views.same(&middle.views)
        && let Some(name) = before
            .views
            .keys()
            .find(|name| !middle.views.contains_key(*name) && !after.views.contains_key(*name))
    {
        return Some(format!("the view {name} does not come back"));
    }
    if !before.routines.same(&middle.routines)
        && let Some(name) = before.routines.keys().find(|name| {
            !middle.routines.contains_key(*name) && !after.routines.contains_key(*name)
        })
    {
        return Some(format!("the routine {name} does not come back"));
    }
    None
}

/// PostgreSQL takes no value out of an enum: only a new type is without it.
fn find_value_that_stays(up: &Script, down: &Script) -> Option<String> {
    let value = up.effective().find_map(|step| {
        if let A::AddEnumValue { value, .. } = &step.action {
            Some(value.clone())
        } else {
            None
        }
    })?;
    // both are the ways by which a value is taken out: a type without it takes the place
    let made_anew = down
        .effective()
        .any(|step| matches!(step.action, A::DropType { .. } | A::CreateType { .. }));
    (!made_anew).then(|| format!("the value {value} stays in its type"))
}

/// What the down destroys that its up did not make.
pub(super) fn describe_harm(
    up: &Script,
    down: &Script,
    before: &Schema,
    middle: &Schema,
    after: &Schema,
) -> Option<String> {
    let (then_heirs, now_heirs) = (Heirs::of(middle), Heirs::of(after));
    let untouched = |id: usize| before.shares_table(middle, id) && before.shares_table(after, id);
    for (id, entity) in before
        .entities
        .iter()
        .enumerate()
        .filter(|(id, entity)| entity.alive && !untouched(*id))
    {
        let (was_there, is_there) = (
            then_heirs.get(id).is_some(),
            now_heirs.get(id).is_some() || after.table(&entity.name).is_some(),
        );
        if was_there && !is_there {
            return Some(format!(
                "it drops {}, which its up did not make",
                entity.name
            ));
        }
        let (Some(now), Some(then)) = (middle.entities.get(id), after.entities.get(id)) else {
            continue;
        };
        if now.alive && then.alive {
            let gone = entity.columns.iter().enumerate().find(|(at, state)| {
                state.alive
                    && now.columns.get(*at).is_some_and(|state| state.alive)
                    && then.columns.get(*at).is_some_and(|state| !state.alive)
                    && then.get(&state.column.name).is_none()
            });
            if let Some((_, state)) = gone {
                return Some(format!(
                    "it drops {}.{}, which its up did not make",
                    entity.name, state.column.name
                ));
            }
        }
    }
    // of these steps some are about no table that is known, and then about any
    let about = |wanted: &dyn Fn(&MigrationStep) -> bool| -> (bool, HashSet<String>) {
        let any = up
            .effective()
            .any(|step| wanted(step) && step.action.table().is_none());
        (
            any,
            up.effective()
                .filter(|step| wanted(step))
                .filter_map(|step| step.action.table())
                .map(super::step::Name::key)
                .collect(),
        )
    };
    let writes = |step: &MigrationStep| {
        matches!(
            step.action,
            A::Insert { .. }
                | A::Delete { .. }
                | A::Update { .. }
                | A::Truncate { .. }
                | A::HostCode { .. }
        )
    };
    let (written, loosened) = (about(&writes), about(&is_loosening_step));
    let creates = up
        .effective()
        .any(|step| matches!(step.action, A::CreateTable(_)));
    let within = |(any, keys): &(bool, HashSet<String>), table: &super::step::Name| {
        *any || keys.contains(&table.key())
    };
    let touched = |table: &super::step::Name| within(&written, table);
    // the up allows what the down must clean up before it can refuse it again
    let relaxes = |table: &super::step::Name| creates || within(&loosened, table);
    for step in down.effective() {
        match &step.action {
            A::Truncate { table } if before.table(table).is_some() => {
                return Some(format!("it removes all rows of {table}"));
            }
            A::Delete { table }
                if before
                    .table(table)
                    .is_some_and(|entity| entity.old.is_some() || entity.known)
                    && !touched(table)
                    && !relaxes(table) =>
            {
                return Some(format!(
                    "it removes rows of {table}, which its up did not add"
                ));
            }
            _ => {}
        }
    }
    None
}

/// The step allows what was refused before.
pub(super) fn is_loosening_step(step: &MigrationStep) -> bool {
    let kind = OperationKind::of(&step.action);
    matches!(
        kind,
        OperationKind::DropNotNull
            | OperationKind::DropUnique
            | OperationKind::DropCheck
            | OperationKind::DropConstraint
            | OperationKind::DropForeignKey
            | OperationKind::DropIndex
            | OperationKind::RestateColumn
            | OperationKind::AddEnumValue
            | OperationKind::WidenType
            | OperationKind::ChangeType
    )
}

/// A table or column that no migration made, that the up drops, and that the down does not bring
/// back.
pub(super) fn not_brought_back(
    up: &Script,
    before: &Schema,
    middle: &Schema,
    after: &Schema,
) -> Option<String> {
    // A table that the up put another one in the place of, and that is gone with it.
    let gone = collect_table_keys(up.effective(), |action| {
        if let A::DropTable { table, .. } = action {
            Some(table)
        } else {
            None
        }
    });
    let dropped = |name: &super::step::Name| gone.contains(&name.key());
    let heirs = Heirs::of(middle);
    let replaced = before.entities.iter().enumerate().find(|(id, entity)| {
        let name = &entity.name;
        entity.alive
            && !gone.is_empty()
            && dropped(name)
            && heirs.get(*id).is_none()
            // the name is taken by the table that the up put there
            && middle.table(name).is_some()
            && after.table(name).is_none()
            && !after.views.contains_key(&name.key())
    });
    if let Some((_, entity)) = replaced {
        return Some(format!(
            "the table {} that was there before does not come back",
            entity.name
        ));
    }
    let created = collect_table_keys(up.steps.iter(), |action| {
        if let A::CreateTable(created) = action {
            Some(&created.name)
        } else {
            None
        }
    });
    let made = |table: &super::step::Name| created.contains(&table.key());
    up.effective().find_map(|step| match &step.action {
        A::DropTable { table, .. }
            if before.table(table).is_none()
                // made and dropped in one migration: it was never there for previous
                && after.table(table).is_none()
                && !made(table)
                && !after.views.contains_key(&table.key()) =>
        {
            Some(format!("the table {table} does not come back"))
        }
        _ => None,
    })
}
