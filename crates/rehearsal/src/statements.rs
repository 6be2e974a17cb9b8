//! The statements of the old program: run on the old schema, so that it is known what they do, and on
//! the new one. Always inside a transaction that is taken back.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::address::EngineKind;
use crate::catalogue::{ColumnKind, DatabaseColumn, DatabaseTable};
use crate::connection::{Answer, Connection};
use crate::fault::StatementFault;
use crate::fill::choose_value;
use crate::migrate::shorten_statement;
use crate::placeholder::{PreparedText, Slot, SlotUse, prepare_text};
use crate::plan::PlannedOldStatement;
use crate::report::{ChangedStatement, TriedSteps};
use crate::values::make_value;

/// Number of values that statements write: no made row has it.
const WRITTEN: u64 = 5000;

/// Statements that run longer than this many seconds in all are enough.
const SECONDS: u64 = 240;

/// A statement that runs on the old schema, with the values it was given and what it answered.
pub struct KnownStatement {
    /// Its place among all statements.
    pub at: usize,
    prepared: PreparedText,
    values: Vec<Option<String>>,
    answer: Answer,
    /// It answers the same when it is asked twice.
    steady: bool,
}

/// What the old schema says of the statements.
#[derive(Default)]
pub struct KnownStatements {
    /// Those that run there.
    pub known: Vec<KnownStatement>,
    /// Those that do not, by reason.
    pub left_out: BTreeMap<String, u64>,
    /// Those that time did not suffice for.
    pub not_tried: u64,
    /// Those that fail once more made rows are there, on their own schema already: the rows are at
    /// fault, not the schema.
    fail_on_more_rows: BTreeSet<usize>,
}

impl KnownStatements {
    /// Runs them once more on their own schema, with rows as they will be made on the new one.
    ///
    /// # Errors
    /// Where the connection is lost.
    pub fn learn_more_rows(
        &mut self,
        database: &mut dyn Connection,
        statements: &[PlannedOldStatement],
        fill: &dyn Fn(&mut dyn Connection) -> Result<(), StatementFault>,
    ) -> Result<(), StatementFault> {
        open_trial(database)?;
        fill(database)?;
        let differences = try_open(database, statements, &self.known, false)?;
        close_trial(database)?;
        self.fail_on_more_rows = differences
            .into_iter()
            .filter(|one| one.fails)
            .map(|one| one.at)
            .collect();
        Ok(())
    }

    /// A failure on more rows says something of the schema.
    pub fn copes_with_more_rows(&self, at: usize) -> bool {
        !self.fail_on_more_rows.contains(&at)
    }
}

/// Runs every statement on the schema as it stands.
///
/// # Errors
/// Where the connection is lost.
pub fn learn_statements(
    database: &mut dyn Connection,
    statements: &[PlannedOldStatement],
    seed: u64,
) -> Result<KnownStatements, StatementFault> {
    let tables = database.tables()?;
    let mut out = KnownStatements::default();
    let began = std::time::Instant::now();
    open_trial(database)?;
    let mut shown: HashMap<(String, String), Vec<String>> = HashMap::new();
    for (at, statement) in statements.iter().enumerate() {
        if began.elapsed().as_secs() > SECONDS {
            out.not_tried = (statements.len() - at) as u64;
            break;
        }
        let percent = statement.path.ends_with(".py");
        let Some(prepared) = prepare_text(&statement.text, database.kind(), percent) else {
            *out.left_out
                .entry("too many values".to_owned())
                .or_default() += 1;
            continue;
        };
        match learn_one(database, &prepared, &tables, (seed, at), &mut shown)? {
            Ok((values, answer)) => out.known.push(KnownStatement {
                at,
                prepared,
                values,
                answer,
                steady: true,
            }),
            Err(fault) => *out.left_out.entry(tell_reason(&fault)).or_default() += 1,
        }
    }
    close_trial(database)?;
    // in a transaction of its own, so that what depends on the time shows it
    open_trial(database)?;
    for known in &mut out.known {
        let again = run_one(database, &known.prepared.text, &known.values)?;
        known.steady = again.is_ok_and(|again| again == known.answer);
    }
    close_trial(database)?;
    Ok(out)
}

