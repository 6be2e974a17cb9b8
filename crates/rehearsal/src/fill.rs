//! Rows for every table, made from the schema as it stands: parents before children, every key and
//! reference kept, conditions met as well as their texts tell.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalogue::{DatabaseColumn, DatabaseTable, ForeignKey};
use crate::connection::{Connection, TextRow};
use crate::fault::StatementFault;
use crate::report::{FilledTables, UnfilledTable};
use crate::values::{list_values_of_rules, make_value};

/// Ways in which a row is tried before a table is left empty.
const TRIES: usize = 24;

/// Most tables that are filled.
const TABLES: usize = 2000;

/// How rows are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RowWish {
    /// Rows a table.
    pub rows: u64,
    /// Tells the rows of one run from those of another.
    pub seed: u64,
    /// The number of the first row: rows of two rounds must not meet.
    pub from: u64,
    /// The last row of a table leaves empty what may be empty.
    pub with_empty: bool,
}

/// Tables in the order in which rows can be written: whoever is referred to comes first.
pub fn arrange_tables(tables: &[DatabaseTable]) -> Vec<&DatabaseTable> {
    let ids: BTreeSet<String> = tables.iter().map(DatabaseTable::id).collect();
    let mut left: Vec<&DatabaseTable> = tables.iter().collect();
    let mut done: BTreeSet<String> = BTreeSet::new();
    let mut out = Vec::new();
    while !left.is_empty() {
        let waits = |table: &DatabaseTable, must: bool| {
            table.refers.iter().any(|refers| {
                refers.table != table.id()
                    && ids.contains(&refers.table)
                    && !done.contains(&refers.table)
                    && (!must || !may_be_empty(table, refers))
            })
        };
        // a circle is opened where a reference may be empty, else anywhere
        let at = left
            .iter()
            .position(|table| !waits(table, false))
            .or_else(|| left.iter().position(|table| !waits(table, true)))
            .unwrap_or(0);
        let table = left.remove(at);
        done.insert(table.id());
        out.push(table);
    }
    out
}

fn may_be_empty(table: &DatabaseTable, refers: &ForeignKey) -> bool {
    refers
        .columns
        .iter()
        .any(|name| table.column(name).is_some_and(|column| column.nullable))
}

/// Writes rows into every table.
///
/// # Errors
/// Only where the connection is lost: a table that takes no row is reported.
pub fn fill_tables(
    database: &mut dyn Connection,
    wish: RowWish,
    left_alone: &[String],
) -> Result<FilledTables, StatementFault> {
    let mut tables = database.tables()?;
    tables.retain(|table| !left_alone.contains(&table.name));
    let mut out = FilledTables::default();
    let mut parents: BTreeMap<(String, Vec<String>), Vec<TextRow>> = BTreeMap::new();
    for table in arrange_tables(&tables).into_iter().take(TABLES) {
        if wish.rows == 0 {
            break;
        }
        let mut written = 0;
        let mut refused: Option<String> = None;
        for row in 0..wish.rows {
            match write_row(database, table, wish, row, &mut parents) {
                Ok(()) => written += 1,
                Err(fault) if fault.lost => return Err(fault),
                Err(fault) => {
                    refused = Some(fault.message);
                    break;
                }
            }
        }
        out.rows += written;
        // a trigger may have filled it beforehand
        if written == 0 && refused.is_some() {
            let target = database.quote_table(table);
            let there = database.rows(&format!("SELECT 1 FROM {target} LIMIT 1"))?;
            if !there.is_empty() {
                refused = None;
                out.tables += 1;
            }
        }
        if written > 0 {
            out.tables += 1;
        } else if let Some(why) = refused {
            out.empty.push(UnfilledTable {
                table: table.id(),
                why,
            });
        }
        parents.retain(|(parent, _), _| *parent != table.id());
    }
    Ok(out)
}

/// What a row of one try holds beside what references give.
#[derive(Clone, Copy)]
struct Trial {
    /// Leave out what may be empty.
    sparse: bool,
    /// Leave out what the database fills in.
    defaults: bool,
    /// The place among values that conditions name, where there are any.
    of_rules: Option<usize>,
}

fn list_trials(sparse_first: bool) -> impl Iterator<Item = Trial> {
    let first = Trial {
        sparse: sparse_first,
        defaults: sparse_first,
        of_rules: Some(0),
    };
    let plain = [
        first,
        Trial {
            of_rules: None,
            ..first
        },
        Trial {
            sparse: false,
            defaults: true,
            of_rules: Some(0),
        },
        Trial {
            sparse: true,
            defaults: true,
            of_rules: Some(0),
        },
        Trial {
            sparse: true,
            defaults: true,
            of_rules: None,
        },
    ];
    let more = (1..TRIES).map(move |at| Trial {
        sparse: at % 2 == 0,
        defaults: true,
        of_rules: Some(at),
    });
    plain.into_iter().chain(more).take(TRIES)
}

