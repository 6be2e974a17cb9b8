//! One migration of a range, read.

use std::rc::Rc;

use crate::migration_file::MatchedMigration;
use crate::reading::MigrationReading;
use model::{MigrationChange, MigrationRun};

/// One migration, or one change set of a file.
pub struct Unit {
    /// The file as found.
    pub found: MatchedMigration,
    /// The file, or `file#id`.
    pub path: String,
    /// Its version or id.
    pub version: String,
    /// What happened to it.
    pub change: MigrationChange,
    /// What it does; files of the same text share it.
    pub reading: Rc<MigrationReading>,
    /// The file of the same text that was read for it; its name stands in what was read.
    pub read_as: String,
    /// What a history of the database says about it.
    pub ran: Option<MigrationRun>,
}

impl Unit {
    /// A whole file.
    pub fn of_file(
        found: MatchedMigration,
        reading: Rc<MigrationReading>,
        read_as: Option<String>,
    ) -> Self {
        let path = found.place.path.clone();
        Self {
            version: found.place.version.clone(),
            change: found.change,
            reading,
            read_as: read_as.unwrap_or_else(|| path.clone()),
            path,
            found,
            ran: None,
        }
    }
}
