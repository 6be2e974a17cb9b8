//! Checks of keys, references and other rules of tables.

use model::{CheckCases, CheckDeclaration, CheckDoc, Direction, Domain};

/// Duplicates are no longer accepted.
pub static UNIQUE_ADDED: CheckDeclaration = CheckDeclaration {
    doc: CheckDoc {
        id: "database/unique-added",
        title: "Duplicates are no longer accepted",
        domain: Domain::Database,
        direction: Direction::Rollback,
        looks_for: "Unique rules over columns of the previous release that were not unique before.",
        why: "The previous release may write duplicates, which fail now.",
        action: "Look whether the previous release can write duplicates; drop the rule before going back if it can.",
        example: "CREATE UNIQUE INDEX queue_task ON queue_item (task_id, retry_count);",
        source: "Taxonomy of schema changes, rows 53 and 55: docs/src/taxonomy/constraints.md#row-53, docs/src/taxonomy/constraints.md#row-55",
    },
    grades: None,
    place: module_path!(),
    cases: CheckCases::InFile("database/unique-added.txt"),
};

/// An upsert of old code lost its target.
pub static UNIQUE_REMOVED: CheckDeclaration = CheckDeclaration {
    doc: CheckDoc {
        id: "database/unique-removed",
        title: "An upsert of old code lost its target",
        domain: Domain::Database,
        direction: Direction::Rollback,
        looks_for: "Unique rules that are dropped or widened while an upsert of the previous release names their columns, or whose columns are not known.",
        why: "ON CONFLICT without a matching rule fails; on MySQL it silently adds a second row.",
        action: "Make the columns unique again before going back.",
        example: "DROP INDEX insights_document_date; while the previous release runs ON CONFLICT (document_id, date)",
        source: "Taxonomy of schema changes, row 54: docs/src/taxonomy/constraints.md#row-54",
    },
    grades: None,
    place: module_path!(),
    cases: CheckCases::InFile("database/unique-removed.txt"),
};

/// Rows must refer to existing rows.
pub static REFERENCE_ADDED: CheckDeclaration = CheckDeclaration {
    doc: CheckDoc {
        id: "database/reference-added",
        title: "Rows must refer to existing rows",
        domain: Domain::Database,
        direction: Direction::Rollback,
        looks_for: "Foreign keys over columns of the previous release, and ones whose action changes.",
        why: "Writes and deletes of the previous release may be refused, or take more rows along.",
        action: "Look at the order in which the previous release writes and deletes; drop the constraint before going back if it does not fit.",
        example: "ALTER TABLE orders ADD FOREIGN KEY (client_id) REFERENCES clients (id);",
        source: "Taxonomy of schema changes, rows 56 and 58: docs/src/taxonomy/constraints.md#row-56, docs/src/taxonomy/constraints.md#row-58",
    },
    grades: None,
    place: module_path!(),
    cases: CheckCases::InFile("database/reference-added.txt"),
};

/// Values are refused that were taken before.
pub static RULE_ADDED: CheckDeclaration = CheckDeclaration {
    doc: CheckDoc {
        id: "database/check-added",
        title: "Values are refused that were taken before",
        domain: Domain::Database,
        direction: Direction::Rollback,
        looks_for: "CHECK and EXCLUDE constraints over columns of the previous release, and changed enforcement.",
        why: "Ordinary writes of the previous release may break the rule.",
        action: "Hold the rule against what the previous release writes.",
        example: "ALTER TABLE orders ADD CHECK (amount > 0);",
        source: "Taxonomy of schema changes, rows 59 and 63: docs/src/taxonomy/constraints.md#row-59, docs/src/taxonomy/constraints.md#row-63",
    },
    grades: None,
    place: module_path!(),
    cases: CheckCases::InFile("database/check-added.txt"),
};

/// A constraint of unknown kind is gone.
pub static RULE_REMOVED: CheckDeclaration = CheckDeclaration {
    doc: CheckDoc {
        id: "database/rule-removed",
        title: "A constraint of unknown kind is gone",
        domain: Domain::Database,
        direction: Direction::Rollback,
        looks_for: "DROP CONSTRAINT by a name that no migration defines.",
        why: "If it made columns unique, upserts of the previous release fail.",
        action: "Look the constraint up in the database of a test environment.",
        example: "ALTER TABLE orders DROP CONSTRAINT c17;",
        source: "Taxonomy of schema changes, rows 54, 57 and 60: docs/src/taxonomy/constraints.md#row-54, docs/src/taxonomy/constraints.md#row-57, docs/src/taxonomy/constraints.md#row-60",
    },
    grades: None,
    place: module_path!(),
    cases: CheckCases::InFile("database/rule-removed.txt"),
};

/// An index or constraint that old code names has another name.
pub static RULE_RENAMED: CheckDeclaration = CheckDeclaration {
    doc: CheckDoc {
        id: "database/rule-renamed",
        title: "An index or constraint that old code names has another name",
        domain: Domain::Database,
        direction: Direction::Rollback,
        looks_for: "Renamed indexes and constraints whose old name stands in the code of the previous release.",
        why: "Index hints, ON CONFLICT ON CONSTRAINT and matched error texts no longer fit.",
        action: "Give it the old name before going back.",
        example: "ALTER INDEX orders_client RENAME TO orders_client_idx;",
        source: "Taxonomy of schema changes, rows 52 and 61: docs/src/taxonomy/constraints.md#row-52, docs/src/taxonomy/constraints.md#row-61",
    },
    grades: None,
    place: module_path!(),
    cases: CheckCases::InFile("database/rule-renamed.txt"),
};
