//! Indexes and constraints.

use super::super::checks::Check;
use super::super::compatibility;
use super::super::dialect::Dialect;
use super::super::operation::{KindOfAction, OperationKind as K};
use super::super::question;
use super::super::schema::{Schema, TableEntity, Touched, matches_constraint, same_columns};
use super::super::step::{Constraint, ConstraintKind, DefaultValue, Name, SchemaAction as A};
use super::table::{Fate, find_table_fate};
use super::{JudgeInput, OperationJudgement};
use model::RollbackEffect;

pub fn judge_rule(
    case: &JudgeInput<'_>,
    kind: K,
    action: &A,
    touched: Touched,
) -> OperationJudgement {
    let named = action.table().cloned().unwrap_or_default();
    let entity = case.entity(touched);
    if let Some(entity) = entity {
        if case.is_new(entity, touched) {
            return OperationJudgement::safe(
                kind,
                format!(
                    "the table {} is new in this range, so {} does not know it",
                    entity.name, case.previous
                ),
            );
        }
        if !entity.alive
            && !matches!(
                find_table_fate(case, touched.entity.unwrap_or_default()),
                Fate::Same
            )
        {
            return OperationJudgement::safe(
                kind,
                format!(
                    "the table {} is dropped in this range; that is judged there",
                    entity.name
                ),
            );
        }
    }
    let table = entity.map_or_else(|| named.clone(), |entity| case.old_name(entity, &named));
    let here = JudgedTable {
        case,
        kind,
        table: &table,
        entity,
        touched,
    };
    match action {
        A::CreateIndex(index) if index.unique => {
            here.unique_added(index.name.as_deref(), &index.columns, false)
        }
        A::CreateIndex(_) => OperationJudgement::safe(kind, "an index changes how fast, not what"),
        A::DropIndex { name, .. } => here.index_dropped(name),
        A::RenameIndex { name, .. } | A::RenameConstraint { name, .. } => {
            let used = case.usage.word(name);
            if used.is_empty() {
                OperationJudgement::safe(kind, "no statement of old code names it")
            } else {
                OperationJudgement::new(
                    kind,
                    RollbackEffect::Doubt,
                    format!("{} names {name}", case.previous),
                )
                .used(used)
                .check(Check::RuleRenamed)
            }
        }
        A::AddConstraint { constraint, .. }
            if constraint.kind == ConstraintKind::NotNull && constraint.columns.len() == 1 =>
        {
            here.not_null(&constraint.columns[0])
        }
        A::AddConstraint { constraint, .. } => here.constraint_added(constraint),
        A::DropConstraint {
            name,
            kind,
            columns,
            ..
        } => here.constraint_dropped(name.as_deref(), *kind, columns),
        A::AlterConstraint { .. } => OperationJudgement::new(
            kind,
            RollbackEffect::Doubt,
            format!("the moment at which a rule of {table} is checked changes"),
        )
        .check(Check::RuleAdded),
        _ => OperationJudgement::safe(kind, "existing rows are checked, nothing else"),
    }
}

struct JudgedTable<'a, 'b> {
    case: &'b JudgeInput<'a>,
    kind: K,
    table: &'b Name,
    entity: Option<&'b TableEntity>,
    touched: Touched,
}

/// A line of a statement that tells the database which index to take. An annotation that defines an
/// index is none.
fn is_index_hint(line: &str) -> bool {
    ["indexed by", "force index", "use index", "ignore index"]
        .iter()
        .any(|sign| line.contains(sign))
        || line.contains("index(")
            && ["/*+", "with (index", "with(index"]
                .iter()
                .any(|sign| line.contains(sign))
}

