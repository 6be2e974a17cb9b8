//! Columns.

use super::super::checks;
use super::super::compatibility;
use super::super::dialect::Dialect;
use super::super::operation::OperationKind as K;
use super::super::question;
use super::super::schema::{TableEntity, Touched};
use super::super::step::{Column, DefaultValue, Name, SchemaAction as A};
use super::condition::breaks_rule;
use super::fate::{Fate, find_table_fate};
use super::judgement::{JudgeInput, OperationJudgement};
use model::{CheckDeclaration, Framework, RollbackEffect};

/// Options of a column that numbers itself, by which it numbers from another place.
const NUMBERING_OPTIONS: [&str; 5] = [
    "restart",
    "set increment",
    "set minvalue",
    "set maxvalue",
    "set cycle",
];

pub fn judge_column(
    case: &JudgeInput<'_>,
    kind: K,
    action: &A,
    touched: Touched,
) -> OperationJudgement {
    let named = action.table().cloned().unwrap_or_default();
    let name = action.column().unwrap_or_default().to_owned();
    let (Some(entity), Some(state)) = (case.entity(touched), case.column(touched)) else {
        // a table that nobody can name is no reason to call a step safe
        return OperationJudgement::new(kind, RollbackEffect::Doubt, "the table is not known");
    };
    if case.is_new(entity, touched) {
        return OperationJudgement::safe(
            kind,
            format!(
                "the table {named} is new in this range, so {} does not know it",
                case.previous
            ),
        );
    }
    let table = case.old_name(entity, &named);
    let here = JudgedColumn {
        case,
        kind,
        entity,
        table: &table,
        name: &name,
        touched,
    };
    // the last step about an object decides; those before it would tell the same danger twice
    if !entity.alive
        && entity.old.is_some()
        && !matches!(
            find_table_fate(case, touched.entity.unwrap_or_default()),
            Fate::Same
        )
        && !matches!(action, A::DropColumn { .. })
    {
        return OperationJudgement::safe(
            kind,
            format!("the table {table} is dropped later in this range; that is judged there"),
        );
    }
    // a column that is gone at the end is judged where it goes
    if !state.alive && !matches!(action, A::DropColumn { .. }) {
        return OperationJudgement::safe(
            kind,
            format!("the column {name} is dropped later in this range; that is judged there"),
        );
    }
    let old = state.old.clone();
    match action {
        A::AddColumn { column, .. } => here.added(
            column,
            &state.column,
            touched.existed && state.old.is_some(),
        ),
        A::DropColumn { .. } => here.dropped(old),
        A::RenameColumn { to, .. } => here.renamed(old, to, &state.column.name),
        A::ChangeType { to, .. } => here.retyped(old, to, &state.column),
        A::RestateColumn {
            column,
            keeps_default,
            ..
        } => here.restated(old, column, *keeps_default, &state.column),
        A::SetNotNull { .. } => here.required(old, &state.column),
        A::DropNotNull { .. } => here.relaxed(old, &state.column),
        A::SetDefault { value, .. } => here.default_set(old, value, &state.column),
        A::DropDefault { .. } => here.default_dropped(old, &state.column),
        _ => here
            .judge_made_value(action, old, &state.column)
            .unwrap_or_else(|| here.safe("no statement of old code sees it")),
    }
}

/// A rule that refuses NULL, judged like SET NOT NULL.
pub fn not_null(
    case: &JudgeInput<'_>,
    kind: K,
    table: &Name,
    name: &str,
    touched: Touched,
) -> OperationJudgement {
    let (Some(entity), Some(state)) = (case.entity(touched), case.column(touched)) else {
        return OperationJudgement::new(kind, RollbackEffect::Doubt, "the column is not known")
            .check(&checks::NULL_REFUSED);
    };
    let here = JudgedColumn {
        case,
        kind,
        entity,
        table,
        name,
        touched,
    };
    // the end of the range holds the rule, whatever the column said before it
    let end = Column {
        nullable: false,
        ..state.column.clone()
    };
    here.required(state.old.clone(), &end)
}

