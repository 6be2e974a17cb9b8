//! The stories the program is shown with, ways down, hostile files; `tests/program/database.rs` holds every
//! check to its fixtures.

use super::*;
use model::{Confidence, Config, DownKind, DownState, MemorySnapshot};

/// Files of a release.
pub type Files<'a> = &'a [(&'a str, &'a str)];

/// Checks the range between two sets of files. Files with the same contents under another name are
/// renames.
pub fn assess(previous: Files<'_>, current: Files<'_>) -> DatabaseOutcome {
    assess_with(previous, current, &Config::default())
}

fn assess_with(previous: Files<'_>, current: Files<'_>, config: &Config) -> DatabaseOutcome {
    let (old, new) = (
        MemorySnapshot::new(previous.iter().copied()),
        MemorySnapshot::new(current.iter().copied()),
    );
    let changes = old.changes_to(&new);
    check_database(&ReleaseRange {
        previous: &old,
        current: &new,
        changes: &changes,
        config,
        previous_version: "3.0.0",
        current_version: "3.1.0",
    })
}

// a view over a table and program text over the view: what reaches a table without naming it
const INIT: &str = "CREATE TABLE item (id serial PRIMARY KEY, name text NOT NULL, amount int NOT NULL);\nCREATE VIEW price AS SELECT id, amount FROM item;\n";
const SHOP: &str = "def prices(db):\n    return db.query('SELECT id, amount FROM price')\n\ndef add(db, name, amount):\n    db.execute('INSERT INTO item (name, amount) VALUES (%s, %s)', name, amount)\n";

fn value(outcome: &DatabaseOutcome, key: &str) -> Option<&'static str> {
    summary::summarize_database(outcome)
        .get(key)
        .map(|fact| fact.value)
}

#[test]
fn a_new_table_that_a_view_now_uses_is_doubt() {
    let up = "CREATE TABLE discount (item_id int, percent int);\nCREATE OR REPLACE VIEW price AS SELECT i.id, i.amount - coalesce(d.percent, 0) AS amount FROM item i LEFT JOIN discount d ON d.item_id = i.id;\n";
    let outcome = assess(
        &[
            ("db/migrations/0001_init.up.sql", INIT),
            ("app/shop.py", SHOP),
        ],
        &[
            ("db/migrations/0001_init.up.sql", INIT),
            ("app/shop.py", SHOP),
            ("db/migrations/0002_discount.up.sql", up),
        ],
    );
    assert_eq!(value(&outcome, "database.old_code"), Some("doubt"));
    assert_eq!(value(&outcome, "database.views_on_new"), Some("yes"));
    assert_eq!(value(&outcome, "database.data_migrated"), Some("no"));
    assert_eq!(
        outcome.migrations[0].operations[0].rollback,
        RollbackEffect::Safe
    );
}

#[test]
fn a_required_column_breaks_writes_and_a_default_mends_it() {
    let up = "ALTER TABLE item ADD COLUMN sku varchar(20) NOT NULL;\n";
    let outcome = assess(
        &[
            ("db/migrations/0001_init.up.sql", INIT),
            ("app/shop.py", SHOP),
        ],
        &[
            ("db/migrations/0001_init.up.sql", INIT),
            ("app/shop.py", SHOP),
            ("db/migrations/0002_sku.up.sql", up),
        ],
    );
    assert_eq!(value(&outcome, "database.old_code"), Some("breaks-writes"));
    assert_eq!(
        value(&outcome, "database.compatibility_step"),
        Some("exists")
    );
    let summed = summary::summarize_database(&outcome);
    let step = summed
        .get("database.compatibility_step")
        .and_then(|fact| fact.evidence.first())
        .and_then(|place| place.excerpt.clone());
    assert_eq!(
        step.as_ref().map(model::Untrusted::as_raw),
        Some("ALTER TABLE item ALTER COLUMN sku SET DEFAULT '';")
    );
    let finding = &outcome.findings[0];
    assert_eq!(
        (finding.check.as_str(), finding.severity, finding.confidence),
        (
            "database/not-null-without-default",
            Severity::Blocks,
            Confidence::Proven
        )
    );
    assert!(
        finding
            .evidence
            .iter()
            .any(|place| place.raw_path() == Some("app/shop.py"))
    );
}

