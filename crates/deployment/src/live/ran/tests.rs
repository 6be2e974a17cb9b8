//! Each tool's own output, and texts that only look like one.

use model::{HistoryScope, MigrationHistory, MigrationState};

use crate::live::{LiveKind, read_state_file};

fn read(text: &str) -> MigrationHistory {
    let report = read_state_file("ran.txt", text.as_bytes(), None)
        .unwrap_or_else(|error| panic!("{error}\n{text}"));
    assert_eq!(report.kind, LiveKind::Migrations, "{text}");
    report.migrations.expect("a history")
}

/// Names with their state: `+` ran, `-` did not, `!` failed, `?` is not known.
fn states(history: &MigrationHistory) -> String {
    let words: Vec<String> = history
        .records
        .iter()
        .map(|record| {
            let sign = match record.state {
                Some(MigrationState::Applied) => '+',
                Some(MigrationState::Pending) => '-',
                Some(MigrationState::Failed) => '!',
                None => '?',
            };
            let part = record
                .part
                .as_deref()
                .map_or(String::new(), |part| format!("{part}/"));
            format!("{sign}{part}{}", record.name)
        })
        .collect();
    words.join(" ")
}

#[test]
fn status_of_tools_that_print_lines() {
    let cases = [
        (
            "Rails",
            "\ndatabase: shop_production\n\n Status   Migration ID    Migration \
                Name\n--------------------------------------------------\n   up     \
                20260203101112  Create jars\n  down    20260301101112  Drop labels\n",
            "+20260203101112 -20260301101112",
        ),
        (
            "Django",
            "admin\n [X] 0001_initial\nshop\n [X] 0001_initial (applied at 2026-02-03 10:11:12)\n \
                [ ] 0002_drop_label\nempty\n (no migrations)\n",
            "+admin/0001_initial +shop/0001_initial -shop/0002_drop_label",
        ),
        (
            "Django, as a plan",
            "[X]  admin.0001_initial\n[ ]  shop.0002_drop_label\n",
            "+admin/0001_initial -shop/0002_drop_label",
        ),
        (
            "dbmate",
            "[X] 20260203101112_create_jars.sql\n[ ] 20260301101112_drop_label.sql\n\nApplied: \
                1\nPending: 1\n",
            "+20260203101112_create_jars.sql -20260301101112_drop_label.sql",
        ),
        (
            "Diesel",
            "Migrations:\n  [X] 00000000000000_diesel_initial_setup\n  [ ] \
                2026-03-01-101112_drop_label\n",
            "+00000000000000_diesel_initial_setup -2026-03-01-101112_drop_label",
        ),
        (
            "TypeORM",
            " [X] 1 CreateJars1770113472000\n [ ] 2 DropLabel1772359872000\n",
            "+CreateJars1770113472000 -DropLabel1772359872000",
        ),
        (
            "goose",
            "2026/03/01 10:00:00     Applied At                  Migration\n2026/03/01 \
                10:00:00     =======================================\n2026/03/01 10:00:00     Tue \
                Feb  3 10:11:12 2026 -- 00001_create_jars.sql\n2026/03/01 10:00:00     \
                Pending                  -- 00002_drop_label.sql\n",
            "+00001_create_jars.sql -00002_drop_label.sql",
        ),
        (
            "sqlx",
            "20260203101112/installed create jars\n20260301101112/pending drop label\n",
            "+20260203101112 -20260301101112",
        ),
        (
            "Laravel",
            "\n  Migration name ............................ Batch / Status  \n  \
                2026_02_03_101112_create_jars ...................... [1] Ran  \n  \
                2026_03_01_101112_drop_label ....................... Pending  \n",
            "+2026_02_03_101112_create_jars -2026_03_01_101112_drop_label",
        ),
        (
            "EF Core",
            "20260203101112_CreateJars\n20260301101112_DropLabel (Pending)\n",
            "+20260203101112_CreateJars -20260301101112_DropLabel",
        ),
        (
            "Knex, with colours",
            "Using environment: production\n\u{1b}[32mFound 1 Completed Migration \
                file/files.\u{1b}[39m\n\u{1b}[36m20260203101112_create_jars.js\u{1b}[39m\n\u{1b}[33mFound 1 Pending Migration file/files.\u{1b}[39m\n20260301101112_drop_label.js\n",
            "+20260203101112_create_jars.js -20260301101112_drop_label.js",
        ),
        (
            "Knex, nothing pending",
            "Found 1 Completed Migration file/files.\n20260203101112_create_jars.js\nNo Pending \
                Migration files Found.\n",
            "+20260203101112_create_jars.js",
        ),
        (
            "Sequelize",
            "Loaded configuration file \"config/config.json\".\nup \
                20260203101112-create-jars.js\ndown 20260301101112-drop-label.js\n",
            "+20260203101112-create-jars.js -20260301101112-drop-label.js",
        ),
        (
            "Ecto",
            "Repo: Shop.Repo\n\n  Status    Migration ID    Migration \
                Name\n--------------------------------------------------\n  up        \
                20260203101112  create_jars\n  down      20260301101112  drop_label\n",
            "+20260203101112 -20260301101112",
        ),
    ];
    for (tool, text, wanted) in cases {
        let history = read(text);
        assert_eq!(states(&history), wanted, "{tool}");
        assert_eq!(history.scope, HistoryScope::Every, "{tool}");
    }
    let django = read(cases[1].1);
    assert_eq!(
        django.records[1].at.map(|at| at.to_string()).as_deref(),
        Some("2026-02-03T10:11:12Z")
    );
    assert_eq!(django.records[2].line, Some(5));
}

