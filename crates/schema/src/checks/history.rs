//! Checks of migrations as files: what ran, what runs again, what the ways down do.

use model::{CheckCases, CheckDeclaration, CheckDoc, Direction, Domain};

/// A statement was not understood.
pub static NOT_UNDERSTOOD: CheckDeclaration = CheckDeclaration {
    doc: CheckDoc {
        id: "database/not-understood",
        title: "A statement was not understood",
        domain: Domain::Database,
        direction: Direction::Rollback,
        looks_for: "Statements that no reader knows: half-written SQL, placeholders, unknown dialects, files that are too large.",
        why: "What is not understood may break old code.",
        action: "Read the statement at the line shown.",
        example: "ALTER TABLE orders FROBNICATE;",
        source: "What was not looked at is unknown: docs/src/coverage.md",
    },
    grades: None,
    place: module_path!(),
    cases: CheckCases::InFile("database/not-understood.txt"),
};

/// Old code makes the tool forget the migrations of the newer release.
pub static HISTORY_REPAIRED: CheckDeclaration = CheckDeclaration {
    doc: CheckDoc {
        id: "database/history-repaired",
        title: "Old code makes the tool forget the migrations of the newer release",
        domain: Domain::Database,
        direction: Direction::Rollback,
        looks_for: "A repair of Flyway's history in the code or the start files of the previous release, while the range has new migrations.",
        why: "Migrations that the previous release does not have are marked as deleted or removed from the history, their changes stay in the schema, and the next deployment of the newer release stops at what already exists.",
        action: "Switch the repair off for the way back, or undo the schema first; before the next way forward compare the history with the schema.",
        example: "flyway.repair(); in a bean that runs at the start of the previous release",
        source: "Flyway's documentation on repair. What previous does when it starts: docs/src/databases.md#start",
    },
    grades: None,
    place: module_path!(),
    cases: CheckCases::InFile("database/history-repaired.txt"),
};

/// The previous release may refuse to start on this schema.
pub static START_GATE: CheckDeclaration = CheckDeclaration {
    doc: CheckDoc {
        id: "database/start-gate",
        title: "The previous release may refuse to start on this schema",
        domain: Domain::Database,
        direction: Direction::Rollback,
        looks_for: "Migration tools that stop at a version they do not know, where the previous release runs them at its start; and guards of the program's own.",
        why: "Going back ends in a release that does not start.",
        action: "Run the downs with the new release first, or switch the check off for the way back.",
        example: "Alembic: Can't locate revision identified by 'd7c6efd2de42'",
        source: "Habits of migration tools at the start, read in their sources: docs/src/databases.md#start",
    },
    grades: None,
    place: module_path!(),
    cases: CheckCases::InFile("database/start-gate.txt"),
};

/// A migration was edited after it shipped.
pub static EDITED_AFTER_SHIPPING: CheckDeclaration = CheckDeclaration {
    doc: CheckDoc {
        id: "database/edited-after-shipping",
        title: "A migration was edited after it shipped",
        domain: Domain::Database,
        direction: Direction::Both,
        looks_for: "Migration files that both releases have with different statements.",
        why: "Tools with checksums refuse; the others never run the edit, so databases differ by when they were made.",
        action: "Look what the edit changes, and whether production ran the old or the new text.",
        example: "V7__orders.sql differs between the two releases",
        source: "Cases of migrations that mislead: docs/src/databases.md#traps",
    },
    grades: None,
    place: module_path!(),
    cases: CheckCases::InFile("database/edited-after-shipping.txt"),
};

/// A migration was renamed so that it runs again.
pub static RUNS_AGAIN: CheckDeclaration = CheckDeclaration {
    doc: CheckDoc {
        id: "database/runs-again",
        title: "A migration was renamed so that it runs again",
        domain: Domain::Database,
        direction: Direction::Both,
        looks_for: "Migration files with the same text under another version.",
        why: "The tool takes it for a new one and runs it on a database that already has it.",
        action: "Check that it can run twice.",
        example: "0042_add_note.sql renamed to 0043_add_note.sql",
        source: "Cases of migrations that mislead: docs/src/databases.md#traps",
    },
    grades: None,
    place: module_path!(),
    cases: CheckCases::InFile("database/runs-again.txt"),
};

/// There is no way down.
pub static DOWN_MISSING: CheckDeclaration = CheckDeclaration {
    doc: CheckDoc {
        id: "database/down-missing",
        title: "There is no way down",
        domain: Domain::Database,
        direction: Direction::Rollback,
        looks_for: "Migrations that change schema or rows and have no down, an empty one, or one that refuses.",
        why: "The schema cannot go back with the tool; only old code on the new schema, or a backup, remains.",
        action: "Plan the way back with the schema left as it is.",
        example: "0007_orders.up.sql without 0007_orders.down.sql",
        source: "Taxonomy of schema changes, rule R6: docs/src/taxonomy/rules.md#r6. How downs fail: docs/src/databases.md#downs",
    },
    grades: None,
    place: module_path!(),
    cases: CheckCases::InFile("database/down-missing.txt"),
};

