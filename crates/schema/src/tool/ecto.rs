//! Ecto.

use super::declaration::{DownStyle, Habit, MigrationTool, ToolRecord};
use crate::host::ecto::read_ecto;
use crate::host::source::read_with_grammar;
use crate::host::syntax::has_function;
use crate::layout::candidate::CandidateFile;
use crate::migration_file::{MigrationFile, MigrationLanguage};
use crate::reading::{MigrationReading, MigrationSource};
use model::Framework;

/// Migrations of Ecto.
pub struct EctoTool;

impl MigrationTool for EctoTool {
    fn record(&self) -> ToolRecord {
        ToolRecord::new(
            Framework::Ecto,
            "schema_migrations",
            Habit::Ignores,
            DownStyle::Derived,
        )
    }

    fn recognise(&self, file: &CandidateFile<'_>) -> Option<MigrationFile> {
        let fits = file.extension == "exs" && file.digits.len() >= 3 && file.is_inside("migration");
        fits.then(|| {
            file.place_here(
                Framework::Ecto,
                MigrationLanguage::Elixir,
                file.digits,
                file.digits,
            )
        })
    }

    fn read_program(&self, source: &MigrationSource<'_>) -> MigrationReading {
        read_with_grammar(
            source,
            tree_sitter_elixir::LANGUAGE.into(),
            |items| has_function(items, &["up", "change"]),
            |items| read_ecto(source.place, items, source.dialect),
        )
    }
}
