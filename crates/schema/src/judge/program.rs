//! Views, routines, triggers, types, sequences, rights, settings, and code that was not read.

use super::super::checks;
use super::super::compatibility;
use super::super::dialect::Dialect;
use super::super::operation::OperationKind as K;
use super::super::schema::Touched;
use super::super::sql;
use super::super::step::{MigrationStep, Name, Routine, RoutineParameter, SchemaAction as A};
use super::judgement::{JudgeInput, OperationJudgement};
use super::program_type::{judge_space, judge_type};
use super::view::{
    judge_view, judge_view_that_is_table, new_table, normalize_body, reads_view,
    takes_place_of_view,
};
use model::{CheckDeclaration, RollbackEffect};

pub fn judge_program_object(
    case: &JudgeInput<'_>,
    kind: K,
    step: &MigrationStep,
    touched: Touched,
) -> OperationJudgement {
    let doubt =
        |why: String, check| OperationJudgement::new(kind, RollbackEffect::Doubt, why).check(check);
    let known = judge_view_or_routine(case, kind, step, touched)
        .or_else(|| judge_trigger_or_right(case, kind, step, touched))
        .or_else(|| judge_type(case, kind, step, touched))
        .or_else(|| judge_space(case, kind, step, touched));
    if let Some(judged) = known {
        return judged;
    }
    match &step.action {
        A::RareObject { what, name } => doubt(
            format!("the {what} {name} changes"),
            &checks::TRIGGER_CHANGED,
        ),
        A::Setting { name } => doubt(
            format!("a setting stays after the migration: {name}"),
            &checks::SETTING_CHANGED,
        ),
        A::HostCode { what } => doubt(
            format!("{what}: what it does to rows was not read"),
            &checks::HOST_CODE,
        ),
        A::Unknown { why } => doubt(format!("not understood: {why}"), &checks::NOT_UNDERSTOOD),
        A::StateOnly { what } => OperationJudgement::safe(kind, what.clone()),
        _ => OperationJudgement::safe(kind, "no statement of old code sees it"),
    }
}

/// Views and routines.
fn judge_view_or_routine(
    case: &JudgeInput<'_>,
    kind: K,
    step: &MigrationStep,
    touched: Touched,
) -> Option<OperationJudgement> {
    Some(match &step.action {
        A::CreateView {
            name,
            body,
            materialized,
            ..
        } => judge_view(case, kind, name, body, *materialized),
        A::DropView { name, .. } if takes_place_of_view(case, name) => {
            judge_view_that_is_table(case, kind, name)
        }
        A::DropView { name, .. } => judge_dropped_object(
            case,
            kind,
            name,
            // a table of before that takes the name of its view answers the same reads
            case.after.views.contains_key(&name.key()) || case.after.table(name).is_some(),
            touched.existed,
            "view",
            &checks::VIEW_DROPPED,
            case.before
                .views
                .get(&name.key())
                .and_then(|body| compatibility::write_view(case.dialect, name, body, true, false)),
        ),
        A::RenameView { name, to } => {
            let step = compatibility::write_rename(case.dialect, "VIEW", to, name);
            judge_dropped_object(
                case,
                kind,
                name,
                case.after.views.contains_key(&name.key()),
                true,
                "view",
                &checks::VIEW_DROPPED,
                step,
            )
        }
        A::RefreshView { .. } => OperationJudgement::safe(kind, "the view is filled again"),
        A::CreateRoutine(routine) => judge_created_routine(case, kind, routine, touched),
        A::DropRoutine { name, .. } => {
            let text = case
                .before
                .routines
                .get(&name.key())
                .and_then(|old| compatibility::write_routine(case.dialect, old, false));
            judge_dropped_object(
                case,
                kind,
                name,
                case.after.routines.contains_key(&name.key()),
                touched.existed,
                "routine",
                &checks::ROUTINE_DROPPED,
                text,
            )
        }
        A::RenameRoutine { name, .. } => judge_dropped_object(
            case,
            kind,
            name,
            case.after.routines.contains_key(&name.key()),
            true,
            "routine",
            &checks::ROUTINE_DROPPED,
            None,
        ),
        _ => return None,
    })
}

