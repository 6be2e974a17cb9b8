//! Which migration a name of a history means, and when it means none.

use super::ran::{DROP, JARS, NOTE, READS, RanCase, assess_ran, check_ran_case, history};
use super::*;
use model::HistoryScope::{AppliedOnly, Every, PendingOnly, UpTo, Versions};
use model::MigrationState::{Applied, Pending};
use model::{MigrationHistory, MigrationRecord, MigrationState};

#[test]
fn a_file_name_that_two_databases_have_means_none() {
    let cases = [
        RanCase {
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
        RanCase {
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
        RanCase {
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
    ];
    cases.iter().for_each(check_ran_case);
}

#[test]
fn a_revision_that_two_services_have_means_none() {
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
    check_ran_case(&RanCase {
        about: "Alembic, one revision in two services",
        old: &[
            ("shop/alembic/versions/0001_jars.py", jars.as_str()),
            ("bills/alembic/versions/0001_bills.py", bills.as_str()),
        ],
        added: &[("shop/alembic/versions/0002_drop.py", dropped.as_str())],
        history: history(UpTo, &[("0001", Applied)]),
        applied: None,
    });
}

#[test]
fn an_app_that_two_projects_have_means_none() {
    let django = |body: &str| {
        format!(
            "from django.db import migrations, models\n\nclass Migration(migrations.Migration):\n    dependencies = []\n    operations = [{body}]\n"
        )
    };
    let jar = django(
        "migrations.CreateModel(name='Jar', fields=[('id', models.AutoField(primary_key=True)), ('label', models.TextField())])",
    );
    let removed = django("migrations.RemoveField('jar', 'label')");
    let cases = [
        RanCase {
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
        RanCase {
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
    cases.iter().for_each(check_ran_case);
}

#[test]
fn a_changelog_of_one_name_in_two_folders_means_none() {
    let log = |sets: &str| {
        format!(
            "<databaseChangeLog xmlns=\"http://www.liquibase.org/xml/ns/dbchangelog\">{sets}</databaseChangeLog>\n"
        )
    };
    let first = "<changeSet id=\"1\" author=\"a\"><sql>CREATE TABLE jars (id int, label text)</sql></changeSet>";
    let second = "<changeSet id=\"2\" author=\"a\"><dropColumn tableName=\"jars\" columnName=\"label\"/></changeSet>";
    let (one, both) = (log(first), log(&format!("{first}{second}")));
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
        // another folder is another changelog
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
        check_ran_case(&RanCase {
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
        RanCase {
            about: "Flyway, by script",
            old: flyway,
            added: drop,
            history: history(
                AppliedOnly,
                &[("V1__init.sql", Applied), ("V2__weight.sql", Applied)],
            ),
            applied: None,
        },
        RanCase {
            about: "by version and description",
            old: flyway,
            added: drop,
            history: described("add weight"),
            applied: None,
        },
        RanCase {
            about: "the same by version and description",
            old: flyway,
            added: drop,
            history: described("drop"),
            applied: Some("all"),
        },
        RanCase {
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
        check_ran_case(&case);
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
        check_ran_case(&RanCase {
            about: &format!("{scope:?}"),
            old,
            added,
            history: cut(scope, &[("20260101000000", Applied)]),
            applied: None,
        });
    }
    check_ran_case(&RanCase {
        about: "what it names ran",
        old,
        added,
        history: cut(AppliedOnly, &[("20260301000000", Applied)]),
        applied: Some("all"),
    });
    check_ran_case(&RanCase {
        about: "a row that comes later may say that it ran",
        old,
        added,
        history: cut(
            AppliedOnly,
            &[("20260101000000", Applied), ("20260301000000", Pending)],
        ),
        applied: None,
    });
    check_ran_case(&RanCase {
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
        RanCase {
            about: "tern keeps the newest",
            old: &[tern, jars],
            added: &[note, drop],
            history: versions(&["3"]),
            applied: Some("all"),
        },
        RanCase {
            about: "tern is where the previous release was",
            old: &[tern, jars],
            added: &[note, drop],
            history: versions(&["1"]),
            applied: Some("none"),
        },
        RanCase {
            about: "no release knows the version",
            old: &[tern, jars],
            added: &[note, drop],
            history: versions(&["1", "77777777"]),
            applied: Some("all"),
        },
        RanCase {
            about: "dbmate keeps a list, and this one has no row of the previous release",
            old: &[("db/migrations/20260101000000_jars.sql", &dbmate_jars)],
            added: &[
                ("db/migrations/20260201000000_drop.sql", &dbmate_drop),
                ("db/migrations/20260301000000_note.sql", &dbmate_note),
            ],
            history: versions(&["20260301000000"]),
            applied: Some("some"),
        },
        RanCase {
            about: "dbmate, a list of one",
            old: &[("db/migrations/20260101000000_jars.sql", &dbmate_jars)],
            added: &[("db/migrations/20260201000000_drop.sql", &dbmate_drop)],
            history: versions(&["20260101000000"]),
            applied: Some("none"),
        },
        RanCase {
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
        check_ran_case(&case);
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
        check_ran_case(&RanCase {
            about: "Alembic",
            old: &[("alembic/versions/aaaa11112222_jars.py", &first)],
            added: &[("alembic/versions/bbbb11112222_drop.py", &second)],
            history: history(UpTo, &records),
            applied,
        });
    }
}
