//! Indexes and constraints.

use super::super::checks;
use super::super::operation::{KindOfAction, OperationKind as K};
use super::super::question;
use super::super::schema::{TableEntity, Touched, matches_constraint, same_columns};
use super::super::step::{Constraint, ConstraintKind, Name, SchemaAction as A};
use super::fate::{Fate, find_table_fate};
use super::judgement::{JudgeInput, OperationJudgement};
use super::refusing::find_refusing_part;
use super::rule_facts::{find_unnamed_constraint, guess_constraint_kind};
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
        // a rule on a table that is gone at the end is judged with the table
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
        // an index that refuses rows is a rule; any other one is about speed
        A::CreateIndex(index) if index.unique => {
            here.unique_added(index.name.as_deref(), &index.columns, false)
        }
        A::CreateIndex(index) => here.index_refuses(&index.columns).unwrap_or_else(|| {
            OperationJudgement::safe(kind, "an index changes how fast, not what")
        }),
        A::DropIndex { name, .. } => here.index_dropped(name),
        // names of rules stand in upserts and in the handling of errors
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
                .check(&checks::RULE_RENAMED)
            }
        }
        // a named NOT NULL is the same as one on the column
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
        .check(&checks::RULE_ADDED),
        _ => OperationJudgement::safe(kind, "existing rows are checked, nothing else"),
    }
}

/// A table and the rule on it that a step is about.
pub(super) struct JudgedTable<'a, 'b> {
    pub(super) case: &'b JudgeInput<'a>,
    pub(super) kind: K,
    pub(super) table: &'b Name,
    pub(super) entity: Option<&'b TableEntity>,
    pub(super) touched: Touched,
}

impl JudgedTable<'_, '_> {
    pub(super) fn safe(&self, why: impl Into<String>) -> OperationJudgement {
        OperationJudgement::safe(self.kind, why)
    }

    pub(super) fn old_constraint(
        &self,
        name: Option<&str>,
        kind: Option<ConstraintKind>,
        columns: &[String],
    ) -> Option<Constraint> {
        let entity = self.case.before.entities.get(self.touched.entity?)?;
        // the rule by its name, else an index of that name, else the name that PostgreSQL would
        // have given
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
        // never there for previous
        if name.is_some_and(|name| self.case.after.made.contains(&name.to_lowercase())) {
            return self.safe("the rule is made and dropped inside the range");
        }
        // a name such as `fk_orders` tells what a rule of an unseen schema was
        let guess = kind.or_else(|| guess_constraint_kind(name?, self.case));
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
                .check(&checks::UNIQUE_REMOVED)
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
                .check(&checks::RULE_REMOVED)
            }
        }
    }

    pub(super) fn constraint_gone(&self, constraint: &Constraint) -> OperationJudgement {
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
                            .check(&checks::UNIQUE_REMOVED)
                        } else {
                            verdict
                        }
                    }
                    _ => OperationJudgement::new(
                        kind,
                        RollbackEffect::Doubt,
                        format!("{table} loses its primary key"),
                    )
                    .check(&checks::UNIQUE_REMOVED),
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
                    .check(&checks::REFERENCE_ADDED);
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
            .check(&checks::NULL_ALLOWED),
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
        // a key of several columns needs a join that is not written here
        match constraint.columns.as_slice() {
            [column] => {
                question::ask_orphan_rows(self.case.dialect, self.table, column, parent, &key)
            }
            _ => None,
        }
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
        // a reference that only refused took nothing along
        let parents = constraint
            .references
            .iter()
            .filter(|_| constraint.frees())
            .chain(inline.filter_map(|state| state.column.references.as_ref()));
        let (parent, used) = parents
            .map(|parent| (parent, case.usage.deletes(parent, case.models)))
            .find(|(_, used)| !used.is_empty())?;
        let why = format!(
            "{} deletes rows of {parent}, and rows of {} no longer go with them",
            case.previous, self.table
        );
        Some(
            OperationJudgement::new(K::DropForeignKey, RollbackEffect::Doubt, why)
                .used(used)
                .check(&checks::RULE_REMOVED),
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

    /// An index over an expression that stops at values of old columns.
    fn index_refuses(&self, columns: &[String]) -> Option<OperationJudgement> {
        let (case, table) = (self.case, self.table);
        let part = columns
            .iter()
            .find_map(|column| find_refusing_part(column, case.dialect))?;
        let used = case.writes_table(table);
        (!used.is_empty()).then(|| {
            OperationJudgement::new(
                self.kind,
                RollbackEffect::Doubt,
                format!(
                    "the new index of {table} {part}, so the database refuses rows of {} whose value does not fit",
                    case.previous
                ),
            )
            .used(used)
            .check(&checks::RULE_ADDED)
        })
    }
}
