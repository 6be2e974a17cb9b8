//! Kinds of operations: the rows of the taxonomy, each with what it means for old code.

use super::step::{Action, ConstraintKind, DefaultValue};

macro_rules! kinds {
    ($($name:ident, $id:literal, $rows:literal, $means:literal;)*) => {
        /// What an operation is, as far as old code and the way down are concerned.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum OperationKind {
            $(#[doc = $means] $name,)*
        }

        impl OperationKind {
            /// All kinds.
            #[cfg(test)]
            pub const ALL: &'static [OperationKind] = &[$(Self::$name,)*];

            /// As in JSON.
            pub fn id(self) -> &'static str {
                match self { $(Self::$name => $id,)* }
            }

            /// Rows of the taxonomy it covers.
            #[cfg(test)]
            pub fn rows(self) -> &'static str {
                match self { $(Self::$name => $rows,)* }
            }
        }
    };
}

kinds! {
    CreateTable, "create-table", "1 2 3", "A new table: old code does not know it, unless old views or triggers now use it.";
    DropTable, "drop-table", "4 8 9", "A table is gone: fails where old code names it.";
    RenameTable, "rename-table", "5 6 11", "A table has another name: fails where old code names the old one.";
    MoveTable, "move-table", "7", "A table lies in another schema: fails unless the search path covers it.";
    Truncate, "truncate", "10", "All rows of a table are removed.";
    Partition, "partition-table", "12", "A table becomes partitioned: keys and upserts change.";
    AddPartition, "add-partition", "13", "More room for rows.";
    DropPartition, "drop-partition", "14", "Rows disappear from what old code reads.";
    TableOption, "table-option", "15", "Storage, engine or statistics: no statement sees it.";
    RebuildTable, "rebuild-table", "85", "A table is created again and its rows are copied: only the difference counts.";
    ReplaceTable, "replace-table", "4 8 9", "A table is dropped and created again without its rows.";
    AddColumn, "add-column", "16 17", "A new column that may stay empty.";
    AddRequiredColumn, "add-required-column", "18 20", "A new column that must have a value and has no default: every insert of old code fails.";
    AddColumnWithDefault, "add-column-with-default", "19", "A new column that is filled with a constant.";
    AddColumnWithVolatileDefault, "add-column-with-volatile-default", "21", "A new column that is filled with a new value for each row.";
    AddGeneratedColumn, "add-generated-column", "22", "A new column that the database computes.";
    AddNumberedColumn, "add-numbered-column", "23", "A new column that the database numbers.";
    AddConstrainedColumn, "add-constrained-column", "24", "A new column with a reference, a check or a unique rule of its own.";
    DropColumn, "drop-column", "25 26", "A column is gone: fails where old code names it.";
    RenameColumn, "rename-column", "27 28 29", "A column has another name: fails where old code names the old one.";
    WidenType, "widen-type", "30", "A column takes more values than before.";
    NarrowType, "narrow-type", "31", "A column takes fewer values than before: writes of old code may fail.";
    ChangeType, "change-type", "32 33 34", "A column has another kind of type.";
    RestateColumn, "restate-column", "42", "A column is defined again: what the new definition leaves out is lost.";
    AddEnumValue, "add-enum-value", "35", "An enumeration gets a member that old code may not be able to read.";
    RenameEnumValue, "rename-enum-value", "36", "A member of an enumeration has another name.";
    DropType, "drop-type", "37", "A type is gone or created again.";
    CreateType, "create-type", "35", "A new type.";
    AlterType, "alter-type", "64", "A domain or composite type changes.";
    SetNotNull, "set-not-null", "38", "NULL is no longer accepted.";
    DropNotNull, "drop-not-null", "39", "NULL may be stored from now on, and old code may not expect it.";
    SetDefault, "set-default", "40", "Rows that leave the column out get another value.";
    DropDefault, "drop-default", "41 46", "Rows that leave the column out get nothing.";
    SetGenerated, "set-generated", "43", "The database computes the column: writes to it are refused.";
    DropGenerated, "drop-generated", "44", "The database no longer computes the column.";
    SetIdentity, "set-identity", "45", "The database numbers the column.";
    DropIdentity, "drop-identity", "46", "The database no longer numbers the column.";
    Collation, "change-collation", "47", "Comparing and sorting change.";
    ColumnOption, "column-option", "15 48 49", "Visibility, storage or comment of a column.";
    CreateIndex, "create-index", "50", "An index: faster, nothing else.";
    DropIndex, "drop-index", "51", "An index is gone: slower, nothing else, unless a hint names it.";
    RenameIndex, "rename-index", "52", "An index has another name.";
    AddUnique, "add-unique", "53", "Duplicates are no longer accepted.";
    DropUnique, "drop-unique", "54", "Duplicates are allowed, and upserts that rely on the rule fail.";
    AddPrimaryKey, "add-primary-key", "55", "The primary key changes.";
    DropPrimaryKey, "drop-primary-key", "55", "The primary key is gone.";
    AddForeignKey, "add-foreign-key", "56", "Rows must refer to existing ones.";
    DropForeignKey, "drop-foreign-key", "57", "References are no longer checked.";
    ReplaceForeignKey, "replace-foreign-key", "58", "What happens to referring rows changes.";
    AddCheck, "add-check", "59", "Values are refused that were taken before.";
    DropCheck, "drop-check", "60", "Values are taken that were refused before.";
    DropConstraint, "drop-constraint", "54 57 60", "A constraint of unknown kind is gone.";
    RenameConstraint, "rename-constraint", "61", "A constraint has another name.";
    ValidateConstraint, "validate-constraint", "62", "Existing rows are checked.";
    AlterConstraint, "alter-constraint", "63", "The moment at which a rule is checked changes.";
    CreateView, "create-view", "65", "A new view.";
    ReplaceView, "replace-view", "11 66 67 68", "A view returns something else.";
    DropView, "drop-view", "69", "A view is gone: fails where old code reads it.";
    RenameView, "rename-view", "69", "A view has another name.";
    RefreshView, "refresh-view", "70", "A materialised view is filled again.";
    CreateRoutine, "create-routine", "71", "A new function or procedure.";
    ReplaceRoutine, "replace-routine", "71 72", "A function or procedure does something else.";
    DropRoutine, "drop-routine", "72", "A function or procedure is gone: fails where old code calls it.";
    CreateTrigger, "create-trigger", "73", "A trigger runs on writes of old code.";
    DropTrigger, "drop-trigger", "74", "A trigger no longer runs.";
    RareObject, "rare-object", "75", "A rule, event trigger, publication or another rare object changes.";
    Grant, "grant", "76", "Rights are given.";
    Revoke, "revoke", "77", "Rights are taken, or the owner changes.";
    TightenRows, "tighten-row-security", "78", "Rows are hidden from old code.";
    LoosenRows, "loosen-row-security", "79", "Rows are shown that were hidden.";
    ChangeSequence, "change-sequence", "80", "A sequence gives other numbers.";
    CreateSequence, "create-sequence", "80", "A new sequence.";
    DropSequence, "drop-sequence", "81", "A sequence is gone or renamed.";
    CreateExtension, "create-extension", "82", "A new extension.";
    DropExtension, "drop-extension", "82", "An extension is gone, with what belongs to it.";
    AlterExtension, "alter-extension", "82", "An extension is updated.";
    CreateSchema, "create-schema", "7", "A new schema.";
    DropSchema, "drop-schema", "7", "A schema is gone with all that is in it.";
    Setting, "change-setting", "83 84", "A setting of the database changes.";
    Backfill, "backfill", "86", "A new column is filled.";
    UpdateRows, "update-rows", "87 91 92", "Rows that old code reads are rewritten.";
    DeleteRows, "delete-rows", "88", "Rows are removed.";
    InsertRows, "insert-rows", "89", "Rows are added that old code will see.";
    HostCode, "host-code", "90 93 94", "Code of the program runs; what it does was not read.";
    StateOnly, "state-only", "29", "Only the framework's own state changes.";
    Comment, "comment", "49", "A comment.";
    Nothing, "nothing", "15", "Nothing that stays.";
    Unknown, "unknown", "94", "A statement that was not understood.";
}

