//! The way down: what kind it is, whether it undoes its up, and what it loses. Up and down are
//! played on the schema before them; what is left over, missing or emptied afterwards tells.

use super::down_back::{find_changed_return, refuse_dropped_index, state_again};
use super::down_dialect::{find_other_dialect, name_dialect};
use super::down_leftovers::{describe_harm, describe_leftovers, not_brought_back};
use super::down_loss::{describe_lost_rows, loses_by_up};
use super::down_values::find_rows_not_led_back;

use std::borrow::Cow;
use std::collections::{BTreeSet, HashSet};

use super::dialect::Dialect;
use super::down_rows;
use super::question;
use super::schema::Schema;
use super::step::{MigrationStep, SchemaAction as A, Script};
use crate::reading::DownMigration;
use model::{Down, DownKind, DownState};

/// In the reason of a down that is there, and of which only the rows that it meets tell whether it
/// runs through.
const REHEARSE: &str = "rehearse it on a copy";

/// Steps that judging the ways down of a set may take: a step is a column of a table that a
/// migration is about, a statement, or some tables that it is not about. A migration on a thousand
/// tables takes some hundred.
const STEPS: usize = 1_000_000;

/// Tables that a migration is not about and that are looked at in one step.
const TABLES_AT_ONCE: usize = 8;

/// Judges the ways down of a set, one migration after the other, until they have cost more than a
/// set may cost; what is beyond is said to be open.
pub struct DownJudge<'a> {
    dialect: Dialect,
    /// The schema that the next migration finds. Unlike the schema of the range it forgets what is
    /// gone, for no way down brings that back: a long range costs no more for each migration than
    /// a short one.
    found: Cow<'a, Schema>,
    /// Some migration has a way down to judge, so that what is found has to be known.
    any: bool,
    spent: usize,
    /// See [`STEPS`].
    bound: usize,
}

impl<'a> DownJudge<'a> {
    /// From the schema that the first migration finds. `any`: some migration has a way down.
    pub fn new(dialect: Dialect, before: &'a Schema, any: bool) -> Self {
        Self {
            dialect,
            found: Cow::Borrowed(before),
            any,
            spent: 0,
            bound: STEPS,
        }
    }

    /// Judges the way down of the next migration; one that `runs` when the release is deployed is
    /// found by those behind it.
    pub fn judge(&mut self, up: &Script, way: &DownMigration, runs: bool) -> Down {
        let down = self.judge_next(up, way);
        // beyond the bound nothing is judged, and nothing needs what would be found
        // a unit that does not run leaves the schema as it is for those behind it
        if runs && self.any && self.spent <= self.bound {
            let found = self.found.to_mut();
            let tables: BTreeSet<usize> = up
                .steps
                .iter()
                .filter_map(|step| found.apply(&step.action).entity)
                .collect();
            found.forget_dropped_columns(tables);
            found.forget_gone(true);
        }
        down
    }

    fn judge_next(&mut self, up: &Script, way: &DownMigration) -> Down {
        let cost = match way {
            DownMigration::None | DownMigration::Missing(_) => 0,
            DownMigration::Irreversible(_) => count_steps(&[up], &self.found),
            DownMigration::Derived(script) | DownMigration::Written { script, .. } => {
                count_steps(&[up, script], &self.found)
            }
        };
        self.spent = self.spent.saturating_add(cost);
        // a migration without a way down costs nothing and is said as it is, also beyond the bound
        if cost == 0 || self.spent <= self.bound {
            return judge_down(up, way, &self.found, self.dialect);
        }
        let why = format!(
            "the migrations before it took {} steps to judge, so its way down was not looked at; {REHEARSE}",
            self.bound
        );
        let (kind, path, line) = match way {
            DownMigration::Irreversible(_) => (DownKind::Irreversible, None, None),
            DownMigration::Written { path, line, .. } => {
                (DownKind::Script, Some(path.clone()), Some(*line))
            }
            _ => (DownKind::Derivable, None, None),
        };
        Down {
            kind,
            state: None,
            path,
            line,
            loses_data: None,
            why: Some(why),
            rehearse: true,
        }
    }

    /// Steps that were counted so far.
    #[cfg(test)]
    pub fn spent(&self) -> usize {
        self.spent
    }
}

