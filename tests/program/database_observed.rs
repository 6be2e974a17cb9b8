//! What databases really do, against what `check::database` says of it. `tests/observed/*.txt` is a
//! table of operation, old statement and result: each row is run, on SQLite always, on PostgreSQL
//! and MariaDB where there is one. A row lays the schema of the previous release, runs the old
//! statement on it, applies the migration, and runs the old statement again.
//!
//! PostgreSQL is taken from `BACKOUT_POSTGRES`, a connection string for `psql`; where it is set,
//! the server must answer; MariaDB from `BACKOUT_MARIADB`, an address as the rehearsal takes it.
//! `.ci/run` starts both. Without them their rows are skipped, with a message.

use std::fmt::Write as _;
use std::io::Write as _;
use std::process::{Command, Stdio};

use backout::check::{DatabaseOutcome, ReleaseRange, database};
use backout::model::{Config, MemorySnapshot, RollbackEffect};

use crate::mariadb_server::MariaDbServer;

/// What became of an old statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Observed {
    /// It gives what it gave.
    Works,
    /// The database refuses it.
    Fails,
    /// No error, and other rows than before.
    Other,
}

impl Observed {
    fn from_word(word: &str) -> Option<Self> {
        Some(match word {
            "works" => Self::Works,
            "fails" => Self::Fails,
            "other" => Self::Other,
            _ => return None,
        })
    }
}

/// A row of the table.
#[derive(Debug, Default, Clone)]
struct Row {
    title: String,
    before: String,
    up: String,
    old: String,
    /// Shows what the old statement left, for writes.
    probe: String,
    sqlite: Option<Observed>,
    postgresql: Option<Observed>,
    mariadb: Option<Observed>,
    /// Why other rows are called safe, where a policy says so.
    policy: String,
}

fn rows() -> Vec<Row> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/observed");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .expect("the table")
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .collect();
    files.sort();
    let mut out: Vec<Row> = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(&file).expect("a part of the table");
        let mut last = "";
        for line in text
            .lines()
            .filter(|line| !line.trim().is_empty() && !line.starts_with('#'))
        {
            if line.starts_with('[') {
                out.push(Row {
                    title: line.to_owned(),
                    ..Row::default()
                });
                continue;
            }
            let row = out.last_mut().expect("a title first");
            let (key, value) = line.split_once(": ").unwrap_or((line, ""));
            let key = if line.starts_with(' ') { last } else { key };
            let value = if line.starts_with(' ') {
                line.trim()
            } else {
                value
            };
            match key {
                "before" => writeln!(row.before, "{value}").expect("a string"),
                "up" => writeln!(row.up, "{value}").expect("a string"),
                "old" => row.old = value.to_owned(),
                "probe" => row.probe = value.to_owned(),
                "policy" => row.policy = value.to_owned(),
                "sqlite" | "postgresql" | "mariadb" => {
                    let seen = Observed::from_word(value).unwrap_or_else(|| panic!("{line}"));
                    match key {
                        "sqlite" => row.sqlite = Some(seen),
                        "postgresql" => row.postgresql = Some(seen),
                        _ => row.mariadb = Some(seen),
                    }
                }
                _ => panic!("{}: {line}", file.display()),
            }
            last = match key {
                "before" => "before",
                "up" => "up",
                _ => "",
            };
        }
    }
    out
}

/// Runs a row on SQLite.
fn on_sqlite(row: &Row) -> Result<Observed, String> {
    let db = rusqlite::Connection::open_in_memory().map_err(|error| error.to_string())?;
    let run = |what: &str, sql: &str| {
        db.execute_batch(sql)
            .map_err(|error| format!("{what}: {error}"))
    };
    run("before", &row.before)?;
    run("savepoint", "SAVEPOINT old")?;
    let first = lines(&db, row)
        .map_err(|error| format!("the old statement does not work on the old schema: {error}"))?;
    run("savepoint", "ROLLBACK TO old; RELEASE old")?;
    run("up", &row.up)?;
    Ok(match lines(&db, row) {
        Err(_) => Observed::Fails,
        Ok(again) if again == first => Observed::Works,
        Ok(_) => Observed::Other,
    })
}

/// The rows that the old statement and its probe give.
fn lines(db: &rusqlite::Connection, row: &Row) -> Result<Vec<String>, rusqlite::Error> {
    let mut out = Vec::new();
    for sql in [&row.old, &row.probe]
        .into_iter()
        .filter(|sql| !sql.is_empty())
    {
        let mut statement = db.prepare(sql)?;
        let width = statement.column_count();
        let mut found = statement.query([])?;
        while let Some(one) = found.next()? {
            let values: Result<Vec<String>, _> = (0..width)
                .map(|at| one.get_ref(at).map(|value| format!("{value:?}")))
                .collect();
            out.push(values?.join("|"));
        }
    }
    Ok(out)
}

