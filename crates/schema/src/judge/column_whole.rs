//! A new column, and statements of old code that name none: rows written or read by place, and
//! routines whose answer states its columns.

use super::super::checks;
use super::super::dialect::Dialect;
use super::super::step::{Column, Name, Routine};
use super::super::usage::find_star_use;
use super::column::JudgedColumn;
use super::judgement::OperationJudgement;
use model::RollbackEffect;

impl JudgedColumn<'_, '_> {
    /// Rows that old code writes without naming columns lack a value now.
    pub(super) fn written_by_place(&self, stated: &Column) -> Option<OperationJudgement> {
        let (case, table) = (self.case, self.table);
        // an invisible column is no part of a row that is written by place
        if stated.hidden {
            return None;
        }
        // SQLite and SQL Server leave computed columns out of such a row, PostgreSQL out of a copy
        if stated.generated && !matches!(case.dialect, Dialect::MySql | Dialect::Unknown) {
            return None;
        }
        let copied = case.usage.copies_without_columns(table);
        let inserted = match case.dialect {
            // a row of PostgreSQL may have fewer values than there are columns
            Dialect::Postgres | Dialect::Cassandra => Vec::new(),
            _ => case.usage.inserts_without_columns(table),
        };
        let effect = match case.dialect {
            // of an unknown database it is not known whether it takes shorter rows; COPY fails in
            // each
            Dialect::Unknown if copied.is_empty() => RollbackEffect::Doubt,
            _ => RollbackEffect::BreaksWrites,
        };
        let used = if copied.is_empty() { inserted } else { copied };
        (!used.is_empty()).then(|| {
            OperationJudgement::new(
                self.kind,
                effect,
                format!(
                    "{} writes rows of {table} without naming columns, and there is one more now",
                    case.previous
                ),
            )
            .used(used)
            .check(&checks::ROW_WITHOUT_COLUMNS)
        })
    }

    /// Old code reads whole rows where the number of columns counts.
    pub(super) fn read_whole(&self) -> Option<OperationJudgement> {
        let (case, table) = (self.case, self.table);
        let (refused, strict) = case.usage.reads_whole_rows(table);
        let (effect, used, why) = if refused.is_empty() {
            (
                RollbackEffect::Doubt,
                strict,
                format!(
                    "{} reads every column of {table} into a fixed number of places, and there is one more now",
                    case.previous
                ),
            )
        } else {
            (
                RollbackEffect::BreaksWrites,
                refused,
                format!(
                    "a statement of {} takes every column of {table} where the number counts, and there is one more now",
                    case.previous
                ),
            )
        };
        (!used.is_empty()).then(|| {
            OperationJudgement::new(self.kind, effect, why)
                .used(used)
                .check(&checks::WHOLE_ROW_READ)
        })
    }

    /// A routine of the previous release states the columns of its answer, and takes them all from
    /// the table: PostgreSQL refuses every call.
    pub(super) fn returned_whole(&self) -> Option<OperationJudgement> {
        let (case, table) = (self.case, self.table);
        if !matches!(case.dialect, Dialect::Postgres | Dialect::Unknown) {
            // only PostgreSQL holds the answer of a function against the columns that were stated
            return None;
        }
        case.before
            .routines
            .iter()
            .filter(|(key, old)| {
                // a body that was written anew in the range knows the new column
                case.after
                    .routines
                    .get(*key)
                    .is_some_and(|end| end.body == old.body)
                    && returns_whole_rows(old, table)
            })
            .find_map(|(_, routine)| {
                let used = case.usage.word(&routine.name.name);
                let why = format!(
                    "{} calls {}, which states the columns of its answer and takes every column of {table}, and there is one more now",
                    case.previous, routine.name
                );
                (!used.is_empty()).then(|| {
                    OperationJudgement::new(self.kind, RollbackEffect::BreaksReads, why)
                        .used(used)
                        .check(&checks::WHOLE_ROW_READ)
                })
            })
    }
}

/// `RETURNS TABLE (..)` or `RETURNS SETOF other` with `SELECT * FROM` the table as the answer. A
/// body that the database took apart when it was made keeps the columns of then.
fn returns_whole_rows(routine: &Routine, table: &Name) -> bool {
    let body: String = routine
        .body
        .to_lowercase()
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    let Some(answer) = body.strip_prefix("returns ") else {
        return false;
    };
    let answer = answer.strip_prefix("setof ").unwrap_or(answer);
    let named = answer
        .split(|c: char| !c.is_alphanumeric() && !matches!(c, '_' | '.'))
        .next()
        .unwrap_or_default();
    let named = named.rsplit('.').next().unwrap_or(named);
    // rows of the table itself have the new column too
    let own = named == table.name.to_lowercase();
    let nothing = matches!(named, "void" | "trigger" | "event_trigger");
    // `BEGIN ATOMIC` is taken apart when the function is made, and keeps the columns of then
    if own || nothing || body.contains("begin atomic") {
        return false;
    }
    let star = find_star_use(&body, table);
    star.returned || star.read && body.contains("language sql")
}
