//! Does a way down make values of a unique column the same that were told apart? A collation that
//! compares byte by byte let `Ann` and `ann` in beside each other.

use super::dialect::Dialect;
use super::schema::Schema;
use super::step::{ConstraintKind, Name};

/// A column that is unique and that takes more texts for the same than it did before.
pub fn refuse_alike(
    table: &Name,
    column: &str,
    to: &str,
    schema: &Schema,
    dialect: Dialect,
) -> Option<(String, Option<String>)> {
    // PostgreSQL takes texts for the same by their bytes, whatever sorts them; elsewhere than in
    // MySQL a type that states no collation leaves it as it is
    if dialect == Dialect::Postgres || to.is_empty() && dialect != Dialect::MySql {
        return None;
    }
    let entity = schema.table(table)?;
    let own = &entity.get(column)?.column;
    let bytewise = |name: &str| {
        let small = name.trim_matches(['"', '`', '\'']).to_ascii_lowercase();
        small == "binary" || small.ends_with("_bin") || small.ends_with("_bin2")
    };
    let now = &own.collation;
    // only a collation that compares byte by byte is known to tell more apart than another does
    if !bytewise(now) || bytewise(to) {
        return None;
    }
    let holds = |columns: &[String]| {
        columns
            .iter()
            .any(|other| other.eq_ignore_ascii_case(column))
    };
    let unique = own.unique
        || own.primary
        || entity.constraints.iter().any(|rule| {
            matches!(rule.kind, ConstraintKind::Unique | ConstraintKind::Primary)
                && holds(&rule.columns)
        })
        || schema
            .indexes
            .values()
            .any(|index| index.unique && index.table.key() == table.key() && holds(&index.columns));
    unique.then(|| {
        (
            format!(
                "lets {table}.{column} compare by other rules again ({now} before), and stops at two values that {now} told apart and that count as the same then"
            ),
            None,
        )
    })
}
