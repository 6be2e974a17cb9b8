//! Tools whose migrations are written in C#.

use super::declaration::{DownStyle, Habit, MigrationTool, ToolOrder, ToolRecord};
use crate::host::source::read_with_grammar;
use crate::host::syntax::{SyntaxItem, has_function};
use crate::host::{efcore, fluent};
use crate::layout::candidate::CandidateFile;
use crate::migration_file::{MigrationFile, MigrationLanguage};
use crate::reading::{MigrationReading, MigrationSource};
use model::Framework;

/// Entity Framework Core.
pub struct EfCoreTool;

impl MigrationTool for EfCoreTool {
    fn record(&self) -> ToolRecord {
        ToolRecord {
            // EF Core runs migrations in the order of their whole ids
            order: ToolOrder::Names,
            ..ToolRecord::new(
                Framework::EfCore,
                "__EFMigrationsHistory",
                Habit::Ignores,
                DownStyle::InFile,
            )
        }
    }

    fn recognise(&self, file: &CandidateFile<'_>) -> Option<MigrationFile> {
        let fits = file.extension == "cs"
            && file.digits.len() == 14
            // EF Core writes the model beside each migration into a second file
            && !file.stem.ends_with(".Designer")
            && file.text()?.contains("MigrationBuilder");
        fits.then(|| {
            file.place_here(
                Framework::EfCore,
                MigrationLanguage::CSharp,
                file.digits,
                file.stem,
            )
        })
    }

    fn read_program(&self, source: &MigrationSource<'_>) -> MigrationReading {
        read_with_grammar(
            source,
            tree_sitter_c_sharp::LANGUAGE.into(),
            |items| has_function(items, &["Up"]),
            |items| efcore::read_efcore(source.place, items, source.dialect, source.around),
        )
    }
}

/// FluentMigrator: the version stands in an attribute.
pub struct FluentMigratorTool;

impl MigrationTool for FluentMigratorTool {
    fn record(&self) -> ToolRecord {
        ToolRecord::new(
            Framework::FluentMigrator,
            "VersionInfo",
            Habit::Ignores,
            DownStyle::InFile,
        )
    }

    fn recognise(&self, file: &CandidateFile<'_>) -> Option<MigrationFile> {
        let may_be = file.extension == "cs"
            && (file.is_inside("migration")
                || !file.digits.is_empty()
                || file.manifest.mentions("fluentmigrator"));
        let text = may_be.then(|| file.text()).flatten()?;
        // `[Migration(2024_01_31)]`: the number may have separators
        let (_, stated) = text
            .split_once("Migration(")
            .filter(|_| text.contains("FluentMigrator"))?;
        let version: String = stated
            .chars()
            .take(40)
            .take_while(|c| c.is_ascii_digit() || matches!(c, '_' | ',' | ' '))
            .filter(char::is_ascii_digit)
            .collect();
        // the attribute may hold a constant; then the name of the file has to do
        let version = if version.is_empty() {
            file.digits
        } else {
            &version
        };
        (!version.is_empty()).then(|| {
            file.place_here(
                Framework::FluentMigrator,
                MigrationLanguage::CSharp,
                version,
                version,
            )
        })
    }

    fn read_program(&self, source: &MigrationSource<'_>) -> MigrationReading {
        read_with_grammar(
            source,
            tree_sitter_c_sharp::LANGUAGE.into(),
            |items| {
                items
                    .iter()
                    .any(|item| matches!(item, SyntaxItem::Function { .. } | SyntaxItem::Call(..)))
            },
            |items| fluent::read_fluent(source.place, items, source.dialect),
        )
    }
}
