//! Unique columns and indexes.

use super::super::checks;
use super::super::compatibility;
use super::super::dialect::Dialect;
use super::super::operation::OperationKind as K;
use super::super::question;
use super::super::schema::same_columns;
use super::super::sql::COLLATED;
use super::super::step::{ConstraintKind, DefaultValue, TableIndex};
use super::judgement::OperationJudgement;
use super::rule::JudgedTable;
use super::rule_facts::{is_index_hint, primary_key, unique_sets};
use model::RollbackEffect;

/// A column of a rule of uniqueness without its collation.
fn without_collation(column: &str) -> &str {
    // `email COLLATE nocase` is the column with a rule of its own about what is the same
    column.split(COLLATED).next().unwrap_or(column)
}

impl JudgedTable<'_, '_> {
    pub(super) fn unique_added(
        &self,
        name: Option<&str>,
        columns: &[String],
        constraint: bool,
    ) -> OperationJudgement {
        let (case, table) = (self.case, self.table);
        let list = columns.join(", ");
        if let Some(why) = self.find_unique_before(name, columns, constraint) {
            return self.safe(why);
        }
        let used = case.uses_table(table);
        if used.is_empty() {
            return case.vain_table(self.kind, table);
        }
        // an id that the program makes for every row (`uuid4()`, `SecureRandom`) never meets
        // another
        if let [column] = columns
            && let Some(place) = case.usage.fills_unique(table, column, case.models)
        {
            return self
                .safe(format!(
                    "{} gives every row of {table} a value of its own in {column}",
                    case.previous
                ))
                .used(vec![place]);
        }
        // in an incident it is enough to take the rule away again
        let step = name.and_then(|name| {
            if self.kind == K::AddPrimaryKey || constraint {
                compatibility::drop_constraint(case.dialect, table, name, ConstraintKind::Unique)
            } else {
                compatibility::drop_index(case.dialect, table, name)
            }
        });
        OperationJudgement::new(
            self.kind,
            RollbackEffect::Doubt,
            format!(
                "duplicates in ({list}) of {table} are refused now, and {} may write them",
                case.previous
            ),
        )
        .used(used)
        .step(step)
        .check(&checks::UNIQUE_ADDED)
    }

    /// Why no row of old code can collide: the rule is gone again, was there before, or is about
    /// values that old code does not write.
    fn find_unique_before(
        &self,
        name: Option<&str>,
        columns: &[String],
        constraint: bool,
    ) -> Option<String> {
        let (case, table) = (self.case, self.table);
        let list = columns.join(", ");
        let id = self.touched.entity.unwrap_or_default();
        // dropped again before the end: no row of old code meets it
        if let Some(name) = name
            && self.touched.entity.is_some()
            && !case.after.indexes.contains_key(&name.to_lowercase())
            && self.entity.is_some_and(|entity| {
                !entity
                    .constraints
                    .iter()
                    .any(|constraint| constraint.name.as_deref() == Some(name))
            })
        {
            return Some(format!("{name} is gone again at the end of the range"));
        }
        let covers = |known: &[String]| {
            // unique in fewer columns is the stricter rule, and was there before
            known.iter().all(|column| {
                // what is unique however it is written is unique as it is written
                columns.iter().any(|other| {
                    other.eq_ignore_ascii_case(column)
                        || other.eq_ignore_ascii_case(without_collation(column))
                })
            })
        };
        let before = unique_sets(case.before, id, table);
        if before.iter().any(|known| covers(known)) {
            return Some(format!(
                "rows of {table} were already unique in ({list}) or in a part of it"
            ));
        }
        let primary: Vec<String> = self.entity.map(primary_key).unwrap_or_default();
        // a primary key refuses them already, so the index is for speed
        if !constraint && !primary.is_empty() && covers(&primary) {
            return Some(format!("the primary key of {table} refuses the same rows"));
        }
        // where no key is known `id` is taken for one, so (id, tenant) is unique by itself
        if !before.iter().any(|known| known.len() == 1)
            && columns
                .iter()
                .any(|column| column.eq_ignore_ascii_case("id"))
            && columns.len() > 1
        {
            return Some(format!(
                "({list}) holds the key of {table}, which is unique by itself"
            ));
        }
        self.find_own_values(columns).map(|column| {
            format!(
                "rows of {} leave {column} empty or get a value of their own, so they never collide",
                case.previous
            )
        })
    }

