//! Checks of columns.

use model::{CheckCases, CheckDeclaration, CheckDoc, Direction, Domain};

/// A column that old code uses is gone.
pub static DROPPED_COLUMN: CheckDeclaration = CheckDeclaration {
    doc: CheckDoc {
        id: "database/dropped-column",
        title: "A column that old code uses is gone",
        domain: Domain::Database,
        direction: Direction::Rollback,
        looks_for: "A column that a migration drops and that the previous release names together with its table.",
        why: "Every statement of the previous release that lists the column fails.",
        action: "Add the column again before going back, and fill it from a backup.",
        example: "ALTER TABLE website DROP COLUMN share_id;",
        source: "Taxonomy of schema changes, rows 25 and 26: docs/src/taxonomy/columns.md#row-25, docs/src/taxonomy/columns.md#row-26",
    },
    grades: None,
    place: module_path!(),
    cases: CheckCases::InFile("database/dropped-column.txt"),
};

/// A column that old code uses has another name.
pub static RENAMED_COLUMN: CheckDeclaration = CheckDeclaration {
    doc: CheckDoc {
        id: "database/renamed-column",
        title: "A column that old code uses has another name",
        domain: Domain::Database,
        direction: Direction::Rollback,
        looks_for: "A column that is renamed while the previous release names it.",
        why: "The previous release asks for a name that is no longer there; if the name was given to another column, it reads wrong values without an error.",
        action: "Give the column its old name before going back.",
        example: "ALTER TABLE session RENAME COLUMN subdivision1 TO region;",
        source: "Taxonomy of schema changes, rows 27, 28 and 29: docs/src/taxonomy/columns.md#row-27, docs/src/taxonomy/columns.md#row-28, docs/src/taxonomy/columns.md#row-29",
    },
    grades: None,
    place: module_path!(),
    cases: CheckCases::InFile("database/renamed-column.txt"),
};

/// A new column must have a value and has no default.
pub static REQUIRED_COLUMN: CheckDeclaration = CheckDeclaration {
    doc: CheckDoc {
        id: "database/not-null-without-default",
        title: "A new column must have a value and has no default",
        domain: Domain::Database,
        direction: Direction::Rollback,
        looks_for: "A NOT NULL column without a database default on a table that the previous release writes; a default that only the program knows does not count.",
        why: "The previous release leaves the column out, and every insert fails.",
        action: "Set a default, or allow NULL, before going back.",
        example: "ALTER TABLE flip ADD COLUMN reason varchar(8) NOT NULL;",
        source: "Taxonomy of schema changes, rows 18 and 20: docs/src/taxonomy/columns.md#row-18, docs/src/taxonomy/columns.md#row-20. The rollback guide: `backout guide 30`",
    },
    grades: None,
    place: module_path!(),
    cases: CheckCases::InFile("database/not-null-without-default.txt"),
};

/// Old code writes rows without naming columns, and there is one more.
pub static ROW_WITHOUT_COLUMNS: CheckDeclaration = CheckDeclaration {
    doc: CheckDoc {
        id: "database/insert-without-columns",
        title: "Old code writes rows without naming columns, and there is one more",
        domain: Domain::Database,
        direction: Direction::Rollback,
        looks_for: "INSERT statements of the previous release without a list of columns, on a table that gets a column.",
        why: "MySQL, SQLite and SQL Server refuse a row that has fewer values than the table has columns.",
        action: "Drop the new column before going back, or hide it (MySQL: INVISIBLE).",
        example: "ALTER TABLE orders ADD COLUMN sku text; -- and old code runs INSERT INTO orders VALUES (1, 'a')",
        source: "Taxonomy of schema changes, row 16: docs/src/taxonomy/columns.md#row-16. Observed on SQLite (tests/observed)",
    },
    grades: None,
    place: module_path!(),
    cases: CheckCases::InFile("database/insert-without-columns.txt"),
};

/// Old code reads whole rows, and there is one more column.
pub static WHOLE_ROW_READ: CheckDeclaration = CheckDeclaration {
    doc: CheckDoc {
        id: "database/whole-row-read",
        title: "Old code reads whole rows, and there is one more column",
        domain: Domain::Database,
        direction: Direction::Rollback,
        looks_for: "SELECT * of the previous release on a table that gets a column, where the number of columns counts: inside INSERT, UNION and IN, and in programs that read a row into a fixed number of variables.",
        why: "The database refuses a statement whose sides differ in their number of columns, and strict clients refuse a row with one more (Go: expected 3 destination arguments in Scan, not 2).",
        action: "Name the columns in a fix of the previous release, or drop the new column before going back.",
        example: "ALTER TABLE users ADD COLUMN note text; -- and old code runs INSERT INTO archive SELECT * FROM users",
        source: "Taxonomy of schema changes, row 16: docs/src/taxonomy/columns.md#row-16. Documentation of Go's database/sql on Scan",
    },
    grades: None,
    place: module_path!(),
    cases: CheckCases::InFile("database/whole-row-read.txt"),
};

