//! The same cases on PostgreSQL: what it does not take of a case is left out by asking it, and steps
//! that SQLite does not have come to the range.

use std::io::Write as _;
use std::process::{Command, Stdio};

use crate::beyond::{Additions, Engine, Tables, Told, additions, hold_against};
use crate::case::{Answer, Case, Meeting, Said};
use crate::dice::Dice;
use crate::previous::{rule, value};
use crate::shape::take_apart;

/// The text as PostgreSQL has it.
fn translate(text: &str) -> String {
    let plain = text
        // no sequence: its numbers are not taken back, and two runs would give other keys
        .replace(
            "id integer PRIMARY KEY AUTOINCREMENT",
            "id integer DEFAULT 50 PRIMARY KEY",
        )
        // values of SQLite's boolean are numbers
        .replace(" boolean", " smallint")
        .replace("COLLATE NOCASE", "COLLATE \"C\"")
        .replace(" VIRTUAL", "")
        .replace(" STORED", "");
    let Some(at) = plain.find("GENERATED ALWAYS AS (") else {
        return plain;
    };
    let mut depth = 0;
    for (place, c) in plain.char_indices().skip_while(|(place, _)| *place < at) {
        match c {
            '(' => depth += 1,
            ')' if depth == 1 => {
                let (head, tail) = plain.split_at(place + 1);
                // PostgreSQL has computed columns that are stored
                return format!("{head} STORED{}", translate(tail));
            }
            ')' => depth -= 1,
            _ => {}
        }
    }
    plain
}

/// Tables of the previous schema with their columns.
pub fn tables(case: &Case) -> Tables {
    let made = case.schema.iter().filter_map(|text| {
        let name = text
            .strip_prefix("CREATE TABLE ")?
            .split(' ')
            .next()?
            .to_owned();
        let (parts, _) = take_apart(text)?;
        let columns = parts.iter().filter_map(|part| {
            let mut words = part.split([' ', '(']);
            let (name, kind) = (words.next()?, words.next()?);
            let text = kind.starts_with("text") || kind.starts_with("varchar");
            (name.chars().all(|c| c.is_lowercase() || c == '_')).then(|| (name.to_owned(), !text))
        });
        Some((name, columns.collect()))
    });
    made.collect()
}

/// A step that SQLite does not have.
fn step(dice: &mut Dice, case: &Case) -> Option<String> {
    let tables = tables(case);
    let (table, columns) = dice.find(&tables)?.clone();
    let (column, numeric) = dice.find(&columns)?.clone();
    let alter = format!("ALTER TABLE {table} ALTER COLUMN {column}");
    let add = format!("ALTER TABLE {table} ADD CONSTRAINT {table}_rule");
    Some(match dice.below(12) {
        0 => format!("{alter} SET NOT NULL"),
        1 => format!("{alter} DROP NOT NULL"),
        2 => format!("{alter} SET DEFAULT {}", value(dice, numeric)),
        3 => format!("{alter} DROP DEFAULT"),
        4 | 5 => {
            let kind = dice.pick(&[
                "bigint",
                "text",
                "varchar(5)",
                "varchar(99)",
                "numeric",
                "smallint",
            ]);
            format!("{alter} TYPE {kind}")
        }
        6 => format!("{add} CHECK ({})", rule(dice, &column, numeric)),
        7 => format!("{add} UNIQUE ({column})"),
        8 => {
            let (parent, _) = dice.pick(&tables).clone();
            let frees = dice.pick(&["", " ON DELETE CASCADE", " ON DELETE SET NULL"]);
            format!("{add} FOREIGN KEY ({column}) REFERENCES {parent} (id){frees}")
        }
        9 => format!("ALTER TABLE {table} DROP CONSTRAINT {table}_{column}_key"),
        10 => format!("ALTER TABLE {table} DROP CONSTRAINT {table}_{column}_check"),
        _ => {
            let end = dice.pick(&["fkey", "key"]);
            format!("ALTER TABLE {table} DROP CONSTRAINT {table}_{column}_{end}")
        }
    })
}