fn write_row(
    database: &mut dyn Connection,
    table: &DatabaseTable,
    wish: RowWish,
    row: u64,
    parents: &mut BTreeMap<(String, Vec<String>), Vec<TextRow>>,
) -> Result<(), StatementFault> {
    let number = wish.from + row + 1;
    let referred = match choose_parents(database, table, row, wish, parents)? {
        Ok(referred) => referred,
        Err(parent) => {
            return Err(StatementFault::new(format!(
                "{parent}, which it refers to, has no row"
            )));
        }
    };
    let sparse = wish.with_empty && wish.rows > 1 && row + 1 == wish.rows;
    let mut first: Option<StatementFault> = None;
    let mut tried = BTreeSet::new();
    for trial in list_trials(sparse) {
        let text = write_insert(database, table, &referred, number, wish.seed, trial);
        if !tried.insert(text.clone()) {
            continue;
        }
        database.run("SAVEPOINT backout_row")?;
        match database.run(&text) {
            Ok(()) => return database.run("RELEASE SAVEPOINT backout_row"),
            Err(fault) if fault.lost => return Err(fault),
            Err(fault) => {
                database.run("ROLLBACK TO SAVEPOINT backout_row")?;
                database.run("RELEASE SAVEPOINT backout_row")?;
                first.get_or_insert(fault);
            }
        }
    }
    Err(first.unwrap_or_else(|| StatementFault::new("no row could be made")))
}

/// Values that references give, by column; the name of the table that has no row for one that must
/// have.
type Referred = Result<BTreeMap<String, Option<String>>, String>;

fn choose_parents(
    database: &mut dyn Connection,
    table: &DatabaseTable,
    row: u64,
    wish: RowWish,
    parents: &mut BTreeMap<(String, Vec<String>), Vec<TextRow>>,
) -> Result<Referred, StatementFault> {
    let mut out: BTreeMap<String, Option<String>> = BTreeMap::new();
    let mut refers: Vec<&ForeignKey> = table.refers.iter().collect();
    // the widest first: what it gives, narrower ones must agree with
    refers.sort_by_key(|refers| std::cmp::Reverse(refers.columns.len()));
    for refers in refers {
        let key = (refers.table.clone(), refers.references.clone());
        if !parents.contains_key(&key) {
            let rows = read_parents(database, refers, wish)?;
            parents.insert(key.clone(), rows);
        }
        let rows = parents.get(&key).map(Vec::as_slice).unwrap_or_default();
        let agrees = |parent: &&TextRow| {
            refers
                .columns
                .iter()
                .zip(parent.iter())
                .all(|(name, value)| {
                    out.get(&name.to_lowercase())
                        .is_none_or(|known| known == value)
                })
        };
        let fitting: Vec<&TextRow> = rows.iter().filter(agrees).collect();
        if fitting.is_empty() {
            if refers.table != table.id() && !may_be_empty(table, refers) {
                return Ok(Err(refers.table.clone()));
            }
            for name in &refers.columns {
                if table.column(name).is_some_and(|column| column.nullable) {
                    out.insert(name.to_lowercase(), None);
                }
            }
            continue;
        }
        let chosen = fitting[(row as usize) % fitting.len()];
        for (name, value) in refers.columns.iter().zip(chosen) {
            out.insert(name.to_lowercase(), value.clone());
        }
    }
    Ok(Ok(out))
}

/// Keys of rows that are there, the newest rows first in a later round.
fn read_parents(
    database: &mut dyn Connection,
    refers: &ForeignKey,
    wish: RowWish,
) -> Result<Vec<TextRow>, StatementFault> {
    let names: Vec<String> = refers
        .references
        .iter()
        .map(|name| database.quote(name))
        .collect();
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let table = match refers.table.split_once('.') {
        Some((schema, name)) => format!("{}.{}", database.quote(schema), database.quote(name)),
        None => database.quote(&refers.table),
    };
    let (columns, first) = (names.join(", "), &names[0]);
    let read = database.rows(&format!(
        "SELECT {columns} FROM {table} WHERE {first} IS NOT NULL LIMIT 200"
    ));
    match read {
        Ok(mut rows) => {
            if wish.from > 0 {
                rows.reverse();
            }
            Ok(rows)
        }
        Err(fault) if fault.lost => Err(fault),
        Err(_) => Ok(Vec::new()),
    }
}

fn write_insert(
    database: &dyn Connection,
    table: &DatabaseTable,
    referred: &BTreeMap<String, Option<String>>,
    number: u64,
    seed: u64,
    trial: Trial,
) -> String {
    let (mut names, mut values) = (Vec::new(), Vec::new());
    for column in &table.columns {
        if column.computed || column.numbered {
            continue;
        }
        let value = match referred.get(&column.name.to_lowercase()) {
            Some(value) => value.clone(),
            None if trial.sparse && column.nullable => continue,
            None if trial.defaults && column.has_default => continue,
            None => choose_value(table, column, number, seed, trial.of_rules),
        };
        names.push(database.quote(&column.name));
        values.push(value.map_or_else(|| "NULL".to_owned(), |value| database.literal(&value)));
    }
    let target = database.quote_table(table);
    if names.is_empty() {
        return match database.kind() {
            crate::address::EngineKind::MySql => format!("INSERT INTO {target} () VALUES ()"),
            _ => format!("INSERT INTO {target} DEFAULT VALUES"),
        };
    }
    format!(
        "INSERT INTO {target} ({}) VALUES ({})",
        names.join(", "),
        values.join(", ")
    )
}

/// A value that the conditions name, else one by type. The column of a key alone keeps its own.
pub fn choose_value(
    table: &DatabaseTable,
    column: &DatabaseColumn,
    number: u64,
    seed: u64,
    of_rules: Option<usize>,
) -> Option<String> {
    if let Some(at) = of_rules {
        let named = list_values_of_rules(table, column);
        let turn = usize::try_from(number).unwrap_or_default();
        if !named.is_empty() {
            return named.get((at + turn) % named.len()).cloned();
        }
    }
    make_value(column, number, seed)
}
