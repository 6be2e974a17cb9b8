//! What servers have beyond SQLite: enumerations and routines. Parts of a case that are laid beside
//! what SQLite took of it.

use crate::case::{Answer, Case, Seen, same};
use crate::dice::Dice;
use crate::previous::value;

/// Tables with their columns, and whether a column holds numbers.
pub type Tables = Vec<(String, Vec<(String, bool)>)>;

/// The server for which texts are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    Postgres,
    MariaDb,
}

/// What became of one statement: its answers, or the message.
pub type Told = Result<Vec<Answer>, String>;

/// Statements that ran on the old schema, and the first of them that does not do so on the new one.
pub fn hold_against(old: Vec<String>, first: Vec<Told>, again: Vec<Told>) -> (Vec<String>, Seen) {
    let ran: Vec<(String, Vec<Answer>, Told)> = old
        .into_iter()
        .zip(first)
        .zip(again)
        .filter_map(|((text, first), again)| Some((text, first.ok()?, again)))
        .collect();
    let valid: Vec<String> = ran.iter().map(|(text, ..)| text.clone()).collect();
    // the judge sees these alone, so only their words count
    let program = Case {
        old: valid.clone(),
        ..Case::default()
    };
    let words = program.words();
    let seen = ran.into_iter().find_map(|(statement, first, again)| {
        // a probe may ask for a column that only a statement names which did not run
        let asked = |names: &[String]| names.iter().all(|name| words.contains(&name.as_str()));
        let same = |again: &[Answer]| {
            let (mut before, mut after) = (plain(&first), plain(again));
            for at in (1..before.len().min(after.len())).rev() {
                if after[at].0.iter().all(String::is_empty) && !asked(&before[at].0) {
                    before.remove(at);
                    after.remove(at);
                }
            }
            same(&before, &after, &words)
        };
        match again {
            Err(error) => Some(Seen::Fails { statement, error }),
            Ok(again) if !same(&again) => Some(Seen::Other { statement }),
            Ok(_) => None,
        }
    });
    (valid, seen.unwrap_or(Seen::Works))
}

/// A number may stand there with other zeros behind its point.
fn plain(answers: &[Answer]) -> Vec<Answer> {
    let value = |text: &String| match text.trim_matches('\'').parse::<f64>() {
        Ok(number) => number.to_string(),
        Err(_) => text.clone(),
    };
    answers
        .iter()
        .map(|(names, rows)| {
            let rows = rows.iter().map(|row| row.iter().map(value).collect());
            (names.clone(), rows.collect())
        })
        .collect()
}

/// Additions to a case.
#[derive(Debug, Clone, Default)]
pub struct Additions {
    /// For the schema of previous.
    pub schema: Vec<String>,
    /// Statements of previous.
    pub old: Vec<String>,
    /// Steps of the range, of which some are taken.
    pub steps: Vec<Vec<String>>,
}

/// A case in three has an enumeration, and one in three a routine.
pub fn additions(dice: &mut Dice, tables: &Tables, engine: Engine) -> Additions {
    let mut out = Additions::default();
    let Some((table, columns)) = dice.find(tables).cloned() else {
        return out;
    };
    if dice.one_in(3) {
        enumeration(dice, &table, engine, &mut out);
    }
    if dice.one_in(3) {
        function(dice, &table, &columns, engine, &mut out);
    }
    if dice.one_in(4) {
        procedure(dice, &table, engine, &mut out);
    }
    let most = out.steps.len();
    let taken = dice.below(3).min(most);
    out.steps = dice.some(&out.steps, taken, taken);
    out
}

