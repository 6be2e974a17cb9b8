//! What each step does to a schema.

use super::schema::Schema;
use super::schema::Touched;
use super::schema::matches_constraint;
use super::schema_entity::ColumnState;
use super::step::{ConstraintKind, Name, SchemaAction};

impl Schema {
    pub(super) fn play(&mut self, action: &SchemaAction) -> Touched {
        if let SchemaAction::CreateTable(table) = action {
            return self.create(table);
        }
        let known = self.play_table(action);
        // each asks whether the step is its own; what is left is about a table or column that is
        // there
        let known = known.or_else(|| self.play_rule(action));
        known
            .or_else(|| self.play_object(action))
            .unwrap_or_else(|| self.touch(action))
    }

    /// Plays a step on a whole table.
    pub(super) fn play_table(&mut self, action: &SchemaAction) -> Option<Touched> {
        use SchemaAction as A;
        let known = self.play_column(action);
        if known.is_some() {
            return known;
        }
        Some(match action {
            A::DropTable { table, .. } => {
                if self.id(table).is_none() && self.views.remove(&table.key()).is_some() {
                    return Some(Touched {
                        existed: true,
                        ..Touched::default()
                    });
                }
                let existed = self.id(table).is_some();
                // a table that was never seen was old; it has to be known before it can be gone
                let id = self.ensure(table);
                self.names.remove_of(&self.entities[id].name.key(), id);
                self.change(id).alive = false;
                self.drop_indexes(id);
                Touched {
                    entity: Some(id),
                    existed,
                    ..Touched::default()
                }
            }
            A::RenameTable { table, to } => {
                let existed = self.id(table).is_some();
                let id = self.ensure(table);
                self.names.remove_of(&self.entities[id].name.key(), id);
                // RENAME TO of PostgreSQL takes a bare name and leaves the table in its schema
                let to = stay_in_schema(table, to);
                self.give_name(id, to);
                // a rebuild ends so: the new table takes the old name
                self.take_over(id);
                Touched {
                    entity: Some(id),
                    existed,
                    ..Touched::default()
                }
            }
            A::MoveTable { table, schema } => {
                let id = self.ensure(table);
                self.names.remove_of(&self.entities[id].name.key(), id);
                let to = Name::from_parts(vec![schema.clone(), table.name.clone()]);
                self.give_name(id, to);
                Touched {
                    entity: Some(id),
                    existed: true,
                    ..Touched::default()
                }
            }
            _ => return None,
        })
    }

    /// Plays a new column, and rows that come from another table.
    fn play_column(&mut self, action: &SchemaAction) -> Option<Touched> {
        use SchemaAction as A;
        Some(match action {
            A::AddColumn {
                table,
                column,
                if_not_exists,
            } => {
                let existed = self.id(table).is_some();
                let id = self.ensure(table);
                // a column that is there is replaced: dropped and added, its data is gone
                if let Some(at) = self.entities[id].find(&column.name) {
                    if *if_not_exists {
                        return Some(Touched {
                            entity: Some(id),
                            column: Some(at),
                            existed,
                            stands: false,
                        });
                    }
                    self.change(id).drop_column(at);
                }
                self.size += 1;
                let at = self.change(id).push(ColumnState {
                    column: column.clone(),
                    old: None,
                    alive: true,
                    known: true,
                });
                // a reference shows a table that no migration of this folder made
                if let Some(target) = &column.references {
                    self.ensure(&target.clone());
                }
                Touched {
                    entity: Some(id),
                    column: Some(at),
                    existed,
                    stands: false,
                }
            }
            A::Insert { table, from, .. } => {
                let id = self.ensure(table);
                // rows that come from another table keep what old code wrote there
                for source in from {
                    let source = self.ensure(source);
                    self.copy(source, id);
                }
                Touched {
                    entity: Some(id),
                    existed: true,
                    ..Touched::default()
                }
            }
            _ => return None,
        })
    }

    /// Plays a step on an index or a rule.
    pub(super) fn play_rule(&mut self, action: &SchemaAction) -> Option<Touched> {
        use SchemaAction as A;
        let known = self.play_constraint(action);
        if known.is_some() {
            return known;
        }
        Some(match action {
            A::CreateIndex(index) => {
                let id = self.ensure(&index.table);
                // an index without a name gets one by the database, and nothing can name it here
                if let Some(name) = &index.name {
                    self.keep_index(name.to_lowercase(), index.clone());
                }
                Touched {
                    entity: Some(id),
                    existed: true,
                    ..Touched::default()
                }
            }
            A::DropIndex { name, table } => {
                let taken = self.take_index(&name.to_lowercase());
                let unnamed = taken.is_none();
                let owner = taken.map(|index| index.table).or_else(|| table.clone());
                let entity = owner.and_then(|owner| self.id(&owner));
                // MySQL calls a unique rule without a name as its first column
                if let Some(id) = entity.filter(|_| unnamed)
                    && let Some(at) = self.entities[id].find(&name.to_lowercase())
                {
                    self.change(id).column(at).column.unique = false;
                    self.change(id).constraints.retain(|rule| {
                        rule.name.is_some()
                            || rule.kind != ConstraintKind::Unique
                            || !rule
                                .columns
                                .first()
                                .is_some_and(|first| first.eq_ignore_ascii_case(name))
                    });
                }
                // MySQL drops a unique rule by its index
                if let Some(id) = entity {
                    self.change(id).constraints.retain(|constraint| {
                        constraint
                            .name
                            .as_ref()
                            .is_none_or(|other| !other.eq_ignore_ascii_case(name))
                    });
                }
                Touched {
                    entity,
                    existed: true,
                    ..Touched::default()
                }
            }
            A::RenameIndex { name, to } => {
                if let Some(mut index) = self.take_index(&name.to_lowercase()) {
                    index.name = Some(to.clone());
                    self.keep_index(to.to_lowercase(), index);
                }
                Touched::default()
            }
            _ => return None,
        })
    }

