//! Columns that refuse NULL, or no longer do, and their defaults.

use super::super::checks;
use super::super::compatibility;
use super::super::dialect::Dialect;
use super::super::question;
use super::super::step::{Column, DefaultValue};
use super::super::usage::Nullability;
use super::column::JudgedColumn;
use super::judgement::OperationJudgement;
use model::{CheckDeclaration, Evidence, RollbackEffect};

impl JudgedColumn<'_, '_> {
    pub(super) fn required(&self, old: Option<String>, end: &Column) -> OperationJudgement {
        let (case, table, name) = (self.case, self.table, self.name);
        if end.nullable {
            return self.safe(format!(
                "{table}.{name} takes NULL again at the end of the range"
            ));
        }
        let Some(old) = old else {
            return if end.required() {
                self.refuses(&checks::REQUIRED_COLUMN, end)
            } else {
                self.safe(format!(
                    "{table}.{name} is filled by the database where {} leaves it out",
                    case.previous
                ))
            };
        };
        if case
            .old_column(self.touched)
            .is_some_and(|state| !state.column.nullable)
        {
            return self.safe(format!("{table}.{name} did not take NULL before either"));
        }
        let step = compatibility::allow_null(case.dialect, self.on(), end);
        let used = case.uses_column(table, &old);
        // a statement that is sent as it is asks no model
        if case.usage.inserts_without(table, &old).is_empty()
            && let Some(place) = case.usage.demanded_by_validation(table, &old, case.models)
        {
            return self
                .safe(format!(
                    "the model of {} refuses a row of {table} without {name}",
                    case.previous
                ))
                .used(vec![place]);
        }
        match case.usage.nullability(table, &old, case.models) {
            Some((Nullability::Required, place)) => self
                .safe(format!("{} always writes {table}.{name}", case.previous))
                .used(vec![place]),
            Some((Nullability::Nullable, place)) if end.default.is_some() => {
                let why = format!(
                    "{table}.{name} has a default, but {} may still write NULL into it",
                    case.previous
                );
                OperationJudgement::new(self.kind, RollbackEffect::Doubt, why)
                    .used(vec![place])
                    .step(step)
                    .check(&checks::NULL_REFUSED)
            }
            Some((Nullability::Nullable, place)) => OperationJudgement::new(
                self.kind,
                RollbackEffect::BreaksWrites,
                format!(
                    "{} may write NULL into {table}.{name}, which is refused now",
                    case.previous
                ),
            )
            .used(vec![place])
            .step(step)
            .check(&checks::NULL_REFUSED),
            None if used.is_empty() && end.default.is_some() => self.safe(format!(
                "{} leaves {table}.{name} out, and the database fills it",
                case.previous
            )),
            None if used.is_empty() => self.refuses(&checks::NULL_REFUSED, end),
            None if case.usage.never_written(table, case.models) => {
                let why = format!(
                    "{table}.{name} refuses NULL now; {} reads {table}, and who writes it is not found in its code",
                    case.previous
                );
                self.doubt_null(why).used(used).step(step)
            }
            None if case.usage.always_given_somehow(table, &old) => {
                let why = format!(
                    "statements of {} give {table}.{name}; whether they may give NULL is not known",
                    case.previous
                );
                self.doubt_null(why).used(used).step(step)
            }
            None if end.default.is_some() => OperationJudgement::new(
                self.kind,
                RollbackEffect::Doubt,
                format!(
                    "{table}.{name} has a default, but whether {} writes NULL into it is not known",
                    case.previous
                ),
            )
            .used(used)
            .step(step)
            .check(&checks::NULL_REFUSED),
            None => self.left_empty(&old, used, step),
        }
    }

    /// Only a write that leaves the column out shows that rows without a value come; reads show
    /// nothing.
    fn left_empty(
        &self,
        old: &str,
        used: Vec<Evidence>,
        step: Option<String>,
    ) -> OperationJudgement {
        let (case, table, name) = (self.case, self.table, self.name);
        let leaves_out = case.usage.inserts_without(table, old);
        if leaves_out.is_empty() {
            let why = format!(
                "{table}.{name} refuses NULL now; whether {} writes rows without it is not known",
                case.previous
            );
            return self.doubt_null(why).used(used).step(step);
        }
        OperationJudgement::new(
            self.kind,
            RollbackEffect::BreaksWrites,
            format!(
                "inserts of {} leave {table}.{name} out, which is refused now",
                case.previous
            ),
        )
        .used(leaves_out)
        .step(step)
        .check(&checks::NULL_REFUSED)
    }