/// A statement that answers differently, by its place among the known ones.
pub struct Difference {
    /// Its place among all statements.
    pub at: usize,
    /// What is told of it.
    pub told: ChangedStatement,
    /// It fails; else it answers otherwise.
    pub fails: bool,
}

/// Runs the known statements on the schema as it stands now. `rows`: the rows are those of before,
/// so that their number may be compared.
///
/// # Errors
/// Where the connection is lost.
pub fn try_statements(
    database: &mut dyn Connection,
    statements: &[PlannedOldStatement],
    known: &[KnownStatement],
    rows: bool,
) -> Result<Vec<Difference>, StatementFault> {
    open_trial(database)?;
    let out = try_open(database, statements, known, rows)?;
    close_trial(database)?;
    Ok(out)
}

/// What the failing statements do once the schema is helped.
///
/// # Errors
/// Where the connection is lost.
pub fn try_with_steps(
    database: &mut dyn Connection,
    statements: &[PlannedOldStatement],
    known: &[KnownStatement],
    failing: &[usize],
    steps: &[String],
) -> Result<TriedSteps, StatementFault> {
    open_trial(database)?;
    for step in steps {
        if let Err(fault) = database.run(step) {
            if fault.lost {
                return Err(fault);
            }
            close_trial(database)?;
            return Ok(TriedSteps {
                steps: steps.to_vec(),
                refused: Some(format!("{}: {}", shorten_statement(step), fault.message)),
                helped: 0,
                still_fail: failing.len() as u64,
            });
        }
    }
    let mut still_fail = 0;
    for one in known.iter().filter(|one| failing.contains(&one.at)) {
        if statements.get(one.at).is_some()
            && run_one(database, &one.prepared.text, &one.values)?.is_err()
        {
            still_fail += 1;
        }
    }
    close_trial(database)?;
    Ok(TriedSteps {
        steps: steps.to_vec(),
        refused: None,
        helped: failing.len() as u64 - still_fail,
        still_fail,
    })
}

/// In the transaction that is open.
fn try_open(
    database: &mut dyn Connection,
    statements: &[PlannedOldStatement],
    known: &[KnownStatement],
    rows: bool,
) -> Result<Vec<Difference>, StatementFault> {
    let mut out = Vec::new();
    for one in known {
        let Some(statement) = statements.get(one.at) else {
            continue;
        };
        let answer = run_one(database, &one.prepared.text, &one.values)?;
        let (how, fails, only_more_columns) = match &answer {
            Err(fault) => (fault.message.clone(), true, false),
            Ok(answer) => match compare_answers(&one.answer, answer, rows && one.steady) {
                Some((how, only_more)) => (how, false, only_more),
                None => continue,
            },
        };
        out.push(Difference {
            at: one.at,
            fails,
            told: ChangedStatement {
                path: statement.path.clone(),
                line: statement.line,
                text: shorten_statement(&statement.text),
                writes: one.prepared.writes,
                how,
                with_new_rows: !rows,
                only_more_columns,
            },
        });
    }
    Ok(out)
}

fn open_trial(database: &mut dyn Connection) -> Result<(), StatementFault> {
    database.reset()?;
    database.enforce_references(true)?;
    database.run("BEGIN")?;
    if database.kind() == EngineKind::Postgres {
        database.run("SET CONSTRAINTS ALL IMMEDIATE")?;
    }
    Ok(())
}

fn close_trial(database: &mut dyn Connection) -> Result<(), StatementFault> {
    database.run("ROLLBACK")?;
    database.reset()
}

/// One statement between two savepoints. What the statement itself is refused is the inner result.
fn run_one(
    database: &mut dyn Connection,
    text: &str,
    values: &[Option<String>],
) -> Result<Result<Answer, StatementFault>, StatementFault> {
    database.run("SAVEPOINT backout_old")?;
    let answer = database.ask(text, values);
    if let Err(fault) = &answer
        && fault.lost
    {
        return Err(fault.clone());
    }
    database.run("ROLLBACK TO SAVEPOINT backout_old")?;
    Ok(answer)
}

/// What a statement was given and what it answered, or why it does not run.
type Learned = Result<(Vec<Option<String>>, Answer), StatementFault>;