#[test]
fn what_stands_behind_a_version_is_its_description() {
    for (text, wanted) in [
        (
            "   up     20260203101112  Create jars\n",
            Some("Create jars"),
        ),
        (
            "   up     20260203101112  ********** NO FILE **********\n",
            None,
        ),
        ("3/pending drop label\n", Some("drop label")),
        ("down 20260301101112-drop-label.js\n", None),
    ] {
        let record = read(text).records.remove(0);
        assert_eq!(record.description.as_deref(), wanted, "{text}");
    }
}

#[test]
fn only_pending_ones_or_only_the_newest() {
    let prisma = read(
        "Prisma schema loaded from prisma/schema.prisma\n2 migrations found in \
            prisma/migrations\nFollowing migration have not yet been \
            applied:\n20260301101112_drop_label\n\nTo apply migrations in production run prisma \
            migrate deploy.\n",
    );
    assert_eq!(states(&prisma), "-20260301101112_drop_label");
    assert_eq!(prisma.scope, HistoryScope::PendingOnly);
    let clean = read("2 migrations found in prisma/migrations\n\nDatabase schema is up to date!\n");
    assert_eq!(
        (clean.scope, clean.records.len()),
        (HistoryScope::PendingOnly, 0)
    );

    let liquibase = read(
        "1 changesets have not been applied to SHOP@jdbc:postgresql://db/shop\n     \
            db/changelog/002.xml::drop-label::ops\n",
    );
    assert_eq!(states(&liquibase), "-db/changelog/002.xml/drop-label");
    assert_eq!(liquibase.scope, HistoryScope::PendingOnly);

    for (text, wanted) in [
        ("d7c6efd2de42 (head)\n", "+d7c6efd2de42"),
        (
            "INFO  [alembic.runtime.migration] Context impl PostgresqlImpl.\nd7c6efd2de42\n",
            "+d7c6efd2de42",
        ),
        ("20260301101112 (dirty)\n", "!20260301101112"),
        (
            "Migration Status: PENDING\n  -- Current Version: 20260203101112\n  -- Next \
                Version:    20260301101112\n  -- Executed Files:  1\n",
            "+20260203101112",
        ),
    ] {
        let history = read(text);
        assert_eq!(states(&history), wanted, "{text}");
        assert_eq!(history.scope, HistoryScope::UpTo, "{text}");
    }
    // the newest one, or a list of one: the table of the tool tells
    let alone = read("7\n");
    assert_eq!(
        (states(&alone).as_str(), alone.scope),
        ("+7", HistoryScope::Versions)
    );
}

