//! Steps of a way down that the rows of the database may refuse: what the up allowed has come into
//! the table since, and the down forbids it again. And tables that cannot go before those that refer
//! to them.

use super::dialect::Dialect;
use super::down_alike::refuse_alike;
use super::down_values::may_write_null;
use super::judge::{TypeChange, compare_types};
use super::question;
use super::schema::{Schema, TableEntity};
use super::step::{
    Constraint, ConstraintKind, MigrationStep, Name, SchemaAction as A, Script, TableIndex,
};

/// Most tables of one migration whose references are looked at.
const REFERRING: usize = 200;

/// The first step of a down that only rows decide, in words and with the query that tells. `middle`:
/// the schema that the down finds.
pub fn find_step_rows_decide(down: &Script, middle: &Schema, dialect: Dialect) -> Option<String> {
    let mut schema = middle.clone();
    for (at, step) in down.steps.iter().enumerate() {
        // who prepares the rows of the table by hand has thought of them
        let prepared = step.action.table().is_some_and(|table| {
            down.steps[..at].iter().any(|before| {
                prepares_rows(&before.action, table, &step.action)
                    && !may_write_null(before, &step.action, &schema)
            })
        });
        let found = if prepared {
            None
        } else {
            find_refusal(step, middle, &schema, dialect)
        };
        if let Some((what, query)) = found {
            let rows = query.map_or_else(String::new, |query| {
                format!("; count them first: {}", query.trim_end_matches(';'))
            });
            return Some(format!("line {} of it {what}{rows}", step.line));
        }
        schema.apply(&step.action);
    }
    None
}

/// Whether an earlier statement of the down has seen to the rows that a step may stop at: it removes
/// rows, or writes the column that the step is about.
fn prepares_rows(action: &A, table: &Name, step: &A) -> bool {
    match action {
        // removing any rows of the table counts: whether they are the right ones is not worked out
        A::Delete { table: other } | A::Truncate { table: other } => other.key() == table.key(),
        A::Update {
            table: other,
            columns,
            ..
        } => {
            let about = step
                .column()
                .map_or_else(|| list_step_columns(step), |column| vec![column.to_owned()]);
            // an UPDATE whose columns were not read may have written the one that matters
            other.key() == table.key()
                && (columns.is_empty()
                    || about.is_empty()
                    || columns
                        .iter()
                        .any(|column| about.iter().any(|one| one.eq_ignore_ascii_case(column))))
        }
        _ => false,
    }
}

/// The columns that a key or a rule is about.
fn list_step_columns(step: &A) -> Vec<String> {
    match step {
        A::CreateIndex(index) => index.columns.clone(),
        A::AddConstraint { constraint, .. } => constraint.columns.clone(),
        _ => Vec::new(),
    }
}

/// The columns of a table that was there when the down began: only they hold values that came since.
fn list_filled<'a>(
    columns: &'a [String],
    table: &Name,
    middle: &'a Schema,
) -> Option<(&'a TableEntity, &'a [String])> {
    let entity = middle.table(table)?;
    // a column that the down makes again is empty, so nothing in it can refuse
    let filled = !columns.is_empty() && columns.iter().all(|column| entity.get(column).is_some());
    filled.then_some((entity, columns))
}

/// What the rows may refuse about a step, and the query that tells whether they do.
fn find_refusal(
    step: &MigrationStep,
    middle: &Schema,
    schema: &Schema,
    dialect: Dialect,
) -> Option<(String, Option<String>)> {
    match &step.action {
        A::SetNotNull { table, column } => refuse_null(table, column, middle, schema, dialect),
        A::RestateColumn {
            table,
            from,
            column,
            ..
        } => {
            let null = (!column.nullable)
                .then(|| refuse_null(table, from, middle, schema, dialect))
                .flatten();
            // a column restated may be NOT NULL and narrower at once; NULL is the commoner stop
            null.or_else(|| refuse_length(table, from, &column.data_type, middle, schema, dialect))
                .or_else(|| refuse_alike(table, from, &column.collation, schema, dialect))
                .or_else(|| {
                    let own = std::slice::from_ref(from);
                    column
                        .unique
                        .then(|| refuse_twins(table, own, middle, schema, dialect))
                        .flatten()
                })
        }
        A::ChangeType { table, column, to } => {
            refuse_length(table, column, to, middle, schema, dialect).or_else(|| {
                let collation = to.split_once(" COLLATE ").map_or("", |(_, name)| name);
                refuse_alike(table, column, collation, schema, dialect)
            })
        }
        A::CreateIndex(index) if index.unique => {
            refuse_unique_index(index, middle, schema, dialect)
        }
        A::AddConstraint { table, constraint } => {
            refuse_constraint(table, constraint, middle, schema, dialect)
        }
        _ => None,
    }
}

