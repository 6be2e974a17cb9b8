//! Tools whose migrations are written in JavaScript or TypeScript. Their files have the same names;
//! the text tells them apart.

use super::declaration::{
    DownStyle, Habit, LayoutFamily, MigrationTool, SharedShape, StartSigns, ToolOrder, ToolRecord,
};
use crate::host::source::read_with_grammar;
use crate::host::syntax::{SyntaxItem, has_function};
use crate::host::{db_migrate, node_pg, script};
use crate::layout::candidate::CandidateFile;
use crate::migration_file::{MigrationFile, MigrationLanguage};
use crate::reading::{MigrationReading, MigrationSource};
use model::Framework;

/// The migration that a script is, if its text has the signs of the tool.
fn recognise_script(
    file: &CandidateFile<'_>,
    framework: Framework,
    has_signs: impl Fn(&str) -> bool,
) -> Option<MigrationFile> {
    // declarations of TypeScript hold no code
    if !matches!(file.extension, "js" | "ts" | "cjs" | "mjs") || file.path.ends_with(".d.ts") {
        return None;
    }
    let numbered = file.stem.bytes().any(|byte| byte.is_ascii_digit());
    let sounds =
        is_mikro_name(file) || file.digits.len() >= 10 || numbered && file.is_inside("migration");
    // the text is read last, since most scripts are no migrations
    if !sounds || !has_signs(file.text()?) {
        return None;
    }
    let language = if file.path.ends_with(".ts") {
        MigrationLanguage::TypeScript
    } else {
        MigrationLanguage::JavaScript
    };
    let version = if file.digits.is_empty() {
        file.stem
    } else {
        file.digits
    };
    Some(file.place_here(framework, language, version, file.stem))
}

/// `Migration20240131`, as MikroORM names its files.
fn is_mikro_name(file: &CandidateFile<'_>) -> bool {
    file.stem
        .strip_prefix("Migration")
        .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
}

/// The script says how it goes up.
fn goes_up(text: &str) -> bool {
    [
        "exports.up",
        "function up",
        "const up",
        "up:",
        "up(",
        "up =",
    ]
    .iter()
    .any(|sign| text.contains(sign))
}

fn read_script(
    source: &MigrationSource<'_>,
    read: impl FnOnce(&[SyntaxItem]) -> MigrationReading,
) -> MigrationReading {
    let grammar = if source.place.path.ends_with(".ts") {
        tree_sitter_typescript::LANGUAGE_TYPESCRIPT.into()
    } else {
        tree_sitter_javascript::LANGUAGE.into()
    };
    read_with_grammar(
        source,
        grammar,
        |items| has_function(items, &["up", "change"]),
        read,
    )
}

fn read_builder_script(source: &MigrationSource<'_>) -> MigrationReading {
    read_script(source, |items| {
        script::read_script_migration(source.place, items, source.dialect)
    })
}

/// TypeORM.
pub struct TypeOrmTool;

impl MigrationTool for TypeOrmTool {
    fn record(&self) -> ToolRecord {
        ToolRecord::new(
            Framework::TypeOrm,
            "migrations",
            Habit::Ignores,
            DownStyle::InFile,
        )
    }

    fn recognise(&self, file: &CandidateFile<'_>) -> Option<MigrationFile> {
        recognise_script(file, Framework::TypeOrm, |text| {
            text.contains("MigrationInterface")
                || text.contains("queryRunner") && text.contains("class ")
        })
    }

    fn read_program(&self, source: &MigrationSource<'_>) -> MigrationReading {
        read_builder_script(source)
    }
}

/// MikroORM.
pub struct MikroOrmTool;

impl MigrationTool for MikroOrmTool {
    fn record(&self) -> ToolRecord {
        ToolRecord {
            order: ToolOrder::Names,
            ..ToolRecord::new(
                Framework::MikroOrm,
                "mikro_orm_migrations",
                Habit::Ignores,
                DownStyle::InFile,
            )
        }
    }

    fn recognise(&self, file: &CandidateFile<'_>) -> Option<MigrationFile> {
        recognise_script(file, Framework::MikroOrm, |text| {
            is_mikro_name(file) && text.contains("addSql")
        })
    }

    fn read_program(&self, source: &MigrationSource<'_>) -> MigrationReading {
        read_builder_script(source)
    }
}

/// Sequelize.
pub struct SequelizeTool;

impl MigrationTool for SequelizeTool {
    fn record(&self) -> ToolRecord {
        ToolRecord {
            order: ToolOrder::Names,
            ..ToolRecord::new(
                Framework::Sequelize,
                "SequelizeMeta",
                Habit::Ignores,
                DownStyle::InFile,
            )
        }
    }

