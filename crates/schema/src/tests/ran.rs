//! What ran by the history of the database, and what is judged then.

use super::*;
use model::{HistoryScope, MigrationHistory, MigrationRecord, MigrationState};

fn history(scope: HistoryScope, records: &[(&str, MigrationState)]) -> MigrationHistory {
    MigrationHistory {
        file: "ran.txt".to_owned(),
        observed_at: None,
        tool: None,
        scope,
        incomplete: None,
        records: records
            .iter()
            .map(|(name, state)| {
                let (part, name) = match name.split_once('/') {
                    Some((part, name)) => (Some(part.to_owned()), name),
                    None => (None, *name),
                };
                MigrationRecord {
                    name: name.to_owned(),
                    version: None,
                    description: None,
                    part,
                    state: Some(*state),
                    at: None,
                    line: None,
                }
            })
            .collect(),
    }
}

fn assess_ran(
    previous: Files<'_>,
    current: Files<'_>,
    histories: &[MigrationHistory],
) -> DatabaseOutcome {
    let (old, new) = (
        MemorySnapshot::new(previous.iter().copied()),
        MemorySnapshot::new(current.iter().copied()),
    );
    let changes = old.changes_to(&new);
    check_database_with_histories(
        &ReleaseRange {
            previous: &old,
            current: &new,
            changes: &changes,
            config: &Config::default(),
            previous_version: "3.0.0",
            current_version: "3.1.0",
        },
        histories,
    )
}

use HistoryScope::{AppliedOnly, Every, PendingOnly, UpTo, Versions};
use MigrationState::{Applied, Failed, Pending};

const JARS: &str = "CREATE TABLE jars (id int PRIMARY KEY, label text NOT NULL);\n";
const DROP: &str = "ALTER TABLE jars DROP COLUMN label;\n";
const NOTE: &str = "ALTER TABLE jars ADD COLUMN note text;\n";
const READS: &str = "def all(db):\n    return db.execute('SELECT id, label FROM jars')\n";

/// A migration that takes a column away which the previous release reads, with what the histories
/// say of it.
fn judge(folder: &str, names: [&str; 3], histories: &[MigrationHistory]) -> DatabaseOutcome {
    let paths = names.map(|name| format!("{folder}/{name}"));
    let old = [(paths[0].as_str(), JARS), ("app.py", READS)];
    let new = [
        (paths[0].as_str(), JARS),
        ("app.py", READS),
        (paths[1].as_str(), NOTE),
        (paths[2].as_str(), DROP),
    ];
    assess_ran(&old, &new, histories)
}

const GOOSE: [&str; 3] = ["00001_jars.sql", "00002_note.sql", "00003_drop.sql"];
const DATED: [&str; 3] = [
    "20260101000000_jars.sql",
    "20260201000000_note.sql",
    "20260301000000_drop.sql",
];

