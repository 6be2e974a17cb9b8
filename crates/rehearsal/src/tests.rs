//! Rehearsals on SQLite, from the first step to the last.

#![allow(clippy::expect_used, reason = "a test says what it expects")]

use std::path::Path;

use crate::report::{DatabaseRehearsal, RehearsalResult, RowsTried};
use crate::{
    DatabaseAddress, PlannedMigration, PlannedOldStatement, PlannedStatement, RehearsalFault,
    RehearsalPlan, SeedScript, TimeLimits, rehearse_on_database,
};

pub(crate) fn statements(text: &str) -> Vec<PlannedStatement> {
    text.split(";\n")
        .filter(|part| !part.trim().is_empty())
        .map(|part| PlannedStatement {
            line: 1,
            text: part.trim().trim_end_matches(';').to_owned(),
        })
        .collect()
}

pub(crate) fn migration(path: &str, up: &str, down: Option<&str>) -> PlannedMigration {
    PlannedMigration {
        path: path.to_owned(),
        up: statements(up),
        down: down.map(|text| (path.replace(".up.", ".down."), statements(text))),
        alone: false,
    }
}

pub(crate) fn plan_of(
    before: &[(&str, &str)],
    range: &[(&str, &str, Option<&str>)],
    old: &[&str],
) -> RehearsalPlan<'static> {
    let old = old
        .iter()
        .enumerate()
        .map(|(at, text)| PlannedOldStatement {
            path: "src/store.go".to_owned(),
            line: at + 1,
            text: (*text).to_owned(),
        });
    RehearsalPlan {
        program: "backout 0".to_owned(),
        previous: ("1.0.0".to_owned(), "a".repeat(40)),
        current: ("1.1.0".to_owned(), "b".repeat(40)),
        sets: vec!["migrations".to_owned()],
        before: before
            .iter()
            .map(|(path, up)| migration(path, up, None))
            .collect(),
        range: range
            .iter()
            .map(|(path, up, down)| migration(path, up, *down))
            .collect(),
        command: None,
        statements: old.collect(),
        put_together: 0,
        seed_script: None,
        steps: Vec::new(),
        tool_tables: vec!["schema_migrations".to_owned()],
        rows: 3,
        seed: 1,
        limits: TimeLimits {
            statement: 2,
            lock: 1,
        },
    }
}

const ORDERS: &str = "CREATE TABLE customers (id INTEGER PRIMARY KEY, email varchar(40) NOT NULL \
    UNIQUE);
CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id integer NOT NULL REFERENCES customers \
(id), state text NOT NULL DEFAULT 'new' CHECK (state IN ('new', 'paid')), note text, total numeric \
CHECK (total > 10));
CREATE INDEX orders_by_state ON orders (state);
";

fn address(folder: &Path) -> DatabaseAddress {
    let file = folder.join("scratch.db");
    DatabaseAddress::parse(&format!("sqlite:{}", file.display())).expect("an address")
}

fn rehearse(folder: &Path, plan: &RehearsalPlan<'_>) -> Result<DatabaseRehearsal, RehearsalFault> {
    rehearse_on_database(&address(folder), plan, &mut |_| {})
}

fn seen(plan: &RehearsalPlan<'_>) -> DatabaseRehearsal {
    let folder = tempfile::tempdir().expect("a folder");
    rehearse(folder.path(), plan).expect("a rehearsal")
}

