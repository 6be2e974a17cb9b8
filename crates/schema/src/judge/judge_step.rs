//! Which room judges a step.

use super::super::checks;
use super::super::dialect::Dialect;
use super::super::operation::{KindOfAction, OperationKind};
use super::super::schema::Touched;
use super::super::step::{MigrationStep, SchemaAction};
use super::judgement::{JudgeInput, OperationJudgement};
use super::{alone, column, program, row, rule, table};
use model::{CheckDeclaration, Evidence, RollbackEffect};

/// Judges one step. What breaks needs proven use: where nothing but the word stands in old code, it
/// is doubt.
pub fn judge_step(
    case: &JudgeInput<'_>,
    step: &MigrationStep,
    touched: Touched,
) -> OperationJudgement {
    let mut verdict = by_kind(case, step, touched);
    // `INSERT IGNORE` was said to break where MySQL only warns and stores something else
    if case.dialect == Dialect::MySql
        && verdict.rollback == RollbackEffect::BreaksWrites
        && verdict.check.is_some_and(is_about_values)
        && !verdict.used_by.is_empty()
        && verdict.used_by.iter().all(ignores_errors)
    {
        verdict.rollback = RollbackEffect::Doubt;
        verdict.why.push_str(
            ". Its statements ignore errors: MySQL stores an empty or a shortened value then, or no row",
        );
    }
    let breaks = matches!(
        verdict.rollback,
        RollbackEffect::BreaksReads | RollbackEffect::BreaksWrites
    );
    // a word in a text, a log or a list is no statement, so what rests on it alone is doubt
    if breaks
        && !verdict.used_by.is_empty()
        && verdict
            .used_by
            .iter()
            .all(|place| case.usage.is_hint(place))
    {
        verdict.rollback = RollbackEffect::Doubt;
        verdict.why.push_str(
            ". Only the word is found there; somebody has to look whether it means this object",
        );
    }
    verdict
}

/// What a check is about is the value of a row, and not which columns there are.
fn is_about_values(check: &CheckDeclaration) -> bool {
    [
        &checks::REQUIRED_COLUMN,
        &checks::NULL_REFUSED,
        &checks::TYPE_NARROWED,
        &checks::UNIQUE_ADDED,
        &checks::RULE_ADDED,
        &checks::REFERENCE_ADDED,
        &checks::DEFAULT_REMOVED,
    ]
    .iter()
    .any(|about| about.doc.id == check.doc.id)
}

/// The line of a statement by which MySQL turns errors about values into warnings.
fn ignores_errors(place: &Evidence) -> bool {
    let line = place
        .excerpt
        .as_ref()
        .map_or("", model::Untrusted::as_raw)
        .to_lowercase();
    line.contains("insert ignore") || line.contains("update ignore")
}

fn by_kind(case: &JudgeInput<'_>, step: &MigrationStep, touched: Touched) -> OperationJudgement {
    use SchemaAction as A;
    // by itself first: the judge may turn it into another kind, such as a rebuild
    let kind = OperationKind::of(&step.action);
    let vague = step
        .action
        .table()
        .is_some_and(|table| table.name == crate::sql::VAGUE);
    // `{prefix}orders` may be any table; what is safe for every table is safe for this one too
    if vague && !matches!(alone::judge_operation_alone(kind), RollbackEffect::Safe) {
        return OperationJudgement::new(
            kind,
            RollbackEffect::Doubt,
            "the table's name is put together while the migration runs",
        )
        .check(&checks::NOT_UNDERSTOOD);
    }
    match &step.action {
        A::CreateTable(_)
        | A::DropTable { .. }
        | A::RenameTable { .. }
        | A::MoveTable { .. }
        | A::Truncate { .. }
        | A::TableOption { .. }
        | A::TableCollation { .. }
        | A::AddPartition { .. }
        | A::DropPartition { .. }
        | A::Partition { .. } => table::judge_table(case, kind, &step.action, touched),
        A::AddColumn { .. }
        | A::DropColumn { .. }
        | A::RenameColumn { .. }
        | A::ChangeType { .. }
        | A::RestateColumn { .. }
        | A::SetNotNull { .. }
        | A::DropNotNull { .. }
        | A::SetDefault { .. }
        | A::DropDefault { .. }
        | A::SetGenerated { .. }
        | A::DropGenerated { .. }
        | A::SetIdentity { .. }
        | A::DropIdentity { .. }
        | A::ColumnOption { .. } => column::judge_column(case, kind, &step.action, touched),
        A::CreateIndex(_)
        | A::DropIndex { .. }
        | A::RenameIndex { .. }
        | A::AddConstraint { .. }
        | A::DropConstraint { .. }
        | A::RenameConstraint { .. }
        | A::ValidateConstraint { .. }
        | A::AlterConstraint { .. } => rule::judge_rule(case, kind, &step.action, touched),
        A::Insert { .. } | A::Update { .. } | A::Delete { .. } => {
            row::judge_rows(case, kind, step, touched)
        }
        _ => program::judge_program_object(case, kind, step, touched),
    }
}
