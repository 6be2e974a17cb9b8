//! Migrations of no tool that is known: numbered files, scripts of a program, statements in strings;
//! and tools whose migrations are functions of the program.

use super::declaration::{DownStyle, Habit, LayoutFamily, MigrationTool, ToolRecord};
use super::python::read_python;
use crate::host::code::read_code_migration;
use crate::layout::candidate::{CandidateFile, RecordedAs};
use crate::migration_file::{MigrationFile, MigrationLanguage};
use crate::reading::{MigrationReading, MigrationSource};
use model::Framework;

/// Functions by which scripts of a program bring its schema up.
const SCRIPT_STARTS: [&str; 5] = [
    "def run_create(",
    "def run_upgrade(",
    "def upgrade(",
    "def migrate(",
    "def up(",
];

/// Numbered files, and scripts in folders named by a release.
pub struct PlainTool;

impl MigrationTool for PlainTool {
    fn record(&self) -> ToolRecord {
        ToolRecord {
            family: LayoutFamily::Numbered,
            // Nobody reads a file with both sides as one: the second is the way back.
            marks: Some((
                &["up", "@up", "rambler up", "upgrade", "migrate up"],
                &[
                    "down",
                    "@down",
                    "rambler down",
                    "downgrade",
                    "migrate down",
                    "rollback",
                    "revert",
                    "undo",
                    "//@undo",
                ],
            )),
            ..ToolRecord::new(Framework::Plain, "", Habit::Unknown, DownStyle::InFile)
        }
    }

    fn recognise(&self, file: &CandidateFile<'_>) -> Option<MigrationFile> {
        if file.extension != "py" || matches!(file.stem, "__init__" | "env") {
            return None;
        }
        let (all, version) = file.release()?;
        let text = file.text()?;
        // helpers lie in such a folder too
        let runs = SCRIPT_STARTS.iter().any(|sign| text.contains(sign));
        runs.then(|| {
            file.place(
                Framework::Plain,
                MigrationLanguage::Python,
                &RecordedAs {
                    set: all,
                    version,
                    identity: &format!("{}/{}", file.parent(), file.stem),
                },
            )
        })
    }

    fn read_program(&self, source: &MigrationSource<'_>) -> MigrationReading {
        read_python(
            source,
            // the function may have any of several names
            |_| true,
            |items| read_code_migration(source.place, items, source.dialect),
        )
    }
}

/// Statements in the strings of a program.
pub struct CodeTool;

impl MigrationTool for CodeTool {
    fn record(&self) -> ToolRecord {
        ToolRecord::new(Framework::Code, "", Habit::Unknown, DownStyle::InFile)
    }
}

/// gormigrate: a list of functions, whose statements are read. It minds what it does not know only
/// where it is told to.
pub struct GormigrateTool;

impl MigrationTool for GormigrateTool {
    fn record(&self) -> ToolRecord {
        ToolRecord::new(
            Framework::Gormigrate,
            "migrations",
            Habit::Ignores,
            DownStyle::InFile,
        )
    }
}

/// xormigrate, which is gormigrate for another library.
pub struct XormigrateTool;

impl MigrationTool for XormigrateTool {
    fn record(&self) -> ToolRecord {
        ToolRecord::new(
            Framework::Xormigrate,
            "migrations",
            Habit::Ignores,
            DownStyle::InFile,
        )
    }
}

/// Files that look like migrations of a tool that is not known.
pub struct OtherTool;

impl MigrationTool for OtherTool {
    fn record(&self) -> ToolRecord {
        ToolRecord::new(Framework::Other, "", Habit::Unknown, DownStyle::InFile)
    }
}
