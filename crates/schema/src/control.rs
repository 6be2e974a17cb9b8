//! A search in vain needs a control: "not found in the code of the previous release" tells
//! something only where the same search finds what that release certainly has. The control group
//! are tables of its schema, and columns of those that are found, which the range leaves alone;
//! they are looked for in the same pass.

use std::rc::Rc;

use super::derived_kind::{DerivedKind, find_derived_kind};
use super::schema::Schema;
use super::step::Name;
use super::usage::PreviousUsage;

/// Most tables of a control group.
const TABLES: usize = 200;

/// Most columns of a control group.
const COLUMNS: usize = 400;

/// Most columns that one table gives to it.
const OF_ONE_TABLE: usize = 12;

/// A smaller group says nothing.
const ENOUGH: usize = 5;

/// Of a hundred, how many must be found.
const RATE: usize = 60;

/// Columns that stand in nearly every table and every program: finding them says nothing about the
/// search.
const EVERYWHERE: [&str; 22] = [
    "id", "name", "type", "kind", "state", "status", "value", "data", "key", "code", "date",
    "time", "title", "text", "url", "path", "size", "count", "order", "user", "created", "updated",
];

/// What the previous schema has before and after, and the range leaves alone.
#[derive(Debug, Default)]
pub struct ControlGroup {
    /// Tables.
    pub tables: Vec<Name>,
    /// Columns by table.
    pub columns: Vec<(Name, Vec<String>)>,
}

/// How many of a control group are found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rate {
    /// Found.
    pub found: usize,
    /// Looked for.
    pub of: usize,
}

impl Rate {
    /// A search in vain beside it tells something.
    pub fn tells(self) -> bool {
        self.of >= ENOUGH && self.found * 100 >= self.of * RATE
    }
}

impl ControlGroup {
    /// Chosen evenly and always alike.
    pub fn choose(before: &Schema, after: &Schema) -> Self {
        // only what the range leaves alone shows how well the search works: what is new has to be
        // missing
        let alone: Vec<usize> = (0..before.entities.len())
            .filter(|id| left_alone(before, after, *id))
            .collect();
        let tables = pick_evenly(&alone, TABLES);
        let columns: Vec<(usize, String)> = tables
            .iter()
            .flat_map(|id| {
                let entity = &before.entities[*id];
                let names: Vec<String> = entity
                    .columns
                    .iter()
                    // a name that nobody could miss would raise the rate and prove nothing
                    .filter(|state| state.alive && is_telling_column(&state.column.name))
                    .map(|state| state.column.name.clone())
                    .collect();
                // one table of 300 columns would otherwise be most of the group
                pick_evenly(&names, OF_ONE_TABLE)
                    .into_iter()
                    .map(|name| (*id, name))
                    .collect::<Vec<_>>()
            })
            .collect();
        let mut by_table: Vec<(Name, Vec<String>)> = Vec::new();
        let mut last = None;
        // Columns of tables that the range touches count as well, where they are as they were.
        let touched = touched_columns(before, after, &alone);
        for (id, name) in pick_evenly(
            &columns.into_iter().chain(touched).collect::<Vec<_>>(),
            COLUMNS,
        ) {
            if last != Some(id) {
                by_table.push((before.entities[id].name.clone(), Vec::new()));
                last = Some(id);
            }
            if let Some((_, names)) = by_table.last_mut() {
                names.push(name);
            }
        }
        Self {
            tables: tables
                .into_iter()
                .map(|id| before.entities[id].name.clone())
                .collect(),
            columns: by_table,
        }
    }

    /// Tables that are found in the code of the previous release.
    pub fn tables_found(&self, usage: &PreviousUsage<'_>, models: bool) -> Rate {
        Rate {
            found: self
                .tables
                .iter()
                .filter(|table| usage.has_table(table, models))
                .count(),
            of: self.tables.len(),
        }
    }

    /// Tables of which a test is true, that are found.
    pub fn tables_found_alike(
        &self,
        usage: &PreviousUsage<'_>,
        models: bool,
        alike: &dyn Fn(&Name) -> bool,
    ) -> Rate {
        let tables: Vec<&Name> = self.tables.iter().filter(|table| alike(table)).collect();
        Rate {
            found: tables
                .iter()
                .filter(|table| usage.has_table(table, models))
                .count(),
            of: tables.len(),
        }
    }

