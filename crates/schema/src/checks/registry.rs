//! All checks of databases.

use super::{columns, constraints, data, history, objects, observed, tables};
use model::CheckDeclaration;

/// All of them. What judges them is in `judge`, `finding`, `start_gate`, `snapshot` and `ran`.
static CHECKS: &[&CheckDeclaration] = &[
    &tables::DROPPED_TABLE,
    &tables::NOT_FOUND_IN_CODE,
    &tables::RENAMED_TABLE,
    &tables::MOVED_TABLE,
    &tables::TABLE_REBUILT,
    &tables::TABLE_REPLACED,
    &columns::DROPPED_COLUMN,
    &columns::RENAMED_COLUMN,
    &columns::REQUIRED_COLUMN,
    &columns::ROW_WITHOUT_COLUMNS,
    &columns::WHOLE_ROW_READ,
    &columns::RESERVED_COLUMN,
    &columns::AMBIGUOUS_COLUMN,
    &columns::NULL_REFUSED,
    &columns::NULL_ALLOWED,
    &columns::DEFAULT_REMOVED,
    &columns::DEFAULT_CHANGED,
    &columns::TYPE_NARROWED,
    &columns::TYPE_CHANGED,
    &columns::GENERATED_COLUMN,
    &columns::COLLATION_CHANGED,
    &constraints::UNIQUE_ADDED,
    &constraints::UNIQUE_REMOVED,
    &constraints::REFERENCE_ADDED,
    &constraints::RULE_ADDED,
    &constraints::RULE_REMOVED,
    &constraints::RULE_RENAMED,
    &objects::VIEW_DROPPED,
    &objects::VIEW_CHANGED,
    &objects::OLD_OBJECT_USES_NEW_TABLE,
    &objects::ROUTINE_DROPPED,
    &objects::ROUTINE_CHANGED,
    &objects::TRIGGER_CHANGED,
    &objects::ENUM_CHANGED,
    &objects::SEQUENCE_CHANGED,
    &objects::EXTENSION_CHANGED,
    &objects::RIGHTS_CHANGED,
    &objects::SETTING_CHANGED,
    &data::DATA_REWRITTEN,
    &data::ROWS_REMOVED,
    &data::BACKFILL_AGAIN,
    &data::HOST_CODE,
    &data::NEW_DATABASE,
    &history::NOT_UNDERSTOOD,
    &history::HISTORY_REPAIRED,
    &history::START_GATE,
    &history::EDITED_AFTER_SHIPPING,
    &history::RUNS_AGAIN,
    &history::DOWN_MISSING,
    &history::DOWN_UNFIT,
    &history::DOWN_LOSES_DATA,
    &history::MIGRATION_REMOVED,
    &history::SNAPSHOT_DISAGREES,
    &history::WHAT_RAN,
    &history::SAFE_FOR_OLD_CODE,
    &observed::COUNTED_ROWS,
    &observed::OLD_STATEMENT_FAILED,
    &observed::OLD_STATEMENT_CHANGED,
    &observed::REHEARSED,
    &observed::WAY_DOWN_REHEARSED,
];

/// All of them, ordered by id.
pub fn list_declared_checks() -> Vec<CheckDeclaration> {
    let mut checks: Vec<CheckDeclaration> = CHECKS.iter().map(|check| **check).collect();
    checks.sort_by_key(|check| check.doc.id);
    checks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn declarations_are_whole_and_every_id_stands_once() {
        let faults = model::find_check_faults(CHECKS.iter().copied());
        assert!(faults.is_empty(), "{}", faults.join("\n"));
    }
}