#[test]
fn what_did_not_run_changes_nothing() {
    let breaks = judge("db/migrations", DATED, &[]);
    assert_eq!(value(&breaks, "database.old_code"), Some("breaks-reads"));
    assert_eq!(value(&breaks, "range.applied"), None);
    for (scope, records, schema, applied) in [
        // listed as pending
        (
            Every,
            vec![
                ("20260101000000_jars.sql", Applied),
                ("20260201000000_note.sql", Applied),
                ("20260301000000_drop.sql", Pending),
            ],
            "additive",
            "some",
        ),
        // by version alone, as Rails prints it
        (
            Every,
            vec![("20260201000000", Pending), ("20260301000000", Pending)],
            "none",
            "none",
        ),
        // not in the table, though an older one is
        (
            AppliedOnly,
            vec![("20260101000000", Applied)],
            "none",
            "none",
        ),
        (
            AppliedOnly,
            vec![
                ("20260101000000", Applied),
                ("20260201000000", Applied),
                ("20260301000000", Applied),
            ],
            "destructive",
            "all",
        ),
        (
            PendingOnly,
            vec![("20260301000000_drop", Pending)],
            "additive",
            "some",
        ),
        // taken back once and run again, in any order
        (
            AppliedOnly,
            vec![
                ("20260101000000", Applied),
                ("20260201000000", Applied),
                ("20260301000000", Applied),
                ("20260301000000", Pending),
            ],
            "destructive",
            "all",
        ),
        (UpTo, vec![("20260201000000", Applied)], "additive", "some"),
        (UpTo, vec![("20260101000000", Applied)], "none", "none"),
    ] {
        let outcome = judge("db/migrations", DATED, &[history(scope, &records)]);
        assert_eq!(
            value(&outcome, "database.schema"),
            Some(schema),
            "{scope:?} {records:?}"
        );
        assert_eq!(
            value(&outcome, "range.applied"),
            Some(applied),
            "{scope:?} {records:?}"
        );
        let told = outcome
            .findings
            .iter()
            .filter(|finding| finding.check == Check::WhatRan.id())
            .count();
        assert_eq!(told, 1, "{scope:?} {records:?}");
        let safe = schema != "destructive";
        assert_eq!(
            value(&outcome, "database.old_code") == Some("safe"),
            safe,
            "{scope:?} {records:?}"
        );
    }
}

#[test]
fn what_says_nothing_of_the_range_leaves_it_judged() {
    for (scope, records) in [
        (AppliedOnly, vec![("20250101000000_other", Applied)]),
        (AppliedOnly, vec![]),
        (UpTo, vec![("d7c6efd2de42", Applied)]),
        // cut before the newest of the previous release, or one that is further back
        (UpTo, vec![("20250101000000", Applied)]),
        // one that lists both kinds, and not these
        (Every, vec![("20260101000000", Applied)]),
        (PendingOnly, vec![]),
    ] {
        let outcome = judge("db/migrations", DATED, &[history(scope, &records)]);
        assert_eq!(
            value(&outcome, "database.old_code"),
            Some("breaks-reads"),
            "{scope:?} {records:?}"
        );
        assert_eq!(
            value(&outcome, "range.applied"),
            None,
            "{scope:?} {records:?}"
        );
    }
}

#[test]
fn a_migration_that_failed_is_judged_and_told() {
    let outcome = judge(
        "db/migrations",
        DATED,
        &[history(UpTo, &[("20260301000000", Failed)])],
    );
    assert_eq!(value(&outcome, "database.old_code"), Some("breaks-reads"));
    assert_eq!(value(&outcome, "range.applied"), Some("some"));
    assert!(outcome.findings.iter().any(|finding| {
        finding.check == Check::WhatRan.id()
            && finding.severity == Severity::Warns
            && finding.says.contains("failed")
    }));
    assert!(
        outcome
            .unchecked
            .iter()
            .any(|open| open.why.contains("failed"))
    );
}

#[test]
fn a_small_number_that_fits_two_databases_says_nothing() {
    let old = [
        ("shop/migrations/00001_jars.sql", JARS),
        ("stock/migrations/00001_jars.sql", JARS),
        ("app.py", READS),
    ];
    let new = [
        ("shop/migrations/00001_jars.sql", JARS),
        ("stock/migrations/00001_jars.sql", JARS),
        ("app.py", READS),
        ("shop/migrations/00002_drop.sql", DROP),
        ("stock/migrations/00002_note.sql", NOTE),
    ];
    let outcome = assess_ran(&old, &new, &[history(UpTo, &[("1", Applied)])]);
    assert_eq!(value(&outcome, "database.old_code"), Some("breaks-reads"));
    assert!(
        outcome
            .unchecked
            .iter()
            .any(|open| open.what == "ran.txt" && open.why.contains("several databases"))
    );
    // a name says which
    let named = history(
        Every,
        &[("00002_drop.sql", Pending), ("00001_jars.sql", Applied)],
    );
    let outcome = assess_ran(&old, &new, &[named]);
    assert_eq!(value(&outcome, "database.old_code"), Some("safe"));
    // one database alone is known by its number too
    let alone = judge("db/migrations", GOOSE, &[history(UpTo, &[("2", Applied)])]);
    assert_eq!(value(&alone, "database.schema"), Some("additive"));
}