#[test]
fn old_statements_that_fail_or_answer_otherwise_are_seen() {
    let plan = plan_of(
        &[("1.up.sql", ORDERS)],
        &[
            (
                "2.up.sql",
                "ALTER TABLE orders DROP COLUMN note",
                Some("ALTER TABLE orders ADD COLUMN note text"),
            ),
            (
                "3.up.sql",
                "ALTER TABLE customers ADD COLUMN phone text NOT NULL DEFAULT ''",
                Some("ALTER TABLE customers DROP COLUMN phone"),
            ),
        ],
        &[
            "SELECT note FROM orders WHERE id = ?",
            "SELECT * FROM customers",
            "INSERT INTO orders (customer_id, state, note) VALUES (?, ?, ?)",
            "SELECT state FROM orders WHERE customer_id = $1",
            "SELECT nothing FROM nowhere",
            "SELECT broken FROM",
        ],
    );
    let seen = seen(&plan);
    let told = &seen.statements;
    assert_eq!((told.found, told.left_out, told.ran), (6, 2, 4), "{told:?}");
    let fail: Vec<(usize, &str)> = told
        .fail
        .iter()
        .map(|one| (one.line, one.how.as_str()))
        .collect();
    assert_eq!(fail.len(), 2, "{fail:?}");
    assert!(fail[0].1.contains("no such column: note") && told.fail[1].writes);
    assert_eq!(told.answer_otherwise.len(), 1);
    assert!(
        told.answer_otherwise[0].only_more_columns,
        "{:?}",
        told.answer_otherwise
    );
    assert_eq!(seen.result(), RehearsalResult::Broke);
    assert!(
        seen.filled.empty.is_empty() && seen.filled.rows == 6,
        "{:?}",
        seen.filled
    );
    // the way down brings the column back, and not what it held
    let down = seen.down.as_ref().expect("a way down");
    assert!(down.ran.is_whole() && seen.again.as_ref().is_some_and(|ran| ran.is_whole()));
    let lost = &down.lost[0];
    assert_eq!((lost.table.as_str(), lost.rows), ("orders", 0));
    assert_eq!(lost.values, [("note".to_owned(), 2)]);
    assert_eq!(
        down.schema.other,
        [
            "order of the columns of orders was id, customer_id, state, note, total and is id, \
                customer_id, state, total, note"
        ]
    );
    let record = serde_json::to_string(&seen).expect("a record");
    let read: DatabaseRehearsal = serde_json::from_str(&record).expect("the record");
    assert_eq!(read, seen);
}

#[test]
fn a_range_that_old_statements_cope_with_holds() {
    let seen = seen(&plan_of(
        &[("1.up.sql", ORDERS)],
        &[(
            "2.up.sql",
            "CREATE TABLE parcels (id INTEGER PRIMARY KEY)",
            Some("DROP TABLE parcels"),
        )],
        &[
            "SELECT id, note FROM orders",
            "UPDATE orders SET state = :state WHERE id = :id",
        ],
    ));
    assert_eq!(seen.result(), RehearsalResult::Held);
    let down = seen.down.expect("a way down");
    assert!(down.schema.is_empty() && down.lost.is_empty(), "{down:?}");
    assert_eq!(down.lost_new[0].table, "parcels");
    assert_eq!(seen.engine.name, "SQLite");
}

#[test]
fn what_answers_other_rows_is_seen() {
    let seen = seen(&plan_of(
        &[
            ("1.up.sql", ORDERS),
            (
                "2.up.sql",
                "CREATE VIEW open_orders AS SELECT id FROM orders",
            ),
        ],
        &[(
            "3.up.sql",
            "DROP VIEW open_orders;\nCREATE VIEW open_orders AS SELECT id FROM orders WHERE id > \
                1;\nUPDATE orders SET note = 'x'",
            None,
        )],
        &[
            "SELECT id FROM open_orders",
            "SELECT id, note FROM orders",
            "SELECT random() FROM orders",
        ],
    ));
    let how: Vec<&str> = seen
        .statements
        .answer_otherwise
        .iter()
        .map(|one| one.how.as_str())
        .collect();
    assert_eq!(
        how,
        [
            "it answered 3 rows and now answers 2",
            "3 of 3 rows of the answer hold other values"
        ]
    );
    assert_eq!(seen.rewritten[0].values, [("note".to_owned(), 3)]);
    assert!(seen.down.is_none() && seen.notes[0].contains("3.up.sql has no way down"));
}

#[test]
fn a_range_that_fails_on_empty_values_is_tried_on_filled_ones() {
    let seen = seen(&plan_of(
        &[("1.up.sql", ORDERS)],
        &[(
            "2.up.sql",
            "CREATE TABLE o (id INTEGER PRIMARY KEY, note text NOT NULL);\nINSERT INTO o SELECT \
                id, note FROM orders",
            Some("DROP TABLE o"),
        )],
        &["SELECT id FROM orders"],
    ));
    assert_eq!(seen.failed_tries.len(), 1);
    assert_eq!(seen.failed_tries[0].rows, RowsTried::WithEmpty);
    assert!(seen.failed_tries[0].failure.error.contains("NOT NULL"));
    assert_eq!(
        (seen.rows, seen.result()),
        (RowsTried::Filled, RehearsalResult::Held)
    );
}

