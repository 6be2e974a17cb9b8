//! Kinds of operations of a migration: the rows of the taxonomy, each with what it means for old
//! code.

use super::word::vocabulary;

vocabulary! {
    /// What an operation is, as far as old code and the way down are concerned.
    OperationKind {
        /// A new table: old code does not know it, unless old views or triggers now use it.
        CreateTable = "create-table";
        /// A table is gone: fails where old code names it.
        DropTable = "drop-table";
        /// A table has another name: fails where old code names the old one.
        RenameTable = "rename-table";
        /// A table lies in another schema: fails unless the search path covers it.
        MoveTable = "move-table";
        /// All rows of a table are removed.
        Truncate = "truncate";
        /// A table becomes partitioned: keys and upserts change.
        Partition = "partition-table";
        /// More room for rows.
        AddPartition = "add-partition";
        /// Rows disappear from what old code reads.
        DropPartition = "drop-partition";
        /// Storage, engine or statistics: no statement sees it.
        TableOption = "table-option";
        /// A table is created again and its rows are copied: only the difference counts.
        RebuildTable = "rebuild-table";
        /// A table is dropped and created again without its rows.
        ReplaceTable = "replace-table";
        /// A new column that may stay empty.
        AddColumn = "add-column";
        /// A new column that must have a value and has no default: every insert of old code fails.
        AddRequiredColumn = "add-required-column";
        /// A new column that is filled with a constant.
        AddColumnWithDefault = "add-column-with-default";
        /// A new column that is filled with a new value for each row.
        AddColumnWithVolatileDefault = "add-column-with-volatile-default";
        /// A new column that the database computes.
        AddGeneratedColumn = "add-generated-column";
        /// A new column that the database numbers.
        AddNumberedColumn = "add-numbered-column";
        /// A new column with a reference, a check or a unique rule of its own.
        AddConstrainedColumn = "add-constrained-column";
        /// A column is gone: fails where old code names it.
        DropColumn = "drop-column";
        /// A column has another name: fails where old code names the old one.
        RenameColumn = "rename-column";
        /// A column takes more values than before.
        WidenType = "widen-type";
        /// A column takes fewer values than before: writes of old code may fail.
        NarrowType = "narrow-type";
        /// A column has another kind of type.
        ChangeType = "change-type";
        /// A column is defined again: what the new definition leaves out is lost.
        RestateColumn = "restate-column";
        /// An enumeration gets a member that old code may not be able to read.
        AddEnumValue = "add-enum-value";
        /// A member of an enumeration has another name.
        RenameEnumValue = "rename-enum-value";
        /// A type is gone or created again.
        DropType = "drop-type";
        /// A new type.
        CreateType = "create-type";
        /// A domain or composite type changes.
        AlterType = "alter-type";
        /// NULL is no longer accepted.
        SetNotNull = "set-not-null";
        /// NULL may be stored from now on, and old code may not expect it.
        DropNotNull = "drop-not-null";
        /// Rows that leave the column out get another value.
        SetDefault = "set-default";
        /// Rows that leave the column out get nothing.
        DropDefault = "drop-default";
        /// The database computes the column: writes to it are refused.
        SetGenerated = "set-generated";
        /// The database no longer computes the column.
        DropGenerated = "drop-generated";
        /// The database numbers the column.
        SetIdentity = "set-identity";
        /// The database no longer numbers the column.
        DropIdentity = "drop-identity";
        /// Comparing and sorting change.
        Collation = "change-collation";
        /// Visibility, storage or comment of a column.
        ColumnOption = "column-option";
        /// An index: faster, nothing else.
        CreateIndex = "create-index";
        /// An index is gone: slower, nothing else, unless a hint names it.
        DropIndex = "drop-index";
        /// An index has another name.
        RenameIndex = "rename-index";
        /// Duplicates are no longer accepted.
        AddUnique = "add-unique";
        /// Duplicates are allowed, and upserts that rely on the rule fail.
        DropUnique = "drop-unique";
        /// The primary key changes.
        AddPrimaryKey = "add-primary-key";
        /// The primary key is gone.
        DropPrimaryKey = "drop-primary-key";
        /// Rows must refer to existing ones.
        AddForeignKey = "add-foreign-key";
        /// References are no longer checked.
        DropForeignKey = "drop-foreign-key";
        /// What happens to referring rows changes.
        ReplaceForeignKey = "replace-foreign-key";
        /// Values are refused that were taken before.
        AddCheck = "add-check";
        /// Values are taken that were refused before.
        DropCheck = "drop-check";
        /// A constraint of unknown kind is gone.
        DropConstraint = "drop-constraint";
        /// A constraint has another name.
        RenameConstraint = "rename-constraint";
        /// Existing rows are checked.
        ValidateConstraint = "validate-constraint";
        /// The moment at which a rule is checked changes.
        AlterConstraint = "alter-constraint";
        /// A new view.
        CreateView = "create-view";
        /// A view returns something else.
        ReplaceView = "replace-view";
        /// A view is gone: fails where old code reads it.
        DropView = "drop-view";
        /// A view has another name.
        RenameView = "rename-view";
        /// A materialised view is filled again.
        RefreshView = "refresh-view";
        /// A new function or procedure.
        CreateRoutine = "create-routine";
        /// A function or procedure does something else.
        ReplaceRoutine = "replace-routine";
        /// A function or procedure is gone: fails where old code calls it.
        DropRoutine = "drop-routine";
        /// A trigger runs on writes of old code.
        CreateTrigger = "create-trigger";
        /// A trigger no longer runs.
        DropTrigger = "drop-trigger";
        /// A rule, event trigger, publication or another rare object changes.
        RareObject = "rare-object";
        /// Rights are given.
        Grant = "grant";
        /// Rights are taken, or the owner changes.
        Revoke = "revoke";
        /// Rows are hidden from old code.
        TightenRows = "tighten-row-security";
        /// Rows are shown that were hidden.
        LoosenRows = "loosen-row-security";
        /// A sequence gives other numbers.
        ChangeSequence = "change-sequence";
        /// A new sequence.
        CreateSequence = "create-sequence";
        /// A sequence is gone or renamed.
        DropSequence = "drop-sequence";
        /// A new extension.
        CreateExtension = "create-extension";
        /// An extension is gone, with what belongs to it.
        DropExtension = "drop-extension";
        /// An extension is updated.
        AlterExtension = "alter-extension";
        /// A new schema.
        CreateSchema = "create-schema";
        /// A schema is gone with all that is in it.
        DropSchema = "drop-schema";
        /// A setting of the database changes.
        Setting = "change-setting";
        /// A new column is filled.
        Backfill = "backfill";
        /// Rows that old code reads are rewritten.
        UpdateRows = "update-rows";
        /// Rows are removed.
        DeleteRows = "delete-rows";
        /// Rows are added that old code will see.
        InsertRows = "insert-rows";
        /// Code of the program runs; what it does was not read.
        HostCode = "host-code";
        /// Only the framework's own state changes.
        StateOnly = "state-only";
        /// A comment.
        Comment = "comment";
        /// Nothing that stays.
        Nothing = "nothing";
        /// A statement that was not understood.
        Unknown = "unknown";
    }
}