#[test]
fn frameworks_are_known_by_their_own_names() {
    let django = |app: &str, body: &str| {
        format!(
            "from django.db import migrations, models\n\nclass Migration(migrations.Migration):\n    dependencies = [('{app}', '0001_initial')]\n    operations = [{body}]\n"
        )
    };
    let (first, second) = (
        django(
            "shop",
            "migrations.CreateModel(name='Jar', fields=[('id', models.AutoField(primary_key=True)), ('label', models.TextField())])",
        ),
        django("shop", "migrations.RemoveField('jar', 'label')"),
    );
    let code = "from django.db import models\n\nclass Jar(models.Model):\n    label = models.TextField()\n";
    let old = [
        ("shop/migrations/0001_initial.py", first.as_str()),
        ("shop/models.py", code),
    ];
    let new = [
        ("shop/migrations/0001_initial.py", first.as_str()),
        ("shop/migrations/0002_drop.py", second.as_str()),
        ("shop/models.py", code),
    ];
    let pending = history(
        Every,
        &[("shop/0001_initial", Applied), ("shop/0002_drop", Pending)],
    );
    let outcome = assess_ran(&old, &new, &[pending]);
    assert_eq!(value(&outcome, "range.applied"), Some("none"));
    // the same name in another app
    let other = history(Every, &[("users/0002_drop", Pending)]);
    let outcome = assess_ran(&old, &new, &[other]);
    assert_eq!(value(&outcome, "range.applied"), None);

    let alembic = |revision: &str, down: &str, body: &str| {
        format!(
            "from alembic import op\nimport sqlalchemy as sa\n\nrevision = '{revision}'\ndown_revision = {down}\n\ndef upgrade():\n    {body}\n\ndef downgrade():\n    pass\n"
        )
    };
    let (a, b, c) = (
        alembic(
            "aaaa11112222",
            "None",
            "op.create_table('jars', sa.Column('id', sa.Integer()), sa.Column('label', sa.Text()))",
        ),
        alembic(
            "bbbb11112222",
            "'aaaa11112222'",
            "op.add_column('jars', sa.Column('note', sa.Text()))",
        ),
        alembic(
            "cccc11112222",
            "'bbbb11112222'",
            "op.drop_column('jars', 'label')",
        ),
    );
    let old = [("alembic/versions/first.py", a.as_str()), ("app.py", READS)];
    let new = [
        ("alembic/versions/first.py", a.as_str()),
        ("alembic/versions/note.py", b.as_str()),
        ("alembic/versions/drop.py", c.as_str()),
        ("app.py", READS),
    ];
    for (head, schema) in [
        ("aaaa11112222", "none"),
        ("bbbb11112222", "additive"),
        ("cccc11112222", "destructive"),
    ] {
        let outcome = assess_ran(&old, &new, &[history(UpTo, &[(head, Applied)])]);
        assert_eq!(value(&outcome, "database.schema"), Some(schema), "{head}");
    }
}

