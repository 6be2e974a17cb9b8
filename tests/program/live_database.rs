//! What a file says about the database that is live: which migrations ran, and rows that somebody
//! counted.

use super::live::{ago, assessed, value, write};
use crate::common::Sample;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

/// A repository whose newer release drops a column that the older one reads.
fn drops_a_column() -> Sample {
    let sample = Sample::new();
    let reads = "def all(db):\n    return db.execute('SELECT id, label FROM jars')\n";
    sample.commit(
        "feat: jars",
        &[
            (
                "db/migrations/20260101000000_jars.sql",
                "CREATE TABLE jars (id int PRIMARY KEY, label text NOT NULL);\n",
            ),
            ("app.py", reads),
        ],
    );
    sample.tag("v3.0.0");
    sample.commit(
        "feat: drop the label",
        &[(
            "db/migrations/20260301000000_drop.sql",
            "ALTER TABLE jars DROP COLUMN label;\n",
        )],
    );
    sample.tag("v3.1.0");
    sample
}

#[test]
fn a_migration_that_did_not_run_is_no_reason_against_going_back() {
    let sample = drops_a_column();
    let before = assessed(&sample, &[]);
    assert_eq!(value(&before, "database.old_code"), &json!("breaks-reads"));
    let pending = write(
        &sample,
        "pending.txt",
        "[X] 20260101000000_jars.sql\n[ ] 20260301000000_drop.sql\n",
    );
    let after = assessed(&sample, &["--live", &pending]);
    assert_eq!(value(&after, "database.schema"), &json!("none"));
    assert_eq!(value(&after, "database.old_code"), &json!("safe"));
    assert_eq!(value(&after, "range.applied"), &json!("none"));
    assert_eq!(after["migrations"][0]["ran"]["state"], json!("pending"));
    assert!(
        after["facts"]["database.schema"]["source"]
            .as_str()
            .is_some_and(|source| source.contains("pending.txt")),
        "{}",
        after["facts"]["database.schema"]
    );
    let applied = write(
        &sample,
        "applied.csv",
        "version\n20260101000000\n20260301000000\n",
    );
    let ran = assessed(&sample, &["--live", &applied]);
    assert_eq!(value(&ran, "range.applied"), &json!("all"));
    assert_eq!(value(&ran, "database.old_code"), &json!("breaks-reads"));
}

#[test]
fn what_ran_is_not_taken_from_a_file_that_is_not_sure_of_it() {
    let sample = drops_a_column();
    for (name, text, why) in [
        (
            "cut.csv",
            "version,inserted_at\n20260101000000,2026-01-01",
            "may be incomplete, because its last line has no end",
        ),
        (
            "screen.txt",
            "    version     \n----------------\n 20260101000000\n--More--\n",
            "may be incomplete",
        ),
        (
            "developer.txt",
            "database: jars_development\n\n   up     20260101000000  Jars\n  down    \
                20260301000000  Drop\n",
            "it names jars_development, which is not the database that is live",
        ),
        (
            "new.txt",
            "[ ] 20260101000000_jars.sql\n[ ] 20260301000000_drop.sql\n",
            "has not run, which 3.0.0 brought already",
        ),
    ] {
        let file = write(&sample, name, text);
        let found = assessed(&sample, &["--live", &file]);
        assert_eq!(
            value(&found, "database.old_code"),
            &json!("breaks-reads"),
            "{name}"
        );
        let unchecked = found["unchecked"].to_string();
        assert!(unchecked.contains(why), "{name}: {unchecked}");
    }
}

#[test]
fn what_ran_is_not_taken_from_a_file_that_is_too_old() {
    let sample = drops_a_column();
    let pending = write(
        &sample,
        "pending.txt",
        "[X] 20260101000000_jars.sql\n[ ] 20260301000000_drop.sql\n",
    );
    // written before the release was deployed
    let deployed = write(
        &sample,
        "deploys.jsonl",
        &format!(
            "{}\n{}\n",
            json!({"env": "production", "version": "3.0.0", "at": ago(20_000), "result": "success"}),
            json!({"env": "production", "version": "3.1.0", "at": (Timestamp::now() + SignedDuration::from_mins(1)).to_string(), "result": "success"})
        ),
    );
    let assessment = assessed(&sample, &["--live", &pending, "--live", &deployed]);
    assert_eq!(
        value(&assessment, "database.old_code"),
        &json!("breaks-reads")
    );
    let unchecked = assessment["unchecked"].to_string();
    assert!(
        unchecked.contains("before 3.1.0 was deployed"),
        "{unchecked}"
    );
    // two hours old
    let old = std::time::SystemTime::now() - std::time::Duration::from_secs(7200);
    std::fs::File::options()
        .write(true)
        .open(&pending)
        .and_then(|file| file.set_modified(old))
        .expect("a time");
    let assessment = assessed(&sample, &["--live", &pending]);
    assert_eq!(
        value(&assessment, "database.old_code"),
        &json!("breaks-reads")
    );
    assert!(
        assessment["unchecked"]
            .to_string()
            .contains("more than an hour ago")
    );
}

