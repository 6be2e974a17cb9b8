//! What a migration tool declares of itself. Everything else in this package asks a tool here, and
//! has no list of tools of its own.

use std::collections::HashMap;

use crate::layout::candidate::CandidateFile;
use crate::migration_file::MigrationFile;
use crate::reading::{MigrationReading, MigrationSource};
use crate::sql_sections::{SectionMarks, read_sql_sections};
use model::{Framework, Snapshot};

/// What a tool does at its next run when the database holds a version whose file it lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Habit {
    /// It stops with an error.
    Refuses,
    /// It goes on.
    Ignores,
    /// Not known.
    Unknown,
}

/// Where a tool's way down lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DownStyle {
    /// In a file beside it.
    Sibling,
    /// In the same file.
    InFile,
    /// Derived from the operations by the tool, unless written.
    Derived,
    /// The tool has none.
    None,
}

/// Which versions stand in the table of a tool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TableHolds {
    /// A row for each that ran.
    All,
    /// The newest alone; Alembic has one of each branch.
    Newest,
    /// Not known which tool it is.
    Unknown,
}

/// What puts the migrations of a set into the order in which the tool runs them.
#[derive(Clone, Copy)]
pub enum ToolOrder {
    /// Numbers of the version by value, then the name.
    Numbers,
    /// The text of the name.
    Names,
    /// A graph: each file names its parents.
    Parents {
        /// Names of the parents that a text states.
        list: fn(&str) -> Vec<String>,
        /// Parents are named by version; else by identity.
        by_version: bool,
    },
    /// A list that lies in the tree: place by what the list names.
    Listed {
        /// The list of a set.
        list: fn(&dyn Snapshot, &str) -> HashMap<String, usize>,
        /// The list names paths; else identities.
        by_path: bool,
    },
}

/// Tools whose files look alike count as one when two trees are compared: a better guess in one of
/// them must not make a migration new.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LayoutFamily {
    /// Its files look like those of no other tool.
    Own(Framework),
    /// A folder a migration.
    Folders,
    /// `V1__name`.
    Versioned,
    /// Files for up and down beside each other.
    Pairs,
    /// A file a version.
    Numbered,
}

/// By what a program runs the tool when it starts. Asked only of tools that refuse a version which
/// they do not know.
#[derive(Debug, Clone, Copy, Default)]
pub struct StartSigns {
    /// Names of the tool among dependencies.
    pub packages: &'static [&'static str],
    /// Calls by which a program runs its migrations itself.
    pub calls: &'static [&'static str],
    /// The command of the tool, and what it is told to run what is new.
    pub command: Option<(&'static str, &'static [&'static str])>,
}

/// What is known of a tool that is no code.
#[derive(Clone, Copy)]
pub struct ToolRecord {
    /// Which tool it is.
    pub framework: Framework,
    /// The table in which it notes what has run; empty where it has none of its own.
    pub table: &'static str,
    /// Which versions stand there.
    pub holds: TableHolds,
    /// What it does about versions that it does not know. Read in the sources of the tool.
    pub habit: Habit,
    /// Where its way down lives.
    pub down: DownStyle,
    /// The order in which it runs.
    pub order: ToolOrder,
    /// What its files look like.
    pub family: LayoutFamily,
    /// Lines that part up and down in a file of SQL.
    pub marks: Option<SectionMarks>,
    /// It records the number in front of a file of SQL, not the whole name.
    pub records_number: bool,
    /// By what a program runs it when it starts.
    pub start: StartSigns,
}

impl ToolRecord {
    /// With what most tools do: numbers order the files, and both ways are known by their file.
    pub const fn new(
        framework: Framework,
        table: &'static str,
        habit: Habit,
        down: DownStyle,
    ) -> Self {
        Self {
            framework,
            table,
            holds: if table.is_empty() {
                TableHolds::Unknown
            } else {
                TableHolds::All
            },
            habit,
            down,
            order: ToolOrder::Numbers,
            family: LayoutFamily::Own(framework),
            marks: None,
            records_number: false,
            start: StartSigns {
                packages: &[],
                calls: &[],
                command: None,
            },
        }
    }
}

/// A shape of SQL files that several tools share.
#[derive(Clone, Copy)]
pub enum SharedShape<'a> {
    /// A text that may hold a mark of the tool. `numbered`: the name begins with a number.
    Marked { text: &'a str, numbered: bool },
    /// `0001_name.sql`, without a mark of any tool.
    Numbered { stem: &'a str, version: &'a str },
    /// `0001_name.up.sql` beside `0001_name.down.sql`.
    Pair,
    /// `0001-name.up.sql` beside `0001-name.down.sql`.
    DashedPair,
}

/// A migration tool.
pub trait MigrationTool: Sync {
    /// What is known of it.
    fn record(&self) -> ToolRecord;

    /// The migration that a file of a host language is, if it is one of this tool.
    fn recognise(&self, _file: &CandidateFile<'_>) -> Option<MigrationFile> {
        None
    }

    /// Whether a SQL file of a shape that several tools share is one of this tool.
    fn claims(&self, _file: &CandidateFile<'_>, _shape: SharedShape<'_>) -> bool {
        false
    }

    /// Reads a file of SQL.
    fn read_sql(&self, source: &MigrationSource<'_>) -> MigrationReading {
        let record = self.record();
        // where ways down have files of their own, such a line is a comment
        let marks = record.marks.filter(|_| record.down == DownStyle::InFile);
        read_sql_sections(source, marks)
    }

    /// Reads a file of a host language.
    fn read_program(&self, source: &MigrationSource<'_>) -> MigrationReading {
        MigrationReading::unread(source.place)
    }
}