    /// A column that is new in the range, and that rows of old code leave empty or that the database
    /// fills with a value of its own.
    fn find_own_values(&self, columns: &[String]) -> Option<&str> {
        let state = self
            .entity
            .into_iter()
            .flat_map(|entity| &entity.columns)
            .find(|state| {
                state.alive
                    && state.old.is_none()
                    && columns.iter().any(|column| {
                        without_collation(column).eq_ignore_ascii_case(&state.column.name)
                    })
            })?;
        // several rows with NULL do not collide
        let own = state.column.nullable
            && !state.column.default.is_some()
            // computed from what old code writes
            && !state.column.generated
            || matches!(state.column.default, DefaultValue::Volatile(_))
            || state.column.auto;
        own.then_some(state.column.name.as_str())
    }

    pub(super) fn unique_dropped(&self, columns: &[String]) -> OperationJudgement {
        let (case, table) = (self.case, self.table);
        let id = self.touched.entity.unwrap_or_default();
        let list = columns.join(", ");
        // another rule over the same columns keeps upserts working
        let still = unique_sets(case.after, id, table)
            .iter()
            .any(|known| same_columns(known, columns));
        if still {
            return OperationJudgement::safe(
                K::DropUnique,
                format!("({list}) of {table} is still unique by another rule"),
            );
        }
        let bare: Vec<String> = columns
            .iter()
            .map(|column| without_collation(column).to_owned())
            .collect();
        // with a collation the statement cannot be written by its columns alone
        let again = (bare == columns)
            .then(|| compatibility::add_unique(case.dialect, table, columns))
            .flatten();
        let ask = question::ask_duplicate_values(case.dialect, table, &bare);
        let upserts = case.usage.upsert(table, &bare, case.models);
        if !upserts.is_empty() {
            // MySQL takes the other branch of the upsert: a second row, and no error
            let effect = if case.dialect == Dialect::MySql {
                RollbackEffect::DataChanged
            } else {
                RollbackEffect::BreaksWrites
            };
            return OperationJudgement::new(
                K::DropUnique,
                effect,
                format!(
                    "an upsert of {} relies on ({list}) of {table} being unique",
                    case.previous
                ),
            )
            .used(upserts)
            .ask(ask)
            .step(again)
            .check(&checks::UNIQUE_REMOVED);
        }
        // `INSERT IGNORE` and `ON CONFLICT DO NOTHING` name no columns
        let any = case.usage.writes_unless_there(table);
        if !any.is_empty() {
            return OperationJudgement::new(
                K::DropUnique,
                RollbackEffect::DataChanged,
                format!(
                    "{} writes rows of {table} unless they are there already, and ({list}) no longer tells: they are written twice",
                    case.previous
                ),
            )
            .used(any)
            .ask(ask)
            .step(again)
            .check(&checks::UNIQUE_REMOVED);
        }
        OperationJudgement::safe(K::DropUnique, format!("duplicates in ({list}) of {table} are allowed now, and no upsert of {} relies on the rule", case.previous))
            .ask(ask)
    }

    /// PostgreSQL refreshes a materialized view beside its readers only while it has a unique index.
    fn refreshed_beside(&self, name: &str) -> Option<OperationJudgement> {
        let case = self.case;
        let index = case.before.indexes.get(&name.to_lowercase())?;
        let gone = index.unique && !case.after.indexes.contains_key(&name.to_lowercase());
        let other =
            // any whole unique index serves a refresh beside readers
            case.after.indexes.values().any(|other| {
                other.unique && !other.partial && other.table.key() == index.table.key()
            });
        if !gone || other {
            return None;
        }
        let used = case.usage.refreshes_beside(&index.table);
        (!used.is_empty()).then(|| {
            OperationJudgement::new(
                self.kind,
                RollbackEffect::BreaksReads,
                format!(
                    "{} refreshes {} CONCURRENTLY, which needs the unique index {name} that is gone",
                    case.previous, index.table
                ),
            )
            .used(used)
            .check(&checks::UNIQUE_REMOVED)
        })
    }

