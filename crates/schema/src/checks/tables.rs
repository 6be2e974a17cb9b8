//! Checks of tables as a whole.

use model::{CheckCases, CheckDeclaration, CheckDoc, Direction, Domain};

/// A table that old code uses is gone.
pub static DROPPED_TABLE: CheckDeclaration = CheckDeclaration {
    doc: CheckDoc {
        id: "database/dropped-table",
        title: "A table that old code uses is gone",
        domain: Domain::Database,
        direction: Direction::Rollback,
        looks_for: "A table that a migration drops and that the previous release names in its code.",
        why: "Every read and write of that table fails once the previous release runs again, and its rows are gone.",
        action: "Do not go back without restoring the table, or roll forward.",
        example: "DROP TABLE quarterly_report; while the previous release runs SELECT .. FROM quarterly_report",
        source: "Taxonomy of schema changes, rows 4, 8 and 9: docs/src/taxonomy/tables.md#row-4, docs/src/taxonomy/tables.md#row-8, docs/src/taxonomy/tables.md#row-9. The rollback guide: `backout guide 20`",
    },
    grades: None,
    place: module_path!(),
    cases: CheckCases::InFile("database/dropped-table.txt"),
};

/// Old code may use what changes, but a search cannot tell.
pub static NOT_FOUND_IN_CODE: CheckDeclaration = CheckDeclaration {
    doc: CheckDoc {
        id: "database/not-found-in-code",
        title: "Old code may use what changes, but a search cannot tell",
        domain: Domain::Database,
        direction: Direction::Rollback,
        looks_for: "Tables, columns and routines that are dropped, renamed or changed and that are not found in the previous release, where the same search finds too little of what is certainly there.",
        why: "A framework may derive the name, or a library or another program may use it, so not finding it does not mean that nobody uses it.",
        action: "Ask who else reads or writes it, and look for it in the query statistics of the database.",
        example: "DROP TABLE component_tag; in a repository that holds migrations and no program",
        source: "Taxonomy of schema changes, rows 4 and 25: docs/src/taxonomy/tables.md#row-4, docs/src/taxonomy/columns.md#row-25. Why a search that finds nothing needs a control group: docs/src/coverage.md#not-found",
    },
    grades: None,
    place: module_path!(),
    cases: CheckCases::InFile("database/not-found-in-code.txt"),
};

/// A table that old code uses has another name.
pub static RENAMED_TABLE: CheckDeclaration = CheckDeclaration {
    doc: CheckDoc {
        id: "database/renamed-table",
        title: "A table that old code uses has another name",
        domain: Domain::Database,
        direction: Direction::Rollback,
        looks_for: "A table that is renamed, or replaced by a view, while the previous release names it.",
        why: "The previous release asks for a name that is no longer there.",
        action: "Put a view under the old name, or give the table its old name, before going back.",
        example: "ALTER TABLE clients RENAME TO customers;",
        source: "Taxonomy of schema changes, rows 5, 6 and 11: docs/src/taxonomy/tables.md#row-5, docs/src/taxonomy/tables.md#row-6, docs/src/taxonomy/tables.md#row-11",
    },
    grades: None,
    place: module_path!(),
    cases: CheckCases::InFile("database/renamed-table.txt"),
};

/// A table lies in another schema.
pub static MOVED_TABLE: CheckDeclaration = CheckDeclaration {
    doc: CheckDoc {
        id: "database/moved-table",
        title: "A table lies in another schema",
        domain: Domain::Database,
        direction: Direction::Rollback,
        looks_for: "SET SCHEMA, ALTER SCHEMA RENAME and DROP SCHEMA on what the previous release uses.",
        why: "Statements without the new schema's name no longer find the table.",
        action: "Add the schema to the search path, or move the table back, before going back.",
        example: "ALTER TABLE orders SET SCHEMA sales;",
        source: "Taxonomy of schema changes, row 7: docs/src/taxonomy/tables.md#row-7",
    },
    grades: None,
    place: module_path!(),
    cases: CheckCases::InFile("database/moved-table.txt"),
};

/// A table is created again with its rows.
pub static TABLE_REBUILT: CheckDeclaration = CheckDeclaration {
    doc: CheckDoc {
        id: "database/table-rebuilt",
        title: "A table is created again with its rows",
        domain: Domain::Database,
        direction: Direction::Rollback,
        looks_for: "A copy of a table that takes its name, where the difference of columns or rows is not harmless.",
        why: "Old code sees the new table: what it lacks or demands more decides.",
        action: "Compare the two definitions, and count the rows of both.",
        example: "CREATE TABLE orders_new (..); INSERT INTO orders_new SELECT .. FROM orders; DROP TABLE orders; ALTER TABLE orders_new RENAME TO orders;",
        source: "Taxonomy of schema changes, rows 12 and 85: docs/src/taxonomy/tables.md#row-12, docs/src/taxonomy/objects.md#row-85",
    },
    grades: None,
    place: module_path!(),
    cases: CheckCases::InFile("database/table-rebuilt.txt"),
};

/// A table is created again without its rows.
pub static TABLE_REPLACED: CheckDeclaration = CheckDeclaration {
    doc: CheckDoc {
        id: "database/table-replaced",
        title: "A table is created again without its rows",
        domain: Domain::Database,
        direction: Direction::Rollback,
        looks_for: "A table that is dropped and created again under its name, without a copy of its rows.",
        why: "Old code finds the table empty, and perhaps with other columns.",
        action: "Restore the rows from a backup before going back, if old code needs them.",
        example: "DROP TABLE sessions; CREATE TABLE sessions (..);",
        source: "Taxonomy of schema changes, rows 4 and 9: docs/src/taxonomy/tables.md#row-4, docs/src/taxonomy/tables.md#row-9",
    },
    grades: None,
    place: module_path!(),
    cases: CheckCases::InFile("database/table-replaced.txt"),
};
