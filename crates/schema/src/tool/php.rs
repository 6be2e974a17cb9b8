//! Tools whose migrations are written in PHP.

use super::declaration::{DownStyle, Habit, MigrationTool, ToolOrder, ToolRecord};
use crate::host::source::read_with_grammar;
use crate::host::syntax::{SyntaxItem, has_function};
use crate::host::{doctrine, laravel, phinx};
use crate::layout::candidate::CandidateFile;
use crate::migration_file::{MigrationFile, MigrationLanguage};
use crate::reading::{MigrationReading, MigrationSource};
use model::Framework;

fn read_php(
    source: &MigrationSource<'_>,
    read: impl FnOnce(&[SyntaxItem]) -> MigrationReading,
) -> MigrationReading {
    read_with_grammar(
        source,
        tree_sitter_php::LANGUAGE_PHP.into(),
        |items| has_function(items, &["up", "change"]),
        read,
    )
}

/// Laravel.
pub struct LaravelTool;

impl MigrationTool for LaravelTool {
    fn record(&self) -> ToolRecord {
        ToolRecord {
            order: ToolOrder::Names,
            ..ToolRecord::new(
                Framework::Laravel,
                "migrations",
                Habit::Ignores,
                DownStyle::InFile,
            )
        }
    }

    fn recognise(&self, file: &CandidateFile<'_>) -> Option<MigrationFile> {
        let stem = file.stem;
        // `2024_01_31_120000_name`
        let dated = stem.len() > 18
            && stem.as_bytes()[..17].iter().enumerate().all(|(at, byte)| {
                if matches!(at, 4 | 7 | 10) {
                    *byte == b'_'
                } else {
                    byte.is_ascii_digit()
                }
            });
        (file.extension == "php" && dated && file.is_inside("migration")).then(|| {
            file.place_here(
                Framework::Laravel,
                MigrationLanguage::Php,
                &stem[..17],
                stem,
            )
        })
    }

    fn read_program(&self, source: &MigrationSource<'_>) -> MigrationReading {
        let keeps = source.around.manifest.laravel_keeps();
        read_php(source, |items| {
            laravel::read_laravel(source.place, items, source.dialect, keeps)
        })
    }
}

/// Doctrine Migrations. Of versions that it does not know it warns, and asks whether to go on; where
/// nobody sits at a terminal, as when a program starts, the answer is yes.
pub struct DoctrineTool;

impl MigrationTool for DoctrineTool {
    fn record(&self) -> ToolRecord {
        ToolRecord::new(
            Framework::Doctrine,
            "doctrine_migration_versions",
            Habit::Ignores,
            DownStyle::InFile,
        )
    }

    fn recognise(&self, file: &CandidateFile<'_>) -> Option<MigrationFile> {
        let version = file
            .stem
            .strip_prefix("Version")
            .filter(|_| file.extension == "php")?;
        // a program may put a class of its own between the library's and its migrations
        let extends = |text: &str| {
            text.contains("AbstractMigration")
                || text.contains("function up(Schema ") && text.contains("Migration")
        };
        let fits = !version.is_empty()
            && version.bytes().all(|byte| byte.is_ascii_digit())
            && extends(file.text()?);
        fits.then(|| {
            file.place_here(
                Framework::Doctrine,
                MigrationLanguage::Php,
                version,
                file.stem,
            )
        })
    }

    fn read_program(&self, source: &MigrationSource<'_>) -> MigrationReading {
        read_php(source, |items| {
            doctrine::read_doctrine(source.place, items, source.dialect)
        })
    }
}

/// Phinx, and CakePHP on top of it.
pub struct PhinxTool;

impl MigrationTool for PhinxTool {
    fn record(&self) -> ToolRecord {
        ToolRecord::new(
            Framework::Phinx,
            "phinxlog",
            Habit::Ignores,
            DownStyle::Derived,
        )
    }

    fn recognise(&self, file: &CandidateFile<'_>) -> Option<MigrationFile> {
        let fits = file.extension == "php"
            && file.digits.len() == 14
            && file.is_inside("migration")
            && file.text()?.contains("Migration");
        fits.then(|| {
            file.place_here(
                Framework::Phinx,
                MigrationLanguage::Php,
                file.digits,
                file.digits,
            )
        })
    }

    fn read_program(&self, source: &MigrationSource<'_>) -> MigrationReading {
        read_php(source, |items| {
            phinx::read_phinx(source.place, items, source.dialect)
        })
    }
}