    /// A search by words needs its own kind of index over just these columns, or the database
    /// refuses the statement.
    fn searched_by_words(&self, name: &str) -> Option<OperationJudgement> {
        let case = self.case;
        let key = name.to_lowercase();
        let index = case.before.indexes.get(&key)?;
        let other = |other: &&TableIndex| {
            other.table.key() == index.table.key() && same_columns(&other.columns, &index.columns)
        };
        if case.after.indexes.contains_key(&key)
            || case.after.indexes.values().any(|now| other(&now))
            // PostgreSQL and SQLite search without an index, only slower
            || !matches!(
                case.dialect,
                Dialect::MySql | Dialect::Mssql | Dialect::Unknown
            )
        {
            return None;
        }
        let used = case.usage.searches_by_words(&index.table, &index.columns);
        (!used.is_empty()).then(|| {
            OperationJudgement::new(
                self.kind,
                RollbackEffect::BreaksReads,
                format!(
                    "{} searches {} by words, which needs the full-text index {name} that is gone",
                    case.previous, index.table
                ),
            )
            .used(used)
            .check(&checks::RULE_RENAMED)
        })
    }

    pub(super) fn index_dropped(&self, name: &str) -> OperationJudgement {
        // a name in a text or a comment is no hint to the database
        let hinted = self.case.usage.word(name).into_iter().filter(|place| {
            is_index_hint(
                &place
                    .excerpt
                    .as_ref()
                    .map(model::Untrusted::as_raw)
                    .unwrap_or_default()
                    .to_lowercase(),
            )
        });
        let hinted: Vec<_> = hinted.collect();
        if !hinted.is_empty() && !self.case.after.indexes.contains_key(&name.to_lowercase()) {
            return OperationJudgement::new(
                self.kind,
                RollbackEffect::BreaksReads,
                format!(
                    "a statement of {} names the index {name}, which is gone",
                    self.case.previous
                ),
            )
            .used(hinted)
            .check(&checks::RULE_RENAMED);
        }
        if let Some(verdict) = self.refreshed_beside(name) {
            return verdict;
        }
        if let Some(verdict) = self.searched_by_words(name) {
            return verdict;
        }
        // after what a statement demands by name, the rest is about speed or uniqueness
        match self.case.before.indexes.get(&name.to_lowercase()) {
            Some(index) if index.unique && !index.partial => self.unique_dropped(&index.columns),
            // an upsert that names no columns may rely on a partial rule too
            Some(index) if index.unique => {
                let any = self.case.usage.writes_unless_there(self.table);
                if any.is_empty() {
                    self.safe("a partial unique rule is gone: more rows are allowed")
                } else {
                    let why = format!(
                        "{} writes rows of {} unless they are there already, and a rule that told is gone: they are written twice",
                        self.case.previous, self.table
                    );
                    OperationJudgement::new(K::DropUnique, RollbackEffect::DataChanged, why)
                        .used(any)
                        .check(&checks::UNIQUE_REMOVED)
                }
            }
            Some(_) => self.safe("an index changes how fast, not what"),
            None => {
                if let Some(constraint) = self.old_constraint(Some(name), None, &[]) {
                    return self.constraint_gone(&constraint);
                }
                // an index that no migration made tells by its name only
                let lower = name.to_lowercase();
                if ["uniq", "_key", "_uq", "uq_", "uk_", "_uk"]
                    .iter()
                    .any(|sign| lower.contains(sign))
                {
                    return OperationJudgement::new(
                        K::DropUnique,
                        RollbackEffect::Doubt,
                        format!("{name} sounds like a unique rule, and its columns are not known"),
                    )
                    .check(&checks::UNIQUE_REMOVED);
                }
                self.safe("an index changes how fast, not what")
            }
        }
    }

    pub(super) fn adopts_numbered(&self, columns: &[String]) -> bool {
        self.entity.is_some_and(|entity| {
            columns.iter().all(|column| {
                entity.get(column).is_some_and(|state| {
                    state.old.is_none() && (state.column.auto || state.column.default.is_some())
                })
            })
        })
    }
}