fn refuse_unique_index(
    index: &TableIndex,
    middle: &Schema,
    schema: &Schema,
    dialect: Dialect,
) -> Option<(String, Option<String>)> {
    let entity = middle.table(&index.table)?;
    let plain = !index.partial
        && !index.columns.is_empty()
        && index
            .columns
            .iter()
            .all(|column| entity.get(column).is_some());
    if plain {
        return refuse_twins(&index.table, &index.columns, middle, schema, dialect);
    }
    // over an expression, or over a part of the rows: which are alike is not worked out;
    // a column that the down brings back has no value of today
    let name = index.name.as_deref()?;
    let brought_back = index.columns.iter().any(|column| {
        entity.get(column).is_none()
            && schema
                .table(&index.table)
                .is_some_and(|now| now.get(column).is_some())
    });
    (!brought_back && !schema.indexes.contains_key(name)).then(|| {
        (
            format!(
                "makes the unique index {name} on {} again, and stops at two rows that are alike",
                index.table
            ),
            None,
        )
    })
}

fn refuse_constraint(
    table: &Name,
    constraint: &Constraint,
    middle: &Schema,
    schema: &Schema,
    dialect: Dialect,
) -> Option<(String, Option<String>)> {
    // `NOT VALID` checks only rows that are written from then on
    let unchecked = constraint.text.to_ascii_uppercase().contains("NOT VALID");
    match constraint.kind {
        ConstraintKind::Unique | ConstraintKind::Primary => {
            refuse_twins(table, &constraint.columns, middle, schema, dialect)
        }
        ConstraintKind::Foreign if !unchecked => {
            refuse_orphans(table, constraint, middle, schema, dialect)
        }
        ConstraintKind::Exclude => {
            middle.table(table)?;
            let name = constraint.name.as_deref().unwrap_or("an exclusion");
            Some((
                format!(
                    "puts {name} on {table} again, and stops at two rows that exclude each other"
                ),
                None,
            ))
        }
        ConstraintKind::Check if !unchecked => refuse_check(table, constraint, middle, dialect),
        _ => None,
    }
}

/// Rows that refer to nothing.
fn refuse_orphans(
    table: &Name,
    constraint: &Constraint,
    middle: &Schema,
    schema: &Schema,
    dialect: Dialect,
) -> Option<(String, Option<String>)> {
    let (entity, columns) = list_filled(&constraint.columns, table, middle)?;
    // a key that stands already kept such rows from coming
    let guarded = schema.table(table)?.constraints.iter().any(|other| {
        other.kind == ConstraintKind::Foreign && are_same_columns(&other.columns, columns)
    }) || columns.iter().all(|column| {
        entity
            .get(column)
            .is_some_and(|state| state.column.references.is_some())
    });
    let parent = constraint.references.as_ref()?;
    // a parent that the down has just made has no rows yet
    let query = match (columns, parent.name.is_empty()) {
        // the key of the parent is nearly always `id`; over several columns no query is made up
        ([column], false) => question::ask_orphan_rows(dialect, table, column, parent, "id"),
        _ => None,
    };
    let list = columns.join(", ");
    (!guarded).then(|| {
                        (
                            format!(
                                "lets {table} ({list}) refer to {parent} again, and stops at a row that refers to nothing"
                            ),
                            query,
                        )
                    })
}

fn refuse_check(
    table: &Name,
    constraint: &Constraint,
    middle: &Schema,
    dialect: Dialect,
) -> Option<(String, Option<String>)> {
    let entity = middle.table(table)?;
    let same_text =
        |other: &Constraint| other.kind == ConstraintKind::Check && other.text == constraint.text;
    // a rule about columns that the down brings back is about no value of today
    let known = constraint
        .columns
        .iter()
        .any(|word| entity.get(word).is_some());
    (known && !entity.constraints.iter().any(same_text)).then(|| {
        let name = constraint.name.as_deref().unwrap_or("a check");
        (
            format!("puts the rule {name} on {table} again, and stops at a row that breaks it"),
            question::ask_rule_violations(dialect, table, &constraint.text),
        )
    })
}

fn are_same_columns(one: &[String], two: &[String]) -> bool {
    one.len() == two.len() && one.iter().zip(two).all(|(a, b)| a.eq_ignore_ascii_case(b))
}

