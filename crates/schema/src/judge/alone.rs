//! What an operation is by itself: without range, without old code; while deploying; when undone.

use super::super::dialect::Dialect;
use super::super::operation::OperationKind as K;
use model::{DeployEffect, RevertEffect, RollbackEffect};

/// Effect on old code by the operation alone.
pub fn judge_operation_alone(kind: K) -> RollbackEffect {
    match kind {
        K::DropTable
        | K::RenameTable
        | K::MoveTable
        | K::ReplaceTable
        | K::DropColumn
        | K::RenameColumn
        | K::DropView
        | K::RenameView
        | K::DropRoutine
        | K::DropSchema => RollbackEffect::BreaksReads,
        // nothing is known of old code here: by themselves these refuse what it wrote until now
        K::AddRequiredColumn
        | K::SetNotNull
        | K::NarrowType
        | K::DropDefault
        | K::SetGenerated
        | K::DropIdentity
        | K::RenameEnumValue
        | K::DropSequence
        | K::AddPrimaryKey
        | K::AddUnique => RollbackEffect::BreaksWrites,
        // statements run as before, and find other rows
        K::Truncate | K::UpdateRows | K::DeleteRows | K::InsertRows | K::DropPartition => {
            RollbackEffect::DataChanged
        }
        // an addition by itself is safe; the judge knows the statements that make it another matter
        K::CreateTable
        | K::AddPartition
        | K::TableOption
        | K::AddColumn
        | K::AddColumnWithDefault
        | K::AddColumnWithVolatileDefault
        | K::AddGeneratedColumn
        | K::AddNumberedColumn
        | K::AddConstrainedColumn
        | K::WidenType
        | K::CreateType
        | K::ColumnOption
        | K::CreateIndex
        | K::DropIndex
        | K::RenameIndex
        | K::DropForeignKey
        | K::DropCheck
        | K::ValidateConstraint
        | K::CreateView
        | K::RefreshView
        | K::CreateRoutine
        | K::Grant
        | K::CreateSequence
        | K::CreateExtension
        | K::CreateSchema
        | K::Backfill
        | K::StateOnly
        | K::Comment
        | K::Nothing => RollbackEffect::Safe,
        // the rest hangs on what old code does
        _ => RollbackEffect::Doubt,
    }
}

/// What happens to the release that runs while it is deployed.
pub fn on_deploy(kind: K, dialect: Dialect, concurrently: bool) -> DeployEffect {
    // the list is of what running processes meet, such as columns that a mapper keeps in memory
    match kind {
        K::DropTable
        | K::RenameTable
        | K::MoveTable
        | K::ReplaceTable
        | K::DropColumn
        | K::RenameColumn
        | K::DropView
        | K::RenameView
        | K::DropRoutine
        | K::AddRequiredColumn => DeployEffect::BreaksRunningCode,
        // `CONCURRENTLY` builds an index beside the writers
        K::CreateIndex | K::AddUnique if concurrently => DeployEffect::Safe,
        K::CreateIndex
        | K::AddUnique
        | K::AddPrimaryKey
        | K::AddForeignKey
        | K::AddCheck
        | K::ValidateConstraint => DeployEffect::Locks,
        K::SetNotNull
        | K::NarrowType
        | K::ChangeType
        | K::RestateColumn
        | K::Collation
        | K::Partition
        | K::RebuildTable
        | K::AddColumnWithVolatileDefault
        | K::AddGeneratedColumn => DeployEffect::Rewrites,
        // PostgreSQL lengthens a text without touching rows, and MySQL often copies the table
        K::WidenType if dialect == Dialect::Postgres => DeployEffect::Locks,
        K::WidenType => DeployEffect::Rewrites,
        K::UpdateRows | K::DeleteRows | K::Backfill | K::Truncate => DeployEffect::Locks,
        K::HostCode | K::Unknown | K::ReplaceRoutine | K::ReplaceView | K::CreateTrigger => {
            DeployEffect::Unknown
        }
        _ => DeployEffect::Safe,
    }
}

/// What undoing it costs.
pub fn judge_revert_effect(kind: K) -> RevertEffect {
    match kind {
        K::CreateTable
        | K::AddColumn
        | K::AddRequiredColumn
        | K::AddColumnWithDefault
        | K::AddColumnWithVolatileDefault
        | K::AddNumberedColumn
        | K::AddConstrainedColumn
        | K::Backfill
        | K::InsertRows
        | K::WidenType
        // the rows of a partition that is dropped again go with it
        | K::AddPartition => RevertEffect::LosesData,
        // what was there is in a backup only; no statement brings it back
        K::DropTable
        | K::ReplaceTable
        | K::DropColumn
        | K::Truncate
        | K::DropPartition
        | K::UpdateRows
        | K::DeleteRows
        | K::NarrowType
        | K::AddEnumValue => RevertEffect::Irreversible,
        // what was done is not known well enough to say what undoing it would take
        K::HostCode
        | K::Unknown
        | K::ChangeType
        | K::RestateColumn
        | K::DropType
        | K::DropExtension
        | K::AlterExtension
        | K::Setting
        | K::Revoke
        | K::RebuildTable
        | K::DropNotNull
        | K::Collation => RevertEffect::Unknown,
        _ => RevertEffect::NothingLost,
    }
}
