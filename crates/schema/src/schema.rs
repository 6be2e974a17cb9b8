//! A schema as far as migrations tell it: the one of the previous release, replayed from its
//! history, and the one at the end of the range. Tables and columns keep their identity through
//! renames and rebuilds, so that the net effect can be told.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

use super::schema_entity::alter_entity_column;
pub use super::schema_entity::{ColumnState, TableEntity};
use super::schema_names::TableNames;
use super::shared::Shared;
use super::step::{
    Column, Constraint, ConstraintKind, Name, Routine, SchemaAction, Table, TableIndex,
};

/// Most columns that a schema is made to hold by steps that copy many at once.
const SIZE: usize = 1_000_000;

/// What a step touches: entity and column as they were when it ran.
#[derive(Debug, Clone, Copy, Default)]
pub struct Touched {
    /// Index into the entities.
    pub entity: Option<usize>,
    /// Index into the entity's columns.
    pub column: Option<usize>,
    /// The object existed before the step.
    pub existed: bool,
    /// The table is new, and had taken the name of one of the previous release when the step ran.
    pub stands: bool,
}

/// Tables, indexes, views, routines and types.
#[derive(Debug, Clone, Default)]
pub struct Schema {
    /// All tables that ever were; a copy of the schema shares those that stay as they are.
    pub entities: Vec<Rc<TableEntity>>,
    pub(super) names: Shared<TableNames>,
    /// The first entity of each key of the previous release.
    pub(super) by_old: Shared<HashMap<String, usize>>,
    /// Names of indexes by the key of their table.
    pub(super) of_table: Shared<HashMap<String, BTreeSet<String>>>,
    /// Indexes by name.
    pub indexes: Shared<BTreeMap<String, TableIndex>>,
    /// Bodies of views by key.
    pub views: Shared<BTreeMap<String, String>>,
    /// Routines by key.
    pub routines: Shared<BTreeMap<String, Routine>>,
    /// Members of enumerations by key.
    pub types: Shared<BTreeMap<String, Vec<String>>>,
    /// Trigger names.
    pub triggers: Shared<BTreeSet<String>>,
    /// Names of constraints added since the previous release, in small letters.
    pub made: Shared<BTreeSet<String>>,
    /// Migrations were replayed into it.
    pub replayed: bool,
    /// The previous release has no such database: nothing in it is old.
    pub fresh: bool,
    /// Columns and tables ever made.
    pub(super) size: usize,
}

impl Schema {
    /// Marks everything in it as belonging to the previous release.
    pub fn settle(&mut self) {
        self.made.clear();
        self.by_old.clear();
        // only living tables: one that is gone in the history never was there for previous
        for (key, &at) in self.names.iter() {
            self.by_old.insert(key.clone(), at);
            let entity = Rc::make_mut(&mut self.entities[at]);
            entity.old = Some(key.clone());
            entity.stands_for = None;
            // whose rows were copied before the range no longer matters
            entity.copied.clear();
            entity.columns.retain(|column| column.alive);
            entity.name_columns();
            for state in entity.columns.iter_mut().map(Rc::make_mut) {
                state.old = Some(state.column.name.clone());
            }
        }
    }

    /// Forgets tables that are gone, once they are more than those that stay. With `keep_old` those
    /// of the previous release stay: a new table may take the name of one.
    pub fn forget_gone(&mut self, keep_old: bool) {
        let stays = |entity: &TableEntity| entity.alive || keep_old && entity.old.is_some();
        let living = self.entities.iter().filter(|entity| stays(entity)).count();
        // a long history makes and drops thousands of tables; a small schema is not worth the copy
        if self.entities.len() < 1_000 + 2 * living {
            return;
        }
        let mut place = HashMap::new();
        let mut kept: Vec<Rc<TableEntity>> = Vec::with_capacity(living);
        for (id, entity) in std::mem::take(&mut self.entities)
            .into_iter()
            .enumerate()
            .filter(|(_, entity)| stays(entity))
        {
            place.insert(id, kept.len());
            kept.push(entity);
        }
        for entity in kept.iter_mut().filter(|entity| !entity.copied.is_empty()) {
            Rc::make_mut(entity).copied = entity
                .copied
                .iter()
                .filter_map(|id| place.get(id).copied())
                .collect();
        }
        self.names.renumber(&place);
        let by_old: HashMap<String, usize> = self
            .by_old
            .iter()
            .filter_map(|(key, id)| Some((key.clone(), *place.get(id)?)))
            .collect();
        self.by_old = by_old.into();
        self.size = kept.len()
            + kept
                .iter()
                .map(|entity| entity.columns.len())
                .sum::<usize>();
        self.entities = kept;
    }

