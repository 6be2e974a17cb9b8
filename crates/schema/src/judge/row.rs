//! Rows that a migration adds, changes or removes.

use super::super::checks;
use super::super::operation::OperationKind as K;
use super::super::schema::{TableEntity, Touched};
use super::super::step::{MigrationStep, Name, SchemaAction as A};
use super::judgement::{JudgeInput, OperationJudgement};
use super::view::normalize_body;
use model::RollbackEffect;

pub fn judge_rows(
    case: &JudgeInput<'_>,
    kind: K,
    step: &MigrationStep,
    touched: Touched,
) -> OperationJudgement {
    let action = &step.action;
    let named = action.table().cloned().unwrap_or_default();
    let Some(entity) = case.entity(touched) else {
        return OperationJudgement::new(kind, RollbackEffect::Doubt, "the table is not known")
            .check(&checks::DATA_REWRITTEN);
    };
    let table = case.old_name(entity, &named);
    // a rebuild copies the rows out and back, which is no change of them
    if let A::Insert { from, .. } = action
        && touched.stands
        && !from.is_empty()
        && entity.copied.iter().any(|id| {
            case.after.entities.get(*id).is_some_and(|source| {
                source.old == entity.stands_for && holds_rows_of(case, from, &named, *id)
            })
        })
    {
        return OperationJudgement::safe(kind, format!("its own rows come back into {named}"));
    }
    // before *new*: a table that takes an old name at the end is read by old code
    if let Some(verdict) = copied_by_place(case, kind, step, entity) {
        return verdict;
    }
    if case.is_new(entity, touched) {
        return OperationJudgement::safe(
            kind,
            format!(
                "the table {named} is new in this range, so {} does not read it",
                case.previous
            ),
        );
    }
    let used = case.uses_table(&table);
    // filling a column that old code does not know changes nothing that it reads
    if let A::Update { columns, .. } = action
        && !columns.is_empty()
        && columns.iter().all(|column| {
            entity
                .columns
                .iter()
                .any(|state| state.old.is_none() && state.column.name.eq_ignore_ascii_case(column))
        })
    {
        return OperationJudgement::safe(
            K::Backfill,
            format!(
                "it fills {}, which {} does not know",
                columns.join(", "),
                case.previous
            ),
        )
        // rows that old code writes later are filled by nobody once the migration counts as run
        .check(&checks::BACKFILL_AGAIN);
    }
    if used.is_empty() {
        return case.vain_table(kind, &table);
    }
    if let A::Update { columns, .. } = action
        && let Some(lacked) = case.usage.find_lacked_word(&table, columns, &step.text)
    {
        let why = format!(
            "{} knows no {} {:?}, and this writes it into rows of {table} that it reads",
            case.previous, lacked.of, lacked.word
        );
        let mut places = vec![lacked.place];
        places.extend(used);
        return OperationJudgement::new(kind, RollbackEffect::BreaksReads, why)
            .used(places)
            .check(&checks::DATA_REWRITTEN);
    }
    let check = if matches!(action, A::Delete { .. }) {
        &checks::ROWS_REMOVED
    } else {
        &checks::DATA_REWRITTEN
    };
    let (effect, why) = say_row_change(case, action, &table);
    OperationJudgement::new(kind, effect, why)
        .used(used)
        .check(check)
}

/// What happens to rows that old code reads.
fn say_row_change(case: &JudgeInput<'_>, action: &A, table: &Name) -> (RollbackEffect, String) {
    let previous = case.previous;
    let why = match action {
        A::Insert {
            overwrites: true, ..
        } => format!("rows of {table} that {previous} reads are added or overwritten"),
        A::Insert { .. } => {
            format!("{previous} will read rows in {table} that it did not write")
        }
        A::Delete { .. } => {
            format!("rows of {table} are removed, and {previous} reads that table")
        }
        A::Update { columns, .. } if columns.is_empty() => {
            format!("rows of {table} are rewritten, and {previous} reads that table")
        }
        A::Update { columns, .. } => format!(
            "{} of {table} is rewritten, and {previous} reads that table",
            columns.join(", ")
        ),
        _ => {
            let why = "it is not known what happens to the rows";
            return (RollbackEffect::Doubt, why.to_owned());
        }
    };
    (RollbackEffect::DataChanged, why)
}

/// One of the tables has the rows of a table of the previous release, or is that table.
fn holds_rows_of(case: &JudgeInput<'_>, tables: &[Name], target: &Name, source: usize) -> bool {
    // a table that is read into itself gets more rows
    let mut others = tables.iter().filter(|table| table.key() != target.key());
    others.any(|table| {
        let keys = case.after.entities.iter().enumerate();
        let mut named = keys.filter(|(_, entity)| entity.name.key() == table.key());
        named.any(|(id, entity)| id == source || entity.copied.contains(&source))
            || case
                .before
                .entity(source)
                .is_some_and(|old| old.name.key() == table.key())
    })
}

/// All columns of an old table are copied into a table that takes its name, by place, and the order
/// is another one: values land in other columns.
fn copied_by_place(
    case: &JudgeInput<'_>,
    kind: K,
    step: &MigrationStep,
    target: &TableEntity,
) -> Option<OperationJudgement> {
    let A::Insert { columns, from, .. } = &step.action else {
        return None;
    };
    let [source] = from.as_slice() else {
        return None;
    };
    let text = normalize_body(&step.text);
    // `INSERT INTO new SELECT * FROM old` takes values by place
    if !columns.is_empty() || !text.contains("select * from ") || !target.known {
        return None;
    }
    let old = case.before.table(source).filter(|old| old.known)?;
    // a table under another name is not what old code writes to
    let takes_name = target.alive && target.name.key() == old.name.key();
    let names = |entity: &TableEntity| {
        entity
            .columns
            .iter()
            .filter(|state| state.alive && !state.column.generated)
            .map(|state| state.column.key())
            .collect::<Vec<_>>()
    };
    let (before, after) = (names(old), names(target));
    // only columns that both have can be swapped
    let moved = before
        .iter()
        .zip(&after)
        .any(|(name, place)| name != place && after.contains(name));
    if !takes_name || !moved {
        return None;
    }
    let used = case.uses_table(source);
    if used.is_empty() {
        return None;
    }
    let why = format!(
        "rows of {source} are copied by place, and the new table has another order of columns: values land in other columns"
    );
    Some(
        OperationJudgement::new(kind, RollbackEffect::DataChanged, why)
            .used(used)
            .check(&checks::DATA_REWRITTEN),
    )
}