/// A column and what a step does to it.
pub(super) struct JudgedColumn<'a, 'b> {
    pub(super) case: &'b JudgeInput<'a>,
    pub(super) kind: K,
    pub(super) entity: &'b TableEntity,
    pub(super) table: &'b Name,
    pub(super) name: &'b str,
    pub(super) touched: Touched,
}

impl JudgedColumn<'_, '_> {
    /// The database makes the value, or no longer does.
    pub(super) fn judge_made_value(
        &self,
        action: &A,
        old: Option<String>,
        end: &Column,
    ) -> Option<OperationJudgement> {
        let (case, table, name) = (self.case, self.table, self.name);
        Some(match action {
        // `GENERATED ALWAYS` refuses a value that is given, even the right one
        A::SetGenerated { .. } => self
            .when_used(
                old,
                RollbackEffect::BreaksWrites,
                format!(
                    "the database now computes {table}.{name}, and refuses values that {} writes",
                    case.previous
                ),
                &checks::GENERATED_COLUMN,
            )
            .mended(compatibility::take_values(
                case.dialect,
                table,
                &end.name,
                true,
            )),
        // a plain column takes values; what is lost is that somebody computed it
        A::DropGenerated { .. } => self.when_used(
            old,
            RollbackEffect::Doubt,
            format!(
                "the database no longer computes {table}.{name}, which {} expects",
                case.previous
            ),
            &checks::GENERATED_COLUMN,
        ),
        // `BY DEFAULT` takes the values of a writer, so only `ALWAYS` is judged
        A::SetIdentity { always: true, .. } => self
            .when_used(
                old,
                RollbackEffect::BreaksWrites,
                format!("{table}.{name} no longer takes values from a writer"),
                &checks::GENERATED_COLUMN,
            )
            .mended(compatibility::take_values(
                case.dialect,
                table,
                &end.name,
                false,
            )),
        A::DropIdentity { .. } => self
            .when_used(
                old,
                RollbackEffect::BreaksWrites,
                format!("the database no longer numbers {table}.{name}"),
                &checks::DEFAULT_REMOVED,
            )
            .mended(compatibility::write_renumbering(
                case.dialect,
                table,
                end,
            )),
            A::ColumnOption { what, .. }
                if NUMBERING_OPTIONS.iter().any(|sign| what.starts_with(sign)) =>
            {
                self.judge_renumbering()
            }
            A::ColumnOption { what, .. } if what.starts_with("set invisible") => self.hidden()?,
            _ => return None,
        })
    }

    fn judge_renumbering(&self) -> OperationJudgement {
        let (case, table, name) = (self.case, self.table, self.name);
        let used = case.writes_table(table);
        // numbers matter only to who inserts rows
        if used.is_empty() {
            return case.vain_table(self.kind, table);
        }
        let why = format!(
            "the database numbers {table}.{name} from another place: numbers may collide with rows that are there"
        );
        OperationJudgement::new(K::ChangeSequence, RollbackEffect::Doubt, why)
            .used(used)
            .check(&checks::SEQUENCE_CHANGED)
    }
    pub(super) fn safe(&self, why: impl Into<String>) -> OperationJudgement {
        OperationJudgement::safe(self.kind, why)
    }

    pub(super) fn new_column(&self) -> OperationJudgement {
        self.safe(
            self.case
                .unknown_to_old(&format!("the column {}.{}", self.table, self.name)),
        )
    }

    /// The table as it is called at the end of the range, which is what a statement must name.
    pub(super) fn on(&self) -> &Name {
        if self.entity.alive {
            &self.entity.name
        } else {
            self.table
        }
    }

    /// No use of the column was found.
    pub(super) fn unused(&self) -> OperationJudgement {
        self.case.vain_column(self.kind, self.table, self.name)
    }

