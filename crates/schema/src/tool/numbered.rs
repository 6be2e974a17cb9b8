//! Tools with one file of SQL a version. Most part up and down by marks in the text; those without
//! marks are told by what lies beside the file.

use super::declaration::{
    DownStyle, Habit, LayoutFamily, MigrationTool, SharedShape, StartSigns, TableHolds, ToolOrder,
    ToolRecord,
};
use super::run_lists::{read_drizzle_journal, read_sqitch_plan};
use crate::host::go;
use crate::layout::candidate::CandidateFile;
use crate::migration_file::{MigrationFile, MigrationLanguage};
use crate::reading::{Around, MigrationReading, MigrationSource};
use crate::sql;
use crate::sql_sections::read_sql_sections;
use crate::tree_path::join_path;
use model::Framework;

/// Drizzle's list of what runs, in the folder of the migrations.
const DRIZZLE_JOURNAL: &str = "meta/_journal.json";

fn has_beside(file: &CandidateFile<'_>, name: &str) -> bool {
    file.tree.has(&join_path(file.here, name))
}

/// goose: SQL with marks, or Go that registers two functions.
pub struct GooseTool;

impl MigrationTool for GooseTool {
    fn record(&self) -> ToolRecord {
        ToolRecord {
            family: LayoutFamily::Numbered,
            marks: Some((&["+goose up"], &["+goose down"])),
            records_number: true,
            ..ToolRecord::new(
                Framework::Goose,
                "goose_db_version",
                Habit::Ignores,
                DownStyle::InFile,
            )
        }
    }

    fn recognise(&self, file: &CandidateFile<'_>) -> Option<MigrationFile> {
        let fits = file.extension == "go"
            && file.digits.len() >= 3
            && file.is_inside("migration")
            && !file.stem.ends_with("_test")
            && file.text()?.contains("goose.");
        fits.then(|| {
            file.place_here(
                Framework::Goose,
                MigrationLanguage::Go,
                file.digits,
                file.digits,
            )
        })
    }

    fn claims(&self, _file: &CandidateFile<'_>, shape: SharedShape<'_>) -> bool {
        matches!(shape, SharedShape::Marked { text, .. }
            if text.contains("-- +goose") || text.contains("--+goose"))
    }

    fn read_program(&self, source: &MigrationSource<'_>) -> MigrationReading {
        go::read_goose(source.place, source.text, source.dialect)
    }
}

/// dbmate.
pub struct DbmateTool;

impl MigrationTool for DbmateTool {
    fn record(&self) -> ToolRecord {
        ToolRecord {
            order: ToolOrder::Names,
            family: LayoutFamily::Numbered,
            marks: Some((&["migrate:up"], &["migrate:down"])),
            records_number: true,
            ..ToolRecord::new(
                Framework::Dbmate,
                "schema_migrations",
                Habit::Ignores,
                DownStyle::InFile,
            )
        }
    }

    fn claims(&self, _file: &CandidateFile<'_>, shape: SharedShape<'_>) -> bool {
        matches!(shape, SharedShape::Marked { text, .. }
            if text.contains("-- migrate:up") || text.contains("--migrate:up"))
    }
}

/// sql-migrate.
pub struct SqlMigrateTool;

impl MigrationTool for SqlMigrateTool {
    fn record(&self) -> ToolRecord {
        ToolRecord {
            order: ToolOrder::Names,
            family: LayoutFamily::Numbered,
            marks: Some((&["+migrate up"], &["+migrate down"])),
            start: StartSigns {
                packages: &["sql-migrate"],
                calls: &["migrate.exec(", "sql-migrate up"],
                command: Some(("sql-migrate", &["up"])),
            },
            ..ToolRecord::new(
                Framework::SqlMigrate,
                "gorp_migrations",
                Habit::Refuses,
                DownStyle::InFile,
            )
        }
    }

    fn claims(&self, _file: &CandidateFile<'_>, shape: SharedShape<'_>) -> bool {
        matches!(shape, SharedShape::Marked { text, .. } if text.contains("-- +migrate Up"))
    }
}

/// tern: one mark, and templates that stand for other files.
pub struct TernTool;

impl MigrationTool for TernTool {
    fn record(&self) -> ToolRecord {
        ToolRecord {
            family: LayoutFamily::Numbered,
            // everything above the mark is the way up
            marks: Some((&[], &["create above / drop below"])),
            records_number: true,
            start: StartSigns {
                packages: &["jackc/tern"],
                calls: &[
                    "migrator.migrate(",
                    // the migrator is a value of any name, and its call takes a context
                    ".migrate(ctx",
                    ".migrate(context.",
                    "tern migrate",
                ],
                command: Some(("tern", &["migrate"])),
            },
            holds: TableHolds::Newest,
            ..ToolRecord::new(
                Framework::Tern,
                "schema_version",
                Habit::Refuses,
                DownStyle::InFile,
            )
        }
    }

