//! The same cases on MariaDB: what it does not take of a case is left out by asking it, and steps
//! that only it and MySQL have come to the range.

use crate::beyond::{Additions, Engine, Tables, Told, additions, hold_against};
use crate::case::{Case, Meeting, Said};
use crate::dice::Dice;
use crate::mariadb_server::MariaDbServer;
use crate::postgres::tables;
use crate::previous::{rule, value};

/// The text as MariaDB has it.
fn translate(text: &str) -> String {
    let mut plain = text
        // numbers of a sequence are not taken back, and two runs would give other keys
        .replace(
            "id integer PRIMARY KEY AUTOINCREMENT",
            "id integer DEFAULT 50 PRIMARY KEY",
        )
        .replace("COLLATE NOCASE", "COLLATE utf8mb4_unicode_ci")
        // a text without a length is no part of a key
        .replace(" text", " varchar(60)")
        .replace("DEFAULT VALUES", "() VALUES ()")
        .replace("INSERT OR IGNORE", "INSERT IGNORE")
        .replace("INSERT OR REPLACE", "REPLACE");
    // `||` is OR here
    while let Some(at) = plain.find(" || '-'") {
        let start = plain[..at]
            .rfind(|c: char| !c.is_alphanumeric() && c != '_')
            .map_or(0, |place| place + 1);
        let column = plain[start..at].to_owned();
        plain.replace_range(start..at + 7, &format!("concat({column}, '-')"));
    }
    if let Some((head, tail)) = plain.clone().split_once(" ON CONFLICT") {
        plain = match tail.split_once("DO UPDATE SET ") {
            Some((_, set)) => {
                let column = set.split(' ').next().unwrap_or_default();
                format!("{head} ON DUPLICATE KEY UPDATE {column} = VALUES({column})")
            }
            None => head.replacen("INSERT ", "INSERT IGNORE ", 1),
        };
    }
    if let Some(name) = plain.strip_prefix("DROP INDEX ")
        && let Some((table, _)) = name.split_once("_by_")
    {
        plain = format!("DROP INDEX {name} ON {table}");
    }
    if plain.starts_with("CREATE TRIGGER ") {
        plain = translate_trigger(&plain);
    }
    plain
}

fn translate_trigger(text: &str) -> String {
    let Some((head, body)) = text.split_once(" BEGIN ") else {
        return text.to_owned();
    };
    let action = body.strip_suffix("; END").unwrap_or(body);
    let action = match action.split_once("SELECT RAISE(ABORT, 'refused') WHERE ") {
        Some((_, condition)) => format!(
            "IF {condition} THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'refused'; END IF"
        ),
        None => action.to_owned(),
    };
    format!("{head} FOR EACH ROW BEGIN {action}; END")
}

/// A step that SQLite does not have.
fn step(dice: &mut Dice, tables: &Tables) -> Option<String> {
    let (table, columns) = dice.find(tables)?.clone();
    let (column, numeric) = dice.find(&columns)?.clone();
    let alter = format!("ALTER TABLE {table}");
    let add = format!("{alter} ADD CONSTRAINT {table}_rule");
    let kind = *dice.pick(&[
        "integer",
        "bigint",
        "smallint",
        "varchar(5)",
        "varchar(99)",
        "varchar(60)",
        "decimal(8,2)",
        "double",
        "text",
    ]);
    let end = *dice.pick(&["", "", " NOT NULL", " NOT NULL DEFAULT 1", " DEFAULT 1"]);
    let place = *dice.pick(&["", "", "", " FIRST", " AFTER id"]);
    Some(match dice.below(16) {
        0..=3 => format!("{alter} MODIFY {column} {kind}{end}{place}"),
        4 => format!("{alter} CHANGE {column} {column}_new {kind}{end}"),
        5 => format!("{alter} CHANGE {column} {column} {kind}{end}{place}"),
        6 => format!(
            "{alter} ALTER {column} SET DEFAULT {}",
            value(dice, numeric)
        ),
        7 => format!("{alter} ALTER {column} DROP DEFAULT"),
        8 => format!("{add} CHECK ({})", rule(dice, &column, numeric)),
        9 => format!("{add} UNIQUE ({column})"),
        10 => {
            let (parent, _) = dice.pick(tables).clone();
            let frees = dice.pick(&["", " ON DELETE CASCADE", " ON DELETE SET NULL"]);
            format!("{add} FOREIGN KEY ({column}) REFERENCES {parent} (id){frees}")
        }
        11 => format!("{alter} DROP INDEX {column}"),
        12 => format!("{alter} DROP CONSTRAINT {table}_{column}_check"),
        13 => format!("{alter} ADD COLUMN noted {kind}{end}{place}"),
        14 => format!("{alter} CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"),
        _ => format!("RENAME TABLE {table} TO {table}_kept"),
    })
}

