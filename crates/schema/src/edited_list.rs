//! Was a list of migrations in program text edited at a place that ran?

use super::embedded::find_new_statements;
use super::unit::Unit;
use coverage::ReleaseRange;
use model::MigrationChange;

/// A migration in program text whose list holds a member that was edited after it ran.
pub(super) fn is_edited(range: &ReleaseRange<'_>, unit: &Unit) -> bool {
    let path = &unit.found.place.path;
    let before = unit.found.from.as_deref().unwrap_or(path);
    if unit.change != MigrationChange::Added || !range.previous.has(before) {
        return false;
    }
    let (Ok(old), Ok(new)) = (
        range.previous.read_text(before),
        range.current.read_text(path),
    ) else {
        return false;
    };
    find_new_statements(path, &new, Some(&old)).edited
}
