//! Migrations: steps that are made from what the database holds at that moment.

use crate::dice::Dice;
use crate::previous::{
    clauses, column_name, expression, kind, new_index, new_table, new_trigger, rule, table_name,
    value, view_body,
};
use crate::shape::{Shape, TableShape, take_apart};

/// The statements of one step, which may turn out not to run.
pub fn step(dice: &mut Dice, shape: &Shape) -> Option<Vec<String>> {
    let one = |text: String| Some(vec![text]);
    let table = dice.find(&shape.tables).cloned();
    match dice.below(32) {
        0 | 1 => one(new_table(dice, shape)),
        2 => one(format!(
            "DROP TABLE {}{}",
            dice.pick(&["", "IF EXISTS "]),
            table?.name
        )),
        3 => one(format!(
            "ALTER TABLE {} RENAME TO {}",
            table?.name,
            table_name(dice, shape)
        )),
        4..=9 => add_column(dice, shape, &table?).map(|text| vec![text]),
        10 => {
            let table = table?;
            one(format!(
                "ALTER TABLE {} DROP COLUMN {}",
                table.name,
                dice.pick(&table.columns).name
            ))
        }
        11 => {
            let table = table?;
            let taken: Vec<&str> = table
                .columns
                .iter()
                .map(|column| column.name.as_str())
                .collect();
            one(format!(
                "ALTER TABLE {} RENAME COLUMN {} TO {}",
                table.name,
                dice.pick(&table.columns).name,
                column_name(dice, &taken)
            ))
        }
        12..=14 => new_index(dice, shape).map(|text| vec![text]),
        15 | 16 => one(format!("DROP INDEX {}", dice.find(&shape.indexes)?.name)),
        17 => one(format!(
            "CREATE VIEW {} AS {}",
            view_name(dice, shape),
            view_body(dice, shape)?
        )),
        18 => one(format!("DROP VIEW {}", dice.find(&shape.views)?.name)),
        19 | 20 => change_view(dice, shape),
        21 => new_trigger(dice, shape).map(|text| vec![text]),
        22 => one(format!("DROP TRIGGER {}", dice.find(&shape.triggers)?.name)),
        23 => change_trigger(dice, shape),
        24..=27 => rebuild(dice, shape, &table?),
        28 | 29 => rows(dice, shape, &table?),
        30 => stand_in(dice, shape, &table?),
        _ => trade(dice, &table?),
    }
}

/// A name for a view.
pub fn view_name(dice: &mut Dice, shape: &Shape) -> String {
    crate::previous::fresh_name(
        dice,
        &["open_orders", "totals", "overview", "recent"],
        &shape.names(),
    )
}

fn add_column(dice: &mut Dice, shape: &Shape, table: &TableShape) -> Option<String> {
    let taken: Vec<&str> = table
        .columns
        .iter()
        .map(|column| column.name.as_str())
        .collect();
    let name = column_name(dice, &taken);
    let (word, numeric) = kind(dice);
    let others: Vec<(String, bool)> = table
        .columns
        .iter()
        .map(|column| (column.name.clone(), column.numeric()))
        .collect();
    // SQLite adds no column that is unique
    let clauses = clauses(dice, &name, numeric, shape, &others).replace(" UNIQUE", "");
    let column = dice.pick(&["COLUMN ", "COLUMN ", ""]);
    Some(format!(
        "ALTER TABLE {} ADD {column}{name} {word}{clauses}",
        table.name
    ))
}

fn change_view(dice: &mut Dice, shape: &Shape) -> Option<Vec<String>> {
    let view = dice.find(&shape.views)?.clone();
    let (_, body) = view.sql.split_once(" AS ")?;
    let new = match dice.below(4) {
        0 => view_body(dice, shape)?,
        // one more column
        1 => {
            let table = body.split(" FROM ").nth(1)?.split(' ').next()?;
            let column = dice.pick(&shape.find(table)?.columns).name.clone();
            body.replacen("SELECT ", &format!("SELECT {column} AS more, "), 1)
        }
        // one more column behind the others
        2 => {
            let table = body.split(" FROM ").nth(1)?.split(' ').next()?;
            let column = dice.pick(&shape.find(table)?.columns).name.clone();
            body.replacen(" FROM ", &format!(", {column} AS more FROM "), 1)
        }
        // other rows
        _ => {
            let table = body.split(" FROM ").nth(1)?.split(' ').next()?;
            let column = dice.pick(&shape.find(table)?.columns).clone();
            let rule = rule(dice, &column.name, column.numeric());
            format!("{} WHERE {rule}", body.split(" WHERE ").next()?)
        }
    };
    Some(vec![
        format!("DROP VIEW {}", view.name),
        format!("CREATE VIEW {} AS {new}", view.name),
    ])
}