fn refuse_null(
    table: &Name,
    column: &str,
    middle: &Schema,
    schema: &Schema,
    dialect: Dialect,
) -> Option<(String, Option<String>)> {
    let now = schema.table(table)?.get(column)?;
    if middle.table(table)?.get(column).is_none() {
        // the down has made it, and no row has a value there but those that the down writes
        return (now.known && now.column.nullable && !now.column.default.is_some()).then(|| {
            (
                format!("makes {table}.{column} NOT NULL, and stops at a row for which the way down wrote no value there"),
                None,
            )
        });
    }
    // it takes NULL now: else no row can hold one
    (now.known && now.column.nullable && !now.column.primary).then(|| {
        (
            format!(
                "makes {table}.{column} NOT NULL again, and stops at a row that has no value there"
            ),
            question::ask_null_rows(dialect, table, column),
        )
    })
}

fn refuse_length(
    table: &Name,
    column: &str,
    to: &str,
    middle: &Schema,
    schema: &Schema,
    dialect: Dialect,
) -> Option<(String, Option<String>)> {
    // SQLite keeps any length in any column
    if dialect == Dialect::Sqlite {
        return None;
    }
    middle.table(table)?.get(column)?;
    let now = &schema.table(table)?.get(column)?.column.data_type;
    let dialects: &[Dialect] = match dialect {
        // where the database is not known the type has to be narrower in both families
        Dialect::Unknown => &[Dialect::MySql, Dialect::Postgres],
        _ => std::slice::from_ref(&dialect),
    };
    let narrower = dialects
        .iter()
        .all(|dialect| compare_types(now, to, *dialect) == TypeChange::Narrower);
    // any text came since, and a number, a date or an enumeration takes some of them only
    if is_text(now)
        && !is_text(to)
        && !is_enumeration(now)
        && dialects.iter().all(|dialect| {
            matches!(
                compare_types(now, to, *dialect),
                TypeChange::Other | TypeChange::Incompatible
            )
        })
    {
        return Some((
            format!(
                "makes {table}.{column} {to} again ({now} before), and stops at a text that is none"
            ),
            None,
        ));
    }
    let narrower = narrower || loses_members(now, to);
    narrower.then(|| {
        (
            format!(
                "makes {table}.{column} narrower again ({now} to {to}), and stops at a value that no longer fits, or cuts it"
            ),
            question::ask_unfit_values(dialect, table, column, to),
        )
    })
}

/// A type that takes any text.
fn is_text(data_type: &str) -> bool {
    let lower = data_type.to_ascii_lowercase();
    ["char", "text", "clob", "string"]
        .iter()
        .any(|word| lower.contains(word))
}

fn is_enumeration(data_type: &str) -> bool {
    data_type
        .trim_start()
        .to_ascii_lowercase()
        .starts_with("enum")
}

/// Whether an enumeration that is written into the column lacks a value that it has now.
fn loses_members(now: &str, to: &str) -> bool {
    let members = |text: &str| -> Vec<String> {
        // what stands between quotes are the members; a quote inside of one is doubled and rare
        text.split('\'')
            .skip(1)
            .step_by(2)
            .map(str::to_owned)
            .collect()
    };
    is_enumeration(now) && is_enumeration(to) && {
        let kept = members(to);
        members(now).iter().any(|member| !kept.contains(member))
    }
}

fn refuse_twins(
    table: &Name,
    columns: &[String],
    middle: &Schema,
    schema: &Schema,
    dialect: Dialect,
) -> Option<(String, Option<String>)> {
    let (entity, columns) = list_filled(columns, table, middle)?;
    // a key over fewer of the columns is the stricter one, and holds the wider one as well
    let inside = |other: &[String]| {
        !other.is_empty()
            && other.iter().all(|one| {
                columns
                    .iter()
                    .any(|column| column.eq_ignore_ascii_case(one))
            })
    };
    // what another key keeps apart already is not found twice
    let kept = |schema: &Schema, entity: &TableEntity| {
        entity.constraints.iter().any(|other| {
            matches!(other.kind, ConstraintKind::Unique | ConstraintKind::Primary)
                && inside(&other.columns)
        }) || columns.iter().any(|column| {
            entity
                .get(column)
                .is_some_and(|state| state.column.unique || state.column.primary)
        }) || schema.indexes.values().any(|index| {
            index.unique
                && !index.partial
                && index.table.key() == table.key()
                && inside(&index.columns)
        })
    };
    if kept(middle, entity) || schema.table(table).is_some_and(|now| kept(schema, now)) {
        return None;
    }
    Some((
        format!(
            "lets {table} hold each {} once again, and stops at two rows that are alike",
            columns.join(", ")
        ),
        question::ask_duplicate_values(dialect, table, columns),
    ))
}

/// Tables that the up made or changed, and that refer to others.
pub struct ChangedReferences {
    tables: Vec<usize>,
}