/// Sets of columns of a table that are unique in a schema: primary key, unique constraints, whole
/// unique indexes.
pub fn unique_sets(schema: &Schema, id: usize, table: &Name) -> Vec<Vec<String>> {
    let mut out = Vec::new();
    // A table that took over a name is not in the old schema by its number.
    if let Some(entity) = schema.entity(id).or_else(|| schema.table(table)) {
        out.extend(
            entity
                .constraints
                .iter()
                .filter(|constraint| {
                    matches!(
                        constraint.kind,
                        ConstraintKind::Primary | ConstraintKind::Unique
                    )
                })
                .map(|constraint| constraint.columns.clone()),
        );
        out.extend(
            entity
                .columns
                .iter()
                .filter(|state| state.alive && (state.column.primary || state.column.unique))
                .map(|state| vec![state.column.name.clone()]),
        );
        out.extend(
            schema
                .indexes
                .values()
                .filter(|index| {
                    index.unique
                        && !index.partial
                        && (index.table.key() == entity.name.key()
                            || index.table.key() == table.key())
                })
                .map(|index| index.columns.clone()),
        );
    }
    out.retain(|columns| !columns.is_empty());
    out
}

/// Columns of a table's primary key as it is at the end of the range.
fn primary_key(entity: &TableEntity) -> Vec<String> {
    let stated = entity
        .constraints
        .iter()
        .find(|rule| rule.kind == ConstraintKind::Primary)
        .map(|rule| rule.columns.clone());
    stated.unwrap_or_else(|| {
        entity
            .columns
            .iter()
            .filter(|state| state.alive && state.column.primary)
            .map(|state| state.column.name.clone())
            .collect()
    })
}

impl JudgedTable<'_, '_> {
    fn safe(&self, why: impl Into<String>) -> OperationJudgement {
        OperationJudgement::safe(self.kind, why)
    }

    fn unique_added(
        &self,
        name: Option<&str>,
        columns: &[String],
        constraint: bool,
    ) -> OperationJudgement {
        let (case, table) = (self.case, self.table);
        let list = columns.join(", ");
        let id = self.touched.entity.unwrap_or_default();
        if let Some(name) = name
            && self.touched.entity.is_some()
            && !case.after.indexes.contains_key(&name.to_lowercase())
            && self.entity.is_some_and(|entity| {
                !entity
                    .constraints
                    .iter()
                    .any(|constraint| constraint.name.as_deref() == Some(name))
            })
        {
            return self.safe(format!("{name} is gone again at the end of the range"));
        }
        let covers = |known: &[String]| {
            known.iter().all(|column| {
                columns
                    .iter()
                    .any(|other| other.eq_ignore_ascii_case(column))
            })
        };
        let before = unique_sets(case.before, id, table);
        if before.iter().any(|known| covers(known)) {
            return self.safe(format!(
                "rows of {table} were already unique in ({list}) or in a part of it"
            ));
        }
        let primary: Vec<String> = self.entity.map(primary_key).unwrap_or_default();
        if !constraint && !primary.is_empty() && covers(&primary) {
            return self.safe(format!("the primary key of {table} refuses the same rows"));
        }
        if !before.iter().any(|known| known.len() == 1)
            && columns
                .iter()
                .any(|column| column.eq_ignore_ascii_case("id"))
            && columns.len() > 1
        {
            return self.safe(format!(
                "({list}) holds the key of {table}, which is unique by itself"
            ));
        }
        let fresh = self
            .entity
            .into_iter()
            .flat_map(|entity| &entity.columns)
            .find(|state| {
                state.alive
                    && state.old.is_none()
                    && columns
                        .iter()
                        .any(|column| column.eq_ignore_ascii_case(&state.column.name))
            });
        if let Some(state) = fresh
            && (state.column.nullable && !state.column.default.is_some()
                || matches!(state.column.default, DefaultValue::Volatile(_))
                || state.column.auto)
        {
            return self.safe(format!(
                "rows of {} leave {} empty or get a value of their own, so they never collide",
                case.previous, state.column.name
            ));
        }
        let used = case.uses_table(table);
        if used.is_empty() {
            return case.vain_table(self.kind, table);
        }
        if let [column] = columns
            && let Some(place) = case.usage.fills_unique(table, column, case.models)
        {
            return self
                .safe(format!(
                    "{} gives every row of {table} a value of its own in {column}",
                    case.previous
                ))
                .used(vec![place]);
        }
        let step = name.and_then(|name| {
            if self.kind == K::AddPrimaryKey || constraint {
                compatibility::drop_constraint(case.dialect, table, name, ConstraintKind::Unique)
            } else {
                compatibility::drop_index(case.dialect, table, name)
            }
        });
        OperationJudgement::new(
            self.kind,
            RollbackEffect::Doubt,
            format!(
                "duplicates in ({list}) of {table} are refused now, and {} may write them",
                case.previous
            ),
        )
        .used(used)
        .step(step)
        .check(Check::UniqueAdded)
    }

