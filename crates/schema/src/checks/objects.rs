//! Checks of views, routines, triggers, types, rights and settings.

use model::{CheckCases, CheckDeclaration, CheckDoc, Direction, Domain};

/// A view that old code reads is gone.
pub static VIEW_DROPPED: CheckDeclaration = CheckDeclaration {
    doc: CheckDoc {
        id: "database/view-dropped",
        title: "A view that old code reads is gone",
        domain: Domain::Database,
        direction: Direction::Rollback,
        looks_for: "A view that is dropped or renamed while the previous release names it.",
        why: "Reads of the view fail.",
        action: "Create the view again from the previous release before going back.",
        example: "DROP VIEW active_orders;",
        source: "Taxonomy of schema changes, row 69: docs/src/taxonomy/objects.md#row-69",
    },
    grades: None,
    place: module_path!(),
    cases: CheckCases::InFile("database/view-dropped.txt"),
};

/// A view returns something else.
pub static VIEW_CHANGED: CheckDeclaration = CheckDeclaration {
    doc: CheckDoc {
        id: "database/view-changed",
        title: "A view returns something else",
        domain: Domain::Database,
        direction: Direction::Rollback,
        looks_for: "A view of the previous release with another condition, source or fewer columns.",
        why: "The previous release may see other rows than it was written for.",
        action: "Read the view with the previous release, on an empty and on a filled table.",
        example: "CREATE OR REPLACE VIEW active_orders AS SELECT .. WHERE archived IS NULL;",
        source: "Taxonomy of schema changes, rows 66 and 68: docs/src/taxonomy/objects.md#row-66, docs/src/taxonomy/objects.md#row-68. The rollback guide: `backout guide 26`",
    },
    grades: None,
    place: module_path!(),
    cases: CheckCases::InFile("database/view-changed.txt"),
};

/// A view, routine or trigger of old code uses a new table.
pub static OLD_OBJECT_USES_NEW_TABLE: CheckDeclaration = CheckDeclaration {
    doc: CheckDoc {
        id: "database/old-object-uses-new-table",
        title: "A view, routine or trigger of old code uses a new table",
        domain: Domain::Database,
        direction: Direction::Rollback,
        looks_for: "A view, routine or trigger that the previous release has, and that now reads or writes a table which is new in the range.",
        why: "The previous release depends on a table it does not know: if the table were dropped, or stays empty, its results change.",
        action: "Keep the table, skip the database step on the way back, and verify the view on an empty table.",
        example: "CREATE TABLE discount (..); CREATE OR REPLACE VIEW price AS SELECT .. FROM item LEFT JOIN discount ..;",
        source: "Taxonomy of schema changes, rows 2 and 68: docs/src/taxonomy/tables.md#row-2, docs/src/taxonomy/objects.md#row-68. The rollback guide: `backout guide 26`",
    },
    grades: None,
    place: module_path!(),
    cases: CheckCases::InFile("database/old-object-uses-new-table.txt"),
};

/// A routine that old code calls is gone or takes other parameters.
pub static ROUTINE_DROPPED: CheckDeclaration = CheckDeclaration {
    doc: CheckDoc {
        id: "database/routine-dropped",
        title: "A routine that old code calls is gone or takes other parameters",
        domain: Domain::Database,
        direction: Direction::Rollback,
        looks_for: "Functions and procedures that are dropped, or whose parameters no longer fit, while the previous release calls them.",
        why: "The calls fail.",
        action: "Create the old routine again before going back.",
        example: "DROP FUNCTION community_activity;",
        source: "Taxonomy of schema changes, row 72: docs/src/taxonomy/objects.md#row-72",
    },
    grades: None,
    place: module_path!(),
    cases: CheckCases::InFile("database/routine-dropped.txt"),
};

/// A function or procedure does something else.
pub static ROUTINE_CHANGED: CheckDeclaration = CheckDeclaration {
    doc: CheckDoc {
        id: "database/routine-changed",
        title: "A function or procedure does something else",
        domain: Domain::Database,
        direction: Direction::Rollback,
        looks_for: "A function or procedure of the previous release with the same parameters that touches other tables.",
        why: "Results under the previous release may differ.",
        action: "Compare both texts, and try the calls of the previous release.",
        example: "CREATE OR REPLACE FUNCTION price(..) .. FROM discounts",
        source: "Taxonomy of schema changes, row 71: docs/src/taxonomy/objects.md#row-71",
    },
    grades: None,
    place: module_path!(),
    cases: CheckCases::InFile("database/routine-changed.txt"),
};

