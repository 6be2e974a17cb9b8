//! Rows that a migration adds, changes or removes.

use super::super::checks::Check;
use super::super::operation::OperationKind as K;
use super::super::schema::Touched;
use super::super::step::Action as A;
use super::{Case, Verdict};
use model::Effect;

pub fn judge(case: &Case<'_>, kind: K, action: &A, touched: Touched) -> Verdict {
    let named = action.table().cloned().unwrap_or_default();
    let Some(entity) = case.entity(touched) else {
        return Verdict::new(kind, Effect::Doubt, "the table is not known")
            .check(Check::DataRewritten);
    };
    let table = case.old_name(entity, &named);
    if let A::Insert { from, .. } = action
        && touched.stands
        && !from.is_empty()
        && entity.copied.iter().any(|id| {
            case.after
                .entities
                .get(*id)
                .is_some_and(|source| source.old == entity.stands_for)
        })
    {
        return Verdict::safe(kind, format!("its own rows come back into {named}"));
    }
    if case.is_new(entity, touched) {
        return Verdict::safe(
            kind,
            format!(
                "the table {named} is new in this range, so {} does not read it",
                case.previous
            ),
        );
    }
    let used = case.uses_table(&table);
    if let A::Update { columns, .. } = action
        && !columns.is_empty()
        && columns.iter().all(|column| {
            entity
                .columns
                .iter()
                .any(|state| state.old.is_none() && state.column.name.eq_ignore_ascii_case(column))
        })
    {
        return Verdict::safe(
            K::Backfill,
            format!(
                "it fills {}, which {} does not know",
                columns.join(", "),
                case.previous
            ),
        )
        .check(Check::BackfillAgain);
    }
    if used.is_empty() {
        return case.vain_table(kind, &table);
    }
    let verdict = match action {
        A::Insert {
            overwrites: true, ..
        } => Verdict::new(
            kind,
            Effect::DataChanged,
            format!(
                "rows of {table} that {} reads are added or overwritten",
                case.previous
            ),
        ),
        A::Insert { .. } => Verdict::new(
            kind,
            Effect::DataChanged,
            format!(
                "{} will read rows in {table} that it did not write",
                case.previous
            ),
        ),
        A::Delete { .. } => {
            return Verdict::new(
                kind,
                Effect::DataChanged,
                format!(
                    "rows of {table} are removed, and {} reads that table",
                    case.previous
                ),
            )
            .used(used)
            .check(Check::RowsRemoved);
        }
        A::Update { columns, .. } if columns.is_empty() => Verdict::new(
            kind,
            Effect::DataChanged,
            format!(
                "rows of {table} are rewritten, and {} reads that table",
                case.previous
            ),
        ),
        A::Update { columns, .. } => Verdict::new(
            kind,
            Effect::DataChanged,
            format!(
                "{} of {table} is rewritten, and {} reads that table",
                columns.join(", "),
                case.previous
            ),
        ),
        _ => Verdict::new(
            kind,
            Effect::Doubt,
            "it is not known what happens to the rows",
        ),
    };
    verdict.used(used).check(Check::DataRewritten)
}