/// What it takes to play scripts on a schema and to compare what comes of it; see [`STEPS`].
fn count_steps(scripts: &[&Script], before: &Schema) -> usize {
    let statements: usize = scripts.iter().map(|script| script.steps.len()).sum();
    let steps = || scripts.iter().flat_map(|script| &script.steps);
    let mut seen = HashSet::new();
    let columns: usize = steps()
        .filter_map(|step| before.table(step.action.table()?))
        .filter(|table| seen.insert(std::ptr::from_ref(*table)))
        .map(|table| table.columns.len())
        .sum();
    statements + columns + before.entities.len() / TABLES_AT_ONCE
}

/// Judges the way down of one migration. `before` is the schema its up found.
pub fn judge_down(up: &Script, way: &DownMigration, before: &Schema, dialect: Dialect) -> Down {
    match way {
        DownMigration::None => Down {
            kind: DownKind::None,
            state: None,
            path: None,
            line: None,
            loses_data: None,
            why: Some("there is no down".to_owned()),
            rehearse: false,
        },
        DownMigration::Missing(why) => Down {
            kind: DownKind::None,
            state: None,
            path: None,
            line: None,
            loses_data: None,
            why: Some(why.clone()),
            rehearse: false,
        },
        DownMigration::Irreversible(why) => Down {
            kind: DownKind::Irreversible,
            state: None,
            path: None,
            line: None,
            loses_data: Some(loses_by_up(up, before)),
            why: Some(why.clone()),
            rehearse: false,
        },
        DownMigration::Derived(script) => {
            let script = state_again(up, script, before);
            let played = play_up_and_down(up, &script, before, true, dialect);
            Down {
                kind: DownKind::Derivable,
                state: played.state,
                path: None,
                line: None,
                loses_data: Some(played.loses),
                why: played.why,
                rehearse: played.rehearse,
            }
        }
        DownMigration::Written { script, path, line } => {
            judge_written_down(up, script, path, *line, before, dialect)
        }
    }
}

fn judge_written_down(
    up: &Script,
    script: &Script,
    path: &str,
    line: usize,
    before: &Schema,
    dialect: Dialect,
) -> Down {
    let down = |kind, state, loses_data, why: Option<String>| Down {
        kind,
        state,
        path: Some(path.to_owned()),
        line: Some(line),
        loses_data,
        why,
        rehearse: false,
    };
    // a refusal comes first: whatever stands behind it never runs
    if let Some(at) = script.refuses {
        return Down {
            line: Some(at),
            ..down(
                DownKind::Irreversible,
                None,
                Some(loses_by_up(up, before)),
                Some("it refuses on purpose".to_owned()),
            )
        };
    }
    if let Some((at, why)) = &script.fails {
        return Down {
            line: Some(*at),
            ..down(
                DownKind::Script,
                Some(DownState::Failing),
                // it does not get to its end, and what it does until then may lose rows all the
                // same
                Some(play_up_and_down(up, script, before, false, dialect).loses),
                Some(why.clone()),
            )
        };
    }
    // an empty file, comments, or a state that only the framework keeps
    if script.effective().next().is_none() {
        if let Some(step) = script
            .steps
            .iter()
            .find(|step| matches!(step.action, A::StateOnly { .. }))
        {
            return Down {
                line: Some(step.line),
                ..down(
                    DownKind::Script,
                    Some(DownState::Incomplete),
                    Some(false),
                    Some("it does nothing to the database".to_owned()),
                )
            };
        }
        // nothing to undo and nothing done is complete; empty beside a real change is not
        if up.effective().next().is_none() {
            return down(
                DownKind::Script,
                Some(DownState::Complete),
                Some(false),
                Some("there is nothing to undo".to_owned()),
            );
        }
        return down(
            DownKind::None,
            Some(DownState::Empty),
            Some(false),
            Some("it does nothing".to_owned()),
        );
    }
    let played = play_up_and_down(up, script, before, false, dialect);
    Down {
        rehearse: played.rehearse,
        ..down(
            DownKind::Script,
            played.state,
            Some(played.loses),
            played.why,
        )
    }
}

/// What came of playing a way down.
struct PlayedDown {
    /// None where it cannot be told.
    state: Option<DownState>,
    loses: bool,
    why: Option<String>,
    /// Only rows tell whether it runs through.
    rehearse: bool,
}

