//! What was counted in production or seen in a rehearsal on a database.

use model::{CheckCases, CheckDeclaration, CheckDoc, Direction, Domain};

/// Rows that decide were counted.
pub static COUNTED_ROWS: CheckDeclaration = CheckDeclaration {
    doc: CheckDoc {
        id: "database/counted-rows",
        title: "Rows that decide were counted",
        domain: Domain::Database,
        direction: Direction::Rollback,
        looks_for: "What the queries of `backout queries` found, given with --observed: rows that only the new release wrote, duplicates, values that no longer fit.",
        why: "Whether such rows exist decides what the previous release meets, and no reading of files can tell it.",
        action: "Where there are rows, find out what the previous release does with them, or take them out, before going back.",
        example: "orders.note: 12 rows (observed.csv)",
        source: "Rows in a new form: docs/src/databases.md. How the queries are run: docs/src/what-is-live.md#counted-rows",
    },
    grades: None,
    place: module_path!(),
    cases: CheckCases::InTest("tests/program/live.rs"),
};

/// A statement of old code failed on the new schema.
pub static OLD_STATEMENT_FAILED: CheckDeclaration = CheckDeclaration {
    doc: CheckDoc {
        id: "database/old-statement-failed",
        title: "A statement of old code failed on the new schema",
        domain: Domain::Database,
        direction: Direction::Rollback,
        looks_for: "Statements of the previous release that ran on its own schema and failed on the schema of the new release, in a rehearsal on a real database.",
        why: "It was seen, not judged: the previous release gets this error as soon as it runs the statement.",
        action: "Do not go back without the step that makes the statement work again, and rehearse once more with it.",
        example: "src/store.go:88: column \"note\" does not exist (observed, PostgreSQL 17.2)",
        source: "A rehearsal on a real database: docs/src/rehearse.md#on-a-real-database",
    },
    grades: None,
    place: module_path!(),
    cases: CheckCases::InTest("tests/program/rehearse_database.rs"),
};

/// A statement of old code answers otherwise on the new schema.
pub static OLD_STATEMENT_CHANGED: CheckDeclaration = CheckDeclaration {
    doc: CheckDoc {
        id: "database/old-statement-changed",
        title: "A statement of old code answers otherwise on the new schema",
        domain: Domain::Database,
        direction: Direction::Rollback,
        looks_for: "Statements of the previous release that ran on both schemas in a rehearsal, with other columns, other types or other rows on the new one.",
        why: "A program may read a value into the wrong variable, refuse a type, or show other rows, without an error of the database.",
        action: "Read the statement and what the program does with its answer.",
        example: "src/store.go:90: it answered 3 rows and now answers 2 (observed, SQLite 3.50)",
        source: "A rehearsal on a real database: docs/src/rehearse.md#on-a-real-database",
    },
    grades: None,
    place: module_path!(),
    cases: CheckCases::InTest("tests/program/rehearse_database.rs"),
};

/// The range was rehearsed on a real database.
pub static REHEARSED: CheckDeclaration = CheckDeclaration {
    doc: CheckDoc {
        id: "database/rehearsed",
        title: "The range was rehearsed on a real database",
        domain: Domain::Database,
        direction: Direction::Rollback,
        looks_for: "What `backout rehearse --database-url` saw for these two commits: whether the range runs on made rows, and how many statements of the previous release run on its schema.",
        why: "A migration that stops on some rows stops in the middle of a deployment.",
        action: "Where the range stopped, look whether production has such rows. That all statements ran proves nothing for those that could not be tried.",
        example: "41 statements of 3.0.0 run on the schema of 3.1.0 (observed, PostgreSQL 17.2)",
        source: "A rehearsal on a real database: docs/src/rehearse.md#on-a-real-database",
    },
    grades: None,
    place: module_path!(),
    cases: CheckCases::InTest("tests/program/rehearse_database.rs"),
};

/// The ways down were run on a real database.
pub static WAY_DOWN_REHEARSED: CheckDeclaration = CheckDeclaration {
    doc: CheckDoc {
        id: "database/way-down-rehearsed",
        title: "The ways down were run on a real database",
        domain: Domain::Database,
        direction: Direction::Rollback,
        looks_for: "Whether the ways down of the range ran in a rehearsal, and what the schema and the rows lack after them.",
        why: "A way down that stops leaves the schema in the middle, and one that loses rows loses them in production too.",
        action: "Repair the way down, or leave it out and go back on the new schema, if the previous release copes with it.",
        example: "up and down again loses orders.note in 3 rows (observed, PostgreSQL 17.2)",
        source: "A rehearsal on a real database: docs/src/rehearse.md#on-a-real-database",
    },
    grades: None,
    place: module_path!(),
    cases: CheckCases::InTest("tests/program/rehearse_database.rs"),
};
