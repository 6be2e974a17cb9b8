//! Columns that are stated anew: what is repeated otherwise, and what is not repeated.

use super::super::checks;
use super::super::compatibility;
use super::super::enumeration::read_enum_members;
use super::super::operation::OperationKind as K;
use super::super::schema::ColumnState;
use super::super::step::{Column, Constraint, ConstraintKind, SchemaAction as A};
use super::column::JudgedColumn;
use super::judgement::OperationJudgement;
use super::rule::judge_rule;
use model::{Evidence, RollbackEffect};

impl JudgedColumn<'_, '_> {
    /// The worst of all ways in which the column is another one than before.
    pub(super) fn restated(
        &self,
        old: Option<String>,
        stated: &Column,
        keeps_default: bool,
        end: &Column,
    ) -> OperationJudgement {
        let Some(old_name) = old.clone() else {
            return if end.required() && stated.required() {
                self.refuses(&checks::REQUIRED_COLUMN, end)
            } else {
                self.new_column()
            };
        };
        // each difference is judged as its own kind; the worst one is what the step does
        let mut verdicts = Vec::new();
        if !stated.name.eq_ignore_ascii_case(&old_name) {
            let renamed = self.of(K::RenameColumn);
            verdicts.push(renamed.renamed(old.clone(), &stated.name, &end.name));
        }
        verdicts.push(self.retyped(old.clone(), &stated.data_type, end));
        match self.case.old_column(self.touched) {
            Some(before) => {
                self.judge_fill(&old_name, before, stated, keeps_default, end, &mut verdicts);
                if before.known {
                    self.judge_made(&old_name, &before.column, stated, end, &mut verdicts);
                    self.judge_own_rules(&before.column, stated, &mut verdicts);
                    self.judge_sight(&old_name, &before.column, stated, &mut verdicts);
                }
            }
            // nothing is known of before, and the new column refuses NULL
            None if !stated.nullable && !stated.default.is_some() && !stated.auto => {
                verdicts.push(self.of(K::SetNotNull).required(old, end))
            }
            None => {}
        }
        let worst = verdicts
            .into_iter()
            .max_by_key(|verdict| verdict.rollback)
            .unwrap_or_else(|| self.unused());
        OperationJudgement {
            kind: if worst.rollback == RollbackEffect::Safe {
                self.kind
            } else {
                worst.kind
            },
            ..worst
        }
    }

    /// The same column, judged as another kind of change.
    fn of(&self, kind: K) -> Self {
        JudgedColumn {
            case: self.case,
            kind,
            entity: self.entity,
            table: self.table,
            name: self.name,
            touched: self.touched,
        }
    }

    /// Whether it may be empty, and what it holds where nothing is written.
    fn judge_fill(
        &self,
        old: &str,
        before: &ColumnState,
        stated: &Column,
        keeps_default: bool,
        end: &Column,
        verdicts: &mut Vec<OperationJudgement>,
    ) {
        let (known, before) = (before.known, &before.column);
        let old = || Some(old.to_owned());
        if before.nullable && !stated.nullable {
            verdicts.push(self.of(K::SetNotNull).required(old(), end));
        }
        if !before.nullable && stated.nullable {
            verdicts.push(self.of(K::DropNotNull).relaxed(old(), end));
        }
        // MODIFY without DEFAULT takes the default away
        if before.default.is_some() && !stated.default.is_some() && !keeps_default {
            verdicts.push(self.of(K::DropDefault).default_dropped(old(), end));
        }
        // the first member of an enumeration fills it where nothing else is stated
        let implied = !stated.nullable && read_enum_members(&stated.data_type).is_some();
        if known && !implied && stated.default.is_some() && stated.default != before.default {
            let set = self.of(K::SetDefault);
            // of two that are as bad the later one is told
            verdicts.insert(0, set.default_set(old(), &stated.default, end));
        }
    }