fn learn_one(
    database: &mut dyn Connection,
    prepared: &PreparedText,
    tables: &[DatabaseTable],
    (seed, at): (u64, usize),
    shown: &mut HashMap<(String, String), Vec<String>>,
) -> Result<Learned, StatementFault> {
    database.run("SAVEPOINT backout_old")?;
    let described = database.describe(&prepared.text);
    if let Err(fault) = &described
        && fault.lost
    {
        return Err(fault.clone());
    }
    database.run("ROLLBACK TO SAVEPOINT backout_old")?;
    let described = match described {
        Ok(described) => described,
        Err(fault) => return Ok(Err(fault)),
    };
    let count = described.needs.len().max(prepared.slots.len());
    let mut first: Option<StatementFault> = None;
    let mut tried: Vec<Vec<Option<String>>> = Vec::new();
    for trial in 0..4 {
        let mut values = Vec::with_capacity(count);
        for slot in 0..count {
            let unknown = Slot {
                column: None,
                used: SlotUse::Other,
            };
            let wanted = Wanted {
                slot: prepared.slots.get(slot).unwrap_or(&unknown),
                need: described.needs.get(slot).and_then(Option::as_ref),
                tables: &prepared.tables,
                number: WRITTEN + at as u64 * 7 + slot as u64,
                seed,
                trial,
            };
            values.push(wanted.choose(database, tables, shown)?);
        }
        // a database that numbers its places takes no more than it asked for
        values.truncate(if described.needs.is_empty() {
            0
        } else {
            described.needs.len()
        });
        if tried.contains(&values) {
            continue;
        }
        tried.push(values.clone());
        match run_one(database, &prepared.text, &values)? {
            Ok(answer) => return Ok(Ok((values, answer))),
            Err(fault) => {
                first.get_or_insert(fault);
            }
        }
    }
    Ok(Err(first.unwrap_or_else(|| {
        StatementFault::new("no values were found for it")
    })))
}

/// A value that is wanted.
struct Wanted<'a> {
    slot: &'a Slot,
    need: Option<&'a DatabaseColumn>,
    tables: &'a [String],
    number: u64,
    seed: u64,
    trial: usize,
}

impl Wanted<'_> {
    /// First what the column beside it holds or takes, then what its type takes, then plain values.
    fn choose(
        &self,
        database: &mut dyn Connection,
        tables: &[DatabaseTable],
        shown: &mut HashMap<(String, String), Vec<String>>,
    ) -> Result<Option<String>, StatementFault> {
        if self.slot.used == SlotUse::Count {
            return Ok(Some("10".to_owned()));
        }
        let found = self.slot.column.as_deref().and_then(|name| {
            tables
                .iter()
                .filter(|table| self.tables.contains(&table.name.to_lowercase()))
                .find_map(|table| Some((table, table.column(name)?)))
        });
        let is_array = self.need.is_some_and(|need| need.kind == ColumnKind::Array);
        if let Some((table, column)) = found
            && self.trial < 2
        {
            let refers = table
                .refers
                .iter()
                .find(|refers| refers.columns.len() == 1 && refers.columns[0] == column.name);
            let wants_there = self.slot.used == SlotUse::Compared || refers.is_some();
            if wants_there {
                let there = show_values(database, table, column, shown)?;
                let at = self.number as usize % there.len().max(1);
                if let Some(value) = there.get(if self.trial == 0 { 0 } else { at }) {
                    return Ok(Some(if is_array && column.kind != ColumnKind::Array {
                        format!("{{\"{}\"}}", value.replace(['"', '\\'], ""))
                    } else {
                        value.clone()
                    }));
                }
            }
            if self.slot.used == SlotUse::Written {
                let of_rules = (self.trial == 0).then_some(0);
                return Ok(choose_value(
                    table,
                    column,
                    self.number,
                    self.seed,
                    of_rules,
                ));
            }
        }
        if let Some(need) = self.need {
            return Ok(if self.trial == 3 {
                None
            } else {
                make_value(need, self.number % 100 + 1, self.seed)
            });
        }
        Ok(match self.trial {
            0 | 1 => Some("1".to_owned()),
            2 => Some("a".to_owned()),
            _ => None,
        })
    }
}

