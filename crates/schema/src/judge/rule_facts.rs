//! What schemas say of keys, unique columns and references.

use super::super::checks;
use super::super::dialect::Dialect;
use super::super::operation::OperationKind as K;
use super::super::schema::{Schema, TableEntity};
use super::super::step::{Constraint, ConstraintKind, Name};
use super::judgement::{JudgeInput, OperationJudgement};
use model::RollbackEffect;

/// Sets of columns of a table that are unique in a schema: primary key, unique constraints, whole
/// unique indexes.
pub fn unique_sets(schema: &Schema, id: usize, table: &Name) -> Vec<Vec<String>> {
    let mut out = Vec::new();
    // A table that took over a name is not in the old schema by its number.
    if let Some(entity) = schema.entity(id).or_else(|| schema.table(table)) {
        out.extend(
            entity
                .constraints
                .iter()
                .filter(|constraint| {
                    matches!(
                        constraint.kind,
                        ConstraintKind::Primary | ConstraintKind::Unique
                    )
                })
                .map(|constraint| constraint.columns.clone()),
        );
        out.extend(
            entity
                .columns
                .iter()
                .filter(|state| state.alive && (state.column.primary || state.column.unique))
                .map(|state| vec![state.column.name.clone()]),
        );
        out.extend(
            schema
                .indexes
                .values()
                .filter(|index| {
                    index.unique
                        // a partial index leaves rows out, so it keeps nothing apart for all of
                        // them
                        && !index.partial
                        && (index.table.key() == entity.name.key()
                            || index.table.key() == table.key())
                })
                .map(|index| index.columns.clone()),
        );
    }
    out.retain(|columns| !columns.is_empty());
    out
}

/// Columns of a table's primary key as it is at the end of the range.
pub fn primary_key(entity: &TableEntity) -> Vec<String> {
    let stated = entity
        .constraints
        .iter()
        .find(|rule| rule.kind == ConstraintKind::Primary)
        .map(|rule| rule.columns.clone());
    stated.unwrap_or_else(|| {
        entity
            .columns
            .iter()
            .filter(|state| state.alive && state.column.primary)
            .map(|state| state.column.name.clone())
            .collect()
    })
}

/// A line of a statement that tells the database which index to take. An annotation that defines an
/// index is none.
pub fn is_index_hint(line: &str) -> bool {
    ["indexed by", "force index", "use index", "ignore index"]
        .iter()
        .any(|sign| line.contains(sign))
        // `index(` alone is the call of a framework that defines one, and a hint in a comment is
        // left out by the database where it cannot follow it
        || ["with (index", "with(index"]
            .iter()
            .any(|sign| line.contains(sign))
}

/// A new reference keeps rows that old code deletes.
pub fn deletes_refused(
    case: &JudgeInput<'_>,
    kind: K,
    child: &Name,
    parent: &Name,
) -> Option<OperationJudgement> {
    // a table that points at itself, or a parent that is new, keeps no row that old code deletes
    if parent.key() == child.key() || case.before.table(parent).is_none() {
        return None;
    }
    let used = case.usage.deletes(parent, case.models);
    (!used.is_empty()).then(|| {
        let why = format!(
            "{} deletes rows of {parent}, which is refused while rows of {child} refer to them",
            case.previous
        );
        OperationJudgement::new(kind, RollbackEffect::Doubt, why)
            .used(used)
            .check(&checks::REFERENCE_ADDED)
    })
}

/// The unique rule that MySQL calls as its first column, since nobody gave it a name.
fn find_named_by_column(entity: &TableEntity, name: &str) -> Option<Constraint> {
    let own = |columns: Vec<String>| Constraint {
        name: None,
        kind: ConstraintKind::Unique,
        columns,
        references: None,
        text: String::new(),
    };
    let state = entity.get(name)?;
    if state.column.unique {
        return Some(own(vec![state.column.name.clone()]));
    }
    entity
        .constraints
        .iter()
        .find(|constraint| {
            constraint.name.is_none()
                && constraint.kind == ConstraintKind::Unique
                && constraint
                    .columns
                    .first()
                    .is_some_and(|first| first.eq_ignore_ascii_case(name))
        })
        .map(|constraint| own(constraint.columns.clone()))
}

/// PostgreSQL names unnamed constraints after table and columns: `orders_sku_key`,
/// `orders_customer_id_fkey`.
pub fn find_unnamed_constraint(entity: &TableEntity, name: &str) -> Option<Constraint> {
    let lower = name.to_lowercase();
    let table = entity.name.name.to_lowercase();
    let kind = [
        ("_key", ConstraintKind::Unique),
        ("_fkey", ConstraintKind::Foreign),
        ("_pkey", ConstraintKind::Primary),
        ("_check", ConstraintKind::Check),
    ]
    .into_iter()
    .find_map(|(end, kind)| lower.ends_with(end).then_some(kind));
    let Some(kind) = kind else {
        return find_named_by_column(entity, name);
    };
    entity
        .constraints
        .iter()
        // only rules without a name got one from the database
        .find(|constraint| {
            constraint.name.is_none()
                && constraint.kind == kind
                // a table has one primary key, so its name needs no columns
                && (kind == ConstraintKind::Primary
                    || lower.starts_with(&format!(
                        "{table}_{}",
                        constraint.columns.join("_").to_lowercase()
                    )))
        })
        .cloned()
        // UNIQUE on the column itself is kept as no constraint
        .or_else(|| {
            let column = lower
                .strip_prefix(&format!("{table}_"))?
                .strip_suffix("_key")?
                .to_owned();
            let state = entity.get(&column).filter(|state| state.column.unique)?;
            Some(Constraint {
                name: None,
                kind: ConstraintKind::Unique,
                columns: vec![state.column.name.clone()],
                references: None,
                text: String::new(),
            })
        })
}

/// What a constraint is by the custom of naming them.
pub fn guess_constraint_kind(name: &str, case: &JudgeInput<'_>) -> Option<ConstraintKind> {
    let lower = name.to_lowercase();
    let has = |signs: &[&str]| {
        signs
            .iter()
            .any(|sign| lower.starts_with(sign) || lower.ends_with(sign))
    };
    // references first: `fk_orders_key` ends like a unique rule
    if has(&["fk_", "_fk", "_fkey", "_foreign", "fk"]) {
        Some(ConstraintKind::Foreign)
    } else if has(&[
        "uq_", "_uq", "_key", "_unique", "unique_", "uk_", "_uk", "_uniq",
    ]) {
        Some(ConstraintKind::Unique)
    } else if has(&["ck_", "_ck", "chk_", "_chk", "_check", "check_"]) {
        Some(ConstraintKind::Check)
    } else if has(&["pk_", "_pk", "_pkey"]) {
        Some(ConstraintKind::Primary)
    } else if has(&["df_", "df__"]) && case.dialect == Dialect::Mssql {
        Some(ConstraintKind::Default)
    } else {
        None
    }
}