/// The way down does not do what it should.
pub static DOWN_UNFIT: CheckDeclaration = CheckDeclaration {
    doc: CheckDoc {
        id: "database/down-unfit",
        title: "The way down does not do what it should",
        domain: Domain::Database,
        direction: Direction::Rollback,
        looks_for: "Downs that leave something behind, fail by construction, or destroy more than their up made.",
        why: "Running them does more damage, or stops half way.",
        action: "Do not run this down before someone has corrected it.",
        example: "op.drop_constraint(None, 'cookbooks')",
        source: "How downs fail: docs/src/databases.md#downs",
    },
    grades: None,
    place: module_path!(),
    cases: CheckCases::InFile("database/down-unfit.txt"),
};

/// The way down loses data.
pub static DOWN_LOSES_DATA: CheckDeclaration = CheckDeclaration {
    doc: CheckDoc {
        id: "database/down-loses-data",
        title: "The way down loses data",
        domain: Domain::Database,
        direction: Direction::Rollback,
        looks_for: "Downs that drop tables and columns which the new release fills, or rewrite and remove rows.",
        why: "What users wrote since the deploy is gone once the schema goes back.",
        action: "Take a backup and say what is lost before running the downs.",
        example: "DROP TABLE archives;",
        source: "Taxonomy of schema changes, the column on what a down costs: docs/src/taxonomy/README.md",
    },
    grades: None,
    place: module_path!(),
    cases: CheckCases::InFile("database/down-loses-data.txt"),
};

/// A migration is gone from the new release.
pub static MIGRATION_REMOVED: CheckDeclaration = CheckDeclaration {
    doc: CheckDoc {
        id: "database/migration-removed",
        title: "A migration is gone from the new release",
        domain: Domain::Database,
        direction: Direction::Both,
        looks_for: "Migration files that only the previous release has.",
        why: "Databases that ran it keep what it made; fresh ones never get it, and the previous release may run it again.",
        action: "Check that the schema is the same on both ways.",
        example: "migrations squashed into one",
        source: "Cases of migrations that mislead: docs/src/databases.md#traps",
    },
    grades: None,
    place: module_path!(),
    cases: CheckCases::InFile("database/migration-removed.txt"),
};

/// The schema that the tool keeps says something else than the migrations.
pub static SNAPSHOT_DISAGREES: CheckDeclaration = CheckDeclaration {
    doc: CheckDoc {
        id: "database/snapshot-disagrees",
        title: "The schema that the tool keeps says something else than the migrations",
        domain: Domain::Database,
        direction: Direction::Both,
        looks_for: "Tables and columns that come or go in schema.rb, structure.sql, schema.prisma, EF Core's model snapshot or Drizzle's from one release to the other, against what the migrations of the range make and drop.",
        why: "Either a change reached the schema by another way than a migration, or a migration was never run where the file was written: what going back meets is then not what the migrations say.",
        action: "Look at both lines, and at the schema of production, before trusting the migrations.",
        example: "create_table \"carts\" is gone from db/schema.rb, and no migration drops it",
        source: "Kept schemas: docs/src/databases.md#kept-schemas",
    },
    grades: None,
    place: module_path!(),
    cases: CheckCases::InFile("database/snapshot-disagrees.txt"),
};

/// Which migrations of the range ran.
pub static WHAT_RAN: CheckDeclaration = CheckDeclaration {
    doc: CheckDoc {
        id: "database/what-ran",
        title: "Which migrations of the range ran",
        domain: Domain::Database,
        direction: Direction::Both,
        looks_for: "The status that a migration tool prints, or its table, given with --live: which migrations of the range ran, which did not, and which failed half way.",
        why: "A migration that did not run changed nothing, so the previous release meets the schema that it knows. One that failed half way left a schema that neither release knows.",
        action: "Keep migrations that did not run from running while you go back. Finish one that failed, or take it back by hand, before you deploy anything.",
        example: "flyway info: 1.1 drop label, Pending",
        source: "Which files say it: docs/src/what-is-live.md#what-ran",
    },
    grades: None,
    place: module_path!(),
    cases: CheckCases::InTest("tests/program/live.rs"),
};

/// Old code works on the new schema.
pub static SAFE_FOR_OLD_CODE: CheckDeclaration = CheckDeclaration {
    doc: CheckDoc {
        id: "database/safe-for-old-code",
        title: "Old code works on the new schema",
        domain: Domain::Database,
        direction: Direction::Rollback,
        looks_for: "Ranges in which every operation of every migration is harmless for the previous release.",
        why: "The schema can stay as it is when the release goes back.",
        action: "Leave the schema as it is.",
        example: "ALTER TABLE orders ADD COLUMN note text;",
        source: "Taxonomy of schema changes, the rows that are safe: docs/src/taxonomy/README.md",
    },
    grades: None,
    place: module_path!(),
    cases: CheckCases::InFile("database/safe-for-old-code.txt"),
};
