//! Code of the previous release that is easily taken for a use, or for none.

use super::search::in_vain;
use super::traps::{CODE, ORDERS};
use super::*;

#[test]
fn a_release_that_refuses_any_newer_schema_is_a_gate() {
    let guard = "package storage\n\nvar errNewer = \"current schema version is greater than the latest known schema version\"\n";
    let base = [
        ("internal/storage/errors.go", guard),
        (
            "internal/storage/migrations/postgres/V0001.Init.up.sql",
            ORDERS,
        ),
    ];
    // an empty migration raises the version all the same
    let current: Vec<(&str, &str)> = base
        .iter()
        .copied()
        .chain([(
            "internal/storage/migrations/postgres/V0002.Empty.up.sql",
            "",
        )])
        .collect();
    let gate = |outcome: &DatabaseOutcome| {
        outcome
            .findings
            .iter()
            .find(|finding| finding.check == "database/start-gate")
            .map(|finding| (finding.severity, finding.confidence))
    };
    assert_eq!(
        gate(&assess(&base, &current)),
        Some((Severity::Blocks, Confidence::Proven))
    );
    assert_eq!(gate(&assess(&base, &base)), None);
}

#[test]
fn a_default_that_inserts_of_old_code_rely_on_is_missed() {
    let base = [
        (
            "db/migrations/0001_init.up.sql",
            "CREATE TABLE orders (id serial PRIMARY KEY, note text, state text NOT NULL DEFAULT 'new');\n",
        ),
        (
            "app/orders.py",
            "def save(db, note):\n    db.execute('INSERT INTO orders (note) VALUES (%s)', note)\n\ndef load(db):\n    return db.query('SELECT id, state FROM orders')\n",
        ),
    ];
    let current: Vec<(&str, &str)> = base
        .iter()
        .copied()
        .chain([(
            "db/migrations/0002_x.up.sql",
            "ALTER TABLE orders ALTER COLUMN state DROP DEFAULT;\n",
        )])
        .collect();
    let operation = &assess(&base, &current).migrations[0].operations[0];
    assert_eq!(
        operation.rollback,
        RollbackEffect::BreaksWrites,
        "{}",
        operation.why
    );
    assert_eq!(operation.used_by[0].line, Some(2));
    assert_eq!(
        operation.compatibility_step.as_deref(),
        Some("ALTER TABLE orders ALTER COLUMN state SET DEFAULT 'new';")
    );
}

#[test]
fn statements_that_mend_fit_what_they_mend() {
    let step = |dialect: &str, init: &str, up: &str| {
        let (first, second) = (
            format!("db/{dialect}/migrations/0001_init.up.sql"),
            format!("db/{dialect}/migrations/0002_x.up.sql"),
        );
        let base = [(first.as_str(), init), ("app/orders.py", CODE)];
        let current: Vec<(&str, &str)> = base
            .iter()
            .copied()
            .chain([(second.as_str(), up)])
            .collect();
        assess(&base, &current).migrations[0].operations[0]
            .compatibility_step
            .clone()
            .unwrap_or_default()
    };
    let init = "CREATE TABLE orders (id int PRIMARY KEY, note varchar(40) NOT NULL DEFAULT 'x', amount int);\n";
    // MySQL and SQL Server drop what is not repeated.
    assert_eq!(
        step(
            "mysql",
            init,
            "ALTER TABLE orders MODIFY COLUMN note varchar(20) NOT NULL DEFAULT 'x';"
        ),
        "ALTER TABLE orders MODIFY COLUMN note varchar(40) NOT NULL DEFAULT 'x';"
    );
    assert_eq!(
        step(
            "mssql",
            init,
            "ALTER TABLE orders ALTER COLUMN note varchar(20) NOT NULL;"
        ),
        "ALTER TABLE orders ALTER COLUMN note varchar(40) NOT NULL;"
    );
    // What a constraint made goes as a constraint.
    assert_eq!(
        step(
            "postgres",
            init,
            "ALTER TABLE orders ADD CONSTRAINT orders_note_key UNIQUE (note);"
        ),
        "ALTER TABLE orders DROP CONSTRAINT orders_note_key;"
    );
    assert_eq!(
        step(
            "mysql",
            init,
            "ALTER TABLE orders ADD CONSTRAINT orders_note_key UNIQUE (note);"
        ),
        "ALTER TABLE orders DROP INDEX orders_note_key;"
    );
    assert_eq!(
        step(
            "postgres",
            init,
            "CREATE UNIQUE INDEX orders_note ON orders (note);"
        ),
        "DROP INDEX orders_note;"
    );
    assert_eq!(
        step(
            "postgres",
            init,
            "ALTER TABLE orders ALTER COLUMN note SET DEFAULT 'y';"
        ),
        "ALTER TABLE orders ALTER COLUMN note SET DEFAULT 'x';"
    );
}

