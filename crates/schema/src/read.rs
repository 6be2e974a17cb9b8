//! A migration's text to what it does, up and down.

use crate::embedded;
use crate::migration_file::MigrationLanguage;
use crate::reading::{DownMigration, MigrationReading, MigrationSource};
use crate::sql;
use crate::tool::find_tool;

/// Reads one migration. `down` is the sibling's path and text.
pub fn read_migration(
    source: &MigrationSource<'_>,
    down: Option<(&str, &str)>,
) -> MigrationReading {
    let place = source.place;
    let tool = find_tool(place.framework);
    let mut reading = match place.language {
        MigrationLanguage::Sql => tool.read_sql(source),
        MigrationLanguage::Embedded => {
            embedded::read_embedded_changes(place, source.text, None, source.dialect)
        }
        // what holds change sets is read by its own reader, one unit a set
        MigrationLanguage::Changelog | MigrationLanguage::Unread => MigrationReading::unread(place),
        _ => tool.read_program(source),
    };
    // a file beside it wins: its tool runs that one, whatever the file holds inside
    if let Some((path, text)) = down {
        reading.down = DownMigration::Written {
            script: sql::read_sql(text, source.dialect, 1),
            path: path.to_owned(),
            line: 1,
        };
    }
    reading
}
