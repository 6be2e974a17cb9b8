//! Kinds of operations by what the steps of a migration do.

use super::step::{ConstraintKind, DefaultValue, SchemaAction};
pub use model::OperationKind;

/// What an action is by itself.
pub trait KindOfAction {
    /// The kind of an action by itself. Types of columns are compared by the judge, which knows the
    /// old one.
    fn of(action: &SchemaAction) -> Self;
    /// The kind of a dropped constraint.
    fn of_dropped(kind: Option<ConstraintKind>) -> Self;
}

impl KindOfAction for OperationKind {
    fn of(action: &SchemaAction) -> Self {
        use SchemaAction as A;
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

    fn of_dropped(kind: Option<ConstraintKind>) -> Self {
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

    /// Rows of the taxonomy that each kind covers.
    const ROWS: &[(OperationKind, &str)] = &[
        (OperationKind::CreateTable, "1 2 3"),
        (OperationKind::DropTable, "4 8 9"),
        (OperationKind::RenameTable, "5 6 11"),
        (OperationKind::MoveTable, "7"),
        (OperationKind::Truncate, "10"),
        (OperationKind::Partition, "12"),
        (OperationKind::AddPartition, "13"),
        (OperationKind::DropPartition, "14"),
        (OperationKind::TableOption, "15"),
        (OperationKind::RebuildTable, "85"),
        (OperationKind::ReplaceTable, "4 8 9"),
        (OperationKind::AddColumn, "16 17"),
        (OperationKind::AddRequiredColumn, "18 20"),
        (OperationKind::AddColumnWithDefault, "19"),
        (OperationKind::AddColumnWithVolatileDefault, "21"),
        (OperationKind::AddGeneratedColumn, "22"),
        (OperationKind::AddNumberedColumn, "23"),
        (OperationKind::AddConstrainedColumn, "24"),
        (OperationKind::DropColumn, "25 26"),
        (OperationKind::RenameColumn, "27 28 29"),
        (OperationKind::WidenType, "30"),
        (OperationKind::NarrowType, "31"),
        (OperationKind::ChangeType, "32 33 34"),
        (OperationKind::RestateColumn, "42"),
        (OperationKind::AddEnumValue, "35"),
        (OperationKind::RenameEnumValue, "36"),
        (OperationKind::DropType, "37"),
        (OperationKind::CreateType, "35"),
        (OperationKind::AlterType, "64"),
        (OperationKind::SetNotNull, "38"),
        (OperationKind::DropNotNull, "39"),
        (OperationKind::SetDefault, "40"),
        (OperationKind::DropDefault, "41 46"),
        (OperationKind::SetGenerated, "43"),
        (OperationKind::DropGenerated, "44"),
        (OperationKind::SetIdentity, "45"),
        (OperationKind::DropIdentity, "46"),
        (OperationKind::Collation, "47"),
        (OperationKind::ColumnOption, "15 48 49"),
        (OperationKind::CreateIndex, "50"),
        (OperationKind::DropIndex, "51"),
        (OperationKind::RenameIndex, "52"),
        (OperationKind::AddUnique, "53"),
        (OperationKind::DropUnique, "54"),
        (OperationKind::AddPrimaryKey, "55"),
        (OperationKind::DropPrimaryKey, "55"),
        (OperationKind::AddForeignKey, "56"),
        (OperationKind::DropForeignKey, "57"),
        (OperationKind::ReplaceForeignKey, "58"),
        (OperationKind::AddCheck, "59"),
        (OperationKind::DropCheck, "60"),
        (OperationKind::DropConstraint, "54 57 60"),
        (OperationKind::RenameConstraint, "61"),
        (OperationKind::ValidateConstraint, "62"),
        (OperationKind::AlterConstraint, "63"),
        (OperationKind::CreateView, "65"),
        (OperationKind::ReplaceView, "11 66 67 68"),
        (OperationKind::DropView, "69"),
        (OperationKind::RenameView, "69"),
        (OperationKind::RefreshView, "70"),
        (OperationKind::CreateRoutine, "71"),
        (OperationKind::ReplaceRoutine, "71 72"),
        (OperationKind::DropRoutine, "72"),
        (OperationKind::CreateTrigger, "73"),
        (OperationKind::DropTrigger, "74"),
        (OperationKind::RareObject, "75"),
        (OperationKind::Grant, "76"),
        (OperationKind::Revoke, "77"),
        (OperationKind::TightenRows, "78"),
        (OperationKind::LoosenRows, "79"),
        (OperationKind::ChangeSequence, "80"),
        (OperationKind::CreateSequence, "80"),
        (OperationKind::DropSequence, "81"),
        (OperationKind::CreateExtension, "82"),
        (OperationKind::DropExtension, "82"),
        (OperationKind::AlterExtension, "82"),
        (OperationKind::CreateSchema, "7"),
        (OperationKind::DropSchema, "7"),
        (OperationKind::Setting, "83 84"),
        (OperationKind::Backfill, "86"),
        (OperationKind::UpdateRows, "87 91 92"),
        (OperationKind::DeleteRows, "88"),
        (OperationKind::InsertRows, "89"),
        (OperationKind::HostCode, "90 93 94"),
        (OperationKind::StateOnly, "29"),
        (OperationKind::Comment, "49"),
        (OperationKind::Nothing, "15"),
        (OperationKind::Unknown, "94"),
    ];

    #[test]
    fn every_row_of_the_taxonomy_has_a_kind() {
        let kinds: Vec<OperationKind> = ROWS.iter().map(|(kind, _)| *kind).collect();
        assert_eq!(kinds, OperationKind::ALL);
        let covered: std::collections::BTreeSet<u32> = ROWS
            .iter()
            .flat_map(|(_, rows)| rows.split(' '))
            .filter_map(|row| row.parse().ok())
            .collect();
        let missing: Vec<u32> = (1..=94).filter(|row| !covered.contains(row)).collect();
        assert!(missing.is_empty(), "rows without a kind: {missing:?}");
    }
}
