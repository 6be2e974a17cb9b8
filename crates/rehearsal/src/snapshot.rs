//! What stood in a database at one moment, and what a later moment lacks of it.

use std::collections::BTreeMap;

use crate::catalogue::{DatabaseTable, SchemaObjects};
use crate::connection::Connection;
use crate::fault::StatementFault;
use crate::report::{SchemaDifference, TableLoss};

/// Most rows of one table that are kept.
const ROWS: usize = 1000;

/// Longest value that is kept as it is; a longer one is kept as its digest.
const VALUE: usize = 200;

/// Most differences that are named.
const NAMED: usize = 200;

/// Rows of one table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptTable {
    columns: Vec<String>,
    key: Vec<usize>,
    /// How many there are.
    count: u64,
    rows: Vec<Vec<Option<String>>>,
}

impl KeptTable {
    fn names_of_key(&self) -> impl Iterator<Item = &String> {
        self.key.iter().filter_map(|at| self.columns.get(*at))
    }
}

/// Some values of a row.
fn cut_row(row: &[Option<String>], at: &[usize]) -> Vec<Option<String>> {
    at.iter()
        .map(|at| row.get(*at).cloned().flatten())
        .collect()
}

/// Schema and rows of one moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DatabaseSnapshot {
    /// The schema.
    pub objects: SchemaObjects,
    /// Rows by table.
    pub tables: BTreeMap<String, KeptTable>,
}

impl DatabaseSnapshot {
    /// Reads it.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub fn read(database: &mut dyn Connection) -> Result<Self, StatementFault> {
        let objects = database.objects()?;
        let mut tables = BTreeMap::new();
        for table in database.tables()? {
            if let Some(kept) = read_table(database, &table)? {
                tables.insert(table.id(), kept);
            }
        }
        Ok(Self { objects, tables })
    }

    /// Rows in all tables.
    pub fn count_rows(&self) -> u64 {
        self.tables.values().map(|table| table.count).sum()
    }

    /// Only the rows that an earlier moment did not have.
    pub fn without(&self, earlier: &Self) -> Self {
        let mut out = self.clone();
        for (name, table) in &mut out.tables {
            let Some(before) = earlier.tables.get(name) else {
                continue;
            };
            let same_key = !table.key.is_empty()
                && before
                    .names_of_key()
                    .eq(table.names_of_key().collect::<Vec<_>>());
            if !same_key {
                table.rows.clear();
                continue;
            }
            let keys: std::collections::BTreeSet<_> = before
                .rows
                .iter()
                .map(|row| cut_row(row, &before.key))
                .collect();
            let key = table.key.clone();
            table.rows.retain(|row| !keys.contains(&cut_row(row, &key)));
            table.count = table.rows.len() as u64;
        }
        out
    }

    /// What a later schema has otherwise.
    pub fn compare_schema(&self, later: &Self) -> SchemaDifference {
        let mut out = SchemaDifference::default();
        for (name, definition) in &self.objects {
            match later.objects.get(name) {
                None => out.missing.push(name.clone()),
                Some(now) if now != definition => out.other.push(if definition.is_empty() {
                    name.clone()
                } else {
                    let (was, is) = show_difference(definition, now);
                    format!("{name} was {was} and is {is}")
                }),
                Some(_) => {}
            }
        }
        let more = later
            .objects
            .keys()
            .filter(|name| !self.objects.contains_key(*name));
        out.more.extend(more.cloned());
        // what belongs to a table that is gone goes without saying
        let gone: Vec<String> = out
            .missing
            .iter()
            .filter_map(|name| name.strip_prefix("table ").map(str::to_owned))
            .collect();
        out.missing.retain(|name| !is_part_of(name, &gone));
        let new: Vec<String> = out
            .more
            .iter()
            .filter_map(|name| name.strip_prefix("table ").map(str::to_owned))
            .collect();
        out.more.retain(|name| !is_part_of(name, &new));
        for list in [&mut out.missing, &mut out.other, &mut out.more] {
            list.truncate(NAMED);
        }
        out
    }

    /// Rows and values that a later moment no longer has.
    pub fn compare_rows(&self, later: &Self) -> Vec<TableLoss> {
        let mut out = Vec::new();
        for (name, before) in &self.tables {
            if before.rows.is_empty() {
                continue;
            }
            let loss = match later.tables.get(name) {
                None => TableLoss {
                    table: name.clone(),
                    rows: before.count,
                    of: before.count,
                    values: Vec::new(),
                },
                Some(now) => compare_tables(name, before, now),
            };
            if loss.rows > 0 || !loss.values.is_empty() {
                out.push(loss);
            }
        }
        out
    }
}

