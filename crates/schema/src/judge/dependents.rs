//! What stands on a table or column and fails or goes with it: views over it, and functions,
//! procedures and triggers whose bodies name it. No program text needs to name the table itself:
//! the statements are in the database.

use std::collections::BTreeSet;

use super::super::checks;
use super::super::dialect::Dialect;
use super::super::operation::OperationKind;
use super::super::sql;
use super::super::step::Name;
use super::dependent::{DatabaseDependent, DependentKind, DependentsByTable};
use super::fate::Fate;
use super::judgement::{JudgeInput, OperationJudgement};
use super::view::reads_view;
use model::RollbackEffect;

/// Most views and routines whose text is taken apart.
const BODIES: usize = 2_000;

/// Most objects that are looked at behind one table.
const CHAIN: usize = 200;

fn list_words(body: &str) -> BTreeSet<String> {
    body.to_lowercase()
        .split(|c: char| !c.is_alphanumeric() && c != '_')
        .filter(|word| word.len() > 1)
        .map(str::to_owned)
        .collect()
}

impl JudgeInput<'_> {
    fn gather_dependents(&self) -> DependentsByTable {
        let mut out = DependentsByTable::new();
        let mut add = |name: &Name, kind: DependentKind, body: &str| {
            let dependent = DatabaseDependent {
                name: name.clone(),
                kind,
                words: list_words(body),
            };
            // a body in dollar quotes has no blank between them and its first word
            let inner = body.replace('$', " ");
            let tables: BTreeSet<String> = sql::find_query_tables(&inner, self.dialect)
                .into_iter()
                .map(|table| table.name.to_lowercase())
                .collect();
            for table in tables {
                out.entry(table).or_default().push(dependent.clone());
            }
        };
        for (key, body) in self.before.views.iter().take(BODIES) {
            // one that the range drops or writes anew is judged there
            if self.after.views.get(key).is_some_and(|now| now == body) {
                add(&Name::new(key), DependentKind::View, body);
            }
        }
        for (key, routine) in self.before.routines.iter().take(BODIES) {
            let same = |now: &super::super::step::Routine| now.body == routine.body;
            if self.after.routines.get(key).is_some_and(same) {
                let kind = if routine.trigger {
                    DependentKind::TriggerRoutine
                } else {
                    DependentKind::Routine
                };
                add(&routine.name, kind, &routine.body);
            }
        }
        out
    }

    /// A table that is no longer there under its name, and that no code names.
    pub(super) fn judge_unnamed_table(
        &self,
        kind: OperationKind,
        table: &Name,
        fate: &Fate<'_>,
    ) -> OperationJudgement {
        // views follow a new name in most databases, bodies of routines in none
        let (fails, views) = match fate {
            Fate::Gone => (true, true),
            Fate::Renamed => (
                true,
                matches!(self.dialect, Dialect::MySql | Dialect::Mssql),
            ),
            _ => (false, false),
        };
        fails
            .then(|| self.judge_dependents(kind, (table, None), views))
            .flatten()
            .unwrap_or_else(|| self.vain_table(kind, table))
    }

    /// What old code still reads or calls, though what it stands on is gone: a table, or one of its
    /// columns. Without `views` those count that follow no new name.
    pub(super) fn judge_dependents(
        &self,
        kind: OperationKind,
        (table, column): (&Name, Option<&str>),
        views: bool,
    ) -> Option<OperationJudgement> {
        let all = self.dependents.get_or_init(|| self.gather_dependents());
        let named = column.map_or_else(|| table.to_string(), |column| format!("{table}.{column}"));
        let sought = column.map(str::to_lowercase);
        let mut seen = BTreeSet::new();
        let mut next = vec![table.name.to_lowercase()];
        while let Some(on) = next.pop() {
            let first = seen.is_empty();
            // views on views may form a circle through routines
            if !seen.insert(on.clone()) || seen.len() > CHAIN {
                continue;
            }
            for dependent in all.get(&on).into_iter().flatten() {
                let names = sought
                    // only the first table has the column; what stands behind it needs the view or
                    // routine itself
                    .as_ref()
                    .is_none_or(|column| !first || dependent.words.contains(column));
                if !names || !views && dependent.kind == DependentKind::View {
                    continue;
                }
                if let Some(verdict) = self.judge_dependent(kind, &named, dependent, column) {
                    return Some(verdict);
                }
                next.push(dependent.name.name.to_lowercase());
            }
        }
        None
    }

    fn judge_dependent(
        &self,
        kind: OperationKind,
        gone: &str,
        dependent: &DatabaseDependent,
        column: Option<&str>,
    ) -> Option<OperationJudgement> {
        let (name, previous) = (&dependent.name, self.previous);
        let check = if column.is_some() {
            &checks::DROPPED_COLUMN
        } else {
            &checks::DROPPED_TABLE
        };
        let (used, why) = match dependent.kind {
            DependentKind::View => (
                reads_view(self, name),
                format!(
                    "{previous} reads the view {name}, which is made of {gone}: it goes or fails with it"
                ),
            ),
            DependentKind::Routine => (
                self.usage.word(&name.name),
                format!(
                    "{previous} calls the routine {name}, whose text in the database uses {gone}, and that is gone"
                ),
            ),
            DependentKind::TriggerRoutine => {
                let why = format!(
                    "the trigger function {name} of {previous} uses {gone}, which is gone: writes that run the trigger fail"
                );
                // writes run the trigger without naming it, so no use has to be found
                return Some(
                    OperationJudgement::new(kind, RollbackEffect::Doubt, why).check(check),
                );
            }
        };
        (!used.is_empty()).then(|| {
            OperationJudgement::new(kind, RollbackEffect::BreaksReads, why)
                .used(used)
                .check(check)
        })
    }
}