#[test]
fn a_table_that_was_cut_or_is_of_one_part_says_nothing_of_the_rest() {
    let old = [
        ("db/migrations/20260101000000_jars.sql", JARS),
        ("db/migrations/20260102000000_note.sql", NOTE),
        ("app.py", READS),
    ];
    let new = [
        ("db/migrations/20260101000000_jars.sql", JARS),
        ("db/migrations/20260102000000_note.sql", NOTE),
        ("app.py", READS),
        ("db/migrations/20260301000000_drop.sql", DROP),
    ];
    let cut = history(AppliedOnly, &[("20260101000000", Applied)]);
    let outcome = assess_ran(&old, &new, &[cut]);
    assert_eq!(value(&outcome, "database.old_code"), Some("breaks-reads"));
    assert!(
        outcome
            .unchecked
            .iter()
            .any(|open| open.what == "ran.txt" && open.why.contains("cut")),
        "{:?}",
        outcome.unchecked
    );
    let whole = history(
        AppliedOnly,
        &[("20260101000000", Applied), ("20260102000000", Applied)],
    );
    let outcome = assess_ran(&old, &new, &[whole]);
    assert_eq!(value(&outcome, "database.old_code"), Some("safe"));
}

/// The previous release, what the range adds, and whether what ran is known by a history.
struct Case<'a> {
    about: &'a str,
    old: &'a [(&'a str, &'a str)],
    added: &'a [(&'a str, &'a str)],
    history: MigrationHistory,
    applied: Option<&'a str>,
}

fn check(case: &Case<'_>) {
    let reads = [("app.py", READS)];
    let old: Vec<(&str, &str)> = case.old.iter().chain(&reads).copied().collect();
    let new: Vec<(&str, &str)> = old.iter().chain(case.added).copied().collect();
    let outcome = assess_ran(&old, &new, std::slice::from_ref(&case.history));
    assert_eq!(
        value(&outcome, "range.applied"),
        case.applied,
        "{}: {:?}",
        case.about,
        outcome.unchecked
    );
    let safe = value(&outcome, "database.old_code") == Some("safe");
    assert_eq!(safe, case.applied == Some("none"), "{}", case.about);
    if case.applied.is_none() {
        let says = outcome.unchecked.iter().any(|open| open.what == "ran.txt");
        assert!(says, "{}: {:?}", case.about, outcome.unchecked);
    }
}

