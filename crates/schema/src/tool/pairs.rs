//! Tools with a file for each way beside each other: `1_name.up.sql` and `1_name.down.sql`. The files
//! of all of them look alike, so that only the manifests tell them apart.

use super::declaration::{
    DownStyle, Habit, LayoutFamily, MigrationTool, SharedShape, StartSigns, TableHolds, ToolOrder,
    ToolRecord,
};
use crate::layout::candidate::CandidateFile;
use model::Framework;

/// golang-migrate.
pub struct GolangMigrateTool;

impl MigrationTool for GolangMigrateTool {
    fn record(&self) -> ToolRecord {
        ToolRecord {
            family: LayoutFamily::Pairs,
            start: StartSigns {
                packages: &["golang-migrate"],
                calls: &[
                    ".up()",
                    "migrate.new",
                    "migrate -path",
                    "migrate -source",
                    "migrate -database",
                    "migrate/migrate",
                ],
                command: Some(("migrate", &["up"])),
            },
            holds: TableHolds::Newest,
            ..ToolRecord::new(
                // golang-migrate stops with "no migration found" where the table is ahead of the
                // files
                Framework::GolangMigrate,
                "schema_migrations",
                Habit::Refuses,
                DownStyle::Sibling,
            )
        }
    }

    fn claims(&self, file: &CandidateFile<'_>, shape: SharedShape<'_>) -> bool {
        matches!(shape, SharedShape::Pair) && file.manifest.names_golang_migrate()
    }
}

/// morph of Mattermost.
pub struct MorphTool;

impl MigrationTool for MorphTool {
    fn record(&self) -> ToolRecord {
        ToolRecord {
            family: LayoutFamily::Pairs,
            ..ToolRecord::new(
                Framework::Morph,
                "db_migrations",
                Habit::Ignores,
                DownStyle::Sibling,
            )
        }
    }

    fn claims(&self, file: &CandidateFile<'_>, shape: SharedShape<'_>) -> bool {
        matches!(shape, SharedShape::Pair) && file.manifest.mentions("mattermost/morph")
    }
}

/// fizz of Buffalo, as pop and ory use it.
pub struct FizzTool;

impl MigrationTool for FizzTool {
    fn record(&self) -> ToolRecord {
        ToolRecord {
            family: LayoutFamily::Pairs,
            ..ToolRecord::new(
                Framework::Fizz,
                "schema_migration",
                Habit::Unknown,
                DownStyle::Sibling,
            )
        }
    }

    fn claims(&self, file: &CandidateFile<'_>, shape: SharedShape<'_>) -> bool {
        matches!(shape, SharedShape::Pair)
            && (file.manifest.mentions("ory/x") || file.manifest.mentions("gobuffalo"))
    }
}

/// sqlx of Rust: pairs, or files that only go up.
pub struct SqlxTool;

impl MigrationTool for SqlxTool {
    fn record(&self) -> ToolRecord {
        ToolRecord {
            family: LayoutFamily::Pairs,
            records_number: true,
            start: StartSigns {
                packages: &["sqlx"],
                calls: &["migrate!(", "sqlx migrate run", "migrator::"],
                command: Some(("sqlx", &["run"])),
            },
            ..ToolRecord::new(
                // sqlx: VersionMissing, unless the program calls set_ignore_missing
                Framework::Sqlx,
                "_sqlx_migrations",
                Habit::Refuses,
                DownStyle::Sibling,
            )
        }
    }

    fn claims(&self, file: &CandidateFile<'_>, shape: SharedShape<'_>) -> bool {
        file.manifest.depends_in("Cargo.toml", "sqlx")
            && match shape {
                SharedShape::Pair => true,
                // sqlx asks for an underscore behind the version
                SharedShape::Numbered { stem, version } => {
                    stem.as_bytes().get(version.len()) == Some(&b'_')
                }
                SharedShape::Marked { .. } | SharedShape::DashedPair => false,
            }
    }
}

/// Migratus of Clojure: `20240131-name.up.sql`.
pub struct MigratusTool;

impl MigrationTool for MigratusTool {
    fn record(&self) -> ToolRecord {
        ToolRecord {
            family: LayoutFamily::Pairs,
            ..ToolRecord::new(
                Framework::Migratus,
                "schema_migrations",
                Habit::Ignores,
                DownStyle::Sibling,
            )
        }
    }

    fn claims(&self, file: &CandidateFile<'_>, shape: SharedShape<'_>) -> bool {
        matches!(shape, SharedShape::Pair | SharedShape::DashedPair)
            && file.manifest.mentions("migratus")
    }
}

/// Ragtime of Clojure, which stops where something ran that it does not have.
pub struct RagtimeTool;

impl MigrationTool for RagtimeTool {
    fn record(&self) -> ToolRecord {
        ToolRecord {
            order: ToolOrder::Names,
            family: LayoutFamily::Pairs,
            start: StartSigns {
                packages: &["ragtime"],
                calls: &["(repl/migrate", "ragtime/migrate", "migrate-all"],
                command: Some(("lein", &["migrate"])),
            },
            ..ToolRecord::new(
                Framework::Ragtime,
                "ragtime_migrations",
                Habit::Refuses,
                DownStyle::Sibling,
            )
        }
    }

    fn claims(&self, file: &CandidateFile<'_>, shape: SharedShape<'_>) -> bool {
        matches!(shape, SharedShape::Pair | SharedShape::DashedPair)
            && file.manifest.mentions("ragtime")
    }
}

/// Postgrator: `001.do.name.sql` and `001.undo.name.sql`.
pub struct PostgratorTool;

impl MigrationTool for PostgratorTool {
    fn record(&self) -> ToolRecord {
        ToolRecord {
            family: LayoutFamily::Pairs,
            records_number: true,
            ..ToolRecord::new(
                Framework::Postgrator,
                "schemaversion",
                Habit::Ignores,
                DownStyle::Sibling,
            )
        }
    }
}

/// Pairs of no tool that is known.
pub struct PairsTool;

impl MigrationTool for PairsTool {
    fn record(&self) -> ToolRecord {
        ToolRecord {
            family: LayoutFamily::Pairs,
            ..ToolRecord::new(Framework::Pairs, "", Habit::Unknown, DownStyle::Sibling)
        }
    }
}