    /// Plays a step on a constraint.
    fn play_constraint(&mut self, action: &SchemaAction) -> Option<Touched> {
        use SchemaAction as A;
        Some(match action {
            A::AddConstraint { table, constraint } => {
                let id = self.ensure(table);
                // a primary key forbids NULL, whatever the column said before
                if constraint.kind == ConstraintKind::Primary {
                    for name in &constraint.columns {
                        let at = self.column(id, name);
                        self.change(id).column(at).column.nullable = false;
                    }
                }
                // a rule that the range made and dropped again stopped nobody
                if let Some(name) = &constraint.name {
                    self.made.insert(name.to_lowercase());
                }
                self.change(id).constraints.push(constraint.clone());
                Touched {
                    entity: Some(id),
                    existed: true,
                    ..Touched::default()
                }
            }
            A::DropConstraint {
                table,
                name,
                kind,
                columns,
            } => {
                let id = self.ensure(table);
                self.change(id).constraints.retain(|constraint| {
                    !matches_constraint(constraint, name.as_deref(), *kind, columns)
                });
                // PostgreSQL and MySQL keep a unique rule as an index of the same name
                if let Some(name) = name {
                    self.take_index(&name.to_lowercase());
                    // The name PostgreSQL gives to a column's own rule.
                    let table = self.entities[id].name.name.to_lowercase();
                    let column = name
                        .to_lowercase()
                        .strip_prefix(&format!("{table}_"))
                        .and_then(|rest| rest.strip_suffix("_key"))
                        .map(str::to_owned);
                    if let Some(at) = column.and_then(|column| self.entities[id].find(&column)) {
                        self.change(id).column(at).column.unique = false;
                    }
                }
                Touched {
                    entity: Some(id),
                    existed: true,
                    ..Touched::default()
                }
            }
            A::RenameConstraint { table, name, to } => {
                let id = self.ensure(table);
                for constraint in self.change(id).constraints.iter_mut().filter(|constraint| {
                    constraint
                        .name
                        .as_ref()
                        .is_some_and(|other| other.eq_ignore_ascii_case(name))
                }) {
                    constraint.name = Some(to.clone());
                }
                Touched {
                    entity: Some(id),
                    existed: true,
                    ..Touched::default()
                }
            }
            _ => return None,
        })
    }

    /// Plays a step on a view, a routine, a type or a trigger.
    pub(super) fn play_object(&mut self, action: &SchemaAction) -> Option<Touched> {
        use SchemaAction as A;
        Some(match action {
            A::CreateView { name, body, .. } => {
                let existed = self.views.insert(name.key(), body.clone()).is_some();
                Touched {
                    existed,
                    ..Touched::default()
                }
            }
            A::DropView { name, .. } => Touched {
                existed: self.views.remove(&name.key()).is_some(),
                ..Touched::default()
            },
            A::RenameView { name, to } => {
                if let Some(body) = self.views.remove(&name.key()) {
                    self.views.insert(to.key(), body);
                }
                Touched::default()
            }
            A::CreateRoutine(routine) => Touched {
                existed: self
                    .routines
                    .insert(routine.name.key(), routine.clone())
                    .is_some(),
                ..Touched::default()
            },
            A::DropRoutine { name, .. } => Touched {
                existed: self.routines.remove(&name.key()).is_some(),
                ..Touched::default()
            },
            A::RenameRoutine { name, to } => {
                if let Some(routine) = self.routines.remove(&name.key()) {
                    let to = stay_in_schema(name, &Name::new(to));
                    self.routines.insert(to.key(), routine);
                }
                Touched::default()
            }
            A::CreateType { name, values } => Touched {
                existed: self
                    .types
                    .insert(name.key(), values.clone().unwrap_or_default())
                    .is_some(),
                ..Touched::default()
            },
            A::DropType { name } => Touched {
                existed: self.types.remove(&name.key()).is_some(),
                ..Touched::default()
            },
            A::RenameType { name, to } => {
                if let Some(values) = self.types.remove(&name.key()) {
                    let to = stay_in_schema(name, &Name::new(to));
                    self.types.insert(to.key(), values);
                }
                Touched::default()
            }
            A::AddEnumValue { name, value } => {
                let existed = self.types.contains_key(&name.key());
                self.types
                    .entry(name.key())
                    .or_default()
                    .push(value.clone());
                Touched {
                    existed,
                    ..Touched::default()
                }
            }
            A::RenameEnumValue { name, value, to } => {
                let existed = self.types.contains_key(&name.key());
                let members = self.types.get_mut(&name.key()).into_iter().flatten();
                for member in members.filter(|member| *member == value) {
                    member.clone_from(to);
                }
                Touched {
                    existed,
                    ..Touched::default()
                }
            }
            A::CreateTrigger { name, table, .. } => {
                let id = self.ensure(table);
                let existed = !self.triggers.insert(name.to_lowercase());
                Touched {
                    entity: Some(id),
                    existed,
                    ..Touched::default()
                }
            }
            A::DropTrigger { name, .. } => Touched {
                existed: self.triggers.remove(&name.to_lowercase()),
                ..Touched::default()
            },
            _ => return None,
        })
    }
}

/// A new name without a schema leaves the object in its schema.
fn stay_in_schema(from: &Name, to: &Name) -> Name {
    Name {
        schema: to.schema.clone().or_else(|| from.schema.clone()),
        name: to.name.clone(),
    }
}