#[test]
fn a_name_that_two_databases_have_means_none() {
    let alembic = |revision: &str, down: &str, body: &str| {
        format!(
            "from alembic import op\nimport sqlalchemy as sa\n\nrevision = '{revision}'\ndown_revision = {down}\n\ndef upgrade():\n    {body}\n\ndef downgrade():\n    pass\n"
        )
    };
    let jars = alembic(
        "0001",
        "None",
        "op.create_table('jars', sa.Column('id', sa.Integer()), sa.Column('label', sa.Text()))",
    );
    let bills = alembic(
        "0001",
        "None",
        "op.create_table('bills', sa.Column('id', sa.Integer()))",
    );
    let dropped = alembic("0002", "'0001'", "op.drop_column('jars', 'label')");
    let django = |body: &str| {
        format!(
            "from django.db import migrations, models\n\nclass Migration(migrations.Migration):\n    dependencies = []\n    operations = [{body}]\n"
        )
    };
    let jar = django(
        "migrations.CreateModel(name='Jar', fields=[('id', models.AutoField(primary_key=True)), ('label', models.TextField())])",
    );
    let removed = django("migrations.RemoveField('jar', 'label')");
    let log = |sets: &str| {
        format!(
            "<databaseChangeLog xmlns=\"http://www.liquibase.org/xml/ns/dbchangelog\">{sets}</databaseChangeLog>\n"
        )
    };
    let first = "<changeSet id=\"1\" author=\"a\"><sql>CREATE TABLE jars (id int, label text)</sql></changeSet>";
    let second = "<changeSet id=\"2\" author=\"a\"><dropColumn tableName=\"jars\" columnName=\"label\"/></changeSet>";
    let (one, both) = (log(first), log(&format!("{first}{second}")));
    let cases = [
        Case {
            about: "Flyway, only one of them in the range",
            old: &[
                ("shop/db/migration/V1__init.sql", JARS),
                (
                    "stock/db/migration/V1__init.sql",
                    "CREATE TABLE parcels (id int);\n",
                ),
            ],
            added: &[("shop/db/migration/V2__drop.sql", DROP)],
            history: history(AppliedOnly, &[("V1__init.sql", Applied)]),
            applied: None,
        },
        Case {
            about: "a name that only one of them has",
            old: &[
                ("shop/db/migration/V1__init.sql", JARS),
                ("shop/db/migration/V2__lids.sql", NOTE),
                (
                    "stock/db/migration/V1__init.sql",
                    "CREATE TABLE parcels (id int);\n",
                ),
            ],
            added: &[("shop/db/migration/V3__drop.sql", DROP)],
            history: history(
                AppliedOnly,
                &[("V1__init.sql", Applied), ("V2__lids.sql", Applied)],
            ),
            applied: Some("none"),
        },
        Case {
            about: "goose, its status",
            old: &[
                ("shop/migrations/00001_init.sql", JARS),
                (
                    "stock/migrations/00001_init.sql",
                    "CREATE TABLE parcels (id int);\n",
                ),
                ("stock/migrations/00002_drop.sql", "DROP TABLE parcels;\n"),
            ],
            added: &[("shop/migrations/00002_drop.sql", DROP)],
            history: history(
                Every,
                &[("00001_init.sql", Applied), ("00002_drop.sql", Pending)],
            ),
            applied: None,
        },
        Case {
            about: "Alembic, one revision in two services",
            old: &[
                ("shop/alembic/versions/0001_jars.py", jars.as_str()),
                ("bills/alembic/versions/0001_bills.py", bills.as_str()),
            ],
            added: &[("shop/alembic/versions/0002_drop.py", dropped.as_str())],
            history: history(UpTo, &[("0001", Applied)]),
            applied: None,
        },
        Case {
            about: "Django, one app in two projects",
            old: &[
                ("a/shop/migrations/0001_initial.py", jar.as_str()),
                ("b/shop/migrations/0001_initial.py", jar.as_str()),
                ("b/core/migrations/0001_initial.py", jar.as_str()),
            ],
            added: &[("a/shop/migrations/0002_drop.py", removed.as_str())],
            history: history(
                AppliedOnly,
                &[
                    ("shop/0001_initial", Applied),
                    ("core/0001_initial", Applied),
                ],
            ),
            applied: None,
        },
        Case {
            about: "Django, an app whose name ends like another",
            old: &[
                ("orders/migrations/0001_initial.py", jar.as_str()),
                ("preorders/migrations/0001_initial.py", jar.as_str()),
            ],
            added: &[("preorders/migrations/0002_drop.py", removed.as_str())],
            history: history(
                Every,
                &[
                    ("orders/0001_initial", Applied),
                    ("orders/0002_drop", Pending),
                ],
            ),
            applied: None,
        },
    ];
    cases.iter().for_each(check);
    // one changelog of one name in two folders
    let told = |part: &str| MigrationHistory {
        tool: Some(Framework::Liquibase),
        records: vec![MigrationRecord {
            part: Some(part.to_owned()),
            ..history(PendingOnly, &[("2", Pending)]).records.remove(0)
        }],
        ..history(PendingOnly, &[])
    };
    let (shop, stock) = (
        "shop/src/main/resources/db/changelog/changes.xml",
        "stock/src/main/resources/db/changelog/changes.xml",
    );
    for (stock, part, applied) in [
        (Some(stock), "db/changelog/changes.xml", None),
        (None, "db/changelog/changes.xml", Some("none")),
        (None, "classpath:/db/changelog/changes.xml", Some("none")),
        (None, "old/changelog/changes.xml", None),
    ] {
        let others: Vec<(&str, &str)> = stock.iter().map(|path| (*path, one.as_str())).collect();
        let old: Vec<(&str, &str)> = [(shop, one.as_str()), ("app.py", READS)]
            .into_iter()
            .chain(others.clone())
            .collect();
        let new: Vec<(&str, &str)> = [(shop, both.as_str()), ("app.py", READS)]
            .into_iter()
            .chain(others)
            .collect();
        let outcome = assess_ran(&old, &new, &[told(part)]);
        assert_eq!(
            value(&outcome, "range.applied"),
            applied,
            "{stock:?} {part}"
        );
    }
}

