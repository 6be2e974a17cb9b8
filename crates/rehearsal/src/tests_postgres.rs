//! Rehearsals on PostgreSQL, where `BACKOUT_POSTGRES` names a server.

#![allow(clippy::expect_used, reason = "a test says what it expects")]

use crate::report::{DatabaseRehearsal, RehearsalResult};
use crate::tests::plan_of;
use crate::{DatabaseAddress, RehearsalFault, RehearsalPlan, rehearse_on_database};

/// A database of its own, dropped at the end.
struct OwnPostgresDatabase {
    admin: String,
    name: String,
}

impl OwnPostgresDatabase {
    fn new(name: &str) -> Option<Self> {
        let Ok(admin) = std::env::var("BACKOUT_POSTGRES") else {
            eprintln!("skipped: BACKOUT_POSTGRES names no server");
            return None;
        };
        let own = Self {
            admin,
            name: format!("backout_{name}_{}", std::process::id()),
        };
        own.admin(&format!("DROP DATABASE IF EXISTS {}", own.name));
        own.admin(&format!("CREATE DATABASE {}", own.name));
        Some(own)
    }

    fn admin(&self, text: &str) {
        let mut client = postgres::Client::connect(&self.admin, postgres::NoTls).expect("a server");
        client.batch_execute(text).expect("done");
    }

    fn words(&self) -> String {
        let words = self.admin.split_whitespace();
        let kept: Vec<&str> = words.filter(|word| !word.starts_with("dbname=")).collect();
        format!("{} dbname={}", kept.join(" "), self.name)
    }

    fn run(&self, text: &str) {
        let mut client =
            postgres::Client::connect(&self.words(), postgres::NoTls).expect("a database");
        client.batch_execute(text).expect("done");
    }

    fn rehearse(&self, plan: &RehearsalPlan<'_>) -> Result<DatabaseRehearsal, RehearsalFault> {
        let address = DatabaseAddress::parse(&self.words()).expect("an address");
        rehearse_on_database(&address, plan, &mut |_| {})
    }
}

impl Drop for OwnPostgresDatabase {
    fn drop(&mut self) {
        self.admin(&format!(
            "DROP DATABASE IF EXISTS {} WITH (FORCE)",
            self.name
        ));
    }
}

const SCHEMA: &str = "CREATE TYPE mood AS ENUM ('calm', 'loud');
CREATE DOMAIN short AS varchar(5) CHECK (length(VALUE) > 1);
CREATE TABLE customers (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, email text NOT NULL \
UNIQUE, mood mood NOT NULL, code short NOT NULL, tags text[] NOT NULL, doc jsonb NOT NULL, seen \
timestamptz);
CREATE TABLE orders (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), customer_id bigint NOT NULL \
REFERENCES customers, state text NOT NULL CHECK (state IN ('new', 'paid')), note text, total \
numeric(6,2) NOT NULL, open boolean NOT NULL DEFAULT true, during int4range);
CREATE TABLE lines (order_id uuid NOT NULL REFERENCES orders ON DELETE CASCADE, line smallint NOT \
NULL CHECK (line BETWEEN 1 AND 9), twice int GENERATED ALWAYS AS (line * 2) STORED, PRIMARY KEY \
(order_id, line));
CREATE VIEW open_orders AS SELECT id, state FROM orders WHERE open";

