use super::super::step::Name;
use super::*;
use crate::operation::{KindOfAction, OperationKind};

fn kinds(text: &str, dialect: Dialect) -> Vec<&'static str> {
    read_sql(text, dialect, 1)
        .steps
        .iter()
        .map(|step| OperationKind::of(&step.action).id())
        .collect()
}

#[test]
fn one_statement_of_each_form_of_postgres() {
    let cases: &[(Dialect, &str, &[&str])] = &[
        (
            Dialect::Postgres,
            "ALTER TABLE ONLY a ADD COLUMN b int NOT NULL, DROP COLUMN IF EXISTS c, ALTER d TYPE bigint",
            &["add-required-column", "drop-column", "change-type"],
        ),
        (
            Dialect::Postgres,
            "ALTER TABLE a ADD COLUMN b int NOT NULL DEFAULT 0",
            &["add-column-with-default"],
        ),
        (
            Dialect::Postgres,
            "ALTER TABLE a ADD b uuid NOT NULL DEFAULT gen_random_uuid()",
            &["add-column-with-volatile-default"],
        ),
        (
            Dialect::Postgres,
            "ALTER TABLE a ADD CONSTRAINT u UNIQUE (b, c), ADD FOREIGN KEY (d) REFERENCES e (id), ADD CHECK (f > 0)",
            &["add-unique", "add-foreign-key", "add-check"],
        ),
        (
            Dialect::Postgres,
            "ALTER TABLE a ALTER COLUMN b SET NOT NULL, ALTER COLUMN c DROP NOT NULL, ALTER COLUMN d DROP DEFAULT",
            &["set-not-null", "drop-not-null", "drop-default"],
        ),
        (
            Dialect::Postgres,
            "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON a (b) WHERE c",
            &["add-unique"],
        ),
        (
            Dialect::Postgres,
            "DROP FUNCTION f(int), g CASCADE",
            &["drop-routine", "drop-routine"],
        ),
        (
            Dialect::Postgres,
            "ALTER TYPE t ADD VALUE IF NOT EXISTS 'x' AFTER 'y'",
            &["add-enum-value"],
        ),
        (
            Dialect::Postgres,
            "DO $$ BEGIN IF EXISTS (SELECT 1) THEN ALTER TABLE a DROP COLUMN b; END IF; END $$",
            &["drop-column"],
        ),
        (
            Dialect::Postgres,
            "DO $$ BEGIN CREATE TYPE t AS ENUM ('a'); EXCEPTION WHEN duplicate_object THEN null; END $$;",
            &["create-type"],
        ),
        (
            Dialect::Postgres,
            "WITH x AS (DELETE FROM a RETURNING *) INSERT INTO b SELECT * FROM x",
            &["delete-rows", "insert-rows"],
        ),
    ];
    for (dialect, text, expected) in cases {
        assert_eq!(kinds(text, *dialect), *expected, "{text}");
    }
}

#[test]
fn one_statement_of_each_form_of_other_databases() {
    let cases: &[(Dialect, &str, &[&str])] = &[
        (
            Dialect::MySql,
            "ALTER TABLE `a` MODIFY COLUMN `b` varchar(20) NOT NULL, CHANGE c d int, ADD INDEX i (b), ENGINE=InnoDB",
            &[
                "restate-column",
                "restate-column",
                "create-index",
                "table-option",
            ],
        ),
        (
            Dialect::MySql,
            "ALTER TABLE a ADD (b int, c int NOT NULL)",
            &["add-column", "add-required-column"],
        ),
        (
            Dialect::MySql,
            "RENAME TABLE a TO b, c TO d",
            &["rename-table", "rename-table"],
        ),
        (
            Dialect::MySql,
            "SET @s = (SELECT IF(1, 'ALTER TABLE a DROP COLUMN b', 'SELECT 1')); PREPARE x FROM @s; EXECUTE x;",
            &["drop-column", "nothing", "nothing"],
        ),
        (
            Dialect::Mssql,
            "ALTER TABLE [dbo].[a] ALTER COLUMN [b] NVARCHAR(50) NOT NULL",
            &["restate-column"],
        ),
        (
            Dialect::Mssql,
            "ALTER TABLE [dbo].[a] ADD [b] INT NULL, [c] BIT NOT NULL CONSTRAINT df DEFAULT (0)",
            &["add-column", "add-column-with-default"],
        ),
        (
            Dialect::Mssql,
            "EXEC sp_rename 'dbo.a.b', 'c', 'COLUMN'",
            &["rename-column"],
        ),
        (
            Dialect::Mssql,
            "IF OBJECT_ID('[dbo].[p]') IS NOT NULL\nBEGIN\n    DROP PROCEDURE [dbo].[p]\nEND\nGO",
            &["drop-routine"],
        ),
        (
            Dialect::Mssql,
            "IF COL_LENGTH('[dbo].[a]', 'b') IS NULL\nBEGIN\n    ALTER TABLE [dbo].[a]\n        ADD [b] INT NULL\nEND\nGO",
            &["add-column"],
        ),
        (
            Dialect::ClickHouse,
            "ALTER TABLE u.a ADD COLUMN b LowCardinality(String) AFTER c",
            &["add-column-with-default"],
        ),
        (
            Dialect::Sqlite,
            "PRAGMA foreign_keys=off; INSERT OR REPLACE INTO a SELECT * FROM b;",
            &["nothing", "insert-rows"],
        ),
    ];
    for (dialect, text, expected) in cases {
        assert_eq!(kinds(text, *dialect), *expected, "{text}");
    }
}

