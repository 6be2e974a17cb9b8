//! What a way down loses.

use super::dialect::Dialect;
use super::schema::{Schema, TableEntity};
use super::step::{MigrationStep, SchemaAction as A, Script};
use std::collections::{HashMap, HashSet};

/// The living entities that carry the rows of others.
pub(super) struct Heirs<'a> {
    pub(super) schema: &'a Schema,
    /// The first living one that has a copy of each.
    pub(super) of: HashMap<usize, usize>,
}

impl<'a> Heirs<'a> {
    pub(super) fn of(schema: &'a Schema) -> Self {
        let mut of = HashMap::new();
        for (at, entity) in schema
            .entities
            .iter()
            .enumerate()
            .filter(|(_, entity)| entity.alive)
        {
            for source in &entity.copied {
                // the first copy has the rows that old code knew; later ones are copies of a copy
                of.entry(*source).or_insert(at);
            }
        }
        Self { schema, of }
    }

    /// The living entity that carries the rows of another one, or that one itself.
    pub(super) fn get(&self, id: usize) -> Option<&'a TableEntity> {
        let entity = self.schema.entity(id)?;
        if entity.alive {
            return Some(entity);
        }
        self.of.get(&id).and_then(|at| self.schema.entity(*at))
    }
}

/// Columns that an up adds, by table and name.
pub(super) struct Added(HashSet<(String, String)>);

impl Added {
    pub(super) fn by(up: &Script) -> Self {
        let column = |step: &MigrationStep| match &step.action {
            A::AddColumn { table, column, .. } => {
                Some((table.key(), column.name.to_ascii_lowercase()))
            }
            _ => None,
        };
        Self(up.steps.iter().filter_map(column).collect())
    }

    pub(super) fn has(&self, table: &super::step::Name, column: &str) -> bool {
        !self.0.is_empty() && self.0.contains(&(table.key(), column.to_ascii_lowercase()))
    }
}

/// Tables that steps are about, by their keys.
pub(super) fn collect_table_keys<'a>(
    steps: impl Iterator<Item = &'a MigrationStep>,
    table: impl Fn(&'a A) -> Option<&'a super::step::Name>,
) -> HashSet<String> {
    steps
        .filter_map(|step| table(&step.action))
        .map(super::step::Name::key)
        .collect()
}

/// What is lost when the down runs: rows written since, or rows that the up already destroyed.
pub(super) fn describe_lost_rows(
    up: &Script,
    down: &Script,
    before: &Schema,
    middle: &Schema,
    after: &Schema,
    dialect: Dialect,
) -> Option<String> {
    let heirs = Heirs::of(after);
    for (id, entity) in middle
        .entities
        .iter()
        .enumerate()
        // a table that nothing touched loses nothing
        .filter(|(id, entity)| entity.alive && !middle.shares_table(after, *id))
    {
        match heirs.get(id) {
            None => return Some(format!("what is in {} is lost", entity.name)),
            Some(kept) => {
                // Without knowing the successor's columns nothing is said about them, unless it is
                // the same table.
                let same = after.entities.get(id).is_some_and(|entity| entity.alive);
                let gone = entity.columns.iter().enumerate().find(|(at, state)| {
                    state.alive
                        && if same {
                            kept.columns.get(*at).is_none_or(|now| !now.alive)
                        } else {
                            kept.known && kept.get(&state.column.name).is_none()
                        }
                });
                if let Some((_, state)) = gone {
                    return Some(format!(
                        "what is in {}.{} is lost",
                        entity.name, state.column.name
                    ));
                }
                if let Some(why) = describe_narrowed_values(entity, kept, dialect) {
                    return Some(why);
                }
            }
        }
    }
    for step in down.effective() {
        match &step.action {
            A::Truncate { table } | A::Delete { table } => {
                return Some(format!("rows of {table} are removed"));
            }
            A::Insert { table, from, .. }
                // `INSERT .. SELECT .. WHERE` fills a table with some of the rows only
                if !from.is_empty() && step.text.to_ascii_uppercase().contains("WHERE") =>
            {
                return Some(format!("rows are left out when {table} is filled again"));
            }
            // an UPDATE that reads another table puts values back that were kept there
            A::Update { table, reads, .. } if reads.is_empty() => {
                return Some(format!("values in {table} are overwritten"));
            }
            _ => {}
        }
    }
    if loses_by_up_in(up, before, middle) {
        Some("what the up removed or overwrote does not come back".to_owned())
    } else {
        None
    }
}

