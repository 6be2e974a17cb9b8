//! Two columns of one name, where a table takes the place of another.

use super::super::operation::OperationKind as K;
use super::super::schema::{TableEntity, Touched};
use super::super::step::{Column, DefaultValue, Name};
use super::column::JudgedColumn;
use super::compare::{TypeChange, compare_types};
use super::judgement::JudgeInput;
use super::view::normalize_body;
use model::RollbackEffect;

/// The worst difference between the columns of two tables, for old code.
pub fn compare_table_columns(
    case: &JudgeInput<'_>,
    kind: K,
    old: &TableEntity,
    new: &TableEntity,
    table: &Name,
) -> (RollbackEffect, String) {
    let mut found = Vec::new();
    for state in old.columns.iter().filter(|state| state.alive) {
        let name = &state.column.name;
        match new.get(name) {
            Some(now) => {
                let compared = ComparedColumn {
                    case,
                    table,
                    was: &state.column,
                    now: &now.column,
                };
                found.extend(compared.compare_type());
                found.extend(compared.find_null_refused());
                found.extend(compared.list_other_values());
                found.extend(compared.find_default_gone());
                found.extend(compared.find_null_allowed());
            }
            None if case.uses_column(table, name).is_empty() => {}
            None => found.push((
                RollbackEffect::BreaksReads,
                format!(
                    "the new {table} has no column {name}, which {} uses",
                    case.previous
                ),
            )),
        }
    }
    // a column that is new is judged as if it were added
    for state in new
        .columns
        .iter()
        .filter(|state| state.alive && old.get(&state.column.name).is_none())
    {
        let added = JudgedColumn {
            case,
            kind,
            entity: new,
            table,
            name: &state.column.name,
            touched: Touched::default(),
        };
        let verdict = added.added(&state.column, &state.column, false);
        found.push((verdict.rollback, verdict.why));
    }
    // the first of the worst
    found
        .into_iter()
        .fold((RollbackEffect::Safe, String::new()), |worst, other| {
            if other.0 > worst.0 { other } else { worst }
        })
}

/// A column of a table that another one takes the place of.
struct ComparedColumn<'a, 'b> {
    case: &'b JudgeInput<'a>,
    table: &'b Name,
    was: &'b Column,
    now: &'b Column,
}

/// What a difference does to old code, with its sentence.
type ColumnDifference = (RollbackEffect, String);

impl ComparedColumn<'_, '_> {
    fn compare_type(&self) -> Option<ColumnDifference> {
        let (table, name) = (self.table, &self.was.name);
        match compare_types(&self.was.data_type, &self.now.data_type, self.case.dialect) {
            // as for a type that changes in its place: the smaller one refuses somebody else at most
            TypeChange::Narrower if self.case.usage.never_written(table, self.case.models) => {
                Some((
                    RollbackEffect::Doubt,
                    format!(
                        "{table}.{name} takes fewer values than before, and who adds rows is not found in the code of {}",
                        self.case.previous
                    ),
                ))
            }
            TypeChange::Narrower => Some((
                RollbackEffect::BreaksWrites,
                format!("{table}.{name} takes fewer values than before"),
            )),
            TypeChange::Incompatible => Some((
                RollbackEffect::BreaksReads,
                format!(
                    "{table}.{name} has a type that statements of {} do not fit",
                    self.case.previous
                ),
            )),
            TypeChange::Other => Some((
                RollbackEffect::Doubt,
                format!("{table}.{name} has another kind of type"),
            )),
            _ => None,
        }
    }

    /// It took NULL, and takes it no longer.
    fn find_null_refused(&self) -> Option<ColumnDifference> {
        let (table, name, previous) = (self.table, &self.was.name, self.case.previous);
        if !self.was.nullable {
            return None;
        }
        if self.now.required() {
            return Some(if self.case.usage.only_read(table, self.case.models) {
                (
                    RollbackEffect::Doubt,
                    format!(
                        "{table}.{name} no longer takes NULL, and who adds rows is not found in the code of {previous}"
                    ),
                )
            } else {
                (
                    RollbackEffect::BreaksWrites,
                    format!("{table}.{name} no longer takes NULL"),
                )
            });
        }
        (!self.now.nullable && self.now.default.is_some()).then(|| {
            (
                RollbackEffect::Doubt,
                format!("{table}.{name} no longer takes NULL, and {previous} may write it"),
            )
        })
    }

    /// Another default, collation or expression: rows get or show other values.
    fn list_other_values(&self) -> Vec<ColumnDifference> {
        let (table, name, was, now) = (self.table, &self.was.name, self.was, self.now);
        let mut out = Vec::new();
        if !same_default(&was.default, &now.default)
            && !now.required()
            && (now.references.is_some()
                || now.check
                || now.unique
                || !self.case.uses_column(table, name).is_empty())
        {
            out.push((
                RollbackEffect::Doubt,
                format!(
                    "rows that {} writes without {table}.{name} get another value than before",
                    self.case.previous
                ),
            ));
        }
        if !was.collation.eq_ignore_ascii_case(&now.collation) {
            out.push((
                RollbackEffect::Doubt,
                format!("texts in {table}.{name} compare and sort differently"),
            ));
        }
        if was.generated != now.generated
            || normalize_body(&was.expression) != normalize_body(&now.expression)
        {
            out.push((
                RollbackEffect::Doubt,
                format!("{table}.{name} is computed differently than before"),
            ));
        }
        out
    }

    fn find_default_gone(&self) -> Option<ColumnDifference> {
        let (table, name) = (self.table, &self.was.name);
        (!self.was.nullable && !self.was.required() && self.now.required()).then(|| {
            (
                RollbackEffect::Doubt,
                format!(
                    "{table}.{name} has no default any more, and rows that leave it out are refused"
                ),
            )
        })
    }

    /// It may be empty now, and old code reads it and is not seen to expect that.
    fn find_null_allowed(&self) -> Option<ColumnDifference> {
        let (case, table, name) = (self.case, self.table, &self.was.name);
        if self.was.nullable || !self.now.nullable || self.was.primary {
            return None;
        }
        let told = case.usage.nullability(table, name, case.models);
        let copes = matches!(told, Some((crate::usage::Nullability::Nullable, _)));
        (!case.uses_column(table, name).is_empty() && !copes).then(|| {
            (
                RollbackEffect::Doubt,
                format!("{table}.{name} may now hold NULL"),
            )
        })
    }
}

/// Blanks and brackets around a value do not count.
fn same_default(before: &DefaultValue, after: &DefaultValue) -> bool {
    let text = |value: &DefaultValue| match value {
        DefaultValue::None => None,
        DefaultValue::Constant(text) | DefaultValue::Volatile(text) => {
            let bare = normalize_body(text);
            Some(bare.trim_matches(['(', ')']).to_owned())
        }
    };
    text(before) == text(after)
}