    fn unique_dropped(&self, columns: &[String]) -> OperationJudgement {
        let (case, table) = (self.case, self.table);
        let id = self.touched.entity.unwrap_or_default();
        let list = columns.join(", ");
        let still = unique_sets(case.after, id, table)
            .iter()
            .any(|known| same_columns(known, columns));
        if still {
            return OperationJudgement::safe(
                K::DropUnique,
                format!("({list}) of {table} is still unique by another rule"),
            );
        }
        let ask = question::ask_duplicate_values(case.dialect, table, columns);
        let upserts = case.usage.upsert(table, columns, case.models);
        if !upserts.is_empty() {
            let effect = if case.dialect == Dialect::MySql {
                RollbackEffect::DataChanged
            } else {
                RollbackEffect::BreaksWrites
            };
            let step = compatibility::add_unique(case.dialect, table, columns);
            return OperationJudgement::new(
                K::DropUnique,
                effect,
                format!(
                    "an upsert of {} relies on ({list}) of {table} being unique",
                    case.previous
                ),
            )
            .used(upserts)
            .ask(ask)
            .step(step)
            .check(Check::UniqueRemoved);
        }
        OperationJudgement::safe(K::DropUnique, format!("duplicates in ({list}) of {table} are allowed now, and no upsert of {} relies on the rule", case.previous))
            .ask(ask)
    }

    fn index_dropped(&self, name: &str) -> OperationJudgement {
        let hinted = self.case.usage.word(name).into_iter().filter(|place| {
            is_index_hint(&place.excerpt.as_deref().unwrap_or_default().to_lowercase())
        });
        let hinted: Vec<_> = hinted.collect();
        if !hinted.is_empty() && !self.case.after.indexes.contains_key(&name.to_lowercase()) {
            return OperationJudgement::new(
                self.kind,
                RollbackEffect::BreaksReads,
                format!(
                    "a statement of {} names the index {name}, which is gone",
                    self.case.previous
                ),
            )
            .used(hinted)
            .check(Check::RuleRenamed);
        }
        match self.case.before.indexes.get(&name.to_lowercase()) {
            Some(index) if index.unique && !index.partial => self.unique_dropped(&index.columns),
            Some(index) if index.unique => {
                self.safe("a partial unique rule is gone: more rows are allowed")
            }
            Some(_) => self.safe("an index changes how fast, not what"),
            None => {
                if let Some(constraint) = self.old_constraint(Some(name), None, &[]) {
                    return self.constraint_gone(&constraint);
                }
                let lower = name.to_lowercase();
                if ["uniq", "_key", "_uq", "uq_", "uk_", "_uk"]
                    .iter()
                    .any(|sign| lower.contains(sign))
                {
                    return OperationJudgement::new(
                        K::DropUnique,
                        RollbackEffect::Doubt,
                        format!("{name} sounds like a unique rule, and its columns are not known"),
                    )
                    .check(Check::UniqueRemoved);
                }
                self.safe("an index changes how fast, not what")
            }
        }
    }