#[test]
fn statements_locks_and_losses_are_seen() {
    let Some(own) = OwnPostgresDatabase::new("seen") else {
        return;
    };
    let plan = plan_of(
        &[("1.up.sql", SCHEMA)],
        &[
            (
                "2.up.sql",
                "ALTER TABLE orders DROP COLUMN note;\nALTER TABLE orders ADD COLUMN placed date \
                    NOT NULL DEFAULT now()",
                Some(
                    "ALTER TABLE orders ADD COLUMN note text;\nALTER TABLE orders DROP COLUMN \
                        placed",
                ),
            ),
            (
                "3.up.sql",
                "CREATE INDEX CONCURRENTLY orders_by_state ON orders (state)",
                Some("DROP INDEX CONCURRENTLY orders_by_state"),
            ),
            (
                "4.up.sql",
                "ALTER TABLE customers ALTER COLUMN seen TYPE timestamp;\nALTER TYPE mood ADD \
                    VALUE 'odd'",
                Some("ALTER TABLE customers ALTER COLUMN seen TYPE timestamptz"),
            ),
        ],
        &[
            "SELECT id, note FROM orders WHERE id = $1",
            "SELECT seen FROM customers WHERE email = $1 AND mood = $2",
            "INSERT INTO orders (customer_id, state, total) VALUES ($1, $2, $3) RETURNING id",
            "INSERT INTO customers (email, mood, code, tags, doc) VALUES (:email, :mood, :code, \
                :tags, :doc)",
            "SELECT * FROM open_orders LIMIT ?",
            "UPDATE orders SET total = @total WHERE id = ANY(@ids)",
            "SELECT 1 FROM nowhere",
            "SELECT now(), txid_current() FROM customers",
        ],
    );
    let seen = own.rehearse(&plan).expect("a rehearsal");
    assert!(seen.filled.empty.is_empty(), "{:?}", seen.filled);
    assert!(seen.up.failure().is_none(), "{:?}", seen.up);
    let told = &seen.statements;
    assert_eq!((told.ran, told.left_out), (7, 1), "{:?}", told);
    let fail: Vec<&str> = told.fail.iter().map(|one| one.how.as_str()).collect();
    assert_eq!(fail, ["column \"note\" does not exist"]);
    let other: Vec<&str> = told
        .answer_otherwise
        .iter()
        .map(|one| one.how.as_str())
        .collect();
    assert_eq!(
        other,
        ["the column seen of the answer was timestamptz and is timestamp"]
    );
    let locks = &seen.up.migrations[0].locks;
    assert_eq!(
        (locks[0].table.as_str(), locks[0].mode.as_str()),
        ("orders", "AccessExclusiveLock")
    );
    let down = seen.down.as_ref().expect("a way down");
    assert!(down.ran.is_whole(), "{:?}", down.ran);
    assert!(
        down.lost
            .iter()
            .any(|loss| loss.table == "orders" && loss.values[0].0 == "note")
    );
    assert!(
        down.schema
            .other
            .iter()
            .any(|one| one.contains("type mood was calm, loud")),
        "{:?}",
        down.schema
    );
    // the label stays, so it cannot be added again
    let again = seen
        .again
        .as_ref()
        .and_then(|again| again.failure())
        .expect("a failure");
    assert!(again.error.contains("already exists"), "{again:?}");
    assert!(
        seen.engine
            .version
            .starts_with(|c: char| c.is_ascii_digit())
    );
    // a second run starts over
    let second = own.rehearse(&plan).expect("a second rehearsal");
    assert_eq!(second.statements, seen.statements);
}

#[test]
fn what_is_not_scratch_is_left_alone() {
    let Some(own) = OwnPostgresDatabase::new("alone") else {
        return;
    };
    let plan = plan_of(
        &[("1.up.sql", "CREATE TABLE a (id int)")],
        &[("2.up.sql", "DROP TABLE a", None)],
        &["SELECT id FROM a"],
    );
    own.run("CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'");
    let fault = own.rehearse(&plan).expect_err("refused").to_string();
    assert!(fault.contains("it holds routine public.f"), "{fault}");
    own.run("DROP FUNCTION f()");
    let seen = own.rehearse(&plan).expect("a rehearsal");
    assert_eq!(seen.result(), RehearsalResult::Broke);
    own.run("CREATE TABLE ledger (id int)");
    assert!(matches!(
        own.rehearse(&plan),
        Err(RehearsalFault::NotScratch { .. })
    ));
    // killed in the middle: everything of it goes
    own.run(
        "UPDATE backout_rehearsal.backout_rehearsal SET state = 'running'; CREATE SCHEMA \
        other; CREATE TABLE other.t (id int); CREATE EXTENSION IF NOT EXISTS citext SCHEMA other",
    );
    assert!(own.rehearse(&plan).is_ok());
}

#[test]
fn what_hangs_or_waits_is_stopped() {
    let Some(own) = OwnPostgresDatabase::new("hangs") else {
        return;
    };
    for text in [
        "SELECT pg_sleep(60)",
        "SET statement_timeout = 0;\nSELECT pg_sleep(60)",
    ] {
        let mut plan = plan_of(
            &[("1.up.sql", "CREATE TABLE a (id int)")],
            &[("2.up.sql", text, None)],
            &[],
        );
        plan.limits.statement = 1;
        plan.rows = 0;
        let seen = own.rehearse(&plan).expect("a rehearsal");
        let failure = seen.up.failure().expect("a failure");
        assert_eq!(failure.error, "it took longer than 1 s", "{text}");
    }
}