    /// Whether rows with NULL come is not known: the query that counts them tells.
    fn doubt_null(&self, why: String) -> OperationJudgement {
        // rows with NULL since then tell whether anybody writes it
        let ask = question::ask_null_rows(self.case.dialect, self.table, self.name);
        OperationJudgement::new(self.kind, RollbackEffect::Doubt, why)
            .ask(ask)
            .check(&checks::NULL_REFUSED)
    }

    pub(super) fn relaxed(&self, old: Option<String>, end: &Column) -> OperationJudgement {
        let (case, table, name) = (self.case, self.table, self.name);
        let Some(old) = old else {
            return self.new_column();
        };
        if !end.nullable {
            return self.safe(format!(
                "{table}.{name} refuses NULL again at the end of the range"
            ));
        }
        if case
            .old_column(self.touched)
            .is_some_and(|state| state.column.nullable)
        {
            return self.safe(format!("{table}.{name} took NULL before too"));
        }
        // without a use nothing of old code can meet the NULL
        let used = case.uses_column(table, &old);
        if used.is_empty() {
            return self.unused();
        }
        // a mapping that allows NULL already copes with it
        if let Some((Nullability::Nullable, place)) =
            case.usage.nullability(table, &old, case.models)
        {
            return self
                .safe(format!(
                    "{} already expects NULL in {table}.{name}",
                    case.previous
                ))
                .used(vec![place]);
        }
        OperationJudgement::new(
            self.kind,
            RollbackEffect::Doubt,
            format!(
                "{table}.{name} may hold NULL now, and {} may not expect it",
                case.previous
            ),
        )
        .used(used)
        .ask(question::ask_null_rows(case.dialect, table, name))
        .check(&checks::NULL_ALLOWED)
    }

    /// Rows of old code lack a value that the database demands and does not fill.
    pub(super) fn refuses(
        &self,
        check: &'static CheckDeclaration,
        column: &Column,
    ) -> OperationJudgement {
        let (case, table, name) = (self.case, self.table, self.name);
        let used = case.writes_table(table);
        let step = compatibility::write_column_fill(case.dialect, self.on(), column);
        // MySQL outside of its strict mode takes the row and stores an empty value: wrong, and no
        // error
        if let Some(place) = case
            .lenient
            .filter(|_| matches!(case.dialect, Dialect::MySql | Dialect::Unknown))
        {
            let mut used = used;
            used.insert(0, place.clone());
            return OperationJudgement::new(
                self.kind,
                RollbackEffect::Doubt,
                format!("{table}.{name} must have a value and has no default, but strict mode is off: MySQL stores an empty value instead"),
            )
            .used(used)
            .step(step)
            .check(check);
        }
        // a required column breaks somebody's writes; not to find the writer is no proof of none
        if used.is_empty() {
            return OperationJudgement::new(
                self.kind,
                RollbackEffect::Doubt,
                format!(
                    "{table}.{name} must have a value and has no default; the table is not found in the code of {}, so who writes it is not known",
                    case.previous
                ),
            )
            .step(step)
            .check(check);
        }
        // writes may come from another program, which this search did not read
        if case.usage.only_read(table, case.models) {
            let why = format!(
                "{table}.{name} must have a value and has no default; {} reads {table}, and who writes it is not found in its code",
                case.previous
            );
            return OperationJudgement::new(self.kind, RollbackEffect::Doubt, why)
                .used(case.uses_table(table))
                .step(step)
                .check(check);
        }
        // a column of that name given by old code: perhaps this one, under a mapping of its own
        if case.usage.always_given(table, name) {
            let why = format!(
                "{table}.{name} must have a value and has no default; statements of {} give it, and whether all do is not known",
                case.previous
            );
            return OperationJudgement::new(self.kind, RollbackEffect::Doubt, why)
                .used(used)
                .step(step)
                .check(check);
        }
        OperationJudgement::new(
            self.kind,
            RollbackEffect::BreaksWrites,
            format!(
                "{} writes {table} without {name}, which must have a value and has no default",
                case.previous
            ),
        )
        .used(used)
        .step(step)
        .check(check)
    }

