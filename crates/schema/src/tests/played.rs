//! What each step leaves in the schema.

use crate::dialect::Dialect;
use crate::schema::Schema;
use crate::sql;
use crate::step::Name;

/// The schema after a text of SQL.
fn played(dialect: Dialect, text: &str) -> Schema {
    let mut schema = Schema::default();
    for step in sql::read_sql(text, dialect, 1).steps {
        schema.apply(&step.action);
    }
    schema
}

fn indexes(dialect: Dialect, text: &str) -> Vec<String> {
    played(dialect, text).indexes.keys().cloned().collect()
}

#[test]
fn indexes_go_with_their_table_however_each_statement_writes_its_name() {
    let made = "CREATE TABLE public.jars (id int);\nCREATE INDEX jars_id ON jars (id);\n";
    assert_eq!(indexes(Dialect::Postgres, made), ["jars_id"]);
    for gone in [
        "DROP TABLE jars;",
        "DROP TABLE public.jars;",
        // a table that is made anew starts without the indexes of the one before
        "DROP TABLE jars; CREATE TABLE jars (id int);",
        "ALTER TABLE jars SET SCHEMA pantry; DROP TABLE pantry.jars;",
        "ALTER TABLE jars RENAME TO pots; DROP TABLE public.pots;",
    ] {
        assert!(
            indexes(Dialect::Postgres, &format!("{made}{gone}")).is_empty(),
            "{gone}"
        );
    }
    let kept = "ALTER TABLE jars SET SCHEMA pantry;";
    assert_eq!(
        indexes(Dialect::Postgres, &format!("{made}{kept}")),
        ["jars_id"]
    );
    let other = "CREATE TABLE jars (id int);\nCREATE INDEX jars_id ON jars (id);\nCREATE TABLE lids (id int);\nDROP TABLE lids;";
    assert_eq!(indexes(Dialect::MySql, other), ["jars_id"]);
}

#[test]
fn a_renamed_object_stays_in_its_schema() {
    let schema = played(
        Dialect::Postgres,
        "CREATE TYPE pantry.state AS ENUM ('a');\nALTER TYPE pantry.state RENAME TO phase;\nCREATE FUNCTION pantry.f() RETURNS int AS $$ SELECT 1 $$ LANGUAGE sql;\nALTER FUNCTION pantry.f() RENAME TO g;\n",
    );
    let key = |name: &str| Name::from_parts(vec!["pantry".to_owned(), name.to_owned()]).key();
    assert_eq!(schema.types.keys().collect::<Vec<_>>(), [&key("phase")]);
    assert_eq!(schema.routines.keys().collect::<Vec<_>>(), [&key("g")]);
    let schema = played(
        Dialect::Postgres,
        "CREATE TYPE state AS ENUM ('a');\nALTER TYPE state RENAME TO phase;\n",
    );
    assert_eq!(schema.types.keys().collect::<Vec<_>>(), ["phase"]);
}

#[test]
fn a_renamed_member_of_an_enumeration_is_played() {
    let schema = played(
        Dialect::Postgres,
        "CREATE TYPE state AS ENUM ('new', 'done');\nALTER TYPE state RENAME VALUE 'new' TO 'fresh';\n",
    );
    assert_eq!(schema.types["state"], ["fresh", "done"]);
    let schema = played(
        Dialect::Postgres,
        "CREATE TYPE state AS ENUM ('new');\nALTER TYPE state RENAME VALUE 'old' TO 'fresh';\n",
    );
    assert_eq!(schema.types["state"], ["new"]);
}

#[test]
fn a_constraint_is_renamed_whatever_the_case_of_its_name() {
    for (dialect, rename) in [
        (
            Dialect::Postgres,
            "ALTER TABLE jars RENAME CONSTRAINT SIZED TO fits;",
        ),
        (
            Dialect::Unknown,
            "ALTER TABLE jars RENAME CONSTRAINT Sized TO fits;",
        ),
    ] {
        let text = format!(
            "CREATE TABLE jars (id int, CONSTRAINT sized CHECK (id > 0));\n{rename}\nALTER TABLE jars DROP CONSTRAINT fits;\n"
        );
        let schema = played(dialect, &text);
        let rules = &schema
            .table(&Name::new("jars"))
            .expect("a table")
            .constraints;
        assert!(rules.is_empty(), "{dialect:?}: {rules:?}");
    }
}