/// A new column has a name that the framework of old code gives a meaning.
pub static RESERVED_COLUMN: CheckDeclaration = CheckDeclaration {
    doc: CheckDoc {
        id: "database/reserved-column",
        title: "A new column has a name that the framework of old code gives a meaning",
        domain: Domain::Database,
        direction: Direction::Rollback,
        looks_for: "A column called type on a table that an Active Record model of the previous release reads, without an inheritance_column of its own.",
        why: "Active Record takes the value for the name of a class and raises SubclassNotFound for every row that holds another text.",
        action: "Rename the column, or release a fix of the previous release that sets inheritance_column.",
        example: "add_column :parcels, :type, :string, null: false, default: 'express'",
        source: "Documentation of Active Record on single table inheritance",
    },
    grades: None,
    place: module_path!(),
    cases: CheckCases::InFile("database/reserved-column.txt"),
};

/// A new column makes a name of old code ambiguous.
pub static AMBIGUOUS_COLUMN: CheckDeclaration = CheckDeclaration {
    doc: CheckDoc {
        id: "database/ambiguous-column",
        title: "A new column makes a name of old code ambiguous",
        domain: Domain::Database,
        direction: Direction::Rollback,
        looks_for: "Joins of the previous release that name a column without its table, where a second joined table gets a column of that name.",
        why: "The database no longer knows which column is meant, and refuses the statement.",
        action: "Read the statement; qualify the name in a fix of the previous release, or rename the new column.",
        example: "ALTER TABLE parcels ADD COLUMN state text; -- and old code selects state from orders JOIN parcels",
        source: "Taxonomy of schema changes, row 17: docs/src/taxonomy/columns.md#row-17. Observed on PostgreSQL and SQLite (tests/observed)",
    },
    grades: None,
    place: module_path!(),
    cases: CheckCases::InFile("database/ambiguous-column.txt"),
};

/// A column no longer accepts NULL.
pub static NULL_REFUSED: CheckDeclaration = CheckDeclaration {
    doc: CheckDoc {
        id: "database/null-refused",
        title: "A column no longer accepts NULL",
        domain: Domain::Database,
        direction: Direction::Rollback,
        looks_for: "SET NOT NULL on a column that the previous release leaves empty, or may.",
        why: "Writes of the previous release that hold NULL fail.",
        action: "Allow NULL again before going back.",
        example: "ALTER TABLE checks ALTER COLUMN badge_key SET NOT NULL;",
        source: "Taxonomy of schema changes, row 38: docs/src/taxonomy/columns.md#row-38",
    },
    grades: None,
    place: module_path!(),
    cases: CheckCases::InFile("database/null-refused.txt"),
};

/// A column may hold NULL now.
pub static NULL_ALLOWED: CheckDeclaration = CheckDeclaration {
    doc: CheckDoc {
        id: "database/null-allowed",
        title: "A column may hold NULL now",
        domain: Domain::Database,
        direction: Direction::Rollback,
        looks_for: "DROP NOT NULL on a column that the previous release reads and does not expect to be empty.",
        why: "Rows that the new release wrote may hold NULL, and old code may stop at them.",
        action: "Count the rows that hold NULL, and fill them before going back.",
        example: "ALTER TABLE memberships ALTER COLUMN role DROP NOT NULL;",
        source: "Taxonomy of schema changes, row 39: docs/src/taxonomy/columns.md#row-39",
    },
    grades: None,
    place: module_path!(),
    cases: CheckCases::InFile("database/null-allowed.txt"),
};

/// A default is gone.
pub static DEFAULT_REMOVED: CheckDeclaration = CheckDeclaration {
    doc: CheckDoc {
        id: "database/default-removed",
        title: "A default is gone",
        domain: Domain::Database,
        direction: Direction::Rollback,
        looks_for: "DROP DEFAULT, or a column that is defined again without its default.",
        why: "Inserts of the previous release that rely on the default fail or store NULL.",
        action: "Set the old default again before going back.",
        example: "ALTER TABLE orders ALTER COLUMN state DROP DEFAULT;",
        source: "Taxonomy of schema changes, rows 41, 42 and 46: docs/src/taxonomy/columns.md#row-41, docs/src/taxonomy/columns.md#row-42, docs/src/taxonomy/columns.md#row-46",
    },
    grades: None,
    place: module_path!(),
    cases: CheckCases::InFile("database/default-removed.txt"),
};