#[test]
fn a_dropped_table_that_is_read_has_no_small_step() {
    let init = format!("{INIT}CREATE TABLE quarterly_report (id int, total int);\n");
    let code = "def report(db):\n    return db.query('SELECT total FROM quarterly_report')\n";
    let outcome = assess(
        &[
            ("db/migrations/0001_init.up.sql", &init),
            ("app/report.py", code),
        ],
        &[
            ("db/migrations/0001_init.up.sql", &init),
            (
                "db/migrations/0002_drop.up.sql",
                "DROP TABLE quarterly_report;\n",
            ),
        ],
    );
    assert_eq!(value(&outcome, "database.old_code"), Some("breaks-reads"));
    assert_eq!(value(&outcome, "database.compatibility_step"), Some("none"));
    assert_eq!(value(&outcome, "database.downs"), Some("none"));
    assert_eq!(value(&outcome, "database.schema"), Some("destructive"));
}

#[test]
fn no_migration_is_no_change() {
    let outcome = assess(&[("a.py", "x")], &[("a.py", "y")]);
    assert_eq!(value(&outcome, "database.schema"), Some("none"));
    assert_eq!(value(&outcome, "database.old_code"), Some("safe"));
    assert!(outcome.findings.is_empty() && outcome.unchecked.is_empty());
}

#[test]
fn databases_that_are_not_live_do_not_block() {
    let config = Config {
        database: model::DatabaseConfig {
            dialects: vec!["postgresql".to_owned()],
            ..Default::default()
        },
        ..Config::default()
    };
    let previous: Files<'_> = &[
        (
            "db/mysql/migrations/0001_a.up.sql",
            "CREATE TABLE item (id int);\n",
        ),
        ("app/shop.py", SHOP),
    ];
    let current: Files<'_> = &[
        (
            "db/mysql/migrations/0001_a.up.sql",
            "CREATE TABLE item (id int);\n",
        ),
        ("app/shop.py", SHOP),
        ("db/mysql/migrations/0002_b.up.sql", "DROP TABLE item;\n"),
    ];
    assert!(
        assess(previous, current)
            .findings
            .iter()
            .any(|finding| finding.severity == Severity::Blocks)
    );
    let outcome = assess_with(previous, current, &config);
    assert!(
        !outcome
            .findings
            .iter()
            .any(|finding| finding.severity == Severity::Blocks)
    );
    assert_eq!(value(&outcome, "database.old_code"), Some("safe"));
}

#[test]
fn what_cannot_be_read_is_an_entry_and_the_rest_goes_on() {
    // a file over the bound, one nested beyond any stack, one that is no text, and one that is fine
    let large = "-- x\n".repeat(4 * 1024 * 1024);
    let deep = format!(
        "SELECT {}1{};\nALTER TABLE item ADD COLUMN b int;\n",
        "(".repeat(10_000),
        ")".repeat(10_000)
    );
    let outcome = assess(
        &[
            ("db/migrations/0001_init.up.sql", INIT),
            ("app/shop.py", SHOP),
        ],
        &[
            ("db/migrations/0001_init.up.sql", INIT),
            ("app/shop.py", SHOP),
            ("db/migrations/0002_large.up.sql", &large),
            ("db/migrations/0003_deep.up.sql", &deep),
            ("db/migrations/0004_binary.up.sql", "\0\u{1}\u{2}"),
            (
                "db/migrations/0005_fine.up.sql",
                "ALTER TABLE item ADD COLUMN c int;\n",
            ),
        ],
    );
    assert_eq!(outcome.migrations.len(), 4);
    let by_name = |name: &str| {
        outcome
            .migrations
            .iter()
            .find(|migration| migration.path.contains(name))
            .map(|migration| migration.rollback)
    };
    assert_eq!(
        (
            by_name("large"),
            by_name("deep"),
            by_name("binary"),
            by_name("fine")
        ),
        (
            Some(RollbackEffect::Doubt),
            Some(RollbackEffect::Safe),
            Some(RollbackEffect::Doubt),
            Some(RollbackEffect::Safe)
        )
    );
    assert!(
        outcome
            .unchecked
            .iter()
            .any(|entry| entry.what.as_raw().contains("0002_large"))
            && outcome
                .unchecked
                .iter()
                .any(|entry| entry.what.as_raw().contains("0004_binary"))
    );
}

