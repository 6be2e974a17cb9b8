//! New columns that are computed from what old code writes.

use super::super::checks;
use super::super::dialect::Dialect;
use super::super::step::Column;
use super::column::JudgedColumn;
use super::compare::{TypeChange, compare_types};
use super::condition::names_column;
use super::judgement::OperationJudgement;
use super::refusing::find_refusing_part;
use model::RollbackEffect;

/// Functions whose value is as large as what they are given.
const WHOLE_FUNCTIONS: [&str; 8] = [
    "lower", "upper", "coalesce", "ifnull", "concat", "abs", "trim", "nullif",
];

/// The expression calls a function that may make a value smaller.
fn calls_other_function(expression: &str) -> bool {
    expression.match_indices('(').any(|(at, _)| {
        let head = expression[..at].trim_end();
        let start = head
            .rfind(|c: char| !c.is_alphanumeric() && c != '_')
            .map_or(0, |place| place + 1);
        let name = head.get(start..).unwrap_or_default().to_lowercase();
        !name.is_empty() && !WHOLE_FUNCTIONS.contains(&name.as_str())
    })
}

impl JudgedColumn<'_, '_> {
    /// A computed column that stops at values of old columns.
    pub(super) fn computed(&self, stated: &Column) -> Option<OperationJudgement> {
        let (case, table, name) = (self.case, self.table, self.name);
        if !stated.generated {
            return None;
        }
        // an expression that casts or divides may stop at a value that old code writes
        let part = find_refusing_part(&stated.expression, case.dialect).map_or_else(
            || self.find_wider_source(stated),
            |part| Some(part.to_owned()),
        )?;
        let used = case.writes_table(table);
        (!used.is_empty()).then(|| {
            OperationJudgement::new(
                self.kind,
                RollbackEffect::Doubt,
                format!(
                    "the database computes {table}.{name} with an expression that {part}, and refuses rows of {} whose value does not fit",
                    case.previous
                ),
            )
            .used(used)
            .check(&checks::GENERATED_COLUMN)
        })
    }

    /// An old column that the expression takes whole, and whose values the new column is too small
    /// for. SQLite holds no value against a type.
    fn find_wider_source(&self, stated: &Column) -> Option<String> {
        let dialect = self.case.dialect;
        let expression = &stated.expression;
        // a function may shorten a value, so a wider source proves nothing
        if dialect == Dialect::Sqlite || calls_other_function(expression) {
            return None;
        }
        self.entity
            .columns
            .iter()
            .filter(|state| state.alive && names_column(expression, &state.column.name))
            .find(|state| {
                compare_types(&state.column.data_type, &stated.data_type, dialect)
                    == TypeChange::Narrower
            })
            .map(|state| {
                format!(
                    "takes {} ({}), which does not fit into {}",
                    state.column.name, state.column.data_type, stated.data_type
                )
            })
    }
}