#[test]
fn a_second_rehearsal_waits_for_nobody() {
    let Some(own) = OwnPostgresDatabase::new("taken") else {
        return;
    };
    let plan = plan_of(
        &[("1.up.sql", "CREATE TABLE a (id int)")],
        &[("2.up.sql", "DROP TABLE a", None)],
        &[],
    );
    let mut other = postgres::Client::connect(&own.words(), postgres::NoTls).expect("a database");
    other
        .batch_execute(&format!(
            "SELECT pg_advisory_lock({})",
            crate::postgres::LOCK
        ))
        .expect("a lock");
    assert!(matches!(own.rehearse(&plan), Err(RehearsalFault::Taken(_))));
}

#[test]
fn previous_that_does_not_run_is_said() {
    let Some(own) = OwnPostgresDatabase::new("before") else {
        return;
    };
    let plan = plan_of(
        &[("1.up.sql", "CREATE EXTENSION nobody_has_this")],
        &[("2.up.sql", "SELECT 1", None)],
        &[],
    );
    let fault = own.rehearse(&plan).expect_err("a fault").to_string();
    assert!(
        fault.contains("the migrations of 1.0.0 itself do not run") && fault.contains("1.up.sql:1"),
        "{fault}"
    );
    let wrong =
        DatabaseAddress::parse("postgres://ann:secret@127.0.0.1:1/none").expect("an address");
    let fault = rehearse_on_database(&wrong, &plan, &mut |_| {})
        .expect_err("a fault")
        .to_string();
    assert!(
        fault.contains("cannot be reached") && !fault.contains("secret"),
        "{fault}"
    );
}

/// A range of fifty migrations and two hundred statements must not cost a coffee break.
#[test]
fn fifty_migrations_and_two_hundred_statements_take_seconds() {
    let Some(own) = OwnPostgresDatabase::new("many") else {
        return;
    };
    let before: Vec<(String, String)> = (0..20)
        .map(|at| {
            (
                format!("{at:03}.up.sql"),
                format!(
                    "CREATE TABLE t{at} (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, code \
                        text NOT NULL, amount integer, seen timestamptz)"
                ),
            )
        })
        .collect();
    let range: Vec<(String, String, String)> = (0..50)
        .map(|at| {
            let table = at % 20;
            let (up, down) = if at % 5 == 0 && at < 20 {
                (
                    "DROP COLUMN amount".to_owned(),
                    "ADD amount integer".to_owned(),
                )
            } else {
                (format!("ADD c{at} text"), format!("DROP COLUMN c{at}"))
            };
            let alter = |change: String| format!("ALTER TABLE t{table} {change}");
            (format!("1{at:02}.up.sql"), alter(up), alter(down))
        })
        .collect();
    let statements: Vec<String> = (0..200)
        .map(|at| match (at % 20, at / 20 % 4) {
            (table, 0) => format!("SELECT id, code FROM t{table} WHERE id = $1 AND {at} > 0"),
            (table, 1) => format!("SELECT amount, {at} FROM t{table} WHERE code = $1"),
            (table, 2) => format!("INSERT INTO t{table} (code, seen) VALUES ($1, $2) -- {at}"),
            (table, _) => format!("UPDATE t{table} SET code = $1 WHERE id = $2 AND {at} > 0"),
        })
        .collect();
    let before: Vec<(&str, &str)> = before
        .iter()
        .map(|(a, b)| (a.as_str(), b.as_str()))
        .collect();
    let range: Vec<(&str, &str, Option<&str>)> = range
        .iter()
        .map(|(path, up, down)| (path.as_str(), up.as_str(), Some(down.as_str())))
        .collect();
    let statements: Vec<&str> = statements.iter().map(String::as_str).collect();
    let began = std::time::Instant::now();
    let seen = own
        .rehearse(&plan_of(&before, &range, &statements))
        .expect("a rehearsal");
    let took = began.elapsed();
    println!("50 migrations and 200 statements: {} ms", took.as_millis());
    assert_eq!(seen.up.migrations.len(), 50);
    assert_eq!((seen.statements.found, seen.statements.ran), (200, 200));
    assert!(!seen.statements.fail.is_empty());
    assert!(seen.again.as_ref().is_some_and(|ran| ran.is_whole()));
    assert!(took.as_secs() < 30, "{took:?}");
}
