//! Whole tables.

use super::super::checks;
use super::super::compatibility;
use super::super::dialect::Dialect;
use super::super::operation::OperationKind as K;
use super::super::question;
use super::super::schema::{TableEntity, Touched, same_columns};
use super::super::step::{Constraint, ConstraintKind, Name, SchemaAction as A, Table};
use super::column_reference::reference_unfit;
use super::compared_column::compare_table_columns;
use super::fate::{Fate, find_table_fate};
use super::judgement::{JudgeInput, OperationJudgement};
use super::rule_facts::{deletes_refused, unique_sets};
use model::{Evidence, RollbackEffect};

pub fn judge_table(
    case: &JudgeInput<'_>,
    kind: K,
    action: &A,
    touched: Touched,
) -> OperationJudgement {
    let named = action.table().cloned().unwrap_or_default();
    let Some(entity) = case.entity(touched) else {
        if matches!(action, A::DropTable { .. }) && touched.existed {
            return super::program::view_dropped(case, &named);
        }
        return OperationJudgement::safe(kind, "it changes storage, which no statement sees");
    };
    let table = case.old_name(entity, &named);
    if let A::CreateTable(created) = action {
        if !touched.existed
            && !created.temporary
            && let Some(verdict) = judge_new_references(case, kind, created)
        {
            return verdict;
        }
        let why = if created.temporary {
            "the table is gone at the end of the migration".to_owned()
        } else if touched.existed {
            "the table is left as it is where it exists".to_owned()
        } else {
            case.unknown_to_old(&format!("the table {}", created.name))
        };
        let lives = entity.alive && !created.temporary && !touched.existed;
        return OperationJudgement::safe(kind, why)
            .ask(lives.then(|| question::ask_row_count(case.dialect, &entity.name)));
    }
    if let A::DropTable {
        table: dropped,
        if_exists: true,
        ..
    } = action
        && !touched.existed
        && case.before.replayed
        && case.after.table(dropped).is_some()
    {
        return OperationJudgement::safe(
            kind,
            format!("no migration made {dropped} before, and it is there at the end of the range"),
        );
    }
    if case.is_new(entity, touched)
        || (entity.old.is_none() && matches!(action, A::RenameTable { .. } | A::DropTable { .. }))
    {
        return OperationJudgement::safe(
            kind,
            format!(
                "the table {named} is new in this range, so {} does not know it",
                case.previous
            ),
        );
    }
    match action {
        A::DropTable { .. } | A::RenameTable { .. } | A::MoveTable { .. } => judge_missing_table(case, kind, action, touched, &table),
        A::Truncate { .. } | A::DropPartition { .. } => {
            let used = case.uses_table(&table);
            if used.is_empty() {
                return case.vain_table(kind, &table);
            }
            OperationJudgement::new(kind, RollbackEffect::DataChanged, format!("rows that {} reads are gone from {table}", case.previous)).used(used).check(&checks::ROWS_REMOVED)
        }
        A::Partition { .. } => OperationJudgement::new(
            kind,
            RollbackEffect::Doubt,
            format!("{table} becomes partitioned: upserts need the partition key, and rows outside every partition are refused"),
        )
        .used(case.uses_table(&table))
        .check(&checks::TABLE_REBUILT),
        A::TableCollation { .. } => OperationJudgement::new(kind, RollbackEffect::Doubt, format!("texts in {table} compare and sort differently"))
            .used(case.uses_table(&table))
            .check(&checks::COLLATION_CHANGED),
        A::AddPartition { .. } => OperationJudgement::safe(kind, "it only makes room for rows"),
        _ => OperationJudgement::safe(kind, "it changes storage, which no statement sees"),
    }
}

/// A new table refers to rows that old code deletes. Without rows of the new release there is
/// nothing to refer.
fn judge_new_references(
    case: &JudgeInput<'_>,
    kind: K,
    created: &Table,
) -> Option<OperationJudgement> {
    let inline = created
        .columns
        .iter()
        .filter(|column| !column.frees)
        .filter_map(|column| column.references.as_ref());
    let stated = created
        .constraints
        .iter()
        .filter(|constraint| !constraint.frees())
        .filter_map(|constraint| constraint.references.as_ref());
    let refused = inline
        .chain(stated)
        .find_map(|parent| deletes_refused(case, kind, &created.name, parent));
    refused.or_else(|| {
        created
            .columns
            .iter()
            .find_map(|column| reference_unfit(case, kind, &created.name, column))
    })
}

