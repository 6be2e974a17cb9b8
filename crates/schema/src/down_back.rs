//! What comes back otherwise than it was: a column with another type, one that takes NULL, one that
//! lost its default, a rule of uniqueness or an index that went with its column.

use super::dialect::Dialect;
use super::judge::{TypeChange, compare_types};
use super::schema::{Schema, TableEntity};
use super::step::{Column, ConstraintKind, Name, SchemaAction as A, Script, TableIndex};

/// The first thing of before that up and down together leave another than it was.
pub(super) fn find_changed_return(
    up: &Script,
    down: &Script,
    before: &Schema,
    after: &Schema,
    dialect: Dialect,
) -> Option<String> {
    before
        .entities
        .iter()
        .enumerate()
        .filter(|(id, was)| was.alive && !before.shares_table(after, *id))
        .find_map(|(_, was)| {
            let now = after.table(&was.name)?;
            was.columns
                .iter()
                .filter(|state| state.alive && state.known)
                .find_map(|state| {
                    let back = now.get(&state.column.name).filter(|back| back.known)?;
                    let what = describe_difference(&state.column, &back.column, dialect)
                        .or_else(|| describe_lost_rule(was, now, &state.column, after))?;
                    Some(format!(
                        "the column {}.{} {what}",
                        was.name, state.column.name
                    ))
                })
        })
        .or_else(|| find_index_gone_with_column(up, down, before, after, dialect))
}

/// How a column that came back differs, where that is certain.
fn describe_difference(was: &Column, now: &Column, dialect: Dialect) -> Option<String> {
    // what a tool turns around by itself says no type, and then nothing else either
    if was == now || was.data_type.is_empty() || now.data_type.is_empty() || now.generated {
        return None;
    }
    let dialects: &[Dialect] = match dialect {
        // where the database is not known the types have to differ in both families
        Dialect::Unknown => &[Dialect::MySql, Dialect::Postgres],
        _ => std::slice::from_ref(&dialect),
    };
    let differs = dialect != Dialect::Sqlite
        && dialects.iter().all(|dialect| {
            !matches!(
                compare_types(&was.data_type, &now.data_type, *dialect),
                TypeChange::Same | TypeChange::Unknown
            )
        });
    // MySQL's `serial` and the like number by their type
    if differs && !was.auto && !now.auto {
        return Some(format!(
            "comes back as {}, and was {} before",
            now.data_type, was.data_type
        ));
    }
    if !was.nullable && now.nullable && !was.primary && !now.primary {
        return Some("takes NULL afterwards, and refused it before".to_owned());
    }
    (was.default.is_some() && !now.default.is_some() && !was.auto && !now.auto)
        .then(|| "comes back without the default that it had before".to_owned())
}

/// A rule of uniqueness on the column itself.
fn describe_lost_rule(
    was: &TableEntity,
    now: &TableEntity,
    column: &Column,
    after: &Schema,
) -> Option<String> {
    let name = &column.name;
    let alone = |columns: &[String]| matches!(columns, [only] if only.eq_ignore_ascii_case(name));
    let lost = column.unique
        && !now
            .get(name)
            .is_some_and(|back| back.column.unique || back.column.primary)
        && !now.constraints.iter().any(|rule| {
            matches!(rule.kind, ConstraintKind::Unique | ConstraintKind::Primary)
                && alone(&rule.columns)
        })
        && !after.indexes.values().any(|index| {
            index.unique && index.table.key() == was.name.key() && alone(&index.columns)
        });
    lost.then(|| "may hold a value twice afterwards, and refused that before".to_owned())
}

