//! Constraints that are added.

use super::super::checks;
use super::super::compatibility;
use super::super::schema::same_columns;
use super::super::step::{Constraint, ConstraintKind, DefaultValue};
use super::condition::{breaks_rule, names_column};
use super::judgement::OperationJudgement;
use super::rule::JudgedTable;
use super::rule_facts::deletes_refused;
use model::{Evidence, RollbackEffect};

impl JudgedTable<'_, '_> {
    pub(super) fn constraint_added(&self, constraint: &Constraint) -> OperationJudgement {
        let (case, table) = (self.case, self.table);
        // the rule was there under another name, or without one
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
        // a foreign key may have another action now, so it is looked at further
        if same && constraint.kind != ConstraintKind::Foreign {
            return self.safe(format!("{table} had the same rule before"));
        }
        if let Some(verdict) = self.parent_stays(constraint).filter(|_| !same) {
            return verdict;
        }
        let used = case.uses_table(table);
        match constraint.kind {
            // `ADD CONSTRAINT .. USING INDEX` names no column
            ConstraintKind::Unique if constraint.columns.is_empty() => {
                self.safe("the rule takes over an index that is judged itself")
            }
            ConstraintKind::Unique => {
                self.unique_added(constraint.name.as_deref(), &constraint.columns, true)
            }
            // a new key that the database numbers asks nothing of old code
            ConstraintKind::Primary if self.adopts_numbered(&constraint.columns) => {
                self.safe(format!(
                    "rows of {} get the new key from the database",
                    case.previous
                ))
            }
            ConstraintKind::Primary => {
                self.unique_added(constraint.name.as_deref(), &constraint.columns, true)
            }
            ConstraintKind::Foreign => self.judge_added_reference(constraint, same, used),
            _ => self.judge_added_condition(constraint, used),
        }
    }

    fn judge_added_reference(
        &self,
        constraint: &Constraint,
        same: bool,
        used: Vec<Evidence>,
    ) -> OperationJudgement {
        let (case, table) = (self.case, self.table);
        // NULL refers to nothing and is let through by every database
        if !constraint.columns.is_empty()
            && constraint
                .columns
                .iter()
                .all(|column| self.stays_empty(column))
        {
            return self.safe(format!(
                "rows of {} leave the new column empty, so nothing is checked",
                case.previous
            ));
        }
        if same {
            return self.safe(format!("{table} had the same reference before"));
        }
        if used.is_empty() {
            return case.vain_table(self.kind, table);
        }
        OperationJudgement::new(
            self.kind,
            RollbackEffect::Doubt,
            format!("rows of {table} must refer to existing rows now, and deletes may be refused"),
        )
        .used(used)
        .step(self.drop_step(constraint))
        .check(&checks::REFERENCE_ADDED)
    }

    /// A column that is new in the range, and that old code leaves empty.
    fn stays_empty(&self, column: &str) -> bool {
        self.entity.is_some_and(|entity| {
            entity.columns.iter().any(|state| {
                state.alive
                    && state.old.is_none()
                    && state.column.name.eq_ignore_ascii_case(column)
                    && !state.column.required()
                    && !matches!(state.column.default, DefaultValue::Constant(_))
            })
        })
    }

    fn drop_step(&self, constraint: &Constraint) -> Option<String> {
        compatibility::drop_constraint(
            self.case.dialect,
            self.table,
            constraint.name.as_deref().unwrap_or_default(),
            constraint.kind,
        )
    }

    /// A rule about the values of a row.
    fn judge_added_condition(
        &self,
        constraint: &Constraint,
        used: Vec<Evidence>,
    ) -> OperationJudgement {
        let (case, table) = (self.case, self.table);
        let met = Some(constraint)
            .filter(|constraint| constraint.kind == ConstraintKind::Check)
            .and_then(|constraint| self.meets_defaults(constraint));
        // a default that breaks the rule is certain; an expression that was not computed is doubt
        if let Some((column, computed)) = met {
            let (effect, end) = if computed {
                (RollbackEffect::BreaksWrites, "which the new rule refuses")
            } else {
                (
                    RollbackEffect::Doubt,
                    "and whether the new rule takes that was not computed",
                )
            };
            let why = format!(
                "{} does not know {table}.{column} and leaves it to its default, {end}",
                case.previous
            );
            return OperationJudgement::new(self.kind, effect, why)
                .used(case.writes_table(table))
                .step(self.drop_step(constraint))
                .check(&checks::RULE_ADDED);
        }
        // rules over new columns meet only what current writes, unless their default breaks them
        if !constraint.columns.is_empty() && self.names_only_new(constraint) {
            return self.safe(format!(
                "the rule is about columns that {} does not know",
                case.previous
            ));
        }
        if used.is_empty() {
            return case.vain_table(self.kind, table);
        }
        OperationJudgement::new(
            self.kind,
            RollbackEffect::Doubt,
            format!(
                "values in {table} are refused that were taken before, and {} may write them",
                case.previous
            ),
        )
        .used(used)
        .step(self.drop_step(constraint))
        .check(&checks::RULE_ADDED)
    }

    /// Old code deletes rows of the table that a new reference points to.
    fn parent_stays(&self, constraint: &Constraint) -> Option<OperationJudgement> {
        let parent = constraint
            .references
            .as_ref()
            // a reference that frees its parent refuses no delete
            .filter(|_| constraint.kind == ConstraintKind::Foreign && !constraint.frees())?;
        deletes_refused(self.case, self.kind, self.table, parent)
    }

    /// A column that is new in the range and that the rule is about; with `true` where its default
    /// breaks the rule, with `false` where the rule names new columns alone and could not be
    /// computed.
    fn meets_defaults(&self, constraint: &Constraint) -> Option<(String, bool)> {
        let entity = self.entity?;
        let fresh: Vec<(&str, &DefaultValue)> = entity
            .columns
            .iter()
            .filter(|state| {
                state.alive
                    && state.old.is_none()
                    && !state.column.required()
                    && !state.column.generated
                    && !state.column.auto
                    && (constraint
                        .columns
                        .iter()
                        .any(|column| column.eq_ignore_ascii_case(&state.column.name))
                        || names_column(&constraint.text, &state.column.name))
            })
            .map(|state| (state.column.name.as_str(), &state.column.default))
            .collect();
        // the column with a default is the one that a person can change
        let (column, _) = fresh
            .iter()
            .find(|(_, default)| default.is_some())
            .or(fresh.first())?;
        match breaks_rule(&constraint.text, &fresh) {
            Some(true) => Some(((*column).to_owned(), true)),
            Some(false) => None,
            // a rule that also names old columns is judged as one over their values
            None => (self.names_only_new(constraint)
                && !self.case.writes_table(self.table).is_empty())
            .then(|| ((*column).to_owned(), false)),
        }
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
        // words of a condition that are no column count neither way
        constraint.columns.iter().any(|word| is(word, true))
            && !constraint.columns.iter().any(|word| is(word, false))
    }
}