fn enumeration(dice: &mut Dice, table: &str, engine: Engine, out: &mut Additions) {
    let required = if dice.one_in(2) {
        " NOT NULL DEFAULT 'low'"
    } else {
        ""
    };
    let alter = format!("ALTER TABLE {table}");
    match engine {
        Engine::MariaDb => {
            let column = |members: &str| format!("mood enum({members}){required}");
            out.schema
                .push(format!("{alter} ADD {}", column("'low', 'high'")));
            for members in [
                "'low', 'high', 'top'",
                "'low', 'mid', 'high'",
                "'high', 'low'",
                "'low'",
                "'Low', 'high'",
            ] {
                out.steps
                    .push(vec![format!("{alter} MODIFY {}", column(members))]);
            }
            out.steps
                .push(vec![format!("{alter} MODIFY mood varchar(20){required}")]);
        }
        Engine::Postgres => {
            out.schema
                .push("CREATE TYPE feeling AS ENUM ('low', 'high')".to_owned());
            out.schema
                .push(format!("{alter} ADD COLUMN mood feeling{required}"));
            for step in [
                "ALTER TYPE feeling ADD VALUE 'top'",
                "ALTER TYPE feeling ADD VALUE 'least' BEFORE 'low'",
                "ALTER TYPE feeling RENAME VALUE 'high' TO 'tall'",
                "ALTER TYPE feeling RENAME TO sense",
            ] {
                out.steps.push(vec![step.to_owned()]);
            }
            out.steps.push(vec![format!(
                "{alter} ALTER COLUMN mood TYPE text USING mood::text"
            )]);
        }
    }
    out.steps.push(vec![format!("{alter} DROP COLUMN mood")]);
    out.old.extend([
        format!("SELECT id, mood FROM {table} WHERE mood = 'high'"),
        format!("UPDATE {table} SET mood = 'high' WHERE id = 1"),
    ]);
    if dice.one_in(2) {
        out.old
            .push(format!("SELECT id FROM {table} WHERE mood > 'low'"));
    }
}

fn function(
    dice: &mut Dice,
    table: &str,
    columns: &[(String, bool)],
    engine: Engine,
    out: &mut Additions,
) {
    let text = |name: &str, values: &str, body: &str| match engine {
        Engine::Postgres => format!(
            "CREATE FUNCTION {name}({values}) RETURNS integer LANGUAGE sql AS $$ SELECT {body} $$"
        ),
        Engine::MariaDb => {
            format!("CREATE FUNCTION {name}({values}) RETURNS integer DETERMINISTIC RETURN {body}")
        }
    };
    let column = columns.iter().find(|(_, numeric)| *numeric);
    let column = column.map_or("id", |(name, _)| name.as_str());
    // a body over the same tables counts as a rewrite (a policy of `tests/observed`), so it gives
    // the same here
    let (body, again) = *dice.pick(&[("n * 2", "n + n"), ("coalesce(n, 0)", "coalesce(n, 0 * 2)")]);
    out.schema.push(text("weigh", "n integer", body));
    out.old.push(format!("SELECT weigh(3) FROM {table}"));
    out.old.push(format!(
        "SELECT id, weigh({column}) AS weighed FROM {table}"
    ));
    let drop = match engine {
        Engine::Postgres => "DROP FUNCTION weigh(integer)",
        Engine::MariaDb => "DROP FUNCTION weigh",
    };
    let both = |text: String| vec![drop.to_owned(), text];
    out.steps.push(vec![drop.to_owned()]);
    out.steps.push(both(text("weigh", "n integer", again)));
    out.steps.push(both(text("weigh", "n integer", body)));
    out.steps
        .push(both(text("weigh", "n integer, m integer", "n * m")));
    out.steps.push(vec![text("heave", "n integer", "n + 1")]);
    match engine {
        Engine::Postgres => {
            let again = text("weigh", "n integer", again);
            out.steps
                .push(vec![again.replacen("CREATE ", "CREATE OR REPLACE ", 1)]);
            out.steps.push(vec![
                "ALTER FUNCTION weigh(integer) RENAME TO weighs".to_owned(),
            ]);
            out.steps
                .push(vec![text("weigh", "n integer, m integer", "n * m")]);
        }
        Engine::MariaDb => {
            let again = text("weigh", "n integer", again);
            out.steps
                .push(vec![again.replacen("CREATE ", "CREATE OR REPLACE ", 1)]);
        }
    }
}

fn procedure(dice: &mut Dice, table: &str, engine: Engine, out: &mut Additions) {
    let text = |name: &str, body: &str| match engine {
        Engine::Postgres => {
            format!("CREATE PROCEDURE {name}(n integer) LANGUAGE sql AS $$ {body} $$")
        }
        Engine::MariaDb => format!("CREATE PROCEDURE {name}(n integer) {body}"),
    };
    let given = value(dice, true);
    let insert = format!("DELETE FROM {table} WHERE id = n");
    out.schema.push(text("tidy", &insert));
    out.old.push(format!("CALL tidy({given})"));
    out.steps.push(vec!["DROP PROCEDURE tidy".to_owned()]);
    out.steps.push(vec![
        "DROP PROCEDURE tidy".to_owned(),
        text("tidy", &format!("DELETE FROM {table} WHERE n = id")),
    ]);
    out.steps.push(vec![text("sweep", &insert)]);
}