    /// The living table of that name.
    pub fn table(&self, name: &Name) -> Option<&TableEntity> {
        self.id(name).and_then(|id| self.entity(id))
    }

    /// The table at a place, living or not.
    pub fn entity(&self, id: usize) -> Option<&TableEntity> {
        self.entities.get(id).map(Rc::as_ref)
    }

    /// Forgets columns of these tables that came and went since the previous release, once they are
    /// more than those that stay. Places of columns that were told before hold no longer.
    pub fn forget_dropped_columns(&mut self, tables: impl IntoIterator<Item = usize>) {
        for id in tables {
            let Some(entity) = self.entity(id) else {
                continue;
            };
            let stays = |state: &ColumnState| state.alive || state.old.is_some();
            let staying = entity.columns.iter().filter(|state| stays(state)).count();
            // places of columns change by this, so it is done seldom and between migrations
            if entity.columns.len() > 2 * staying + 8 {
                let entity = self.change(id);
                entity.columns.retain(|state| stays(state));
                entity.name_columns();
            }
        }
    }

    /// Whether a table is the same in both, because neither changed it since one was copied from
    /// the other.
    pub fn shares_table(&self, other: &Self, id: usize) -> bool {
        match (self.entities.get(id), other.entities.get(id)) {
            (Some(one), Some(two)) => Rc::ptr_eq(one, two),
            _ => false,
        }
    }

    /// Whether both have the same tables under the same names, because neither gave or took a name
    /// since one was copied from the other.
    pub fn shares_names(&self, other: &Self) -> bool {
        self.names.same(&other.names)
    }

    /// A table that is about to change; what shares it keeps it as it was.
    pub(super) fn change(&mut self, id: usize) -> &mut TableEntity {
        Rc::make_mut(&mut self.entities[id])
    }

    pub(super) fn id(&self, name: &Name) -> Option<usize> {
        self.names.find(name)
    }

    /// The table of that name; one whose definition was never seen is taken to be old.
    pub(super) fn ensure(&mut self, name: &Name) -> usize {
        if let Some(id) = self.id(name) {
            return id;
        }
        // a database that previous does not have holds nothing old
        let old = (!self.fresh).then(|| name.key());
        self.add(TableEntity {
            old,
            ..TableEntity::new(name.clone(), Vec::new())
        })
    }

    pub(super) fn add(&mut self, entity: TableEntity) -> usize {
        let id = self.entities.len();
        self.size += 1;
        self.names.insert(entity.name.key(), id);
        if let Some(old) = &entity.old {
            self.by_old.entry(old.clone()).or_insert(id);
        }
        self.entities.push(Rc::new(entity));
        id
    }

    pub(super) fn column(&mut self, entity: usize, name: &str) -> usize {
        if let Some(at) = self.entities[entity].find(name) {
            return at;
        }
        self.size += 1;
        let entity = self.change(entity);
        // a column of an old table that no migration made was there before the range
        let old = if entity.old.is_some() || entity.stands_for.is_some() {
            Some(name.to_owned())
        } else {
            None
        };
        entity.push(ColumnState {
            column: Column::new(name, ""),
            old,
            alive: true,
            known: false,
        })
    }