impl ChangedReferences {
    /// Those that a down with a `DROP TABLE` may meet; only PostgreSQL and SQL Server refuse to drop
    /// a table that another one refers to, whatever the rows are.
    pub fn of(down: &Script, before: &Schema, middle: &Schema, dialect: Dialect) -> Self {
        let drops = matches!(dialect, Dialect::Postgres | Dialect::Mssql)
            && down
                .steps
                .iter()
                .any(|step| matches!(step.action, A::DropTable { cascade: false, .. }));
        let tables = if drops {
            middle
                .entities
                .iter()
                .enumerate()
                .filter(|(id, entity)| entity.alive && !before.shares_table(middle, *id))
                .filter(|(_, entity)| {
                    entity
                        .constraints
                        .iter()
                        .any(|rule| rule.references.is_some())
                        || entity
                            .columns
                            .iter()
                            .any(|state| state.column.references.is_some())
                })
                .map(|(id, _)| id)
                .take(REFERRING)
                .collect()
        } else {
            Vec::new()
        };
        Self { tables }
    }

    /// A table that a step of the down drops while another one that stays refers to it.
    pub fn refuse_drop(&self, down: &Script, at: usize, schema: &Schema) -> Option<String> {
        let step = down.steps.get(at)?;
        let A::DropTable {
            table,
            cascade: false,
            ..
        } = &step.action
        else {
            return None;
        };
        // by the name that the table has now: the down may have renamed it before
        let dropped = &schema.table(table)?.name;
        let is_dropped = |other: &Name| other.key() == dropped.key();
        let refers = |entity: &TableEntity| {
            entity.alive
                && !is_dropped(&entity.name)
                && (entity.constraints.iter().any(|rule| {
                    rule.kind == ConstraintKind::Foreign
                        && rule.references.as_ref().is_some_and(is_dropped)
                }) || entity.columns.iter().any(|state| {
                    state.alive && state.column.references.as_ref().is_some_and(is_dropped)
                }))
        };
        // `DROP TABLE a, b` takes both at once, in whatever order they are named
        let together = |entity: &TableEntity| {
            down.steps[at + 1..]
                .iter()
                .take_while(|other| other.line == step.line && other.text == step.text)
                .any(|other| {
                    other
                        .action
                        .table()
                        .is_some_and(|name| name.key() == entity.name.key())
                })
        };
        let other = self
            .tables
            .iter()
            .filter_map(|id| schema.entity(*id))
            .find(|entity| refers(entity) && !together(entity))?;
        Some(format!(
            "line {} of it drops {table}, which is refused while {} refers to it",
            step.line, other.name
        ))
    }
}

/// A column of before that up and down together leave away, or leave with a NOT NULL that it did not
/// have.
pub fn find_column_left_changed(
    up: &Script,
    before: &Schema,
    middle: &Schema,
    after: &Schema,
) -> Option<String> {
    for (id, was) in before.entities.iter().enumerate() {
        if !was.alive || before.shares_table(after, id) {
            continue;
        }
        let Some(now) = after.table(&was.name) else {
            continue;
        };
        // of a table made anew all columns are known, or nothing can be told
        let same = after
            .entity(id)
            .is_some_and(|entity| entity.alive && std::ptr::eq(entity, now));
        // columns of a table that was never seen whole may be there without being known
        if !same && !now.known {
            continue;
        }
        for state in was.columns.iter().filter(|state| state.alive) {
            let name = &state.column.name;
            let between = middle.table(&was.name).and_then(|table| table.get(name));
            match now.get(name) {
                None if between.is_none() => {
                    return Some(format!("the column {}.{name} does not come back", was.name));
                }
                Some(left)
                    if state.known
                        // a down that forgets DROP NOT NULL leaves previous unable to write NULL
                        && state.column.nullable
                        && left.column.required()
                        && between.is_some_and(|between| between.column.required()) =>
                {
                    return Some(format!("the column {}.{name} stays NOT NULL", was.name));
                }
                _ => {}
            }
        }
    }
    // columns that no migration made
    up.effective().find_map(|step| {
        let A::DropColumn { table, column } = &step.action else {
            return None;
        };
        let lacks = |schema: &Schema| {
            schema
                .table(table)
                .is_some_and(|entity| entity.get(column).is_none())
        };
        let unseen = before
            .table(table)
            .is_none_or(|entity| !entity.known && entity.get(column).is_none());
        // added and dropped within the up: previous never had it
        let added = up.steps.iter().any(|other| {
            matches!(&other.action, A::AddColumn { table: of, column: made, .. }
                if of.key() == table.key() && made.name.eq_ignore_ascii_case(column))
        });
        (unseen && !added && lacks(after))
            .then(|| format!("the column {table}.{column} does not come back"))
    })
}