    fn old_constraint(
        &self,
        name: Option<&str>,
        kind: Option<ConstraintKind>,
        columns: &[String],
    ) -> Option<Constraint> {
        let entity = self.case.before.entities.get(self.touched.entity?)?;
        entity
            .constraints
            .iter()
            .find(|constraint| matches_constraint(constraint, name, kind, columns))
            .cloned()
            .or_else(|| {
                let index = self
                    .case
                    .before
                    .indexes
                    .get(&name?.to_lowercase())
                    .filter(|index| index.unique)?;
                Some(Constraint {
                    name: index.name.clone(),
                    kind: ConstraintKind::Unique,
                    columns: index.columns.clone(),
                    references: None,
                    text: String::new(),
                })
            })
            .or_else(|| find_unnamed_constraint(entity, name?))
    }

    fn constraint_dropped(
        &self,
        name: Option<&str>,
        kind: Option<ConstraintKind>,
        columns: &[String],
    ) -> OperationJudgement {
        if let Some(constraint) = self.old_constraint(name, kind, columns) {
            return self.constraint_gone(&constraint);
        }
        if name.is_some_and(|name| self.case.after.made.contains(&name.to_lowercase())) {
            return self.safe("the rule is made and dropped inside the range");
        }
        let guess = kind.or_else(|| by_name(name?, self.case));
        match guess {
            Some(ConstraintKind::Unique) if !columns.is_empty() => self.unique_dropped(columns),
            Some(ConstraintKind::Unique | ConstraintKind::Primary) => {
                let text = name.unwrap_or("the key");
                OperationJudgement::new(
                    K::of_dropped(guess),
                    RollbackEffect::Doubt,
                    format!(
                        "{text} of {} is gone, and its columns are not known",
                        self.table
                    ),
                )
                .check(Check::UniqueRemoved)
            }
            Some(kind) => self.constraint_gone(&Constraint {
                name: name.map(str::to_owned),
                kind,
                columns: columns.to_vec(),
                references: None,
                text: String::new(),
            }),
            None => {
                // A constraint that was made inside the range, or one that nothing tells about.
                let text = name.unwrap_or("a constraint");
                OperationJudgement::new(
                    self.kind,
                    RollbackEffect::Doubt,
                    format!(
                        "{text} of {} is gone, and what it demanded is not known",
                        self.table
                    ),
                )
                .check(Check::RuleRemoved)
            }
        }
    }

