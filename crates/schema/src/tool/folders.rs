//! Tools with a folder a migration.

use super::declaration::{DownStyle, Habit, LayoutFamily, MigrationTool, ToolOrder, ToolRecord};
use model::Framework;

/// Prisma Migrate.
pub struct PrismaTool;

impl MigrationTool for PrismaTool {
    fn record(&self) -> ToolRecord {
        ToolRecord {
            // Prisma sorts the names of its folders
            order: ToolOrder::Names,
            family: LayoutFamily::Folders,
            ..ToolRecord::new(
                Framework::Prisma,
                "_prisma_migrations",
                Habit::Ignores,
                DownStyle::None,
            )
        }
    }
}

/// Diesel.
pub struct DieselTool;

impl MigrationTool for DieselTool {
    fn record(&self) -> ToolRecord {
        ToolRecord {
            // Diesel sorts its versions as texts
            order: ToolOrder::Names,
            family: LayoutFamily::Folders,
            ..ToolRecord::new(
                Framework::Diesel,
                "__diesel_schema_migrations",
                Habit::Ignores,
                DownStyle::Sibling,
            )
        }
    }
}