/// Up, down, and what is said of the down: its kind, its state, and whether it loses data.
type DownCase<'a> = (
    &'a str,
    Option<&'a str>,
    DownKind,
    Option<DownState>,
    Option<bool>,
);

const DOWN_CASES: &[DownCase<'_>] = &[
    (
        "ALTER TABLE item ADD COLUMN b int;",
        Some("ALTER TABLE item DROP COLUMN b;"),
        DownKind::Script,
        Some(DownState::Complete),
        Some(true),
    ),
    (
        "ALTER TABLE item ADD COLUMN b int;\nCREATE INDEX i ON item (b);\nCREATE TABLE x (id int);",
        Some("DROP TABLE x;"),
        DownKind::Script,
        Some(DownState::Incomplete),
        Some(true),
    ),
    (
        "CREATE INDEX i ON item (name);",
        Some("DROP INDEX i;"),
        DownKind::Script,
        Some(DownState::Complete),
        Some(false),
    ),
    (
        "CREATE INDEX i ON item (name);",
        Some("-- nothing\n"),
        DownKind::None,
        Some(DownState::Empty),
        Some(false),
    ),
    // a query is no way back: the statement runs and undoes nothing
    (
        "CREATE INDEX i ON item (name);",
        Some("SELECT 1;"),
        DownKind::None,
        Some(DownState::Empty),
        Some(false),
    ),
    (
        "CREATE INDEX i ON item (name);",
        Some("DROP TABLE item;"),
        DownKind::Script,
        Some(DownState::Harmful),
        Some(true),
    ),
    (
        // the type is put back, and all rows are gone: undone by its text alone
        "ALTER TABLE item ALTER COLUMN name TYPE varchar(99);",
        Some("TRUNCATE item;\nALTER TABLE item ALTER COLUMN name TYPE text;"),
        DownKind::Script,
        Some(DownState::Harmful),
        Some(true),
    ),
    (
        "CREATE INDEX i ON item (name);",
        Some("DO $$ BEGIN RAISE EXCEPTION 'no way back'; END $$;"),
        DownKind::Irreversible,
        None,
        Some(false),
    ),
    (
        "CREATE INDEX i ON item (name);",
        None,
        DownKind::None,
        None,
        None,
    ),
    (
        // the table comes back empty: complete as to the schema, and everything is lost
        "DROP TABLE item;",
        Some("CREATE TABLE item (id serial PRIMARY KEY, name text NOT NULL, amount int NOT NULL);"),
        DownKind::Script,
        Some(DownState::Complete),
        Some(true),
    ),
    (
        "",
        Some(""),
        DownKind::Script,
        Some(DownState::Complete),
        // what does nothing needs nothing to go back
        Some(false),
    ),
];
#[test]
fn downs_are_told_apart() {
    for (up, down, kind, state, loses) in DOWN_CASES {
        let mut current = vec![
            ("db/migrations/0001_init.up.sql", INIT),
            ("db/migrations/0002_x.up.sql", *up),
        ];
        current.extend(down.map(|down| ("db/migrations/0002_x.down.sql", down)));
        let outcome = assess(&[("db/migrations/0001_init.up.sql", INIT)], &current);
        let got = &outcome.migrations[0].down;
        assert_eq!(
            (got.kind, got.state, got.loses_data),
            (*kind, *state, *loses),
            "{up} / {down:?}: {:?}",
            got.why
        );
    }
}

mod clients;
mod clients_rules;
mod comfort;
mod deep;
mod derived;
mod downs;
mod downs_back;
mod downs_of_hosts;
mod embedded;
mod gates;
mod left_out;
mod made;
mod orders;
mod played;
mod product_gates;
mod ran;
mod ran_names;
mod ran_start;
mod rewritten;
mod schemas;
mod search;
mod traps;
mod traps_code;
mod unread;
