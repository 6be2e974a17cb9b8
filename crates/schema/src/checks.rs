//! The database checks and their documentation.

use model::{CheckDoc, Direction, Domain};

macro_rules! checks {
    ($($name:ident { $id:literal, $title:literal, $direction:ident, looks_for: $looks:literal, why: $why:literal, action: $action:literal, example: $example:literal, source: $source:literal })*) => {
        /// A check: one class of things that migrations do to old code.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Check {
            $(#[doc = $title] $name,)*
        }

        impl Check {
            /// All checks.
            pub const ALL: &'static [Check] = &[$(Self::$name,)*];

            /// `database/name`.
            pub fn id(self) -> &'static str {
                match self { $(Self::$name => concat!("database/", $id),)* }
            }

            /// Its documentation.
            pub fn doc(self) -> CheckDoc {
                match self { $(Self::$name => CheckDoc { id: concat!("database/", $id), title: $title, domain: Domain::Database, direction: Direction::$direction,
                    looks_for: $looks, why: $why, action: $action, example: $example, source: $source },)* }
            }
        }
    };
}

checks! {
    DroppedTable { "dropped-table", "A table that old code uses is gone", Rollback,
        looks_for: "A table that a migration drops and that the previous release names in its code.",
        why: "Every read and write of that table fails once the previous release runs again, and its rows are gone.",
        action: "Do not go back without restoring the table, or roll forward.",
        example: "DROP TABLE quarterly_report; while the previous release runs SELECT .. FROM quarterly_report",
        source: "Taxonomy of schema changes, rows 4, 8 and 9: docs/src/taxonomy/tables.md#row-4, docs/src/taxonomy/tables.md#row-8, docs/src/taxonomy/tables.md#row-9. The rollback guide: `backout guide 20`" }
    NotFoundInCode { "not-found-in-code", "Old code may use what changes, but a search cannot tell", Rollback,
        looks_for: "Tables, columns and routines that are dropped, renamed or changed and that are not found in the previous release, where the same search finds too little of what is certainly there.",
        why: "A framework may derive the name, or a library or another program may use it, so not finding it does not mean that nobody uses it.",
        action: "Ask who else reads or writes it, and look for it in the query statistics of the database.",
        example: "DROP TABLE component_tag; in a repository that holds migrations and no program",
        source: "Taxonomy of schema changes, rows 4 and 25: docs/src/taxonomy/tables.md#row-4, docs/src/taxonomy/columns.md#row-25. Why a search that finds nothing needs a control group: docs/src/coverage.md#not-found" }
    RenamedTable { "renamed-table", "A table that old code uses has another name", Rollback,
        looks_for: "A table that is renamed, or replaced by a view, while the previous release names it.",
        why: "The previous release asks for a name that is no longer there.",
        action: "Put a view under the old name, or give the table its old name, before going back.",
        example: "ALTER TABLE clients RENAME TO customers;",
        source: "Taxonomy of schema changes, rows 5, 6 and 11: docs/src/taxonomy/tables.md#row-5, docs/src/taxonomy/tables.md#row-6, docs/src/taxonomy/tables.md#row-11" }
    MovedTable { "moved-table", "A table lies in another schema", Rollback,
        looks_for: "SET SCHEMA, ALTER SCHEMA RENAME and DROP SCHEMA on what the previous release uses.",
        why: "Statements without the new schema's name no longer find the table.",
        action: "Add the schema to the search path, or move the table back, before going back.",
        example: "ALTER TABLE orders SET SCHEMA sales;",
        source: "Taxonomy of schema changes, row 7: docs/src/taxonomy/tables.md#row-7" }
    TableRebuilt { "table-rebuilt", "A table is created again with its rows", Rollback,
        looks_for: "A copy of a table that takes its name, where the difference of columns or rows is not harmless.",
        why: "Old code sees the new table: what it lacks or demands more decides.",
        action: "Compare the two definitions, and count the rows of both.",
        example: "CREATE TABLE orders_new (..); INSERT INTO orders_new SELECT .. FROM orders; DROP TABLE orders; ALTER TABLE orders_new RENAME TO orders;",
        source: "Taxonomy of schema changes, rows 12 and 85: docs/src/taxonomy/tables.md#row-12, docs/src/taxonomy/objects.md#row-85" }
    TableReplaced { "table-replaced", "A table is created again without its rows", Rollback,
        looks_for: "A table that is dropped and created again under its name, without a copy of its rows.",
        why: "Old code finds the table empty, and perhaps with other columns.",
        action: "Restore the rows from a backup before going back, if old code needs them.",
        example: "DROP TABLE sessions; CREATE TABLE sessions (..);",
        source: "Taxonomy of schema changes, rows 4 and 9: docs/src/taxonomy/tables.md#row-4, docs/src/taxonomy/tables.md#row-9" }
    DroppedColumn { "dropped-column", "A column that old code uses is gone", Rollback,
        looks_for: "A column that a migration drops and that the previous release names together with its table.",
        why: "Every statement of the previous release that lists the column fails.",
        action: "Add the column again before going back, and fill it from a backup.",
        example: "ALTER TABLE website DROP COLUMN share_id;",
        source: "Taxonomy of schema changes, rows 25 and 26: docs/src/taxonomy/columns.md#row-25, docs/src/taxonomy/columns.md#row-26" }
    RenamedColumn { "renamed-column", "A column that old code uses has another name", Rollback,
        looks_for: "A column that is renamed while the previous release names it.",
        why: "The previous release asks for a name that is no longer there; if the name was given to another column, it reads wrong values without an error.",
        action: "Give the column its old name before going back.",
        example: "ALTER TABLE session RENAME COLUMN subdivision1 TO region;",
        source: "Taxonomy of schema changes, rows 27, 28 and 29: docs/src/taxonomy/columns.md#row-27, docs/src/taxonomy/columns.md#row-28, docs/src/taxonomy/columns.md#row-29" }
    RequiredColumn { "not-null-without-default", "A new column must have a value and has no default", Rollback,
        looks_for: "A NOT NULL column without a database default on a table that the previous release writes; a default that only the program knows does not count.",
        why: "The previous release leaves the column out, and every insert fails.",
        action: "Set a default, or allow NULL, before going back.",
        example: "ALTER TABLE flip ADD COLUMN reason varchar(8) NOT NULL;",
        source: "Taxonomy of schema changes, rows 18 and 20: docs/src/taxonomy/columns.md#row-18, docs/src/taxonomy/columns.md#row-20. The rollback guide: `backout guide 30`" }
    RowWithoutColumns { "insert-without-columns", "Old code writes rows without naming columns, and there is one more", Rollback,
        looks_for: "INSERT statements of the previous release without a list of columns, on a table that gets a column.",
        why: "MySQL, SQLite and SQL Server refuse a row that has fewer values than the table has columns.",
        action: "Drop the new column before going back, or hide it (MySQL: INVISIBLE).",
        example: "ALTER TABLE orders ADD COLUMN sku text; -- and old code runs INSERT INTO orders VALUES (1, 'a')",
        source: "Taxonomy of schema changes, row 16: docs/src/taxonomy/columns.md#row-16. Observed on SQLite (tests/observed)" }
    WholeRowRead { "whole-row-read", "Old code reads whole rows, and there is one more column", Rollback,
        looks_for: "SELECT * of the previous release on a table that gets a column, where the number of columns counts: inside INSERT, UNION and IN, and in programs that read a row into a fixed number of variables.",
        why: "The database refuses a statement whose sides differ in their number of columns, and strict clients refuse a row with one more (Go: expected 3 destination arguments in Scan, not 2).",
        action: "Name the columns in a fix of the previous release, or drop the new column before going back.",
        example: "ALTER TABLE users ADD COLUMN note text; -- and old code runs INSERT INTO archive SELECT * FROM users",
        source: "Taxonomy of schema changes, row 16: docs/src/taxonomy/columns.md#row-16. Documentation of Go's database/sql on Scan" }
    ReservedColumn { "reserved-column", "A new column has a name that the framework of old code gives a meaning", Rollback,
        looks_for: "A column called type on a table that an Active Record model of the previous release reads, without an inheritance_column of its own.",
        why: "Active Record takes the value for the name of a class and raises SubclassNotFound for every row that holds another text.",
        action: "Rename the column, or release a fix of the previous release that sets inheritance_column.",
        example: "add_column :parcels, :type, :string, null: false, default: 'express'",
        source: "Documentation of Active Record on single table inheritance" }
    AmbiguousColumn { "ambiguous-column", "A new column makes a name of old code ambiguous", Rollback,
        looks_for: "Joins of the previous release that name a column without its table, where a second joined table gets a column of that name.",
        why: "The database no longer knows which column is meant, and refuses the statement.",
        action: "Read the statement; qualify the name in a fix of the previous release, or rename the new column.",
        example: "ALTER TABLE parcels ADD COLUMN state text; -- and old code selects state from orders JOIN parcels",
        source: "Taxonomy of schema changes, row 17: docs/src/taxonomy/columns.md#row-17. Observed on PostgreSQL and SQLite (tests/observed)" }
    NullRefused { "null-refused", "A column no longer accepts NULL", Rollback,
        looks_for: "SET NOT NULL on a column that the previous release leaves empty, or may.",
        why: "Writes of the previous release that hold NULL fail.",
        action: "Allow NULL again before going back.",
        example: "ALTER TABLE checks ALTER COLUMN badge_key SET NOT NULL;",
        source: "Taxonomy of schema changes, row 38: docs/src/taxonomy/columns.md#row-38" }
    NullAllowed { "null-allowed", "A column may hold NULL now", Rollback,
        looks_for: "DROP NOT NULL on a column that the previous release reads and does not expect to be empty.",
        why: "Rows that the new release wrote may hold NULL, and old code may stop at them.",
        action: "Count the rows that hold NULL, and fill them before going back.",
        example: "ALTER TABLE memberships ALTER COLUMN role DROP NOT NULL;",
        source: "Taxonomy of schema changes, row 39: docs/src/taxonomy/columns.md#row-39" }
    DefaultRemoved { "default-removed", "A default is gone", Rollback,
        looks_for: "DROP DEFAULT, or a column that is defined again without its default.",
        why: "Inserts of the previous release that rely on the default fail or store NULL.",
        action: "Set the old default again before going back.",
        example: "ALTER TABLE orders ALTER COLUMN state DROP DEFAULT;",
        source: "Taxonomy of schema changes, rows 41, 42 and 46: docs/src/taxonomy/columns.md#row-41, docs/src/taxonomy/columns.md#row-42, docs/src/taxonomy/columns.md#row-46" }
    DefaultChanged { "default-changed", "A default is another value", Rollback,
        looks_for: "SET DEFAULT on a column of the previous release.",
        why: "Rows that the previous release writes without the column mean something else, without an error.",
        action: "Decide whether the new default is right for rows of the previous release.",
        example: "ALTER TABLE rate_limit ALTER register SET DEFAULT 10;",
        source: "Taxonomy of schema changes, row 40: docs/src/taxonomy/columns.md#row-40" }
    TypeNarrowed { "type-narrowed", "A column takes fewer values", Rollback,
        looks_for: "A type that is shorter or smaller than the old one, on a column that the previous release writes.",
        why: "Values that the previous release writes may be refused or cut.",
        action: "Widen the type again before going back.",
        example: "ALTER TABLE report ALTER COLUMN type TYPE varchar(50);",
        source: "Taxonomy of schema changes, row 31: docs/src/taxonomy/columns.md#row-31" }
    TypeChanged { "type-changed", "A column has another kind of type", Rollback,
        looks_for: "A change between kinds of types, or of an integer's width where the driver reads it strictly.",
        why: "Parameters and results of the previous release may no longer fit.",
        action: "Try reads and writes of the previous release on the new type.",
        example: "ALTER TABLE report ALTER COLUMN parameters TYPE jsonb USING parameters::jsonb;",
        source: "Taxonomy of schema changes, rows 30, 32, 33 and 34: docs/src/taxonomy/columns.md#row-30, docs/src/taxonomy/columns.md#row-32, docs/src/taxonomy/columns.md#row-33, docs/src/taxonomy/columns.md#row-34" }
    GeneratedColumn { "generated-column", "The database computes a column that old code writes, or stops computing one it reads", Rollback,
        looks_for: "Columns that become computed, always numbered, or plain again.",
        why: "Values of the previous release are refused, or go stale.",
        action: "Make the column what it was before going back.",
        example: "ALTER TABLE users ALTER COLUMN id SET GENERATED ALWAYS;",
        source: "Taxonomy of schema changes, rows 43, 44 and 45: docs/src/taxonomy/columns.md#row-43, docs/src/taxonomy/columns.md#row-44, docs/src/taxonomy/columns.md#row-45" }
    CollationChanged { "collation-changed", "Texts compare differently", Rollback,
        looks_for: "Changes of character set or collation.",
        why: "Equality, order and uniqueness change under the previous release.",
        action: "Try look-ups and joins of the previous release on the new collation.",
        example: "ALTER TABLE users CONVERT TO CHARACTER SET utf8mb4;",
        source: "Taxonomy of schema changes, row 47: docs/src/taxonomy/columns.md#row-47" }
    UniqueAdded { "unique-added", "Duplicates are no longer accepted", Rollback,
        looks_for: "Unique rules over columns of the previous release that were not unique before.",
        why: "The previous release may write duplicates, which fail now.",
        action: "Look whether the previous release can write duplicates; drop the rule before going back if it can.",
        example: "CREATE UNIQUE INDEX queue_task ON queue_item (task_id, retry_count);",
        source: "Taxonomy of schema changes, rows 53 and 55: docs/src/taxonomy/constraints.md#row-53, docs/src/taxonomy/constraints.md#row-55" }
    UniqueRemoved { "unique-removed", "An upsert of old code lost its target", Rollback,
        looks_for: "Unique rules that are dropped or widened while an upsert of the previous release names their columns, or whose columns are not known.",
        why: "ON CONFLICT without a matching rule fails; on MySQL it silently adds a second row.",
        action: "Make the columns unique again before going back.",
        example: "DROP INDEX insights_document_date; while the previous release runs ON CONFLICT (document_id, date)",
        source: "Taxonomy of schema changes, row 54: docs/src/taxonomy/constraints.md#row-54" }
    ReferenceAdded { "reference-added", "Rows must refer to existing rows", Rollback,
        looks_for: "Foreign keys over columns of the previous release, and ones whose action changes.",
        why: "Writes and deletes of the previous release may be refused, or take more rows along.",
        action: "Look at the order in which the previous release writes and deletes; drop the constraint before going back if it does not fit.",
        example: "ALTER TABLE orders ADD FOREIGN KEY (client_id) REFERENCES clients (id);",
        source: "Taxonomy of schema changes, rows 56 and 58: docs/src/taxonomy/constraints.md#row-56, docs/src/taxonomy/constraints.md#row-58" }
    RuleAdded { "check-added", "Values are refused that were taken before", Rollback,
        looks_for: "CHECK and EXCLUDE constraints over columns of the previous release, and changed enforcement.",
        why: "Ordinary writes of the previous release may break the rule.",
        action: "Hold the rule against what the previous release writes.",
        example: "ALTER TABLE orders ADD CHECK (amount > 0);",
        source: "Taxonomy of schema changes, rows 59 and 63: docs/src/taxonomy/constraints.md#row-59, docs/src/taxonomy/constraints.md#row-63" }
    RuleRemoved { "rule-removed", "A constraint of unknown kind is gone", Rollback,
        looks_for: "DROP CONSTRAINT by a name that no migration defines.",
        why: "If it made columns unique, upserts of the previous release fail.",
        action: "Look the constraint up in the database of a test environment.",
        example: "ALTER TABLE orders DROP CONSTRAINT c17;",
        source: "Taxonomy of schema changes, rows 54, 57 and 60: docs/src/taxonomy/constraints.md#row-54, docs/src/taxonomy/constraints.md#row-57, docs/src/taxonomy/constraints.md#row-60" }
    RuleRenamed { "rule-renamed", "An index or constraint that old code names has another name", Rollback,
        looks_for: "Renamed indexes and constraints whose old name stands in the code of the previous release.",
        why: "Index hints, ON CONFLICT ON CONSTRAINT and matched error texts no longer fit.",
        action: "Give it the old name before going back.",
        example: "ALTER INDEX orders_client RENAME TO orders_client_idx;",
        source: "Taxonomy of schema changes, rows 52 and 61: docs/src/taxonomy/constraints.md#row-52, docs/src/taxonomy/constraints.md#row-61" }
    ViewDropped { "view-dropped", "A view that old code reads is gone", Rollback,
        looks_for: "A view that is dropped or renamed while the previous release names it.",
        why: "Reads of the view fail.",
        action: "Create the view again from the previous release before going back.",
        example: "DROP VIEW active_orders;",
        source: "Taxonomy of schema changes, row 69: docs/src/taxonomy/objects.md#row-69" }
    ViewChanged { "view-changed", "A view returns something else", Rollback,
        looks_for: "A view of the previous release with another condition, source or fewer columns.",
        why: "The previous release may see other rows than it was written for.",
        action: "Read the view with the previous release, on an empty and on a filled table.",
        example: "CREATE OR REPLACE VIEW active_orders AS SELECT .. WHERE archived IS NULL;",
        source: "Taxonomy of schema changes, rows 66 and 68: docs/src/taxonomy/objects.md#row-66, docs/src/taxonomy/objects.md#row-68. The rollback guide: `backout guide 26`" }
    OldObjectUsesNewTable { "old-object-uses-new-table", "A view, routine or trigger of old code uses a new table", Rollback,
        looks_for: "A view, routine or trigger that the previous release has, and that now reads or writes a table which is new in the range.",
        why: "The previous release depends on a table it does not know: if the table were dropped, or stays empty, its results change.",
        action: "Keep the table, skip the database step on the way back, and verify the view on an empty table.",
        example: "CREATE TABLE discount (..); CREATE OR REPLACE VIEW price AS SELECT .. FROM item LEFT JOIN discount ..;",
        source: "Taxonomy of schema changes, rows 2 and 68: docs/src/taxonomy/tables.md#row-2, docs/src/taxonomy/objects.md#row-68. The rollback guide: `backout guide 26`" }
    RoutineDropped { "routine-dropped", "A routine that old code calls is gone or takes other parameters", Rollback,
        looks_for: "Functions and procedures that are dropped, or whose parameters no longer fit, while the previous release calls them.",
        why: "The calls fail.",
        action: "Create the old routine again before going back.",
        example: "DROP FUNCTION community_activity;",
        source: "Taxonomy of schema changes, row 72: docs/src/taxonomy/objects.md#row-72" }
    RoutineChanged { "routine-changed", "A function or procedure does something else", Rollback,
        looks_for: "A function or procedure of the previous release with the same parameters that touches other tables.",
        why: "Results under the previous release may differ.",
        action: "Compare both texts, and try the calls of the previous release.",
        example: "CREATE OR REPLACE FUNCTION price(..) .. FROM discounts",
        source: "Taxonomy of schema changes, row 71: docs/src/taxonomy/objects.md#row-71" }
    TriggerChanged { "trigger-changed", "A trigger runs on writes of old code, or no longer does", Rollback,
        looks_for: "Triggers, rules and publications on tables of the previous release.",
        why: "They may refuse its writes, write twice, or leave out what it relied on.",
        action: "Try the writes of the previous release with the trigger in place.",
        example: "CREATE TRIGGER audit AFTER INSERT ON orders ..;",
        source: "Taxonomy of schema changes, rows 73, 74 and 75: docs/src/taxonomy/objects.md#row-73, docs/src/taxonomy/objects.md#row-74, docs/src/taxonomy/objects.md#row-75" }
    EnumChanged { "enum-changed", "A type has other values", Rollback,
        looks_for: "Added, renamed and removed members of enumerations; domains and types that are created again.",
        why: "The previous release may not be able to read a value that the new release stored, or may write one that is refused.",
        action: "Count the rows that hold the new value before going back.",
        example: "ALTER TYPE status ADD VALUE 'paused';",
        source: "Taxonomy of schema changes, rows 35, 36, 37 and 64: docs/src/taxonomy/columns.md#row-35, docs/src/taxonomy/columns.md#row-36, docs/src/taxonomy/columns.md#row-37, docs/src/taxonomy/constraints.md#row-64" }
    SequenceChanged { "sequence-changed", "A sequence gives other numbers or is gone", Rollback,
        looks_for: "Sequences that are restarted, dropped or renamed.",
        why: "Numbers collide, or the previous release asks for a sequence that is not there.",
        action: "Set the sequence above the highest number in use.",
        example: "ALTER SEQUENCE orders_id_seq RESTART WITH 1;",
        source: "Taxonomy of schema changes, rows 46, 80 and 81: docs/src/taxonomy/columns.md#row-46, docs/src/taxonomy/objects.md#row-80, docs/src/taxonomy/objects.md#row-81" }
    ExtensionChanged { "extension-changed", "An extension is dropped or updated", Rollback,
        looks_for: "DROP EXTENSION and ALTER EXTENSION.",
        why: "Functions, types and indexes of the extension go with it, with CASCADE without any message.",
        action: "List what the extension held, and create it again where old code needs it.",
        example: "DROP EXTENSION cube CASCADE;",
        source: "Taxonomy of schema changes, row 82: docs/src/taxonomy/objects.md#row-82" }
    RightsChanged { "rights-changed", "Who may read or write changes", Rollback,
        looks_for: "REVOKE, changed owners, row-level security and policies on tables of the previous release.",
        why: "The previous release may be refused, see no rows, or show rows it should not.",
        action: "Try the previous release with its own database user.",
        example: "ALTER TABLE orders ENABLE ROW LEVEL SECURITY;",
        source: "Taxonomy of schema changes, rows 77, 78 and 79: docs/src/taxonomy/objects.md#row-77, docs/src/taxonomy/objects.md#row-78, docs/src/taxonomy/objects.md#row-79" }
    SettingChanged { "setting-changed", "A setting of the database stays after the migration", Rollback,
        looks_for: "ALTER DATABASE, ALTER SYSTEM, ALTER ROLE .. SET and SET GLOBAL.",
        why: "Statements of the previous release run under another rule.",
        action: "Note the old value, and set it again where old code relies on it.",
        example: "ALTER DATABASE app SET timezone TO 'UTC';",
        source: "Taxonomy of schema changes, rows 83 and 84: docs/src/taxonomy/objects.md#row-83, docs/src/taxonomy/objects.md#row-84" }
    DataRewritten { "data-rewritten", "Rows that old code reads are rewritten", Rollback,
        looks_for: "UPDATE, INSERT and data migrations in the program's language on tables of the previous release.",
        why: "The previous release reads values that it did not write, and a schema that goes back does not bring the old ones back.",
        action: "Check that the previous release understands the new values; keep a copy of the old ones.",
        example: "UPDATE checks SET tz = 'Europe/Kyiv' WHERE tz = 'Europe/Kiev';",
        source: "Taxonomy of schema changes, rows 87, 89 and 91: docs/src/taxonomy/data.md#row-87, docs/src/taxonomy/data.md#row-89, docs/src/taxonomy/data.md#row-91. The rollback guide: `backout guide 21`" }
    RowsRemoved { "rows-removed", "Rows that old code reads are removed", Rollback,
        looks_for: "DELETE, TRUNCATE and dropped partitions on tables of the previous release.",
        why: "The rows come back only from a backup.",
        action: "Know what was removed before going back; restore it if old code needs it.",
        example: "DELETE FROM channels WHERE kind = 'hipchat';",
        source: "Taxonomy of schema changes, rows 10, 14 and 88: docs/src/taxonomy/tables.md#row-10, docs/src/taxonomy/tables.md#row-14, docs/src/taxonomy/data.md#row-88" }
    BackfillAgain { "backfill-again", "A backfill must run again on the next way forward", Rollback,
        looks_for: "A new column that a migration of the range fills.",
        why: "Rows that the previous release writes meanwhile stay empty, and the migration counts as done.",
        action: "Write the backfill down, and run it again when the release is deployed once more.",
        example: "ALTER TABLE drives ADD COLUMN ascent int; UPDATE drives SET ascent = ..;",
        source: "Taxonomy of schema changes, rule R5 and row 86: docs/src/taxonomy/rules.md#r5, docs/src/taxonomy/data.md#row-86" }
    HostCode { "host-code", "Code runs in a migration, and what it does was not read", Rollback,
        looks_for: "Callbacks, loops and calls in migrations whose effect on rows cannot be told from their text.",
        why: "It may rewrite rows that the previous release reads.",
        action: "Read the code at the line shown, and say whether old code copes.",
        example: "migrations.RunPython(forwards)",
        source: "Taxonomy of schema changes, rows 90, 93 and 94: docs/src/taxonomy/data.md#row-90, docs/src/taxonomy/data.md#row-93, docs/src/taxonomy/data.md#row-94" }
    NotUnderstood { "not-understood", "A statement was not understood", Rollback,
        looks_for: "Statements that no reader knows: half-written SQL, placeholders, unknown dialects, files that are too large.",
        why: "What is not understood may break old code.",
        action: "Read the statement at the line shown.",
        example: "ALTER TABLE orders FROBNICATE;",
        source: "What was not looked at is unknown: docs/src/coverage.md" }
    NewDatabase { "new-database", "The new release brings a database that old code does not have", Rollback,
        looks_for: "Migrations in a folder of their own, while the previous release has no statement, no migration and no driver of a database.",
        why: "Old code needs no table that it never had. But it does not see what the new release stored there, and the store that was replaced may be out of date.",
        action: "Find out what the database replaced, and whether its old form is still there and how old it is.",
        example: "an index in files that is replaced by SQLite",
        source: "The rollback guide: `backout guide 21`" }
    HistoryRepaired { "history-repaired", "Old code makes the tool forget the migrations of the newer release", Rollback,
        looks_for: "A repair of Flyway's history in the code or the start files of the previous release, while the range has new migrations.",
        why: "Migrations that the previous release does not have are marked as deleted or removed from the history, their changes stay in the schema, and the next deployment of the newer release stops at what already exists.",
        action: "Switch the repair off for the way back, or undo the schema first; before the next way forward compare the history with the schema.",
        example: "flyway.repair(); in a bean that runs at the start of the previous release",
        source: "Flyway's documentation on repair. What previous does when it starts: docs/src/databases.md#start" }
    StartGate { "start-gate", "The previous release may refuse to start on this schema", Rollback,
        looks_for: "Migration tools that stop at a version they do not know, where the previous release runs them at its start; and guards of the program's own.",
        why: "Going back ends in a release that does not start.",
        action: "Run the downs with the new release first, or switch the check off for the way back.",
        example: "Alembic: Can't locate revision identified by 'd7c6efd2de42'",
        source: "Habits of migration tools at the start, read in their sources: docs/src/databases.md#start" }
    EditedAfterShipping { "edited-after-shipping", "A migration was edited after it shipped", Both,
        looks_for: "Migration files that both releases have with different statements.",
        why: "Tools with checksums refuse; the others never run the edit, so databases differ by when they were made.",
        action: "Look what the edit changes, and whether production ran the old or the new text.",
        example: "V7__orders.sql differs between the two releases",
        source: "Cases of migrations that mislead: docs/src/databases.md#traps" }
    RunsAgain { "runs-again", "A migration was renamed so that it runs again", Both,
        looks_for: "Migration files with the same text under another version.",
        why: "The tool takes it for a new one and runs it on a database that already has it.",
        action: "Check that it can run twice.",
        example: "0042_add_note.sql renamed to 0043_add_note.sql",
        source: "Cases of migrations that mislead: docs/src/databases.md#traps" }
    DownMissing { "down-missing", "There is no way down", Rollback,
        looks_for: "Migrations that change schema or rows and have no down, an empty one, or one that refuses.",
        why: "The schema cannot go back with the tool; only old code on the new schema, or a backup, remains.",
        action: "Plan the way back with the schema left as it is.",
        example: "0007_orders.up.sql without 0007_orders.down.sql",
        source: "Taxonomy of schema changes, rule R6: docs/src/taxonomy/rules.md#r6. How downs fail: docs/src/databases.md#downs" }
    DownUnfit { "down-unfit", "The way down does not do what it should", Rollback,
        looks_for: "Downs that leave something behind, fail by construction, or destroy more than their up made.",
        why: "Running them does more damage, or stops half way.",
        action: "Do not run this down before someone has corrected it.",
        example: "op.drop_constraint(None, 'cookbooks')",
        source: "How downs fail: docs/src/databases.md#downs" }
    DownLosesData { "down-loses-data", "The way down loses data", Rollback,
        looks_for: "Downs that drop tables and columns which the new release fills, or rewrite and remove rows.",
        why: "What users wrote since the deploy is gone once the schema goes back.",
        action: "Take a backup and say what is lost before running the downs.",
        example: "DROP TABLE archives;",
        source: "Taxonomy of schema changes, the column on what a down costs: docs/src/taxonomy/README.md" }
    MigrationRemoved { "migration-removed", "A migration is gone from the new release", Both,
        looks_for: "Migration files that only the previous release has.",
        why: "Databases that ran it keep what it made; fresh ones never get it, and the previous release may run it again.",
        action: "Check that the schema is the same on both ways.",
        example: "migrations squashed into one",
        source: "Cases of migrations that mislead: docs/src/databases.md#traps" }
    SnapshotDisagrees { "snapshot-disagrees", "The schema that the tool keeps says something else than the migrations", Both,
        looks_for: "Tables and columns that come or go in schema.rb, structure.sql, schema.prisma, EF Core's model snapshot or Drizzle's from one release to the other, against what the migrations of the range make and drop.",
        why: "Either a change reached the schema by another way than a migration, or a migration was never run where the file was written: what going back meets is then not what the migrations say.",
        action: "Look at both lines, and at the schema of production, before trusting the migrations.",
        example: "create_table \"carts\" is gone from db/schema.rb, and no migration drops it",
        source: "Kept schemas: docs/src/databases.md#kept-schemas" }
    WhatRan { "what-ran", "Which migrations of the range ran", Both,
        looks_for: "The status that a migration tool prints, or its table, given with --live: which migrations of the range ran, which did not, and which failed half way.",
        why: "A migration that did not run changed nothing, so the previous release meets the schema that it knows. One that failed half way left a schema that neither release knows.",
        action: "Keep migrations that did not run from running while you go back. Finish one that failed, or take it back by hand, before you deploy anything.",
        example: "flyway info: 1.1 drop label, Pending",
        source: "Which files say it: docs/src/what-is-live.md#what-ran" }
    CountedRows { "counted-rows", "Rows that decide were counted", Rollback,
        looks_for: "What the queries of `backout queries` found, given with --observed: rows that only the new release wrote, duplicates, values that no longer fit.",
        why: "Whether such rows exist decides what the previous release meets, and no reading of files can tell it.",
        action: "Where there are rows, find out what the previous release does with them, or take them out, before going back.",
        example: "orders.note: 12 rows (observed.csv)",
        source: "Rows in a new form: docs/src/databases.md. How the queries are run: docs/src/what-is-live.md#counted-rows" }
    OldStatementFailed { "old-statement-failed", "A statement of old code failed on the new schema", Rollback,
        looks_for: "Statements of the previous release that ran on its own schema and failed on the schema of the new release, in a rehearsal on a real database.",
        why: "It was seen, not judged: the previous release gets this error as soon as it runs the statement.",
        action: "Do not go back without the step that makes the statement work again, and rehearse once more with it.",
        example: "src/store.go:88: column \"note\" does not exist (observed, PostgreSQL 17.2)",
        source: "A rehearsal on a real database: docs/src/rehearse.md#on-a-real-database" }
    OldStatementChanged { "old-statement-changed", "A statement of old code answers otherwise on the new schema", Rollback,
        looks_for: "Statements of the previous release that ran on both schemas in a rehearsal, with other columns, other types or other rows on the new one.",
        why: "A program may read a value into the wrong variable, refuse a type, or show other rows, without an error of the database.",
        action: "Read the statement and what the program does with its answer.",
        example: "src/store.go:90: it answered 3 rows and now answers 2 (observed, SQLite 3.50)",
        source: "A rehearsal on a real database: docs/src/rehearse.md#on-a-real-database" }
    Rehearsed { "rehearsed", "The range was rehearsed on a real database", Rollback,
        looks_for: "What `backout rehearse --database-url` saw for these two commits: whether the range runs on made rows, and how many statements of the previous release run on its schema.",
        why: "A migration that stops on some rows stops in the middle of a deployment.",
        action: "Where the range stopped, look whether production has such rows. That all statements ran proves nothing for those that could not be tried.",
        example: "41 statements of 3.0.0 run on the schema of 3.1.0 (observed, PostgreSQL 17.2)",
        source: "A rehearsal on a real database: docs/src/rehearse.md#on-a-real-database" }
    WayDownRehearsed { "way-down-rehearsed", "The ways down were run on a real database", Rollback,
        looks_for: "Whether the ways down of the range ran in a rehearsal, and what the schema and the rows lack after them.",
        why: "A way down that stops leaves the schema in the middle, and one that loses rows loses them in production too.",
        action: "Repair the way down, or leave it out and go back on the new schema, if the previous release copes with it.",
        example: "up and down again loses orders.note in 3 rows (observed, PostgreSQL 17.2)",
        source: "A rehearsal on a real database: docs/src/rehearse.md#on-a-real-database" }
    SafeForOldCode { "safe-for-old-code", "Old code works on the new schema", Rollback,
        looks_for: "Ranges in which every operation of every migration is harmless for the previous release.",
        why: "The schema can stay as it is when the release goes back.",
        action: "Leave the schema as it is.",
        example: "ALTER TABLE orders ADD COLUMN note text;",
        source: "Taxonomy of schema changes, the rows that are safe: docs/src/taxonomy/README.md" }
}

/// All of them, ordered by id.
pub fn list_check_docs() -> Vec<CheckDoc> {
    let mut docs: Vec<CheckDoc> = Check::ALL.iter().map(|check| check.doc()).collect();
    docs.sort_by_key(|doc| doc.id);
    docs
}