#[test]
fn what_only_looks_like_an_option_is_read_as_what_it_does() {
    let cases: &[(Dialect, &str, &[&str])] = &[
        (
            Dialect::Unknown,
            "ALTER TABLE jars SET UNUSED (shelf, row_no)",
            &["drop-column", "drop-column"],
        ),
        (
            Dialect::Unknown,
            "ALTER TABLE jars SET UNUSED COLUMN shelf",
            &["drop-column"],
        ),
        (
            Dialect::Postgres,
            "ALTER TABLE jars SET (fillfactor = 70, autovacuum_enabled = false)",
            &["table-option"],
        ),
        (
            Dialect::Postgres,
            "ALTER TABLE jars SET TABLESPACE quick",
            &["table-option"],
        ),
        (
            Dialect::Postgres,
            "ALTER TABLE jars SET (depth = 3)",
            &["unknown"],
        ),
        (
            Dialect::Mssql,
            "ALTER TABLE jars SET (SYSTEM_VERSIONING = ON)",
            &["unknown"],
        ),
        (
            Dialect::MySql,
            "ALTER TABLE jars ENGINE = InnoDB",
            &["table-option"],
        ),
        (
            Dialect::MySql,
            "ALTER TABLE jars ENGINE = ARCHIVE",
            &["unknown"],
        ),
        (
            Dialect::MySql,
            "ALTER TABLE jars EXCHANGE PARTITION p2025 WITH TABLE jars_old",
            &["drop-partition"],
        ),
        (
            Dialect::MySql,
            "CREATE TABLE a (id int); /*!50700 ALTER TABLE jars DROP COLUMN shelf */;",
            &["create-table", "drop-column"],
        ),
        (
            Dialect::Unknown,
            "/*M! ALTER TABLE jars DROP COLUMN shelf */;",
            &["drop-column"],
        ),
        (
            Dialect::Postgres,
            "/*!50700 ALTER TABLE jars DROP COLUMN shelf */ ALTER TABLE jars ADD COLUMN n int",
            &["add-column", "unknown"],
        ),
        (
            Dialect::Postgres,
            "/*! words of a title */ ALTER TABLE jars ADD COLUMN n int",
            &["add-column"],
        ),
        (
            Dialect::MySql,
            "/*!40101 SET NAMES utf8 */; /*!40000 ALTER TABLE jars DISABLE KEYS */;",
            &["nothing", "table-option"],
        ),
        (Dialect::MySql, "USE cellar;", &["unknown"]),
        (
            Dialect::Postgres,
            "SET search_path TO v2, public;",
            &["unknown"],
        ),
        (Dialect::Postgres, "SET search_path = public;", &["nothing"]),
        (Dialect::Postgres, "SET SCHEMA 'v2';", &["unknown"]),
        (Dialect::Postgres, "SET lock_timeout = '5s';", &["nothing"]),
        (Dialect::Sqlite, "PRAGMA writable_schema = 1;", &["unknown"]),
        (
            Dialect::Postgres,
            "IMPORT FOREIGN SCHEMA a FROM SERVER b INTO c;",
            &["unknown"],
        ),
    ];
    for (dialect, text, expected) in cases {
        assert_eq!(kinds(text, *dialect), *expected, "{text}");
    }
}

#[test]
fn half_written_statements_are_doubt() {
    for text in [
        "ALTER TABLE",
        "ALTER TABLE a",
        "ALTER TABLE a ADD COLUMN",
        "CREATE TABLE a (b int",
        "ALTER TABLE a FROBNICATE b",
        "DROP",
        "CREATE",
        "FROBNICATE",
        "{{ .Whatever }}",
    ] {
        assert!(
            kinds(text, Dialect::Postgres).contains(&"unknown"),
            "{text}: {:?}",
            kinds(text, Dialect::Postgres)
        );
    }
}

#[test]
fn templates_are_read_through() {
    let steps = read_sql(
        "ALTER TABLE {{ index .Options \"ns\" }}.users ADD COLUMN a int;",
        Dialect::Postgres,
        1,
    )
    .steps;
    assert_eq!(
        steps[0].action.table().map(Name::to_string).as_deref(),
        Some("users")
    );
    assert_eq!(
        read_sql(
            "alter table ${prefix}orders drop column x;",
            Dialect::Postgres,
            1
        )
        .steps[0]
            .action
            .table()
            .map(Name::to_string)
            .as_deref(),
        Some("orders")
    );
}