    /// Takes a step into account.
    pub fn apply(&mut self, action: &SchemaAction) -> Touched {
        let touched = self.play(action);
        let stands = touched
            .entity
            .and_then(|id| self.entities.get(id))
            .is_some_and(|entity| entity.stands_for.is_some());
        Touched { stands, ..touched }
    }

    /// A new table took the name of one of the previous release: to old code it is that table.
    pub(super) fn take_over(&mut self, id: usize) {
        let key = self.entities[id].name.key();
        // it is that table already, under its own name
        if self.entities[id].old.is_some() {
            return;
        }
        let Some(other) = self.by_old.get(&key).copied() else {
            return;
        };
        let known = self.entities[other].known;
        let names: BTreeSet<String> = self.entities[other]
            .columns
            .iter()
            .filter_map(|state| state.old.as_ref())
            .map(|name| name.to_lowercase())
            .collect();
        let entity = self.change(id);
        entity.stands_for = Some(key);
        // of a table whose columns are known the new one has only those; of an unknown one it may
        // have all
        for state in entity
            .columns
            .iter_mut()
            .filter(|state| state.alive && (!known || names.contains(&state.column.key())))
            .map(Rc::make_mut)
        {
            state.old = Some(state.column.name.clone());
        }
    }

    pub(super) fn keep_index(&mut self, name: String, index: TableIndex) {
        self.take_index(&name);
        let owner = self.owner_key(&index.table);
        self.of_table.entry(owner).or_default().insert(name.clone());
        self.indexes.insert(name, index);
    }

    pub(super) fn take_index(&mut self, name: &str) -> Option<TableIndex> {
        let index = self.indexes.remove(name)?;
        let owner = self.owner_key(&index.table);
        if let Some(names) = self.of_table.get_mut(&owner) {
            names.remove(name);
        }
        Some(index)
    }

    /// The key of a table under its own name: a statement may leave its schema out.
    fn owner_key(&self, table: &Name) -> String {
        self.table(table)
            .map_or_else(|| table.key(), |entity| entity.name.key())
    }

    /// Forgets the indexes of a table: every database drops them with it.
    pub(super) fn drop_indexes(&mut self, id: usize) {
        let key = self.entities[id].name.key();
        for index in self.of_table.remove(&key).unwrap_or_default() {
            self.indexes.remove(&index);
        }
    }

    /// Gives a table another name, which its indexes follow.
    pub(super) fn give_name(&mut self, id: usize, to: Name) {
        let key = self.entities[id].name.key();
        let names = self.of_table.remove(&key).unwrap_or_default();
        self.names.insert(to.key(), id);
        self.change(id).name = to.clone();
        for name in names {
            if let Some(index) = self.indexes.remove(&name) {
                let table = to.clone();
                self.keep_index(name, TableIndex { table, ..index });
            }
        }
    }

    pub(super) fn create(&mut self, table: &Table) -> Touched {
        // `IF NOT EXISTS` leaves what is there, whatever the statement says about it
        if let Some(id) = self.id(&table.name).filter(|_| table.if_not_exists) {
            return Touched {
                entity: Some(id),
                existed: true,
                ..Touched::default()
            };
        }
        // `CREATE TABLE` over one that stands replaces it; without that the database would have
        // refused
        if let Some(id) = self.names.remove(&table.name.key()) {
            self.change(id).alive = false;
            self.drop_indexes(id);
        }
        let mut columns: Vec<ColumnState> = table
            .columns
            .iter()
            .map(|column| ColumnState {
                column: column.clone(),
                old: None,
                alive: true,
                known: true,
            })
            .collect();
        // a table made by LIKE has the columns of another one, known as far as that one is
        let mut known = table.columns_known;
        if let Some(like) = table
            .like
            .as_ref()
            .or(table.partition_of.as_ref())
            .and_then(|name| self.table(name))
        {
            // tables that copy each other double with each statement
            let fits = self.size + like.columns.len() <= SIZE;
            known = like.known && fits;
            columns.extend(
                like.columns
                    .iter()
                    .filter(|state| state.alive && fits)
                    .map(|state| ColumnState {
                        column: state.column.clone(),
                        old: None,
                        alive: true,
                        known: state.known,
                    }),
            );
        }
        let sources: Vec<usize> = table
            .copied_from
            .iter()
            .map(|name| self.ensure(name))
            .collect();
        self.size += columns.len();
        let made = TableEntity::new(table.name.clone(), columns);
        let id = self.add(TableEntity {
            known,
            constraints: table.constraints.clone(),
            strict: table.strict,
            ..made
        });
        self.take_over(id);
        for source in sources {
            self.copy(source, id);
        }
        for index in &table.indexes {
            if let Some(name) = &index.name {
                self.keep_index(name.to_lowercase(), index.clone());
            }
        }
        Touched {
            entity: Some(id),
            existed: false,
            ..Touched::default()
        }
    }

