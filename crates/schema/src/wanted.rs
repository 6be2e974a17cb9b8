//! Names to look for in the previous release.

use std::collections::HashSet;
use std::rc::Rc;

use super::control::ControlGroup;
use super::schema::TableEntity;
use super::set::Set;
use super::step::{MigrationStep, Name, SchemaAction as A};
use super::usage::WantedNames;
use model::Framework;

/// All names that the judgement will ask about, and those of the control group where an answer may
/// be in vain.
pub fn collect_wanted_names<'a>(
    sets: impl Iterator<Item = (&'a Set, &'a ControlGroup)>,
) -> WantedNames {
    let mut wanted = WantedNames::default();
    for (set, group) in sets {
        // files of one text share what was read
        let mut seen = HashSet::new();
        let steps: Vec<&MigrationStep> = set
            .units
            .iter()
            .filter(|unit| seen.insert(Rc::as_ptr(&unit.reading)))
            .flat_map(|unit| &unit.reading.up.steps)
            .collect();
        add_dependents(&mut wanted, set, &steps);
        // A routine that stays may answer with every column of a table that gets one more.
        if steps
            .iter()
            .any(|step| matches!(step.action, A::AddColumn { .. }))
        {
            // `SELECT *` in a body answers with whatever the table has; `returns` has to state
            // something
            let answering = set.before.routines.values().filter(|routine| {
                routine.body.contains('*') && routine.body.len() > "returns".len()
            });
            // the bound of a list: a program with more routines is doubt where it matters
            for routine in answering.take(200) {
                wanted.word(&routine.name.name);
            }
        }
        let models = set.framework == Framework::Django;
        // A dropped reference no longer takes rows along when those it refers to go.
        for step in &steps {
            if let A::DropConstraint { table, .. } = &step.action {
                for parent in set
                    .before
                    .table(table)
                    .into_iter()
                    .flat_map(list_referenced_tables)
                {
                    wanted.table(parent, models);
                }
            }
        }
        for step in &steps {
            add_action_names(&mut wanted, &step.action, set, models);
        }
        // where nothing can be looked for in vain, nobody needs to know how well the search works
        if steps.iter().any(|step| may_be_vain(&step.action)) {
            for table in group
                .tables
                .iter()
                .chain(group.columns.iter().map(|(table, _)| table))
            {
                wanted.control_table(table, models);
            }
            for column in group.columns.iter().flat_map(|(_, columns)| columns) {
                wanted.control_column(column);
            }
        }
    }
    wanted
}

/// What is judged by not being found. What only the new release has needs no search.
fn may_be_vain(action: &A) -> bool {
    !matches!(
        action,
        A::CreateTable(_)
            | A::AddColumn { .. }
            | A::CreateIndex(_)
            | A::ColumnOption { .. }
            | A::CreateType { .. }
            | A::CreateSequence { .. }
            | A::CreateSchema { .. }
            | A::CreateExtension { .. }
            | A::Comment { .. }
            | A::Grant { .. }
            | A::StateOnly { .. }
            | A::Nothing
    )
}

fn add_action_names(wanted: &mut WantedNames, action: &A, set: &Set, models: bool) {
    // tables are asked by name and by class, as the framework maps them
    if let Some(table) = action.table().filter(|table| !table.name.is_empty()) {
        wanted.table(table, models);
    }
    for parent in list_new_parents(action) {
        wanted.table(parent, models);
    }
    add_vain_names(wanted, action, set, models);
    match action {
        // Everything a table had may be missed after it was made anew.
        A::DropTable { table, .. } | A::RenameTable { table, .. } => {
            for state in set
                .before
                .table(table)
                .into_iter()
                .flat_map(|entity| &entity.columns)
            {
                wanted.column(&state.column.name);
            }
        }
        // The statement names no table; the old schema knows whose index it is.
        A::DropIndex { name, .. } => {
            wanted.word(name);
            if let Some(index) = set.before.indexes.get(&name.to_lowercase()) {
                wanted.table(&index.table, models);
            }
        }
        A::AddColumn { .. } | A::ColumnOption { .. } => {}
        A::CreateView { name, .. } | A::DropView { name, .. } | A::RenameView { name, .. } => {
            add_word_and_table(wanted, name)
        }
        A::CreateRoutine(routine) => add_word_and_table(wanted, &routine.name),
        A::DropRoutine { name, .. } | A::RenameRoutine { name, .. } => {
            add_word_and_table(wanted, name)
        }
        A::CreateType { name, .. } | A::DropType { name } | A::RenameType { name, .. } => {
            add_word_and_table(wanted, name)
        }
        A::DropSequence { name } | A::RenameSequence { name, .. } => {
            add_word_and_table(wanted, name)
        }
        A::RenameEnumValue { value, .. } => wanted.word(value),
        A::DropSchema { name }
        | A::RenameSchema { name, .. }
        | A::RenameIndex { name, .. }
        | A::RenameConstraint { name, .. } => wanted.word(name),
        _ => {
            if let Some(column) = action.column() {
                wanted.column(column);
            }
        }
    }
}

