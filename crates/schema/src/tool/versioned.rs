//! Tools whose names are `V1__name`: SQL, or a class of the JVM or a function of Rust.

use super::declaration::{DownStyle, Habit, LayoutFamily, MigrationTool, StartSigns, ToolRecord};
use crate::host::source::read_embedded_sql;
use crate::layout::candidate::{CandidateFile, RecordedAs};
use crate::migration_file::{MigrationFile, MigrationLanguage, MigrationSide};
use crate::reading::{MigrationReading, MigrationSource};
use model::Framework;

/// Flyway.
pub struct FlywayTool;

impl MigrationTool for FlywayTool {
    fn record(&self) -> ToolRecord {
        ToolRecord {
            family: LayoutFamily::Versioned,
            ..ToolRecord::new(
                Framework::Flyway,
                "flyway_schema_history",
                Habit::Ignores,
                DownStyle::Sibling,
            )
        }
    }

    fn recognise(&self, file: &CandidateFile<'_>) -> Option<MigrationFile> {
        if !matches!(file.extension, "java" | "kt") {
            return None;
        }
        let (head, name) = file.stem.split_once("__")?;
        let version = head.get(1..).filter(|version| {
            version
                .bytes()
                .all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'_'))
        })?;
        let kind = head
            .chars()
            .next()
            .filter(|kind| matches!(kind, 'V' | 'U' | 'R'))?;
        // a repeatable script has no version, any other has one
        if (kind == 'R') != version.is_empty() || !file.text()?.contains("Migration") {
            return None;
        }
        // Classes and scripts of one location share a history.
        let set = file
            .here
            .replacen("src/main/java/", "src/main/resources/", 1)
            .replacen("src/main/kotlin/", "src/main/resources/", 1);
        // Flyway reads V1_1 as 1.1
        let version = version.replace('_', ".");
        let mut found = file.place(
            Framework::Flyway,
            MigrationLanguage::Java,
            &RecordedAs {
                set: &set,
                version: &version,
                identity: if kind == 'R' { name } else { &version },
            },
        );
        found.repeatable = kind == 'R';
        if kind == 'U' {
            found.side = MigrationSide::Down;
        }
        Some(found)
    }

    fn read_program(&self, source: &MigrationSource<'_>) -> MigrationReading {
        read_embedded_sql(source, "it runs code of the JVM")
    }
}

/// Evolve, which has Flyway's names and neither undoes nor minds what it does not know.
pub struct EvolveTool;

impl MigrationTool for EvolveTool {
    fn record(&self) -> ToolRecord {
        ToolRecord {
            family: LayoutFamily::Versioned,
            ..ToolRecord::new(
                Framework::Evolve,
                "changelog",
                Habit::Ignores,
                DownStyle::None,
            )
        }
    }
}

/// schemachange, which has Flyway's names and runs `A__name` at every run.
pub struct SchemachangeTool;

impl MigrationTool for SchemachangeTool {
    fn record(&self) -> ToolRecord {
        ToolRecord {
            family: LayoutFamily::Versioned,
            ..ToolRecord::new(
                Framework::Schemachange,
                "CHANGE_HISTORY",
                Habit::Ignores,
                DownStyle::None,
            )
        }
    }
}

/// refinery, for which `U` is no way down.
pub struct RefineryTool;

impl MigrationTool for RefineryTool {
    fn record(&self) -> ToolRecord {
        ToolRecord {
            family: LayoutFamily::Versioned,
            start: StartSigns {
                packages: &["refinery"],
                calls: &["embed_migrations!(", "refinery::", ".runner()"],
                command: Some(("refinery", &["migrate"])),
            },
            ..ToolRecord::new(
                Framework::Refinery,
                "refinery_schema_history",
                Habit::Refuses,
                DownStyle::None,
            )
        }
    }

    fn recognise(&self, file: &CandidateFile<'_>) -> Option<MigrationFile> {
        if file.extension != "rs"
            || !file.manifest.mentions("refinery")
            || !file.stem.starts_with(['V', 'U'])
        {
            return None;
        }
        let (head, _) = file.stem.split_once("__")?;
        let version = head.get(1..).filter(|version| {
            !version.is_empty()
                && version
                    .bytes()
                    .all(|byte| byte.is_ascii_digit() || byte == b'.')
        })?;
        Some(file.place_here(
            Framework::Refinery,
            MigrationLanguage::Rust,
            version,
            version,
        ))
    }

    fn read_program(&self, source: &MigrationSource<'_>) -> MigrationReading {
        read_embedded_sql(source, "it builds its SQL in Rust")
    }
}