/// Two texts, cut to the place where they part.
fn show_difference(before: &str, now: &str) -> (String, String) {
    /// What stands before the place, in characters.
    const BEFORE: usize = 30;
    let same = before
        .chars()
        .zip(now.chars())
        .take_while(|(a, b)| a == b)
        .count();
    let from = same.saturating_sub(BEFORE);
    let cut = |text: &str| {
        let rest: String = text.chars().skip(from).collect();
        let rest = model::shorten_text(&rest, 120);
        if from > 0 && text.chars().count() > 120 {
            format!("…{rest}")
        } else {
            model::shorten_text(text, 120).into_owned()
        }
    };
    (cut(before), cut(now))
}

/// `column orders.note` where the table `orders` is among the names.
fn is_part_of(object: &str, tables: &[String]) -> bool {
    tables.iter().any(|table| {
        let Some(rest) = object.strip_prefix("column ") else {
            return object.contains(&format!(" of {table}"))
                && object
                    .split_once(&format!(" of {table}"))
                    .is_some_and(|(_, rest)| rest.is_empty() || rest.starts_with(':'));
        };
        rest.strip_prefix(table.as_str())
            .is_some_and(|rest| rest.starts_with('.'))
    })
}

fn read_table(
    database: &mut dyn Connection,
    table: &DatabaseTable,
) -> Result<Option<KeptTable>, StatementFault> {
    let columns: Vec<String> = table.columns.iter().map(|one| one.name.clone()).collect();
    if columns.is_empty() {
        return Ok(None);
    }
    let quoted: Vec<String> = columns.iter().map(|name| database.quote(name)).collect();
    let key: Vec<usize> = table
        .key
        .iter()
        .filter_map(|name| columns.iter().position(|column| column == name))
        .collect();
    let order: Vec<&str> = key.iter().map(|at| quoted[*at].as_str()).collect();
    let order = if order.is_empty() {
        String::new()
    } else {
        format!(" ORDER BY {}", order.join(", "))
    };
    let target = database.quote_table(table);
    let text = format!(
        "SELECT {} FROM {target}{order} LIMIT {ROWS}",
        quoted.join(", ")
    );
    let rows = match database.rows(&text) {
        Ok(rows) => rows,
        Err(fault) if fault.lost => return Err(fault),
        // a table that may not be read is no part of what is compared
        Err(_) => return Ok(None),
    };
    let count = if rows.len() < ROWS {
        rows.len() as u64
    } else {
        let counted = database.rows(&format!("SELECT count(*) FROM {target}"))?;
        let first = counted.into_iter().flatten().flatten().next();
        first
            .and_then(|text| text.parse().ok())
            .unwrap_or(ROWS as u64)
    };
    let rows = rows
        .into_iter()
        .map(|row| row.into_iter().map(|value| value.map(keep_value)).collect())
        .collect();
    Ok(Some(KeptTable {
        columns,
        key,
        count,
        rows,
    }))
}

fn keep_value(value: String) -> String {
    use sha2::Digest;
    if value.len() <= VALUE {
        return value;
    }
    let digest = sha2::Sha256::digest(value.as_bytes());
    let hex: String = digest
        .iter()
        .take(16)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("sha256:{hex}")
}

fn compare_tables(name: &str, before: &KeptTable, now: &KeptTable) -> TableLoss {
    let place: Vec<Option<usize>> = before
        .columns
        .iter()
        .map(|column| now.columns.iter().position(|other| other == column))
        .collect();
    let mut loss = TableLoss {
        table: name.to_owned(),
        rows: 0,
        of: before.count,
        values: Vec::new(),
    };
    // a table without a key, or with another one, is compared by whole rows
    let by_key = !before.key.is_empty() && before.key.iter().all(|at| place[*at].is_some());
    if !by_key {
        compare_whole_rows(before, now, &place, &mut loss);
    } else {
        let now_key: Vec<usize> = before.key.iter().filter_map(|at| place[*at]).collect();
        let held: BTreeMap<Vec<Option<String>>, &Vec<Option<String>>> = now
            .rows
            .iter()
            .map(|row| (cut_row(row, &now_key), row))
            .collect();
        let mut other: BTreeMap<usize, u64> = BTreeMap::new();
        for row in &before.rows {
            let Some(there) = held.get(&cut_row(row, &before.key)) else {
                loss.rows += 1;
                continue;
            };
            for (at, value) in row.iter().enumerate() {
                let same = place[at]
                    .and_then(|at| there.get(at))
                    .is_some_and(|now| same_value(value.as_deref(), now.as_deref()));
                // an empty value is not lost with its column
                if !(same || place[at].is_none() && value.is_none()) {
                    *other.entry(at).or_default() += 1;
                }
            }
        }
        loss.values = other
            .into_iter()
            .filter_map(|(at, count)| Some((before.columns.get(at)?.clone(), count)))
            .collect();
    }
    loss
}