    /// Columns that are found beside their table, of tables that are found; with a kind, those
    /// whose names are made alike.
    pub fn columns_found(
        &self,
        usage: &PreviousUsage<'_>,
        models: bool,
        kind: Option<DerivedKind>,
    ) -> Rate {
        let mut rate = Rate::default();
        for (table, columns) in self
            .columns
            .iter()
            // a column counts only beside its table: where the table is not found the class has
            // another name
            .filter(|(table, _)| usage.has_table(table, models))
        {
            let alike = columns
                .iter()
                .filter(|column| kind.is_none() || find_derived_kind(column) == kind);
            for column in alike {
                rate.of += 1;
                rate.found += usize::from(usage.has_column(table, column, models));
            }
        }
        rate
    }
}

/// The table is there before and after, under its name, with all its columns.
fn left_alone(before: &Schema, after: &Schema, id: usize) -> bool {
    let (Some(old), Some(new)) = (before.entities.get(id), after.entities.get(id)) else {
        return false;
    };
    let same = |(old, new): (
        &Rc<super::schema::ColumnState>,
        &Rc<super::schema::ColumnState>,
    )| old.alive == new.alive && old.column.key() == new.column.key();
    old.alive
        && new.alive
        && old.old.is_some()
        && old.name.key() == new.name.key()
        && old.columns.len() == new.columns.len()
        && old.columns.iter().zip(&new.columns).all(same)
        // tools name their own table and the program does not, so it would lower the rate
        && !is_bookkeeping_table(&old.name.name)
}

/// Columns that stay in tables that lose or gain others.
fn touched_columns(before: &Schema, after: &Schema, alone: &[usize]) -> Vec<(usize, String)> {
    let mut out = Vec::new();
    for (id, entity) in before
        .entities
        .iter()
        .enumerate()
        .filter(|(id, entity)| entity.alive && entity.old.is_some() && !alone.contains(id))
    {
        let Some(after) = after.entities.get(id).filter(|after| after.alive) else {
            continue;
        };
        let names: Vec<String> = entity
            .columns
            .iter()
            .enumerate()
            .filter(|(at, state)| {
                state.alive
                    && is_telling_column(&state.column.name)
                    && after.columns.get(*at).is_some_and(|now| {
                        now.alive
                            && now.column.key() == state.column.key()
                            && now.column.data_type == state.column.data_type
                    })
            })
            .map(|(_, state)| state.column.name.clone())
            .collect();
        out.extend(
            pick_evenly(&names, OF_ONE_TABLE)
                .into_iter()
                .map(|name| (id, name)),
        );
        // enough to choose from; a schema of ten thousand tables is not gathered whole
        if out.len() > COLUMNS {
            break;
        }
    }
    out
}

/// Finding the column says something about the search.
fn is_telling_column(column: &str) -> bool {
    // `id` and `no` occur in any text
    column.len() > 2 && !EVERYWHERE.contains(&column.to_lowercase().as_str())
}

/// A table in which a migration tool keeps what ran.
fn is_bookkeeping_table(table: &str) -> bool {
    matches!(
        table.to_lowercase().as_str(),
        "schema_migrations"
            | "schema_migration"
            | "alembic_version"
            | "flyway_schema_history"
            | "databasechangelog"
            | "databasechangeloglock"
            | "__efmigrationshistory"
            | "django_migrations"
            | "knex_migrations"
            | "knex_migrations_lock"
            | "goose_db_version"
            | "ar_internal_metadata"
            | "_prisma_migrations"
            | "_sqlx_migrations"
            | "sqlite_sequence"
            | "migrations"
    )
}

/// At most `limit` of the items, from the first to the last at the same distance.
fn pick_evenly<T: Clone>(items: &[T], limit: usize) -> Vec<T> {
    if items.len() <= limit {
        return items.to_vec();
    }
    (0..limit)
        // evenly and not the first ones: tables of one part of the program often stand together
        .filter_map(|at| items.get(at * items.len() / limit).cloned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_is_chosen_evenly_and_always_alike() {
        let items: Vec<usize> = (0..1000).collect();
        let chosen = pick_evenly(&items, 200);
        assert_eq!(
            (chosen.len(), chosen[0], chosen[1], chosen[199]),
            (200, 0, 5, 995)
        );
        assert_eq!(pick_evenly(&items[..3], 200), [0, 1, 2]);
    }

    #[test]
    fn a_small_group_or_a_poor_rate_tells_nothing() {
        assert!(
            Rate { found: 3, of: 5 }.tells()
                && !Rate { found: 4, of: 4 }.tells()
                && !Rate { found: 5, of: 9 }.tells()
        );
    }
}