    pub(super) fn when_used(
        &self,
        old: Option<String>,
        effect: RollbackEffect,
        why: String,
        check: &'static CheckDeclaration,
    ) -> OperationJudgement {
        let Some(old) = old else {
            return self.new_column();
        };
        let used = self.case.uses_column(self.table, &old);
        if used.is_empty() {
            self.unused()
        } else {
            OperationJudgement::new(self.kind, effect, why)
                .used(used)
                .check(check)
        }
    }

    pub(super) fn added(&self, stated: &Column, end: &Column, old: bool) -> OperationJudgement {
        // a column that was there is not added: `IF NOT EXISTS` on a database that has it
        if old {
            return self.safe(format!(
                "the column {}.{} is already there",
                self.table, self.name
            ));
        }
        // a default that is dropped in the next statement is the classic of Django
        if stated.required() {
            return if end.required() {
                self.refuses(&checks::REQUIRED_COLUMN, end)
            } else {
                self.safe(format!(
                    "{}.{} may be left out at the end of the range",
                    self.table, self.name
                ))
            };
        }
        if let Some(verdict) = self.breaks_own_rule(stated, end) {
            return verdict;
        }
        // one default for all rows is fine once; the second row of old code breaks the rule
        if stated.unique && matches!(stated.default, DefaultValue::Constant(_)) {
            let used = self.case.uses_table(self.table);
            if used.is_empty() {
                return self.case.vain_table(self.kind, self.table);
            }
            // who writes the table is not seen, so that its writes fail is no more than a
            // possibility
            let effect = if self.case.usage.only_read(self.table, self.case.models) {
                RollbackEffect::Doubt
            } else {
                RollbackEffect::BreaksWrites
            };
            return OperationJudgement::new(
                self.kind,
                effect,
                format!("the second row that {} writes has the same default in {}.{}, which must be unique", self.case.previous, self.table, self.name),
            )
            .used(used)
            .check(&checks::UNIQUE_ADDED);
        }
        let filled = question::ask_filled_rows(self.case.dialect, self.table, end);
        let verdicts = [
            self.written_by_place(stated),
            self.refers(stated),
            self.ambiguous(),
            self.joined_naturally(),
            self.class_of_row(),
            self.computed(stated),
            // a hidden column is left out of `SELECT *`
            self.read_whole().filter(|_| !stated.hidden),
            self.returned_whole(),
        ];
        // several may hold, and the worst tells; of equals the first of the list
        verdicts
            .into_iter()
            .flatten()
            .rev()
            .max_by_key(|verdict| verdict.rollback)
            .unwrap_or_else(|| self.new_column().ask(filled))
    }

    /// Old code leaves the new column to its default, or empty, and the column's own rule refuses
    /// that.
    fn breaks_own_rule(&self, stated: &Column, end: &Column) -> Option<OperationJudgement> {
        let (case, table, name) = (self.case, self.table, self.name);
        let rule = stated.rule.to_lowercase();
        // `CHECK (note IS NOT NULL)` on a new column demands a value as NOT NULL does
        if !stated.default.is_some() && !stated.auto && rule.trim().ends_with("is not null") {
            return Some(self.refuses(&checks::REQUIRED_COLUMN, end));
        }
        if !stated.check && rule.is_empty() || stated.generated || stated.auto {
            return None;
        }
        let broken = breaks_rule(&stated.rule, &[(name, &stated.default)]);
        let (effect, why) = match broken {
            Some(false) => return None,
            Some(true) => (
                RollbackEffect::BreaksWrites,
                format!(
                    "{} does not know {table}.{name} and leaves it to its default, which the new rule refuses",
                    case.previous
                ),
            ),
            // a column that is left empty breaks few rules
            None if !stated.default.is_some() => return None,
            None => (
                RollbackEffect::Doubt,
                format!(
                    "{} does not know {table}.{name} and leaves it to its default; whether the new rule takes that was not computed",
                    case.previous
                ),
            ),
        };
        let used = case.writes_table(table);
        (!used.is_empty()).then(|| {
            OperationJudgement::new(self.kind, effect, why)
                .used(used)
                .check(&checks::RULE_ADDED)
        })
    }