/// A table of the previous release that no longer stands under its name, or was for a while.
fn judge_missing_table(
    case: &JudgeInput<'_>,
    kind: K,
    action: &A,
    touched: Touched,
    table: &Name,
) -> OperationJudgement {
    let id = touched.entity.unwrap_or_default();
    let used = case.uses_table(table);
    match find_table_fate(case, id) {
        Fate::Same => OperationJudgement::safe(kind, format!("{table} has its name again at the end of the range")),
        fate if used.is_empty() => case.judge_unnamed_table(kind, table, &fate),
        Fate::Covered => OperationJudgement::new(kind, RollbackEffect::Doubt, format!("a view stands under the name {table}: reads work, writes only where the view is simple"))
            .used(used)
            .check(&checks::RENAMED_TABLE),
        Fate::Rebuilt(other) => judge_rebuilt_table(case, K::RebuildTable, id, other, table, used, true),
        Fate::Replaced(other) => judge_rebuilt_table(case, K::ReplaceTable, id, other, table, used, false),
        Fate::Renamed => {
            let now = case.after.entities.get(id).map(|entity| entity.name.clone()).unwrap_or_default();
            let step = compatibility::rename_table(case.dialect, &now, table);
            let moves = matches!(action, A::MoveTable { .. });
            let (became, check) = match &now.schema {
                _ if !moves => (format!("is now called {now}"), &checks::RENAMED_TABLE),
                Some(schema) => (format!("now lies in the schema {schema}"), &checks::MOVED_TABLE),
                None => ("now lies in the default schema".to_owned(), &checks::MOVED_TABLE),
            };
            OperationJudgement::new(kind, RollbackEffect::BreaksReads, format!("{table} {became}, and {} still uses the old name", case.previous))
                .used(used)
                .step(step)
                .check(check)
        }
        Fate::Gone => OperationJudgement::new(kind, RollbackEffect::BreaksReads, format!("{} still uses the table {table}, which is gone", case.previous))
            .used(used)
            .check(&checks::DROPPED_TABLE),
    }
}

/// A table that was made anew: the difference of its columns counts.
fn judge_rebuilt_table(
    case: &JudgeInput<'_>,
    kind: K,
    id: usize,
    other: &TableEntity,
    table: &Name,
    used: Vec<Evidence>,
    copied: bool,
) -> OperationJudgement {
    let check = if copied {
        &checks::TABLE_REBUILT
    } else {
        &checks::TABLE_REPLACED
    };
    let (effect, why) = match case
        .before
        .entities
        .get(id)
        .filter(|old| old.known && other.known)
    {
        None => (
            RollbackEffect::Doubt,
            format!("{table} is created again, and its old columns are not known"),
        ),
        Some(old) => {
            let found = [
                compare_table_columns(case, kind, old, other, table),
                compare_table_rules(case, id, old, other, table),
                by_place(case, old, other, table),
            ];
            // The first of the worst.
            found
                .into_iter()
                .rev()
                .max_by_key(|(effect, _)| *effect)
                .unwrap_or((RollbackEffect::Doubt, String::new()))
        }
    };
    let floor = if !copied {
        (
            RollbackEffect::DataChanged,
            format!("{table} is created again without its rows"),
        )
    } else if matches!(case.dialect, Dialect::Sqlite) {
        (
            RollbackEffect::Safe,
            format!(
                "{table} is created again with its rows, and every column that {} uses is still there",
                case.previous
            ),
        )
    } else {
        (
            RollbackEffect::Doubt,
            format!(
                "{table} is created again and its rows are copied; the migration does not show whether all of them are"
            ),
        )
    };
    let (effect, why) = if effect > floor.0 {
        (effect, why)
    } else {
        floor
    };
    let verdict = OperationJudgement::new(kind, effect, why).used(used);
    if effect == RollbackEffect::Safe {
        verdict
    } else {
        verdict.check(check)
    }
}