/// What an operation does in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OperationClass {
    /// Something is there that was not.
    Adds,
    /// Something is gone.
    Drops,
    /// Something has another name or place.
    Renames,
    /// Rows are written.
    MovesData,
    /// Anything else.
    Changes,
}

impl OperationKind {
    /// What it does in one word.
    pub fn class(self) -> OperationClass {
        match self {
            Self::CreateTable
            | Self::AddPartition
            | Self::AddColumn
            | Self::AddRequiredColumn
            | Self::AddColumnWithDefault
            | Self::AddColumnWithVolatileDefault
            | Self::AddGeneratedColumn
            | Self::AddNumberedColumn
            | Self::AddConstrainedColumn
            | Self::AddEnumValue
            | Self::CreateType
            | Self::CreateIndex
            | Self::AddUnique
            | Self::AddPrimaryKey
            | Self::AddForeignKey
            | Self::AddCheck
            | Self::CreateView
            | Self::CreateRoutine
            | Self::CreateTrigger
            | Self::CreateSequence
            | Self::CreateExtension
            | Self::CreateSchema => OperationClass::Adds,
            Self::DropTable
            | Self::Truncate
            | Self::DropPartition
            | Self::DropColumn
            | Self::DropType
            | Self::DropNotNull
            | Self::DropDefault
            | Self::DropGenerated
            | Self::DropIdentity
            | Self::DropIndex
            | Self::DropUnique
            | Self::DropPrimaryKey
            | Self::DropForeignKey
            | Self::DropCheck
            | Self::DropConstraint
            | Self::DropView
            | Self::DropRoutine
            | Self::DropTrigger
            | Self::DropSequence
            | Self::DropExtension
            | Self::DropSchema
            | Self::DeleteRows => OperationClass::Drops,
            Self::RenameTable
            | Self::MoveTable
            | Self::RenameColumn
            | Self::RenameEnumValue
            | Self::RenameIndex
            | Self::RenameConstraint
            | Self::RenameView => OperationClass::Renames,
            Self::Backfill | Self::UpdateRows | Self::InsertRows => OperationClass::MovesData,
            _ => OperationClass::Changes,
        }
    }

    /// It adds to something that was there: a column, a rule, a member.
    pub fn is_addition(self) -> bool {
        matches!(
            self,
            Self::AddPartition
                | Self::AddColumn
                | Self::AddRequiredColumn
                | Self::AddColumnWithDefault
                | Self::AddColumnWithVolatileDefault
                | Self::AddGeneratedColumn
                | Self::AddNumberedColumn
                | Self::AddConstrainedColumn
                | Self::AddEnumValue
                | Self::AddUnique
                | Self::AddPrimaryKey
                | Self::AddForeignKey
                | Self::AddCheck
        )
    }

    /// It makes an object of its own.
    pub fn is_creation(self) -> bool {
        matches!(
            self,
            Self::CreateTable
                | Self::CreateType
                | Self::CreateIndex
                | Self::CreateView
                | Self::CreateRoutine
                | Self::CreateTrigger
                | Self::CreateSequence
                | Self::CreateExtension
                | Self::CreateSchema
        )
    }
}

/// A kind as people say it, also one of another version.
pub fn operation_title(kind: &super::Word<OperationKind>) -> String {
    kind.as_str()
        .replacen("restate", "redefine", 1)
        .replace('-', " ")
}