#[test]
fn a_version_that_no_release_knows_leaves_open_what_is_missing() {
    let old = &[("db/migration/V5__init.sql", JARS)];
    let added = &[("db/migration/V6__drop.sql", DROP)];
    for (about, records, applied) in [
        (
            "a later one",
            vec![("V5__init.sql", Applied), ("V7__lids.sql", Applied)],
            None,
        ),
        (
            "one that was deleted long ago",
            vec![("V1__old.sql", Applied), ("V5__init.sql", Applied)],
            Some("none"),
        ),
        (
            "a script that runs again",
            vec![("V5__init.sql", Applied), ("R__views.sql", Applied)],
            Some("none"),
        ),
    ] {
        check(&Case {
            about,
            old,
            added,
            history: history(AppliedOnly, &records),
            applied,
        });
    }
}

#[test]
fn a_version_with_another_description_is_of_another_database() {
    let flyway = &[("db/migration/V1__init.sql", JARS)];
    let drop = &[("db/migration/V2__drop.sql", DROP)];
    let described = |text: &str| {
        let mut told = history(AppliedOnly, &[("1", Applied), ("2", Applied)]);
        told.records[0].description = Some("init".to_owned());
        told.records[1].description = Some(text.to_owned());
        told
    };
    for case in [
        Case {
            about: "Flyway, by script",
            old: flyway,
            added: drop,
            history: history(
                AppliedOnly,
                &[("V1__init.sql", Applied), ("V2__weight.sql", Applied)],
            ),
            applied: None,
        },
        Case {
            about: "by version and description",
            old: flyway,
            added: drop,
            history: described("add weight"),
            applied: None,
        },
        Case {
            about: "the same by version and description",
            old: flyway,
            added: drop,
            history: described("drop"),
            applied: Some("all"),
        },
        Case {
            about: "golang-migrate",
            old: &[("db/migrations/000001_init.up.sql", JARS)],
            added: &[("db/migrations/000002_drop.up.sql", DROP)],
            history: history(
                AppliedOnly,
                &[("000001_init", Applied), ("000002_weight", Applied)],
            ),
            applied: None,
        },
    ] {
        check(&case);
    }
}

#[test]
fn what_is_not_named_is_unknown_where_the_list_may_be_a_part() {
    let old = &[("db/migrations/20260101000000_jars.sql", JARS)];
    let added = &[("db/migrations/20260301000000_drop.sql", DROP)];
    let cut = |scope, records: &[(&str, MigrationState)]| MigrationHistory {
        incomplete: Some("its last line has no end".to_owned()),
        ..history(scope, records)
    };
    for scope in [AppliedOnly, UpTo, PendingOnly, Versions] {
        check(&Case {
            about: &format!("{scope:?}"),
            old,
            added,
            history: cut(scope, &[("20260101000000", Applied)]),
            applied: None,
        });
    }
    check(&Case {
        about: "what it names ran",
        old,
        added,
        history: cut(AppliedOnly, &[("20260301000000", Applied)]),
        applied: Some("all"),
    });
    check(&Case {
        about: "a row that comes later may say that it ran",
        old,
        added,
        history: cut(
            AppliedOnly,
            &[("20260101000000", Applied), ("20260301000000", Pending)],
        ),
        applied: None,
    });
    check(&Case {
        about: "a status says of each that it waits",
        old,
        added,
        history: cut(
            Every,
            &[("20260101000000", Applied), ("20260301000000", Pending)],
        ),
        applied: Some("none"),
    });
}

