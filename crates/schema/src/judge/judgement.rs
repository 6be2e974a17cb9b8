//! What a step is judged with, and what the judgement says.

use std::cell::{OnceCell, RefCell};
use std::collections::BTreeMap;

use super::super::control::{ControlGroup, Rate};
use super::super::derived_kind::DerivedKind;
use super::super::dialect::Dialect;
use super::super::library::LibraryLookup;
use super::super::operation::OperationKind;
use super::super::schema::{ColumnState, Schema, TableEntity, Touched};
use super::super::step::Name;
use super::super::usage::PreviousUsage;
use super::dependent::DependentsByTable;
use crate::client::ClientHabits;
use model::{CheckDeclaration, Evidence, Framework, RollbackEffect};

/// The control group of a set, counted once.
pub struct Control<'a> {
    pub(super) group: &'a ControlGroup,
    pub(super) tables: OnceCell<Rate>,
    pub(super) columns: RefCell<BTreeMap<Option<DerivedKind>, Rate>>,
    pub(super) mapped: OnceCell<bool>,
}

impl<'a> Control<'a> {
    /// Not counted yet.
    pub fn new(group: &'a ControlGroup) -> Self {
        Self {
            group,
            tables: OnceCell::new(),
            columns: RefCell::default(),
            mapped: OnceCell::new(),
        }
    }
}

/// Everything a judgement needs besides the step.
pub struct JudgeInput<'a> {
    /// The database.
    pub dialect: Dialect,
    /// Schema of the previous release, as its migrations tell it.
    pub before: &'a Schema,
    /// Schema at the end of the range.
    pub after: &'a Schema,
    /// What the previous release uses.
    pub usage: &'a PreviousUsage<'a>,
    /// Version of the previous release, for sentences.
    pub previous: &'a str,
    /// Table names carry the application in front (Django).
    pub models: bool,
    /// The program switches MySQL's strict mode off: where that is said.
    pub lenient: Option<&'a Evidence>,
    /// How the previous release reads what the database sends.
    pub client: ClientHabits,
    /// The tool of the migrations.
    pub framework: Framework,
    /// Tables that are new in the range, by key, for views and routines that use them.
    pub new_tables: &'a [String],
    /// Whether a search in vain tells something.
    pub control: Control<'a>,
    /// What the previous release depends on.
    pub libraries: &'a LibraryLookup<'a>,
    /// Names of the tables of the previous schema in small letters, gathered once.
    pub known_tables: std::cell::OnceCell<std::collections::BTreeSet<String>>,
    /// Views and routines by what their text names, gathered once.
    pub dependents: OnceCell<DependentsByTable>,
    /// Words of other databases of the repository: code that names one of them is not about this
    /// one.
    pub others: Vec<&'static str>,
}

/// A judgement.
#[derive(Debug, Clone)]
pub struct OperationJudgement {
    /// What the operation turned out to be.
    pub kind: OperationKind,
    /// Effect on old code.
    pub rollback: RollbackEffect,
    /// One sentence.
    pub why: String,
    /// Where old code uses the object.
    pub used_by: Vec<Evidence>,
    /// Smallest SQL that makes old code work.
    pub step: Option<String>,
    /// Read-only query where production decides.
    pub ask: Option<String>,
    /// The check that speaks, where one has something to say.
    pub check: Option<&'static CheckDeclaration>,
    /// An old view, routine or trigger uses a table that is new.
    pub on_new_table: bool,
}

impl OperationJudgement {
    pub(super) fn new(
        kind: OperationKind,
        rollback: RollbackEffect,
        why: impl Into<String>,
    ) -> Self {
        Self {
            kind,
            rollback,
            why: why.into(),
            used_by: Vec::new(),
            step: None,
            ask: None,
            check: None,
            on_new_table: false,
        }
    }

    pub(super) fn safe(kind: OperationKind, why: impl Into<String>) -> Self {
        Self::new(kind, RollbackEffect::Safe, why)
    }

    pub(super) fn used(mut self, used_by: Vec<Evidence>) -> Self {
        self.used_by = used_by;
        self
    }

    pub(super) fn step(mut self, step: Option<String>) -> Self {
        self.step = step;
        self
    }