/// Triggers, and who may see rows.
fn judge_trigger_or_right(
    case: &JudgeInput<'_>,
    kind: K,
    step: &MigrationStep,
    touched: Touched,
) -> Option<OperationJudgement> {
    let known = judge_right(case, kind, step, touched);
    if known.is_some() {
        return known;
    }
    let doubt =
        |why: String, check| OperationJudgement::new(kind, RollbackEffect::Doubt, why).check(check);
    Some(match &step.action {
        A::CreateTrigger { name, table, body } => {
            if case
                .entity(touched)
                .is_some_and(|entity| case.is_new(entity, touched))
            {
                return Some(OperationJudgement::safe(
                    kind,
                    format!("the table {table} is new in this range"),
                ));
            }
            let new = new_table(case, body).or_else(|| {
                find_called_routine(case, body).and_then(|routine| new_table(case, &routine.body))
            });
            let mut verdict = doubt(
                format!(
                    "the trigger {name} runs on what {} writes to {table}",
                    case.previous
                ),
                &checks::TRIGGER_CHANGED,
            );
            if let Some(new) = new {
                verdict.why = format!(
                    "the trigger {name} runs on what {} writes to {table}, and uses the new table {new}",
                    case.previous
                );
                verdict.check = Some(&checks::OLD_OBJECT_USES_NEW_TABLE);
                verdict.on_new_table = true;
            }
            verdict.used(case.uses_table(table))
        }
        A::SwitchTrigger { name, table, on } => {
            if case
                .entity(touched)
                .is_some_and(|entity| case.is_new(entity, touched))
            {
                return Some(OperationJudgement::safe(
                    kind,
                    format!("the table {table} is new in this range"),
                ));
            }
            doubt(
                format!(
                    "the trigger {name} of {table} {}",
                    if *on { "runs now" } else { "no longer runs" }
                ),
                &checks::TRIGGER_CHANGED,
            )
        }
        A::DropTrigger { name, table } => {
            let owner_gone = table.as_ref().is_some_and(|table| {
                case.after
                    .table(table)
                    .is_none_or(|entity| entity.old.is_none() && entity.stands_for.is_none())
                    && touched.entity.is_none()
            });
            if case.after.triggers.contains(&name.to_lowercase()) || owner_gone {
                return Some(OperationJudgement::safe(
                    kind,
                    format!("the trigger {name} is created again, or its table is gone"),
                ));
            }
            if case.before.replayed && !case.before.triggers.contains(&name.to_lowercase()) {
                return Some(OperationJudgement::safe(
                    kind,
                    format!("{} has no trigger {name}", case.previous),
                ));
            }
            doubt(
                format!(
                    "the trigger {name} no longer runs, and {} may rely on what it did",
                    case.previous
                ),
                &checks::TRIGGER_CHANGED,
            )
        }
        _ => return None,
    })
}

/// Who may see rows.
fn judge_right(
    case: &JudgeInput<'_>,
    kind: K,
    step: &MigrationStep,
    touched: Touched,
) -> Option<OperationJudgement> {
    let doubt =
        |why: String, check| OperationJudgement::new(kind, RollbackEffect::Doubt, why).check(check);
    Some(match &step.action {
        // what rights there were before is not written down
        A::Revoke { object } => doubt(
            format!("rights on {object} are taken away or change hands"),
            &checks::RIGHTS_CHANGED,
        ),
        A::RowSecurity { table, on } => {
            if case
                .entity(touched)
                .is_some_and(|entity| case.is_new(entity, touched))
            {
                return Some(OperationJudgement::safe(
                    kind,
                    format!("the table {table} is new in this range"),
                ));
            }
            // a policy hides rows without an error, which nobody notices at the time
            let why = if *on {
                format!(
                    "{table} hides rows by policy: {} may see none",
                    case.previous
                )
            } else {
                format!("{table} shows rows that a policy hid before")
            };
            doubt(why, &checks::RIGHTS_CHANGED).used(case.uses_table(table))
        }
        A::CreatePolicy { table, .. } | A::DropPolicy { table, .. } => {
            if case
                .entity(touched)
                .is_some_and(|entity| case.is_new(entity, touched))
            {
                return Some(OperationJudgement::safe(
                    kind,
                    format!("the table {table} is new in this range"),
                ));
            }
            doubt(
                format!("who sees which rows of {table} changes"),
                &checks::RIGHTS_CHANGED,
            )
            .used(case.uses_table(table))
        }
        _ => return None,
    })
}