    /// Whether the database makes its value.
    fn judge_made(
        &self,
        old: &str,
        before: &Column,
        stated: &Column,
        end: &Column,
        verdicts: &mut Vec<OperationJudgement>,
    ) {
        // a later step of the range may number it again, or give it a default
        if before.auto && !stated.auto && !end.auto && !end.default.is_some() {
            verdicts.push(self.of(K::DropIdentity).no_longer_numbered(old, before));
        }
        let (table, column) = (self.on().clone(), old.to_owned());
        let made = match (before.generated, stated.generated) {
            (false, true) => Some((K::SetGenerated, A::SetGenerated { table, column })),
            (true, false) => Some((K::DropGenerated, A::DropGenerated { table, column })),
            _ => None,
        };
        if let Some((kind, action)) = made {
            let judged = self.of(kind);
            verdicts.extend(judged.judge_made_value(&action, Some(old.to_owned()), end));
        }
        // `ON UPDATE CURRENT_TIMESTAMP` writes into a column that old code believes to own
        if before.renewed != stated.renewed {
            let why = if stated.renewed {
                "every change of a row sets"
            } else {
                "a change of a row no longer sets"
            };
            let why = format!(
                "{why} {}.{old} to the time of the change, which {} does not expect",
                self.table, self.case.previous
            );
            verdicts.push(self.of(K::SetDefault).when_used(
                Some(old.to_owned()),
                RollbackEffect::Doubt,
                why,
                &checks::DEFAULT_CHANGED,
            ));
        }
    }

    /// Rules that stand on the column itself, judged like those of the table.
    fn judge_own_rules(
        &self,
        before: &Column,
        stated: &Column,
        verdicts: &mut Vec<OperationJudgement>,
    ) {
        let rule = |kind, text: &str| Constraint {
            name: None,
            kind,
            columns: vec![stated.name.clone()],
            references: stated.references.clone(),
            text: text.to_owned(),
        };
        let mut added = Vec::new();
        if stated.primary && !before.primary {
            added.push((K::AddPrimaryKey, rule(ConstraintKind::Primary, "")));
        } else if stated.unique && !before.unique && !before.primary {
            added.push((K::AddUnique, rule(ConstraintKind::Unique, "")));
        }
        if stated.check && !(before.check && before.rule.eq_ignore_ascii_case(&stated.rule)) {
            added.push((K::AddCheck, rule(ConstraintKind::Check, &stated.rule)));
        }
        if stated.references.is_some() && before.references.is_none() {
            added.push((K::AddForeignKey, rule(ConstraintKind::Foreign, "")));
        }
        for (kind, constraint) in added {
            let action = A::AddConstraint {
                table: self.on().clone(),
                constraint,
            };
            verdicts.push(judge_rule(self.case, kind, &action, self.touched));
        }
    }

    /// What happens to a column that is left out of whole rows from now on (`SET INVISIBLE`).
    pub(super) fn hidden(&self) -> Option<OperationJudgement> {
        let before = self.case.old_column(self.touched)?;
        let stated = Column {
            hidden: true,
            ..before.column.clone()
        };
        let mut verdicts = Vec::new();
        self.judge_sight(&before.column.name, &before.column, &stated, &mut verdicts);
        verdicts.into_iter().max_by_key(|verdict| verdict.rollback)
    }