    fn constraint_gone(&self, constraint: &Constraint) -> OperationJudgement {
        let (case, table) = (self.case, self.table);
        let kind = K::of_dropped(Some(constraint.kind));
        match constraint.kind {
            ConstraintKind::Unique => self.unique_dropped(&constraint.columns),
            ConstraintKind::Primary => {
                let id = self.touched.entity.unwrap_or_default();
                let again = case.after.entities.get(id).and_then(|entity| {
                    entity
                        .constraints
                        .iter()
                        .find(|other| other.kind == ConstraintKind::Primary)
                });
                match again {
                    Some(again) if same_columns(&again.columns, &constraint.columns) => {
                        OperationJudgement::safe(
                            kind,
                            format!("{table} has the same primary key again"),
                        )
                    }
                    _ if !constraint.columns.is_empty() => {
                        let verdict = self.unique_dropped(&constraint.columns);
                        if verdict.rollback == RollbackEffect::Safe {
                            OperationJudgement::new(
                                kind,
                                RollbackEffect::Doubt,
                                format!("{table} has another primary key"),
                            )
                            .check(Check::UniqueRemoved)
                        } else {
                            verdict
                        }
                    }
                    _ => OperationJudgement::new(
                        kind,
                        RollbackEffect::Doubt,
                        format!("{table} loses its primary key"),
                    )
                    .check(Check::UniqueRemoved),
                }
            }
            ConstraintKind::Foreign => {
                let again = self.entity.is_some_and(|entity| {
                    entity.constraints.iter().any(|other| {
                        other.kind == ConstraintKind::Foreign
                            && same_columns(&other.columns, &constraint.columns)
                            && other.text != constraint.text
                    })
                });
                if again && !constraint.columns.is_empty() && !constraint.text.is_empty() {
                    return OperationJudgement::new(
                        K::ReplaceForeignKey,
                        RollbackEffect::Doubt,
                        format!("what happens to referring rows of {table} changes"),
                    )
                    .check(Check::ReferenceAdded);
                }
                self.took_along(constraint)
                    .unwrap_or_else(|| OperationJudgement::safe(kind, format!("references of {table} are no longer checked; statements of {} work", case.previous)))
                    .ask(self.orphans(constraint))
            }
            ConstraintKind::NotNull
                if self.entity.is_some_and(|entity| {
                    constraint.columns.iter().all(|column| {
                        entity
                            .get(column)
                            .is_some_and(|state| !state.column.nullable)
                    })
                }) =>
            {
                OperationJudgement::safe(kind, "the column itself refuses NULL")
            }
            ConstraintKind::NotNull => OperationJudgement::new(
                kind,
                RollbackEffect::Doubt,
                format!("{table} may hold NULL where it did not before"),
            )
            .check(Check::NullAllowed),
            ConstraintKind::Default => OperationJudgement::safe(
                kind,
                "the default is replaced or belongs to a column that is judged itself",
            ),
            _ => OperationJudgement::safe(
                kind,
                format!(
                    "{table} takes values that it refused before; statements of {} work",
                    case.previous
                ),
            )
            .ask(question::ask_rule_violations(
                case.dialect,
                table,
                &constraint.text,
            )),
        }
    }

    fn constraint_added(&self, constraint: &Constraint) -> OperationJudgement {
        let (case, table) = (self.case, self.table);
        let fresh = |column: &String| {
            self.entity.is_some_and(|entity| {
                entity.columns.iter().any(|state| {
                    state.alive
                        && state.old.is_none()
                        && state.column.name.eq_ignore_ascii_case(column)
                        && !state.column.required()
                })
            })
        };
        let same = case
            .before
            .entities
            .get(self.touched.entity.unwrap_or(usize::MAX))
            .is_some_and(|entity| {
                entity.constraints.iter().any(|other| {
                    other.kind == constraint.kind
                        && same_columns(&other.columns, &constraint.columns)
                        && (constraint.kind != ConstraintKind::Check
                            || other.text.eq_ignore_ascii_case(&constraint.text))
                })
            });
        if same && constraint.kind != ConstraintKind::Foreign {
            return self.safe(format!("{table} had the same rule before"));
        }
        if let Some(verdict) = self.parent_stays(constraint).filter(|_| !same) {
            return verdict;
        }
        let used = case.uses_table(table);
        let name = constraint.name.clone().unwrap_or_default();
        match constraint.kind {
            ConstraintKind::Unique if constraint.columns.is_empty() => {
                self.safe("the rule takes over an index that is judged itself")
            }
            ConstraintKind::Unique => {
                self.unique_added(constraint.name.as_deref(), &constraint.columns, true)
            }
            ConstraintKind::Primary if self.adopts_numbered(&constraint.columns) => {
                self.safe(format!(
                    "rows of {} get the new key from the database",
                    case.previous
                ))
            }
            ConstraintKind::Primary => {
                self.unique_added(constraint.name.as_deref(), &constraint.columns, true)
            }
            ConstraintKind::Foreign
                if !constraint.columns.is_empty() && constraint.columns.iter().all(fresh) =>
            {
                self.safe(format!(
                    "rows of {} leave the new column empty, so nothing is checked",
                    case.previous
                ))
            }
            ConstraintKind::Foreign if same => {
                self.safe(format!("{table} had the same reference before"))
            }
            ConstraintKind::Foreign if used.is_empty() => case.vain_table(self.kind, table),
            ConstraintKind::Foreign => OperationJudgement::new(
                self.kind,
                RollbackEffect::Doubt,
                format!(
                    "rows of {table} must refer to existing rows now, and deletes may be refused"
                ),
            )
            .used(used)
            .step(compatibility::drop_constraint(
                case.dialect,
                table,
                &name,
                constraint.kind,
            ))
            .check(Check::ReferenceAdded),
            _ if !constraint.columns.is_empty() && self.names_only_new(constraint) => {
                self.safe(format!(
                    "the rule is about columns that {} does not know",
                    case.previous
                ))
            }
            _ if used.is_empty() => case.vain_table(self.kind, table),
            _ => OperationJudgement::new(
                self.kind,
                RollbackEffect::Doubt,
                format!(
                    "values in {table} are refused that were taken before, and {} may write them",
                    case.previous
                ),
            )
            .used(used)
            .step(compatibility::drop_constraint(
                case.dialect,
                table,
                &name,
                constraint.kind,
            ))
            .check(Check::RuleAdded),
        }
    }