    pub(super) fn copy(&mut self, from: usize, to: usize) {
        if from == to {
            return;
        }
        // beyond all measure the source alone is known
        // a chain of copies over a long range would hold the square of its length
        let far = self.size <= SIZE;
        let more: Vec<usize> = self.entities[from]
            .copied
            .iter()
            .copied()
            .filter(|_| far)
            .chain([from])
            .collect();
        self.size += more.len();
        self.change(to).copied.extend(more);
    }

    /// Steps about a table or a column that is there.
    pub(super) fn touch(&mut self, action: &SchemaAction) -> Touched {
        use SchemaAction as A;
        let Some(table) = action
            .table()
            .filter(|table| !table.name.is_empty())
            .cloned()
        else {
            return Touched::default();
        };
        let existed = self.id(&table).is_some();
        let id = self.ensure(&table);
        let Some(name) = action.column() else {
            return Touched {
                entity: Some(id),
                existed,
                ..Touched::default()
            };
        };
        let at = self.column(id, name);
        let entity = self.change(id);
        match action {
            A::DropColumn { .. } => entity.drop_column(at),
            A::RenameColumn { to, .. } => entity.restate(at, |column| column.name.clone_from(to)),
            A::RestateColumn {
                column,
                keeps_default,
                ..
            } => {
                entity.restate(at, |own| {
                    // SQL Server restates a column without touching its default, which is a rule of
                    // its own there
                    let (default, auto) = (own.default.clone(), own.auto);
                    // keys are no part of a column: they stay where they are not repeated
                    let keys = (own.unique, own.primary);
                    let (refers, key_of) = (own.references.take(), std::mem::take(&mut own.key_of));
                    *own = column.clone();
                    own.unique |= keys.0;
                    own.primary |= keys.1;
                    if own.references.is_none() {
                        (own.references, own.key_of) = (refers, key_of);
                    }
                    if *keeps_default && !column.default.is_some() {
                        own.default = default;
                        own.auto |= auto;
                    }
                });
                entity.column(at).known = true;
            }
            _ => alter_entity_column(&mut entity.column(at).column, action),
        }
        Touched {
            entity: Some(id),
            column: Some(at),
            existed,
            stands: false,
        }
    }
}

/// Whether a stated constraint is the one that is dropped.
pub fn matches_constraint(
    constraint: &Constraint,
    name: Option<&str>,
    kind: Option<ConstraintKind>,
    columns: &[String],
) -> bool {
    match name {
        Some(name) => constraint
            .name
            .as_ref()
            .is_some_and(|other| other.eq_ignore_ascii_case(name)),
        // a rule without a name is meant by its columns
        None if !columns.is_empty() => {
            kind.is_none_or(|kind| kind == constraint.kind)
                && same_columns(&constraint.columns, columns)
        }
        // a table has one primary key, so no name is needed
        None => kind == Some(constraint.kind) && constraint.kind == ConstraintKind::Primary,
    }
}

/// Same columns in any order.
pub fn same_columns(one: &[String], two: &[String]) -> bool {
    let set = |names: &[String]| {
        names
            .iter()
            .map(|name| name.to_lowercase())
            .collect::<BTreeSet<_>>()
    };
    set(one) == set(two)
}