/// A default is another value.
pub static DEFAULT_CHANGED: CheckDeclaration = CheckDeclaration {
    doc: CheckDoc {
        id: "database/default-changed",
        title: "A default is another value",
        domain: Domain::Database,
        direction: Direction::Rollback,
        looks_for: "SET DEFAULT on a column of the previous release.",
        why: "Rows that the previous release writes without the column mean something else, without an error.",
        action: "Decide whether the new default is right for rows of the previous release.",
        example: "ALTER TABLE rate_limit ALTER register SET DEFAULT 10;",
        source: "Taxonomy of schema changes, row 40: docs/src/taxonomy/columns.md#row-40",
    },
    grades: None,
    place: module_path!(),
    cases: CheckCases::InFile("database/default-changed.txt"),
};

/// A column takes fewer values.
pub static TYPE_NARROWED: CheckDeclaration = CheckDeclaration {
    doc: CheckDoc {
        id: "database/type-narrowed",
        title: "A column takes fewer values",
        domain: Domain::Database,
        direction: Direction::Rollback,
        looks_for: "A type that is shorter or smaller than the old one, on a column that the previous release writes.",
        why: "Values that the previous release writes may be refused or cut.",
        action: "Widen the type again before going back.",
        example: "ALTER TABLE report ALTER COLUMN type TYPE varchar(50);",
        source: "Taxonomy of schema changes, row 31: docs/src/taxonomy/columns.md#row-31",
    },
    grades: None,
    place: module_path!(),
    cases: CheckCases::InFile("database/type-narrowed.txt"),
};

/// A column has another kind of type.
pub static TYPE_CHANGED: CheckDeclaration = CheckDeclaration {
    doc: CheckDoc {
        id: "database/type-changed",
        title: "A column has another kind of type",
        domain: Domain::Database,
        direction: Direction::Rollback,
        looks_for: "A change between kinds of types, or of an integer's width where the driver reads it strictly.",
        why: "Parameters and results of the previous release may no longer fit.",
        action: "Try reads and writes of the previous release on the new type.",
        example: "ALTER TABLE report ALTER COLUMN parameters TYPE jsonb USING parameters::jsonb;",
        source: "Taxonomy of schema changes, rows 30, 32, 33 and 34: docs/src/taxonomy/columns.md#row-30, docs/src/taxonomy/columns.md#row-32, docs/src/taxonomy/columns.md#row-33, docs/src/taxonomy/columns.md#row-34",
    },
    grades: None,
    place: module_path!(),
    cases: CheckCases::InFile("database/type-changed.txt"),
};

/// The database computes a column that old code writes, or stops computing one it reads.
pub static GENERATED_COLUMN: CheckDeclaration = CheckDeclaration {
    doc: CheckDoc {
        id: "database/generated-column",
        title: "The database computes a column that old code writes, or stops computing one it reads",
        domain: Domain::Database,
        direction: Direction::Rollback,
        looks_for: "Columns that become computed, always numbered, or plain again.",
        why: "Values of the previous release are refused, or go stale.",
        action: "Make the column what it was before going back.",
        example: "ALTER TABLE users ALTER COLUMN id SET GENERATED ALWAYS;",
        source: "Taxonomy of schema changes, rows 43, 44 and 45: docs/src/taxonomy/columns.md#row-43, docs/src/taxonomy/columns.md#row-44, docs/src/taxonomy/columns.md#row-45",
    },
    grades: None,
    place: module_path!(),
    cases: CheckCases::InFile("database/generated-column.txt"),
};

/// Texts compare differently.
pub static COLLATION_CHANGED: CheckDeclaration = CheckDeclaration {
    doc: CheckDoc {
        id: "database/collation-changed",
        title: "Texts compare differently",
        domain: Domain::Database,
        direction: Direction::Rollback,
        looks_for: "Changes of character set or collation.",
        why: "Equality, order and uniqueness change under the previous release.",
        action: "Try look-ups and joins of the previous release on the new collation.",
        example: "ALTER TABLE users CONVERT TO CHARACTER SET utf8mb4;",
        source: "Taxonomy of schema changes, row 47: docs/src/taxonomy/columns.md#row-47",
    },
    grades: None,
    place: module_path!(),
    cases: CheckCases::InFile("database/collation-changed.txt"),
};
