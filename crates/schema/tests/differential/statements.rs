//! Statements of the previous release.

use crate::dice::Dice;
use crate::previous::value;
use crate::shape::{ColumnShape, Shape, TableShape};

fn any<'a>(dice: &mut Dice, of: &'a TableShape) -> &'a ColumnShape {
    dice.pick(&of.columns)
}

fn filter(dice: &mut Dice, table: &TableShape, prefix: &str) -> String {
    let column = any(dice, table).clone();
    let given = value(dice, column.numeric());
    let compared = *dice.pick(&["=", "<>", "=", ">="]);
    if dice.one_in(8) {
        format!("{prefix}{} IS NOT NULL", column.name)
    } else {
        format!("{prefix}{} {compared} {given}", column.name)
    }
}

/// One statement, which may turn out not to be valid.
pub fn statement(dice: &mut Dice, shape: &Shape) -> Option<String> {
    match dice.below(20) {
        0..=7 => read(dice, shape),
        8..=13 => insert(dice, shape),
        14 | 15 => upsert(dice, shape),
        16 | 17 => update(dice, shape),
        _ => delete(dice, shape),
    }
}

fn read(dice: &mut Dice, shape: &Shape) -> Option<String> {
    let both: Vec<TableShape> = shape.tables.iter().chain(&shape.views).cloned().collect();
    let table = dice.find(&both)?.clone();
    let other = dice.find(&both)?.clone();
    let names: Vec<String> = table
        .columns
        .iter()
        .map(|column| column.name.clone())
        .collect();
    let shown = dice.some(&names, 1, 3).join(", ");
    let where_ = filter(dice, &table, "");
    let (a, b) = (
        any(dice, &table).name.clone(),
        any(dice, &other).name.clone(),
    );
    let (x, y) = (
        any(dice, &table).name.clone(),
        any(dice, &other).name.clone(),
    );
    Some(match dice.below(14) {
        0..=2 => format!("SELECT {shown} FROM {}", table.name),
        3 => format!("SELECT {shown} FROM {} WHERE {where_}", table.name),
        4 | 5 => format!("SELECT * FROM {} WHERE {where_}", table.name),
        6 => format!("SELECT * FROM {}", table.name),
        7 => format!("SELECT {a}, count(*) FROM {} GROUP BY {a}", table.name),
        8 => format!(
            "SELECT l.{a}, r.{b} FROM {} l JOIN {} r ON l.{x} = r.{y}",
            table.name, other.name
        ),
        9 => format!(
            "SELECT {a}, {b} FROM {} JOIN {} ON {}.{x} = {}.{y}",
            table.name, other.name, table.name, other.name
        ),
        10 => format!(
            "SELECT {shown} FROM {} WHERE {x} IN (SELECT {y} FROM {})",
            table.name, other.name
        ),
        11 => match dice.below(3) {
            0 => format!(
                "SELECT * FROM {} UNION SELECT * FROM {}",
                table.name, other.name
            ),
            1 => format!(
                "SELECT {shown} FROM {} NATURAL JOIN {}",
                table.name, other.name
            ),
            _ => format!(
                "SELECT {shown} FROM {} JOIN {} USING ({x})",
                table.name, other.name
            ),
        },
        12 => format!(
            "WITH part AS (SELECT * FROM {}) SELECT {shown} FROM part WHERE {where_}",
            table.name
        ),
        _ => format!(
            "SELECT {a}, (SELECT max({b}) FROM {}) FROM {}",
            other.name, table.name
        ),
    })
}