/// Runs each statement with its probes, and takes it back.
fn ask(server: &mut MariaDbServer, old: &[String], probes: &[String]) -> Vec<Told> {
    let ask = |text: &String| -> Told {
        server.run("START TRANSACTION").expect("a transaction");
        let mut told = server.run(text).map(|mut tables| {
            // a statement that gives no rows answers nothing
            vec![tables.pop().unwrap_or_default()]
        });
        for probe in probes {
            let (Ok(answers), Ok(mut tables)) = (&mut told, server.run(probe)) else {
                continue;
            };
            answers.push(tables.pop().unwrap_or_default());
        }
        server.run("ROLLBACK").expect("an end");
        told
    };
    old.iter().map(ask).collect()
}

/// Statements that the server takes, each run.
fn lay(server: &mut MariaDbServer, texts: &[String]) -> Vec<String> {
    let taken = texts.iter().filter(|text| server.run(text).is_ok());
    taken.cloned().collect()
}

/// A case that MariaDB takes, with what was said of it and what was seen.
pub fn meet(
    made: &Case,
    dice: &mut Dice,
    server: &mut MariaDbServer,
) -> Option<(Case, Said, Meeting)> {
    let all =
        |list: &[String]| -> Vec<String> { list.iter().map(|text| translate(text)).collect() };
    let tables = tables(made);
    let Additions { schema, old, steps } = additions(dice, &tables, Engine::MariaDb);
    let mut case = Case {
        schema: [all(&made.schema), schema].concat(),
        rows: all(&made.rows),
        range: made.range.iter().map(|one| all(one)).collect(),
        old: [all(&made.old), old].concat(),
        new_rows: Vec::new(),
    };
    case.range.extend(steps);
    for _ in 0..1 + dice.below(2) {
        case.range.push(step(dice, &tables).into_iter().collect());
    }
    server.start_over();
    case.schema = lay(server, &case.schema);
    case.rows = lay(server, &case.rows);
    let words: Vec<String> = case.words().into_iter().map(str::to_owned).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let probes: Vec<String> = tables
        .iter()
        .filter(|(name, _)| words.contains(&name.as_str()))
        .filter_map(|(name, columns)| {
            let named = columns.iter().map(|(name, _)| name.as_str());
            let named: Vec<&str> = named.filter(|name| words.contains(name)).collect();
            (!named.is_empty()).then(|| format!("SELECT {} FROM {name}", named.join(", ")))
        })
        .collect();
    let first = ask(server, &case.old, &probes);
    for migration in &mut case.range {
        *migration = lay(server, migration);
    }
    case.range.retain(|migration| !migration.is_empty());
    let again = ask(server, &case.old, &probes);
    let (valid, seen) = hold_against(case.old, first, again);
    case.old = valid;
    if case.range.is_empty() || case.old.is_empty() {
        return None;
    }
    let (said, _) = case.judge("mysql");
    Some((case, said, Meeting::of(said, seen)))
}