/// Runs everything in one transaction that is taken back.
fn ask(to: &str, script: &str) -> String {
    let mut child = Command::new("psql")
        .args([
            "-X",
            "-q",
            "-A",
            "-P",
            "footer=off",
            // a statement that fails must not end the transaction
            "-v",
            "ON_ERROR_ROLLBACK=on",
            to,
        ])
        .env("PGOPTIONS", "-c client_min_messages=error")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("psql");
    let script = script.to_owned();
    let mut pipe = child.stdin.take().expect("a pipe");
    // a long script fills the pipe, so the answer has to be read meanwhile
    let writer = std::thread::spawn(move || pipe.write_all(script.as_bytes()));
    let output = child.wait_with_output().expect("an answer");
    let _ = writer.join();
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Reads what was told of each old statement.
fn read(text: &str, from: &str, to: &str) -> Vec<Told> {
    let part = text.split(from).nth(1).unwrap_or_default();
    let part = part.split(to).next().unwrap_or_default();
    let told = part.split("@begin\n").skip(1).map(|one| {
        let (first, rest) = one.split_once("@status ").unwrap_or((one, ""));
        let (status, rest) = rest.split_once('\n').unwrap_or((rest, ""));
        if let Some(message) = status.strip_prefix("true") {
            return Err(message.trim().to_owned());
        }
        let answer = |text: &str| -> Answer {
            let mut lines = text
                .lines()
                .map(|line| line.split('|').map(str::to_owned).collect());
            (lines.next().unwrap_or_default(), lines.collect())
        };
        let probes = rest.split("@probe\n").map(answer);
        Ok(std::iter::once(answer(first)).chain(probes).collect())
    });
    told.collect()
}

/// A trigger of SQLite as a function and a trigger.
fn trigger(text: &str) -> Vec<String> {
    let parts = text
        .strip_prefix("CREATE TRIGGER ")
        .and_then(|rest| rest.split_once(' '))
        .and_then(|(name, rest)| Some((name, rest.split_once(" BEGIN ")?)));
    let Some((name, (when, body))) = parts else {
        return Vec::new();
    };
    let action = body.strip_suffix("; END").unwrap_or(body);
    let action = match action.split_once("SELECT RAISE(ABORT, 'refused') WHERE ") {
        Some((_, condition)) => {
            format!("IF {condition} THEN RAISE EXCEPTION 'refused'; END IF")
        }
        None => action.to_owned(),
    };
    let row = if when.contains(" DELETE ") {
        "OLD"
    } else {
        "NEW"
    };
    vec![
        format!(
            "CREATE OR REPLACE FUNCTION {name}_do() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {action}; RETURN {row}; END $$"
        ),
        format!("CREATE TRIGGER {name} {when} FOR EACH ROW EXECUTE FUNCTION {name}_do()"),
    ]
}

/// A case that PostgreSQL takes, with what was said of it and what was seen.
pub fn meet(made: &Case, dice: &mut Dice, to: &str) -> Option<(Case, Said, Meeting)> {
    let all = |list: &[String]| -> Vec<String> {
        list.iter()
            .flat_map(|text| {
                if text.starts_with("CREATE TRIGGER ") {
                    trigger(text)
                } else if let Some(name) = text.strip_prefix("DROP TRIGGER ") {
                    let table = name.split("_on_").next().unwrap_or_default();
                    vec![format!("DROP TRIGGER {name} ON {table}")]
                } else {
                    vec![translate(text)]
                }
            })
            .collect()
    };
    let tables = tables(made);
    let added: Additions = additions(dice, &tables, Engine::Postgres);
    let (schema, rows) = ([all(&made.schema), added.schema].concat(), all(&made.rows));
    let mut range: Vec<Vec<String>> = made.range.iter().map(|one| all(one)).collect();
    range.extend(added.steps);
    for _ in 0..1 + dice.below(2) {
        range.push(step(dice, made).into_iter().collect());
    }
    let old = [all(&made.old), added.old].concat();
    let asked = Case {
        old: old.clone(),
        ..Case::default()
    };
    let words = asked.words();
    let probes: Vec<String> = tables
        .into_iter()
        .filter(|(name, _)| words.contains(&name.as_str()))
        .map(|(name, columns)| {
            let named = columns.iter().map(|(name, _)| name.as_str());
            let named: Vec<&str> = named.filter(|name| words.contains(name)).collect();
            format!("SELECT {} FROM {name};\n\\echo @probe\n", named.join(", "))
        })
        .collect();
    let mut script = String::from(
        "BEGIN;\nCREATE SCHEMA backout_made;\nSET LOCAL search_path = backout_made;\n",
    );
    let lay = |texts: &[String]| -> String {
        texts
            .iter()
            .map(|text| format!("{text};\n\\echo @laid :ERROR\n"))
            .collect()
    };
    let statements: String = old
        .iter()
        .map(|text| {
            format!("SAVEPOINT old;\n\\echo @begin\n{text};\n\\echo @status :ERROR :LAST_ERROR_MESSAGE\n{}ROLLBACK TO old;\n", probes.concat())
        })
        .collect();
    script.push_str(&lay(&schema));
    script.push_str(&lay(&rows));
    script.push_str(&format!("\\echo @first\n{statements}\\echo @up\n"));
    let flat: Vec<String> = range.iter().flatten().cloned().collect();
    script.push_str(&lay(&flat));
    script.push_str(&format!(
        "\\echo @again\n{statements}\\echo @end\nROLLBACK;\n"
    ));
    let text = ask(to, &script);
    let mut laid = text.lines().filter_map(|line| line.strip_prefix("@laid "));
    let mut kept = |texts: Vec<String>| -> Vec<String> {
        texts
            .into_iter()
            .filter(|_| laid.next() == Some("false"))
            .collect()
    };
    let (schema, rows) = (kept(schema), kept(rows));
    let mut ran: Vec<Vec<String>> = range.into_iter().map(&mut kept).collect();
    ran.retain(|one| !one.is_empty());
    let (first, again) = (
        read(&text, "@first\n", "@up\n"),
        read(&text, "@again\n", "@end\n"),
    );
    let (valid, seen) = hold_against(old, first, again);
    let case = Case {
        schema,
        rows,
        range: ran,
        old: valid,
        new_rows: Vec::new(),
    };
    if case.range.is_empty() || case.old.is_empty() {
        return None;
    }
    let (said, _) = case.judge("postgresql");
    Some((case, said, Meeting::of(said, seen)))
}
