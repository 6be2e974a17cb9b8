//! Types, sequences, schemas and extensions.

use super::super::checks;
use super::super::compatibility;
use super::super::operation::OperationKind as K;
use super::super::question;
use super::super::schema::Touched;
use super::super::step::{MigrationStep, Name, SchemaAction as A};
use super::judgement::{JudgeInput, OperationJudgement};
use model::RollbackEffect;

/// Types and their values.
pub fn judge_type(
    case: &JudgeInput<'_>,
    kind: K,
    step: &MigrationStep,
    _touched: Touched,
) -> Option<OperationJudgement> {
    let known = judge_type_value(case, kind, step);
    if known.is_some() {
        return known;
    }
    let doubt =
        |why: String, check| OperationJudgement::new(kind, RollbackEffect::Doubt, why).check(check);
    Some(match &step.action {
        A::CreateType { name, values } => match case.before.types.get(&name.key()) {
            Some(old)
                // a type that takes more than before refuses nothing that old code writes
                if values
                    .as_ref()
                    .is_some_and(|values| old.iter().all(|value| values.contains(value))) =>
            {
                // what it takes besides, rows may hold, and old code reads them
                let more = values
                    .iter()
                    .flatten()
                    .find(|value| !old.contains(*value));
                if let Some(value) = more {
                    return Some(judge_new_value(case, kind, name, value));
                }
                OperationJudgement::safe(
                    kind,
                    format!(
                        "the type {name} is created again and accepts everything it accepted before"
                    ),
                )
            }
            Some(_) => doubt(
                format!("the type {name} is created again with other values"),
                &checks::ENUM_CHANGED,
            )
            .used(case.usage.word(&name.name)),
            None => {
                OperationJudgement::safe(kind, case.unknown_to_old(&format!("the type {name}")))
            }
        },
        A::DropType { name } | A::RenameType { name, .. } => {
            // the old one lies under another name until the columns have moved
            if case.before.replayed && !case.before.types.contains_key(&name.key()) {
                return Some(OperationJudgement::safe(
                    kind,
                    case.unknown_to_old(&format!("the type {name}")),
                ));
            }
            // made again in the range, it is judged by its new values
            if case.after.types.contains_key(&name.key()) {
                return Some(OperationJudgement::safe(
                    kind,
                    format!("the type {name} is created again; that is judged there"),
                ));
            }
            let used = case.usage.word(&name.name);
            if used.is_empty() {
                case.vain_word(kind, "type", &name.name)
            } else {
                doubt(
                    format!("{} names the type {name}, which is gone", case.previous),
                    &checks::ENUM_CHANGED,
                )
                .used(used)
            }
        }
        A::AlterType { name, .. } => doubt(
            format!("the type {name} demands or holds something else"),
            &checks::ENUM_CHANGED,
        ),
        _ => return None,
    })
}

/// A value that a type takes now, and that old code has never read.
fn judge_new_value(case: &JudgeInput<'_>, kind: K, name: &Name, value: &str) -> OperationJudgement {
    // the query needs a column that holds the type
    let holder = case
        .before
        .entities
        .iter()
        .filter(|entity| entity.alive)
        .find_map(|entity| {
            let state = entity.columns.iter().find(|state| {
                state.alive && state.column.data_type.eq_ignore_ascii_case(&name.name)
            })?;
            question::with_values(
                case.dialect,
                &entity.name,
                &state.column.name,
                &[value.to_owned()],
            )
        });
    let why = format!(
        "rows may hold {value}, which {} may not be able to read",
        case.previous
    );
    OperationJudgement::new(kind, RollbackEffect::Doubt, why)
        .check(&checks::ENUM_CHANGED)
        .ask(holder)
}

/// Values of a type.
fn judge_type_value(
    case: &JudgeInput<'_>,
    kind: K,
    step: &MigrationStep,
) -> Option<OperationJudgement> {
    Some(match &step.action {
        A::AddEnumValue { name, value } => {
            // a value of a type that is new stands in no column that old code reads
            if case.before.replayed
                && !case.before.types.contains_key(&name.key())
                && case
                    .after
                    .types
                    .get(&name.key())
                    .is_some_and(|values| values.len() > 1)
            {
                return Some(OperationJudgement::safe(
                    kind,
                    format!("the type {name} is new in this range"),
                ));
            }
            judge_new_value(case, kind, name, value)
        }
        A::RenameEnumValue { name, value, to } => {
            // the word may be written in a form that no search finds, so *not found* is doubt here
            let used = case.usage.word(value);
            let effect = if used.is_empty() {
                RollbackEffect::Doubt
            } else {
                RollbackEffect::BreaksWrites
            };
            OperationJudgement::new(
                kind,
                effect,
                format!(
                    "{value} of {name} has another name, and {} may still use the old one",
                    case.previous
                ),
            )
            .used(used)
            .step(compatibility::rename_value(case.dialect, name, to, value))
            .check(&checks::ENUM_CHANGED)
        }
        _ => return None,
    })
}

/// Sequences, schemas and extensions.
pub fn judge_space(
    case: &JudgeInput<'_>,
    kind: K,
    step: &MigrationStep,
    _touched: Touched,
) -> Option<OperationJudgement> {
    let doubt =
        |why: String, check| OperationJudgement::new(kind, RollbackEffect::Doubt, why).check(check);
    Some(match &step.action {
        A::CreateSequence { .. }
        | A::CreateSchema { .. }
        | A::CreateExtension { .. }
        | A::Grant { .. } => {
            OperationJudgement::safe(kind, "it is new, so old code does not know it")
        }
        A::AlterSequence { name } => doubt(
            format!("{name} gives other numbers: they may collide with rows that are there"),
            &checks::SEQUENCE_CHANGED,
        ),
        // a sequence that only a column uses is named nowhere in a program
        A::DropSequence { name } | A::RenameSequence { name, .. } => {
            let used = case.usage.word(&name.name);
            let step = match &step.action {
                A::RenameSequence { to, .. } => {
                    compatibility::write_rename(case.dialect, "SEQUENCE", &Name::new(to), name)
                }
                _ => None,
            };
            if used.is_empty() {
                case.vain_word(kind, "sequence", &name.name)
            } else {
                OperationJudgement::new(
                    kind,
                    RollbackEffect::BreaksWrites,
                    format!("{} asks {name} for numbers, and it is gone", case.previous),
                )
                .used(used)
                .step(step)
                .check(&checks::SEQUENCE_CHANGED)
            }
        }
        A::DropSchema { name } | A::RenameSchema { name, .. } => {
            let used = case.usage.word(name);
            if used.is_empty() {
                case.vain_word(kind, "schema", name)
            } else {
                OperationJudgement::new(
                    kind,
                    RollbackEffect::BreaksReads,
                    format!("{} names the schema {name}, which is gone", case.previous),
                )
                .used(used)
                .check(&checks::MOVED_TABLE)
            }
        }
        A::DropExtension { name, cascade } => {
            // what used the extension is not known from the migration
            let more = if *cascade {
                ", and CASCADE takes along whatever used it"
            } else {
                ""
            };
            doubt(
                format!("the extension {name} is dropped{more}"),
                &checks::EXTENSION_CHANGED,
            )
        }
        A::AlterExtension { name } => doubt(
            format!("the extension {name} is another version"),
            &checks::EXTENSION_CHANGED,
        ),
        _ => return None,
    })
}