/// Views and routines that may stand on what goes.
fn add_dependents(wanted: &mut WantedNames, set: &Set, steps: &[&MigrationStep]) {
    let goes = |step: &&MigrationStep| match &step.action {
        A::DropTable { table, .. } | A::RenameTable { table, .. } | A::DropColumn { table, .. } => {
            Some(table.name.to_lowercase())
        }
        _ => None,
    };
    let gone: HashSet<String> = steps.iter().filter_map(goes).collect();
    // without anything gone no view can stand on it
    if gone.is_empty() {
        return;
    }
    for view in set.before.views.keys().take(200) {
        wanted.table(&Name::new(view), false);
    }
    for routine in set.before.routines.values().take(2_000) {
        let body = routine.body.to_lowercase();
        let mut words = body.split(|c: char| !c.is_alphanumeric() && c != '_');
        // a whole word of the body, since `order` is a part of `orders`
        if words.any(|word| gone.contains(word)) {
            wanted.word(&routine.name.name);
        }
    }
}

/// Names that may be looked for in vain, and the tables of which the name of one may be made.
fn add_vain_names(wanted: &mut WantedNames, action: &A, set: &Set, models: bool) {
    if !may_be_vain(action) {
        return;
    }
    if let Some(table) = action.table() {
        wanted.vain.insert(table.name.to_lowercase());
    }
    match action {
        A::DropTable { table, .. } | A::RenameTable { table, .. } | A::MoveTable { table, .. } => {
            let bare = table.name.to_lowercase().replace('_', "");
            for entity in set.before.entities.iter().filter(|entity| entity.alive) {
                let other = entity.name.name.to_lowercase().replace('_', "");
                // `orders_tags` may be made of the names of two models, so both are looked for
                let stem = other.trim_end_matches('s').trim_end_matches("ie");
                let stem = stem.trim_end_matches('y');
                if stem.len() > 2 && other != bare && bare.contains(stem) {
                    wanted.table(&entity.name, models);
                }
            }
        }
        A::DropView { name, .. }
        | A::RenameView { name, .. }
        | A::DropRoutine { name, .. }
        | A::RenameRoutine { name, .. }
        | A::DropType { name }
        | A::RenameType { name, .. }
        | A::DropSequence { name }
        | A::RenameSequence { name, .. } => {
            wanted.vain.insert(name.name.to_lowercase());
        }
        A::CreateRoutine(routine) => {
            wanted.vain.insert(routine.name.name.to_lowercase());
        }
        _ => {
            if let Some(column) = action.column() {
                wanted.vain.insert(column.to_lowercase());
            }
        }
    }
}

/// Tables that a table refers to.
fn list_referenced_tables(entity: &TableEntity) -> impl Iterator<Item = &Name> {
    let columns = entity
        .columns
        .iter()
        .filter_map(|state| state.column.references.as_ref());
    columns.chain(
        entity
            .constraints
            .iter()
            .filter_map(|constraint| constraint.references.as_ref()),
    )
}

/// Tables that new references point to.
fn list_new_parents(action: &A) -> Vec<&Name> {
    match action {
        A::CreateTable(table) => table
            .columns
            .iter()
            .filter_map(|column| column.references.as_ref())
            .chain(
                table
                    .constraints
                    .iter()
                    .filter_map(|constraint| constraint.references.as_ref()),
            )
            .collect(),
        A::AddColumn { column, .. } => column.references.iter().collect(),
        A::AddConstraint { constraint, .. } => constraint.references.iter().collect(),
        _ => Vec::new(),
    }
}

fn add_word_and_table(wanted: &mut WantedNames, name: &Name) {
    wanted.word(&name.name);
    wanted.table(name, false);
}
