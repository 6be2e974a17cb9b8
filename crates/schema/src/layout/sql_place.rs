//! The place of a SQL file, and the tool that claims a shape that several tools share.

use super::candidate::CandidateFile;
use crate::dialect::{Dialect, DialectSigns};
use crate::migration_file::{MigrationFile, MigrationLanguage, MigrationSide};
use crate::tool::TOOLS;
use crate::tool::declaration::SharedShape;
use crate::tree_path::{file_name, find_parent_folder};
use model::Framework;

/// A SQL file of a tool; its folder or name may say the database.
pub fn make_sql_place(
    path: &str,
    framework: Framework,
    set: String,
    version: &str,
    identity: &str,
    side: MigrationSide,
) -> MigrationFile {
    let dialect = Dialect::from_path(find_parent_folder(path))
        .or_else(|| Dialect::from_path(file_name(path).trim_end_matches(".sql")));
    MigrationFile {
        path: path.to_owned(),
        framework,
        set,
        version: version.to_owned(),
        identity: identity.to_owned(),
        side,
        repeatable: false,
        baseline: false,
        language: MigrationLanguage::Sql,
        dialect,
    }
}

/// The tool that says a file of a shared shape is its own.
pub fn find_claimant(file: &CandidateFile<'_>, shape: SharedShape<'_>) -> Option<Framework> {
    TOOLS
        .iter()
        .find(|tool| tool.claims(file, shape))
        .map(|tool| tool.record().framework)
}