#[test]
fn parameters_of_procedures() {
    let text = "CREATE OR ALTER PROCEDURE [dbo].[P]\n    @A INT,\n    @B AS [dbo].[Ids] READONLY,\n    @C BIT = 0\nAS\nBEGIN\n SELECT 1\nEND";
    let steps = read_sql(text, Dialect::Mssql, 1).steps;
    let SchemaAction::CreateRoutine(routine) = &steps[0].action else {
        panic!("{steps:?}")
    };
    let parameters = routine.parameters.as_ref().map(|list| {
        list.iter()
            .map(|parameter| (parameter.name.as_str(), parameter.optional))
            .collect::<Vec<_>>()
    });
    assert_eq!(
        parameters,
        Some(vec![("@A", false), ("@B", false), ("@C", true)])
    );
    assert!(routine.body.starts_with("AS BEGIN"));
}

#[test]
fn updates_name_their_columns() {
    let text = "UPDATE website_event w JOIN session s ON s.id = w.id SET w.hostname = s.hostname WHERE w.hostname IS NULL";
    let SchemaAction::Update {
        table,
        columns,
        fills_null,
        ..
    } = &read_sql(text, Dialect::MySql, 1).steps[0].action
    else {
        panic!()
    };
    assert_eq!(
        (table.to_string().as_str(), columns.as_slice()),
        ("website_event", ["hostname".to_owned()].as_slice())
    );
    assert!(fills_null);
    let text = "UPDATE a SET (b, c) = (1, 2), d = 3 FROM e WHERE b IS NULL";
    let SchemaAction::Update { columns, reads, .. } =
        &read_sql(text, Dialect::Postgres, 1).steps[0].action
    else {
        panic!()
    };
    assert_eq!(columns, &["b", "c", "d"]);
    assert_eq!(reads, &[Name::new("e")]);
}

#[test]
fn a_column_is_filled_where_it_is_empty_itself() {
    let fills = |text: &str| match &read_sql(text, Dialect::Postgres, 1).steps[0].action {
        SchemaAction::Update { fills_null, .. } => *fills_null,
        other => panic!("{other:?}"),
    };
    assert!(fills("UPDATE jars SET a = 1 WHERE a IS NULL"));
    assert!(fills("UPDATE jars SET a = 1 WHERE (jars.a IS NULL)"));
    assert!(fills("UPDATE jars SET \"a\" = 1 WHERE \"a\" IS NULL"));
    // the name of another column ends so
    assert!(!fills("UPDATE jars SET a = 1 WHERE data IS NULL"));
    assert!(!fills("UPDATE jars SET a = 1 WHERE área IS NULL"));
}

#[test]
fn a_message_refuses_nothing() {
    let refuses = |what: &str| {
        let text = format!("DO $$ BEGIN IF EXISTS (SELECT 1) THEN {what}; END IF; END $$;");
        read_sql(&text, Dialect::Postgres, 1).refuses.is_some()
    };
    assert!(refuses("RAISE EXCEPTION 'too many'"));
    // an exception is what RAISE means where no level is stated
    assert!(refuses("RAISE 'too many'"));
    assert!(!refuses("RAISE NOTICE 'many'"));
    assert!(!refuses("RAISE WARNING 'many'"));
    assert!(!refuses("RAISE INFO 'many'"));
}

#[test]
fn a_function_is_known_by_its_whole_name() {
    let calls = |text: &str| {
        matches!(
            read_sql(text, Dialect::Postgres, 1).steps[0].action,
            SchemaAction::HostCode { .. }
        )
    };
    assert!(!calls("SELECT max(id) FROM jars"));
    assert!(!calls("SELECT format('%s', 1)"));
    assert!(!calls("SELECT pg_sleep(1)"));
    assert!(!calls("SELECT current_setting('a.b')"));
    for own in ["max_fix()", "format_all()", "version_up()", "now_rebuild()"] {
        assert!(calls(&format!("SELECT {own}")), "{own}");
    }
}

proptest::proptest! {
    #[test]
    fn nothing_panics(text in "(ALTER|CREATE|DROP|TABLE|ADD|COLUMN|IF|BEGIN|END|DO|\\$\\$|'|\"|`|\\(|\\)|,|;|\\.|a|b|NOT|NULL|DEFAULT|CHECK|UNIQUE|INDEX|ON|SET|UPDATE|WITH|AS|SELECT|EXEC|\n| |\\{\\{|\\}\\}|\\[|\\]|é|GO|DELIMITER ){0,60}") {
        for dialect in [Dialect::Postgres, Dialect::MySql, Dialect::Sqlite, Dialect::Mssql, Dialect::ClickHouse, Dialect::Unknown] {
            let _ = read_sql(&text, dialect, 1);
        }
    }
}
