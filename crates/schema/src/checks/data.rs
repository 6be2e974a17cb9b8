//! Checks of rows.

use model::{CheckCases, CheckDeclaration, CheckDoc, Direction, Domain};

/// Rows that old code reads are rewritten.
pub static DATA_REWRITTEN: CheckDeclaration = CheckDeclaration {
    doc: CheckDoc {
        id: "database/data-rewritten",
        title: "Rows that old code reads are rewritten",
        domain: Domain::Database,
        direction: Direction::Rollback,
        looks_for: "UPDATE, INSERT and data migrations in the program's language on tables of the previous release.",
        why: "The previous release reads values that it did not write, and a schema that goes back does not bring the old ones back.",
        action: "Check that the previous release understands the new values; keep a copy of the old ones.",
        example: "UPDATE checks SET tz = 'Europe/Kyiv' WHERE tz = 'Europe/Kiev';",
        source: "Taxonomy of schema changes, rows 87, 89 and 91: docs/src/taxonomy/data.md#row-87, docs/src/taxonomy/data.md#row-89, docs/src/taxonomy/data.md#row-91. The rollback guide: `backout guide 21`",
    },
    grades: None,
    place: module_path!(),
    cases: CheckCases::InFile("database/data-rewritten.txt"),
};

/// Rows that old code reads are removed.
pub static ROWS_REMOVED: CheckDeclaration = CheckDeclaration {
    doc: CheckDoc {
        id: "database/rows-removed",
        title: "Rows that old code reads are removed",
        domain: Domain::Database,
        direction: Direction::Rollback,
        looks_for: "DELETE, TRUNCATE and dropped partitions on tables of the previous release.",
        why: "The rows come back only from a backup.",
        action: "Know what was removed before going back; restore it if old code needs it.",
        example: "DELETE FROM channels WHERE kind = 'hipchat';",
        source: "Taxonomy of schema changes, rows 10, 14 and 88: docs/src/taxonomy/tables.md#row-10, docs/src/taxonomy/tables.md#row-14, docs/src/taxonomy/data.md#row-88",
    },
    grades: None,
    place: module_path!(),
    cases: CheckCases::InFile("database/rows-removed.txt"),
};

/// A backfill must run again on the next way forward.
pub static BACKFILL_AGAIN: CheckDeclaration = CheckDeclaration {
    doc: CheckDoc {
        id: "database/backfill-again",
        title: "A backfill must run again on the next way forward",
        domain: Domain::Database,
        direction: Direction::Rollback,
        looks_for: "A new column that a migration of the range fills.",
        why: "Rows that the previous release writes meanwhile stay empty, and the migration counts as done.",
        action: "Write the backfill down, and run it again when the release is deployed once more.",
        example: "ALTER TABLE drives ADD COLUMN ascent int; UPDATE drives SET ascent = ..;",
        source: "Taxonomy of schema changes, rule R5 and row 86: docs/src/taxonomy/rules.md#r5, docs/src/taxonomy/data.md#row-86",
    },
    grades: None,
    place: module_path!(),
    cases: CheckCases::InFile("database/backfill-again.txt"),
};

/// Code runs in a migration, and what it does was not read.
pub static HOST_CODE: CheckDeclaration = CheckDeclaration {
    doc: CheckDoc {
        id: "database/host-code",
        title: "Code runs in a migration, and what it does was not read",
        domain: Domain::Database,
        direction: Direction::Rollback,
        looks_for: "Callbacks, loops and calls in migrations whose effect on rows cannot be told from their text.",
        why: "It may rewrite rows that the previous release reads.",
        action: "Read the code at the line shown, and say whether old code copes.",
        example: "migrations.RunPython(forwards)",
        source: "Taxonomy of schema changes, rows 90, 93 and 94: docs/src/taxonomy/data.md#row-90, docs/src/taxonomy/data.md#row-93, docs/src/taxonomy/data.md#row-94",
    },
    grades: None,
    place: module_path!(),
    cases: CheckCases::InFile("database/host-code.txt"),
};

/// The new release brings a database that old code does not have.
pub static NEW_DATABASE: CheckDeclaration = CheckDeclaration {
    doc: CheckDoc {
        id: "database/new-database",
        title: "The new release brings a database that old code does not have",
        domain: Domain::Database,
        direction: Direction::Rollback,
        looks_for: "Migrations in a folder of their own, while the previous release has no statement, no migration and no driver of a database.",
        why: "Old code needs no table that it never had. But it does not see what the new release stored there, and the store that was replaced may be out of date.",
        action: "Find out what the database replaced, and whether its old form is still there and how old it is.",
        example: "an index in files that is replaced by SQLite",
        source: "The rollback guide: `backout guide 21`",
    },
    grades: None,
    place: module_path!(),
    cases: CheckCases::InFile("database/new-database.txt"),
};