/// Rows that old code writes without naming columns: values go by place.
fn by_place(
    case: &JudgeInput<'_>,
    old: &TableEntity,
    new: &TableEntity,
    table: &Name,
) -> (RollbackEffect, String) {
    let names = |entity: &TableEntity| {
        entity
            .columns
            .iter()
            .filter(|state| state.alive && !state.column.generated && !state.column.hidden)
            .map(|state| state.column.key())
            .collect::<Vec<_>>()
    };
    let (before, after) = (names(old), names(new));
    if before != after {
        let (refused, strict) = case.usage.reads_whole_rows(table);
        let effect = match (refused.is_empty(), strict.is_empty()) {
            _ if before.len() == after.len() && !(refused.is_empty() && strict.is_empty()) => {
                Some(RollbackEffect::DataChanged)
            }
            (false, _) => Some(RollbackEffect::BreaksWrites),
            (true, false) => Some(RollbackEffect::Doubt),
            (true, true) => None,
        };
        if let Some(effect) = effect {
            let why = format!(
                "{} takes every column of {table} by its place, and number or order of them changed",
                case.previous
            );
            return (effect, why);
        }
    }
    if case.usage.inserts_without_columns(table).is_empty() {
        return (RollbackEffect::Safe, String::new());
    }
    if before.len() > after.len()
        || (before.len() < after.len() && !matches!(case.dialect, Dialect::Postgres))
    {
        let why = format!(
            "{} writes rows of {table} without naming columns, and there are {} of them instead of {}",
            case.previous,
            after.len(),
            before.len()
        );
        return (RollbackEffect::BreaksWrites, why);
    }
    if !after.starts_with(&before) {
        let why = format!(
            "{} writes rows of {table} without naming columns, and their order changed: values land in other columns",
            case.previous
        );
        return (RollbackEffect::DataChanged, why);
    }
    (RollbackEffect::Safe, String::new())
}

/// The worst difference between the rules of two tables, for old code.
fn compare_table_rules(
    case: &JudgeInput<'_>,
    id: usize,
    old: &TableEntity,
    new: &TableEntity,
    table: &Name,
) -> (RollbackEffect, String) {
    if new.strict && !old.strict {
        return (
            RollbackEffect::Doubt,
            format!("the new {table} is strict: values of another type are refused"),
        );
    }
    let at = case
        .after
        .entities
        .iter()
        .position(|entity| std::ptr::eq(&**entity, new))
        .unwrap_or(usize::MAX);
    let (before, after) = (
        unique_sets(case.before, id, table),
        unique_sets(case.after, at, table),
    );
    let covers = |known: &[String], columns: &[String]| {
        known.iter().all(|column| {
            columns
                .iter()
                .any(|other| other.eq_ignore_ascii_case(column))
        })
    };
    for columns in &before {
        if !after.iter().any(|other| same_columns(other, columns))
            && !case.usage.upsert(table, columns, case.models).is_empty()
        {
            let why = format!(
                "an upsert of {} relies on ({}) of {table} being unique, and the new table has no such rule",
                case.previous,
                columns.join(", ")
            );
            return (RollbackEffect::BreaksWrites, why);
        }
    }
    let gone = before
        .iter()
        .find(|columns| !after.iter().any(|other| same_columns(other, columns)));
    if let Some(columns) = gone
        && !case.usage.writes_unless_there(table).is_empty()
    {
        let why = format!(
            "{} writes rows of {table} unless they are there already, and ({}) no longer tells",
            case.previous,
            columns.join(", ")
        );
        return (RollbackEffect::DataChanged, why);
    }
    let fresh = |column: &String| old.get(column).is_none();
    if let Some(columns) = after.iter().find(|columns| {
        !before.iter().any(|known| covers(known, columns)) && !columns.iter().any(fresh)
    }) {
        return (
            RollbackEffect::Doubt,
            format!(
                "duplicates in ({}) of the new {table} are refused, and {} may write them",
                columns.join(", "),
                case.previous
            ),
        );
    }
    let refuses =
        |rule: &Constraint| matches!(rule.kind, ConstraintKind::Check | ConstraintKind::NotNull);
    let checked = |entity: &TableEntity, text: &str| {
        entity
            .constraints
            .iter()
            .any(|rule| refuses(rule) && rule.text.eq_ignore_ascii_case(text))
    };
    let stated = new
        .constraints
        .iter()
        .any(|rule| refuses(rule) && !checked(old, &rule.text) && !rule.columns.iter().all(fresh));
    let inline = new.columns.iter().any(|state| {
        state.alive
            && state.column.check
            && old
                .get(&state.column.name)
                .is_some_and(|before| !before.column.check)
    });
    if stated || inline {
        return (
            RollbackEffect::Doubt,
            format!(
                "the new {table} refuses values that it took before, and {} may write them",
                case.previous
            ),
        );
    }
    (RollbackEffect::Safe, String::new())
}