    /// Active Record takes a column called `type` for the class of the row.
    fn class_of_row(&self) -> Option<OperationJudgement> {
        let (case, table) = (self.case, self.table);
        // the rule of single-table inheritance; other mappers have none of that name
        if case.framework != Framework::Rails || !self.name.eq_ignore_ascii_case("type") {
            return None;
        }
        let used = case.uses_table(table);
        // `self.inheritance_column = nil` switches it off
        if used.is_empty() || case.usage.names_inheritance_column(table) {
            return None;
        }
        Some(
            OperationJudgement::new(
                self.kind,
                RollbackEffect::BreaksReads,
                format!(
                    "{} takes {table}.type for the class of the row, as Active Record does, and stops at every row whose value is no class of its own",
                    case.previous
                ),
            )
            .used(used)
            .check(&checks::RESERVED_COLUMN),
        )
    }

    /// A join of old code names a column of this name, and does not say whose it is.
    fn ambiguous(&self) -> Option<OperationJudgement> {
        let (case, table, name) = (self.case, self.table, self.name);
        let others: std::collections::BTreeSet<String> = case
            .before
            .entities
            .iter()
            .filter(|entity| {
                // a name is ambiguous only where another table has it too
                entity.alive && entity.name.key() != table.key() && entity.get(name).is_some()
            })
            .map(|entity| entity.name.name.to_lowercase())
            .collect();
        if others.is_empty() {
            return None;
        }
        let used = case.usage.ambiguous(table, name, &others);
        (!used.is_empty()).then(|| {
            OperationJudgement::new(self.kind, RollbackEffect::Doubt, format!("{} joins {table} and names {name} without its table, which two tables have now", case.previous))
                .used(used)
                .check(&checks::AMBIGUOUS_COLUMN)
        })
    }

    /// A join of old code matches all columns that both tables have, and there is one more.
    fn joined_naturally(&self) -> Option<OperationJudgement> {
        let (case, table, name) = (self.case, self.table, self.name);
        let used = case.usage.joins_naturally(table);
        (!used.is_empty()).then(|| {
            OperationJudgement::new(
                self.kind,
                RollbackEffect::Doubt,
                format!(
                    "{} joins {table} by all columns of the same name, and {name} may be one more of them",
                    case.previous
                ),
            )
            .used(used)
            .check(&checks::AMBIGUOUS_COLUMN)
        })
    }

    fn dropped(&self, old: Option<String>) -> OperationJudgement {
        let (case, table) = (self.case, self.table);
        let Some(old) = old else {
            return self.safe(format!(
                "the column {table}.{} is made and dropped inside the range",
                self.name
            ));
        };
        // the name that previous knows: within the range it may have been renamed before it went
        let used = case.uses_column(table, &old);
        if let Some(verdict) = self
            .dropped_unnamed(&old)
            // a place where only the word stands is weaker than a row written by place
            .filter(|_| used.is_empty() || used.iter().all(|place| case.usage.is_hint(place)))
        {
            return verdict;
        }
        if used.is_empty() {
            let dependent = case.judge_dependents(self.kind, (table, Some(&old)), true);
            return dependent.unwrap_or_else(|| self.unused());
        }
        if let Some(again) = self.entity.get(&old) {
            // it is there again under its name, and nothing fills it: no error, and no values
            if again.old.is_none() {
                return OperationJudgement::new(
                    self.kind,
                    RollbackEffect::DataChanged,
                    format!("{table}.{old} is dropped and added again: its values are gone"),
                )
                .used(used)
                .check(&checks::DROPPED_COLUMN);
            }
            return self.safe(format!(
                "{table}.{old} is still there at the end of the range"
            ));
        }
        let step = case
            .old_column(self.touched)
            .and_then(|state| compatibility::add_column(case.dialect, self.on(), &state.column));
        OperationJudgement::new(
            self.kind,
            RollbackEffect::BreaksReads,
            format!("{} still uses {table}.{old}, which is gone", case.previous),
        )
        .used(used)
        .step(step)
        .check(&checks::DROPPED_COLUMN)
    }