/// A view that is dropped as if it were a table (ClickHouse).
pub fn view_dropped(case: &JudgeInput<'_>, name: &Name) -> OperationJudgement {
    let text = case
        .before
        .views
        .get(&name.key())
        .and_then(|body| compatibility::write_view(case.dialect, name, body, true, false));
    judge_dropped_object(
        case,
        K::DropView,
        name,
        case.after.views.contains_key(&name.key()),
        true,
        "view",
        &checks::VIEW_DROPPED,
        text,
    )
}

/// Something that old code may name is gone.
#[allow(
    clippy::too_many_arguments,
    reason = "a private helper whose callers name each argument by its expression"
)]
fn judge_dropped_object(
    case: &JudgeInput<'_>,
    kind: K,
    name: &Name,
    again: bool,
    existed: bool,
    what: &str,
    check: &'static CheckDeclaration,
    text: Option<String>,
) -> OperationJudgement {
    if again {
        return OperationJudgement::safe(
            kind,
            format!("the {what} {name} is created again; that is judged there"),
        );
    }
    // routines are called by a name that may stand in any text; a view is read like a table
    let used = if kind == K::DropRoutine {
        case.usage.word(&name.name)
    } else {
        reads_view(case, name)
    };
    if used.is_empty() {
        // it was there, or may have been: then only the search in old code speaks
        if existed || !case.before.replayed {
            return case.vain_word(kind, what, &name.name);
        }
        return OperationJudgement::safe(kind, format!("the {what} {name} was not there before"));
    }
    OperationJudgement::new(
        kind,
        RollbackEffect::BreaksReads,
        format!(
            "{} still uses the {what} {name}, which is gone",
            case.previous
        ),
    )
    .used(used)
    .step(text)
    .check(check)
}

/// The routine that a trigger calls.
fn find_called_routine<'a>(case: &'a JudgeInput<'_>, body: &str) -> Option<&'a Routine> {
    let lower = body.to_lowercase();
    let at = lower.rfind("execute ")?;
    let name = lower[at + 8..]
        .trim_start()
        .trim_start_matches("function ")
        .trim_start_matches("procedure ")
        .split(['(', ' '])
        .next()?
        .to_owned();
    case.after.routines.get(&Name::new(&name).key())
}

fn judge_created_routine(
    case: &JudgeInput<'_>,
    kind: K,
    routine: &Routine,
    touched: Touched,
) -> OperationJudgement {
    let name = &routine.name;
    // a routine that no migration made may have had any text
    let Some(old) = case.before.routines.get(&name.key()) else {
        return judge_unknown_routine(case, kind, routine);
    };
    // A later definition in the range is the one that stays.
    let end = case.after.routines.get(&name.key()).unwrap_or(routine);
    let used = case.usage.word(&name.name);
    // both stay, unless the old one goes later, and PostgreSQL finds a call that fits two ambiguous
    if touched.existed && stands_beside(case, old, routine) && !used.is_empty() {
        let why = format!(
            "{name} now stands beside the old one with other parameters, and a call of {} may fit both",
            case.previous
        );
        return OperationJudgement::new(K::ReplaceRoutine, RollbackEffect::Doubt, why)
            .used(used)
            .check(&checks::ROUTINE_CHANGED);
    }
    // another list of parameters fails at the call, whatever the body does
    if let (Some(before), Some(after)) = (&old.parameters, &end.parameters)
        && let Some(why) = calls_fail(before, after)
    {
        // a trigger calls its function without program text
        if used.is_empty() && !old.trigger {
            return case.vain_word(K::ReplaceRoutine, "routine", &name.name);
        }
        return OperationJudgement::new(
            K::ReplaceRoutine,
            RollbackEffect::BreaksReads,
            format!("{} calls {name}, and {why}", case.previous),
        )
        .used(used)
        .step(compatibility::write_routine(case.dialect, old, true))
        .check(&checks::ROUTINE_DROPPED);
    }
    // blanks, case and a semicolon at the end change nothing
    if normalize_body(&old.body) == normalize_body(&end.body) {
        return OperationJudgement::safe(
            K::ReplaceRoutine,
            format!("{name} does the same as before"),
        );
    }
    if let Some(new) = new_table(case, &end.body) {
        let mut verdict = OperationJudgement::new(
            K::ReplaceRoutine,
            RollbackEffect::Doubt,
            format!("{name} now uses the new table {new}"),
        )
        .used(used)
        .check(&checks::OLD_OBJECT_USES_NEW_TABLE);
        verdict.on_new_table = true;
        return verdict;
    }
    // other words over the same tables: a rewrite for speed, and by custom safe
    if find_touched_tables(case, &old.body) == find_touched_tables(case, &end.body) {
        return OperationJudgement::safe(
            K::ReplaceRoutine,
            format!(
                "{name} takes the same parameters and touches the same tables: calls of {} fit",
                case.previous
            ),
        )
        .used(used);
    }
    if used.is_empty() && !old.trigger && !end.trigger {
        return case.vain_word(K::ReplaceRoutine, "routine", &name.name);
    }
    OperationJudgement::new(
        K::ReplaceRoutine,
        RollbackEffect::Doubt,
        format!("{name} touches other tables than before"),
    )
    .used(used)
    .step(compatibility::write_routine(case.dialect, old, true))
    .check(&checks::ROUTINE_CHANGED)
}