/// An index of before on a column that the up drops: the database drops it with the column, and
/// only a statement of the down makes it again.
fn find_index_gone_with_column(
    up: &Script,
    down: &Script,
    before: &Schema,
    after: &Schema,
    dialect: Dialect,
) -> Option<String> {
    // SQLite and SQL Server refuse to drop such a column
    if matches!(dialect, Dialect::Sqlite | Dialect::Mssql) {
        return None;
    }
    let dropped = |table: &Name, column: &str| {
        up.effective().any(|step| {
            matches!(&step.action, A::DropColumn { table: of, column: gone }
                if of.key() == table.key() && gone.eq_ignore_ascii_case(column))
        })
    };
    let made_again = |index: &TableIndex| {
        down.steps.iter().any(|step| match &step.action {
            A::CreateIndex(made) => same_list(&made.columns, &index.columns),
            A::AddConstraint { constraint, .. } => same_list(&constraint.columns, &index.columns),
            A::AddColumn { column, .. } => {
                column.unique && same_list(std::slice::from_ref(&column.name), &index.columns)
            }
            // a statement that nobody read may make it
            A::Unknown { .. } | A::HostCode { .. } | A::CreateTable(_) => true,
            _ => false,
        })
    };
    // what a tool turns around by itself is asked for by the tool, and says no columns
    let index = before.indexes.values().find(|index| {
        after.table(&index.table).is_some()
            && index
                .columns
                .iter()
                .any(|column| dropped(&index.table, column))
            && !made_again(index)
    })?;
    let what = if index.unique {
        "the unique index"
    } else {
        "the index"
    };
    let name = index
        .name
        .clone()
        .unwrap_or_else(|| index.columns.join(", "));
    Some(format!(
        "{what} {name} goes with its column and does not come back"
    ))
}

fn same_list(one: &[String], other: &[String]) -> bool {
    one.len() == other.len()
        && one
            .iter()
            .zip(other)
            .all(|(one, other)| one.eq_ignore_ascii_case(other))
}

/// A step of a down that drops an index which went with its column before: PostgreSQL drops an
/// index as soon as one of its columns is dropped, MySQL as soon as all of them are.
pub(super) fn refuse_dropped_index(
    action: &A,
    text: &str,
    schema: &Schema,
    dialect: Dialect,
) -> Option<String> {
    let A::DropIndex { name, .. } = action else {
        return None;
    };
    let lower = text.to_ascii_lowercase();
    if lower.contains("if exists") || lower.contains("if_exists") {
        return None;
    }
    let index = schema.indexes.get(&name.to_lowercase())?;
    let entity = schema.table(&index.table)?;
    let gone = |column: &String| {
        entity.get(column).is_none()
            && entity
                .columns
                .iter()
                .any(|state| !state.alive && state.column.name.eq_ignore_ascii_case(column))
    };
    let with_column = match dialect {
        Dialect::Postgres => index.columns.iter().any(gone),
        Dialect::MySql => !index.columns.is_empty() && index.columns.iter().all(gone),
        _ => false,
    };
    with_column.then(|| format!("drops the index {name}, which went with its column before"))
}

/// The way back of a tool that knows the state before by itself: what it states again, beside what
/// can be turned around from the statement alone. A column gets what it was, and an index or rule
/// that was dropped is made again.
pub(super) fn state_again(up: &Script, down: &Script, before: &Schema) -> Script {
    let renames = up.effective().any(|step| {
        matches!(
            step.action,
            A::RenameColumn { .. } | A::RenameTable { .. } | A::DropTable { .. }
        )
    });
    let mut whole = down.clone();
    // names of before and after are not told apart here
    if renames {
        return whole;
    }
    let back = up.steps.iter().rev().filter_map(|step| {
        let action = match &step.action {
            A::RestateColumn { table, from, .. } => {
                let state = before.table(table)?.get(from).filter(|state| state.known)?;
                A::RestateColumn {
                    table: table.clone(),
                    from: from.clone(),
                    column: state.column.clone(),
                    keeps_default: false,
                }
            }
            A::DropIndex { name, .. } => {
                A::CreateIndex(before.indexes.get(&name.to_lowercase())?.clone())
            }
            A::DropConstraint {
                table,
                name: Some(name),
                ..
            } => A::AddConstraint {
                table: table.clone(),
                constraint: before
                    .table(table)?
                    .constraints
                    .iter()
                    .find(|rule| {
                        rule.name
                            .as_ref()
                            .is_some_and(|own| own.eq_ignore_ascii_case(name))
                    })?
                    .clone(),
            },
            _ => return None,
        };
        // what is stated already is not stated twice
        (!down.steps.iter().any(|other| other.action == action)).then(|| {
            let mut step = step.clone();
            step.action = action;
            step
        })
    });
    whole.steps.extend(back);
    whole
}