/// A trigger runs on writes of old code, or no longer does.
pub static TRIGGER_CHANGED: CheckDeclaration = CheckDeclaration {
    doc: CheckDoc {
        id: "database/trigger-changed",
        title: "A trigger runs on writes of old code, or no longer does",
        domain: Domain::Database,
        direction: Direction::Rollback,
        looks_for: "Triggers, rules and publications on tables of the previous release.",
        why: "They may refuse its writes, write twice, or leave out what it relied on.",
        action: "Try the writes of the previous release with the trigger in place.",
        example: "CREATE TRIGGER audit AFTER INSERT ON orders ..;",
        source: "Taxonomy of schema changes, rows 73, 74 and 75: docs/src/taxonomy/objects.md#row-73, docs/src/taxonomy/objects.md#row-74, docs/src/taxonomy/objects.md#row-75",
    },
    grades: None,
    place: module_path!(),
    cases: CheckCases::InFile("database/trigger-changed.txt"),
};

/// A type has other values.
pub static ENUM_CHANGED: CheckDeclaration = CheckDeclaration {
    doc: CheckDoc {
        id: "database/enum-changed",
        title: "A type has other values",
        domain: Domain::Database,
        direction: Direction::Rollback,
        looks_for: "Added, renamed and removed members of enumerations; domains and types that are created again.",
        why: "The previous release may not be able to read a value that the new release stored, or may write one that is refused.",
        action: "Count the rows that hold the new value before going back.",
        example: "ALTER TYPE status ADD VALUE 'paused';",
        source: "Taxonomy of schema changes, rows 35, 36, 37 and 64: docs/src/taxonomy/columns.md#row-35, docs/src/taxonomy/columns.md#row-36, docs/src/taxonomy/columns.md#row-37, docs/src/taxonomy/constraints.md#row-64",
    },
    grades: None,
    place: module_path!(),
    cases: CheckCases::InFile("database/enum-changed.txt"),
};

/// A sequence gives other numbers or is gone.
pub static SEQUENCE_CHANGED: CheckDeclaration = CheckDeclaration {
    doc: CheckDoc {
        id: "database/sequence-changed",
        title: "A sequence gives other numbers or is gone",
        domain: Domain::Database,
        direction: Direction::Rollback,
        looks_for: "Sequences that are restarted, dropped or renamed.",
        why: "Numbers collide, or the previous release asks for a sequence that is not there.",
        action: "Set the sequence above the highest number in use.",
        example: "ALTER SEQUENCE orders_id_seq RESTART WITH 1;",
        source: "Taxonomy of schema changes, rows 46, 80 and 81: docs/src/taxonomy/columns.md#row-46, docs/src/taxonomy/objects.md#row-80, docs/src/taxonomy/objects.md#row-81",
    },
    grades: None,
    place: module_path!(),
    cases: CheckCases::InFile("database/sequence-changed.txt"),
};

/// An extension is dropped or updated.
pub static EXTENSION_CHANGED: CheckDeclaration = CheckDeclaration {
    doc: CheckDoc {
        id: "database/extension-changed",
        title: "An extension is dropped or updated",
        domain: Domain::Database,
        direction: Direction::Rollback,
        looks_for: "DROP EXTENSION and ALTER EXTENSION.",
        why: "Functions, types and indexes of the extension go with it, with CASCADE without any message.",
        action: "List what the extension held, and create it again where old code needs it.",
        example: "DROP EXTENSION cube CASCADE;",
        source: "Taxonomy of schema changes, row 82: docs/src/taxonomy/objects.md#row-82",
    },
    grades: None,
    place: module_path!(),
    cases: CheckCases::InFile("database/extension-changed.txt"),
};

/// Who may read or write changes.
pub static RIGHTS_CHANGED: CheckDeclaration = CheckDeclaration {
    doc: CheckDoc {
        id: "database/rights-changed",
        title: "Who may read or write changes",
        domain: Domain::Database,
        direction: Direction::Rollback,
        looks_for: "REVOKE, changed owners, row-level security and policies on tables of the previous release.",
        why: "The previous release may be refused, see no rows, or show rows it should not.",
        action: "Try the previous release with its own database user.",
        example: "ALTER TABLE orders ENABLE ROW LEVEL SECURITY;",
        source: "Taxonomy of schema changes, rows 77, 78 and 79: docs/src/taxonomy/objects.md#row-77, docs/src/taxonomy/objects.md#row-78, docs/src/taxonomy/objects.md#row-79",
    },
    grades: None,
    place: module_path!(),
    cases: CheckCases::InFile("database/rights-changed.txt"),
};

/// A setting of the database stays after the migration.
pub static SETTING_CHANGED: CheckDeclaration = CheckDeclaration {
    doc: CheckDoc {
        id: "database/setting-changed",
        title: "A setting of the database stays after the migration",
        domain: Domain::Database,
        direction: Direction::Rollback,
        looks_for: "ALTER DATABASE, ALTER SYSTEM, ALTER ROLE .. SET and SET GLOBAL.",
        why: "Statements of the previous release run under another rule.",
        action: "Note the old value, and set it again where old code relies on it.",
        example: "ALTER DATABASE app SET timezone TO 'UTC';",
        source: "Taxonomy of schema changes, rows 83 and 84: docs/src/taxonomy/objects.md#row-83, docs/src/taxonomy/objects.md#row-84",
    },
    grades: None,
    place: module_path!(),
    cases: CheckCases::InFile("database/setting-changed.txt"),
};