fn change_trigger(dice: &mut Dice, shape: &Shape) -> Option<Vec<String>> {
    let trigger = dice.find(&shape.triggers)?.clone();
    let fresh = if dice.one_in(3) {
        trigger.sql.clone()
    } else {
        let other = new_trigger(dice, shape)?;
        let (_, rest) = other.split_once("_on_")?;
        let (_, rest) = rest.split_once(' ')?;
        format!("CREATE TRIGGER {} {rest}", trigger.name)
    };
    Some(vec![format!("DROP TRIGGER {}", trigger.name), fresh])
}

/// Changes one part of the text of a table: a column, or a rule.
fn change_part(dice: &mut Dice, table: &TableShape, parts: &mut Vec<String>) -> Option<()> {
    let is_column = |part: &str| {
        let word = part.split([' ', '(']).next().unwrap_or_default();
        table.columns.iter().any(|column| column.name == word)
    };
    let places: Vec<usize> = (0..parts.len())
        .filter(|at| is_column(&parts[*at]))
        .collect();
    let at = *dice.find(&places)?;
    let name = parts[at].split(' ').next()?.to_owned();
    let column = table
        .columns
        .iter()
        .find(|column| column.name == name)?
        .clone();
    let without = |part: &str, clause: &str| part.replacen(clause, "", 1);
    match dice.below(12) {
        0 => parts[at] = without(&parts[at], " NOT NULL"),
        1 => parts[at].push_str(" NOT NULL"),
        2 => parts[at].push_str(&format!(" DEFAULT {}", value(dice, column.numeric()))),
        3 => {
            let start = parts[at].find(" DEFAULT ")?;
            let rest = &parts[at][start + 9..];
            let length = rest
                .find(" CHECK")
                .or_else(|| rest.find(" UNIQUE"))
                .unwrap_or(rest.len());
            parts[at].replace_range(start..start + 9 + length, "");
        }
        4 => parts[at].push_str(" UNIQUE"),
        5 => parts[at] = without(&parts[at], " UNIQUE"),
        6 => {
            let rule = rule(dice, &column.name, column.numeric());
            if dice.one_in(2) {
                parts[at].push_str(&format!(" CHECK ({rule})"));
            } else {
                parts.push(format!("CHECK ({rule})"));
            }
        }
        7 => {
            let gone = parts.iter().position(|part| !is_column(part))?;
            parts.remove(gone);
        }
        8 => parts[at] = without(&parts[at], " COLLATE NOCASE"),
        9 => {
            let (word, _) = kind(dice);
            let mut words: Vec<&str> = parts[at].splitn(3, ' ').collect();
            words[1] = word;
            parts[at] = words.join(" ");
        }
        10 => {
            let to = *dice.pick(&places);
            let moved = parts.remove(at);
            parts.insert(to, moved);
        }
        _ => {}
    }
    Some(())
}
/// What SQLite needs for everything that `ALTER TABLE` cannot do: a new table, its rows, and the
/// old name.
fn rebuild(dice: &mut Dice, shape: &Shape, table: &TableShape) -> Option<Vec<String>> {
    let (mut parts, end) = take_apart(&table.sql)?;
    change_part(dice, table, &mut parts)?;
    let next = format!("{}_new", table.name);
    let columns: Vec<&str> = table
        .written()
        .iter()
        .map(|column| column.name.as_str())
        .collect();
    let list = columns.join(", ");
    // some programs copy whole rows
    let copy = if dice.one_in(8) {
        format!("INSERT INTO {next} SELECT * FROM {}", table.name)
    } else {
        format!(
            "INSERT INTO {next} ({list}) SELECT {list} FROM {}",
            table.name
        )
    };
    // a view that names the table stands in the way of its new name
    let mut out: Vec<String> = shape
        .views
        .iter()
        .map(|view| format!("DROP VIEW {}", view.name))
        .collect();
    // a trigger elsewhere that names the table stands in the way of the new name
    let hanging: Vec<_> = shape
        .triggers
        .iter()
        .filter(|trigger| trigger.table != table.name && trigger.sql.contains(&table.name))
        .collect();
    out.extend(
        hanging
            .iter()
            .map(|trigger| format!("DROP TRIGGER {}", trigger.name)),
    );
    out.push(format!(
        "CREATE TABLE {next} ({}){}{end}",
        parts.join(", "),
        if end.is_empty() { "" } else { " " }
    ));
    out.push(copy);
    out.push(format!("DROP TABLE {}", table.name));
    out.push(format!("ALTER TABLE {next} RENAME TO {}", table.name));
    out.extend(shape.views.iter().map(|view| view.sql.clone()));
    out.extend(hanging.iter().map(|trigger| trigger.sql.clone()));
    // indexes and triggers go with the old table, and some are forgotten
    let lost = dice.one_in(6);
    for part in shape.indexes.iter().chain(&shape.triggers) {
        if part.table == table.name && !(lost && dice.one_in(2)) {
            out.push(part.sql.clone());
        }
    }
    Some(out)
}

