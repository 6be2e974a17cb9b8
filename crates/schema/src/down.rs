//! The way down: what kind it is, whether it undoes its up, and what it loses. Up and down are
//! played on the schema before them; what is left over, missing or emptied afterwards tells.

use super::down_leftovers::{describe_harm, describe_leftovers, not_brought_back};
use super::down_loss::{describe_lost_rows, loses_by_up};

use super::dialect::Dialect;
use super::question;
use super::schema::Schema;
use super::step::{MigrationStep, SchemaAction as A, Script};
use crate::reading::DownMigration;
use model::{Down, DownKind, DownState};

/// In the reason of a down that is there, and of which only the rows that it meets tell whether it
/// runs through.
const REHEARSE: &str = "rehearse it on a copy";

/// Columns and tables that may be copied to judge the ways down of a set; a real history has some
/// thousands, and some dozen migrations on them.
const COPIED: usize = 20_000_000;

/// Judges ways down until they have cost more than a set may cost; what is beyond is said to be
/// open.
#[derive(Default)]
pub struct Judge {
    spent: usize,
}

impl Judge {
    /// Judges the way down of the next migration of a set.
    pub fn judge(
        &mut self,
        up: &Script,
        way: &DownMigration,
        before: &Schema,
        dialect: Dialect,
    ) -> Down {
        let cost = match way {
            DownMigration::None | DownMigration::Missing(_) => 0,
            DownMigration::Irreversible(_) => before.size() + up.steps.len(),
            DownMigration::Derived(script) | DownMigration::Written { script, .. } => {
                before.size() + up.steps.len() + script.steps.len()
            }
        };
        self.spent = self.spent.saturating_add(cost);
        if cost == 0 || self.spent <= COPIED {
            return judge_down(up, way, before, dialect);
        }
        let why = format!(
            "the migrations before it took {COPIED} steps to judge, so its way down was not looked at; {REHEARSE}"
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
            let played = play_up_and_down(up, script, before, true, dialect);
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
                Some(play_up_and_down(up, script, before, false, dialect).loses),
                Some(why.clone()),
            )
        };
    }
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
    let mut stops = None;
    for step in &down.steps {
        stops = stops.or_else(|| stops_at(step, before, &schema, dialect));
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
    if let Some(why) = describe_harm(up, down, before, &middle, &after) {
        return PlayedDown {
            loses: true,
            ..ends(Some(DownState::Harmful), Some(why))
        };
    }
    if let Some(why) = stops {
        return ends(Some(DownState::Failing), Some(why));
    }
    if let Some(why) = not_brought_back(up, before, &middle, &after) {
        return ends(Some(DownState::Incomplete), Some(why));
    }
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
        && !derived
    {
        return ends(Some(DownState::Incomplete), Some(why));
    }
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
    if let Some(why) = find_computed_rows(down) {
        return PlayedDown {
            rehearse: true,
            ..ends(None, Some(join_loss_and_reason(loss, why)))
        };
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
    match &step.action {
        A::Unknown { why } if why.starts_with("a syntax error") => {
            Some(format!("line {line} of it does not run: {why}"))
        }
        // MySQL and ClickHouse fill a column without default with the empty value of its type.
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
    down.effective().find_map(|step| {
        let squeezed: String = step.text.to_ascii_lowercase().split_whitespace().collect::<Vec<_>>().join(" ");
        let values = squeezed.split_once(" set ").map_or("", |(_, values)| values);
        let from_query = matches!(step.action, A::Update { .. }) && ["(select", "( select"].iter().any(|sign| values.contains(sign));
        let line = step.line;
        from_query.then(|| {
            let what = "computes values with a query; where the query finds nothing it stops or writes NULL, and its text does not tell which";
            format!("line {line} of it {what}; {REHEARSE}")
        })
    })
}