/// Runs a row on PostgreSQL, in a schema of its own.
fn on_postgresql(row: &Row, to: &str) -> Result<Observed, String> {
    let script = format!(
        "DROP SCHEMA IF EXISTS backout_observed CASCADE;\nDROP SCHEMA IF EXISTS backout_other \
            CASCADE;\nDROP ROLE IF EXISTS backout_reader;\nCREATE SCHEMA backout_observed;\nSET \
            search_path = backout_observed;\n{}\n\\echo \
            @first\nBEGIN;\n{};\n{};\nROLLBACK;\n\\echo @up\n{}\n\\echo @again\n{};\n{};\n\\echo \
            @end\n",
        row.before, row.old, row.probe, row.up, row.old, row.probe
    );
    let mut child = Command::new("psql")
        .args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", to])
        .env("PGOPTIONS", "-c client_min_messages=error")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("psql: {error}"))?;
    child
        .stdin
        .take()
        .expect("a pipe")
        .write_all(script.as_bytes())
        .map_err(|error| error.to_string())?;
    let output = child
        .wait_with_output()
        .map_err(|error| error.to_string())?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let between = |from: &str, to: &str| {
        let (_, rest) = text.split_once(from)?;
        rest.split_once(to).map(|(part, _)| part.trim().to_owned())
    };
    let complaint = || String::from_utf8_lossy(&output.stderr).trim().to_owned();
    let Some(first) = between("@first\n", "@up\n") else {
        return Err(format!(
            "before, or the old statement on the old schema: {}",
            complaint()
        ));
    };
    if !text.contains("@again") {
        return Err(format!("up: {}", complaint()));
    }
    Ok(match between("@again\n", "@end") {
        None => Observed::Fails,
        Some(again) if again == first => Observed::Works,
        Some(_) => Observed::Other,
    })
}

/// Runs a row on MariaDB. A change of the schema is not taken back there, and the number behind the
/// last key is not either: each of the two schemas is a database of its own.
fn on_mariadb(row: &Row, server: &mut MariaDbServer) -> Result<Observed, String> {
    let mut ask = |up: &str| {
        server.start_over();
        for (what, text) in [("before", row.before.as_str()), ("up", up)] {
            server
                .run(text)
                .map_err(|error| format!("{what}: {error}"))?;
        }
        let told = [&row.old, &row.probe].map(|text| server.run(text));
        let rows = told.into_iter().map(|told| {
            told.map(|tables| tables.into_iter().map(|table| table.1).collect::<Vec<_>>())
        });
        Ok::<_, String>(rows.collect::<Result<Vec<_>, String>>())
    };
    let first = ask("")?
        .map_err(|error| format!("the old statement does not work on the old schema: {error}"))?;
    Ok(match ask(&row.up)? {
        Err(_) => Observed::Fails,
        Ok(again) if again == first => Observed::Works,
        Ok(_) => Observed::Other,
    })
}

/// What the program says of a row: the previous release is its schema and a file with the old
/// statement.
fn judged(row: &Row, dialect: &str) -> DatabaseOutcome {
    let init = format!("db/{dialect}/migrations/0001_init.up.sql");
    let up = format!("db/{dialect}/migrations/0002_change.up.sql");
    let run = |sql: &str| {
        if sql.is_empty() {
            String::new()
        } else {
            format!("    db.execute(\"\"\"{sql}\"\"\")\n")
        }
    };
    let code = format!(
        "def handle(db):\n{}\n\ndef show(db):\n    pass\n{}",
        run(&row.old),
        run(&row.probe)
    );
    let old = [
        (init.as_str(), row.before.as_str()),
        ("app/store.py", code.as_str()),
    ];
    let new: Vec<(&str, &str)> = old
        .iter()
        .copied()
        .chain([(up.as_str(), row.up.as_str())])
        .collect();
    let (previous, current) = (MemorySnapshot::new(old), MemorySnapshot::new(new));
    let config = Config::default();
    database::check_database(&ReleaseRange {
        previous: &previous,
        current: &current,
        changes: &previous.changes_to(&current),
        config: &config,
        previous_version: "3.0.0",
        current_version: "3.1.0",
    })
}