fn rows(dice: &mut Dice, shape: &Shape, table: &TableShape) -> Option<Vec<String>> {
    let written = table.written();
    let column = (*dice.find(&written)?).clone();
    let filter = {
        let other = dice.pick(&table.columns).clone();
        format!("{} = {}", other.name, value(dice, other.numeric()))
    };
    let text = match dice.below(6) {
        0 => format!(
            "UPDATE {} SET {} = {} WHERE {filter}",
            table.name,
            column.name,
            value(dice, column.numeric())
        ),
        1 => format!(
            "UPDATE {0} SET {1} = {2} WHERE {1} IS NULL",
            table.name,
            column.name,
            value(dice, column.numeric())
        ),
        2 => format!("DELETE FROM {} WHERE {filter}", table.name),
        3 => {
            let list: Vec<&str> = written.iter().map(|column| column.name.as_str()).collect();
            let values: Vec<String> = written
                .iter()
                .map(|column| value(dice, column.numeric()))
                .collect();
            format!(
                "INSERT INTO {} ({}) VALUES ({})",
                table.name,
                list.join(", "),
                values.join(", ")
            )
        }
        4 => {
            let source = dice.pick(&table.columns).clone();
            let from = expression(dice, &source.name, source.numeric());
            format!("UPDATE {} SET {} = {from}", table.name, column.name)
        }
        _ => {
            let other = dice.find(&shape.tables)?;
            format!(
                "INSERT INTO {} ({}) SELECT {} FROM {}",
                table.name,
                column.name,
                dice.pick(&other.columns).name,
                other.name
            )
        }
    };
    Some(vec![text])
}

/// The table gets another name, and a view takes the old one.
fn stand_in(dice: &mut Dice, shape: &Shape, table: &TableShape) -> Option<Vec<String>> {
    let to = table_name(dice, shape);
    let list: Vec<&str> = table
        .columns
        .iter()
        .map(|column| column.name.as_str())
        .collect();
    let shown = if dice.one_in(2) {
        "*".to_owned()
    } else {
        list.join(", ")
    };
    Some(vec![
        format!("ALTER TABLE {} RENAME TO {to}", table.name),
        format!("CREATE VIEW {} AS SELECT {shown} FROM {to}", table.name),
    ])
}

/// Two columns trade their names.
fn trade(dice: &mut Dice, table: &TableShape) -> Option<Vec<String>> {
    let names: Vec<String> = table
        .columns
        .iter()
        .map(|column| column.name.clone())
        .collect();
    let two = dice.some(&names, 2, 2);
    let [a, b] = two.as_slice() else { return None };
    let rename =
        |from: &str, to: &str| format!("ALTER TABLE {} RENAME COLUMN {from} TO {to}", table.name);
    Some(vec![
        rename(a, "between"),
        rename(b, a),
        rename("between", b),
    ])
}