/// Plays up and down on the schema before, and compares. Without a state where that cannot be told.
fn play_up_and_down(
    up: &Script,
    down: &Script,
    before: &Schema,
    derived: bool,
    dialect: Dialect,
) -> PlayedDown {
    let mut schema = before.clone();
    for step in &up.steps {
        schema.apply(&step.action);
    }
    let middle = schema.clone();
    let references = down_rows::ChangedReferences::of(down, before, &middle, dialect);
    let mut stops = None;
    for (at, step) in down.steps.iter().enumerate() {
        stops = stops
            // the first refusal ends the script, so later ones are not looked for
            .or_else(|| stops_at(step, before, &schema, dialect))
            .or_else(|| references.refuse_drop(down, at, &schema));
        schema.apply(&step.action);
    }
    let after = schema;
    let loss = describe_lost_rows(up, down, before, &middle, &after, dialect);
    let loses = loss.is_some();
    let ends = |state, why| PlayedDown {
        state,
        loses,
        why,
        rehearse: false,
    };
    // harm before failure: a down that drops what it did not make must never read as *just fails*
    if let Some(why) = describe_harm(up, down, before, &middle, &after) {
        return PlayedDown {
            loses: true,
            ..ends(Some(DownState::Harmful), Some(why))
        };
    }
    if let Some(why) = stops {
        // a down that stops is known to stop, whatever it would leave behind
        return ends(Some(DownState::Failing), Some(why));
    }
    if let Some(why) = not_brought_back(up, before, &middle, &after) {
        return ends(Some(DownState::Incomplete), Some(why));
    }
    // a statement that nobody read may do anything, so the down cannot be called complete
    if let Some(step) = down
        .steps
        .iter()
        .find(|step| matches!(step.action, A::Unknown { .. }))
    {
        return ends(
            Some(DownState::Incomplete),
            Some(format!("line {} of it was not understood", step.line)),
        );
    }
    if let Some(why) = describe_leftovers(up, down, before, &middle, &after)
        // what a tool turns around by itself leaves nothing behind that its up made
        && !derived
    {
        return ends(Some(DownState::Incomplete), Some(why));
    }
    if let Some(why) = find_changed_return(up, down, before, &after, dialect)
        // a tool that turns its own statements around gives back what it took
        && !derived
    {
        return ends(Some(DownState::Incomplete), Some(why));
    }
    // an empty down beside a job that only the program knows was called complete
    if let Some(step) = up
        .steps
        .iter()
        .find(|step| matches!(step.action, A::Unknown { .. } | A::HostCode { .. }))
    {
        let what = if matches!(step.action, A::HostCode { .. }) {
            "runs code that was not read"
        } else {
            "was not understood"
        };
        let why = format!(
            "line {} of the way up {what}, so nobody can tell whether the down undoes it",
            step.line
        );
        return ends(None, Some(join_loss_and_reason(loss, why)));
    }
    let decided = down_rows::find_step_rows_decide(down, &middle, dialect)
        .map(|why| format!("{why}; {REHEARSE}"));
    if let Some(why) = decided.or_else(|| find_computed_rows(down)) {
        return PlayedDown {
            rehearse: true,
            ..ends(None, Some(join_loss_and_reason(loss, why)))
        };
    }
    if let Some(why) = find_rows_not_led_back(up, down, before) {
        return ends(None, Some(why));
    }
    ends(Some(DownState::Complete), loss)
}

/// What is lost, and what is not known besides.
fn join_loss_and_reason(loss: Option<String>, why: String) -> String {
    loss.map_or_else(|| why.clone(), |loss| format!("{loss}; {why}"))
}