    /// The step, where there is something to mend.
    pub(super) fn mended(self, step: Option<String>) -> Self {
        if self.rollback == RollbackEffect::Safe {
            self
        } else {
            self.step(step)
        }
    }

    pub(super) fn ask(mut self, ask: Option<String>) -> Self {
        self.ask = ask;
        self
    }

    pub(super) fn check(mut self, check: &'static CheckDeclaration) -> Self {
        self.check = Some(check);
        self
    }
}

impl<'a> JudgeInput<'a> {
    /// The entity a step touched.
    pub(super) fn entity(&self, touched: Touched) -> Option<&'a TableEntity> {
        touched.entity.and_then(|id| self.after.entity(id))
    }

    /// The column a step touched, as it is at the end.
    pub(super) fn column(&self, touched: Touched) -> Option<&'a ColumnState> {
        self.entity(touched)
            .and_then(|entity| entity.columns.get(touched.column?))
            .map(AsRef::as_ref)
    }

    /// The column a step touched, as it was in the previous release.
    pub(super) fn old_column(&self, touched: Touched) -> Option<&'a ColumnState> {
        let old = self.column(touched)?.old.as_deref()?;
        // a table that took over a name is compared with the one that had it
        let entity = match self.entity(touched)?.stands_for.as_deref() {
            Some(key) => self.before.table(&Name::new(key))?,
            None => self.before.entity(touched.entity?)?,
        };
        // a column of which only the name is known has no type and no default to compare
        entity.get(old).filter(|state| state.known)
    }

    /// The table's name as the previous release knows it.
    pub(super) fn old_name(&self, entity: &TableEntity, fallback: &Name) -> Name {
        match entity.old.as_deref().or(entity.stands_for.as_deref()) {
            Some(key) if fallback.key() != key => Name::new(key),
            _ => fallback.clone(),
        }
    }

    /// The previous release does not know the table a step touched, not even by a name it took
    /// over.
    pub(super) fn is_new(&self, entity: &TableEntity, touched: Touched) -> bool {
        entity.old.is_none() && !touched.stands
    }

    /// Where old code uses a table.
    pub(super) fn uses_table(&self, table: &Name) -> Vec<Evidence> {
        let mut used = self.usage.table(table, self.models);
        let own = self.dialect.id();
        // code that names SQLite beside a table is not about the PostgreSQL of the same repository
        if !self.others.is_empty() {
            used.retain(|place| {
                place
                    .path
                    .as_ref()
                    .map(model::Untrusted::as_raw)
                    .is_none_or(|path| !self.usage.speaks_of(path, &self.others, own))
            });
        }
        // names that are written out come first; those that a class makes are guesses
        if !used.is_empty() {
            return used;
        }
        let joined = self.usage.joined(table, &|form| self.is_known_table(form));
        if !joined.is_empty() {
            return joined;
        }
        self.usage
            .derived_table(table, self.models, &|form| self.is_known_table(form))
    }

    /// A spelling in small letters is that of a table of the previous schema, in the singular too.
    pub(super) fn is_known_table(&self, form: &str) -> bool {
        let known = self.known_tables.get_or_init(|| {
            let alive = self.before.entities.iter().filter(|entity| entity.alive);
            alive
                .flat_map(|entity| {
                    let name = entity.name.name.to_lowercase();
                    [name.replace('_', ""), name]
                })
                .collect()
        });
        known.contains(form)
            || [
                // `Order` and `orders`: class names are singular, and English has three plurals
                format!("{form}s"),
                format!("{form}es"),
                form.trim_end_matches('y').to_owned() + "ies",
            ]
            .iter()
            .any(|name| known.contains(name))
    }

    /// Where old code uses a table, statements that write into it first.
    pub(super) fn writes_table(&self, table: &Name) -> Vec<Evidence> {
        self.usage.written(table, self.models)
    }

    /// Where old code uses a column of a table.
    pub(super) fn uses_column(&self, table: &Name, column: &str) -> Vec<Evidence> {
        let used = self.usage.column(table, column, self.models);
        if used.is_empty() {
            self.usage.derived_column(table, column, self.models)
        } else {
            used
        }
    }

    /// The sentence for something that is new.
    pub(super) fn unknown_to_old(&self, what: &str) -> String {
        format!("{} does not know {what}", self.previous)
    }
}