    fn claims(&self, file: &CandidateFile<'_>, shape: SharedShape<'_>) -> bool {
        match shape {
            SharedShape::Marked { text, .. } => {
                text.contains("---- create above / drop below ----")
            }
            // a journal beside the file is a surer sign than a name among the dependencies
            SharedShape::Numbered { .. } => {
                !has_beside(file, DRIZZLE_JOURNAL)
                    && (file.manifest.mentions("jackc/tern") || has_beside(file, "tern.conf"))
            }
            SharedShape::Pair | SharedShape::DashedPair => false,
        }
    }

    fn read_sql(&self, source: &MigrationSource<'_>) -> MigrationReading {
        let text = with_templates(source.place, source.text, source.around);
        let source = MigrationSource {
            text: &text,
            ..*source
        };
        read_sql_sections(&source, self.record().marks)
    }
}

/// tern: `{{ template "shared/v1.sql" . }}` stands for that file, on one line.
fn with_templates(place: &MigrationFile, text: &str, around: Around<'_>) -> String {
    // a migration names a few templates; each is a file to read
    let mut left = 20;
    let lines = text.lines().map(|line| {
        let inner = line
            .trim()
            .strip_prefix("{{")
            .and_then(|rest| rest.strip_suffix("}}"))
            .map(|inner| inner.trim_matches(['-', ' ']));
        let name = inner
            .and_then(|inner| inner.strip_prefix("template"))
            .and_then(|rest| rest.split('"').nth(1))
            .filter(|_| left > 0);
        let Some((_, found)) = name.and_then(|name| around.file(place, name)) else {
            return line.to_owned();
        };
        left -= 1;
        // on one line, so that the lines behind it keep their numbers
        format!(
            "{};",
            sql::on_one_line(&found)
                .replace('\n', " ")
                .trim_end_matches(';')
        )
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Drizzle: files in the order of a journal, or a folder a migration.
pub struct DrizzleTool;

impl MigrationTool for DrizzleTool {
    fn record(&self) -> ToolRecord {
        ToolRecord {
            order: ToolOrder::Listed {
                list: |tree, set| read_drizzle_journal(tree, &format!("{set}/{DRIZZLE_JOURNAL}")),
                by_path: false,
            },
            family: LayoutFamily::Numbered,
            ..ToolRecord::new(
                Framework::Drizzle,
                "__drizzle_migrations",
                Habit::Ignores,
                DownStyle::None,
            )
        }
    }

    fn claims(&self, file: &CandidateFile<'_>, shape: SharedShape<'_>) -> bool {
        match shape {
            SharedShape::Marked { text, .. } => text.contains("--> statement-breakpoint"),
            SharedShape::Numbered { .. } => has_beside(file, DRIZZLE_JOURNAL),
            SharedShape::Pair | SharedShape::DashedPair => false,
        }
    }
}

/// Evolutions of Play.
pub struct PlayTool;

impl MigrationTool for PlayTool {
    fn record(&self) -> ToolRecord {
        ToolRecord {
            family: LayoutFamily::Numbered,
            marks: Some((&["!ups"], &["!downs"])),
            start: StartSigns {
                packages: &["evolutions", "playframework"],
                ..StartSigns::default()
            },
            ..ToolRecord::new(
                Framework::Play,
                "play_evolutions",
                Habit::Refuses,
                DownStyle::InFile,
            )
        }
    }

    fn claims(&self, _file: &CandidateFile<'_>, shape: SharedShape<'_>) -> bool {
        matches!(shape, SharedShape::Marked { text, .. }
            if text.contains("!Ups") && text.lines().any(|line| line.trim_end().ends_with("!Ups")))
    }
}

/// MyBatis Migrations: everything before `@UNDO` is the way up.
pub struct MyBatisTool;

impl MigrationTool for MyBatisTool {
    fn record(&self) -> ToolRecord {
        ToolRecord {
            family: LayoutFamily::Numbered,
            marks: Some((&[], &["//@undo", "@undo"])),
            ..ToolRecord::new(
                Framework::MyBatis,
                "CHANGELOG",
                Habit::Ignores,
                DownStyle::InFile,
            )
        }
    }

    fn claims(&self, _file: &CandidateFile<'_>, shape: SharedShape<'_>) -> bool {
        matches!(shape, SharedShape::Marked { text, numbered }
            if text.contains("//@UNDO")
                || text.contains("// @UNDO")
                || text.contains("@UNDO") && numbered)
    }
}

/// Atlas.
pub struct AtlasTool;

impl MigrationTool for AtlasTool {
    fn record(&self) -> ToolRecord {
        ToolRecord {
            order: ToolOrder::Names,
            family: LayoutFamily::Numbered,
            ..ToolRecord::new(
                Framework::Atlas,
                "atlas_schema_revisions",
                Habit::Ignores,
                DownStyle::None,
            )
        }
    }

    fn claims(&self, file: &CandidateFile<'_>, shape: SharedShape<'_>) -> bool {
        matches!(shape, SharedShape::Numbered { .. }) && has_beside(file, "atlas.sum")
    }
}

/// The command line of Supabase.
pub struct SupabaseTool;

impl MigrationTool for SupabaseTool {
    fn record(&self) -> ToolRecord {
        ToolRecord {
            family: LayoutFamily::Numbered,
            records_number: true,
            start: StartSigns {
                packages: &["supabase"],
                calls: &["supabase db push"],
                command: Some(("supabase", &["push"])),
            },
            ..ToolRecord::new(
                Framework::Supabase,
                "schema_migrations",
                Habit::Refuses,
                DownStyle::None,
            )
        }
    }

    fn claims(&self, file: &CandidateFile<'_>, shape: SharedShape<'_>) -> bool {
        matches!(shape, SharedShape::Numbered { .. }) && file.here.ends_with("supabase/migrations")
    }
}

/// DbUp: embedded scripts, ordered by name.
pub struct DbUpTool;

impl MigrationTool for DbUpTool {
    fn record(&self) -> ToolRecord {
        ToolRecord {
            order: ToolOrder::Names,
            family: LayoutFamily::Numbered,
            ..ToolRecord::new(
                Framework::DbUp,
                "SchemaVersions",
                Habit::Ignores,
                DownStyle::None,
            )
        }
    }

    fn claims(&self, _file: &CandidateFile<'_>, shape: SharedShape<'_>) -> bool {
        matches!(shape, SharedShape::Numbered { stem, .. } if is_date(stem))
    }
}

/// `2024-01-31_00_Name`.
fn is_date(stem: &str) -> bool {
    let bytes = stem.as_bytes();
    bytes.len() > 10
        && bytes[4] == b'-'
        && bytes[7] == b'-'
        && bytes[..4].iter().all(u8::is_ascii_digit)
}

/// Sqitch: `deploy` and `revert` beside a plan.
pub struct SqitchTool;

impl MigrationTool for SqitchTool {
    fn record(&self) -> ToolRecord {
        ToolRecord {
            order: ToolOrder::Listed {
                list: |tree, set| read_sqitch_plan(tree, &format!("{set}/sqitch.plan")),
                by_path: false,
            },
            start: StartSigns {
                calls: &["sqitch deploy"],
                command: Some(("sqitch", &["deploy"])),
                ..StartSigns::default()
            },
            ..ToolRecord::new(
                Framework::Sqitch,
                "changes",
                Habit::Refuses,
                DownStyle::Sibling,
            )
        }
    }
}

/// micrate of Crystal: the marks of goose under its own name.
pub struct MicrateTool;

impl MigrationTool for MicrateTool {
    fn record(&self) -> ToolRecord {
        ToolRecord {
            family: LayoutFamily::Numbered,
            marks: Some((&["+micrate up"], &["+micrate down"])),
            records_number: true,
            ..ToolRecord::new(
                Framework::Micrate,
                "micrate_db_version",
                Habit::Unknown,
                DownStyle::InFile,
            )
        }
    }

    fn claims(&self, _file: &CandidateFile<'_>, shape: SharedShape<'_>) -> bool {
        matches!(shape, SharedShape::Marked { text, .. } if text.contains("-- +micrate "))
    }
}

/// graphile-migrate: what is committed runs in production, and nothing goes back.
pub struct GraphileMigrateTool;

impl MigrationTool for GraphileMigrateTool {
    fn record(&self) -> ToolRecord {
        ToolRecord {
            order: ToolOrder::Names,
            family: LayoutFamily::Numbered,
            records_number: true,
            ..ToolRecord::new(
                Framework::GraphileMigrate,
                "graphile_migrate.migrations",
                Habit::Ignores,
                DownStyle::None,
            )
        }
    }

    fn claims(&self, _file: &CandidateFile<'_>, shape: SharedShape<'_>) -> bool {
        matches!(shape, SharedShape::Marked { text, numbered: true }
            if text.starts_with("--! Previous:"))
    }
}

/// RoundhousE, and grate after it: scripts of `up` run once, those of other folders again when their
/// text changes.
pub struct RoundhouseTool;

impl MigrationTool for RoundhouseTool {
    fn record(&self) -> ToolRecord {
        ToolRecord {
            order: ToolOrder::Names,
            family: LayoutFamily::Numbered,
            ..ToolRecord::new(
                Framework::Roundhouse,
                "ScriptsRun",
                Habit::Ignores,
                DownStyle::None,
            )
        }
    }
}