    fn recognise(&self, file: &CandidateFile<'_>) -> Option<MigrationFile> {
        recognise_script(file, Framework::Sequelize, |text| {
            text.contains("queryInterface")
                || text.contains("QueryInterface")
                // the first parameter may have any name
                || file.manifest.dependency("sequelize").is_some()
                    && goes_up(text)
                    && script::SEQUELIZE_CALLS
                        .iter()
                        .any(|call| text.contains(&format!(".{call}(")))
        })
    }

    fn read_program(&self, source: &MigrationSource<'_>) -> MigrationReading {
        read_builder_script(source)
    }
}

/// Knex, which refuses to run where a file that ran is gone.
pub struct KnexTool;

impl MigrationTool for KnexTool {
    fn record(&self) -> ToolRecord {
        ToolRecord {
            order: ToolOrder::Names,
            start: StartSigns {
                packages: &["knex"],
                calls: &["migrate.latest", "migrate:latest"],
                command: Some(("knex", &["migrate:latest", "latest", "migrate:up"])),
            },
            ..ToolRecord::new(
                Framework::Knex,
                "knex_migrations",
                Habit::Refuses,
                DownStyle::InFile,
            )
        }
    }

    fn recognise(&self, file: &CandidateFile<'_>) -> Option<MigrationFile> {
        recognise_script(file, Framework::Knex, |text| {
            let named = text.contains("knex")
                || text.contains("Knex")
                || text.contains(".schema.") && file.manifest.dependency("knex").is_some();
            named && goes_up(text)
        })
    }

    fn read_program(&self, source: &MigrationSource<'_>) -> MigrationReading {
        read_builder_script(source)
    }
}

/// Kysely, which runs nothing where a file that ran is gone.
pub struct KyselyTool;

impl MigrationTool for KyselyTool {
    fn record(&self) -> ToolRecord {
        ToolRecord {
            order: ToolOrder::Names,
            start: StartSigns {
                packages: &["kysely"],
                calls: &[".migratetolatest(", ".migrateup("],
                command: Some(("kysely", &["migrate:latest", "migrate:up"])),
            },
            ..ToolRecord::new(
                Framework::Kysely,
                "kysely_migration",
                Habit::Refuses,
                DownStyle::InFile,
            )
        }
    }

    fn recognise(&self, file: &CandidateFile<'_>) -> Option<MigrationFile> {
        recognise_script(file, Framework::Kysely, |text| {
            (text.contains("'kysely'") || text.contains("\"kysely\"") || text.contains("Kysely<"))
                && goes_up(text)
        })
    }

    fn read_program(&self, source: &MigrationSource<'_>) -> MigrationReading {
        read_builder_script(source)
    }
}

/// node-pg-migrate: scripts, or SQL with marks.
pub struct NodePgTool;

impl MigrationTool for NodePgTool {
    fn record(&self) -> ToolRecord {
        ToolRecord {
            family: LayoutFamily::Numbered,
            marks: Some((&["up migration"], &["down migration"])),
            ..ToolRecord::new(
                Framework::NodePg,
                "pgmigrations",
                Habit::Ignores,
                DownStyle::InFile,
            )
        }
    }

    fn recognise(&self, file: &CandidateFile<'_>) -> Option<MigrationFile> {
        recognise_script(file, Framework::NodePg, |text| {
            text.contains("pgm.") && text.contains("up")
        })
    }

    fn claims(&self, _file: &CandidateFile<'_>, shape: SharedShape<'_>) -> bool {
        matches!(shape, SharedShape::Marked { text, .. } if text.contains("-- Up Migration"))
    }

    fn read_program(&self, source: &MigrationSource<'_>) -> MigrationReading {
        read_script(source, |items| node_pg::read_node_pg(source.place, items))
    }
}

/// Words of db-migrate's scripts.
const DB_MIGRATE: [&str; 10] = [
    "db.runSql",
    "db.createTable",
    "db.dropTable",
    "db.addColumn",
    "db.removeColumn",
    "db.renameColumn",
    "db.changeColumn",
    "db.addIndex",
    "db-migrate",
    "'sqls'",
];

/// db-migrate.
pub struct DbMigrateTool;

impl MigrationTool for DbMigrateTool {
    fn record(&self) -> ToolRecord {
        ToolRecord {
            order: ToolOrder::Names,
            ..ToolRecord::new(
                Framework::DbMigrate,
                "migrations",
                Habit::Ignores,
                DownStyle::InFile,
            )
        }
    }

    fn recognise(&self, file: &CandidateFile<'_>) -> Option<MigrationFile> {
        recognise_script(file, Framework::DbMigrate, |text| {
            goes_up(text) && DB_MIGRATE.iter().any(|sign| text.contains(sign))
        })
    }

    fn read_program(&self, source: &MigrationSource<'_>) -> MigrationReading {
        read_script(source, |items| {
            db_migrate::read_db_migrate(source.place, items, source.dialect, source.around)
        })
    }
}
