//! Asks the tools whether a file is theirs.

use super::candidate::CandidateFile;
use super::manifest::Manifest;
use super::names::{is_excluded_path, split_sql_file_name};
use super::sql::recognise_sql_file;
use crate::migration_file::MigrationFile;
use crate::tool::TOOLS;
use crate::tree_path::file_name;
use model::Snapshot;

/// Recognises a path of a tree. `text` is asked only where the shape is not enough.
pub fn recognise_migration(
    path: &str,
    tree: &dyn Snapshot,
    manifest: &Manifest,
    text: &mut dyn FnMut() -> Option<String>,
) -> Option<MigrationFile> {
    // what `backout.yaml` says goes before the name of a folder
    if is_excluded_path(path) && !manifest.named(path) {
        return None;
    }
    let mut read = || text();
    let file = CandidateFile::new(path, tree, manifest, &mut read);
    // tools share the shapes of files in SQL, so these are told apart in one place
    if split_sql_file_name(file_name(path)).is_some() {
        return recognise_sql_file(&file);
    }
    TOOLS.iter().find_map(|tool| tool.recognise(&file))
}
