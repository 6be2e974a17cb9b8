//! What became of a table of the previous release.

use super::judgement::JudgeInput;
use crate::schema::TableEntity;
use crate::step::Name;

/// What became of a table of the previous release.
pub enum Fate<'a> {
    /// It is there, under its name.
    Same,
    /// Another table has its name and a copy of its rows.
    Rebuilt(&'a TableEntity),
    /// Another table has its name, without its rows.
    Replaced(&'a TableEntity),
    /// It is there under another name.
    Renamed,
    /// A view has its name.
    Covered,
    /// It is gone.
    Gone,
}

/// What became of an entity of the previous release at the end of the range.
pub fn find_table_fate<'a>(case: &JudgeInput<'a>, id: usize) -> Fate<'a> {
    let Some(entity) = case.after.entities.get(id) else {
        return Fate::Gone;
    };
    // no table of the previous release: nothing became of it
    let Some(old) = entity.old.as_deref() else {
        return Fate::Same;
    };
    if entity.alive && entity.name.key() == old {
        return Fate::Same;
    }
    // before other tables: a view of that name is what old code reaches
    if case.after.views.contains_key(old) {
        return Fate::Covered;
    }
    match case.after.table(&Name::new(old)) {
        Some(other) if std::ptr::eq(other, &**entity) => Fate::Renamed,
        // rows were copied from the old one into it: a rebuild, not a loss
        Some(other) if other.copied.contains(&id) => Fate::Rebuilt(other),
        Some(other) => Fate::Replaced(other),
        // nothing has the old name, and the table lives under another one
        None if entity.alive => Fate::Renamed,
        None => Fate::Gone,
    }
}