pub(super) fn describe_narrowed_values(
    before: &TableEntity,
    after: &TableEntity,
    dialect: Dialect,
) -> Option<String> {
    before
        .columns
        .iter()
        .filter(|state| state.alive)
        .find_map(|state| {
            let now = after.get(&state.column.name)?;
            if now.column.data_type == state.column.data_type {
                return None;
            }
            // Where the database is not known, its type must be narrower in each.
            let known = [dialect];
            let dialects: &[Dialect] = if dialect == Dialect::Unknown {
                &[Dialect::MySql, Dialect::Postgres]
            } else {
                &known
            };
            let narrower = dialects.iter().all(|dialect| {
                super::judge::compare_types(
                    &state.column.data_type,
                    &now.column.data_type,
                    *dialect,
                ) == super::judge::TypeChange::Narrower
            });
            narrower.then(|| {
                format!(
                    "values in {}.{} that no longer fit are cut or refused",
                    before.name, state.column.name
                )
            })
        })
}

pub(super) fn loses_by_up(up: &Script, before: &Schema) -> bool {
    let mut middle = before.clone();
    for step in &up.steps {
        middle.apply(&step.action);
    }
    loses_by_up_in(up, before, &middle)
}

/// The up itself destroyed something that no down brings back.
pub(super) fn loses_by_up_in(up: &Script, before: &Schema, middle: &Schema) -> bool {
    // A table that no migration made is not new either.
    let old_table = |table: &super::step::Name| {
        before
            .table(table)
            .is_none_or(|entity| entity.old.is_some() || entity.stands_for.is_some())
    };
    let heirs = Heirs::of(middle);
    let added = Added::by(up);
    let gone = before
        .entities
        .iter()
        .enumerate()
        .filter(|(id, entity)| entity.alive && !before.shares_table(middle, *id))
        .any(|(id, entity)| match heirs.get(id) {
            None => true,
            Some(kept) => entity.columns.iter().enumerate().any(|(at, state)| {
                state.alive
                    && if kept.alive && middle.entities[id].alive {
                        kept.columns.get(at).is_none_or(|now| !now.alive)
                    } else {
                        kept.known && kept.get(&state.column.name).is_none()
                    }
            }),
        });
    gone || up.effective().any(|step| match &step.action {
        // Tables and columns whose definition was never seen are not in `before`.
        A::DropTable { table, .. } => {
            // with a replayed history every table is known, so one that is not there never was
            before.table(table).is_none() && middle.table(table).is_none() && !before.replayed
        }
        A::DropColumn { table, column } => {
            before
                .table(table)
                .is_none_or(|entity| entity.get(column).is_none() && !entity.known)
                && middle
                    .table(table)
                    .is_some_and(|entity| entity.get(column).is_none() && entity.old.is_some())
        }
        A::Truncate { table } | A::Delete { table } => old_table(table),
        A::Update {
            table,
            columns,
            fills_null,
            reads,
        } => {
            let new_only = !columns.is_empty()
                && columns.iter().all(|column| {
                    before.table(table).is_some_and(|entity| {
                        entity
                            .get(column)
                            .map_or(entity.known, |state| state.old.is_none())
                    }) || added.has(table, column)
                });
            // filling NULL, reading from elsewhere and writing new columns only take nothing from
            // old values
            old_table(table) && !fills_null && reads.is_empty() && !new_only
        }
        _ => false,
    })
}