    pub(super) fn default_set(
        &self,
        old: Option<String>,
        value: &DefaultValue,
        end: &Column,
    ) -> OperationJudgement {
        let (case, table, name) = (self.case, self.table, self.name);
        let Some(old) = old else {
            return self.new_column();
        };
        let before = case
            .old_column(self.touched)
            .map(|state| state.column.default.clone());
        // set and set back within the range, or repeated
        if before.as_ref() == Some(&end.default) {
            return self.safe(format!("{table}.{name} has the same default as before"));
        }
        let used = case.uses_column(table, &old);
        // no row of old code can hold another value than before where it always had to give one
        if used.is_empty() && before == Some(DefaultValue::None) && !end.nullable {
            return self.safe(format!(
                "the default only helps rows that leave {table}.{name} out"
            ));
        }
        // a computed default where there was none fills what was empty before
        if matches!(value, DefaultValue::Volatile(_))
            && before
                .as_ref()
                .is_none_or(|before| *before == DefaultValue::None)
        {
            return self.safe(format!(
                "the default only helps rows that leave {table}.{name} out"
            ));
        }
        // only a constant can be looked for in rows
        let ask = if let DefaultValue::Constant(value) = &end.default {
            question::equal_to(case.dialect, table, name, value)
        } else {
            None
        };
        OperationJudgement::new(
            self.kind,
            RollbackEffect::Doubt,
            format!(
                "rows that {} writes without {table}.{name} get another value than before",
                case.previous
            ),
        )
        .ask(ask)
        .step(before.and_then(|before| {
            compatibility::old_default(case.dialect, self.on(), &end.name, &before)
        }))
        .used(used)
        .check(&checks::DEFAULT_CHANGED)
    }

    pub(super) fn default_dropped(&self, old: Option<String>, end: &Column) -> OperationJudgement {
        let (case, table, name) = (self.case, self.table, self.name);
        // the end of the range has a default, so a step in between changes nothing
        if end.default.is_some() {
            return self.safe(format!(
                "{table}.{name} has a default at the end of the range"
            ));
        }
        let Some(old) = old else {
            return if end.required() {
                self.refuses(&checks::REQUIRED_COLUMN, end)
            } else {
                self.new_column()
            };
        };
        let before = case.old_column(self.touched);
        // `DROP DEFAULT` of MySQL leaves AUTO_INCREMENT where it is
        if case.dialect == Dialect::MySql && before.is_some_and(|state| state.column.auto) {
            return self.safe(format!(
                "the database goes on numbering {table}.{name}, which is no default there"
            ));
        }
        if before.is_some_and(|state| !state.column.default.is_some() && !state.column.auto) {
            return self.safe(format!("{table}.{name} had no default before either"));
        }
        // a column that numbered itself needs its numbering back, not a value
        let step = before.and_then(|state| match &state.column.default {
            DefaultValue::None => {
                compatibility::write_renumbering(case.dialect, self.on(), &state.column)
            }
            value => compatibility::set_default(case.dialect, self.on(), &end.name, value),
        });
        let leaves_out = case.usage.inserts_without(table, &old);
        let used = case.uses_column(table, &old);
        if !end.nullable && !leaves_out.is_empty() {
            return OperationJudgement::new(
                self.kind,
                RollbackEffect::BreaksWrites,
                format!(
                    "inserts of {} leave {table}.{name} out, which has no default any more",
                    case.previous
                ),
            )
            .used(leaves_out)
            .step(step)
            .check(&checks::DEFAULT_REMOVED);
        }
        // NULL comes where the default came: no error, and readers may stop at it
        if end.nullable && before.is_some() {
            return OperationJudgement::new(
                self.kind,
                RollbackEffect::Doubt,
                format!(
                    "rows that {} writes without {table}.{name} hold NULL now",
                    case.previous
                ),
            )
            .used(used)
            .step(step)
            .check(&checks::DEFAULT_REMOVED);
        }
        if used.is_empty() {
            return self.refuses(&checks::DEFAULT_REMOVED, end);
        }
        OperationJudgement::new(self.kind, RollbackEffect::Doubt, format!("inserts of {} that leave {table}.{name} out fail; whether there are any is not known", case.previous))
            .used(used)
            .step(step)
            .check(&checks::DEFAULT_REMOVED)
    }
}