#[test]
fn a_column_with_a_common_name_is_found_beside_its_table() {
    // a word on thousands of lines, of which a search looks at a part
    let many: Vec<(String, String)> = (0..4)
        .map(|at| {
            (
                format!("app/a{at}.py"),
                (0..900)
                    .map(|line| format!("x{line} = other.kind\n"))
                    .collect::<String>(),
            )
        })
        .collect();
    let mut base: Vec<(&str, &str)> = many
        .iter()
        .map(|(path, text)| (path.as_str(), text.as_str()))
        .collect();
    base.push((
        "db/migrations/0001_init.up.sql",
        "CREATE TABLE zebras (id int PRIMARY KEY, kind text);\n",
    ));
    base.push((
        "zoo/load.py",
        "def load(db):\n    return db.query('SELECT id, kind FROM zebras')\n",
    ));
    let current: Vec<(&str, &str)> = base
        .iter()
        .copied()
        .chain([(
            "db/migrations/0002_x.up.sql",
            "ALTER TABLE zebras DROP COLUMN kind;\n",
        )])
        .collect();
    let operation = &assess(&base, &current).migrations[0].operations[0];
    assert_eq!(
        (operation.rollback, operation.used_by[0].raw_path()),
        (RollbackEffect::BreaksReads, Some("zoo/load.py"))
    );
}

#[test]
fn an_annotation_that_defines_an_index_is_no_hint() {
    let init = "CREATE TABLE orders (id int PRIMARY KEY, note text);\nCREATE INDEX orders_note ON orders (note);\n";
    let judge = |path: &str, text: &str| {
        let base = [
            ("db/postgres/migrations/0001_init.up.sql", init),
            (path, text),
        ];
        let current: Vec<(&str, &str)> = base
            .iter()
            .copied()
            .chain([(
                "db/postgres/migrations/0002_x.up.sql",
                "DROP INDEX orders_note;\n",
            )])
            .collect();
        assess(&base, &current).migrations[0].rollback
    };
    assert_eq!(
        judge(
            "src/Order.java",
            "@Index(name = \"orders_note\", columnList = \"note\")\nclass Order {}\n"
        ),
        RollbackEffect::Safe
    );
    assert_eq!(
        judge(
            "app/a.py",
            "db.query('SELECT /*+ INDEX(orders orders_note) */ id FROM orders')\n"
        ),
        // the database leaves out a hint that it cannot follow
        RollbackEffect::Safe
    );
    assert_eq!(
        judge(
            "app/a.py",
            "db.query('SELECT id FROM orders WITH (INDEX(orders_note))')\n"
        ),
        RollbackEffect::BreaksReads
    );
    assert_eq!(
        judge(
            "app/a.py",
            "db.query('SELECT id FROM orders USE INDEX (orders_note)')\n"
        ),
        RollbackEffect::BreaksReads
    );
}

#[test]
fn a_dropped_view_is_missed_through_the_class_that_stands_for_it() {
    let init = "CREATE TABLE orders (id int PRIMARY KEY);\nCREATE VIEW open_orders AS SELECT id FROM orders;\n";
    let judge = |code: &str| {
        in_vain(
            "postgres",
            init,
            "DROP VIEW open_orders;\n",
            &[("app/models/open_order.rb", code)],
        )
        .map(|(effect, _)| effect)[0]
    };
    assert_eq!(
        judge("class OpenOrder < ApplicationRecord\nend\n"),
        RollbackEffect::BreaksReads
    );
    assert_eq!(
        judge("class Other < ApplicationRecord\nend\n"),
        RollbackEffect::Safe
    );
}

#[test]
fn a_procedure_that_only_its_own_file_defines_is_not_called() {
    let init = "CREATE PROCEDURE [dbo].[Order_Old] @Id int AS BEGIN SELECT 1 END\nGO\n";
    // tools of SQL Server begin a file with the mark of its encoding
    let code = [(
        "src/Sql/Order_Old.sql",
        "\u{feff}CREATE PROCEDURE [dbo].[Order_Old] @Id int AS BEGIN SELECT 1 END\n",
    )];
    let [(effect, why), (alone, _)] = in_vain(
        "mssql",
        init,
        "DROP PROCEDURE [dbo].[Order_Old]\nGO\n",
        &code,
    );
    assert_eq!(
        (effect, alone),
        (RollbackEffect::Safe, RollbackEffect::Doubt),
        "{why}"
    );
}

#[test]
fn a_routine_that_turns_to_a_table_called_news_is_told() {
    let init = "CREATE TABLE orders (id int PRIMARY KEY);\nCREATE TABLE news (id int PRIMARY KEY);\nCREATE FUNCTION total() RETURNS bigint AS $$ SELECT count(*) FROM orders $$ LANGUAGE sql;\n";
    let judge = |table: &str| {
        let sql = format!(
            "CREATE OR REPLACE FUNCTION total() RETURNS bigint AS $$ SELECT count(*) + 0 FROM {table} $$ LANGUAGE sql;\n"
        );
        in_vain(
            "postgres",
            init,
            &sql,
            &[("app/a.py", "db.query('SELECT total()')\n")],
        )
        .map(|(effect, _)| effect)[0]
    };
    assert_eq!(judge("news"), RollbackEffect::Doubt);
    // the same table as before
    assert_eq!(judge("orders"), RollbackEffect::Safe);
}