    /// A column that is gone is missed by statements that do not name it: rows written by place,
    /// and views that stay.
    fn dropped_unnamed(&self, old: &str) -> Option<OperationJudgement> {
        let (case, table) = (self.case, self.table);
        if self.entity.get(old).is_some() {
            return None;
        }
        // the old definition is known: put back with it, the column takes writes, though it is
        // empty
        let step = || {
            case.old_column(self.touched)
                .and_then(|state| compatibility::add_column(case.dialect, self.on(), &state.column))
        };
        let mut written = case.usage.inserts_without_columns(table);
        // values by place need as many columns as there were
        written.extend(case.usage.copies_without_columns(table));
        if !written.is_empty() {
            let why = format!(
                "{} writes rows of {table} without naming columns, and {old} is gone: values are too many or land in other columns",
                case.previous
            );
            return Some(
                OperationJudgement::new(self.kind, RollbackEffect::BreaksWrites, why)
                    .used(written)
                    .step(step())
                    .check(&checks::DROPPED_COLUMN),
            );
        }
        // PostgreSQL and SQLite refuse to drop what a view asks for; MySQL and SQL Server leave a
        // view that fails.
        if matches!(case.dialect, Dialect::MySql | Dialect::Mssql) {
            let names = |body: &str, word: &str| {
                body.to_lowercase()
                    .split(|c: char| !c.is_alphanumeric() && c != '_')
                    .any(|part| part == word)
            };
            let (column, of) = (old.to_lowercase(), table.name.to_lowercase());
            let views = case.after.views.iter().filter(|(key, body)| {
                case.before.views.contains_key(*key) && names(body, &column) && names(body, &of)
            });
            for (view, _) in views {
                let used = case.uses_table(&Name::new(view));
                if !used.is_empty() {
                    let why = format!(
                        "{} reads the view {view}, which asks for {table}.{old}, and that is gone",
                        case.previous
                    );
                    return Some(
                        OperationJudgement::new(self.kind, RollbackEffect::BreaksReads, why)
                            .used(used)
                            .step(step())
                            .check(&checks::DROPPED_COLUMN),
                    );
                }
            }
        }
        None
    }

    pub(super) fn renamed(&self, old: Option<String>, to: &str, end: &str) -> OperationJudgement {
        let (case, table) = (self.case, self.table);
        let Some(old) = old else {
            return self.new_column();
        };
        if end.eq_ignore_ascii_case(&old) {
            return self.safe(format!(
                "{table}.{old} has its name again at the end of the range"
            ));
        }
        let used = case.uses_column(table, &old);
        if used.is_empty() {
            return self.unused();
        }
        // the old name was given to another column: a generated copy can be read, anything else
        // lies
        if let Some(again) = self.entity.get(&old) {
            let (effect, why) = if again.column.generated {
                (
                    RollbackEffect::BreaksWrites,
                    format!("{table}.{old} is now computed from {to}: it can be read, not written"),
                )
            } else {
                (
                    RollbackEffect::DataChanged,
                    format!(
                        "{table}.{old} is another column now: no error, but {} reads and writes the wrong values",
                        case.previous
                    ),
                )
            };
            return OperationJudgement::new(self.kind, effect, why)
                .used(used)
                .check(&checks::RENAMED_COLUMN);
        }
        let step = compatibility::rename_column(case.dialect, self.on(), end, &old);
        OperationJudgement::new(
            self.kind,
            RollbackEffect::BreaksReads,
            format!(
                "{table}.{old} is now called {end}, and {} still uses the old name",
                case.previous
            ),
        )
        .used(used)
        .step(step)
        .check(&checks::RENAMED_COLUMN)
    }
}