/// Rows without a key in common: those that stand there as they were, in the columns that both
/// have, are found again. Of the others as many are gone as there are fewer rows now; the rest have
/// other values.
fn compare_whole_rows(
    before: &KeptTable,
    now: &KeptTable,
    place: &[Option<usize>],
    loss: &mut TableLoss,
) {
    let kept: Vec<(usize, usize)> = place
        .iter()
        .enumerate()
        .filter_map(|(at, there)| Some((at, (*there)?)))
        .collect();
    let cut = |row: &[Option<String>], own: bool| -> Vec<Option<String>> {
        kept.iter()
            .map(|(at, there)| {
                let value = row.get(if own { *at } else { *there }).cloned().flatten();
                value.map(|value| take_coat_off(&value).to_owned())
            })
            .collect()
    };
    let mut held: BTreeMap<Vec<Option<String>>, usize> = BTreeMap::new();
    for row in &now.rows {
        *held.entry(cut(row, false)).or_default() += 1;
    }
    let mut missing = Vec::new();
    for row in &before.rows {
        let row = cut(row, true);
        match held.get_mut(&row).filter(|left| **left > 0) {
            Some(left) => *left -= 1,
            None => missing.push(row),
        }
    }
    // a list that was cut off says nothing about how many rows there are
    let fewer = usize::try_from(before.count.saturating_sub(now.count)).unwrap_or(usize::MAX);
    loss.rows = missing.len().min(fewer) as u64;
    if missing.len() <= fewer {
        return;
    }
    for (inside, (at, _)) in kept.iter().enumerate() {
        let mut there: BTreeMap<&Option<String>, usize> = BTreeMap::new();
        for (row, count) in &held {
            if let Some(value) = row.get(inside) {
                *there.entry(value).or_default() += count;
            }
        }
        let mut other = 0;
        for value in missing.iter().filter_map(|row| row.get(inside)) {
            match there.get_mut(value).filter(|left| **left > 0) {
                Some(left) => *left -= 1,
                None => other += 1,
            }
        }
        // of rows that are gone the values need not be told again
        let other = u64::try_from(other).unwrap_or(u64::MAX);
        let other = other.saturating_sub(loss.rows);
        if other > 0
            && let Some(name) = before.columns.get(*at)
        {
            loss.values.push((name.clone(), other));
        }
    }
    for (at, name) in before.columns.iter().enumerate() {
        let gone = place.get(at).is_some_and(Option::is_none);
        let values = before
            .rows
            .iter()
            .filter(|row| row.get(at).is_some_and(Option::is_some));
        let values = values.count() as u64;
        if gone && values > loss.rows {
            loss.values.push((name.clone(), values - loss.rows));
        }
    }
}

/// A moment with the offset of UTC is the moment that stood there without one: sessions of a
/// rehearsal are in UTC.
fn take_coat_off(value: &str) -> &str {
    let moment = value.strip_suffix("+00").unwrap_or(value);
    let digits = moment.bytes().take(4).all(|byte| byte.is_ascii_digit());
    // `2026-01-02 03:04:05`, and nothing shorter
    let is_moment = digits && moment.len() >= 19 && moment.as_bytes().get(10) == Some(&b' ');
    if is_moment { moment } else { value }
}

/// `1` and `1.0`, `t` and `1`: a value may come back in another coat.
fn same_value(before: Option<&str>, now: Option<&str>) -> bool {
    let (Some(before), Some(now)) = (before, now) else {
        return before == now;
    };
    let (before, now) = (take_coat_off(before), take_coat_off(now));
    before == now
        || matches!(
            (before.parse::<f64>(), now.parse::<f64>()),
            (Ok(a), Ok(b)) if a == b
        )
}