fn insert(dice: &mut Dice, shape: &Shape) -> Option<String> {
    let table = dice.find(&shape.tables)?.clone();
    let word = *dice.pick(&[
        "INSERT",
        "INSERT",
        "INSERT",
        "INSERT",
        "INSERT OR IGNORE",
        "INSERT OR REPLACE",
        "REPLACE",
    ]);
    let written: Vec<ColumnShape> = table.written().into_iter().cloned().collect();
    // some programs name no columns
    let named = !dice.one_in(4);
    let columns: Vec<ColumnShape> = if named {
        let mut kept: Vec<ColumnShape> = Vec::new();
        for column in &written {
            // without its required columns hardly any row would be taken
            if column.required || dice.below(3) > 0 {
                kept.push(column.clone());
            }
        }
        kept
    } else {
        written
    };
    if columns.is_empty() {
        return Some(format!("INSERT INTO {} DEFAULT VALUES", table.name));
    }
    let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
    let list = if named {
        format!(" ({})", names.join(", "))
    } else {
        String::new()
    };
    if dice.one_in(6) {
        let other = dice.find(&shape.tables)?.clone();
        let from: Vec<String> = columns
            .iter()
            .map(|column| {
                if column.name == "id" && column.numeric() {
                    // the keys of the other table may be there already
                    "id + 50".to_owned()
                } else {
                    any(dice, &other).name.clone()
                }
            })
            .collect();
        let from = if dice.one_in(3) {
            "*".to_owned()
        } else {
            from.join(", ")
        };
        return Some(format!(
            "{word} INTO {}{list} SELECT {from} FROM {}",
            table.name, other.name
        ));
    }
    let many = if dice.one_in(4) { 2 } else { 1 };
    let rows: Vec<String> = (0..many)
        .map(|at| {
            let values: Vec<String> = columns
                .iter()
                .map(|column| {
                    if column.name == "id" && column.numeric() && !dice.one_in(6) {
                        (30 + at).to_string()
                    } else if !column.required && dice.one_in(10) {
                        "NULL".to_owned()
                    } else {
                        value(dice, column.numeric())
                    }
                })
                .collect();
            format!("({})", values.join(", "))
        })
        .collect();
    let back = if dice.one_in(12) { " RETURNING *" } else { "" };
    Some(format!(
        "{word} INTO {}{list} VALUES {}{back}",
        table.name,
        rows.join(", ")
    ))
}

fn upsert(dice: &mut Dice, shape: &Shape) -> Option<String> {
    let table = dice.find(&shape.tables)?.clone();
    let columns: Vec<ColumnShape> = table.written().into_iter().cloned().collect();
    let names: Vec<String> = columns.iter().map(|column| column.name.clone()).collect();
    let values: Vec<String> = columns
        .iter()
        .map(|column| value(dice, column.numeric()))
        .collect();
    let target = match dice.find(&table.unique) {
        Some(columns) if !dice.one_in(5) => format!(" ({})", columns.join(", ")),
        _ => String::new(),
    };
    let set = dice.pick(&names).clone();
    let action = if target.is_empty() || dice.one_in(2) {
        "DO NOTHING".to_owned()
    } else {
        format!("DO UPDATE SET {set} = excluded.{set}")
    };
    Some(format!(
        "INSERT INTO {} ({}) VALUES ({}) ON CONFLICT{target} {action}",
        table.name,
        names.join(", "),
        values.join(", ")
    ))
}

fn update(dice: &mut Dice, shape: &Shape) -> Option<String> {
    let table = dice.find(&shape.tables)?.clone();
    let written: Vec<ColumnShape> = table.written().into_iter().cloned().collect();
    let column = dice.find(&written)?.clone();
    let new = if !column.required && dice.one_in(6) {
        "NULL".to_owned()
    } else if dice.one_in(5) {
        any(dice, &table).name.clone()
    } else {
        value(dice, column.numeric())
    };
    let where_ = if dice.one_in(3) {
        String::new()
    } else {
        format!(" WHERE {}", filter(dice, &table, ""))
    };
    Some(format!(
        "UPDATE {} SET {} = {new}{where_}",
        table.name, column.name
    ))
}

fn delete(dice: &mut Dice, shape: &Shape) -> Option<String> {
    let table = dice.find(&shape.tables)?.clone();
    Some(if dice.one_in(4) {
        let other = dice.find(&shape.tables)?.clone();
        let (x, y) = (
            any(dice, &table).name.clone(),
            any(dice, &other).name.clone(),
        );
        format!(
            "DELETE FROM {} WHERE {x} NOT IN (SELECT {y} FROM {})",
            table.name, other.name
        )
    } else {
        format!(
            "DELETE FROM {} WHERE {}",
            table.name,
            filter(dice, &table, "")
        )
    })
}
