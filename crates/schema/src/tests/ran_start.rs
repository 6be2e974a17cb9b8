//! What several histories say together, and whether they settle a refusal to start.

use super::ran::{DATED, DROP, JARS, NOTE, RanCase, assess_ran, check_ran_case, history, judge};
use super::*;
use model::HistoryScope::{Every, Versions};
use model::MigrationState::{Applied, Failed, Pending};
use model::{MigrationHistory, MigrationRecord};

#[test]
fn two_databases_in_the_histories_leave_it_open() {
    let old = &[("db/migrations/20260101000000_jars.sql", JARS)];
    let added = &[("db/migrations/20260301000000_drop.sql", DROP)];
    check_ran_case(&RanCase {
        about: "one file, both states",
        old,
        added,
        history: history(
            Every,
            &[
                ("20260101000000_jars", Applied),
                ("20260301000000_drop", Applied),
                ("20260301000000_drop", Pending),
            ],
        ),
        applied: None,
    });
    check_ran_case(&RanCase {
        about: "nothing of the previous release has run: a new database",
        old,
        added,
        history: history(
            Every,
            &[
                ("20260101000000_jars", Pending),
                ("20260301000000_drop", Pending),
            ],
        ),
        applied: None,
    });
    let mut undone = history(Every, &[("20260101000000_jars", Applied)]);
    undone.records.push(MigrationRecord {
        state: None,
        ..history(Every, &[("20260301000000_drop", Applied)])
            .records
            .remove(0)
    });
    check_ran_case(&RanCase {
        about: "undone: what it left is not known",
        old,
        added,
        history: undone,
        applied: None,
    });
    // two files, one of each shard
    let told = |state| {
        history(
            Every,
            &[
                ("20260101000000_jars", Applied),
                ("20260301000000_drop", state),
            ],
        )
    };
    let outcome = judge(
        "db/migrations",
        DATED,
        &[told(Pending), told(Applied), told(Pending)],
    );
    assert_eq!(value(&outcome, "database.old_code"), Some("breaks-reads"));
    assert!(
        outcome
            .unchecked
            .iter()
            .any(|open| open.why.as_raw().contains("do not agree")),
        "{:?}",
        outcome.unchecked
    );
}

#[test]
fn the_folder_of_another_program_is_another_database() {
    let rails = |name: &str, body: &str| {
        format!(
            "class {name} < ActiveRecord::Migration[7.1]\n  def change\n    {body}\n  end\nend\n"
        )
    };
    let (jars, bills, drop) = (
        rails("Jars", "create_table(:jars) { |t| t.text :label }"),
        rails("Bills", "create_table(:bills) { |t| t.text :sum }"),
        rails("Drop", "remove_column :jars, :label, :text"),
    );
    check_ran_case(&RanCase {
        about: "Rails, the table of the other program",
        old: &[
            ("shop/db/migrate/20260101000000_jars.rb", &jars),
            ("bills/db/migrate/20260102000000_bills.rb", &bills),
        ],
        added: &[("shop/db/migrate/20260301000000_drop.rb", &drop)],
        history: history(Versions, &[("20260102000000", Applied)]),
        applied: None,
    });
}

/// A program that refuses a schema above its own number, which is that of its migrations.
const REFUSES: &str = "SCHEMA_VERSION = 11\n\n\ndef start(db):\n    stored = db.schema_version()\n    if stored > SCHEMA_VERSION:\n        raise RuntimeError('database schema is newer than this release')\n";

/// The fact about the start, and the finding it rests on.
fn start(
    old: &[(&str, &str)],
    added: &[(&str, &str)],
    histories: &[MigrationHistory],
) -> (String, String) {
    let raised = REFUSES.replace("= 11", "= 12");
    let mut current: Vec<(&str, &str)> = old
        .iter()
        .copied()
        .filter(|(path, _)| *path != "app/schema.py")
        .collect();
    current.push(("app/schema.py", &raised));
    current.extend(added.iter().copied());
    let outcome = assess_ran(old, &current, histories);
    let says = outcome
        .findings
        .iter()
        .find(|finding| finding.check == "database/start-gate")
        .map(|finding| finding.says.clone())
        .unwrap_or_default();
    let fact = crate::summary::summarize_database(&outcome)
        .facts
        .into_iter()
        .find(|fact| fact.key == model::fact_key::DATABASE_START_GATE)
        .map(|fact| fact.value.to_owned())
        .unwrap_or_default();
    (fact, says.into_raw())
}

#[test]
fn a_refusal_by_number_is_settled_by_the_migrations_that_ran() {
    let base = [
        ("db/migrations/0011_jars.sql", JARS),
        ("app/schema.py", REFUSES),
    ];
    let added = [("db/migrations/0012_note.sql", NOTE)];
    let (fact, says) = start(&base, &added, &[]);
    assert_eq!(fact, "yes", "{says}");
    let ran = history(
        Every,
        &[("0011_jars.sql", Applied), ("0012_note.sql", Applied)],
    );
    let (fact, says) = start(&base, &added, &[ran]);
    assert_eq!(fact, "yes");
    assert!(
        says.contains("ran.txt says that the schema is at 12, and 3.0.0 knows it up to 11"),
        "{says}"
    );
    let waits = history(
        Every,
        &[("0011_jars.sql", Applied), ("0012_note.sql", Pending)],
    );
    let (fact, says) = start(&base, &added, &[waits]);
    assert_eq!(fact, "no", "{says}");
    assert!(says.contains("no migration of the range ran"), "{says}");
    // one that ended half way may have raised the number
    let failed = history(
        Every,
        &[("0011_jars.sql", Applied), ("0012_note.sql", Failed)],
    );
    assert_eq!(start(&base, &added, &[failed]).0, "yes");
    // migrations that count in another way say nothing about the number of the program
    let dated = [("db/migrations/20260301000000_note.sql", NOTE)];
    let waits = history(
        Every,
        &[
            ("0011_jars.sql", Applied),
            ("20260301000000_note.sql", Pending),
        ],
    );
    assert_eq!(start(&base, &dated, &[waits]).0, "yes");
}

#[test]
fn a_refusal_by_number_is_settled_by_the_only_number_that_is_live() {
    let base = [("app/schema.py", REFUSES)];
    let lone = |number: &str| history(Versions, &[(number, Applied)]);
    for (histories, wanted) in [
        (vec![], "yes"),
        (vec![lone("12")], "yes"),
        (vec![lone("11")], "no"),
        // a number of something else, or of several things
        (vec![lone("3")], "yes"),
        (vec![lone("40")], "yes"),
        (vec![lone("11"), lone("12")], "yes"),
        // several rows are a list and no counter
        (
            vec![history(Versions, &[("10", Applied), ("11", Applied)])],
            "yes",
        ),
    ] {
        let (fact, says) = start(&base, &[], &histories);
        assert_eq!(fact, wanted, "{histories:?}: {says}");
    }
    // the number may be that of the migrations, which the program does not count
    let beside = [
        ("app/schema.py", REFUSES),
        ("db/migrations/0001_jars.sql", JARS),
    ];
    assert_eq!(start(&beside, &[], &[lone("11")]).0, "yes");
}