/// A repository whose newer release adds a column and a table.
fn adds_a_column() -> Sample {
    let sample = Sample::new();
    let writes = "import sqlite3\n\ndef add(db, label):\n    db.execute('INSERT INTO jars (label) \
        VALUES (?)', [label])\n";
    sample.commit(
        "feat: jars",
        &[
            (
                "db/migrations/20260101000000_jars.sql",
                "CREATE TABLE jars (id INTEGER PRIMARY KEY, label TEXT NOT NULL);\n",
            ),
            ("app.py", writes),
            ("backout.yaml", "database: {dialects: [sqlite]}\n"),
        ],
    );
    sample.tag("v3.0.0");
    sample.commit(
        "feat: notes",
        &[(
            "db/migrations/20260301000000_notes.sql",
            "ALTER TABLE jars ADD COLUMN note TEXT;\nCREATE TABLE lids (id INTEGER PRIMARY KEY);\n",
        )],
    );
    sample.tag("v3.1.0");
    sample
}

/// Runs a script of queries on SQLite and writes what its client would print.
fn count_on_sqlite(database: &rusqlite::Connection, script: &str) -> String {
    let mut out = String::new();
    for statement in script.lines().filter(|line| line.starts_with("SELECT")) {
        out += "backout_query,rows_found,observed_at\n";
        let row = database.query_row(statement.trim_end_matches(';'), [], |row| {
            Ok(format!(
                "{},{},{}\n",
                row.get::<_, String>(0)?,
                row.get::<_, i64>(1)?,
                row.get::<_, String>(2)?
            ))
        });
        out += &row.unwrap_or_else(|error| format!("Error: {error}\n"));
    }
    out
}

#[test]
fn counted_rows_answer_the_question() {
    let sample = adds_a_column();
    let script = sample
        .run(&["queries", "3.0.0", "3.1.0", "--dialect", "sqlite"])
        .out;
    assert!(script.contains("PRAGMA query_only = ON;"), "{script}");
    assert!(script.contains("--observed observed.csv"), "{script}");
    let database = rusqlite::Connection::open_in_memory().expect("a database");
    database
        .execute_batch(
            "CREATE TABLE jars (id INTEGER PRIMARY KEY, label TEXT NOT NULL, note \
            TEXT); CREATE TABLE lids (id INTEGER PRIMARY KEY); INSERT INTO jars (label) VALUES \
            ('plum');",
        )
        .expect("tables");
    let empty = count_on_sqlite(&database, &script);
    let file = write(&sample, "observed.csv", &empty);
    let counted = assessed(&sample, &["--observed", &file]);
    let told = counted["findings"].to_string();
    assert!(told.contains("2 queries found no row"), "{told}");

    database
        .execute_batch("UPDATE jars SET note = 'sweet'")
        .expect("a row");
    let file = write(
        &sample,
        "observed.csv",
        &count_on_sqlite(&database, &script),
    );
    let counted = assessed(&sample, &["--observed", &file]);
    assert_eq!(value(&counted, "database.new_form_rows"), &json!("yes"));
    let source = counted["facts"]["database.new_form_rows"]["source"].to_string();
    assert!(source.contains("jars.note: 1 row"), "{source}");

    // another shard has none, and the first one has its row
    let both = format!(
        "{}{}",
        count_on_sqlite(&database, &script),
        empty.replace("backout_query,rows_found,observed_at\n", "")
    );
    let file = write(&sample, "observed.csv", &both);
    let counted = assessed(&sample, &["--observed", &file]);
    assert_eq!(value(&counted, "database.new_form_rows"), &json!("yes"));
    let told = counted["findings"].to_string();
    assert!(told.contains("the largest count is taken"), "{told}");

    // one of them was not counted: that there are no rows is then not known
    database
        .execute_batch("UPDATE jars SET note = NULL; DROP TABLE lids")
        .expect("a change");
    let file = write(
        &sample,
        "observed.csv",
        &count_on_sqlite(&database, &script),
    );
    let counted = assessed(&sample, &["--observed", &file]);
    assert_ne!(value(&counted, "database.new_form_rows"), &json!("no"));
    assert!(
        counted["findings"]
            .to_string()
            .contains("1 query not counted")
    );

    // of another pair, and too old
    let file = write(
        &sample,
        "other.csv",
        "backout_query,rows_found,observed_at\nq0123456789ab,3,2020-01-01T00:00:00Z\n",
    );
    let other = assessed(&sample, &["--observed", &file]);
    let unchecked = other["unchecked"].to_string();
    assert!(unchecked.contains("more than an hour old"), "{unchecked}");
}

#[test]
fn queries_are_written_for_one_question_and_one_database() {
    let sample = adds_a_column();
    let all = sample
        .run(&[
            "queries",
            "3.0.0",
            "3.1.0",
            "--for",
            "new-form",
            "--dialect",
            "sqlite",
        ])
        .out;
    assert!(all.contains("backout_query"), "{all}");
    let other = sample.run(&["queries", "3.0.0", "3.1.0", "--for", "impact"]);
    assert!(!other.err.is_empty(), "{}", other.out);
    let mysql = sample
        .run(&["queries", "3.0.0", "3.1.0", "--dialect", "mysql"])
        .out;
    assert!(mysql.contains("max_execution_time"), "{mysql}");
}
