//! A table with its history: columns keep their place through renames, and are found by name
//! without walking them all.

use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

use super::step::{Column, Constraint, DefaultValue, Name, SchemaAction};

/// Columns, dropped ones included, that are looked through one by one; more are found by name. Most
/// tables have few, and a copy of such a table copies no names.
const FEW: usize = 16;

/// A column with its history.
#[derive(Debug, Clone)]
pub struct ColumnState {
    /// As it is now. For columns whose definition was never seen, nullable without type.
    pub column: Column,
    /// Its name in the previous release; `None` if it is new in the range.
    pub old: Option<String>,
    /// It still exists.
    pub alive: bool,
    /// Its definition was seen.
    pub known: bool,
}

/// A table with its history.
#[derive(Debug, Clone)]
pub struct TableEntity {
    /// Its name now, or its last one.
    pub name: Name,
    /// Its key in the previous release; `None` if it is new in the range.
    pub old: Option<String>,
    /// It still exists.
    pub alive: bool,
    /// All its columns are known.
    pub known: bool,
    /// Columns, dropped ones included; a copy of the table shares those that stay as they are.
    pub columns: Vec<Rc<ColumnState>>,
    /// There are more than a few columns, so that `by_name` holds the living ones.
    pub(super) named: bool,
    /// Living columns by name, in small letters; more than one where a table has a name twice.
    pub(super) by_name: HashMap<Box<str>, Vec<usize>>,
    /// Constraints in force.
    pub constraints: Vec<Constraint>,
    /// Entities whose rows it holds a copy of.
    pub copied: BTreeSet<usize>,
    /// Key of the table of the previous release whose name it took.
    pub stands_for: Option<String>,
    /// Types are enforced (SQLite `STRICT`).
    pub strict: bool,
}

impl TableEntity {
    /// A living table of the range.
    pub(super) fn new(name: Name, columns: Vec<ColumnState>) -> Self {
        let mut entity = Self {
            name,
            old: None,
            alive: true,
            known: false,
            columns: columns.into_iter().map(Rc::new).collect(),
            named: false,
            by_name: HashMap::new(),
            constraints: Vec::new(),
            copied: BTreeSet::new(),
            stands_for: None,
            strict: false,
        };
        entity.name_columns();
        entity
    }

    /// Index of a living column.
    pub fn find(&self, column: &str) -> Option<usize> {
        if !self.named {
            return self
                .columns
                .iter()
                .position(|state| state.alive && state.column.name.eq_ignore_ascii_case(column));
        }
        // names are kept in small letters, and most are written so: no copy then
        let found = if column.bytes().any(|byte| byte.is_ascii_uppercase()) {
            self.by_name.get(column.to_ascii_lowercase().as_str())
        } else {
            self.by_name.get(column)
        };
        found?.first().copied()
    }

    /// Finds the names of all columns again.
    pub(super) fn name_columns(&mut self) {
        self.by_name.clear();
        self.named = self.columns.len() > FEW;
        for at in 0..self.columns.len() {
            if self.named && self.columns[at].alive {
                self.index_column(at);
            }
        }
    }

    /// A column stands under its name from now on.
    fn name_column(&mut self, at: usize) {
        if self.named {
            self.index_column(at);
        } else if self.columns.len() > FEW {
            self.name_columns();
        }
    }

    fn index_column(&mut self, at: usize) {
        let same = self
            .by_name
            .entry(self.columns[at].column.name.to_ascii_lowercase().into())
            .or_default();
        // of two columns with one name the earlier one is found, as in a list
        let place = same.partition_point(|other| *other < at);
        same.insert(place, at);
    }

    /// A column that is about to change, but for its name; what shares it keeps it as it was.
    pub(super) fn column(&mut self, at: usize) -> &mut ColumnState {
        Rc::make_mut(&mut self.columns[at])
    }

    /// Adds a living column.
    pub(super) fn push(&mut self, state: ColumnState) -> usize {
        let at = self.columns.len();
        self.columns.push(Rc::new(state));
        self.name_column(at);
        at
    }

    /// A column stands under its name no longer; another living one of the same name does then.
    fn unname(&mut self, at: usize) {
        if !self.named {
            return;
        }
        let name = self.columns[at].column.name.to_ascii_lowercase();
        if let Some(same) = self.by_name.get_mut(name.as_str()) {
            same.retain(|other| *other != at);
            if same.is_empty() {
                self.by_name.remove(name.as_str());
            }
        }
    }

    /// A column is there no longer.
    pub(super) fn drop_column(&mut self, at: usize) {
        self.unname(at);
        self.column(at).alive = false;
    }

    /// A column is another one, perhaps of another name.
    pub(super) fn restate(&mut self, at: usize, change: impl FnOnce(&mut Column)) {
        self.unname(at);
        change(&mut self.column(at).column);
        // the new name may be one that another column had
        self.name_column(at);
    }

    /// A living column.
    pub fn get(&self, column: &str) -> Option<&ColumnState> {
        self.find(column)
            .and_then(|at| self.columns.get(at))
            .map(Rc::as_ref)
    }
}

/// What a step changes about a column beside its name.
pub(super) fn alter_entity_column(column: &mut Column, action: &SchemaAction) {
    use SchemaAction as A;
    match action {
        A::ChangeType { to, .. } => {
            // a collation behind a type is no part of it
            let (data_type, collation) = to.split_once(" COLLATE ").unwrap_or((to, ""));
            column.data_type = data_type.to_owned();
            column.collation = collation.to_owned();
        }
        A::SetNotNull { .. } => column.nullable = false,
        A::DropNotNull { .. } => column.nullable = true,
        A::SetDefault { value, .. } => column.default = value.clone(),
        A::DropDefault { .. } => {
            // `serial` is a default on a sequence.
            (column.default, column.auto) = (DefaultValue::None, column.auto && column.always);
        }
        A::SetGenerated { .. } => column.generated = true,
        A::DropGenerated { .. } => column.generated = false,
        A::SetIdentity { always, .. } => (column.auto, column.always) = (true, *always),
        A::DropIdentity { .. } => (column.auto, column.always) = (false, false),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_is_found_alike_among_few_and_among_many() {
        let state = |name: &str| ColumnState {
            column: Column::new(name, "int"),
            old: None,
            alive: true,
            known: true,
        };
        for others in [0, 3 * FEW] {
            let mut table = TableEntity::new(Name::from_parts(vec!["jars".to_owned()]), vec![]);
            let first = table.push(state("Size"));
            let second = table.push(state("size"));
            for at in 0..others {
                table.push(state(&format!("c{at}")));
            }
            assert_eq!((table.find("SIZE"), table.find("lid")), (Some(first), None));
            table.drop_column(first);
            assert_eq!(table.find("size"), Some(second));
            table.restate(second, |column| column.name = "lid".to_owned());
            assert_eq!(
                (table.find("size"), table.find("LID")),
                (None, Some(second))
            );
            table.drop_column(second);
            assert_eq!(table.find("lid"), None);
        }
    }
}