#[test]
fn a_range_that_does_not_run_at_all_is_said() {
    let seen = seen(&plan_of(
        &[("1.up.sql", ORDERS)],
        &[("2.up.sql", "ALTER TABLE parcels ADD COLUMN a int", None)],
        &["SELECT id FROM orders"],
    ));
    assert_eq!(
        (seen.failed_tries.len(), seen.result()),
        (2, RehearsalResult::Broke)
    );
    let failure = seen.up.failure().expect("a failure");
    assert!(failure.error.contains("no such table"), "{}", failure.error);
}

#[test]
fn a_migration_that_hangs_is_stopped() {
    let endless = "INSERT INTO orders (customer_id) WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL \
        SELECT i + 1 FROM n) SELECT i FROM n";
    let mut plan = plan_of(
        &[("1.up.sql", "CREATE TABLE orders (customer_id integer)")],
        &[("2.up.sql", endless, None)],
        &[],
    );
    plan.limits.statement = 1;
    plan.rows = 0;
    let seen = seen(&plan);
    let failure = seen.up.failure().expect("a failure");
    assert_eq!(failure.error, "it took longer than 1 s");
}

#[test]
fn a_database_that_is_not_scratch_is_left_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("scratch.db");
    let own = rusqlite::Connection::open(&file).expect("a file");
    own.execute_batch("CREATE TABLE ledger (id int); INSERT INTO ledger VALUES (1)")
        .expect("rows");
    drop(own);
    let before = std::fs::read(&file).expect("bytes");
    let plan = plan_of(
        &[("1.up.sql", ORDERS)],
        &[("2.up.sql", "DROP TABLE orders", None)],
        &[],
    );
    let fault = rehearse(folder.path(), &plan).expect_err("refused");
    assert!(matches!(fault, RehearsalFault::NotScratch { .. }));
    assert!(
        fault.to_string().contains("it holds table ledger"),
        "{fault}"
    );
    assert_eq!(std::fs::read(&file).expect("bytes"), before);
    // a table of that name alone makes no scratch database, with other columns neither
    let other = folder.path().join("other");
    std::fs::create_dir(&other).expect("a folder");
    let own = rusqlite::Connection::open(other.join("scratch.db")).expect("a file");
    own.execute_batch("CREATE TABLE backout_rehearsal (mine int)")
        .expect("a table");
    drop(own);
    let fault = rehearse(&other, &plan).expect_err("refused").to_string();
    assert!(fault.contains("was not made by a rehearsal"), "{fault}");
    let own = rusqlite::Connection::open(&file).expect("a file");
    own.execute_batch(
        "CREATE TABLE backout_rehearsal (made_by, releases, step, state, left_there)",
    )
    .expect("a table");
    drop(own);
    assert!(matches!(
        rehearse(folder.path(), &plan),
        Err(RehearsalFault::NotScratch { .. })
    ));
}

#[test]
fn a_scratch_database_is_used_again_until_somebody_puts_something_there() {
    let folder = tempfile::tempdir().expect("a folder");
    let plan = plan_of(
        &[("1.up.sql", ORDERS)],
        &[("2.up.sql", "DROP TABLE orders", None)],
        &["SELECT id FROM orders"],
    );
    assert!(rehearse(folder.path(), &plan).is_ok() && rehearse(folder.path(), &plan).is_ok());
    let file = folder.path().join("scratch.db");
    // a rehearsal that was killed says so, and everything it left goes
    let own = rusqlite::Connection::open(&file).expect("a file");
    own.execute_batch(
        "UPDATE backout_rehearsal SET state = 'running', step = 'running the \
        migrations of previous: 1.up.sql'; CREATE TABLE half (id int); CREATE VIRTUAL TABLE words \
        USING fts5 (a); CREATE VIEW v AS SELECT * FROM half",
    )
    .expect("rows");
    drop(own);
    let mut said = Vec::new();
    let again = rehearse_on_database(&address(folder.path()), &plan, &mut |step| {
        said.push(step.to_owned())
    });
    assert!(again.is_ok(), "{again:?}");
    assert!(
        said[0].contains("ended in the middle (running the migrations of previous: 1.up.sql)"),
        "{said:?}"
    );
    let own = rusqlite::Connection::open(&file).expect("a file");
    own.execute_batch("CREATE TABLE mine (id int)")
        .expect("a table");
    drop(own);
    let fault = rehearse(folder.path(), &plan).expect_err("refused");
    assert!(
        fault
            .to_string()
            .contains("no longer those that the rehearsal left"),
        "{fault}"
    );
}

