//! Liquibase. Its change sets are read by `crate::liquibase`, since a file holds many of them.

use super::declaration::{DownStyle, Habit, MigrationTool, SharedShape, ToolOrder, ToolRecord};
use crate::layout::candidate::{CandidateFile, RecordedAs};
use crate::liquibase::includes::order_changelogs;
use crate::migration_file::{MigrationFile, MigrationLanguage};
use model::Framework;

/// Liquibase: changelogs in XML, YAML, JSON or formatted SQL.
pub struct LiquibaseTool;

impl MigrationTool for LiquibaseTool {
    fn record(&self) -> ToolRecord {
        ToolRecord {
            order: ToolOrder::Listed {
                list: |tree, _set| order_changelogs(tree),
                by_path: true,
            },
            ..ToolRecord::new(
                Framework::Liquibase,
                "DATABASECHANGELOG",
                Habit::Ignores,
                DownStyle::Derived,
            )
        }
    }

    fn recognise(&self, file: &CandidateFile<'_>) -> Option<MigrationFile> {
        let named = matches!(file.extension, "xml" | "yaml" | "yml" | "json")
            && (file.is_inside("changelog")
                || file.is_inside("liquibase")
                || file.is_inside("migration")
                || file.stem.to_ascii_lowercase().contains("changelog"));
        if !named {
            return None;
        }
        // the root element stands at the top
        let head: String = file.text()?.chars().take(20_000).collect();
        if !head.contains("databaseChangeLog") {
            return None;
        }
        // The tool records the path on the class path, or the one that the file states for good.
        let logical = head.split_once("logicalFilePath").and_then(|(_, rest)| {
            rest.trim_start_matches([' ', '=', ':', '"', '\''])
                .split(['"', '\'', '\n', '>', ','])
                .next()
        });
        let recorded = logical.filter(|path| !path.is_empty()).unwrap_or_else(|| {
            file.path
                .rsplit_once("resources/")
                .map_or(file.path, |(_, rest)| rest)
        });
        Some(file.place(
            Framework::Liquibase,
            MigrationLanguage::Changelog,
            &RecordedAs {
                // all changelogs of a tree share one table
                set: "liquibase",
                version: file.stem,
                identity: recorded.trim(),
            },
        ))
    }

    fn claims(&self, _file: &CandidateFile<'_>, shape: SharedShape<'_>) -> bool {
        matches!(shape, SharedShape::Marked { text, .. } if {
            let text = text.trim_start();
            text.starts_with("--liquibase formatted sql")
                || text.starts_with("-- liquibase formatted sql")
        })
    }
}