    /// The query for rows that refer to nothing, where the key that they refer to is known.
    fn orphans(&self, constraint: &Constraint) -> Option<String> {
        let parent = constraint.references.as_ref()?;
        let key = self
            .case
            .before
            .table(parent)?
            .columns
            .iter()
            .find(|state| state.alive && state.column.primary)?
            .column
            .name
            .clone();
        match constraint.columns.as_slice() {
            [column] => {
                question::ask_orphan_rows(self.case.dialect, self.table, column, parent, &key)
            }
            _ => None,
        }
    }

    /// Old code deletes rows of the table that a new reference points to.
    fn parent_stays(&self, constraint: &Constraint) -> Option<OperationJudgement> {
        let parent = constraint
            .references
            .as_ref()
            .filter(|_| constraint.kind == ConstraintKind::Foreign && !constraint.frees())?;
        deletes_refused(self.case, self.kind, self.table, parent)
    }

    /// Old code deletes rows and relied on the reference to take others along.
    fn took_along(&self, constraint: &Constraint) -> Option<OperationJudgement> {
        let case = self.case;
        let inline = case
            .before
            .entities
            .get(self.touched.entity?)
            .into_iter()
            .flat_map(|entity| &entity.columns)
            .filter(|state| state.column.frees);
        let parents = constraint
            .references
            .iter()
            .filter(|_| constraint.frees())
            .chain(inline.filter_map(|state| state.column.references.as_ref()));
        let (parent, used) = parents
            .map(|parent| (parent, case.usage.deletes(parent)))
            .find(|(_, used)| !used.is_empty())?;
        let why = format!(
            "{} deletes rows of {parent}, and rows of {} no longer go with them",
            case.previous, self.table
        );
        Some(
            OperationJudgement::new(K::DropForeignKey, RollbackEffect::Doubt, why)
                .used(used)
                .check(Check::RuleRemoved),
        )
    }

    /// `CHECK (column IS NOT NULL)` is judged like SET NOT NULL.
    fn not_null(&self, name: &str) -> OperationJudgement {
        let (case, table) = (self.case, self.table);
        let Some(entity) = self.entity else {
            return OperationJudgement::new(
                self.kind,
                RollbackEffect::Doubt,
                "the table is not known",
            );
        };
        let column = entity.find(name);
        let holds = column
            .and_then(|at| entity.columns.get(at))
            .is_none_or(|state| !state.column.nullable)
            || entity.constraints.iter().any(|constraint| {
                constraint.kind == ConstraintKind::NotNull
                    && constraint
                        .columns
                        .iter()
                        .any(|other| other.eq_ignore_ascii_case(name))
            });
        if !holds {
            return self.safe(format!(
                "{table}.{name} takes NULL again at the end of the range"
            ));
        }
        super::column::not_null(
            case,
            self.kind,
            table,
            name,
            Touched {
                column,
                ..self.touched
            },
        )
    }