#[test]
fn a_database_that_somebody_uses_is_not_taken() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("scratch.db");
    let other = rusqlite::Connection::open(file).expect("a file");
    other
        .execute_batch("PRAGMA locking_mode = EXCLUSIVE; BEGIN IMMEDIATE")
        .expect("a lock");
    let plan = plan_of(
        &[("1.up.sql", ORDERS)],
        &[("2.up.sql", "DROP TABLE orders", None)],
        &[],
    );
    assert!(matches!(
        rehearse(folder.path(), &plan),
        Err(RehearsalFault::Taken(_))
    ));
}

#[test]
fn what_reaches_other_files_is_not_run() {
    let folder = tempfile::tempdir().expect("a folder");
    let other = folder.path().join("other.db");
    for text in [
        format!("ATTACH '{}' AS o", other.display()),
        format!("VACUUM INTO '{}'", other.display()),
    ] {
        let mut plan = plan_of(&[("1.up.sql", ORDERS)], &[("2.up.sql", &text, None)], &[]);
        plan.rows = 0;
        let seen = rehearse(folder.path(), &plan).expect("a rehearsal");
        assert!(seen.up.failure().is_some(), "{text}");
        assert!(!other.exists(), "{text}");
    }
}

#[test]
fn rows_may_be_given() {
    let mut plan = plan_of(
        &[("1.up.sql", ORDERS)],
        &[(
            "2.up.sql",
            "DELETE FROM orders WHERE total > 400",
            Some("SELECT 1"),
        )],
        &["SELECT id FROM orders"],
    );
    plan.seed_script = Some(SeedScript {
        path: "rows.sql".to_owned(),
        statements: statements(
            "INSERT INTO customers (id, email) VALUES (1, 'a');\nINSERT INTO orders (id, \
                customer_id, total) VALUES (1, 1, 500), (2, 1, 50)",
        ),
    });
    let seen = seen(&plan);
    assert_eq!(seen.filled.rows, 3);
    let down = seen.down.expect("a way down");
    assert_eq!((down.lost[0].rows, down.lost[0].of), (1, 2));
}

#[test]
fn every_kind_of_table_gets_rows() {
    let schema = "CREATE TABLE a (id INTEGER PRIMARY KEY, b_id integer REFERENCES b (id), code \
        varchar(3) NOT NULL UNIQUE CHECK (length(code) = 3));
CREATE TABLE b (id text PRIMARY KEY, a_id integer NOT NULL REFERENCES a (id), day date NOT NULL, \
on_it boolean NOT NULL, doc json NOT NULL, raw blob NOT NULL);
CREATE TABLE c (a_id integer NOT NULL, b_id text NOT NULL, n integer NOT NULL CHECK (n BETWEEN 1 \
AND 3), PRIMARY KEY (a_id, b_id), FOREIGN KEY (a_id) REFERENCES a (id), FOREIGN KEY (b_id) \
REFERENCES b (id)) WITHOUT ROWID;
CREATE TABLE d (id INTEGER PRIMARY KEY, parent integer NOT NULL REFERENCES d (id));
CREATE TABLE e (x integer NOT NULL, y integer GENERATED ALWAYS AS (x * 2) STORED) STRICT;
CREATE TABLE f (id INTEGER PRIMARY KEY);
CREATE TABLE g (id INTEGER PRIMARY KEY, CHECK (1 = 2))";
    let seen = seen(&plan_of(
        &[("1.up.sql", schema)],
        &[("2.up.sql", "CREATE TABLE z (id int)", None)],
        &["SELECT id FROM a"],
    ));
    let empty: Vec<&str> = seen
        .filled
        .empty
        .iter()
        .map(|one| one.table.as_str())
        .collect();
    assert_eq!(empty, ["g"], "{:?}", seen.filled);
}