impl OperationKind {
    /// The kind of an action by itself. Types of columns are compared by the judge, which knows the
    /// old one.
    pub fn of(action: &Action) -> Self {
        use Action as A;
        match action {
            A::CreateTable(_) => Self::CreateTable,
            A::DropTable { .. } => Self::DropTable,
            A::RenameTable { .. } => Self::RenameTable,
            A::MoveTable { .. } | A::RenameSchema { .. } => Self::MoveTable,
            A::Truncate { .. } => Self::Truncate,
            A::TableOption { .. } => Self::TableOption,
            A::TableCollation { .. } => Self::Collation,
            A::AddPartition { .. } => Self::AddPartition,
            A::DropPartition { .. } => Self::DropPartition,
            A::Partition { .. } => Self::Partition,
            A::AddColumn { column, .. } => {
                if column.required() {
                    Self::AddRequiredColumn
                } else if column.generated {
                    Self::AddGeneratedColumn
                } else if column.auto {
                    Self::AddNumberedColumn
                } else if column.unique || column.check || column.references.is_some() {
                    Self::AddConstrainedColumn
                } else {
                    match column.default {
                        DefaultValue::None => Self::AddColumn,
                        DefaultValue::Constant(_) => Self::AddColumnWithDefault,
                        DefaultValue::Volatile(_) => Self::AddColumnWithVolatileDefault,
                    }
                }
            }
            A::DropColumn { .. } => Self::DropColumn,
            A::RenameColumn { .. } => Self::RenameColumn,
            A::ChangeType { .. } => Self::ChangeType,
            A::RestateColumn { .. } => Self::RestateColumn,
            A::SetNotNull { .. } => Self::SetNotNull,
            A::DropNotNull { .. } => Self::DropNotNull,
            A::SetDefault { .. } => Self::SetDefault,
            A::DropDefault { .. } => Self::DropDefault,
            A::SetGenerated { .. } => Self::SetGenerated,
            A::DropGenerated { .. } => Self::DropGenerated,
            A::SetIdentity { .. } => Self::SetIdentity,
            A::DropIdentity { .. } => Self::DropIdentity,
            A::ColumnOption { .. } => Self::ColumnOption,
            A::CreateIndex(index) if index.unique => Self::AddUnique,
            A::CreateIndex(_) => Self::CreateIndex,
            A::DropIndex { .. } => Self::DropIndex,
            A::RenameIndex { .. } => Self::RenameIndex,
            A::AddConstraint { constraint, .. } => match constraint.kind {
                ConstraintKind::Primary => Self::AddPrimaryKey,
                ConstraintKind::Unique => Self::AddUnique,
                ConstraintKind::Foreign => Self::AddForeignKey,
                ConstraintKind::Check | ConstraintKind::Exclude => Self::AddCheck,
                ConstraintKind::NotNull => Self::SetNotNull,
                ConstraintKind::Default => Self::SetDefault,
            },
            A::DropConstraint { kind, .. } => Self::of_dropped(*kind),
            A::RenameConstraint { .. } => Self::RenameConstraint,
            A::ValidateConstraint { .. } => Self::ValidateConstraint,
            A::AlterConstraint { .. } => Self::AlterConstraint,
            A::CreateType { .. } => Self::CreateType,
            A::DropType { .. } | A::RenameType { .. } => Self::DropType,
            A::AddEnumValue { .. } => Self::AddEnumValue,
            A::RenameEnumValue { .. } => Self::RenameEnumValue,
            A::AlterType { .. } => Self::AlterType,
            A::CreateView { replace: false, .. } => Self::CreateView,
            A::CreateView { .. } => Self::ReplaceView,
            A::DropView { .. } => Self::DropView,
            A::RenameView { .. } => Self::RenameView,
            A::RefreshView { .. } => Self::RefreshView,
            A::CreateRoutine(routine) if routine.replace => Self::ReplaceRoutine,
            A::CreateRoutine(_) => Self::CreateRoutine,
            A::DropRoutine { .. } | A::RenameRoutine { .. } => Self::DropRoutine,
            A::CreateTrigger { .. } => Self::CreateTrigger,
            A::DropTrigger { .. } | A::SwitchTrigger { on: false, .. } => Self::DropTrigger,
            A::SwitchTrigger { .. } => Self::CreateTrigger,
            A::CreateSequence { .. } => Self::CreateSequence,
            A::DropSequence { .. } | A::RenameSequence { .. } => Self::DropSequence,
            A::AlterSequence { .. } => Self::ChangeSequence,
            A::CreateSchema { .. } => Self::CreateSchema,
            A::DropSchema { .. } => Self::DropSchema,
            A::CreateExtension { .. } => Self::CreateExtension,
            A::DropExtension { .. } => Self::DropExtension,
            A::AlterExtension { .. } => Self::AlterExtension,
            A::Grant { .. } => Self::Grant,
            A::Revoke { .. } => Self::Revoke,
            A::RowSecurity { on: true, .. } | A::CreatePolicy { .. } => Self::TightenRows,
            A::RowSecurity { .. } | A::DropPolicy { .. } => Self::LoosenRows,
            A::RareObject { .. } => Self::RareObject,
            A::Comment { .. } => Self::Comment,
            A::Setting { .. } => Self::Setting,
            A::Insert { .. } => Self::InsertRows,
            A::Update { .. } => Self::UpdateRows,
            A::Delete { .. } => Self::DeleteRows,
            A::HostCode { .. } => Self::HostCode,
            A::StateOnly { .. } => Self::StateOnly,
            A::Nothing => Self::Nothing,
            A::Unknown { .. } => Self::Unknown,
        }
    }

