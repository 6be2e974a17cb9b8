//! SeaORM.

use super::declaration::{DownStyle, Habit, MigrationTool, StartSigns, ToolRecord};
use crate::host::sea_orm::read_sea_orm;
use crate::host::source::read_with_grammar;
use crate::host::syntax::has_function;
use crate::layout::candidate::CandidateFile;
use crate::migration_file::{MigrationFile, MigrationLanguage};
use crate::reading::{MigrationReading, MigrationSource};
use model::Framework;

/// SeaORM: builders in Rust.
pub struct SeaOrmTool;

impl MigrationTool for SeaOrmTool {
    fn record(&self) -> ToolRecord {
        ToolRecord {
            start: StartSigns {
                packages: &["sea-orm"],
                calls: &["migrator::up(", "migration up"],
                command: Some(("sea-orm-cli", &["up", "migrate"])),
            },
            ..ToolRecord::new(
                Framework::SeaOrm,
                "seaql_migrations",
                Habit::Refuses,
                DownStyle::InFile,
            )
        }
    }

    fn recognise(&self, file: &CandidateFile<'_>) -> Option<MigrationFile> {
        // `m20240131_000001_name`
        let stem = file.stem;
        let fits = file.extension == "rs"
            && stem.starts_with('m')
            && stem.len() > 16
            && stem.as_bytes()[1..9].iter().all(u8::is_ascii_digit);
        // the name of the module is what is recorded
        fits.then(|| file.place_here(Framework::SeaOrm, MigrationLanguage::Rust, stem, stem))
    }

    fn read_program(&self, source: &MigrationSource<'_>) -> MigrationReading {
        read_with_grammar(
            source,
            tree_sitter_rust::LANGUAGE.into(),
            |items| has_function(items, &["up", "change"]),
            |items| read_sea_orm(source.place, items, source.dialect, source.text),
        )
    }
}