    fn adopts_numbered(&self, columns: &[String]) -> bool {
        self.entity.is_some_and(|entity| {
            columns.iter().all(|column| {
                entity.get(column).is_some_and(|state| {
                    state.old.is_none() && (state.column.auto || state.column.default.is_some())
                })
            })
        })
    }

    /// A check that names new columns and no old one.
    fn names_only_new(&self, constraint: &Constraint) -> bool {
        let Some(entity) = self.entity else {
            return false;
        };
        let is = |word: &String, fresh: bool| {
            entity.columns.iter().any(|state| {
                state.alive
                    && state.old.is_none() == fresh
                    && state.column.name.eq_ignore_ascii_case(word)
            })
        };
        constraint.columns.iter().any(|word| is(word, true))
            && !constraint.columns.iter().any(|word| is(word, false))
    }
}

/// A new reference keeps rows that old code deletes.
pub fn deletes_refused(
    case: &JudgeInput<'_>,
    kind: K,
    child: &Name,
    parent: &Name,
) -> Option<OperationJudgement> {
    if parent.key() == child.key() || case.before.table(parent).is_none() {
        return None;
    }
    let used = case.usage.deletes(parent);
    (!used.is_empty()).then(|| {
        let why = format!(
            "{} deletes rows of {parent}, which is refused while rows of {child} refer to them",
            case.previous
        );
        OperationJudgement::new(kind, RollbackEffect::Doubt, why)
            .used(used)
            .check(Check::ReferenceAdded)
    })
}

/// PostgreSQL names unnamed constraints after table and columns: `orders_sku_key`,
/// `orders_customer_id_fkey`.
fn find_unnamed_constraint(entity: &TableEntity, name: &str) -> Option<Constraint> {
    let lower = name.to_lowercase();
    let table = entity.name.name.to_lowercase();
    let kind = [
        ("_key", ConstraintKind::Unique),
        ("_fkey", ConstraintKind::Foreign),
        ("_pkey", ConstraintKind::Primary),
        ("_check", ConstraintKind::Check),
    ]
    .into_iter()
    .find_map(|(end, kind)| lower.ends_with(end).then_some(kind))?;
    entity
        .constraints
        .iter()
        .find(|constraint| {
            constraint.name.is_none()
                && constraint.kind == kind
                && (kind == ConstraintKind::Primary
                    || lower.starts_with(&format!(
                        "{table}_{}",
                        constraint.columns.join("_").to_lowercase()
                    )))
        })
        .cloned()
        .or_else(|| {
            let column = lower
                .strip_prefix(&format!("{table}_"))?
                .strip_suffix("_key")?
                .to_owned();
            let state = entity.get(&column).filter(|state| state.column.unique)?;
            Some(Constraint {
                name: None,
                kind: ConstraintKind::Unique,
                columns: vec![state.column.name.clone()],
                references: None,
                text: String::new(),
            })
        })
}

/// What a constraint is by the custom of naming them.
fn by_name(name: &str, case: &JudgeInput<'_>) -> Option<ConstraintKind> {
    let lower = name.to_lowercase();
    let has = |signs: &[&str]| {
        signs
            .iter()
            .any(|sign| lower.starts_with(sign) || lower.ends_with(sign))
    };
    if has(&["fk_", "_fk", "_fkey", "_foreign", "fk"]) {
        Some(ConstraintKind::Foreign)
    } else if has(&[
        "uq_", "_uq", "_key", "_unique", "unique_", "uk_", "_uk", "_uniq",
    ]) {
        Some(ConstraintKind::Unique)
    } else if has(&["ck_", "_ck", "chk_", "_chk", "_check", "check_"]) {
        Some(ConstraintKind::Check)
    } else if has(&["pk_", "_pk", "_pkey"]) {
        Some(ConstraintKind::Primary)
    } else if has(&["df_", "df__"]) && case.dialect == Dialect::Mssql {
        Some(ConstraintKind::Default)
    } else {
        None
    }
}