#[test]
fn tables_as_clients_print_them() {
    let flyway = "Schema version: \
        1.1\n\n+-----------+---------+-------------+------+---------------------+---------+----------+\n| Category  | Version | Description | Type | Installed On        | State   | Undoable |\n+-----------+---------+-------------+------+---------------------+---------+----------+\n| Versioned | 1       | create jars | SQL  | 2026-02-03 10:11:12 | Success | No       |\n| Versioned | 1.1     | drop label  | SQL  |                     | Pending | No       |\n+-----------+---------+-------------+------+---------------------+---------+----------+\n";
    let history = read(flyway);
    assert_eq!(states(&history), "+1 -1.1");
    assert!(history.records[0].at.is_some());
    assert_eq!(history.scope, HistoryScope::Every);

    let laravel = "+------+-------------------------------+-------+\n| Ran? | \
        Migration                     | Batch \
        |\n+------+-------------------------------+-------+\n| Yes  | \
        2026_02_03_101112_create_jars | 1     |\n| No   | 2026_03_01_101112_drop_label  |       \
        |\n+------+-------------------------------+-------+\n";
    assert_eq!(
        states(&read(laravel)),
        "+2026_02_03_101112_create_jars -2026_03_01_101112_drop_label"
    );

    for (text, wanted, scope) in [
        (
            "    version     \n----------------\n 20260203101112\n(1 row)\n",
            "+20260203101112",
            Some(HistoryScope::Versions),
        ),
        (
            "version\n20260203101112\n20260301101112\n",
            "+20260203101112 +20260301101112",
            Some(HistoryScope::Versions),
        ),
        (
            "id,app,name,applied\n1,shop,0001_initial,2026-02-03 10:11:12+00\n",
            "+shop/0001_initial",
            Some(HistoryScope::AppliedOnly),
        ),
        ("version\tdirty\n7\t1\n", "!7", Some(HistoryScope::UpTo)),
        (
            "version_num\nd7c6efd2de42\n",
            "+d7c6efd2de42",
            Some(HistoryScope::UpTo),
        ),
        (
            "ID,AUTHOR,FILENAME,DATEEXECUTED,ORDEREXECUTED,EXECTYPE\ndrop-label,ops,db/002.xml,2026-03-01 10:11:12,2,EXECUTED\n",
            "+db/002.xml/drop-label",
            Some(HistoryScope::AppliedOnly),
        ),
        (
            "id,migration_name,started_at,finished_at,rolled_back_at\na,20260203101112_create_jars,2026-02-03T10:11:12Z,2026-02-03T10:11:13Z,\nb,20260301101112_drop_label,2026-03-01T10:11:12Z,,2026-03-01T10:12:00Z\nc,20260302101112_lids,2026-03-02T10:11:12Z,,\n",
            "+20260203101112_create_jars !20260301101112_drop_label !20260302101112_lids",
            Some(HistoryScope::AppliedOnly),
        ),
        (
            " id |   timestamp   |          name           \
                \n----+---------------+-------------------------\n  1 | 1770113472000 | \
                CreateJars1770113472000\n(1 row)\n",
            "",
            None,
        ),
    ] {
        match scope {
            Some(scope) => {
                let history = read(text);
                assert_eq!(states(&history), wanted, "{text}");
                assert_eq!(history.scope, scope, "{text}");
            }
            None => {
                let _ = read_state_file("ran.txt", text.as_bytes(), None);
            }
        }
    }
}

