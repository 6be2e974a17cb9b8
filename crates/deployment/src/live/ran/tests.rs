//! Each tool's own output, and texts that only look like one.

use model::{HistoryScope, MigrationHistory, MigrationState};

use crate::live::{LiveKind, read_state_file};

fn read(text: &str) -> MigrationHistory {
    let report = read_state_file("ran.txt", text.as_bytes(), None)
        .unwrap_or_else(|error| panic!("{error}\n{text}"));
    assert_eq!(report.kind, LiveKind::Migrations, "{text}");
    report.migrations.expect("a history")
}

/// Names with their state: `+` ran, `-` did not, `!` failed.
fn states(history: &MigrationHistory) -> String {
    let words: Vec<String> = history
        .records
        .iter()
        .map(|record| {
            let sign = match record.state {
                MigrationState::Applied => '+',
                MigrationState::Pending => '-',
                MigrationState::Failed => '!',
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
            "\ndatabase: shop_production\n\n Status   Migration ID    Migration Name\n--------------------------------------------------\n   up     20260203101112  Create jars\n  down    20260301101112  Drop labels\n",
            "+20260203101112 -20260301101112",
        ),
        (
            "Django",
            "admin\n [X] 0001_initial\nshop\n [X] 0001_initial (applied at 2026-02-03 10:11:12)\n [ ] 0002_drop_label\nempty\n (no migrations)\n",
            "+admin/0001_initial +shop/0001_initial -shop/0002_drop_label",
        ),
        (
            "Django, as a plan",
            "[X]  admin.0001_initial\n[ ]  shop.0002_drop_label\n",
            "+admin/0001_initial -shop/0002_drop_label",
        ),
        (
            "dbmate",
            "[X] 20260203101112_create_jars.sql\n[ ] 20260301101112_drop_label.sql\n\nApplied: 1\nPending: 1\n",
            "+20260203101112_create_jars.sql -20260301101112_drop_label.sql",
        ),
        (
            "Diesel",
            "Migrations:\n  [X] 00000000000000_diesel_initial_setup\n  [ ] 2026-03-01-101112_drop_label\n",
            "+00000000000000_diesel_initial_setup -2026-03-01-101112_drop_label",
        ),
        (
            "TypeORM",
            " [X] 1 CreateJars1770113472000\n [ ] 2 DropLabel1772359872000\n",
            "+CreateJars1770113472000 -DropLabel1772359872000",
        ),
        (
            "goose",
            "2026/03/01 10:00:00     Applied At                  Migration\n2026/03/01 10:00:00     =======================================\n2026/03/01 10:00:00     Tue Feb  3 10:11:12 2026 -- 00001_create_jars.sql\n2026/03/01 10:00:00     Pending                  -- 00002_drop_label.sql\n",
            "+00001_create_jars.sql -00002_drop_label.sql",
        ),
        (
            "sqlx",
            "20260203101112/installed create jars\n20260301101112/pending drop label\n",
            "+20260203101112 -20260301101112",
        ),
        (
            "Laravel",
            "\n  Migration name ............................ Batch / Status  \n  2026_02_03_101112_create_jars ...................... [1] Ran  \n  2026_03_01_101112_drop_label ....................... Pending  \n",
            "+2026_02_03_101112_create_jars -2026_03_01_101112_drop_label",
        ),
        (
            "EF Core",
            "20260203101112_CreateJars\n20260301101112_DropLabel (Pending)\n",
            "+20260203101112_CreateJars -20260301101112_DropLabel",
        ),
        (
            "Knex, with colours",
            "Using environment: production\n\u{1b}[32mFound 1 Completed Migration file/files.\u{1b}[39m\n\u{1b}[36m20260203101112_create_jars.js\u{1b}[39m\n\u{1b}[33mFound 1 Pending Migration file/files.\u{1b}[39m\n20260301101112_drop_label.js\n",
            "+20260203101112_create_jars.js -20260301101112_drop_label.js",
        ),
        (
            "Knex, nothing pending",
            "Found 1 Completed Migration file/files.\n20260203101112_create_jars.js\nNo Pending Migration files Found.\n",
            "+20260203101112_create_jars.js",
        ),
        (
            "Sequelize",
            "Loaded configuration file \"config/config.json\".\nup 20260203101112-create-jars.js\ndown 20260301101112-drop-label.js\n",
            "+20260203101112-create-jars.js -20260301101112-drop-label.js",
        ),
        (
            "Ecto",
            "Repo: Shop.Repo\n\n  Status    Migration ID    Migration Name\n--------------------------------------------------\n  up        20260203101112  create_jars\n  down      20260301101112  drop_label\n",
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
fn only_pending_ones_or_only_the_newest() {
    let prisma = read(
        "Prisma schema loaded from prisma/schema.prisma\n2 migrations found in prisma/migrations\nFollowing migration have not yet been applied:\n20260301101112_drop_label\n\nTo apply migrations in production run prisma migrate deploy.\n",
    );
    assert_eq!(states(&prisma), "-20260301101112_drop_label");
    assert_eq!(prisma.scope, HistoryScope::PendingOnly);
    let clean = read("2 migrations found in prisma/migrations\n\nDatabase schema is up to date!\n");
    assert_eq!(
        (clean.scope, clean.records.len()),
        (HistoryScope::PendingOnly, 0)
    );

    let liquibase = read(
        "1 changesets have not been applied to SHOP@jdbc:postgresql://db/shop\n     db/changelog/002.xml::drop-label::ops\n",
    );
    assert_eq!(states(&liquibase), "-db/changelog/002.xml/drop-label");
    assert_eq!(liquibase.scope, HistoryScope::PendingOnly);

    for (text, wanted) in [
        ("d7c6efd2de42 (head)\n", "+d7c6efd2de42"),
        (
            "INFO  [alembic.runtime.migration] Context impl PostgresqlImpl.\nd7c6efd2de42\n",
            "+d7c6efd2de42",
        ),
        ("7\n", "+7"),
        ("20260301101112 (dirty)\n", "!20260301101112"),
        (
            "Migration Status: PENDING\n  -- Current Version: 20260203101112\n  -- Next Version:    20260301101112\n  -- Executed Files:  1\n",
            "+20260203101112",
        ),
    ] {
        let history = read(text);
        assert_eq!(states(&history), wanted, "{text}");
        assert_eq!(history.scope, HistoryScope::UpTo, "{text}");
    }
}

#[test]
fn tables_as_clients_print_them() {
    let flyway = "Schema version: 1.1\n\n+-----------+---------+-------------+------+---------------------+---------+----------+\n| Category  | Version | Description | Type | Installed On        | State   | Undoable |\n+-----------+---------+-------------+------+---------------------+---------+----------+\n| Versioned | 1       | create jars | SQL  | 2026-02-03 10:11:12 | Success | No       |\n| Versioned | 1.1     | drop label  | SQL  |                     | Pending | No       |\n+-----------+---------+-------------+------+---------------------+---------+----------+\n";
    let history = read(flyway);
    assert_eq!(states(&history), "+1 -1.1");
    assert!(history.records[0].at.is_some());
    assert_eq!(history.scope, HistoryScope::Every);

    let laravel = "+------+-------------------------------+-------+\n| Ran? | Migration                     | Batch |\n+------+-------------------------------+-------+\n| Yes  | 2026_02_03_101112_create_jars | 1     |\n| No   | 2026_03_01_101112_drop_label  |       |\n+------+-------------------------------+-------+\n";
    assert_eq!(
        states(&read(laravel)),
        "+2026_02_03_101112_create_jars -2026_03_01_101112_drop_label"
    );

    for (text, wanted, scope) in [
        (
            "    version     \n----------------\n 20260203101112\n(1 row)\n",
            "",
            None,
        ),
        (
            "version\n20260203101112\n20260301101112\n",
            "+20260203101112 +20260301101112",
            Some(HistoryScope::AppliedOnly),
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
            "+20260203101112_create_jars -20260301101112_drop_label !20260302101112_lids",
            Some(HistoryScope::AppliedOnly),
        ),
        (
            " id |   timestamp   |          name           \n----+---------------+-------------------------\n  1 | 1770113472000 | CreateJars1770113472000\n(1 row)\n",
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
    assert_eq!(rows.scope, HistoryScope::AppliedOnly);
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
