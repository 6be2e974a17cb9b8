//! Ways down are played: whether the database takes them, on tables that hold rows, and whether they lead back.

use super::*;

fn down(dialect: &str, init: &str, up: &str, back: &str) -> crate::model::Down {
    let path = |name: &str| format!("db/{dialect}/migrations/{name}.sql");
    let (first, next, undo) = (path("0001_init.up"), path("0002_x.up"), path("0002_x.down"));
    let base = [(first.as_str(), init)];
    let current: Vec<(&str, &str)> = base.iter().copied().chain([(next.as_str(), up), (undo.as_str(), back)]).collect();
    assess(&base, &current).migrations.remove(0).down
}

const INIT: &str = "CREATE TABLE shelves (id int PRIMARY KEY, owner text NOT NULL, label text);\n";

#[test]
fn a_required_column_stops_a_down_as_soon_as_there_is_a_row_but_in_mysql() {
    let up = "ALTER TABLE shelves DROP COLUMN owner;\n";
    let back = "ALTER TABLE shelves ADD COLUMN owner text NOT NULL;\n";
    let found = down("postgres", INIT, up, back);
    assert_eq!(found.state, Some(DownState::Failing));
    assert!(found.why.is_some_and(|why| why.contains("SELECT count(*) FROM shelves")));
    assert_eq!(down("mysql", INIT, up, back).state, Some(DownState::Complete));
    assert_eq!(down("postgres", INIT, up, "ALTER TABLE shelves ADD COLUMN owner text NOT NULL DEFAULT '';\n").state, Some(DownState::Complete));
}

#[test]
fn a_down_that_does_not_parse_fails() {
    let up = "ALTER TABLE shelves ADD COLUMN note text\n";
    assert_eq!(down("postgres", INIT, up, "ALTER TABLE shelves DROP COLUMN note text\n").state, Some(DownState::Failing));
    assert_eq!(down("postgres", INIT, up, "ALTER TABLE shelves DROP COLUMN note CASCADE\n").state, Some(DownState::Complete));
}

#[test]
fn an_index_goes_with_its_column_where_the_database_lets_it() {
    let up = "ALTER TABLE shelves ADD COLUMN shown int NOT NULL DEFAULT 1;\nCREATE INDEX shelves_shown ON shelves (shown);\n";
    let back = "ALTER TABLE shelves DROP COLUMN shown;\n";
    assert_eq!(down("postgres", INIT, up, back).state, Some(DownState::Complete));
    assert_eq!(down("sqlite", INIT, up, back).state, Some(DownState::Failing));
    assert_eq!(down("sqlite", INIT, up, "DROP INDEX shelves_shown;\nALTER TABLE shelves DROP COLUMN shown;\n").state, Some(DownState::Complete));
}

#[test]
fn a_down_that_computes_rows_by_a_query_or_leaves_a_table_away_is_not_complete() {
    let up = "UPDATE shelves SET label = label || 'x';\n";
    let back = "UPDATE shelves SET owner = (SELECT label FROM shelves s WHERE s.id = 1) WHERE id > 1;\n";
    assert_eq!(down("postgres", INIT, up, back).state, Some(DownState::Incomplete));
    assert_eq!(down("postgres", INIT, "DROP TABLE IF EXISTS job_rows;\n", "ALTER TABLE shelves ADD COLUMN z int;\n").state, Some(DownState::Incomplete));
}
