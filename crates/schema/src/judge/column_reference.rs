//! New columns that refer to rows, and references that fit no key.

use super::super::checks;
use super::super::dialect::Dialect;
use super::super::operation::OperationKind as K;
use super::super::schema::same_columns;
use super::super::step::{Column, DefaultValue, Name};
use super::column::JudgedColumn;
use super::judgement::{JudgeInput, OperationJudgement};
use super::rule_facts::{deletes_refused, primary_key, unique_sets};
use model::RollbackEffect;

impl JudgedColumn<'_, '_> {
    /// A new column that refers to rows: old code leaves it to its default, and deletes rows that
    /// it may refer to.
    pub(super) fn refers(&self, stated: &Column) -> Option<OperationJudgement> {
        let (case, table, name) = (self.case, self.table, self.name);
        let parent = stated.references.as_ref()?;
        if let Some(verdict) = reference_unfit(case, self.kind, table, stated) {
            return Some(verdict);
        }
        // a default that points at a row needs that row: `DEFAULT 1` and no row 1
        if matches!(stated.default, DefaultValue::Constant(_)) {
            let used = case.uses_table(table);
            if !used.is_empty() {
                let why = format!(
                    "rows that {} writes get the default of {table}.{name}, and are refused or go along where {parent} has no such row",
                    case.previous
                );
                return Some(
                    OperationJudgement::new(self.kind, RollbackEffect::Doubt, why)
                        .used(used)
                        .check(&checks::REFERENCE_ADDED),
                );
            }
        }
        // CASCADE and SET NULL let the parent go
        if stated.frees {
            return None;
        }
        // models delete in many places; a column that old code leaves empty counts only where a
        // statement says that rows go
        if case.usage.deletes_by_statement(parent).is_empty() {
            return None;
        }
        deletes_refused(case, self.kind, table, parent)
    }
}

/// SQLite takes a reference to a table that is not there, or to columns that are no key, and
/// refuses statements on both tables later, where it checks references.
pub(super) fn reference_unfit(
    case: &JudgeInput<'_>,
    kind: K,
    child: &Name,
    column: &Column,
) -> Option<OperationJudgement> {
    let parent = column.references.as_ref()?;
    // other databases refuse the reference itself, so that the migration would have failed
    if case.dialect != Dialect::Sqlite
        || !case.before.replayed
        || parent.key() == child.key() && column.key_of.is_empty()
    {
        return None;
    }
    let entity = case.after.table(parent)?;
    let why = if !entity.known {
        if case.before.table(parent).is_some() {
            // a table that no migration made may be there with any key
            return None;
        }
        format!("{child} refers to {parent}, and no migration makes such a table")
    } else {
        let key = primary_key(entity);
        let asked = if column.key_of.is_empty() {
            &key
        } else {
            &column.key_of
        };
        let entities = &case.after.entities;
        let id = entities
            .iter()
            .position(|other| std::ptr::eq(&**other, entity))?;
        let unique = unique_sets(case.after, id, parent);
        // a key of several columns makes none of them unique by itself
        if asked.len() == 1 && unique.iter().any(|columns| same_columns(columns, asked)) {
            return None;
        }
        format!(
            "{child} refers to ({}) of {parent}, which is no key by itself",
            asked.join(", ")
        )
    };
    let mut used = case.uses_table(child);
    used.extend(case.uses_table(parent));
    (!used.is_empty()).then(|| {
        let why = format!(
            "{why}: where references are checked, SQLite refuses statements of {} on both",
            case.previous
        );
        OperationJudgement::new(kind, RollbackEffect::Doubt, why)
            .used(used)
            .check(&checks::REFERENCE_ADDED)
    })
}
