//! Faults that made cases showed (`tests/differential`), one a kind, in SQLite. What a database
//! really does with them stands in `tests/observed` of the program.

use super::assess;
use model::RollbackEffect::{self, BreaksReads, BreaksWrites, DataChanged, Doubt, Safe};

fn worst(before: &str, old: &str, up: &str) -> (RollbackEffect, String) {
    let code = format!("def run(db):\n    return db.execute(\"\"\"{old}\"\"\").fetchall()\n");
    let base = [
        ("db/sqlite/migrations/0001_init.up.sql", before),
        ("app/store.py", code.as_str()),
    ];
    let current = [
        base[0],
        base[1],
        ("db/sqlite/migrations/0002_next.up.sql", up),
    ];
    let outcome = assess(&base, &current);
    let operations = outcome.migrations[0].operations.iter();
    operations
        .map(|operation| (operation.rollback, operation.why.clone()))
        .max()
        .unwrap_or((Safe, String::new()))
}

fn rebuilt(columns: &str, copy: &str) -> String {
    format!(
        "CREATE TABLE orders_new ({columns});\nINSERT INTO orders_new{copy};\nDROP TABLE orders;\nALTER TABLE orders_new RENAME TO orders;\n"
    )
}

const ORDERS: &str = "CREATE TABLE orders (id integer PRIMARY KEY, street text, state text);\n";

#[test]
fn a_table_made_anew_is_compared_in_everything() {
    let named = " (id, street, state) SELECT id, street, state FROM orders";
    let cases = [
        (
            "id integer PRIMARY KEY, street text DEFAULT 'x', state text",
            named,
            "INSERT INTO orders (state) VALUES ((SELECT max(street) FROM orders))",
            Doubt,
        ),
        (
            "id integer PRIMARY KEY, street text, state text DEFAULT 'x' UNIQUE",
            named,
            "INSERT INTO orders (street) VALUES ('a')",
            Doubt,
        ),
        (
            "id integer PRIMARY KEY, street text, state text, CHECK (state IS NOT NULL)",
            named,
            "INSERT INTO orders (street, state) VALUES ('a', 'b')",
            Doubt,
        ),
        // another collation finds other rows
        (
            "id integer PRIMARY KEY, street text COLLATE NOCASE, state text",
            named,
            "SELECT id FROM orders WHERE street = 'a'",
            Doubt,
        ),
        // the copy goes by place, so values change their columns
        (
            "id integer PRIMARY KEY, state text, street text",
            " SELECT * FROM orders",
            "SELECT state FROM orders",
            DataChanged,
        ),
        (
            "id integer PRIMARY KEY, state text, street text",
            named,
            "SELECT state FROM orders",
            Safe,
        ),
        // UNION takes columns by place
        (
            "id integer PRIMARY KEY, state text, street text",
            named,
            "SELECT * FROM orders UNION SELECT * FROM shipments",
            DataChanged,
        ),
        // the default may name a row that is not there
        (
            "id integer PRIMARY KEY, street text, state text, owner_id integer DEFAULT 2 REFERENCES orders (id)",
            named,
            "INSERT INTO orders (street) VALUES ('a')",
            Doubt,
        ),
        (
            "id integer PRIMARY KEY, street text, state text",
            named,
            "SELECT state FROM orders",
            Safe,
        ),
    ];
    for (columns, copy, old, expected) in cases {
        let (effect, why) = worst(ORDERS, old, &rebuilt(columns, copy));
        assert_eq!(effect, expected, "{columns}{copy} / {old}: {why}");
    }
}

#[test]
fn rows_of_another_table_do_not_come_back() {
    let before = format!("{ORDERS}CREATE TABLE parcels (id integer PRIMARY KEY, label text);\n");
    let columns = "id integer PRIMARY KEY, street text, state text";
    let copy = " (id, street, state) SELECT id, street, state FROM orders";
    for more in ["label FROM parcels", "state FROM orders"] {
        let more = format!("INSERT INTO orders (street) SELECT {more};\n");
        let up = format!("{}{more}", rebuilt(columns, copy));
        let (effect, why) = worst(&before, "SELECT street FROM orders", &up);
        assert_eq!(effect, DataChanged, "{why}");
    }
}