    /// What statements see that do not name it, and how its texts compare.
    fn judge_sight(
        &self,
        old: &str,
        before: &Column,
        stated: &Column,
        verdicts: &mut Vec<OperationJudgement>,
    ) {
        let (case, table) = (self.case, self.table);
        // an empty collation means that of the table, and may differ from one that was stated
        // before
        if !before.collation.eq_ignore_ascii_case(&stated.collation) {
            let collated = self.of(K::Collation);
            verdicts.push(collated.collated(old, &stated.collation));
        }
        let moves = self.moves(old, stated);
        if before.hidden == stated.hidden && !moves {
            return;
        }
        // a column that was hidden and is not any more is one more column for rows by place
        if before.hidden && !stated.hidden {
            verdicts.extend(self.written_by_place(stated));
            verdicts.extend(self.read_whole());
            return;
        }
        let by_place = self.rows_by_place();
        if !by_place.is_empty() {
            let (effect, what) = if moves {
                (
                    RollbackEffect::DataChanged,
                    format!("{old} stands in another place now: values land in other columns"),
                )
            } else {
                (
                    RollbackEffect::BreaksWrites,
                    format!("{old} is hidden from them now: values are too many"),
                )
            };
            let why = format!(
                "{} writes rows of {table} without naming columns, and {what}",
                case.previous
            );
            verdicts.push(
                OperationJudgement::new(self.kind, effect, why)
                    .used(by_place)
                    .check(&checks::ROW_WITHOUT_COLUMNS),
            );
        }
        let (refused, strict) = case.usage.reads_whole_rows(table);
        let whole: Vec<Evidence> = refused.into_iter().chain(strict).collect();
        // code that uses the column may get it by `SELECT *`, which leaves it out now
        let whole = if stated.hidden {
            let named = case.uses_column(table, old);
            named.into_iter().chain(whole).collect()
        } else {
            whole
        };
        if !whole.is_empty() {
            let what = if moves {
                "stands in another place of it now"
            } else {
                "is left out of `SELECT *` now"
            };
            let why = format!(
                "{} may read whole rows of {table}, and {old} {what}",
                case.previous
            );
            verdicts.push(
                OperationJudgement::new(self.kind, RollbackEffect::Doubt, why)
                    .used(whole)
                    .check(&checks::WHOLE_ROW_READ),
            );
        }
    }

    /// Rows that old code writes without naming columns.
    fn rows_by_place(&self) -> Vec<Evidence> {
        let mut used = self.case.usage.inserts_without_columns(self.table);
        used.extend(self.case.usage.copies_without_columns(self.table));
        used
    }

    /// It is put behind another column than the one that it stood behind.
    fn moves(&self, old: &str, stated: &Column) -> bool {
        let Some(behind) = &stated.behind else {
            return false;
        };
        let Some(entity) = self
            .case
            .before
            .entity(self.touched.entity.unwrap_or(usize::MAX))
        // the old place is not known: it may have moved
        else {
            return true;
        };
        let mut last = "";
        // the column before it, in the order of the previous schema
        for state in entity.columns.iter().filter(|state| state.alive) {
            if state.column.name.eq_ignore_ascii_case(old) {
                return !last.eq_ignore_ascii_case(behind);
            }
            last = &state.column.name;
        }
        // the column was not found in the old table, so its place cannot be compared
        true
    }

    /// Another collation is stated, or one that was stated is not repeated: what was different may
    /// be the same now, and the other way round.
    fn collated(&self, old: &str, now: &str) -> OperationJudgement {
        let (case, table) = (self.case, self.table);
        let mut used = case.uses_column(table, old);
        if used.is_empty() {
            used = case.usage.inserts_without_columns(table);
        }
        if used.is_empty() {
            return self.unused();
        }
        let says = if now.is_empty() {
            "the default of its table".to_owned()
        } else {
            now.to_owned()
        };
        let why = format!(
            "texts in {table}.{old} compare and sort as {says} says: values that were different may count as the same"
        );
        OperationJudgement::new(self.kind, RollbackEffect::Doubt, why)
            .used(used)
            .check(&checks::COLLATION_CHANGED)
    }

    /// A key that the database gave is to be given by the program now.
    fn no_longer_numbered(&self, old: &str, before: &Column) -> OperationJudgement {
        let (case, table) = (self.case, self.table);
        let left_out = case.usage.inserts_without(table, old);
        let step = compatibility::write_renumbering(case.dialect, self.on(), before);
        let effect = if left_out.is_empty() {
            RollbackEffect::Doubt
        } else {
            RollbackEffect::BreaksWrites
        };
        let used = if left_out.is_empty() {
            case.writes_table(table)
        } else {
            left_out
        };
        let why = format!(
            "the database no longer numbers {table}.{old}, and rows of {} that leave it out are refused",
            case.previous
        );
        OperationJudgement::new(self.kind, effect, why)
            .used(used)
            .step(step)
            .check(&checks::DEFAULT_REMOVED)
    }
}
