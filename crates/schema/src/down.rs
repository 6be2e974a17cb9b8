//! The way down: what kind it is, whether it undoes its up, and what it loses. Up and down are
//! played on the schema before them; what is left over, missing or emptied afterwards tells.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap, HashSet};

use super::dialect::Dialect;
use super::down_rows;
use super::operation::{KindOfAction, OperationKind};
use super::question;
use super::schema::{Schema, TableEntity};
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

/// Tables that steps are about, by their keys.
fn collect_table_keys<'a>(
    steps: impl Iterator<Item = &'a MigrationStep>,
    table: impl Fn(&'a A) -> Option<&'a super::step::Name>,
) -> HashSet<String> {
    steps
        .filter_map(|step| table(&step.action))
        .map(super::step::Name::key)
        .collect()
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
    let references = down_rows::ChangedReferences::of(down, before, &middle, dialect);
    let mut stops = None;
    for (at, step) in down.steps.iter().enumerate() {
        stops = stops
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
    let decided = down_rows::find_step_rows_decide(down, &middle, dialect)
        .map(|why| format!("{why}; {REHEARSE}"));
    if let Some(why) = decided.or_else(|| find_computed_rows(down)) {
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

/// A table or column that no migration made, that the up drops, and that the down does not bring
/// back.
fn not_brought_back(
    up: &Script,
    before: &Schema,
    middle: &Schema,
    after: &Schema,
) -> Option<String> {
    // A table that the up put another one in the place of, and that is gone with it.
    let gone = collect_table_keys(up.effective(), |action| {
        if let A::DropTable { table, .. } = action {
            Some(table)
        } else {
            None
        }
    });
    let dropped = |name: &super::step::Name| gone.contains(&name.key());
    let heirs = Heirs::of(middle);
    let replaced = before.entities.iter().enumerate().find(|(id, entity)| {
        let name = &entity.name;
        entity.alive
            && !gone.is_empty()
            && dropped(name)
            && heirs.get(*id).is_none()
            && middle.table(name).is_some()
            && after.table(name).is_none()
            && !after.views.contains_key(&name.key())
    });
    if let Some((_, entity)) = replaced {
        return Some(format!(
            "the table {} that was there before does not come back",
            entity.name
        ));
    }
    let created = collect_table_keys(up.steps.iter(), |action| {
        if let A::CreateTable(created) = action {
            Some(&created.name)
        } else {
            None
        }
    });
    let made = |table: &super::step::Name| created.contains(&table.key());
    up.effective().find_map(|step| match &step.action {
        A::DropTable { table, .. }
            if before.table(table).is_none()
                && after.table(table).is_none()
                && !made(table)
                && !after.views.contains_key(&table.key()) =>
        {
            Some(format!("the table {table} does not come back"))
        }
        _ => None,
    })
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

/// The living entities that carry the rows of others.
struct Heirs<'a> {
    schema: &'a Schema,
    /// The first living one that has a copy of each.
    of: HashMap<usize, usize>,
}

impl<'a> Heirs<'a> {
    fn of(schema: &'a Schema) -> Self {
        let mut of = HashMap::new();
        for (at, entity) in schema
            .entities
            .iter()
            .enumerate()
            .filter(|(_, entity)| entity.alive)
        {
            for source in &entity.copied {
                of.entry(*source).or_insert(at);
            }
        }
        Self { schema, of }
    }

    /// The living entity that carries the rows of another one, or that one itself.
    fn get(&self, id: usize) -> Option<&'a TableEntity> {
        let entity = self.schema.entity(id)?;
        if entity.alive {
            return Some(entity);
        }
        self.of.get(&id).and_then(|at| self.schema.entity(*at))
    }
}

/// What is lost when the down runs: rows written since, or rows that the up already destroyed.
fn describe_lost_rows(
    up: &Script,
    down: &Script,
    before: &Schema,
    middle: &Schema,
    after: &Schema,
    dialect: Dialect,
) -> Option<String> {
    let heirs = Heirs::of(after);
    for (id, entity) in middle
        .entities
        .iter()
        .enumerate()
        .filter(|(id, entity)| entity.alive && !middle.shares_table(after, *id))
    {
        match heirs.get(id) {
            None => return Some(format!("what is in {} is lost", entity.name)),
            Some(kept) => {
                // Without knowing the successor's columns nothing is said about them, unless it is
                // the same table.
                let same = after.entities.get(id).is_some_and(|entity| entity.alive);
                let gone = entity.columns.iter().enumerate().find(|(at, state)| {
                    state.alive
                        && if same {
                            kept.columns.get(*at).is_none_or(|now| !now.alive)
                        } else {
                            kept.known && kept.get(&state.column.name).is_none()
                        }
                });
                if let Some((_, state)) = gone {
                    return Some(format!(
                        "what is in {}.{} is lost",
                        entity.name, state.column.name
                    ));
                }
                if let Some(why) = describe_narrowed_values(entity, kept, dialect) {
                    return Some(why);
                }
            }
        }
    }
    for step in down.effective() {
        match &step.action {
            A::Truncate { table } | A::Delete { table } => {
                return Some(format!("rows of {table} are removed"));
            }
            A::Insert { table, from, .. }
                if !from.is_empty() && step.text.to_ascii_uppercase().contains("WHERE") =>
            {
                return Some(format!("rows are left out when {table} is filled again"));
            }
            A::Update { table, reads, .. } if reads.is_empty() => {
                return Some(format!("values in {table} are overwritten"));
            }
            _ => {}
        }
    }
    if loses_by_up_in(up, before, middle) {
        Some("what the up removed or overwrote does not come back".to_owned())
    } else {
        None
    }
}

fn describe_narrowed_values(
    before: &TableEntity,
    after: &TableEntity,
    dialect: Dialect,
) -> Option<String> {
    before
        .columns
        .iter()
        .filter(|state| state.alive)
        .find_map(|state| {
            let now = after.get(&state.column.name)?;
            if now.column.data_type == state.column.data_type {
                return None;
            }
            // Where the database is not known, its type must be narrower in each.
            let known = [dialect];
            let dialects: &[Dialect] = if dialect == Dialect::Unknown {
                &[Dialect::MySql, Dialect::Postgres]
            } else {
                &known
            };
            let narrower = dialects.iter().all(|dialect| {
                super::judge::compare_types(
                    &state.column.data_type,
                    &now.column.data_type,
                    *dialect,
                ) == super::judge::TypeChange::Narrower
            });
            narrower.then(|| {
                format!(
                    "values in {}.{} that no longer fit are cut or refused",
                    before.name, state.column.name
                )
            })
        })
}

fn loses_by_up(up: &Script, before: &Schema) -> bool {
    let mut middle = before.clone();
    for step in &up.steps {
        middle.apply(&step.action);
    }
    loses_by_up_in(up, before, &middle)
}

/// The up itself destroyed something that no down brings back.
fn loses_by_up_in(up: &Script, before: &Schema, middle: &Schema) -> bool {
    // A table that no migration made is not new either.
    let old_table = |table: &super::step::Name| {
        before
            .table(table)
            .is_none_or(|entity| entity.old.is_some() || entity.stands_for.is_some())
    };
    let heirs = Heirs::of(middle);
    let added = Added::by(up);
    let gone = before
        .entities
        .iter()
        .enumerate()
        .filter(|(id, entity)| entity.alive && !before.shares_table(middle, *id))
        .any(|(id, entity)| match heirs.get(id) {
            None => true,
            Some(kept) => entity.columns.iter().enumerate().any(|(at, state)| {
                state.alive
                    && if kept.alive && middle.entities[id].alive {
                        kept.columns.get(at).is_none_or(|now| !now.alive)
                    } else {
                        kept.known && kept.get(&state.column.name).is_none()
                    }
            }),
        });
    gone || up.effective().any(|step| match &step.action {
        // Tables and columns whose definition was never seen are not in `before`.
        A::DropTable { table, .. } => {
            before.table(table).is_none() && middle.table(table).is_none() && !before.replayed
        }
        A::DropColumn { table, column } => {
            before
                .table(table)
                .is_none_or(|entity| entity.get(column).is_none() && !entity.known)
                && middle
                    .table(table)
                    .is_some_and(|entity| entity.get(column).is_none() && entity.old.is_some())
        }
        A::Truncate { table } | A::Delete { table } => old_table(table),
        A::Update {
            table,
            columns,
            fills_null,
            reads,
        } => {
            let new_only = !columns.is_empty()
                && columns.iter().all(|column| {
                    before.table(table).is_some_and(|entity| {
                        entity
                            .get(column)
                            .map_or(entity.known, |state| state.old.is_none())
                    }) || added.has(table, column)
                });
            old_table(table) && !fills_null && reads.is_empty() && !new_only
        }
        _ => false,
    })
}

/// Columns that an up adds, by table and name.
struct Added(HashSet<(String, String)>);

impl Added {
    fn by(up: &Script) -> Self {
        let column = |step: &MigrationStep| match &step.action {
            A::AddColumn { table, column, .. } => {
                Some((table.key(), column.name.to_ascii_lowercase()))
            }
            _ => None,
        };
        Self(up.steps.iter().filter_map(column).collect())
    }

    fn has(&self, table: &super::step::Name, column: &str) -> bool {
        !self.0.is_empty() && self.0.contains(&(table.key(), column.to_ascii_lowercase()))
    }
}

/// What the down destroys that its up did not make.
fn describe_harm(
    up: &Script,
    down: &Script,
    before: &Schema,
    middle: &Schema,
    after: &Schema,
) -> Option<String> {
    let (then_heirs, now_heirs) = (Heirs::of(middle), Heirs::of(after));
    let untouched = |id: usize| before.shares_table(middle, id) && before.shares_table(after, id);
    for (id, entity) in before
        .entities
        .iter()
        .enumerate()
        .filter(|(id, entity)| entity.alive && !untouched(*id))
    {
        let (was_there, is_there) = (
            then_heirs.get(id).is_some(),
            now_heirs.get(id).is_some() || after.table(&entity.name).is_some(),
        );
        if was_there && !is_there {
            return Some(format!(
                "it drops {}, which its up did not make",
                entity.name
            ));
        }
        let (Some(now), Some(then)) = (middle.entities.get(id), after.entities.get(id)) else {
            continue;
        };
        if now.alive && then.alive {
            let gone = entity.columns.iter().enumerate().find(|(at, state)| {
                state.alive
                    && now.columns.get(*at).is_some_and(|state| state.alive)
                    && then.columns.get(*at).is_some_and(|state| !state.alive)
                    && then.get(&state.column.name).is_none()
            });
            if let Some((_, state)) = gone {
                return Some(format!(
                    "it drops {}.{}, which its up did not make",
                    entity.name, state.column.name
                ));
            }
        }
    }
    // of these steps some are about no table that is known, and then about any
    let about = |wanted: &dyn Fn(&MigrationStep) -> bool| -> (bool, HashSet<String>) {
        let any = up
            .effective()
            .any(|step| wanted(step) && step.action.table().is_none());
        (
            any,
            up.effective()
                .filter(|step| wanted(step))
                .filter_map(|step| step.action.table())
                .map(super::step::Name::key)
                .collect(),
        )
    };
    let writes = |step: &MigrationStep| {
        matches!(
            step.action,
            A::Insert { .. }
                | A::Delete { .. }
                | A::Update { .. }
                | A::Truncate { .. }
                | A::HostCode { .. }
        )
    };
    let (written, loosened) = (about(&writes), about(&is_loosening_step));
    let creates = up
        .effective()
        .any(|step| matches!(step.action, A::CreateTable(_)));
    let within = |(any, keys): &(bool, HashSet<String>), table: &super::step::Name| {
        *any || keys.contains(&table.key())
    };
    let touched = |table: &super::step::Name| within(&written, table);
    // the up allows what the down must clean up before it can refuse it again
    let relaxes = |table: &super::step::Name| creates || within(&loosened, table);
    for step in down.effective() {
        match &step.action {
            A::Truncate { table } if before.table(table).is_some() => {
                return Some(format!("it removes all rows of {table}"));
            }
            A::Delete { table }
                if before
                    .table(table)
                    .is_some_and(|entity| entity.old.is_some() || entity.known)
                    && !touched(table)
                    && !relaxes(table) =>
            {
                return Some(format!(
                    "it removes rows of {table}, which its up did not add"
                ));
            }
            _ => {}
        }
    }
    None
}

/// The step allows what was refused before.
fn is_loosening_step(step: &MigrationStep) -> bool {
    let kind = OperationKind::of(&step.action);
    matches!(
        kind,
        OperationKind::DropNotNull
            | OperationKind::DropUnique
            | OperationKind::DropCheck
            | OperationKind::DropConstraint
            | OperationKind::DropForeignKey
            | OperationKind::DropIndex
            | OperationKind::RestateColumn
            | OperationKind::AddEnumValue
            | OperationKind::WidenType
            | OperationKind::ChangeType
    )
}

/// What the down leaves behind or does not bring back.
fn describe_leftovers(
    up: &Script,
    down: &Script,
    before: &Schema,
    middle: &Schema,
    after: &Schema,
) -> Option<String> {
    for (id, entity) in middle
        .entities
        .iter()
        .enumerate()
        .filter(|(id, entity)| entity.alive && !before.shares_table(middle, *id))
    {
        let made = before.entities.get(id).is_none_or(|was| !was.alive) && entity.old.is_none();
        if made
            && after.entities.get(id).is_some_and(|now| now.alive)
            && before.table(&entity.name).is_none()
        {
            return Some(format!("the table {} stays", entity.name));
        }
        let (Some(was), Some(now)) = (before.entities.get(id), after.entities.get(id)) else {
            continue;
        };
        if was.alive && now.alive {
            let stays = entity
                .columns
                .iter()
                .enumerate()
                .skip(was.columns.len())
                .find(|(at, state)| {
                    state.alive
                        && state.old.is_none()
                        && state.known
                        && now.columns.get(*at).is_some_and(|now| now.alive)
                        && was.get(&state.column.name).is_none()
                });
            if let Some((_, state)) = stays {
                return Some(format!(
                    "the column {}.{} stays",
                    entity.name, state.column.name
                ));
            }
        }
    }
    if let Some(why) = down_rows::find_column_left_changed(up, before, middle, after) {
        return Some(why);
    }
    let named_alike = before.shares_names(middle);
    for entity in before
        .entities
        .iter()
        .filter(|entity| entity.alive && !named_alike)
    {
        if middle.table(&entity.name).is_none() && after.table(&entity.name).is_none() {
            return Some(format!("the table {} does not come back", entity.name));
        }
    }
    let same_indexes = before.indexes.same(&middle.indexes);
    if !same_indexes
        && let Some(name) = middle.indexes.keys().find(|name| {
            !before.indexes.contains_key(*name)
                && after.indexes.get(*name).is_some_and(|index| {
                    // An index goes with the columns it is about.
                    let gone = |column: &String| {
                        middle
                            .table(&index.table)
                            .is_some_and(|entity| entity.get(column).is_some())
                    };
                    after.table(&index.table).is_some_and(|entity| {
                        entity.alive
                            && !index
                                .columns
                                .iter()
                                .any(|column| entity.get(column).is_none() && gone(column))
                    })
                })
        })
    {
        return Some(format!("the index {name} stays"));
    }
    if !same_indexes
        && let Some(name) = before
            .indexes
            .keys()
            .find(|name| !middle.indexes.contains_key(*name) && !after.indexes.contains_key(*name))
    {
        let table_gone = before
            .indexes
            .get(name)
            .is_some_and(|index| after.table(&index.table).is_none());
        if !table_gone {
            return Some(format!("the index {name} does not come back"));
        }
    }
    if !before.views.same(&middle.views)
        && let Some(name) = before
            .views
            .keys()
            .find(|name| !middle.views.contains_key(*name) && !after.views.contains_key(*name))
    {
        return Some(format!("the view {name} does not come back"));
    }
    if !before.routines.same(&middle.routines)
        && let Some(name) = before.routines.keys().find(|name| {
            !middle.routines.contains_key(*name) && !after.routines.contains_key(*name)
        })
    {
        return Some(format!("the routine {name} does not come back"));
    }
    let enum_value = up.effective().find_map(|step| {
        if let A::AddEnumValue { value, .. } = &step.action {
            Some(value.clone())
        } else {
            None
        }
    });
    if let Some(value) = enum_value
        && !down
            .effective()
            .any(|step| matches!(step.action, A::DropType { .. } | A::CreateType { .. }))
    {
        return Some(format!("the value {value} stays in its type"));
    }
    None
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