#[test]
fn documents_of_tools() {
    let flyway = read(
        r#"{"schemaVersion":"1","migrations":[{"category":"Versioned","version":"1","description":"create jars","type":"SQL","installedOnUTC":"2026-02-03T10:11:12Z","state":"Success","filepath":"/flyway/sql/V1__create_jars.sql"},{"category":"Versioned","version":"1.1","description":"drop label","type":"SQL","installedOnUTC":"","state":"Pending","filepath":"/flyway/sql/V1.1__drop_label.sql"}]}"#,
    );
    assert_eq!(
        states(&flyway),
        "+/flyway/sql/V1__create_jars.sql -/flyway/sql/V1.1__drop_label.sql"
    );
    assert_eq!(flyway.records[1].version.as_deref(), Some("1.1"));

    let atlas = read(
        r#"{"Available":[{"Name":"1_a.sql","Version":"1"}],"Pending":[{"Name":"2_b.sql","Version":"2"}],"Applied":[{"Version":"1","ExecutedAt":"2026-02-03T10:11:12Z"}],"Current":"1","Next":"2","Status":"PENDING"}"#,
    );
    assert_eq!(states(&atlas), "+1 -2_b.sql");

    let ef = read(
        r#"[{"id":"20260203101112_CreateJars","name":"CreateJars","safeName":"CreateJars","applied":true},{"id":"20260301101112_DropLabel","name":"DropLabel","safeName":"DropLabel","applied":false}]"#,
    );
    assert_eq!(
        states(&ef),
        "+20260203101112_CreateJars -20260301101112_DropLabel"
    );

    let rows = read(r#"[{"version":"20260203101112"},{"version":"20260301101112"}]"#);
    assert_eq!(rows.scope, HistoryScope::Versions);
}

/// A table of Flyway as a client draws it.
const HEAD: &str = " installed_rank | version | description | script | success \
    \n----------------+---------+-------------+--------+---------\n";

#[test]
fn a_list_that_may_be_a_part_is_told() {
    let row = " 1 | 1 | jars | V1__jars.sql | t \n";
    let frame = "+---+----+\n";
    let boxed = "+---------+---------------------+\n| version | installed_on        \
        |\n+---------+---------------------+\n| 1       | 2026-02-03 10:11:12 |\n";
    for (text, whole) in [
        (format!("{HEAD}{row}(1 row)\n"), true),
        // clients speak the language of the machine
        (format!("{HEAD}{row}(1 Zeile)\n"), true),
        (format!("{HEAD}{row}(1 行)\n"), true),
        (format!("{HEAD}{row}"), false),
        (format!("{HEAD}{row}(2 rows)\n"), false),
        (format!("{HEAD}{row}--More--\n"), false),
        (format!("{HEAD}{row}(1 row)\n(END)\n"), false),
        (format!("{HEAD}{row} 2 | 2 | dr\n(2 rows)\n"), false),
        (format!("{HEAD}{row}(1 row)\n\n{HEAD}{row}(1 row)\n"), false),
        (
            format!("shop=> SELECT * FROM history ORDER BY version LIMIT 1;\n{HEAD}{row}(1 row)\n"),
            false,
        ),
        (boxed.to_owned(), false),
        (format!("{boxed}{frame}"), true),
        (format!("{boxed}{frame}2 rows in set (0.00 sec)\n"), false),
        (
            "|version|installed_on|\n|---|---|\n|1|2026-02-03|\n".to_owned(),
            false,
        ),
        (
            "version,installed_on\n1,2026-02-03\n2,2026-02-03\n".to_owned(),
            true,
        ),
        (
            "version,installed_on\n1,2026-02-03\n2,2026-02-03".to_owned(),
            false,
        ),
        ("version,installed_on\n1,2026-02-03\n2\n".to_owned(), false),
        (
            "version,installed_on\n1,2026-02-03\n...\n".to_owned(),
            false,
        ),
        ("version\tinstalled_on\n1\t\"2026".to_owned(), false),
        (
            "version,installed_on\n-------,------------\n1,2026-02-03\n\n(1 rows affected)\n"
                .to_owned(),
            true,
        ),
        (" version \n---------\n       7\n(1 row)\n".to_owned(), true),
        (" version \n---------\n       7\n".to_owned(), false),
        (
            " version \n---------\n       7\n--More--\n".to_owned(),
            false,
        ),
        ("version\n7\n...\n".to_owned(), false),
        ("7\n".to_owned(), true),
        ("7".to_owned(), false),
        (
            "2 changesets have not been applied to SHOP@jdbc:postgresql://db/shop\n     \
                db/2.xml::2::ops\n"
                .to_owned(),
            false,
        ),
        (
            "1 changesets have not been applied to SHOP@jdbc:postgresql://db/shop\n     \
                db/2.xml::2::ops\n"
                .to_owned(),
            true,
        ),
    ] {
        let history = read(&text);
        assert_eq!(history.incomplete.is_none(), whole, "{text}\n{history:?}");
    }
    // a document that was cut is none
    let cut = r#"[{"version":"20260203101112"},{"version":"#;
    assert!(read_state_file("ran.json", cut.as_bytes(), None).is_err());
}

#[test]
fn a_word_that_leaves_it_open_says_so() {
    for (text, wanted) in [
        (
            "version,description,state,installed_on\n1,a,Success,\n2,b,Deleted,\n3,c,Undone,\n4,d,Erfolg,\n5,e,Ignored,\n6,f,,\n",
            "+1 +2 ?3 ?4 -5 ?6",
        ),
        // a way down that ran, and one that only could
        (
            "installed_rank,version,type,script,success\n1,1,SQL,V1__a.sql,t\n2,2,SQL,V2__b.sql,t\n3,2,UNDO_SQL,U2__b.sql,t\n",
            "+V1__a.sql +V2__b.sql ?U2__b.sql",
        ),
        (
            "category,version,state,installed \
                on\nVersioned,1,Success,2026-02-03\nUndo,1,Available,\n",
            "+1",
        ),
        (
            "installed_rank,version,script,success\n1,1,V1__a.sql,1\n2,2,V2__b.sql,0\n3,3,V3__c.sql,\n4,4,V4__d.sql,ja\n",
            "+V1__a.sql !V2__b.sql ?V3__c.sql ?V4__d.sql",
        ),
        (
            "ID,FILENAME,DATEEXECUTED,EXECTYPE\n1,a.xml,2026-02-03,EXECUTED\n2,a.xml,2026-02-03,MARK_RAN\n3,a.xml,2026-02-03,FAILED\n",
            "+a.xml/1 ?a.xml/2 !a.xml/3",
        ),
        // a squash that Django has not noted, and one that ran in part
        (
            "shop\n [X] 0001_initial\n [-] 0002_squashed (2 squashed migrations)\n",
            "+shop/0001_initial ?shop/0002_squashed",
        ),
        (
            r#"{"Available":[],"Applied":[{"Version":"1","Applied":2,"Total":2},{"Version":"2","Applied":1,"Total":3}],"Current":"2","Status":"PENDING"}"#,
            "+1 !2",
        ),
        // the number of a row is no version
        (
            "id,version_id,is_applied,tstamp\n1,0,t,2026-02-03\n2,1,t,2026-02-03\n",
            "+0 +1",
        ),
        (
            r#"{"migrations":[{"category":"Versioned","type":"SQL","version":"1","state":"Undone","filepath":"V1__a.sql"},{"category":"Undo","type":"UNDO_SQL","version":"1","state":"Success","filepath":"U1__a.sql"},{"category":"Versioned","type":"SQL","version":"2","state":"Deleted","filepath":"V2__b.sql"}]}"#,
            "?V1__a.sql ?U1__a.sql +V2__b.sql",
        ),
    ] {
        assert_eq!(states(&read(text)), wanted, "{text}");
    }
}

#[test]
fn what_is_something_else_is_refused() {
    for text in [
        "up and running\n",
        "hello\n",
        "name,price\njam,3\n",
        "[ ] buy labels\n",
        "[x] done\n",
        "TypeError: cannot connect\n    at migrate (a.js:1)\n",
        r#"[{"id":"20260203101112_CreateJars","name":"CreateJars","safeName":"CreateJars","applied":null}]"#,
        r#"[{"version":"1.2.0","released":"2026-01-01"}]"#,
    ] {
        let read = read_state_file("ran.txt", text.as_bytes(), None);
        assert!(
            !read.is_ok_and(|report| report.kind == LiveKind::Migrations),
            "{text}"
        );
    }
}

proptest::proptest! {
    #[test]
    fn any_text_ends(text in "(?s).{0,400}") {
        let _ = read_state_file("ran.txt", text.as_bytes(), Some("migrations"));
    }
}
