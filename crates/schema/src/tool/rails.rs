//! Tools whose migrations are written in Ruby: Rails and Sequel.

use super::declaration::{DownStyle, Habit, MigrationTool, StartSigns, TableHolds, ToolRecord};
use crate::host::rails::read_rails;
use crate::host::sequel;
use crate::host::source::read_with_grammar;
use crate::host::syntax::has_function;
use crate::layout::candidate::{CandidateFile, RecordedAs};
use crate::migration_file::{MigrationFile, MigrationLanguage};
use crate::reading::{MigrationReading, MigrationSource};
use model::Framework;

/// Migrations of Active Record.
pub struct RailsTool;

impl MigrationTool for RailsTool {
    fn record(&self) -> ToolRecord {
        ToolRecord::new(
            Framework::Rails,
            "schema_migrations",
            // versions without a file are listed as NO FILE by Rails, and do no harm
            Habit::Ignores,
            DownStyle::Derived,
        )
    }

    fn recognise(&self, file: &CandidateFile<'_>) -> Option<MigrationFile> {
        if file.extension != "rb"
            || file.digits.len() < 3
            || !(file.parent().ends_with("migrate") || file.is_inside("migrate"))
        {
            return None;
        }
        // `db/migrate` and `db/post_migrate` of the program and its engines share a database;
        // other folders have their own.
        let own = file
            .here
            .rsplit('/')
            .find(|part| part.contains("migrate"))
            .is_none_or(|part| part == "migrate" || part.starts_with("post"));
        // `geo` of GitLab has a database of its own
        let set = if file.is_inside("geo") || !own {
            file.here
        } else {
            "rails"
        };
        Some(file.place(
            Framework::Rails,
            MigrationLanguage::Ruby,
            &RecordedAs {
                set,
                version: file.digits,
                identity: file.digits,
            },
        ))
    }

    fn read_program(&self, source: &MigrationSource<'_>) -> MigrationReading {
        read_with_grammar(
            source,
            tree_sitter_ruby::LANGUAGE.into(),
            |items| has_function(items, &["up", "change"]),
            |items| read_rails(source.place, items, source.dialect, source.around),
        )
    }
}

/// Sequel. It stops at its next run when the database is ahead of the files.
pub struct SequelTool;

impl MigrationTool for SequelTool {
    fn record(&self) -> ToolRecord {
        ToolRecord {
            start: StartSigns {
                packages: &["sequel"],
                calls: &[
                    "sequel::migrator.run",
                    "migrator.apply",
                    "migrator.run(",
                    "sequel -m",
                ],
                command: Some(("sequel", &["-m", "--migrate-directory"])),
            },
            // files numbered 1, 2, 3 leave the newest alone in `schema_info`; those with times of
            // day leave a row each in `schema_migrations`
            holds: TableHolds::Unknown,
            ..ToolRecord::new(
                Framework::Sequel,
                "schema_migrations",
                Habit::Refuses,
                DownStyle::Derived,
            )
        }
    }

    fn recognise(&self, file: &CandidateFile<'_>) -> Option<MigrationFile> {
        let fits = file.extension == "rb"
            && !file.digits.is_empty()
            && file.text().is_some_and(|text| {
                text.contains("Sequel.migration") || text.contains("Sequel::Migration")
            });
        fits.then(|| {
            file.place_here(
                Framework::Sequel,
                MigrationLanguage::Ruby,
                file.digits,
                file.stem,
            )
        })
    }

    fn read_program(&self, source: &MigrationSource<'_>) -> MigrationReading {
        read_with_grammar(
            source,
            tree_sitter_ruby::LANGUAGE.into(),
            sequel::goes_up,
            |items| sequel::read_sequel(source.place, items, source.dialect),
        )
    }
}