#[test]
fn steps_that_help_are_tried_and_taken_back() {
    let mut plan = plan_of(
        &[("1.up.sql", ORDERS)],
        &[(
            "2.up.sql",
            "ALTER TABLE orders DROP COLUMN note;\nALTER TABLE orders DROP COLUMN total",
            None,
        )],
        &["SELECT note FROM orders", "SELECT total FROM orders"],
    );
    plan.steps = vec!["ALTER TABLE orders ADD COLUMN note text".to_owned()];
    let tried = |plan: &RehearsalPlan<'_>| seen(plan).with_steps.expect("steps");
    let helped = tried(&plan);
    assert_eq!((helped.helped, helped.still_fail), (1, 1));
    plan.steps = vec!["ALTER TABLE nothing_there ADD COLUMN note text".to_owned()];
    let refused = tried(&plan);
    assert!(
        refused
            .refused
            .is_some_and(|why| why.contains("no such table"))
    );
}

/// Writes a table with a connection of its own, as a tool does.
struct Tool {
    file: std::path::PathBuf,
}

impl crate::MigrationCommand for Tool {
    fn run(&self, way: crate::ToolWay) -> Result<(), String> {
        let text = match way {
            crate::ToolWay::Before => ORDERS,
            crate::ToolWay::Up => "ALTER TABLE orders DROP COLUMN note",
            crate::ToolWay::Down => return Err("it ended with exit status: 1".to_owned()),
        };
        let own = rusqlite::Connection::open(&self.file).map_err(|error| error.to_string())?;
        own.execute_batch(text).map_err(|error| error.to_string())
    }

    fn show(&self, way: crate::ToolWay) -> String {
        format!("tool {way:?}")
    }

    fn has(&self, _: crate::ToolWay) -> bool {
        true
    }
}

#[test]
fn a_tool_may_run_the_migrations() {
    let folder = tempfile::tempdir().expect("a folder");
    let tool = Tool {
        file: folder.path().join("scratch.db"),
    };
    let mut plan = plan_of(
        &[],
        &[],
        &["SELECT note FROM orders", "SELECT id FROM orders"],
    );
    plan.command = Some(&tool);
    for _ in 0..2 {
        let seen = rehearse(folder.path(), &plan).expect("a rehearsal");
        assert_eq!((seen.statements.ran, seen.statements.fail.len()), (2, 1));
        let down = seen.down.expect("a way down");
        let failure = down.ran.failure().expect("a failure");
        assert_eq!(
            (failure.path.as_str(), failure.error.as_str()),
            ("tool Down", "it ended with exit status: 1")
        );
    }
}

#[test]
fn rows_whose_key_goes_are_not_gone() {
    let seen = seen(&plan_of(
        &[(
            "1.up.sql",
            "CREATE TABLE likes (id INTEGER PRIMARY KEY, person int NOT NULL, post text NOT NULL)",
        )],
        &[
            (
                "2.up.sql",
                "CREATE TABLE l (person int, post text);\nINSERT INTO l SELECT person, post || \
                    'x' FROM likes;\nDROP TABLE likes;\nALTER TABLE l RENAME TO likes",
                None,
            ),
            ("3.up.sql", "DELETE FROM likes WHERE rowid = 1", None),
        ],
        &["SELECT person FROM likes"],
    ));
    let [lost] = seen.rewritten.as_slice() else {
        panic!("{:?}", seen.rewritten)
    };
    assert_eq!((lost.rows, lost.of), (1, 3));
    assert_eq!(
        lost.values,
        [("post".to_owned(), 2), ("id".to_owned(), 2)],
        "{lost:?}"
    );
}

#[test]
fn an_address_that_asks_for_encryption_is_refused_and_another_machine_is_told() {
    let plan = plan_of(&[], &[], &[]);
    for (given, word) in [
        ("postgres://ann@db.invalid/shop?sslmode=require", "sslmode"),
        (
            "mysql://ann:hidden@db.invalid/shop?require_ssl=true",
            "require_ssl",
        ),
    ] {
        let address = DatabaseAddress::parse(given).expect("an address");
        let fault = rehearse_on_database(&address, &plan, &mut |_| {}).expect_err("refused");
        let said = fault.to_string();
        assert!(
            said.contains(word) && said.contains("does not encrypt") && !said.contains("hidden"),
            "{said}"
        );
    }
    let mut told = Vec::new();
    let address = DatabaseAddress::parse("postgres://ann@db.invalid:1/shop").expect("an address");
    let fault = rehearse_on_database(&address, &plan, &mut |step| told.push(step.to_owned()));
    assert!(matches!(fault, Err(RehearsalFault::Unreachable { .. })));
    assert!(
        told.first()
            .is_some_and(|line| line.starts_with("the connection to db.invalid is not encrypted")),
        "{told:?}"
    );
}