/// Values that a column holds.
fn show_values<'a>(
    database: &mut dyn Connection,
    table: &DatabaseTable,
    column: &DatabaseColumn,
    shown: &'a mut HashMap<(String, String), Vec<String>>,
) -> Result<&'a [String], StatementFault> {
    let key = (table.id(), column.name.clone());
    if !shown.contains_key(&key) {
        let name = database.quote(&column.name);
        let target = database.quote_table(table);
        database.run("SAVEPOINT backout_show")?;
        let rows = database.rows(&format!(
            "SELECT DISTINCT {name} FROM {target} WHERE {name} IS NOT NULL ORDER BY 1 LIMIT 5"
        ));
        if let Err(fault) = &rows
            && fault.lost
        {
            return Err(fault.clone());
        }
        database.run("ROLLBACK TO SAVEPOINT backout_show")?;
        let values = rows.unwrap_or_default().into_iter().flatten().flatten();
        shown.insert(key.clone(), values.collect());
    }
    Ok(shown.get(&key).map(Vec::as_slice).unwrap_or_default())
}

/// Why a statement is left out, so that many can be counted together.
fn tell_reason(fault: &StatementFault) -> String {
    let lower = fault.message.to_lowercase();
    if lower.contains("syntax") || lower.starts_with("near ") || lower.contains("incomplete input")
    {
        return "it is no statement of this database".to_owned();
    }
    if fault.timed_out {
        return "it takes too long".to_owned();
    }
    let missing = ["no such table", "no such column", "no such function"];
    if let Some(found) = missing.iter().find(|word| lower.contains(**word)) {
        return (*found).to_owned();
    }
    for (word, reason) in [
        ("relation", "no such table"),
        ("column", "no such column"),
        ("function", "no such function"),
    ] {
        if lower.starts_with(word) && lower.contains("does not exist") {
            return reason.to_owned();
        }
    }
    let head = fault.message.split(['"', '\'', ':', '(']).next();
    model::shorten_text(head.unwrap_or_default().trim(), 60).into_owned()
}

/// How an answer differs, and whether columns that came to it are all.
fn compare_answers(before: &Answer, now: &Answer, rows: bool) -> Option<(String, bool)> {
    let name = |answer: &Answer| -> Vec<String> {
        answer
            .columns
            .iter()
            .map(|column| column.name.clone())
            .collect()
    };
    let (old, new) = (name(before), name(now));
    if old != new {
        let gone: Vec<&String> = old.iter().filter(|one| !new.contains(one)).collect();
        let more: Vec<&String> = new.iter().filter(|one| !old.contains(one)).collect();
        let list = |names: &[&String]| {
            let names: Vec<&str> = names.iter().take(5).map(|name| name.as_str()).collect();
            names.join(", ")
        };
        return Some(match (gone.is_empty(), more.is_empty()) {
            (true, true) => (
                "the columns of the answer stand in another order".to_owned(),
                false,
            ),
            (true, false) => {
                let same_start = new.starts_with(&old);
                let number = match more.len() {
                    1 => "one column more".to_owned(),
                    number => format!("{number} columns more"),
                };
                (
                    format!("the answer has {number}: {}", list(&more)),
                    same_start,
                )
            }
            (false, true) => (format!("the answer lacks {}", list(&gone)), false),
            (false, false) => (
                format!(
                    "the answer lacks {} and has {} instead",
                    list(&gone),
                    list(&more)
                ),
                false,
            ),
        });
    }
    let changed = before
        .columns
        .iter()
        .zip(&now.columns)
        .find(|(old, new)| old.type_name != new.type_name);
    if let Some((old, new)) = changed {
        return Some((
            format!(
                "the column {} of the answer was {} and is {}",
                old.name,
                say_type(&old.type_name),
                say_type(&new.type_name)
            ),
            false,
        ));
    }
    if !rows {
        return None;
    }
    if before.written != now.written {
        return Some((
            format!(
                "it wrote {} rows and now writes {}",
                before.written, now.written
            ),
            false,
        ));
    }
    if before.rows.len() != now.rows.len() {
        return Some((
            format!(
                "it answered {} rows and now answers {}",
                before.rows.len(),
                now.rows.len()
            ),
            false,
        ));
    }
    if before.rows != now.rows {
        let same = before
            .rows
            .iter()
            .filter(|row| now.rows.contains(row))
            .count();
        return Some((
            format!(
                "{} of {} rows of the answer hold other values",
                before.rows.len() - same,
                before.rows.len()
            ),
            false,
        ));
    }
    None
}

fn say_type(name: &str) -> &str {
    if name.is_empty() { "of no type" } else { name }
}