/// What is wrong with saying `effect` of something that was observed.
fn contradiction(row: &Row, observed: Observed, effect: RollbackEffect) -> Option<&'static str> {
    let reads = row
        .old
        .trim_start()
        .to_ascii_uppercase()
        .starts_with("SELECT");
    match (observed, effect) {
        (Observed::Other, RollbackEffect::Safe) if !row.policy.is_empty() => None,
        (Observed::Fails | Observed::Other, RollbackEffect::Safe) => Some("called safe"),
        (Observed::Works, RollbackEffect::BreaksReads) => Some("called breaking"),
        // A statement that only reads says nothing of writes.
        (Observed::Works, RollbackEffect::BreaksWrites) if !reads => Some("called breaking"),
        _ => None,
    }
}

/// Statements that the program gives are run too: queries must be taken by the database, and where
/// it says that steps make old code work, the old statement must be taken after them.
fn given(
    row: &Row,
    seen: Observed,
    outcome: &DatabaseOutcome,
    mut run: impl FnMut(&Row) -> Result<Observed, String>,
) -> Option<String> {
    let after = |texts: &[String]| Row {
        up: format!("{}\n{}", row.up, texts.join("\n")),
        ..row.clone()
    };
    let operations = || {
        outcome
            .migrations
            .iter()
            .flat_map(|migration| &migration.operations)
    };
    let queries: Vec<String> = operations()
        .filter_map(|operation| operation.query.clone())
        .collect();
    if let Err(error) = run(&after(&queries)) {
        return Some(format!(
            "a query is refused: {} ({error})",
            queries.join(" ")
        ));
    }
    let summed = database::summary::summarize_database(outcome);
    let steps: Vec<String> = match summed.get("database.compatibility_step") {
        Some(fact) if fact.value == "exists" => fact
            .evidence
            .iter()
            .filter_map(|place| Some(place.excerpt.as_ref()?.as_raw().to_owned()))
            .collect(),
        _ => return None,
    };
    match run(&after(&steps)) {
        Err(error) => Some(format!("a step is refused: {} ({error})", steps.join(" "))),
        Ok(Observed::Fails) if seen == Observed::Fails => Some(format!(
            "the old statement fails after the steps too: {}",
            steps.join(" ")
        )),
        Ok(_) => None,
    }
}

/// Runs all rows of a database and compares what is seen with the table and with what the program
/// says.
fn hold(
    dialect: &str,
    expected: impl Fn(&Row) -> Option<Observed>,
    mut run: impl FnMut(&Row) -> Result<Observed, String>,
) -> usize {
    let mut wrong = String::new();
    let mut count = 0;
    for row in rows() {
        let Some(expected) = expected(&row) else {
            continue;
        };
        count += 1;
        let seen = match run(&row) {
            Ok(seen) => seen,
            Err(error) => {
                writeln!(wrong, "{}: {error}", row.title).expect("a string");
                continue;
            }
        };
        if seen != expected {
            writeln!(
                wrong,
                "{}: the table says {expected:?}, {dialect} says {seen:?}",
                row.title
            )
            .expect("a string");
        }
        let outcome = judged(&row, dialect);
        let Some(effect) = outcome
            .migrations
            .iter()
            .map(|migration| migration.rollback)
            .max()
        else {
            writeln!(wrong, "{}: no migration was found", row.title).expect("a string");
            continue;
        };
        if let Some(what) = given(&row, seen, &outcome, &mut run) {
            writeln!(wrong, "{}: on {dialect}, {what}", row.title).expect("a string");
        }
        if let Some(what) = contradiction(&row, seen, effect) {
            let why: Vec<String> = outcome
                .migrations
                .iter()
                .flat_map(|migration| &migration.operations)
                .map(|operation| {
                    format!(
                        "{} {:?}: {}",
                        operation.kind, operation.rollback, operation.why
                    )
                })
                .collect();
            writeln!(
                wrong,
                "{}: {seen:?} on {dialect}, {what}: {}",
                row.title,
                why.join("; ")
            )
            .expect("a string");
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
    count
}

#[test]
fn what_sqlite_does() {
    let count = hold("sqlite", |row| row.sqlite, on_sqlite);
    assert!(count >= 75, "{count} rows were run on SQLite");
}

#[test]
fn what_postgresql_does() {
    let Ok(to) = std::env::var("BACKOUT_POSTGRES") else {
        eprintln!("skipped: BACKOUT_POSTGRES names no server");
        return;
    };
    let count = hold(
        "postgresql",
        |row| row.postgresql,
        |row| on_postgresql(row, &to),
    );
    assert!(count >= 134, "{count} rows were run on PostgreSQL");
}

#[test]
fn what_mariadb_does() {
    let Some(mut server) = MariaDbServer::find("observed") else {
        return;
    };
    let count = hold(
        "mariadb",
        |row| row.mariadb,
        |row| on_mariadb(row, &mut server),
    );
    assert!(count >= 100, "{count} rows were run on MariaDB");
}