    /// The kind of a dropped constraint.
    pub fn of_dropped(kind: Option<ConstraintKind>) -> Self {
        match kind {
            Some(ConstraintKind::Primary) => Self::DropPrimaryKey,
            Some(ConstraintKind::Unique) => Self::DropUnique,
            Some(ConstraintKind::Foreign) => Self::DropForeignKey,
            Some(ConstraintKind::Check | ConstraintKind::Exclude) => Self::DropCheck,
            Some(ConstraintKind::NotNull) => Self::DropNotNull,
            Some(ConstraintKind::Default) => Self::DropDefault,
            None => Self::DropConstraint,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_the_taxonomy_has_a_kind() {
        let covered: std::collections::BTreeSet<u32> = OperationKind::ALL
            .iter()
            .flat_map(|kind| kind.rows().split(' '))
            .filter_map(|row| row.parse().ok())
            .collect();
        let missing: Vec<u32> = (1..=94).filter(|row| !covered.contains(row)).collect();
        assert!(missing.is_empty(), "rows without a kind: {missing:?}");
    }

    #[test]
    fn ids_are_told_apart() {
        let ids: std::collections::BTreeSet<&str> =
            OperationKind::ALL.iter().map(|kind| kind.id()).collect();
        assert_eq!(ids.len(), OperationKind::ALL.len());
    }
}