#[test]
fn old_statements_meet_what_is_added() {
    let cases = [
        // a default that refers to a row, and a parent that is no key or not there
        (
            "INSERT INTO orders (street) VALUES ('a')",
            "ALTER TABLE orders ADD COLUMN owner_id integer DEFAULT 7 REFERENCES orders (id);",
            Doubt,
        ),
        (
            "INSERT INTO orders (street) VALUES ('a')",
            "ALTER TABLE orders ADD COLUMN owner_id integer REFERENCES nowhere (id);",
            Doubt,
        ),
        (
            "INSERT INTO orders (street) VALUES ('a')",
            "ALTER TABLE orders ADD COLUMN owner_id integer REFERENCES orders (state);",
            Doubt,
        ),
        (
            "INSERT INTO orders (street) VALUES ('a')",
            "ALTER TABLE orders ADD COLUMN owner_id integer REFERENCES orders (id);",
            Safe,
        ),
        // every column is taken by number
        (
            "INSERT OR REPLACE INTO archive (id, street, state) SELECT * FROM orders",
            "ALTER TABLE orders ADD COLUMN phone text;",
            BreaksWrites,
        ),
        (
            "REPLACE INTO archive SELECT * FROM orders",
            "ALTER TABLE orders ADD COLUMN phone text;",
            BreaksWrites,
        ),
        // SQLite leaves a computed column out of a row
        (
            "INSERT INTO orders VALUES (1, 'a', 'b')",
            "ALTER TABLE orders ADD COLUMN upper_street text GENERATED ALWAYS AS (upper(street));",
            Safe,
        ),
        // the column is computed when it is read, and may fail then
        (
            "SELECT * FROM orders",
            "ALTER TABLE orders ADD COLUMN part text GENERATED ALWAYS AS (json_extract(street, '$.a'));",
            Doubt,
        ),
        // NATURAL JOIN joins by every name that both have
        (
            "SELECT street FROM orders NATURAL JOIN parcels",
            "ALTER TABLE orders ADD COLUMN phone text;",
            Doubt,
        ),
        // a rule of the new column refuses what old code leaves there
        (
            "INSERT INTO orders (street) VALUES ('a')",
            "ALTER TABLE orders ADD COLUMN phone text CHECK (phone IS NOT NULL);",
            BreaksWrites,
        ),
        (
            "INSERT INTO orders (street) VALUES ('a')",
            "ALTER TABLE orders ADD COLUMN size integer DEFAULT 0 CHECK (size > 0);",
            BreaksWrites,
        ),
        (
            "INSERT INTO orders (street) VALUES ('a')",
            "ALTER TABLE orders ADD COLUMN size integer DEFAULT 1 CHECK (size > 0);",
            Safe,
        ),
        // an expression is not the column in it
        (
            "INSERT INTO orders (id, street) VALUES (1, 'a')",
            "CREATE UNIQUE INDEX orders_by_half ON orders (id % 2);",
            Doubt,
        ),
    ];
    for (old, up, expected) in cases {
        let (effect, why) = worst(ORDERS, old, up);
        assert_eq!(effect, expected, "{old} / {up}: {why}");
    }
}

#[test]
fn a_rule_that_told_which_rows_are_there_is_missed() {
    for (rule, old, expected) in [
        // without the rule a second row is added
        (
            "",
            "INSERT OR IGNORE INTO orders (street) VALUES ('a')",
            DataChanged,
        ),
        (
            "",
            "INSERT INTO orders (street) VALUES ('a')\nON CONFLICT DO NOTHING",
            DataChanged,
        ),
        // REPLACE deletes the row that the rule finds
        (
            " WHERE state IS NULL",
            "REPLACE INTO orders (street) VALUES ('a')",
            DataChanged,
        ),
        ("", "INSERT INTO orders (street) VALUES ('a')", Safe),
    ] {
        let before =
            format!("{ORDERS}CREATE UNIQUE INDEX orders_street ON orders (street){rule};\n");
        let (effect, why) = worst(&before, old, "DROP INDEX orders_street;");
        assert_eq!(effect, expected, "{rule} / {old}: {why}");
    }
}

#[test]
fn a_view_that_shows_more_is_taken_by_number() {
    let before = format!("{ORDERS}CREATE VIEW streets AS SELECT street FROM orders;\n");
    let up = "DROP VIEW streets;\nCREATE VIEW streets AS SELECT street, state FROM orders;\n";
    for (old, expected) in [
        (
            "SELECT * FROM streets UNION SELECT street FROM orders",
            BreaksReads,
        ),
        ("SELECT street FROM streets", Safe),
    ] {
        let (effect, why) = worst(&before, old, up);
        assert_eq!(effect, expected, "{old}: {why}");
    }
}

#[test]
fn a_view_of_two_tables_shows_a_column_that_both_have() {
    let before = format!(
        "{ORDERS}CREATE VIEW pairs AS SELECT a.street AS street FROM orders a JOIN orders b ON a.id = b.id;\n"
    );
    for (column, expected) in [("state", Doubt), ("a.state", Safe)] {
        let up = format!(
            "DROP VIEW pairs;\nCREATE VIEW pairs AS SELECT a.street AS street, {column} AS more FROM orders a JOIN orders b ON a.id = b.id;\n"
        );
        let (effect, why) = worst(&before, "SELECT street FROM pairs", &up);
        assert_eq!(effect, expected, "{column}: {why}");
    }
}