/// A step of a down that the database refuses: as it is written, or as soon as there are rows.
/// `schema` is what the step finds.
fn stops_at(
    step: &MigrationStep,
    before: &Schema,
    schema: &Schema,
    dialect: Dialect,
) -> Option<String> {
    let line = step.line;
    // before the steps: a statement of another database is refused whatever it is about
    if let Some(other) = find_other_dialect(&step.text, dialect) {
        return Some(format!(
            "line {line} of it is written for {other}, and {} refuses it",
            name_dialect(dialect)
        ));
    }
    if let Some(what) = refuse_dropped_index(&step.action, &step.text, schema, dialect) {
        return Some(format!("line {line} of it {what}"));
    }
    match &step.action {
        A::Unknown { why } if why.starts_with("a syntax error") => {
            Some(format!("line {line} of it does not run: {why}"))
        }
        // MySQL and ClickHouse fill a column without default with the empty value of its type.
        // such a column can be added to an empty table only, and tables of a live release are not
        // empty
        A::AddColumn { table, column, .. }
            if !matches!(
                dialect,
                Dialect::MySql | Dialect::ClickHouse | Dialect::Cassandra
            ) =>
        {
            // What a tool turns around by itself says no type: the column is as it was.
            let was = before
                .table(table)
                .and_then(|entity| entity.get(&column.name))
                .filter(|state| state.known && column.data_type.is_empty());
            let required = was.map_or(column, |state| &state.column);
            // a table that the down itself made again has no row yet
            let old = schema
                .table(table)
                .is_none_or(|entity| entity.old.is_some() || before.table(table).is_some());
            (old && required.required() && !required.primary).then(|| {
                let rows = question::ask_row_count(dialect, table);
                format!(
                    "line {line} of it adds {table}.{} as NOT NULL without a default, and stops as soon as {table} has a row; count them first: {rows}",
                    column.name
                )
            })
        }
        // SQLite and SQL Server refuse to drop a column that an index uses; others drop the index
        // with it
        A::DropColumn { table, column } if matches!(dialect, Dialect::Sqlite | Dialect::Mssql) => {
            let named = |index: &&super::step::TableIndex| {
                index.table.key() == table.key()
                    && index
                        .columns
                        .iter()
                        .any(|other| other.eq_ignore_ascii_case(column))
            };
            let index = schema.indexes.values().find(named)?;
            let name = index.name.clone().unwrap_or_default();
            Some(format!(
                "line {line} of it drops {table}.{column}, which is refused while the index {name} is there"
            ))
        }
        _ => None,
    }
}

/// A down that takes values of rows from a query: where the query finds nothing, or too much, it
/// stops or writes NULL.
fn find_computed_rows(down: &Script) -> Option<String> {
    let updates = down
        .effective()
        .filter(|step| matches!(step.action, A::Update { .. }));
    let mut computed = updates.filter(|step| {
        let squeezed: String = step
            .text
            .to_ascii_lowercase()
            .split_whitespace()
            .collect::<Vec<_>>()
            // only what stands behind SET counts: a query in the condition chooses rows and gives
            // no value
            .join(" ");
        let values = squeezed
            .split_once(" set ")
            .map_or("", |(_, values)| values);
        ["(select", "( select"]
            .iter()
            .any(|sign| values.contains(sign))
    });
    computed.next().map(|step| {
        let what = "computes values with a query; where the query finds nothing it stops or writes NULL, and its text does not tell which";
        format!("line {} of it {what}; {REHEARSE}", step.line)
    })
}

#[cfg(test)]
mod tests {
    use super::super::step::{Column, Name};
    use super::*;

    /// A migration that adds a column to each table, and takes it back.
    fn migration(tables: usize, column: &str) -> (Script, DownMigration) {
        let script = |action: &dyn Fn(Name) -> A| Script {
            steps: (0..tables)
                .map(|at| MigrationStep {
                    line: at + 1,
                    text: String::new(),
                    certain: true,
                    action: action(Name::from_parts(vec![format!("shelf{at}")])),
                })
                .collect(),
            has_text: true,
            ..Script::default()
        };
        let up = script(&|table| A::AddColumn {
            table,
            column: Column::new(column, "int"),
            if_not_exists: false,
        });
        let down = script(&|table| A::DropColumn {
            table,
            column: column.to_owned(),
        });
        (up, DownMigration::Derived(down))
    }

    /// What judging so many migrations of the same tables takes, and the last judgement.
    fn judged(migrations: usize, tables: usize, bound: usize) -> (usize, Down) {
        let before = Schema::default();
        let mut judge = DownJudge::new(Dialect::Postgres, &before, true);
        judge.bound = bound;
        let (up, way) = migration(tables, "label");
        let mut last = judge.judge(&up, &way, true);
        for _ in 1..migrations {
            last = judge.judge(&up, &way, true);
        }
        (judge.spent(), last)
    }

    #[test]
    fn twice_the_migrations_are_about_twice_the_work() {
        let ((less, _), (more, last)) = (judged(100, 40, STEPS), judged(200, 40, STEPS));
        assert!(
            more * 10 <= less * 22,
            "{less} steps, and {more} for twice as many"
        );
        assert_eq!(last.state, Some(DownState::Complete), "{last:?}");
    }

    #[test]
    fn what_is_beyond_the_bound_is_open_and_says_the_number() {
        let bound = 10_000;
        let ((_, within), (spent, beyond)) = (judged(10, 40, bound), judged(100, 40, bound));
        assert!(within.state.is_some() && spent > bound);
        assert!(beyond.state.is_none() && beyond.loses_data.is_none() && beyond.rehearse);
        assert!(
            beyond
                .why
                .is_some_and(|why| why.contains(&bound.to_string()))
        );
    }
}