#[test]
fn a_lone_version_means_what_the_table_of_the_tool_holds() {
    let tern = ("migrations/tern.conf", "[database]\nhost = x\n");
    let (jars, note, drop) = (
        ("migrations/001_jars.sql", JARS),
        ("migrations/002_drop.sql", DROP),
        ("migrations/003_note.sql", NOTE),
    );
    let up = |text: &str| format!("-- migrate:up\n{text}-- migrate:down\n");
    let (dbmate_jars, dbmate_drop, dbmate_note) = (up(JARS), up(DROP), up(NOTE));
    let versions = |records: &[&str]| {
        let records: Vec<(&str, MigrationState)> =
            records.iter().map(|name| (*name, Applied)).collect();
        history(Versions, &records)
    };
    for case in [
        Case {
            about: "tern keeps the newest",
            old: &[tern, jars],
            added: &[note, drop],
            history: versions(&["3"]),
            applied: Some("all"),
        },
        Case {
            about: "tern is where the previous release was",
            old: &[tern, jars],
            added: &[note, drop],
            history: versions(&["1"]),
            applied: Some("none"),
        },
        Case {
            about: "no release knows the version",
            old: &[tern, jars],
            added: &[note, drop],
            history: versions(&["1", "77777777"]),
            applied: Some("all"),
        },
        Case {
            about: "dbmate keeps a list, and this one has no row of the previous release",
            old: &[("db/migrations/20260101000000_jars.sql", &dbmate_jars)],
            added: &[
                ("db/migrations/20260201000000_drop.sql", &dbmate_drop),
                ("db/migrations/20260301000000_note.sql", &dbmate_note),
            ],
            history: versions(&["20260301000000"]),
            applied: Some("some"),
        },
        Case {
            about: "dbmate, a list of one",
            old: &[("db/migrations/20260101000000_jars.sql", &dbmate_jars)],
            added: &[("db/migrations/20260201000000_drop.sql", &dbmate_drop)],
            history: versions(&["20260101000000"]),
            applied: Some("none"),
        },
        Case {
            about: "a tool that is not known: those before it are unknown",
            old: &[("db/migrations/001_jars.sql", JARS)],
            added: &[
                ("db/migrations/002_drop.sql", DROP),
                ("db/migrations/003_note.sql", NOTE),
            ],
            history: versions(&["3"]),
            applied: Some("some"),
        },
    ] {
        check(&case);
    }
    // a branch of Alembic that no release knows may hold what is looked for
    let revision = |name: &str, down: &str, body: &str| {
        format!(
            "from alembic import op\nimport sqlalchemy as sa\n\nrevision = '{name}'\ndown_revision = {down}\n\ndef upgrade():\n    {body}\n"
        )
    };
    let (first, second) = (
        revision(
            "aaaa11112222",
            "None",
            "op.create_table('jars', sa.Column('id', sa.Integer()), sa.Column('label', sa.Text()))",
        ),
        revision(
            "bbbb11112222",
            "'aaaa11112222'",
            "op.drop_column('jars', 'label')",
        ),
    );
    for (heads, applied) in [
        (vec!["aaaa11112222"], Some("none")),
        (vec!["aaaa11112222", "cccc11112222"], None),
    ] {
        let records: Vec<(&str, MigrationState)> =
            heads.iter().map(|name| (*name, Applied)).collect();
        check(&Case {
            about: "Alembic",
            old: &[("alembic/versions/aaaa11112222_jars.py", &first)],
            added: &[("alembic/versions/bbbb11112222_drop.py", &second)],
            history: history(UpTo, &records),
            applied,
        });
    }
}

#[test]
fn two_databases_in_the_histories_leave_it_open() {
    let old = &[("db/migrations/20260101000000_jars.sql", JARS)];
    let added = &[("db/migrations/20260301000000_drop.sql", DROP)];
    check(&Case {
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
    check(&Case {
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
    check(&Case {
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
            .any(|open| open.why.contains("do not agree")),
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
    check(&Case {
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