/// A routine that is new, or of which the old text is not known.
fn judge_unknown_routine(case: &JudgeInput<'_>, kind: K, routine: &Routine) -> OperationJudgement {
    let name = &routine.name;
    let used = case.usage.word(&name.name);
    if used.is_empty() {
        return OperationJudgement::safe(
            K::CreateRoutine,
            case.unknown_to_old(&format!("the routine {name}")),
        );
    }
    let mut verdict = OperationJudgement::new(
        kind,
        RollbackEffect::Doubt,
        format!(
            "{} calls {name}, whose old text is not known",
            case.previous
        ),
    )
    .used(used)
    .check(&checks::ROUTINE_CHANGED);
    if let Some(new) = new_table(case, &routine.body) {
        verdict.why = format!(
            "{name}, which {} calls, now uses the new table {new}",
            case.previous
        );
        verdict.check = Some(&checks::OLD_OBJECT_USES_NEW_TABLE);
        verdict.on_new_table = true;
    }
    verdict
}

/// PostgreSQL tells functions apart by the types of their parameters: another list is another
/// function beside the old one.
fn stands_beside(case: &JudgeInput<'_>, old: &Routine, new: &Routine) -> bool {
    let types = |routine: &Routine| {
        routine.parameters.as_ref().map(|list| {
            list.iter()
                .map(|one| one.data_type.to_lowercase())
                .collect::<Vec<_>>()
        })
    };
    case.dialect == Dialect::Postgres && types(old) != types(new)
}

/// Tables that a body names where statements name tables.
fn find_touched_tables(case: &JudgeInput<'_>, body: &str) -> std::collections::BTreeSet<String> {
    let inner = body.replace(['$'], " ");
    sql::find_query_tables(&inner, case.dialect)
        .into_iter()
        .map(|name| name.key())
        // NEW and OLD are the row of a trigger and no tables
        .filter(|key| {
            let owner = key.split('.').next().unwrap_or(key);
            !key.starts_with('@') && !matches!(owner, "new" | "old")
        })
        .collect()
}

/// Why calls for the old parameters fail on the new ones.
fn calls_fail(old: &[RoutineParameter], new: &[RoutineParameter]) -> Option<String> {
    // SQL Server binds by name, so order and number do not count there
    let by_name = old
        .iter()
        .chain(new)
        .all(|parameter| parameter.name.starts_with('@'));
    if by_name {
        let has = |list: &[RoutineParameter], name: &str| {
            list.iter()
                .any(|parameter| parameter.name.eq_ignore_ascii_case(name))
        };
        if let Some(gone) = old.iter().find(|parameter| !has(new, &parameter.name)) {
            return Some(format!("its parameter {} is gone", gone.name));
        }
        return new
            .iter()
            .find(|parameter| !parameter.optional && !has(old, &parameter.name))
            .map(|more| format!("its parameter {} must have a value now", more.name));
    }
    if new.len() < old.len() {
        return Some("it takes fewer parameters".to_owned());
    }
    // one with a default may be left out by old calls
    if new
        .iter()
        .skip(old.len())
        .any(|parameter| !parameter.optional)
    {
        return Some("it takes more parameters".to_owned());
    }
    // a parameter without a name is told by its type
    let kind = |parameter: &RoutineParameter| {
        normalize_body(if parameter.data_type.is_empty() {
            &parameter.name
        } else {
            &parameter.data_type
        })
    };
    old.iter()
        .zip(new)
        .find(|(old, new)| kind(old) != kind(new))
        .map(|(old, _)| format!("its parameter {} has another type", old.name))
}
